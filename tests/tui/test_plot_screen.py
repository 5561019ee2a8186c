from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from plot_screens import (
    ARGUMENTS,
    LIMIT_S,
    NAME,
    TARGET,
    Wired,
    choose,
    go,
    plotted,
    said,
    scripted,
    sheet,
    six,
    wired,
    word,
)
from runs import until, write_run
from screens import screen_text, settled
from textual.binding import Binding
from textual.widgets import Input

import plotter.job
import plotter.ports
from drawing.drawing import Drawing
from plotter.ports import Port
from plotter.ready import ready_sheet
from plotter.sheet import read_sheet, write_sheet
from studio.events import Failed, Finished, Started
from studio.runs import State, find_runs, read_told
from tui.app import Monoline
from tui.messages import SheetReady
from tui.plotting import estimate
from tui.screens.plot import PlotScreen
from tui.screens.train import TrainScreen
from tui.widgets.change_dialog import ChangeDialog
from tui.widgets.dialog import ChoiceDialog, ErrorDialog, ListDialog, PathDialog
from tui.widgets.move_dialog import MoveDialog
from tui.widgets.new_training import NewTraining
from tui.widgets.plot_options import PlotOptions, PortDialog
from tui.widgets.sheet_view import SheetView

__all__ = ["scripted", "sheet", "wired"]

Golden = Callable[[str, str], None]


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
    assert f"strokes{ready.before.strokes:>12}{99:>12}" in estimate(
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

    monkeypatch.setattr(plotter.job, "TARGET", TARGET)
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


async def test_a_machine_asks_first_and_the_safe_answer_comes_first(studio: Path, sheet: Path, wired: Wired) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen = await go(pilot, sheet)
        await pilot.press("tab", "enter", "down", "enter")  # the second of the plotters
        await settled(pilot)
        assert screen.query_one(PlotOptions).port == "auto"
        assert wired.opened
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(pilot.app.screen, ChoiceDialog)
        shown = " ".join(screen_text(pilot.app).replace("│", " ").split())
        for part in ("A4, 210 x 297 mm, 39 s on AxiDraw V3/A3 at auto", "Pen up at 60 %, down at 30 %"):
            assert part in shown, part
        await pilot.press("enter")  # the safe one
        await settled(pilot)
        assert screen.followed is None
        await pilot.press("enter")
        await settled(pilot)
        await pilot.press("right", "enter")
        await until(pilot, lambda: screen.followed is not None)
        run = screen.followed
        assert run is not None
        assert read_told(run.folder).arguments["port"] == "auto"
        assert read_told(run.folder).arguments["time_scale"] == 1
        run.stop()
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


async def test_the_pen_is_moved_by_hand_where_there_is_one(studio: Path, wired: Wired) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        await go(pilot)
        await choose(pilot, "port", "auto")
        for key, command in (("d", "SP,0"), ("u", "SP,1")):
            wired.lines.clear()
            await pilot.press(key)
            await settled(pilot)
            assert not isinstance(pilot.app.screen, ErrorDialog), screen_text(pilot.app)
            assert [line[:4] for line in wired.lines if line.startswith("SP")] == [command]
        assert set(wired.opened) == {"auto"}


def test_every_key_has_an_action_and_a_name_of_its_own() -> None:
    seen: list[str] = []
    for kind in (PlotScreen, TrainScreen, NewTraining, PortDialog, ChangeDialog, MoveDialog):
        for binding in kind.BINDINGS:
            assert isinstance(binding, Binding)
            assert hasattr(kind, f"action_{binding.action.partition('(')[0]}"), binding
            assert binding.id, binding
            seen.append(binding.id)
    assert len(seen) == len(set(seen))
