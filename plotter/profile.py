"""How fast the pen goes along its way: constant accelerations, corners passed as fast as is allowed.

It knows lengths and speeds, no board: mm and seconds only.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from plotter.axidraw import PlotSettings
from plotter.route import Route

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LONGEST_S = 0.019
"""A piece of motion lasts no longer, so that a stop is near; the board's own 20 ms less some rounding."""
_NOTHING_S = 3e-4
"""A phase as short as this is not worth a piece of its own."""


@dataclass(frozen=True, eq=False)
class Profile:
    """Speeds over a route, each segment with a phase of speeding up, one of cruising and one of slowing down."""

    squares: Floats
    """(n,) squared speed at each point, mm2/s2."""
    tops: Floats
    """(n - 1,) speed while cruising."""
    accels: Floats
    """(n - 1,) mm/s2."""


@dataclass(frozen=True, eq=False)
class Pieces:
    """Motion at constant acceleration along straight lines, in order."""

    segment: Ints
    """(k,) of the route."""
    at_mm: Floats
    """(k,) from the start of the segment to the end of the piece."""
    length_mm: Floats
    """(k,)"""
    from_mm_s: Floats
    """(k,) speed at its start."""
    to_mm_s: Floats
    """(k,) speed at its end."""
    seconds: Floats
    """(k,) how long it lasts."""

    def select(self, which: Ints) -> Pieces:
        """Some of them."""
        return Pieces(**{each.name: getattr(self, each.name)[which] for each in fields(self)})


def make_profile(
    route: Route,
    settings: PlotSettings,
    limits_mm_s: Floats,
    shortest_s: float,
    slack_mm_s: Floats | None = None,
) -> Profile:
    """The fastest profile within the limits on speed, acceleration and corners.

    Args:
        limits_mm_s: (n - 1,) speed that the motors allow in the direction of each segment.
        shortest_s: no segment shall be over sooner.
        slack_mm_s: (n - 1,) by how much corners and short segments are passed slower than they may be.
    """
    lengths, down = route.lengths, route.down
    tops = np.where(down, settings.speed_down_mm_s, settings.speed_up_mm_s)
    short = lengths / shortest_s
    if slack_mm_s is not None:
        short = np.maximum(short - slack_mm_s, short / 3)
    tops = np.minimum(np.minimum(tops, limits_mm_s), short)
    accels = np.where(down, settings.accel_down_mm_s2, settings.accel_up_mm_s2)
    squares = np.zeros(len(route.points))
    squares[1:-1] = corner_squares(route.directions, settings.accel_down_mm_s2, settings.cornering_mm)
    if slack_mm_s is not None:
        squares[1:-1] = np.maximum(np.sqrt(squares[1:-1]) - slack_mm_s[1:], 0.0) ** 2
    squares[1:-1] = np.minimum(squares[1:-1], np.minimum(tops[1:], tops[:-1]) ** 2)
    squares[1:-1][~(down[1:] & down[:-1])] = 0.0  # the pen moves up and down at rest
    squares = reachable(squares, 2 * accels * lengths)
    tops = np.minimum(tops, np.sqrt((squares[:-1] + squares[1:]) / 2 + accels * lengths))
    return Profile(squares, tops, accels)


def corner_squares(directions: Floats, accel_mm_s2: float, cornering_mm: float) -> Floats:
    """Squared speeds, shape (n - 1,), at which corners between n directions may be passed.

    A circle that touches both segments and stays within ``cornering_mm`` of the corner is passed at
    the speed where its centripetal acceleration is ``accel_mm_s2``. (S. Jeon, "Improving Grbl: Cornering
    Algorithm", 2011.)
    """
    cosine = -np.sum(directions[:-1] * directions[1:], axis=1)
    half_sine = np.sqrt(np.clip((1 - cosine) / 2, 0.0, 1.0))
    radius = cornering_mm * half_sine / np.maximum(1 - half_sine, 1e-12)
    return np.where(half_sine > 1e-6, accel_mm_s2 * radius, 0.0)


def reachable(squares: Floats, gains: Floats) -> Floats:
    """Lower squared speeds until each can be reached from the one before, and slowed down to the next.

    Args:
        squares: (n,) what each point allows.
        gains: (n - 1,) how much the square can change from point to point, ``2 a L``.
    """
    # the lower envelope of cones that stand on every point, from the left and then from the right
    at = np.concatenate([[0.0], np.cumsum(gains)])
    squares = np.minimum.accumulate(squares - at) + at
    squares = np.minimum.accumulate((squares + at)[::-1])[::-1] - at
    return np.where(squares > 1e-6, squares, 0.0)


