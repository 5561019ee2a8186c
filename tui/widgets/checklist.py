"""Checklist: what was looked at before a plot, each thing with a mark, a word, and what to do about it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

if TYPE_CHECKING:
    from plotter.checks import Check

MARKS = {"ok": "✓", "warning": "!", "bad": "✗"}
"""Told apart by their shape too: not everybody sees the colours, and not every terminal has them."""
_STYLES = {"ok": "$success", "warning": "$warning", "bad": "bold $error"}
_ORDER = ("bad", "warning", "ok")
WIDTH = 33
LOW = 34
"""Rows of the screen below which all that is right shares one line."""


class Checklist(Static):
    """What speaks against a plot comes first."""

    DEFAULT_CSS = "Checklist { height: auto; margin-bottom: 1; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__("", id=id, markup=False)
        self._shown: tuple[tuple[Check, ...], str] = ((), "")

    def show(self, checks: Sequence[Check], looking: str = "") -> None:
        """Show what was seen.

        Args:
            looking: what is being looked at still.
        """
        shown = tuple(checks), looking
        if shown != self._shown:
            self._shown = shown
            self._renew()

    def on_resize(self) -> None:
        """There may be more room, or less."""
        self._renew()

    def _renew(self) -> None:
        checks, looking = self._shown
        rows: list[tuple[str, str]] = []
        for state in _ORDER:
            some = [check for check in checks if check.state == state]
            if state == "ok" and some and self.screen.size.height < LOW:
                rows.append(("ok", ", ".join(check.name for check in some)))
            else:
                rows += [(state, said(check)) for check in some]
        parts: list[Content | str | tuple[str, str]] = []
        for state, text in rows:
            parts += [(MARKS[state], _STYLES[state]), f" {_wrapped(text)}\n"]
        if looking:
            parts.append(("…", "$foreground 60%"))
            parts.append(f" {looking}\n")
        self.update(Content.assemble(*parts).rstrip())


def said(check: Check) -> str:
    """A check in one line: what it is about, how it is, what to do."""
    remedy = f"; {check.remedy}" if check.remedy and check.state != "ok" else ""
    return f"{check.name}: {check.says.rstrip('.')}{remedy}"


def _wrapped(text: str) -> str:
    return "\n  ".join(textwrap.wrap(text, WIDTH - 2, break_on_hyphens=False))
