"""SketchDialog: a beginning drawn with the mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.message import Message
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from tui.widgets.keys import Keys
from tui.widgets.layers import Layer, paint

if TYPE_CHECKING:
    from drawing.drawing import Drawing

FILLED = 0.9
"""Of the shorter side of the pad, what a finished drawing fills."""
HAND, DETAIL = 6.0, 0.6
"""In dots of braille: the wobble that comes of coarse cells and is taken out, and how exact the line is then kept."""
HINT = "Draw how it begins, with the mouse; a finished drawing fills this sheet."


class Sketch(NamedTuple):
    """What was drawn."""

    drawing: Drawing
    whole: float
    """The long side that a finished drawing has, in the same unit."""


class SketchPad(Widget):
    """The mouse leaves a line while its button is down; one unit is one dot of braille."""

    class Changed(Message):
        """There is more of a line, or a line less."""

    COMPONENT_CLASSES = {"pad--line"}
    DEFAULT_CSS = """
    SketchPad { width: 1fr; height: 1fr; }
    SketchPad > .pad--line { color: $accent; text-style: bold; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._trails: list[list[tuple[float, float]]] = []
        self._strips: list[Strip] = []
        self._made_for: object = None

    @property
    def inked(self) -> bool:
        """Whether there is a line."""
        return any(len(trail) > 1 for trail in self._trails)

    def sketch(self) -> Sketch | None:
        """What was drawn, without the steps from cell to cell; None where there is no line yet."""
        from drawing.drawing import Drawing

        lines = [trail for trail in self._trails if len(trail) > 1]
        if not lines:
            return None
        whole = FILLED * min(2 * self.size.width, 4 * self.size.height)
        return Sketch(Drawing.of(lines).smooth(HAND).simplify(DETAIL), whole)

    def undo(self) -> None:
        """Without the last line."""
        if self._trails:
            self._trails.pop()
            self._tell()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """A line begins."""
        self.capture_mouse()
        self._trails.append([])
        self._go(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """It goes on."""
        if self.app.mouse_captured is self:
            self._go(event)

    def on_mouse_up(self, _event: events.MouseUp) -> None:
        """It ends; a touch that went nowhere was none."""
        self.release_mouse()
        if self._trails and len(self._trails[-1]) < 2:
            self.undo()

    def _go(self, event: events.MouseEvent) -> None:
        # some terminals tell where in a cell the mouse is, most only the cell: then it is in its middle
        middle = 0.5 if isinstance(event.pointer_x, int) else 0.0
        point = (2 * (event.pointer_x + middle), 4 * (event.pointer_y + middle))
        if self._trails[-1][-1:] != [point]:
            self._trails[-1].append(point)
            self._tell()

    def _tell(self) -> None:
        self._made_for = None
        self.refresh()
        self.post_message(self.Changed())

    def render_line(self, y: int) -> Strip:
        """One line of the terminal."""
        key = (self.size, self.rich_style)
        if self._made_for != key:
            self._strips, self._made_for = self._make(), key
        return self._strips[y]

    def _make(self) -> list[Strip]:
        from drawing.raster import dots

        (width, height), sketch = self.size, self.sketch()
        lines = () if sketch is None else sketch.drawing.lines
        sheet = (0.0, 0.0, 2.0 * width - 1, 4.0 * height - 1)
        return paint(self, [Layer("pad--line", dots(lines, sheet, width, height, margin=0))], width, height)


class SketchDialog(ModalScreen[Sketch | None]):
    """A sheet to draw on; enter goes on from what is there."""

    BINDINGS = [
        Binding("enter", "take", "Draw on", priority=True, id="sketch.take"),
        Binding("u,backspace", "undo", "Last line away", id="sketch.undo"),
        Binding("escape,q", "close", "Back", id="sketch.close"),
    ]
    DEFAULT_CSS = """
    SketchDialog { background: $background; padding: 0 1; }
    SketchDialog #sketch-title { height: 1; text-style: bold; }
    SketchDialog #sketch-sheet { height: 1fr; border: round $foreground 30%; }
    """

    def compose(self) -> ComposeResult:
        """Title, sheet, keys."""
        yield Static(HINT, id="sketch-title", markup=False)
        with Container(id="sketch-sheet"):
            yield SketchPad()
        yield Keys(show_command_palette=False)

    @on(SketchPad.Changed)
    def _changed(self) -> None:
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs a line waits for one."""
        return None if action in ("take", "undo") and not self.query_one(SketchPad).inked else True

    def action_take(self) -> None:
        """Go on from what was drawn."""
        self.dismiss(self.query_one(SketchPad).sketch())

    def action_undo(self) -> None:
        """Take the last line away."""
        self.query_one(SketchPad).undo()

    def action_close(self) -> None:
        """Keep nothing."""
        self.dismiss(None)
