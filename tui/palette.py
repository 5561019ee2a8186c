"""The command palette: every key that would do something now, found by its name; any page, by its reference."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Provider
from textual.message import Message
from textual.screen import Screen

from tui.checkpoints import checkpoints
from tui.demo_set import datasets
from tui.messages import CheckpointChosen, SheetReady
from tui.widgets.modal import LeftOnce

if TYPE_CHECKING:
    from tui.app import Monoline

SHEETS = 50
"""Most that the palette lists, the newest."""
REFERENCE = re.compile(r"\s*(?:[^\W\d_][\w .-]*)?\d{1,6}\s*(?:[/p]|\s)\s*p?\d{1,5}\S*\s*", re.IGNORECASE)
"""What may mean a page: sb48p005, 48/5, sb48 p75v2."""


async def open_page(app: Monoline, reference: str) -> None:
    """Have Prepare open a page."""
    from tui.screens.shelving import ShelvingScreen

    await app.switch_mode("prepare")
    if isinstance(screen := app.screen_stack[0], ShelvingScreen):
        screen.open_reference(reference)


class Palette(LeftOnce, CommandPalette):
    """Textual's palette, which takes no other screen along when left twice, and turns no page without room."""

    def _action_command_list(self, action: str) -> None:
        if self.query_one(CommandList).scrollable_content_region.height:
            super()._action_command_list(action)


class Pages(Provider):
    """Opens the page that somebody types, as ``sb48p005``."""

    async def search(self, query: str) -> AsyncIterator[DiscoveryHit | Hit]:
        """One hit if it looks like a page; whether there is one is found out on the way."""
        if REFERENCE.fullmatch(query):
            act = partial(open_page, cast("Monoline", self.app), query.strip())
            yield Hit(1.0, f"Open page {query.strip()}", act, help="a page of a sketchbook")


def commands(app: App[None], screen: Screen[None]) -> Iterator[SystemCommand]:
    """The bindings of the screen that can run now, then those of the whole studio, each with its key."""
    seen: set[tuple[object, str]] = set()
    owners = [(node, binding, enabled) for node, binding, enabled, _ in screen.active_bindings.values()]
    if screen.is_modal:  # which keeps keys to itself, but not what leads elsewhere
        owners += [(app, binding, app.check_action(*_action(binding))) for _, binding in app._bindings]  # pyright: ignore[reportPrivateUsage] - there is no public way
    for node, binding, enabled in owners:
        name = binding.action.removeprefix("app.")
        what = (app if name != binding.action else node, name)
        if not enabled or not binding.description or what in seen or name in NOT_HERE:
            continue
        if not binding.show and binding.key.rpartition("+")[2] in LEAD_ABOUT:
            continue
        seen.add(what)
        act = partial(app.run_action, binding.action, default_namespace=node)
        yield SystemCommand(binding.description, f"key {app.get_key_display(binding)}", act)


NOT_HERE = ("command_palette", "help_quit", "screen.copy_text", "help_page(-1)", "help_page(1)")
"""What is no use in a list."""
LEAD_ABOUT = ("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "tab")
"""Keys that are no use there either, whatever they do."""


def _action(binding: Binding) -> tuple[str, tuple[object, ...]]:
    name, _, rest = binding.action.partition("(")
    return name, (rest,) if rest else ()


def things(app: Monoline, screen: Screen[None]) -> Iterator[SystemCommand]:
    """What the studio holds that can be opened, and the themes; nothing of it where a dialog waits for an answer."""
    if app.ui is not None:
        for theme in app.themes:
            if theme != app.theme:
                yield SystemCommand(f"Theme: {theme}", "kept in studio.toml", partial(app.choose, "theme", theme))
    if screen.is_modal or app.studio is None:
        return
    yield SystemCommand("Pack the studio", "into a file beside its folder; private scans stay", app.pack_studio)
    for path in datasets(app.studio):
        yield SystemCommand(f"Open {path.name}", "a dataset of this studio", partial(_open, app, path))
    for found, words in checkpoints(app.studio):
        if found != app.checkpoint:
            message = partial(CheckpointChosen, found)
            yield SystemCommand(f"Draw with {words}", "a network", partial(_post, app, message))
    for path in sorted(app.studio.sheets.glob("*.svg"), key=lambda path: -path.stat().st_mtime)[:SHEETS]:
        yield SystemCommand(
            f"Plot {path.name}", "a sheet of this studio", partial(_post, app, partial(SheetReady, path))
        )


async def _open(app: Monoline, path: Path) -> None:
    await app.switch_mode("prepare")
    app.open_dataset(path)


def _post(app: Monoline, message: Callable[[], Message]) -> None:
    app.post_message(message())
