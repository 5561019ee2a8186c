"""What is unlikely at a meeting of lines: features of a web, and the costs learnt for them.

A cost is a negative log-likelihood, up to a constant: of two ways to draw the same ink, the one of the
lesser sum is the likelier. The costs in costs.toml were fitted to pages with known truth by
benchmarks/costs.py.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from prep.web import Web

Floats = NDArray[np.float64]

STEP = 0.25
"""Arms are looked at in steps of so many pens."""
REACH = 7.0
"""And so many pens far from their place."""
ANGLES = np.array([0, 0.25, 0.5, 0.8, 1.2, 1.7, 2.3, 3.2])
"""Knots of the costs of an angle, in radians; between them a cost is linear."""
SHORT = 3.0
"""An arm of fewer pens is short; its angles tell less, and have costs of their own."""
_SPREAD = 2.0  # of the average along a line whose turning is measured, in steps
_TAIL = 1.5  # pens: beyond its end an arm goes straight on, as its last pens do
_TRIM = 3  # steps next to a place, where a skeleton bends towards the other lines

_TURNS = ("turn_near", "turn_far", "zigzag")
PAIR = tuple(
    [f"{name}_{kind}_{knot}" for name in _TURNS for kind in ("long", "short") for knot in range(len(ANGLES))]
    + [f"{name}_{kind}" for name in ("gap", "turning") for kind in ("long", "short")]
    + ["back"]
)
"""Features of two arms drawn in one go."""
END = ("ends", "ends_wide", "ends_short", "free", "free_short")
"""Features of an arm at which a stroke ends: on another line, or freely."""
TIP = ("tip", "tip_length", "tip_wide")
"""Features of a dead end that is drawn out and back."""
AGAIN = ("again", "again_length", "again_long", "again_wide", "again_wide_length", "thrice", "thrice_wide")
"""Features of an edge drawn twice, or three times."""
NAMES = (*PAIR, *END, *TIP, *AGAIN)
MOST = 3
"""An edge is drawn this often at most."""


@cache
def learnt() -> Floats:
    """The costs of all features, in the order of NAMES."""
    table = tomllib.loads(resources.files("prep").joinpath("costs.toml").read_text(encoding="utf-8"))
    return np.concatenate([np.ravel(table[name]) for name in ("pair", "end", "tip", "again")]).astype(np.float64)


@dataclass(frozen=True)
class Features:
    """Features of all that may happen on a web. Arm 2 e leaves its place along edge e, arm 2 e + 1 against it."""

    pen: float
    """Width of the line, in pixels of the web."""
    narrow: Floats
    """(E,): the least width of each edge around its middle, in pens."""
    heading: Floats
    """(2 E, 2): the direction in which each arm leaves, of length 1."""
    pairs: NDArray[np.intp]
    """(P, 2): arms that leave the same place, the first one never the greater; an arm with itself too."""
    pair: Floats
    """(P, len(PAIR))."""
    end: Floats
    """(2 E, len(END)), for each arm."""
    tip: Floats
    """(2 E, len(TIP)), for each arm."""
    again: Floats
    """(E, MOST + 1, len(AGAIN)), for how often the edge is drawn."""


def describe(web: Web, pen: float, mask: NDArray[np.bool_]) -> Features:
    """The features of a web in pixels of ``mask``, in which lines are ``pen`` pixels wide."""
    lengths = web.lengths / pen
    across = _widths(web, pen, mask)
    wide = _excess(web, across)
    arms = arms_of(web)
    pairs = np.array(
        [(one, other) for at in arms for k, one in enumerate(at) for other in at[k:]], dtype=np.intp
    ).reshape(-1, 2)
    single = np.array([web.degrees[place] == 1 for place in web.ends.ravel()], dtype=bool)
    length, width = np.repeat(lengths, 2), np.repeat(wide, 2)
    end = np.column_stack([~single, ~single * width, ~single & (length < 4), single, single & (length < 4)])
    tip = np.column_stack([np.ones(len(length)), np.minimum(length, 15), width])
    again = np.zeros((len(lengths), MOST + 1, len(AGAIN)))
    for times in range(2, MOST + 1):
        long = np.minimum(lengths, 30)
        extra = times - 1.0
        again[:, times] = np.column_stack(
            [
                np.full(len(long), extra),
                extra * long,
                extra * np.maximum(long - 8, 0),
                wide,
                wide * np.minimum(lengths, 10),
                np.full(len(long), float(times == MOST)),
                wide * (times == MOST),
            ]
        )
    sampled = _sampled(web, pen)
    pair = _pair_features(sampled, pen, pairs, length)
    narrow = across.min(axis=1, initial=np.inf) / pen
    return Features(pen, narrow, _heading(sampled, 0.75, 2.5), pairs, pair, end.astype(np.float64), tip, again)


def arms_of(web: Web) -> list[list[int]]:
    """The arms that leave each place."""
    arms: list[list[int]] = [[] for _ in web.places]
    for arm, place in enumerate(web.ends.ravel().tolist()):
        arms[place].append(arm)
    return arms


def _widths(web: Web, pen: float, mask: NDArray[np.bool_]) -> Floats:
    """Widths of the ink across the middle of each edge, in pixels, (E, 9)."""
    count = 9
    middle = np.linspace(0.2, 0.8, count)
    points = np.empty((len(web.edges), count, 2))
    along = np.empty_like(points)
    for index, edge in enumerate(web.edges):
        at = np.linspace(0, 1, len(edge))
        for axis in (0, 1):
            points[index, :, axis] = np.interp(middle, at, edge[:, axis])
            ahead = np.interp(middle + 0.08, at, edge[:, axis])
            along[index, :, axis] = ahead - np.interp(middle - 0.08, at, edge[:, axis])
    along /= np.hypot(along[..., 0], along[..., 1])[..., None] + 1e-9
    across = np.stack([-along[..., 1], along[..., 0]], axis=-1)
    width = np.zeros(points.shape[:2])
    steps = np.arange(0.5, 1.8 * pen + 1, 0.5)
    for sign in (1, -1):
        cells = np.rint(points[:, :, None] + sign * steps[:, None] * across[:, :, None]).astype(np.intp)
        cells[..., 0] = np.clip(cells[..., 0], 0, mask.shape[1] - 1)
        cells[..., 1] = np.clip(cells[..., 1], 0, mask.shape[0] - 1)
        inside = np.logical_and.accumulate(mask[cells[..., 1], cells[..., 0]], axis=2)
        width += 0.5 * inside.sum(axis=2)
    return width


def _excess(web: Web, widths: Floats) -> Floats:
    """By how much of the page's usual width each edge is wider than that, (E,)."""
    if len(widths) == 0:
        return np.zeros(0)
    typical = np.median(widths, axis=1)
    usual = float(np.average(typical, weights=web.lengths + 1e-9))
    return np.clip(typical / max(usual, 1e-9) - 1, -0.5, 1.5)


