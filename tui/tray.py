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
    def label(self) -> str:
        """A few letters for a small picture: how it came about, or the name that a person gave the file."""
        from tui.sheets import sketch_label

        named_here = self.recipe is not None and f"-seed-{self.recipe.seed:06d}" in self.name
        return sketch_label(self.recipe) if self.recipe is not None and named_here else self.name

    @property
    def end(self) -> End:
        """As an end of a walk."""
        return End(self.label, self.drawing, self.recipe)


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
        self._known: set[str] = set()
        """Names of all files that were in the folder when it was read, or were put there since."""
        self._seen: int | None = None
        """When the folder was changed last, as far as is known."""

    def load(self) -> None:
        """Read what lies in the folder."""
        from drawing.svg import read_svg

        kept, skipped = [], []
        self._seen, files = self._changed_at(), self._files()
        for path in sorted(files, key=lambda path: (path.stat().st_mtime, path.name)):
            try:
                file = read_svg(path)
            except MonolineError as error:
                skipped.append(str(error))
            else:
                kept.append(Kept(path, file.drawing, file.recipe))
        self.kept, self.skipped, self._known = kept, skipped, {path.name for path in files}

    def follow(self) -> bool:
        """Read the folder again if somebody else put files there or took some away.

        Returns:
            Whether that was so.
        """
        changed_at = self._changed_at()
        if changed_at == self._seen:
            return False
        self._seen = changed_at
        if {path.name for path in self._files()} == self._known:
            return False
        self.load()
        return True

    def _changed_at(self) -> int | None:
        try:
            return self.folder.stat().st_mtime_ns
        except OSError:
            return None

    def _files(self) -> list[Path]:
        return [path for path in self.folder.glob("*.svg") if not path.name.startswith(".")]

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
        self._known.add(path.name)
        return kept

    def put_out(self, kept: Kept) -> PutOut:
        """Take a drawing out of the tray and delete its file.

        Raises:
            OSError: the file can't be deleted; it is still in the tray.
        """
        index = next((index for index, each in enumerate(self.kept) if each.path == kept.path), len(self.kept))
        data = kept.path.read_bytes() if kept.path.exists() else b""  # somebody else may have deleted it
        kept.path.unlink(missing_ok=True)
        self._known.discard(kept.path.name)
        del self.kept[index : index + 1]
        return PutOut(kept, data, index)

    def put_back(self, out: PutOut) -> None:
        """Bring back what was put out, the file as it was."""
        from drawing.svg import svg_text
        from studio.files import write_bytes

        text = svg_text(out.kept.drawing, recipe=out.kept.recipe, title=out.kept.name, decimals=None)
        write_bytes(out.kept.path, out.data or text.encode())
        self._known.add(out.kept.path.name)
        self.kept.insert(out.index, out.kept)
