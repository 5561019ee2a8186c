from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from screens import screen_text, settled
from textual.widgets import HelpPanel, Input, OptionList, Static
from textual.worker import WorkerFailed

from drawing.collection import read_collection
from studio.lock import locked
from tui import demo_set
from tui.app import Monoline
from tui.screens.prepare import PrepareScreen
from tui.widgets.dialog import ErrorDialog, PathDialog, ZoomScreen
from tui.widgets.gallery import Gallery
from tui.widgets.header import StudioHeader

Golden = Callable[[str, str], None]


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_the_first_screen_shows_the_newest_dataset(studio: Path, golden: Golden, size: tuple[int, int]) -> None:
    async with Monoline(studio).run_test(size=size) as pilot:
        await settled(pilot)
        golden(f"prepare-{size[0]}x{size[1]}.txt", screen_text(pilot.app))


async def test_an_empty_studio_says_what_to_press(tmp_path: Path, golden: Golden) -> None:
    async with Monoline(tmp_path / "ink").run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        golden("prepare-empty.txt", screen_text(pilot.app))
        assert (tmp_path / "ink" / "studio.toml").exists()


async def test_d_has_the_demo_artist_fill_an_empty_studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_set, "DRAWINGS", 20)
    async with Monoline(tmp_path / "ink").run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("d")
        await settled(pilot)
        path = tmp_path / "ink" / "datasets" / "demo.npz"
        assert len(read_collection(path).drawings("train")) == 18
        assert "train 18" in str(pilot.app.screen.query_one("#summary", Static).content)
        assert pilot.app.screen.query_one("#datasets", OptionList).option_count == 1
        before = path.read_bytes()
        await pilot.press("d")  # it is opened again, not drawn again
        await settled(pilot)
        assert path.read_bytes() == before


async def test_the_demo_option_fills_an_empty_studio_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_set, "DRAWINGS", 20)
    async with Monoline(tmp_path / "ink", demo=True).run_test() as pilot:
        await settled(pilot)
        assert (tmp_path / "ink" / "datasets" / "demo.npz").exists()


async def test_keys_move_the_cursor_and_keep_it_in_view(studio: Path) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        gallery = pilot.app.screen.query_one(Gallery)
        columns = gallery.columns
        assert columns == 3
        for key, expected in (
            ("right", 1),
            ("down", 1 + columns),
            ("left", columns),
            ("up", 0),
            ("up", 0),
            ("left", 0),
            ("end", 29),
            ("down", 29),
            ("right", 29),
            ("pageup", 29 - columns * gallery.rows_in_view),
            ("home", 0),
            ("pagedown", columns * gallery.rows_in_view),
        ):
            await pilot.press(key)
            assert gallery.cursor == expected, key
            assert gallery.top <= gallery.cursor // columns < gallery.top + gallery.rows_in_view
        assert "train 9" in str(pilot.app.screen.query_one("#numbers", Static).content)


async def test_the_mouse_does_what_the_keys_do(studio: Path) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        gallery = pilot.app.screen.query_one(Gallery)
        await pilot.click(Gallery, offset=(gallery.CELL_WIDTH + 5, 14))
        assert gallery.cursor == gallery.columns + 1
        await pilot.click(Gallery, offset=(5, 3), times=2)
        await pilot.pause()
        assert isinstance(pilot.app.screen, ZoomScreen)
        await pilot.click()
        await pilot.pause()
        assert not isinstance(pilot.app.screen, ZoomScreen)


