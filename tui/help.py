"""AppWithHelp: an application whose keys are shown in a panel beside the screen."""

from __future__ import annotations

from textual.app import App
from textual.binding import Binding


class AppWithHelp(App[None]):
    """Shows the panel, puts it away, and turns its pages."""

    BINDINGS = [
        Binding("pageup", "help_page(-1)", "Help: page up", show=False, priority=True, id="app.help_up"),
        Binding("pagedown", "help_page(1)", "Help: page down", show=False, priority=True, id="app.help_down"),
    ]

    @property
    def helping(self) -> bool:
        """Whether the panel is there."""
        return bool(self.screen.query("HelpPanel"))

    def action_help(self) -> None:
        """Show the keys, or put them away."""
        if self.helping:
            self.action_hide_help_panel()
        else:
            self.action_show_help_panel()
        self.refresh_bindings()

    def action_help_page(self, pages: int) -> None:
        """Turn the pages of the keys, of which a low terminal shows some only."""
        keys = self.screen.query_one("#keys-help")
        (keys.scroll_page_down if pages > 0 else keys.scroll_page_up)()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs the panel waits for it."""
        if action in ("hide_help_panel", "help_page"):
            return self.helping
        return super().check_action(action, parameters)
