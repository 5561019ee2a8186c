from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import scripted_runs
from runs import tell, until, write_run
from screens import screen_text, settled
from textual.binding import Binding
from textual.pilot import Pilot
from textual.widgets import Input, Select, Static

import plotter.job
import plotter.ports
from drawing.collection import Entry
from drawing.drawing import Drawing
from plotter.ports import Port
from plotter.ready import Ready, ready_sheet
from plotter.sheet import Sheet, SheetSettings, lay_out, read_sheet, write_sheet
from studio.events import Changed, Failed, Finished, Said, Started, Stopped
from studio.lock import locked
from studio.runs import Run, State, find_runs, read_told, start_run
from tui.app import Monoline
from tui.messages import SheetReady
from tui.plotting import Plotting, estimate
from tui.screens.plot import PlotScreen
from tui.screens.train import TrainScreen
from tui.widgets.dialog import ChoiceDialog, ErrorDialog, ListDialog, PathDialog
from tui.widgets.new_training import NewTraining
from tui.widgets.plot_options import PlotOptions, PortDialog
from tui.widgets.sheet_view import SheetView

Golden = Callable[[str, str], None]
ARGUMENTS = {"port": "simulator", "machine": "axidraw-v3-a3", "time_scale": 10.0}
NAME = "20260102-030405-six"
LIMIT_S = 30.0
REAL = plotter.job.start_plot


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
def _scripted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Plots that need no plotter, and a machine that has none."""
    monkeypatch.setenv("PYTHONPATH", str(Path(scripted_runs.__file__).parent))
    monkeypatch.setattr(plotter.ports, "find_ports", list)

    def start_plot(folder: Path, ready: Ready, *, port: str, time_scale: float) -> Run:
        write_sheet(folder / "sheet.svg", ready.sheet)
        assert ready.machine is not None
        arguments = {"port": port, "machine": ready.machine.name, "time_scale": time_scale}
        # the slowest speed stands for a plot that waits half way
        wait_at_mm = ready.sheet.drawing.ink / 2 if time_scale == 1 else None
        return start_run(folder, "scripted_runs:plot", {**arguments, "wait_at_mm": wait_at_mm})

    monkeypatch.setattr(plotter.job, "start_plot", start_plot)
    yield
    for run in find_runs(tmp_path / "ink" / "plots"):  # a test that failed must leave no child behind
        if run.state is State.RUNNING and read_told(run.folder).target == "scripted_runs:plot":
            run.kill()


def plotted(studio: Path, share: float, *ends: Any, name: str = NAME) -> Path:
    """A plot that was followed by nobody, so much of it drawn."""
    folder = studio / "plots" / name
    write_sheet(folder / "sheet.svg", six())
    drawing = six().drawing
    events = [
        Started(at=1000.0, what="plot"),
        Said(at=1000.0, text="EiBotBoard with firmware 2.8.1 on the simulator"),
        Changed(at=1001.0, state="drawing"),
        *scripted_runs.plot_events(drawing, share * drawing.ink, 1060.0, pen_down=True),
    ]
    return write_run(folder, ARGUMENTS, [*events, *ends], started_at=1000.0)


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


async def test_a_sheet_is_shown_with_what_it_takes(studio: Path, sheet: Path, golden: Golden) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        await go(pilot, sheet)
        golden("plot-ready.txt", screen_text(pilot.app))


async def test_without_a_sheet_it_says_what_to_press(studio: Path, golden: Golden) -> None:
    async with Monoline(studio).run_test(size=(80, 24)) as pilot:
        screen = await go(pilot)
        golden("plot-empty.txt", screen_text(pilot.app))
        await pilot.press("enter")
        await settled(pilot)
        assert screen.followed is None


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_a_plot_that_goes_on_is_shown_whoever_started_it(
    studio: Path, golden: Golden, size: tuple[int, int]
) -> None:
    with locked(plotted(studio, 0.55)):
        async with Monoline(studio).run_test(size=size) as pilot:
            screen = await go(pilot)
            await until(pilot, lambda: word(screen) == "DRAWING" and screen.query_one(SheetView).pen_mm)
            golden(f"plot-drawing-{size[0]}x{size[1]}.txt", screen_text(pilot.app))


async def test_a_sheet_from_another_screen_is_made_ready(studio: Path, sheet: Path) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        pilot.app.post_message(SheetReady(sheet))
        await settled(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, PlotScreen)
        await until(pilot, lambda: word(screen) == "READY")
        assert "six.svg" in said(screen, "about")


async def test_the_estimate_is_that_of_the_plan_for_what_was_chosen(studio: Path, sheet: Path) -> None:
    from plotter.axidraw import find_machine

    ready = ready_sheet(sheet, find_machine("axidraw-v3-a3"))
    assert ready.before is not None
    assert ready.after is not None
    assert f"strokes{ready.before.strokes:>11}{99:>11}" in estimate(
        replace(ready, after=replace(ready.after, strokes=99)), 1
    )
    text = estimate(ready, 10)
    assert f"{ready.before.lifts:>10}" in text
    assert f"{round(ready.plan.duration_s)} s" in text
    assert f"simulated in {round(ready.plan.duration_s / 10)} s" in text
    assert "before" not in estimate(ready_sheet(sheet, None, optimised=False), 1)
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen = await go(pilot, sheet)
        assert said(screen, "figures") == text
        await choose(pilot, "order", "as it is")
        await until(pilot, lambda: word(screen) == "READY")
        assert "before" not in said(screen, "figures")
        await choose(pilot, "speed", "60")
        assert f"simulated in {round(ready.plan.duration_s / 60)} s" in said(screen, "figures")
        # a machine too small for the sheet starts nothing
        await choose(pilot, "machine", "axidraw-minikit")
        await until(pilot, lambda: word(screen) == "NOT READY")
        assert "MiniKit travels 160 x 101.6 mm" in said(screen, "remarks")
        await pilot.press("enter")
        await settled(pilot)
        assert find_runs(studio / "plots") == []


async def test_the_simulator_draws_without_a_question_to_the_end(studio: Path, sheet: Path) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen = await go(pilot, sheet)
        await pilot.press("enter")
        await until(pilot, lambda: screen.followed is not None and word(screen) == "DONE")
        run = screen.followed
        assert run is not None
        assert read_told(run.folder).arguments["time_scale"] == 10
        assert "100%" in said(screen, "figures")
        assert screen.query_one(SheetView).inked_mm is None  # all of it is ink
        assert screen.check_action("start", ()) is True  # once more, if you like


async def test_the_whole_way_from_a_sheet_to_the_simulators_ink(
    studio: Path, sheet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from plotter.ink import ink_error_mm

    monkeypatch.setattr(plotter.job, "start_plot", REAL)
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen = await go(pilot, sheet)
        await choose(pilot, "speed", "60")
        await pilot.press("enter")
        await until(pilot, lambda: word(screen) in ("DONE", "FAILED"))
        assert word(screen) == "DONE", said(screen, "figures")
        assert "stroke   6 of 6" in said(screen, "figures")
        assert "left     0 s" in said(screen, "figures")
        run = screen.followed
        assert run is not None
        drawn, ink = read_sheet(run.folder / "sheet.svg").drawing, read_sheet(run.folder / "ink.svg").drawing
        assert ink_error_mm(drawn, ink.lines) < 0.03


async def test_a_machine_asks_first_and_the_safe_answer_comes_first(studio: Path, sheet: Path) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen = await go(pilot, sheet)
        await pilot.press("tab", "enter", "down", "enter")  # the second of the plotters
        await settled(pilot)
        assert screen.query_one(PlotOptions).port == "auto"
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, ChoiceDialog)
        shown = " ".join(screen_text(pilot.app).replace("│", " ").split())
        for part in ("A4, 210 x 297 mm, 39 s on AxiDraw V3/A3 at auto", "Pen up at 60 %, down at 30 %"):
            assert part in shown, part
        await pilot.press("enter")  # the safe one
        await settled(pilot)
        assert screen.followed is None
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("right", "enter")
        await until(pilot, lambda: screen.followed is not None)
        run = screen.followed
        assert run is not None
        assert read_told(run.folder).arguments["port"] == "auto"
        assert read_told(run.folder).arguments["time_scale"] == 1
        run.stop()
        assert run.wait(LIMIT_S) is State.STOPPED


async def waiting(pilot: Pilot[None], sheet: Path) -> tuple[PlotScreen, Run]:
    """A plot that has drawn one half and waits inside a line."""
    screen = await go(pilot, sheet)
    await choose(pilot, "speed", "1")
    await pilot.press("enter")
    await until(pilot, lambda: word(screen) == "DRAWING" and screen.query_one(SheetView).inked_mm)
    assert screen.followed is not None
    assert screen.query_one(SheetView).inked_mm == pytest.approx(six().drawing.ink / 2, rel=0.01)
    return screen, screen.followed


async def test_space_pauses_and_goes_on(studio: Path, sheet: Path) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen, run = await waiting(pilot, sheet)
        await pilot.press("space")
        await until(pilot, lambda: word(screen) == "PAUSED")
        assert not isinstance(pilot.app.screen, ChoiceDialog)
        await pilot.press("space")
        await until(pilot, lambda: word(screen) == "DONE")
        assert run.wait(LIMIT_S) is State.FINISHED


async def test_space_lowers_no_pen_while_the_question_is_open(studio: Path, sheet: Path) -> None:
    async with Monoline(studio).run_test(size=(80, 24)) as pilot:
        screen, run = await waiting(pilot, sheet)
        await pilot.press("x")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
        await settled(pilot)
        assert "space Resume" not in screen_text(pilot.app)
        await pilot.press("space")
        await settled(pilot)
        assert '"resume"' not in (run.folder / "orders.jsonl").read_text()
        await pilot.press("escape")
        await settled(pilot)
        assert "space Resume" in screen_text(pilot.app)
        await pilot.press("space")
        await until(pilot, lambda: word(screen) == "DONE")


async def test_leaving_raises_the_pen_of_our_own_plot_before_anything_else(studio: Path, sheet: Path) -> None:
    async with Monoline(studio).run_test(size=(80, 24)) as pilot:
        _, run = await waiting(pilot, sheet)
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert "The plot stops with the pen up" in " ".join(screen_text(pilot.app).replace("│", " ").split())
        assert not (run.folder / "orders.jsonl").exists()
        await pilot.press("right", "enter")
    assert '"order":"stop"' in (run.folder / "orders.jsonl").read_text()
    assert run.wait(LIMIT_S) is State.STOPPED


async def test_escape_leaves_the_choices_and_enter_starts(studio: Path, sheet: Path) -> None:
    async with Monoline(studio).run_test(size=(80, 24)) as pilot:
        screen = await go(pilot, sheet)
        await pilot.press("tab", "enter", "enter")  # the same again
        await settled(pilot)
        assert screen.focused is not None
        assert "esc Back to the sheet" in screen_text(pilot.app)
        await pilot.press("escape", "enter")
        await until(pilot, lambda: screen.followed is not None and word(screen) == "DONE")


async def test_another_sheet_can_be_chosen_after_one_was_sent(studio: Path, sheet: Path) -> None:
    sent = studio / "sheets" / "sent.svg"
    write_sheet(sent, six())
    os.utime(sent, (1e9, 1e9))  # the older of the two
    async with Monoline(studio).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        pilot.app.post_message(SheetReady(sent))
        await settled(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, PlotScreen)
        assert screen.path == sent
        await pilot.press("o", "enter")
        await settled(pilot)
        await until(pilot, lambda: word(screen) == "READY")
        assert screen.path == sheet
        assert "six.svg" in said(screen, "about")
        app = pilot.app
        assert isinstance(app, Monoline)
        app.tell()  # whatever is told next brings no other sheet back
        await settled(pilot)
        assert screen.path == sheet


async def test_a_sheet_of_a_plot_without_its_story_is_opened_all_the_same(studio: Path) -> None:
    write_sheet(studio / "plots" / "20261101-100000-copied" / "sheet.svg", six())
    async with Monoline(studio).run_test(size=(80, 24)) as pilot:
        screen = await go(pilot)
        await pilot.press("o", "enter")
        await until(pilot, lambda: word(screen) == "READY")


async def test_a_plot_in_which_nothing_moved_is_not_offered(studio: Path) -> None:
    write_sheet(studio / "plots" / "20261101-100000-none" / "sheet.svg", six())
    failed = [Started(at=1000.0, what="plot"), Failed(error="No plotter is plugged in.")]
    write_run(studio / "plots" / "20261101-100000-none", ARGUMENTS, failed, started_at=1000.0)
    plotted(studio, 0.4, Failed(error="The plotter is gone."))
    async with Monoline(studio).run_test(size=(80, 24)) as pilot:
        await go(pilot)
        await pilot.press("o")
        await settled(pilot)
        assert isinstance(pilot.app.screen, ListDialog)
        assert f"plot   {NAME}" in screen_text(pilot.app)
        assert "-none" not in screen_text(pilot.app)


async def test_x_raises_the_pen_first_and_asks_then(studio: Path, sheet: Path) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen, run = await waiting(pilot, sheet)
        await pilot.press("x")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
        assert word(screen) == "PAUSED"
        assert '"pen_up"' in (run.folder / "orders.jsonl").read_text()
        await pilot.press("escape")  # stay
        await settled(pilot)
        assert pilot.app.screen is screen
        await pilot.press("x")
        await pilot.pause()
        assert isinstance(pilot.app.screen, ChoiceDialog)
        await pilot.press("right", "enter")  # resume
        await until(pilot, lambda: word(screen) == "DONE")


async def test_escape_raises_the_pen_from_any_screen(studio: Path, sheet: Path) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        app = pilot.app
        assert isinstance(app, Monoline)
        screen, run = await waiting(pilot, sheet)
        assert app.jobs.plotting
        await pilot.press("2")
        await settled(pilot)
        assert pilot.app.screen is not screen
        await pilot.press("escape")
        await settled(pilot)
        await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog) and not app.jobs.plotting)
        assert '"pen_up"' in (run.folder / "orders.jsonl").read_text()
        await pilot.press("right", "right", "enter")  # abandon
        await until(pilot, lambda: word(screen) == "STOPPED")
        assert run.wait(LIMIT_S) is State.STOPPED
        assert "r goes on from here" in said(screen, "remarks")


async def test_a_stopped_plot_goes_on_where_it_stopped(studio: Path, sheet: Path) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen, run = await waiting(pilot, sheet)
        run.stop()
        await until(pilot, lambda: word(screen) == "STOPPED")
        await choose(pilot, "speed", "10")
        before = screen.followed
        seen: list[Ready] = []
        start = plotter.job.start_plot

        def watched(folder: Path, ready: Ready, **others: Any) -> Run:
            seen.append(ready)
            return start(folder, ready, **others)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(plotter.job, "start_plot", watched)
            await pilot.press("r")
            await until(pilot, lambda: screen.followed is not before and word(screen) == "DONE")
        begin = seen[0].begin
        lengths = seen[0].sheet.drawing.lengths
        assert lengths[: begin.stroke].sum() + begin.along_mm == pytest.approx(six().drawing.ink / 2, rel=0.01)
        assert seen[0].sheet.drawing == read_sheet(run.folder / "sheet.svg").drawing


@pytest.mark.parametrize("how", ["by itself", "chosen"])
async def test_a_plot_that_was_stopped_by_leaving_can_go_on_in_the_next_terminal(
    studio: Path, sheet: Path, how: str
) -> None:
    folder = plotted(studio, 0.3, Stopped(result={"state": "stopped", "stroke": 1, "along_mm": 3.0}))
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen = await go(pilot, sheet if how == "chosen" else None)
        if how == "chosen":
            screen.open_sheet(folder / "sheet.svg")
        await until(pilot, lambda: word(screen) == "STOPPED")
        assert "r goes on from here" in said(screen, "remarks")
        await choose(pilot, "speed", "10")
        await pilot.press("r")
        await until(pilot, lambda: screen.followed is not None and screen.followed.folder != folder)
        await until(pilot, lambda: word(screen) == "DONE")


async def test_a_plot_is_found_again_by_the_next_terminal(studio: Path, sheet: Path) -> None:
    folder = plotted(studio, 0.3)
    with locked(folder):
        async with Monoline(studio).run_test(size=(80, 24)) as pilot:
            screen = await go(pilot)
            await until(pilot, lambda: word(screen) == "DRAWING")
            # another sheet waits until this one is drawn
            followed = screen.followed
            pilot.app.post_message(SheetReady(sheet))
            await settled(pilot)
            assert screen.followed is followed
            assert word(screen) == "DRAWING"
            assert NAME in said(screen, "about")
            ink = screen.query_one(SheetView).inked_mm
            tell(folder, scripted_runs.plot_events(six().drawing, 0.6 * six().drawing.ink, pen_down=False))
            await until(pilot, lambda: screen.query_one(SheetView).inked_mm != ink)
            assert "pen      up" in said(screen, "figures")
            tell(folder, [Changed(state="finished"), Finished(result={})])
            await until(pilot, lambda: word(screen) == "DONE")


@pytest.mark.parametrize(
    ("end", "shown"),
    [
        (Failed(error="The plotter at /dev/ttyACM0 has gone; plug it in.", remedy="Then press r."), "plug it in"),
        (Stopped(result={"stroke": 2, "along_mm": 3.0}), "r goes on from here"),
    ],
)
async def test_how_a_plot_ended_stays_on_the_screen(studio: Path, end: Failed | Stopped, shown: str) -> None:
    folder = plotted(studio, 0.3)
    with locked(folder):
        async with Monoline(studio).run_test(size=(120, 36)) as pilot:
            screen = await go(pilot)
            await until(pilot, lambda: word(screen) == "DRAWING")
            tell(folder, [end])
            await until(pilot, lambda: word(screen) == type(end).__name__.upper())
            assert shown in " ".join(screen_text(pilot.app).split())
            assert screen.query_one(SheetView).pen_mm is None
            assert screen.query_one(SheetView).inked_mm == pytest.approx(0.3 * six().drawing.ink)
            assert screen.query_one(PlotOptions).display


async def test_a_sheet_is_chosen_from_the_studio_the_plots_or_a_file(studio: Path, sheet: Path, tmp_path: Path) -> None:
    from drawing.recipe import Recipe

    plotted(studio, 1.0, Finished(at=1100.0))
    loose = tmp_path / "loose.svg"
    write_sheet(loose, six())
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        app = pilot.app
        assert isinstance(app, Monoline)
        screen = await go(pilot)
        app.keep(Drawing.of([[(0, 0), (30, 40)]]), Recipe(kind="artist", seed=1), "line")
        for keys, name in (
            (("enter",), "tray.svg"),
            (("down", "down", "enter"), "six.svg"),
            (("down", "down", "down", "enter"), "sheet.svg"),
        ):
            await pilot.press("o")
            await pilot.pause()
            assert isinstance(pilot.app.screen, ListDialog)
            await pilot.press(*keys)
            await until(pilot, lambda name=name: word(screen) == "READY" and name in said(screen, "about"))
        await pilot.press("o", "end", "enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, PathDialog)
        pilot.app.screen.query_one(Input).value = str(loose)
        await pilot.press("enter")
        await until(pilot, lambda: word(screen) == "READY" and "loose.svg" in said(screen, "about"))
        loose.write_text("<svg")
        screen.open_sheet(loose)
        await until(pilot, lambda: word(screen) == "NOT READY")
        assert "loose.svg is not an SVG file" in said(screen, "remarks")


async def test_plotters_are_found_or_named(studio: Path, sheet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        app = pilot.app
        assert isinstance(app, Monoline)
        screen = await go(pilot)
        options = screen.query_one(PlotOptions)
        assert (options.port, app.plotter) == ("simulator", "simulator")
        assert screen.check_action("pen", (True,)) is False
        monkeypatch.setattr(plotter.ports, "find_ports", lambda: [Port("/dev/ttyACM7", "Ada")])
        await pilot.press("f5")
        await settled(pilot)
        assert (options.port, app.plotter) == ("/dev/ttyACM7", "/dev/ttyACM7")
        assert "Ada /dev/ttyACM7" in screen_text(pilot.app)
        assert not screen.query_one("#row-speed").display
        assert options.time_scale == 1
        assert screen.check_action("pen", (True,)) is True
        monkeypatch.setattr(plotter.ports, "find_ports", list)
        await pilot.press("f5")
        await settled(pilot)
        assert (options.port, app.plotter) == ("simulator", "simulator")
        assert screen.query_one("#row-speed").display
        # one that is not plugged in
        for typed, port in (("studio:9000", "tcp://studio:9000"), ("/dev/ttyUSB7", "/dev/ttyUSB7")):
            await choose(pilot, "port", "other")
            dialog = pilot.app.screen
            assert isinstance(dialog, PortDialog)
            for bad in ("", "tcp://studio", "tcp://:9000", "tcp://studio:x", "studio:", "studio:70000"):
                dialog.query_one(Input).value = bad
                await pilot.press("enter")
                await pilot.pause()
                assert pilot.app.screen is dialog
                assert "is no port" in screen_text(pilot.app)
            dialog.query_one(Input).value = typed
            await pilot.press("enter")
            await settled(pilot)
            assert (options.port, app.plotter) == (port, port)
            assert not screen.query_one("#row-speed").display
        await choose(pilot, "port", "other")
        await pilot.press("escape")
        await settled(pilot)
        assert options.port == "/dev/ttyUSB7"  # as before
        await choose(pilot, "port", "other")
        monkeypatch.setattr(plotter.ports, "find_ports", lambda: [Port("/dev/ttyACM8", "")])
        screen.action_ports()  # an answer that comes while the question is open changes nothing
        await settled(pilot)
        assert isinstance(pilot.app.screen, PortDialog)
        assert options.port == "/dev/ttyUSB7"
        pilot.app.screen.query_one(Input).value = "simulator"
        await pilot.press("enter")
        await settled(pilot)
        assert (options.port, app.plotter) == ("simulator", "simulator")
        assert screen.query_one("#row-speed").display


async def test_the_pen_is_moved_by_hand_where_there_is_one(studio: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import plotter.transport
    from plotter.in_process import InProcess
    from plotter.simulator import SimulatedBoard

    lines: list[str] = []

    def open_transport(port: str) -> InProcess:
        assert port == "auto"
        return InProcess(SimulatedBoard(on_log=lambda _at, _took, line, _reply: lines.append(line)))

    monkeypatch.setattr(plotter.transport, "open_transport", open_transport)
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        await go(pilot)
        await choose(pilot, "port", "auto")
        for key, command in (("d", "SP,0"), ("u", "SP,1")):
            lines.clear()
            await pilot.press(key)
            await settled(pilot)
            assert not isinstance(pilot.app.screen, ErrorDialog), screen_text(pilot.app)
            assert [line[:4] for line in lines if line.startswith("SP")] == [command]


def test_every_key_has_an_action_and_a_name_of_its_own() -> None:
    seen: list[str] = []
    for kind in (PlotScreen, TrainScreen, NewTraining, PortDialog):
        for binding in kind.BINDINGS:
            assert isinstance(binding, Binding)
            assert hasattr(kind, f"action_{binding.action.partition('(')[0]}"), binding
            assert binding.id, binding
            seen.append(binding.id)
    assert len(seen) == len(set(seen))


def test_the_story_of_a_plot_is_told_in_lines() -> None:
    story = Plotting(arguments=ARGUMENTS)
    assert story.word(State.RUNNING) == "STARTING"
    for event in scripted_runs.plot_events(six().drawing, 100.0, pen_down=True):
        story.take(event)
    story.take(Changed(state="pausing"))
    assert story.word(State.RUNNING) == "PAUSING"
    assert story.word(State.FINISHED) == "DONE"
    assert story.word(State.LOST) == "LOST"
    text = story.panel(State.RUNNING)
    assert f"ink      100 mm of {six().drawing.ink / 1000:.2f} m" in text
    assert "elapsed  10 s" in text
    assert story.place is None
    story.take(Stopped(result={"stroke": 1, "along_mm": 2.5}))
    assert story.place == (1, 2.5)
    story.take(Started(what="plot"))
    assert story.place is None
