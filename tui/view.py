"""View: which part of a page is seen in a widget, and how large; knows no widget."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from drawing.drawing import Bounds

Place = tuple[float, float]
CLOSEST = 0.25
"""Page pixels a dot, at most so close."""


@dataclass(frozen=True)
class View:
    """The middle of what is seen, in page pixels, and how many of them a dot of braille is."""

    x: float = 0.0
    y: float = 0.0
    scale: float = 1.0

    @classmethod
    def of(cls, box: Bounds, columns: int, rows: int, air: float = 1.0) -> View:
        """The view in which a box fills the cells.

        Args:
            air: how much larger than the box what is seen is.
        """
        left, top, right, bottom = box
        wide, high = max(1, 2 * columns - 1), max(1, 4 * rows - 1)
        scale = max((right - left) / wide, (bottom - top) / high, CLOSEST) * air
        return cls((left + right) / 2, (top + bottom) / 2, scale)

    def box(self, columns: int, rows: int) -> Bounds:
        """What is seen: left, top, right and bottom, from the middle of the first dot to that of the last."""
        across, down = (2 * columns - 1) / 2 * self.scale, (4 * rows - 1) / 2 * self.scale
        return self.x - across, self.y - down, self.x + across, self.y + down

    def place(self, column: float, row: float, columns: int, rows: int) -> Place:
        """The place on the page in the middle of a cell."""
        left, top, _, _ = self.box(columns, rows)
        return left + (2 * column + 0.5) * self.scale, top + (4 * row + 1.5) * self.scale

    def cell(self, place: Place, columns: int, rows: int) -> tuple[int, int] | None:
        """Row and column of the cell where a place is seen; None if it is not."""
        left, top, _, _ = self.box(columns, rows)
        column = int((place[0] - left) / self.scale + 0.5) // 2
        row = int((place[1] - top) / self.scale + 0.5) // 4
        inside = place[0] >= left - self.scale / 2 and place[1] >= top - self.scale / 2
        return (row, column) if inside and column < columns and row < rows else None

    def moved(self, dots_x: float, dots_y: float) -> View:
        """So many dots to the right and down."""
        return replace(self, x=self.x + dots_x * self.scale, y=self.y + dots_y * self.scale)

    def zoomed(self, factor: float, about: Place, farthest: float) -> View:
        """Closer by a factor, or farther by one below 1; the place ``about`` stays where it is."""
        scale = min(max(self.scale / factor, CLOSEST), max(farthest, CLOSEST))
        share = scale / self.scale
        return View(about[0] + (self.x - about[0]) * share, about[1] + (self.y - about[1]) * share, scale)

    def showing(self, place: Place, columns: int, rows: int) -> View:
        """Moved as little as needed to see a place, and something around it."""
        left, top, right, bottom = self.box(columns, rows)
        air_x, air_y = (right - left) / 8, (bottom - top) / 8
        dx = min(0.0, place[0] - left - air_x) + max(0.0, place[0] - right + air_x)
        dy = min(0.0, place[1] - top - air_y) + max(0.0, place[1] - bottom + air_y)
        return replace(self, x=self.x + dx, y=self.y + dy)

    def within(self, page: tuple[int, int], columns: int, rows: int) -> View:
        """Moved so that no more than needed of what is seen lies outside of the page."""
        wide, high = 2 * columns * self.scale, 4 * rows * self.scale
        return replace(self, x=_held(self.x, page[0], wide), y=_held(self.y, page[1], high))


def _held(middle: float, length: float, seen: float) -> float:
    return length / 2 if seen >= length else min(max(middle, seen / 2), length - seen / 2)


def pooled(array: NDArray[Any], view: View, cells: tuple[int, int], blocks: tuple[int, int]) -> NDArray[Any]:
    """The least value in each block of a picture, (rows x down, columns x across); white outside of it.

    Args:
        array: (h, w) of bytes or truth values.
        cells: columns and rows.
        blocks: so many across and down in each cell.
    """
    import numpy as np

    (columns, rows), (across, down) = cells, blocks
    found = np.full((rows * down, columns * across), 1 if array.dtype.kind == "b" else 255, dtype=array.dtype)
    left, top, _, _ = view.box(columns, rows)
    xs = left + view.scale * (np.arange(columns * across + 1) * (2 / across) - 0.5) + 0.5
    ys = top + view.scale * (np.arange(rows * down + 1) * (4 / down) - 0.5) + 0.5
    (x0, x1, xin), (y0, y1, yin) = _spans(xs, array.shape[1]), _spans(ys, array.shape[0])
    if not len(x0) or not len(y0):
        return found
    part = np.minimum.reduceat(array[: y1[-1]], y0, axis=0)
    found[np.ix_(yin, xin)] = np.minimum.reduceat(part[:, : x1[-1]], x0, axis=1)
    return found


def _spans(edges: NDArray[Any], length: int) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """First and last pixel of each block that is inside, and which these are."""
    import numpy as np

    first = np.floor(edges[:-1]).astype(np.intp)
    last = np.maximum(first + 1, np.floor(edges[1:]).astype(np.intp))
    inside = np.flatnonzero((last > 0) & (first < length))
    return np.clip(first[inside], 0, length - 1), np.clip(last[inside], 1, length), inside
