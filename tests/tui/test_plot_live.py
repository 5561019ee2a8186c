from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import scripted_runs
from plot_screens import (
    ARGUMENTS,
    LIMIT_S,
    NAME,
    checked,
    choose,
    dialog,
    go,
    notes,
    plotted,
    said,
    scripted,
    sheet,
    six,
    waiting,
    word,
)
from runs import tell, until
from screens import screen_text, settled
from textual.pilot import Pilot
from textual.widgets import Input, Select, Static

from plotter.pens import Pen, save_pen
from studio.events import Changed, Failed, Finished, Started, Stopped
from studio.files import read_log
from studio.lock import locked
from studio.runs import Run, State
from tui.app import Monoline
from tui.messages import SheetReady
from tui.plotting import Plotting
from tui.screens.plot import PlotScreen
from tui.widgets.dialog import ChoiceDialog
from tui.widgets.plot_options import PlotOptions
from tui.widgets.sheet_view import SheetView

__all__ = ["scripted", "sheet"]

Golden = Callable[[str, str], None]


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_a_plot_that_goes_on_is_shown_whoever_started_it(
    studio: Path, golden: Golden, size: tuple[int, int]
) -> None:
    with locked(plotted(studio, 0.55)):
        async with Monoline(studio).run_test(size=size) as pilot:
            screen = await go(pilot)
            await until(pilot, lambda: word(screen) == "DRAWING" and screen.query_one(SheetView).pen_mm)
            golden(f"plot-drawing-{size[0]}x{size[1]}.txt", screen_text(pilot.app))


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
        (Failed(error="The plotter at /dev/ttyACM0 has gone; plug it in."), "plug it in"),
        (Failed(error="The plotter at /dev/ttyACM0 has gone; plug it in."), "r goes on from here: line 2."),
        (Stopped(result={}), "r goes on from here: line 2."),
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


def test_the_story_of_a_plot_is_told_in_lines() -> None:
    papers = [{}, {"wait": "paper"}, {"wait": "paper"}]
    story = Plotting(arguments={**ARGUMENTS, "parts": papers})
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
    story.take(Changed(state="paused", why="refill"))
    assert story.word(State.RUNNING) == "PAUSED: REFILL"
    story.take(Started(what="plot"))
    assert story.word(State.RUNNING) == "STARTING"
    for event in scripted_runs.plot_events(six().drawing, 50.0, pen_down=True, part=1, parts=3):
        story.take(event)
    text = story.panel(State.RUNNING)
    assert "sheet    2 of 3" in text
    assert "elapsed  15 s" in text  # with what it took before it was taken up


@pytest.mark.parametrize(("why", "hint"), [("refill", "f goes on"), ("button", "button or with space")])
async def test_a_plot_that_pauses_by_itself_says_why_and_calls(
    studio: Path, sheet: Path, monkeypatch: pytest.MonkeyPatch, why: str, hint: str
) -> None:
    bells: list[str] = []
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen, run = await waiting(pilot, sheet)
        monkeypatch.setattr(pilot.app, "bell", lambda: bells.append(word(screen)))
        run.order("wait", why=why)
        await until(pilot, lambda: word(screen) == f"PAUSED: {why.upper()}")
        assert hint in " ".join(said(screen, "remarks").split())
        assert f"The plot waits: {why}" in notes(pilot)
        assert bells == [f"PAUSED: {why.upper()}"]
        await pilot.press("space")
        await until(pilot, lambda: word(screen) == "DONE")
        assert bells[1:] == ["DONE"]
        assert f"The plot is done: {six().drawing.ink / 1000:.2f} m drawn" in notes(pilot)


