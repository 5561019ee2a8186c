"""SortingScreen: starts the run that looks at scans and sorts them into clusters, and follows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work
from textual.events import ScreenResume, ScreenSuspend
from textual.message import Message
from textual.timer import Timer

from configs.errors import MonolineError
from tui.messages import Busy, WorkFailed
from tui.preparing import TARGET, Preparing
from tui.screens.deciding import DecidingScreen
from tui.shelf import Clusters
from tui.widgets.dialog import TextDialog

if TYPE_CHECKING:
    from pathlib import Path

    from tui.follower import Follower, News

POLL_S = 0.25
SORTING = "sorting the shelf"
ANEW = "k, and a seed. Other clusters take the place of these, and take labels over; ctrl+z does not bring these back"
"""To know before."""
STAGES = {"scans": ("find", "sort"), "drawings": ("sift", "sift")}
"""The first and the last stage of a run that sorts them."""


class SortTold(Message):
    """The run of preparation told something."""

    def __init__(self, news: News) -> None:
        super().__init__()
        self.news = news


def wrong_numbers(text: str) -> str:
    """Why a text is not k and a seed; nothing if it is."""
    parts = text.split()
    if len(parts) not in (1, 2) or not all(part.isdecimal() for part in parts):
        return "Type a number of clusters, and after a space a seed, as 16 0."
    return "" if 2 <= int(parts[0]) <= 4096 else "There are 2 clusters at least, and 4096 at most."


class SortingScreen(DecidingScreen):
    """One run in the studio's folder of preparation, started here or elsewhere."""

    clusters: Clusters

    def __init__(self) -> None:
        super().__init__()
        self.preparing = Preparing()
        self.running = False
        self._follower: Follower | None = None
        self._looking = False
        self._polling: Timer | None = None

    def on_mount(self) -> None:
        """Begin to follow."""
        self._polling = self.set_interval(POLL_S, self.follow)

    def on_screen_suspend(self, _: ScreenSuspend) -> None:
        """Below a dialog each message would have all pictures painted anew."""
        if self._polling is not None:
            self._polling.pause()

    def on_screen_resume(self, _: ScreenResume) -> None:
        """Follow again."""
        if self._polling is not None:
            self._polling.resume()

    def ask_clusters(self) -> None:
        """Ask how things are sorted now."""

    def action_choose_k(self) -> None:
        """Ask for a number of clusters and a seed, and sort anew."""

        def chosen(text: str | None) -> None:
            if text is not None:
                k, _, seed = text.partition(" ")
                keep = {"clusters": int(k), "seed": int(seed or 0)}
                known = bool(self.clusters.clusters) and not self.clusters.outside  # nothing new has to be looked at
                self.ask("sorting", lambda _: self.start(anew=True, again=known), keep=keep, of=self.clusters.of)

        start = f"{self.clusters.k or 16} {self.clusters.seed}"
        hint = ANEW if self.clusters.clusters else "k, and a seed"
        self.app.push_screen(TextDialog("Into how many clusters?", hint, start, wrong_numbers), chosen)

    def action_sort(self) -> None:
        """Look at what is new, and put it into the clusters that there are; where there are none, make some."""
        self.start(anew=not self.clusters.clusters)

    @work(thread=True, group="start", exit_on_error=False)
    def start(self, *, anew: bool, again: bool = False) -> None:
        """Start the run in a process of its own.

        Args:
            anew: make other clusters, of all.
            again: of what was looked at, and no more.
        """
        from studio.runs import start_run

        assert self.monoline.studio is not None
        of = self.clusters.of
        first, last = STAGES[of]
        first = last if again else first
        try:
            orders = {"from": first, "to": last, "sorting": of if anew else ""}
            start_run(self.monoline.studio.preparation, TARGET, orders)
        except MonolineError as error:
            self.post_message(WorkFailed("Sorting was not started", str(error)))
            return
        self.app.call_from_thread(self.follow)

    def action_stop(self) -> None:
        """Have it end, with everything saved."""
        if self._follower is not None and self.running:
            self._follower.run.stop()

    def follow(self) -> None:
        """Look for news, unless somebody is looking already."""
        if not self._looking and self.monoline.studio is not None:
            self._looking = True
            self._look_at_run(self.monoline.studio.preparation)

    @work(thread=True, group="follow", exit_on_error=False)
    def _look_at_run(self, folder: Path) -> None:
        from studio.runs import FILE, Run
        from tui.follower import Follower

        try:
            if (folder / FILE).exists():
                self._follower = self._follower or Follower(Run(folder))
                self.post_message(SortTold(self._follower.look()))
        except MonolineError:  # being written just now
            self._follower = None
        finally:
            self._looking = False

    @on(SortTold)
    def _told(self, event: SortTold) -> None:
        news, was = event.news, self.running
        self.running = news.state.value in ("starting", "running")
        for each in news.events:
            self.preparing.take(each)
        if self.running:
            told = self.preparing.pace.last
            share = told.done / told.total if told is not None and told.total else 0.0
            doing = self.preparing.doing or self.preparing.words
            self.show_progress("   ".join(filter(None, (doing, self.preparing.said))))
            self.post_message(Busy(SORTING, share, "prepare"))
        if was and not self.running:
            self.post_message(Busy(SORTING, None))
            if self.preparing.failed:
                self.post_message(WorkFailed("Sorting failed", self.preparing.failed))
            self.ask_clusters()
        if was != self.running:
            self.refresh_keys()

    def show_progress(self, words: str) -> None:
        """How far the run is."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """One run at a time."""
        if action in ("sort", "choose_k"):
            return None if self.running else True
        if action == "stop":
            return True if self.running else None
        return super().check_action(action, parameters)
