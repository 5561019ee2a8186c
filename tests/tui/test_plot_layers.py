"""A sheet with layers on the Plot screen: its pens, what is left out, vpype's commands, and how its plot is shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from plot_screens import checked, dialog, go, notes, pick, said, scripted, six, word
from runs import until
from screens import screen_text, settled
from textual.screen import ModalScreen
from textual.widgets import Input

from plotter.axidraw import PlotSettings, find_machine
from plotter.layers import Layer
from plotter.passes import make_passes
from plotter.pens import change_pen
from plotter.ready import ready_sheet
from plotter.sheet import write_sheet
from studio.events import Changed, Measured, Said
from studio.runs import State
from tui.app import Monoline
from tui.figures import duration
from tui.plot_choice import PlotChoice
from tui.plotting import Plotting, estimate
from tui.screens.layer_choices import layer_colours, layer_words, uses, with_use
from tui.widgets.dialog import ChoiceDialog, ListDialog

__all__ = ["scripted"]

LAYERS = (
    Layer("black", (0, 4), "#101010", number=1),
    Layer("red", (4, 5), "#c02020", "red ink", number=2),
    Layer("notes", (5, 6), number=3, hidden=True),
)


@pytest.fixture
def sheet(studio: Path) -> Path:
    path = studio / "sheets" / "layers.svg"
    write_sheet(path, replace(six(), layers=LAYERS))
    change_pen(studio, "fine liner", speed_down_mm_s=20, capacity_m=0.5)
    return path


def test_choices_are_kept_as_a_person_writes_them() -> None:
    choice = PlotChoice(Path("sheet.svg"))
    assert layer_words(LAYERS, choice) == "2 of 3, 1 pen"
    named = with_use(LAYERS, choice, 0, "fine liner")
    assert (named.layers, named.pens) == ("", "1 black=fine liner")
    without = with_use(LAYERS, named, 1, "")
    assert without.pens == "1 black=fine liner, 2 red=-"
    assert [use for _, use in uses(LAYERS, without)] == ["fine liner", "", "left out"]
    shown = with_use(LAYERS, without, 2, "")
    assert shown.layers == "1 black, 2 red, 3 notes"
    assert with_use(LAYERS, shown, 2, "left out") == without
    odd = (Layer("Black, thin", (0, 4), number=1), Layer("A=b", (4, 6), number=2))
    given = with_use(odd, with_use(odd, choice, 0, "red, dark"), 1, "left out")
    assert [use for _, use in uses(odd, given)] == ["red, dark", "left out"]


async def test_layers_get_pens_and_vpype_has_its_say(studio: Path, sheet: Path) -> None:
    async with Monoline(studio).run_test(size=(120, 50)) as pilot:
        screen = await go(pilot, sheet)
        assert "the layer 3 notes is not drawn" in said(screen, "remarks")
        assert "the pen red ink is drawn with as the plot is set" in said(screen, "remarks")
        await pilot.press("c")
        await settled(pilot)
        await pick(pilot, "layers      2 of 3, 1 pen")
        await pilot.press("enter")  # the first layer
        await settled(pilot)
        await pick(pilot, "fine liner")
        await pick(pilot, "that is it")
        await until(pilot, lambda: word(screen) == "READY")
        figures = said(screen, "figures")
        assert "1 black  fine liner" in figures
        assert "2 red    red ink, " in figures
        assert "ink: fine liner, 0.5 m left, 0" in checked(screen)
        await pilot.press("c")
        await settled(pilot)
        await pick(pilot, "vpype")
        for words, reason in (
            ("linesrt", "vpype refuses 'linesrt': No such command"),
            ("linesort", "enter takes them"),
        ):
            pilot.app.screen.query_one(Input).value = words
            await pilot.press("enter")
            await until(pilot, lambda reason=reason: reason in dialog(pilot))
        assert "strokes 5 5" in dialog(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: word(screen) == "READY")
        assert "vpype   linesort" in said(screen, "figures")
        assert notes(pilot) == ""


async def test_one_pen_is_given_to_all_layers_and_escape_asks_before_that_is_dropped(studio: Path, sheet: Path) -> None:
    async with Monoline(studio).run_test(size=(120, 50)) as pilot:
        screen = await go(pilot, sheet)
        await pilot.press("c")
        await settled(pilot)
        await pick(pilot, "layers      2 of 3, 1 pen")
        await pilot.press("escape")  # nothing was chosen yet: nothing is asked
        await settled(pilot)
        assert not isinstance(pilot.app.screen, ModalScreen)
        await pilot.press("c")
        await settled(pilot)
        await pick(pilot, "layers      2 of 3, 1 pen")
        await pick(pilot, "one for all of them ...")
        await pick(pilot, "fine liner")
        for answer in ("enter", "escape"):  # the safe answer, which escape gives, too
            await pilot.press("escape")
            await settled(pilot)
            assert isinstance(pilot.app.screen, ChoiceDialog)
            await pilot.press(answer)
            await settled(pilot)
            assert isinstance(pilot.app.screen, ListDialog)
        await pick(pilot, "that is it")
        await until(pilot, lambda: word(screen) == "READY")
        await pilot.press("c")
        await settled(pilot)
        assert "layers      all 3, 1 pen" in screen_text(pilot.app)


def test_ink_has_the_colour_of_its_layer_where_that_can_be_seen() -> None:
    red, yellow = replace(LAYERS[1], strokes=(0, 1)), Layer("yellow", (1, 2), "#ffff00")
    assert layer_colours((red, yellow)) == ((0, 1, "#c02020"),)


def test_a_plot_tells_which_layer_it_draws_and_with_which_pen() -> None:
    parts = [
        {"sheet": "sheet.svg", "lines": (0, 4), "pen": "black", "title": "1 black"},
        {"sheet": "sheet.svg", "lines": (4, 5), "pen": "red", "title": "2 red", "wait": "pen"},
        {"sheet": "sheet.svg", "lines": (0, 4), "pen": "black", "title": "1 black", "wait": "paper"},
    ]
    plotting = Plotting({"parts": parts, "stroke": 2})
    assert (plotting.begin, plotting.first_line, plotting.pen) == ((2, 0.0), 0, "black")
    plotting.take(Measured(at=1.0, step=1, values={"part": 1.0, "parts": 3.0}))
    plotting.take(Said(at=1.0, text="Put in the pen red."))
    plotting.take(Changed(at=1.0, state="paused", why="pen"))
    assert (plotting.begin, plotting.first_line, plotting.pen) == ((2, 0.0), 4, "red")
    assert "layer    2 red, red" in plotting.panel(State.RUNNING)
    assert "sheet    1 of 2" in plotting.panel(State.RUNNING)
    plotting.take(Measured(at=1.0, step=1, values={"part": 2.0, "parts": 3.0}))
    assert (plotting.begin, plotting.first_line) == ((0, 0.0), 0)
    assert "sheet    2 of 2" in plotting.panel(State.RUNNING)


def test_what_a_pen_or_layer_asks_for_is_not_chosen_for_all_when_a_plot_is_drawn_anew() -> None:
    settings = [{"speed_down_mm_s": 20.0, "pen_down_pct": height} for height in (25.0, 33.0)]
    plotting = Plotting({"parts": [{"settings": each} for each in settings]})
    plotting.take(Measured(step=0, values={"part": 1}))
    assert plotting.unusual == (("speed_down_mm_s", 20.0),)


def test_the_time_before_is_told_only_where_the_pens_draw_as_fast(sheet: Path) -> None:
    made = ready_sheet(sheet, find_machine("axidraw-v3"))
    alike, slower = PlotSettings(), PlotSettings(speed_down_mm_s=10)
    parts = [make_passes(made, chosen, {}) for chosen in (alike, slower)]
    times = [next(line for line in estimate(made, 1, each).splitlines() if line.startswith("time")) for each in parts]
    assert made.before_s is not None
    assert [duration(made.before_s) in time for time in times] == [True, False]
