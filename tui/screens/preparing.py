"""PreparingScreen: starts the run that leads from scans to a dataset, and follows it, whoever started it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.message import Message
from textual.widgets import Static

from configs.errors import MonolineError
from tui.messages import WorkFailed
from tui.preparing import TARGET, Preparing
from tui.screens.screen import StudioScreen

if TYPE_CHECKING:
    from tui.follower import Follower, News

POLL_S = 0.25


class PrepTold(Message):
    """The run of preparation told something."""

    def __init__(self, news: News) -> None:
        super().__init__()
        self.news = news


class PreparingScreen(StudioScreen):
    """One run in the studio's folder of preparation."""

    def __init__(self) -> None:
        super().__init__()
        self.preparing = Preparing()
        self.running = False
        self.stopping = False
        self.fresh = True
        """Whether the dataset is what a run would write now, as far as is known."""
        self._follower: Follower | None = None
        self._looking = False
        self.then_points = False
        """Whether to show the histogram once the run has ended."""

    def on_mount(self) -> None:
        """Begin to follow."""
        self.set_interval(POLL_S, self.follow)

    def list_scans(self) -> None:
        """Look what has become of the scans."""

    def action_points(self) -> None:
        """Show how many points the drawings have."""

    def action_run(self) -> None:
        """Trace what is out of date, choose, and write the dataset."""
        self.then_points = False
        self.start({})

    @work(thread=True, group="start", exit_on_error=False)
    def start(self, arguments: dict[str, Any]) -> None:
        """Start preparation in a process of its own."""
        from studio.runs import start_run

        assert self.monoline.studio is not None
        try:
            start_run(self.monoline.studio.preparation, TARGET, arguments)
        except MonolineError as error:
            self.post_message(WorkFailed("Preparation was not started", str(error)))
            return
        self.app.call_from_thread(self.follow)

    def action_stop(self) -> None:
        """Have it end, with everything saved."""
        if self._follower is not None and self.running:
            self._follower.run.stop()
            self.stopping = True
            self.show_run()

    def follow(self) -> None:
        """Look for news, unless somebody is looking already."""
        if not self._looking and self.monoline.studio is not None:
            self._looking = True
            self._look(self.monoline.studio.preparation)

    @work(thread=True, group="follow", exit_on_error=False)
    def _look(self, folder: Path) -> None:
        from studio.runs import FILE, Run
        from tui.follower import Follower

        try:
            if (folder / FILE).exists():
                self._follower = self._follower or Follower(Run(folder))
                self.post_message(PrepTold(self._follower.look()))
        except MonolineError:  # being written just now
            self._follower = None
        finally:
            self._looking = False

    @on(PrepTold)
    def _told(self, event: PrepTold) -> None:
        news, was = event.news, self.running
        self.running = news.state.value in ("starting", "running")
        if not news.events and was == self.running:
            return
        for each in news.events:
            self.preparing.take(each)
        if not self.running:
            self.stopping = False
            self.fresh = self.fresh or was  # the next list tells
        self.show_run()
        if was and not self.running:
            self._run_ended(news.state.value)
        elif not news.first and self.running and any(getattr(each, "what", "") == "page" for each in news.events):
            self.list_scans()

    def show_run(self) -> None:
        """What the run has done so far, or the last one did, and what is to do."""
        line = self.query_one("#stages", Static)
        line.display = bool(self.preparing.stage)
        if self.running:
            said = "stopping" if self.stopping else self.preparing.said
        elif self.preparing.stopped:
            said = "stopped; r goes on"
        else:
            said = "" if self.fresh or self.preparing.failed else "something has changed since; r brings it up to date"
        doing = f"{self.preparing.doing}\n" if self.running and self.preparing.doing else ""
        line.update(f"{doing}{self.preparing.words}{'   ' if said else ''}{said}")
        self.refresh_keys()

    def _run_ended(self, state: str) -> None:
        self.list_scans()
        if state in ("failed", "lost"):
            error = self.preparing.failed or "Its process ended without a last word; r goes on where it was."
            self.post_message(WorkFailed("Preparation failed", error))
        elif self.then_points and state == "finished":
            self.action_points()
        elif state == "finished" and (path := self.preparing.result.get("dataset")):
            skipped = len(self.preparing.result.get("skipped", ()))
            more = f"; {skipped} scans or drawings could not be used" if skipped else ""
            self.notify(f"{Path(path).name} is written{more}.", timeout=6)
            self.monoline.open_dataset(Path(path))
        self.then_points = False
