"""Dialogs: an error in plain words, a question for a path, a number or a choice, a drawing shown large."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.widgets.canvas import Canvas, first_lines
from tui.widgets.keys import Keys
from tui.widgets.modal import Modal

if TYPE_CHECKING:
    from drawing.drawing import Drawing
    from tui.widgets.sharp_view import Make


class ErrorDialog(Modal[None]):
    """What went wrong, where, and what to do."""

    BINDINGS = [Binding("escape,enter", "close", "Close", id="dialog.close")]

    def __init__(self, title: str, error: str) -> None:
        super().__init__()
        self._title, self._error = title, error

    def compose(self) -> ComposeResult:
        """Title, text, one button."""
        with Vertical(classes="dialog error"):
            yield Static(self._title, classes="title", markup=False)
            yield Static(self._error, markup=False)
            yield Button("Close", variant="primary")

    def on_button_pressed(self) -> None:
        """The button closes."""
        self.dismiss()

    def action_close(self) -> None:
        """Close."""
        self.dismiss()


class PathDialog(Modal[Path | None]):
    """Ask for the path of a file or folder."""

    BINDINGS = [Binding("escape", "close", "Cancel", id="dialog.cancel")]

    def __init__(self, title: str, hint: str, start: str = "") -> None:
        super().__init__()
        self._title, self._hint, self._start = title, hint, start

    def compose(self) -> ComposeResult:
        """Title and a line to type in."""
        with Vertical(classes="dialog"):
            yield Static(self._title, classes="title", markup=False)
            yield Input(self._start, placeholder=self._hint)
            yield Static("enter opens, esc goes back", id="reason", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter takes the path."""
        text = event.value.strip()
        path = Path(text).expanduser() if text else None
        if path is not None and not path.exists():
            self.query_one("#reason", Static).update(f"{path} does not exist; mend it, or press esc.")
            return
        self.dismiss(path)

    def action_close(self) -> None:
        """Escape takes none."""
        self.dismiss(None)


