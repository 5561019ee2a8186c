"""RecipeDialog: a recipe as text, to be read or selected."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Static, TextArea

from tui.widgets.modal import Modal


class RecipeDialog(Modal[None]):
    """The text, and how to take it from here."""

    BINDINGS = [Binding("escape,q,y,Y", "close", "Back", id="recipe.close")]
    DEFAULT_CSS = """
    RecipeDialog TextArea, RecipeDialog TextArea:focus {
        height: auto; max-height: 50vh; border: none; padding: 0; background: $surface;
    }
    """

    def __init__(self, title: str, text: str, words: str) -> None:
        """Args:
        words: what became of it, and what can be done with it here.
        """
        super().__init__()
        self._title, self._text, self._words = title, text, words

    def compose(self) -> ComposeResult:
        """Title, text, words."""
        with Vertical(classes="dialog"):
            yield Static(self._title, classes="title", markup=False)
            yield TextArea(self._text, read_only=True, soft_wrap=True, show_cursor=False)
            yield Static(self._words, markup=False)

    def action_close(self) -> None:
        """Back."""
        self.dismiss()
