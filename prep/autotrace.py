"""The method of the source article, as a second backend: autotrace's centrelines, joined and spliced.

Kept as it was so that people can compare: a fixed threshold, a thousand points a scan, nearest ends joined without a
look at their direction, and drawings told apart by their boxes.
"""

from __future__ import annotations

import itertools
import math
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from drawing.drawing import Drawing, Marks
from drawing.geometry import Polyline
from prep.errors import AutotraceMissing

CROP = 0.04
"""Part of the scan that is cut off at each side."""
THRESHOLD = 128
"""Darker pixels are ink."""
ERROR_THRESHOLD = 2.0
FILTER_ITERATIONS = 4
POINTS = 1000
"""Points of all strokes of a scan, shared by length."""
LEAST_POINTS = 3
"""Strokes with fewer are dropped."""
SIZE = 200.0
"""Long side of all strokes of a scan, in the unit of the limits."""
JOIN = 15.0
"""Ends nearer than this are joined."""
SPLICE = 40.0
"""A stroke is inserted where the ways out and back are at most this long together."""
OVERLAP = 0.05
"""Boxes are one drawing from this intersection over union on."""
LEAST_AREA = 500.0
"""Drawings whose boxes are smaller are dropped."""


class _Stroke(NamedTuple):
    line: Polyline
    marks: Marks

    def reversed(self) -> _Stroke:
        return _Stroke(self.line[::-1], self.marks[::-1])


def source_method(rgb: NDArray[np.uint8]) -> list[Drawing]:
    """Trace a scan as the source article did.

    Args:
        rgb: (h, w, 3), of a page or a scan as displayed.

    Returns:
        Drawings in its pixels, strokes in drawing order, jumps over white marked as connectors.

    Raises:
        AutotraceMissing: pyautotrace is not installed.
    """
    height, width = rgb.shape[:2]
    top, left = round(CROP * height), round(CROP * width)
    dark = _dark(rgb[top : height - top, left : width - left])
    lines = _sampled(_traced(dark)) if dark.any() else []
    if not lines:
        return []
    every = np.concatenate(lines)
    corner, extent = every.min(axis=0), float(np.ptp(every, axis=0).max())
    scale = SIZE / extent if extent > 0 else 1.0
    strokes = [_Stroke((line - corner) * scale, np.zeros(len(line) - 1, dtype=np.bool_)) for line in lines]
    strokes = _spliced(_joined(strokes))
    groups = [group for group, box in _separated(strokes) if np.prod(box[2:] - box[:2]) >= LEAST_AREA]
    shift = corner + np.array([left, top])
    return [
        Drawing(
            tuple(strokes[index].line / scale + shift for index in group),
            tuple(strokes[index].marks for index in group),
        )
        for group in groups
    ]


def require_autotrace() -> None:
    """Raise AutotraceMissing unless pyautotrace is installed."""
    if find_spec("autotrace") is None:
        raise AutotraceMissing(
            "The autotrace backend needs pyautotrace, which is not installed: "
            "pip install 'monoline[autotrace]', or trace with the graph backend."
        )


def _dark(rgb: NDArray[np.uint8]) -> NDArray[np.bool_]:
    luma = rgb @ np.array([299, 587, 114], dtype=np.uint32)  # ITU-R 601, in thousandths
    return luma < 1000 * THRESHOLD


def _traced(dark: NDArray[np.bool_]) -> list[NDArray[np.float64]]:
    """Bezier segments of each centreline, (segments, 4, 2), y down."""
    require_autotrace()
    from autotrace import Bitmap

    page: Any = np.repeat(np.where(dark, 0, 255).astype(np.uint8)[..., None], 3, axis=2)
    vector = Bitmap(page).trace(
        centerline=True, error_threshold=ERROR_THRESHOLD, filter_iterations=FILTER_ITERATIONS, despeckle_level=0
    )
    traced = [np.array([[point[:2] for point in spline.points] for spline in path.splines]) for path in vector.paths]
    return [segments * (1, -1) + (0, len(dark) - 1) for segments in traced if len(segments)]


def _sampled(paths: list[NDArray[np.float64]]) -> list[Polyline]:
    """Points at equal steps of the paths, as many as their share of the length; the last point is left out."""
    t = np.linspace(0, 1, 33)
    lengths = [np.hypot(*np.moveaxis(np.diff(_bezier(path, t), axis=1), -1, 0)).sum(axis=1) for path in paths]
    total = sum(float(each.sum()) for each in lengths)
    if not total > 0:
        return []
    lines: list[Polyline] = []
    for path, each in zip(paths, lengths, strict=True):
        count = int(POINTS * each.sum() / total)
        if count < LEAST_POINTS:
            continue
        stops = np.concatenate([[0.0], np.cumsum(each)]) / each.sum()
        at = np.arange(count) / count
        segment = np.clip(np.searchsorted(stops, at, side="right") - 1, 0, len(path) - 1)
        local = (at - stops[segment]) / np.maximum(stops[segment + 1] - stops[segment], 1e-12)
        lines.append(_bezier(path[segment], local[:, None])[:, 0])
    return lines


