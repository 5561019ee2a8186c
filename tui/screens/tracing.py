"""TracingScreen: a scan that is traced anew whenever a setting or a correction changes, by a process of its own."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import on

from configs.errors import MonolineError
from tui.messages import WorkFailed
from tui.screens.screen import StudioScreen
from tui.things import Things
from tui.tracing import Answered, InkFound, InkSeen, PageSeen, PageTraced, Picture, TracedPage, TracingEnded
from tui.widgets.slider import Slider
from tui.widgets.trace_panel import PLACES, TracePanel

if TYPE_CHECKING:
    from prep.corrections import Correction

SETTLED = {"flip": "put right", "check": "checked"}
"""Corrections after which a crossing is no longer doubtful, and what it is called."""


@dataclass(frozen=True)
class ScanShown:
    """A scan, and where what a person puts right on it is kept."""

    page: str
    """As ``sb01/001``."""
    path: Path
    corrections: Path


class TracingScreen(StudioScreen):
    """Asks for the scan to be traced and takes what comes, bit by bit."""

    def __init__(self, scans: Sequence[ScanShown], index: int) -> None:
        super().__init__()
        self.scans, self.index = tuple(scans), index
        self.trace: dict[str, Any] | None = None
        """Settings of tracing, as JSON; None until the worker has told those of the studio."""
        self.max_points, self.epsilon, self.simple = 249, 0.2, False
        self._kept_settings: tuple[Any, int] = (None, 0)
        """Those of the studio."""
        self.corrections: tuple[Correction, ...] = ()
        self.picture: Picture | None = None
        self.ink: InkSeen | None = None
        self.page: TracedPage | None = None
        self.things: Things | None = None
        self.seconds = 0.0
        self.failed = ""
        self.working = True
        self._request = 0

    @property
    def scan(self) -> ScanShown:
        """The one in view."""
        return self.scans[self.index]

    def on_mount(self) -> None:
        """Ask how this studio traces, and then for the scan."""
        self.read_corrections()
        self._ask_settings()

    def on_unmount(self) -> None:
        """Nothing more is of interest."""
        self.monoline.tracing.forget(self)

    # asking

    def _ask_settings(self, keep: dict[str, Any] | None = None) -> None:
        studio = self.monoline.studio
        if studio is not None:
            self.monoline.tracing.ask(self, "settings", studio=str(studio.folder), keep=keep)

    def _ask_write(self) -> None:
        studio = self.monoline.studio
        if studio is not None:
            self.monoline.tracing.ask(self, "write", studio=str(studio.folder), page=self.scan.page)

    def ask(self) -> None:
        """Have the scan traced as it is to be now; what was asked before is of no interest any more."""
        studio = self.monoline.studio
        if self.trace is None or studio is None:
            return
        have = {"page": self.picture.name if self.picture else "", "ink": self.ink.name if self.ink else ""}
        corrections = [each.model_dump(mode="json", exclude_defaults=True) for each in self.corrections]
        self.working = True
        self._request = self.monoline.tracing.ask(
            self,
            "trace",
            studio=str(studio.folder),
            path=str(self.scan.path),
            settings=self.trace,
            corrections=corrections,
            max_points=self.max_points,
            epsilon=self.epsilon,
            simple=self.simple,
            have=have,
        )
        self.show_state()

    def go_to(self, index: int) -> None:
        """Show another scan."""
        if 0 <= index < len(self.scans) and index != self.index:
            self.index = index
            self.picture = self.ink = self.page = self.things = None
            self.failed = ""
            self.read_corrections()
            self.ask()

    # what comes

    @on(Answered)
    def _answered(self, event: Answered) -> None:
        if event.event != "settings":
            return
        first = self.trace is None
        told = event.told
        self._kept_settings = copy.deepcopy(told["trace"]), int(told["max_points"])
        if first:
            self.trace, self.max_points = told["trace"], int(told["max_points"])
            self.epsilon = float(told["epsilon"])
            self.show_settings()
            self.ask()

    @on(PageSeen)
    def _page_seen(self, event: PageSeen) -> None:
        if event.request == self._request:
            fresh = self.picture is None
            self.picture = event.picture
            self.show_picture(fresh=fresh)

    @on(InkFound)
    def _ink_found(self, event: InkFound) -> None:
        if event.request == self._request:
            self.ink = event.ink
            self.show_page()

    @on(PageTraced)
    def _page_traced(self, event: PageTraced) -> None:
        if event.request == self._request:
            self.page, self.things = event.page, self.things_of(event.page)
            self.show_page()

    @on(TracingEnded)
    def _tracing_ended(self, event: TracingEnded) -> None:
        if event.request == self._request:
            self.working = False
            self.failed, self.seconds = event.error, event.seconds
            self.show_state()
        elif event.error:
            self.post_message(WorkFailed("What was changed here was not kept or written", event.error))

    def show_settings(self) -> None:
        """Bring the panel up to date."""
        if self.trace is not None:
            self.query_one(TracePanel).tell_settings(self.trace, self.max_points, simple=self.simple)

    def show_picture(self, *, fresh: bool) -> None:
        """The picture of the page came; ``fresh`` if there was none before."""

    def show_page(self) -> None:
        """Ink or lines came."""

    def show_state(self) -> None:
        """It works, or has ended."""

    # settings

    @on(Slider.Changed)
    def _slid(self, event: Slider.Changed) -> None:
        if self.trace is None or event.value is None:
            return
        name = str(event.slider.id)
        if name == "max-points":
            self.max_points, self.simple = int(event.value), True
            self.show_settings()
        else:
            self.set(PLACES[name], event.value)
            self._hold(name)
        self.ask()

    def _hold(self, name: str) -> None:
        """A line may not fade to more than it must be somewhere."""
        assert self.trace is not None
        ink = self.trace["ink"]
        if ink["faint"] > ink["dark"]:
            other = "dark" if name == "faint" else "faint"
            self.set(PLACES[other], ink[name])
            self.query_one(f"#{other}", Slider).show(ink[name])

    def set(self, keys: Sequence[str], value: Any) -> None:
        """Set one setting of tracing."""
        assert self.trace is not None
        told = copy.deepcopy(self.trace)
        inner = told
        for key in keys[:-1]:
            inner = inner[key]
        inner[keys[-1]] = value
        self.trace = told

    @property
    def changed_settings(self) -> bool:
        """Whether they are others than the studio's."""
        return self.trace is not None and (self.trace, self.max_points) != self._kept_settings

    def keep_settings(self) -> None:
        """Have the studio trace all its scans as this one was traced last."""
        if self.changed_settings:
            others = self.trace != self._kept_settings[0]
            self._ask_settings({"trace": self.trace, "max_points": self.max_points})
            if others:
                self._ask_write()
                self.notify("All scans are to be traced with the settings chosen here; r does that.", timeout=5)

    def action_reset(self) -> None:
        """Back to the settings that the studio had."""
        if self.changed_settings:
            self.trace, self.max_points = copy.deepcopy(self._kept_settings[0]), self._kept_settings[1]
            self.show_settings()
            self.ask()

    def action_backend(self) -> None:
        """Trace as monoline does, or as the source article did."""
        if self.trace is not None:
            self.set(("backend",), "graph" if self.trace["backend"] == "autotrace" else "autotrace")
            self.show_settings()
            self.ask()

    def action_fine(self) -> None:
        """Look closer, which takes a while, or as usual."""
        if self.trace is not None:
            self.set(("fine",), not self.trace["fine"])
            self.show_settings()
            self.ask()

    def action_simple(self) -> None:
        """Show the points that are learnt, or all that were traced."""
        self.simple = not self.simple
        self.show_settings()
        self.ask()

    # corrections

    def read_corrections(self) -> None:
        """Take those of the scan from their file."""
        from prep.corrections import read_corrections

        try:
            self.corrections = read_corrections(self.scan.corrections)
        except MonolineError as error:
            self.corrections = ()
            self.post_message(WorkFailed("Its corrections can't be read", str(error)))

    def keep(self, kind: str, at: tuple[float, float], to: tuple[float, float] | None = None, value: str = "") -> bool:
        """Keep a correction, told in pixels of the page, and trace anew; False if that can't be."""
        from prep.corrections import Correction, keep_correction

        if self.must_wait():
            return False
        told: dict[str, Any] = {"kind": kind, "at": self._in_scan(at), "value": value}
        if to is not None:
            told["to"] = self._in_scan(to)
        correction = Correction.model_validate(told)
        try:
            self.scan.corrections.parent.mkdir(parents=True, exist_ok=True)
            keep_correction(self.scan.corrections, correction)
        except (MonolineError, OSError) as error:
            self.post_message(WorkFailed("The correction was not kept", str(error)))
            return False
        self._corrected(correction)
        return True

    def must_wait(self) -> bool:
        """Whether there are no lines yet, which is then said."""
        if self.page is None:
            self.notify("The scan is still being traced; its lines are here in a moment.", timeout=2)
        return self.page is None

    def _corrected(self, correction: Correction) -> None:
        """One is kept or taken back: trace anew, and have the worker write the page as it is now."""
        self.read_corrections()
        if correction.kind == "check":
            if self.page is not None:
                self.things = self.things_of(self.page)
                self.show_page()
            return
        self.ask()
        self._ask_write()

    def things_of(self, page: TracedPage) -> Things:
        """What can be pointed at, with the crossings that a person has put right or checked."""
        import numpy as np

        settled: dict[tuple[float, float], str] = {}
        for each in self.corrections:
            if each.kind in SETTLED:
                x, y, w = np.linalg.solve(page.to_scan, (*each.at, 1.0)).tolist()
                settled[x / w, y / w] = SETTLED[each.kind]
        return Things(page, settled)

    def _in_scan(self, place: tuple[float, float]) -> tuple[float, float]:
        assert self.page is not None
        x, y, w = (float(row @ (*place, 1.0)) for row in self.page.to_scan)
        return round(x / w, 1), round(y / w, 1)

    def take_back(self) -> Correction | None:
        """Undo the newest correction of this scan, whenever it was made."""
        from prep.corrections import undo_correction

        try:
            undone = undo_correction(self.scan.corrections)
        except MonolineError as error:
            self.post_message(WorkFailed("Nothing was taken back", str(error)))
            return None
        if undone is not None:
            self._corrected(undone)
        return undone
