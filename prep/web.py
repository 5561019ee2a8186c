"""A skeleton as a web: places where lines meet or end, and the edges of line between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array  # pyright: ignore[reportMissingTypeStubs]
from scipy.sparse.csgraph import connected_components, depth_first_order  # pyright: ignore[reportMissingTypeStubs]

from drawing.geometry import Polyline, segment_lengths

Pixels = NDArray[np.intp]


@dataclass(frozen=True)
class Web:
    """Places and the edges between them."""

    places: Polyline
    """(N, 2), x and y: ends of lines, and where three or more meet."""
    edges: tuple[Polyline, ...]
    """(n, 2) each, from one place to another or back to the same."""
    ends: NDArray[np.intp]
    """(E, 2): the places that each edge begins and ends at."""

    @cached_property
    def lengths(self) -> NDArray[np.float64]:
        """Length of each edge, shape (E,)."""
        first, last = self._firsts[:-1], self._firsts[1:] - 1
        return self._laid[last] - self._laid[first]

    @cached_property
    def _firsts(self) -> NDArray[np.intp]:
        """Number of the first point of each edge, and of all points, shape (E + 1,)."""
        return np.cumsum([0, *map(len, self.edges)])

    @cached_property
    def _points(self) -> Polyline:
        return np.concatenate([np.zeros((0, 2)), *self.edges])

    @cached_property
    def _laid(self) -> NDArray[np.float64]:
        """How far along all edges, laid end to end with a step of 1 between them, each point is."""
        steps = segment_lengths(self._points)
        steps[self._firsts[1:-1] - 1] = 1.0
        return np.concatenate([[0.0], np.cumsum(steps)])[: len(self._points)]

    def measured(self, edge: int) -> NDArray[np.float64]:
        """How far along an edge each of its points is, shape (n,)."""
        first, last = self._firsts[edge : edge + 2]
        return self._laid[first:last] - self._laid[first]

    def along(self, arms: NDArray[np.intp], away: NDArray[np.float64], tail: float) -> NDArray[np.float64]:
        """Points so far along arms from their place, (n, m, 2); arm 2 e is edge e, arm 2 e + 1 the same backwards.

        Args:
            arms: (n,).
            away: (n, m); beyond the end of its edge an arm goes straight on, as over the last ``tail`` before it.
        """
        total = self.lengths[arms >> 1][:, None]
        points = self._on(arms, np.minimum(away, total))
        beyond = np.maximum(away - total, 0)
        out = np.flatnonzero(beyond.any(axis=1))
        last = self._on(arms[out], np.concatenate([np.maximum(total[out] - tail, 0), total[out]], axis=1))
        heading = last[:, 1] - last[:, 0]
        heading /= np.hypot(heading[:, 0], heading[:, 1])[:, None] + 1e-9
        points[out] += beyond[out][..., None] * heading[:, None]
        return points

    def _on(self, arms: NDArray[np.intp], away: NDArray[np.float64]) -> NDArray[np.float64]:
        if not len(arms):
            return np.zeros((*away.shape, 2))
        edges = arms >> 1
        where = np.where(arms[:, None] & 1, self.lengths[edges][:, None] - away, away)
        where += self._laid[self._firsts[edges]][:, None]
        return np.stack([np.interp(where, self._laid, self._points[:, axis]) for axis in (0, 1)], axis=-1)

    @cached_property
    def degrees(self) -> NDArray[np.intp]:
        """How many ends of edges each place has, shape (N,)."""
        return np.bincount(self.ends.ravel(), minlength=len(self.places))


def weave(skeleton: NDArray[np.bool_]) -> Web:
    """The web of a skeleton (h, w), in its pixels. A ring without a crossing gets one place on it."""
    row, column = np.divmod(np.flatnonzero(skeleton), skeleton.shape[1])  # quicker than nonzero in two dimensions
    count = len(row)
    points = np.column_stack([column, row]).astype(np.float64)
    pairs, neighbours = _touching(row, column, skeleton.shape[1])
    meets = neighbours >= 3
    cluster, clusters = _components(pairs[meets[pairs].all(axis=1)], count)
    meeting = np.full(clusters, -1)
    found = np.unique(cluster[meets])
    meeting[found] = np.arange(len(found))
    place = np.where(meets, meeting[cluster], -1)  # of each pixel, -1 on an edge
    size = np.bincount(place[meets], minlength=len(found))
    places = [
        np.bincount(place[meets], points[meets, axis], minlength=len(found)) / np.maximum(size, 1) for axis in (0, 1)
    ]
    centres = np.column_stack(places)
    between = meets[pairs].sum(axis=1) == 1
    touches: dict[int, list[int]] = {}
    for one, other in pairs[between].tolist():
        pixel, at = (other, one) if meets[one] else (one, other)
        touches.setdefault(pixel, []).append(int(place[at]))
    edges: list[Polyline] = []
    ends: list[tuple[int, int]] = []
    more: list[Polyline] = []

    def free(point: Polyline) -> int:
        more.append(point)
        return len(centres) + len(more) - 1

    for chain in _chains(pairs[~meets[pairs].any(axis=1)], meets):
        line = points[chain]
        first, last = touches.get(int(chain[0]), []), touches.get(int(chain[-1]), [])
        if len(chain) == 1:
            first, last = first[:1], first[1:]
        if not first and not last and len(chain) > 2 and np.abs(line[0] - line[-1]).max() <= 1:
            at = free(line[0])
            edges.append(np.concatenate([line, line[:1]]))
            ends.append((at, at))
            continue
        start = first[0] if first else free(line[0])
        stop = last[0] if last else free(line[-1])
        head = [centres[start][None]] if first else []
        tail = [centres[stop][None]] if last else []
        edges.append(np.concatenate([*head, line, *tail]))
        ends.append((start, stop))
    everywhere = np.concatenate([centres, np.reshape(more, (-1, 2))])
    return Web(everywhere, tuple(edges), np.reshape(np.array(ends, dtype=np.intp), (-1, 2)))


def gather(web: Web, reach: float, spur: float) -> Web:
    """Make one place of those that an edge shorter than ``reach`` joins; drop dead ends shorter than ``spur``."""
    lengths, degrees = web.lengths, web.degrees
    a, b = web.ends[:, 0], web.ends[:, 1]
    dead = (degrees[a] == 1) != (degrees[b] == 1)
    keep = ~(dead & (lengths < spur))
    inner = keep & (degrees[a] > 1) & (degrees[b] > 1) & (lengths < reach)
    keep &= ~inner
    label, count = _components(web.ends[inner], len(web.places))
    size = np.bincount(label, minlength=count)
    centres = np.column_stack([np.bincount(label, web.places[:, axis], minlength=count) / size for axis in (0, 1)])
    ends = label[web.ends]
    keep &= ~((ends[:, 0] == ends[:, 1]) & (degrees[a] > 2) & (lengths < 1.6 * reach))  # a loop no wider than a blot
    chosen = np.flatnonzero(keep)
    used = np.unique(ends[chosen])
    renamed = np.full(count, -1)
    renamed[used] = np.arange(len(used))
    return Web(centres[used], tuple(web.edges[edge] for edge in chosen), renamed[ends[chosen]])


def _touching(row: Pixels, column: Pixels, width: int) -> tuple[Pixels, Pixels]:
    """Pairs of pixels that touch, (P, 2), each once; and how many others each pixel touches, (n,)."""
    across = width + 2
    where = (row + 1) * across + column + 1  # ascends, as the pixels do
    found: list[Pixels] = []
    for step in (1, across - 1, across, across + 1):
        other = np.minimum(np.searchsorted(where, where + step), len(where) - 1)
        here = np.flatnonzero(where[other] == where + step)
        found.append(np.column_stack([here, other[here]]))
    pairs = np.concatenate(found)
    return pairs, np.bincount(pairs.ravel(), minlength=len(where))


def _components(pairs: Pixels, count: int) -> tuple[Pixels, int]:
    """Which component each of ``count`` things belongs to, (count,), and how many there are."""
    graph = coo_array((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    number, label = cast(Any, connected_components)(graph, directed=False)
    return label, number


def _chains(pairs: Pixels, meets: NDArray[np.bool_]) -> list[Pixels]:
    """The pixels of each edge in order. Every pixel has two neighbours at most, so a depth-first walk is the order."""
    count = len(meets)
    label, _ = _components(pairs, count)
    degree = np.bincount(pairs.ravel(), minlength=count)
    pixels = np.flatnonzero(~meets)
    if len(pixels) == 0:
        return []
    order = pixels[np.lexsort((degree[pixels], label[pixels]))]  # the ends of each chain first
    starts = order[np.concatenate([[True], np.diff(label[order]) != 0])]
    tail = np.concatenate([pairs[:, 0], pairs[:, 1], np.full(len(starts), count)])
    head = np.concatenate([pairs[:, 1], pairs[:, 0], starts])
    graph = coo_array((np.ones(len(tail), np.int8), (tail, head)), shape=(count + 1, count + 1)).tocsr()
    walk = cast(Any, depth_first_order)(graph, count, return_predecessors=False)[1:]
    return np.split(walk, np.flatnonzero(np.diff(label[walk])) + 1)
