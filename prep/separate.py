"""The drawings of a page, each by itself: which strokes belong together, and which are the page's number."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from scipy.spatial import KDTree  # pyright: ignore[reportMissingTypeStubs]

from drawing.geometry import Polyline, length, resample

_ACROSS = 0.93  # of the page's side: a straight line longer than this was printed, or is the edge of the sheet
_STRAIGHT = 0.01  # of its length: how far such a line strays from straight
_ASIDE = 0.5  # of a drawing's long side: a small part of it may lie so far from the rest
_LEAST_PART = 0.05  # of a drawing's long side: what is smaller than this by itself is a speck
_CORNER = (0.28, 0.12)  # how much of a page's width and height its corners with a number take
_NUMBER = 0.045  # of the page's height: a number is not taller


class SeparateSettings(BaseModel):
    """How strokes become drawings."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    by: Literal["distance", "boxes"] = "distance"
    """``distance`` puts together what lies near; ``boxes``, as the source article did, what has overlapping boxes."""
    gap: float = Field(default=0.037, gt=0, le=1)
    """Strokes nearer than this belong together, as a part of the page's height."""
    overlap: float = Field(default=0.05, gt=0, le=1)
    """Boxes overlap from this ratio of intersection to union on."""
    least: float = Field(default=0.03, ge=0, le=1)
    """Drawings smaller than this, as a part of the page's height, are left out."""
    numbers: bool = True
    """Whether page numbers in the corners are left out."""


def separate(
    strokes: Sequence[Polyline], size: tuple[int, int], settings: SeparateSettings | None = None
) -> tuple[list[list[int]], list[str]]:
    """Numbers of the strokes of each drawing, in reading order, and what was left out, in words.

    Args:
        size: width and height of the page, in the strokes' pixels.
    """
    settings = settings or SeparateSettings()
    if not strokes:
        return [], []
    boxes = np.array([np.concatenate([stroke.min(axis=0), stroke.max(axis=0)]) for stroke in strokes])
    drawn = [index for index, stroke in enumerate(strokes) if not _is_rule(stroke, size)]
    ruled = len(drawn) < len(strokes)
    strokes, boxes = [strokes[index] for index in drawn], boxes[drawn]
    if settings.by == "boxes":
        groups = _by_boxes(boxes, settings.overlap)
    else:
        groups = _by_distance(strokes, boxes, size, settings)
    found: list[tuple[NDArray[np.float64], list[int]]] = []
    numbers = tiny = 0
    for group in groups:
        box = _around(boxes[group])
        if settings.numbers and _is_number(box, size):
            numbers += 1
        elif _longest(box) < settings.least * size[1]:
            tiny += 1
        else:
            found.append((box, group))
    notes = ["Its number was left out."] if numbers else []
    if tiny:
        notes.append(f"{tiny} tiny {'marks were' if tiny > 1 else 'mark was'} left out.")
    if ruled:
        notes.append("A straight line across the whole page was left out.")
    return [[drawn[index] for index in group] for group in _in_reading_order(found)], notes


def _by_distance(
    strokes: Sequence[Polyline], boxes: NDArray[np.float64], size: tuple[int, int], settings: SeparateSettings
) -> list[list[int]]:
    """Single linkage: at the widest step between the gaps within drawings and those between them.

    The step is looked for from half of the usual gap to twice it; without one there, the gap itself decides. A number
    beside a drawing, more than half a gap from it, is taken from it. What is too small for a drawing then, and no
    speck, goes to the nearest other group, if it lies no farther from it than half of that group's long side, and four
    gaps.
    """
    gap = settings.gap * size[1]
    points = [resample(stroke, max(2.0, min(gap / 6, length(stroke) / 4))) for stroke in strokes]
    trees = [cast(Any, KDTree(each)) for each in points]
    links: list[tuple[float, int, int]] = []
    for i in range(1, len(strokes)):
        for j in np.flatnonzero(_between(boxes[i], boxes[:i]) < 2 * gap).tolist():
            few, many = (i, j) if len(points[i]) < len(points[j]) else (j, i)
            distance = 0.0 if _nested(boxes[i], boxes[j]) else float(trees[many].query(points[few])[0].min())
            if distance < 2 * gap:
                links.append((distance, i, j))
    root = _Roots(len(strokes))
    tree = [link for link in sorted(links) if root.join(link[1], link[2])]
    groups = _linked(len(strokes), tree, _step([distance for distance, _, _ in tree], gap))

    def number(group: list[int]) -> bool:
        return settings.numbers and _is_number(_around(boxes[group]), size)

    digits = [part for part in _linked(len(strokes), tree, gap / 2) if number(part)]
    for whole in list(groups):
        parts = [part for part in digits if part[0] in whole]
        together = sorted(index for part in parts for index in part)
        for part in [together] if parts and number(together) else parts:
            rest = [index for index in whole if index not in part]
            if rest and _between(_around(boxes[part]), _around(boxes[rest])[None])[0] > 0:
                groups = [group for group in groups if group is not whole] + [part, rest]
                whole = rest

    def loose(group: list[int]) -> bool:
        return _longest(_around(boxes[group])) < settings.least * size[1] and not number(group)

    away: dict[tuple[int, ...], float] = {}  # between groups, by their first strokes and how many they have

    def apart(group: list[int], other: list[int]) -> float:
        key = group[0], len(group), other[0], len(other)
        if key not in away:
            away[key] = min(float(trees[j].query(points[i])[0].min()) for i in group for j in other)
        return away[key]

    while any(lone := [loose(group) for group in groups]):
        around = np.array([_around(boxes[group]) for group in groups])
        longest = (around[:, 2:] - around[:, :2]).max(axis=1)
        host = ~np.array([number(group) for group in groups])
        near: list[tuple[float, int, int]] = []
        for i in np.flatnonzero(lone).tolist():
            reach = np.where(host & (longest[i] > _LEAST_PART * longest), np.minimum(_ASIDE * longest, 4 * gap), 0.0)
            reach[i] = 0.0
            for j in np.flatnonzero(_between(around[i], around) < reach).tolist():
                distance = apart(groups[i], groups[j])
                if distance < reach[j]:
                    near.append((distance, i, j))
        if not near:
            break
        _, i, j = min(near)
        groups = [group for k, group in enumerate(groups) if k not in (i, j)] + [sorted(groups[i] + groups[j])]
    return groups


