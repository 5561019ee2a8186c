"""keys.md: every key of the studio, read from the bindings of its screens."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

from textual.binding import Binding
from textual.dom import DOMNode

import tui
import tui.app
import tui.screens
import tui.widgets

TITLES = {
    "app": "Everywhere",
    "screen": "",
    "grid": "Any grid of pictures",
    "gallery": "",
    "thumbs": "",
    "slider": "Any slider",
    "prepare": "1 Prepare",
    "points": "Before the dataset is written (Prepare, `w`)",
    "scan": "A scan beside its lines (Prepare, `enter`)",
    "page": "",
    "shelf": "The shelf (Prepare, `v`)",
    "clusters": "Clusters (Prepare, `c`)",
    "map": "The map of the clusters (`e`)",
    "naming": "Names of pages (`N`)",
    "timeline": "Timeline (`T`)",
    "duplicates": "Duplicates (`D` in the shelf)",
    "train": "2 Train",
    "new_training": "A new run (Train, `n`)",
    "tradeoff": "The trade-off of a KL sweep (Train, `k`)",
    "sample": "3 Sample",
    "stepping": "Along a line (Sample, `s`)",
    "beginning": "The beginning of a drawing (Sample, `b`)",
    "sketch": "A beginning that you draw (Sample, `e`)",
    "interpolate": "4 Interpolate",
    "print": "Paper and layout (Interpolate, `h`; tray, `o`)",
    "tray": "The tray (`t`)",
    "plot": "5 Plot",
    "move": "Moving the carriage (Plot, `j`)",
}
"""Whose keys come in which order; a name without a title stands with the one before."""
SIGNS = {
    "question_mark": "?",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "slash": "/",
    "comma": ",",
    "full_stop": ".",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "escape": "esc",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
}
HEAD = """# Keys

Every key of the studio. This page is written by `make reference` from the keys themselves; in the studio, `F1` or `?`
tells those of the screen that you are on, and `ctrl+p` finds them by name. What a key says can be clicked, too. A key
that has several meanings on one screen takes the one that makes sense at that moment.
"""


def keys_page() -> str:
    """The whole page."""
    found = bindings()
    for name in found:
        TITLES.setdefault(name, name.replace("_", " ").capitalize())
    rows: dict[str, list[str]] = {}
    title = ""
    for name, text in TITLES.items():
        title = text or title
        rows.setdefault(title, []).extend(_rows(found.get(name, [])))
    parts = [HEAD]
    for text, lines in rows.items():
        if lines:
            parts += [f"## {text}\n", "\n".join(["| key | |", "|---|---|", *lines]) + "\n"]
    return "\n".join(parts)


def bindings() -> dict[str, list[Binding]]:
    """The keys of the application, its screens and widgets, by the first part of their ids."""
    found: dict[str, list[Binding]] = {}
    seen: set[tuple[str | None, str]] = set()
    for module in _modules():
        for kind in vars(module).values():
            if not (isinstance(kind, type) and issubclass(kind, DOMNode) and kind.__module__.startswith("tui.")):
                continue
            for each in Binding.make_bindings(vars(kind).get("BINDINGS", ())):
                mark = (each.id, each.action + each.key)
                if each.id and mark not in seen:
                    seen.add(mark)
                    found.setdefault(each.id.partition(".")[0], []).append(each)
    return found


def keys_by_id() -> dict[str, set[str]]:
    """The keys of each id, as the pages write them."""
    told: dict[str, set[str]] = {}
    for each in (binding for group in bindings().values() for binding in group):
        told.setdefault(each.id or "", set()).add(key_name(each.key))
    return told


def key_name(key: str) -> str:
    """A key as the pages write it."""
    *held, last = key.split("+")
    last = SIGNS.get(last, last)
    return "+".join([*held, last.upper() if last[:1] == "f" and last[1:].isdigit() else last])


def _rows(found: list[Binding]) -> list[str]:
    """A line for each thing that can be done, with all keys that do it."""
    keys: dict[str, list[str]] = {}
    for each in found:
        if each.description:
            keys.setdefault(each.description, []).append(f"`{key_name(each.key)}`".replace("|", "\\|"))
    return [f"| {', '.join(names)} | {text} |" for text, names in keys.items()]


def _modules() -> Iterator[ModuleType]:
    yield tui.app
    for package in (tui, tui.screens, tui.widgets):
        for each in sorted(pkgutil.iter_modules(package.__path__), key=lambda found: found.name):
            if not each.ispkg:
                yield importlib.import_module(f"{package.__name__}.{each.name}")
