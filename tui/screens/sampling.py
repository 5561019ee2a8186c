"""SamplingScreen: a gallery that is drawn cell by cell, each drawing at hand once it is there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on
from textual.timer import Timer
from textual.widgets import Static

from tui.arrangement import Arrangement, Place
from tui.checkpoints import network_name
from tui.manner import SEEDS, Manner, Source
from tui.messages import WorkFailed
from tui.sampler import Grew, Rejected, Sample, Sampled, SamplingEnded, SamplingProgress
from tui.screens.screen import StudioScreen
from tui.widgets.gallery import Gallery
from tui.widgets.sample_panel import SamplePanel
from tui.widgets.slider import Slider

if TYPE_CHECKING:
    from tui.growth import Growing
    from tui.tray import Kept

    Key = tuple[Manner, int, float]

FIRST_SEED, TEMPERATURE = 1, 0.3
PATIENCE_S = 0.15
"""How long a slider must rest before anything is drawn."""
REMEMBERED = 1000
"""Samples that are kept at hand, so that none is drawn twice."""
WAITING = "The network is being loaded: {what} ...\n\nThe first drawings appear here in a moment."
FAILED = "Nothing could be drawn.\n\n[b]c[/b] chooses another network, [b]r[/b] tries again."


class SamplingScreen(StudioScreen):
    """Knows what stands where, asks for what is not drawn yet, and marks what is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.arrangement = self._as_left()
        self.manner = Manner()
        self.failed = False
        self._made: dict[Key, Sample] = {}
        self._rejected: dict[Key, Rejected] = {}
        self._dropped: set[Key] = set()
        self._asked: dict[int, tuple[int, ...]] = {}
        """Requests on their way, and their cells."""
        self._growing: dict[int, Growing] = {}
        """Lines on their way, by their cell."""
        self._before: list[tuple[Arrangement, Source, int]] = []
        """Where ``back`` leads to."""
        self._timer: Timer | None = None
        self._share = 0.0

    def _as_left(self) -> Arrangement:
        """As it was when the studio was left."""
        last = self.monoline.last
        seeds = Arrangement.first(last.seed, last.temperature)
        return seeds.turned(0)[0] if last.ladder else seeds

    def refresh_shared(self) -> None:
        """Another network draws all again; the tray may have changed, and so the marks."""
        self.query_one("#max-points", Slider).most = float(self.monoline.network.n_max)
        if self.monoline.checkpoint != self.manner.checkpoint:
            self.manner = replace(self.manner, checkpoint=self.monoline.checkpoint)
            self.show()
        self.mark()

    # what stands where

    def key(self, cell: int) -> Key:
        """What the drawing of a cell is known by."""
        return self._key(self.arrangement.places[cell])

    def _key(self, place: Place) -> Key:
        return self.manner, place.seed, place.temperature

    def sample(self, cell: int) -> Sample | None:
        """The drawing of a cell, if it is there."""
        places = self.arrangement.places
        return self._made.get(self._key(places[cell])) if cell < len(places) else None

    @property
    def cell(self) -> int:
        """The one under the cursor."""
        return self.query_one(Gallery).cursor

    def kept(self, cell: int) -> Kept | None:
        """The drawing of a cell in the tray, if it is in there."""
        sample, tray = self.sample(cell), self.monoline.tray
        return tray.find(sample.recipe) if sample is not None and tray is not None else None

    def show(self, cursor: int | None = None) -> None:
        """Show what is drawn already, and ask for the rest once the sliders rest."""
        arrangement = self.arrangement
        if not self._before:
            self.monoline.note_arrangement(arrangement.seeds[0], arrangement.temperature, bool(arrangement.ladder))
        samples = [self.sample(cell) for cell in range(len(arrangement.places))]
        self.query_one(Gallery).show(
            [None if sample is None else sample.drawing for sample in samples],
            [self._caption(place) for place in arrangement.places],
            columns=arrangement.columns,
            all_in_view=True,
            cursor=self.cell if cursor is None else cursor,
        )
        self.query_one("#first-seed", Slider).show(arrangement.seeds[0])
        self.query_one("#temperature", Slider).show(arrangement.temperature)
        self.query_one("#temperature", Slider).disabled = bool(arrangement.ladder)
        self.query_one(SamplePanel).tell_manner(self.manner)
        self.mark()
        self._stop_drawing()
        self._timer = self.set_timer(PATIENCE_S if self._made else 0.001, self.draw)

    def _caption(self, place: Place) -> str:
        if self._key(place) in self._rejected:
            return f"{place.seed} rejected"
        sample = self._made.get(self._key(place))
        end = " …" if sample is not None and not sample.finished else ""
        if self.arrangement.ladder:
            return f"{place.seed} · {place.temperature:.2f}{end}"
        return f"{'way' if self.manner.source.kind == 'vary' else 'seed'} {place.seed}{end}"

    def mark(self) -> None:
        """Bring marks, summary and what can be done up to date."""
        places = self.arrangement.places
        kept = [cell for cell in range(len(places)) if self.kept(cell) is not None]
        dropped = [cell for cell, place in enumerate(places) if self._key(place) in self._dropped | set(self._rejected)]
        self.query_one(Gallery).mark(kept, dropped)
        self.query_one("#sample-summary", Static).update(self._summary(len(kept)))
        empty = self.query_one("#sample-empty", Static)
        empty.display = not self._made and not self._rejected and not self._growing
        self.query_one(Gallery).display = not empty.display
        if empty.display:
            what = self.monoline.loading
            empty.update(
                FAILED if self.failed else WAITING.format(what="starting" if what in ("", "starting") else what)
            )
        self.tell_chosen()
        self.refresh_keys()

    def _summary(self, kept: int) -> str:
        places, keys = self.arrangement.places, [self._key(place) for place in self.arrangement.places]
        drawn = sum(key in self._made or key in self._rejected for key in keys)
        seeds = "ladder" if self.arrangement.ladder else f"{len(places)} seeds at {self.arrangement.temperature:.2f}"
        if self.manner.source != SEEDS:
            seeds = f"{self.manner.source.words}  backspace goes back"
        state = f"{kept} kept here"
        if drawn < len(places):
            state = f"drawn {drawn} of {len(places)}" + (f", {self._share:.0%} of the way" if self._share else "")
        if self.manner.choosy:
            state += f"  {self.rejects}"
        return f"{network_name(self.manner.checkpoint)}  {seeds}  {state}"

    @property
    def rejects(self) -> str:
        """How the drawings in view were chosen, in words."""
        keys = [self._key(place) for place in self.arrangement.places]
        made = [self._made[key] for key in keys if key in self._made]
        none = [self._rejected[key] for key in keys if key in self._rejected]
        count, of = sum(each.rejected for each in made) + sum(each.count for each in none), len(made) + len(none)
        best = f"best of {self.manner.best_of}" if self.manner.best_of > 1 else ""
        line = f"one line: {count} of {of * self.manner.best_of} rejected" if self.manner.one_line else ""
        return ", ".join(part for part in (best, line) if part)

    # drawing

    def _stop_drawing(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        for request in self._asked:
            self.monoline.sampler.cancel(request)
        self._asked, self._growing = {}, {}

    def draw(self) -> None:
        """Ask for all that is not drawn yet."""
        self._stop_drawing()
        self.failed, self._share = False, 0.0
        if len(self._made) > REMEMBERED:
            self._made.clear()
        wanted = [
            (cell, place)
            for cell, place in enumerate(self.arrangement.places)
            if self._key(place) not in self._made and self._key(place) not in self._rejected
        ]
        for asked in self.manner.requests(wanted):
            fields = {**asked.fields, "grow": self.motion}
            number = self.monoline.sampler.ask(self, asked.do, self.manner.checkpoint, **fields)
            self._asked[number] = asked.places
        if wanted:
            self.mark()

    @on(Sampled)
    def _sampled(self, event: Sampled) -> None:
        if event.request not in self._asked:
            return  # of an arrangement that is no more
        cell = self._asked[event.request][event.index]
        self._growing.pop(cell, None)
        self._made[self.key(cell)] = event.sample
        self.query_one(Gallery).put(cell, event.sample.drawing, self._caption(self.arrangement.places[cell]))
        self.mark()

    @on(Grew)
    def _grew(self, event: Grew) -> None:
        if event.request not in self._asked:
            return
        cells, first = self._asked[event.request], not self._growing
        going = {cells[index]: index for index in event.growth.places if self.sample(cells[index]) is None}
        lines = {cell: event.growth.line(index) for cell, index in going.items()}
        self._growing |= lines
        self.query_one(Gallery).grow(lines)
        if first:
            self.mark()  # there is something to be seen now
        elif self.cell in lines:
            self.tell_chosen()

    @on(Rejected)
    def _was_rejected(self, event: Rejected) -> None:
        if event.request in self._asked:
            cell = self._asked[event.request][event.index]
            self._growing.pop(cell, None)
            self._rejected[self.key(cell)] = event
            self.query_one(Gallery).put(cell, None, self._caption(self.arrangement.places[cell]))
            self.mark()

    @on(SamplingProgress)
    def _progressed(self, event: SamplingProgress) -> None:
        if event.request in self._asked:
            self._share = event.share
            self.mark()

    @on(SamplingEnded)
    def _sampling_ended(self, event: SamplingEnded) -> None:
        if event.request not in self._asked:
            return
        del self._asked[event.request]
        if event.error:
            self._stop_drawing()  # the others would fail of the same
            self.failed = True
            self.post_message(WorkFailed("The network can't draw", event.error))
        self.mark()

    # the one under the cursor

    @on(Gallery.Chosen)
    def _chosen(self) -> None:
        self.tell_chosen()
        self.refresh_keys()

    def tell_chosen(self) -> None:
        """Show the drawing under the cursor beside the gallery, or why there is none."""
        places, panel = self.arrangement.places, self.query_one(SamplePanel)
        rejected = self._rejected.get(self.key(self.cell)) if self.cell < len(places) else None
        if rejected is not None:
            panel.tell_rejected(rejected.count, rejected.reasons)
        elif self.cell in self._growing:
            panel.tell_growing(self._growing[self.cell])
        else:
            panel.tell(self.sample(self.cell), kept=self.kept(self.cell) is not None)

    def cross_out(self, key: Key) -> None:
        """Cross a drawing out, or no more so."""
        self._dropped ^= {key}

    def uncross(self, key: Key) -> None:
        """Cross a drawing out no more."""
        self._dropped.discard(key)

    # other arrangements, other manners

    def rearrange(self, arrangement: Arrangement, cursor: int | None = None) -> None:
        """Show other seeds, or another temperature."""
        if arrangement != self.arrangement:
            self.arrangement = arrangement
            self.show(cursor)

    def rearrange_for_now(self, words: str, arrangement: Arrangement) -> None:
        """Show other seeds, until that is taken back; what fills the gallery is then the same as it was, too."""
        before, source, way = self.arrangement, self.manner.source, tuple(self._before)

        def take_back() -> None:
            self.arrangement, self.manner, self._before[:] = before, self.manner.of(source), way
            self.show()

        self.rearrange(arrangement)
        self.monoline.did(words, take_back)

    def take_manner(self, manner: Manner) -> None:
        """Draw in another manner."""
        if manner != self.manner:
            self.manner = manner
            self.show()

    def branch(self, source: Source) -> None:
        """Fill the gallery from a source, until ``back``."""
        self._before.append((self.arrangement, self.manner.source, self.cell))
        self.arrangement = Arrangement.first(FIRST_SEED, self.arrangement.temperature)
        self.manner = self.manner.of(source)
        self.show(0)

    @property
    def branched(self) -> bool:
        """Whether there is somewhere to go back to."""
        return bool(self._before)

    def action_back(self) -> None:
        """Back to what was in the gallery before."""
        if self._before:
            self.arrangement, source, cell = self._before.pop()
            self.manner = self.manner.of(source)
            self.show(cell)
