"""Plots that were begun: the list, orders to one that goes on, and going on with one, end to end over a wire."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from commands import INTERRUPTIBLE, Capture, refused, told
from copying import copies
from feeding import LOOP
from tables import Table

from drawing.drawing import Drawing
from drawing.svg import read_svg, write_svg
from plotter.axidraw import PlotSettings, find_machine
from plotter.ink import ink_error_mm
from plotter.job import rescue_pen, start_plot
from plotter.journal import FileJournal, Leg
from plotter.pens import change_pen, find_pen
from plotter.ready import ready_sheet
from plotter.route import Place
from plotter.simulated_link import PtyLink
from studio.events import Changed, Measured, Said
from studio.folder import create_studio
from studio.runs import Run, State, find_runs
from tui.main import run

LIMIT_S = 30.0
on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="pseudo terminals are tried on Linux")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are sent as POSIX has them")


class Desk:
    """A studio with a sheet and a plotter beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.studio = create_studio(folder / "studio").folder
        self.table = Table()
        self.sheet = folder / "loop.svg"
        write_svg(self.sheet, LOOP, width_mm=100, height_mm=100)

    def begin(self, name: str = "one", count: int = 1, **options: Any) -> Run:
        """Start a plot, and wait until its pen is on the paper."""
        ready = ready_sheet(self.sheet, find_machine("axidraw-v3"), optimised=False)
        folder = self.studio / "plots" / name
        plot = start_plot(folder, copies(ready, count), port=self.table.port, **options)
        next(each for each in plot.follow() if isinstance(each, Measured) and each.values["pen_down"])
        return plot

    def killed(self, name: str = "one") -> Run:
        """A plot whose process was killed in the midst of the line."""
        plot = self.begin(name)
        plot.kill()
        assert plot.wait(LIMIT_S) is State.LOST
        return plot

    def stopped(self, name: str = "one") -> Run:
        """A plot that was stopped in the midst of the line."""
        plot = self.begin(name)
        plot.stop()
        assert plot.wait(LIMIT_S) is State.STOPPED
        return plot

    def only(self) -> Run:
        """The plot that goes on, or is about to, once its pen is on the paper."""
        limit = time.monotonic() + LIMIT_S
        while not (found := find_runs(self.studio / "plots")) and time.monotonic() < limit:
            pass
        next(each for each in found[0].follow() if isinstance(each, Measured) and each.values["pen_down"])
        return found[0]

    def arguments(self, *more: str) -> list[str]:
        return ["--studio", str(self.studio), *more]

    def error_mm(self) -> float:
        self.table.close()
        return ink_error_mm(LOOP, self.table.board.drawing.lines)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.chdir(tmp_path)
    made = Desk(tmp_path)
    yield made
    for each in [*find_runs(made.studio / "plots"), *find_runs(tmp_path)]:
        each.kill()
    made.table.close()


def until_state(plot: Run, state: str) -> None:
    next(each for each in plot.follow() if isinstance(each, Changed) and each.state == state)


# going on


def test_a_plot_whose_process_was_killed_goes_on_and_nothing_is_missing(capsys: Capture, desk: Desk) -> None:
    desk.killed()
    result = told(capsys, desk.arguments("plot", "--resume", "one", "--yes"))
    assert set(result) >= {"id", "state", "duration_s", "drawn_m"}
    assert (result["id"], result["state"]) == ("one", "finished")
    assert 0 < result["drawn_m"] <= LOOP.ink / 1000 + 1e-6
    assert desk.error_mm() < 0.05


def test_the_pen_of_a_plot_that_was_killed_is_raised_by_whoever_followed_it(capsys: Capture, desk: Desk) -> None:
    killed = threading.Thread(target=lambda: desk.only().kill())
    killed.start()
    arguments = ["plot", str(desk.sheet), "--port", desk.table.port, "--no-optimize", "--yes"]
    assert run(desk.arguments(*arguments)) == 1
    error = capsys.readouterr().err
    killed.join()
    assert "the pen was raised" in error
    assert f"monoline plot --resume {desk.only().name} goes on" in error
    desk.table.close()
    assert not desk.table.board.plotter.touching
    assert desk.table.board.report.lifts == 1


