"""The palette offers what can be done now, and nothing else; the help says how."""

from __future__ import annotations

from pathlib import Path

from screens import settled
from textual.command import CommandPalette
from textual.widgets import HelpPanel, Input, Markdown

from studio.files import write_text
from tui.app import Monoline
from tui.screens.tray import TrayScreen


def offered(app: Monoline) -> dict[str, str]:
    return {command.title: command.help for command in app.get_system_commands(app.shown)}


async def test_it_offers_what_can_be_done_now(kept: Path) -> None:
    write_text(kept / "sheets" / "six.svg", "<svg/>")
    write_text(kept / "runs" / "first" / "model.safetensors", "")
    app = Monoline(kept)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("ctrl+p")
        await pilot.pause()
        assert isinstance(app.screen, CommandPalette)
        found = offered(app)
        for title, key in (("Sample", "3"), ("Tray", "t"), ("Settings", "f3"), ("Open a file", "o"), ("Help", "f1")):
            assert found[title] == f"key {key}"
        for title in ("Theme: night", "Open stars.npz", "Draw with first", "Plot six.svg"):
            assert title in found
        for title in (
            "Run",
            "Stop",
            "Undo",
            "PEN UP",
            "Theme: paper",
            "Maximize",
            "Hide help",
            "Down",
            "Focus Next",
        ):
            assert title not in found
        app.screen.query_one(Input).value = "theme: night"
        await pilot.pause(0.3)
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert app.theme == "night"
        assert "Undo" in offered(app)


async def test_help_is_for_what_has_the_focus_and_escape_puts_away_only_that(kept: Path) -> None:
    app = Monoline(kept)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        for opens, words in ((), "double click"), (("shift+tab",), "Sketchbooks become"), (("t",), "double click"):
            await pilot.press(*opens)
            await settled(pilot)
            here = app.screen
            await pilot.press("f1")
            await settled(pilot)
            assert words in app.screen.query_one("#widget-help", Markdown).source
            await pilot.press("escape")
            await settled(pilot)
            assert app.screen is here
            assert not app.screen.query(HelpPanel)
        assert isinstance(app.screen, TrayScreen)
        await pilot.press("escape")
        await settled(pilot)
        assert not isinstance(app.screen, TrayScreen)


async def test_a_page_down_where_the_list_has_no_room_yet_ends_nothing(studio: Path) -> None:
    app = Monoline(studio)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("ctrl+p")
        await settled(pilot)
        await pilot.resize_terminal(80, 3)
        await pilot.press("pagedown", "pageup")
        await pilot.resize_terminal(80, 24)
        await pilot.press("pagedown", "escape")
        await settled(pilot)
        assert not isinstance(app.screen, CommandPalette)
    assert app.return_code in (0, None)
