"""Where drawings go on paper: the cells of a grid, and how large a drawing may be in its cell.

It knows boxes and reaches, no papers and no files.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from drawing.drawing import Bounds, Drawing
from drawing.recipe import Recipe

Align = Literal["box", "ink", "origin"]


@dataclass(frozen=True)
class Cell:
    """A place on a sheet and what came there."""

    box: Bounds
    """Left, top, right, bottom in mm."""
    name: str = ""
    recipe: Recipe | None = None
    strokes: tuple[int, int] | None = None
    """First of the sheet's strokes that are this drawing's, and the first that is not; None once the
    strokes are in another order."""
    scale: float = 1.0
    """mm on the sheet for one unit of the drawing."""
    note: str = ""
    """What a person noted of the drawing."""


@dataclass(frozen=True)
class Anchor:
    """The point of a drawing that comes to the middle of its cell, and how far the drawing reaches from it."""

    x: float
    y: float
    reach_x: float
    """Farthest ink to the left or right."""
    reach_y: float


def find_anchors(drawings: Sequence[Drawing], align: Align) -> list[Anchor]:
    """The anchor of each drawing, in its own unit; an empty drawing has one without reach.

    Args:
        align: ``box`` the middle of its bounds, ``ink`` the centre of gravity of its lines,
            ``origin`` one common point, so that drawings keep their places to each other.
    """
    some = [drawing for drawing in drawings if drawing.lines]
    if align == "origin" and some:
        edges = np.array([drawing.bounds for drawing in some])
        left, top = edges[:, :2].min(axis=0).tolist()
        right, bottom = edges[:, 2:].max(axis=0).tolist()
        return [_anchor((left, top, right, bottom), *_middle((left, top, right, bottom)))] * len(drawings)
    return [
        _anchor(drawing.bounds, *(_gravity(drawing) if align == "ink" else _middle(drawing.bounds)))
        if drawing.lines
        else Anchor(0.0, 0.0, 0.0, 0.0)
        for drawing in drawings
    ]


def _anchor(bounds: Bounds, x: float, y: float) -> Anchor:
    left, top, right, bottom = bounds
    return Anchor(x, y, max(right - x, x - left), max(bottom - y, y - top))


def _middle(bounds: Bounds) -> tuple[float, float]:
    left, top, right, bottom = bounds
    return (left + right) / 2, (top + bottom) / 2


def _gravity(drawing: Drawing) -> tuple[float, float]:
    """Centre of gravity of the ink; of the points, where there is no length."""
    starts = np.concatenate([line[:-1] for line in drawing.lines])
    stops = np.concatenate([line[1:] for line in drawing.lines])
    weights = np.hypot(*(stops - starts).T)
    if weights.sum() > 0:
        x, y = np.average((starts + stops) / 2, axis=0, weights=weights).tolist()
    else:
        x, y = np.concatenate(drawing.lines).mean(axis=0).tolist()
    return x, y


def grid_boxes(area: Bounds, rows: int, columns: int, gutter: float) -> list[Bounds]:
    """The cells of a grid that fills an area, row by row; sides are negative where there is no room."""
    left, top, right, bottom = area
    width = (right - left - (columns - 1) * gutter) / columns
    height = (bottom - top - (rows - 1) * gutter) / rows
    return [
        (x, y, x + width, y + height)
        for y in (top + row * (height + gutter) for row in range(rows))
        for x in (left + column * (width + gutter) for column in range(columns))
    ]


def factors(anchors: Sequence[Anchor], width: float, height: float, *, same: bool) -> NDArray[np.float64]:
    """How much larger each drawing becomes to fill a cell of this size, or to fit it with all the others.

    A drawing without size, a dot, is not made larger than the others, and is left as it is alone.
    """
    reach = np.array([(anchor.reach_x, anchor.reach_y) for anchor in anchors]).reshape(-1, 2)
    room = np.array([width, height]) / 2
    with np.errstate(divide="ignore", over="ignore"):  # what is as good as a dot is one
        largest = (room / reach).min(axis=1)
    least = float(largest.min(initial=math.inf))
    least = least if least < math.inf else 1.0
    return np.full(len(largest), least) if same else np.where(np.isfinite(largest), largest, least)


def best_grid(
    anchors: Sequence[Anchor], area: Bounds, gutter: float, *, below: float = 0.0, same: bool
) -> tuple[int, int]:
    """Rows and columns that make drawings largest, by the geometric mean of their factors.

    Args:
        below: height that is kept free at the foot of each cell.
    """
    count = len(anchors)
    best, most = (count, 1), -math.inf
    for columns in range(1, count + 1):
        rows = math.ceil(count / columns)
        if columns > 1 and math.ceil(count / (columns - 1)) == rows:
            continue  # a column more that saves no row makes cells narrower
        left, top, right, bottom = grid_boxes(area, rows, columns, gutter)[0]
        width, height = right - left, bottom - top - below
        if width <= 0 or height <= 0:
            continue
        size = float(np.log(factors(anchors, width, height, same=same)).mean())
        if size > most + 1e-9:
            best, most = (rows, columns), size
    return best
