"""The tray on the screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from screens import comes, recipe, screen_text, settled
from textual.pilot import Pilot
from textual.widgets import Input, Select, Static

from drawing.sketch import About, annotate
from drawing.svg import read_svg
from plotter.sheet import read_sheet
from tui.app import Monoline
from tui.screens.plot import PlotScreen
from tui.screens.print_dialog import PrintDialog
from tui.screens.tray import TrayScreen
from tui.tray import Kept, Tray
from tui.widgets.dialog import ErrorDialog, ZoomScreen
from tui.widgets.gallery import Gallery

Golden = Callable[[str, str], None]


def names(studio: Path) -> list[str]:
    return sorted(path.name for path in (studio / "sketches").glob("*.svg"))


def shown(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#tray-summary", Static).content)


async def test_t_shows_the_tray_over_any_screen_and_hides_it(kept: Path) -> None:
    async with Monoline(kept).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        assert "tray 3" in screen_text(pilot.app).splitlines()[0]
        await pilot.press("t")
        await pilot.pause()
        assert isinstance(pilot.app.screen, TrayScreen)
        assert shown(pilot) == "3 kept"
        assert "star-4" in screen_text(pilot.app)
        await pilot.press("t")
        await pilot.pause()
        assert not isinstance(pilot.app.screen, TrayScreen)


async def test_a_number_leads_from_the_tray_to_its_screen_and_leaves_no_tray_behind(kept: Path) -> None:
    async with Monoline(kept).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("t")
        await pilot.pause()
        await pilot.press("4")
        await pilot.pause()
        assert pilot.app.current_mode == "interpolate"
        await pilot.press("1")
        await pilot.pause()
        assert not isinstance(pilot.app.screen, TrayScreen)


async def test_a_drawing_that_is_deleted_behind_an_open_studio_leaves_the_tray(kept: Path) -> None:
    async with Monoline(kept).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        assert "tray 3" in screen_text(pilot.app)
        (kept / "sketches" / "star-4.svg").unlink()
        await comes(pilot, lambda: "tray 2" in screen_text(pilot.app))


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_the_tray_fits_the_terminal(kept: Path, size: tuple[int, int]) -> None:
    async with Monoline(kept).run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("t")
        await pilot.pause()
        assert all(f"star-{points}" in screen_text(pilot.app) for points in (3, 4, 5))


async def test_d_deletes_and_ctrl_z_brings_back(kept: Path) -> None:
    async with Monoline(kept).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("t", "right", "d")
        await pilot.pause()
        assert names(kept) == ["star-3.svg", "star-5.svg"]
        assert shown(pilot) == "2 kept"
        await pilot.press("ctrl+z")
        await pilot.pause()
        assert names(kept) == ["star-3.svg", "star-4.svg", "star-5.svg"]
        assert shown(pilot) == "3 kept"


async def test_a_file_that_can_not_be_deleted_stays_in_the_tray(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Tray, kept: Kept) -> None:
        raise PermissionError(13, "Permission denied", str(kept.path))

    monkeypatch.setattr(Tray, "put_out", refuse)
    async with Monoline(kept).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("t", "d")
        await pilot.pause()
        assert isinstance(pilot.app.screen, ErrorDialog)
        assert "star-3 stays in the tray" in screen_text(pilot.app)
        await pilot.press("enter")
        await pilot.pause()
        assert shown(pilot) == "3 kept"


async def test_an_empty_tray_says_what_fills_it(studio: Path) -> None:
    async with Monoline(studio).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("t", "d", "p", "space")
        await pilot.pause()
        assert "k keeps the drawing under the cursor" in screen_text(pilot.app)
        await pilot.press("escape")
        await pilot.pause()
        assert not isinstance(pilot.app.screen, TrayScreen)


async def test_p_lays_the_marked_ones_on_a_sheet_and_all_without_marks(kept: Path) -> None:
    async with Monoline(kept).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        assert isinstance(pilot.app, Monoline)
        await pilot.press("t", "space", "right", "space")
        await pilot.pause()
        assert shown(pilot) == "3 kept, 2 marked"
        await pilot.press("p")
        await settled(pilot)
        assert pilot.app.current_mode == "plot"
        assert isinstance(pilot.app.screen, PlotScreen)
        assert pilot.app.screen.path == kept / "sheets" / "tray.svg"
        assert [cell.recipe for cell in read_sheet(pilot.app.screen.path).cells] == [recipe(3), recipe(4)]
        await pilot.press("t", "p")
        await settled(pilot)
        assert pilot.app.screen.path == kept / "sheets" / "tray-2.svg"
        assert len(read_sheet(pilot.app.screen.path).cells) == 3


async def test_enter_shows_a_kept_drawing_large(kept: Path) -> None:
    async with Monoline(kept).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("t", "enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, ZoomScreen)
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(pilot.app.screen, TrayScreen)
        await pilot.click(Gallery, offset=(5, 3), times=2)
        await pilot.pause()
        assert isinstance(pilot.app.screen, ZoomScreen)


async def test_o_lays_the_tray_out_as_one_likes_and_sends_all_sheets_to_plot(kept: Path) -> None:
    async with Monoline(kept).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("4")
        await settled(pilot)
        assert "A4 landscape, grid" in screen_text(pilot.app)
        await pilot.press("t", "o")
        await settled(pilot)
        dialog = pilot.app.screen
        assert isinstance(dialog, PrintDialog)
        dialog.query_one("#print-layout", Select).value = "spiral"
        dialog.query_one("#print-edition", Input).value = "1-2"
        dialog.query_one("#print-edition", Input).focus()
        await pilot.press("enter")
        await settled(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, PlotScreen)
        choice = screen._choice  # pyright: ignore[reportPrivateUsage]
        assert choice is not None
        assert [path.name for path in (choice.sheet, *choice.queue)] == ["tray-01-of-2.svg", "tray-02-of-2.svg"]
        assert [cell.name for cell in read_sheet(choice.sheet).cells] == ["star-3", "star-4", "star-5"]
        await pilot.press("4")  # Interpolate has the same choice
        await settled(pilot)
        assert "A4 landscape, spiral" in screen_text(pilot.app)


async def test_a_drawing_is_starred_noted_and_renamed_and_each_is_taken_back(kept: Path, golden: Golden) -> None:
    async with Monoline(kept).run_test(size=(80, 24)) as pilot:
        app = pilot.app
        await settled(pilot)
        await pilot.press("t", "right", "f", "n")
        await settled(pilot)
        app.screen.query_one(Input).value = "the left hand"
        await pilot.press("enter")
        await settled(pilot)
        file = kept / "sketches" / "star-4.svg"
        assert About.of(read_svg(file).notes) == About("the left hand", favourite=True)
        golden("tray-80x24.txt", screen_text(app))
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, ZoomScreen)
        assert "the left hand" in screen_text(app)
        await pilot.press("escape", "a", "down", "down", "enter")  # by the menu
        await settled(pilot)
        app.screen.query_one(Input).value = "star-5"
        await pilot.press("enter")
        assert "There is a star-5.svg already" in screen_text(app)
        app.screen.query_one(Input).value = "her hand"
        await pilot.press("enter")
        await settled(pilot)
        assert names(kept) == ["her hand.svg", "star-3.svg", "star-5.svg"]
        assert "★ her hand" in screen_text(app)
        await pilot.press("ctrl+z", "ctrl+z")
        assert About.of(read_svg(file).notes) == About(favourite=True)
        await pilot.press("ctrl+z")
        assert About.of(read_svg(file).notes) == About()
        await pilot.press("ctrl+z")  # nothing more was done
        assert names(kept) == ["star-3.svg", "star-4.svg", "star-5.svg"]


async def test_what_is_in_view_is_found_by_words_while_they_are_typed(kept: Path) -> None:
    async with Monoline(kept).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("t", "slash", *"seed:4-")
        await settled(pilot)
        assert shown(pilot) == "2 of 3 kept"
        assert "star-3" not in screen_text(pilot.app)
        await pilot.press(*"x")
        await settled(pilot)
        assert "neither a number nor a range" in shown(pilot)
        assert "star-5" in screen_text(pilot.app)  # what was in view stays
        await pilot.press("enter")  # and there is nothing to go on with
        assert isinstance(pilot.app.focused, Input)
        await pilot.press("backspace", "enter")
        assert shown(pilot) == "2 of 3 kept   seed:4-"
        await pilot.press("right", "f", "s", "s", "s", "s", "s")
        assert shown(pilot) == "2 of 3 kept, by favourites   seed:4-"
        text = screen_text(pilot.app)
        assert text.index("★ star-5") < text.index("star-4")
        await pilot.press("F")
        assert shown(pilot) == "1 of 3 kept, by favourites   seed:4- fav"
        await pilot.press("w")  # one is no walk
        assert isinstance(pilot.app.screen, TrayScreen)
        await pilot.press("F", "escape")
        assert shown(pilot) == "3 kept, by favourites"
        await pilot.press("slash", *"bird")
        await settled(pilot)
        assert "Nothing here is so" in screen_text(pilot.app)
        await pilot.press("escape", "escape")
        await pilot.pause()
        assert not isinstance(pilot.app.screen, TrayScreen)


async def test_what_is_noted_elsewhere_is_seen_in_an_open_tray(kept: Path) -> None:
    async with Monoline(kept).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("t")
        annotate(kept / "sketches" / "star-3.svg", About("from another terminal"))
        await comes(pilot, lambda: "from another terminal" in screen_text(pilot.app))
