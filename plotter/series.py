"""Series: drawings along one path, as a strip, a grid or a spiral, over each other, or as a flip-book."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from drawing.collection import Entry
from plotter.captions import caption_of_all
from plotter.cells import find_anchors
from plotter.errors import SheetError
from plotter.flipbook import lay_out_flipbook
from plotter.furniture import editions
from plotter.layout import SheetSettings, caption_room, check_some, find_area, find_scales
from plotter.sheet import Sheet, lay_out, place
from plotter.spiral import find_spiral

Series = Literal["grid", "strip", "spiral", "overlay", "flipbook"]
SERIES: tuple[Series, ...] = ("grid", "strip", "spiral", "overlay", "flipbook")


def lay_out_series(
    entries: Sequence[Entry], kind: Series, settings: SheetSettings | None = None, *, title: str = ""
) -> list[Sheet]:
    """Sheets of a series: one, or as many as a flip-book needs.

    All drawings are of the same scale unless the settings ask for each as large as fits.

    - ``grid``: row by row, in as many rows and columns as the settings say or as make drawings largest;
    - ``strip``: one row along the long side of the paper;
    - ``spiral``: from the middle outwards, evenly along a spiral, upright or turned, alike or growing;
    - ``overlay``: all in one place, so that what changes is seen; they keep their places to each other
      unless the settings align them;
    - ``flipbook``: one step a page, in one place, with marks to cut and bind by, and a cover where there is
      a title, an edition or a signature.

    Raises:
        SheetError: as in ``lay_out``; rows or columns asked for where there are none, or what only
            another series has.
    """
    settings = settings or SheetSettings()
    check_some(entries)
    _check(kind, settings)
    if settings.scale is None:
        settings = settings.model_copy(update={"scale": "same"})
    if kind == "grid":
        return [lay_out(entries, settings, title=title)]
    if kind == "strip":
        paper = settings.find_paper()
        shape = (1, len(entries)) if paper.is_landscape else (len(entries), 1)
        return [lay_out(entries, settings.model_copy(update={"rows": shape[0], "columns": shape[1]}), title=title)]
    if kind == "spiral":
        return [_spiral(entries, settings, title)]
    return (
        [_overlay(entries, settings, title)] if kind == "overlay" else lay_out_flipbook(entries, settings, title=title)
    )


def lay_out_edition(
    entries: Sequence[Entry], kind: Series | None, settings: SheetSettings | None = None, *, title: str = ""
) -> dict[str, list[Sheet]]:
    """The sheets of each number of an edition, by what is lettered on them; by nothing where there is none.

    Args:
        kind: None lays out as ``lay_out`` does, which is no series.

    Raises:
        SheetError: as in ``lay_out_series``.
    """
    settings = settings or SheetSettings()
    every: dict[str, list[Sheet]] = {}
    for number in editions(settings.furniture.edition):
        furniture = settings.furniture.model_copy(update={"edition": number})
        one = settings.model_copy(update={"furniture": furniture})
        named = f"{title} {number}".strip()
        every[number] = (
            [lay_out(entries, one, title=named)] if kind is None else lay_out_series(entries, kind, one, title=named)
        )
    return every


def _check(kind: Series, settings: SheetSettings) -> None:
    if kind != "grid" and (settings.rows is not None or settings.columns is not None):
        raise SheetError(f"A series as {kind} has no grid; leave rows and columns out, or ask for a grid.")
    if kind != "spiral" and (settings.turned or settings.growing):
        what = "turned drawings" if settings.turned else "growing drawings"
        raise SheetError(f"A series as {kind} has no {what}; leave that out, or ask for a spiral.")
    if kind != "flipbook" and settings.per_sheet > 1:
        raise SheetError(f"A series as {kind} has no pages; leave their number out, or ask for a flipbook.")


def _overlay(entries: Sequence[Entry], settings: SheetSettings, title: str) -> Sheet:
    anchors = find_anchors([entry.drawing for entry in entries], settings.align or "origin")
    area = find_area(settings)
    scales = find_scales(anchors, area, settings, same=settings.scale == "same")
    captions = [caption_of_all(entries, settings.caption), *[""] * (len(entries) - 1)] if settings.lettered else []
    return place(entries, anchors, [area] * len(entries), scales, settings, title=title, captions=captions)


def _spiral(entries: Sequence[Entry], settings: SheetSettings, title: str) -> Sheet:
    anchors = find_anchors([entry.drawing for entry in entries], settings.align or "box")
    area = find_area(settings)
    found = find_spiral(
        tuple(anchors),
        area,
        settings.gutter_mm,
        below=caption_room(settings),
        turned=settings.turned,
        growing=settings.growing,
        same=settings.scale == "same",
    )
    if found is None:
        raise SheetError(
            f"{len(entries)} drawings have no room along a spiral on {settings.find_paper()}; "
            "take a larger paper, smaller margins and gutters, or fewer drawings."
        )
    return place(entries, anchors, found.boxes, found.scales, settings, title=title, turns=found.turns)


def edition_files(path: Path, numbers: Sequence[str], count: int) -> list[Path]:
    """The files of an edition: ``name-03-of-25.svg`` for 3/25, each as ``sheet_files``; the path itself for one."""
    if len(numbers) == 1:
        return sheet_files(path, count)
    digits = max(2, len(numbers[-1].partition("/")[2]))
    stems = [f"{number:0>{digits}}-of-{total}" for number, _, total in (each.partition("/") for each in numbers)]
    return [file for stem in stems for file in sheet_files(path.with_stem(f"{path.stem}-{stem}"), count)]


def sheet_files(path: Path, count: int) -> list[Path]:
    """The file of each of so many sheets: the path itself for one, else ``name-01.svg`` and so on."""
    if count == 1:
        return [path]
    digits = max(2, len(str(count)))
    return [path.with_name(f"{path.stem}-{number:0{digits}}{path.suffix}") for number in range(1, count + 1)]
