"""The greatest and the least of a sliding window, by shifting and comparing: far quicker than a filter."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T", np.uint8, np.float32)


def greatest(values: NDArray[T], span: int, axes: tuple[int, ...] = (0, 1)) -> NDArray[T]:
    """The greatest value in a window of ``span`` (odd) around each, along some axes; edges are repeated."""
    return _slide(values, span, axes, np.maximum)


def least(values: NDArray[T], span: int, axes: tuple[int, ...] = (0, 1)) -> NDArray[T]:
    """The least value in a window of ``span`` (odd) around each, along some axes; edges are repeated."""
    return _slide(values, span, axes, np.minimum)


def _slide(values: NDArray[T], span: int, axes: tuple[int, ...], compare: np.ufunc) -> NDArray[T]:
    for axis in axes:
        moved = np.moveaxis(values, axis, 0)
        pad = [(span // 2, span // 2), *((0, 0) for _ in moved.shape[1:])]
        moved, done = np.pad(moved, pad, mode="edge"), 1
        while done < span:  # a window twice as wide from two of what there is
            step = min(done, span - done)
            moved, done = compare(moved[:-step], moved[step:]), done + step
        values = np.moveaxis(moved, 0, axis)
    return values
