from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import plotter.job
from drawing.drawing import Drawing
from drawing.svg import read_svg, write_svg
from plotter.axidraw import PlotSettings, find_machine
from plotter.board import Board
from plotter.ebb import OLDEST, SM, STEPS_PER_MM, USUAL, Command, Firmware, from_axes
from plotter.errors import PlotterError, PlotterLost, PlotterNotFound, SheetError, SheetTooLarge
from plotter.feed import PlotJob
from plotter.in_process import InProcess
from plotter.ink import ink_error_mm
from plotter.job import drive, run, start_plot
from plotter.pen_ink import PenInk
from plotter.pens import change_pen, find_pen, remove_pen
from plotter.ready import new_plot_folder, ready_sheet
from plotter.route import Place
from plotter.simulated_faults import Faults
from plotter.simulator import SimulatedBoard
from plotter.task import State, Task
from studio.events import Changed, Event, Failed, Finished, Made, Measured, Progress, Said, Started, Stopped
from studio.folder import create_studio
from studio.runs import Order, Run, find_run, find_runs
from studio.runs import State as RunState

SETTINGS = PlotSettings()
LIMIT_S = 30.0
T = np.linspace(0, 1, 300)
LOOP = Drawing((np.column_stack([40 + 25 * np.cos(20 * T) * T, 40 + 25 * np.sin(17 * T)]),))
"""One line with bends and corners, some 390 mm."""
SOME = Drawing.of([[(10, 10), (30, 10), (30, 30)], [(12, 20)], [(20, 40), (10, 30), (11, 30)]])


class Asked:
    """Orders as the tests give them; a function tells what to ask before each look."""

    def __init__(self, parent_gone: bool = False, stop: bool = False, orders: list[str] | None = None) -> None:
        self.parent_gone, self.stopped, self.orders = parent_gone, stop, orders or []

    def should_stop(self) -> bool:
        return self.stopped

    def stop(self) -> None:
        self.stopped = True

    def take(self) -> list[Order]:
        taken, self.orders = self.orders, []
        return [Order(name) for name in taken]