async def test_a_pause_that_was_asked_for_rings_no_bell_and_a_loss_does(
    studio: Path, sheet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bells: list[str] = []
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen, run = await waiting(pilot, sheet)
        monkeypatch.setattr(pilot.app, "bell", lambda: bells.append(word(screen)))
        await pilot.press("space")
        await until(pilot, lambda: word(screen) == "PAUSED")
        assert bells == []
        run.order("fail")
        await until(pilot, lambda: word(screen) == "FAILED" and "r goes on from here" in said(screen, "remarks"))
        assert bells == ["FAILED"]
        assert "The plot was lost: The plotter at /dev/ttyACM0 is gone" in notes(pilot)


async def test_heights_speed_and_pen_are_changed_while_it_is_paused(studio: Path, sheet: Path) -> None:
    save_pen(studio, Pen(name="fine", nib_mm=0.1, pen_down_pct=28, speed_down_mm_s=20, capacity_m=100))
    save_pen(studio, Pen(name="broad", nib_mm=2, pen_down_pct=35, raise_early_ms=20))
    async with Monoline(studio).run_test(size=(80, 24)) as pilot:
        screen = await go(pilot, sheet)
        await choose(pilot, "pen", "fine")
        await until(pilot, lambda: word(screen) == "READY")
        assert screen.query_one(SheetView).nib_mm == 0.1
        assert "✓ reach, paper, orientation, ink" in checked(screen)
        screen, run = await waiting_here(pilot, screen)
        assert (run.arguments["pen"], run.arguments["parts"][0]["settings"]["pen_down_pct"]) == ("fine", 28)
        assert screen.check_action("change", ()) is False  # only while paused
        await pilot.press("space")
        await until(pilot, lambda: word(screen) == "PAUSED")
        for key in ("d", "u"):
            await pilot.press(key)
        await pilot.press("c")
        await settled(pilot)
        assert "pen_down_pct" in dialog(pilot)
        assert pilot.app.screen.query_one("#pen_down_pct", Input).value == "28"
        for bad, why in (("70", "no higher than on the paper"), ("101", "pen_down_pct"), ("x", "pen_down_pct")):
            pilot.app.screen.query_one("#pen_down_pct", Input).value = bad
            await pilot.press("enter")
            await pilot.pause()
            assert why in str(pilot.app.screen.query_one("#reason", Static).content)
        pilot.app.screen.query_one("#pen_down_pct", Input).value = "25,5"
        await pilot.press("enter")
        await settled(pilot)
        assert orders(run)[-1] == ("settings", {"pen_down_pct": 25.5})
        await pilot.press("c")
        await settled(pilot)
        assert pilot.app.screen.query_one("#pen_down_pct", Input).value == "25.5"
        pilot.app.screen.query_one("#other-pen", Select).value = "broad"
        await pilot.pause()
        await pilot.press("enter")
        await settled(pilot)
        new = {"pen_down_pct": 35.0, "raise_early_ms": 20}
        assert orders(run)[-2:] == [("pen", {"name": "broad"}), ("settings", new)]
        await pilot.press("f")
        await until(pilot, lambda: word(screen) == "DONE")
        names = [name for name, _ in orders(run)]
        assert names == ["pause", "pen_down", "pen_up", "settings", "pen", "settings", "resume"]
        assert orders(run)[-1] == ("resume", {"refilled": True})


async def waiting_here(pilot: Pilot[None], screen: PlotScreen) -> tuple[PlotScreen, Run]:
    """Start what is chosen, and wait half way."""
    await choose(pilot, "speed", "1")
    await pilot.press("enter")
    await until(pilot, lambda: word(screen) == "DRAWING" and screen.query_one(SheetView).inked_mm)
    assert screen.followed is not None
    return screen, screen.followed


def orders(run: Run) -> list[tuple[str, dict[str, Any]]]:
    """What the plot was told, in order."""
    return [(record["order"], record["values"]) for record in read_log(run.folder / "orders.jsonl").records]


async def test_copies_wait_for_new_paper_each(studio: Path, sheet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen = await go(pilot, sheet)
        await choose(pilot, "copies", "2")
        assert "in all  2 sheets" in said(screen, "figures")
        await pilot.press("enter")
        await until(pilot, lambda: word(screen) == "PAUSED: PAPER")
        assert "The plot waits: paper: Put in new paper for copy 2 of 2." in notes(pilot)
        assert "Lay new paper" in said(screen, "remarks")
        await pilot.press("space")
        await until(pilot, lambda: word(screen) == "DONE")
        assert "sheet    2 of 2" in said(screen, "figures")
