"""Care of a plotter between plots: where its carriage is, moving it with the pen up, its motors, pen and name.

It knows a board, no files and no screen. An AxiDraw has no switches that tell where it is: home is where the step
counts are 0, and they are as good as the motors' grip since then. What can be known of that differs by firmware.

* From 2.8.0 on the board tells whether its motors are on and at which steps; switching them zeroes the counts.
* From 2.6.2 on switching them zeroes the counts, but nobody can ask whether they are on.
* Before, the counts stay whatever happens, also when the motors were off and the carriage was moved by hand.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from plotter.axidraw import Machine, PlotSettings
from plotter.blocks import to_point
from plotter.board import FINEST, FORGOTTEN, Board
from plotter.ebb import Firmware, Immediate
from plotter.errors import NotReady, PlaceUnknown, PlotterError, PlotterLost
from plotter.meeting import servo, tell_moved
from plotter.plan import Plan, plan_route
from plotter.route import Place, Route

ZEROES_WITH_POWER = Firmware(2, 6, 2)
"""From here on EM zeroes the counts."""
LONGEST_NAME = 16
RESTART_S = 1.0
"""The longest that a board which starts anew takes to be gone."""
_NAME = re.compile(r"[ -!#-&(-+\--.0-9;-~]*")
"""What a nickname may have: no comma, which would end it, no quotes, which the board's manual warns of, no / and :."""
_TAKEN = ("auto", "simulator", "official")
"""Names of ports that mean something else."""
Bounds = tuple[float, float, float, float]
ShouldStop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the carriage is, in mm from home, and how far that can be believed."""

    x_mm: float
    y_mm: float
    motors: bool | None
    """Whether they hold the carriage; None where the firmware can't tell."""
    volts: float
    """Of the motors' supply."""
    doubt: str = ""
    """Why the counts mean nothing and what to do, in a line; empty if all speaks for them."""
    caution: str = ""
    """What the firmware can't know about them, in a line."""


@dataclass(frozen=True, slots=True)
class Rest:
    """Where a way ended."""

    x_mm: float
    y_mm: float
    stopped: bool = False
    """It was asked to stop on the way."""


def position_mm(board: Board) -> tuple[float, float]:
    """Where the board counts the carriage, in a move too."""
    return to_point(board.query_position())


def look(board: Board, machine: Machine, settings: PlotSettings) -> Standing:
    """Where the carriage is and what speaks against it; nothing moves, the board is identified."""
    at, firmware, name = position_mm(board), board.firmware, board.transport.name
    volts, motors, doubt, caution = board.voltage(), None, "", ""
    if firmware.queues_motor_power:
        steps = _steps(board)
        motors = all(steps)
        if not motors:
            doubt = f"The motors of the plotter at {name} are off, so nobody knows where its carriage is: {_BY_HAND}"
        elif steps != (FINEST, FINEST):
            doubt = (
                f"Another program has set the motors of the plotter at {name} to steps of 1/{steps[0]}, so its counts "
                f"mean something else: run monoline motors off, then {_BY_HAND}"
            )
    else:
        caution = (
            f"firmware {firmware} can't tell whether the motors were off: home is where it was only if nobody has "
            "moved the carriage by hand"
        )
    if not machine.reaches(*at, *at):
        doubt = (
            f"The board counts its carriage at {at[0]:.1f}, {at[1]:.1f} mm, where the {machine.title} can't be: run "
            f"monoline motors off, then {_BY_HAND}"
        )
    if volts < settings.lowest_v:
        doubt = (
            f"The motors of the plotter at {name} have no power ({volts:.1f} V), so nobody knows where its carriage "
            f"is: plug in the supply, then {_BY_HAND}"
        )
    return Standing(*at, motors, volts, doubt, caution)


_BY_HAND = "move the carriage home, to the top left corner, by hand."


def jog(
    board: Board,
    dx_mm: float,
    dy_mm: float,
    machine: Machine,
    settings: PlotSettings,
    should_stop: ShouldStop = lambda: False,
) -> Rest:
    """Move the carriage by so much, the pen up, along a straight line, and wait until it is there.

    The step counts stay, so that ``go_home`` still finds home; only if the motors were off, or at other steps than
    1/16, home is where the carriage is.

    Raises:
        PlotterError: that would be outside the machine's travel.
        NotReady: the motors have no power.
        PlaceUnknown: the carriage is counted where it can't be.
    """
    raise_pen(board, settings)
    x, y = _grip(board, machine, settings)
    target = x + dx_mm, y + dy_mm
    if not machine.reaches(*target, *target):
        raise PlotterError(
            f"The carriage is at {x:.1f}, {y:.1f} mm and {dx_mm:g}, {dy_mm:g} mm more lead out of the travel of the "
            f"{machine.title}, 0 to {machine.width_mm:g} and 0 to {machine.height_mm:g} mm; go less far, or run "
            "monoline motors off and move it by hand."
        )
    return _go(board, [(x, y), target], settings, should_stop)


def go_home(board: Board, machine: Machine, settings: PlotSettings, should_stop: ShouldStop = lambda: False) -> Rest:
    """Raise the pen, move the carriage to where the step counts are 0, and wait until it is there.

    Raises:
        PlaceUnknown: the counts can't be believed; the pen is up, and the carriage has not moved.
    """
    raise_pen(board, settings)
    if doubt := look(board, machine, settings).doubt:
        raise PlaceUnknown(doubt)
    here = position_mm(board)
    return _go(board, [here, (0.0, 0.0)], settings, should_stop)


