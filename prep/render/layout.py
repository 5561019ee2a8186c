"""Where drawings go on a page: cells with white between them, and white enough that each is one drawing."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.spatial import KDTree

from drawing.drawing import Bounds
from drawing.geometry import Polyline, length, resample

Lines = list[Polyline]


def bounds(lines: Sequence[Polyline]) -> Bounds:
    """Left, top, right, bottom."""
    every = np.concatenate(lines)
    (left, top), (right, bottom) = every.min(axis=0).tolist(), every.max(axis=0).tolist()
    return left, top, right, bottom


def fit(
    lines: Sequence[Polyline], box: Bounds, rng: np.random.Generator, fill: float = 0.94, slant: float = 0.0
) -> Lines:
    """Lines scaled evenly into a box, turned by ``slant`` radians first, somewhere in its middle."""
    c, s = math.cos(slant), math.sin(slant)
    lines = [line @ np.array([[c, s], [-s, c]]) for line in lines]
    left, top, right, bottom = bounds(lines)
    width, height = box[2] - box[0], box[3] - box[1]
    scale = fill * min(width / max(right - left, 1e-6), height / max(bottom - top, 1e-6))
    slack = np.array([width - scale * (right - left), height - scale * (bottom - top)])
    at = np.array(box[:2]) + slack * rng.uniform(0.25, 0.75, 2)
    return [(line - (left, top)) * scale + at for line in lines]


def cells(area: Bounds, count: int, gap: float, rng: np.random.Generator) -> list[Bounds]:
    """An area cut into so many boxes with gaps between."""
    boxes = [area]
    while len(boxes) < count:
        boxes.sort(key=lambda box: (box[2] - box[0]) * (box[3] - box[1]))
        x0, y0, x1, y1 = boxes.pop()
        at = rng.uniform(0.42, 0.58)
        if (x1 - x0) > (y1 - y0) * rng.uniform(0.8, 1.2):
            middle = x0 + at * (x1 - x0)
            boxes += [(x0, y0, middle - gap / 2, y1), (middle + gap / 2, y0, x1, y1)]
        else:
            middle = y0 + at * (y1 - y0)
            boxes += [(x0, y0, x1, middle - gap / 2), (x0, middle + gap / 2, x1, y1)]
    return boxes


def kept_apart(drawings: Sequence[Lines]) -> list[Lines]:
    """Drawings made smaller in their places until the white between them is wider than any within one."""
    placed = list(drawings)
    for _ in range(12):
        within = max(_widest_gap(lines) for lines in placed)
        between = min((_apart(a, b) for i, a in enumerate(placed) for b in placed[:i]), default=math.inf)
        if between > 1.5 * within:
            break
        placed = [_smaller(lines) for lines in placed]
    return placed


def _smaller(lines: Lines) -> Lines:
    left, top, right, bottom = bounds(lines)
    middle = np.array([(left + right) / 2, (top + bottom) / 2])
    return [(line - middle) * 0.88 + middle for line in lines]


def _widest_gap(lines: Lines) -> float:
    """The widest white that one has to cross to get from line to line, always to the nearest."""
    if len(lines) < 2:
        return 0.0
    left = [resample(line, max(2.0, length(line) / 400)) for line in lines]
    seen, widest = [left.pop()], 0.0
    while left:
        tree = KDTree(np.concatenate(seen))
        near = [float(np.min(tree.query(line)[0])) for line in left]
        nearest = int(np.argmin(near))
        widest = max(widest, near[nearest])
        seen.append(left.pop(nearest))
    return widest


def _apart(a: Lines, b: Lines) -> float:
    """Distance of two boxes."""
    one, other = bounds(a), bounds(b)
    across = max(one[0] - other[2], other[0] - one[2], 0.0)
    down = max(one[1] - other[3], other[1] - one[3], 0.0)
    return math.hypot(across, down)
