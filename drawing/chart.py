"""Charts on a plate: two axes, and lines or dots with their names beside them, told apart without colour too."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drawing.drawing import Bounds
from drawing.labels import place_labels
from drawing.plate import Colour, Plate, words_width

Values = NDArray[np.float64]  # (n,)
STYLES: tuple[tuple[Colour, tuple[float, ...]], ...] = (
    ((17, 17, 17), ()),
    ((0, 114, 178), (3.0, 1.2)),
    ((213, 94, 0), (1.0, 1.0)),
    ((0, 130, 95), (5.0, 1.2, 1.0, 1.2)),
    ((170, 70, 140), (2.0, 2.0)),
    ((120, 120, 120), (6.0, 1.5)),
)
"""Colour and dashes of the curves in turn; the colours are those that Okabe and Ito chose, darkened for paper."""
GREY: Colour = (150, 150, 150)
PALE: Colour = (225, 225, 225)
TICK, SIZE, APART = 1.2, 2.8, 3.6
"""Length of a tick, size of the words, and least distance of two names, in mm."""
MARGIN = 16.0
"""So far names at points may stand out on the right of the axes, in mm."""


@dataclass(frozen=True)
class Curve:
    """Values over others."""

    x: Values
    y: Values
    style: int = 0
    """Place in STYLES."""
    name: str = ""
    """Written at its end."""
    dots: bool = False
    """Whether each value has a dot."""
    width_mm: float = 0.4


def draw_chart(
    plate: Plate,
    box: Bounds,
    curves: Sequence[Curve],
    *,
    title: str = "",
    x_name: str = "",
    y_name: str = "",
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    names_at_points: bool = False,
) -> None:
    """Draw axes and curves.

    Args:
        box: left, top, right and bottom of the axes on the plate; names stand outside of it, those of the curves on
            the right.
        x_range, y_range: lowest and highest value shown; by default all are.
        names_at_points: a curve's name stands at its last point, not outside of the axes; where it would lie on
            another it is moved, and a thin line leads to it.
    """
    shown = [curve for curve in curves if len(curve.x)]
    xs = x_range or _range([curve.x for curve in shown])
    ys = y_range or _range([curve.y for curve in shown])
    left, top, right, bottom = box

    def place(x: Values, y: Values) -> Values:
        across = left + (x - xs[0]) / (xs[1] - xs[0]) * (right - left)
        return np.column_stack([across, bottom - (y - ys[0]) / (ys[1] - ys[0]) * (bottom - top)])

    for value in ticks(*xs):
        ((x, _),) = place(np.array([value]), np.array([ys[0]]))
        plate.line([(x, top), (x, bottom)], PALE, 0.15)
        plate.line([(x, bottom), (x, bottom + TICK)])
        plate.words(_number(value), x, bottom + TICK + SIZE * 0.8, SIZE, "middle")
    y_ticks = ticks(*ys)
    for value in y_ticks:
        ((_, y),) = place(np.array([xs[0]]), np.array([value]))
        plate.line([(left, y), (right, y)], PALE, 0.15)
        plate.line([(left - TICK, y), (left, y)])
        plate.words(_number(value), left - TICK - 0.8, y, SIZE, "end")
    for curve in shown:
        colour, dash = STYLES[curve.style % len(STYLES)]
        for part in _parts(place(curve.x, curve.y), box):
            plate.line(part, colour, curve.width_mm, dash)
        if curve.dots:
            inside = (curve.y >= ys[0]) & (curve.y <= ys[1])
            for x, y in place(curve.x[inside], curve.y[inside]):
                plate.dot(float(x), float(y), 0.7, colour)
    plate.line([(left, top), (left, bottom), (right, bottom)])
    named = [curve for curve in shown if curve.name]
    placed = [place(curve.x[-1:], np.clip(curve.y[-1:], *ys))[0] for curve in named]
    ends = [(float(x), float(y)) for x, y in placed]
    if names_at_points:
        _name_points(plate, box, named, ends)
    else:
        for curve, y in zip(named, spread([y for _, y in ends], APART, bottom - SIZE / 2), strict=True):
            plate.words(curve.name, right + 2.0, y, SIZE, colour=_colour(curve))
    if title:
        plate.words(title, left, top - 4.5, SIZE * 1.25)
    if x_name:
        plate.words(x_name, (left + right) / 2, bottom + TICK + SIZE * 2.5, SIZE, "middle")
    if y_name:
        widest = max((words_width(_number(value), SIZE) for value in y_ticks), default=0.0)
        away = max(13.0, TICK + 0.8 + widest + SIZE)
        plate.words(y_name, left - away, (top + bottom) / 2, SIZE, "middle", upright=True)


def _name_points(plate: Plate, box: Bounds, named: Sequence[Curve], ends: Sequence[tuple[float, float]]) -> None:
    """Write the names of curves beside their last points."""
    widths = [words_width(curve.name, SIZE) for curve in named]
    labels = place_labels(ends, widths, SIZE, (box[0], box[1] - SIZE, box[2] + MARGIN, box[3]))
    for curve, end, label in zip(named, ends, labels, strict=True):
        if label.moved:
            plate.line([end, (label.x + (0.4 if label.on_left else -0.4), label.y)], _colour(curve), 0.15)
    for curve, label in zip(named, labels, strict=True):
        plate.words(curve.name, label.x, label.y, SIZE, "end" if label.on_left else "start", colour=_colour(curve))


def _colour(curve: Curve) -> Colour:
    return STYLES[curve.style % len(STYLES)][0]


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round values between two others, both included: 1, 2 or 5 times a power of ten apart."""
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(each * power for each in (1, 2, 5, 10) if each * power >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(number * step, 12) for number in range(first, last + 1)]


