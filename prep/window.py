"""The greatest and the least of a sliding window, by shifting and comparing: far quicker than a filter."""

from __future__ import annotations

from functools import partial
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
    reach = span // 2
    for axis in axes:
        wide = np.empty([side + 2 * reach * (at == axis) for at, side in enumerate(values.shape)], values.dtype)
        along = partial(_part, axis)
        wide[along(reach, -reach or None)] = values  # np.pad takes longer than all that follows
        wide[along(None, reach)] = values[along(None, 1)]
        wide[along(wide.shape[axis] - reach, None)] = values[along(-1, None)]
        done = 1
        while done < span:  # a window twice as wide from two of what there is
            step = min(done, span - done)
            wide, done = compare(wide[along(None, -step)], wide[along(step, None)]), done + step
        values = wide
    return values


def _part(axis: int, begin: int | None, end: int | None) -> tuple[slice, ...]:
    """What lies from ``begin`` to ``end`` along an axis."""
    return (*[slice(None)] * axis, slice(begin, end))
