"""AppWithHelp: an application whose keys are shown in a panel beside the screen."""

from __future__ import annotations

from typing import Any

from textual.binding import Binding
from textual.command import CommandPalette
from textual.screen import Screen, SystemModalScreen

from tui.room import AppWithRoom


class AppWithHelp(AppWithRoom):
    """Shows the panel, puts it away, and turns its pages."""

    BINDINGS = [
        Binding("f1,question_mark", "help", "Help", priority=True, id="app.help"),
        Binding("pageup", "help_page(-1)", "Help: page up", show=False, priority=True, id="app.help_up"),
        Binding("pagedown", "help_page(1)", "Help: page down", show=False, priority=True, id="app.help_down"),
    ]

    @property
    def helping(self) -> bool:
        """Whether the panel is there."""
        return bool(self.screen.query("HelpPanel"))

    @property
    def shown(self) -> Screen[Any]:
        """The screen that a person works in, which the palette only covers."""
        stack = self.screen_stack
        return stack[-2] if len(stack) > 1 and isinstance(stack[-1], CommandPalette) else stack[-1]

    def action_help(self) -> None:
        """Show the keys, or put them away; there are none beside the palette."""
        if self.shown is not self.screen:
            return
        if self.helping:
            self.action_hide_help_panel()
        else:
            # panels that went still wait to hear where the focus is, and are held until it goes somewhere else
            self.screen.mutate_reactive(Screen.focused)
            self.action_show_help_panel()
        self.refresh_bindings()

    def action_put_help_away(self) -> None:
        """Put the keys away, and stay."""
        self.action_hide_help_panel()
        self.refresh_bindings()

    def action_help_page(self, pages: int) -> None:
        """Turn the pages of the keys, of which a low terminal shows some only."""
        for keys in self.screen.query("#keys-help"):  # none while the panel is being put up or away
            (keys.scroll_page_down if pages > 0 else keys.scroll_page_up)()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs the panel waits for it; the palette has none."""
        if action == "help":
            return not isinstance(self.shown, SystemModalScreen)
        if action in ("put_help_away", "hide_help_panel", "help_page"):
            return self.helping
        return super().check_action(action, parameters)
