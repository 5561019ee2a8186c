"""The command palette: every key that would do something now, found by its name; any page, by its reference."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.app import App, SystemCommand
from textual.command import DiscoveryHit, Hit, Provider
from textual.screen import Screen

if TYPE_CHECKING:
    from tui.app import Monoline

REFERENCE = re.compile(r"\s*(?:[^\W\d_][\w .-]*)?\d{1,6}\s*(?:[/p]|\s)\s*p?\d{1,5}\S*\s*", re.IGNORECASE)
"""What may mean a page: sb48p005, 48/5, sb48 p75v2."""


async def open_page(app: Monoline, reference: str) -> None:
    """Have Prepare open a page."""
    from tui.screens.shelving import ShelvingScreen

    await app.switch_mode("prepare")
    if isinstance(screen := app.screen_stack[0], ShelvingScreen):
        screen.open_reference(reference)


class Pages(Provider):
    """Opens the page that somebody types, as ``sb48p005``."""

    async def search(self, query: str) -> AsyncIterator[DiscoveryHit | Hit]:
        """One hit if it looks like a page; whether there is one is found out on the way."""
        if REFERENCE.fullmatch(query):
            act = partial(open_page, cast("Monoline", self.app), query.strip())
            yield Hit(1.0, f"Open page {query.strip()}", act, help="a page of a sketchbook")


def commands(app: App[None], screen: Screen[None]) -> Iterator[SystemCommand]:
    """The bindings of the screen that can run now."""
    seen: set[str] = set()
    for node, binding, enabled, _ in screen.active_bindings.values():
        if enabled and binding.description and binding.action not in seen:
            seen.add(binding.action)
            act = partial(app.run_action, binding.action, default_namespace=node)
            yield SystemCommand(binding.description, f"key {app.get_key_display(binding)}", act)
