"""Follower: reads what a run tells, from its first event on, bit by bit; knows no screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.events import Event
    from studio.runs import Run, State


@dataclass(frozen=True)
class News:
    """What a run told since it was looked at last."""

    run: Run
    events: tuple[Event, ...]
    state: State
    first: bool
    """True for the first look, which tells the whole story so far."""


class Follower:
    """One reader of one run; any number of them, in any process, do not disturb each other.

    The story begins with the first event of the folder, not with the run's last start: the curve of a
    training that was resumed goes on where it stopped.
    """

    def __init__(self, run: Run) -> None:
        from studio.events import EventReader

        self.run = run
        self._reader = EventReader(run.folder)
        self._first = True

    def look(self) -> News:
        """What is new; reads files, so not for the thread that paints.

        Raises:
            StudioError: the folder was removed or can't be read.
        """
        state = self.run.state  # before the events: an end that it knows of is then among them
        news = News(self.run, tuple(self._reader.new()), state, self._first)
        self._first = False
        return news
