"""A dialog that is left twice takes no other screen along."""

from __future__ import annotations

import re
from pathlib import Path

from screens import settled
from textual.app import App
from textual.command import CommandPalette

import tui
from tui.app import Monoline
from tui.screens.screen import StudioScreen
from tui.widgets.dialog import ErrorDialog
from tui.widgets.modal import LeftOnce


async def test_what_is_left_twice_is_left_once() -> None:
    async with (app := App[None]()).run_test() as pilot:
        below, above = ErrorDialog("One", "below"), ErrorDialog("Two", "above")
        heard: list[object] = []
        await app.push_screen(below, heard.append)
        await app.push_screen(above, heard.append)
        below.dismiss()  # it is not on top
        above.dismiss()
        above.dismiss()  # a second key, before the first one has done all
        await pilot.pause()
        assert app.screen is below
        assert heard == [None]
        below.dismiss()
        below.dismiss()
        await pilot.pause()
        assert len(app.screen_stack) == 1
        assert heard == [None, None]


async def test_the_palette_is_left_once(studio: Path) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("ctrl+p")
        await settled(pilot)
        palette = pilot.app.screen
        assert isinstance(palette, CommandPalette)
        palette.dismiss()
        palette.dismiss()
        await settled(pilot)
        assert len(pilot.app.screen_stack) == 1


def test_every_screen_of_the_studio_is_left_once() -> None:
    assert issubclass(StudioScreen, LeftOnce)


def test_no_dialog_passes_that_by() -> None:
    rooms = Path(tui.__file__).parent
    derived = [
        path.name for path in rooms.rglob("*.py") if re.search(r"class .*\bModalScreen\b", path.read_text("utf-8"))
    ]
    assert derived == ["modal.py"]
