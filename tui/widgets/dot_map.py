"""DotMap: scans or drawings as dots, near to each other where they are alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.style import Style
from textual.binding import Binding
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.layers import Layer, paint
from tui.widgets.thumbnails import COLOURS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tui.shelf import Dot


FEW = 1500
"""Up to so many have a cell each, so that their colours are well seen."""


class DotMap(Widget, can_focus=True):
    """A dot each, in the colour of its label; arrows go to the next one that way, a click to the nearest."""

    HELP = "**Map.** A dot is a scan; near ones are alike. Arrows go to the next one, enter shows similar ones."
    BINDINGS = [
        *(
            Binding(key, f"go({x}, {y})", f"Next {words}", show=False, id=f"map.{key}")
            for key, words, x, y in (
                ("left", "on the left", -1, 0),
                ("right", "on the right", 1, 0),
                ("up", "above", 0, -1),
                ("down", "below", 0, 1),
            )
        ),
        Binding("enter", "open", "Similar", show=False, id="map.open"),
    ]
    COMPONENT_CLASSES = {"map--none", "map--cursor", *(f"map--label{number}" for number in range(COLOURS))}
    DEFAULT_CSS = """
    DotMap { width: 1fr; height: 1fr; }
    DotMap > .map--none { color: $foreground 40%; }
    DotMap > .map--cursor { color: $background; background: $accent; text-style: bold; }
    DotMap > .map--label0 { color: $primary; }
    DotMap > .map--label1 { color: #2f9e9e; }
    DotMap > .map--label2 { color: #c08a00; }
    DotMap > .map--label3 { color: $error; }
    DotMap > .map--label4 { color: #8a5fbf; }
    DotMap > .map--label5 { color: $success; }
    DotMap > .map--label6 { color: #b5547f; }
    DotMap > .map--label7 { color: #7a7a7a; }
    """

    cursor: reactive[int] = reactive(0)

    class Chosen(Message):
        """Another dot is under the cursor."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    class Opened(Chosen):
        """What is like it is wanted."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.map: list[Dot] = []
        self._strips: list[Strip] = []
        self._made_for: tuple[object, ...] = ()

    def show(self, dots: Sequence[Dot], cursor: int = 0) -> None:
        """Show these."""
        self.map, self._made_for = list(dots), ()
        self.cursor = max(0, min(cursor, len(dots) - 1))
        self.refresh()
        if dots:
            self.post_message(self.Chosen(self.cursor))

    def render_line(self, y: int) -> Strip:
        """One line of the terminal."""
        width, height = self.size
        if not width or not height or not self.map:
            return Strip.blank(width, self.rich_style)
        key = (width, height, self.rich_style, self.cursor)
        if self._made_for != key:
            self._strips, self._made_for = self._make(width, height), key
        return self._strips[y]

    def _places(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Columns and rows of dots on the grid."""
        import numpy as np

        width, height = self.size
        xs = np.array([dot.x for dot in self.map]) * (2 * width - 1)
        ys = np.array([dot.y for dot in self.map]) * (4 * height - 1)
        return np.round(xs).astype(np.intp), np.round(ys).astype(np.intp)

    def _make(self, width: int, height: int) -> list[Strip]:
        import numpy as np

        xs, ys = self._places()
        colours = np.array([dot.colour for dot in self.map])
        layers: list[Layer] = []
        for colour in np.unique(colours).tolist():
            kind, same = f"map--label{colour % COLOURS}" if colour >= 0 else "map--none", colours == colour
            if len(self.map) <= FEW:
                cells = zip((ys[same] // 4).tolist(), (xs[same] // 2).tolist(), strict=True)
                layers.append(Layer(kind, None, dict.fromkeys(cells, "●")))
            else:
                grid = np.zeros((4 * height, 2 * width), dtype=np.bool_)
                grid[ys[same], xs[same]] = True
                layers.append(Layer(kind, grid))
        here = int(ys[self.cursor]) // 4, int(xs[self.cursor]) // 2
        layers.append(Layer("map--cursor", None, {here: "◆"}))
        return paint(self, layers, width, height)

    def style_of(self, colour: int) -> Style:
        """In which a dot of this colour is painted."""
        return Style(color=self.get_component_rich_style(f"map--label{colour % COLOURS}").color)

    def watch_cursor(self) -> None:
        """Tell what is under it."""
        if self.map:
            self.post_message(self.Chosen(self.cursor))

    def action_go(self, across: int, down: int) -> None:
        """To the nearest dot that way, in another cell."""
        import numpy as np

        if not self.map:
            return
        xs, ys = self._places()
        to_x, to_y = xs - xs[self.cursor], ys - ys[self.cursor]
        along, aside = to_x * across + to_y * down, np.abs(to_x * down) + np.abs(to_y * across)
        ahead = np.flatnonzero(along >= (2 if across else 4))
        if len(ahead):
            cost = along[ahead] + 2 * aside[ahead]
            self.cursor = int(ahead[np.argmin(cost)])

    def action_open(self) -> None:
        """Ask for what is like it."""
        if self.map:
            self.post_message(self.Opened(self.cursor))

    def on_click(self, event: Click) -> None:
        """To the nearest dot; a second click asks for what is like it."""
        import numpy as np

        if self.map:
            xs, ys = self._places()
            self.cursor = int(np.argmin((xs - 2 * event.x) ** 2 + (ys - 4 * event.y - 2) ** 2))
            if event.chain > 1:
                self.action_open()
