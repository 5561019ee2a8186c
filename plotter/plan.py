"""The exact plan of a plot: every command that will be sent, its duration, and where the pen is at any time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from drawing.geometry import Polyline
from plotter.axidraw import PlotSettings
from plotter.blocks import Blocks, make_blocks, shortest_s, speed_limits, to_lattice, to_mm
from plotter.braking import brake, ink_at
from plotter.ebb import LM, LT, S2, SM, SP, USUAL, Firmware
from plotter.lifts import HOP, LOWER, PAUSE, RAISE, pen_moves
from plotter.profile import Floats, Ints, Pieces, cut, make_profile
from plotter.route import Mask, Place, Route, make_route
from plotter.smooth import smooth_pieces
from plotter.ticks import TICK_S, TICKS_PER_MS

Motion = LM | LT | SM | SP | S2
T = TypeVar("T", bound=np.generic)

NEAR_MM = 0.03
"""So near to its way a carriage is on it: whole steps and rounding, no more."""


@dataclass(frozen=True)
class Moment:
    """What is going on at a time."""

    index: int
    """Of the command; as many as there are commands when all is over."""
    x_mm: float
    y_mm: float
    pen_down: bool
    stroke: int
    """The line of the sheet that is being drawn, or next to be."""
    ink_mm: float
    """Ink of the sheet up to here, measured along its lines."""


@dataclass(frozen=True)
class Halt:
    """How to come to rest: along the path, then with the pen up."""

    commands: tuple[Motion, ...]
    place: Place
    """What is drawn then; a plan that begins there goes on."""
    x_mm: float
    y_mm: float
    ink_mm: float
    duration_s: float


@dataclass(frozen=True, eq=False)
class Plan:
    """Commands in order, as columns; made by ``make_plan``. Times count from the start of the first one."""

    route: Route
    settings: PlotSettings
    firmware: Firmware
    blocks: Blocks
    pieces: Pieces
    """What each block does along the route."""
    start: Ints
    """(2,) motor positions at the start."""
    block: Ints
    """(n,) which block a command is, or RAISE, LOWER, HOP or PAUSE."""
    wait_ms: Ints
    """(n,) how long the command after one of those waits; 0 for blocks."""

    def __len__(self) -> int:
        return len(self.block)

    def command(self, index: int) -> Motion:
        """One command."""
        block = int(self.block[index])
        return self.blocks.command(block) if block >= 0 else self._pen(block, int(self.wait_ms[index]))

    def commands(self) -> Iterator[Motion]:
        """All of them, made while they are taken."""
        return map(self.command, range(len(self)))

    def _pen(self, code: int, wait_ms: int) -> Motion:
        settings = self.settings
        pin = settings.pen_lift.pin
        if code == PAUSE:
            return SM(wait_ms, 0, 0)
        if code == HOP:
            return S2(settings.servo_hop, settings.servo_raise_rate, wait_ms, pin)
        return SP(code == RAISE, wait_ms, pin)

    def _raise(self, wait_ms: int | None = None) -> Motion:
        return self._pen(RAISE, self.settings.raise_ms if wait_ms is None else wait_ms)

    # measures

    @property
    def duration_s(self) -> float:
        """The sum of the commands."""
        return float(self.starts_s[-1])

    @property
    def lifts(self) -> int:
        """How often the pen goes down and up again."""
        return len(self.route.first)

    @property
    def ink_m(self) -> float:
        """Ink that this plan draws."""
        return float(self.route.ink_mm[-1] - self.route.ink_mm[0]) / 1000

    @property
    def travel_m(self) -> float:
        """Way with the pen up, to the first stroke and home included."""
        return float(self.route.lengths[~self.route.down].sum()) / 1000

    @property
    def shortest_command_ms(self) -> float:
        """Of those that move; 0 if none does."""
        return float(self.blocks.seconds.min()) * 1000 if len(self.blocks) else 0.0

    def at(self, seconds: float) -> Moment:
        """What goes on at a time; before the start and after the end the pen rests there."""
        index = min(max(int(np.searchsorted(self.starts_s, seconds, side="right")) - 1, 0), len(self))
        here, ink = self.positions_mm[index], float(self.ink_mm[index])
        down = index < len(self) and bool(self.down[index])
        if index < len(self):
            begins, ends = self.starts_s[index : index + 2].tolist()
            share = min(1.0, max(0.0, (seconds - begins) / (ends - begins)))
            here = here + share * (self.positions_mm[index + 1] - here)
            ink += share * float(self.ink_mm[index + 1] - ink)
        x, y = here.tolist()
        return Moment(index, x, y, down, self.stroke(index), ink)

    def stroke(self, index: int) -> int:
        """The line of the sheet that a command draws, raises the pen from or leads to."""
        strokes = self._stroke
        return self.route.begin.stroke + (int(strokes[index]) if index < len(strokes) else self.lifts)

    # columns

    @cached_property
    def starts_s(self) -> Floats:
        """(n + 1,) when each command starts; the last is when all is over."""
        pen = np.maximum(1, self.wait_ms * TICKS_PER_MS)
        ticks = np.where(self.block >= 0, self._of_blocks(self.blocks.ticks), pen)
        return np.concatenate([[0.0], np.cumsum(ticks) * TICK_S])

    @cached_property
    def positions_mm(self) -> Floats:
        """(n + 1, 2) where each command starts, in whole steps; the last is the end."""
        steps = np.column_stack([self._of_blocks(self.blocks.steps1), self._of_blocks(self.blocks.steps2)])
        steps[self.block < 0] = 0
        return to_mm(self.start + np.concatenate([np.zeros((1, 2), dtype=np.int64), np.cumsum(steps, axis=0)]))

    @cached_property
    def ink_mm(self) -> Floats:
        """(n + 1,) ink of the sheet when each command starts, measured along the sheet's lines."""
        ends = ink_at(self.route, self.pieces.segment, self.pieces.at_mm)
        known = np.concatenate([self.route.ink_mm[:1], ends])
        done = np.maximum.accumulate(np.concatenate([[-1], self.block]))
        return known[np.maximum(done, -1) + 1]

    @cached_property
    def down(self) -> Mask:
        """(n,) True for commands that draw."""
        return (self.block >= 0) & self._of_blocks(self.route.down[self.pieces.segment])

    @cached_property
    def lowers_early(self) -> Mask:
        """(n,) True for commands that lower the pen while the carriage is still on its way."""
        travels = (self.block >= 0) & ~self.down
        return (self.block == LOWER) & np.append(travels[1:], False)

    @cached_property
    def needs_care(self) -> Mask:
        """(n,) True for commands before which the board must be known to be well: they lead to ink.

        Where the pen comes down on the way, that is before the carriage sets out.
        """
        sets_out = np.flatnonzero((self.block == RAISE) | (self.block == HOP))
        early = np.flatnonzero(self.lowers_early)
        care = (self.block == LOWER) & ~self.lowers_early
        care[sets_out[np.searchsorted(sets_out, early) - 1]] = True
        return care

    @cached_property
    def _stroke(self) -> Ints:
        """(n,) number in the route of the stroke that a command draws, ends or leads to."""
        ends = (self.block == RAISE) | (self.block == HOP)
        return np.cumsum(ends) - ends - (np.arange(len(ends)) > 0)  # the first one ends none

    def _of_blocks(self, values: NDArray[T]) -> NDArray[T]:
        return values[np.maximum(self.block, 0)] if len(values) else np.zeros(len(self), dtype=values.dtype)

    # stopping

    def place(self, index: int) -> Place:
        """What is drawn when the commands before ``index`` are done; a plan that begins there goes on."""
        if index == 0:
            return self.route.begin
        stroke = self.stroke(index)
        if index >= len(self):
            return Place(stroke)
        if self.block[index] in (RAISE, HOP):
            return Place(stroke + 1)
        if self.down[index]:
            return Place(stroke, self._along(stroke, float(self.ink_mm[index])))
        return self.route.begin if stroke == self.route.begin.stroke else Place(stroke)

    def halt(self, index: int) -> Halt:
        """How to come to rest when the commands before ``index`` were sent, and it was not."""
        lattice = to_lattice(self.positions_mm[index : index + 1])[0]
        place, ink = self.place(index), float(self.ink_mm[index])
        if index >= len(self):
            return self._halt((), place, lattice, ink)
        block = int(self.block[index])
        if index == 0 or block in (RAISE, HOP):
            return self._halt((self._raise(),), place, lattice, ink)
        moves: tuple[Motion, ...] = ()
        if self.lowers_early[index]:  # it is in full motion between two blocks
            block = int(self.block[index + 1])
        if block >= 0 and self.pieces.from_mm_s[block] > 0:
            moves, lattice, ink = brake(self.route, self.pieces, self.settings, self.firmware, block, lattice)
        if self.down[index]:
            place = Place(place.stroke, self._along(place.stroke, ink))
            return self._halt((*moves, self._raise()), place, lattice, ink)
        before = int(self.block[:index][self._moves_pen[:index]][-1])
        if before == RAISE:
            return self._halt(moves, place, lattice, ink)
        # it is a bit up only, or comes down already: up with it at once, and all the way
        return self._halt((self._raise(0), *moves, self._raise()), place, lattice, ink)

    @cached_property
    def _moves_pen(self) -> Mask:
        return (self.block < 0) & (self.block != PAUSE)

    def ink_of(self, place: Place) -> float:
        """Ink of the sheet up to a place on it, one that this plan has to do with."""
        lines = self.route.line_ink_mm
        index = place.stroke - self.route.begin.stroke
        return float(lines[index]) + place.along_mm if index < len(lines) else float(self.route.ink_mm[-1])

    def _along(self, stroke: int, ink_mm: float) -> float:
        return ink_mm - float(self.route.line_ink_mm[stroke - self.route.begin.stroke])

    def find(self, position_mm: tuple[float, float], first: int, last: int) -> Place | None:
        """What is drawn if the carriage came to rest here, on its way from command ``first`` to ``last``.

        Where the way comes by more than once, the first time counts: rather a bit of line twice than none.

        Returns:
            None if the way of these commands does not come by within NEAR_MM.
        """
        last = min(last, len(self))
        ends = self.positions_mm[first : last + 1]
        step = np.diff(ends, axis=0)
        square = np.maximum((step**2).sum(axis=1), 1e-12)
        here = np.array(position_mm)
        share = np.clip(((here - ends[:-1]) * step).sum(axis=1) / square, 0.0, 1.0)
        away = np.hypot(*(ends[:-1] + share[:, None] * step - here).T)
        near = np.flatnonzero(away <= NEAR_MM)
        if not len(near):
            return None
        at = int(near[0])
        while at + 1 < len(away) and away[at + 1] < away[at]:  # it is only coming nearer
            at += 1
        index = first + at
        if not self.down[index]:
            return self.place(index)
        ink = self.ink_mm[index] + share[at] * (self.ink_mm[index + 1] - self.ink_mm[index])
        stroke = self.stroke(index)
        return Place(stroke, self._along(stroke, float(ink)))

    def _halt(self, commands: tuple[Motion, ...], place: Place, lattice: Ints, ink: float) -> Halt:
        x, y = to_mm(lattice[None])[0].tolist()
        return Halt(commands, place, x, y, ink, sum(command.ticks for command in commands) * TICK_S)


