"""AppWithRoom: an application that says when the terminal is too small for it."""

from __future__ import annotations

from textual.app import App
from textual.events import Resize
from textual.widgets import Static

LEAST = (80, 24)
"""Columns and rows below which nothing can be shown well."""


class NoRoom(Static):
    """Covers a screen for which the terminal is too small."""

    DEFAULT_CSS = """
    NoRoom {
        layer: _toastrack; dock: top; width: 100%; height: 100%;
        background: $background; color: $foreground; content-align: center middle; text-align: center;
    }
    """


class AppWithRoom(App[None]):
    """Looks at the size of the terminal whenever that, or the screen, is another."""

    def on_ready(self) -> None:
        """Look again whenever another screen is shown."""
        self.screen_change_signal.subscribe(self, lambda _: self.look_for_room())

    def on_resize(self, _: Resize) -> None:
        """The terminal was made smaller, or larger."""
        self.call_after_refresh(self.look_for_room)

    def look_for_room(self) -> None:
        """Cover a screen that has no room, until it has."""
        if not self.screen_stack:
            return
        size, covers = self.size, self.screen.query(NoRoom)
        if size.width >= LEAST[0] and size.height >= LEAST[1]:
            covers.remove()
            return
        words = f"This terminal has {size.width} x {size.height} characters;\nmonoline needs {LEAST[0]} x {LEAST[1]}."
        words += "\n\nMake it larger and all is as it was."
        if self.check_action("raise_pen", ()):
            words += "\n\nA plot goes on; escape raises the pen."
        if covers:
            covers.first().update(words)
        else:
            self.screen.mount(NoRoom(words))
