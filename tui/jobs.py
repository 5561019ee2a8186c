"""Jobs: what goes on in processes of its own in this studio, whoever started it; knows no screen."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from configs.errors import MonolineError

if TYPE_CHECKING:
    from studio.folder import Studio
    from studio.runs import Run
    from tui.follower import Follower

HELD = ("paused", "stopped", "finished")
"""States of a plot in which the pen is up and stays where it is."""


@dataclass(frozen=True)
class Job:
    """A training, a plot or a preparation that goes on."""

    run: Run = field(compare=False)
    name: str
    mode: str
    """``train``, ``plot`` or ``prepare``, which is the screen where more of it is seen."""
    state: str = ""
    """Of a plot: drawing, pausing, paused and so on."""
    share: float | None = None

    @property
    def words(self) -> str:
        """What goes on, for a chip."""
        if self.mode == "prepare":
            return f"preparing scans: {self.state}" if self.state else "preparing scans"
        return f"training {self.name}" if self.mode == "train" else self.state or "plotting"


@dataclass
class _Story:
    follower: Follower
    state: str = ""
    share: float | None = None
    before: float = 0.0
    """Of a plot that was taken up again, what was done until then."""
    done: float = 0.0


@dataclass
class Jobs:
    """Looks at the runs and plots of a studio; what it saw last is at hand without reading a file."""

    seen: tuple[Job, ...] = ()
    asked: bool = False
    """Somebody asked for the pen to be raised, and is still to be asked what then."""
    _stories: dict[Path, _Story] = field(default_factory=dict[Path, _Story])
    _over: dict[Path, int] = field(default_factory=dict[Path, int])
    """Runs that have ended, and when they were started: they need no second look until started again."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def look(self, studio: Studio) -> tuple[Job, ...]:
        """All that goes on; reads files, so not for the thread that paints."""
        from studio.runs import FILE, Run
        from tui.sweeps import all_runs

        if not self._lock.acquire(blocking=False):
            return self.seen  # somebody is looking already
        try:
            folders = ((studio.runs, "train"), (studio.plots, "plot"))
            found = [(run, mode) for folder, mode in folders for run in all_runs(folder)]
            if (studio.preparation / FILE).exists():
                found.append((Run(studio.preparation), "prepare"))
            return tuple(job for run, mode in found if (job := self._look_at(run, mode)) is not None)
        finally:
            self._lock.release()

    def _look_at(self, run: Run, mode: str) -> Job | None:
        from studio.events import Changed, Failed, Finished, Progress, Started, Stopped
        from studio.runs import FILE, State
        from tui.follower import Follower

        try:
            started = (run.folder / FILE).stat().st_mtime_ns
            if self._over.get(run.folder) == started:
                return None
            story = self._stories.setdefault(run.folder, _Story(Follower(run)))
            news = story.follower.look()
        except (MonolineError, OSError):  # damaged or just removed; its screen tells
            self._stories.pop(run.folder, None)
            return None
        for event in news.events:
            if isinstance(event, Changed):
                story.state = event.state
                story.share = None if mode == "prepare" else story.share  # each stage counts for itself
            elif isinstance(event, Progress) and event.total > 0:
                story.done = event.done
                story.share = min(1.0, (story.before + event.done) / (story.before + event.total))
            elif mode == "plot" and isinstance(event, Started):
                story.before, story.done = story.before + story.done, 0.0  # what follows counts the rest alone
            elif mode == "prepare" and isinstance(event, Started | Finished | Stopped | Failed):
                story.state, story.share = "", None  # each run begins anew
        if news.state not in (State.RUNNING, State.STARTING):
            self._over[run.folder] = started
            self._stories.pop(run.folder, None)
            return None
        return Job(run, run.name, mode, story.state, story.share)

    @property
    def plotting(self) -> bool:
        """True while the pen may move."""
        return any(job.mode == "plot" and job.state not in HELD for job in self.seen)

    def raise_pen(self) -> bool:
        """Have each plot stop, raise the pen and hold; True if there was one to tell."""
        plots = [job for job in self.seen if job.mode == "plot"]
        for job in plots:
            job.run.order("pen_up")
            self.asked = True
        return bool(plots)

    def stop_plots(self) -> None:
        """Have each plot that was started here slow down, raise the pen and end; it can be taken up later."""
        for job in self.seen:
            if job.mode == "plot" and job.run.ours:
                job.run.stop()

    def farewell(self) -> str:
        """What to tell a person who leaves; empty if nothing goes on."""
        parts: list[str] = []
        going = [job for job in self.seen if _goes_on(job.run)]  # some may have ended since the last look
        plots = [job.run.ours for job in going if job.mode == "plot"]
        if any(plots):
            parts.append("The plot stops with the pen up and holds its place.")
        if not all(plots):
            parts.append("The plot that another monoline started goes on.")
        if names := [job.name for job in going if job.mode == "train"]:
            parts.append(f"The training of {' and '.join(names)} goes on; open monoline again to follow it.")
        if any(job.mode == "prepare" for job in going):
            parts.append("Preparation goes on; open monoline again to follow it.")
        return " ".join(parts)


def _goes_on(run: Run) -> bool:
    from studio.runs import State

    try:
        return run.state in (State.RUNNING, State.STARTING)
    except (MonolineError, OSError):  # damaged; its screen tells
        return True
