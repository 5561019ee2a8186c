"""Where everything of a density's picture lies, for PNG and SVG alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drawing.density import Density

Floats = NDArray[np.float64]
Place = tuple[float, float]

SHARE = 100.0
"""The picture's width in its own units: text is 1.5 of them high."""
MARGIN = 4.0
STRIP = 16.0
"""Height of the strip."""
GAP = 3.5
"""Above it."""
FOOT = 5.5
"""For the words below it."""
TALLEST, FLATTEST = 1.15, 0.4
"""Height of the drawing's part, in widths."""
NEAR_SIGMAS, HEAVY = 3.0, 0.05
"""How far around the means the picture of a drawing without a size reaches, for components of that weight."""
NUMBERS = 12
"""So many points carry a number, or somewhat fewer."""


@dataclass(frozen=True, eq=False)
class Strip:
    """Entropy over steps."""

    top: float
    bottom: float
    entropy: Floats  # (k, 2)
    area: Floats  # (k + 2, 2)
    """The polygon from the entropy down to its zero, or to the bottom."""
    nats: Floats  # (k - 1, 2)
    base: Floats  # (2, 2)
    lifts: tuple[float, ...]
    """Where the pen lifts."""
    labels: tuple[tuple[str, Place, str], ...]
    """Words, where, and which of their corners is there, as Pillow names it."""


@dataclass(frozen=True, eq=False)
class Layout:
    """Places in the picture's own unit, pixels or mm."""

    width: float
    height: float
    unit: float
    """A hundredth of the width."""
    box: tuple[float, float, float, float]
    """Left, top, right and bottom of the drawing's part."""
    factor: float
    """Of the drawing's unit."""
    shift: Floats  # (2,)
    numbers: tuple[tuple[int, Place, Place], ...]
    """Number of a point, where the point lies, and where its number stands."""
    strip: Strip

    def place(self, points: Floats) -> Floats:
        """Where points of the drawing lie, (n, 2)."""
        return points * self.factor + self.shift


def lay_out(found: Density, width: float) -> Layout:
    """The layout of a picture so wide; the drawing decides how high it is."""
    unit = width / SHARE
    left, top, right, bottom = _seen(found)
    w, h = max(right - left, 1e-9), max(bottom - top, 1e-9)
    inner = width - 2 * MARGIN * unit
    tall = min(max(h / w, FLATTEST), TALLEST) * inner
    factor = min(inner / w, tall / h)
    box = (MARGIN * unit, MARGIN * unit, MARGIN * unit + inner, MARGIN * unit + tall)
    centre = np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2])
    shift = centre - factor * np.array([(left + right) / 2, (top + bottom) / 2])
    points = found.points * factor + shift
    every = _every(len(points))
    numbers: list[tuple[int, Place, Place]] = []
    for index in range(0, len(points), every):
        beside = _beside(points, index, 1.8 * unit)
        if all(max(abs(beside[0] - x), abs(beside[1] - y)) > unit for _, _, (x, y) in numbers):  # legible
            numbers.append((index, (float(points[index, 0]), float(points[index, 1])), beside))
    strip_top = box[3] + GAP * unit
    strip = _strip(found, (box[0], strip_top, box[2], strip_top + STRIP * unit), unit, every)
    return Layout(width, strip_top + (STRIP + FOOT) * unit, unit, box, factor, shift, tuple(numbers), strip)


def _seen(found: Density) -> tuple[float, float, float, float]:
    """The drawing's bounds with some room around for what was expected beside it.

    A drawing that is smaller than what was expected, or has no size at all, is shown within that.
    """
    left, top, right, bottom = found.drawing.bounds
    size, expected = max(right - left, bottom - top), _expected(found)
    edge = 0.07 * max(size, 1e-9)
    if size < min(expected[2] - expected[0], expected[3] - expected[1]):
        left, top = min(left, expected[0]), min(top, expected[1])
        right, bottom = max(right, expected[2]), max(bottom, expected[3])
    return left - edge, top - edge, right + edge, bottom + edge


def _expected(found: Density) -> tuple[float, float, float, float]:
    """Bounds of the heavy components of all steps but the last, NEAR_SIGMAS of each."""
    heavy = found.weights[:-1] >= np.minimum(HEAVY, found.weights[:-1].max(axis=1, keepdims=True))
    means = found.means[:-1][heavy]  # (n, 2)
    reach = NEAR_SIGMAS * np.sqrt(np.diagonal(found.covariances[:-1][heavy], axis1=1, axis2=2))
    (left, top), (right, bottom) = (means - reach).min(axis=0), (means + reach).max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def _every(count: int) -> int:
    """A round number of points, so that not too many carry a number."""
    for each in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000):
        if count <= each * NUMBERS:
            return each
    return count


def _beside(points: Floats, index: int, away: float) -> Place:
    """A place beside the line, on the outer side of its bend."""
    before, after = points[max(index - 1, 0)], points[min(index + 1, len(points) - 1)]
    along = after - before
    side = np.array([-along[1], along[0]])
    size = float(np.hypot(*side))
    side = np.array([0.0, -1.0]) if size < 1e-9 else side / size
    if float((points[index] - (before + after) / 2) @ side) < 0:
        side = -side
    x, y = points[index] + away * side
    return float(x), float(y)


def _strip(found: Density, box: tuple[float, float, float, float], unit: float, every: int) -> Strip:
    left, top, right, bottom = box
    steps = len(found.entropy)
    inner = left + 3.5 * unit  # the axis' numbers stand left of it
    xs = np.linspace(inner, right, steps) if steps > 1 else np.array([inner])
    known = np.concatenate([found.entropy, found.nats[np.isfinite(found.nats)]])
    low, high = float(np.floor(min(known.min(), 0.0))), float(np.ceil(max(np.quantile(known, 0.99), 1.0)))

    def height(values: Floats) -> Floats:
        return bottom - (np.clip(values, low, high) - low) / (high - low) * (bottom - top)

    entropy = np.column_stack([xs, height(found.entropy)])
    area = np.concatenate([[[xs[0], bottom]], entropy, [[xs[-1], bottom]]])
    nats = np.column_stack([xs[:-1], height(found.nats[:-1])])
    zero = float(height(np.zeros(1))[0])
    labels: list[tuple[str, Place, str]] = [
        (f"{value:g}", (inner - unit, float(height(np.array([value]))[0])), "rm")
        for value in sorted({low, 0.0, high})
        if value == 0 or abs(float(height(np.array([value]))[0]) - zero) > 2 * unit  # or they stand on one another
    ]
    labels += [(str(index), (float(xs[index]), bottom + 1.4 * unit), "mm") for index in range(0, steps, every)]
    words = "line: entropy of the next point, dots: how unlikely it was, in nats"
    labels.append((words, (inner, bottom + 3.9 * unit), "lm"))
    if found.temperature != 1:
        labels.append((f"temperature {found.temperature:g}", (right, bottom + 3.9 * unit), "rm"))
    lifts = tuple(float(xs[index]) for index in np.flatnonzero(found.lifted[:-1]))
    return Strip(top, bottom, entropy, area, nats, np.array([[inner, zero], [right, zero]]), lifts, tuple(labels))
