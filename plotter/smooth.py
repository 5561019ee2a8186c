"""Motion whose acceleration grows and fades: the moving average of the fastest motion at constant accelerations.

An average over so many seconds has no more speed and no more acceleration than what it is taken of, and its jerk is
at most twice that acceleration over those seconds. It knows lengths and speeds, no board: mm and seconds only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plotter.axidraw import PlotSettings
from plotter.profile import LONGEST_S, Floats, Ints, Pieces, Profile, make_profile, phases
from plotter.route import Route

SLACK = 0.29
"""What a corner is passed faster by at most, of acceleration times window: a quarter, and some for its place."""
_ROUNDS = 10
"""Newton steps within a bracket; three or four do it, but at rest."""


def smooth_pieces(route: Route, settings: PlotSettings, limits_mm_s: Floats, shortest_s: float) -> Pieces:
    """Pieces along a route whose jerk is at most ``settings.jerk_mm_s3``, speeds and accelerations as ever.

    Corners are passed no faster than without; where they would be passed too slowly for that, it stops.

    Args:
        limits_mm_s: (n - 1,) speed that the motors allow in the direction of each segment.
        shortest_s: no segment shall be over much sooner.
    """
    accels = np.where(route.down, settings.accel_down_mm_s2, settings.accel_up_mm_s2)
    windows = 2 * accels / settings.jerk_mm_s3
    profile = make_profile(route, settings, limits_mm_s, shortest_s, slack_mm_s=SLACK * accels * windows)
    some = np.flatnonzero(route.lengths > 0)
    if not len(some):
        none = np.zeros(0)
        return Pieces(some, none, none, none, none, none)
    motion = _Motion.along(route, profile, some, windows[some])
    return _cut(motion, some, route.lengths[some], shortest_s)


@dataclass(frozen=True, eq=False)
class _Motion:
    """Way over time at constant accelerations, with rests between runs in which the average comes to rest too."""

    at_s: Floats
    """(p,) when each phase begins."""
    way: Floats
    speed: Floats
    accel: Floats
    area: Floats
    """(p,) integral of the way up to there."""
    ends_s: Floats
    """(m,) when each segment ends."""
    ends_mm: Floats
    """(m,) and where, since the start of all."""
    window_s: Floats
    """(m,) that each segment is averaged over."""
    first: NDArray[np.bool_]
    """(m,) True for the first segment of a run from rest to rest."""

    @classmethod
    def along(cls, route: Route, profile: Profile, some: Ints, windows: Floats) -> _Motion:
        """Along these segments of a route."""
        v0, v1 = np.sqrt(profile.squares[some]), np.sqrt(profile.squares[some + 1])
        tops, accels = profile.tops[some], profile.accels[some]
        up_s, cruise_s, slow_s = phases(route.lengths[some], v0, v1, tops, accels)
        first = np.append(True, profile.squares[some[1:]] == 0)
        last = np.append(first[1:], True)
        before, after = np.where(first, windows / 2, 0.0), np.where(last, windows / 2, 0.0)
        zero = np.zeros_like(v0)
        spans = np.column_stack([before, up_s, cruise_s, slow_s, after])
        speed = np.column_stack([zero, v0, tops, tops, zero])
        accel = np.column_stack([zero, accels, zero, -accels, zero])
        spans, speed, accel = spans.ravel(), speed.ravel(), accel.ravel()
        at_s = np.concatenate([[0.0], np.cumsum(spans)])
        # the way that a segment comes out at is its length, to the last bit
        gains = speed * spans + accel * spans**2 / 2
        own = gains.reshape(-1, 5).sum(axis=1)
        gains *= np.repeat(route.lengths[some] / np.maximum(own, 1e-12), 5)
        way = np.concatenate([[0.0], np.cumsum(gains)])
        areas = way[:-1] * spans + speed * spans**2 / 2 + accel * spans**3 / 6
        area = np.concatenate([[0.0], np.cumsum(areas)])
        ends_s = at_s[5::5] - after
        return cls(at_s[:-1], way[:-1], speed, accel, area[:-1], ends_s, way[5::5], windows, first)

    def smoothed(self, t: Floats, window_s: Floats) -> tuple[Floats, Floats]:
        """Way and speed of the average at these times."""
        way0, area0 = self._at(t - window_s / 2)
        way1, area1 = self._at(t + window_s / 2)
        return (area1 - area0) / window_s, (way1 - way0) / window_s

    def _at(self, t: Floats) -> tuple[Floats, Floats]:
        phase = np.maximum(np.searchsorted(self.at_s, t, side="right") - 1, 0)
        dt = t - self.at_s[phase]
        speed, accel = self.speed[phase], self.accel[phase]
        way = self.way[phase] + speed * dt + accel * dt**2 / 2
        return way, self.area[phase] + self.way[phase] * dt + speed * dt**2 / 2 + accel * dt**3 / 6

    def passed_s(self) -> Floats:
        """(m,) when the average passes the end of each segment."""
        last = np.append(self.first[1:], True)
        low, high = self.ends_s - self.window_s / 2, self.ends_s + self.window_s / 2
        t = self.ends_s.copy()
        for _ in range(_ROUNDS):
            way, speed = self.smoothed(t, self.window_s)
            over = way > self.ends_mm
            low, high = np.where(over, low, t), np.where(over, t, high)
            newton = t - (way - self.ends_mm) / np.maximum(speed, 1e-9)
            t = np.where((newton > low) & (newton < high), newton, (low + high) / 2)
        return np.where(last, self.ends_s + self.window_s / 2, t)


def _cut(motion: _Motion, some: Ints, lengths: Floats, shortest_s: float) -> Pieces:
    """Each segment in pieces of equal time, so short that an acceleration which grows and fades is not cut across."""
    to_s = motion.passed_s()
    last = np.append(motion.first[1:], True)
    spans = np.maximum(np.diff(to_s, prepend=0.0), 1e-9)
    longest_s = np.clip(motion.window_s / 2, 1.5 * shortest_s, LONGEST_S)
    counts = np.maximum(1, np.ceil(spans / longest_s - 1e-9)).astype(np.int64)
    own = np.repeat(np.arange(len(some)), counts)
    nth = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    t = (to_s - spans)[own] + nth * (spans / counts)[own]
    way, speed = motion.smoothed(t, motion.window_s[own])
    ends = nth == counts[own]
    begins_mm = np.append(0.0, motion.ends_mm[:-1])
    at_mm = np.where(ends, lengths[own], np.clip(way - begins_mm[own], 0.0, lengths[own]))
    speed = np.where(ends & last[own], 0.0, np.maximum(speed, 0.0))
    opens = nth == 1
    length_mm = at_mm - np.where(opens, 0.0, np.append(0.0, at_mm[:-1]))
    start = np.where(opens & motion.first[own], 0.0, np.append(0.0, speed[:-1]))
    return Pieces(some[own], at_mm, length_mm, start, speed, (spans / counts)[own])
