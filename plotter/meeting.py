"""Meeting a board: who it is, whether it lived since it was last driven, where its carriage is; the pen comes up first.

A plot leaves a mark in the board's memory, an odd number, another one each time. A board that still has it kept its
power since, and its counters say where the carriage is and how far the plot came. Whoever moves the carriage between
plots makes the mark even: then they say only where it is. Any other mark says nothing, and a person puts it home.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from plotter.axidraw import Machine, PlotSettings
from plotter.blocks import to_point
from plotter.board import FORGOTTEN, Board, PenServo
from plotter.errors import NotReady, PlaceUnknown, PlotterError, PlotterSilent, UnknownBoard
from plotter.firmware import Firmware
from plotter.journal import Progress
from plotter.watch import Watch

CLEARS_BY_POWER = Firmware(2, 6, 2)
"""From here on switching the motors clears their counters, so that counters other than 0 can be trusted."""

_RESET = (
    "The plotter was reset just now: its power or its USB supply failed. Put the carriage home by hand, then take the "
    "plot up again."
)


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
    lift = settings.pen_lift
    up, down = settings.servo_up, settings.servo_down
    return PenServo(up, down, settings.servo_raise_rate, settings.servo_lower_rate, lift.pin, lift.slots)


def lived(board: Board, told: Progress | None) -> bool:
    """Whether a board kept its power, and its motors theirs, since a journal was written; nothing moves."""
    if told is None or told.lost or told.leg is None:  # a board may live on while its motors have no power
        return False
    mark = board.mark()
    return any(mark in (each, each + 1) for each in told.marks) and board.motors_hold() is not False


def tell_moved(board: Board) -> None:
    """To be called before the carriage is moved by anything but a plot."""
    if (mark := board.mark()) % 2:
        board.set_mark(mark + 1)


def _next_mark(*others: int) -> int:
    """Any odd one up to 253, but none of those, nor what a move makes of them.

    By chance: after each switching on the first one would be the same, and be taken for that of an earlier plot.
    """
    return random.choice([mark for mark in range(1, 254, 2) if mark not in others and mark + 1 not in others])


def meet(
    board: Board,
    settings: PlotSettings,
    machine: Machine | None,
    told: Progress | None,
    on_mark: Callable[[int], None],
    *,
    at_home: bool = True,
) -> Met:
    """Set a board up to draw; what moves first is the pen, up, unless it is up and nothing was interrupted.

    Args:
        board: identified.
        told: by the journal of a plot that is taken up; None for one that begins, from home or from where the board's
            own counters say.
        on_mark: told of the next mark before the board has it.
        at_home: a person has put the carriage home, should the board not know where it is.

    Raises:
        NotReady: the motors have no power.
        PlaceUnknown: the board was reset, and the carriage was not put home.
        PlotterError: by its counters the carriage is where it can't be.
    """
    if (volts := board.voltage()) < settings.lowest_v:
        raise NotReady(f"The motors have no power ({volts:.1f} V): plug in the supply of the plotter and switch it on.")
    mark = board.mark()
    alive = lived(board, told)
    board.set_up(servo(settings))
    if told is not None or not board.pen_is_up():
        board.pen_up(settings.raise_ms)
    board.wait_idle()  # for what a program before this one has left in the queue
    position = board.query_position()
    keep = alive if told is not None else position != (0, 0) and board.firmware >= CLEARS_BY_POWER
    x, y = to_point(position)
    if keep and board.motors_hold() is False:
        if board.mark() != mark:
            raise PlaceUnknown(_RESET)
        raise PlotterError(
            "Another program has left the motors at other steps, so the board's counts mean nothing: run monoline "
            "motors off, put the carriage home by hand, and begin again."
        )
    if keep and machine is not None and not machine.reaches(x, y, x, y):
        raise PlotterError(
            f"The board counts the carriage at {x:.1f}, {y:.1f} mm, where it can't be: run monoline motors off, put "
            "the carriage home by hand, and begin again."
        )
    if told is not None and not alive and not at_home:
        raise PlaceUnknown(_RESET)
    marked = _next_mark(mark, *(told.marks if told is not None else ()))
    on_mark(marked)
    if keep:
        _check_not_reset(board, mark, position, marked)
    else:
        board.take_home()
        board.set_mark(marked)
        x, y = 0.0, 0.0
    moved = told is not None and told.leg is not None and mark != told.leg.mark
    return Met(alive, moved, (x, y), marked, Watch(board, marked, settings.lowest_v))


def _check_not_reset(board: Board, mark: int, position: tuple[int, int], marked: int) -> None:
    """Mark a board anew whose counts are to be believed, and see to it that it was not reset until then."""
    same = board.mark() == mark
    board.set_mark(marked)
    if not same or board.query_position() != position:
        board.set_mark(FORGOTTEN)
        raise PlaceUnknown(_RESET)


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
