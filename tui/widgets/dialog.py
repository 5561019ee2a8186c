"""Dialogs: an error in plain words, a question for a path, a drawing shown large."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Footer, Input, Static

from tui.widgets.canvas import Canvas

if TYPE_CHECKING:
    from drawing.drawing import Drawing


class ErrorDialog(ModalScreen[None]):
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


class PathDialog(ModalScreen[Path | None]):
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


class ZoomScreen(ModalScreen[None]):
    """One drawing on the whole screen."""

    BINDINGS = [Binding("escape,enter,z,q", "close", "Back", id="zoom.close")]

    def __init__(self, drawing: Drawing) -> None:
        super().__init__()
        self._drawing = drawing

    def compose(self) -> ComposeResult:
        """The drawing and the way back."""
        yield Canvas(self._drawing)
        yield Footer()

    def action_close(self) -> None:
        """Back."""
        self.dismiss()

    def on_click(self) -> None:
        """So does a click."""
        self.dismiss()
