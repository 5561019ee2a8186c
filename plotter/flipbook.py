"""Flip-book: one step a page, pages to be cut out, put on each other and bound on the left.

Several pages may lie on one paper. They lie so that whole papers can be cut as a pile: the pages of each place
then follow each other, and the piles are put on each other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from drawing.collection import Entry
from drawing.drawing import Bounds, Drawing
from plotter.captions import captions_of
from plotter.cells import Anchor, factors, find_anchors, grid_boxes
from plotter.errors import SheetError
from plotter.furniture import EDGE_MM, LEAST_MARK_MM, Furniture, cut_marks
from plotter.layout import MIN_CELL_MM, SheetSettings, caption_room, check_some, find_scales
from plotter.letters import letters
from plotter.papers import Paper, find_paper
from plotter.sheet import Sheet, place, together

OFFSET_MM, MARK_MM = 2.0, 4.0
"""Distance of a mark from the corner of its page, and its length where there is room."""
BETWEEN_MM = 2 * (OFFSET_MM + LEAST_MARK_MM)
"""White between pages on one paper, at least: both have marks there."""
BINDING = 0.14
"""Of the width of a page, what is left for the binding."""
PADDING = 0.04
"""White around a drawing within the rest of its page, of its shorter side."""
NUMBER_MM, TICK_MM = 2.0, 1.0
"""Height of the numbers of pages, and half of that of the marks to staple by; the binding hides both."""
TITLE = 2.0
"""Height of a title on the cover, in letters of the foot of a sheet."""
COVER = "cover"
"""Name of the first page, where there is a title, an edition or a signature."""
STAPLES = (0.25, 0.75)
"""Where a page is stapled, of its height."""


def lay_out_flipbook(entries: Sequence[Entry], settings: SheetSettings, *, title: str = "") -> list[Sheet]:
    """Sheets of a flip-book, all drawings in one place of their pages.

    Raises:
        SheetError: there is nothing to draw, or no room for so many pages.
    """
    check_some(entries)
    if settings.scale is None:
        settings = settings.model_copy(update={"scale": "same"})
    drawings, furniture, per_sheet = list(entries), settings.furniture, settings.per_sheet
    anchors = find_anchors([entry.drawing for entry in entries], settings.align or "origin")
    pages = _pages(anchors, settings)
    boxes = [_drawn(page, furniture.frame_mm) for page in pages]
    scales = find_scales(anchors, boxes[0], settings, same=settings.scale == "same")
    captions = captions_of(entries, settings.caption) if settings.lettered else []
    numbers = [str(step) for step in range(1, len(entries) + 1)]
    if furniture.has_foot:
        cover, anchor = _cover(furniture, boxes[0], caption_room(settings))
        drawings, anchors, scales = [cover, *drawings], [anchor, *anchors], [1.0, *scales]
        captions, numbers = ["", *captions] if captions else [], ["", *numbers]
    count = math.ceil(len(drawings) / per_sheet)
    plain = Furniture(registration=furniture.registration, frame_mm=furniture.frame_mm)
    settings = settings.model_copy(update={"furniture": plain})
    sheets: list[Sheet] = []
    for number in range(count):
        steps = range(number, len(drawings), count)  # the pages of one place lie on each other
        paper = settings.find_paper()
        marks = [_marks(pages[at], numbers[step], paper, alone=per_sheet == 1) for at, step in enumerate(steps)]
        frames = (
            ()
            if furniture.frame_mm is None
            else tuple(_grown(boxes[at], furniture.frame_mm) for at in range(len(steps)))
        )
        sheets.append(
            place(
                [drawings[step] for step in steps],
                [anchors[step] for step in steps],
                boxes[: len(steps)],
                [scales[step] for step in steps],
                settings,
                title=f"{title} {number + 1}/{count}".strip() if count > 1 else title,
                captions=[captions[step] for step in steps] if captions else (),
                marks=together(marks),
                frames=frames,
            )
        )
    return sheets


def _pages(anchors: Sequence[Anchor], settings: SheetSettings) -> list[Bounds]:
    """The pages on one paper, row by row, so that drawings become largest."""
    paper, furniture, per_sheet = settings.find_paper(), settings.furniture, settings.per_sheet
    inset = max(settings.margin_mm, OFFSET_MM + LEAST_MARK_MM + EDGE_MM)
    area = (inset, inset, paper.width_mm - inset, paper.height_mm - inset)
    gap = max(settings.gutter_mm, BETWEEN_MM)
    best: list[Bounds] = []
    most = 0.0
    for columns in range(1, per_sheet + 1):
        boxes = [
            _cut(box, furniture.trim, paper) for box in grid_boxes(area, math.ceil(per_sheet / columns), columns, gap)
        ]
        left, top, right, bottom = _drawn(boxes[0], furniture.frame_mm)
        width, height = right - left, bottom - top - caption_room(settings)
        if min(width, height) < MIN_CELL_MM:
            continue
        size = float(np.log(factors(anchors, width, height, same=settings.scale == "same")).mean())
        if not best or size > most:
            best, most = boxes[:per_sheet], size
    if not best:
        size = f" of {furniture.trim}" if furniture.trim else ""
        raise SheetError(
            f"{per_sheet} pages{size} of a flip-book have no room on {paper}; "
            "take fewer, smaller margins or a larger paper."
        )
    return best


def _cut(box: Bounds, trim: str, paper: Paper) -> Bounds:
    """A page of the size that was asked for in the middle of a box; without sides where it is too large."""
    if not trim:
        return box
    size = find_paper(trim)
    size = size.landscape() if "x" not in size.name and paper.is_landscape else size
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    if size.width_mm > box[2] - box[0] + 1e-6 or size.height_mm > box[3] - box[1] + 1e-6:
        return x, y, x, y
    return x - size.width_mm / 2, y - size.height_mm / 2, x + size.width_mm / 2, y + size.height_mm / 2


def _drawn(page: Bounds, frame_mm: float | None) -> Bounds:
    """What the drawing has of a page."""
    left, top, right, bottom = page
    white = PADDING * min(right - left, bottom - top) + (frame_mm or 0.0)
    return left + BINDING * (right - left) + white, top + white, right - white, bottom - white


def _marks(page: Bounds, number: str, paper: Paper, *, alone: bool) -> Drawing:
    """Marks to cut and to staple by, and the number of the page where the binding will hide it."""
    left, top, right, bottom = page
    beyond = OFFSET_MM + (MARK_MM if alone else LEAST_MARK_MM)
    x, y, far_x, far_y = _grown(page, beyond)
    edge = (
        max(x, EDGE_MM), max(y, EDGE_MM), min(far_x, paper.width_mm - EDGE_MM), min(far_y, paper.height_mm - EDGE_MM),
    )  # fmt: skip
    lines = list(cut_marks(page, edge, offset_mm=OFFSET_MM, most_mm=MARK_MM))
    middle = left + BINDING * (right - left) / 2
    for share in STAPLES:
        at = top + share * (bottom - top)
        lines.append([(middle, at - TICK_MM), (middle, at + TICK_MM)])
    lettered = letters(number, NUMBER_MM)
    if lettered.lines:
        lettered = lettered.scale(min(1.0, 0.7 * BINDING * (right - left) / max(lettered.size[0], 1e-9)))
    foot = bottom - NUMBER_MM / 2 - PADDING * min(right - left, bottom - top)
    return together([Drawing.of(lines), lettered.translate(middle, foot)])


def _cover(furniture: Furniture, box: Bounds, below: float) -> tuple[Entry, Anchor]:
    """The first page: the title in the middle, edition and signature at the foot; in mm, where it lies."""
    left, top, right, bottom = box
    x, y = (left + right) / 2, (top + bottom - below) / 2
    title = letters(furniture.title, TITLE * furniture.letter_mm)
    if title.lines:
        title = title.scale(min(1.0, (right - left) / max(title.size[0], 1e-9)))
    at_foot = furniture.model_copy(update={"title": ""})
    foot = at_foot.foot(box, box, bottom - at_foot.foot_mm()) if at_foot.has_foot else Drawing(())
    drawing = together([title.translate(x, y), foot])
    return Entry(drawing, COVER), Anchor(x, y, 0.0, 0.0)


def _grown(box: Bounds, by: float) -> Bounds:
    left, top, right, bottom = box
    return left - by, top - by, right + by, bottom + by
