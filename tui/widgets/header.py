"""StudioHeader: one line with the screens on the left and what is at hand on the right."""

from __future__ import annotations

from rich.text import Text
from textual.events import Click
from textual.reactive import reactive
from textual.widget import Widget


class StudioHeader(Widget):
    """Tabs of the screens, then chips: studio, dataset, work that goes on."""

    DEFAULT_CSS = """
    StudioHeader { dock: top; height: 1; width: 100%; background: $panel; color: $foreground; }
    """

    tabs: reactive[tuple[tuple[str, str], ...]] = reactive(())
    """Mode and title of each screen, in the order of their keys."""
    current: reactive[str] = reactive("")
    chips: reactive[tuple[str, ...]] = reactive(())

    def render(self) -> Text:
        """Chips give way where there is no room for all."""
        left = Text()
        for number, (mode, title) in enumerate(self.tabs, 1):
            left.append(f" {number} {title} ", "bold reverse" if mode == self.current else "")
        chips = list(self.chips)
        while chips and left.cell_len + sum(len(chip) + 3 for chip in chips) > self.size.width:
            chips.pop(0)
        right = Text(" · ".join(chips) + " " if chips else "")
        return left + Text(" " * max(0, self.size.width - left.cell_len - right.cell_len)) + right

    async def on_click(self, event: Click) -> None:
        """A click on a tab goes there."""
        end = 0
        for mode, title in self.tabs:
            end += len(title) + 4
            if event.x < end:
                await self.app.switch_mode(mode)
                return
