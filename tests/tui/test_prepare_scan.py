"""A scan before and after: looking around, settings, and what a person puts right."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from plot_screens import notes
from scanned_studio import at_the_list, opened, scanned, traced
from screens import comes, screen_text, settled
from textual.binding import Binding
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

from prep.corrections import read_corrections
from tui.app import Monoline
from tui.screens.prepare import PrepareScreen
from tui.screens.scan import ScanScreen
from tui.widgets.dialog import ErrorDialog, ListDialog
from tui.widgets.page_view import PageView
from tui.widgets.slider import Slider
from tui.widgets.trace_panel import TracePanel

Golden = Callable[[str, str], None]

__all__ = ["scanned"]


def replaced(folder: Path, name: str) -> Path:
    """Another scan in place of the first one."""
    told = json.loads((folder / "scripted-list.json").read_text())
    path = folder / "sketchbooks" / "sb01" / name
    path.write_bytes(b"scan")
    told["scans"][0]["path"] = str(path)
    (folder / "scripted-list.json").write_text(json.dumps(told))
    return path


def corrections(folder: Path) -> Path:
    return folder / "drawings" / "sb01" / "001.corrections.jsonl"


def kept(folder: Path) -> list[tuple[str, tuple[float, float], str]]:
    return [(each.kind, each.at, each.value) for each in read_corrections(corrections(folder))]


def state(screen: ScanScreen) -> str:
    return str(screen.query_one("#scan-state", Static).content)


def figures(screen: ScanScreen) -> str:
    return str(screen.query_one("#trace-figures", Static).content)


def the_scan(pilot: Pilot[None]) -> ScanScreen:
    screen = pilot.app.screen
    assert isinstance(screen, ScanScreen)
    return screen


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_a_scan_is_shown_beside_its_lines(scanned: Path, golden: Golden, size: tuple[int, int]) -> None:
    async with Monoline(scanned).run_test(size=size) as pilot:
        await opened(pilot)
        golden(f"scan-{size[0]}x{size[1]}.txt", screen_text(pilot.app))


async def test_b_shows_scan_and_lines_side_by_side_alone_and_over_each_other(scanned: Path, golden: Golden) -> None:
    async with Monoline(scanned).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        screen = the_scan(pilot)
        seen: list[tuple[bool, bool, bool]] = []
        for _ in range(4):
            after = screen.query_one("#after", PageView)
            shown = [screen.query_one(f"#{name}-column").display for name in ("before", "after")]
            seen.append((shown[0], shown[1], "ink" in after.shows))
            await pilot.press("b")
            await settled(pilot)
        assert seen == [(True, True, False), (False, True, False), (False, True, True), (True, False, False)]
        await pilot.press("p")
        await pilot.pause()
        golden("scan-ink-80x24.txt", screen_text(pilot.app))


async def test_n_goes_to_the_doubtful_crossing_and_f_flips_it_for_good(scanned: Path, golden: Golden) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        screen = the_scan(pilot)
        await pilot.press("n")
        await settled(pilot)
        assert "doubt 1 of 1: crossing, 2 ways, doubt 0.90" in state(screen)
        golden("scan-doubt-120x36.txt", screen_text(pilot.app))
        before = screen.page
        await pilot.press("f")
        await traced(pilot)
        assert kept(scanned) == [("flip", (300.0, 300.0), "")]
        assert screen.page is not before
        assert "put right" in state(screen)
        assert "0 doubtful" in figures(screen)
        await pilot.press("ctrl+z")
        await traced(pilot)
        assert kept(scanned) == []
        assert "1 doubtful" in figures(screen)


async def test_space_checks_a_crossing_and_goes_on_to_the_next_one_that_nobody_has(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("right_square_bracket")
        await traced(pilot)
        screen = the_scan(pilot)
        assert "3 doubtful" in figures(screen)
        await pilot.press("n", "n")  # past the most doubtful one
        assert "doubt 2 of 3: crossing, 2 ways, doubt 0.80" in state(screen)
        await pilot.press("space")
        assert "doubt 2 of 2: crossing, 3 ways, doubt 0.70" in state(screen)
        await pilot.press("space")
        assert "doubt 1 of 1: crossing, 2 ways, doubt 0.90" in state(screen)
        assert "checked     2" in figures(screen)
        assert "corrections 0" in figures(screen)
        await pilot.press("space")
        assert "crossing, 2 ways, doubt 0.90, checked" in state(screen)
        assert "No crossing of this scan is doubtful any more" in notes(pilot)
        path = scanned / "drawings" / "sb01" / "002.corrections.jsonl"
        assert [each.at for each in read_corrections(path)] == [(420.0, 420.0), (180.0, 180.0), (300.0, 300.0)]
        await pilot.press("space")  # it is checked
        await pilot.press("n")
        assert len(read_corrections(path)) == 3
        await pilot.press("ctrl+z")
        assert "doubt 1 of 1: crossing, 2 ways, doubt 0.90" in state(screen)
    assert not (scanned / "scripted-writes.txt").exists()  # no line has changed


async def test_what_is_put_right_is_written_at_once(scanned: Path) -> None:
    writes = scanned / "scripted-writes.txt"
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        for count, key in enumerate(("d", "ctrl+z"), 1):
            await pilot.press(key)
            await comes(pilot, lambda count=count: writes.exists() and writes.read_text() == "sb01/001\n" * count)


async def test_what_is_deleted_says_how_it_comes_back(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("D")
        await pilot.pause()
        assert "The drawing is taken away; ctrl+z brings it back." in notes(pilot)


async def test_keys_answer_while_there_are_no_lines_yet(scanned: Path) -> None:
    replaced(scanned, "endless.jpg")
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        await at_the_list(pilot)
        await pilot.press("enter")
        await comes(pilot, lambda: isinstance(pilot.app.screen, ScanScreen) and pilot.app.screen.trace is not None)
        for key in ("d", "D", "f", "c", "j", "n", "s", "r", "R", "a", "space"):
            pilot.app.clear_notifications()
            await pilot.press(key)
            await pilot.pause()
            assert "its lines are here in a moment" in notes(pilot), key
        assert not corrections(scanned).exists()


async def test_corrections_outlive_the_screen_and_are_taken_back_later(scanned: Path) -> None:
    for press, count in (("f", 1), ("ctrl+z", 0)):
        async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
            await opened(pilot)
            await pilot.press("n", press)
            await traced(pilot)
            assert len(kept(scanned)) == count
            assert f"corrections {count}" in figures(the_scan(pilot))


async def test_each_key_keeps_its_correction_where_the_cursor_is(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        screen = the_scan(pilot)
        assert "start of stroke 1, drawing 1" in state(screen)
        for key in ("s", "r", "R", "d", "D", "c"):
            await pilot.press(key)
            await traced(pilot)
        at = (120.0, 120.0)  # the first point of the first stroke, in pixels of the scan
        assert kept(scanned) == [
            ("start", at, ""),
            ("reverse", at, "stroke"),
            ("reverse", at, "drawing"),
            ("delete", at, "stroke"),
            ("delete", at, "drawing"),
            ("cut", at, ""),
        ]


async def test_arrows_go_from_end_to_end_and_two_ends_are_joined(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        screen = the_scan(pilot)
        await pilot.press("j")
        assert "press j again" in state(screen)
        await pilot.press("right", "j")  # over the crossings, which can't be joined
        await traced(pilot)
        (correction,) = read_corrections(corrections(scanned))
        assert (correction.kind, correction.at, correction.to) == ("join", (120.0, 120.0), (480.0, 120.0))


async def test_escape_leaves_a_join_then_a_slider_then_the_scan(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        screen = the_scan(pilot)
        await pilot.press("j", "escape")
        assert "press j again" not in state(screen)
        screen.query_one("#join", Slider).focus()
        await pilot.press("escape")
        assert isinstance(screen.focused, PageView)
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(pilot.app.screen, PrepareScreen)
        assert not corrections(scanned).exists()


async def test_a_click_chooses_the_nearest_and_a_second_one_offers_what_can_be_done(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        screen = the_scan(pilot)
        pane = screen.query_one("#after", PageView)
        cell = pane.view.cell((150.0, 150.0), *pane.size)
        assert cell is not None
        offset = (cell[1], cell[0])
        await pilot.click(pane, offset=offset)
        await pilot.pause()
        assert "doubt 1 of 1" in state(screen)
        await pilot.click(pane, offset=offset, times=2)
        await pilot.pause()
        assert isinstance(pilot.app.screen, ListDialog)
        assert "another way" in str(pilot.app.screen.query_one(OptionList).options[0].prompt)
        await pilot.press("enter")
        await traced(pilot)
        assert [kind for kind, _, _ in kept(scanned)] == ["flip"]


async def test_a_place_without_anything_offers_no_correction(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        screen = the_scan(pilot)
        pane = screen.query_one("#after", PageView)
        cell = pane.view.cell((150.0, 200.0), *pane.size)
        assert cell is not None
        await pilot.click(pane, offset=(cell[1], cell[0]))
        await pilot.press("c", "d", "f")
        await traced(pilot)
        assert not corrections(scanned).exists()
        assert "nothing here" in state(screen)


async def test_wheel_and_keys_come_closer_and_a_drag_moves_the_page(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        pane = the_scan(pilot).query_one("#after", PageView)
        whole = pane.view
        await pilot.press("plus", "plus")
        near = pane.view
        assert near.scale == pytest.approx(whole.scale / 2.25)
        await pilot.mouse_down(pane, offset=(20, 10))
        await pilot.hover(pane, offset=(16, 10))
        await pilot.mouse_up(pane, offset=(16, 10))
        await pilot.pause()
        assert pane.view.x == pytest.approx(near.x + 8 * near.scale)
        await pilot.press("0")
        assert pane.view == whole
        await pilot.press("z")
        assert pane.view.scale < whole.scale
        await pilot.press("z")
        assert pane.view == whole


async def test_a_slider_traces_anew_and_the_studio_keeps_what_was_chosen(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        screen = the_scan(pilot)
        assert "strokes     3" in figures(screen)
        assert "connectors  20 px" in figures(screen)
        screen.query_one("#join", Slider).focus()
        await pilot.press("left")
        await traced(pilot)
        assert "strokes     4" in figures(screen)
        assert "connectors  0 px" in figures(screen)
        await pilot.press("ctrl+r")
        await traced(pilot)
        assert "strokes     3" in figures(screen)
        await pilot.press("left")
        await traced(pilot)
        await pilot.press("escape", "escape")
        written = scanned / "scripted-settings.json"
        await comes(pilot, written.exists)
        told = json.loads(written.read_text())
        assert told["trace"]["join"] == 14
        assert told["epsilon"] == 0.2
        assert "All scans are to be traced with the settings chosen here; r does that." in notes(pilot)
        await comes(pilot, (scanned / "scripted-writes.txt").exists)  # this one is


async def test_ink_may_not_fade_to_more_than_it_must_be(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        screen = the_scan(pilot)
        screen.query_one("#dark", Slider).value = 0.2
        await traced(pilot)
        assert screen.trace is not None
        assert screen.trace["ink"]["faint"] == 0.2
        assert screen.query_one("#faint", Slider).value == 0.2


async def test_brackets_go_to_the_next_scan_and_one_that_is_torn_says_so(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        screen = the_scan(pilot)
        await pilot.press("right_square_bracket")
        await traced(pilot)
        assert "sb01/002" in str(screen.query_one("#before-title", Static).content)
        await pilot.press("right_square_bracket")
        await traced(pilot)
        assert "is torn" in state(screen)
        await pilot.press("n", "c", "f")  # there is nothing to put right
        await pilot.press("left_square_bracket")
        await traced(pilot)
        assert "start of stroke 1" in state(screen)


async def test_a_worker_that_dies_is_started_again(scanned: Path) -> None:
    path = replaced(scanned, "mortal.jpg")
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        assert "strokes     3" in figures(the_scan(pilot))
        assert not path.exists()


async def test_a_damaged_file_of_corrections_is_told(scanned: Path) -> None:
    corrections(scanned).parent.mkdir(parents=True)
    corrections(scanned).write_text('{"nonsense": 1}\n' * 2)
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        await at_the_list(pilot)
        await pilot.press("enter")
        await comes(pilot, lambda: isinstance(pilot.app.screen, ErrorDialog))


def test_all_keys_have_names_and_do_something() -> None:
    seen: list[str] = []
    for kind in (ScanScreen, PageView):
        for binding in kind.BINDINGS:
            assert isinstance(binding, Binding)
            name = binding.action.removeprefix("screen.").partition("(")[0]
            assert hasattr(ScanScreen, f"action_{name}"), binding
            assert binding.id, binding
            seen.append(binding.id)
    assert len(seen) == len(set(seen))
    assert sum(binding.show for binding in ScanScreen.BINDINGS if isinstance(binding, Binding)) <= 8


async def test_the_panel_opens_on_a_narrow_terminal(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        panel = the_scan(pilot).query_one(TracePanel)
        assert not panel.display
        await pilot.press("f2")
        await settled(pilot)
        assert panel.display
