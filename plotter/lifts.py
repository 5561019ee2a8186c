"""When the pen goes up and down between strokes: all the way or a short hop, after the motion or in the midst of it.

A servo takes about as long as a fourth-power blend of its slew and a time to settle, which grows with the way.
The times for the whole way are settings; a shorter way takes less in the same proportion.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plotter.axidraw import PlotSettings
from plotter.errors import PlotterError
from plotter.route import Route
from plotter.ticks import TICKS_PER_MS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RAISE, LOWER, HOP, PAUSE = -1, -2, -3, -4
"""What stands in a plan's column of blocks: the pen all the way up, down, a bit up; a rest."""
_SETTLE_MS, _SETTLE_MS_PCT = 45.0, 2.69
"""A pen settles in so long, and so much longer for each percent of its way (measured on AxiDraws)."""


@dataclass(frozen=True, eq=False)
class PenMoves:
    """Commands between blocks, in order."""

    before: Ints
    """(k,) the block that each comes before; never less than the one before."""
    code: Ints
    """(k,) RAISE, LOWER, HOP or PAUSE."""
    wait_ms: Ints
    """(k,) how long the next command waits."""


@dataclass(frozen=True)
class Times:
    """What a way of the pen takes, in ms."""

    up: int
    down: int
    sets_out: int
    """After so long the carriage may go: the pen is clear of the paper, if not yet all up."""
    early: float
    """So long before the carriage is there the pen may begin to come down."""


def check_lifts(settings: PlotSettings) -> None:
    """Refuse heights at which the pen would not leave the paper, or a hop that is none.

    Raises:
        PlotterError: with the numbers, and what to do.
    """
    up, down, hop = settings.pen_up_pct, settings.pen_down_pct, settings.hop_pct
    if settings.hop_mm > 0 and not min(up, down) < hop < max(up, down):
        raise PlotterError(
            f"On short ways the pen would be at {hop:g} %, which is not between the paper ({down:g} %) and the raised "
            f"pen ({up:g} %); set plot.hop_pct between them, or plot.hop_mm to 0."
        )


def whole_times(settings: PlotSettings) -> Times:
    """All the way up and down."""
    up, down = settings.raise_ms, settings.lower_ms
    return Times(up, down, max(0, up - settings.raise_early_ms), min(settings.lower_early_ms, down))


def hop_times(settings: PlotSettings) -> Times:
    """Up to the height of a hop and down from there.

    The pen leaves the paper as soon as on its whole way. It comes down as late: what it has not to come
    down through gives no time to come early.
    """
    whole, way = whole_times(settings), abs(settings.pen_up_pct - settings.pen_down_pct)
    short = abs(settings.hop_pct - settings.pen_down_pct)
    up = _part(whole.up, short, way, settings.raise_pct_s)
    down = _part(whole.down, short, way, settings.lower_pct_s)
    spared_ms = 1000 * (way - short) / settings.lower_pct_s
    return Times(up, down, min(up, whole.sets_out), min(max(0.0, whole.early - spared_ms), down))


def _part(whole_ms: int, short_pct: float, way_pct: float, pct_s: float) -> int:
    """What part of a way takes, if all of it takes so long."""
    return int(np.ceil(whole_ms * _sweep_ms(short_pct, pct_s) / _sweep_ms(way_pct, pct_s) - 1e-9))


def _sweep_ms(way_pct: float, pct_s: float) -> float:
    return ((1000 * way_pct / pct_s) ** 4 + (_SETTLE_MS + _SETTLE_MS_PCT * way_pct) ** 4) ** 0.25


def pen_moves(route: Route, settings: PlotSettings, segment: Ints, ticks: Ints) -> PenMoves:
    """What the pen does between the blocks of a route: up first, down and up for every stroke.

    Args:
        segment: (b,) which segment of the route each block is part of.
        ticks: (b,) how long each takes.

    Raises:
        PlotterError: the heights of the settings make no sense.
    """
    check_lifts(settings)
    count = len(route.first)
    ends = np.append(np.searchsorted(segment, route.first, side="left"), len(segment))  # of each travel
    begins = np.append(0, np.searchsorted(segment, route.last, side="left"))
    hops = _hops(route, settings)
    whole, hop = whole_times(settings), hop_times(settings)
    up = np.where(hops, hop.up, whole.up)
    sets_out = np.where(hops, hop.sets_out, whole.sets_out)
    sets_out[0] = up[0]  # nobody knows how the pen was before
    down, early = np.where(hops, hop.down, whole.down), np.where(hops, hop.early, whole.early)

    at_ms = np.concatenate([[0.0], np.cumsum(ticks)]) / TICKS_PER_MS
    travel_ms = at_ms[ends] - at_ms[begins]
    lower_ms = np.maximum(travel_ms - early, up - sets_out)  # since it set out; not before the pen is up
    lower = np.searchsorted(at_ms, at_ms[begins] + lower_ms - 1e-6, side="left")
    lower = np.clip(lower, begins, ends)
    left_ms = at_ms[ends] - at_ms[lower]
    rest_ms = np.where(lower == ends, np.maximum(0, np.ceil(up - sets_out - travel_ms - 1e-6)), 0)
    late_ms = np.where(lower == ends, 0, np.maximum(0, np.ceil(down - left_ms - 1e-6)))
    waits = np.where(lower == ends, down, 0)

    before = np.column_stack([begins, ends, lower, ends])
    code = np.column_stack([np.where(hops, HOP, RAISE), *(np.full(count + 1, each) for each in (PAUSE, LOWER, PAUSE))])
    wait_ms = np.column_stack([sets_out, rest_ms, waits, late_ms]).astype(np.int64)
    there = np.column_stack([np.ones(count + 1, dtype=np.bool_), rest_ms > 0, np.ones(count + 1, bool), late_ms > 0])
    there[count, 1:] = False  # home, and no stroke after it
    # a rest comes before the pen is lowered at the end of its way, and after it where it was lowered on the way
    return PenMoves(before[there], code[there], wait_ms[there])


def _hops(route: Route, settings: PlotSettings) -> NDArray[np.bool_]:
    """(strokes + 1,) which travels are hops; neither the first one nor the way home is."""
    count = len(route.first)
    hops = np.zeros(count + 1, dtype=np.bool_)
    if settings.hop_mm > 0 and count > 1:
        at_mm = np.concatenate([[0.0], np.cumsum(route.lengths)])
        hops[1:count] = at_mm[route.first[1:]] - at_mm[route.last[:-1]] <= settings.hop_mm
    return hops
