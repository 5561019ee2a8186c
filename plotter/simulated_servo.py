"""The servo that raises and lowers a simulated plotter's pen."""

from __future__ import annotations

import math
from dataclasses import dataclass

from plotter.ticks import TICKS_PER_MS

PEN_PIN = 4
"""RP4 drives the pen servo of an AxiDraw."""
CONTACT = 0.25
"""The pen touches the paper up to this share of the way from its lower to its upper place."""


@dataclass(slots=True)
class Servo:
    """The pen's servo: it moves at its own pace, whatever the motors do."""

    up: int = 22565
    down: int = 15302
    raise_rate: int = 0
    """Counts in a period; 0 is as fast as it can, taken as at once."""
    lower_rate: int = 0
    pin: int = PEN_PIN
    """RP4 or another one: what the machine's servo is plugged into."""
    driven: bool = True
    """Whether its output ever told it where to be; the board's start does that for RP4 only."""
    slots: int = 8
    """SC,8: how many channels take their turn, each of so many ms (SC,9)."""
    slot_ms: int = 3
    period_ticks: int = 24 * TICKS_PER_MS
    line: float = 15302 + CONTACT * (22565 - 15302)
    """Counts at which the pen meets the paper."""
    upward: bool = True
    """Whether more counts are further up."""
    value: float = 22565.0
    """Where the last move began."""
    target: int = 22565
    began: int = 0
    ends: int = 0

    def at(self, tick: int) -> float:
        """Counts at a time."""
        if tick >= self.ends:
            return self.target
        share = (tick - self.began) / (self.ends - self.began)
        return self.value + share * (self.target - self.value)

    def go(self, target: int, rate: int, tick: int) -> None:
        """Begin to move; an output that was never driven goes there at once."""
        driven, self.driven = self.driven, True
        self.value = self.at(tick) if driven else target
        self.target, self.began = target, tick
        away = abs(target - self.value)
        self.ends = tick + (math.ceil(away * self.period_ticks / rate) if rate else 0)

    def halt(self, tick: int) -> None:
        """It stays where it is."""
        self.value = self.at(tick)
        self.target, self.ends = round(self.value), tick

    def measure(self) -> None:
        """Where the paper is, now that the pen's places were told; two that are the same tell nothing."""
        if self.up != self.down:
            self.line = self.down + CONTACT * (self.up - self.down)
            self.upward = self.up > self.down

    def touches(self, counts: float) -> bool:
        """Whether the pen is on the paper at this count."""
        return counts <= self.line if self.upward else counts >= self.line

    def next_contact(self, tick: int) -> int | None:
        """When, during its move, the pen meets or leaves the paper; None if it does neither any more."""
        if self.touches(self.value) == self.touches(self.target):
            return None
        span = self.target - self.value
        meets = (
            self.began + math.ceil((self.line - self.value) / span * (self.ends - self.began)) if span else self.ends
        )
        return max(tick, meets)
