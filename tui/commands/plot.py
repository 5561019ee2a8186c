"""Commands that plan a plot, and make it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui.console import AsJson, CommandError, finish, note

if TYPE_CHECKING:
    from plotter.axidraw import Machine, PlotSettings
    from plotter.ready import Ready
    from studio.events import Event

SheetFile = Annotated[Path, typer.Argument(metavar="SHEET.svg", help="A sheet, or any SVG; it is drawn true to size.")]
Model = Annotated[
    str | None, typer.Option(metavar="M", help="The machine, as axidraw-v3 or axidraw-v3-a3.", show_default=False)
]
Settings = Annotated[
    list[str] | None, typer.Option("--set", metavar="plot.KEY=VALUE", help="One setting, as plot.speed_down_mm_s=30.")
]
NoOptimize = Annotated[bool, typer.Option("--no-optimize", help="Draw the lines in the order of the file.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the top level."""
    app.command()(estimate)
    app.command()(plot)


def estimate(
    sheet: SheetFile,
    model: Model = None,
    firmware: Annotated[
        str | None, typer.Option(metavar="V", help="Of the board, as 2.5.3.", show_default=False)
    ] = None,
    settings: Settings = None,
    no_optimize: NoOptimize = False,
    as_json: AsJson = False,
) -> None:
    """Tell how long a sheet takes: the sum of every command that would be sent."""
    from plotter.axidraw import DEFAULT_MACHINE, find_machine
    from plotter.ebb import OLDEST, USUAL, Firmware
    from plotter.errors import SheetTooLarge, UnknownBoard
    from plotter.ready import place_on, ready_sheet

    try:
        version = USUAL if firmware is None else Firmware.parse(firmware)
    except UnknownBoard:
        raise typer.BadParameter(f"{firmware!r} is no firmware version; write it as {USUAL}") from None
    if version < OLDEST:
        raise typer.BadParameter(f"firmware {version} is too old; {OLDEST} is the oldest that can draw")
    machine = None if model is None else _machine(model)
    ready = ready_sheet(sheet, machine, _settings(settings), optimised=not no_optimize, firmware=version)
    plan = ready.plan
    result = {
        "duration_s": round(plan.duration_s, 3),
        "ink_m": round(plan.ink_m, 6),
        "travel_m": round(plan.travel_m, 6),
        "lifts": plan.lifts,
        "commands": len(plan),
        "shortest_command_ms": round(plan.shortest_command_ms, 3),
    }
    for remark in ready.remarks:
        note(remark)
    if machine is None:
        try:
            place_on(ready.sheet, find_machine(DEFAULT_MACHINE))
        except SheetTooLarge as error:
            note(str(error))
    finish(result, f"{clock(plan.duration_s)} for {_measures(ready)}, {len(plan):,} commands", as_json=as_json)


def plot(
    context: typer.Context,
    sheet: SheetFile,
    port: Annotated[
        str, typer.Option(metavar="PORT", help="auto, a device or nickname, tcp://HOST:PORT, or simulator.")
    ] = "auto",
    model: Model = None,
    settings: Settings = None,
    no_optimize: NoOptimize = False,
    overlap: Annotated[float, typer.Option(min=0, max=20, help="After a pause, go so many mm back.")] = 0.0,
    start_stroke: Annotated[int, typer.Option(min=1, metavar="N", help="Begin with this line, counted as drawn.")] = 1,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A new folder for the plot.", show_default=False)
    ] = None,
    time_scale: Annotated[
        float, typer.Option(min=0, help="Of the simulator: 1 is real time, 10 ten times faster, 0 waits for nothing.")
    ] = 0.0,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before moving.")] = False,
    as_json: AsJson = False,
) -> None:
    """Draw a sheet, from where the carriage is: home, the top left corner.

    Ctrl-C slows down along the line and raises the pen. If this program is killed, the pen comes up too.
    """
    from plotter.axidraw import DEFAULT_MACHINE
    from plotter.job import start_plot
    from plotter.ready import ready_sheet
    from plotter.route import Place
    from tui.commands.following import RunFailed, follow
    from tui.plotting import has_begun

    machine = _machine(model or DEFAULT_MACHINE)
    begin = Place(start_stroke - 1)
    ready = ready_sheet(sheet, machine, _settings(settings), optimised=not no_optimize, begin=begin)
    for remark in ready.remarks:
        note(remark)
    if not (yes or port == "simulator"):
        _ask(ready, machine, port)
    folder = _folder(context.obj, sheet, out)
    run = start_plot(folder, ready, port=port, time_scale=time_scale, overlap_mm=overlap)
    try:
        result, leave = follow(run, f"plotting {sheet.name}, s", _line)
    except RunFailed:
        if not has_begun(run):
            shutil.rmtree(folder, ignore_errors=True)  # nothing has moved, so there is nothing to keep
        raise
    finish(result, _told(result, ready, folder), as_json=as_json)
    leave()


def clock(seconds: float) -> str:
    """A duration as a person says it: 0:56, 23:28, 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _settings(overrides: list[str] | None) -> PlotSettings:
    from configs.load import load
    from plotter.axidraw import PlotterSettings

    return load(PlotterSettings, None, overrides or ()).plot


def _machine(name: str) -> Machine:
    from plotter.axidraw import find_machine
    from plotter.errors import UnknownMachine

    try:
        return find_machine(name)
    except UnknownMachine as error:
        raise typer.BadParameter(str(error)) from None


def _measures(ready: Ready) -> str:
    plan = ready.plan
    lines = "1 line" if plan.lifts == 1 else f"{plan.lifts:,} lines"
    return f"{lines}, {plan.ink_m:.2f} m of ink, {plan.travel_m:.2f} m of travel"


def _ask(ready: Ready, machine: Machine, port: str) -> None:
    """Ask before anything moves; who can't be asked says --yes."""
    paper = ready.sheet.paper
    question = (
        f"{machine.title} ({machine.width_mm:g} x {machine.height_mm:g} mm) at {port}; paper {paper.width_mm:g} x "
        f"{paper.height_mm:g} mm with its corner at home; {_measures(ready)}, {clock(ready.plan.duration_s)}. Draw?"
    )
    if not sys.stdin.isatty():
        raise CommandError("Nobody can be asked before the machine moves; say --yes.")
    typer.confirm(question, abort=True, err=True)


def _folder(studio: Path, sheet: Path, out: Path | None) -> Path:
    """Where the plot is kept: as told, in the studio's plots, beside the sheet, or here if that is not allowed."""
    from plotter.ready import new_plot_folder
    from studio.folder import is_studio

    if out is not None:
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise CommandError(f"{out} exists; name a new folder for the plot.")
        return out
    if is_studio(studio):
        return new_plot_folder(studio / "plots", sheet)
    return new_plot_folder(sheet.parent if os.access(sheet.parent, os.W_OK) else Path.cwd(), sheet)


def _line(event: Event) -> str | None:
    from studio.events import Changed

    told = event.state if isinstance(event, Changed) else ""
    return told if told in ("pausing", "paused", "stopping") else None


def _told(result: dict[str, Any], ready: Ready, folder: Path) -> str:
    drawn = f"{result['drawn_m']:.2f} m drawn in {clock(result['duration_s'])}"
    if result["state"] == "finished":
        return f"{drawn}; all is in {folder}"
    return (
        f"stopped in line {min(result['stroke'] + 1, len(ready.sheet.drawing.lines))} of "
        f"{len(ready.sheet.drawing.lines)}, {drawn}; the pen is up, the carriage at {result['x_mm']:.1f}, "
        f"{result['y_mm']:.1f} mm; all is in {folder}"
    )
