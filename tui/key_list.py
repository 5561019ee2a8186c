"""Every key of the studio: what it does and where, and which other key would be in its way."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from textual.binding import Binding
from textual.dom import DOMNode

EMERGENCY = {"app.raise_pen": ("escape", "x"), "plot.stop_now": ("escape", "x"), "plot.what_then": ("escape", "x")}
"""What raises the pen, and asks what then, and by which keys it always does."""
MOVES = [
    "up",
    "down",
    "left",
    "right",
    "home",
    "end",
    "pageup",
    "pagedown",
    "tab",
    "shift+tab",
    "enter",
    "ctrl+c",
    "ctrl+q",
]
"""Keys that lead about, or out, everywhere; nothing else can have one of them."""
PLACES = {"app": "Everywhere", "tray": "Tray", "prepare": "Prepare", "plot": "Plot"}
ROOMS = ("tui.screens", "tui.widgets")


@dataclass(frozen=True)
class Bound:
    """Something that keys do."""

    id: str
    words: str
    keys: tuple[str, ...]
    """By default."""

    @property
    def place(self) -> str:
        """Where it does it, as a person would call that."""
        name = self.id.partition(".")[0]
        return PLACES.get(name, name.replace("_", " ").capitalize())


@functools.cache
def every_class() -> tuple[type[DOMNode], ...]:
    """All screens and widgets of monoline with keys of their own; loads them all."""
    found: dict[type[DOMNode], None] = {}
    for room in ROOMS:
        package = importlib.import_module(room)
        for each in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"{room}.{each.name}")
            for value in vars(module).values():
                if isinstance(value, type) and issubclass(value, DOMNode) and value.__module__.startswith("tui."):
                    found[value] = None
    return tuple(found)


def _bindings(owner: type[DOMNode]) -> Iterator[Binding]:
    """All bindings of a class, those it inherits too."""
    keys: dict[str, list[Binding]] = {}
    for kind in reversed(owner.__mro__):
        own: dict[str, list[Binding]] = {}
        for binding in vars(kind).get("BINDINGS", ()) if kind.__module__.startswith("tui.") else ():
            if isinstance(binding, Binding) and binding.id:
                for key in binding.key.split(","):
                    own.setdefault(key.strip(), []).append(binding)
        keys |= own  # a key of a class is no more what it is of the one that it is built on
    yield from dict.fromkeys(binding for bindings in keys.values() for binding in bindings)


def _app() -> type[DOMNode]:
    from tui.app import Monoline

    return cast("type[DOMNode]", Monoline)


@functools.cache
def every_key() -> dict[str, Bound]:
    """All that keys do, by what it is called in studio.toml, in the order of the places."""
    found: dict[str, Bound] = {}
    for owner in (_app(), *every_class()):
        for binding in _bindings(owner):
            assert binding.id
            keys = tuple(key.strip() for key in binding.key.split(","))
            found.setdefault(binding.id, Bound(binding.id, binding.description, keys))
    return dict(sorted(found.items(), key=lambda each: (each[1].place != "Everywhere", each[1].place)))


def keys_of(action: str, keymap: Mapping[str, str]) -> tuple[str, ...]:
    """The keys that do something now."""
    given = keymap.get(action)
    keys = every_key()[action].keys if not given else tuple(given.split(","))
    return tuple(dict.fromkeys((*EMERGENCY.get(action, ()), *keys)))


def in_the_way(action: str, key: str, keymap: Mapping[str, str]) -> str:
    """Why a key can't do something, in words; empty if it can.

    A key means one thing in a screen, among those of the screen itself and of the whole studio.
    """
    if key in every_key()[action].keys:
        return ""
    if key in MOVES:
        return f"{key} leads about everywhere; choose another key."
    others: dict[str, None] = {}
    everywhere = {binding.id: None for binding in _bindings(_app()) if binding.id}
    for owner in every_class():
        ids = {binding.id: None for binding in _bindings(owner) if binding.id}
        if action in ids or action in everywhere:
            others.update(ids)
    for other in (*others, *everywhere):
        if other != action and key in keys_of(other, keymap):
            bound = every_key()[other]
            return f"{key} is {bound.words!r} ({bound.place}, {other}) already; give that another key first."
    return ""


def whole(keymap: Mapping[str, str]) -> dict[str, str]:
    """A keymap for Textual, which takes a key from all that it does where one of that gets another key.

    So each of the others gets the key anew; and what raises the pen never loses the keys that do.
    """
    wanted = {action for action in keymap if action in every_key()}
    for owner in (_app(), *every_class()):
        bindings = list(_bindings(owner))
        freed = {key for each in bindings if each.id in wanted for key in every_key()[each.id or ""].keys}
        wanted |= {each.id or "" for each in bindings if freed & {key.strip() for key in each.key.split(",")}}
    return {action: ",".join(keys_of(action, keymap)) for action in wanted}


def unknown(keymap: Mapping[str, object]) -> list[str]:
    """Names in a keymap of which nothing is done by a key."""
    return [name for name in keymap if name not in every_key()]