def test_a_rescue_raises_the_pen_as_high_as_what_was_in_the_clip_wants_it(desk: Desk) -> None:
    plot = desk.killed()
    higher = PlotSettings(pen_up_pct=85.0)
    journal = FileJournal(plot.folder, (), background=False)
    journal.begin(Leg(0, Place(), 0.0, 0.0, higher, "2.8.1", 1))
    journal.close()
    assert rescue_pen(plot.folder)
    desk.table.close()
    servo = desk.table.board.plotter.servo
    assert servo.at(desk.table.board.now) == servo.up == higher.servo_up


def test_no_board_no_rescue(desk: Desk) -> None:
    plot = desk.stopped()
    desk.table.close()
    assert not rescue_pen(plot.folder)
    assert not rescue_pen(desk.folder)


def test_the_newest_that_is_not_done_goes_on_or_the_one_that_is_named(capsys: Capture, desk: Desk) -> None:
    desk.stopped("zebra")
    desk.stopped("ant")
    assert told(capsys, desk.arguments("plot", "--resume", "--yes"))["id"] == "ant"
    assert "All of" in refused(capsys, desk.arguments("plot", "--resume", "ant", "--yes"), 1)
    assert run(desk.arguments("plot", "--resume", str(desk.studio / "plots" / "zebra"), "--yes")) == 0
    assert "m drawn, the last of it in 0:" in capsys.readouterr().out
    assert "No plot can be taken up" in refused(capsys, desk.arguments("plot", "--resume", "--yes"), 1)
    assert "no plot three" in refused(capsys, desk.arguments("plot", "--resume", "three"), 1)
    assert "goes on with one" in refused(capsys, desk.arguments("plot", "--resume", "zebra", "ant"), 2)


def test_a_sheet_that_was_changed_since_is_not_gone_on_with(capsys: Capture, desk: Desk) -> None:
    plot = desk.stopped()
    (plot.folder / "sheet.svg").write_text((plot.folder / "sheet.svg").read_text() + "\n")
    assert "not the one that was drawn" in refused(capsys, desk.arguments("plot", "--resume", "one", "--yes"), 1)
    assert "No plot can be taken up" in refused(capsys, desk.arguments("plot", "--resume", "--yes"), 1)


