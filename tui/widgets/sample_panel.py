"""SamplePanel: the sliders of Sample, and the drawing under the cursor with its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from tui.widgets.canvas import Canvas
from tui.widgets.slider import Slider

if TYPE_CHECKING:
    from tui.sampler import Sample


class SamplePanel(Vertical):
    """How to draw, above what was drawn."""

    DEFAULT_CSS = """
    SamplePanel { width: 36; padding: 0 1; border-left: solid $panel; }
    SamplePanel Canvas { margin-top: 1; }
    SamplePanel #sample-numbers { height: 3; color: $foreground 70%; }
    """

    def __init__(self, first_seed: int, temperature: float, *, classes: str = "") -> None:
        super().__init__(classes=classes)
        self._first_seed, self._temperature = first_seed, temperature

    def compose(self) -> ComposeResult:
        """Four sliders, a canvas, three lines."""
        yield Slider("temperature", self._temperature, least=0.05, most=1.5, step=0.05, id="temperature")
        yield Slider("pen temperature", None, least=0.05, most=1.5, step=0.05, off="the same", id="pen")
        yield Slider("most points", None, least=10, most=250, step=10, off="as trained", id="max-points")
        yield Slider("first seed", self._first_seed, least=0, most=9999, step=1, id="first-seed")
        yield Canvas(id="sample-canvas")
        yield Static("", id="sample-numbers", markup=False)

    def tell(self, sample: Sample | None, *, kept: bool) -> None:
        """Show a drawing, or none."""
        self.query_one(Canvas).show(None if sample is None else sample.drawing)
        self.query_one("#sample-numbers", Static).update("" if sample is None else _figures(sample, kept=kept))


def _figures(sample: Sample, *, kept: bool) -> str:
    drawing = sample.drawing
    strokes = "1 stroke" if len(drawing.lines) == 1 else f"{len(drawing.lines)} strokes"
    end = "" if sample.finished else ", cut off"
    likely = f"{sample.nats_per_point:+.2f} nats a point, " if sample.nats_per_point is not None else ""
    return (
        f"seed {sample.seed}  temperature {sample.temperature:g}\n"
        f"{strokes}, {drawing.points} points{end}\n{likely}{'in the tray' if kept else 'not kept'}"
    )
