"""WalkPanel: how Interpolate goes, and the sheet that comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from tui.walk import EASINGS, LEAST_STEPS, MOST_STEPS
from tui.widgets.sheet_view import SheetView
from tui.widgets.slider import Slider

if TYPE_CHECKING:
    from tui.walk import Walk, What


class WalkPanel(Vertical):
    """Sliders, the kind of path, the sheet at its true proportion."""

    DEFAULT_CSS = """
    WalkPanel { width: 42%; min-width: 34; max-width: 96; padding: 0 1; border-left: solid $panel; }
    WalkPanel Static { height: 1; }
    WalkPanel #walk-sheet-name { color: $foreground 70%; }
    WalkPanel #walk-effort { height: 3; display: none; color: $foreground 70%; }
    """

    def __init__(self, walk: Walk, *, classes: str = "") -> None:
        super().__init__(classes=classes)
        self._walk = walk

    def compose(self) -> ComposeResult:
        """Sliders, lines that can be clicked, the sheet."""
        walk = self._walk
        yield Static("", id="walk-what")
        yield Slider("steps", walk.steps, least=LEAST_STEPS, most=MOST_STEPS, step=1, id="walk-steps")
        yield Slider("temperature", walk.temperature, least=0.05, most=1.0, step=0.05, id="walk-temperature")
        yield Slider("seed of the points", walk.seed, least=0, most=9999, step=1, id="walk-seed")
        yield Slider("how far around", walk.spread, least=0.05, most=1.0, step=0.05, id="walk-spread")
        yield Slider("strength of C - B", walk.strength, least=-2.0, most=2.0, step=0.05, id="walk-strength")
        yield Static("", id="walk-kind")
        yield Static("", id="walk-loop")
        yield Static("", id="walk-easing")
        yield Static("", id="walk-even")
        yield Static("", id="walk-sheet-name")
        yield Static("", id="walk-effort", markup=False)
        yield SheetView(empty="The sheet appears here.", id="walk-sheet")

    def tell(self, walk: Walk, sheet: str) -> None:
        """Show how it goes now, what the sheet is, and only what there is to choose."""
        sliders = (("steps", walk.steps), ("temperature", walk.temperature), ("seed", walk.seed))
        for name, value in (*sliders, ("spread", walk.spread), ("strength", walk.strength)):
            self.query_one(f"#walk-{name}", Slider).show(value)
        self.query_one("#walk-spread").display = walk.what == "around"
        self.query_one("#walk-strength").display = walk.what == "sum"
        even, loop = "even" if walk.even else "as it comes", "loop" if walk.loop else "open"
        for name, choices, chosen in (
            ("kind", ("slerp", "lerp"), walk.kind),
            ("loop", ("open", "loop"), loop),
            ("easing", EASINGS, walk.easing),
            ("even", ("as it comes", "even"), even),
        ):
            line = self.query_one(f"#walk-{name}", Static)
            line.display = walk.what == "walk"
            line.update(_choice(LABELS[name], choices, chosen, name))
        words = "  ".join(_word(name, f"what('{what}')", chosen=walk.what == what) for what, name in WHAT.items())
        self.query_one("#walk-what", Static).update(f"{'what':6} {words}")
        self.query_one("#walk-sheet-name", Static).update(f"sheet [@click=screen.paper]{sheet}[/]  h")

    def tell_effort(self, words: str) -> None:
        """Show what drawing the sheet takes, three lines, where there is room for them; nothing for none."""
        effort = self.query_one("#walk-effort", Static)
        effort.update(words)
        effort.display = self.app.size.height >= ROOM


ROOM = 30
"""Lines of a terminal from which on there is room to tell what a sheet takes."""
LABELS = {"kind": "path", "loop": "end", "easing": "ease", "even": "change"}
WHAT: dict[What, str] = {"walk": "walk", "sum": "A - B + C", "around": "around"}


def _choice(label: str, names: tuple[str, ...], chosen: str, action: str) -> str:
    between = "  " if len(names) < 4 else ""  # four of them fill the panel of a narrow terminal
    words = between.join(f"[b reverse] {name} [/]" if name == chosen else f" {name} " for name in names)
    return f"{label:6} [@click=screen.{action}]{words}[/]"


def _word(name: str, action: str, *, chosen: bool) -> str:
    shown = f"[b reverse] {name} [/]" if chosen else f" {name} "
    return f"[@click=screen.{action}]{shown}[/]"
