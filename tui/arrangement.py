"""Arrangement: which seed at which temperature stands in which cell of the gallery.

Two forms: seeds, many of them at one temperature; and the ladder, a row for each of a few seeds, a
column for each temperature. Frozen: every operation returns a new one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

LADDER = (0.1, 0.2, 0.3, 0.5, 0.7, 1.0)
RUNGS = 6
"""Seeds on the ladder."""
COUNT = 24
MORE = 12
MOST = 96


@dataclass(frozen=True)
class Place:
    """What is to be drawn in a cell."""

    seed: int
    temperature: float

    def told(self, pen_temperature: float | None, max_points: int | None) -> dict[str, Any]:
        """As the worker takes it."""
        pen = {"pen_temperature": pen_temperature, "max_points": max_points}
        return {"seed": self.seed, "temperature": self.temperature, **pen}


@dataclass(frozen=True)
class Arrangement:
    """The seeds in view and their temperature, as grid or as ladder."""

    seeds: tuple[int, ...]
    temperature: float
    ladder: tuple[float, ...] = ()
    """Temperatures of the columns; empty for the grid of seeds."""
    start: int = 0
    """Which of the seeds stands in the first row of the ladder."""
    used: int = 0
    """Highest seed that was ever in view since ``first``."""

    @classmethod
    def first(cls, seed: int, temperature: float, count: int = COUNT) -> Arrangement:
        """Consecutive seeds from this one on."""
        return cls(tuple(range(seed, seed + count)), temperature, used=seed + count - 1)

    @property
    def columns(self) -> int:
        """Cells side by side; 0 where that is for the room to say."""
        return len(self.ladder)

    @property
    def rows(self) -> tuple[int, ...]:
        """Indices of the seeds on the ladder, top to bottom."""
        return tuple((self.start + row) % len(self.seeds) for row in range(min(RUNGS, len(self.seeds))))

    @property
    def places(self) -> tuple[Place, ...]:
        """What stands in each cell."""
        if not self.ladder:
            return tuple(Place(seed, self.temperature) for seed in self.seeds)
        return tuple(Place(self.seeds[row], temperature) for row in self.rows for temperature in self.ladder)

    def which_seed(self, cell: int) -> int:
        """Index of the seed of a cell."""
        return self.rows[cell // len(self.ladder)] if self.ladder else cell

    def turned(self, cell: int) -> tuple[Arrangement, int]:
        """The other form, and where the drawing of this cell is in it, or its nearest.

        The ladder begins with the seed of the cell; the grid takes the temperature of the cell.
        """
        index = self.which_seed(cell)
        if self.ladder:
            return replace(self, ladder=(), temperature=self.places[cell].temperature), index
        turned = replace(self, ladder=LADDER, start=index)
        nearest = min(range(len(LADDER)), key=lambda column: abs(LADDER[column] - self.temperature))
        return turned, nearest

    def at(self, temperature: float) -> Arrangement:
        """The same seeds at another temperature; the ladder keeps its own."""
        return replace(self, temperature=temperature)

    def moved(self, seed: int) -> Arrangement:
        """As many consecutive seeds from another one on."""
        return replace(self, seeds=tuple(range(seed, seed + len(self.seeds))), used=seed + len(self.seeds) - 1, start=0)

    def rerolled(self, kept: Collection[int]) -> Arrangement:
        """The next seeds in all rows and cells but those of the seeds with these indices."""
        rows = self.rows if self.ladder else range(len(self.seeds))
        return self._renewed([index for index in rows if index not in kept])

    def renewed(self, cell: int) -> Arrangement:
        """The next seed in the place of this cell's."""
        return self._renewed([self.which_seed(cell)])

    def grown(self) -> Arrangement:
        """Some more seeds, up to MOST."""
        more = max(0, min(MORE, MOST - len(self.seeds)))
        new = tuple(range(self.used + 1, self.used + 1 + more))
        return replace(self, seeds=(*self.seeds, *new), used=self.used + more)

    def _renewed(self, indices: list[int]) -> Arrangement:
        seeds = list(self.seeds)
        for number, index in enumerate(indices, 1):
            seeds[index] = self.used + number
        return replace(self, seeds=tuple(seeds), used=self.used + len(indices))
