"""Things: the places of a traced page that a person can point at; knows no widget."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tui.tracing import TracedPage
    from tui.view import Place

DOUBTFUL = 0.5
"""Doubt from which a crossing is worth a look."""
SAME = 1.5
"""Page pixels within which two places are one."""
ASIDE = 2.0
"""How much farther a step to the side counts than one ahead, when an arrow looks for the next place."""


@dataclass(frozen=True)
class Thing:
    """A place on a page, and what is there."""

    kind: str
    """``crossing``, ``start``, ``end``, ``line``, or nothing."""
    at: Place
    drawing: int = -1
    stroke: int = -1
    choices: int = 0
    doubt: float = 0.0
    settled: str = ""
    """What a person has done about it: ``put right`` or ``checked``."""

    @property
    def is_doubtful(self) -> bool:
        """Whether it is worth a look."""
        return self.kind == "crossing" and self.choices > 1 and self.doubt >= DOUBTFUL and not self.settled

    @property
    def is_end(self) -> bool:
        """Whether a line begins or ends there."""
        return self.kind in ("start", "end")


class Things:
    """All crossings, ends and lines of a page."""

    def __init__(self, page: TracedPage, settled: Mapping[Place, str] | None = None) -> None:
        """Args:
        settled: what a person has done about crossings, by their places in page pixels.
        """
        import numpy as np

        self.crossings: list[Thing] = []
        self.ends: list[Thing] = []
        points: list[NDArray[np.float64]] = []
        self._owners: list[tuple[int, int]] = []
        for number, each in enumerate(page.drawings):
            for crossing in each.crossings:
                near = (words for at, words in (settled or {}).items() if math.dist(crossing.at, at) < SAME)
                done = next(near, "")
                what = ("crossing", crossing.at, number, -1, crossing.choices, crossing.doubt, done)
                self.crossings.append(Thing(*what))
            for stroke, line in enumerate(each.drawing.lines):
                points.append(line)
                self._owners.append((number, stroke))
                for kind, (x, y) in zip(("start", "end"), line[[0, -1]].tolist(), strict=True):
                    self.ends.append(Thing(kind, (x, y), number, stroke))
        self.firsts = [each for each in self.ends if each.kind == "start" and each.stroke == 0]
        self._lines = points
        self._points = np.concatenate(points) if points else np.zeros((0, 2))
        self._stroke_of = np.repeat(np.arange(len(points)), [len(line) for line in points])
        self.doubtful = sorted(
            (each for each in self.crossings if each.is_doubtful),
            key=lambda each: (-each.doubt, each.at[1], each.at[0]),
        )

    def nearest(self, place: Place, reach: float) -> Thing:
        """The crossing or end within reach of a place, else the line within twice that, else nothing."""
        marked = min((*self.crossings, *self.ends), key=lambda each: math.dist(each.at, place), default=None)
        if marked is not None and math.dist(marked.at, place) <= reach:
            return marked
        return self.line(place, 2 * reach)

    def passes(self, place: Place, reach: float) -> list[NDArray[np.float64]]:
        """The parts of lines around a crossing at a place that go through it; none where there is no crossing."""
        import numpy as np

        if not any(math.dist(each.at, place) < SAME for each in self.crossings):
            return []
        found: list[NDArray[np.float64]] = []
        for line in self._lines:
            away = np.hypot(line[:, 0] - place[0], line[:, 1] - place[1])
            near = np.flatnonzero(away <= reach)
            parts = np.split(near, np.flatnonzero(np.diff(near) > 1) + 1)
            found += [line[p[0] : p[-1] + 1] for p in parts if len(p) > 1 and away[p].min() <= reach / 3]
        return found

    def line(self, place: Place, reach: float) -> Thing:
        """The line within reach of a place, or nothing."""
        import numpy as np

        if len(self._points):
            away = np.hypot(self._points[:, 0] - place[0], self._points[:, 1] - place[1])
            index = int(away.argmin())
            if away[index] <= reach:
                x, y = self._points[index].tolist()
                return Thing("line", (x, y), *self._owners[int(self._stroke_of[index])])
        return Thing("", place)

    def end(self, place: Place, reach: float) -> Thing | None:
        """The end of a line within reach of a place."""
        found = min(self.ends, key=lambda each: math.dist(each.at, place), default=None)
        return found if found is not None and math.dist(found.at, place) <= reach else None

    def toward(self, place: Place, dx: int, dy: int, least: float, *, ends: bool = False) -> Thing | None:
        """The next crossing or end in a direction, at least so far away; only ends where that is asked for."""
        best, cost = None, math.inf
        for each in self.ends if ends else (*self.crossings, *self.ends):
            x, y = each.at[0] - place[0], each.at[1] - place[1]
            ahead, aside = x * dx + y * dy, abs(x * dy) + abs(y * dx)
            if ahead > least and aside <= 1.5 * ahead and ahead + ASIDE * aside < cost:
                best, cost = each, ahead + ASIDE * aside
        return best

    def next_doubtful(self, place: Place, step: int) -> Thing | None:
        """The doubtful crossing after or before the one at a place, the most doubtful first."""
        if not self.doubtful:
            return None
        here = self.rank(place)
        if here is None:
            return self.doubtful[0 if step > 0 else -1]
        return self.doubtful[(here + step) % len(self.doubtful)]

    def rank(self, place: Place) -> int | None:
        """Which of the doubtful crossings is at a place, from 0 on; None if none is."""
        return next((n for n, each in enumerate(self.doubtful) if math.dist(each.at, place) < SAME), None)