def outline(
    board: Board, bounds: Bounds, machine: Machine, settings: PlotSettings, should_stop: ShouldStop = lambda: False
) -> Rest:
    """Go around bounds with the pen up, clockwise, and back to where the carriage was.

    Home is where a plot would take it to be.

    Args:
        bounds: left, top, right, bottom in mm from home.

    Raises:
        SheetTooLarge: the machine does not reach them.
        NotReady, PlaceUnknown: as ``jog``.
    """
    machine.check(bounds)
    raise_pen(board, settings)
    here = _grip(board, machine, settings)
    # a plot on such firmware begins where the carriage is, whatever is counted
    home = (0.0, 0.0) if board.firmware >= ZEROES_WITH_POWER else here
    left, top, right, bottom = bounds
    corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    return _go(board, [here, *((home[0] + x, home[1] + y) for x, y in corners), here], settings, should_stop)


def motors(board: Board, on: bool) -> None:
    """Have the motors hold the carriage, or let it go so that it can be moved by hand.

    Letting it go forgets where it was, whatever the firmware; to hold what is held already changes nothing.
    """
    board.wait_idle()
    if on and _held(board):
        return
    board.set_mark(FORGOTTEN)
    if not on:
        board.pen_up()  # whoever moves the carriage by hand is to draw no line
    board.motors(on)
    if not on and board.firmware < ZEROES_WITH_POWER:
        board.send(Immediate(("CS",)))
    board.wait_idle()


def raise_pen(board: Board, settings: PlotSettings) -> None:
    """Tell the board where the pen is up and down, and raise it; waits until it is up and all else is done."""
    board.set_up(servo(settings))
    board.pen_up(settings.raise_ms)
    board.wait_idle()


def lower_pen(board: Board, settings: PlotSettings) -> None:
    """Tell the board where the pen is up and down, and lower it; waits until it is down."""
    board.set_up(servo(settings))
    board.pen_down(settings.lower_ms)
    board.wait_idle()


def set_nickname(board: Board, name: str) -> bool:
    """Give the board a nickname and have it start anew, which ends the connection; empty for none.

    It is kept in the board's flash, which wears: the same name again changes nothing.

    Returns:
        Whether there was anything to change.

    Raises:
        PlotterError: the name can't be one, or the firmware is too old.
    """
    if not board.firmware.has_nickname:
        raise PlotterError(f"Firmware {board.firmware} keeps no nickname; 2.5.5 and later do.")
    check_nickname(name)
    if board.nickname() == name:
        return False
    board.ask("ST", name)
    if (kept := board.nickname()) != name:
        raise PlotterError(f"The board was given the name {name!r} and says {kept!r}; name it again.")
    with contextlib.suppress(PlotterLost):  # that is what RB is for
        board.transport.write(b"RB\r")
        board.pause(RESTART_S)
    return True


def check_nickname(name: str) -> None:
    """Refuse what no nickname can be.

    Raises:
        PlotterError: with what may be in it.
    """
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name) or name != name.strip():
        raise PlotterError(
            f"{name!r} can't be a nickname: that has up to {LONGEST_NAME} plain letters, digits and signs, without "
            "comma, colon, slash, quotes, and spaces around it."
        )
    if name.casefold() in _TAKEN:
        raise PlotterError(f"A plotter can't be called {name!r}, which names a port of another kind.")


def _steps(board: Board) -> tuple[int, int]:
    """Steps per full step of each motor, 0 where it is off (QE)."""
    words = board.ask("QE")
    if len(words) != 2 or not all(word.isdecimal() for word in words):
        raise PlotterError(f"The plotter at {board.transport.name} answered {','.join(words)[:60]!r} to QE.")
    return int(words[0]), int(words[1])


def _held(board: Board) -> bool:
    """Whether the motors hold the carriage, at the steps that all plans count in."""
    if (hold := board.motors_hold()) is not None:
        return hold
    # where switching zeroes the counts, others come from a move, which switches the motors on by itself
    return board.firmware >= ZEROES_WITH_POWER and board.query_position() != (0, 0)


def _grip(board: Board, machine: Machine, settings: PlotSettings) -> tuple[float, float]:
    """Have the motors hold the carriage where it is, and tell where that is; if they did not, it is home now."""
    standing = look(board, machine, settings)
    if standing.volts < settings.lowest_v:
        raise NotReady(
            f"The motors of the plotter at {board.transport.name} have no power ({standing.volts:.1f} V): plug in the "
            "supply."
        )
    motors(board, True)
    at = position_mm(board)
    if not machine.reaches(*at, *at):
        raise PlaceUnknown(standing.doubt)
    return at


def _go(board: Board, points: Sequence[tuple[float, float]], settings: PlotSettings, should_stop: ShouldStop) -> Rest:
    """Go along points with the pen up, slow down on the way when asked to stop, and wait until all is done."""
    plan = _plan(points, settings, board.firmware)
    tell_moved(board)
    stopped = False
    for index in range(1, len(plan)):  # the first command raises the pen, which is up
        stopped = should_stop()
        commands = plan.halt(index).commands if stopped else (plan.command(index),)
        for command in commands:
            board.feed(command)
        if stopped:
            break
    board.settle()
    board.wait_idle()
    return Rest(*position_mm(board), stopped)


def _plan(points: Sequence[tuple[float, float]], settings: PlotSettings, firmware: Firmware) -> Plan:
    none = np.zeros(0, dtype=np.int64)
    route = Route(np.array(points, dtype=np.float64), np.zeros(len(points)), none, none, Place())
    return plan_route(route, settings, firmware)
