"""Pace: what is being done, and how long the rest of it takes at the pace of its last reports."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from studio.events import Progress
from tui.figures import duration

WINDOW = 40
"""Reports from which the pace is taken."""


@dataclass
class Pace:
    """One piece of work after another, each with a pace of its own."""

    last: Progress | None = None
    """The newest report."""
    _told: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=WINDOW))
    """When, and how much was done."""

    def take(self, report: Progress) -> None:
        """Take the next report."""
        if self.last is None or _piece(self.last) != _piece(report):
            self._told.clear()
        self.last = report
        self._told.append((report.at, report.done))

    @property
    def left_s(self) -> float | None:
        """Seconds to the end of this piece; None while that can't be said."""
        if self.last is None or len(self._told) < 2:
            return None
        (first_at, first), (last_at, last) = self._told[0], self._told[-1]
        if not self.last.total >= last > first:
            return None
        left = (self.last.total - last) * (last_at - first_at) / (last - first)
        return left if self.last.most_s is None else min(left, self.last.most_s)

    @property
    def doing(self) -> str:
        """As ``looking at scan 48 of 210, 1 min 20 s left``; empty where nobody says what is done."""
        if self.last is None or not self.last.doing or not self.last.total:
            return "" if self.last is None else self.last.doing
        left = self.left_s
        rest = "" if left is None else f", {duration(left)} left"
        return f"{self.last.doing} {self.last.done:,.0f} of {self.last.total:,.0f}{rest}"


def _piece(report: Progress) -> tuple[str, str, float]:
    return report.what, report.doing, report.total
