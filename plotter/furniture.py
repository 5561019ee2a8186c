"""Furniture: what a print has besides its drawings: edition, title, signature, frame, marks to cut and register by.

All of it is strokes in mm. It knows boxes, no drawings: where these go is told by the room it leaves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from numpy.typing import ArrayLike
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from drawing.drawing import Bounds, Drawing
from plotter.errors import SheetError
from plotter.papers import Paper, find_paper

MARK_MM, OFFSET_MM = 5.0, 3.0
"""Length of a mark to cut by, and its distance from the corner that it stands for."""
LEAST_MARK_MM = 2.0
"""Shorter ones are not seen."""
EDGE_MM = 1.0
"""Nothing is drawn nearer to the edge of the paper."""
TARGET_MM = 2.0
"""Radius of the circle of a mark to register by; its cross reaches half as far again."""
GAP_MM = 4.0
"""White between the drawings, or their frame, and what is lettered below."""
BESIDE_MM = 6.0
"""White between edition, title and signature."""
MOST_SHEETS = 500
"""Most sheets of an edition that are laid out in one go."""
_EDITION = re.compile(r"\s*([0-9]{1,5})\s*(?:[-–]\s*([0-9]{1,5})\s*)?(?:/\s*([0-9]{1,5})\s*)?")
_DRAWINGS = (".svg", ".npz", ".ndjson", ".ndjson.gz", ".bin")


def _line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("it has signs that can't be lettered")
    return " ".join(text.split())


def _edition(text: str) -> str:
    try:
        editions(text)
    except SheetError as error:
        raise ValueError(str(error)) from None
    return text


def _size(text: str) -> str:
    try:
        return text and find_paper(text).name
    except SheetError as error:
        raise ValueError(str(error)) from None


Line = Annotated[str, Field(max_length=120), AfterValidator(_line)]


class Furniture(BaseModel):
    """What a print has besides its drawings; nothing by default."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)

    edition: Annotated[Line, AfterValidator(_edition)] = ""
    """At the foot on the left: 3/25, A.P. or any few words; 1-25 is a sheet for each number."""
    title: Line = ""
    """In the middle of the foot."""
    signature: Line = ""
    """At the foot on the right: the file of a drawing, or a name, which is written in script."""
    letter_mm: float = Field(default=3.0, gt=0.5, le=50)
    """Height of the capitals at the foot."""
    signature_mm: float = Field(default=10.0, gt=0.5, le=200)
    """Height of a signature; of the capitals half of that where it is a name."""
    frame_mm: float | None = Field(default=None, ge=0, le=500)
    """Distance of a frame from the ink that it goes around; none draws none."""
    crop_marks: bool = False
    """Marks at the corners of the finished sheet, to cut by."""
    trim: Annotated[str, AfterValidator(_size)] = ""
    """Size of the finished sheet, in the middle of the paper, as 200x250 or A5; what is within the margins
    by default. The margins hold within the finished sheet too."""
    registration: bool = False
    """A circled cross in the middle of each side, for a second pen or a second print to meet the first."""

    @property
    def has_foot(self) -> bool:
        """Whether anything is lettered below the drawings."""
        return bool(self.edition or self.title or self.signature)

    @property
    def words(self) -> str:
        """What there is besides drawings and registration: frame and foot."""
        there = {"frame": self.frame_mm is not None, "foot": self.has_foot, "marks": self.crop_marks}
        *first, last = [name for name, has in there.items() if has] or ["marks"]
        return f"{', '.join(first)} and {last}" if first else last

    @property
    def is_cut(self) -> bool:
        """Whether the finished sheet is smaller than the paper."""
        return self.crop_marks or bool(self.trim)

    def foot_mm(self) -> float:
        """Height of what is lettered below the drawings, without the white above it."""
        tallest = 4 / 3 * self.letter_mm if self.edition or self.title else 0.0  # with what reaches below the line
        return max(tallest, self.signature_mm if self.signature else 0.0)

    def find_trim(self, paper: Paper, margin_mm: float) -> Bounds:
        """The finished sheet on this paper; all of the paper if it is not cut.

        Raises:
            SheetError: it is larger than the paper, or leaves no room for marks.
        """
        if not self.is_cut:
            return 0.0, 0.0, paper.width_mm, paper.height_mm
        beyond = OFFSET_MM + LEAST_MARK_MM + EDGE_MM if self.crop_marks else 0.0
        if not self.trim:
            if margin_mm < beyond:
                raise SheetError(
                    f"Marks to cut by need margins of {beyond:g} mm, not {margin_mm:g}; take wider ones, or --trim."
                )
            return margin_mm, margin_mm, paper.width_mm - margin_mm, paper.height_mm - margin_mm
        trim = find_paper(self.trim)
        if "x" not in trim.name and paper.is_landscape:
            trim = trim.landscape()
        x, y = (paper.width_mm - trim.width_mm) / 2, (paper.height_mm - trim.height_mm) / 2
        if min(x, y) < beyond:
            room = f"{paper.width_mm - 2 * beyond:g} x {paper.height_mm - 2 * beyond:g} mm"
            raise SheetError(
                f"A finished sheet of {trim.width_mm:g} x {trim.height_mm:g} mm is too large for {paper}; "
                f"{room} at most{' with marks to cut by' if beyond else ''}."
            )
        return x, y, x + trim.width_mm, y + trim.height_mm

    def page(self, paper: Paper, margin_mm: float) -> Bounds:
        """What is within the margins of the finished sheet: drawings, frame and foot.

        Raises:
            SheetError: as ``find_trim``.
        """
        return _shrunk(self.find_trim(paper, margin_mm), margin_mm)

    def room(self, page: Bounds) -> Bounds:
        """What the drawings have of a page; without width or height where there is no room."""
        left, top, right, bottom = _shrunk(page, self.frame_mm or 0.0)
        return left, top, right, bottom - (self.foot_mm() + GAP_MM if self.has_foot else 0.0)

    def register(self, paper: Paper, margin_mm: float) -> Drawing:
        """The marks by which a second pen or print meets the first, as strokes; none unless they are asked for."""
        trim = self.find_trim(paper, margin_mm)
        return Drawing.of(_targets(trim, _edge(paper), outside=self.is_cut) if self.registration else [])

    def draw(self, paper: Paper, margin_mm: float, ink: Bounds | None, frames: tuple[Bounds, ...] = ()) -> Drawing:
        """All of it as strokes, without ``register``.

        Args:
            ink: what is drawn besides, captions too; None for nothing.
            frames: boxes that have frames instead of one around the ink.

        Raises:
            SheetError: as ``find_trim``; the signature can't be read.
        """
        trim, page = self.find_trim(paper, margin_mm), self.page(paper, margin_mm)
        lines: list[ArrayLike] = list(cut_marks(trim, _edge(paper))) if self.crop_marks else []
        span, below = page, page[3] - self.foot_mm()
        if self.frame_mm is not None:
            around = frames or (() if ink is None else (_shrunk(ink, -self.frame_mm),))
            lines += [_rectangle(box) for box in around]
            if around and not frames:
                span, below = around[0], around[0][3] + GAP_MM
        foot = self.foot(page, span, below) if self.has_foot else Drawing(())
        return Drawing((*Drawing.of(lines).lines, *foot.lines))

    def foot(self, page: Bounds, span: Bounds, top: float) -> Drawing:
        """Edition, title and signature from left to right below the span, as far beyond it as they need to be."""
        from plotter.letters import letters

        middle = top + self.foot_mm() / 2
        left, centre, right = (
            letters(self.edition, self.letter_mm),
            letters(self.title, self.letter_mm),
            sign(self.signature, self.signature_mm),
        )
        parts = [part.translate(0, self.letter_mm / 2) for part in (left, centre)] + [
            right.translate(0, -(right.bounds[1] + right.bounds[3]) / 2) if right.lines else right
        ]
        widths = [part.size[0] if part.lines else 0.0 for part in parts]
        least = sum(width + BESIDE_MM for width in widths if width) - BESIDE_MM
        # the title stays in the middle as long as there is room, else it is midway between the others
        even = widths[1] + 2 * max(width + BESIDE_MM if width else 0.0 for width in (widths[0], widths[2]))
        room = page[2] - page[0]
        need = even if widths[1] and even <= room else least
        shrink = min(1.0, room / max(need, 1e-9))
        half = min(max(span[2] - span[0], need), room) / 2
        x = min(max((span[0] + span[2]) / 2, page[0] + half), page[2] - half)
        beside = 0.0 if need == even else shrink * (widths[0] - widths[2]) / 2
        places = (x - half, x + beside, x + half)
        lines: list[ArrayLike] = []
        for part, place, side in zip(parts, places, (0, 1, 2), strict=True):
            if part.lines:
                small = part.scale(shrink)
                shift = (place - small.bounds[0], place, place - small.bounds[2])[side]
                lines += small.translate(shift, middle).lines
        return Drawing.of(lines)


