"""Keys: the footer that says which keys do what, made anew only where that has changed."""

from __future__ import annotations

from textual.binding import Binding
from textual.widgets import Footer


class Keys(Footer):
    """A footer. Textual's own makes all its keys anew whenever the focus moves, which takes as long as all else."""

    _shown: list[tuple[Binding, bool, str]] | None = None

    async def recompose(self) -> None:
        """Make the keys anew unless they are those that are there."""
        if not self.is_attached:  # its screen was left meanwhile
            return
        palette = self.app.COMMAND_PALETTE_BINDING
        shown = [
            (binding, enabled, tooltip)
            for key, (_, binding, enabled, tooltip) in self.screen.active_bindings.items()
            if binding.show or key == palette
        ]
        if shown != self._shown:
            self._shown = shown
            await super().recompose()
