"""What a simulated plotter did, and what a real one would have suffered from."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from plotter.ticks import TICKS_PER_S

KEPT = 1000
"""Violations beyond so many are counted, not kept."""


@dataclass(frozen=True, slots=True)
class Violation:
    """Something a real machine would have suffered from."""

    at_s: float
    kind: str
    """too_fast, below_zero, out_of_travel, jump, pen_moving, ink_in_travel, early_ink or unpowered."""
    says: str


@dataclass(slots=True)
class Report:
    """What the machine did."""

    commands: int = 0
    """Lines the board was sent."""
    duration_s: float = 0.0
    """From the start of the first to the end of the last pen or motor command."""
    busy_s: float = 0.0
    """Of that, the time in which a command was executed."""
    ink_m: float = 0.0
    travel_m: float = 0.0
    lifts: int = 0
    """How often the pen left the paper."""
    halts: int = 0
    """How often the queue ran dry with the pen down and the motors at speed."""
    starved_s: float = 0.0
    """How long the pen lay on the paper with nothing to do, between the first and the last command."""
    longest_starved_s: float = 0.0
    violations: list[Violation] = field(default_factory=list[Violation])
    violations_left_out: int = 0

    def to_json(self) -> dict[str, Any]:
        """Plain values, rounded to what is meant."""
        told = asdict(self)
        for name in ("duration_s", "busy_s", "ink_m", "travel_m", "starved_s", "longest_starved_s"):
            told[name] = round(told[name], 6)
        return told

    def violate(self, tick: int, kind: str, says: str) -> None:
        """Add a violation."""
        if len(self.violations) < KEPT:
            self.violations.append(Violation(round(tick / TICKS_PER_S, 5), kind, says))
        else:
            self.violations_left_out += 1
