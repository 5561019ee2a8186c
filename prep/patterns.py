"""What tells a pattern or a chain from a drawing: its line turns much, goes up and down again and again, fills a page.

Features of traced drawings, for the second clustering.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from drawing.drawing import Drawing
from drawing.geometry import Polyline

NAMES = (
    "aspect",  # log of width / height
    "width",  # of its page's long side
    "height",
    "ink",  # log of ink length / page's long side
    "density",  # log of ink length / diagonal
    "strokes",  # log
    "longest",  # share of the ink in its longest stroke
    "turns",  # log of all turning, in radians
    "curl",  # log of turning a diagonal of ink
    "repeat",  # how like itself the longest stroke is some way on
    "wave",  # log of the way after which it goes elsewhere, as a share of its length
    "across",  # log of how often it goes back and forth
    "down",  # log of how often it goes up and down
    "fill",  # share of its box that ink comes near to
    "crossings",  # log of crossings with itself, a diagonal of ink
    "period",  # how much of its ink lies at even distances
)
"""Of each number that ``drawing_features`` gives."""
VERSION = 1
"""Raised when the same drawing has other features than before."""
WEIGHTS = {"aspect": 0.5, "height": 0.5, "turns": 2.0, "curl": 2.0, "wave": 2.0, "width": 1.5}
"""How much a feature counts, beside those that count 1."""
SAMPLES = 1024
"""Points along the whole ink."""
SWING = 0.04
"""Ways up or down that count, of the page's long side."""
CELLS = 8
"""Of the box's longer side."""
CROSSED = 256
"""Segments that are tried for crossings."""

Values = NDArray[np.float64]


def drawing_features(drawing: Drawing, page_side: float) -> NDArray[np.float32]:
    """What a traced drawing is like, (16,) as in ``NAMES``.

    Args:
        page_side: long side of its page in the drawing's unit; the drawing's own if it is 0.
    """
    if not drawing.lines or drawing.ink <= 0:
        return np.zeros(len(NAMES), dtype=np.float32)
    left, top, right, bottom = drawing.bounds
    long = max(right - left, bottom - top)
    side = page_side or long
    least = long / 1000
    width, height = max(right - left, least), max(bottom - top, least)
    ink, diagonal = drawing.ink, math.hypot(width, height)
    lines = drawing.resample(ink / SAMPLES).lines
    steps = [np.diff(line, axis=0) for line in lines]
    longest = max((step for step in steps), key=len)
    every = np.concatenate(lines)
    turning = sum(_turning(step) for step in steps)
    repeat, wave = _likeness(longest)
    swings = SWING * side
    found = (
        math.log(width / height),
        width / side,
        height / side,
        math.log(ink / side),
        math.log(ink / diagonal),
        math.log(len(drawing.lines)),
        float(drawing.lengths.max()) / ink,
        math.log(turning + 1),
        math.log((turning + 0.1) * diagonal / ink),
        repeat,
        math.log(wave),
        math.log1p(sum(_swings(line[:, 0], swings) for line in lines)),
        math.log1p(sum(_swings(line[:, 1], swings) for line in lines)),
        _fill((every - (left, top)) / long * CELLS, width / long, height / long),
        math.log1p(_crossings(drawing.resample(ink / CROSSED).lines) * diagonal / ink),
        _period((every[:, 0] - left) / width),
    )
    return np.array(found, dtype=np.float32)


def _turning(steps: Values) -> float:
    """Sum of angles between steps, (n, 2)."""
    if len(steps) < 2:
        return 0.0
    one, other = steps[:-1], steps[1:]
    cross = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]
    return float(np.abs(np.arctan2(cross, (one * other).sum(axis=1))).sum())


def _likeness(steps: Values) -> tuple[float, float]:
    """How like itself a line's direction is farther on, at best, and the share of its length where it no longer is."""
    count = len(steps)
    if count < 8:
        return 0.0, 1.0
    direction = np.exp(1j * np.arctan2(steps[:, 1], steps[:, 0]))
    direction -= direction.mean()
    power = np.abs(np.fft.fft(direction, 2 * count)) ** 2
    likeness = np.fft.ifft(power)[:count].real / np.arange(count, 0, -1)
    if likeness[0] < 1e-6:  # straight
        return 0.0, 1.0
    likeness = likeness[: int(count * 0.7) + 1] / likeness[0]
    unlike = np.flatnonzero(likeness < 0)
    if not len(unlike):
        return 0.0, 1.0
    return float(max(likeness[unlike[0] :].max(), 0.0)), (int(unlike[0]) + 1) / count


def _swings(values: Values, least: float) -> int:
    """How often a coordinate turns back by more than so much."""
    turns, up, low, high = 0, 0, values[0], values[0]
    for value in values.tolist():
        high, low = max(high, value), min(low, value)
        if up >= 0 and high - value > least:
            turns, up, low = turns + (up != 0), -1, value
        elif up <= 0 and value - low > least:
            turns, up, high = turns + (up != 0), 1, value
    return turns


def _fill(places: Values, wide: float, high: float) -> float:
    """The share of the box's cells with ink in them; places are in cells, the sides shares of the longer one."""
    across, down = max(1, math.ceil(wide * CELLS - 1e-9)), max(1, math.ceil(high * CELLS - 1e-9))
    at = np.minimum(places.astype(int), (across - 1, down - 1))
    return len(np.unique(at[:, 0] * CELLS + at[:, 1])) / (across * down)


def _crossings(lines: tuple[Polyline, ...]) -> int:
    """How often the lines cross each other or themselves."""
    starts = np.concatenate([line[:-1] for line in lines])
    ends = np.concatenate([line[1:] for line in lines])
    if len(starts) < 3:
        return 0
    way = ends - starts

    def sides(points: Values) -> Values:  # of each segment, of each point
        apart = points[None] - starts[:, None]
        return way[:, None, 0] * apart[..., 1] - way[:, None, 1] * apart[..., 0]

    split = (sides(starts) < 0) != (sides(ends) < 0)
    return int(np.triu(split & split.T, 2).sum())


def _period(shares: Values) -> float:
    """How much of what varies in the ink from left to right is three to eight waves; shares are of the width."""
    ink = np.bincount(np.minimum((shares * 64).astype(int), 63), minlength=64).astype(np.float64)
    power = np.abs(np.fft.rfft(ink - ink.mean())) ** 2
    return float(power[3:9].sum() / max(power[1:].sum(), 1e-9))