def cut(
    segment: Ints, lengths: Floats, from_squares: Floats, to_squares: Floats, tops: Floats, accels: Floats,
    shortest_s: float,
) -> Pieces:  # fmt: skip
    """Cut segments into pieces of ``shortest_s`` to LONGEST_S, where their phases meet if that allows it.

    A piece takes the squared speed from its start to its end on a straight line over its length. Such a
    chord lies under the true profile and is nowhere steeper: no limit is passed, some time may be lost.

    Args:
        segment: (m,) names of the segments; with ``lengths`` > 0.
        from_squares, to_squares: (m,) squared speeds at both ends.
        tops: (m,) speeds while cruising.
    """
    v0, v1 = np.sqrt(from_squares), np.sqrt(to_squares)
    up_s, cruise_s, slow_s = phases(lengths, v0, v1, tops, accels)
    up_mm = (tops**2 - from_squares) / (2 * accels)
    whole_s = up_s + cruise_s + slow_s
    first, second = _meetings(up_s, up_s + cruise_s, whole_s, shortest_s)

    parts = np.column_stack([first, second - first, whole_s - second])
    counts = np.where(parts > 1e-9, np.ceil(parts / LONGEST_S - 1e-9), 0).astype(np.int64)
    counts[:, 1] = np.maximum(counts[:, 1], counts.sum(axis=1) == 0)
    begins = np.column_stack([np.zeros(len(first)), first, second])
    flat = counts.ravel()
    own = np.repeat(np.arange(len(first)), counts.sum(axis=1))
    nth = np.arange(int(flat.sum())) - np.repeat(np.cumsum(flat) - flat, flat) + 1
    until_s = np.repeat(begins.ravel(), flat) + nth * np.repeat(parts.ravel() / np.maximum(flat, 1), flat)

    last = np.append(own[1:] != own[:-1], True) if len(own) else np.zeros(0, dtype=np.bool_)
    at_mm, to = _state(until_s, v0[own], tops[own], accels[own], up_s[own], (up_s + cruise_s)[own], up_mm[own])
    at_mm, to = np.where(last, lengths[own], np.clip(at_mm, 0, lengths[own])), np.where(last, v1[own], to)
    opens = np.append(True, last[:-1]) if len(own) else last
    length_mm = at_mm - np.where(opens, 0.0, np.append(0.0, at_mm[:-1]))
    start = np.where(opens, v0[own], np.append(0.0, to[:-1]))
    lasted = until_s - np.where(opens, 0.0, np.append(0.0, until_s[:-1]))
    return Pieces(segment[own], at_mm, length_mm, start, to, _seconds(length_mm, start, to, lasted, shortest_s))


def phases(lengths: Floats, v0: Floats, v1: Floats, tops: Floats, accels: Floats) -> tuple[Floats, Floats, Floats]:
    """How long each segment speeds up, cruises and slows down, in s."""
    up_s, slow_s = np.maximum(tops - v0, 0) / accels, np.maximum(tops - v1, 0) / accels
    cruise_mm = lengths - (tops**2 - v0**2) / (2 * accels) - (tops**2 - v1**2) / (2 * accels)
    return up_s, np.maximum(cruise_mm, 0) / np.maximum(tops, 1e-9), slow_s


def _meetings(first: Floats, second: Floats, whole: Floats, shortest_s: float) -> tuple[Floats, Floats]:
    """Times at which to cut, moved from where the phases meet so that no part is too short."""
    room = whole - shortest_s
    a = np.where((first > _NOTHING_S) & (first < whole - _NOTHING_S), np.clip(first, shortest_s, room), 0.0)
    b = np.where((second > _NOTHING_S) & (second < whole - _NOTHING_S), np.clip(second, shortest_s, room), whole)
    close = (a > 0) & (b < whole) & (b - a < shortest_s)
    middle = np.clip((first + second) / 2, shortest_s, room)
    a, b = np.where(close, middle, a), np.where(close, middle, b)
    single = whole < 2 * shortest_s
    return np.where(single, 0.0, a), np.where(single, whole, b)


def _state(
    t: Floats, v0: Floats, top: Floats, accel: Floats, up_s: Floats, slow_from_s: Floats, up_mm: Floats
) -> tuple[Floats, Floats]:
    """Way and speed after a time in a segment."""
    up = np.minimum(t, up_s)
    cruise = np.clip(t, up_s, slow_from_s) - up_s
    slow = np.maximum(t - slow_from_s, 0)
    way = v0 * up + accel * up**2 / 2 + top * cruise + top * slow - accel * slow**2 / 2
    speed = np.where(t < up_s, v0 + accel * up, top - accel * slow)
    return way, np.maximum(speed, 0.0)


def _seconds(lengths: Floats, start: Floats, end: Floats, lasted: Floats, shortest_s: float) -> Floats:
    """Time of each piece; one from rest to rest takes what its segment took."""
    both = start + end
    chord = 2 * lengths / np.maximum(both, 1e-9)
    # nearly at rest at both ends a chord would creep; a jump of a few mm/s is nothing to the motors
    return np.minimum(chord, np.maximum(1.5 * lasted, shortest_s))
