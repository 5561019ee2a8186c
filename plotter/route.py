"""The whole way of the pen over a sheet: from where it is, along every line in order, and home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from drawing.geometry import Polyline, length, segment_lengths

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

TOLERANCE_MM = 0.01
"""Points nearer than this to the line through their neighbours are passed by. With half a motor step of
rounding on top, ink stays well within 0.03 mm of the sheet."""
_CHUNK = 512
"""Points that are simplified together: keeps a hostile line from costing the square of its length."""


@dataclass(frozen=True)
class Place:
    """A point on a sheet's ink."""

    stroke: int = 0
    """Number of the line; as many as there are lines once all is drawn."""
    along_mm: float = 0.0
    """Length of the line up to there."""

    def back(self, way_mm: float) -> Place:
        """A place so much earlier on the same line, or its start."""
        return Place(self.stroke, max(0.0, self.along_mm - way_mm))


@dataclass(frozen=True, eq=False)
class Route:
    """A polyline that visits every stroke; between strokes the pen is up."""

    points: Floats
    """(n, 2) mm from the home corner: where it starts, each stroke's points, where it ends."""
    ink_mm: Floats
    """(n,) ink of the sheet drawn up to each point, measured along the sheet's own lines."""
    first: Ints
    """(strokes,) the point where the pen goes down."""
    last: Ints
    """(strokes,) the point where it comes up; the same one for a dot."""
    begin: Place
    """What is drawn before it starts."""

    @cached_property
    def down(self) -> Mask:
        """(n - 1,) True for segments with ink."""
        edges = np.zeros(len(self.points), dtype=np.int64)
        np.add.at(edges, self.first, 1)
        np.add.at(edges, self.last, -1)
        return np.cumsum(edges)[:-1] > 0

    @cached_property
    def stroke(self) -> Ints:
        """(n - 1,) index in ``first`` of the stroke a segment is part of, or leads to."""
        return np.searchsorted(self.last, np.arange(1, len(self.points)), side="left").astype(np.int64)

    @cached_property
    def line_ink_mm(self) -> Floats:
        """(strokes,) ink of the sheet up to the start of each line, also of one drawn in part."""
        ink = self.ink_mm[self.first]
        ink[:1] -= self.begin.along_mm
        return ink

    @cached_property
    def lengths(self) -> Floats:
        """(n - 1,) mm of each segment."""
        step = np.diff(self.points, axis=0)
        return np.hypot(step[:, 0], step[:, 1])

    @cached_property
    def directions(self) -> Floats:
        """(n - 1, 2) of length 1, or 0 where a segment has no length."""
        lengths = np.where(self.lengths > 0, self.lengths, 1.0)
        return np.diff(self.points, axis=0) / lengths[:, None]


def make_route(
    lines: Sequence[Polyline],
    start: tuple[float, float] = (0.0, 0.0),
    begin: Place | None = None,
    end: tuple[float, float] = (0.0, 0.0),
    tolerance_mm: float = TOLERANCE_MM,
) -> Route:
    """The way along lines in mm, from a place on them if they are drawn in part.

    Args:
        lines: in the order and direction in which they are drawn.
        start: where the carriage is.
        begin: what lies before it is drawn already.
        end: where the carriage goes at last.
        tolerance_mm: how far the way may stray from the lines to have fewer points.
    """
    begin = Place() if begin is None else begin
    before = sum(map(length, lines[: begin.stroke]))
    rest = [np.asarray(line, dtype=np.float64) for line in lines[begin.stroke :]]
    if rest and begin.along_mm > 0:
        rest[0], cut_mm = begun(rest[0], begin.along_mm)
        begin = Place(begin.stroke, cut_mm)
    points = np.concatenate([np.array([start]), *rest, np.array([end])])
    counts = np.array([len(line) for line in rest], dtype=np.int64)
    last = np.cumsum(counts)
    first = last - counts + 1
    step = np.hypot(*np.diff(points, axis=0).T)
    step[np.concatenate([[0], last])] = 0.0  # ways to a stroke are no ink
    ink = before + begin.along_mm + np.concatenate([[0.0], np.cumsum(step)])
    kept = _simplified(points, ink, first, last, tolerance_mm)
    new = np.cumsum(kept) - 1
    return Route(points[kept], ink[kept], new[first], new[last], begin)


def begun(line: Polyline, along_mm: float) -> tuple[Polyline, float]:
    """The line from a length on, and the length that was cut off."""
    at = np.concatenate([[0.0], np.cumsum(segment_lengths(line))])
    along_mm = min(along_mm, float(at[-1]))
    here = np.array([[np.interp(along_mm, at, line[:, axis]) for axis in (0, 1)]])
    return np.concatenate([here, line[at > along_mm]]), along_mm


def _simplified(points: Floats, ink: Floats, first: Ints, last: Ints, tolerance_mm: float) -> Mask:
    """Which points to keep: the ends of every stroke, and what tells its shape (Douglas and Peucker 1973)."""
    kept = np.zeros(len(points), dtype=np.bool_)
    kept[[0, -1]] = True
    kept[first] = kept[last] = True
    # points at the very place of the one before tell nothing
    tells = np.flatnonzero(kept | np.concatenate([[True], np.diff(ink) > 0]))
    place = np.full(len(points), -1, dtype=np.int64)
    place[tells] = np.arange(len(tells))
    starts, stops = _chunks(place[first], place[last])
    if not len(starts) or tolerance_mm <= 0:
        kept[tells] = True
        return kept
    import shapely  # slow to load

    sizes = stops - starts + 1
    inner = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes) + np.repeat(starts, sizes)
    named = np.column_stack([points[tells][inner], inner])  # the third coordinate rides along as a name
    lines = shapely.linestrings(named, indices=np.repeat(np.arange(len(sizes)), sizes))
    simple = shapely.simplify(lines, tolerance_mm, preserve_topology=False)
    names = shapely.get_coordinates(simple, include_z=True)[:, 2]
    kept[tells[names.astype(np.int64)]] = True
    kept[tells[starts]] = kept[tells[stops]] = True
    return kept


def _chunks(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """First and last points of the runs that are simplified apart: two points at least, _CHUNK and one at most."""
    count = np.maximum(0, -(-(last - first) // _CHUNK))
    inner = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    starts = np.repeat(first, count) + inner * _CHUNK
    return starts, np.minimum(starts + _CHUNK, np.repeat(last, count))
