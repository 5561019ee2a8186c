"""Commands that plan a plot, and make it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui.commands.layered import Layers, Pens, Vpype, ask, lines, measures, passes, told
from tui.console import AsJson, CommandError, finish, note

if TYPE_CHECKING:
    from plotter.axidraw import Machine, PlotSettings
    from plotter.parts import Part
    from studio.runs import Run

SheetFile = Annotated[Path, typer.Argument(metavar="SHEET.svg", help="A sheet, or any SVG; it is drawn true to size.")]
Model = Annotated[
    str | None, typer.Option(metavar="M", help="The machine, as axidraw-v3 or axidraw-v3-a3.", show_default=False)
]
Settings = Annotated[
    list[str] | None, typer.Option("--set", metavar="plot.KEY=VALUE", help="One setting, as plot.speed_down_mm_s=30.")
]
HandlingOption = Annotated[
    str, typer.Option("--handling", metavar="NAME", help="usual, technical, sketch, or constant for brush pens.")
]
PenName = Annotated[
    str | None,
    typer.Option("--pen", metavar="NAME", help="A pen of the studio: its heights, speed, ink.", show_default=False),
]
NoOptimize = Annotated[bool, typer.Option("--no-optimize", help="Draw the lines in the order of the file.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the top level."""
    app.command()(estimate)
    app.command()(plot)


def estimate(
    context: typer.Context,
    sheet: SheetFile,
    model: Model = None,
    firmware: Annotated[
        str | None, typer.Option(metavar="V", help="Of the board, as 2.5.3.", show_default=False)
    ] = None,
    settings: Settings = None,
    handling: HandlingOption = "usual",
    no_optimize: NoOptimize = False,
    vpype: Vpype = "",
    layers: Layers = None,
    pens: Pens = None,
    pen: PenName = None,
    as_json: AsJson = False,
) -> None:
    """Tell how long a sheet takes: the sum of every command that would be sent."""
    from plotter.axidraw import DEFAULT_MACHINE, find_machine
    from plotter.ebb import OLDEST, USUAL, Firmware
    from plotter.errors import SheetTooLarge, UnknownBoard
    from plotter.passes import used
    from plotter.pens import find_pen
    from plotter.ready import place_on, ready_sheet

    try:
        version = USUAL if firmware is None else Firmware.parse(firmware)
    except UnknownBoard:
        raise typer.BadParameter(f"{firmware!r} is no firmware version; write it as {USUAL}") from None
    if version < OLDEST:
        raise typer.BadParameter(f"firmware {version} is too old; {OLDEST} is the oldest that can draw")
    machine = None if model is None else machine_of(model)
    chosen = handled(settings_of(settings), handling)
    usual = None if pen is None else find_pen(context.obj, pen)
    ready = ready_sheet(
        sheet, machine, used(chosen, usual), optimised=not no_optimize, firmware=version,
        layers=layers or "", pens=pens or "", pipeline=_pipeline(vpype, no_optimize),
    )  # fmt: skip
    parts = passes(ready, chosen, studio=context.obj, usual=usual, pens=pens)
    plans = [part.ready.plan for part in parts]
    result = {
        "duration_s": round(sum(part.duration_s for part in parts), 3),
        "ink_m": round(sum(plan.ink_m for plan in plans), 6),
        "travel_m": round(sum(plan.travel_m for plan in plans), 6),
        "lifts": sum(plan.lifts for plan in plans),
        "commands": sum(map(len, plans)),
        "shortest_command_ms": round(min(plan.shortest_command_ms for plan in plans), 3),
        "passes": told(parts),
        "saved": {each.name: {"count": each.count, "seconds": round(each.seconds, 3)} for each in ready.saved},
    }
    for remark in ready.remarks:
        note(remark)
    if machine is None:
        try:
            place_on(ready.sheet, find_machine(DEFAULT_MACHINE))
        except SheetTooLarge as error:
            note(str(error))
    words = f"{clock(result['duration_s'])} for {measures(parts)}, {result['commands']:,} commands{lines(parts)}"
    words += "".join(f"\n{each.name} spare {clock(each.seconds)}: {each.count:,}" for each in ready.saved)
    finish(result, words, as_json=as_json)