def _sampled(web: Web, pen: float) -> Floats:
    """(2 E, REACH / STEP + 1, 2): points along each arm; beyond its end it goes straight on."""
    away = np.arange(0, REACH + STEP / 2, STEP) * pen
    arms = np.arange(2 * len(web.edges))
    return web.along(arms, np.broadcast_to(away, (len(arms), len(away))), _TAIL * pen)


def _pair_features(arms: Floats, pen: float, pairs: NDArray[np.intp], lengths: Floats) -> Floats:
    one, other = arms[pairs[:, 0]], arms[pairs[:, 1]]
    short = lengths[pairs].min(axis=1) < SHORT
    gap = other[:, _TRIM] - one[:, _TRIM]
    far = np.hypot(gap[:, 0], gap[:, 1])
    gap = gap / (far[:, None] + 1e-9)
    leave, arrive = _heading(one, 0.75, 2.5), _heading(other, 0.75, 2.5)
    angles = [
        _angle(-_heading(one, 0.5, 2), _heading(other, 0.5, 2)),
        _angle(-_heading(one, 1, 3.5), _heading(other, 1, 3.5)),
        _angle(-leave, gap) + _angle(gap, arrive),
    ]
    through = np.concatenate([one[:, : _TRIM - 1 : -1], other[:, _TRIM:]], axis=1)
    turning = _turning(through) - _turning(one[:, _TRIM:]) - _turning(other[:, _TRIM:])
    columns: list[Floats] = []
    for angle in angles:
        weights = _knots(angle)
        columns += [weights * ~short[:, None], weights * short[:, None]]
    for amount in (far / pen, turning):
        clipped = np.clip(amount, -1, 4)
        columns += [(clipped * ~short)[:, None], (clipped * short)[:, None]]
    back = pairs[:, 0] == pairs[:, 1]
    features = np.concatenate([*columns, back[:, None]], axis=1).astype(np.float64)
    features[back, :-1] = 0
    return features


def _heading(arms: Floats, near: float, far: float) -> Floats:
    way = arms[:, round(far / STEP)] - arms[:, round(near / STEP)]
    return way / (np.hypot(way[:, 0], way[:, 1])[:, None] + 1e-9)


def _angle(one: Floats, other: Floats) -> Floats:
    return np.arccos(np.clip((one * other).sum(axis=1), -1, 1))


def _turning(lines: Floats) -> Floats:
    """Sum of the angles by which smoothed lines (P, n, 2) turn, (P,)."""
    index = np.arange(lines.shape[1])
    weights = np.exp(-0.5 * ((index[:, None] - index) / _SPREAD) ** 2)
    smooth = np.matmul(weights / weights.sum(axis=1, keepdims=True), lines)
    step = np.diff(smooth, axis=1)
    turn = np.diff(np.arctan2(step[..., 1], step[..., 0]), axis=1)
    return np.abs((turn + np.pi) % (2 * np.pi) - np.pi).sum(axis=1)


def _knots(angles: Floats) -> Floats:
    """(P, len(ANGLES)): weights of the knots on either side of each angle."""
    inside = np.clip(angles, 0, ANGLES[-1] - 1e-6)
    below = np.searchsorted(ANGLES, inside, side="right") - 1
    share = (inside - ANGLES[below]) / (ANGLES[below + 1] - ANGLES[below])
    weights = np.zeros((len(angles), len(ANGLES)))
    rows = np.arange(len(angles))
    weights[rows, below], weights[rows, below + 1] = 1 - share, share
    return weights
