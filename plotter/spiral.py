"""Where drawings stand along a spiral that winds outwards from the middle, and how large they can be there.

It knows boxes and reaches, as plotter.cells does.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from drawing.drawing import Bounds
from plotter.cells import Anchor

Floats = NDArray[np.float64]
GROWING = 1.6
"""Power of the radius of a spiral whose drawings grow; 1 is that of Archimedes, with arms equally far apart."""
_SPACINGS = np.geomspace(0.5, 0.85, 6)
"""From one drawing to the next, in distances between two arms; less, so that the eye follows the arm."""
_STARTS = (0.3, 0.45, 0.6, 0.8)
"""Radius at which the first stands, in the same unit."""
_PHASES = 8
_MANY = 250
"""Drawings from which on fewer spirals are tried: there the best is hardly better."""
_FINE = 240
"""Points a turn at which the length of the spiral is summed."""


@dataclass(frozen=True)
class Spiral:
    """Where each drawing goes."""

    boxes: tuple[Bounds, ...]
    """Of each drawing with its caption, in mm."""
    scales: tuple[float, ...]
    """mm for one unit of each drawing."""
    turns: tuple[float, ...]
    """Degrees clockwise."""


@lru_cache(maxsize=4)  # the sheets of an edition differ at the foot alone
def find_spiral(
    anchors: tuple[Anchor, ...],
    area: Bounds,
    gutter: float,
    *,
    below: float = 0.0,
    turned: bool = False,
    growing: bool = False,
    same: bool = True,
) -> Spiral | None:
    """The spiral in an area on which drawings become largest without touching each other; None if there is no room.

    Args:
        gutter: white between them in mm.
        below: height that is kept free below each of them.
        turned: each stands with its foot to the middle.
        growing: sizes and distances grow outwards; else all are alike.
        same: all of one scale, apart from growing; else each as large as the others.
    """
    reach = np.array([(anchor.reach_x, anchor.reach_y) for anchor in anchors]).reshape(-1, 2)
    longest = reach.max(axis=1)
    longest[longest <= 0] = longest.max(initial=0.0) or 1.0
    share = np.full(len(anchors), 1.0 / longest.max()) if same else 1.0 / longest
    best: tuple[float, Floats, Floats, Floats, Floats] | None = None
    most = 0.0
    for spacing in _SPACINGS:
        for start in _STARTS:
            radius, angle, size = _along(len(anchors), float(spacing), start, GROWING if growing else 1.0)
            for phase in 2 * np.pi * np.arange(1 if len(anchors) > _MANY else _PHASES) / _PHASES:
                at = np.column_stack([radius * np.cos(angle + phase), radius * np.sin(angle + phase)])
                turn = angle + phase + np.pi / 2 if turned else np.zeros(len(anchors))
                found = _fit(at, reach * (share * size)[:, None], turn, area, gutter, below)
                worth = 0.0 if found is None else found[0] * float(np.exp(np.log(size).mean()))
                if found is not None and worth > most * (1 + 1e-6):
                    best, most = (*found, size, turn), worth
    if best is None:
        return None
    scale, places, halves, size, turn = best
    boxes = tuple(
        (x - w, y - h, x + w, y + h + below)
        for (x, y), (w, h) in zip(places.tolist(), (halves * scale).tolist(), strict=True)
    )
    degrees = np.degrees(turn) % 360 if turned else turn
    return Spiral(boxes, tuple((scale * share * size).tolist()), tuple(degrees.tolist()))


def _along(count: int, spacing: float, start: float, power: float) -> tuple[Floats, Floats, Floats]:
    """Radius, angle and relative size of so many places at equal distances along a spiral.

    Distances are told in sizes: they grow as the distance between two arms does.
    """
    first = float(start ** (1 / power))
    turns = first + 1.5 * float(np.sqrt(count * spacing + 1)) + 2
    angle: Floats = np.linspace(2 * np.pi * first, 2 * np.pi * turns, int(_FINE * turns))
    base: Floats = angle / (2 * np.pi)
    radius: Floats = base**power
    arm = power * np.maximum(base, 0.5) ** (power - 1)  # from this arm to the next
    steps = np.hypot(np.diff(radius), (radius[1:] + radius[:-1]) / 2 * np.diff(angle))
    far = np.concatenate([[0.0], np.cumsum(steps / ((arm[1:] + arm[:-1]) / 2))])
    wanted = spacing * np.arange(count)
    return np.interp(wanted, far, radius), np.interp(wanted, far, angle), np.interp(wanted, far, arm)


def _fit(
    at: Floats, half: Floats, turn: Floats, area: Bounds, gutter: float, below: float
) -> tuple[float, Floats, Floats] | None:
    """The largest scale of boxes at these places in an area: scale, places in mm, half sides of what they cover.

    Args:
        at: (n, 2), in any unit.
        half: (n, 2) half sides of each box in any unit; by the scale, mm.
        turn: (n,) angle of each box.
    """
    cos, sin = np.abs(np.cos(turn)), np.abs(np.sin(turn))
    around = np.column_stack([half[:, 0] * cos + half[:, 1] * sin, half[:, 0] * sin + half[:, 1] * cos])
    if below:  # captions stand upright: what a drawing covers is an upright box then
        half, turn = around, np.zeros(len(at))
    room = np.array([area[2] - area[0], area[3] - area[1] - below])
    if (room <= 0).any():
        return None
    ratio = _largest(at, half, turn, 0.0, 0.0)  # of the scale to the unit of the places
    mm, unit, low, high = 0.0, 1.0, at[0], at[0]
    if not np.isfinite(ratio):  # one drawing, or dots alone
        ratio = 0.0
        with np.errstate(divide="ignore"):
            mm = float((room / 2 / around.max(axis=0)).min())
        mm = mm if np.isfinite(mm) else 1.0
    for _ in range(4):  # smaller drawings leave room for a larger spiral, which has room for larger drawings
        low, high = (at - ratio * around).min(axis=0), (at + ratio * around).max(axis=0)
        unit = float((room / np.maximum(high - low, 1e-12)).min())
        if not ratio:
            break
        largest = _largest(at * unit, half, turn, gutter, below)
        mm, ratio = min(largest, ratio * unit), min(ratio, largest / unit)
        if mm <= 0:
            return None
    middle = np.array([(area[0] + area[2]) / 2, (area[1] + area[3] - below) / 2])
    return mm, (at - (low + high) / 2) * unit + middle, around


def _largest(at: Floats, half: Floats, turn: Floats, gutter: float, below: float) -> float:
    """The largest scale at which no two boxes are nearer than the gutter; inf if they have no size."""
    if len(at) < 2:
        return float("inf")
    order = np.arange(len(at))
    least = _least(at, half, turn, gutter, below, order[:-1], order[1:])
    first, second = np.triu_indices(len(at), 2)
    # of two axes at right angles one tells 7 tenths of a distance at least: who is too far away can't lie closer
    most = 2 * float(np.hypot(*half.T).max())
    near = np.hypot(*(at[second] - at[first]).T) * np.sqrt(0.5) < least * most + gutter + below
    return min(least, _least(at, half, turn, gutter, below, first[near], second[near]))


def _least(
    at: Floats,
    half: Floats,
    turn: Floats,
    gutter: float,
    below: float,
    first: NDArray[np.intp],
    second: NDArray[np.intp],
) -> float:
    """The largest scale at which none of these pairs of boxes is nearer than the gutter."""
    apart = at[second] - at[first]
    most = np.full(len(first), -np.inf)
    for which in (first, second) if turn.any() else (first,):
        for corner in (0.0, np.pi / 2):
            axis = np.column_stack([np.cos(turn[which] + corner), np.sin(turn[which] + corner)])
            need = _reach(half[first], turn[first], axis) + _reach(half[second], turn[second], axis)
            more = gutter + below * np.abs(axis[:, 1])
            with np.errstate(divide="ignore", invalid="ignore"):
                room = (np.abs((apart * axis).sum(axis=1)) - more) / need
            most = np.maximum(most, np.where(np.isnan(room), -np.inf, room))
    return float(most.min(initial=np.inf))


def _reach(half: Floats, turn: Floats, axis: Floats) -> Floats:
    """How far turned boxes reach from their middles along axes."""
    along = np.abs(np.cos(turn) * axis[:, 0] + np.sin(turn) * axis[:, 1])
    across = np.abs(-np.sin(turn) * axis[:, 0] + np.cos(turn) * axis[:, 1])
    return half[:, 0] * along + half[:, 1] * across
