"""A plot as a process of its own: starts it, takes its orders, and always ends with the pen up."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from drawing.svg import write_svg
from plotter.axidraw import DEFAULT_MACHINE, PlotSettings, find_machine
from plotter.board import Board
from plotter.errors import PlotterError, PlotterLost, SheetError
from plotter.feed import PlotJob, State
from plotter.in_process import InProcess
from plotter.ready import SHEET, Ready
from plotter.route import Place
from plotter.sheet import read_sheet, write_sheet
from plotter.simulator import SimulatedBoard
from plotter.transport import SIMULATOR, Transport, open_transport
from studio.events import Changed, Listener, Made, Ordered, Said
from studio.files import write_text
from studio.runs import POLL_S, Orders, Run, start_run

INK, REPORT = "ink.svg", "report.json"
TARGET = "plotter.job:run"


class PlotArguments(BaseModel):
    """What the run of a plot is told."""

    model_config = ConfigDict(extra="forbid")

    sheet: str = SHEET
    """Path, relative to the plot's folder."""
    port: str = "auto"
    machine: str = DEFAULT_MACHINE
    settings: PlotSettings = PlotSettings()
    alone: bool = False
    """Go on when the process that started it has ended."""
    time_scale: float = Field(default=1.0, ge=0)
    """Of the simulator; 0 is virtual time."""
    stroke: int = Field(default=0, ge=0)
    along_mm: float = Field(default=0.0, ge=0)
    overlap_mm: float = Field(default=0.0, ge=0)


def start_plot(
    folder: Path,
    ready: Ready,
    *,
    port: str = "auto",
    alone: bool = False,
    time_scale: float = 1.0,
    overlap_mm: float = 0.0,
) -> Run:
    """Write a sheet into a new plot folder and begin to draw it, in a process of its own.

    Args:
        folder: see ``new_plot_folder``.
        ready: with a machine.
        port: ``auto``, a device, ``tcp://HOST:PORT`` or ``simulator``.
        alone: go on when this process ends; otherwise the pen comes up and the plot stops there.
        time_scale: how much faster the simulator goes than real time; 0 waits for nothing.

    Raises:
        SheetError: the sheet is ready for no machine.
    """
    if ready.machine is None:
        raise SheetError("The sheet was made ready for no machine; name one.")
    write_sheet(folder / SHEET, ready.sheet)
    told = PlotArguments(
        port=port,
        machine=ready.machine.name,
        settings=ready.plan.settings,
        alone=alone,
        time_scale=time_scale,
        stroke=ready.begin.stroke,
        along_mm=ready.begin.along_mm,
        overlap_mm=overlap_mm,
    )
    return start_run(folder, TARGET, told.model_dump())


def run(folder: Path, arguments: dict[str, Any], on_event: Listener, orders: Orders) -> dict[str, Any]:
    """The work of a plot's process: connect, draw, take orders; a target of ``studio.runs.start_run``.

    Raises:
        PlotterError: no plotter, or it was lost; the pen is up if the port still worked.
    """
    told = PlotArguments.model_validate(arguments)
    machine = find_machine(told.machine)
    lines = read_sheet(folder / told.sheet).drawing
    machine.check(lines.bounds)
    on_event(Changed(state=State.CONNECTING.value))
    simulated: SimulatedBoard | None = None
    if told.port == SIMULATOR:
        simulated = SimulatedBoard(travel_mm=(machine.width_mm, machine.height_mm))
        wire: Transport = InProcess(simulated, told.time_scale)
    else:
        wire = open_transport(told.port)
    board = Board(wire)
    try:
        on_event(Said(text=f"{wire.name}: firmware {board.identify()}, {machine.title}"))
        begin = Place(told.stroke, told.along_mm)
        job = PlotJob(
            board,
            lines.lines,
            told.settings,
            on_event,
            begin=begin,
            overlap_mm=told.overlap_mm,
            machine=machine,
        )
        try:
            job.start()
            drive(job, orders, on_event, alone=told.alone)
        except PlotterLost as error:
            if job.state is State.CONNECTING:
                raise
            raise PlotterLost(f"{error} The pen may still be on the paper: lift it by hand.") from error
        finally:
            if not job.ended:
                with contextlib.suppress(PlotterError):
                    job.lift()
    finally:
        board.close()
        if simulated is not None:
            _keep(folder, simulated, on_event)
    return {"id": folder.name, **job.result()}


def drive(job: PlotJob, orders: Orders, on_event: Listener, *, alone: bool = False) -> None:
    """Step through a plot that has started, taking orders between commands, until it has ended."""
    actions = {"pause": job.pause, "resume": job.resume, "pen_up": job.raise_pen}
    while not job.ended:
        if orders.parent_gone and not alone and not orders.should_stop():
            on_event(Said(text="The program that started the plot has gone; the pen comes up.", level="warning"))
            orders.stop()
        if orders.should_stop():
            job.stop()
            return
        for order in orders.take():
            on_event(Ordered(order=order.name))
            actions.get(order.name, lambda: None)()
        if job.state is State.PAUSED:
            time.sleep(POLL_S)
        job.step()


def _keep(folder: Path, simulated: SimulatedBoard, on_event: Listener) -> None:
    """What the simulated machine drew, and its report, into the plot's folder."""
    write_svg(folder / INK, simulated.drawing)
    write_text(folder / REPORT, json.dumps(simulated.report.to_json(), indent=1) + "\n")
    for name in (INK, REPORT):
        on_event(Made(path=name, what="what the simulator did"))
