"""Layout: how drawings are to be laid out on paper, and what that leaves them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from drawing.collection import Entry
from drawing.drawing import Bounds
from plotter.captions import ROOM, check_template
from plotter.cells import Align, Anchor, factors
from plotter.errors import PlotterError, SheetError
from plotter.furniture import Furniture
from plotter.papers import Paper, find_paper

MIN_CELL_MM = 1.0
LARGEST_NIB_MM = 30.0


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
    """Seed and temperature, or the step of a walk, or the name, below each drawing."""
    caption: Annotated[str, Field(max_length=120), AfterValidator(check_template)] = ""
    """A text of one's own below each drawing, as "{seed} at {temperature}"; {name}, {step}, {steps}, {at} too."""
    caption_mm: float = Field(default=2.5, gt=0.5, le=50)
    """Height of a caption's capitals."""
    nib_mm: float | None = Field(default=None, gt=0, le=LARGEST_NIB_MM)
    """Width of the pen's line in previews; none draws hairlines."""
    turned: bool = False
    """Along a spiral each drawing stands with its foot to the middle; else all are upright."""
    growing: bool = False
    """Drawings along a spiral grow outwards; else all are alike."""
    layered: bool = False
    """Each drawing is a layer of its own, so that each can have its pen."""
    per_sheet: int = Field(default=1, ge=1, le=100)
    """Pages of a flip-book on one paper."""
    furniture: Furniture = Furniture()
    """Edition, title, signature, frame and marks."""

    @property
    def lettered(self) -> bool:
        """Whether drawings have captions."""
        return self.captions or bool(self.caption)

    def find_paper(self) -> Paper:
        """The paper, turned as asked."""
        paper = find_paper(self.paper)
        return paper.landscape() if self.landscape else paper


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
    left, top, right, bottom = settings.furniture.room(settings.furniture.page(paper, m))
    if min(right - left, bottom - top) < MIN_CELL_MM:
        raise SheetError(
            f"Margins of {m:g} mm, trim, frame and what is lettered at the foot leave no room for drawings on {paper}; "
            "take less of them, or a larger paper."
        )
    return left, top, right, bottom


def caption_room(settings: SheetSettings) -> float:
    """Height in mm that captions take at the foot of a cell."""
    return ROOM * settings.caption_mm if settings.lettered else 0.0


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
