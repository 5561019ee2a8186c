"""Meeting a board: who it is, whether it lived since it was last driven, where its carriage is; the pen comes up first.

A plot leaves a mark in the board's memory, an odd number, another one each time. A board that still has it kept its
power since, and its counters say where the carriage is and how far the plot came. Whoever moves the carriage between
plots makes the mark even: then they say only where it is. Any other mark says nothing, and a person puts it home.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from plotter.axidraw import Machine, PlotSettings
from plotter.blocks import to_point
from plotter.board import FORGOTTEN, Board, PenServo
from plotter.errors import NotReady, PlaceUnknown, PlotterError, PlotterSilent, UnknownBoard
from plotter.firmware import Firmware
from plotter.journal import Leg
from plotter.watch import Watch

CLEARS_BY_POWER = Firmware(2, 6, 2)
"""From here on switching the motors clears their counters, so that counters other than 0 can be trusted."""


@dataclass(frozen=True)
class Met:
    """A board that is ready to draw."""

    lived: bool
    """Whether it kept its power since the leg that was asked about."""
    moved: bool
    """Whether the carriage was moved since, by the board's own counters."""
    position_mm: tuple[float, float]
    """Where the carriage is."""
    mark: int
    """What it is marked with from now on."""
    watch: Watch


def servo(settings: PlotSettings) -> PenServo:
    """Heights and rates as the board takes them."""
    return PenServo(settings.servo_up, settings.servo_down, settings.servo_raise_rate, settings.servo_lower_rate)


def lived(board: Board, leg: Leg | None) -> bool:
    """Whether a board kept its power, and its motors theirs, since this leg; nothing moves."""
    return leg is not None and board.mark() in (leg.mark, leg.mark + 1) and board.motors_hold() is not False


def tell_moved(board: Board) -> None:
    """To be called before the carriage is moved by anything but a plot."""
    if (mark := board.mark()) % 2:
        board.set_mark(mark + 1)


def _next_mark(*others: int) -> int:
    """Any odd one up to 253, but none of those, nor what a move makes of them.

    By chance: after each switching on the first one would be the same, and be taken for that of an earlier plot.
    """
    return random.choice([mark for mark in range(1, 254, 2) if mark not in others and mark + 1 not in others])


def meet(board: Board, settings: PlotSettings, machine: Machine | None, leg: Leg | None, *, fresh: bool) -> Met:
    """Set a board up to draw; what moves first is the pen, up, unless it is up and nothing was interrupted.

    Args:
        board: identified.
        leg: the last one of a plot that is taken up.
        fresh: a plot that begins, from home or from where the board's own counters say.

    Raises:
        NotReady: the motors have no power.
        PlotterError: by its counters the carriage is where it can't be.
    """
    if (volts := board.voltage()) < settings.lowest_v:
        raise NotReady(f"The motors have no power ({volts:.1f} V): plug in the supply of the plotter and switch it on.")
    mark = board.mark()
    alive = lived(board, leg)
    board.set_up(servo(settings))
    if not fresh or not board.pen_is_up():
        board.pen_up(settings.raise_ms)
    board.wait_idle()  # for what a program before this one has left in the queue
    position = board.query_position()
    keep = alive if not fresh else position != (0, 0) and board.firmware >= CLEARS_BY_POWER
    x, y = to_point(position)
    if keep and board.motors_hold() is False:
        raise PlotterError(
            "Another program has left the motors at other steps, so the board's counts mean nothing: run monoline "
            "motors off, put the carriage home by hand, and begin again."
        )
    if keep and machine is not None and not machine.reaches(x, y, x, y):
        raise PlotterError(
            f"The board counts the carriage at {x:.1f}, {y:.1f} mm, where it can't be: run monoline motors off, put "
            "the carriage home by hand, and begin again."
        )
    if not keep:
        board.take_home()
        x, y = 0.0, 0.0
    moved = leg is not None and mark != leg.mark
    mark = _next_mark(mark, FORGOTTEN if leg is None else leg.mark)
    board.set_mark(mark)
    return Met(alive, moved, (x, y), mark, Watch(board, mark, settings.lowest_v))


def meet_again(board: Board, mark: int, settings: PlotSettings) -> tuple[float, float]:
    """After an answer that was none: who is there, the pen up, and where the carriage came to rest, in mm.

    Raises:
        PlaceUnknown: the board was reset.
        PlotterError: it answers wrong again, or not at all.
    """
    try:
        board.recover()
    except UnknownBoard as error:
        raise PlotterSilent(str(error)) from error
    board.pen_up(settings.raise_ms)
    if board.mark() != mark:
        raise PlaceUnknown("The plotter was reset: its power or its USB supply failed.")
    board.wait_idle()
    return to_point(board.query_position())
