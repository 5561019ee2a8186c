"""ChangeDialog: other heights, another speed, another pen, for a plot that is paused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Label, Select, Static

from tui.widgets.modal import Modal

if TYPE_CHECKING:
    from plotter.axidraw import PlotSettings
    from plotter.pens import Pen

FIELDS = (
    ("pen_up_pct", "pen raised, %"),
    ("pen_down_pct", "pen on paper, %"),
    ("speed_down_mm_s", "speed, mm/s"),
)


@dataclass(frozen=True)
class Change:
    """What is to be different from here on."""

    values: dict[str, float] = field(default_factory=dict[str, float])
    """By the names of PlotSettings."""
    pen: str | None = None
    """Another pen; None if it is the same."""


class ChangeDialog(Modal[Change | None]):
    """A line for each number; enter takes them all."""

    BINDINGS = [Binding("escape", "close", "Cancel", id="change.cancel")]
    DEFAULT_CSS = """
    ChangeDialog { align: center middle; background: $background 60%; }
    ChangeDialog .row { height: 1; margin-bottom: 1; }
    ChangeDialog Label { width: 18; }
    ChangeDialog .name { width: 1fr; color: $foreground 60%; }
    ChangeDialog Input { width: 12; margin-right: 2; }
    ChangeDialog Select { width: 1fr; }
    """

    def __init__(self, settings: PlotSettings, pens: Sequence[Pen] = (), pen: str = "") -> None:
        """Args:
        settings: as they are.
        pens: that may be put in; none leaves out the choice.
        pen: the one that is in.
        """
        super().__init__()
        self._settings, self._pens, self._pen = settings, tuple(pens), pen
        self._chosen = pen

    def compose(self) -> ComposeResult:
        """A pen if there are any, then the numbers."""
        with Vertical(classes="dialog"):
            yield Static("From here on", classes="title", markup=False)
            if self._pens:
                with Horizontal(classes="row"):
                    yield Label("pen")
                    names = [pen.name for pen in self._pens]
                    options = [*(() if self._pen in names else [("the one that is in", self._pen)])]
                    options += [(name, name) for name in names]
                    yield Select(options, value=self._pen, allow_blank=False, compact=True, id="other-pen")
            for name, words in FIELDS:
                with Horizontal(classes="row"):
                    yield Label(words)
                    yield Input(f"{getattr(self._settings, name):g}", compact=True, id=name)
                    yield Label(name, classes="name")
            yield Static("enter takes all, tab goes to the next, esc goes back", id="reason", markup=False)

    def on_mount(self) -> None:
        """The height on the paper is what is changed most."""
        self.query_one("#pen_down_pct").focus()

    @on(Select.Changed)
    def _pen_chosen(self, event: Select.Changed) -> None:
        if event.value == self._chosen:  # as it was shown at first: numbers that were changed since stay
            return
        self._chosen = str(event.value)
        pen = next((pen for pen in self._pens if pen.name == self._chosen), None)
        for name, _ in FIELDS:
            if pen is not None and (value := getattr(pen, name)) is not None:
                self.query_one(f"#{name}", Input).value = f"{value:g}"

    def on_input_submitted(self) -> None:
        """Enter takes all the numbers, if they can be."""
        from pydantic import ValidationError

        from plotter.axidraw import PlotSettings

        texts = {name: self.query_one(f"#{name}", Input).value.strip().replace(",", ".") for name, _ in FIELDS}
        try:
            new = PlotSettings.model_validate({**self._settings.model_dump(), **texts})
        except ValidationError as error:
            first = error.errors()[0]
            self._say(f"{first['loc'][0]}: {first['msg'][:1].lower()}{first['msg'][1:]}.")
            return
        if new.pen_up_pct <= new.pen_down_pct:
            self._say(f"Raised to {new.pen_up_pct:g} % the pen is no higher than on the paper.")
            return
        values = {name: float(getattr(new, name)) for name, _ in FIELDS}
        changed = {name: value for name, value in values.items() if value != getattr(self._settings, name)}
        pen = next((pen for pen in self._pens if self._chosen != self._pen and pen.name == self._chosen), None)
        own = {} if pen is None else pen.put_in()  # its hops and overlap, too, of which there is nothing to see here
        changed |= {
            name: value for name, value in own.items() if name not in values and value != getattr(self._settings, name)
        }
        self.dismiss(Change(changed, self._chosen if self._chosen != self._pen else None))

    def _say(self, text: str) -> None:
        self.query_one("#reason", Static).update(text)

    def action_close(self) -> None:
        """Escape changes nothing."""
        self.dismiss(None)
