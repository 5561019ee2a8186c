"""FilmScreen: the samples of a run as a film, one picture for each time that it was looked at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work
from textual.widgets import Static

from configs.errors import MonolineError
from tui.messages import WorkFailed
from tui.screens.following import FollowingScreen
from tui.training import Training
from tui.widgets.dialog import ZoomScreen
from tui.widgets.filmstrip import Filmstrip
from tui.widgets.gallery import Gallery
from tui.widgets.steps_axis import StepsAxis

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drawing.drawing import Drawing
    from studio.folder import Studio
    from studio.runs import Run


class FilmScreen(FollowingScreen):
    """Follows a run and shows its newest samples, or earlier ones that somebody holds."""

    def __init__(self, folder_of: Callable[[Studio], Path]) -> None:
        """Args:
        folder_of: see FollowingScreen.
        """
        super().__init__(folder_of)
        self._training = Training()
        self._film = -1
        """Which samples are shown; -1 is the newest, whatever comes."""
        self._shown: tuple[str, str] = ("", "")
        self._drawings: list[Drawing] = []

    def clear_film(self) -> None:
        """Another run is followed, of which nothing is known yet."""
        self._film, self._shown, self._drawings = -1, ("", ""), []
        self.query_one(Filmstrip).show([])

    def _show_samples(self, run: Run) -> None:
        made = self._training.samples
        title, axis = self.query_one("#samples-title", Static), self.query_one(StepsAxis)
        axis.display = len(made) > 1
        if not made:
            title.update("samples come with the first validation")
            return
        at = self._film if 0 <= self._film < len(made) else len(made) - 1
        steps = [_step(path) for path in made]
        best = _best(steps, self._training)
        held = "" if self._film < 0 else "   held; f follows"
        own = "   the best so far" if at == best and len(made) > 1 else ""
        title.update(f"samples at step {steps[at]:,}   {at + 1} of {len(made)}{own}{held}")
        axis.show(steps, at, best=best)
        if self._shown != (self.followed_name, made[at]):
            self._shown = (self.followed_name, made[at])
            self._read_samples(run, made[at])

    @work(thread=True, group="samples", exit_on_error=False)
    def _read_samples(self, run: Run, name: str) -> None:
        from drawing.collection import read_collection

        try:
            splits = read_collection(run.folder / name).splits
        except MonolineError as error:
            self.post_message(WorkFailed("Samples can't be read", str(error)))
            return
        drawings = [entry.drawing for entries in splits.values() for entry in entries]
        self.app.call_from_thread(self._samples_read, run, name, drawings)

    def _samples_read(self, run: Run, name: str, drawings: list[Drawing]) -> None:
        if run is self.followed and self._shown == (self.followed_name, name):
            cursor = self.query_one(Filmstrip).cursor
            self._drawings = drawings
            self.query_one(Filmstrip).show(drawings)
            self.query_one(Filmstrip).action_move_to(cursor)

    @on(Gallery.Opened)
    def _zoomed(self, event: Gallery.Opened) -> None:
        if event.index < len(self._drawings):  # others may be shown by now
            self.app.push_screen(ZoomScreen(self._drawings[event.index]))

    def action_film(self, step: int) -> None:
        """Show earlier or later samples; past the last ones, whatever comes."""
        last = len(self._training.samples) - 1
        at = (last if self._film < 0 else self._film) + step
        self._film = -1 if at >= last else max(0, at)
        if self.followed is not None:
            self._show_samples(self.followed)

    def action_follow(self) -> None:
        """Hold the samples that are shown, or follow the newest again."""
        self._film = len(self._training.samples) - 1 if self._film < 0 else -1
        if self.followed is not None:
            self._show_samples(self.followed)

    @on(StepsAxis.Chosen)
    def _step_chosen(self, event: StepsAxis.Chosen) -> None:
        self._film = -1 if event.index >= len(self._training.samples) - 1 else event.index
        if self.followed is not None:
            self._show_samples(self.followed)


def _step(path: str) -> int:
    stem = Path(path).stem
    return int(stem) if stem.isdecimal() else 0


def _best(steps: Sequence[int], training: Training) -> int | None:
    """Which samples are of the step with the best validation."""
    best = training.best
    return steps.index(int(best[0])) if best is not None and int(best[0]) in steps else None
