"""What can't be learnt from drawings is left out, and what is too long simplified; each is counted and told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drawing.errors import DrawingError
from drawing.stroke import Stroke3, from_moves, leading_dots, to_moves
from model.errors import BadData
from model.settings import DataSettings

OUTLIER = 10
"""An offset so many times the median size of a drawing is none that somebody drew."""
FIRST_SHARE = 100.0
"""A first row may be so many times farther."""
FAR = 2.0
"""First rows this many times as long as the others are places on the page."""

ALIKE = 1e-9
"""Offsets whose standard deviation is below so much of a drawing's size are the same but for rounding."""


class LeftOut:
    """Which drawings are left out because nothing can be learnt from them, and how many that were."""

    def __init__(self) -> None:
        self.empty = self.still = self.far = self.strokes = self.long = 0

    def choose(self, lengths: NDArray[Any], sides: NDArray[Any], steps: NDArray[Any], size: float) -> NDArray[np.bool_]:
        """Which of some drawings to keep.

        Args:
            steps: the largest offset of each, along x or y.
            size: the median of all sides in train.
        """
        empty = lengths < 1
        still = ~empty & ~(sides > 0)
        far = ~empty & ~still & (steps > OUTLIER * size if size > 0 else np.zeros(len(sides), dtype=bool))
        self.empty += int(empty.sum())
        self.still += int(still.sum())
        self.far += int(far.sum())
        return ~(empty | still | far)

    def check(self, path: Path, train: int) -> None:
        """Raise BadData if nothing is left of train."""
        if not train and self.still:
            raise BadData(f"{path} can't be learnt: all its points lie on one another.")
        if not train:
            raise BadData(f"{path} can't be learnt: no drawing in 'train' has a line.")

    def simplified(self, rows: Stroke3, settings: DataSettings) -> Stroke3:
        """A drawing with as many points as the settings allow; no rows if its strokes alone need more."""
        if len(rows) <= settings.max_points:
            return rows
        try:
            rows = simplified(rows, settings.max_points)
        except DrawingError:
            self.strokes += 1
            return rows[:0]
        self.long += 1
        return rows

    def notes(self, settings: DataSettings, dropped: bool) -> Iterator[str]:
        """What was done to the drawings, for a person."""
        if dropped:
            yield "the first row of each drawing is where it starts, and was left out"
        if self.empty:
            yield f"{self.empty} drawings without a point were left out"
        if self.still:
            yield f"{self.still} drawings whose points all lie on one another were left out"
        if self.far:
            yield f"{self.far} drawings with an offset over {OUTLIER} times the usual size were left out"
        if self.strokes:
            yield f"{self.strokes} drawings whose strokes {settings.max_points} points can't tell were left out"
        if self.long:
            yield f"{self.long} drawings were simplified to {settings.max_points} points"


def check_scale(path: Path, scale: float, size: float) -> None:
    """Raise BadData if offsets don't vary: there is nothing to divide them by.

    Args:
        size: the median long side of a drawing.
    """
    if not scale > ALIKE * size:
        raise BadData(f"{path} can't be learnt: all its offsets are the same.")


def no_train(path: Path, splits: Iterable[str]) -> BadData:
    """The error for data without a split to learn from."""
    return BadData(f"{path} has no drawings in 'train' to learn from; there are: {', '.join(splits) or 'none'}.")


def reach(first: NDArray[Any], rest: NDArray[Any]) -> NDArray[Any]:
    """How far drawings go in one step, from their largest offsets; a first row may lead across a whole page."""
    return np.maximum(first / FIRST_SHARE, rest)


def long_side(rows: Stroke3) -> float:
    """The longer side of a drawing's box."""
    points = np.cumsum(rows[:, :2], axis=0)
    return float((points.max(axis=0) - points.min(axis=0)).max()) if len(rows) else 0.0


def without_first(rows: Stroke3) -> Stroke3:
    """Rows after the one that tells where the drawing starts.

    Single points before the first line go with it: no row would tell of the lift after them.
    """
    return rows[leading_dots(rows) + 1 :]


def is_place(first: float, firsts: int, others: float, rows: int) -> bool:
    """Whether first rows are places on a page, from the summed lengths of offsets and how many there are."""
    return rows > 0 and (not first or first / firsts > FAR * others / rows)


def simplified(rows: Stroke3, most: int) -> Stroke3:
    """The drawing with so many points at most, by Ramer-Douglas-Peucker."""
    return to_moves(from_moves(rows).simplify_to(most + 1))
