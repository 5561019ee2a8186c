"""Drawing, the type that every room shares: polylines on a plane, frozen, with connectors marked.

It does not know formats, files or units; whoever makes a drawing says what one unit is.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from drawing.errors import DrawingError
from drawing.geometry import Polyline, rdp, rdp_to_count, resample, smooth

Marks = NDArray[np.bool_]  # (n - 1,), True where a segment is a connector
_Scalar = TypeVar("_Scalar", np.float64, np.bool_)
Bounds = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, eq=False)
class Drawing:
    """Strokes in the order they are drawn; every operation returns a new drawing.

    A connector is a drawn segment where there was no ink, put there to make one stroke of two.
    Connectors stay marked through every operation, and are never simplified away or smoothed.
    """

    lines: tuple[Polyline, ...]
    """One (n, 2) array a stroke, n >= 1, float64, y down, read-only. One point alone is a dot."""
    connectors: tuple[Marks, ...] = ()
    """For each line which of its (n - 1) segments are connectors; empty if none is."""

    def __post_init__(self) -> None:
        lines = tuple(_frozen_line(line, index) for index, line in enumerate(self.lines))
        object.__setattr__(self, "lines", lines)
        marks = tuple(_frozen(np.array(mark, dtype=np.bool_)) for mark in self.connectors)
        if marks and [len(mark) for mark in marks] != [len(line) - 1 for line in lines]:
            raise DrawingError("Connector marks must tell of each segment of each line, one value a segment.")
        object.__setattr__(self, "connectors", marks if any(mark.any() for mark in marks) else ())

    @classmethod
    def of(cls, lines: Iterable[ArrayLike]) -> Drawing:
        """A drawing of any lists of points."""
        return cls(tuple(np.asarray(line, dtype=np.float64) for line in lines))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Drawing):
            return NotImplemented
        return self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @cached_property
    def _key(self) -> tuple[bytes, ...]:
        # + 0.0 makes one zero of two
        return tuple((line + 0.0).tobytes() for line in self.lines) + tuple(m.tobytes() for m in self.connectors)

    def marks(self, index: int) -> Marks:
        """Connector marks of one line, shape (n - 1,)."""
        return self.connectors[index] if self.connectors else np.zeros(len(self.lines[index]) - 1, dtype=np.bool_)

    # measures

    @cached_property
    def bounds(self) -> Bounds:
        """Left, top, right, bottom. An empty drawing has none: DrawingError."""
        if not self.lines:
            raise DrawingError("An empty drawing has no bounds.")
        every = np.concatenate(self.lines)
        (left, top), (right, bottom) = every.min(axis=0).tolist(), every.max(axis=0).tolist()
        return left, top, right, bottom

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the bounds."""
        left, top, right, bottom = self.bounds
        return right - left, bottom - top

    @property
    def diagonal(self) -> float:
        """Length of the diagonal of the bounds."""
        return math.hypot(*self.size)

    @property
    def points(self) -> int:
        """Number of points of all strokes."""
        return sum(len(line) for line in self.lines)

    @cached_property
    def lengths(self) -> NDArray[np.float64]:
        """Length of each stroke, shape (strokes,)."""
        if not self.lines:
            return np.zeros(0)
        stops = np.cumsum([len(line) for line in self.lines])
        steps = np.diff(np.concatenate([*self.lines, self.lines[-1][-1:]]), axis=0)
        steps[stops - 1] = 0.0  # the way to the next stroke is no ink
        return np.add.reduceat(np.hypot(steps[:, 0], steps[:, 1]), np.concatenate([[0], stops[:-1]]))

    @cached_property
    def ink(self) -> float:
        """Drawn length, connectors included."""
        return float(self.lengths.sum())

    @cached_property
    def travel(self) -> float:
        """Length of the straight pen-up moves from each stroke's end to the next one's start."""
        gaps = [b[0] - a[-1] for a, b in itertools.pairwise(self.lines)]
        return float(sum(np.hypot(*gap) for gap in gaps))

    @property
    def lifts(self) -> int:
        """How often the pen is raised, which is once a stroke."""
        return len(self.lines)

    @cached_property
    def connector_length(self) -> float:
        """Length of all segments marked as connectors."""
        pairs = zip(self.lines, self.connectors, strict=False)
        return float(sum(np.hypot(*np.diff(line, axis=0)[mark].T).sum() for line, mark in pairs))

    # placing

    def transform(self, matrix: ArrayLike) -> Drawing:
        """Apply an affine map, shape (2, 3): columns are the images of x and y, then the shift."""
        m = np.asarray(matrix, dtype=np.float64)
        if m.shape != (2, 3):
            raise ValueError(f"an affine map has shape (2, 3), not {m.shape}")
        return Drawing(tuple(line @ m[:, :2].T + m[:, 2] for line in self.lines), self.connectors)

    def translate(self, dx: float, dy: float) -> Drawing:
        """Shift right by dx and down by dy."""
        return self.transform([[1, 0, dx], [0, 1, dy]])

    def scale(self, sx: float, sy: float | None = None) -> Drawing:
        """Scale about the origin; one factor scales both axes."""
        return self.transform([[sx, 0, 0], [0, sx if sy is None else sy, 0]])

    def rotate(self, degrees: float, about: tuple[float, float] = (0.0, 0.0)) -> Drawing:
        """Turn clockwise on paper (y is down) about a point."""
        angle = math.radians(degrees)
        c, s = math.cos(angle), math.sin(angle)
        x, y = about
        return self.transform([[c, -s, x - c * x + s * y], [s, c, y - s * x - c * y]])

    def fit(self, box: Bounds) -> Drawing:
        """Scale evenly and centre so that the bounds fill the box in one direction."""
        left, top, right, bottom = box
        width, height = self.size
        room = [(right - left) / width if width else math.inf, (bottom - top) / height if height else math.inf]
        factor = min(room) if min(room) < math.inf else 1.0
        x0, y0, x1, y1 = self.bounds
        dx = (left + right) / 2 - factor * (x0 + x1) / 2
        dy = (top + bottom) / 2 - factor * (y0 + y1) / 2
        return self.transform([[factor, 0, dx], [0, factor, dy]])

    def reverse(self) -> Drawing:
        """The same ink drawn from its end to its beginning."""
        return Drawing(
            tuple(line[::-1] for line in reversed(self.lines)),
            tuple(mark[::-1] for mark in reversed(self.connectors)),
        )

    def select(self, indices: Sequence[int]) -> Drawing:
        """The strokes of these indices, in this order."""
        return Drawing(
            tuple(self.lines[i] for i in indices), tuple(self.connectors[i] for i in indices) if self.connectors else ()
        )

    # working on the ink

    def map(self, change: Callable[[Polyline], Polyline]) -> Drawing:
        """Change every run of ink by a function that keeps both ends; connectors stay as they are."""
        if not self.connectors:
            return Drawing(tuple(change(line) for line in self.lines))
        changed = [_map_line(line, mark, change) for line, mark in zip(self.lines, self.connectors, strict=True)]
        return Drawing(tuple(line for line, _ in changed), tuple(mark for _, mark in changed))

    def resample(self, step: float) -> Drawing:
        """Points at equal distances of about ``step`` along each run of ink."""
        return self.map(lambda run: resample(run, step))

    def simplify(self, epsilon: float) -> Drawing:
        """Ramer-Douglas-Peucker with one epsilon."""
        return self.map(lambda run: rdp(run, epsilon))

    def simplify_to(self, max_points: int) -> Drawing:
        """Ramer-Douglas-Peucker with the least epsilon that leaves at most ``max_points``.

        Raises:
            DrawingError: the strokes and connectors alone need more points.
        """
        return self.simplify_within(max_points)[0]

    def simplify_within(self, max_points: int) -> tuple[Drawing, float]:
        """As ``simplify_to``, with the epsilon used; it is 0 where there were few enough points already."""
        if self.points <= max_points:
            return self, 0.0
        runs: list[Polyline] = []
        self.map(lambda run: (runs.append(run), run)[1])
        fixed = self.points - sum(len(run) for run in runs)
        try:
            kept, epsilon = rdp_to_count(runs, max_points - fixed)
        except ValueError:
            raise DrawingError(
                f"{len(self.lines)} strokes can't be told in {max_points} points; join strokes or allow more points."
            ) from None
        replacements = iter(kept)
        return self.map(lambda _: next(replacements)), epsilon

    def smooth(self, width: float, corner_degrees: float = 55.0) -> Drawing:
        """Take out tremor finer than ``width``, corners kept; see geometry.smooth."""
        return self.map(lambda run: smooth(run, width, corner_degrees))


def _frozen_line(line: Polyline, index: int) -> Polyline:
    array = np.array(line, dtype=np.float64, order="C")
    if array.ndim != 2 or array.shape[1] != 2 or len(array) == 0:
        raise DrawingError(f"Stroke {index} has shape {array.shape}; a stroke is points of x and y, one at least.")
    if not np.isfinite(array).all():
        raise DrawingError(f"Stroke {index} has a coordinate that is not a finite number.")
    return _frozen(array)


def _frozen(array: NDArray[_Scalar]) -> NDArray[_Scalar]:
    array.setflags(write=False)
    return array


def _map_line(line: Polyline, mark: Marks, change: Callable[[Polyline], Polyline]) -> tuple[Polyline, Marks]:
    cuts = np.flatnonzero(np.diff(mark)) + 1
    edges = [0, *cuts.tolist(), len(mark)]
    points: list[Polyline] = [line[:1]]
    marks: list[Marks] = []
    for start, end in itertools.pairwise(edges):
        part = line[start : end + 1]
        if end > start and not mark[start]:
            part = change(part)
        points.append(part[1:])
        marks.append(np.full(len(part) - 1, bool(end > start and mark[start])))
    return np.concatenate(points), np.concatenate(marks)