def _bezier(segments: NDArray[np.float64], t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points of cubic segments (n, 4, 2) at parameters (m,) or (n, m): (n, m, 2)."""
    t = np.broadcast_to(t, (len(segments), t.shape[-1]))[..., None]
    a, b, c, d = (segments[:, None, index] for index in range(4))
    return (1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * b + 3 * t**2 * (1 - t) * c + t**3 * d


def _joined(strokes: list[_Stroke]) -> list[_Stroke]:
    """Join the nearest two ends, again and again, without a look at their direction."""
    while len(strokes) > 1:
        strokes = sorted(strokes, key=lambda stroke: -len(stroke.line))
        ends = np.array([stroke.line[[0, -1]] for stroke in strokes])  # (n, 2, 2)
        away = np.hypot(*np.moveaxis(ends[:, None, :, None] - ends[None, :, None, :], -1, 0))  # (n, n, 2, 2)
        away[np.arange(len(strokes)), np.arange(len(strokes))] = np.inf
        nearest = int(away.argmin())
        if away.flat[nearest] >= JOIN:
            break
        one, other, at_end, other_at_end = (int(index) for index in np.unravel_index(nearest, away.shape))
        a, b = strokes[one], strokes[other]
        if at_end:
            joined = _chained(a, b.reversed() if other_at_end else b)
        else:
            joined = _chained(b if other_at_end else b.reversed(), a)
        strokes = [joined, *_without(strokes, one, other)]
    return strokes


def _spliced(strokes: list[_Stroke]) -> list[_Stroke]:
    """Insert the stroke whose two ends are nearest to a point of another before that point, again and again."""
    while len(strokes) > 1:
        every = np.concatenate([stroke.line for stroke in strokes])
        counts = [len(stroke.line) for stroke in strokes]
        owner = np.repeat(np.arange(len(strokes)), counts)
        ends = np.array([stroke.line[[0, -1]] for stroke in strokes])
        away = np.hypot(*np.moveaxis(every[None, None] - ends[:, :, None], -1, 0)).sum(axis=1)  # (n, points)
        away[owner == np.arange(len(strokes))[:, None]] = np.inf
        away[:, np.cumsum(counts) - 1] = np.inf  # nothing is inserted before the last point
        nearest = int(away.argmin())
        if away.flat[nearest] > SPLICE:
            break
        guest, place = divmod(nearest, len(every))
        host = int(owner[place])
        before = place - sum(counts[:host])
        inserted = _inserted(strokes[guest], strokes[host], before)
        strokes = [inserted, *_without(strokes, guest, host)]
    return strokes


def _inserted(guest: _Stroke, host: _Stroke, before: int) -> _Stroke:
    tail = _Stroke(host.line[before:], host.marks[before:])
    if before == 0:
        return _chained(guest, tail)
    head = _Stroke(host.line[:before], host.marks[: before - 1])
    return _chained(_chained(head, guest), tail)


def _chained(a: _Stroke, b: _Stroke) -> _Stroke:
    return _Stroke(np.concatenate([a.line, b.line]), np.concatenate([a.marks, [True], b.marks]))


def _without(strokes: list[_Stroke], one: int, other: int) -> list[_Stroke]:
    return [stroke for index, stroke in enumerate(strokes) if index not in (one, other)]


def _separated(strokes: list[_Stroke]) -> list[tuple[list[int], NDArray[np.float64]]]:
    """Strokes of each drawing, and its box: boxes are put together while any two overlap enough.

    The source could give one stroke to two drawings; here a box that was taken in a round waits for the next.
    """
    groups = [[index] for index in range(len(strokes))]
    boxes = [np.concatenate([stroke.line.min(axis=0), stroke.line.max(axis=0)]) for stroke in strokes]
    while True:
        partner: dict[int, tuple[float, int]] = {}
        for a, b in itertools.combinations(range(len(boxes)), 2):
            shared = _overlap(boxes[a], boxes[b])
            for one, other in ((a, b), (b, a)):
                if one not in partner or partner[one][0] < shared:
                    partner[one] = (shared, other)
        taken: set[int] = set()
        pairs: list[tuple[int, int]] = []
        for a, (shared, b) in partner.items():
            if shared >= OVERLAP and not taken & {a, b}:
                taken |= {a, b}
                pairs.append((a, b))
        if not pairs:
            return list(zip(groups, boxes, strict=True))
        left = [index for index in range(len(boxes)) if index not in taken]
        groups = [groups[a] + groups[b] for a, b in pairs] + [groups[index] for index in left]
        boxes = [_union(boxes[a], boxes[b]) for a, b in pairs] + [boxes[index] for index in left]


def _overlap(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Intersection over union."""
    width, height = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    if width <= 0 or height <= 0:
        return 0.0
    shared = float(width * height)
    return shared / (math.prod(a[2:] - a[:2]) + math.prod(b[2:] - b[:2]) - shared)


def _union(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([np.minimum(a[:2], b[:2]), np.maximum(a[2:], b[2:])])
