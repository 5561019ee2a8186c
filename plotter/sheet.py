"""Sheet: drawings laid out in millimetres on a paper, each in its cell with its name and recipe.

A sheet is kept as SVG, true to size. What it holds and where is told in the file's metadata, so that
it comes back whole; the SVG of any other program comes back as a sheet without cells.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from drawing.collection import Entry
from drawing.drawing import Bounds, Drawing
from drawing.errors import DrawingError
from drawing.geometry import Polyline
from drawing.recipe import Recipe
from plotter.cells import Align, Anchor, Cell, best_grid, factors, find_anchors, grid_boxes
from plotter.errors import PlotterError, SheetError
from plotter.layers import Layer, check_layers, read_layers, svg_layers
from plotter.papers import Paper, find_paper, paper_of_size
from plotter.sheet_note import NOTE, note_text, read_note

DECIMALS = 4
"""Digits of a coordinate in mm, 0.1 micrometre; a step of the machine is 12.5."""
MIN_CELL_MM = 1.0
LARGEST_NIB_MM = 30.0
HAIRLINE_MM = 0.3
"""Width of lines in previews where no pen is known."""
_NIB = "nib"
"""Name of the note of the pen's width in the metadata of the SVG."""
_CAPTION_ROOM = 2.0
"""Height kept free below a drawing, in capitals of its caption."""


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


def _check_paper(name: str) -> str:
    try:
        find_paper(name)
    except PlotterError as error:
        raise ValueError(str(error)) from None
    return name


class SheetSettings(BaseModel):
    """How drawings are laid out."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    paper: Annotated[str, AfterValidator(_check_paper)] = "A4"
    """A0 to A6, letter, legal, tabloid, or an own size as 200x300 or 8x10in."""
    landscape: bool = False
    """The long side across."""
    margin_mm: float = Field(default=15.0, ge=0, allow_inf_nan=False)
    """White around all drawings."""
    rows: int | None = Field(default=None, ge=1, le=500)
    """Rows of the grid; without rows and columns drawings become as large as they can."""
    columns: int | None = Field(default=None, ge=1, le=500)
    """Columns of the grid."""
    gutter_mm: float = Field(default=6.0, ge=0, allow_inf_nan=False)
    """White between cells."""
    scale: Literal["each", "same"] | None = None
    """Each drawing as large as fits its cell, or all alike; by default alike in a series only."""
    align: Align | None = None
    """What comes to the middle of a cell: the middle of the bounds (box), the centre of gravity of the
    ink (ink), or the common place of all drawings (origin). By default origin where drawings lie over
    each other, else box."""
    captions: bool = False
    """Seed, temperature and place on the path, or the name, below each drawing."""
    caption_mm: float = Field(default=2.5, gt=0.5, le=50)
    """Height of a caption's capitals."""
    nib_mm: float | None = Field(default=None, gt=0, le=LARGEST_NIB_MM)
    """Width of the pen's line in previews; None draws hairlines."""

    def find_paper(self) -> Paper:
        """The paper, turned as asked."""
        paper = find_paper(self.paper)
        return paper.landscape() if self.landscape else paper


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


def check_some(entries: Sequence[Entry]) -> None:
    """Raise a SheetError if there is nothing to draw."""
    if not any(entry.drawing.lines for entry in entries):
        raise SheetError("There is nothing to lay out: no drawing has a line.")


def find_area(settings: SheetSettings) -> Bounds:
    """What is within the margins of the paper.

    Raises:
        SheetError: the margins leave no room.
    """
    paper, m = settings.find_paper(), settings.margin_mm
    if min(paper.width_mm, paper.height_mm) - 2 * m < MIN_CELL_MM:
        raise SheetError(f"Margins of {m:g} mm leave no room on {paper}; take smaller ones.")
    return m, m, paper.width_mm - m, paper.height_mm - m


def caption_room(settings: SheetSettings) -> float:
    """Height in mm that captions take at the foot of a cell."""
    return _CAPTION_ROOM * settings.caption_mm if settings.captions else 0.0


def find_scales(anchors: Sequence[Anchor], box: Bounds, settings: SheetSettings, *, same: bool) -> list[float]:
    """mm for one unit of each drawing in cells as large as this box.

    Raises:
        SheetError: the box is too small to draw in.
    """
    left, top, right, bottom = box
    width, height = right - left, bottom - top - caption_room(settings)
    if min(width, height) < MIN_CELL_MM:
        raise SheetError(
            f"{len(anchors)} drawings leave cells of {max(width, 0):.3g} x {max(height, 0):.3g} mm; "
            "take a larger paper, smaller margins and gutters, or fewer drawings."
        )
    return factors(anchors, width, height, same=same).tolist()


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
) -> Sheet:
    """A sheet with each drawing, at its scale, with its anchor in the middle of its box.

    Args:
        captions: one for each entry instead of ``caption_of``.
        marks: in mm, drawn before all else.
    """
    below = caption_room(settings)
    # captions stand in line, close below the tallest drawing
    tallest = max(scale * anchor.reach_y for scale, anchor in zip(scales, anchors, strict=True))
    parts = [] if marks is None else [marks]
    cells: list[Cell] = []
    strokes = sum(len(part.lines) for part in parts)
    for index, (entry, anchor, box, scale) in enumerate(zip(entries, anchors, boxes, scales, strict=True)):
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3] - below) / 2
        placed = entry.drawing.transform([[scale, 0, x - scale * anchor.x], [0, scale, y - scale * anchor.y]])
        told = (round(box[0], DECIMALS), round(box[1], DECIMALS), round(box[2], DECIMALS), round(box[3], DECIMALS))
        cells.append(Cell(told, entry.name, entry.recipe, (strokes, strokes + len(placed.lines)), scale))
        parts.append(placed)
        if settings.captions:
            text = captions[index] if captions else caption_of(entry)
            parts.append(_caption(text, (box[0], y - tallest, box[2], y + tallest + below), settings.caption_mm))
        strokes = sum(len(part.lines) for part in parts)
    return Sheet(
        settings.find_paper(),
        rounded(together(parts)),
        settings.margin_mm,
        tuple(cells),
        title,
        nib_mm=settings.nib_mm,
    )


def caption_of(entry: Entry) -> str:
    """What is written below a drawing: seed and temperature, or its place on a walk; else its name."""
    recipe = entry.recipe
    if recipe is None:
        return entry.name
    if recipe.at is not None:
        return f"at {recipe.at:.2f}"  # all else is alike in all frames of a walk
    words = [f"seed {recipe.seed}"]
    if recipe.temperature is not None:
        words.append(f"t {recipe.temperature:g}")
    return "  ".join(words)


def _caption(text: str, box: Bounds, capital_mm: float) -> Drawing:
    """A line of text at the foot of a box, smaller where it is too long."""
    from plotter.letters import letters

    line = letters(text, capital_mm)
    if not line.lines:
        return line
    shrink = min(1.0, (box[2] - box[0]) / max(line.size[0], 1e-9))
    # a descender reaches a third of a capital below the baseline
    return line.scale(shrink).translate((box[0] + box[2]) / 2, box[3] - capital_mm / 3)


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
