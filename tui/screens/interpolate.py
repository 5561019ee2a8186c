"""Interpolate: walk between drawings, add and vary them, a series for print."""

from __future__ import annotations

from dataclasses import replace

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Static

from tui.checkpoints import network_name
from tui.messages import WorkFailed
from tui.sampler import Evened, Sample, Sampled, SamplingEnded, SamplingProgress
from tui.screens.walk_sheet import WalkSheetScreen
from tui.sheets import sketch_name
from tui.walk import ENDS, End, Walk, What
from tui.widgets.dialog import ListDialog, ZoomScreen
from tui.widgets.gallery import Gallery
from tui.widgets.header import StudioHeader
from tui.widgets.keys import Keys
from tui.widgets.sheet_view import SheetView
from tui.widgets.slider import Slider
from tui.widgets.walk_panel import WalkPanel

DEMO_SEEDS = (2, 5)
PATIENCE_S = 0.15
"""How long a slider must rest before anything is drawn."""
EMPTY = (
    "A walk leads from one drawing to another.\n\n"
    "Press [b]d[/b] to walk between two portraits, seeds 2 and 5,\n"
    "or keep two drawings with [b]k[/b] in Sample ([b]3[/b]) and come back."
)
TOO_FEW = "{count} needed: [b]i[/b] picks from the tray, [b]d[/b] walks between seeds 2 and 5."
MORE = (
    ("what('walk')", "w  walk from end to end"),
    ("what('sum')", "m  A - B + C of the first three ends"),
    ("what('around')", "v  variations around the end under the cursor"),
    ("even", "u  even steps: as much change from each frame to the next"),
    ("loop", "o  back to the first end, or not"),
    ("kind", "s  along the sphere, or straight"),
    ("paper", "h  paper and layout, captions, edition, frame"),
)
"""Actions of the menu, and what they are called there."""


class Ends(Gallery):
    """The drawings that the walk leads through."""

    CELL_WIDTH, CELL_HEIGHT = 15, 6
    DEFAULT_CSS = "Ends { height: 7; }"


class Frames(Gallery):
    """The drawings on the way."""

    CELL_WIDTH, CELL_HEIGHT = 12, 7


