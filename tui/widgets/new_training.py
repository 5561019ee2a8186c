"""NewTraining: what to train, on what, and for how long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Label, Select, Static

from tui.widgets.modal import Modal

FRESH = ""
"""Begin with random weights."""
MINUTES = "10"
QUICKEST = "small"


@dataclass(frozen=True)
class NewRun:
    """A training to be started."""

    preset: str
    data: Path
    from_: str
    """Name or path of a checkpoint to begin with; FRESH for none."""
    minutes: float | None
    steps: int | None

    def arguments(self) -> dict[str, Any]:
        """As the training takes them."""
        return {
            "preset": self.preset,
            "data": str(self.data),
            "overrides": [],
            "steps": self.steps,
            "minutes": self.minutes,
            "device": "auto",
            "from_": self.from_ or None,
            "resume": False,
        }


class NewTraining(Modal[NewRun | None]):
    """Ask for preset, dataset, beginning, minutes and steps; enter starts."""

    BINDINGS = [
        Binding("escape", "close", "Cancel", id="new_training.cancel"),
        Binding("ctrl+s", "start", "Start", id="new_training.start"),
    ]
    DEFAULT_CSS = """
    NewTraining { align: center middle; background: $background 60%; }
    NewTraining > Vertical {
        width: 64; max-width: 96%; height: auto; padding: 1 2; border: round $primary; background: $surface;
    }
    NewTraining .title { text-style: bold; margin-bottom: 1; }
    NewTraining Horizontal { height: 1; }
    NewTraining Label { width: 12; color: $foreground 70%; }
    NewTraining Select, NewTraining Input { width: 1fr; }
    NewTraining #about { height: 3; margin-top: 1; color: $foreground 60%; }
    NewTraining #buttons { height: 1; margin-top: 1; }
    NewTraining Button { margin-right: 2; }
    """

    def __init__(
        self,
        presets: Sequence[str],
        datasets: Sequence[tuple[str, Path]],
        beginnings: Sequence[tuple[str, str]],
        about: Callable[[str], str],
    ) -> None:
        """Args:
        presets: names of those that train, at least one.
        datasets: name and path, the suggested one first, at least one.
        beginnings: name and checkpoint that a training can begin with.
        about: tells of a preset in one or two lines.
        """
        super().__init__()
        self._presets, self._datasets, self._about = presets, datasets, about
        self._beginnings = [("random weights", FRESH), *beginnings]

    def compose(self) -> ComposeResult:
        """One line a question."""
        with Vertical():
            yield Static("Train a network", classes="title")
            with Horizontal():
                yield Label("preset")
                options = [(name, name) for name in self._presets]
                yield Select(options, value=self._presets[0], allow_blank=False, compact=True, id="preset")
            with Horizontal():
                yield Label("drawings")
                files = [(name, str(path)) for name, path in self._datasets]
                yield Select(files, value=files[0][1], allow_blank=False, compact=True, id="data")
            with Horizontal():
                yield Label("begin with")
                yield Select(self._beginnings, value=FRESH, allow_blank=False, compact=True, id="from")
            with Horizontal():
                yield Label("minutes")
                yield Input(MINUTES, placeholder="no limit", compact=True, id="minutes")
            with Horizontal():
                yield Label("steps")
                yield Input(placeholder="as the preset says", compact=True, id="steps")
            yield Static("", id="about", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Start", variant="primary", compact=True, id="start")
                yield Button("Cancel", compact=True, id="cancel")

    def on_mount(self) -> None:
        """Enter starts at once: what is there is a good beginning."""
        self.query_one("#start").focus()

    @on(Select.Changed, "#preset")
    def _preset_changed(self) -> None:
        self._say(self._about(str(self.query_one("#preset", Select).value)))

    def _say(self, text: str) -> None:
        self.query_one("#about", Static).update(text)

    @on(Button.Pressed, "#start")
    @on(Input.Submitted)
    def action_start(self) -> None:
        """Start, if the numbers are numbers."""
        minutes, steps = (self.query_one(f"#{name}", Input).value.strip() for name in ("minutes", "steps"))
        if minutes and not _positive(minutes):
            self._say(f"minutes: {minutes} is no number above zero; leave it empty for no limit.")
            self.query_one("#minutes").focus()
            return
        if steps and not steps.isdecimal():
            self._say(f"steps: {steps} is no whole number; leave it empty for what the preset says.")
            self.query_one("#steps").focus()
            return
        preset, data, from_ = (str(self.query_one(f"#{name}", Select).value) for name in ("preset", "data", "from"))
        limits = float(minutes) if minutes else None, int(steps) if steps else None
        self.dismiss(NewRun(preset, Path(data), from_, *limits))

    @on(Button.Pressed, "#cancel")
    def action_close(self) -> None:
        """Start nothing."""
        self.dismiss(None)


def _positive(text: str) -> bool:
    try:
        return 0 < float(text) < float("inf")
    except ValueError:
        return False


def presets() -> list[str]:
    """Names of the presets that train, the quickest one first."""
    from model.settings import train_presets

    return sorted(train_presets(), key=lambda name: (name != QUICKEST, name))


def beginnings(own: Sequence[tuple[str, Path]]) -> list[tuple[str, str]]:
    """Checkpoints that a training can begin with: those that come with monoline, then one's own."""
    from model.bundled import bundled

    return [*((name, name) for name in bundled()), *((name, str(path)) for name, path in own if path.exists())]


def about_preset(name: str) -> str:
    """A preset in two lines."""
    from configs.load import load
    from model.settings import TrainSettings

    settings = load(TrainSettings, name)
    net, fit = settings.net, settings.fit
    shape = f"encoder {net.encoder}, z {net.latent}, " if net.kind == "conditional" else ""
    if net.body == "transformer":
        shape += f"transformer {net.layers} x {net.decoder}"
    else:
        shape += f"{CELLS[net.cell]} {net.decoder}"
    return f"{net.kind}: {shape}, {net.mixtures} Gaussians\nbatches of {fit.batch}, {fit.steps:,} steps"


CELLS = {"lstm": "LSTM", "layer_norm": "layer-norm LSTM", "hyper": "HyperLSTM"}
"""What cells are called where there is little room."""
