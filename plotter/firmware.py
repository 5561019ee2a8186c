"""Versions of the EiBotBoard's firmware, and what each can do.

Source: the release notes published with the firmware (EggBot, docs/EBBReleaseNotes.html).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from plotter.errors import UnknownBoard


@dataclass(frozen=True, order=True, slots=True)
class Firmware:
    """A version of the board's firmware, and what it can do."""

    major: int
    minor: int
    patch: int

    _VERSION: ClassVar[re.Pattern[str]] = re.compile(r"(?:Version\s+)?(\d+)\.(\d+)\.(\d+)\s*$")

    @classmethod
    def parse(cls, text: str) -> Firmware:
        """From ``2.8.1`` or a reply to V.

        Raises:
            UnknownBoard: there is no version in it.
        """
        found = cls._VERSION.search(text)
        if found is None:
            raise UnknownBoard(f"{text.strip()[:80]!r} tells no firmware version; this is no EiBotBoard.")
        return cls(*map(int, found.groups()))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    @property
    def has_lm(self) -> bool:
        """LM and LT as documented today, and the clear argument of all motion commands."""
        return (self.major, self.minor, self.patch) >= (2, 7, 0)

    @property
    def has_general_query(self) -> bool:
        """QG."""
        return (self.major, self.minor, self.patch) >= (2, 6, 2)

    @property
    def has_servo_timeout(self) -> bool:
        """SR with its second argument."""
        return (self.major, self.minor, self.patch) >= (2, 6, 0)

    @property
    def has_nickname(self) -> bool:
        """QT and ST."""
        return (self.major, self.minor, self.patch) >= (2, 5, 5)

    @property
    def queues_motor_power(self) -> bool:
        """EM waits its turn and clears position and accumulators."""
        return (self.major, self.minor, self.patch) >= (2, 8, 0)

    @property
    def has_future_syntax(self) -> bool:
        """CU,10,1: every reply begins with the command and ends with a line feed."""
        return (self.major, self.minor, self.patch) >= (3, 0, 0)

    @property
    def signed_rates(self) -> bool:
        """LM takes a signed rate that may pass through zero."""
        return (self.major, self.minor, self.patch) >= (2, 9, 0)

    @property
    def has_immediate_pen(self) -> bool:
        """SP,2 and SP,3: the pen up at once, whatever is queued."""
        return (self.major, self.minor, self.patch) >= (3, 0, 1)

    @property
    def has_jerk(self) -> bool:
        """L3 and T3."""
        return (self.major, self.minor, self.patch) >= (3, 0, 0)

    @property
    def draws_with_jerk(self) -> bool:
        """T3 as plans use it; the first versions that had it were mended until 3.0.2."""
        return (self.major, self.minor, self.patch) >= (3, 0, 2)

    @property
    def has_td(self) -> bool:
        """TD: two T3 in one line."""
        return (self.major, self.minor, self.patch) >= (3, 0, 1)

    @property
    def has_home(self) -> bool:
        """HM; to a place, not only home, with has_lm."""
        return (self.major, self.minor, self.patch) >= (2, 6, 2)

    @property
    def max_queue(self) -> int:
        """How deep the queue of motion can be made."""
        return 32 if self.has_future_syntax else 1

    @property
    def gap_ticks(self) -> int:
        """Ticks that pass between a motion command and the next one."""
        return 0 if self.has_lm else 1


OLDEST = Firmware(2, 5, 3)
USUAL = Firmware(2, 8, 1)
NEWEST = Firmware(3, 0, 3)
