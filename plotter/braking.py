"""How to come to rest along a route, from wherever a plan is."""

from __future__ import annotations

import numpy as np

from plotter.axidraw import PlotSettings
from plotter.blocks import make_blocks, shortest_s, to_lattice
from plotter.ebb import LM, LT, SM, Firmware
from plotter.profile import Floats, Ints, Pieces, cut
from plotter.route import Route

LONGEST_BRAKE_S = 0.135
"""A stop is no slower, however gently a plot is to speed up; no machine is asked for more than that of 400 mm/s."""
_SHORTEST_TICKS = 25
"""A stop begins anywhere, and one short block after long ones starves nobody."""


def brake(
    route: Route, pieces: Pieces, settings: PlotSettings, firmware: Firmware, block: int, lattice: Ints
) -> tuple[tuple[LM | LT | SM, ...], Ints, float]:
    """Blocks that slow down from the start of this one, where they end, and the ink until there.

    The path is the same; the plan slows down no faster than its settings say, so that no corner is passed too fast.
    """
    first = int(pieces.segment[block])
    begin_mm = float(pieces.at_mm[block] - pieces.length_mm[block])
    drawn = bool(route.down[first])
    accel = settings.accel_down_mm_s2 if drawn else settings.accel_up_mm_s2
    square = float(pieces.from_mm_s[block]) ** 2
    accel = max(accel, square**0.5 / LONGEST_BRAKE_S)
    ends = np.cumsum(route.lengths[first : first + _segments_within(route, first, begin_mm, square / (2 * accel))])
    ends = np.minimum(ends - begin_mm, square / (2 * accel))
    lengths = np.diff(ends, prepend=0.0)
    segments = first + np.arange(len(lengths))
    squares = np.maximum(0.0, square - 2 * accel * np.concatenate([[0.0], ends]))
    squares[-1] = 0.0
    some = np.flatnonzero(lengths > 0)
    made = cut(
        segments[some], lengths[some], squares[some], squares[some + 1], np.sqrt(squares[some]),
        np.full(len(some), accel), shortest_s(firmware),
    )  # fmt: skip
    at_mm = made.at_mm + np.where(made.segment == first, begin_mm, 0.0)
    points = route.points[made.segment] + route.directions[made.segment] * at_mm[:, None]
    blocks, _ = make_blocks(
        lattice, points, made.length_mm, made.from_mm_s, made.to_mm_s, made.seconds, firmware,
        _SHORTEST_TICKS,
    )  # fmt: skip
    moves = tuple(blocks.command(each) for each in range(len(blocks)))
    end = to_lattice(points[-1:])[0]
    return moves, end, float(ink_at(route, made.segment[-1:], at_mm[-1:])[0])


def ink_at(route: Route, segments: Ints, at_mm: Floats) -> Floats:
    """Ink of the sheet up to places on segments of the route."""
    share = at_mm / np.maximum(route.lengths[segments], 1e-12)
    return route.ink_mm[segments] + share * (route.ink_mm[segments + 1] - route.ink_mm[segments])


def _segments_within(route: Route, first: int, begin_mm: float, way_mm: float) -> int:
    """How many segments from this one on are entered in so many mm from a place on it."""
    count, reach = 0, -begin_mm
    while reach < way_mm - 1e-9 and first + count < len(route.lengths):
        reach += float(route.lengths[first + count])
        count += 1
    return count
