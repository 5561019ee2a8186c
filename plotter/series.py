"""Series: drawings along one path, as a strip, a grid, over each other, or as a flip-book."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from drawing.collection import Entry
from drawing.drawing import Bounds, Drawing
from plotter.cells import find_anchors
from plotter.errors import SheetError
from plotter.sheet import (
    Sheet,
    SheetSettings,
    caption_of,
    check_some,
    find_area,
    find_scales,
    lay_out,
    place,
    write_sheet,
)

Series = Literal["grid", "strip", "overlay", "flipbook"]
SERIES: tuple[Series, ...] = ("grid", "strip", "overlay", "flipbook")
MARK_MM = 3.0
"""Arm of a registration cross."""


def lay_out_series(
    entries: Sequence[Entry], kind: Series, settings: SheetSettings | None = None, *, title: str = ""
) -> list[Sheet]:
    """Sheets of a series: one, or one a step for a flip-book.

    All drawings are of the same scale unless the settings ask for each as large as fits.

    - ``grid``: row by row, in as many rows and columns as the settings say or as make drawings largest;
    - ``strip``: one row along the long side of the paper;
    - ``overlay``: all in one place, so that what changes is seen; they keep their places to each other
      unless the settings align them;
    - ``flipbook``: one step a sheet, in one place, with registration crosses to cut and bind by.

    Raises:
        SheetError: as in ``lay_out``; a strip with rows or columns asked for.
    """
    settings = settings or SheetSettings()
    check_some(entries)
    if settings.scale is None:
        settings = settings.model_copy(update={"scale": "same"})
    if kind == "grid":
        return [lay_out(entries, settings, title=title)]
    if settings.rows is not None or settings.columns is not None:
        raise SheetError(f"A series as {kind} has no grid; leave rows and columns out, or ask for a grid.")
    if kind == "strip":
        paper = settings.find_paper()
        shape = (1, len(entries)) if paper.is_landscape else (len(entries), 1)
        return [lay_out(entries, settings.model_copy(update={"rows": shape[0], "columns": shape[1]}), title=title)]
    return [_overlay(entries, settings, title)] if kind == "overlay" else _flipbook(entries, settings, title)


def _overlay(entries: Sequence[Entry], settings: SheetSettings, title: str) -> Sheet:
    anchors = find_anchors([entry.drawing for entry in entries], settings.align or "origin")
    area = find_area(settings)
    scales = find_scales(anchors, area, settings, same=settings.scale == "same")
    ends = [caption_of(entry) for entry in (*entries[:1], *entries[1:][-1:])]
    captions = [" to ".join(filter(None, ends)), *("" for _ in entries[1:])]
    return place(entries, anchors, [area] * len(entries), scales, settings, title=title, captions=captions)


def _flipbook(entries: Sequence[Entry], settings: SheetSettings, title: str) -> list[Sheet]:
    anchors = find_anchors([entry.drawing for entry in entries], settings.align or "origin")
    area = find_area(settings)
    inset = max(0.0, MARK_MM - settings.margin_mm)
    corners = (area[0] + inset, area[1] + inset, area[2] - inset, area[3] - inset)
    gap = 1.5 * MARK_MM
    box = (corners[0] + gap, corners[1] + gap, corners[2] - gap, corners[3] - gap)
    scales = find_scales(anchors, box, settings, same=settings.scale == "same")
    marks = _crosses(corners)
    sheets: list[Sheet] = []
    for index, (entry, anchor, scale) in enumerate(zip(entries, anchors, scales, strict=True)):
        number = f"{index + 1}/{len(entries)}"
        captions = ["  ".join(filter(None, (number, caption_of(entry))))]
        named = f"{title} {number}".strip()
        sheets.append(place([entry], [anchor], [box], [scale], settings, title=named, captions=captions, marks=marks))
    return sheets


def _crosses(corners: Bounds) -> Drawing:
    """A cross of two strokes at each corner."""
    left, top, right, bottom = corners
    a = MARK_MM
    return Drawing.of(
        line
        for x, y in ((left, top), (right, top), (right, bottom), (left, bottom))
        for line in ([[x - a, y], [x + a, y]], [[x, y - a], [x, y + a]])
    )


def sheet_files(path: Path, count: int) -> list[Path]:
    """The file of each of so many sheets: the path itself for one, else ``name-01.svg`` and so on."""
    if count == 1:
        return [path]
    digits = max(2, len(str(count)))
    return [path.with_name(f"{path.stem}-{number:0{digits}}{path.suffix}") for number in range(1, count + 1)]


def write_series(path: Path, sheets: Sequence[Sheet]) -> list[Path]:
    """Write each sheet as SVG and return the files."""
    files = sheet_files(path, len(sheets))
    for file, sheet in zip(files, sheets, strict=True):
        write_sheet(file, sheet)
    return files
