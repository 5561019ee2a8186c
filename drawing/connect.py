"""Fewer strokes from many: join end to end, splice into another stroke, make one line.

Every connection that crosses white paper is marked as a connector in the drawing that comes back.
Nothing is ever connected over more than the limit that was given.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree  # pyright: ignore[reportMissingTypeStubs]

from drawing.drawing import Drawing, Marks
from drawing.geometry import Polyline

TURN_WEIGHT = 0.5
"""How much a join that turns right back costs, in limits, against one that goes straight on."""
AT = 1e-3
"""An end is at a place if it is no farther from it than this share of the drawing's diagonal."""
Apart = tuple[tuple[float, float], tuple[float, float]]
"""Two places whose ends stay apart; the same twice where one line was cut in two."""


@dataclass(frozen=True)
class _Stroke:
    line: Polyline
    mark: Marks

    def reversed(self) -> _Stroke:
        return _Stroke(self.line[::-1], self.mark[::-1])


def join(drawing: Drawing, limit: float, apart: Sequence[Apart] = ()) -> Drawing:
    """Join strokes end to end where a gap is at most ``limit``, nearest and straightest first.

    A joined stroke keeps the direction of its first part, and the place of that part in the order.

    Args:
        limit: widest gap, in the drawing's unit. 0 joins only ends that touch.
        apart: pairs of places; an end at the one is never joined to an end at the other.
    """
    strokes = _strokes(drawing)
    if len(strokes) < 2 or limit < 0:
        return drawing
    mate = _matched_ends(strokes, limit, apart, AT * drawing.diagonal)
    out: list[_Stroke] = []
    done: set[int] = set()
    for index in range(len(strokes)):
        if index in done:
            continue
        chain = _chain(index, mate)
        done.update(part for part, _ in chain)
        parts = [strokes[part] if forward else strokes[part].reversed() for part, forward in chain]
        out.append(_concatenate(parts))
    return _drawing(out)


def splice(drawing: Drawing, limit: float) -> Drawing:
    """Insert strokes into others: the pen leaves its line, draws the stroke, comes back where it left.

    Shortest strokes first, each into the place where the way out and back is shortest.

    Args:
        limit: widest gap of each of the two connectors, in the drawing's unit.
    """
    strokes = _strokes(drawing)
    if len(strokes) < 2 or limit < 0:
        return drawing
    left = dict(enumerate(strokes))
    for index in np.lexsort((-np.arange(len(strokes)), drawing.lengths)).tolist():
        stroke = left.pop(index)
        found = _nearest_host(stroke, left, limit)
        if found is None:
            left[index] = stroke
        else:
            host, segment, where = found
            left[host] = _insert(left[host], segment, where, stroke)
    return _drawing([left[index] for index in sorted(left)])


def one_line(drawing: Drawing, limit: float) -> Drawing:
    """Exactly one stroke: join and splice within ``limit``, then within twice that, and so on.

    Near connections are made before far ones, so that little white is crossed. An empty drawing
    stays empty.
    """
    if len(drawing.lines) < 2:
        return drawing
    reach = max(limit, 1e-3 * drawing.diagonal, 1e-9)
    while len(drawing.lines) > 1:
        drawing = splice(join(drawing, reach), reach)
        reach *= 2
    return drawing


def _strokes(drawing: Drawing) -> list[_Stroke]:
    return [_Stroke(line, drawing.marks(index)) for index, line in enumerate(drawing.lines)]


def _drawing(strokes: list[_Stroke]) -> Drawing:
    return Drawing(tuple(stroke.line for stroke in strokes), tuple(stroke.mark for stroke in strokes))


