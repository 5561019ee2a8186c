"""For tests of the Plot screen: a sheet, plots that need no plotter, and what a person sees of them."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import scripted_runs
from runs import until, write_run
from screens import settled
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import OptionList, Select, Static

import plotter.job
import plotter.ports
import plotter.transport
from drawing.collection import Entry
from plotter.axidraw import PlotSettings
from plotter.errors import PlotterError
from plotter.in_process import InProcess
from plotter.journal import FileJournal, Leg
from plotter.parts import PartArguments, digests
from plotter.route import Place
from plotter.sheet import Sheet, SheetSettings, lay_out, write_sheet
from plotter.simulator import SimulatedBoard
from studio.events import Changed, Said, Started
from studio.runs import Run, State, find_runs, read_told
from tui.screens.plot import PlotScreen
from tui.widgets.sheet_view import SheetView

ARGUMENTS: dict[str, Any] = {"port": "simulator", "machine": "axidraw-v3-a3", "time_scale": 10.0}
NAME = "20260102-030405-six"
LIMIT_S = 30.0
TARGET = plotter.job.TARGET


@functools.cache
def six() -> Sheet:
    """Six polygons on A4."""
    entries = [Entry(scripted_runs.polygon(corners), f"{corners} corners") for corners in range(3, 9)]
    return lay_out(entries, SheetSettings(), title="six")


@pytest.fixture
def sheet(studio: Path) -> Path:
    path = studio / "sheets" / "six.svg"
    write_sheet(path, six())
    return path


@pytest.fixture(autouse=True)
def scripted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Plots that need no plotter, and a machine that has none."""
    monkeypatch.setenv("PYTHONPATH", str(Path(scripted_runs.__file__).parent))
    monkeypatch.setattr(plotter.ports, "find_ports", list)
    monkeypatch.setattr(plotter.job, "TARGET", "scripted_runs:plot")
    yield
    for run in find_runs(tmp_path / "ink" / "plots"):  # a test that failed must leave no child behind
        if run.state is State.RUNNING and read_told(run.folder).target == "scripted_runs:plot":
            run.kill()


class Wired:
    """A plotter that is plugged in: a simulated board, whoever opens whatever port."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.opened: list[str] = []
        self.board = SimulatedBoard(on_log=lambda _at, _took, line, _reply: self.lines.append(line))
        self.error: PlotterError | None = None

    def open_transport(self, port: str) -> InProcess:
        self.opened.append(port)
        if self.error is not None:
            raise self.error
        return InProcess(self.board)


@pytest.fixture
def wired(monkeypatch: pytest.MonkeyPatch) -> Wired:
    wired = Wired()
    monkeypatch.setattr(plotter.transport, "open_transport", wired.open_transport)
    return wired


def plotted(studio: Path, share: float, *ends: Any, name: str = NAME, **arguments: Any) -> Path:
    """A plot that was followed by nobody, so much of it drawn."""
    folder = studio / "plots" / name
    write_sheet(folder / "sheet.svg", six())
    drawing = six().drawing
    journal = FileJournal(folder, digests(folder, [PartArguments()]), background=False)
    journal.begin(Leg(0, Place(), 0.0, 0.0, PlotSettings(), "2.8.1", 1))
    journal.rest(0, Place(*scripted_runs.place(drawing, share * drawing.ink)), finished=share >= 1)
    journal.close()
    events = [
        Started(at=1000.0, what="plot"),
        Said(at=1000.0, text="EiBotBoard with firmware 2.8.1 on the simulator"),
        Changed(at=1001.0, state="drawing"),
        *scripted_runs.plot_events(drawing, share * drawing.ink, 1060.0, pen_down=True),
    ]
    return write_run(folder, {**ARGUMENTS, **arguments}, [*events, *ends], started_at=1000.0)


async def go(pilot: Pilot[None], sheet: Path | None = None) -> PlotScreen:
    await settled(pilot)
    await pilot.press("5")
    await settled(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, PlotScreen)
    if sheet is not None:
        screen.open_sheet(sheet)
        await until(pilot, lambda: word(screen) in ("READY", "NOT READY"))
    return screen


def said(screen: PlotScreen, name: str) -> str:
    return str(screen.query_one(f"#{name}", Static).content)


def word(screen: PlotScreen) -> str:
    return said(screen, "word")


async def choose(pilot: Pilot[None], name: str, value: str) -> None:
    pilot.app.screen.query_one(f"#{name}", Select).value = value
    await settled(pilot)


async def waiting(pilot: Pilot[None], sheet: Path) -> tuple[PlotScreen, Run]:
    """A plot that has drawn one half and waits inside a line."""
    screen = await go(pilot, sheet)
    await choose(pilot, "speed", "1")
    await pilot.press("enter")
    await until(pilot, lambda: word(screen) == "DRAWING" and screen.query_one(SheetView).inked_mm)
    assert screen.followed is not None
    assert screen.query_one(SheetView).inked_mm == pytest.approx(six().drawing.ink / 2, rel=0.01)
    return screen, screen.followed


def dialog(pilot: Pilot[None]) -> str:
    """What a question asks, in one line."""
    assert isinstance(pilot.app.screen, ModalScreen)
    return " ".join(" ".join(str(text.content) for text in pilot.app.screen.query(Static)).split())


def checked(screen: PlotScreen) -> str:
    """What the checklist says, in one line."""
    return " ".join(said(screen, "checks").split())


def notes(pilot: Pilot[None]) -> str:
    """What the notifications say that are shown."""
    shown = pilot.app._notifications  # pyright: ignore[reportPrivateUsage] - there is no public way
    return "\n".join(f"{note.title}: {note.message}" for note in shown)


async def pick(pilot: Pilot[None], words: str) -> None:
    """Choose the line of a list that says so."""
    options = pilot.app.screen.query_one(OptionList)
    lines = [str(options.get_option_at_index(index).prompt) for index in range(options.option_count)]
    options.highlighted = next(index for index, line in enumerate(lines) if words in line)
    await pilot.press("enter")
    await settled(pilot)


async def more(pilot: Pilot[None], words: str) -> None:
    """Choose one of the more choices of Plot."""
    await pilot.press("c")
    await settled(pilot)
    await pick(pilot, words)
