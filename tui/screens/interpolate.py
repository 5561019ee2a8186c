"""Interpolate: walk between drawings, add and vary them, a series for print."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from tui.checkpoints import network_name
from tui.sampler import Sample
from tui.screens.playing import PlayingScreen
from tui.screens.walking import EMPTY, Ends, Frames, WalkingScreen
from tui.sheets import sketch_name
from tui.walk import EASINGS, End, Walk, What
from tui.widgets.dialog import ListDialog, ZoomScreen
from tui.widgets.gallery import Gallery
from tui.widgets.header import StudioHeader
from tui.widgets.keys import Keys
from tui.widgets.slider import Slider
from tui.widgets.walk_panel import WalkPanel

if TYPE_CHECKING:
    from drawing.drawing import Drawing

DEMO_SEEDS = (2, 5)
MORE = (
    ("what('walk')", "w  walk from end to end"),
    ("what('sum')", "m  A - B + C of the first three ends"),
    ("what('around')", "v  variations around the end under the cursor"),
    ("even", "u  even steps: as much change from each frame to the next"),
    ("loop", "o  back to the first end, or not"),
    ("kind", "s  along the sphere, or straight"),
    ("easing", "f  slowly where a leg begins, where it ends, or evenly"),
    ("play", "␣  play it (space)"),
    ("export", "e  write the sheet into the studio"),
    ("paper", "h  paper and layout, captions, edition, frame"),
)
"""Actions of the menu, and what they are called there."""


class InterpolateScreen(WalkingScreen):
    """Ends on top, the frames between them below, how to go and the sheet beside them."""

    HELP = "**Interpolate.** i in Sample or w in the tray choose the ends; here they become a series."
    BINDINGS = [
        Binding("d", "demo", "Seeds 2, 5", id="interpolate.demo"),
        Binding("i", "pick", "Ends", id="interpolate.pick"),
        Binding("a", "more", "More", id="interpolate.menu"),
        Binding("r", "reroll", "Re-roll", id="interpolate.reroll"),
        Binding("e", "export", "Export", show=False, id="interpolate.export"),
        Binding("p", "plot", "Plot", id="interpolate.plot"),
        Binding("n", "steps(-1)", "Fewer steps", show=False, id="interpolate.fewer"),
        Binding("N", "steps(1)", "More steps", show=False, id="interpolate.more"),
        Binding("s", "kind", "Path", show=False, id="interpolate.kind"),
        Binding("o", "loop", "Loop", show=False, id="interpolate.loop"),
        Binding("f", "easing", "Easing", show=False, id="interpolate.easing"),
        Binding("space", "play", "Play", id="interpolate.play"),
        Binding("plus", "strength(1)", "Stronger", show=False, key_display="+", id="interpolate.stronger"),
        Binding("minus", "strength(-1)", "Weaker", show=False, key_display="-", id="interpolate.weaker"),
        Binding("u", "even", "Even steps", show=False, id="interpolate.even"),
        Binding("w", "what('walk')", "Walk between the ends", show=False, id="interpolate.walk"),
        Binding("m", "what('sum')", "A - B + C of three ends", show=False, id="interpolate.sum"),
        Binding("v", "what('around')", "Variations around this end", show=False, id="interpolate.around"),
        Binding("comma", "move(-1)", "End earlier", show=False, id="interpolate.earlier"),
        Binding("full_stop", "move(1)", "End later", show=False, id="interpolate.later"),
        Binding("delete,backspace", "drop", "Drop end", show=False, id="interpolate.drop"),
        Binding("k", "keep", "Keep frame", show=False, id="interpolate.keep"),
        Binding("h", "paper", "Paper and layout", show=False, id="interpolate.paper"),
        Binding("left_square_bracket", "sheet(-1)", "Sheet before", show=False, id="interpolate.before"),
        Binding("right_square_bracket", "sheet(1)", "Next sheet", show=False, id="interpolate.after"),
        Binding("ctrl+b,f2", "panel", "Panel", id="interpolate.panel"),
    ]
    DEFAULT_CSS = """
    InterpolateScreen #walk-left { width: 1fr; padding: 0 1; }
    InterpolateScreen .caption { height: 1; color: $foreground 60%; }
    InterpolateScreen #walk-empty { height: 1fr; content-align: center middle; text-align: center; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._taken: tuple[End, ...] = ()

    def compose(self) -> ComposeResult:
        """Header, ends and frames, panel, footer."""
        yield StudioHeader()
        with Horizontal():
            with Vertical(id="walk-left"):
                yield Static("", classes="caption", id="walk-summary", markup=False)
                yield Ends(numbered=False, id="ends")
                yield Static("", classes="caption", id="frames-summary", markup=False)
                yield Frames(numbered=False, id="frames")
                yield Static(EMPTY, id="walk-empty")
            yield WalkPanel(self._walk, classes="panel")
        yield Keys()

    def on_mount(self) -> None:
        """Nothing is chosen yet."""
        self.query_one(Frames).focus()

    def refresh_shared(self) -> None:
        """Take the ends that were sent here, or the last two kept; another network draws all again."""
        self.look_for_choice()
        changed, self._checkpoint = self._checkpoint != self.monoline.checkpoint, self.monoline.checkpoint
        walk = self._walk
        if self.monoline.walk != self._taken:
            self._taken = self.monoline.walk
            walk = walk.through(self._taken)
        elif not walk.ends and self.monoline.tray is not None and len(self.monoline.tray.kept) >= 2:
            walk = walk.through(tuple(kept.end for kept in self.monoline.tray.kept[-2:]))
        if walk != self._walk or changed:
            self._go(walk, always=changed)
        self._show()

    # where to go, and how

    def action_demo(self) -> None:
        """Walk between two portraits that need no choice."""
        ends = tuple(End(f"seed {seed}", seed=seed) for seed in DEMO_SEEDS)
        self._go(replace(self._walk, what="walk").through(ends))

    async def action_pick(self) -> None:
        """Pick ends in the tray."""
        await self.run_action("app.tray")

    def action_kind(self) -> None:
        """Along the sphere, or straight."""
        self._go(replace(self._walk, kind="lerp" if self._walk.kind == "slerp" else "slerp"))

    def action_loop(self) -> None:
        """Back to the first end, or not."""
        self._go(replace(self._walk, loop=not self._walk.loop))

    def action_even(self) -> None:
        """Frames where the drawings change by the same amount, or where the path is as long."""
        even = not self._walk.even
        self._go(replace(self._walk, even=even, easing="linear" if even else self._walk.easing))

    def action_easing(self) -> None:
        """Slowly where a leg begins or ends, or evenly; what is re-timed has no easing."""
        after = EASINGS[(EASINGS.index(self._walk.easing) + 1) % len(EASINGS)]
        self._go(replace(self._walk, easing=after, even=self._walk.even and after == "linear"))

    def action_strength(self, by: int) -> None:
        """More of what is added, or less."""
        self.query_one("#walk-strength", Slider).action_step(2 * by)

    def action_play(self) -> None:
        """Show the frames one after the other, large."""

        def frames() -> list[Drawing | None]:
            return [None if frame is None else frame.drawing for frame in self._frames]

        walk, at = self._walk, min(self.query_one(Frames).cursor, len(self._frames) - 1)
        loop = walk.what == "walk" and walk.loop
        self.app.push_screen(PlayingScreen(frames, at, walk.words, loop=loop, motion=self.motion))

    def action_what(self, what: What) -> None:
        """Walk, add, or vary; what varies is the end under the cursor."""
        self._go(replace(self._walk, what=what, centre=self.query_one(Ends).cursor if what == "around" else 0))

    def action_more(self) -> None:
        """A menu of how else it can go."""

        async def chosen(action: str | None) -> None:
            if action is not None:
                await self.run_action(action)

        lines = [(action, words) for action, words in MORE if self.check_action(action.partition("(")[0], ())]
        self.app.push_screen(ListDialog("How to go", lines), chosen)

    def action_reroll(self) -> None:
        """The next seed for the points of all frames."""
        self._go(replace(self._walk, seed=self._walk.seed + 1))

    def action_steps(self, by: int) -> None:
        """More frames, or fewer."""
        self._go(self._walk.in_steps(self._walk.steps + by))

    def action_move(self, by: int) -> None:
        """The end under the cursor earlier or later."""
        ends = self.query_one(Ends)
        walk, index = self._walk.moved(ends.cursor, by), ends.cursor + by
        if walk != self._walk:
            self._change("move an end", walk)
            ends.action_move_to(index)

    def action_drop(self) -> None:
        """Go without the end under the cursor."""
        self._change("drop an end", self._walk.without(self.query_one(Ends).cursor))

    def _change(self, words: str, walk: Walk) -> None:
        """Go otherwise, until that is taken back."""
        before = self._walk
        if walk != before:
            self._go(walk)
            self.monoline.did(words, partial(self._go, before))

    @on(Slider.Changed)
    def _slid(self, event: Slider.Changed) -> None:
        if event.value is None:
            return
        if event.slider.id == "walk-steps":
            self._go(self._walk.in_steps(round(event.value)))
        elif event.slider.id == "walk-seed":
            self._go(replace(self._walk, seed=round(event.value)))
        elif event.slider.id == "walk-spread":
            self._go(replace(self._walk, spread=event.value))
        elif event.slider.id == "walk-strength":
            self._go(replace(self._walk, strength=event.value))
        else:
            self._go(replace(self._walk, temperature=event.value))

    # a frame

    def _frame(self) -> Sample | None:
        cursor = self.query_one(Frames).cursor
        return self._frames[cursor] if cursor < len(self._frames) else None

    @on(Gallery.Chosen)
    def _chosen(self) -> None:
        self.refresh_keys()

    @on(Gallery.Opened, "#frames")
    def _zoomed(self) -> None:
        if (frame := self._frame()) is not None:
            self.app.push_screen(ZoomScreen(frame.drawing))

    def action_keep(self) -> None:
        """Put the frame under the cursor in the tray."""
        if (frame := self._frame()) is not None:
            self.monoline.keep(frame.drawing, frame.recipe, sketch_name(network_name(self._checkpoint), frame.recipe))
            self.notify("The frame is in the tray.", timeout=2)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs ends, frames, a tray or a sheet waits for them."""
        tray = self.monoline.tray
        if action == "pick" and (tray is None or not tray.kept):
            return None
        if (
            action in ("kind", "loop", "even", "easing", "what", "reroll", "steps", "move", "drop")
            and not self._walk.ends
        ):
            return None
        if action in ("kind", "loop", "even", "easing") and self._walk.what != "walk":
            return None
        if action == "strength" and self._walk.what != "sum":
            return None
        if action == "play" and not self._walk.possible:
            return None
        if action in ("export", "plot") and (not self._walk.possible or self.monoline.studio is None):
            return None
        if action == "sheet" and len(self._every) < 2:
            return None
        if action == "keep" and self._frame() is None:
            return None
        return True
