"""The tray: the drawings a person kept, SVG files with their recipe in the studio's sketches folder.

A sketch is a file of its own, written whole under a name that was free, so that keeping one needs no
lock. What is put out of the tray is deleted, and comes back by ``put_back`` as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from configs.errors import MonolineError
from tui.walk import End

if TYPE_CHECKING:
    from drawing.drawing import Drawing
    from drawing.recipe import Recipe


@dataclass(frozen=True)
class Kept:
    """A drawing in the tray."""

    path: Path
    drawing: Drawing
    recipe: Recipe | None = None

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.path.stem

    @property
    def end(self) -> End:
        """As an end of a walk."""
        return End(self.name, self.drawing, self.recipe)


@dataclass(frozen=True)
class PutOut:
    """What was put out of the tray: enough to bring it back."""

    kept: Kept
    data: bytes
    index: int


class Tray:
    """The kept drawings, the one that was kept first at the front."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kept: list[Kept] = []
        self.skipped: list[str] = []
        """What lies in the folder and can't be read, in words."""

    def load(self) -> None:
        """Read what lies in the folder."""
        from drawing.svg import read_svg

        kept, skipped = [], []
        files = [path for path in self.folder.glob("*.svg") if not path.name.startswith(".")]
        for path in sorted(files, key=lambda path: (path.stat().st_mtime, path.name)):
            try:
                file = read_svg(path)
            except MonolineError as error:
                skipped.append(str(error))
            else:
                kept.append(Kept(path, file.drawing, file.recipe))
        self.kept, self.skipped = kept, skipped

    def find(self, recipe: Recipe) -> Kept | None:
        """The drawing of this recipe, if it is in the tray."""
        return next((kept for kept in self.kept if kept.recipe == recipe), None)

    def keep(self, drawing: Drawing, recipe: Recipe, name: str) -> Kept:
        """Put a drawing in the tray, or find that it is there.

        Args:
            name: of the file, made different from those that are there.

        Raises:
            MonolineError: the folder can't be written; nothing was kept.
        """
        from drawing.svg import write_svg

        there = self.find(recipe)
        if there is not None:
            return there
        path, number = self.folder / f"{name}.svg", 1
        while path.exists():
            number += 1
            path = self.folder / f"{name}-{number}.svg"
        # one unit is one millimetre, and no digit is lost, so that the recipe can be checked against it
        write_svg(path, drawing, recipe=recipe, title=path.stem, decimals=None)
        kept = Kept(path, drawing, recipe)
        self.kept.append(kept)
        return kept

    def put_out(self, kept: Kept) -> PutOut:
        """Take a drawing out of the tray and delete its file.

        Raises:
            OSError: the file can't be deleted; it is still in the tray.
        """
        index = self.kept.index(kept)
        data = kept.path.read_bytes() if kept.path.exists() else b""
        kept.path.unlink(missing_ok=True)
        del self.kept[index]
        return PutOut(kept, data, index)

    def put_back(self, out: PutOut) -> None:
        """Bring back what was put out, the file as it was."""
        from studio.files import write_bytes

        write_bytes(out.kept.path, out.data)
        self.kept.insert(out.index, out.kept)
