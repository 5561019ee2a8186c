"""What is drawn: from which line, which cells, how often, and what after it."""

from __future__ import annotations

from pathlib import Path

from plot_screens import choose, dialog, go, more, pick, said, scripted, sheet, six, word
from runs import until
from screens import recipe, settled
from textual.pilot import Pilot
from textual.widgets import Input, Static

from drawing.collection import Entry
from plotter.sheet import SheetSettings, lay_out, write_sheet
from studio.runs import find_runs
from tui.app import Monoline
from tui.plot_choice import recipe_words, spans
from tui.screens.plot import PlotScreen
from tui.widgets.dialog import ErrorDialog
from tui.widgets.sheet_view import SheetView

__all__ = ["scripted", "sheet"]


async def drawn(pilot: Pilot[None], screen: PlotScreen) -> dict[str, object]:
    """What the plot was told that was started by now."""
    await pilot.press("enter")
    await until(pilot, lambda: screen.followed is not None and word(screen) == "DONE")
    assert screen.followed is not None
    return screen.followed.arguments


async def test_a_plot_can_begin_with_any_line(studio: Path, sheet: Path) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen = await go(pilot, sheet)
        view = screen.query_one(SheetView)
        whole = said(screen, "figures")
        await pilot.press("]", "]", "]", "[")
        await settled(pilot)
        assert view.start is not None
        assert view.start.stroke == 2
        assert "from    line 3 of 6" in said(screen, "figures")
        await pilot.press("}")
        await settled(pilot)
        assert "from    line 6 of 6" in said(screen, "figures")  # there are no more
        await pilot.press("{")
        await settled(pilot)
        assert view.start is None
        assert said(screen, "figures") == whole
        await more(pilot, "first line")
        pilot.app.screen.query_one(Input).value = "4"
        await pilot.press("enter")
        await settled(pilot)
        assert "from    line 4 of 6" in said(screen, "figures")
        told = await drawn(pilot, screen)
        assert (told["stroke"], told["along_mm"]) == (3, 0)


async def test_a_click_on_the_sheet_begins_there(studio: Path, sheet: Path) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen = await go(pilot, sheet)
        view = screen.query_one(SheetView)
        await pilot.click(view, offset=(view.size.width // 2, view.size.height - 4))
        await settled(pilot)
        assert view.start is not None
        assert view.start.along_mm > 0
        assert "along" in said(screen, "figures")
        told = await drawn(pilot, screen)
        assert (told["stroke"], told["along_mm"]) == (view.start.stroke, view.start.along_mm)


async def test_some_cells_alone_are_drawn(studio: Path, sheet: Path) -> None:
    async with Monoline(studio).run_test(size=(80, 24)) as pilot:
        screen = await go(pilot, sheet)
        await more(pilot, "cells")
        for bad, why in (("7", "There is no cell 7"), ("x", "no cell 'x'")):
            pilot.app.screen.query_one(Input).value = bad
            await pilot.press("enter")
            await pilot.pause()
            assert why in dialog(pilot)
        pilot.app.screen.query_one(Input).value = "1, 5-6"
        await pilot.press("enter")
        await until(pilot, lambda: word(screen) == "READY")
        assert "cells   1, 5-6" in said(screen, "figures")
        assert len(screen.query_one(SheetView).frames) == 3
        assert "strokes           3" in said(screen, "figures")
        await more(pilot, "cells")  # counted on the whole sheet still
        pilot.app.screen.query_one(Input).value = "6"
        await pilot.press("enter")
        await until(pilot, lambda: word(screen) == "READY")
        assert "strokes           1" in said(screen, "figures")
        await more(pilot, "cells")
        pilot.app.screen.query_one(Input).value = ""
        await pilot.press("enter")
        await until(pilot, lambda: word(screen) == "READY")
        assert "strokes           6" in said(screen, "figures")


async def test_other_sheets_are_drawn_after_it(studio: Path, sheet: Path) -> None:
    write_sheet(studio / "sheets" / "second.svg", six())
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen = await go(pilot, sheet)
        for _ in range(2):
            await more(pilot, "add")
            await pick(pilot, "second")
            await until(pilot, lambda: word(screen) == "READY")
        assert said(screen, "figures").count("then    second") == 2
        assert "in all  3 sheets" in said(screen, "figures")
        await more(pilot, "without")
        await until(pilot, lambda: word(screen) == "READY")
        assert "in all  2 sheets" in said(screen, "figures")
        await pilot.press("enter")
        await until(pilot, lambda: word(screen) == "PAUSED: PAPER")
        assert screen.followed is not None
        parts = screen.followed.arguments["parts"]
        assert [(part["sheet"], part["wait"]) for part in parts] == [("sheet.svg", ""), ("sheet-2.svg", "paper")]
        assert "new paper for second" in said(screen, "figures")
        await pilot.press("space")
        await until(pilot, lambda: word(screen) == "DONE")
        assert len(find_runs(studio / "plots")) == 1


async def test_a_copy_is_whole_whatever_the_first_begins_with(studio: Path, sheet: Path) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen = await go(pilot, sheet)
        await choose(pilot, "copies", "2")
        await pilot.press("]")
        await settled(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: word(screen) == "PAUSED: PAPER")
        assert screen.followed is not None
        first, second = screen.followed.arguments["parts"]
        assert first["duration_s"] < second["duration_s"]
        await pilot.press("space")
        await until(pilot, lambda: word(screen) == "DONE")


def test_where_the_drawings_came_from_is_told_in_a_line() -> None:
    entries = [Entry(six().drawing.select([0]), str(seed), recipe(seed)) for seed in (3, 4, 5, 9)]
    words = recipe_words(lay_out(entries, SheetSettings(), title="some"))
    assert words == "sample, seeds 3-5, 9, temperature 0.3, network 5c5c5c5c"
    assert recipe_words(six()) == ""
    assert spans(list(range(0, 40, 2))) == "0, 2, 4, 6, 8, 10, ..."


async def test_how_it_is_drawn_is_chosen_and_stays_for_the_next_sheet(studio: Path, sheet: Path) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen = await go(pilot, sheet)
        assert "hops" not in said(screen, "figures")
        await more(pilot, "how ")
        await pick(pilot, "short hops")
        pilot.app.screen.query_one(Input).value = "100"
        await pilot.press("enter")
        await until(pilot, lambda: "hops " in said(screen, "figures"))
        await more(pilot, "usual, short hops")
        await pick(pilot, "handling")
        await pick(pilot, "constant")
        await until(
            pilot,
            lambda: (
                word(screen) == "READY" and screen._made is not None and screen._made.settings.speed_down_mm_s == 15
            ),
        )
        assert screen._made is not None
        assert screen._made.settings.hop_mm == 100
        screen.open_sheet(sheet)
        await until(pilot, lambda: word(screen) == "READY" and screen._made is not None)
        assert screen._made.settings.speed_down_mm_s == 15
        assert "drawn constant, short hops" in said(screen, "about")
        told = await drawn(pilot, screen)
        (part,) = told["parts"]  # pyright: ignore[reportGeneralTypeIssues]
        assert (part["settings"]["hop_mm"], part["settings"]["cornering_mm"]) == (100, 0.5)
        # a height at which the pen would not leave the paper is refused in words
        screen.open_sheet(sheet)
        await until(pilot, lambda: word(screen) == "READY")
        await more(pilot, "how ")
        await pick(pilot, "hop height")
        pilot.app.screen.query_one(Input).value = "25"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ErrorDialog))
        assert "plot.hop_pct" in str(pilot.app.screen.query(Static)[1].content)
        await pilot.press("escape")
        assert screen._made.settings.hop_pct == 40
