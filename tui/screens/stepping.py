"""Stepping: along a drawing point by point, with what the network expected at each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Static

from tui.sampler import Foreseen, SamplingEnded
from tui.widgets.curve_strip import CurveStrip
from tui.widgets.foresight_view import ForesightView
from tui.widgets.keys import Keys
from tui.widgets.modal import Modal

if TYPE_CHECKING:
    from tui.app import Monoline
    from tui.foresight import Foresight, Step

WAITING = "The network looks along the line ..."
LEAP = 10


class SteppingScreen(Modal[None]):
    """The line up to a point, what was expected then and what came, in figures too; entropy along the line below."""

    HELP = "**Step by step.** Where the network expected the next point, and where it came; ← → step along the line."
    BINDINGS = [
        Binding("right", "step(1)", "Next", key_display="→", id="stepping.next"),
        Binding("left", "step(-1)", "Before", key_display="←", id="stepping.before"),
        Binding("up", f"step({LEAP})", f"{LEAP} on", key_display="↑", id="stepping.on"),
        Binding("down", f"step({-LEAP})", f"{LEAP} back", key_display="↓", id="stepping.back"),
        Binding("home", "go(0)", "First", show=False, id="stepping.first"),
        Binding("end", "go(-1)", "Last", show=False, id="stepping.last"),
        Binding("z", "near", "Near or whole", id="stepping.near"),
        Binding("escape,s,q", "close", "Back", id="stepping.close"),
    ]
    DEFAULT_CSS = """
    SteppingScreen { background: $background; }
    SteppingScreen > Vertical { padding: 0 1; }
    SteppingScreen #stepping-title { height: 1; text-style: bold; }
    SteppingScreen #stepping-figures { height: 2; color: $foreground 70%; }
    SteppingScreen #stepping-waiting { height: 1fr; content-align: center middle; text-align: center; }
    """

    def __init__(self, name: str, checkpoint: str, told: dict[str, Any]) -> None:
        """Args:
        name: of the drawing.
        told: the drawing as the worker takes it.
        """
        super().__init__()
        self._name, self._checkpoint, self._told = name, checkpoint, told
        self._foresight: Foresight | None = None
        self._request = 0

    def compose(self) -> ComposeResult:
        """Title, view, figures, strip."""
        with Vertical():
            yield Static(self._name, id="stepping-title", markup=False)
            yield Static(WAITING, id="stepping-waiting", markup=False)
            yield ForesightView(id="stepping-view")
            yield Static("", id="stepping-figures", markup=False)
            yield CurveStrip("entropy of the next point, in nats", id="stepping-strip")
        yield Keys(show_command_palette=False)

    def on_mount(self) -> None:
        """Ask the network."""
        self.query_one(ForesightView).display = False
        sampler = cast("Monoline", self.app).sampler
        self._request = sampler.ask(self, "density", self._checkpoint, drawing=self._told)

    def on_unmount(self) -> None:
        """Nobody waits any more."""
        cast("Monoline", self.app).sampler.cancel(self._request)

    @on(Foreseen)
    def _foreseen(self, event: Foreseen) -> None:
        self._foresight = event.foresight
        self.query_one("#stepping-waiting").display = False
        view = self.query_one(ForesightView)
        view.display = True
        view.show(event.foresight)
        self.query_one(CurveStrip).show([step.entropy for step in event.foresight.steps])
        self.action_go(0)

    @on(SamplingEnded)
    def _ended(self, event: SamplingEnded) -> None:
        if event.error:
            self.query_one("#stepping-waiting", Static).update(f"It can't be looked at.\n\n{event.error}")

    @on(CurveStrip.Clicked)
    def _clicked(self, event: CurveStrip.Clicked) -> None:
        self.action_go(event.step)

    def action_step(self, by: int) -> None:
        """So many points further on or back."""
        self.action_go(max(0, self.query_one(ForesightView).step + by))

    def action_go(self, step: int) -> None:
        """To a point; -1 is the last one."""
        if self._foresight is None:
            return
        last = len(self._foresight.steps) - 1
        step = last if step < 0 else min(step, last)
        self.query_one(ForesightView).step = self.query_one(CurveStrip).step = step
        self.query_one("#stepping-title", Static).update(f"{self._name}   point {step + 1} of {last + 1}")
        self.query_one("#stepping-figures", Static).update(figures(self._foresight.steps[step]))

    def action_near(self) -> None:
        """Look closely at what is expected, or at the whole drawing again."""
        view = self.query_one(ForesightView)
        view.near = not view.near

    def action_close(self) -> None:
        """Back."""
        self.dismiss()


def figures(step: Step) -> str:
    """A step in two lines: what was expected, and what came."""
    down, up, end = step.pen
    gaussians = "1 Gaussian" if len(step.components) == 1 else f"{len(step.components)} Gaussians"
    pen = f"pen down {down:.0%}, up {up:.0%}, end {end:.0%}, entropy {step.pen_entropy:.2f}"
    came = "the line ended here" if step.nats is None else f"◆ the next point: {step.nats:+.2f} nats"
    return f"{gaussians}, entropy {step.entropy:+.2f}; {pen}\n{came}, its pen {step.pen_nats:.2f}"
