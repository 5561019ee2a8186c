"""ChoiceList: lines of which one is taken; a click goes to a line, as an arrow does."""

from __future__ import annotations

from textual.events import Click
from textual.widgets import OptionList


class ChoiceList(OptionList):
    """A list where taking a line leads away: a click shows it, and only a second one takes it, as enter does."""

    async def _on_click(self, event: Click) -> None:
        event.prevent_default()
        line: int | None = event.style.meta.get("option")
        if line is not None:
            self.highlighted = line
            if event.chain > 1:
                self.action_select()
