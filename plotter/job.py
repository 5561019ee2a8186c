"""A plot as a process of its own: starts it, takes its orders, always ends with the pen up, and can be taken up."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from drawing.errors import UnreadableFile
from drawing.svg import read_svg, write_svg
from plotter.awake import keep_awake
from plotter.axidraw import DEFAULT_MACHINE, Machine, PlotSettings, find_machine
from plotter.beginning import HOLD_MS, begin_part, known_ink
from plotter.board import Board
from plotter.changes import with_changes
from plotter.ebb import RP_OF_PIN
from plotter.errors import JournalError, PlotterError, PlotterLost
from plotter.feed import PlotJob
from plotter.in_process import InProcess
from plotter.ink import page_around
from plotter.journal import FileJournal, Progress, last_settings, read_journal
from plotter.meeting import servo
from plotter.official import is_official
from plotter.official_plot import draw_officially
from plotter.parts import Part, PartArguments, digests, read_tasks, write_parts
from plotter.pen_ink import PenInk
from plotter.pens import PenError
from plotter.ready import Ready
from plotter.route import Place
from plotter.simulator import SimulatedBoard
from plotter.task import Ink, State
from plotter.transport import AUTO, SIMULATOR, Transport, open_transport
from plotter.wire_log import LoggedTransport
from studio.errors import RunError
from studio.events import Changed, Listener, Made, Ordered, Said
from studio.files import write_text
from studio.runs import POLL_S, Order, Orders, Run, find_run, start_run

INK, REPORT = "ink.svg", "report.json"
TARGET = "plotter.job:run"
OVERLAP_MM = 1.0
"""After a stop inside a line, the line is taken up so far back."""


class PlotArguments(BaseModel):
    """What the run of a plot is told."""

    model_config = ConfigDict(extra="forbid")

    parts: list[PartArguments] = Field(default_factory=lambda: [PartArguments()])
    port: str = AUTO
    machine: str = DEFAULT_MACHINE
    alone: bool = False
    """Go on when the process that started it has ended."""
    time_scale: float = Field(default=1.0, ge=0)
    """Of the simulator; 0 is virtual time."""
    stroke: int = Field(default=0, ge=0)
    along_mm: float = Field(default=0.0, ge=0)
    overlap_mm: float = Field(default=OVERLAP_MM, ge=0)
    pen: str = ""
    """Name of the pen whose ink is counted; empty for none."""
    studio: str = ""
    """Folder of the studio that keeps the pen."""
    resume: bool = False
    """Go on where the journal in the folder ends."""
    at_home: bool = True
    """The carriage was put home, should the board not know any more where it is."""
    options: list[str] = Field(default_factory=list[str])
    """Of the official software, beyond what it is told anyway."""


def start_plot(
    folder: Path,
    parts: Ready | Sequence[Part],
    *,
    port: str = AUTO,
    alone: bool = False,
    time_scale: float = 1.0,
    overlap_mm: float = OVERLAP_MM,
    pen: str = "",
    studio: Path | None = None,
    options: Sequence[str] = (),
) -> Run:
    """Write one or more sheets into a new plot folder and begin to draw them, in a process of its own.

    Args:
        folder: see ``new_plot_folder``.
        parts: with a machine, all the same one; the first begins where it was made ready to.
        port: ``auto``, a device, ``tcp://HOST:PORT``, ``simulator`` or ``official``.
        alone: go on when this process ends; otherwise the pen comes up and the plot stops there.
        time_scale: how much faster the simulator goes than real time; 0 waits for nothing.
        pen: of the studio, whose ink is counted; its heights and speed are in the sheets' settings already.
        options: of the official software, as ``--config mine.py``.

    Raises:
        SheetError: a sheet is ready for no machine.
    """
    some = [Part(parts)] if isinstance(parts, Ready) else list(parts)
    arguments = write_parts(folder, some)
    ready = some[0].ready
    told = PlotArguments(
        parts=arguments,
        port=port,
        machine=DEFAULT_MACHINE if ready.machine is None else ready.machine.name,
        alone=alone,
        time_scale=time_scale,
        stroke=ready.begin.stroke,
        along_mm=ready.begin.along_mm,
        overlap_mm=overlap_mm,
        pen=pen,
        studio="" if studio is None else str(studio.absolute()),
        options=list(options),
    )
    return start_run(folder, TARGET, told.model_dump())


def resume_plot(folder: Path, **changed: Any) -> Run:
    """Go on with a plot where its journal ends, whatever ended it; in its own folder, in a process of its own.

    Args:
        changed: other arguments than it was started with, as ``port``, ``overlap_mm`` or ``at_home``.

    Raises:
        JournalError: all of it is drawn, nothing of it was, or the journal does not fit the sheets.
        RunError: it goes on, or is no plot.
    """
    told, _ = read_place(folder)
    return start_run(folder, TARGET, told.model_copy(update={**changed, "resume": True}).model_dump())


def read_place(folder: Path) -> tuple[PlotArguments, Progress]:
    """What a plot was told, and how far it came; raises as resume_plot does."""
    try:
        told = PlotArguments.model_validate(find_run(folder).arguments)
    except ValidationError:
        raise JournalError(f"{folder} was plotted by another monoline; plot its sheet anew.") from None
    progress = read_journal(folder, digests(folder, told.parts))
    if progress.finished:
        raise JournalError(f"All of {folder} is drawn; plot its sheet anew to draw it again.")
    return told, progress


def rescue_pen(folder: Path) -> bool:
    """Raise the pen of a plot whose process was killed; whether a board heard it. Nothing else moves."""
    try:
        told = PlotArguments.model_validate(find_run(folder).arguments)
        if told.port == SIMULATOR or is_official(told.port):  # that is gone with its process; this one draws on
            return False
        board = Board(open_transport(told.port))
    except (PlotterError, RunError, ValidationError):
        return False
    with contextlib.closing(board):
        try:
            board.identify()
            settings = last_settings(folder) or told.parts[0].settings
            board.set_servo(servo(settings))
            board.pen_up(settings.raise_ms)
            board.wait_idle()
        except PlotterError:
            return False
    return True


def run(folder: Path, arguments: dict[str, Any], on_event: Listener, orders: Orders) -> dict[str, Any]:
    """The work of a plot's process: connect, draw, take orders; a target of ``studio.runs.start_run``.

    Raises:
        PlotterError: no plotter, or it was lost; the pen is up if the port still worked.
    """
    told = PlotArguments.model_validate(arguments)
    if is_official(told.port):
        return draw_officially(folder, told, on_event, orders)
    machine = find_machine(told.machine)
    tasks = read_tasks(folder, told.parts, machine)
    sheets = digests(folder, told.parts)
    progress = read_journal(folder, sheets) if told.resume else None
    tasks = with_changes(tasks, () if progress is None else progress.legs)
    on_event(Changed(state=State.CONNECTING.value))
    with contextlib.ExitStack() as stack:
        simulated: SimulatedBoard | None = None
        if told.port == SIMULATOR:
            simulated = _simulated(machine, [task.settings for task in tasks])
            wire: Transport = InProcess(simulated, told.time_scale)
            stack.callback(_keep, folder, simulated, on_event, resumed=told.resume)
        else:
            stack.enter_context(keep_awake("plotting"))
            wire = LoggedTransport(open_transport(told.port), _free(folder, "wire.log"))
        board = Board(wire)
        stack.callback(board.close)
        on_event(Said(text=f"{wire.name}: firmware {board.identify()}, {machine.title}"))
        journal = FileJournal(folder, sheets, background=simulated is None or told.time_scale > 0)
        stack.callback(journal.close)
        inks = stack.enter_context(contextlib.ExitStack())  # closed after the pen is up: that may take its time
        job = PlotJob(
            board,
            tasks,
            on_event,
            begin=Place(told.stroke, told.along_mm) if progress is None else progress.place,
            part=0 if progress is None else progress.part,
            origin=Place(told.stroke, told.along_mm),
            overlap_mm=told.overlap_mm,
            machine=machine,
            journal=journal,
            ink=_first_ink(told, 0 if progress is None else progress.part, inks, on_event),
        )
        stack.callback(_raise, board, job)
        try:
            job.start(progress, at_home=told.at_home)
            find_ink = partial(_open_ink, told, inks=inks, on_event=on_event) if told.studio else None
            begin = partial(begin_part, told.parts, job, on_event, find_ink)
            hold_ms = 0 if told.resume else told.parts[0].delay_ms
            drive(
                job, orders, on_event, alone=told.alone, find_ink=find_ink, on_part=begin, pass_time=board.pause,
                hold_ms=hold_ms,
            )  # fmt: skip
        except PlotterLost as error:
            if job.state is State.CONNECTING:
                raise
            raise PlotterLost(
                f"{error} The pen may still be on the paper: lift it by hand. The plot holds its place."
            ) from error
        return {"id": folder.name, **job.result()}


def drive(
    job: PlotJob,
    orders: Orders,
    on_event: Listener,
    *,
    alone: bool = False,
    find_ink: Callable[[str], Ink] | None = None,
    on_part: Callable[[int, int], int] | None = None,
    pass_time: Callable[[float], None] = time.sleep,
    hold_ms: int = 0,
) -> None:
    """Step through a plot that has started, taking orders between commands, until it has ended.

    Args:
        find_ink: the ink of a pen by its name, if ink is counted.
        on_part: called when a part begins, with the number of the part before and its own; tells how long to wait.
        pass_time: lets so many seconds go by.
        hold_ms: how long to wait before the first part.
    """
    part = _part(job)
    while not job.ended:
        if orders.parent_gone and not alone and not orders.should_stop():
            on_event(Said(text="The program that started the plot has gone; the pen comes up.", level="warning"))
            orders.stop()
        if orders.should_stop():
            job.stop()
            return
        for order in orders.take():
            on_event(Ordered(order=order.name))
            _obey(job, order, on_event, find_ink)
            hold_ms = hold_ms if job.state is State.DRAWING else 0
        if job.state is State.PAUSED:
            time.sleep(POLL_S)
        if hold_ms > 0:
            pass_time(min(HOLD_MS, hold_ms) / 1000)
            hold_ms -= HOLD_MS
            continue
        job.step()
        if on_part is not None and (now := _part(job)) != part:
            hold_ms = on_part(part, now)
            part = now


def _part(job: PlotJob) -> int:
    return int(job.result()["part"])


def _obey(job: PlotJob, order: Order, on_event: Listener, find_ink: Callable[[str], Ink] | None) -> None:
    numbers = {
        name: value
        for name, value in order.values.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
    match order.name:
        case "pause":
            job.pause()
        case "resume":
            job.resume(refilled=order.values.get("refilled") is True)
        case "pen_up":
            job.raise_pen()
        case "pen_down":
            job.lower_pen()
        case "settings":
            job.change(**numbers)
        case "pen":
            if job.state is not State.PAUSED:
                on_event(Said(text="Pens are changed while the plot is paused; pause it first.", level="warning"))
            elif find_ink is not None:
                try:
                    job.take_pen(partial(find_ink, str(order.values.get("name", ""))))
                except PenError as error:
                    on_event(Said(text=str(error), level="error"))
        case _:
            pass  # of a later monoline


def _first_ink(told: PlotArguments, part: int, inks: contextlib.ExitStack, on_event: Listener) -> Ink | None:
    """The ink of the pen that the plot begins with, or goes on with."""
    name = told.parts[min(part, len(told.parts) - 1)].pen
    if name and name != told.pen and told.studio:
        return known_ink(partial(_open_ink, told, name, inks, on_event), on_event)
    return _open_ink(told, told.pen, inks, on_event) if told.pen else None


def _open_ink(told: PlotArguments, name: str, inks: contextlib.ExitStack, on_event: Listener) -> PenInk:
    ink = PenInk(Path(told.studio), name)
    inks.callback(_close_ink, ink, on_event)
    return ink


def _close_ink(ink: PenInk, on_event: Listener) -> None:
    ink.close()
    if ink.problem:
        on_event(Said(text=f"The ink of {ink.name} was not counted: {ink.problem}", level="warning"))


def _free(folder: Path, name: str) -> Path:
    """A name that is not taken: the log of a plot that was taken up must not replace that of what ended it."""
    stem, _, ending = name.partition(".")
    names = (name if count == 1 else f"{stem}-{count}.{ending}" for count in range(1, 10_000))
    return next(folder / each for each in names if not (folder / each).exists())


def _raise(board: Board, job: PlotJob) -> None:
    """Whatever ended a plot, the pen comes up if the board still hears."""
    if not job.ended:
        with contextlib.suppress(PlotterError):
            board.last_word(job.raise_ms)


def _simulated(machine: Machine, settings: Sequence[PlotSettings]) -> SimulatedBoard:
    """A machine as these settings want it."""
    return SimulatedBoard(
        travel_mm=(machine.width_mm, machine.height_mm),
        servo_pin=RP_OF_PIN + settings[0].pen_lift.pin,
        overlaps=any(each.raise_early_ms or each.lower_early_ms for each in settings),
    )


def _keep(folder: Path, simulated: SimulatedBoard, on_event: Listener, *, resumed: bool) -> None:
    """What the simulated machine drew, on the same paper as before, and its report, into the plot's folder."""
    drawing = simulated.drawing
    if resumed and (folder / INK).exists():
        with contextlib.suppress(UnreadableFile):  # it was stopped before there was any ink
            drawing = type(drawing)((*read_svg(folder / INK).drawing.lines, *drawing.lines))
    write_svg(folder / INK, drawing, **page_around(drawing))
    write_text(folder / REPORT, json.dumps(simulated.report.to_json(), indent=1) + "\n")
    for name in (INK, REPORT):
        on_event(Made(path=name, what="what the simulator did"))