def _matched_ends(strokes: list[_Stroke], limit: float, apart: Sequence[Apart], reach: float) -> dict[int, int]:
    """Which end is joined to which; end 2 i is the start of stroke i, 2 i + 1 its end."""
    ends = np.concatenate([stroke.line[[0, -1]] for stroke in strokes])  # (2 n, 2)
    tree = cast(Any, KDTree(ends))  # scipy is not typed
    pairs: NDArray[np.intp] = tree.query_pairs(limit, output_type="ndarray")
    if len(pairs) == 0:
        return {}
    pairs = np.sort(pairs, axis=1)
    for one, other in np.asarray(apart, dtype=np.float64).reshape(-1, 2, 2):
        there, here = (np.hypot(*(ends - place).T) <= reach for place in (one, other))
        a, b = pairs[:, 0], pairs[:, 1]
        pairs = pairs[~((there[a] & here[b]) | (there[b] & here[a]))]
    a, b = pairs[:, 0], pairs[:, 1]
    outward = np.zeros_like(ends)
    near: list[int] = np.unique(pairs // 2).tolist()
    for stroke in near:
        outward[2 * stroke : 2 * stroke + 2] = _outward(strokes[stroke].line, limit)
    gap = np.hypot(*(ends[b] - ends[a]).T)
    turned_back = (1 + (outward[a] * outward[b]).sum(axis=1)) / 2  # 0 straight on, 1 right back
    cost = gap + TURN_WEIGHT * limit * turned_back
    mate: dict[int, int] = {}
    root = list(range(len(strokes)))

    def find(stroke: int) -> int:
        while root[stroke] != stroke:
            root[stroke] = root[root[stroke]]
            stroke = root[stroke]
        return stroke

    for pair in np.lexsort((b, a, turned_back, cost)):
        one, other = int(a[pair]), int(b[pair])
        if one in mate or other in mate or find(one // 2) == find(other // 2):
            continue
        mate[one], mate[other] = other, one
        root[find(other // 2)] = find(one // 2)
    return mate


def _outward(line: Polyline, reach: float) -> NDArray[np.float64]:
    """Unit direction in which the pen would leave each end, shape (2, 2); zeros for a dot."""
    out = np.zeros((2, 2))
    for row, points in enumerate((line, line[::-1])):
        back = points[0] - points
        away = np.hypot(back[:, 0], back[:, 1])
        far = int(((away >= min(reach, away.max())) & (away > 0)).argmax())
        if away[far] > 0:
            out[row] = back[far] / away[far]
    return out


def _chain(index: int, mate: dict[int, int]) -> list[tuple[int, bool]]:
    """The strokes joined to this one, in order, each with True where it is drawn forward."""

    def follow(end: int) -> list[int]:
        entered: list[int] = []
        while end in mate:
            end = mate[end]
            entered.append(end)
            end ^= 1
        return entered

    before, after = follow(2 * index), follow(2 * index + 1)
    # before was walked from this stroke's start outwards, so it is entered at the other end when drawn
    head = [(end // 2, end % 2 == 1) for end in reversed(before)]
    return [*head, (index, True), *((end // 2, end % 2 == 0) for end in after)]


def _concatenate(parts: list[_Stroke]) -> _Stroke:
    lines: list[Polyline] = [parts[0].line]
    marks: list[Marks] = [parts[0].mark]
    for before, part in itertools.pairwise(parts):
        touching = np.array_equal(before.line[-1], part.line[0])
        lines.append(part.line[1:] if touching else part.line)
        if not touching:
            marks.append(np.ones(1, dtype=np.bool_))
        marks.append(part.mark)
    return _Stroke(np.concatenate(lines), np.concatenate(marks))


def _nearest_host(stroke: _Stroke, hosts: dict[int, _Stroke], limit: float) -> tuple[int, int, Polyline] | None:
    """The host, its segment and the point on it from which both ends of the stroke are nearest."""
    if not hosts:
        return None
    keys = list(hosts)
    starts = np.concatenate([_segment_starts(hosts[key].line) for key in keys])
    stops = np.concatenate([_segment_stops(hosts[key].line) for key in keys])
    counts = [max(1, len(hosts[key].line) - 1) for key in keys]
    ends = stroke.line[[0, -1]]
    along = stops - starts
    square = np.maximum((along**2).sum(axis=1), 1e-300)
    # the best place on a segment for either end, and for their middle
    targets = np.concatenate([ends, ends.mean(axis=0, keepdims=True)])  # (3, 2)
    t = np.clip(((targets[:, None] - starts) * along).sum(axis=2) / square, 0.0, 1.0)  # (3, S)
    places = starts + t[..., None] * along  # (3, S, 2)
    gaps = np.hypot(*np.moveaxis(places[:, :, None] - ends, -1, 0))  # (3, S, 2)
    cost = np.where(gaps.max(axis=2) <= limit, gaps.sum(axis=2), np.inf)
    target, segment = np.unravel_index(int(cost.argmin()), cost.shape)
    if not np.isfinite(cost[target, segment]):
        return None
    edges = np.cumsum(counts)
    which = int(np.searchsorted(edges, segment, side="right"))
    return keys[which], int(segment - (edges[which] - counts[which])), places[target, segment]


def _segment_starts(line: Polyline) -> Polyline:
    return line[:-1] if len(line) > 1 else line


def _segment_stops(line: Polyline) -> Polyline:
    return line[1:] if len(line) > 1 else line


def _insert(host: _Stroke, segment: int, where: Polyline, guest: _Stroke) -> _Stroke:
    """Host up to the place on its segment, the guest, and back to the same place."""
    if len(host.line) == 1:
        head = tail = host
    else:
        cut = np.array([host.mark[segment]])
        head = _Stroke(
            np.concatenate([host.line[: segment + 1], where[None]]), np.concatenate([host.mark[:segment], cut])
        )
        tail = _Stroke(
            np.concatenate([where[None], host.line[segment + 1 :]]), np.concatenate([cut, host.mark[segment + 1 :]])
        )
    return _concatenate([_without_repeats(head), guest, _without_repeats(tail)])


def _without_repeats(stroke: _Stroke) -> _Stroke:
    """Leave out segments of no length, which a cut at a vertex makes."""
    moved = np.any(np.diff(stroke.line, axis=0) != 0, axis=1)
    return _Stroke(np.concatenate([stroke.line[:1], stroke.line[1:][moved]]), stroke.mark[moved])