def _edge(paper: Paper) -> Bounds:
    """As far as anything may reach."""
    return EDGE_MM, EDGE_MM, paper.width_mm - EDGE_MM, paper.height_mm - EDGE_MM


def editions(text: str) -> list[str]:
    """What stands on each sheet of an edition: 1-25 are 25 sheets, 3-4/25 two of them, all else is one.

    Raises:
        SheetError: a number beyond its edition, a range that runs backwards, too many.
    """
    match = _EDITION.fullmatch(text)
    if match is None or not (match[2] or match[3]):
        return [text]
    first, last = int(match[1]), int(match[2] or match[1])
    total = int(match[3] or match[2])
    if not 1 <= first <= last <= total:
        raise SheetError(f"Edition {text.strip()} can't be: write 3/25 for one sheet, 1-25 or 3-7/25 for several.")
    if last - first >= MOST_SHEETS:
        raise SheetError(f"Edition {text.strip()} is {last - first + 1} sheets; lay out {MOST_SHEETS} at a time.")
    return [f"{number}/{total}" for number in range(first, last + 1)]


def is_file(signature: str) -> bool:
    """Whether a signature is the name of a file, not of a person."""
    return signature.lower().endswith(_DRAWINGS)


def sign(signature: str, height_mm: float) -> Drawing:
    """A signature of this height: the drawing in a file, or a name in script; nothing for nothing.

    Raises:
        SheetError: the file has no drawing.
        DrawingError: it can't be read.
    """
    from drawing.collection import read_collection
    from plotter.letters import HAND, letters

    if not is_file(signature):
        return letters(signature, height_mm / 2, HAND)
    path = Path(signature).expanduser()
    found = [entry.drawing for split in read_collection(path).splits.values() for entry in split if entry.drawing.lines]
    if not found:
        raise SheetError(f"{path} has no line to sign with; name a drawing, or a name to be written.")
    drawing = found[0]
    width, height = drawing.size
    scale = height_mm / height if height > 0 else height_mm / max(width, 1e-9)
    left, _, right, bottom = drawing.bounds
    return drawing.translate(-(left + right) / 2, -bottom).scale(scale)


