"""WalkingScreen: draws the frames of Interpolate, and shows how far that is."""

from __future__ import annotations

from dataclasses import replace

from textual import on
from textual.timer import Timer
from textual.widgets import Static

from tui.checkpoints import network_name
from tui.messages import WorkFailed
from tui.sampler import Evened, Grew, Sampled, SamplingEnded, SamplingProgress
from tui.screens.walk_sheet import WalkSheetScreen
from tui.walk import ENDS, Walk
from tui.widgets.gallery import Gallery
from tui.widgets.sheet_view import SheetView
from tui.widgets.walk_panel import WalkPanel

PATIENCE_S = 0.15
"""How long a slider must rest before anything is drawn."""
EMPTY = (
    "A walk leads from one drawing to another.\n\n"
    "Press [b]d[/b] to walk between two portraits, seeds 2 and 5,\n"
    "or keep two drawings with [b]k[/b] in Sample ([b]3[/b]) and come back."
)
TOO_FEW = "{count} needed: [b]i[/b] picks from the tray, [b]d[/b] walks between seeds 2 and 5."


class Ends(Gallery):
    """The drawings that the walk leads through."""

    CELL_WIDTH, CELL_HEIGHT = 15, 6
    DEFAULT_CSS = "Ends { height: 7; }"


class Frames(Gallery):
    """The drawings on the way."""

    CELL_WIDTH, CELL_HEIGHT = 12, 7


class WalkingScreen(WalkSheetScreen):
    """Asks for the frames once the sliders rest, and takes them as they come."""

    def __init__(self) -> None:
        super().__init__()
        self._request = 0
        self._ends_request = 0
        self._live = 0
        """The request for the first frame alone, while the strength of a sum is being moved."""
        self._live_of: Walk | None = None
        self._timer: Timer | None = None
        self._evened: tuple[float, float] | None = None
        """The largest change between two frames over the mean one, before the re-timing and after."""
        self._share = 0.0
        """How far the drawing of the frames is; a re-timing looks at many more first."""

    # what is shown

    def _go(self, walk: Walk, *, always: bool = False) -> None:
        """Go another way; frames are drawn once the sliders rest."""
        if walk == self._walk and not always:
            return
        stronger = walk.what == "sum" and walk == replace(self._walk, strength=walk.strength) and not always
        self._walk, self._sheets, self._evened, self._share = walk, {}, None, 0.0
        self._frames = [None] * (walk.steps if walk.possible else 0)
        for request in (self._request, self._ends_request):
            self.monoline.sampler.cancel(request)
        self._request = self._ends_request = 0
        if stronger:  # what was there stays in view until there is something else
            self._draw_live()
        else:
            self._show_places()
        self.query_one(SheetView).show(None)
        self.query_one(WalkPanel).tell_effort("")
        if self._timer is not None:
            self._timer.stop()
        if walk.ends:
            self._timer = self.set_timer(PATIENCE_S, self._draw)
        self._show()

    def _show_places(self) -> None:
        walk = self._walk
        ends, frames = self.query_one(Ends), self.query_one(Frames)
        ends.show([end.drawing for end in walk.ends], walk.labels, cursor=ends.cursor)
        names = [f"{step + 1}" for step in range(len(self._frames))]
        frames.show([None] * len(self._frames), names, all_in_view=True, cursor=frames.cursor)

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
            fields = {**walk.request(), "grow": self.motion}
            self._request = self.monoline.sampler.ask(self, walk.verb, self._checkpoint, **fields)

    def _draw_live(self) -> None:
        """Ask for the first frame alone, which shows at once what a strength does; one at a time."""
        if not self._live and self._walk.possible and self._live_of != self._walk:
            self._live_of = self._walk
            fields = {**self._walk.request(), "n": 1}
            self._live = self.monoline.sampler.ask(self, self._walk.verb, self._checkpoint, **fields)

    @on(Grew)
    def _grew(self, event: Grew) -> None:
        if event.request == self._request:
            lines = {index: event.growth.line(index) for index in event.growth.places}
            self.query_one(Frames).grow(lines)

    @on(Sampled)
    def _sampled(self, event: Sampled) -> None:
        if event.request == self._request:
            self._frames[event.index] = event.sample
            self.query_one(Frames).put(event.index, event.sample.drawing)
        elif event.request == self._live:
            self.query_one(Frames).put(0, event.sample.drawing)
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
        if event.request == self._live:
            self._live = 0
            if not self._request:  # the slider is still being moved
                self._draw_live()
            return
        if event.request not in (self._request, self._ends_request):
            return
        if event.error:
            self.post_message(WorkFailed("The walk can't be drawn", event.error))
        elif event.request == self._request:
            self._lay_out()
        self._show()
