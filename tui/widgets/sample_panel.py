"""SamplePanel: the sliders of Sample, and the drawing under the cursor with its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from tui.manner import MOST_OF, Manner
from tui.widgets.canvas import Canvas
from tui.widgets.slider import Slider

if TYPE_CHECKING:
    from tui.growth import Growing
    from tui.sampler import Sample


class SamplePanel(Vertical):
    """How to draw, above what was drawn."""

    DEFAULT_CSS = """
    SamplePanel { width: 36; padding: 0 1; border-left: solid $panel; }
    SamplePanel Canvas { margin-top: 1; }
    SamplePanel #one-line { height: 1; }
    SamplePanel #sample-numbers { height: 3; color: $foreground 70%; }
    """

    def __init__(self, first_seed: int, temperature: float, *, classes: str = "") -> None:
        super().__init__(classes=classes)
        self._first_seed, self._temperature = first_seed, temperature

    def compose(self) -> ComposeResult:
        """Sliders, a choice, a canvas, three lines."""
        yield Slider("temperature", self._temperature, least=0.05, most=1.5, step=0.05, id="temperature")
        yield Slider("pen temperature", None, least=0.05, most=1.5, step=0.05, off="the same", id="pen")
        yield Slider("most points", None, least=10, most=250, step=10, off="as trained", id="max-points")
        yield Slider("first seed", self._first_seed, least=0, most=9999, step=1, id="first-seed")
        yield Slider("best of", 1, least=1, most=MOST_OF, step=1, id="best-of")
        yield Slider("how far around", 0.3, least=0.05, most=1.0, step=0.05, id="spread")
        yield Static("", id="one-line")
        yield Canvas(id="sample-canvas")
        yield Static("", id="sample-numbers", markup=False)

    def tell_manner(self, manner: Manner) -> None:
        """Show how it is drawn, and only what can be chosen there."""
        seeds = manner.source.kind == "seeds"
        for name, shown in (("best-of", seeds), ("one-line", seeds), ("spread", manner.source.kind == "vary")):
            self.query_one(f"#{name}").display = shown
        self.query_one("#best-of", Slider).show(manner.best_of)
        self.query_one("#spread", Slider).show(manner.source.spread)
        words = [f"[b reverse] {name} [/]" if chosen else f" {name} " for name, chosen in _strokes(manner)]
        self.query_one("#one-line", Static).update(f"strokes [@click=screen.one_line]{' '.join(words)}[/]")

    def tell(self, sample: Sample | None, *, kept: bool) -> None:
        """Show a drawing, or none."""
        if sample is None:
            self.query_one(Canvas).show(None)
        else:
            self.query_one(Canvas).show(sample.drawing, given(sample))
        self.query_one("#sample-numbers", Static).update("" if sample is None else _figures(sample, kept=kept))

    def tell_growing(self, line: Growing) -> None:
        """Show a drawing as far as it has come."""
        self.query_one(Canvas).show(line.drawing, box=line.box)
        self.query_one("#sample-numbers", Static).update(f"being drawn, {line.drawing.points} points so far")

    def tell_rejected(self, count: int, reasons: tuple[str, ...]) -> None:
        """Say why there is no drawing."""
        self.query_one(Canvas).show(None)
        why = "; ".join(reasons)
        self.query_one("#sample-numbers", Static).update(f"{count} of {count} rejected\n{why}")


def given(sample: Sample) -> int:
    """How many of a drawing's first points were given, and are told apart."""
    return len(sample.recipe.beginning or ())


def _strokes(manner: Manner) -> tuple[tuple[str, bool], ...]:
    return ("any", not manner.one_line), ("one line", manner.one_line)


def _figures(sample: Sample, *, kept: bool) -> str:
    drawing = sample.drawing
    strokes = "1 stroke" if len(drawing.lines) == 1 else f"{len(drawing.lines)} strokes"
    end = "" if sample.finished else ", cut off"
    likely = f"{sample.nats_per_point:+.2f} nats a point, " if sample.nats_per_point is not None else ""
    return (
        f"seed {sample.seed}  temperature {sample.temperature:g}\n"
        f"{strokes}, {drawing.points} points{end}\n{likely}{'in the tray' if kept else 'not kept'}"
    )
