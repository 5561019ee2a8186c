"""The footer: its keys stay where they are as the focus moves, and follow what can be done."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from screens import screen_text, settled
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Button
from textual.widgets._footer import FooterKey

from tui.app import Monoline
from tui.widgets.keys import Keys


class Bare(App[None]):
    """Two buttons, and a key that can do something only at times."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("a", "act", "Act"), Binding("b", "rest", "Rest")]
    can = True

    def compose(self) -> ComposeResult:
        yield Button("one")
        yield Button("two")
        yield Keys(show_command_palette=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return True if action != "act" or self.can else None


async def test_keys_are_made_anew_only_where_they_have_changed() -> None:
    async with (app := Bare()).run_test() as pilot:
        await pilot.pause()
        before = list(app.query(FooterKey))
        assert [(key.key, key.has_class("-disabled")) for key in before] == [("a", False), ("b", False)]
        await pilot.press("tab")
        await pilot.pause()
        assert list(app.query(FooterKey)) == before
        app.can = False
        app.refresh_bindings()
        await pilot.pause()
        assert [(key.key, key.has_class("-disabled")) for key in app.query(FooterKey)] == [("a", True), ("b", False)]


async def test_the_key_of_the_help_is_always_in_view_and_a_sign_says_that_there_are_more(studio: Path) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        last = screen_text(pilot.app).splitlines()[-1]
        assert last.endswith("f1 Help ▏^p palette")
        assert "…" not in last
        await pilot.resize_terminal(80, 24)
        await pilot.press("v")  # the shelf, which has more keys than a narrow footer has room for
        await settled(pilot)
        await pilot.press("ctrl+b")
        await settled(pilot)
        assert screen_text(pilot.app).splitlines()[-1].endswith("f1 Help")
