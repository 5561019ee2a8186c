"""Plain words for a screen reader: what a command says, without tables, boxes, braille and signs."""

from __future__ import annotations

import os
import re

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

SIGNS = {
    "✓": "fine:",
    "✗": "wrong:",
    "→": "to",
    "←": "from",
    "…": "...",
    " · ": ", ",
    "×": "x",
    "•": "-",
    "±": "plus or minus ",
}
DRAWN = re.compile("[\u2500-\u259f\u2800-\u28ff]+")
"""Boxes, blocks and braille."""
_asked = False


def speak_plainly(asked: bool) -> None:
    """Whether commands of this process do; ``MONOLINE_PLAIN=1`` asks for it, too."""
    global _asked
    _asked = asked


def is_plain() -> bool:
    """Whether plain words are asked for."""
    return _asked or os.environ.get("MONOLINE_PLAIN", "") not in ("", "0")


def plain_words(what: RenderableType) -> str:
    """A renderable in sentences: a row of a table is a line, each cell after the head of its column."""
    if isinstance(what, Group):
        return "\n".join(text for each in what.renderables if (text := plain_words(each)))
    if isinstance(what, Table):
        heads = [_plain(column.header) for column in what.columns]
        rows = zip(*(map(_plain, column.cells) for column in what.columns), strict=True)
        lines = [
            ", ".join(f"{head} {cell}".strip() for head, cell in zip(heads, row, strict=True) if cell) for row in rows
        ]
        title = [_plain(what.title)] if what.title else []
        return "\n".join(f"{line}." for line in [*title, *lines] if line)
    return without_signs(_plain(what))


def _plain(what: RenderableType | None) -> str:
    if isinstance(what, Text):
        return what.plain
    if isinstance(what, str):
        return Text.from_markup(what).plain
    console = Console(width=1000, color_system=None, legacy_windows=False)
    with console.capture() as said:
        console.print(what)
    return said.get().strip()


def without_signs(text: str) -> str:
    """Lines without what can't be read aloud; lines of nothing else are left out."""
    lines: list[str] = []
    for line in text.splitlines():
        words = DRAWN.sub(" ", line)
        for sign, said in SIGNS.items():
            words = words.replace(sign, said)
        words = re.sub(r"(?<=\S) {2,}", ", ", words.strip())
        words = words.replace(":,", ":")
        if words or not line.strip():
            lines.append(words)
    return "\n".join(lines).strip("\n")
