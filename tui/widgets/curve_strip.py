"""CurveStrip: a value for each step of a line as bars, with the step that is looked at marked."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

BARS = " ▁▂▃▄▅▆▇█"


class CurveStrip(Widget):
    """Bars from the lowest value to the highest, under a line that tells both; a click goes to a step."""

    COMPONENT_CLASSES = {"strip--bar", "strip--here", "strip--words"}
    DEFAULT_CSS = """
    CurveStrip { width: 1fr; height: 3; }
    CurveStrip > .strip--bar { color: $primary; }
    CurveStrip > .strip--here { color: $accent; background: $panel; text-style: bold; }
    CurveStrip > .strip--words { color: $foreground 60%; }
    """

    step: reactive[int] = reactive(0)

    class Clicked(Message):
        """A step was clicked."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def __init__(self, what: str, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._what = what
        self._values: Sequence[float] = ()

    def show(self, values: Sequence[float]) -> None:
        """Show other values."""
        self._values, self.step = values, 0
        self.refresh()

    @property
    def _width(self) -> int:
        """Columns of a step; less than one where several share a column."""
        return self.size.width // max(1, len(self._values))

    def _column(self, step: int) -> int:
        """The first column of a step."""
        return step * self._width if self._width else step * self.size.width // len(self._values)

    def _steps(self) -> list[int]:
        """For each column in use the step that it shows, of several the one with the greatest value."""
        if self._width:
            return [step for step in range(len(self._values)) for _ in range(self._width)]
        found: dict[int, int] = {}
        for step, value in enumerate(self._values):
            column = self._column(step)
            if column not in found or value > self._values[found[column]]:
                found[column] = step
        return [found[column] for column in sorted(found)]

    def render_line(self, y: int) -> Strip:
        """The words, then two lines of bars."""
        width, plain = self.size.width, self.rich_style
        if not self._values:
            return Strip.blank(width, plain)
        least, most = min(self._values), max(self._values)
        if y == 0:
            words = f"{self._what}   {least:.2f} to {most:.2f}, here {self._values[self.step]:.2f}"
            style = plain + self.get_component_rich_style("strip--words")
            return Strip([Segment(words[:width], style)]).adjust_cell_length(width, plain)
        full, below = len(BARS) - 1, self.size.height - 1 - y
        segments: list[Segment] = []
        for step in self._steps():
            height = (self._values[step] - least) / max(most - least, 1e-9)
            eighths = 1 + round(height * (full * (self.size.height - 1) - 1))
            kind = "strip--here" if self._column(step) == self._column(self.step) else "strip--bar"
            sign = BARS[min(full, max(0, eighths - full * below))]
            segments.append(Segment(sign, plain + self.get_component_rich_style(kind)))
        return Strip(segments).adjust_cell_length(width, plain)

    def on_click(self, event: Click) -> None:
        """Go to the step that was clicked."""
        steps = self._steps()
        if event.y and event.x < len(steps):
            self.post_message(self.Clicked(steps[event.x]))
