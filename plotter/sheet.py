"""Sheet: drawings laid out in millimetres on a paper, each in its cell with its name and recipe.

A sheet is kept as SVG, true to size. What it holds and where is told in the file's metadata, so that
it comes back whole; the SVG of any other program comes back as a sheet without cells.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from drawing.collection import Entry
from drawing.drawing import Bounds, Drawing
from drawing.errors import DrawingError
from drawing.geometry import Polyline
from drawing.recipe import Recipe
from plotter.captions import captions_of, letter_below
from plotter.cells import Anchor, Cell, best_grid, find_anchors, grid_boxes
from plotter.errors import SheetError
from plotter.layers import Layer, check_layers, layers_of, read_layers, svg_layers
from plotter.layout import LARGEST_NIB_MM, SheetSettings, caption_room, check_some, find_area, find_scales
from plotter.papers import Paper, paper_of_size
from plotter.sheet_note import NOTE, note_text, read_note

DECIMALS = 4
"""Digits of a coordinate in mm, 0.1 micrometre; a step of the machine is 12.5."""
HAIRLINE_MM = 0.3
"""Width of lines in previews where no pen is known."""
_NIB = "nib"
"""Name of the note of the pen's width in the metadata of the SVG."""


@dataclass(frozen=True)
class Sheet:
    """What goes on one paper."""

    paper: Paper
    drawing: Drawing
    """In mm from the top left of the paper, in the order and direction in which it is drawn."""
    margin_mm: float = 0.0
    cells: tuple[Cell, ...] = ()
    title: str = ""
    recipe: Recipe | None = None
    """Of the drawing, where the sheet is the SVG of a single one."""
    left_out: tuple[str, ...] = ()
    """What a file has that can't be drawn or understood, in words."""
    nib_mm: float | None = None
    """Width of the lines of the pen it is meant for, as previews show them; None if no pen is known."""
    layers: tuple[Layer, ...] = ()
    """All lines, layer by layer in drawing order; without layers one pen draws all."""

    def __post_init__(self) -> None:
        check_layers(self.layers, len(self.drawing.lines))

    @property
    def area(self) -> Bounds:
        """What is within the margins."""
        m = self.margin_mm
        return m, m, self.paper.width_mm - m, self.paper.height_mm - m

    @property
    def edges(self) -> tuple[Polyline, Polyline]:
        """The edge of the paper and the line of the margins, closed, for previews."""
        width, height = self.paper.width_mm, self.paper.height_mm
        return _rectangle((0.0, 0.0, width, height)), _rectangle(self.area)

    def with_drawing(
        self, drawing: Drawing, page_mm: tuple[float, float] | None = None, *, layers: tuple[Layer, ...] = ()
    ) -> Sheet:
        """The sheet with its ink in another order; which strokes are which cell's is known no more.

        Args:
            page_mm: width and height, if the paper is another one now; then the cells are gone too.
            layers: of the ink as it is now.
        """
        if page_mm is not None:
            paper = paper_of_size(*page_mm)
            return Sheet(paper, drawing, title=self.title, recipe=self.recipe, nib_mm=self.nib_mm, layers=layers)
        cells = tuple(replace(cell, strokes=None) for cell in self.cells)
        return replace(self, drawing=drawing, cells=cells, layers=layers)

    def overhang_mm(self) -> float:
        """How far ink lies beyond the edge of the paper; 0 if it lies on it."""
        if not self.drawing.lines:
            return 0.0
        left, top, right, bottom = self.drawing.bounds
        return max(0.0, -left, -top, right - self.paper.width_mm, bottom - self.paper.height_mm)


def _rectangle(box: Bounds) -> Polyline:
    left, top, right, bottom = box
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], dtype=np.float64)


def lay_out(entries: Sequence[Entry], settings: SheetSettings | None = None, *, title: str = "") -> Sheet:
    """Lay drawings out in a grid, row by row, each fitted evenly into its cell.

    Args:
        entries: drawings in any unit, y down, with name and recipe where they are known; an empty
            drawing leaves its cell white.

    Raises:
        SheetError: no drawings, more than the grid holds, or no room between the margins.
    """
    settings = settings or SheetSettings()
    check_some(entries)
    anchors = find_anchors([entry.drawing for entry in entries], settings.align or "box")
    area = find_area(settings)
    below = caption_room(settings)
    same = settings.scale == "same"
    rows, columns = settings.rows, settings.columns
    if rows is None and columns is None:
        rows, columns = best_grid(anchors, area, settings.gutter_mm, below=below, same=same)
    rows = rows or math.ceil(len(entries) / (columns or 1))
    columns = columns or math.ceil(len(entries) / rows)
    if rows * columns < len(entries):
        raise SheetError(
            f"A grid of {rows} x {columns} can't hold {len(entries)} drawings; ask for more cells, or for no grid."
        )
    boxes = grid_boxes(area, rows, columns, settings.gutter_mm)[: len(entries)]
    return place(entries, anchors, boxes, find_scales(anchors, boxes[0], settings, same=same), settings, title=title)


