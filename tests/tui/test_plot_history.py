"""Earlier plots: what became of them, seen and drawn again."""

from __future__ import annotations

from pathlib import Path

from plot_screens import choose, go, plotted, said, scripted, sheet, six, word
from runs import until
from screens import settled
from textual.widgets import OptionList

from studio.events import Failed, Finished, Stopped
from studio.runs import Run, find_runs
from tui.app import Monoline
from tui.history import read_history
from tui.widgets.dialog import HistoryDialog
from tui.widgets.plot_options import PlotOptions
from tui.widgets.sheet_view import SheetView

__all__ = ["scripted", "sheet"]


def test_the_history_tells_what_became_of_each_plot(studio: Path) -> None:
    ink_m = six().drawing.ink / 1000
    plotted(studio, 1.0, Finished(result={"drawn_m": ink_m, "duration_s": 125.0}), name="20260101-120000-all")
    plotted(studio, 0.5, Failed(error="gone"), name="20260101-130000-half")
    plotted(studio, 0.25, name="20260101-140000-crashed")
    (studio / "plots" / "20260101-150000-broken").mkdir()
    (studio / "plots" / "20260101-150000-broken" / "run.json").write_text("rubbish")
    past = {each.folder.name[16:]: each.line[17:] for each in read_history(studio / "plots")}
    assert past == {
        "all": f"all            done     100%  {ink_m:.2f} m  2 min 05 s",
        "half": f"half           failed    50%  {500 * ink_m:.0f} mm  1 min 18 s",
        "crashed": f"crashed        lost      25%  {250 * ink_m:.0f} mm        39 s",
    }
    assert read_history(studio / "nowhere") == []
    (studio / "plots" / "20260101-150000-broken" / "run.json").unlink()


async def test_an_earlier_plot_is_shown_and_drawn_again(studio: Path, sheet: Path) -> None:
    whole = plotted(studio, 1.0, Finished(result={"drawn_m": 1.5, "duration_s": 125.0}), name="20260101-120000-all")
    half = plotted(studio, 0.5, Stopped(result={}), name="20260101-130000-half")
    async with Monoline(studio).run_test(size=(80, 24)) as pilot:
        screen = await go(pilot, sheet)
        await pilot.press("h")
        await settled(pilot)
        assert isinstance(pilot.app.screen, HistoryDialog)
        options = pilot.app.screen.query_one(OptionList)
        names = [str(options.get_option_at_index(index).prompt) for index in range(options.option_count)]
        assert options.size.width >= max(map(len, names))  # each on one line
        options.highlighted = next(index for index, name in enumerate(names) if " half " in name)
        await pilot.press("enter")
        await until(pilot, lambda: word(screen) == "STOPPED" and "r goes on from here" in said(screen, "remarks"))
        assert half.name in said(screen, "about")
        assert screen.query_one(SheetView).inked_mm == six().drawing.ink / 2
        await pilot.press("h")
        await settled(pilot)
        options = pilot.app.screen.query_one(OptionList)
        options.highlighted = next(index for index, name in enumerate(names) if " all " in name)
        await pilot.press("enter")
        await until(pilot, lambda: word(screen) == "DONE" and whole.name in said(screen, "about"))
        assert screen.query_one(SheetView).inked_mm is None
        assert screen.check_action("go_on", ()) is False
        assert screen.check_action("start", ()) is False
        await pilot.press("enter")  # draw anew: first it is made ready
        await until(pilot, lambda: word(screen) == "READY")
        assert len(find_runs(studio / "plots")) == 2
        await pilot.press("enter")
        await until(pilot, lambda: screen.followed is not None and word(screen) == "DONE")
        assert len(find_runs(studio / "plots")) == 3


async def test_what_is_drawn_anew_is_all_of_the_plot(studio: Path, sheet: Path) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen = await go(pilot, sheet)
        await choose(pilot, "copies", "3")
        await choose(pilot, "machine", "axidraw-se-a3")
        await until(pilot, lambda: word(screen) == "READY")
        await pilot.press("enter")
        for copy in ("copy 2 of 3", "copy 3 of 3"):
            await until(pilot, lambda copy=copy: word(screen) == "PAUSED: PAPER" and copy in said(screen, "figures"))
            await pilot.press("space")
        await until(pilot, lambda: word(screen) == "DONE")
        assert screen.followed is not None
        before = Run(screen.followed.folder).arguments
        await choose(pilot, "copies", "1")
        await choose(pilot, "machine", "axidraw-v3-a3")
        for key in ("h", "enter", "enter"):
            await pilot.press(key)
            await settled(pilot)
        await until(pilot, lambda: word(screen) == "READY")
        assert "in all  3 sheets" in said(screen, "figures")
        assert screen.query_one(PlotOptions).machine == before["machine"]


async def test_an_empty_history_says_so(studio: Path) -> None:
    async with Monoline(studio).run_test(size=(80, 24)) as pilot:
        screen = await go(pilot)
        await pilot.press("h")
        await settled(pilot)
        assert pilot.app.screen is screen
