"""What is looked at before anything moves: the sheet on the machine, the plotter at its port; a list for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from plotter.axidraw import Machine, PlotSettings
from plotter.blocks import to_point
from plotter.board import Board
from plotter.errors import PlotterBusy, PlotterError, PlotterNotFound
from plotter.meeting import CLEARS_BY_POWER
from plotter.official import choose, is_official, not_taken, options_of
from plotter.parts import Part
from plotter.pens import Pen
from plotter.ready import Ready

State = Literal["ok", "warning", "bad"]
MARGIN_MM = 5.0
"""A paper that is larger than the travel by more is worth a word, even where all lines can be reached."""


@dataclass(frozen=True)
class Check:
    """One thing, and whether it is right."""

    name: str
    """A word or two: reach, paper, orientation, ink, port, firmware, supply, pen, carriage, motors."""
    state: State
    """Nothing is drawn while one is bad."""
    says: str
    remedy: str = ""
    """What to do, if it is not ok."""


def passed(checks: tuple[Check, ...]) -> bool:
    """Whether nothing speaks against drawing."""
    return all(check.state != "bad" for check in checks)


def check_sheet(ready: Ready, pen: Pen | None = None) -> tuple[Check, ...]:
    """How a sheet lies on its machine, and whether the pen's ink will do; asks no plotter.

    That all lines can be reached has been seen to by ``ready_sheet``, which refuses the sheet otherwise.
    """
    checks: list[Check] = []
    paper, machine = ready.sheet.paper, ready.machine
    if machine is not None:
        left, top, right, bottom = ready.sheet.drawing.bounds
        spare = min(left, top, machine.width_mm - right, machine.height_mm - bottom)
        checks.append(Check("reach", "ok", f"all lines within the travel, {max(0.0, spare):.0f} mm to spare"))
        over = max(paper.width_mm - machine.width_mm, paper.height_mm - machine.height_mm)
        if over > MARGIN_MM:
            checks.append(
                Check(
                    "paper", "warning", f"{paper} is {over:.0f} mm larger than the travel",
                    "its corner belongs to the home corner; the rest hangs over",
                )
            )  # fmt: skip
    if (over_mm := ready.sheet.overhang_mm()) > 0.05:
        checks.append(
            Check(
                "paper", "warning", f"lines reach {over_mm:.1f} mm beyond the edge of the paper",
                "lay something below that may be drawn on",
            )
        )  # fmt: skip
    elif not any(check.name == "paper" for check in checks):
        checks.append(Check("paper", "ok", f"{paper}, its corner at home"))
    checks.append(
        Check("orientation", "warning", "turned left", "lay the paper's right edge along the long side")
        if ready.turned
        else Check("orientation", "ok", "as on the screen")
    )
    if pen is not None:
        checks.append(_check_ink(pen, ready.plan.ink_m))
    return tuple(checks)


def check_inks(parts: Sequence[Part], pens: Mapping[str, Pen]) -> tuple[Check, ...]:
    """Whether the ink of each pen will do for all that it draws in a plot.

    Args:
        pens: those that are known, by name.
    """
    ink_m: dict[str, float] = {}
    for part in parts:
        ink_m[part.pen] = ink_m.get(part.pen, 0.0) + part.ready.plan.ink_m
    return tuple(_check_ink(pens[name], metres) for name, metres in ink_m.items() if name in pens)


def _check_ink(pen: Pen, ink_m: float) -> Check:
    lacks_m, left_m = pen.lacks_m(ink_m), pen.ink_left_m
    says = pen.name if left_m is None else f"{pen.name}, {left_m:.1f} m left"
    if not lacks_m:
        return Check("ink", "ok", says)
    return Check("ink", "warning", f"{says}, {lacks_m:.1f} m short", "the plot pauses for a refill")


def check_port(port: str, machine: Machine | None = None, settings: PlotSettings | None = None) -> tuple[Check, ...]:
    """Whether a plotter is ready at a port: opens it, asks, and lets go of it again; nothing moves."""
    from plotter.transport import open_transport

    if is_official(port):
        return _check_official(port, machine, settings or PlotSettings())
    try:
        board = Board(open_transport(port))
    except PlotterBusy as error:
        return (Check("port", "bad", str(error), "close the other program"),)
    except PlotterError as error:
        return (Check("port", "bad", str(error), "plug the plotter in and switch it on"),)
    try:
        board.identify()
        return (Check("port", "ok", board.transport.name), *check_board(board, machine, settings))
    except PlotterError as error:
        return (Check("port", "bad", str(error), "look at its cable and its power"),)
    finally:
        board.close()


def _check_official(port: str, machine: Machine | None, settings: PlotSettings) -> tuple[Check, ...]:
    """Whether the official software is there and knows the machine; it is not asked for the plotter, which it finds."""
    try:
        chosen = choose(port)
        if machine is not None:
            options_of(chosen, settings, machine.name)
    except PlotterNotFound as error:
        return (Check("software", "bad", str(error), "install it, or draw without"),)
    except PlotterError as error:
        return (Check("software", "bad", str(error), "choose another machine, or the other software"),)
    told = Check("software", "ok", f"{chosen.official.name}, {chosen.official.where}")
    left = [Check("settings", "warning", words, "they are left out") for words in not_taken(chosen, settings)]
    return (told, *left)


def check_board(board: Board, machine: Machine | None, settings: PlotSettings | None = None) -> tuple[Check, ...]:
    """A plotter that was identified: its supply, its pen, where it counts its carriage; nothing moves.

    Raises:
        PlotterError: it does not answer.
    """
    settings = settings or PlotSettings()
    name = board.nickname()
    checks = [Check("firmware", "ok", f"{board.firmware}{f', {name}' if name else ''}")]
    volts = board.voltage()
    checks.append(
        Check("supply", "ok", f"{volts:.1f} V")
        if volts >= settings.lowest_v
        else Check("supply", "bad", f"the motors have no power ({volts:.1f} V)", "plug in the supply, switch it on")
    )
    checks.append(
        Check("pen", "ok", "up")
        if board.pen_is_up()
        else Check("pen", "warning", "down", "it comes up before anything else moves")
    )
    position = board.query_position()
    x, y = to_point(position)
    if board.firmware < CLEARS_BY_POWER:
        checks.append(Check("carriage", "ok", "home is where it is: is it there?"))
        return tuple(checks)
    if position != (0, 0) and board.motors_hold() is False:
        checks.append(
            Check(
                "motors", "bad", "off, or left at other steps by another program, so the counts mean nothing",
                "run monoline motors off, put the carriage home",
            )
        )  # fmt: skip
    if position == (0, 0):
        checks.append(Check("carriage", "ok", "counted at home: is it there?"))
    elif machine is None or machine.reaches(x, y, x, y):
        checks.append(
            Check(
                "carriage", "warning", f"counted at {x:.1f}, {y:.1f} mm",
                "the plot starts from there; monoline home brings it back",
            )
        )  # fmt: skip
    else:
        checks.append(
            Check(
                "carriage", "bad", f"counted at {x:.1f}, {y:.1f} mm, where it can't be",
                "switch the plotter off and on, put the carriage home",
            )
        )  # fmt: skip
    return tuple(checks)
