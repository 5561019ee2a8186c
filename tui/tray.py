"""The tray: the drawings a person kept, SVG files with their recipe in the studio's sketches folder.

A sketch is a file of its own, written whole under a name that was free, so that keeping one needs no
lock. What is put out of the tray is deleted, and comes back by ``put_back`` as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from configs.errors import MonolineError
from tui.walk import End

if TYPE_CHECKING:
    from drawing.collection import Entry
    from drawing.drawing import Drawing
    from drawing.recipe import Recipe
    from drawing.sketch import About


def _nothing() -> About:
    from drawing.sketch import About  # which loads what reads SVG

    return About()


@dataclass(frozen=True)
class Kept:
    """A drawing in the tray."""

    path: Path
    drawing: Drawing
    recipe: Recipe | None = None
    about: About = field(default_factory=_nothing)
    """What a person says of it."""

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
    def caption(self) -> str:
        """The same with a star where it is a favourite, and a dash of ink where something is noted."""
        return f"{'★ ' if self.about.favourite else ''}{self.label}{' ✎' if self.about.note else ''}"

    @property
    def entry(self) -> Entry:
        """As a sheet takes it."""
        from drawing.collection import Entry

        return Entry(self.drawing, self.name, self.recipe, self.about.note)

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
        self._known: dict[str, int] = {}
        """All files that were in the folder when it was read, or were put there since, and when they were written."""
        self._seen: int | None = None
        """When the folder was changed last, as far as is known."""

    def load(self, only: Sequence[Path] | None = None) -> None:
        """Read what lies in the folder, or some files alone."""
        from drawing.sketch import About
        from drawing.svg import read_svg

        kept, skipped = [], []
        self._seen, files = self._changed_at(), self._files() if only is None else list(only)
        written = _written(files)
        for path in sorted(files, key=lambda path: (written.get(path.name, 0), path.name)):
            try:
                file = read_svg(path)
            except MonolineError as error:
                skipped.append(str(error))
            else:
                kept.append(Kept(path, file.drawing, file.recipe, About.of(file.notes)))
        self.kept, self.skipped, self._known = kept, skipped, written

    def follow(self) -> bool:
        """Read the folder again if somebody else put files there or took some away.

        Returns:
            Whether that was so.
        """
        changed_at = self._changed_at()
        if changed_at == self._seen:
            return False
        self._seen = changed_at
        if _written(self._files()) == self._known:
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
        path = self._free(name)
        # one unit is one millimetre, and no digit is lost, so that the recipe can be checked against it
        write_svg(path, drawing, recipe=recipe, title=path.stem, decimals=None)
        kept = Kept(path, drawing, recipe)
        self.kept.append(kept)
        self._known |= _written([path])
        return kept

    def _free(self, name: str) -> Path:
        """The file of this name, made different from those that are there."""
        path, number = self.folder / f"{name}.svg", 1
        while path.exists():
            number += 1
            path = self.folder / f"{name}-{number}.svg"
        return path

    def put_out(self, kept: Kept) -> PutOut:
        """Take a drawing out of the tray and delete its file.

        Raises:
            OSError: the file can't be deleted; it is still in the tray.
        """
        index = next((index for index, each in enumerate(self.kept) if each.path == kept.path), len(self.kept))
        data = kept.path.read_bytes() if kept.path.exists() else b""  # somebody else may have deleted it
        kept.path.unlink(missing_ok=True)
        self._known.pop(kept.path.name, None)
        del self.kept[index : index + 1]
        return PutOut(kept, data, index)

    def put_back(self, out: PutOut) -> None:
        """Bring back what was put out, the file as it was; under another name if somebody has taken its own."""
        from drawing.svg import svg_text
        from studio.files import write_bytes

        kept, notes = replace(out.kept, path=self._free(out.kept.name)), out.kept.about.told()
        text = svg_text(kept.drawing, recipe=kept.recipe, title=kept.name, decimals=None, notes=notes)
        write_bytes(kept.path, out.data or text.encode())
        self._known |= _written([kept.path])
        self.kept.insert(out.index, kept)

    def say(self, kept: Kept, about: About) -> Kept:
        """Write what a person says of a drawing into its file.

        Raises:
            MonolineError: the file can't be read or written; all stays as it was.
        """
        from drawing.sketch import annotate

        return self._take(kept, replace(kept, about=annotate(kept.path, about)))

    def rename(self, kept: Kept, name: str) -> Kept:
        """Call the file of a drawing something else.

        Raises:
            DrawingError: no name for a file, or one that is taken.
            OSError: the file can't be renamed.
        """
        from drawing.errors import DrawingError

        if reason := self.wrong_name(kept, name):
            raise DrawingError(reason)
        path = kept.path.with_name(f"{name}{kept.path.suffix}")
        kept.path.rename(path)
        return self._take(kept, replace(kept, path=path))

    def wrong_name(self, kept: Kept, name: str) -> str:
        """Why a drawing can't be called so; empty if it can."""
        if not name or name.startswith(".") or len(name) > 120 or any(c in '/\\:*?"<>|' or c < " " for c in name):
            return "A name has letters, digits, spaces and dashes, and does not begin with a dot."
        path = kept.path.with_name(f"{name}{kept.path.suffix}")
        return f"There is a {path.name} already; name it differently." if path != kept.path and path.exists() else ""

    def _take(self, old: Kept, new: Kept) -> Kept:
        self._known.pop(old.path.name, None)
        self._known |= _written([new.path])
        self.kept = [new if each.path == old.path else each for each in self.kept]
        return new


def _written(files: Iterable[Path]) -> dict[str, int]:
    """Each file's name, and when it was written."""
    found: dict[str, int] = {}
    for path in files:
        with suppress(OSError):  # it went away just now
            found[path.name] = path.stat().st_mtime_ns
    return found
