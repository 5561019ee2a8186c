"""While a plot runs, escape raises the pen wherever a person is, and x does where it is no letter."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest
from screens import recipe, screen_text, settled, star
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import HelpPanel, Input

from drawing.collection import Entry
from plotter.axidraw import PlotSettings, find_machine
from plotter.sheet import SheetSettings, lay_out
from tui.app import Monoline
from tui.jobs import Job, Jobs
from tui.key_list import every_class
from tui.print_choice import PrintChoice
from tui.screens.tracing import ScanShown
from tui.walk import End


class Pen:
    """A run that counts how often its pen was to be raised."""

    folder = Path()
    ours = True
    orders: ClassVar[list[str]] = []

    def order(self, what: str) -> None:
        self.orders.append(what)

    def stop(self) -> None: ...


@pytest.fixture(autouse=True)
def plotting(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A plot goes on."""
    job = Job(cast("Any", Pen()), "six", "plot", "drawing", 0.5)
    monkeypatch.setattr(Jobs, "look", lambda _self, _studio: (job,))
    Pen.orders.clear()
    return Pen.orders


FIVE = ("PrepareScreen", "TrainScreen", "SampleScreen", "InterpolateScreen", "PlotScreen")


def others() -> dict[str, Callable[[], Screen[Any]]]:
    """Each screen and dialog that can lie over one of the five, with something to show."""
    entry = Entry(star(5), "star")
    sheet = lay_out([entry], SheetSettings(), title="star")
    lines = [("a", "one"), ("b", "two")]
    machine = find_machine("axidraw-v3-a3")
    arguments: dict[str, tuple[Any, ...]] = {
        "PointsScreen": ([3, 40, 200], 0.05),
        "ChoiceDialog": ("Quit?", "", ("Stay", "Quit")),
        "PathDialog": ("Open", ""),
        "TextDialog": ("Name", "", "", lambda _: ""),
        "ListDialog": ("Choose", lines),
        "HistoryDialog": ("Plots", lines),
        "ErrorDialog": ("Oh", "no"),
        "NumberDialog": ("How many", "3", 1.0, 9.0),
        "ZoomScreen": (star(5),),
        "KeyDialog": ("Keep",),
        "VpypeDialog": (sheet, ""),
        "BookDialog": ("sb01", {}),
        "MoveDialog": (threading.Lock(), "simulator", machine, PlotSettings(), None),
        "ChangeDialog": (PlotSettings(),),
        "PrintDialog": ([entry], PrintChoice()),
        "SteppingScreen": ("star", "portraits", End("star", star(5), recipe(3)).told()),
        "BeginningDialog": ("star", star(5), 0.5),
        "NewTraining": (["small"], [("stars", Path("stars.npz"))], [], lambda _: ""),
        "TimelineScreen": ("fav",),
        "RecipeDialog": ("Recipe", "seed = 1", "copied"),
        "PlayingScreen": (lambda: [star(5), star(6)], 0, "a walk"),
        "TradeoffScreen": (Path("sweep"),),
        "MapScreen": ("scans",),
        "NamingScreen": ("sb01",),
        "ScanScreen": ([ScanShown("sb01/001", Path("001.png"), Path("001.json"))],),
    }
    every = [kind for kind in every_class() if issubclass(kind, Screen)]
    built_on = {base.__name__ for kind in every for base in kind.__mro__[1:]} - {"ListDialog"}
    names = {kind.__name__: kind for kind in every if kind.__name__ not in (*built_on, *FIVE)}
    named: dict[str, dict[str, Any]] = {"PlayingScreen": {"loop": False, "motion": False}}
    return {
        name: partial(cast("Any", kind), *arguments.get(name, ()), **named.get(name, {}))
        for name, kind in names.items()
    }


async def back(pilot: Pilot[None]) -> None:
    """To the one of the five that lies below."""
    while len(pilot.app.screen_stack) > 1:
        await pilot.app.pop_screen()
    await pilot.pause()


async def test_on_each_of_the_five_screens_and_beside_the_help(studio: Path, plotting: list[str]) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        for mode in "12345":
            for helping, key in ((False, "x"), (True, "escape")):
                await pilot.press(mode)
                await pilot.pause()
                if helping and not pilot.app.screen.query(HelpPanel):
                    await pilot.press("f1")
                    await pilot.pause()
                plotting.clear()
                await pilot.press(key)
                await pilot.pause()
                assert plotting == ["pen_up"], (mode, helping)
                assert pilot.app.current_mode == "plot"
                await back(pilot)


async def test_on_every_other_screen_and_in_every_dialog(
    kept: Path, plotting: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Jobs, "raise_pen", lambda _: plotting.append("pen_up"))  # and stay: Plot is slow to show
    async with Monoline(kept).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert len(others()) > 25
        for name, make in others().items():
            await pilot.app.push_screen(make())
            await pilot.pause()
            plotting.clear()
            if isinstance(pilot.app.focused, Input):
                await pilot.press("x")  # a letter there
                assert plotting == [], name
            await pilot.press("escape")
            assert plotting == ["pen_up"], name
            await back(pilot)


async def test_in_the_palette_and_where_the_terminal_is_too_small(studio: Path, plotting: list[str]) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("ctrl+p")
        await pilot.pause()
        assert isinstance(pilot.app.screen, CommandPalette)
        await pilot.press("x")  # a letter there
        assert plotting == []
        await pilot.press("escape")
        await pilot.pause()
        assert plotting == ["pen_up"]
        assert pilot.app.current_mode == "plot"
        await back(pilot)
        await pilot.press("2")
        await pilot.resize_terminal(60, 20)
        await settled(pilot)
        assert "60 x 20" in screen_text(pilot.app)
        assert "escape raises the pen" in screen_text(pilot.app)
        await pilot.press("escape")
        await pilot.pause()
        assert plotting == ["pen_up", "pen_up"]
        await pilot.resize_terminal(120, 36)
        await settled(pilot)
        assert "60 x 20" not in screen_text(pilot.app)
