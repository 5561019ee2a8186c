"""StepsAxis: places along a line of which one is chosen, by keys, a click or a drag."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rich.text import Text
from textual.binding import Binding
from textual.events import MouseDown, MouseMove, MouseScrollDown, MouseScrollUp, MouseUp
from textual.message import Message
from textual.widget import Widget

TRACK, PLACE, MISSING, HERE, BEST, BEST_HERE = "─", "┼", "·", "◆", "◉", "◈"


class StepsAxis(Widget, can_focus=True):
    """A line with a mark at each place, one for the best of them, and one for the place that is chosen."""

    BINDINGS = [
        Binding("left", "step(-1)", "Before", show=False, id="axis.before"),
        Binding("right", "step(1)", "Next", show=False, id="axis.next"),
        Binding("home", "go(0)", "First", show=False, id="axis.first"),
        Binding("end", "go(-1)", "Last", show=False, id="axis.last"),
    ]
    COMPONENT_CLASSES = {"axis--track", "axis--here", "axis--best"}
    DEFAULT_CSS = """
    StepsAxis { height: 1; width: 1fr; }
    StepsAxis > .axis--track { color: $foreground 40%; }
    StepsAxis > .axis--here { color: $primary; text-style: bold; }
    StepsAxis > .axis--best { color: $accent; text-style: bold; }
    StepsAxis:focus { background: $panel; }
    """

    class Chosen(Message):
        """Somebody chose a place, by its index."""

        def __init__(self, axis: StepsAxis, index: int) -> None:
            super().__init__()
            self.axis, self.index = axis, index

        @property
        def control(self) -> StepsAxis:
            """The widget."""
            return self.axis

        def can_replace(self, message: Message) -> bool:
            """Of a drag only the newest place counts."""
            return isinstance(message, StepsAxis.Chosen) and message.axis is self.axis

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._values: tuple[float, ...] = ()
        self._at = 0
        self._best: int | None = None
        self._missing: frozenset[int] = frozenset()
        self._dragging = False

    def show(self, values: Sequence[float], at: int, *, best: int | None = None, missing: Collection[int] = ()) -> None:
        """Show places.

        Args:
            values: where each is along the line, from the least on.
            at: index of the one that is chosen.
            best: index of the best one, if that is known.
            missing: those where there is nothing to see yet.
        """
        new = tuple(values), at, best, frozenset(missing)
        if new != (self._values, self._at, self._best, self._missing):
            self._values, self._at, self._best, self._missing = new
            self.refresh()

    def _columns(self) -> list[int]:
        """The column of each place."""
        last, (low, high) = max(0, self.size.width - 1), (self._values[0], self._values[-1])
        return [round((value - low) / (high - low) * last) if high > low else 0 for value in self._values]

    def render(self) -> Text:
        """The line."""
        width = self.size.width
        if not self._values:
            return Text("")
        signs, kinds = [TRACK] * width, ["axis--track"] * width
        for index, column in enumerate(self._columns()):
            signs[column] = MISSING if index in self._missing else PLACE
        for index, sign, kind in ((self._best, BEST, "axis--best"), (self._at, HERE, "axis--here")):
            if index is not None and 0 <= index < len(self._values):
                column = self._columns()[index]
                signs[column], kinds[column] = (BEST_HERE if signs[column] == BEST else sign), kind
        text = Text(no_wrap=True)
        for sign, kind in zip(signs, kinds, strict=True):
            text.append(sign, self.get_component_rich_style(kind))
        return text

    def action_step(self, by: int) -> None:
        """So many places further on or back."""
        self._choose(self._at + by)

    def action_go(self, index: int) -> None:
        """To a place; -1 is the last."""
        self._choose(index if index >= 0 else len(self._values) - 1)

    def _choose(self, index: int) -> None:
        if self._values and (index := min(max(index, 0), len(self._values) - 1)) != self._at:
            self.post_message(self.Chosen(self, index))

    def _nearest(self, x: int) -> None:
        if self._values:
            columns = self._columns()
            self._choose(min(range(len(columns)), key=lambda index: abs(columns[index] - x)))

    def on_mouse_down(self, event: MouseDown) -> None:
        """Choose what is nearest."""
        if event.button == 1:
            self._dragging = True
            self.capture_mouse()
            self._nearest(event.x)

    def on_mouse_move(self, event: MouseMove) -> None:
        """Go along with the mouse."""
        if self._dragging:
            self._nearest(event.x)

    def on_mouse_up(self, _: MouseUp) -> None:
        """Let go."""
        if self._dragging:
            self._dragging = False
            self.release_mouse()

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Back."""
        event.stop()
        self.action_step(-1)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """On."""
        event.stop()
        self.action_step(1)