class Plot:
    """A job on a simulated board in virtual time, with everything it told."""

    def __init__(
        self,
        drawing: Drawing,
        firmware: Firmware = USUAL,
        simulated: SimulatedBoard | None = None,
        **options: Any,
    ) -> None:
        self.drawing = drawing
        self.simulated = simulated or SimulatedBoard(firmware)
        self.board = Board(InProcess(self.simulated))
        self.board.identify()
        self.events: list[Event] = []
        self.job = PlotJob(self.board, [Task(drawing.lines, SETTINGS)], self.events.append, **options)

    def steps(self, count: int = 10**9) -> None:
        for _ in range(count):
            if self.job.state is not State.DRAWING:
                return
            self.job.step()

    @property
    def error_mm(self) -> float:
        return ink_error_mm(self.drawing, self.simulated.drawing.lines)

    @property
    def place_mm(self) -> tuple[float, float]:
        x, y = from_axes(*self.simulated.position)
        return x / STEPS_PER_MM, y / STEPS_PER_MM

    def told(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


@pytest.mark.parametrize("firmware", [OLDEST, Firmware(2, 6, 2), USUAL])
def test_the_board_draws_the_sheet_in_exactly_the_time_that_was_planned(firmware: Firmware) -> None:
    plot = Plot(SOME, firmware)
    plot.job.start()
    plot.steps()
    assert plot.job.state is State.FINISHED
    report = plot.simulated.report
    assert report.violations == []
    assert report.lifts == 3
    assert plot.place_mm == (0.0, 0.0)
    assert plot.error_mm < 0.03
    result = plot.job.result()
    assert result["state"] == "finished"
    assert report.duration_s == pytest.approx(result["duration_s"], abs=1e-3)
    assert result["drawn_m"] == pytest.approx(SOME.ink / 1000, abs=1e-6)
    assert (result["x_mm"], result["y_mm"], result["stroke"]) == (0, 0, 3)
    assert [event.state for event in plot.told(Changed)] == ["drawing", "finished"]


def test_a_plot_tells_where_it_is_as_often_as_a_person_can_see() -> None:
    time = iter(np.arange(0, 10**6, 0.05))
    plot = Plot(SOME, clock=lambda: float(next(time)))
    plot.job.start()
    plot.steps()
    told = plot.told(Measured)
    assert 20 < len(told) < plot.simulated.report.commands / 2
    done, total = [event.done for event in plot.told(Progress)], [event.total for event in plot.told(Progress)]
    assert done == sorted(done)
    assert len(set(total)) == 1
    assert done[-1] == total[-1] == pytest.approx(plot.simulated.report.duration_s, abs=1e-3)
    inks = [event.values["ink_mm"] for event in told]
    assert inks == sorted(inks)
    assert inks[-1] == told[-1].values["ink_total_mm"] == pytest.approx(SOME.ink, abs=1e-3)
    for event in told:
        values = event.values
        assert values["seconds"] + values["remaining_s"] == pytest.approx(total[-1], abs=1e-3)
        assert values["strokes"] == 3
        if values["pen_down"]:
            line = SOME.lines[int(values["stroke"])]
            assert ink_error_mm(Drawing((line,)), [line, np.array([(values["x_mm"], values["y_mm"])])]) < 0.03


def test_the_board_never_has_more_than_60_ms_of_motion_to_do() -> None:
    plot = Plot(LOOP)
    sent: list[Command] = []
    feed = plot.board.feed

    def note(command: Command) -> None:
        sent.append(command)
        feed(command)

    plot.board.feed = note
    plot.job.start()
    most = 0.0
    while plot.job.state is State.DRAWING:
        plot.job.step()
        if all(any(command.steps) for command in sent[-3:]):  # while the pen goes up or down nothing else moves
            most = max(most, plot.board.busy_s)
    assert 0.02 < most < 0.06
    assert plot.simulated.report.halts == 0


@settings(max_examples=25)
@given(st.lists(st.integers(0, 700), min_size=1, max_size=5), st.floats(0, 3), st.sampled_from((OLDEST, USUAL)))
def test_pauses_anywhere_leave_no_trace_on_paper(pauses: list[int], overlap_mm: float, firmware: Firmware) -> None:
    plot = Plot(LOOP, firmware, overlap_mm=overlap_mm)
    plot.job.start()
    for count in pauses:
        plot.steps(count)
        if plot.job.ended:
            break
        plot.job.pause()
        assert plot.job.state is State.PAUSED
        assert not plot.board.busy()
        assert not plot.simulated.plotter.touching
        values = plot.told(Measured)[-1].values
        assert (values["x_mm"], values["y_mm"]) == pytest.approx(plot.place_mm, abs=1e-4)
        assert values["pen_down"] == 0
        plot.steps()  # paused is paused
        assert plot.job.state is State.PAUSED
        plot.job.resume()
    plot.steps()
    assert plot.job.state is State.FINISHED
    assert plot.error_mm < 0.03
    assert plot.place_mm == (0.0, 0.0)
    report = plot.simulated.report
    assert report.violations == []
    assert plot.job.result()["duration_s"] == pytest.approx(report.busy_s, abs=1e-3)
    assert report.ink_m * 1000 <= LOOP.ink + (overlap_mm + 0.1) * len(pauses) + 1


def test_a_pause_inside_a_line_comes_to_rest_near_where_it_was_asked_for() -> None:
    plot = Plot(LOOP)
    plot.job.start()
    plot.steps(400)
    asked_mm = plot.told(Measured)[-1].values["ink_mm"] if plot.told(Measured) else 0.0
    before = plot.simulated.report.ink_m
    plot.job.pause()
    assert plot.simulated.plotter.touching is False
    # two commands of 20 ms were under way, and 50 mm/s take 1.7 mm to slow down
    assert (plot.simulated.report.ink_m - before) * 1000 < 4.5
    assert plot.job.place.along_mm > asked_mm
    assert [event.state for event in plot.told(Changed)][-2:] == ["pausing", "paused"]


def test_a_stop_ends_with_the_pen_up_where_it_is_and_the_next_plot_starts_there() -> None:
    plot = Plot(LOOP)
    plot.job.start()
    plot.steps(300)
    plot.job.stop()
    result = plot.job.result()
    assert result["state"] == "stopped"
    assert not plot.simulated.plotter.touching
    assert (result["x_mm"], result["y_mm"]) == pytest.approx(plot.place_mm, abs=1e-3)
    assert plot.place_mm != (0.0, 0.0)
    assert 0 < result["drawn_m"] < LOOP.ink / 1000
    assert result["drawn_m"] == pytest.approx(result["along_mm"] / 1000, abs=1e-5)

    rest = Plot(LOOP, simulated=plot.simulated, begin=Place(result["stroke"], result["along_mm"]))
    rest.job.start()
    assert "from home; it sets out" in rest.told(Said)[-1].text
    rest.steps()
    assert rest.place_mm == (0.0, 0.0)
    assert rest.error_mm < 0.03
    assert rest.simulated.report.violations == []


def test_a_carriage_that_is_counted_where_it_can_not_be_is_not_moved() -> None:
    simulated = SimulatedBoard(travel_mm=None)
    board = Board(InProcess(simulated))
    board.connect()
    board.send(SM(1000, -4000, -4000))
    board.wait_idle()
    plot = Plot(LOOP, simulated=simulated, machine=find_machine("axidraw-v3"))
    with pytest.raises(PlotterError, match=r"at -50\.0, 0\.0 mm, where it can't be"):
        plot.job.start()
    assert plot.place_mm == (-50.0, 0.0)


def test_orders_are_taken_between_commands() -> None:
    plot = Plot(LOOP)
    plot.job.start()
    asked = Asked(orders=["pause", "resume", "pen_up", "resume", "sing"])
    drive(plot.job, asked, plot.events.append)  # pyright: ignore[reportArgumentType]
    assert plot.job.state is State.FINISHED
    states = [event.state for event in plot.told(Changed)]
    assert states == ["drawing", *["pausing", "paused", "drawing"] * 2, "finished"]
    assert plot.error_mm < 0.03


def test_orders_are_taken_while_a_layer_asks_to_wait() -> None:
    plot, held = Plot(LOOP), list[float]()
    plot.job.start()
    drive(plot.job, Asked(orders=["pause", "resume"]), plot.events.append, pass_time=held.append, hold_ms=60_000)  # pyright: ignore[reportArgumentType]
    assert plot.job.state is State.FINISHED
    assert held == []  # a person who paused and goes on has waited long enough
    plot = Plot(LOOP)
    plot.job.start()
    drive(plot.job, Asked(), plot.events.append, pass_time=held.append, hold_ms=600)  # pyright: ignore[reportArgumentType]
    assert held == [0.25, 0.25, pytest.approx(0.1)]


@pytest.mark.parametrize(("gone", "alone", "state"), [(True, False, State.STOPPED), (True, True, State.FINISHED)])
def test_when_the_parent_vanishes_the_pen_comes_up_unless_told_to_go_on(gone: bool, alone: bool, state: State) -> None:
    plot = Plot(LOOP)
    plot.job.start()
    plot.steps(200)
    asked = Asked(parent_gone=gone)
    drive(plot.job, asked, plot.events.append, alone=alone)  # pyright: ignore[reportArgumentType]
    assert plot.job.state is state
    assert asked.stopped is not alone
    assert not plot.simulated.plotter.touching
    if not alone:
        assert plot.simulated.report.lifts == 1
        assert plot.place_mm != (0.0, 0.0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_svg(tmp_path / "sheet.svg", LOOP, width_mm=100, height_mm=100)
    return tmp_path


@pytest.fixture
def boards(monkeypatch: pytest.MonkeyPatch) -> list[SimulatedBoard]:
    """The boards that ``run`` simulates, each with the faults of the one that is put there before."""
    made: list[SimulatedBoard] = []

    def make(**options: Any) -> SimulatedBoard:
        made.append(SimulatedBoard(**options))
        return made[-1]

    monkeypatch.setattr(plotter.job, "SimulatedBoard", make)
    return made


ARGUMENTS: dict[str, Any] = {"port": "simulator", "time_scale": 0.0}


def go(folder: Path, on_event: Any = lambda _: None, asked: Asked | None = None, **arguments: Any) -> dict[str, Any]:
    return run(folder, {**ARGUMENTS, **arguments}, on_event, asked or Asked())  # pyright: ignore[reportArgumentType]


def test_the_simulator_leaves_its_ink_and_its_report_in_the_folder(folder: Path) -> None:
    events: list[Event] = []
    result = go(folder, events.append)
    assert result["id"] == folder.name
    assert result["state"] == "finished"
    assert ink_error_mm(LOOP, read_svg(folder / "ink.svg").drawing.lines) < 0.03
    report = json.loads((folder / "report.json").read_text())
    assert report["violations"] == []
    assert report["duration_s"] == pytest.approx(result["duration_s"], abs=1e-3)
    assert [event.path for event in events if isinstance(event, Made)] == ["ink.svg", "report.json"]


def test_an_error_in_the_middle_leaves_the_pen_up(folder: Path, boards: list[SimulatedBoard]) -> None:
    def full(event: Event) -> None:
        if isinstance(event, Measured) and event.values["ink_mm"] > 20:
            raise OSError("no space left on device")

    time_scale = 0.0
    with pytest.raises(OSError, match="no space"):
        go(folder, full, time_scale=time_scale)
    assert boards[0].report.ink_m > 0.01
    assert not boards[0].plotter.touching
    assert (folder / "ink.svg").exists()


def test_a_reply_that_can_not_be_understood_costs_a_short_halt(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    simulated = SimulatedBoard(faults=Faults.parse("garbage@400"))
    monkeypatch.setattr(plotter.job, "SimulatedBoard", lambda **_: simulated)
    events: list[Event] = []
    assert go(folder, events.append)["state"] == "finished"
    assert ink_error_mm(LOOP, simulated.drawing.lines) < 0.03
    assert simulated.report.lifts == 2
    assert any("Asking where it is" in event.text for event in events if isinstance(event, Said))


def test_an_unplugged_plotter_is_told_in_words(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    simulated = SimulatedBoard(faults=Faults.parse("unplug@300"))
    monkeypatch.setattr(plotter.job, "SimulatedBoard", lambda **_: simulated)
    with pytest.raises(PlotterLost, match=r"unplugged.*pen may still be on the paper"):
        go(folder)
    assert (folder / "report.json").exists()


def told(events: list[Event]) -> str:
    return " ".join(event.text for event in events if isinstance(event, Said))


class Later(Asked):
    """Orders that come in the midst of the line, one after another."""

    def __init__(self, *orders: Order) -> None:
        super().__init__()
        self.waiting = list(orders)
        self.events: list[Event] = []
        self.looks = 0

    def take(self) -> list[Order]:
        self.looks += 1
        if self.looks < 150 or not self.waiting:
            return []
        first = self.waiting.pop(0)
        if first.name == "stop":
            self.stop()
            return []
        return [first]


@pytest.fixture
def studio(tmp_path: Path) -> Path:
    made = create_studio(tmp_path / "studio").folder
    change_pen(made, "red", capacity_m=9.0)
    change_pen(made, "blue", capacity_m=9.0)
    return made


def test_settings_changed_on_the_way_hold_when_it_is_taken_up(folder: Path, boards: list[SimulatedBoard]) -> None:
    asked = Later(Order("pause"), Order("settings", {"pen_down_pct": 28.0}), Order("resume"), Order("stop"))
    assert go(folder, asked.events.append, asked)["state"] == "stopped"
    assert boards[0].plotter.servo.down == PlotSettings(pen_down_pct=28).servo_down
    assert go(folder, resume=True)["state"] == "finished"
    assert boards[1].plotter.servo.down == PlotSettings(pen_down_pct=28).servo_down


def test_another_pen_is_taken_only_while_paused_and_its_ink_is_its_own(folder: Path, studio: Path) -> None:
    asked = Later(
        Order("pen", {"name": "blue"}), Order("pause"), Order("pen", {"name": "green"}),
        Order("pen", {"name": "blue"}), Order("resume"),
    )  # fmt: skip
    assert go(folder, asked.events.append, asked, pen="red", studio=str(studio))["state"] == "finished"
    words = told(asked.events)
    assert "Pens are changed while the plot is paused" in words
    assert "There is no pen 'green'" in words
    red, blue = find_pen(studio, "red").used_m, find_pen(studio, "blue").used_m
    assert min(red, blue) > 0.01
    assert red + blue == pytest.approx(LOOP.ink / 1000, abs=3e-3)


def test_the_pen_comes_up_before_its_ink_is_written_down(
    folder: Path, studio: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    close, last_word = PenInk.close, Board.last_word

    def closed(ink: PenInk) -> None:
        order.append(ink.name)
        close(ink)

    def said(board: Board, raise_ms: int) -> None:
        order.append("pen up")
        last_word(board, raise_ms)

    monkeypatch.setattr(PenInk, "close", closed)
    monkeypatch.setattr(Board, "last_word", said)
    asked = Later(Order("pause"), Order("pen", {"name": "blue"}), Order("resume"))

    def full(event: Event) -> None:
        asked.events.append(event)
        if sum(isinstance(each, Changed) and each.state == "drawing" for each in asked.events) == 2:
            raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        go(folder, full, asked, pen="red", studio=str(studio))
    assert order == ["pen up", "blue", "red"]


def test_ink_that_could_not_be_counted_is_told(folder: Path, studio: Path) -> None:
    events: list[Event] = []

    def remove(event: Event) -> None:
        events.append(event)
        if isinstance(event, Changed) and event.state == "drawing":
            remove_pen(studio, "red")

    assert go(folder, remove, pen="red", studio=str(studio))["state"] == "finished"
    assert "The ink of red was not counted: There is no pen 'red'" in told(events)


def test_nothing_moves_for_a_sheet_that_does_not_fit_or_a_port_that_is_not_there(
    folder: Path, boards: list[SimulatedBoard]
) -> None:
    with pytest.raises(SheetTooLarge):
        write_svg(folder / "large.svg", LOOP.scale(20), width_mm=2000, height_mm=2000)
        go(folder, parts=[{"sheet": "large.svg"}])
    assert boards == []
    with pytest.raises(PlotterNotFound):
        go(folder, port=str(folder / "ttyACM0"))


def test_a_sheet_must_be_ready_for_a_machine_to_be_plotted(folder: Path) -> None:
    with pytest.raises(SheetError, match="no machine"):
        start_plot(folder / "plot", ready_sheet(folder / "sheet.svg", None))
    assert not (folder / "plot").exists()


# in a process of its own


@pytest.fixture
def plots(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "plots"
    for each in find_runs(tmp_path / "plots"):  # a test that failed must leave no child behind
        each.kill()


def first(plot: Run, kind: type[Event], *, state: str = "") -> Event:
    return next(e for e in plot.follow() if isinstance(e, kind) and (not state or getattr(e, "state", "") == state))


def drawn(plot: Run) -> tuple[float, dict[str, Any]]:
    """Ink error and report of what the simulator left."""
    sheet = read_svg(plot.folder / "sheet.svg").drawing
    report = json.loads((plot.folder / "report.json").read_text())
    return ink_error_mm(sheet, read_svg(plot.folder / "ink.svg").drawing.lines), report


@pytest.mark.parametrize(("page", "strokes"), [("a_one_A5.svg", ""), ("d_140single_A3.svg", "60-75")])
def test_a_real_page_is_drawn_end_to_end(data: Path, plots: Path, page: str, strokes: str) -> None:
    ready = ready_sheet(data / "pages" / page, find_machine("axidraw-v3-a3"), strokes=strokes)
    plot = start_plot(plots / "one", ready, port="simulator", time_scale=0)
    assert plot.wait(4 * LIMIT_S) is RunState.FINISHED
    error_mm, report = drawn(plot)
    assert error_mm < 0.03
    assert report["violations"] == []
    assert report["halts"] == 0
    assert report["duration_s"] == pytest.approx(ready.plan.duration_s, abs=1e-6)
    assert report["lifts"] == ready.plan.lifts
    last = plot.events()[-1]
    assert isinstance(last, Finished)
    assert last.result["drawn_m"] == pytest.approx(ready.sheet.drawing.ink / 1000, abs=1e-5)


def test_a_plot_is_paused_and_resumed_from_outside(folder: Path, plots: Path) -> None:
    plot = start_plot(
        plots / "one", ready_sheet(folder / "sheet.svg", find_machine("axidraw-v3")), port="simulator", time_scale=4
    )
    while not isinstance(event := first(plot, Measured), Measured):
        pass
    next(e for e in plot.follow() if isinstance(e, Measured) and e.values["pen_down"])
    plot.order("pause")
    first(plot, Changed, state="paused")
    plot.order("resume")
    assert plot.wait(LIMIT_S) is RunState.FINISHED
    error_mm, report = drawn(plot)
    assert error_mm < 0.03
    assert report["lifts"] == 2
    # in real time a busy machine may feed the board late, which then stops and starts at once
    assert {each["kind"] for each in report["violations"]} <= {"jump"}
    assert event.step >= 0


@pytest.mark.skipif(os.name == "nt", reason="signals are sent as POSIX has them")
def test_a_signal_stops_a_plot_with_the_pen_up(folder: Path, plots: Path) -> None:
    plot = start_plot(plots / "one", ready_sheet(folder / "sheet.svg", find_machine("axidraw-v3")), port="simulator")
    started = first(plot, Started)
    assert isinstance(started, Started)
    next(e for e in plot.follow() if isinstance(e, Measured) and e.values["pen_down"])
    os.kill(started.pid, signal.SIGTERM)
    assert plot.wait(LIMIT_S) is RunState.STOPPED
    _, report = drawn(plot)
    assert report["lifts"] == 1
    last = plot.events()[-1]
    assert isinstance(last, Stopped)
    assert last.result["state"] == "stopped"
    assert 0 < last.result["drawn_m"] < LOOP.ink / 1000


@pytest.mark.skipif(os.name == "nt", reason="signals are sent as POSIX has them")
def test_a_killed_parent_brings_the_pen_up(folder: Path, plots: Path) -> None:
    parent = (
        "import os, signal, sys; from pathlib import Path\n"
        "from plotter.axidraw import find_machine; from plotter.job import start_plot\n"
        "from plotter.ready import ready_sheet\n"
        "ready = ready_sheet(Path(sys.argv[1]), find_machine('axidraw-v3'))\n"
        "plot = start_plot(Path(sys.argv[2]), ready, port='simulator', time_scale=1)\n"
        "next(e for e in plot.follow() if type(e).__name__ == 'Measured' and e.values['pen_down'])\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    command = [sys.executable, "-c", parent, str(folder / "sheet.svg"), str(plots / "one")]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    plot = find_run(plots / "one")
    assert plot.wait(LIMIT_S) is RunState.STOPPED
    _, report = drawn(plot)
    assert report["lifts"] == 1
    assert report["ink_m"] < LOOP.ink / 2000
    assert any("has gone" in event.text for event in plot.events() if isinstance(event, Said))


def test_a_plot_that_can_not_connect_says_so(folder: Path, plots: Path) -> None:
    ready = ready_sheet(folder / "sheet.svg", find_machine("axidraw-v3"))
    plot = start_plot(plots / "one", ready, port="tcp://127.0.0.1:1")
    assert plot.wait(LIMIT_S) is RunState.FAILED
    last = plot.events()[-1]
    assert isinstance(last, Failed)
    assert "tcp://127.0.0.1:1" in last.error


def test_a_plot_is_named_for_its_sheet_and_goes_on_by_that_name(tmp_path: Path) -> None:
    first = new_plot_folder(tmp_path / "plots", tmp_path / "faces.svg")
    assert re.fullmatch(r"\d{8}-\d{6}-faces", first.name)
    for sheet in (first / "sheet.svg", Path("faces.svg")):
        assert re.fullmatch(r"\d{8}-\d{6}-faces", new_plot_folder(Path(), sheet).name)
