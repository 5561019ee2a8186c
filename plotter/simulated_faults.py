"""Faults that the simulated board can be told to have, to see what a program makes of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from plotter.errors import PlotterError

KINDS = "unplug@N, garbage@N, late@N:SECONDS, button@N"
_ONE = re.compile(r"(unplug|garbage|late|button)@(\d+)(?::(\d+(?:\.\d+)?))?")
GARBAGE = b"\x00\xffO\x80K?\r\n"


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong, by the number of the command, from 1."""

    unplug: int | None = None
    """The board is gone before it answers this one."""
    garbage: frozenset[int] = frozenset()
    """The replies to these are noise."""
    late: tuple[tuple[int, float], ...] = ()
    """The replies to these come so many seconds late."""
    button: frozenset[int] = frozenset()
    """Somebody presses the button as these come in."""

    @classmethod
    def parse(cls, spec: str) -> Faults:
        """From ``unplug@100``, ``late@20:2.5,garbage@30`` and the like.

        Raises:
            PlotterError: it is not of that form.
        """
        told: dict[str, dict[int, float]] = {}
        for part in filter(None, spec.split(",")):
            found = _ONE.fullmatch(part.strip())
            if found is None or int(found[2]) == 0 or (found[1] == "late") != (found[3] is not None):
                raise PlotterError(f"{part!r} is no fault; there are {KINDS}, several with commas between.")
            told.setdefault(found[1], {})[int(found[2])] = float(found[3] or 0)
        return cls(
            min(told.get("unplug", {}), default=None),
            frozenset(told.get("garbage", {})),
            tuple(told.get("late", {}).items()),
            frozenset(told.get("button", {})),
        )

    def spoil(self, number: int, reply: bytes) -> tuple[bytes, float]:
        """The reply to a command as it comes, and how many seconds late."""
        delay_s = next((seconds for each, seconds in self.late if each == number), 0.0)
        return GARBAGE if number in self.garbage else reply, delay_s
