"""The command that is a plotter: an EiBotBoard in software, behind a pseudo terminal or a TCP port."""

from __future__ import annotations

import json
import signal
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tui.console import FAILED, AsJson, Force, check_free, finish, note

if TYPE_CHECKING:
    from plotter.simulator import Log, SimulatedBoard

FAULTS = (
    "What is to go wrong, by the number of the command, from 1; several with commas between. The cable is pulled: "
    "unplug@N, after the N-th byte that the board says: unplug_byte@N; power@N: the power is lost; reset@N: it resets "
    "itself. The reply is noise: garbage@N, comes in pieces: split@N, comes late: late@N:SECONDS, never comes: "
    "missing@N, has noise before it: noise@N. The command is lost: lost@N, or changed: corrupt@N, on its way. "
    "stall@N:SECONDS: nothing is read for so long; button@N: the button is pressed; sag@N:VOLTS: the supply of the "
    "motors falls to so much, and stays there. At the start: future@0, the new "
    "syntax (firmware 3); half@0, half a line of another program. random@SEED:COUNT: so many, of those that pass."
)


def register(app: typer.Typer) -> None:
    """Add this command to the top level."""
    app.command()(simulate)


def simulate(
    link: Annotated[Path | None, typer.Option(metavar="NAME", help="Make a symlink of this name to the port.")] = None,
    tcp: Annotated[
        int | None, typer.Option(metavar="PORT", min=0, max=65535, help="A TCP port of this machine; 0 for a free one.")
    ] = None,
    firmware: Annotated[
        str, typer.Option(metavar="V", help="Behave like this version, as 3.0.3; 2.5.3 or later.")
    ] = "2.8.1",
    time_scale: Annotated[
        float, typer.Option(min=0, help="1 is real time, 10 is ten times as fast, 0 is virtual: motion takes no time.")
    ] = 1.0,
    ink: Annotated[Path | None, typer.Option(metavar="FILE.svg", help="Write what was drawn, true in mm.")] = None,
    log: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write every command with its time, its wait and its reply.")
    ] = None,
    report: Annotated[Path | None, typer.Option(metavar="FILE", help="Write what was done, as JSON.")] = None,
    model: Annotated[str, typer.Option(help="The machine, which limits the travel.")] = "axidraw-v3-a3",
    name: Annotated[str, typer.Option(help="The board's nickname.")] = "",
    fault: Annotated[str, typer.Option(metavar="SPEC", help=FAULTS)] = "",
    replug: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            min=0,
            help="Put cable and power back after so long, under the same name, the carriage home if it was the power; "
            "else it ends. After RB the board comes back by itself.",
        ),
    ] = None,
    voltage: Annotated[
        float, typer.Option(metavar="V", min=0, help="Supply of the motors; below 7.5 V they do not move.")
    ] = 9.0,
    latency: Annotated[
        float, typer.Option(metavar="MS", min=0, help="So long a reply takes to the client, in ms.")
    ] = 0.0,
    command_cost: Annotated[
        bool,
        typer.Option("--command-cost", help="Take the time that a board does to read a command, 2 to 5.5 ms a move."),
    ] = False,
    lift: Annotated[
        Literal["standard", "brushless"] | None,
        typer.Option(help="What its pen is lifted with. [default: as the model]", show_default=False),
    ] = None,
    overlap: Annotated[
        bool, typer.Option("--overlap", help="Let the carriage go while the pen is on its way up or down.")
    ] = False,
    check_vectors: Annotated[
        Path | None,
        typer.Option(metavar="FILE.csv", help="Only check the motion arithmetic against a board's counters."),
    ] = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Be an EiBotBoard in software, until stopped: print the port, then behave as the board would.

    Ink and report are written whenever a client has gone or was unplugged, and at the end. The signal SIGUSR1 presses
    the board's button; SIGUSR2 is somebody who carries the carriage home, which the motors must not hold. With --json
    the port is printed as {"port": ...}; the report is a file.
    """
    if check_vectors is not None:
        _check_vectors(check_vectors, as_json)
        return
    from plotter.axidraw import find_machine
    from plotter.ebb import RP_OF_PIN
    from plotter.errors import PlotterError
    from plotter.firmware import OLDEST, Firmware
    from plotter.servo import LIFTS
    from plotter.simulated_faults import Faults
    from plotter.simulated_link import PtyLink, TcpLink, serve
    from plotter.simulator import SimulatedBoard

    if link is not None and tcp is not None:
        raise typer.BadParameter("--link names a pseudo terminal; with --tcp there is none")
    try:
        version, faults, machine = Firmware.parse(firmware), Faults.parse(fault), find_machine(model)
    except PlotterError as error:
        raise typer.BadParameter(str(error)) from None
    if version < OLDEST:
        raise typer.BadParameter(f"firmware {version} is too old; {OLDEST} is the oldest that is simulated")
    for path in (ink, log, report):
        if path is not None:
            check_free(path, force)
    with ExitStack() as stack:
        board = SimulatedBoard(
            version,
            (machine.width_mm, machine.height_mm),
            faults=faults,
            on_log=None if log is None else _log_to(log, stack),
            nickname=name,
            command_cost=command_cost,
            servo_pin=RP_OF_PIN + LIFTS[lift or machine.lift].pin,
            overlaps=overlap,
        )
        board.set_voltage(voltage)
        if latency:
            board.port.latency = lambda: latency / 1000
        wire = PtyLink(link) if tcp is None else TcpLink(tcp)
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])):
            before = signal.signal(number, lambda _number, _frame: stop.set())
            stack.callback(signal.signal, number, before)
        carried = threading.Event()
        if hasattr(signal, "SIGUSR1"):  # not on Windows
            for number, do in ((signal.SIGUSR1, board.press_button), (signal.SIGUSR2, carried.set)):
                before = signal.signal(number, lambda _number, _frame, do=do: do())
                stack.callback(signal.signal, number, before)
        _print_port(wire.port, as_json)
        # whatever happens, what was drawn is told
        stack.callback(_write_results, board, ink, report)
        port = wire.port

        def gone() -> None:
            nonlocal port
            _write_results(board, ink, report)
            if wire.port != port:  # a terminal without a link has another name each time
                port = wire.port
                _print_port(port, as_json)

        def looked() -> bool:
            if carried.is_set():  # a signal may come in the midst of a move of the simulation
                carried.clear()
                try:
                    board.put_home()
                    note("the carriage was carried home")
                except PlotterError as error:
                    note(str(error))
            return stop.is_set()

        serve(board, wire, time_scale, looked, gone, replug_s=replug)
    note(_summary(board))


def _print_port(port: str, as_json: bool) -> None:
    sys.stdout.write(f"{json.dumps({'port': port}) if as_json else port}\n")
    sys.stdout.flush()


def _check_vectors(path: Path, as_json: bool) -> None:
    from plotter.vectors import check_vectors

    checked = check_vectors(path)
    for failure in checked.failures:
        note(failure)
    result = {"matched": checked.matched, "total": checked.total, "other": checked.other}
    text = f"{checked.matched} of {checked.total} vectors match"
    finish(
        result, text + (f", {checked.other} are of a kind that is not known" if checked.other else ""), as_json=as_json
    )
    if checked.failures:
        raise typer.Exit(FAILED)


def _log_to(path: Path, stack: ExitStack) -> Log:
    """A listener that writes a line at a time, readable while the simulator runs."""
    file = stack.enter_context(path.open("w", encoding="utf-8", buffering=1))
    file.write("# ms since power on | ms the reply was held back | command -> reply\n")

    def write(at_s: float, held_s: float, line: str, reply: bytes) -> None:
        file.write(f"{at_s * 1000:11.2f} {held_s * 1000:9.2f} {line!r} -> {reply.decode('latin-1')!r}\n")

    return write


def _write_results(board: SimulatedBoard, ink: Path | None, report: Path | None) -> None:
    from drawing.svg import write_svg
    from studio.files import write_text

    board.settle()
    width_mm, height_mm = board.plotter.travel_mm or (None, None)
    if ink is not None:
        write_svg(ink, board.drawing, width_mm=width_mm, height_mm=height_mm, title="ink of a simulated plotter")
    if report is not None:
        write_text(report, json.dumps(board.report.to_json(), indent=1) + "\n")


def _summary(board: SimulatedBoard) -> str:
    told = board.report
    count = len(told.violations) + told.violations_left_out
    words = f"{told.commands:,} commands, {told.duration_s:.1f} s, {told.ink_m:.2f} m of ink, {told.lifts} lifts"
    first = f"; {count} violations, the first: {told.violations[0].says}" if count else ""
    return f"{words}{first}"
