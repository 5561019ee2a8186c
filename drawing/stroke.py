"""stroke-3 and stroke-5, the forms a Sketch-RNN reads and writes, and the way to Drawing and back.

stroke-3 rows are ``(dx, dy, pen_up)``: the offset from the point before, and 1 if the pen lifts
after this point. The first row is the offset from the origin. stroke-5 rows are
``(dx, dy, p1, p2, p3)`` with one of pen down, pen up, end set (Ha and Eck 2017, section 3.1).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from drawing.drawing import Drawing
from drawing.errors import DrawingError

Stroke3 = NDArray[np.float64]  # (n, 3)
Stroke5 = NDArray[np.float64]  # (n, 5)

FARTHEST = 1e100
"""Offsets beyond this can't be squared; no drawing has them."""
START_TOKEN: Stroke5 = np.array([[0.0, 0.0, 1.0, 0.0, 0.0]])
"""What a decoder is fed before the first point; not part of a drawing."""
START_TOKEN.setflags(write=False)


def to_stroke3(drawing: Drawing) -> Stroke3:
    """One row a point, shape (points, 3); connectors are ink like any other."""
    if not drawing.lines:
        return np.zeros((0, 3))
    every = np.concatenate(drawing.lines)
    rows = np.zeros((len(every), 3))
    rows[0, :2] = every[0]
    rows[1:, :2] = np.diff(every, axis=0)
    rows[np.cumsum([len(line) for line in drawing.lines]) - 1, 2] = 1.0
    return rows


def from_stroke3(rows: ArrayLike) -> Drawing:
    """The drawing of stroke-3 rows; the last stroke ends with the last row, lifted or not.

    Raises:
        DrawingError: not of shape (n, 3), or an offset that is not a finite number.
    """
    array = check_stroke3(rows)
    if len(array) == 0:
        return Drawing(())
    with np.errstate(over="ignore"):  # what is too far away comes out as not finite, and Drawing says so
        every = np.cumsum(array[:, :2], axis=0)
    cuts = np.flatnonzero(array[:-1, 2] > 0.5) + 1
    return Drawing(tuple(np.split(every, cuts)))


def to_moves(drawing: Drawing) -> Stroke3:
    """What a network learns of a drawing, shape (points - 1, 3): the rows after the one that tells where it starts."""
    return to_stroke3(drawing)[1:]


def from_moves(rows: ArrayLike) -> Drawing:
    """The drawing of n + 1 points that a network's rows tell: from the origin on, the pen down.

    Source: Ha and Eck 2017, section 3.1.

    Args:
        rows: stroke-3, shape (n, 3).

    Raises:
        DrawingError: as of from_stroke3.
    """
    return from_stroke3(np.concatenate([np.zeros((1, 3)), check_stroke3(rows)]))


def check_stroke3(rows: ArrayLike) -> Stroke3:
    """The rows as float64 of shape (n, 3), or a DrawingError that says what they are instead."""
    try:
        array = np.asarray(rows, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise DrawingError("stroke-3 rows must be numbers.") from None
    if array.size == 0:
        return np.zeros((0, 3))
    if array.ndim != 2 or array.shape[1] != 3:
        raise DrawingError(f"stroke-3 rows must have the shape (n, 3), not {array.shape}.")
    bad = np.flatnonzero(~(np.abs(array) < FARTHEST).all(axis=1))
    if len(bad):
        raise DrawingError(f"row {bad[0]} has a value that is not a finite number, or beyond {FARTHEST:g}.")
    return array


def to_stroke5(rows: ArrayLike, length: int | None = None) -> Stroke5:
    """stroke-3 to stroke-5 with its end row, padded with further end rows to ``length``.

    Returns:
        Shape (n + 1, 5), or (length, 5). The start token is not included.

    Raises:
        DrawingError: ``length`` has no room for n points and an end row.
    """
    array = check_stroke3(rows)
    n = len(array)
    total = n + 1 if length is None else length
    if total < n + 1:
        raise DrawingError(f"{n} points and an end row don't fit into {length} rows.")
    out = np.zeros((total, 5))
    out[:n, :2] = array[:, :2]
    up = array[:, 2] > 0.5
    out[:n, 2], out[:n, 3] = ~up, up
    if n:
        out[n - 1, 2:4] = 0.0, 1.0  # the pen lifts after the last point, whatever the row says
    out[n:, 4] = 1.0
    return out


def from_stroke5(rows: ArrayLike) -> Stroke3:
    """stroke-5 to stroke-3, up to the first end row; a start token must not be included."""
    array = np.asarray(rows, dtype=np.float64)
    if array.ndim != 2 or array.shape[1] != 5:
        raise DrawingError(f"stroke-5 rows must have the shape (n, 5), not {array.shape}.")
    pen = array[:, 2:].argmax(axis=1)
    ends = np.flatnonzero(pen == 2)
    n = int(ends[0]) if len(ends) else len(array)
    out = np.column_stack([array[:n, :2], (pen[:n] == 1).astype(np.float64)])
    if n:
        out[-1, 2] = 1.0
    return check_stroke3(out)


def leading_dots(rows: Stroke3) -> int:
    """How many strokes of a single point a drawing begins with; one less than its points if it has no other."""
    if not len(rows) or rows[0, 2] <= 0.5:
        return 0
    down = np.flatnonzero(rows[:, 2] <= 0.5)
    return int(down[0]) if len(down) else len(rows) - 1


def offset_scale(drawings: Iterable[Stroke3]) -> float:
    """One standard deviation over all dx and dy, the factor that offsets are divided by.

    Source: Ha and Eck 2017, section 3.1 ("data normalisation"). 0.0 without any offset.
    """
    offsets = [rows[:, :2].ravel() for rows in drawings if len(rows)]
    return float(np.concatenate(offsets).std()) if offsets else 0.0
