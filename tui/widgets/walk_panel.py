"""WalkPanel: how Interpolate goes, and the sheet that comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from tui.walk import LEAST_STEPS, MOST_STEPS
from tui.widgets.sheet_view import SheetView
from tui.widgets.slider import Slider

if TYPE_CHECKING:
    from tui.walk import Walk


class WalkPanel(Vertical):
    """Sliders, the kind of path, the sheet at its true proportion."""

    DEFAULT_CSS = """
    WalkPanel { width: 42%; min-width: 34; max-width: 96; padding: 0 1; border-left: solid $panel; }
    WalkPanel Static { height: 1; }
    WalkPanel #walk-sheet-name { color: $foreground 70%; }
    """

    def __init__(self, walk: Walk, *, classes: str = "") -> None:
        super().__init__(classes=classes)
        self._walk = walk

    def compose(self) -> ComposeResult:
        """Three sliders, two lines that can be clicked, the sheet."""
        walk = self._walk
        yield Slider("steps", walk.steps, least=LEAST_STEPS, most=MOST_STEPS, step=1, id="walk-steps")
        yield Slider("temperature", walk.temperature, least=0.05, most=1.0, step=0.05, id="walk-temperature")
        yield Slider("seed of the points", walk.seed, least=0, most=9999, step=1, id="walk-seed")
        yield Static("", id="walk-kind")
        yield Static("", id="walk-loop")
        yield Static("", id="walk-sheet-name")
        yield SheetView(empty="The sheet appears here.", id="walk-sheet")

    def tell(self, walk: Walk, paper: str) -> None:
        """Show how it goes now."""
        for name, value in (("steps", walk.steps), ("temperature", walk.temperature), ("seed", walk.seed)):
            self.query_one(f"#walk-{name}", Slider).show(value)
        self.query_one("#walk-kind", Static).update(_choice("path", ("slerp", "lerp"), walk.kind, "kind"))
        self.query_one("#walk-loop", Static).update(
            _choice("end", ("open", "loop"), "loop" if walk.loop else "open", "loop")
        )
        self.query_one("#walk-sheet-name", Static).update(f"sheet [@click=screen.paper]{paper}[/]  h")


def _choice(label: str, names: tuple[str, ...], chosen: str, action: str) -> str:
    words = "  ".join(f"[b reverse] {name} [/]" if name == chosen else f" {name} " for name in names)
    return f"{label:5} [@click=screen.{action}]{words}[/]"
