"""MoveDialog: the carriage moved by keys, the pen up; home, around the sheet, or let go to be moved by hand."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Static

from configs.errors import MonolineError
from tui.widgets.keys import Keys
from tui.widgets.modal import Modal

if TYPE_CHECKING:
    from plotter.axidraw import Machine, PlotSettings
    from plotter.board import Board
    from plotter.care import Bounds

KEYS = "arrows  move by 1 mm, with shift by 10 mm\nh  home        o  around the sheet        m  motors off"
_WAYS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


class MoveDialog(Modal[None]):
    """One thing at a time; escape ends a way that is long, and then the dialog."""

    BINDINGS = [
        *(Binding(key, f"jog({x}, {y})", f"{key} 1 mm", show=False, id=f"move.{key}") for key, (x, y) in _WAYS.items()),
        *(
            Binding(f"shift+{key}", f"jog({10 * x}, {10 * y})", f"{key} 10 mm", show=False, id=f"move.far_{key}")
            for key, (x, y) in _WAYS.items()
        ),
        Binding("h", "home", "Home", id="move.home"),
        Binding("o", "outline", "Around the sheet", id="move.outline"),
        Binding("m", "let_go", "Motors off", id="move.let_go"),
        Binding("escape,x", "close", "Stop or back", id="move.close"),
    ]
    DEFAULT_CSS = """
    MoveDialog { align: center middle; background: $background 60%; }
    MoveDialog #standing { margin-bottom: 1; }
    MoveDialog #keys { color: $foreground 70%; }
    """

    def __init__(
        self, wire: threading.Lock, port: str, machine: Machine, settings: PlotSettings, bounds: Bounds | None
    ) -> None:
        """Args:
        wire: held while the port is open.
        bounds: of the sheet's ink, in mm from home; None without a sheet.
        """
        super().__init__()
        self._wire, self._port, self._machine = wire, port, machine
        self._settings, self._bounds = settings, bounds
        self._stop = threading.Event()
        self._busy = False

    def compose(self) -> ComposeResult:
        """Where the carriage is, and the keys."""
        with Vertical(classes="dialog"):
            yield Static(f"Move the {self._machine.title} at {self._port}", classes="title", markup=False)
            yield Static("", id="standing", markup=False)
            yield Static(KEYS, id="keys", markup=False)
        yield Keys()

    def on_mount(self) -> None:
        """Ask where it is."""
        self._begin("asking where the carriage is", lambda board: self._where(board))

    def action_jog(self, x_mm: int, y_mm: int) -> None:
        """Move by so much."""
        from plotter.care import jog

        def go(board: Board) -> str:
            jog(board, x_mm, y_mm, self._machine, self._settings, self._stop.is_set)
            return self._where(board)

        self._begin("moving", go)

    def action_home(self) -> None:
        """Move home."""
        from plotter.care import go_home

        def go(board: Board) -> str:
            go_home(board, self._machine, self._settings, self._stop.is_set)
            return self._where(board)

        self._begin("moving home", go)

    def action_outline(self) -> None:
        """Go around the ink of the sheet, and back."""
        from plotter.care import outline

        bounds = self._bounds
        if bounds is None:
            self._say("There is no sheet to go around; choose one first.")
            return

        def go(board: Board) -> str:
            outline(board, bounds, self._machine, self._settings, self._stop.is_set)
            return self._where(board)

        self._begin("going around the sheet", go)

    def action_let_go(self) -> None:
        """Have the motors let the carriage go."""
        from plotter.care import motors

        def go(board: Board) -> str:
            motors(board, on=False)
            return "The motors have let go: move the carriage home, to the top left corner, by hand."

        self._begin("letting go", go)

    def action_close(self) -> None:
        """Stop a way that is gone, else go back."""
        if self._busy:
            self._stop.set()
        else:
            self.dismiss()

    def _where(self, board: Board) -> str:
        from plotter.care import look

        standing = look(board, self._machine, self._settings)
        at = (
            "at home" if (standing.x_mm, standing.y_mm) == (0, 0) else f"at {standing.x_mm:.1f}, {standing.y_mm:.1f} mm"
        )
        return standing.doubt or f"The carriage is counted {at}."

    def _begin(self, words: str, act: Callable[[Board], str]) -> None:
        if self._busy:
            return
        self._busy = True
        self._stop.clear()
        self._say(f"{words} ...")
        self._act(act)

    @work(thread=True, group="move", exit_on_error=False)
    def _act(self, act: Callable[[Board], str]) -> None:
        from plotter.board import Board
        from plotter.transport import open_transport

        text = "Something went wrong; look at the plotter."
        try:
            with self._wire, contextlib.closing(Board(open_transport(self._port))) as board:
                board.identify()
                text = act(board)
        except MonolineError as error:
            text = str(error)
        finally:
            self.app.call_from_thread(self._done, text)

    def _done(self, text: str) -> None:
        self._busy = False
        if self.is_mounted:
            self._say(text)

    def _say(self, text: str) -> None:
        self.query_one("#standing", Static).update(text)
