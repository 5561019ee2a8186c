"""What went is not held: an evening at the studio must not fill the memory."""

from __future__ import annotations

import gc
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Button, HelpPanel
from textual.widgets._footer import FooterKey

from tui.help import AppWithHelp
from tui.widgets.keys import Keys


class Bare(App[None]):
    """A key that can do something only at times."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("a", "act", "Act"), Binding("b", "rest", "Rest")]
    can = True

    def compose(self) -> ComposeResult:
        yield Keys(show_command_palette=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return True if action != "act" or self.can else None


async def test_keys_that_went_are_not_held() -> None:
    async with (app := Bare()).run_test() as pilot:
        await pilot.pause()
        for turn in range(20):
            app.can = bool(turn % 2)
            app.refresh_bindings()
            await pilot.pause()
        gc.collect()
        there = [each for each in gc.get_objects() if isinstance(each, FooterKey)]
        assert len(there) <= 2 * len(app.query(FooterKey))


class Helped(AppWithHelp):
    """Something to focus."""

    def compose(self) -> ComposeResult:
        yield Button("one")


async def test_help_that_was_put_away_is_not_held() -> None:
    async with Helped().run_test() as pilot:
        for _ in range(12):
            await pilot.press("f1")
            await pilot.pause()
        gc.collect()
        assert sum(isinstance(each, HelpPanel) for each in gc.get_objects()) <= 2