async def test_enter_shows_a_drawing_large_and_escape_goes_back(studio: Path, golden: Golden) -> None:
    async with Monoline(studio).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("right", "enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, ZoomScreen)
        golden("zoom-80x24.txt", screen_text(pilot.app))
        await pilot.press("escape")
        await pilot.pause()
        assert pilot.app.screen.query_one(Gallery).cursor == 1


async def test_n_goes_to_the_next_split_and_back(studio: Path) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        numbers = pilot.app.screen.query_one("#numbers", Static)
        await pilot.press("n")
        await pilot.press("right")
        await pilot.pause()
        assert "valid 1" in str(numbers.content)
        assert "2 strokes, 4 points" in str(numbers.content)
        await pilot.press("n")
        await pilot.pause()
        assert "train 0" in str(numbers.content)


async def test_what_a_gallery_told_before_it_showed_fewer_is_passed_over(studio: Path) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("n")  # the split with two drawings
        await settled(pilot)
        before = screen_text(pilot.app)
        gallery = pilot.app.screen.query_one(Gallery)
        for late in (Gallery.Chosen(gallery, 29), Gallery.Opened(gallery, 29)):
            gallery.post_message(late)
        await settled(pilot)
        assert screen_text(pilot.app) == before


async def test_o_opens_a_file_by_its_path(studio: Path, tmp_path: Path) -> None:
    from drawing.svg import write_svg

    write_svg(tmp_path / "loose" / "leaf.svg", read_collection(studio / "datasets" / "stars.npz").drawings("train")[5])
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("o")
        await pilot.pause()
        assert isinstance(pilot.app.screen, PathDialog)
        pilot.app.screen.query_one(Input).value = str(tmp_path / "loose")
        await pilot.press("enter")
        await settled(pilot)
        assert "leaf" in str(pilot.app.screen.query_one("#numbers", Static).content)
        assert any("loose" in chip.text for chip in pilot.app.screen.query_one(StudioHeader).chips)
        await pilot.press("o")
        await pilot.pause()
        await pilot.press("escape")
        await settled(pilot)
        assert not isinstance(pilot.app.screen, PathDialog)
        # it stays in the list, beside the studio's own
        listed = pilot.app.screen.query_one("#datasets", OptionList)
        assert [str(option.prompt) for option in listed.options] == ["stars.npz", "loose"]
        listed.focus()
        for key, name in (("up", "stars"), ("down", "loose")):
            await pilot.press(key, "enter")
            await settled(pilot)
            assert name in str(pilot.app.screen.query_one("#summary", Static).content)
            listed.focus()


async def test_a_file_that_can_not_be_opened_is_told_and_nothing_is_lost(studio: Path, golden: Golden) -> None:
    (studio / "datasets" / "bad.npz").write_bytes(b"PK\x03\x04 not a zip")
    async with Monoline(studio).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        if isinstance(pilot.app.screen, ErrorDialog):  # it may be the newest and be opened first
            await pilot.press("escape")
        assert isinstance(pilot.app, Monoline)
        pilot.app.open_dataset(studio / "datasets" / "stars.npz")
        await settled(pilot)
        pilot.app.open_dataset(studio / "datasets" / "bad.npz")
        await settled(pilot)
        assert isinstance(pilot.app.screen, ErrorDialog)
        shown = screen_text(pilot.app)
        assert "bad.npz can't be opened" in shown
        await pilot.press("enter")
        await pilot.pause()
        assert pilot.app.screen.query_one(Gallery).cursor == 0
        assert "stars.npz" in screen_text(pilot.app)


async def test_a_defect_in_the_background_shows_a_dialog_and_loses_nothing(
    studio: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Monoline(studio).run_test() as pilot:
        await settled(pilot)

        def broken(_: object) -> None:
            raise ZeroDivisionError("division by zero")

        monkeypatch.setattr("drawing.collection.read_collection", broken)
        screen, app = pilot.app.screen, pilot.app
        assert isinstance(app, Monoline)
        worker = app.open_dataset(studio / "datasets" / "stars.npz")
        with pytest.raises(WorkerFailed):
            await worker.wait()
        await settled(pilot)
        assert isinstance(pilot.app.screen, ErrorDialog)
        assert "ZeroDivisionError: division by zero" in screen_text(pilot.app)
        await pilot.press("enter")
        await settled(pilot)
        assert not any("opening" in chip.text for chip in screen.query_one(StudioHeader).chips)
        await pilot.press("right")
        assert screen.query_one(Gallery).cursor == 1


async def test_a_key_whose_action_is_a_defect_shows_a_dialog_and_loses_nothing(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_screen: PrepareScreen) -> None:
        raise ZeroDivisionError("there is nothing to divide by")

    monkeypatch.setattr(Monoline, "FORGIVING", True)
    monkeypatch.setattr(PrepareScreen, "action_split", breaks)
    async with (app := Monoline(kept)).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("n")
        await settled(pilot)
        assert isinstance(app.screen, ErrorDialog)
        assert "ZeroDivisionError: there is nothing to divide by" in screen_text(app)
        await pilot.press("escape", "3", "t")
        await settled(pilot)
        assert "3 kept" in screen_text(app)


async def test_a_defect_while_the_studio_opens_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("studio.folder.create_studio", broken)
    async with Monoline(tmp_path / "ink").run_test() as pilot:
        await settled(pilot)
        assert "ZeroDivisionError" in screen_text(pilot.app)


async def test_a_studio_of_a_later_monoline_is_told(tmp_path: Path) -> None:
    (tmp_path / "studio.toml").write_text("version = 99")
    async with Monoline(tmp_path).run_test() as pilot:
        await settled(pilot)
        assert isinstance(pilot.app.screen, ErrorDialog)
        assert "later monoline" in screen_text(pilot.app)
        await pilot.press("enter")  # there is nothing to go on with
        await pilot.pause()
    assert pilot.app.return_code == 1


async def test_a_studio_in_use_is_not_written_to(tmp_path: Path) -> None:
    async with Monoline(tmp_path / "ink").run_test() as pilot:
        await settled(pilot)
        with locked(tmp_path / "ink"):
            await pilot.press("d")
            await settled(pilot)
        assert isinstance(pilot.app.screen, ErrorDialog)
        assert "in use by" in screen_text(pilot.app)
        assert list((tmp_path / "ink" / "datasets").iterdir()) == []


async def test_escape_puts_the_keys_away_too(studio: Path) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("f1")
        await pilot.pause()
        assert pilot.app.screen.query(HelpPanel)
        await pilot.press("escape")
        await pilot.pause()
        assert not pilot.app.screen.query(HelpPanel)


async def test_f1_shows_the_keys_and_puts_them_away(studio: Path) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        for shown in (True, False, True):
            await pilot.press("f1")
            await pilot.pause()
            assert bool(pilot.app.screen.query(HelpPanel)) is shown


async def test_page_keys_turn_the_pages_of_the_keys_while_they_are_shown(studio: Path) -> None:
    async with Monoline(studio).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("3", "f1")
        await settled(pilot)
        for key, at_the_end in (("pagedown", True), ("pageup", False)):
            for _ in range(5):
                await pilot.press(key)
                await pilot.wait_for_scheduled_animations()
            keys = pilot.app.screen.query_one("#keys-help")
            assert (keys.scroll_y == keys.max_scroll_y > 0) is at_the_end
        await pilot.press("f1")
        await pilot.pause()
        assert isinstance(pilot.app, Monoline)
        assert pilot.app.check_action("help_page", (1,)) is False


async def test_a_path_that_is_not_there_can_be_mended(studio: Path) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("o")
        await pilot.pause()
        pilot.app.screen.query_one(Input).value = "/no/such.npz"
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, PathDialog)
        assert pilot.app.screen.query_one(Input).value == "/no/such.npz"
        assert "does not exist" in screen_text(pilot.app)


async def test_the_panel_opens_and_closes_at_every_width(studio: Path) -> None:
    for size, shown in (((80, 24), False), ((120, 36), True)):
        async with Monoline(studio).run_test(size=size) as pilot:
            await settled(pilot)
            detail = pilot.app.screen.query_one("#detail")
            for expected in (shown, not shown, shown):
                assert (detail.size.width > 0) is expected
                await pilot.press("ctrl+b")
                await pilot.pause()


async def test_every_binding_has_an_action_and_an_id(studio: Path) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        seen = []
        for node in (pilot.app, pilot.app.screen, pilot.app.screen.query_one(Gallery)):
            for binding in type(node).BINDINGS:
                name = binding.action.partition("(")[0]
                assert hasattr(node, f"action_{name}") or hasattr(pilot.app, f"action_{name}"), binding
                assert binding.id, binding
                seen.append(binding.id)
        assert len(seen) == len(set(seen))
