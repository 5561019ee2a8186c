"""Commands that move the plotter between plots, its carriage, pen and motors, and the cards that try it."""

from __future__ import annotations

import shutil
import signal
import sys
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tui.commands.plot import Model, Settings, SheetFile, clock, finish_plot, machine_of, settings_of
from tui.console import STOPPED, AsJson, CommandError, Force, check_free, finish, note

if TYPE_CHECKING:
    from plotter.axidraw import Machine
    from plotter.board import Board
    from plotter.card import CardPart
    from plotter.care import Rest
    from plotter.parts import Part

PortOption = Annotated[
    str, typer.Option("--port", metavar="PORT", help="auto, a device or nickname, tcp://HOST:PORT, or simulator.")
]
PenOption = Annotated[
    str | None, typer.Option("--pen", metavar="NAME", help="A pen of the studio: its heights.", show_default=False)
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before moving.")]
NEGATIVE = {"ignore_unknown_options": True}
"""Has -10 read as a number."""


def register(app: typer.Typer) -> None:
    """Add these commands to the top level."""
    app.command(context_settings=NEGATIVE)(jog)
    app.command()(home)
    app.command()(pen)
    app.command()(motors)
    app.command()(outline)
    app.command()(card)


def jog(
    x: Annotated[float, typer.Argument(metavar="X", help="mm to the right; less than 0 to the left.")],
    y: Annotated[float, typer.Argument(metavar="Y", help="mm towards you; less than 0 away.")],
    port: PortOption = "auto",
    model: Model = None,
    settings: Settings = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Move the carriage by so many mm, the pen up; it stays within the machine's travel.

    Home stays where it is. If the motors were off, home is where the carriage is now.
    """
    from plotter.care import jog as move
    from plotter.care import look

    machine = _machine(model)
    chosen = machine.apply(settings_of(settings))
    _check_askable(yes, port)
    with _board(port) as board:
        standing = look(board, machine, chosen)
        here = "with its motors off, so that home is here" if standing.motors is False else _at(standing)
        _ask(f"The carriage of the {machine.title} is {here}; pen up, {x:g}, {y:g} mm further. Move?", yes, port)
        with _stoppable() as should_stop:
            rest = move(board, x, y, machine, chosen, should_stop)
    _report(rest, as_json)


def home(
    port: PortOption = "auto",
    model: Model = None,
    settings: Settings = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Raise the pen and move the carriage home, the top left corner.

    An AxiDraw has no switches: home is where the carriage was when its motors were switched on. If they have let go
    since, nobody knows where it is; then you are told to move it by hand.
    """
    from plotter.care import go_home, look

    machine = _machine(model)
    chosen = machine.apply(settings_of(settings))
    _check_askable(yes, port)
    with _board(port) as board:
        standing = look(board, machine, chosen)
        if not standing.doubt:
            caution = f"; {standing.caution}" if standing.caution else ""
            _ask(f"The carriage of the {machine.title} is {_at(standing)}{caution}. Move it home, pen up?", yes, port)
            if caution and (yes or port == "simulator"):
                note(standing.caution)
        with _stoppable() as should_stop:
            rest = go_home(board, machine, chosen, should_stop)
    _report(rest, as_json)


def outline(
    sheet: SheetFile,
    port: PortOption = "auto",
    model: Model = None,
    settings: Settings = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Go around the ink of a sheet with the pen up, as it will be plotted, and back."""
    from plotter.care import outline as go_around
    from plotter.errors import SheetError
    from plotter.ready import choose_layers, place_on
    from plotter.sheet import read_sheet

    machine = _machine(model)
    chosen = machine.apply(settings_of(settings))
    read = read_sheet(sheet)
    if not read.drawing.lines:
        raise SheetError(f"{sheet} has no lines to draw.")
    read, remarks = choose_layers(sheet, read, "")
    for remark in remarks:
        note(remark)
    placed, turned = place_on(read, machine)
    left, top, right, bottom = (round(each, 4) for each in placed.drawing.bounds)
    if turned:
        note("the sheet is turned left: lay its right edge along the long side of the machine")
    around = f"{left:.1f}, {top:.1f} to {right:.1f}, {bottom:.1f} mm"
    _check_askable(yes, port)
    with _board(port) as board:
        _ask(f"{machine.title} at {port}; pen up, around {around} from home. Move?", yes, port)
        with _stoppable() as should_stop:
            rest = go_around(board, (left, top, right, bottom), machine, chosen, should_stop)
    _report(rest, as_json, f"around {around}; ", bounds_mm=[left, top, right, bottom], turned=turned)


def pen(
    context: typer.Context,
    where: Annotated[Literal["up", "down"], typer.Argument(help="up or down.", show_default=False)],
    port: PortOption = "auto",
    model: Model = None,
    settings: Settings = None,
    named: PenOption = None,
    as_json: AsJson = False,
) -> None:
    """Raise or lower the pen, as with --set plot.pen_down_pct=25."""
    from plotter.axidraw import DEFAULT_MACHINE
    from plotter.care import lower_pen, raise_pen
    from plotter.official import is_official
    from plotter.official_process import move_pen

    chosen = _machine(model).apply(settings_of(settings, context.obj, named))
    percent = chosen.pen_up_pct if where == "up" else chosen.pen_down_pct
    if is_official(port):
        move_pen(port, chosen, DEFAULT_MACHINE, up=where == "up")
        finish({"pen": where, "percent": percent}, f"the pen is {where}, at {percent:g} %", as_json=as_json)
        return
    with _board(port) as board:
        (raise_pen if where == "up" else lower_pen)(board, chosen)
    finish({"pen": where, "percent": percent}, f"the pen is {where}, at {percent:g} %", as_json=as_json)


def motors(
    power: Annotated[Literal["on", "off"], typer.Argument(help="on or off.", show_default=False)],
    port: PortOption = "auto",
    as_json: AsJson = False,
) -> None:
    """Have the motors let the carriage go, so that it can be moved by hand, or hold it where it is."""
    from plotter.care import motors as switch
    from plotter.care import position_mm

    with _board(port) as board:
        switch(board, power == "on")
        x, y = position_mm(board)
    off = "the motors have let go; move the carriage home, to the top left corner, by hand before it moves again"
    held = "home" if (x, y) == (0.0, 0.0) else f"{x:.1f}, {y:.1f} mm from home"
    text = off if power == "off" else f"the motors hold the carriage; it is {held}"
    finish({"motors": power}, text, as_json=as_json)


def card(
    context: typer.Context,
    kind: Annotated[
        Literal["first", "heights", "overlap"], typer.Argument(help="first, heights or overlap.", show_default=False)
    ],
    port: PortOption = "auto",
    model: Model = None,
    settings: Settings = None,
    named: PenOption = None,
    highest: Annotated[float, typer.Option("--from", metavar="PCT", help="Of heights: the highest.")] = 45.0,
    lowest: Annotated[float, typer.Option("--to", metavar="PCT", help="Of heights: the lowest.")] = 20.0,
    step: Annotated[float, typer.Option("--step", metavar="PCT", help="Of heights: from one to the next.")] = 2.5,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Only write the card.", show_default=False)
    ] = None,
    force: Force = False,
    time_scale: Annotated[
        float, typer.Option(min=0, help="Of the simulator: 1 is real time, 10 ten times faster, 0 waits for nothing.")
    ] = 0.0,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Draw a card that tries the plotter, on A6 or larger.

    first: a ruler, a circle in its square, a zigzag at full speed, five pen heights, and a cross that meets its ring
    only if no step was lost. heights: the same wave at many pen heights; the highest that never breaks is right.
    overlap: combs, for which the carriage sets out before the pen is up, or the pen comes down before it is there, ever
    earlier; where teeth get hooks it is too early. monoline pens set keeps what is right for a pen.
    """
    from plotter.card import card_sheet, make_card
    from plotter.sheet import write_sheet

    machine = _machine(model)
    chosen = machine.apply(settings_of(settings, context.obj, named))
    parts = make_card(kind, chosen, highest_pct=highest, lowest_pct=lowest, step_pct=step)
    if out is not None:
        if out.suffix.lower() != ".svg":
            raise typer.BadParameter(
                f"--out {out}: the card is written as .svg, and nothing is drawn then; leave --out away to draw it"
            )
        check_free(out, force)
        write_sheet(out, card_sheet(kind, parts))
        told = [{"pen_down_pct": part.settings.pen_down_pct, "says": part.says} for part in parts]
        finish({"file": str(out), "parts": told}, f"{out}: the card as a sheet; all at one pen height", as_json=as_json)
        return
    _check_askable(yes, port)
    ready = [_ready(kind, part, machine) for part in parts]
    seconds = clock(sum(part.ready.plan.duration_s for part in ready))
    _ask(f"{machine.title} at {port}; a paper of A6 or larger with its corner at home; {seconds}. Draw?", yes, port)
    note(parts[0].says)
    _plot(context.obj, f"card-{kind}", ready, port, time_scale, as_json)


def _ready(kind: Literal["first", "heights", "overlap"], part: CardPart, machine: Machine) -> Part:
    """A part of a card as a plot takes it, in the order that it is in."""
    from plotter.card import part_sheet
    from plotter.parts import Part
    from plotter.plan import make_plan
    from plotter.ready import Ready
    from plotter.route import Place

    machine.check(part.drawing.bounds)
    plan = make_plan(part.drawing.lines, part.settings)
    return Part(Ready(part_sheet(kind, part), plan, machine, Place()), says=part.says)


def _plot(studio: Path, name: str, parts: Sequence[Part], port: str, time_scale: float, as_json: bool) -> None:
    from plotter.job import start_plot
    from plotter.ports import device_of
    from plotter.ready import new_plot_folder
    from studio.folder import is_studio
    from tui.commands.following import RunFailed
    from tui.plotting import has_begun

    folder = new_plot_folder(studio / "plots" if is_studio(studio) else Path.cwd(), Path(f"{name}.svg"))
    run = start_plot(folder, parts, port=device_of(port), time_scale=time_scale)
    try:
        finish_plot(run, f"drawing {name}, s", as_json)
    except RunFailed:
        if not has_begun(run):
            shutil.rmtree(folder, ignore_errors=True)  # nothing has moved, so there is nothing to keep
        raise


def _machine(name: str | None) -> Machine:
    """The machine of ``--model``, or the usual one."""
    from plotter.axidraw import DEFAULT_MACHINE

    return machine_of(name or DEFAULT_MACHINE)


@contextmanager
def _board(port: str) -> Generator[Board]:
    """The board at a port, identified."""
    from plotter.board import Board
    from plotter.ports import device_of
    from plotter.transport import open_transport

    board = Board(open_transport(device_of(port)))
    try:
        board.identify()
        yield board
    finally:
        board.close()


@contextmanager
def _stoppable() -> Generator[Callable[[], bool]]:
    """Ctrl-C and the end of the terminal ask the way to stop, instead of breaking it off; nobody may be asked here."""
    asked = threading.Event()
    numbers = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    before = {number: signal.signal(number, lambda _number, _frame: asked.set()) for number in numbers}
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _check_askable(yes: bool, port: str) -> None:
    if not (yes or port == "simulator" or sys.stdin.isatty()):
        raise CommandError("Nobody can be asked before the machine moves; say --yes.")


def _ask(question: str, yes: bool, port: str) -> None:
    """Ask before anything moves."""
    if not (yes or port == "simulator"):
        typer.confirm(question, abort=True, err=True)


def _at(standing: Any) -> str:
    return f"at {standing.x_mm:.1f}, {standing.y_mm:.1f} mm"


def _report(rest: Rest, as_json: bool, done: str = "", **more: Any) -> None:
    """Where the way ended; exit code 3 if it was stopped."""
    text = f"{'stopped; ' if rest.stopped else done}the carriage is {_at(rest)}, the pen up"
    finish(
        {"x_mm": round(rest.x_mm, 5), "y_mm": round(rest.y_mm, 5), "stopped": rest.stopped, **more},
        text,
        as_json=as_json,
    )
    if rest.stopped:
        raise typer.Exit(STOPPED)