class InterpolateScreen(WalkSheetScreen):
    """Ends on top, the frames between them below, how to go and the sheet beside them."""

    HELP = "**Interpolate.** i in Sample or w in the tray choose the ends; here they become a series."
    BINDINGS = [
        Binding("d", "demo", "Seeds 2, 5", id="interpolate.demo"),
        Binding("i", "pick", "Ends", id="interpolate.pick"),
        Binding("a", "more", "More", id="interpolate.menu"),
        Binding("r", "reroll", "Re-roll", id="interpolate.reroll"),
        Binding("e", "export", "Export", id="interpolate.export"),
        Binding("p", "plot", "Plot", id="interpolate.plot"),
        Binding("n", "steps(-1)", "Fewer steps", show=False, id="interpolate.fewer"),
        Binding("N", "steps(1)", "More steps", show=False, id="interpolate.more"),
        Binding("s", "kind", "Path", show=False, id="interpolate.kind"),
        Binding("o", "loop", "Loop", show=False, id="interpolate.loop"),
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
        self._request = 0
        self._ends_request = 0
        self._timer: Timer | None = None
        self._taken: tuple[End, ...] = ()
        self._evened: tuple[float, float] | None = None
        """The largest change between two frames over the mean one, before the re-timing and after."""
        self._share = 0.0
        """How far the drawing of the frames is; a re-timing looks at many more first."""

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

    # what is shown

    def _go(self, walk: Walk, *, always: bool = False) -> None:
        """Go another way; frames are drawn once the sliders rest."""
        if walk == self._walk and not always:
            return
        self._walk, self._sheets, self._evened, self._share = walk, {}, None, 0.0
        self._frames = [None] * (walk.steps if walk.possible else 0)
        for request in (self._request, self._ends_request):
            self.monoline.sampler.cancel(request)
        self._request = self._ends_request = 0
        ends, frames = self.query_one(Ends), self.query_one(Frames)
        ends.show([end.drawing for end in walk.ends], walk.labels, cursor=ends.cursor)
        names = [f"{step + 1}" for step in range(len(self._frames))]
        frames.show([None] * len(self._frames), names, all_in_view=True, cursor=frames.cursor)
        self.query_one(SheetView).show(None)
        if self._timer is not None:
            self._timer.stop()
        if walk.ends:
            self._timer = self.set_timer(PATIENCE_S, self._draw)
        self._show()

    def _show(self) -> None:
        walk = self._walk
        self.query_one(WalkPanel).tell(walk, self._choice.words)
        self.query_one("#walk-summary", Static).update(f"{network_name(self._checkpoint)}  {walk.words}")
        done = sum(frame is not None for frame in self._frames)
        state = f"drawn {done} of {len(self._frames)}" if done < len(self._frames) else "all drawn"
        if walk.even and self._share and self._evened is None and not done:  # many more are looked at first
            state = f"looking for even steps, {self._share:.0%} of the way"
        if walk.stands_still:
            state += "  two ends are of one seed, or alike: no way between them"
        if self._evened is not None:
            before, after = self._evened
            was = f"{before:.1f} before" if before - after >= 0.05 else "as before"
            state += f"  largest change {after:.1f} times the mean, {was}"
        loading = f"  loading {self.monoline.loading} ..." if self.monoline.loading else ""
        self.query_one("#frames-summary", Static).update(f"{len(self._frames)} frames  {state}{loading}")
        for name in ("#ends", "#frames", "#frames-summary"):
            self.query_one(name).display = walk.possible or (name == "#ends" and bool(walk.ends))
        empty = self.query_one("#walk-empty", Static)
        empty.display = not walk.possible
        lacking = ENDS[walk.what] - len(walk.ends)
        count = "One more drawing is" if lacking == 1 else f"{lacking} more drawings are"
        empty.update(TOO_FEW.format(count=count) if walk.ends else EMPTY)
        self.refresh_keys()

    # drawing

    def _draw(self) -> None:
        """Ask for the frames, and for ends of which only the seed is known."""
        walk = self._walk
        unseen = [end.seed for end in walk.ends if end.drawing is None]
        if unseen:
            items = [{"seed": seed, "temperature": walk.temperature} for seed in unseen]
            self._ends_request = self.monoline.sampler.ask(self, "draw", self._checkpoint, items=items)
        if walk.possible:
            self._request = self.monoline.sampler.ask(self, walk.verb, self._checkpoint, **walk.request())

    @on(Sampled)
    def _sampled(self, event: Sampled) -> None:
        if event.request == self._request:
            self._frames[event.index] = event.sample
            self.query_one(Frames).put(event.index, event.sample.drawing)
        elif event.request == self._ends_request:
            sample = event.sample
            for index, end in enumerate(self._walk.ends):
                if end.drawing is None and end.seed == sample.seed:
                    self.query_one(Ends).put(index, sample.drawing)
        self._show()

    @on(SamplingProgress)
    def _progressed(self, event: SamplingProgress) -> None:
        if event.request == self._request:
            self._share = event.share
            self._show()

    @on(Evened)
    def _was_evened(self, event: Evened) -> None:
        if event.request == self._request:
            self._evened = event.before, event.after
            self._show()

    @on(SamplingEnded)
    def _sampling_ended(self, event: SamplingEnded) -> None:
        if event.request not in (self._request, self._ends_request):
            return
        if event.error:
            self.post_message(WorkFailed("The walk can't be drawn", event.error))
        elif event.request == self._request:
            self._lay_out()
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
        self._go(replace(self._walk, even=not self._walk.even))

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
            self._go(walk)
            ends.action_move_to(index)

    def action_drop(self) -> None:
        """Go without the end under the cursor."""
        self._go(self._walk.without(self.query_one(Ends).cursor))

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
        if action in ("kind", "loop", "even", "what", "reroll", "steps", "move", "drop") and not self._walk.ends:
            return None
        if action in ("kind", "loop", "even") and self._walk.what != "walk":
            return None
        if action in ("export", "plot") and (not self._walk.possible or self.monoline.studio is None):
            return None
        if action == "sheet" and len(self._every) < 2:
            return None
        if action == "keep" and self._frame() is None:
            return None
        return True
