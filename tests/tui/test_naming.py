"""Names of pages: a book of loose scans is leafed through by keys, and renamed in one go."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from plot_screens import notes
from scanned_studio import at_the_list, scanned
from screens import comes, screen_text, wheel
from textual.events import MouseScrollDown, MouseScrollUp
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from tui.app import Monoline
from tui.naming import Leaf, Plan
from tui.screens.naming import NamingScreen
from tui.widgets.book_dialog import BookDialog, wrong
from tui.widgets.dialog import ChoiceDialog

Golden = Callable[[str, str], None]

__all__ = ["scanned"]


def plan(*leaves: Leaf) -> Plan:
    return Plan(leaves or [Leaf(f"{name}.jpg", page) for page, name in enumerate("abcdef", 1)])


def stems(made: Plan) -> list[str]:
    return [leaf.stem for leaf in made.leaves]


def test_a_number_that_is_typed_is_counted_on_from() -> None:
    made = plan()
    made.number(1, 75)
    assert stems(made) == ["001", "075", "076", "077", "078", "079"]
    made.vary(2)
    assert stems(made) == ["001", "075", "075v2", "076", "077", "078"]
    made.vary(3)
    assert stems(made)[3:] == ["075v3", "076", "077"]
    made.vary(3)  # it was none
    assert stems(made)[2:] == ["075v2", "076", "077", "078"]


def test_what_somebody_has_seen_or_what_has_a_number_of_its_own_does_not_follow() -> None:
    made = plan(Leaf("a", 1), Leaf("b", 2), Leaf("c", 9, note="is called so already"), Leaf("d", 10), Leaf("e", None))
    made.change(3, seen=True)
    made.number(0, 5)
    assert stems(made) == ["005", "006", "009", "010", "as it is"]
    assert made.undo() == 0
    assert stems(made) == ["001", "002", "009", "010", "as it is"]
    assert made.undo() == 3
    assert made.undo() is None


def test_what_would_be_done_is_told_in_a_sentence() -> None:
    made = plan()
    made.change(1, tag="notes")
    made.change(2, page=None)
    assert made.words == "5 scans get their page numbers: 4 art, 1 notes; 1 left as it is"


@pytest.mark.parametrize(
    ("name", "text", "right"),
    [
        ("number", "48", True),
        ("number", "sb48", False),
        ("began", "2019-03", True),
        ("began", "2019-3", False),
        ("ended", "2019-13", False),
        ("ended", "", True),
    ],
)
def test_numbers_and_dates_of_books_are_looked_at(name: str, text: str, right: bool) -> None:
    assert (not wrong(name, text)) == right


async def leafing(pilot: Pilot[None]) -> NamingScreen:
    await at_the_list(pilot)
    await pilot.press("N")
    await comes(pilot, lambda: isinstance(pilot.app.screen, NamingScreen) and pilot.app.screen.plan.leaves)
    screen = pilot.app.screen
    assert isinstance(screen, NamingScreen)
    return screen


def told(folder: Path, do: str) -> list[dict[str, Any]]:
    lines = (folder / "scripted-shelf.jsonl").read_text().splitlines()
    return [each for line in lines if (each := json.loads(line))["do"] == do]


def state(screen: NamingScreen) -> str:
    return str(screen.query_one("#leaf-state", Static).content)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_a_scan_is_shown_with_the_number_it_is_to_have(
    scanned: Path, golden: Golden, size: tuple[int, int]
) -> None:
    async with Monoline(scanned).run_test(size=size) as pilot:
        await leafing(pilot)
        await comes(pilot, lambda: "▀" in screen_text(pilot.app))
        golden(f"naming-{size[0]}x{size[1]}.txt", screen_text(pilot.app))


async def test_keys_number_tag_and_skip_and_all_are_renamed_at_once(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        screen = await leafing(pilot)
        await pilot.press("enter", "7", "5")
        assert "page 75_" in state(screen)
        await pilot.press("backspace", "6", "enter")  # 76
        await pilot.press("v", "enter", "8", "0", "y", "enter")  # the number that was typed counts with any key
        await wheel(pilot, MouseScrollUp, "#leaf")
        assert "page 080   notes" in state(screen)
        await wheel(pilot, MouseScrollDown, "#leaf")
        assert stems(screen.plan) == ["001", "076", "076v2", "080", "081", "082"]
        assert screen.plan.leaves[3].tag == "notes"
        assert screen.leaf is not None
        assert "page 081   private" in state(screen)  # which is not shown
        await pilot.press("enter", "s")
        assert "That was the last one" in state(screen)
        await comes(pilot, lambda: "IMG_0005.jpg" not in {each["file"] for each in told(scanned, "leaf")})
        await pilot.press("w")
        await comes(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
        assert "5 scans get their page numbers: 3 art, 1 notes" in screen_text(pilot.app)
        await pilot.press("right", "enter")
        await comes(pilot, lambda: "6 scans renamed   ctrl+z takes it back" in notes(pilot))
        names = [(each["page"], each["variant"]) for each in told(scanned, "rename")[0]["plan"]]
        assert names == [(1, ""), (76, ""), (76, "v2"), (80, ""), (81, ""), (None, "")]


async def test_two_of_one_name_are_told_before_anything_is_renamed(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(80, 24)) as pilot:
        screen = await leafing(pilot)
        await pilot.press("enter", "1", "enter", "w")
        await comes(pilot, lambda: "Two scans are to be 001." in screen_text(pilot.app))
        await pilot.press("escape", "ctrl+z")
        assert stems(screen.plan)[1] == "002"
        assert screen.at == 1


async def test_what_was_said_is_there_again_another_time(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        screen = await leafing(pilot)
        await pilot.press("9", "enter", "V")
        pilot.app.screen.query_one(Input).value = "full-diag"
        await pilot.press("enter", "escape")
        await comes(pilot, lambda: not isinstance(pilot.app.screen, NamingScreen))
        screen = await leafing(pilot)
        assert stems(screen.plan)[:3] == ["009", "010--full-diag", "011"]
        assert screen.at == 2
        assert screen.query_one("#leaves", OptionList).highlighted == 2


async def test_number_dates_and_cover_of_the_book_are_kept(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        await leafing(pilot)
        await pilot.press("b")
        await comes(pilot, lambda: isinstance(pilot.app.screen, BookDialog))
        assert pilot.app.screen.query_one("#book-number", Input).value == "7"
        await pilot.press("enter", *"2019-3", "enter")
        assert "2019-3 is no date" in screen_text(pilot.app)
        pilot.app.screen.query_one("#book-began", Input).value = "2019-03"
        await pilot.press("enter", "enter", *"999", "enter")
        await comes(pilot, lambda: "sb01 has no page 999" in screen_text(pilot.app))
        await pilot.press("escape")
        await comes(pilot, lambda: isinstance(pilot.app.screen, BookDialog))  # with all that was typed
        pilot.app.screen.query_one("#book-cover", Input).value = "000"
        await pilot.press("enter", "enter", "enter", "enter")
        await comes(pilot, lambda: "sb01: kept" in notes(pilot))
        assert told(scanned, "book")[1]["fields"] == {"number": 7, "began": "2019-03", "ended": None, "cover": "000"}
