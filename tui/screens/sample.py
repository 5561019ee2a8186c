"""Sample: choose a temperature and seeds, go on from what is good, keep it."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from configs.errors import MonolineError
from tui.checkpoints import checkpoints, network_name
from tui.clipboard import takes_copies
from tui.manner import Source
from tui.messages import CheckpointChosen, SheetReady, WorkFailed
from tui.sampler import Sample
from tui.screens.sampling import FIRST_SEED, TEMPERATURE, SamplingScreen
from tui.screens.stepping import SteppingScreen
from tui.sheets import new_sheet, sketch_name
from tui.walk import MOST_ENDS, TOO_MANY, End, toggled
from tui.widgets.beginning_dialog import BeginningDialog
from tui.widgets.dialog import ListDialog, ZoomScreen
from tui.widgets.gallery import Gallery
from tui.widgets.header import StudioHeader
from tui.widgets.keys import Keys
from tui.widgets.recipe_dialog import RecipeDialog
from tui.widgets.sample_panel import SamplePanel, given
from tui.widgets.sketch_dialog import Sketch, SketchDialog
from tui.widgets.slider import Slider

MORE = (
    ("step", "s  step along this line, and see what was expected"),
    ("begin", "b  keep its beginning and draw on from there"),
    ("begin_kept", "f  draw on from a drawing in the tray"),
    ("sketch", "e  draw a beginning, or read one from a file"),
    ("vary", "v  variations of this one"),
    ("one_line", "o  one line only, or any number of strokes"),
    ("best", "n  the best of several for each place"),
    ("copy", "y  copy its recipe"),
    ("copy(True)", "Y  show its recipe"),
    ("back", "←  back to what was here before (backspace)"),
)
"""Actions of the menu, and what they are called there."""
NEEDS_DRAWING = ("keep", "discard", "copy", "plot", "walk", "step", "begin", "vary")


class SampleScreen(SamplingScreen):
    """A gallery of samples, sliders beside it, and the one under the cursor large."""

    BINDINGS = [
        Binding("k", "keep", "Keep", id="sample.keep"),
        Binding("d,delete", "discard", "Discard", show=False, id="sample.discard"),
        Binding("r", "reroll", "Re-roll", id="sample.reroll"),
        Binding("l", "ladder", "Ladder", id="sample.ladder"),
        Binding("plus", "warmer(1)", "Warmer", key_display="+/-", id="sample.warmer"),
        Binding("minus", "warmer(-1)", "Cooler", show=False, id="sample.cooler"),
        Binding("a", "more", "More", id="sample.menu"),
        Binding("p", "plot", "Plot", id="sample.plot"),
        Binding("s", "step", "Step along the line", show=False, id="sample.step"),
        Binding("b", "begin", "Draw on from its beginning", show=False, id="sample.begin"),
        Binding("f", "begin_kept", "Draw on from the tray", show=False, id="sample.begin_kept"),
        Binding("e", "sketch", "Draw a beginning", show=False, id="sample.sketch"),
        Binding("v", "vary", "Variations of it", show=False, id="sample.vary"),
        Binding("o", "one_line", "One line only", show=False, id="sample.one_line"),
        Binding("n", "best", "The best of several", show=False, id="sample.best"),
        Binding("backspace", "back", "Back to the seeds", show=False, id="sample.back"),
        Binding("g", "renew", "New seed here", show=False, id="sample.renew"),
        Binding("m", "grow", "More seeds", show=False, id="sample.more"),
        Binding("equals_sign", "type", "Type a value", show=False, id="sample.type"),
        Binding("i", "walk", "Walk from or to this", show=False, id="sample.walk"),
        Binding("y", "copy", "Copy recipe", show=False, id="sample.copy"),
        Binding("Y", "copy(True)", "Show recipe", show=False, id="sample.show_recipe"),
        Binding("c", "checkpoint", "Choose a network", show=False, id="sample.checkpoint"),
        Binding("ctrl+b,f2", "panel", "Panel", id="sample.panel"),
    ]
    DEFAULT_CSS = """
    SampleScreen #wall { width: 1fr; padding: 0 1; }
    SampleScreen #sample-summary { height: 1; color: $foreground 60%; }
    SampleScreen #sample-empty { height: 1fr; content-align: center middle; text-align: center; }
    """

    def compose(self) -> ComposeResult:
        """Header, gallery and panel, footer."""
        yield StudioHeader()
        with Horizontal():
            with Vertical(id="wall"):
                yield Static("", id="sample-summary", markup=False)
                yield Gallery(numbered=False, id="samples")
                yield Static("", id="sample-empty")
            yield SamplePanel(FIRST_SEED, TEMPERATURE, classes="panel")
        yield Keys()

    def on_mount(self) -> None:
        """Ask for the first drawings at once."""
        self.query_one(Gallery).focus()

    # the one under the cursor

    @on(Gallery.Opened)
    def _zoomed(self, event: Gallery.Opened) -> None:
        if (sample := self.sample(event.index)) is not None:
            self.app.push_screen(ZoomScreen(sample.drawing, given(sample)))

    def action_keep(self) -> None:
        """Put the drawing under the cursor in the tray."""
        sample = self.sample(self.cell)
        if sample is not None:
            self.uncross(self.key(self.cell))
            name = sketch_name(network_name(self.manner.checkpoint), sample.recipe)
            self.monoline.keep(sample.drawing, sample.recipe, name)
            self.mark()

    def action_discard(self) -> None:
        """Put the drawing under the cursor out of the tray; one that is not in there is crossed out, or no more so."""
        kept, key = self.kept(self.cell), self.key(self.cell)
        if kept is not None:
            self.monoline.put_out(kept)
        else:
            self.cross_out(key)
            self.monoline.did(f"discard seed {key[1]}", partial(self.cross_out, key))
        self.mark()

    def action_copy(self, show: bool = False) -> None:
        """Copy the recipe of the drawing under the cursor as TOML, or show it where the terminal takes no copies."""
        import tomlkit

        if (sample := self.sample(self.cell)) is None:
            return
        text = tomlkit.dumps(sample.recipe.model_dump(mode="json", exclude_none=True))
        self.app.copy_to_clipboard(text)
        if takes_copies(os.environ) and not show:
            self.notify(f"The recipe of seed {sample.seed} is in the clipboard.", timeout=3)
            return
        words = "It was copied, if the terminal takes copies.\nShift and the mouse select it here; esc goes back."
        self.app.push_screen(RecipeDialog(f"Recipe of seed {sample.seed}", text, words))

    def action_walk(self) -> None:
        """Make the drawing under the cursor an end of the walk that Interpolate draws."""
        if (end := self._end()) is not None:
            ends = toggled(self.monoline.walk, end)
            if len(ends) > MOST_ENDS:
                self.notify(f"{TOO_MANY}; i on one of them takes it out.", severity="warning")
                return
            self.monoline.take_ends(ends, f"{end.name} as an end")
            self.notify(f"Ends of the walk: {len(self.monoline.walk)}; 4 goes there.", timeout=3)

    def action_plot(self) -> None:
        """Lay the drawing under the cursor on a sheet and send it to Plot."""
        if (sample := self.sample(self.cell)) is not None:
            self.lay_out(sample)

    @work(thread=True, exclusive=True, group="sheet", exit_on_error=False)
    def lay_out(self, sample: Sample) -> None:
        """Lay out in the background."""
        from drawing.collection import Entry

        if self.monoline.studio is None:
            return
        name = sketch_name(network_name(self.manner.checkpoint), sample.recipe)
        try:
            path = new_sheet(self.monoline.studio, [Entry(sample.drawing, name, sample.recipe)], name)
            self.post_message(SheetReady(path))
        except MonolineError as error:
            self.post_message(WorkFailed("The sheet was not made", str(error)))

    # the arrangement

    def action_reroll(self) -> None:
        """The next seeds for all that are not kept; after a failure, the same ones again."""
        if self.failed:
            self.draw()
            return
        kept = {self.arrangement.which_seed(c) for c in range(len(self.arrangement.places)) if self.kept(c)}
        self.rearrange_for_now("re-roll", self.arrangement.rerolled(kept))

    def action_renew(self) -> None:
        """The next seed in the place of the one under the cursor."""
        self.rearrange_for_now("new seed", self.arrangement.renewed(self.cell))

    def action_grow(self) -> None:
        """Some more seeds."""
        self.rearrange(self.arrangement.grown())

    def action_ladder(self) -> None:
        """From the seeds to a ladder of temperatures for some of them, and back with the temperature chosen there."""
        self.rearrange(*self.arrangement.turned(self.cell))

    def action_warmer(self, steps: int) -> None:
        """The temperature some steps up or down."""
        self.query_one("#temperature", Slider).action_step(steps)

    @on(Slider.Changed)
    def _slid(self, event: Slider.Changed) -> None:
        value = event.value
        if event.slider.id == "temperature" and value is not None:
            self.rearrange(self.arrangement.at(value))
        elif event.slider.id == "first-seed" and value is not None:
            self.rearrange(self.arrangement.moved(int(value)))
        elif event.slider.id == "pen":
            self.take_manner(replace(self.manner, pen=value))
        elif event.slider.id == "max-points":
            self.take_manner(replace(self.manner, max_points=None if value is None else int(value)))
        elif event.slider.id == "best-of" and value is not None:
            self.take_manner(replace(self.manner, best_of=int(value)))
        elif event.slider.id == "spread" and value is not None and self.manner.source.kind == "vary":
            self.take_manner(self.manner.of(replace(self.manner.source, spread=value)))

    def action_type(self) -> None:
        """Type an exact value for the slider that has the focus, or the temperature."""
        slider = self.focused if isinstance(self.focused, Slider) else self.query_one("#temperature", Slider)
        slider.action_type()

    # what it leads to

    async def action_more(self) -> None:
        """A menu of what else can be done."""
        lines = [(action, words) for action, words in MORE if self.check_action(action.partition("(")[0], ())]

        async def chosen(action: str | None) -> None:
            if action is not None:
                await self.run_action(action)

        self.app.push_screen(ListDialog("With this drawing", lines), chosen)

    def _end(self) -> End | None:
        """The drawing under the cursor, as the worker is told of it."""
        sample = self.sample(self.cell)
        return None if sample is None else End(f"seed {sample.seed}", sample.drawing, sample.recipe)

    def action_step(self) -> None:
        """Step along the line under the cursor."""
        if (end := self._end()) is not None:
            self.app.push_screen(SteppingScreen(end.name, self.manner.checkpoint, end.told()))

    def action_begin(self) -> None:
        """Choose how much of the drawing under the cursor is kept, and draw on from there."""
        if (end := self._end()) is not None:
            self._begin_with(end, share=0.5)

    def action_begin_kept(self) -> None:
        """Draw on from a drawing in the tray, one's own among them."""
        tray = self.monoline.tray
        ends = [] if tray is None else [kept.end for kept in reversed(tray.kept)]

        def chosen(index: str | None) -> None:
            if index is not None:
                self._begin_with(ends[int(index)], share=1.0)

        self.app.push_screen(ListDialog("Draw on from", [(str(i), end.name) for i, end in enumerate(ends)]), chosen)

    def action_sketch(self) -> None:
        """Draw a beginning with mouse or arrows, or read one, and have the network draw on from it."""

        def drawn(sketch: Sketch | None) -> None:
            if sketch is not None and sketch.whole is None:
                self._begin_with(End(sketch.name, sketch.drawing, sketch.recipe), share=1.0)
            elif sketch is not None:
                end = End("your sketch", sketch.drawing)
                self.branch(Source("complete", end, sketch.drawing.points, sketch.whole))

        studio, most = self.monoline.studio, self.monoline.network.n_max
        folder = None if studio is None else studio.sketches
        self.app.push_screen(SketchDialog(folder, most * 3 // 4), drawn)

    def _begin_with(self, end: End, share: float) -> None:
        assert end.drawing is not None

        def chosen(first: int | None) -> None:
            if first is not None:
                self.branch(Source("complete", end, first))

        if end.drawing.points < 2:
            self.notify("A dot is no beginning; two points are.", severity="warning")
        else:
            self.app.push_screen(BeginningDialog(end.name, end.drawing, share), chosen)

    def action_vary(self) -> None:
        """Variations of the drawing under the cursor, all by its hand."""
        if (end := self._end()) is not None:
            self.branch(Source("vary", end, hand=0 if end.recipe is None else end.recipe.seed))

    def action_one_line(self) -> None:
        """Accept drawings of one stroke only, or any."""
        self.take_manner(replace(self.manner, one_line=not self.manner.one_line))

    def action_best(self) -> None:
        """Choose of how many drawings each is the best."""
        self.query_one("#best-of", Slider).action_type()

    # the network

    def action_checkpoint(self) -> None:
        """Choose among the bundled networks and those trained in this studio."""
        lines = checkpoints(self.monoline.studio)
        if lines:
            self.app.push_screen(ListDialog("Draw with", lines, self.manner.checkpoint), self._take_checkpoint)
        else:
            self.notify("There is no network yet; 2 goes to Train.", severity="warning")

    def _take_checkpoint(self, answer: str | None) -> None:
        if answer is not None:
            self.post_message(CheckpointChosen(answer))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs a drawing waits for one; the ladder has its own temperatures."""
        if action in NEEDS_DRAWING and self.sample(self.cell) is None:
            return None
        if action == "plot" and self.monoline.studio is None:
            return None
        if action == "warmer" and self.arrangement.ladder:
            return None
        if action in ("one_line", "best") and self.manner.source.kind != "seeds":
            return None
        if action == "begin_kept" and (self.monoline.tray is None or not self.monoline.tray.kept):
            return None
        if action == "vary" and self.monoline.network.kind == "decoder":
            return None  # it has no latent vectors
        if action == "back" and not self.branched:
            return None
        return True
