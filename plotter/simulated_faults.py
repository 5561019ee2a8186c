"""Faults that the simulated board can be told to have, to see what a program makes of them."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass

from plotter.errors import PlotterError

TELLS = {
    "unplug": "the cable is pulled as it comes in",
    "unplug_byte": "the cable is pulled after so many bytes that the board said, in the middle of a reply too",
    "power": "the power is lost",
    "reset": "the board resets itself",
    "garbage": "the reply is noise",
    "split": "the reply comes in pieces",
    "late": "the reply comes so late",
    "missing": "it is done and not answered",
    "lost": "it does not reach the board",
    "corrupt": "a letter of it is changed on the way",
    "stall": "the board reads nothing for so long, but moves on",
    "noise": "bytes that nobody asked for come before the reply",
    "sag": "the supply of the motors is so many volts from then on; below 7.5 they do not move",
    "button": "the button is pressed",
    "future": "the board is found in the new syntax",
    "half": "half a line of another program is in the board's buffer",
}
"""What goes wrong at the command of a number, from 1; the last two are there from the start, at 0."""
NUMBERED = {"late": "SECONDS", "stall": "SECONDS", "sag": "VOLTS"}
"""Those that a number says more of."""
AT_START = ("future", "half")
KINDS = ", ".join(
    f"{kind}@{0 if kind in AT_START else 'N'}{f':{NUMBERED[kind]}' if kind in NUMBERED else ''}" for kind in TELLS
)
PASSING = ("garbage", "split", "late", "missing", "lost", "corrupt", "stall", "noise")
"""Those after which the board still answers, and has forgotten nothing."""
GARBAGE = b"\x00\xffO\x80K?\r\n"
NOISE = b"\xfe\x00#~\r\n"
HALF = b"SM,10,5"
PIECE_S = 0.002
_ONE = re.compile(r"([a-z_]+)@(\d+)(?::(\d+(?:\.\d+)?))?")


@dataclass(frozen=True, slots=True)
class Fault:
    """One of them."""

    kind: str
    at: int
    """Number of the command, from 1; or of the byte."""
    amount: float = 0.0
    """Seconds, or volts."""

    def __str__(self) -> str:
        return f"{self.kind}@{self.at}{f':{self.amount:g}' if self.kind in NUMBERED else ''}"


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong, and when."""

    every: tuple[Fault, ...] = ()

    @classmethod
    def parse(cls, spec: str) -> Faults:
        """From ``unplug@100``, ``late@20:2.5,garbage@30`` and the like; ``random@SEED:COUNT`` is so many of any kind.

        Raises:
            PlotterError: it is not of that form.
        """
        every: list[Fault] = []
        for part in filter(None, (each.strip() for each in spec.split(","))):
            found = _ONE.fullmatch(part)
            if found is not None and found[1] == "random" and found[3] is not None and "." not in found[3]:
                every += cls.random(int(found[2]), int(found[3])).every
                continue
            fits = found is not None and found[1] in TELLS and (found[1] in NUMBERED) == (found[3] is not None)
            if found is None or not fits or (int(found[2]) == 0) != (found[1] in AT_START):
                raise PlotterError(f"{part!r} is no fault; there are {KINDS}, several with commas between.")
            every.append(Fault(found[1], int(found[2]), float(found[3] or 0)))
        return cls(tuple(every))

    @classmethod
    def random(cls, seed: int, count: int = 8, among: int = 400, kinds: Iterable[str] = PASSING) -> Faults:
        """So many faults at random among the first commands, the same for a seed.

        Args:
            among: the number of the last command that may be hit.
            kinds: what may go wrong.
        """
        chance, names = random.Random(seed), list(kinds)
        places = sorted(chance.sample(range(1, among + 1), min(count, among)))
        drawn = [(chance.choice(names), at, round(chance.uniform(0.05, 3), 2)) for at in places]
        return cls(tuple(Fault(kind, at, seconds if kind in NUMBERED else 0.0) for kind, at, seconds in drawn))

    def __str__(self) -> str:
        return ",".join(map(str, self.every))

    def by_number(self) -> dict[int, dict[str, float]]:
        """By the number of the command: what goes wrong there, and for how many seconds, or to how many volts."""
        found: dict[int, dict[str, float]] = {}
        for fault in self.every:
            if fault.kind != "unplug_byte":
                found.setdefault(fault.at, {})[fault.kind] = fault.amount
        return found

    @property
    def unplug_byte(self) -> int | None:
        """After how many bytes the cable is pulled."""
        return min((fault.at for fault in self.every if fault.kind == "unplug_byte"), default=None)


def corrupted(line: str, number: int) -> str:
    """The line with one letter of it changed."""
    chance = random.Random(number)
    place = chance.randrange(len(line))
    letters = [each for each in "0123456789,-ABCQSM#" if each != line[place]]
    return line[:place] + chance.choice(letters) + line[place + 1 :]


def pieces(reply: bytes, number: int) -> list[bytes]:
    """The reply in two or more."""
    if len(reply) < 2:
        return [reply]
    chance = random.Random(number)
    cuts = sorted(chance.sample(range(1, len(reply)), min(len(reply) - 1, chance.randint(1, 3))))
    return [reply[start:end] for start, end in zip([0, *cuts], [*cuts, len(reply)], strict=True)]