def spread(places: Sequence[float], apart: float, most: float = math.inf) -> list[float]:
    """Places moved as little as needed to be so far apart, and none beyond ``most``; their order stays."""
    groups: list[list[int]] = []
    centres: list[float] = []
    for index in sorted(range(len(places)), key=lambda each: places[each]):
        groups.append([index])
        centres.append(places[index])
        while len(groups) > 1 and centres[-1] - centres[-2] < apart * (len(groups[-1]) + len(groups[-2])) / 2:
            tail, head = groups.pop(), groups.pop()
            centres[-2:] = [float(np.mean([places[each] for each in head + tail]))]
            groups.append(head + tail)
    found = list(places)
    for group, centre in zip(groups, centres, strict=True):
        for number, index in enumerate(group):
            found[index] = centre + (number - (len(group) - 1) / 2) * apart
    for index in sorted(range(len(found)), key=lambda each: found[each], reverse=True):
        found[index] = min(found[index], most)
        most = found[index] - apart
    return found


def _range(values: Sequence[Values]) -> tuple[float, float]:
    """Lowest and highest of all, a little apart in any case."""
    every = np.concatenate([np.zeros(0), *values])
    every = every[np.isfinite(every)]
    low, high = (float(every.min()), float(every.max())) if len(every) else (0.0, 1.0)
    if high - low < 1e-9 * max(1.0, abs(high)):
        low, high = low - 0.5, high + 0.5
    return low, high


def _parts(points: Values, box: Bounds) -> list[Values]:
    """The parts of a polyline inside of a box; a point that is no number breaks it."""
    import shapely  # only here: it takes long to load

    whole = np.flatnonzero(np.isfinite(points).all(axis=1))
    runs = np.split(whole, np.flatnonzero(np.diff(whole) > 1) + 1)
    lines = [shapely.LineString(points[run]) for run in runs if len(run) > 1]
    clipped = [shapely.clip_by_rect(line, *box) for line in lines]
    return [shapely.get_coordinates(part) for line in clipped for part in shapely.get_parts(line)]


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}"
