"""Drawings changed a little, as another day's hand would; the pen's states stay right.

Many drawings are changed at once: their rows lie one after the other in one array, and ``starts`` tells where
each begins, with the end of the last. All chance is drawn before, from the lengths alone, so that a part of a
batch is changed as the whole batch would be.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drawing.stroke import Stroke3
from model.settings import DataSettings

Starts = NDArray[np.int64]  # (B + 1,)
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Chance:
    """What is random about some drawings, uniform from 0 to 1; None where nothing asks for it."""

    drawings: Numbers  # (B, 5): reversed, scale of x, scale of y, mirrored, turned
    drops: NDArray[np.bool_] | None  # (P,): points that are left out where they may be
    noise: Numbers | None  # (P, 2): what whole numbers get, -0.5 to 0.5

    @classmethod
    def draw(cls, points: int, drawings: int, settings: DataSettings, rng: np.random.Generator, noisy: bool) -> Chance:
        """Chance for so many drawings that have so many points together."""
        noise = rng.uniform(-0.5, 0.5, (points, 2)) if noisy else None
        return cls(
            rng.random((drawings, 5)),
            rng.random(points, dtype=np.float32) < settings.drop_points if settings.drop_points else None,
            noise,
        )

    def of(self, chosen: NDArray[np.intp], points: NDArray[np.intp]) -> Chance:
        """The part for some of the drawings and their points."""
        drops = None if self.drops is None else self.drops[points]
        return Chance(self.drawings[chosen], drops, None if self.noise is None else self.noise[points])


def augment(rows: Stroke3, settings: DataSettings, rng: np.random.Generator) -> Stroke3:
    """One drawing changed at random."""
    chance = Chance.draw(len(rows), 1, settings, rng, noisy=False)
    return augmented(rows, np.array([0, len(rows)]), settings, chance)[0]


def augmented(rows: Stroke3, starts: Starts, settings: DataSettings, chance: Chance) -> tuple[Stroke3, Starts]:
    """Drawings changed by what chance has drawn, and where each begins now; every one has a point at least.

    Inner points are dropped by adding their offset to the next, so that no line moves elsewhere.
    """
    rows = rows.copy()
    if chance.noise is not None:
        rows[:, :2] += chance.noise
    backwards, across, along, mirrored, turned = chance.drawings.T
    if settings.reverse:
        rows = _reversed(rows, starts, backwards < settings.reverse)
    if chance.drops is not None:
        rows, starts = _dropped(rows, starts, chance.drops)
    lengths = np.diff(starts)
    wide = 1.0 + settings.scale_jitter * (2.0 * across - 1.0)
    high = 1.0 + settings.scale_jitter * (2.0 * along - 1.0)
    if settings.mirror:
        wide = np.where(mirrored < settings.mirror, -wide, wide)
    x, y = rows[:, 0] * np.repeat(wide, lengths), rows[:, 1] * np.repeat(high, lengths)
    if settings.rotate_degrees:
        angle = np.deg2rad(settings.rotate_degrees) * (2.0 * turned - 1.0)
        cos, sin = np.repeat(np.cos(angle), lengths), np.repeat(np.sin(angle), lengths)
        x, y = x * cos - y * sin, x * sin + y * cos
    rows[:, 0], rows[:, 1] = x, y
    return rows, starts


def reversed_rows(rows: Stroke3) -> Stroke3:
    """The same lines drawn from their end to their beginning.

    A drawing whose last stroke is a single point is returned as it is: it would begin with a lift that no row
    can tell.
    """
    return _reversed(rows, np.array([0, len(rows)]), np.array([True]))


def _reversed(rows: Stroke3, starts: Starts, chosen: NDArray[np.bool_]) -> Stroke3:
    lengths, last = np.diff(starts), starts[1:] - 1
    chosen = chosen & ~((lengths > 1) & (rows[last - 1, 2] > 0.5))
    mirror = np.repeat(starts[:-1] + last, lengths) - np.arange(len(rows))  # the row as far from the other end
    begins = np.repeat(starts[:-1], lengths)
    out = np.empty_like(rows)
    out[:, :2] = -rows[mirror, :2]
    before = mirror - 2  # the lift after a point now comes before it
    out[:, 2] = np.where(before >= begins, rows[np.maximum(before, begins), 2], 0.0)
    out[last, 2] = 1.0
    return np.where(np.repeat(chosen, lengths)[:, None], out, rows)


def _dropped(rows: Stroke3, starts: Starts, chosen: NDArray[np.bool_]) -> tuple[Stroke3, Starts]:
    """Without the chosen points that lie inside a stroke: not its first two, not its last."""
    up = rows[:, 2] > 0.5
    up[starts[1:] - 1] = True
    first = np.concatenate([[True], up[:-1]])
    second = np.concatenate([[False], first[:-1]])
    kept = np.flatnonzero(~chosen | up | first | second)
    out = rows[kept]
    # the last point of each drawing is kept, so no sum goes from one into the next
    out[:, :2] = np.add.reduceat(rows[:, :2], np.concatenate([[0], kept[:-1] + 1]))
    return out, np.searchsorted(kept, starts)
