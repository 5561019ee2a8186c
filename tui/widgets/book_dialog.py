"""BookDialog: number, dates and cover of a sketchbook."""

from __future__ import annotations

import re
from typing import Any

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Input, Static

from tui.widgets.modal import Modal

FIELDS = {
    "number": ("number", "its number, as 48"),
    "began": ("began", "2019, 2019-03 or 2019-03-28"),
    "ended": ("ended", "2019, 2019-03 or 2019-03-28"),
    "cover": ("cover", "the page that stands for it, as 000"),
}


def wrong(name: str, text: str) -> str:
    """Why a text can't be that; nothing if it can, or is empty."""
    if not text or name == "cover":
        return ""
    if name == "number":
        return "" if text.isdecimal() and int(text) < 10**6 else f"{text} is no number of a book."
    right = re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", text)
    return "" if right else f"{text} is no date; write 2019, 2019-03 or 2019-03-28."


class BookDialog(Modal[dict[str, Any] | None]):
    """A line for each; enter goes to the next one, and after the last takes them."""

    BINDINGS = [Binding("escape", "close", "Cancel", id="book.cancel")]
    DEFAULT_CSS = "BookDialog { align: center middle; background: $background 60%; }"

    def __init__(self, book: str, about: dict[str, Any]) -> None:
        super().__init__()
        self._book, self._about = book, about

    def compose(self) -> ComposeResult:
        """Title and lines to type in."""
        with Vertical(classes="dialog"):
            yield Static(f"Sketchbook {self._book}", classes="title", markup=False)
            for name, (words, hint) in FIELDS.items():
                value = self._about.get(name)
                yield Static(words)
                yield Input("" if value is None else str(value), placeholder=hint, id=f"book-{name}", compact=True)
            yield Static("enter goes on and takes them at the end, esc goes back", id="reason", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes to the next line, or takes them all if they are right."""
        names = list(FIELDS)
        at = names.index(str(event.input.id).removeprefix("book-"))
        texts = {name: self.query_one(f"#book-{name}", Input).value.strip() for name in names}
        reasons = [reason for name, text in texts.items() if (reason := wrong(name, text))]
        if reasons:
            self.query_one("#reason", Static).update(reasons[0])
        elif at + 1 < len(names):
            self.query_one(f"#book-{names[at + 1]}", Input).focus()
        else:
            number = texts.pop("number")
            self.dismiss(
                {"number": int(number) if number else None, **{name: text or None for name, text in texts.items()}}
            )

    def action_close(self) -> None:
        """Escape changes nothing."""
        self.dismiss(None)
