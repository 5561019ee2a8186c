"""The footer: its keys stay where they are as the focus moves, and follow what can be done."""

from __future__ import annotations

from typing import ClassVar

from screens import screen_text, settled
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Button
from textual.widgets._footer import FooterKey

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


class Full(App[None]):
    """More keys than a narrow footer has room for."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"act_{key}", f"Do {key} at once") for key in "abcdefgh"),
        Binding("f1", "help", "Help"),
    ]

    def compose(self) -> ComposeResult:
        yield Keys(show_command_palette=False)


async def test_what_has_no_room_is_told_beside_the_key_of_the_help() -> None:
    async with (app := Full()).run_test(size=(60, 5)) as pilot:
        for size, more in (((60, 5), True), ((400, 5), False)):
            await pilot.resize_terminal(*size)
            await settled(pilot)
            last = screen_text(app).splitlines()[-1]
            assert last.rstrip().endswith("f1 Help")
            assert ("…" in last) is more