def make_plan(
    lines: Sequence[Polyline],
    settings: PlotSettings,
    firmware: Firmware = USUAL,
    *,
    start: tuple[float, float] = (0.0, 0.0),
    begin: Place | None = None,
) -> Plan:
    """Plan to draw lines, in mm from the home corner, in their order and direction, and to go home.

    The pen is raised first and last. Between lines it travels straight. Corners, speeds and
    accelerations keep the settings' limits; ink stays within 0.03 mm of the lines.

    Args:
        start: where the carriage is, in mm.
        begin: what lies before it is drawn already.
    """
    return plan_route(make_route(lines, start, begin), settings, firmware)


def plan_route(route: Route, settings: PlotSettings, firmware: Firmware = USUAL) -> Plan:
    """Plan to go along a route; one without strokes raises the pen, and rests at each of its points."""
    shortest, limits = shortest_s(firmware), speed_limits(route.directions)
    with_jerk = settings.jerk_mm_s3 > 0 and firmware.draws_with_jerk
    make_pieces = smooth_pieces if with_jerk else _pieces
    pieces = make_pieces(route, settings, limits, shortest)
    ends = route.points[pieces.segment] + route.directions[pieces.segment] * pieces.at_mm[:, None]
    # the end of a segment is its point to the last bit, so that all who meet there round alike
    last = np.append(np.diff(pieces.segment) > 0, True) if len(pieces.segment) else np.zeros(0, dtype=np.bool_)
    ends[last] = route.points[pieces.segment[last] + 1]
    here = to_lattice(route.points[:1])[0]
    blocks, which = make_blocks(
        here, ends, pieces.length_mm, pieces.from_mm_s, pieces.to_mm_s, pieces.seconds, firmware, with_jerk=with_jerk
    )
    pieces = pieces.select(which)
    pens = pen_moves(route, settings, pieces.segment, blocks.ticks)
    block = np.insert(np.arange(len(blocks)), pens.before, pens.code)
    wait_ms = np.insert(np.zeros(len(blocks), dtype=np.int64), pens.before, pens.wait_ms)
    return Plan(route, settings, firmware, blocks, pieces, here, block, wait_ms)


def _pieces(route: Route, settings: PlotSettings, limits_mm_s: Floats, shortest_s: float) -> Pieces:
    """Pieces along a route at constant accelerations, as fast as the limits allow."""
    profile = make_profile(route, settings, limits_mm_s, shortest_s)
    some = np.flatnonzero(route.lengths > 0)
    return cut(
        some, route.lengths[some], profile.squares[some], profile.squares[some + 1], profile.tops[some],
        profile.accels[some], shortest_s,
    )  # fmt: skip
