"""What lies at the edges of a page and is no drawing: binder rings, holes, staples, shadows of the fold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prep.marks import Marks

_RIM = 0.025  # parts of the short side: marks that lie this near to an edge are dirt,
_STRIP = 0.07  # and so near, when they touch the edge, run along it
_BINDING = 0.12  # or stand in a row with others like them
_ROW = 6  # so many marks are a row
_CROWD = 500  # and so many are no binding, but dirt


def in_margin(marks: Marks, among: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(n + 1,): which marks, ``among`` these (n + 1,), belong to the edges of the page."""
    height, width = marks.shape
    rim = round(_RIM * min(height, width))
    deeper = np.zeros(marks.shape, bool)
    deeper[rim : height - rim, rim : width - rim] = True
    outermost = marks.within(deeper) == 0
    numbers = np.flatnonzero(among & ~outermost)
    left, top, right, bottom = marks.boxes[numbers].T
    found = np.zeros(len(numbers), bool)
    unit = min(width, height)
    for near, far, begin, end, length in (
        (left, right, top, bottom, height),
        (width - right, width - left, top, bottom, height),
        (top, bottom, left, right, width),
        (height - bottom, height - top, left, right, width),
    ):
        found |= (far < _STRIP * unit) & ((near < 3) | (end - begin > 0.3 * length))
        found |= _in_a_row(near, far, begin, end, _BINDING * unit, length)
    outermost[numbers[found]] = True
    return outermost


def _in_a_row(
    near: NDArray[np.float64],
    far: NDArray[np.float64],
    begin: NDArray[np.float64],
    end: NDArray[np.float64],
    depth: float,
    length: int,
) -> NDArray[np.bool_]:
    """Marks of about one size and one distance from an edge, spread along it: the holes and wires of a binding."""
    row = np.zeros(len(near), bool)
    candidates = np.flatnonzero((far < depth) & (end - begin < 0.06 * length))
    if not _ROW <= len(candidates) <= _CROWD:
        return row
    middle, along = (near + far)[candidates] / 2, (begin + end)[candidates] / 2
    sizes = np.maximum(far - near, end - begin)[candidates]
    for number in range(len(candidates)):
        alike = (np.abs(middle - middle[number]) < 0.08 * depth) & (np.abs(sizes - sizes[number]) < 0.4 * sizes[number])
        places = np.sort(along[alike])
        if len(places) < _ROW or np.ptp(places) < 0.4 * length or not np.median(np.diff(places)):
            continue
        gaps = np.diff(places)
        gap = np.median(gaps)
        # rings stand at one distance, but for some that are hidden
        parts = gaps / gap
        if np.mean(np.abs(parts - np.rint(parts)) < 0.15) > 0.75:
            row[candidates[alike]] = True
    return row
