"""Sheets of the studio: drawings laid out on paper, in files that Plot takes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drawing.collection import Entry
    from drawing.recipe import Recipe
    from plotter.series import Series
    from plotter.sheet import Sheet, SheetSettings
    from studio.folder import Studio
    from tui.sampler import Sample


def new_sheet(
    studio: Studio, entries: Sequence[Entry], name: str, kind: Series = "grid", settings: SheetSettings | None = None
) -> Path:
    """Lay out drawings and write the sheet into the studio, under a name that is free.

    Args:
        name: of the file, made different from those that are there and hold another sheet.
        kind: one of plotter.series.SERIES but the flip-book, which is many sheets.

    Raises:
        MonolineError: they don't fit, or the studio can't be written.
    """
    from plotter.series import lay_out_series
    from plotter.sheet import SheetSettings

    sheet = lay_out_series(entries, kind, settings or SheetSettings(), title=name)[0]
    return write_new(studio, sheet, name)


def write_new(studio: Studio, sheet: Sheet, name: str) -> Path:
    """Write a sheet into the studio under a name that is free, or find that it is there."""
    from plotter.sheet import sheet_text
    from studio.files import write_text

    text = sheet_text(sheet)
    path, number = studio.sheets / f"{name}.svg", 1
    while path.exists():
        if path.read_bytes() == text.encode():
            return path
        number += 1
        path = studio.sheets / f"{name}-{number}.svg"
    write_text(path, text)
    return path


def write_all(studio: Studio, sheets: dict[str, list[Sheet]], name: str) -> list[Path]:
    """Write the sheets of an edition or a flip-book into the studio, each under a name that is free."""
    from tui.print_choice import sheet_names

    every = [sheet for each in sheets.values() for sheet in each]
    return [write_new(studio, sheet, named) for sheet, named in zip(every, sheet_names(name, sheets), strict=True)]


def walk_entries(frames: Sequence[Sample]) -> list[Entry]:
    """The frames of a walk as a sheet takes them."""
    from drawing.collection import Entry

    return [Entry(frame.drawing, f"{step} of {len(frames)}", frame.recipe) for step, frame in enumerate(frames, 1)]


def sketch_name(network: str, recipe: Recipe) -> str:
    """What the file of a kept drawing is called: the network, how it came about, seed, temperature."""
    what = "" if recipe.kind == "sample" else f"-{recipe.kind}"
    place = f"-{recipe.index:02d}" if recipe.index is not None else ""
    warmth = f"-t{recipe.temperature:.2f}" if recipe.temperature is not None else ""
    return f"{network}{what}-seed-{recipe.seed:06d}{place}{warmth}"


def sketch_label(recipe: Recipe) -> str:
    """The same in the few letters that stand below a small picture."""
    what = {"sample": "seed", "interpolate": "step", "reconstruct": "like"}.get(recipe.kind, recipe.kind)
    number = recipe.seed if recipe.kind == "sample" or recipe.index is None else recipe.index + 1
    warmth = f" · {recipe.temperature:.2f}" if recipe.temperature is not None else ""
    return f"{what} {number}{warmth}"