class NumberDialog(Modal[float | str | None]):
    """Ask for an exact number; ``off`` is what to type for none, where there may be none."""

    BINDINGS = [Binding("escape", "close", "Cancel", id="number.cancel")]

    def __init__(self, title: str, start: str, least: float, most: float, off: str = "") -> None:
        super().__init__()
        self._title, self._start, self._least, self._most, self._off = title, start, least, most, off

    def compose(self) -> ComposeResult:
        """Title and a line to type in."""
        with Vertical(classes="dialog"):
            yield Static(self._title, classes="title", markup=False)
            yield Input(self._start)
            yield Static(f"{self._range()}; enter takes it, esc goes back", id="reason", markup=False)

    def _range(self) -> str:
        return f"{self._least:g} to {self._most:g}" + (f", or nothing for {self._off!r}" if self._off else "")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter takes the number if it is one in the range; nothing, or the word itself, is ``off``."""
        text = event.value.strip().replace(",", ".")
        if self._off and text in ("", self._off):
            self.dismiss(self._off)
            return
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not self._least <= value <= self._most:
            self.query_one("#reason", Static).update(f"{text or 'nothing'} is no number from {self._range()}.")
            return
        self.dismiss(value)

    def action_close(self) -> None:
        """Escape takes none."""
        self.dismiss(None)


class TextDialog(Modal[str | None]):
    """Ask for a few words; ``wrong`` says why they can't be taken, or nothing."""

    BINDINGS = [Binding("escape", "close", "Cancel", id="text.cancel")]

    def __init__(self, title: str, hint: str, start: str, wrong: Callable[[str], str]) -> None:
        super().__init__()
        self._title, self._hint, self._start, self._wrong = title, hint, start, wrong

    def compose(self) -> ComposeResult:
        """Title and a line to type in."""
        with Vertical(classes="dialog"):
            yield Static(self._title, classes="title", markup=False)
            yield Input(self._start, placeholder=self._hint)
            hint = f"{self._hint}; " if self._start else ""  # else it stands in the line already
            yield Static(f"{hint}enter takes it, esc goes back", id="reason", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter takes the words if they are right."""
        text = event.value.strip()
        if reason := self._wrong(text):
            self.query_one("#reason", Static).update(reason)
        else:
            self.dismiss(text)

    def action_close(self) -> None:
        """Escape takes none."""
        self.dismiss(None)


class ChoiceDialog(Modal[str | None]):
    """A question with some answers; the first one is the safe one, and escape takes it too."""

    BINDINGS = [
        Binding("escape", "close", "Back", id="choice.close"),
        Binding("left,up", "app.focus_previous", "Before", show=False, id="choice.before"),
        Binding("right,down", "app.focus_next", "After", show=False, id="choice.after"),
    ]

    def __init__(self, title: str, text: str, choices: Sequence[str]) -> None:
        super().__init__()
        self._title, self._text, self._choices = title, text, choices

    def compose(self) -> ComposeResult:
        """Title, text, a button for each answer."""
        with Vertical(classes="dialog"):
            yield Static(self._title, classes="title", markup=False)
            yield Static(self._text, markup=False)
            with Horizontal(classes="choices"):
                for index, choice in enumerate(self._choices):
                    yield Button(choice, variant="primary" if index == 0 else "default", id=f"choice-{index}")

    def on_mount(self) -> None:
        """The safe answer has the focus."""
        self.query_one("#choice-0").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Take an answer."""
        self.dismiss(self._choices[int(str(event.button.id).rpartition("-")[2])])

    def action_close(self) -> None:
        """Escape takes the safe one."""
        self.dismiss(None)


class ListDialog(Modal[str | None]):
    """Choose one of some lines."""

    BINDINGS = [Binding("escape", "close", "Back", id="list.close")]

    def __init__(self, title: str, lines: Sequence[tuple[str, str]], current: str = "") -> None:
        """Args:
        lines: what is returned, and what is shown for it.
        current: the one that is highlighted.
        """
        super().__init__()
        self._title, self._lines, self._current = title, lines, current

    def compose(self) -> ComposeResult:
        """Title and list."""
        with Vertical(classes="dialog"):
            yield Static(self._title, classes="title", markup=False)
            yield OptionList(*(Option(Text(text), id=str(index)) for index, (_, text) in enumerate(self._lines)))
            yield Static("enter takes it, esc goes back", markup=False)

    def on_mount(self) -> None:
        """Begin at the current one."""
        values = [value for value, _ in self._lines]
        self.query_one(OptionList).highlighted = values.index(self._current) if self._current in values else 0

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click takes one."""
        self.dismiss(self._lines[event.option_index][0])

    def action_close(self) -> None:
        """Escape takes none."""
        self.dismiss(None)


class HistoryDialog(ListDialog):
    """A list with longer lines."""


class ZoomScreen(Modal[None]):
    """One drawing on the whole screen."""

    BINDINGS = [Binding("escape,enter,z,q", "close", "Back", id="zoom.close")]

    def __init__(self, drawing: Drawing, given: int = 0, words: str = "", make: Make | None = None) -> None:
        """Args:
        given: so many of its first points are told apart.
        words: what is known of it, below it.
        make: makes another picture of it in pixels, where the terminal shows some.
        """
        super().__init__()
        self._drawing, self._given, self._words, self._sharp = drawing, given, words, make

    def compose(self) -> ComposeResult:
        """The drawing, what is known of it, and the way back."""
        sharpness = getattr(self.app, "sharpness", None)
        if sharpness is not None and sharpness.kind:
            from drawing.drawing import Drawing
            from tui.widgets.sharp_view import SharpView, drawn

            given = Drawing(tuple(first_lines(self._drawing, self._given))) if self._given else None
            yield SharpView(sharpness, self._sharp or drawn(self._drawing, given, sharpness.cell))
        else:
            yield Canvas(self._drawing, self._given)
        if self._words:
            yield Static(self._words, id="zoom-words", markup=False)
        yield Keys()

    def action_close(self) -> None:
        """Back."""
        self.dismiss()

    def on_click(self) -> None:
        """So does a click."""
        self.dismiss()
