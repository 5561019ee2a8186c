"""What moves the pen: the servo of an AxiDraw, or the brushless one of a NextDraw, as the board drives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Lift = Literal["standard", "brushless"]

SLOT_S = 0.003
"""A servo's turn; the board gives each of its slots one after the other."""


@dataclass(frozen=True)
class PenLift:
    """Range, output and rhythm of a servo."""

    low: int
    high: int
    """Counts of 1/12 us at 0 and 100 % of the pen's height, as the official software has them."""
    pin: int
    """Of port B that it is plugged into, as SP counts them; S2 counts three more."""
    slots: int
    """Between which the board's servo pulses take turns (SC,8); rates are counts in one turn of all."""

    @property
    def period_s(self) -> float:
        """Servo rates are counts in this time."""
        return self.slots * SLOT_S

    def counts(self, percent: float) -> int:
        """Counts at a height in percent."""
        return round(self.low + (self.high - self.low) * percent / 100)

    def rate(self, percent_s: float) -> int:
        """Counts in a period, for a speed in percent of the range a second."""
        return min(65535, max(1, round((self.high - self.low) * percent_s / 100 * self.period_s)))


LIFTS: dict[Lift, PenLift] = {
    "standard": PenLift(9855, 27831, pin=1, slots=8),
    "brushless": PenLift(5400, 12600, pin=2, slots=1),
}
"""By name. Brushless servos want a pulse each 3 ms, so nothing else may take a turn."""