def plot(
    context: typer.Context,
    sheets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SHEET.svg...",
            help="One or more sheets, or any SVGs, drawn true to size one after the other; with --resume, a plot.",
            show_default=False,
        ),
    ] = None,
    port: Annotated[
        str | None,
        typer.Option(
            metavar="PORT",
            help="auto, a device or nickname, tcp://HOST:PORT, simulator, or official, official:nextdraw:NAME for the "
            "maker's software. [default: auto]",
            show_default=False,
        ),
    ] = None,
    model: Model = None,
    settings: Settings = None,
    handling: HandlingOption = "usual",
    no_optimize: NoOptimize = False,
    overlap: Annotated[float, typer.Option(min=0, max=20, help="After a stop, go so many mm back.")] = 1.0,
    start_stroke: Annotated[int, typer.Option(min=1, metavar="N", help="Begin with this line, counted as drawn.")] = 1,
    strokes: Annotated[
        str | None, typer.Option(metavar="A-B", help="Only these lines, counted as drawn.", show_default=False)
    ] = None,
    cells: Annotated[
        str | None,
        typer.Option(metavar="1,3-5", help="Only these cells of the sheet, counted row by row.", show_default=False),
    ] = None,
    vpype: Vpype = "",
    layers: Layers = None,
    pens: Pens = None,
    copies: Annotated[int, typer.Option(min=1, max=500, help="So many times, each on new paper.")] = 1,
    pen: PenName = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a plot that was ended by anything; the newest, or that named.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A new folder for the plot.", show_default=False)
    ] = None,
    time_scale: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="Of the simulator: 1 is real time, 10 ten times faster, 0 waits for nothing. [default: 0]",
            show_default=False,
        ),
    ] = None,
    official: Annotated[
        str, typer.Option(metavar="OPTIONS", help="More options for the official software, as '--config mine.py'.")
    ] = "",
    alone: Annotated[bool, typer.Option("--alone", help="Go on when this program is ended.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before moving.")] = False,
    as_json: AsJson = False,
) -> None:
    """Draw a sheet, from where the carriage is: home, the top left corner.

    Ctrl-C slows down along the line and raises the pen. If this program is killed, the pen comes up too. The button
    of the plotter pauses, and goes on. Whatever ended a plot, plot --resume takes it up.
    """
    from plotter.axidraw import DEFAULT_MACHINE
    from plotter.job import start_plot
    from plotter.passes import after_another, used
    from plotter.pens import find_pen
    from plotter.ready import begun_at, ready_sheet
    from plotter.route import Place
    from tui.commands.following import RunFailed
    from tui.commands.plots import find_plot, go_on
    from tui.plotting import has_begun

    if resume:
        if len(sheets or ()) > 1:
            raise typer.BadParameter("--resume goes on with one plot; name that", param_hint="SHEET.svg...")
        folder = find_plot(context.obj, sheets)
        run = go_on(folder, port=port, overlap_mm=overlap, time_scale=time_scale, yes=yes)
        finish_plot(run, f"plotting {folder.name}, s", as_json, resumed=True)
        return
    if not sheets:
        raise typer.BadParameter("name a sheet to draw, or say --resume", param_hint="SHEET.svg...")
    port = port or "auto"
    machine = machine_of(model or DEFAULT_MACHINE)
    chosen = handled(settings_of(settings), handling)
    usual = None if pen is None else find_pen(context.obj, pen)
    parts: list[Part] = []
    for number, sheet in enumerate(map(Path, sheets)):
        begin = Place(start_stroke - 1 if number == 0 else 0)
        ready = ready_sheet(
            sheet, machine, used(chosen, usual), optimised=not no_optimize, begin=begin, cells=cells or "",
            strokes=strokes or "", layers=layers or "", pens=pens or "", pipeline=_pipeline(vpype, no_optimize),
        )  # fmt: skip
        for remark in ready.remarks:
            note(remark if len(sheets) == 1 else f"{sheet.name}: {remark}")
        of_sheet = passes(ready, chosen, studio=context.obj, usual=usual, pens=pens)
        for copy in range(copies):
            says = f"Put in new paper for {f'copy {copy + 1} of {copies}' if copy else sheet.name}."
            parts += after_another(of_sheet, says, parts[-1]) if parts else of_sheet
            if copy == 0 and copies > 1 and begin != Place():  # the other copies are whole
                whole = begun_at(ready, Place())
                of_sheet = passes(whole, chosen, studio=context.obj, usual=usual, pens=pens, again=True)
    if not (yes or port == "simulator"):
        ask(parts, machine, port, context.obj)
    folder = _folder(context.obj, Path(sheets[0]), out)
    run = start_plot(
        folder, parts, port=port, alone=alone, time_scale=time_scale or 0.0, overlap_mm=overlap,
        pen=pen or "", studio=context.obj if any(part.pen for part in parts) else None,
        options=_options(official, port),
    )  # fmt: skip
    try:
        finish_plot(run, f"plotting {Path(sheets[0]).name}, s", as_json)
    except RunFailed:
        if not has_begun(run):
            shutil.rmtree(folder, ignore_errors=True)  # nothing has moved, so there is nothing to keep
        raise


