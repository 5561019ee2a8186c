"""DuplicatesScreen: scans that are nearly the same, side by side."""

from __future__ import annotations

from typing import Any

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.screens.deciding import DecidingScreen
from tui.widgets.half_blocks import PictureView
from tui.widgets.header import StudioHeader
from tui.widgets.keys import Keys
from tui.widgets.thumbnails import Thumbnails

EMPTY = "No two scans are the same, or nearly so, as far as they have been looked at."


class DuplicatesScreen(DecidingScreen):
    """Groups on the left, all of a group in the middle; o puts the one under the cursor aside as an extra."""

    BINDINGS = [
        Binding("o", "tag('extra')", "Extra", id="duplicates.extra"),
        Binding("n", "group(1)", "Next", id="duplicates.next"),
        Binding("p", "group(-1)", "Before", id="duplicates.before"),
        Binding("ctrl+b,f2", "panel", "Panel", show=False, id="duplicates.panel"),
        Binding("escape,q", "close", "Back", id="duplicates.close"),
    ]
    DEFAULT_CSS = """
    DuplicatesScreen #duplicates { width: 30; height: 1fr; border: round $panel; background: $background; }
    DuplicatesScreen #duplicates-middle { width: 1fr; height: 1fr; }
    DuplicatesScreen #duplicates-title { height: 1; padding: 0 1; text-style: bold; }
    DuplicatesScreen #duplicates-empty { height: 1fr; content-align: center middle; text-align: center; }
    DuplicatesScreen #large { display: none; }
    DuplicatesScreen #duplicates-told { height: 2; padding: 0 1; color: $foreground 70%; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.groups: list[list[str]] = []
        """Keys of scans that are nearly the same."""
        self._at = 0

    def compose(self) -> ComposeResult:
        """Header, groups, scans, what is known of the one under the cursor, footer."""
        yield StudioHeader()
        with Horizontal():
            yield OptionList(id="duplicates", classes="panel")
            with Vertical(id="duplicates-middle"):
                yield Static("", id="duplicates-title", markup=False)
                yield Thumbnails(size=4, id="thumbs")
                yield Static("", id="duplicates-empty", markup=False)
                yield PictureView(id="large")
        yield Static("", id="duplicates-told", markup=False)
        yield Keys()

    def on_mount(self) -> None:
        """Ask for them."""
        self.query_one("#duplicates").border_title = "nearly the same"
        self.thumbnails.focus()
        self.ask("duplicates", self._take_groups, newest="groups")

    def _take_groups(self, told: dict[str, Any]) -> None:
        self.groups = [[str(key) for key in each["keys"]] for each in told["groups"]]
        options = self.query_one("#duplicates", OptionList)
        with self.prevent(OptionList.OptionHighlighted):
            options.clear_options()
            options.add_options([Option(Text(str(each["words"]), no_wrap=True)) for each in told["groups"]])
            self._at = max(0, min(self._at, len(self.groups) - 1))
            options.highlighted = self._at if self.groups else None
        self.query_one("#duplicates-empty", Static).update("" if self.groups else EMPTY)
        self.query_one("#duplicates-empty").display = not self.groups
        self.thumbnails.display = bool(self.groups)
        self._show_group()

    def _show_group(self) -> None:
        title = ""
        if self.groups:
            keys = self.groups[self._at]
            which = f"{self._at + 1} of {len(self.groups)}"
            title = f"{which}   o puts the one under the cursor aside as an extra, enter opens it"
            self.show_list(do="shelf", keys=keys, fit=len(keys))
        self.query_one("#duplicates-title", Static).update(title)
        self.refresh_keys()

    @on(OptionList.OptionHighlighted, "#duplicates")
    def _group_chosen(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_index != self._at:
            self._at = event.option_index
            self._show_group()

    def action_group(self, step: int) -> None:
        """The next group, or the one before."""
        if self.groups:
            self.query_one("#duplicates", OptionList).highlighted = (self._at + step) % len(self.groups)

    def item_chosen(self) -> None:
        """Tell what is known of it."""
        told = self.item.told if self.item is not None else ""
        self.query_one("#duplicates-told", Static).update(told)

    def decided(self, told: dict[str, Any]) -> None:
        """Some may be no duplicates any more."""
        super().decided(told)
        self.ask("duplicates", self._take_groups, newest="groups")

    def action_close(self) -> None:
        """Go back."""
        self.dismiss()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is about scans needs some."""
        if action in ("group", "tag", "label", "label_dialog", "favour"):
            return True if self.groups else None
        return True