def _linked(count: int, tree: Sequence[tuple[float, int, int]], limit: float) -> list[list[int]]:
    """Groups of ``count`` things among which steps of ``tree`` no longer than a limit lead from each to each."""
    root = _Roots(count)
    for distance, i, j in tree:
        if distance <= limit:
            root.join(i, j)
    return root.groups()


def _step(distances: list[float], gap: float) -> float:
    """The distance up to which strokes belong together; ``distances`` ascend."""
    edges = [gap / 2, *(each for each in distances if gap / 2 < each < 2 * gap), 2 * gap]
    if len(edges) == 2:
        return gap
    # a wide step near the usual gap is better than a slightly wider one far from it
    ratios = [
        np.log(far / near) - 0.3 * abs(np.log(np.sqrt(far * near) / gap)) for near, far in itertools.pairwise(edges)
    ]
    return edges[int(np.argmax(ratios))]


def _by_boxes(boxes: NDArray[np.float64], overlap: float) -> list[list[int]]:
    """Merge boxes while two of them overlap enough; each merged box counts as one from then on."""
    groups = [[index] for index in range(len(boxes))]
    around = list(boxes)
    merged = True
    while merged:
        merged = False
        for i in range(len(groups) - 1, 0, -1):
            for j in range(i):
                if _ratio(around[i], around[j]) >= overlap:
                    groups[j] += groups.pop(i)
                    around[j] = _around(np.array([around[j], around.pop(i)]))
                    merged = True
                    break
    return groups


def _ratio(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Intersection over union of two boxes."""
    width, height = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
    if width <= 0 or height <= 0:
        return 0.0
    areas = sum(float(np.prod(box[2:] - box[:2])) for box in (one, other))
    return float(width * height / (areas - width * height))


def _longest(box: NDArray[np.float64]) -> float:
    return float(max(box[2] - box[0], box[3] - box[1]))


def _around(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])


def _between(box: NDArray[np.float64], boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far a box lies from each of others, across or down, whichever is more; negative where they overlap."""
    return np.maximum(box[:2] - boxes[:, 2:], boxes[:, :2] - box[2:]).max(axis=1)


def _nested(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    return any(
        bool((inner[:2] >= outer[:2]).all() and (inner[2:] <= outer[2:]).all())
        for inner, outer in ((one, other), (other, one))
    )


def _is_rule(stroke: Polyline, size: tuple[int, int]) -> bool:
    """Whether a stroke is straight and runs across the whole page, as the margin line of ruled paper does."""
    way = stroke[-1] - stroke[0]
    far = float(np.hypot(*way))
    if abs(way[0]) < _ACROSS * size[0] and abs(way[1]) < _ACROSS * size[1]:
        return False
    off = (stroke - stroke[0]) @ np.array([-way[1], way[0]]) / far
    return bool(np.abs(off).max() < _STRAIGHT * far)


def _is_number(box: NDArray[np.float64], size: tuple[int, int]) -> bool:
    """Whether something is as small as a page number, and lies in a corner as one does."""
    width, height = size
    across, down = _CORNER
    low = box[3] - box[1] < _NUMBER * height and box[2] - box[0] < 2.5 * _NUMBER * height
    outside = box[2] < across * width or box[0] > (1 - across) * width
    return low and outside and (box[3] < down * height or box[1] > (1 - down) * height)


def _in_reading_order(found: list[tuple[NDArray[np.float64], list[int]]]) -> list[list[int]]:
    """Rows from the top, each from the left; boxes are in one row where they share half of the lower one's height."""
    rows: list[list[tuple[NDArray[np.float64], list[int]]]] = []
    for box, group in sorted(found, key=lambda each: (each[0][1], each[0][0])):
        top = rows[-1][0][0] if rows else None
        if top is not None and min(top[3], box[3]) - box[1] > 0.5 * min(top[3] - top[1], box[3] - box[1]):
            rows[-1].append((box, group))
        else:
            rows.append([(box, group)])
    return [group for row in rows for _, group in sorted(row, key=lambda each: float(each[0][0]))]


class _Roots:
    """Which of a number of things have been joined."""

    def __init__(self, count: int) -> None:
        self._root = list(range(count))

    def find(self, index: int) -> int:
        while self._root[index] != index:
            self._root[index] = self._root[self._root[index]]
            index = self._root[index]
        return index

    def join(self, one: int, other: int) -> bool:
        """True if they were apart."""
        one, other = self.find(one), self.find(other)
        self._root[max(one, other)] = min(one, other)
        return one != other

    def groups(self) -> list[list[int]]:
        found: dict[int, list[int]] = {}
        for index in range(len(self._root)):
            found.setdefault(self.find(index), []).append(index)
        return list(found.values())
