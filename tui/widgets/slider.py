"""Slider: a number in a range, by keys, wheel, mouse or typed exactly."""

from __future__ import annotations

import math

from rich.text import Text
from textual.binding import Binding
from textual.events import Click, MouseDown, MouseMove, MouseScrollDown, MouseScrollUp, MouseUp
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui.widgets.dialog import NumberDialog

COARSE = 10
"""Steps at once with page up and page down."""


class Slider(Widget, can_focus=True):
    """A label and a number over a track with a knob; where ``off`` is given, one notch below the least is None."""

    HELP = "**Slider.** ← → go by a step, with shift by ten; enter types a number. Drag it, or turn the wheel."
    BINDINGS = [
        Binding("left", "step(-1)", "Less", show=False, id="slider.less"),
        Binding("right", "step(1)", "More", show=False, id="slider.more"),
        Binding("pagedown,shift+left", f"step(-{COARSE})", "Much less", show=False, id="slider.much_less"),
        Binding("pageup,shift+right", f"step({COARSE})", "Much more", show=False, id="slider.much_more"),
        Binding("home", "edge(False)", "Least", show=False, id="slider.least"),
        Binding("end", "edge(True)", "Most", show=False, id="slider.most"),
        Binding("enter", "type", "Type", id="slider.type"),
        Binding("up", "app.focus_previous", "Up", show=False, id="slider.up"),
        Binding("down", "app.focus_next", "Down", show=False, id="slider.down"),
    ]
    COMPONENT_CLASSES = {"slider--track", "slider--done", "slider--knob"}
    DEFAULT_CSS = """
    Slider { height: 2; width: 1fr; }
    Slider > .slider--track { color: $foreground 30%; }
    Slider > .slider--done { color: $primary; }
    Slider > .slider--knob { color: $primary; text-style: bold; }
    Slider:focus { background: $panel; }
    Slider:focus > .slider--knob { color: $accent; text-style: bold; }
    """

    value: reactive[float | None] = reactive(None)

    class Changed(Message):
        """The value is another now."""

        def __init__(self, slider: Slider, value: float | None) -> None:
            super().__init__()
            self.slider = slider
            self.value = value

        @property
        def control(self) -> Slider:
            """The slider."""
            return self.slider

        def can_replace(self, message: Message) -> bool:
            """Of a drag only the newest place counts."""
            return isinstance(message, Slider.Changed) and message.slider is self.slider

    def __init__(
        self,
        label: str,
        value: float | None,
        *,
        least: float,
        most: float,
        step: float,
        off: str = "",
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        """Args:
        off: what None is called; without it the value is always a number.
        """
        super().__init__(id=id)
        self.label, self.least, self.most, self.step, self.off = label, least, most, step, off
        self.decimals = max(0, -math.floor(math.log10(step) + 1e-9))
        self.set_reactive(Slider.value, value)
        self._dragging = False

    def fit(self, value: float | None) -> float | None:
        """The nearest value that this slider may have; a typed one need not be on a notch."""
        if value is None:
            return None if self.off else self.least
        return round(min(self.most, max(self.least, value)), 6)

    def validate_value(self, value: float | None) -> float | None:
        """Values keep to the range."""
        return self.fit(value)

    def watch_value(self) -> None:
        """Tell."""
        self.post_message(self.Changed(self, self.value))

    def show(self, value: float | None) -> None:
        """Take a value over without telling."""
        self.set_reactive(Slider.value, self.fit(value))
        self.refresh()

    def text(self, value: float | None) -> str:
        """How a value is written; a typed one in between keeps its digits."""
        if value is None:
            return self.off
        return f"{value:.{self.decimals}f}" if math.isclose(round(value, self.decimals), value) else f"{value:g}"

    # the track: one place for each cell, the first one for None where there is ``off``

    @property
    def _notches(self) -> int:
        return round((self.most - self.least) / self.step)

    def _place(self) -> int:
        """Cell of the knob."""
        last = max(0, self.size.width - 1)
        if self.value is None:
            return 0
        first = 1 if self.off else 0
        return first + round((self.value - self.least) / (self.most - self.least) * (last - first))

    def _at(self, x: int) -> float | None:
        """The value of a cell of the track."""
        last, first = max(1, self.size.width - 1), 1 if self.off else 0
        if x < first:
            return None
        share = min(1.0, (x - first) / max(1, last - first))
        return self.least + round(share * self._notches) * self.step

    def render(self) -> Text:
        """Label and value, then the track."""
        room = self.size.width
        value = self.text(self.value)
        label = self.label[: max(0, room - len(value) - 1)]
        text = Text(label + " " * max(1, room - len(label) - len(value)) + value + "\n", no_wrap=True)
        place = self._place()
        for count, sign, kind in (
            (place, "━", "done"),
            (1, "○" if self.value is None else "●", "knob"),
            (room - place - 1, "─", "track"),
        ):
            text.append(sign * max(0, count), self.get_component_rich_style(f"slider--{kind}"))
        return text

    # changing it

    def action_step(self, count: int) -> None:
        """So many notches up or down."""
        if self.value is None:
            self.value = self.least + (count - 1) * self.step if count > 0 else None
            return
        index = (self.value - self.least) / self.step
        # from between two notches to the next one
        index = math.floor(index + 1e-6) + count if count > 0 else math.ceil(index - 1e-6) + count
        self.value = None if self.off and index < 0 else self.least + index * self.step

    def action_edge(self, most: bool) -> None:
        """To an end of the range."""
        self.value = self.most if most else None

    def action_type(self) -> None:
        """Ask for an exact value."""
        dialog = NumberDialog(self.label, self.text(self.value), self.least, self.most, self.off)
        self.app.push_screen(dialog, self._typed)

    def _typed(self, answer: float | str | None) -> None:
        if answer is not None:
            self.value = None if isinstance(answer, str) else answer

    def on_mouse_down(self, event: MouseDown) -> None:
        """Take the knob, or bring it here."""
        if event.button == 1 and event.y == 1:
            self._dragging = True
            self.capture_mouse()
            self.value = self._at(event.x)

    def on_mouse_move(self, event: MouseMove) -> None:
        """The knob follows the mouse, also beyond the ends of the track."""
        if self._dragging:
            self.value = self._at(max(0, min(event.x, self.size.width - 1)))

    def on_mouse_up(self, _: MouseUp) -> None:
        """Let go of the knob."""
        if self._dragging:
            self._dragging = False
            self.release_mouse()

    def on_click(self, event: Click) -> None:
        """A click on the number types an exact one."""
        if event.y == 0:
            self.action_type()

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """More."""
        event.stop()
        self.action_step(1)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Less."""
        event.stop()
        self.action_step(-1)
