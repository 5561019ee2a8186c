"""Chance, the whims of one drawing: every choice the artist makes, from one seed.

Only uniform doubles of a counter-based generator are used, because numpy promises no other stream to
stay the same from one version to the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

_BATCH = 128  # a drawing makes some eighty choices
_BELL = NormalDist()


class Chance:
    """Choices in a fixed order; the same two numbers always make the same choices."""

    def __init__(self, seed: int, index: int) -> None:
        self._generator = np.random.Generator(np.random.Philox(key=[seed % 2**64, index % 2**64]))
        self._ready: list[float] = []

    def uniform(self) -> float:
        """A number in [0, 1)."""
        if not self._ready:
            self._ready = self._generator.random(_BATCH).tolist()
            self._ready.reverse()
        return self._ready.pop()

    def between(self, low: float, high: float) -> float:
        """A number in [low, high), all alike."""
        return low + (high - low) * self.uniform()

    def about(self, middle: float, sigma: float) -> float:
        """A number near ``middle``, bell-shaped, never farther off than two and a half ``sigma``."""
        at = min(max(self.uniform(), 0.0062), 0.9938)
        return middle + sigma * _BELL.inv_cdf(at)

    def often(self, probability: float) -> bool:
        """True with this probability."""
        return self.uniform() < probability

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int((high - low + 1) * self.uniform())

    def pick(self, weights: Mapping[str, float]) -> str:
        """One of the names, as often as its weight says; a weight of 0 is never picked."""
        at = self.uniform() * sum(weights.values())
        last = ""
        for name, weight in weights.items():
            if weight <= 0:
                continue
            last = name
            at -= weight
            if at < 0:
                break
        return last

    def noise(self, count: int) -> NDArray[np.float64]:
        """Bell-shaped noise of unit variance, two columns, shape (count, 2)."""
        return (self._generator.random((4, count, 2)).sum(axis=0) - 2.0) * np.sqrt(3.0)