def finish_plot(run: Run, what: str, as_json: bool, *, resumed: bool = False) -> None:
    """Follow a plot to its end and tell of it; one that was taken up again tells the time since then."""
    from plotter.job import rescue_pen
    from studio.runs import State
    from tui.commands.following import RunFailed
    from tui.commands.plots import follow_plot
    from tui.plotting import has_begun

    try:
        result, leave = follow_plot(run, what)
    except RunFailed:
        if run.state is State.LOST and rescue_pen(run.folder):
            note("the pen was raised")
        if has_begun(run):
            note(f"the plot holds its place; monoline plot --resume {named(run.folder)} goes on")
        raise
    finish(result, _told(result, run.folder, resumed), as_json=as_json)
    leave()


def named(folder: Path) -> str:
    """What to call a plot on the command line: its name where that is enough, else its folder."""
    from studio.folder import is_studio

    in_studio = folder.parent.name == "plots" and is_studio(folder.parent.parent)
    return folder.name if in_studio else str(folder)


def clock(seconds: float) -> str:
    """A duration as a person says it: 0:56, 23:28, 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def settings_of(overrides: list[str] | None, studio: Path | None = None, pen: str | None = None) -> PlotSettings:
    """The settings that --set asks for; what it leaves open is the pen's, if there is one."""
    from configs.load import load
    from plotter.axidraw import PlotterSettings

    chosen = load(PlotterSettings, None, overrides or ()).plot
    if pen is None or studio is None:
        return chosen
    from plotter.pens import find_pen

    return find_pen(studio, pen).apply(chosen)


def handled(settings: PlotSettings, name: str) -> PlotSettings:
    """The settings with the handling of this name, where they leave it open."""
    from plotter.errors import PlotterError
    from plotter.handling import find_handling

    try:
        return find_handling(name).apply(settings)
    except PlotterError as error:
        raise typer.BadParameter(str(error), param_hint="--handling") from None


def machine_of(name: str) -> Machine:
    """The machine of this name."""
    from plotter.axidraw import find_machine
    from plotter.errors import UnknownMachine

    try:
        return find_machine(name)
    except UnknownMachine as error:
        raise typer.BadParameter(str(error)) from None


def _pipeline(vpype: str, no_optimize: bool) -> str:
    if vpype.strip() and no_optimize:
        raise typer.BadParameter("--vpype orders the lines; leave --no-optimize out")
    return vpype


def _options(text: str, port: str) -> list[str]:
    """Options of the official software, as a shell would take them apart."""
    import shlex

    from plotter.official import is_official

    if text and not is_official(port):
        raise typer.BadParameter("--official is for --port official")
    try:
        return shlex.split(text)
    except ValueError as error:
        raise typer.BadParameter(f"--official {text}: {error}") from None


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


def _told(result: dict[str, Any], folder: Path, resumed: bool) -> str:
    drawn = f"{result['drawn_m']:.2f} m drawn{', the last of it' if resumed else ''} in {clock(result['duration_s'])}"
    if result["state"] == "finished":
        return f"{drawn}; all is in {folder}"
    if "official" in result:
        return f"stopped, about {drawn}; the pen is up; monoline plot --resume {named(folder)} goes on"
    return (
        f"stopped in line {result['stroke'] + 1}, {drawn}; the pen is up, the carriage at {result['x_mm']:.1f}, "
        f"{result['y_mm']:.1f} mm; monoline plot --resume {named(folder)} goes on"
    )
