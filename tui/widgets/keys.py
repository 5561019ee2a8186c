"""Keys: the footer that says which keys do what, made anew only where that has changed."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import HorizontalGroup
from textual.css.query import NoMatches
from textual.events import Resize
from textual.widgets import Footer, Static
from textual.widgets._footer import FooterKey

ALWAYS = ("help", "app.help", "command_palette", "app.command_palette")
"""Actions whose keys stay in view at the right, however little room there is."""


class Keys(Footer):
    """A footer. Textual's own makes all its keys anew whenever the focus moves, which takes as long as all else.

    What has no room goes; a sign before the key of the help then says that there are more.
    """

    DEFAULT_CSS = """
    Keys .always { dock: right; width: auto; height: 1; padding-left: 1; background: $footer-background; }
    Keys .always .more { width: auto; display: none; color: $footer-description-foreground; }
    Keys .always.-more .more { display: block; }
    Keys .always FooterKey.-command-palette { dock: none; }
    """

    _shown: list[tuple[Binding, bool, str]] | None = None

    async def recompose(self) -> None:
        """Make the keys anew unless they are those that are there."""
        if not self.is_attached:  # its screen was left meanwhile
            return
        palette = self.app.COMMAND_PALETTE_BINDING
        try:
            active = self.screen.active_bindings
        except NoMatches:  # it is being left: what its keys ask about is gone already
            return
        shown = [
            (binding, enabled, tooltip)
            for key, (_, binding, enabled, tooltip) in active.items()
            if binding.show or key == palette
        ]
        if shown != self._shown:
            self._shown = shown
            await super().recompose()
            # the keys that went are still among those that are told of `compact`, until somebody tells them
            self.mutate_reactive(Footer.compact)
            self.call_after_refresh(self._look_for_more)

    def compose(self) -> ComposeResult:
        """The keys of what has the focus; help and palette at the right."""
        always: list[FooterKey] = []
        for key in super().compose():
            if isinstance(key, FooterKey) and key.action in ALWAYS:
                always.append(key)
            else:
                yield key
        if self._bindings_ready and not any(key.action in ALWAYS[:2] for key in always):
            always += self._help()
        with HorizontalGroup(classes="always"):
            yield Static("… ", classes="more")
            yield from always

    def _help(self) -> list[FooterKey]:
        """The key of the help where a dialog keeps its keys to itself."""
        for key, binding in self.app._bindings:  # pyright: ignore[reportPrivateUsage] - there is no public way
            if binding.action == "help":
                return [FooterKey(key, self.app.get_key_display(binding), binding.description, "help")]
        return []

    def on_resize(self, _: Resize) -> None:
        """There may be more room, or less."""
        self.call_after_refresh(self._look_for_more)

    def _look_for_more(self) -> None:
        for always in self.query(".always"):
            keys = [key.region for key in self.children if isinstance(key, FooterKey)]
            right = max((region.right for region in keys), default=0)
            room = self.region.right - 1 - sum(each.outer_size.width for each in always.query(FooterKey))
            always.set_class(right > room, "-more")