def test_a_person_is_asked_before_anything_moves_and_told_where_the_carriage_has_to_be(
    capsys: Capture, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    plot = desk.stopped()
    assert "say --yes" in refused(capsys, desk.arguments("plot", "--resume"), 1)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    asked: list[str] = []

    def no(text: str, **_: Any) -> None:
        import typer

        asked.append(text)
        raise typer.Abort

    monkeypatch.setattr("typer.confirm", no)
    before = desk.table.board.report.commands
    assert run(desk.arguments("plot", "--resume")) == 3
    assert "has kept its power and counts its carriage at" in asked[0]
    assert "leave it there. Go on?" in asked[0]
    told_first = capsys.readouterr().err
    assert f"going on with {plot.name} of " in told_first
    assert "from line 1" in told_first
    desk.table.board._reset()
    assert run(desk.arguments("plot", "--resume", plot.name)) == 3
    assert "has lost its place. Put the carriage home by hand" in asked[1]
    assert desk.table.board.report.commands - before < 20
    assert desk.table.board.report.lifts == 1


def test_who_says_yes_is_told_that_the_carriage_is_taken_to_be_home(capsys: Capture, desk: Desk) -> None:
    desk.stopped()
    assert run(desk.arguments("plot", "--resume", "--yes")) == 0
    assert "counts its carriage at" in capsys.readouterr().err
    desk.stopped("two")
    desk.table.board._reset()
    desk.table.board.put_home()
    assert run(desk.arguments("plot", "--resume", "--yes")) == 0
    assert "Put the carriage home by hand" in (error := capsys.readouterr().err)
    assert "taken to be done, since --yes was said" in error


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_plot_with_its_last_words(desk: Desk, number: int) -> None:
    command = [sys.executable, "-P", "-c", INTERRUPTIBLE, *desk.arguments("plot", str(desk.sheet), "--yes", "--json")]
    command += [
        "--port",
        desk.table.port,
        "--no-optimize",
        "--set",
        "plot.speed_down_mm_s=1",
    ]  # not done before the signal comes
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        plot = desk.only()
        process.send_signal(number)
        out, error = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 3
    assert json.loads(out)["state"] == "stopped"
    assert "stopping, with everything saved" in error
    assert plot.state is State.STOPPED


def test_orders_that_would_do_nothing_are_refused(capsys: Capture, desk: Desk) -> None:
    desk.begin()
    for order in (["resume"], ["set", "plot.pen_down_pct=25"]):
        assert "one is drawing, not paused; monoline plots pause one" in refused(
            capsys, desk.arguments("plots", *order), 1
        )
    assert run(desk.arguments("plots", "pause")) == 0
    until_state(Run(desk.studio / "plots" / "one"), "paused")
    listed = told(capsys, desk.arguments("plots"))["plots"][0]
    assert (listed["id"], listed["state"], listed["why"]) == ("one", "paused", "")
    assert 0 < listed["drawn_m"] < listed["of_m"] == pytest.approx(LOOP.ink / 1000, abs=1e-3)
    assert run(desk.arguments("plots", "stop")) == 0


def test_a_closed_terminal_raises_the_pen_and_the_plot_can_be_taken_up(capsys: Capture, desk: Desk) -> None:
    command = [sys.executable, "-P", "-c", INTERRUPTIBLE, *desk.arguments("plot", str(desk.sheet), "--yes")]
    command += ["--port", desk.table.port, "--no-optimize", "--out", str(desk.studio / "plots" / "closed")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        events = desk.studio / "plots" / "closed" / "events.jsonl"
        while not events.exists():
            assert process.poll() is None
        plot = Run(events.parent)
        next(each for each in plot.follow() if isinstance(each, Measured) and each.values["pen_down"])
        process.send_signal(signal.SIGKILL)
    assert plot.wait(LIMIT_S) is State.STOPPED
    assert "has gone" in " ".join(each.text for each in plot.events() if isinstance(each, Said))
    desk.table.board.settle()
    assert not desk.table.board.plotter.touching
    assert told(capsys, desk.arguments("plot", "--resume", "--yes"))["state"] == "finished"
    assert desk.error_mm() < 0.05


# orders


def test_a_plot_that_goes_on_takes_orders_from_another_terminal(capsys: Capture, desk: Desk) -> None:
    plot = desk.begin()
    assert run(desk.arguments("plots", "pause")) == 0
    until_state(plot, "paused")
    assert run(desk.arguments("plots", "set", "plot.pen_down_pct=28", "--id", "one")) == 0
    assert run(desk.arguments("plots", "set", "plot.raise_early_ms=40", "--id", "one")) == 0
    change_pen(desk.studio, "red", pen_up_pct=65.0, hop_mm=2.0)
    assert run(desk.arguments("plots", "pen", "red")) == 0
    assert run(desk.arguments("plots", "resume", "one", "--refilled")) == 0
    assert plot.wait(LIMIT_S) is State.FINISHED
    words = " ".join(each.text for each in plot.events() if isinstance(each, Said))
    assert "pen_down_pct is 28 from here on." in words
    assert "pen_up_pct is 65, hop_mm is 2, raise_early_ms is 0, lower_early_ms is 0 from here on." in words
    assert desk.table.board.plotter.servo.down == PlotSettings(pen_down_pct=28).servo_down
    assert desk.table.board.plotter.servo.up == PlotSettings(pen_up_pct=65).servo_up
    capsys.readouterr()
    for order in (["pause"], ["stop", "one"], ["set", "plot.pen_down_pct=20"]):
        assert "is going on" in refused(capsys, desk.arguments("plots", *order), 1)
    assert "no plot two" in refused(capsys, desk.arguments("plots", "stop", "two"), 1)
    assert "colour" in refused(capsys, desk.arguments("plots", "set", "plot.colour=1"), 2)
    assert "can't change on the way" in refused(capsys, desk.arguments("plots", "set", "plot.lift=brushless"), 2)
    assert "no pen 'blue'" in refused(capsys, desk.arguments("plots", "pen", "blue"), 1)
    assert desk.error_mm() < 0.05


def test_a_stop_from_another_terminal_ends_the_plot_with_its_place(capsys: Capture, desk: Desk) -> None:
    plot = desk.begin()
    assert run(desk.arguments("plots", "stop")) == 0
    assert plot.wait(LIMIT_S) is State.STOPPED
    capsys.readouterr()
    (row,) = told(capsys, desk.arguments("plots"))["plots"]
    assert (row["id"], row["state"]) == ("one", "stopped")
    assert 0 < row["drawn_m"] < row["of_m"]
    assert run(desk.arguments("plots")) == 0
    assert "one: stopped, 0." in capsys.readouterr().out


def test_a_damaged_plot_does_not_hide_the_others(capsys: Capture, desk: Desk) -> None:
    desk.stopped("one")
    plot = desk.stopped("two")
    data = (plot.folder / "events.jsonl").read_bytes()
    (plot.folder / "events.jsonl").write_bytes(data[:200] + b"\0" * 40 + data[240:])
    assert [row["id"] for row in told(capsys, desk.arguments("plots"))["plots"]] == ["two", "one"]


def test_there_may_be_no_plots(capsys: Capture, desk: Desk) -> None:
    assert told(capsys, desk.arguments("plots")) == {"plots": []}
    assert "is going on" in refused(capsys, desk.arguments("plots", "pause"), 1)


# several


@on_linux
def test_between_sheets_enter_in_the_terminal_goes_on(desk: Desk, tmp_path: Path) -> None:
    import pty  # not on Windows

    write_svg(tmp_path / "a.svg", Drawing.of([[(10, 10), (30, 10)]]), width_mm=50, height_mm=50)
    table = Table(PtyLink(tmp_path / "ttyACM3"), time_scale=20.0)
    command = [sys.executable, "-P", "-c", INTERRUPTIBLE, "plot", "a.svg", "--copies", "3", "--port", table.port]
    command += ["--yes", "--json", "--out", "several"]
    master, slave = pty.openpty()
    with subprocess.Popen(command, stdin=slave, stdout=subprocess.PIPE, stderr=slave, text=True) as process:
        os.close(slave)
        heard, answered = "", 0
        while True:
            if select.select([master], [], [], LIMIT_S)[0]:
                try:
                    heard += os.read(master, 4096).decode(errors="replace")
                except OSError:
                    break
            if heard.count("press Enter to go on") > answered:
                answered += 1
                os.write(master, b"\n")
        out, _ = process.communicate(timeout=LIMIT_S)
    os.close(master)
    table.close()
    assert answered == 2
    assert process.returncode == 0, heard
    assert json.loads(out)["state"] == "finished"
    assert "Fatal" not in heard
    assert table.board.report.lifts == 3


def test_cells_strokes_a_pen_and_several_sheets_on_the_simulator(capsys: Capture, desk: Desk, tmp_path: Path) -> None:
    change_pen(desk.studio, "red", pen_down_pct=25.0, capacity_m=0.06)
    lines = Drawing.of([[(10, 10), (40, 10)], [(10, 20), (40, 20)], [(10, 30), (40, 30)]])
    write_svg(tmp_path / "a.svg", lines, width_mm=50, height_mm=50)
    write_svg(tmp_path / "b.svg", lines, width_mm=50, height_mm=50)
    common = ["--port", "simulator", "--no-optimize", "--pen", "red"]
    result = told(capsys, desk.arguments("plot", "a.svg", "b.svg", "--strokes", "2-3", *common))
    assert result["drawn_m"] == pytest.approx(0.12, abs=0.003)
    assert find_pen(desk.studio, "red").used_m < 0.06  # it was filled on the way
    ink = read_svg(desk.studio / "plots" / result["id"] / "ink.svg").drawing
    assert {round(float(line[0][1])) for line in ink.lines} == {20, 30}
    assert "no cells" in refused(capsys, desk.arguments("plot", "a.svg", "--cells", "1", *common), 1)
    assert "no line 4" in refused(capsys, desk.arguments("plot", "a.svg", "--strokes", "4", *common), 1)
    assert "name a sheet" in refused(capsys, desk.arguments("plot", *common), 2)


def test_a_plotter_that_goes_in_mid_plot_is_an_error_and_the_plot_goes_on_later(capsys: Capture, desk: Desk) -> None:
    arguments = desk.arguments("plot", str(desk.sheet), "--port", desk.table.port, "--yes", "--no-optimize")
    ended: list[int] = []
    thread = threading.Thread(target=lambda: ended.append(run(arguments)))
    thread.start()
    while not (plots := find_runs(desk.studio / "plots")):
        pass
    next(each for each in plots[0].follow() if isinstance(each, Measured) and each.values["pen_down"])
    desk.table.board.set_voltage(2.0)
    thread.join(LIMIT_S)
    assert ended == [1]
    errors = capsys.readouterr().err
    assert "lost their power" in errors
    assert f"monoline plot --resume {plots[0].name} goes on" in errors
    assert find_runs(desk.studio / "plots")
