"""The marks on a page: connected pieces of a mask, their sizes and places."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray


class Marks:
    """Pieces of a mask that hang together, numbered from 1. Arrays have a place for number 0, which is no mark."""

    def __init__(self, mask: NDArray[np.bool_], corners: bool = True):
        from scipy import ndimage

        self.shape = mask.shape
        labels = np.empty(mask.shape, np.int32)
        ndimage.label(mask, ndimage.generate_binary_structure(2, 2 if corners else 1), output=labels)
        self._places = np.flatnonzero(mask)
        self._numbers = labels.ravel()[self._places]
        self.count = int(self._numbers.max(initial=0))

    @cached_property
    def boxes(self) -> NDArray[np.float64]:
        """(n + 1, 4): left, top, right, bottom of each; right and bottom lie outside."""
        down, right = np.divmod(self._places, self.shape[1])  # find_objects takes thrice as long
        boxes = np.zeros((4, self.count + 1), np.intp)
        boxes[0, 1:] = self.shape[1]
        np.minimum.at(boxes[0], self._numbers, right)
        np.maximum.at(boxes[2], self._numbers, right + 1)
        boxes[1, self._numbers[::-1]] = down[::-1]  # row by row: the first of each mark is its highest
        boxes[3, self._numbers] = down + 1
        return boxes.T.astype(float)

    @cached_property
    def lengths(self) -> NDArray[np.float64]:
        """(n + 1,): the longer side of each, px."""
        return np.maximum(self.boxes[:, 2] - self.boxes[:, 0], self.boxes[:, 3] - self.boxes[:, 1])

    def areas(self) -> NDArray[np.int64]:
        """(n + 1,): pixels of each."""
        return np.bincount(self._numbers, minlength=self.count + 1)

    def within(self, mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        """(n + 1,): pixels of each that lie in a mask."""
        return np.bincount(self._numbers[mask.ravel()[self._places]], minlength=self.count + 1)

    def means(self, values: NDArray[np.uint8]) -> NDArray[np.float64]:
        """(n + 1,): the mean of values (h, w) over the pixels of each."""
        total = np.bincount(self._numbers, values.ravel()[self._places], minlength=self.count + 1)
        return total / np.maximum(self.areas(), 1)

    def chosen(self, keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """(h, w): the pixels of some marks, by number."""
        mask = np.zeros(self.shape, bool)
        mask.ravel()[self._places] = keep[self._numbers]
        return mask
