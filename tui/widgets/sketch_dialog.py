"""SketchDialog: a beginning drawn with the mouse or with the arrows, or read from a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from configs.errors import MonolineError
from tui.widgets.dialog import ErrorDialog, PathDialog
from tui.widgets.keys import Keys
from tui.widgets.layers import Layer, paint
from tui.widgets.modal import Modal

if TYPE_CHECKING:
    from drawing.drawing import Drawing
    from drawing.recipe import Recipe

FILLED = 0.9
"""Of the shorter side of the pad, what a finished drawing fills."""
HAND, DETAIL = 6.0, 0.6
"""In dots of braille: the wobble that comes of coarse cells and is taken out, and how exact the line is then kept."""
STEP, LEAP = 2, 10
"""Dots that the pen goes with an arrow, and with shift and an arrow."""
HINT = "Draw how it begins; a finished drawing fills this sheet.   "
WAYS = {
    (-1, 0): "left,4", (1, 0): "right,6", (0, -1): "up,8", (0, 1): "down,2",
    (-1, -1): "home,7", (1, -1): "pageup,9", (-1, 1): "end,1", (1, 1): "pagedown,3",
}  # fmt: skip
"""Where the pen goes, across and down, with which keys: those of a block of digits, where the slanted ones are."""
NAMES = {-1: ("up", "left"), 1: ("down", "right"), 0: ("", "")}


class Sketch(NamedTuple):
    """What was drawn, or read from a file."""

    drawing: Drawing
    whole: float | None
    """The long side that a finished drawing has, in the same unit; None where nobody said."""
    name: str = ""
    """Of the file, if it is from one."""
    recipe: Recipe | None = None


def _ways() -> list[Binding]:
    """Keys that move the pen, near and far."""
    found: list[Binding] = []
    for (x, y), keys in WAYS.items():
        name = " ".join(part for part in (NAMES[y][0], NAMES[x][1]) if part)
        where, key = f"pen.{name.replace(' ', '_')}", keys.partition(",")[0]
        found.append(Binding(keys, f"go({x}, {y})", f"Go {name}", show=False, id=where))
        found.append(Binding(f"shift+{key}", f"go({x}, {y}, True)", f"Go far {name}", show=False, id=f"{where}_far"))
    return found


class SketchPad(Widget, can_focus=True):
    """The mouse leaves a line while its button is down, the pen while it is lowered; one unit is a dot of braille."""

    BINDINGS = [*_ways(), Binding("space", "lower", "Pen", id="pen.lower")]

    class Changed(Message):
        """There is more of a line, or a line less, or the pen is elsewhere."""

    COMPONENT_CLASSES = {"pad--line", "pad--pen"}
    DEFAULT_CSS = """
    SketchPad { width: 1fr; height: 1fr; }
    SketchPad > .pad--line { color: $accent; text-style: bold; }
    SketchPad > .pad--pen { color: $primary; text-style: bold; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._trails: list[list[tuple[float, float]]] = []
        self._pen: tuple[float, float] | None = None
        """Where the pen of the keys is; None in the middle, where it begins."""
        self._down = False
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

    @property
    def words(self) -> str:
        """What the pen does, and which keys are of use."""
        if self._down:
            count = len(self._trails[-1])
            points = "1 point" if count == 1 else f"{count} points"
            return f"Pen DOWN, {points}: arrows draw, shift farther, 7 9 1 3 slanted; space lifts."
        lines = sum(len(trail) > 1 for trail in self._trails)
        drawn = "" if not lines else "1 line. " if lines == 1 else f"{lines} lines. "
        return f"{drawn}The mouse draws; or arrows, and space lowers the pen."

    @property
    def _at(self) -> tuple[float, float]:
        return self._pen or (float(self.size.width // 2 * 2), float(self.size.height // 2 * 4))

    def action_go(self, x: int, y: int, far: bool = False) -> None:
        """Move the pen, which draws if it is down; a slanted way is as long as a straight one each way."""
        step = LEAP if far else STEP
        (was_x, was_y), (width, height) = self._at, self.size
        at = (min(max(was_x + step * x, 0.0), 2.0 * width - 1), min(max(was_y + step * y, 0.0), 4.0 * height - 1))
        self._pen = at
        if self._down and self._trails[-1][-1] != at:
            self._trails[-1].append(at)
        self._tell()

    def action_lower(self) -> None:
        """Lower the pen, or lift it; a line without a length was none."""
        self._pen = self._at
        if self._down:
            self._lift()
        else:
            self._down = True
            self._trails.append([self._pen])
        self._tell()

    def _lift(self) -> None:
        if self._down:
            self._down = False
            if len(self._trails[-1]) < 2:
                self._trails.pop()

    def undo(self) -> None:
        """Without the last line; the pen is up then."""
        self._lift()
        if self._trails:
            self._trails.pop()
            self._tell()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """A line begins."""
        self.capture_mouse()
        self._lift()
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
        self._pen = point  # the keys go on from there
        if self._trails[-1][-1:] != [point]:
            self._trails[-1].append(point)
            self._tell()

    def _tell(self) -> None:
        self._made_for = None
        self.refresh()
        self.post_message(self.Changed())

    def render_line(self, y: int) -> Strip:
        """One line of the terminal."""
        key = (self.size, self.rich_style, self.has_focus)
        if self._made_for != key:
            self._strips, self._made_for = self._make(), key
        return self._strips[y]

    def _make(self) -> list[Strip]:
        from drawing.raster import dots

        (width, height), sketch = self.size, self.sketch()
        lines = () if sketch is None else sketch.drawing.lines
        sheet = (0.0, 0.0, 2.0 * width - 1, 4.0 * height - 1)
        row, column = min(int(self._at[1]) // 4, height - 1), min(int(self._at[0]) // 2, width - 1)
        pen = Layer("pad--pen", None, {(row, column): "●" if self._down else "○"} if self.has_focus else {})
        return paint(self, [Layer("pad--line", dots(lines, sheet, width, height, margin=0)), pen], width, height)


class SketchDialog(Modal[Sketch | None]):
    """A sheet to draw on; enter goes on from what is there."""

    HELP = "**Sketch.** Draw a beginning with the mouse; enter has the network draw on, u takes the last line away."
    BINDINGS = [
        Binding("enter", "take", "Draw on", priority=True, id="sketch.take"),
        Binding("u,backspace", "undo", "Line away", id="sketch.undo"),
        Binding("o", "read", "A file", id="sketch.read"),
        Binding("escape,q", "close", "Back", id="sketch.close"),
    ]
    DEFAULT_CSS = """
    SketchDialog { background: $background; padding: 0 1; }
    SketchDialog #sketch-title { height: 1; text-style: bold; }
    SketchDialog #sketch-sheet { height: 1fr; border: round $foreground 30%; }
    """

    def __init__(self, folder: Path | None = None, most_points: int = 0) -> None:
        """Args:
        folder: where a file is asked for.
        most_points: what is read is simplified to so many; 0 for as many as there are.
        """
        super().__init__()
        self._folder, self._most_points = folder, most_points

    def compose(self) -> ComposeResult:
        """Title, sheet, keys."""
        yield Static("", id="sketch-title", markup=False)
        with Container(id="sketch-sheet"):
            yield SketchPad()
        yield Keys(show_command_palette=False)

    def on_mount(self) -> None:
        """The pen is at hand."""
        self.query_one(SketchPad).focus()
        self._changed()

    @on(SketchPad.Changed)
    def _changed(self) -> None:
        hint = HINT if self.app.size.width >= len(HINT) + len(self.query_one(SketchPad).words) + 2 else ""
        self.query_one("#sketch-title", Static).update(hint + self.query_one(SketchPad).words)
        self.refresh_bindings()

    def on_resize(self) -> None:
        """More room for words, or less."""
        self._changed()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs a line waits for one."""
        inked = any(pad.inked for pad in self.query(SketchPad))  # none while the dialog comes or goes
        return None if action in ("take", "undo") and not inked else True

    def action_take(self) -> None:
        """Go on from what was drawn."""
        self.dismiss(self.query_one(SketchPad).sketch())

    def action_undo(self) -> None:
        """Take the last line away."""
        self.query_one(SketchPad).undo()

    def action_read(self) -> None:
        """Ask for an SVG file, and take what it holds in place of what was drawn."""

        def named(path: Path | None) -> None:
            if path is not None:
                self.read(path)

        start = "" if self._folder is None else f"{self._folder}/"
        self.app.push_screen(PathDialog("Begin with the lines of which file?", "an SVG file", start), named)

    @work(thread=True, exclusive=True, group="beginning", exit_on_error=False)
    def read(self, path: Path) -> None:
        """Read the file in the background."""
        from drawing.svg import read_svg

        try:
            file = read_svg(path)
        except (MonolineError, OSError) as error:
            words = str(error) if isinstance(error, MonolineError) else f"{path}: {error.strerror}."
            self._call(lambda: self.app.push_screen(ErrorDialog("The file can't be read", words)))
            return
        drawing = file.drawing
        if drawing.points < 2:
            self._call(lambda: self.app.push_screen(ErrorDialog("Nothing to begin with", f"{path} has no line.")))
            return
        if 0 < self._most_points < drawing.points:
            drawing = drawing.simplify_to(self._most_points)
        self._call(lambda: self.dismiss(Sketch(drawing, None, path.stem, file.recipe)))

    def _call(self, then: Callable[[], object]) -> None:
        self.app.call_from_thread(lambda: then() if self.is_attached else None)

    def action_close(self) -> None:
        """Keep nothing."""
        self.dismiss(None)
