"""Sample: choose a temperature and seeds, keep what is good."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Footer, Static

from configs.errors import MonolineError
from tui.arrangement import Arrangement, Place
from tui.checkpoints import checkpoints, network_name
from tui.messages import CheckpointChosen, SheetReady, WorkFailed
from tui.sampler import Sample, Sampled, SamplingEnded, SamplingProgress
from tui.screens.screen import StudioScreen
from tui.sheets import new_sheet, sketch_name
from tui.walk import End, toggled
from tui.widgets.dialog import ListDialog, ZoomScreen
from tui.widgets.gallery import Gallery
from tui.widgets.header import StudioHeader
from tui.widgets.sample_panel import SamplePanel
from tui.widgets.slider import Slider

if TYPE_CHECKING:
    from tui.tray import Kept

    Key = tuple[str, int, float, float | None, int | None]

FIRST_SEED, TEMPERATURE = 1, 0.3
PATIENCE_S = 0.15
"""How long a slider must rest before anything is drawn."""
REMEMBERED = 4000
"""Samples that are kept at hand, so that none is drawn twice."""
WAITING = "The network is being loaded: {what} ...\n\nThe first drawings appear here in a moment."
FAILED = "Nothing could be drawn.\n\n[b]c[/b] chooses another network, [b]r[/b] tries again."


class SampleScreen(StudioScreen):
    """A gallery of samples, sliders beside it, and the one under the cursor large."""

    BINDINGS = [
        Binding("k", "keep", "Keep", id="sample.keep"),
        Binding("d,delete", "discard", "Discard", id="sample.discard"),
        Binding("r", "reroll", "Re-roll", id="sample.reroll"),
        Binding("l", "ladder", "Ladder", id="sample.ladder"),
        Binding("plus", "warmer(1)", "Warmer", key_display="+/-", id="sample.warmer"),
        Binding("minus", "warmer(-1)", "Cooler", show=False, id="sample.cooler"),
        Binding("p", "plot", "Plot", id="sample.plot"),
        Binding("g", "renew", "New seed here", show=False, id="sample.renew"),
        Binding("m", "more", "More seeds", show=False, id="sample.more"),
        Binding("equals_sign", "type", "Type a value", show=False, id="sample.type"),
        Binding("i", "walk", "Walk from or to this", show=False, id="sample.walk"),
        Binding("y", "copy", "Copy recipe", show=False, id="sample.copy"),
        Binding("c", "checkpoint", "Choose a network", show=False, id="sample.checkpoint"),
        Binding("ctrl+b,f2", "panel", "Panel", id="sample.panel"),
    ]
    DEFAULT_CSS = """
    SampleScreen #wall { width: 1fr; padding: 0 1; }
    SampleScreen #sample-summary { height: 1; color: $foreground 60%; }
    SampleScreen #sample-empty { height: 1fr; content-align: center middle; text-align: center; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._arrangement = Arrangement.first(FIRST_SEED, TEMPERATURE)
        self._pen: float | None = None
        self._max_points: int | None = None
        self._made: dict[Key, Sample] = {}
        self._dropped: set[Key] = set()
        self._request = 0
        self._asked: dict[int, int] = {}
        self._timer: Timer | None = None
        self._checkpoint = ""
        self._failed = False
        self._share = 0.0

    def compose(self) -> ComposeResult:
        """Header, gallery and panel, footer."""
        yield StudioHeader()
        with Horizontal():
            with Vertical(id="wall"):
                yield Static("", id="sample-summary", markup=False)
                yield Gallery(numbered=False, id="samples")
                yield Static("", id="sample-empty")
            yield SamplePanel(FIRST_SEED, TEMPERATURE, classes="panel")
        yield Footer()

    def on_mount(self) -> None:
        """Ask for the first drawings at once."""
        self.query_one(Gallery).focus()

    def refresh_shared(self) -> None:
        """Another network draws all again; the tray may have changed, and so the marks."""
        slider = self.query_one("#max-points", Slider)
        slider.most = float(self.monoline.network.n_max)
        if self.monoline.checkpoint != self._checkpoint:
            self._checkpoint = self.monoline.checkpoint
            self._show()
        self._mark()

    # what stands where

    def _key(self, place: Place) -> Key:
        return self._checkpoint, place.seed, place.temperature, self._pen, self._max_points

    def _sample(self, cell: int) -> Sample | None:
        places = self._arrangement.places
        return self._made.get(self._key(places[cell])) if cell < len(places) else None

    @property
    def _cell(self) -> int:
        return self.query_one(Gallery).cursor

    def _kept(self, cell: int) -> Kept | None:
        sample, tray = self._sample(cell), self.monoline.tray
        return tray.find(sample.recipe) if sample is not None and tray is not None else None

    def _show(self, cursor: int | None = None) -> None:
        """Show what is drawn already, and ask for the rest once the sliders rest."""
        arrangement = self._arrangement
        samples = [self._sample(cell) for cell in range(len(arrangement.places))]
        self.query_one(Gallery).show(
            [None if sample is None else sample.drawing for sample in samples],
            [self._caption(place) for place in arrangement.places],
            columns=arrangement.columns,
            all_in_view=True,
            cursor=self._cell if cursor is None else cursor,
        )
        self.query_one("#first-seed", Slider).show(arrangement.seeds[0])
        self.query_one("#temperature", Slider).show(arrangement.temperature)
        self.query_one("#temperature", Slider).disabled = bool(arrangement.ladder)
        self._mark()
        self._stop_drawing()
        self._timer = self.set_timer(PATIENCE_S if self._made else 0.001, self._draw)

    def _caption(self, place: Place) -> str:
        return f"{place.seed} · {place.temperature:.2f}" if self._arrangement.ladder else f"seed {place.seed}"

    def _mark(self) -> None:
        """Bring marks, summary and what can be done up to date."""
        places, samples = self._arrangement.places, len(self._made)
        kept = [cell for cell in range(len(places)) if self._kept(cell) is not None]
        dropped = [cell for cell, place in enumerate(places) if self._key(place) in self._dropped]
        self.query_one(Gallery).mark(kept, dropped)
        drawn = sum(self._key(place) in self._made for place in places)
        seeds = "ladder" if self._arrangement.ladder else f"{len(places)} seeds at {self._arrangement.temperature:.2f}"
        state = f"{len(kept)} kept here"
        if drawn < len(places):
            state = f"drawn {drawn} of {len(places)}" + (f", {self._share:.0%} of the way" if self._share else "")
        self.query_one("#sample-summary", Static).update(f"{network_name(self._checkpoint)}  {seeds}  {state}")
        empty = self.query_one("#sample-empty", Static)
        empty.display = not samples
        self.query_one(Gallery).display = bool(samples)
        if empty.display:
            what = self.monoline.loading
            empty.update(
                FAILED if self._failed else WAITING.format(what="starting" if what in ("", "starting") else what)
            )
        self._tell_chosen()
        self.refresh_keys()

    # drawing

    def _stop_drawing(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        if self._request:
            self.monoline.sampler.cancel(self._request)
            self._request = 0

    def _draw(self) -> None:
        """Ask for all that is not drawn yet."""
        self._stop_drawing()
        self._failed, self._share = False, 0.0
        wanted = [cell for cell, place in enumerate(self._arrangement.places) if self._key(place) not in self._made]
        if not wanted:
            return
        if len(self._made) > REMEMBERED:
            self._made.clear()
        places = [self._arrangement.places[cell] for cell in wanted]
        items = [place.told(self._pen, self._max_points) for place in places]
        self._asked = dict(enumerate(wanted))
        self._request = self.monoline.sampler.ask(self, "draw", self._checkpoint, items=items)
        self._mark()

    @on(Sampled)
    def _sampled(self, event: Sampled) -> None:
        if event.request != self._request:
            return  # of an arrangement that is no more
        cell = self._asked[event.index]
        self._made[self._key(self._arrangement.places[cell])] = event.sample
        name = self._caption(self._arrangement.places[cell]) + ("" if event.sample.finished else " …")
        self.query_one(Gallery).put(cell, event.sample.drawing, name)
        self._mark()

    @on(SamplingProgress)
    def _progressed(self, event: SamplingProgress) -> None:
        if event.request == self._request:
            self._share = event.share
            self._mark()

    @on(SamplingEnded)
    def _sampling_ended(self, event: SamplingEnded) -> None:
        if event.request != self._request:
            return
        self._request = 0
        if event.error:
            self._failed = True
            self.post_message(WorkFailed("The network can't draw", event.error))
        self._mark()

    # the one under the cursor

    @on(Gallery.Chosen)
    def _chosen(self) -> None:
        self._tell_chosen()
        self.refresh_keys()

    def _tell_chosen(self) -> None:
        self.query_one(SamplePanel).tell(self._sample(self._cell), kept=self._kept(self._cell) is not None)

    @on(Gallery.Zoomed)
    def _zoomed(self, event: Gallery.Zoomed) -> None:
        if (sample := self._sample(event.index)) is not None:
            self.app.push_screen(ZoomScreen(sample.drawing))

    def action_keep(self) -> None:
        """Put the drawing under the cursor in the tray."""
        sample = self._sample(self._cell)
        if sample is not None:
            self._dropped.discard(self._key(self._arrangement.places[self._cell]))
            name = sketch_name(network_name(self._checkpoint), sample.recipe)
            self.monoline.keep(sample.drawing, sample.recipe, name)
            self._mark()

    def action_discard(self) -> None:
        """Put the drawing under the cursor out of the tray; one that is not in there is crossed out, or no more so."""
        kept, key = self._kept(self._cell), self._key(self._arrangement.places[self._cell])
        if kept is not None:
            self.monoline.put_out(kept)
        else:
            self._cross_out(key)
            self.monoline.did(f"discard seed {key[1]}", partial(self._cross_out, key))
        self._mark()

    def _cross_out(self, key: Key) -> None:
        self._dropped ^= {key}

    def action_copy(self) -> None:
        """Copy the recipe of the drawing under the cursor as TOML."""
        import tomlkit

        if (sample := self._sample(self._cell)) is not None:
            self.app.copy_to_clipboard(tomlkit.dumps(sample.recipe.model_dump(mode="json", exclude_none=True)))
            self.notify(f"The recipe of seed {sample.seed} is in the clipboard.", timeout=3)

    def action_walk(self) -> None:
        """Make the drawing under the cursor an end of the walk that Interpolate draws."""
        if (sample := self._sample(self._cell)) is not None:
            self.monoline.walk = toggled(self.monoline.walk, End(f"seed {sample.seed}", sample.drawing, sample.recipe))
            self.monoline.tell()
            self.notify(f"Ends of the walk: {len(self.monoline.walk)}; 4 goes there.", timeout=3)

    def action_plot(self) -> None:
        """Lay the drawing under the cursor on a sheet and send it to Plot."""
        if (sample := self._sample(self._cell)) is not None:
            self.lay_out(sample)

    @work(thread=True, exclusive=True, group="sheet", exit_on_error=False)
    def lay_out(self, sample: Sample) -> None:
        """Lay out in the background."""
        from drawing.collection import Entry

        if self.monoline.studio is None:
            return
        name = sketch_name(network_name(self._checkpoint), sample.recipe)
        try:
            path = new_sheet(self.monoline.studio, [Entry(sample.drawing, name, sample.recipe)], name)
            self.post_message(SheetReady(path))
        except MonolineError as error:
            self.post_message(WorkFailed("The sheet was not made", str(error)))

    # the arrangement

    def _arrange(self, arrangement: Arrangement, cursor: int | None = None) -> None:
        if arrangement != self._arrangement:
            self._arrangement = arrangement
            self._show(cursor)

    def action_reroll(self) -> None:
        """The next seeds for all that are not kept; after a failure, the same ones again."""
        if self._failed:
            self._draw()
            return
        kept = {self._arrangement.which_seed(c) for c in range(len(self._arrangement.places)) if self._kept(c)}
        self._arrange(self._arrangement.rerolled(kept))

    def action_renew(self) -> None:
        """The next seed in the place of the one under the cursor."""
        self._arrange(self._arrangement.renewed(self._cell))

    def action_more(self) -> None:
        """Some more seeds."""
        self._arrange(self._arrangement.grown())

    def action_ladder(self) -> None:
        """From the seeds to a ladder of temperatures for some of them, and back with the temperature chosen there."""
        self._arrange(*self._arrangement.turned(self._cell))

    def action_warmer(self, steps: int) -> None:
        """The temperature some steps up or down."""
        self.query_one("#temperature", Slider).action_step(steps)

    @on(Slider.Changed)
    def _slid(self, event: Slider.Changed) -> None:
        value = event.value
        if event.slider.id == "temperature" and value is not None:
            self._arrange(self._arrangement.at(value))
        elif event.slider.id == "first-seed" and value is not None:
            self._arrange(self._arrangement.moved(int(value)))
        elif event.slider.id == "pen" and value != self._pen:
            self._pen = value
            self._show()
        elif event.slider.id == "max-points" and value != self._max_points:
            self._max_points = None if value is None else int(value)
            self._show()

    def action_type(self) -> None:
        """Type an exact value for the slider that has the focus, or the temperature."""
        slider = self.focused if isinstance(self.focused, Slider) else self.query_one("#temperature", Slider)
        slider.action_type()

    # the network

    def action_checkpoint(self) -> None:
        """Choose among the bundled networks and those trained in this studio."""
        lines = checkpoints(self.monoline.studio)
        if lines:
            self.app.push_screen(ListDialog("Draw with", lines, self._checkpoint), self._take_checkpoint)
        else:
            self.notify("There is no network yet; 2 goes to Train.", severity="warning")

    def _take_checkpoint(self, answer: str | None) -> None:
        if answer is not None:
            self.post_message(CheckpointChosen(answer))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs a drawing waits for one; the ladder has its own temperatures."""
        if action in ("keep", "discard", "copy", "plot", "walk") and self._sample(self._cell) is None:
            return None
        if action == "plot" and self.monoline.studio is None:
            return None
        if action == "warmer" and self._arrangement.ladder:
            return None
        return True
