"""FollowingScreen: a screen that follows a run in another process without ever waiting for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work
from textual.message import Message

from configs.errors import MonolineError
from tui.messages import WorkFailed
from tui.screens.screen import StudioScreen
from tui.sweeps import all_runs

if TYPE_CHECKING:
    from studio.folder import Studio
    from studio.runs import Run
    from tui.follower import Follower, News

POLL_S = 0.25
EVERY = 8
"""Polls of the followed run for each look at all the others."""


class Told(Message):
    """The followed run told something, or all runs were looked at."""

    def __init__(self, news: News | None, states: list[tuple[str, str]] | None) -> None:
        super().__init__()
        self.news = news
        self.states = states
        """Name and state of every run, the newest first; None if nobody looked."""


class Lost(Message):
    """A run can't be followed any more."""

    def __init__(self, follower: Follower | None, error: str) -> None:
        super().__init__()
        self.follower = follower
        self.error = error


class FollowingScreen(StudioScreen):
    """Follows one run of a folder of runs, and looks now and then at all of them."""

    def __init__(self, folder_of: Callable[[Studio], Path]) -> None:
        """Args:
        folder_of: the folder of a studio that holds the runs.
        """
        super().__init__()
        self._folder_of = folder_of
        self._follower: Follower | None = None
        self.unreadable: set[str] = set()
        """Names of runs that can't be followed; nothing follows them again unasked."""
        self._looking = False
        self._ticks = 0

    def on_mount(self) -> None:
        """Begin to look."""
        self.set_interval(POLL_S, self.poll)

    @property
    def runs_folder(self) -> Path | None:
        """Where the runs are; None as long as no studio is open."""
        studio = self.monoline.studio
        return None if studio is None else self._folder_of(studio)

    @property
    def followed(self) -> Run | None:
        """The run that is followed."""
        return None if self._follower is None else self._follower.run

    @property
    def followed_name(self) -> str:
        """What the followed run is called in the list; empty if none is."""
        return "" if self.followed is None else _name(self.followed, self.runs_folder)

    def follow(self, run: Run | None) -> None:
        """Follow this run from its first event on, or none."""
        from tui.follower import Follower

        self._follower = None if run is None else Follower(run)
        self.poll()

    def poll(self, *, everything: bool = False) -> None:
        """Look for news in the background, unless somebody is looking already."""
        if self._looking or self.runs_folder is None:
            return
        self._looking = True
        self._look(self._follower, self.runs_folder, everything or self._ticks % EVERY == 0)
        self._ticks += 1

    @work(thread=True, group="follow", exit_on_error=False)
    def _look(self, follower: Follower | None, folder: Path, everything: bool) -> None:
        try:
            states = _states(folder) if everything else None
            self.post_message(Told(None if follower is None else follower.look(), states))
        except MonolineError as error:
            self.post_message(Lost(follower, str(error)))
        finally:
            self._looking = False

    @on(Told)
    def _told(self, event: Told) -> None:
        if event.states is not None:
            self.take_states(event.states)
        if event.news is not None and event.news.run is self.followed:
            self.take_news(event.news)

    @on(Lost)
    def _lost(self, event: Lost) -> None:
        if event.follower is self._follower:
            run = self.followed
            if run is not None:
                self.unreadable.add(self.followed_name)
            self._follower = None
            if run is None or not self.given_up(run):
                self.post_message(WorkFailed("The run can't be followed", event.error))

    def given_up(self, run: Run) -> bool:
        """Whether a run that can't be followed any more is rightly gone, so that nothing is wrong."""
        return False

    def take_news(self, news: News) -> None:
        """What the followed run told."""

    def take_states(self, states: list[tuple[str, str]]) -> None:
        """Name and state of every run, the newest first."""


def _states(folder: Path) -> list[tuple[str, str]]:
    from studio.runs import read_told

    found: list[tuple[float, str, str]] = []
    for run in all_runs(folder):
        name = _name(run, folder)
        try:
            found.append((-read_told(run.folder).started_at, name, run.state.value))
        except MonolineError:  # one that can't be read must not hide the others
            found.append((0.0, name, "unreadable"))
    return [(name, state) for _, name, state in sorted(found)]


def _name(run: Run, folder: Path | None) -> str:
    """The run's name, after that of the sweep it is one of."""
    return run.name if folder is None or run.folder.parent == folder else f"{run.folder.parent.name}/{run.name}"
