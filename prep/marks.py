"""The marks on a page: connected pieces of a mask, their sizes and places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Marks:
    """Pieces of a mask that hang together, also corner to corner. Mark 0 is what is no mark."""

    labels: NDArray[np.int32]
    """(h, w): the number of the mark of each pixel."""
    boxes: NDArray[np.int32]
    """(n + 1, 4): left, top, right, bottom of each; right and bottom lie outside."""

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.boxes) - 1

    @property
    def widths(self) -> NDArray[np.int32]:
        """(n + 1,), px."""
        return self.boxes[:, 2] - self.boxes[:, 0]

    @property
    def heights(self) -> NDArray[np.int32]:
        """(n + 1,), px."""
        return self.boxes[:, 3] - self.boxes[:, 1]

    def areas(self) -> NDArray[np.int64]:
        """(n + 1,), pixels of each."""
        return np.bincount(self.labels.ravel(), minlength=len(self.boxes))

    def touched(self, mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        """(n + 1,), pixels of each that lie in a mask."""
        return np.bincount(self.labels[mask], minlength=len(self.boxes))

    def chosen(self, keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """(h, w): the pixels of some marks, by number; 0 is never kept."""
        keep = keep.copy()
        keep[0] = False
        return keep[self.labels]


def find_marks(mask: NDArray[np.bool_]) -> Marks:
    """The marks of a mask (h, w)."""
    from scipy import ndimage

    labels = np.empty(mask.shape, np.int32)
    ndimage.label(mask, np.ones((3, 3), bool), output=labels)
    places = ndimage.find_objects(labels)
    boxes = [(0, 0, 0, 0), *((x.start, y.start, x.stop, y.stop) for y, x in places)]
    return Marks(labels, np.array(boxes, np.int32))
