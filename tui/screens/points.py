"""PointsScreen: how many points the drawings have, and which are left out for having too few or too many."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from tui.widgets.keys import Keys
from tui.widgets.layers import Layer, paint
from tui.widgets.modal import Modal
from tui.widgets.slider import Slider

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def cut_at(points: Sequence[int], share: float) -> tuple[int, int]:
    """The fewest and the most points of drawings that stay, as prep.select cuts them."""
    if not points:
        return 0, 0
    off = math.floor(share * len(points))
    return points[off], points[-1 - off]


class Histogram(Widget):
    """Drawings by their points; those that are left out are pale."""

    COMPONENT_CLASSES = {"histogram--kept", "histogram--cut", "histogram--words"}
    DEFAULT_CSS = """
    Histogram { width: 1fr; height: 1fr; }
    Histogram > .histogram--kept { color: $primary; }
    Histogram > .histogram--cut { color: $foreground 30%; }
    Histogram > .histogram--words { color: $foreground 70%; }
    """

    def __init__(self, points: Sequence[int]) -> None:
        super().__init__()
        self.points, self.low, self.high = points, 0, 0

    def show(self, low: int, high: int) -> None:
        """Drawings with so many points at least and at most stay."""
        self.low, self.high = low, high
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the terminal."""
        width, height = self.size
        if not self.points or not width or height < 3:
            return Strip.blank(width, self.rich_style)
        return self._make(width, height)[y]

    def _make(self, columns: int, rows: int) -> list[Strip]:
        import numpy as np

        values = np.asarray(self.points)
        bars = min(columns, max(8, 2 * math.ceil(math.sqrt(len(values)))))
        broad = columns // bars
        edges = np.linspace(0, values.max() + 1, bars + 1)
        kept, cut = (
            np.histogram(values[chosen], edges)[0]
            for chosen in (
                (values >= self.low) & (values <= self.high),
                (values < self.low) | (values > self.high),
            )
        )
        most = max(1, int((kept + cut).max()))
        grids: list[NDArray[np.bool_]] = []
        room = 4 * (rows - 1)
        for counts in (kept + cut, kept):
            grid = np.zeros((4 * rows, 2 * columns), dtype=np.bool_)
            for number, count in enumerate(counts.tolist()):
                high = 0 if not count else max(1, round(room * count / most))
                left = 2 * broad * number
                grid[room - high : room, left : left + max(1, 2 * broad - 1)] = True
            grids.append(grid)
        whole = f"{most} drawings"
        signs = {(0, columns - len(whole) + at): letter for at, letter in enumerate(whole)}
        for number in (0, bars // 2, bars - 1):
            text = f"{edges[number]:.0f}"
            at = min(broad * number, columns - len(text))
            signs |= {(rows - 1, at + index): letter for index, letter in enumerate(text)}
        layers = [
            Layer("histogram--cut", grids[0]),
            Layer("histogram--kept", grids[1]),
            Layer("histogram--words", None, signs),
        ]
        return paint(self, layers, columns, rows)


class PointsScreen(Modal[float | None]):
    """The histogram, a slider for the cut, and the way to the dataset."""

    BINDINGS = [
        Binding("w", "write", "Write the dataset", id="points.write"),
        Binding("escape,q", "close", "Back", id="points.close"),
    ]
    DEFAULT_CSS = """
    PointsScreen { background: $background; padding: 0 1; }
    PointsScreen #points-title { height: 1; text-style: bold; }
    PointsScreen #points-words { height: 1; color: $foreground 70%; }
    PointsScreen Slider { max-width: 60; }
    """

    def __init__(self, points: Sequence[int], cut: float) -> None:
        super().__init__()
        self._points, self._cut = list(points), cut

    def compose(self) -> ComposeResult:
        """Title, bars, slider, what stays."""
        with Vertical():
            yield Static("Points of the drawings, before they are simplified to the most", id="points-title")
            yield Histogram(self._points)
            yield Slider("left out at each end, %", 100 * self._cut, least=0, most=25, step=1, id="cut")
            yield Static("", id="points-words")
        yield Keys(show_command_palette=False)

    def on_mount(self) -> None:
        """Show the cut as it is."""
        self.query_one(Slider).focus()
        self._show()

    @on(Slider.Changed)
    def _slid(self, event: Slider.Changed) -> None:
        if event.value is not None:
            self._cut = event.value / 100
            self._show()

    def _show(self) -> None:
        low, high = cut_at(self._points, self._cut)
        kept = sum(low <= count <= high for count in self._points)
        self.query_one(Histogram).show(low, high)
        words = f"{kept:,} of {len(self._points):,} drawings stay: those of {low:,} to {high:,} points"
        self.query_one("#points-words", Static).update(words)

    def action_write(self) -> None:
        """Write the dataset with this cut."""
        value = self.query_one(Slider).value  # its message may still be on the way
        self.dismiss(round((value or 0.0) / 100, 4))

    def action_close(self) -> None:
        """Leave it as it was."""
        self.dismiss(None)
