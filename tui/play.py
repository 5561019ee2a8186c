"""Play: which frame comes next where frames are shown one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SPEEDS = (1, 2, 4, 8, 12, 20)
"""Frames a second."""
USUAL = 8


@dataclass
class Player:
    """Goes from frame to frame: around in a loop, back and forth elsewhere; over those that are not there yet."""

    loop: bool
    at: int = 0
    way: int = 1
    """1 onwards, -1 back."""
    speed: int = USUAL

    def step(self, there: Sequence[bool]) -> int:
        """To the next frame that is there; nowhere else if there is none."""
        at, way = self.at, self.way
        for _ in range(2 * len(there)):
            if self.loop:
                at = (at + way) % len(there)
            elif len(there) > 1:
                way = way if 0 <= at + way < len(there) else -way
                at += way
            if there[at] and at != self.at:
                self.at, self.way = at, way
                break
        return self.at

    def faster(self, by: int) -> None:
        """Another speed, as far as there are some."""
        self.speed = SPEEDS[min(max(SPEEDS.index(self.speed) + by, 0), len(SPEEDS) - 1)]
