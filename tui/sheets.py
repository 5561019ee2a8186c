"""Sheets of the studio: drawings laid out on paper, in files that Plot takes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from drawing.collection import Entry
    from drawing.recipe import Recipe
    from plotter.series import Series
    from plotter.sheet import Sheet, SheetSettings
    from studio.folder import Studio
    from tui.sampler import Sample

PAPERS: dict[str, tuple[str, bool, Literal["grid", "strip", "overlay"]]] = {
    f"{paper} {'landscape' if landscape else 'portrait'}, {kind}": (paper, landscape, kind)
    for paper in ("A4", "A3", "A5", "letter")
    for landscape in (True, False)
    for kind in ("grid", "strip", "overlay")
}
"""Papers and layouts that a walk is offered: name of the paper, landscape, layout."""


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


def lay_out_walk(frames: Sequence[Sample], paper: str) -> Sheet:
    """Lay out the frames of a walk on one of PAPERS.

    Raises:
        MonolineError: they don't fit.
    """
    from drawing.collection import Entry
    from plotter.series import lay_out_series
    from plotter.sheet import SheetSettings

    name, landscape, kind = PAPERS[paper]
    entries = [Entry(frame.drawing, f"{step} of {len(frames)}", frame.recipe) for step, frame in enumerate(frames, 1)]
    return lay_out_series(entries, kind, SheetSettings(paper=name, landscape=landscape), title="walk")[0]


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
