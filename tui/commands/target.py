"""Where the drawings of a command go: a folder, in one of three forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from configs.errors import OptionError
from tui.console import CommandError, check_free, finish

if TYPE_CHECKING:
    from model.sample import Sample


class Target:
    """Where drawings go, in which form."""

    def __init__(self, out: Path, form: str, force: bool) -> None:
        if form not in ("svg", "png", "npz"):
            raise OptionError(f"--format is svg, png or npz, not {form}.")
        if out.exists() and not out.is_dir():
            raise CommandError(f"{out} is a file; name a folder.")
        self._out, self._form, self._force = out, form, force

    def _paths(self, names: Sequence[str]) -> list[Path]:
        if self._form == "npz":
            return [self._out / "drawings.npz"]
        return [self._out / f"{name}.{self._form}" for name in names]

    def check(self, names: Sequence[str]) -> None:
        """Refuse before any work if a file is in the way."""
        for path in self._paths(names):
            check_free(path, self._force)

    def write(
        self,
        names: Sequence[str],
        found: Sequence[Sample],
        seconds: float,
        rejected: int,
        as_json: bool,
        *,
        more: Mapping[str, Any] | None = None,
        words: str = "",
    ) -> None:
        """Write every drawing and report.

        Args:
            more: further keys of the JSON, and ``words`` for the text.
        """
        from drawing.collection import Entry, write_collection
        from drawing.picture import picture, save_png
        from drawing.svg import write_svg

        paths = self._paths(names)
        if self._form == "npz":
            entries = [Entry(each.drawing, recipe=each.recipe) for each in found]
            write_collection(paths[0], {"train": entries}, {"recipes": [each.recipe.to_json() for each in found]})
        else:
            for path, each in zip(paths, found, strict=True):
                if self._form == "svg":
                    write_svg(path, each.drawing, recipe=each.recipe, title=path.stem, decimals=None)
                else:
                    save_png(path, picture(each.drawing))
        files = paths * len(found) if self._form == "npz" else paths
        drawings = [told(each, path) for each, path in zip(found, files, strict=True)]
        unfinished = sum(not each.finished for each in found)
        text = f"{self._out}: {counted(found)} in {seconds:.1f} s"
        text += f", {unfinished} cut off at the greatest length" if unfinished else ""
        text += f", {rejected} rejected" if rejected else ""
        text += f"; {words}" if words else ""
        result = {"drawings": drawings, "seconds": seconds, "rejected": rejected, **(more or {})}
        finish(result, text, as_json=as_json)


def counted(found: Sequence[Sample]) -> str:
    """How many drawings there are, in words."""
    return "1 drawing" if len(found) == 1 else f"{len(found)} drawings"


def told(each: Sample, path: Path | None) -> dict[str, Any]:
    """The JSON of a drawing, with its file if it has one."""
    found: dict[str, Any] = {
        "seed": each.seed,
        "temperature": each.recipe.temperature,
        "strokes": len(each.drawing.lines),
        "points": each.drawing.points,
        "finished": each.finished,
        "nats_per_point": each.nats_per_point,
    }
    return found if path is None else {**found, "file": str(path)}
