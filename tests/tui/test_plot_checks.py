"""What is looked at before a plot, and what a person is told of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from plot_screens import Wired, checked, choose, dialog, go, notes, said, scripted, sheet, wired, word
from runs import until
from screens import screen_text, settled
from textual.pilot import Pilot

from plotter.board import Board
from plotter.ebb import SM
from plotter.errors import PlotterBusy
from plotter.in_process import InProcess
from studio.runs import find_runs
from tui.app import Monoline
from tui.screens.plot import PlotScreen
from tui.widgets.dialog import ChoiceDialog

__all__ = ["scripted", "sheet", "wired"]

Golden = Callable[[str, str], None]


async def at_port(pilot: Pilot[None], sheet: Path) -> PlotScreen:
    screen = await go(pilot, sheet)
    await choose(pilot, "port", "auto")
    return screen


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_sheet_and_plotter_are_looked_at_before_anything_moves(
    studio: Path, sheet: Path, wired: Wired, golden: Golden, size: tuple[int, int]
) -> None:
    async with Monoline(studio).run_test(size=size) as pilot:
        screen = await at_port(pilot, sheet)
        assert word(screen) == "READY"
        golden(f"plot-checked-{size[0]}x{size[1]}.txt", screen_text(pilot.app))
        assert not [line for line in wired.lines if line.startswith(("SP", "SM", "LM", "EM", "HM"))]


async def test_nothing_is_drawn_while_a_check_is_bad(studio: Path, sheet: Path, wired: Wired) -> None:
    wired.board.set_voltage(0.3)
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen = await at_port(pilot, sheet)
        assert word(screen) == "NOT READY"
        assert "✗ supply: the motors have no power (0.3 V); plug in the supply" in checked(screen)
        await pilot.press("enter")
        await settled(pilot)
        assert pilot.app.screen is screen
        assert "Not started: supply: the motors have no power" in notes(pilot)
        wired.board.set_voltage(9)  # enter looks again by itself
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(pilot.app.screen, ChoiceDialog)
        await pilot.press("escape")
        await settled(pilot)
        assert word(screen) == "READY"
        assert find_runs(studio / "plots") == []


async def test_a_plotter_that_fails_between_look_and_start_is_noticed(studio: Path, sheet: Path, wired: Wired) -> None:
    async with Monoline(studio).run_test(size=(80, 24)) as pilot:
        screen = await at_port(pilot, sheet)
        assert word(screen) == "READY"
        wired.error = PlotterBusy("/dev/ttyACM0 is used by another program; close that first.")
        await pilot.press("enter")
        await settled(pilot)
        assert pilot.app.screen is screen
        assert word(screen) == "NOT READY"
        assert "✗ port: /dev/ttyACM0 is used by another" in checked(screen)
        wired.error = None
        await pilot.press("f5")
        await settled(pilot)
        assert word(screen) == "READY"


async def test_a_warning_is_part_of_the_question(studio: Path, sheet: Path, wired: Wired) -> None:
    board = Board(InProcess(wired.board))
    board.connect()
    board.send(SM(1000, 1600, 0))
    board.wait_idle()
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen = await at_port(pilot, sheet)
        assert word(screen) == "READY"
        assert "! carriage: counted at 10.0, 10.0 mm" in checked(screen)
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(pilot.app.screen, ChoiceDialog)
        assert "! carriage: counted at 10.0, 10.0 mm; the plot starts from there" in dialog(pilot)


async def test_the_simulator_is_not_looked_at_and_a_turned_sheet_is_told_once(
    studio: Path, sheet: Path, wired: Wired
) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen = await go(pilot, sheet)
        assert wired.opened == []
        await choose(pilot, "machine", "axidraw-v3")
        await until(pilot, lambda: word(screen) == "READY")
        assert checked(screen).count("turned left") == 1
        assert "turned" not in said(screen, "remarks")