def place(
    entries: Sequence[Entry],
    anchors: Sequence[Anchor],
    boxes: Sequence[Bounds],
    scales: Sequence[float],
    settings: SheetSettings,
    *,
    title: str = "",
    captions: Sequence[str] = (),
    marks: Drawing | None = None,
    frames: tuple[Bounds, ...] = (),
    turns: Sequence[float] = (),
) -> Sheet:
    """A sheet with each drawing, at its scale, with its anchor in the middle of its box.

    Furniture comes first: a frame that lies askew is then seen before anything else is drawn.

    Args:
        captions: one for each entry instead of ``captions_of``.
        marks: in mm, drawn before all else.
        frames: boxes that have frames, instead of one around all the ink.
        turns: degrees clockwise by which each is turned around its anchor.
    """
    below = caption_room(settings)
    if settings.lettered and not captions:
        captions = captions_of(entries, settings.caption)
    # captions stand in line, close below the tallest drawing
    tallest = max(scale * anchor.reach_y for scale, anchor in zip(scales, anchors, strict=True))
    parts: list[Drawing] = []
    spans: list[tuple[int, int]] = []
    strokes = 0
    for index, (entry, anchor, box, scale) in enumerate(zip(entries, anchors, boxes, scales, strict=True)):
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3] - below) / 2
        placed = entry.drawing.transform([[scale, 0, x - scale * anchor.x], [0, scale, y - scale * anchor.y]])
        if turns:
            placed = placed.rotate(turns[index], (x, y))
        spans.append((strokes, strokes + len(placed.lines)))
        parts.append(placed)
        if settings.lettered:
            foot = min(y + tallest + below, box[3])  # of a spiral each box is as small as its drawing
            caption = letter_below(captions[index], (box[0], box[1], box[2], foot), settings.caption_mm)
            parts.append(caption)
        strokes = sum(len(part.lines) for part in parts)
    drawn, paper = together(parts), settings.find_paper()
    ink = drawn.bounds if drawn.lines else None
    furniture = settings.furniture.draw(paper, settings.margin_mm, ink, frames)
    registration = settings.furniture.register(paper, settings.margin_mm)
    furniture = furniture if marks is None else together([marks, furniture])
    before = together([registration, furniture])
    above = len(before.lines)
    cells = [
        Cell(_told(box), entry.name, entry.recipe, (first + above, last + above), scale, entry.note)
        for entry, box, scale, (first, last) in zip(entries, boxes, scales, spans, strict=True)
    ]
    drawing = rounded(together([before, drawn]))
    around = (("registration", registration), (settings.furniture.words, furniture))
    layers = _layers(around, parts, cells, each=2 if settings.lettered else 1) if settings.layered else ()
    return Sheet(paper, drawing, settings.margin_mm, tuple(cells), title, nib_mm=settings.nib_mm, layers=layers)


def _layers(
    around: Sequence[tuple[str, Drawing]], parts: Sequence[Drawing], cells: Sequence[Cell], each: int
) -> tuple[Layer, ...]:
    """A layer for each of what is around, and for each drawing with its caption, ``each`` parts of the sheet."""
    drawn = [
        (Layer(cell.name or f"step {step + 1}", (0, 0)), together(parts[each * step : each * (step + 1)]))
        for step, cell in enumerate(cells)
    ]
    return layers_of([*((Layer(name, (0, 0)), lines) for name, lines in around), *drawn])


def _told(box: Bounds) -> Bounds:
    left, top, right, bottom = (round(side, DECIMALS) for side in box)
    return left, top, right, bottom


def together(parts: Sequence[Drawing]) -> Drawing:
    """Drawings one after the other as one, connectors marked as they were."""
    lines = tuple(line for part in parts for line in part.lines)
    if not any(part.connectors for part in parts):
        return Drawing(lines)
    return Drawing(lines, tuple(part.marks(index) for part in parts for index in range(len(part.lines))))


def rounded(drawing: Drawing) -> Drawing:
    """Coordinates with as many digits as an SVG tells, so that the file holds the same points bit by bit."""
    return Drawing(tuple(np.round(line, DECIMALS) for line in drawing.lines), drawing.connectors)


def write_sheet(path: Path, sheet: Sheet) -> None:
    """Write a sheet as SVG in millimetres, whole or not at all."""
    from studio.files import write_text

    write_text(path, sheet_text(sheet))


def sheet_text(sheet: Sheet) -> str:
    """A sheet as SVG in millimetres; the same text for the same sheet."""
    from drawing.svg import svg_text

    nib = {} if sheet.nib_mm is None else {_NIB: repr(sheet.nib_mm)}
    return svg_text(
        sheet.drawing,
        width_mm=sheet.paper.width_mm,
        height_mm=sheet.paper.height_mm,
        recipe=sheet.recipe,
        stroke_width_mm=HAIRLINE_MM if sheet.nib_mm is None else sheet.nib_mm,
        title=sheet.title,
        decimals=DECIMALS,
        notes={NOTE: note_text(sheet.margin_mm, sheet.cells), **nib},
        layers=svg_layers(sheet.layers),
    )


def read_sheet(path: Path) -> Sheet:
    """Read any SVG as a sheet; cells are those that monoline has noted in it.

    Raises:
        UnreadableFile, RefusedFile: see drawing.svg.read_svg.
    """
    from drawing.svg import read_svg

    file = read_svg(path)
    left, top = file.page_mm
    drawing = file.drawing.translate(-left, -top) if left or top else file.drawing
    paper, nib_mm = paper_of_size(file.width_mm, file.height_mm), _read_nib(file.notes.get(_NIB, ""))
    layers = read_layers(file.layers)
    sheet = Sheet(paper, drawing, title=file.title, recipe=file.recipe, nib_mm=nib_mm, layers=layers)
    if NOTE not in file.notes:
        return replace(sheet, left_out=file.left_out)
    try:
        margin_mm, cells = read_note(file.notes[NOTE], len(file.drawing.lines))
    except (DrawingError, SheetError) as error:
        return replace(sheet, left_out=(*file.left_out, str(error)))
    return replace(sheet, margin_mm=margin_mm, cells=cells, left_out=file.left_out)


def _read_nib(text: str) -> float | None:
    try:
        nib_mm = float(text)
    except ValueError:
        return None
    return nib_mm if 0 < nib_mm <= LARGEST_NIB_MM else None
