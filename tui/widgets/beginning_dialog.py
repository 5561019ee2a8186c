"""BeginningDialog: how much of a drawing is kept as the beginning of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from tui.widgets.canvas import Canvas
from tui.widgets.keys import Keys
from tui.widgets.modal import Modal
from tui.widgets.slider import Slider

if TYPE_CHECKING:
    from drawing.drawing import Drawing


class BeginningDialog(Modal[int | None]):
    """The drawing, what is kept of it in a colour of its own, and a slider; enter goes on from there."""

    BINDINGS = [
        Binding("enter", "take", "Draw on", priority=True, id="beginning.take"),
        Binding("escape,b,q", "close", "Back", id="beginning.close"),
    ]
    DEFAULT_CSS = """
    BeginningDialog { background: $background; padding: 0 1; }
    BeginningDialog #beginning-title { height: 1; text-style: bold; }
    BeginningDialog Canvas { color: $foreground 35%; }
    """

    def __init__(self, name: str, drawing: Drawing, share: float) -> None:
        """Args:
        share: of its points that are kept unless another number is chosen, 0 to 1.
        """
        super().__init__()
        self._name, self._drawing = name, drawing
        self._first = max(2, round(share * drawing.points))

    def compose(self) -> ComposeResult:
        """Title, drawing, slider."""
        yield Static(f"Keep the beginning of {self._name}, and draw on from there", id="beginning-title", markup=False)
        yield Canvas(id="beginning-canvas")
        yield Slider("points kept", self._first, least=2, most=self._drawing.points, step=1, id="beginning-first")
        yield Keys(show_command_palette=False)

    def on_mount(self) -> None:
        """Arrows choose at once."""
        self.query_one(Slider).focus()
        self.query_one(Canvas).show(self._drawing, self._first)

    @on(Slider.Changed)
    def _slid(self, event: Slider.Changed) -> None:
        event.stop()
        if event.value is not None:
            self._first = int(event.value)
            self.query_one(Canvas).show(self._drawing, self._first)

    def action_take(self) -> None:
        """Go on from what is kept."""
        self.dismiss(self._first)

    def action_close(self) -> None:
        """Keep nothing."""
        self.dismiss(None)
