"""Plotters that come and go, and the carriage moved by keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from plot_screens import Wired, checked, choose, dialog, go, scripted, sheet, wired, word
from runs import until
from screens import screen_text, settled

import plotter.ports
from plotter.errors import PlotterNotFound
from plotter.ports import Port
from tui.app import Monoline
from tui.screens import plot_sheet
from tui.widgets.dialog import ErrorDialog
from tui.widgets.move_dialog import MoveDialog
from tui.widgets.plot_options import PlotOptions

__all__ = ["scripted", "sheet", "wired"]
SEVEN, EIGHT = Port("/dev/ttyACM7", "Ada"), Port("/dev/ttyACM8", "")


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch) -> list[Port]:
    """What is plugged in; the screen looks often."""
    found: list[Port] = []
    monkeypatch.setattr(plotter.ports, "find_ports", lambda: list(found))
    monkeypatch.setattr(plot_sheet, "WATCH_S", 0.25)
    return found


async def test_plotters_come_and_go_by_themselves(studio: Path, sheet: Path, wired: Wired, plugged: list[Port]) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen = await go(pilot, sheet)
        options = screen.query_one(PlotOptions)
        plugged.append(SEVEN)
        await until(pilot, lambda: options.port == SEVEN.device and word(screen) == "READY")
        assert "firmware" in checked(screen)
        assert "Ada /dev/ttyACM7" in screen_text(pilot.app)
        plugged.append(EIGHT)
        await until(pilot, lambda: EIGHT.device in [value for _, value in options._ports()])
        assert options.port == SEVEN.device
        await choose(pilot, "port", EIGHT.device)  # somebody chooses
        plugged.remove(SEVEN)
        await settled(pilot)
        assert options.port == EIGHT.device
        wired.error = PlotterNotFound("There is no plotter at /dev/ttyACM8; monoline ports tells what is plugged in.")
        plugged.remove(EIGHT)
        await until(pilot, lambda: word(screen) == "NOT READY")
        assert options.port == EIGHT.device  # and is not robbed of it
        assert "/dev/ttyACM8, not there" in screen_text(pilot.app)
        wired.error = None
        plugged += [SEVEN, EIGHT]
        await until(pilot, lambda: word(screen) == "READY")
        assert options.port == EIGHT.device
        await choose(pilot, "port", "simulator")
        plugged.clear()
        await settled(pilot)
        plugged.append(SEVEN)
        await settled(pilot)
        assert options.port == "simulator"


async def test_the_carriage_is_moved_by_keys(studio: Path, sheet: Path, wired: Wired) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen = await go(pilot, sheet)
        assert screen.check_action("move", ()) is False  # the simulator has none
        await choose(pilot, "port", "auto")
        await pilot.press("j")
        await settled(pilot)
        assert isinstance(pilot.app.screen, MoveDialog)
        for keys, place in (
            (("right",), (1, 0)),
            (("shift+down",), (1, 10)),
            (("left",), (0, 10)),
            (("up",), (0, 9)),
            (("h",), (0, 0)),
        ):
            for key in keys:
                await pilot.press(key)
            await settled(pilot)
            assert wired.board.plotter.place_mm == pytest.approx(place, abs=0.01)
            assert not wired.board.plotter.touching
        assert "at home" in dialog(pilot)
        await pilot.press("left")
        await settled(pilot)
        assert "lead out of the travel" in dialog(pilot)
        assert wired.board.plotter.place_mm == (0, 0)
        travel = wired.board.report.travel_m
        await pilot.press("o")
        await settled(pilot)
        assert wired.board.report.travel_m - travel > 0.5
        assert wired.board.report.ink_m == 0
        await pilot.press("m")
        await settled(pilot)
        assert "by hand" in dialog(pilot)
        assert wired.lines[-1].startswith("EM,0") or "EM,0,0" in wired.lines
        await pilot.press("escape")
        await settled(pilot)
        assert pilot.app.screen is screen
        assert not isinstance(pilot.app.screen, ErrorDialog)


async def test_it_says_what_is_in_the_way_of_moving(studio: Path, wired: Wired) -> None:
    async with Monoline(studio).run_test(size=(80, 24)) as pilot:
        screen = await go(pilot)
        await choose(pilot, "port", "auto")
        wired.board.set_voltage(0.2)
        await pilot.press("j")
        await settled(pilot)
        assert "have no power" in dialog(pilot)
        await pilot.press("o")
        await settled(pilot)
        assert "There is no sheet to go around" in dialog(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert pilot.app.screen is screen
