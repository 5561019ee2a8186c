"""The shelf: all scans as thumbnails, searched, labelled and tagged by keys and mouse."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from plot_screens import notes
from scanned_studio import at_the_list, scanned
from screens import comes, screen_text, settled, wheel
from textual.events import MouseScrollDown, MouseScrollUp
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from tui.app import Monoline
from tui.screens.scan import ScanScreen
from tui.screens.shelf import ShelfScreen
from tui.shelf import Item
from tui.widgets.dialog import ErrorDialog, ListDialog

Golden = Callable[[str, str], None]
SIZES = [(80, 24), (120, 36), (200, 60)]

__all__ = ["scanned"]


async def on_the_shelf(pilot: Pilot[None], *keys: str) -> ShelfScreen:
    await at_the_list(pilot)
    await pilot.press(*(keys or ("v",)))
    await comes(pilot, lambda: isinstance(pilot.app.screen, ShelfScreen) and pilot.app.screen.items)
    screen = pilot.app.screen
    assert isinstance(screen, ShelfScreen)
    await comes(pilot, lambda: not screen.thumbnails.unseen())
    return screen


def asked(folder: Path, what: str = "") -> list[dict[str, Any]]:
    """What the worker was asked for, apart from lists: decisions of some kind."""
    lines = (folder / "scripted-shelf.jsonl").read_text().splitlines()
    return [told for line in lines if (told := json.loads(line)).get("what") == what]


@pytest.mark.parametrize("size", SIZES)
async def test_scans_of_a_book_are_shown_as_thumbnails(scanned: Path, golden: Golden, size: tuple[int, int]) -> None:
    async with Monoline(scanned).run_test(size=size) as pilot:
        await on_the_shelf(pilot)
        golden(f"shelf-{size[0]}x{size[1]}.txt", screen_text(pilot.app))


async def test_a_digit_labels_the_scan_under_the_cursor_and_goes_on_and_undo_takes_it_back(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        screen = await on_the_shelf(pilot)
        await pilot.press("2")
        await comes(pilot, lambda: screen.items[0].label == "2_notes")
        assert screen.thumbnails.cursor == 1
        assert screen.items[0].by_hand
        assert asked(scanned, "label")[-1]["keys"] == ["0"]
        assert "sb01/001 to 2_notes   ctrl+z takes it back" in notes(pilot)
        await pilot.press("ctrl+z")
        await comes(pilot, lambda: screen.items[0].label == "0_drawings")
        await pilot.press("9")
        assert "No label begins with 9; l gives it any name." in notes(pilot)


async def test_marked_scans_are_labelled_together_with_a_new_name(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        screen = await on_the_shelf(pilot)
        await pilot.press("space", "right", "right", "space", "shift+right")
        assert screen.thumbnails.marked == {"0", "2"}
        await pilot.press("l")
        await comes(pilot, lambda: isinstance(pilot.app.screen, ListDialog))
        await pilot.press("end", "up", "enter")
        await comes(pilot, lambda: pilot.app.screen.query(Input))
        await pilot.press(*"a/b", "enter")
        assert "A label is also the name of a folder" in screen_text(pilot.app)
        pilot.app.screen.query_one(Input).value = "5_portraits"
        await pilot.press("enter")
        await comes(pilot, lambda: screen.items[2].label == "5_portraits")
        assert screen.items[0].label == "5_portraits"
        assert not screen.thumbnails.marked
        assert len(asked(scanned, "label")) == 1


async def test_a_private_scan_is_gone_from_the_shelf_at_once(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        screen = await on_the_shelf(pilot)
        assert "sb01/006" not in {item.page for item in screen.items.values()}
        await pilot.press("r")
        await comes(pilot, lambda: screen.items[0].page == "sb01/002")
        await pilot.press("g", "y")
        await comes(pilot, lambda: screen.items[0].tag == "notes")
        assert screen.items[0].favourite
        assert "n ★002" in screen_text(pilot.app)
        await pilot.press("g")
        await comes(pilot, lambda: not screen.items[0].favourite)


async def test_what_is_typed_is_searched_for(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        screen = await on_the_shelf(pilot, "slash")
        assert isinstance(screen.focused, Input)
        await pilot.press(*"wrong:", "enter")
        await comes(pilot, lambda: "There is no wrong: to search for." in screen_text(pilot.app))
        assert not screen.thumbnails.display
        await pilot.press("escape")
        await comes(pilot, lambda: len(screen.items) == 39)
        await pilot.press("F")
        await comes(pilot, lambda: [item.page for item in screen.items.values()] == ["sb01/004"])
        await pilot.press("F")
        await comes(pilot, lambda: len(screen.items) == 39)
        await pilot.press("right", "f")
        await comes(pilot, lambda: len(screen.items) == 7)
        assert screen.query_one(Input).value == "like:sb01/002"
        assert "distance 0.5" in str(screen.query_one("#shelf-told", Static).content) or screen.thumbnails.cursor == 0
        await pilot.press("escape", "escape")
        await comes(pilot, lambda: not isinstance(pilot.app.screen, ShelfScreen))


async def test_enter_opens_the_scan_and_the_books_filter(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        screen = await on_the_shelf(pilot)
        screen.query_one("#shelf-books", OptionList).focus()
        await pilot.press("down")
        await comes(pilot, lambda: {item.book for item in screen.items.values()} == {"sb02"})
        assert "15 scans" in str(screen.query_one("#shelf-state", Static).content)
        await pilot.press("enter")
        await pilot.click("#thumbs", offset=(15, 3))
        assert screen.thumbnails.cursor == 1
        await pilot.click("#thumbs", offset=(15, 8))  # its caption marks it
        assert screen.thumbnails.marked == {"16"}
        await wheel(pilot, MouseScrollDown, "#thumbs")
        assert screen.thumbnails.cursor == 1 + screen.thumbnails.columns
        await wheel(pilot, MouseScrollUp, "#large")
        assert screen.thumbnails.cursor == screen.thumbnails.columns
        await pilot.click("#thumbs", offset=(15, 3), times=2)
        await comes(pilot, lambda: getattr(pilot.app.screen, "scan", None))
        assert isinstance(pilot.app.screen, ScanScreen)
        assert pilot.app.screen.scan.page == "sb02/002"


async def test_books_are_shown_by_their_covers_and_enter_opens_one(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(80, 24)) as pilot:
        screen = await on_the_shelf(pilot)
        await pilot.press("B")
        await comes(
            pilot, lambda: [item.page for item in screen.items.values()] == ["sb01/001", "sb02/001", "sb03/001"]
        )
        assert "3 books" in str(screen.query_one("#shelf-state", Static).content)
        await pilot.press("right", "enter")
        await comes(pilot, lambda: {item.book for item in screen.items.values()} == {"sb02"})
        assert screen.query_one("#shelf-books", OptionList).highlighted == 2


async def test_a_reference_in_the_palette_opens_that_page(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        await at_the_list(pilot)
        for reference, there in (
            ("sb02p005", lambda: isinstance(pilot.app.screen, ScanScreen) and pilot.app.screen.scan.page == "sb02/005"),
            ("sb03p001", lambda: isinstance(pilot.app.screen, ShelfScreen)),  # which is never traced
            ("sb09p001", lambda: isinstance(pilot.app.screen, ErrorDialog)),
        ):
            await pilot.press("ctrl+p")
            await pilot.press(*reference)
            await comes(pilot, lambda: "Open page sb0" in screen_text(pilot.app))
            await pilot.press("down", "enter")
            await comes(pilot, there)
            await pilot.press("escape", "escape")
            await settled(pilot)


def test_the_caption_of_a_page_tells_its_part_by_a_sign() -> None:
    notes = Item("1", "sb04/notes/050", "sb04", tag="notes", favourite=True)
    assert notes.thumb(book=True).caption == "n ★sb04/050"
    drawing = Item("sb01/002-1", "sb01/002", "sb01", label="1_patterns")
    assert drawing.thumb(book=False, label="0_drawings").caption == "→1_patterns 002-1"
