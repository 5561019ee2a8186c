"""Polylines to dots to braille: how a drawing is shown in a terminal.

A terminal cell holds 2 x 4 dots, which are about square. Everything is numpy over all segments at
once: a gallery of 40 thumbnails takes some milliseconds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from drawing.drawing import Bounds, Drawing
from drawing.geometry import Polyline

Dots = NDArray[np.bool_]  # (4 rows, 2 columns)
Cells = NDArray[np.uint32]  # (rows, columns) of code points

BRAILLE = 0x2800
_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.uint32)


def main_bounds(drawing: Drawing, share: float = 0.985) -> Bounds:
    """Bounds of the longest strokes that together hold ``share`` of the ink.

    A signature or a speck far from the figure would otherwise shrink the figure in every preview.
    """
    if len(drawing.lines) < 3 or drawing.ink == 0.0:
        return drawing.bounds
    order = np.argsort(-drawing.lengths, kind="stable")
    needed = int(np.searchsorted(np.cumsum(drawing.lengths[order]), share * drawing.ink)) + 1
    longest: list[int] = order[:needed].tolist()
    every = np.concatenate([drawing.lines[index] for index in longest])
    (left, top), (right, bottom) = every.min(axis=0).tolist(), every.max(axis=0).tolist()
    return left, top, right, bottom


def dots(
    lines: Sequence[Polyline], box: Bounds, columns: int, rows: int, margin: int = 1, *, width: float = 0.0
) -> Dots:
    """Draw lines on a grid of terminal cells, the box fitted and centred.

    Args:
        box: what part of the plane fills the grid; ink outside it is cut off.
        columns, rows: size of the grid in cells.
        margin: dots left free on each side.
        width: of the ink, in the unit of the lines; it is one dot at least.

    Returns:
        Shape (4 rows, 2 columns), True where there is ink.
    """
    high, wide = 4 * rows, 2 * columns
    grid = np.zeros((high, wide), dtype=np.bool_)
    if not lines:
        return grid
    left, top, right, bottom = box
    room_x, room_y = max(1, wide - 1 - 2 * margin), max(1, high - 1 - 2 * margin)
    factor = min(room_x / max(right - left, 1e-12), room_y / max(bottom - top, 1e-12))
    if factor > 1e11:  # a single dot has no size to fit
        factor = 0.0
    shift = np.array([(wide - 1 - factor * (left + right)) / 2, (high - 1 - factor * (top + bottom)) / 2])
    starts = np.concatenate([line[:-1] if len(line) > 1 else line for line in lines]) * factor + shift
    stops = np.concatenate([line[1:] if len(line) > 1 else line for line in lines]) * factor + shift
    _ink(grid, *_clipped(starts, stops, np.array([wide, high])))
    return grid | _broad(starts, stops, grid.shape, factor * width) if factor * width > 1 else grid


def _broad(starts: Polyline, stops: Polyline, shape: tuple[int, ...], width: float) -> Dots:
    """Dots whose middle is nearer than half a width to the line.

    The line is drawn on a grid twice as fine, and each of the four places that a fine dot can have in a dot
    is spread row by row: for a row at some distance, the reach to the left and right is that of a circle.
    """
    radius = width / 2
    around = math.ceil(radius) + 1
    high, wide = (side + 2 * around for side in shape)
    fine = np.zeros((2 * high, 2 * wide), dtype=np.bool_)
    _ink(fine, *_clipped(2 * (starts + around) + 0.5, 2 * (stops + around) + 0.5, np.array([2 * wide, 2 * high])))
    spread, columns = np.zeros((high, wide), dtype=np.bool_), np.arange(wide)
    for down, across in ((0, 0), (0, 1), (1, 0), (1, 1)):
        spots = fine[down::2, across::2]
        inked = np.flatnonzero(spots.any(axis=1))
        if not len(inked):
            continue
        first, last = int(inked[0]), int(inked[-1]) + 1
        left = np.zeros((last - first, wide + 1), dtype=np.int32)  # fine dots to the left of each column
        np.cumsum(spots[first:last], axis=1, out=left[:, 1:])
        y, x = (down - 0.5) / 2, (across - 0.5) / 2  # where the fine dot is from the middle of its dot
        for row in range(math.floor(y - radius) + 1, math.ceil(y + radius)):
            half = math.sqrt(radius**2 - (row - y) ** 2)
            begin, end = math.floor(x - half) + 1, math.ceil(x + half)
            near = left[:, np.clip(columns - begin + 1, 0, wide)] > left[:, np.clip(columns - end + 1, 0, wide)]
            top, bottom = max(0, first + row), min(high, last + row)
            if top < bottom:
                spread[top:bottom] |= near[top - first - row : bottom - first - row]
    return spread[around:-around, around:-around]


def _clipped(starts: Polyline, stops: Polyline, size: NDArray[np.intp]) -> tuple[Polyline, Polyline]:
    """The parts of segments on the grid and a dot around it (Liang and Barsky 1984)."""
    if all(((ends > -1) & (ends < size)).all() for ends in (starts, stops)):
        return starts, stops  # as nearly always: the box is the drawing's own
    step = stops - starts
    still = step == 0
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        at = np.sort([(-1 - starts) / step, (size - starts) / step], axis=0)  # (2, n, 2)
    outside = still & ((starts < -1) | (starts > size))
    first = np.where(still, np.where(outside, np.inf, 0.0), at[0]).max(axis=1, initial=0.0)
    last = np.where(still, 1.0, at[1]).min(axis=1, initial=1.0)
    seen = first <= last
    first, last = first[seen, None], last[seen, None]
    return starts[seen] + first * step[seen], np.where(last < 1, starts[seen] + last * step[seen], stops[seen])


def _ink(grid: Dots, starts: Polyline, stops: Polyline) -> None:
    """Set the dots nearest to samples of each segment, at least one a dot along its longer side."""
    counts = np.ceil(np.abs(stops - starts).max(axis=1, initial=0.0)).astype(np.intp) + 1
    which = np.repeat(np.arange(len(counts)), counts)
    within = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
    t = within / np.maximum(counts - 1, 1)[which]
    spots = np.rint(starts[which] + t[:, None] * (stops - starts)[which]).astype(np.intp)
    x, y = spots[:, 0], spots[:, 1]
    inside = (x >= 0) & (y >= 0) & (x < grid.shape[1]) & (y < grid.shape[0])
    grid[y[inside], x[inside]] = True


def braille(grid: Dots) -> Cells:
    """Code points of the braille patterns of a dot grid, shape (rows, columns)."""
    rows, columns = grid.shape[0] // 4, grid.shape[1] // 2
    return (grid.reshape(rows, 4, columns, 2) * _BITS[:, None, :]).sum(axis=(1, 3), dtype=np.uint32) + BRAILLE


def text_rows(cells: Cells) -> list[str]:
    """A string for each row of cells."""
    return [row.astype("<u4").tobytes().decode("utf-32-le") for row in cells]


def thumbnail(drawing: Drawing, columns: int, rows: int) -> Cells:
    """A drawing in braille, fitted to columns x rows cells by its main bounds."""
    if not drawing.lines:
        return np.full((rows, columns), BRAILLE, dtype=np.uint32)
    return braille(dots(drawing.lines, main_bounds(drawing), columns, rows))


def thumbnails(drawings: Iterable[Drawing], columns: int, rows: int) -> list[Cells]:
    """Many drawings, each fitted to columns x rows cells."""
    return [thumbnail(drawing, columns, rows) for drawing in drawings]