def cut_marks(
    trim: Bounds, edge: Bounds, *, offset_mm: float = OFFSET_MM, most_mm: float = MARK_MM
) -> Iterator[ArrayLike]:
    """Two short lines outside each corner of a box, as far as the edge; none where there is no room for one."""
    left, top, right, bottom = trim
    for x, y, dx, dy in ((left, top, -1, -1), (right, top, 1, -1), (right, bottom, 1, 1), (left, bottom, -1, 1)):
        room_x = (x - edge[0] if dx < 0 else edge[2] - x) - offset_mm
        room_y = (y - edge[1] if dy < 0 else edge[3] - y) - offset_mm
        if room_x > 0:
            yield [(x + dx * (offset_mm + min(most_mm, room_x)), y), (x + dx * offset_mm, y)]
        if room_y > 0:
            yield [(x, y + dy * offset_mm), (x, y + dy * (offset_mm + min(most_mm, room_y)))]


def _targets(trim: Bounds, edge: Bounds, *, outside: bool) -> Iterator[ArrayLike]:
    """A circled cross beside the middle of each side: outside the finished sheet, or at the edge of the paper."""
    import numpy as np

    reach = 1.5 * TARGET_MM
    left, top, right, bottom = trim
    away = OFFSET_MM + reach
    if outside:
        left, top, right, bottom = left - away, top - away, right + away, bottom + away
    low_x, low_y, high_x, high_y = _shrunk(edge, reach)
    left, top, right, bottom = max(left, low_x), max(top, low_y), min(right, high_x), min(bottom, high_y)
    x, y = (left + right) / 2, (top + bottom) / 2
    turn = np.linspace(0, 2 * np.pi, 49)
    circle = TARGET_MM * np.column_stack([np.cos(turn), np.sin(turn)])
    for place in ((x, top), (right, y), (x, bottom), (left, y)):
        px, py = place
        yield circle + np.array(place)
        yield [(px - reach, py), (px + reach, py)]
        yield [(px, py - reach), (px, py + reach)]


def _rectangle(box: Bounds) -> list[tuple[float, float]]:
    left, top, right, bottom = box
    return [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]


def _shrunk(box: Bounds, by: float) -> Bounds:
    left, top, right, bottom = box
    return left + by, top + by, right - by, bottom - by
