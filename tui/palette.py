"""The command palette: every key that would do something now, to be found by its name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.app import App, SystemCommand
from textual.screen import Screen


def commands(app: App[None], screen: Screen[None]) -> Iterator[SystemCommand]:
    """The bindings of the screen that can run now."""
    seen: set[str] = set()
    for node, binding, enabled, _ in screen.active_bindings.values():
        if enabled and binding.description and binding.action not in seen:
            seen.add(binding.action)
            act = partial(app.run_action, binding.action, default_namespace=node)
            yield SystemCommand(binding.description, f"key {app.get_key_display(binding)}", act)
