"""StudioHeader: one line with the screens on the left and what is at hand on the right."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text
from textual.events import Click
from textual.reactive import reactive
from textual.widget import Widget


@dataclass(frozen=True)
class Chip:
    """Something worth knowing on every screen; a click on it goes where more of it is seen."""

    text: str
    short: str = ""
    """What is left of it where room is short; nothing if empty."""
    mode: str = ""
    """The screen it belongs to."""


class StudioHeader(Widget):
    """Tabs of the screens, then chips: work that goes on, plotter, checkpoint, dataset, studio."""

    DEFAULT_CSS = """
    StudioHeader { dock: top; height: 1; width: 100%; background: $panel; color: $foreground; }
    """

    tabs: reactive[tuple[tuple[str, str], ...]] = reactive(())
    """Mode and title of each screen, in the order of their keys."""
    current: reactive[str] = reactive("")
    chips: reactive[tuple[Chip, ...]] = reactive(())
    """The first ones give way where there is no room for all."""

    def render(self) -> Text:
        """Tabs on the left, chips on the right; a chip grows short before another one goes."""
        left = Text()
        for text, mode in self._tab_texts():
            left.append(text, "bold reverse" if mode == self.current else "")
        right = Text(" · ".join(text for text, _ in self._chip_texts()) + " " if self._chip_texts() else "")
        return left + Text(" " * max(0, self.size.width - left.cell_len - right.cell_len)) + right

    def _tab_texts(self) -> list[tuple[str, str]]:
        """What each tab says, and its mode; names of other screens go where the chips need the room."""
        full = [(f" {number} {title} ", mode) for number, (mode, title) in enumerate(self.tabs, 1)]
        chips = " · ".join(chip.short for chip in self.chips if chip.short)
        if sum(len(text) for text, _ in full) + len(chips) + 1 <= self.size.width:
            return full
        return [(text if mode == self.current else f" {number} ", mode) for number, (text, mode) in enumerate(full, 1)]

    def _chip_texts(self) -> list[tuple[str, str]]:
        """What is left of the chips, and their modes."""
        room = self.size.width - sum(len(text) for text, _ in self._tab_texts()) - 1
        texts = [chip.text for chip in self.chips]
        for index, chip in [*enumerate(self.chips), *((index, Chip("")) for index in range(len(self.chips) - 1))]:
            if sum(len(text) + 3 for text in texts if text) - 3 <= room:
                break
            texts[index] = chip.short
        pairs = [(text, chip.mode) for text, chip in zip(texts, self.chips, strict=True) if text]
        return pairs if sum(len(text) + 3 for text, _ in pairs) - 3 <= room else []

    async def on_click(self, event: Click) -> None:
        """A click on a tab or a chip goes there."""
        end = 0
        for text, mode in self._tab_texts():
            end += len(text)
            if event.x < end:
                await self.app.switch_mode(mode)
                return
        chips = self._chip_texts()
        at = self.size.width - 1 - sum(len(text) + 3 for text, _ in chips) + 3
        for text, mode in chips:
            if at <= event.x < at + len(text) and mode:
                await self.app.switch_mode(mode)
                return
            at += len(text) + 3
