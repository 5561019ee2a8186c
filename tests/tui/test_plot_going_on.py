from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from plot_screens import (
    ARGUMENTS,
    NAME,
    Wired,
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
    wired,
    word,
)
from runs import until, write_run
from screens import settled
from textual.pilot import Pilot

from plotter.board import Board
from plotter.ebb import SM
from plotter.in_process import InProcess
from plotter.journal import FileJournal
from plotter.parts import PartArguments, digests
from plotter.route import Place
from plotter.sheet import write_sheet
from studio.events import Event, Failed, Finished, Measured, Stopped
from studio.lock import locked
from studio.runs import Run, find_runs, read_told
from tui.app import Monoline
from tui.screens.plot import PlotScreen

__all__ = ["scripted", "sheet", "wired"]

Golden = Callable[[str, str], None]


def drawn_mm(run: Run) -> list[float]:
    """How much ink the plot told of since its last start."""
    return [event.values["ink_mm"] for event in run.events() if isinstance(event, Measured)]


async def test_a_stopped_plot_goes_on_where_it_stopped_in_its_own_folder(studio: Path, sheet: Path) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen, run = await waiting(pilot, sheet)
        run.stop()
        await until(pilot, lambda: word(screen) == "STOPPED" and "r goes on" in said(screen, "remarks"))
        await choose(pilot, "speed", "10")
        await pilot.press("r")
        await until(pilot, lambda: word(screen) == "DONE")
        assert screen.followed is not None
        assert screen.followed.folder == run.folder
        assert len(find_runs(studio / "plots")) == 1
        assert min(drawn_mm(run)) > six().drawing.ink / 2
        assert read_told(run.folder).arguments["time_scale"] == 10
        assert screen.check_action("go_on", ()) is False


@pytest.mark.parametrize("how", ["by itself", "chosen"])
@pytest.mark.parametrize("end", [Stopped(result={}), Failed(error="gone"), None])
async def test_whatever_ended_a_plot_it_can_go_on_in_the_next_terminal(
    studio: Path, sheet: Path, how: str, end: Event | None
) -> None:
    folder = plotted(studio, 0.3, *([] if end is None else [end]))
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen = await go(pilot, sheet if how == "chosen" else None)
        if how == "chosen":
            screen.open_sheet(folder / "sheet.svg")
        name = "LOST" if end is None else type(end).__name__.upper()
        await until(pilot, lambda: word(screen) == name and "r goes on from here" in said(screen, "remarks"))
        await choose(pilot, "speed", "10")
        await pilot.press("r")
        await until(pilot, lambda: word(screen) == "DONE")
        assert screen.followed is not None
        assert screen.followed.folder == folder


async def test_a_plot_of_which_nothing_moved_or_all_is_drawn_does_not_go_on(studio: Path) -> None:
    nothing = studio / "plots" / "20260102-030405-nothing"
    write_sheet(nothing / "sheet.svg", six())
    write_run(nothing, ARGUMENTS, [Failed(error="No plotter is plugged in.")], started_at=2000.0)
    async with Monoline(studio).run_test(size=(80, 24)) as pilot:
        screen = await go(pilot)
        await settled(pilot)
        assert word(screen) == "NO SHEET"
        screen.open_sheet(plotted(studio, 1.0, Finished(result={})) / "sheet.svg")
        await until(pilot, lambda: word(screen) == "READY")
        assert screen.check_action("go_on", ()) is False


async def on_paper(pilot: Pilot[None], folder: Path) -> PlotScreen:
    """A plot at a real port that was lost."""
    screen = await go(pilot)
    screen.open_sheet(folder / "sheet.svg")
    await until(pilot, lambda: "r goes on from here" in said(screen, "remarks"))
    return screen


async def test_a_plotter_that_kept_its_power_goes_on_from_where_it_is(studio: Path, wired: Wired) -> None:
    folder = plotted(studio, 0.3, Failed(error="gone"), port="/dev/ttyACM0")
    board = Board(InProcess(wired.board))
    board.connect()
    board.send(SM(1000, 1600, 0))  # 10 mm along both axes
    board.wait_idle()
    board.set_mark(1)
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen = await on_paper(pilot, folder)
        await pilot.press("r")
        await settled(pilot)
        assert "counts the carriage at 10.0, 10.0 mm: leave it there" in dialog(pilot)
        assert "at /dev/ttyACM0, from line 2" in dialog(pilot)
        await pilot.press("enter")  # the safe one
        await settled(pilot)
        assert word(screen) == "FAILED"
        await pilot.press("r")
        await settled(pilot)
        await pilot.press("right", "enter")
        await until(pilot, lambda: word(screen) == "DONE")
        assert min(drawn_mm(Run(folder))) > 0.3 * six().drawing.ink


@pytest.mark.parametrize("how", ["power", "told"])
async def test_a_plotter_that_lost_its_place_is_to_be_put_home_by_hand(studio: Path, wired: Wired, how: str) -> None:
    folder = plotted(studio, 0.3, Failed(error="gone"), port="/dev/ttyACM0")
    if how == "told":  # the motors had no power for a while, and the board does not know
        journal = FileJournal(folder, digests(folder, [PartArguments()]), background=False)
        journal.rest(0, Place(1, 5.0), lost=True)
        journal.close()
        board = Board(InProcess(wired.board))
        board.connect()
        board.set_mark(1)
    async with Monoline(studio).run_test(size=(80, 24)) as pilot:
        await on_paper(pilot, folder)
        await pilot.press("r")
        await settled(pilot)
        assert not notes(pilot)
        assert "put the carriage home by hand" in dialog(pilot)


async def test_nothing_goes_on_at_a_plotter_that_is_not_ready(studio: Path, wired: Wired) -> None:
    folder = plotted(studio, 0.3, Failed(error="gone"), port="/dev/ttyACM0")
    wired.board.set_voltage(0.3)
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen = await on_paper(pilot, folder)
        await pilot.press("r")
        await settled(pilot)
        assert pilot.app.screen is screen
        assert "Not started: supply: the motors have no power (0.3 V); plug in the supply" in notes(pilot)
        assert word(screen) == "FAILED"
        wired.board.set_voltage(9)
        await choose(pilot, "port", "auto")  # another one than before
        await pilot.press("r")
        await settled(pilot)
        assert "It goes on at auto" in dialog(pilot)


async def test_the_pen_of_a_plot_that_was_killed_is_raised_from_here(
    studio: Path, sheet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rescued: list[Path] = []

    def rescue(folder: Path) -> bool:
        rescued.append(folder)
        return True

    monkeypatch.setattr("plotter.job.rescue_pen", rescue)
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen, run = await waiting(pilot, sheet)
        run.kill()
        await until(pilot, lambda: word(screen) == "LOST")
        await until(pilot, lambda: "The pen was raised" in notes(pilot))
    assert rescued == [run.folder]


@pytest.mark.parametrize("before", ["a sheet", "nothing"])
async def test_a_plot_that_could_not_begin_elsewhere_leaves_what_was_shown(
    studio: Path, sheet: Path, before: str
) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen = await go(pilot, sheet if before == "a sheet" else None)
        folder = write_run(studio / "plots" / NAME, ARGUMENTS, [])
        write_sheet(folder / "sheet.svg", six())
        with locked(folder):
            await until(pilot, lambda: screen.live)
            shutil.rmtree(folder)
            await until(pilot, lambda: word(screen) == ("READY" if before == "a sheet" else "NO SHEET"))
        assert screen.followed is None
        assert f"The plot {NAME} could not begin; nothing has moved" in notes(pilot)
        assert pilot.app.screen is screen  # no error
