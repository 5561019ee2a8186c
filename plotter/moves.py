"""Commands that move the motors of an EiBotBoard: their words, their steps, their time tick by tick.

Source: as in ebb.py. Firmware 3 reads a rate with its sign, 2.7 and 2.8 without, 2.5 and 2.6 accelerate otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from plotter.firmware import NEWEST, USUAL, Firmware
from plotter.ticks import (
    REST,
    STEP,
    TICKS_PER_MS,
    Track,
    cleared_accumulator,
    float_rate,
    jerk_track,
    limited_track,
    sm_rate,
    start_rate,
    timed_track,
    unsigned_track,
)

LONGEST_PAUSE_MS = 100_000
"""Firmware 3 makes no longer one."""
Held = tuple[int, int]
"""The two accumulators between commands."""


class Command(Protocol):
    """Something said to the board."""

    @property
    def text(self) -> str:
        """As it is sent, without the carriage return."""
        ...

    @property
    def ticks(self) -> int:
        """How long the board is busy with it, from cleared accumulators; 0 if it is not queued."""
        ...

    @property
    def steps(self) -> tuple[int, int]:
        """Motor steps it makes, axis 1 and axis 2."""
        ...


class Move(Command, Protocol):
    """A command that moves the motors, or has them wait."""

    def tracks(self, held: Held, firmware: Firmware) -> tuple[Track, Track]:
        """Both axes, from the accumulators that the command before left."""
        ...


@dataclass(frozen=True, slots=True)
class SM:
    """Both motors at constant rates; without steps, a pause."""

    duration_ms: int
    steps1: int
    steps2: int
    clear: int = 0
    """Firmware 2.7 on: 1, 2 or 3 clears the accumulator of axis 1, 2 or both first."""

    @property
    def text(self) -> str:
        """As it is sent."""
        return f"SM,{self.duration_ms},{self.steps1},{self.steps2}{_clear(self.clear)}"

    @property
    def steps(self) -> tuple[int, int]:
        """Axis 1 and axis 2."""
        return self.steps1, self.steps2

    @property
    def ticks(self) -> int:
        """The board's own rounding is in it: not always 25 to the millisecond."""
        return ticks_of(self.tracks((0, 0), USUAL))

    def tracks(self, held: Held, firmware: Firmware) -> tuple[Track, Track]:
        """Both axes; the board works out the rates."""
        if self.steps1 == 0 and self.steps2 == 0:
            longest_ms = LONGEST_PAUSE_MS if firmware.signed_rates else self.duration_ms
            pause = Track(TICKS_PER_MS * min(self.duration_ms, longest_ms), 0, accumulator=held[0])
            return pause, Track(0, 0, accumulator=held[1])
        return (
            sm_track(self.duration_ms, self.steps1, 0 if self.clear & 1 else held[0], firmware),
            sm_track(self.duration_ms, self.steps2, 0 if self.clear & 2 else held[1], firmware),
        )


@dataclass(frozen=True, slots=True)
class LM:
    """Both motors at rates that grow by an acceleration on each tick; ends when both have made their steps.

    Give rates of at least 0 and let the steps carry the direction: so firmware 2.7 and 3 do the same.
    """

    rate1: int
    steps1: int
    acc1: int
    rate2: int
    steps2: int
    acc2: int
    clear: int = 0

    @property
    def text(self) -> str:
        """As it is sent."""
        values = (self.rate1, self.steps1, self.acc1, self.rate2, self.steps2, self.acc2)
        return f"LM,{','.join(map(str, values))}{_clear(self.clear)}"

    @property
    def steps(self) -> tuple[int, int]:
        """Axis 1 and axis 2; an axis without rate and acceleration makes none."""
        first = self.steps1 if self.rate1 or self.acc1 else 0
        return first, self.steps2 if self.rate2 or self.acc2 else 0

    @property
    def ticks(self) -> int:
        """To the last step of the slower axis."""
        return ticks_of(self.tracks((0, 0), USUAL))

    def tracks(self, held: Held, firmware: Firmware) -> tuple[Track, Track]:
        """Both axes; the firmware's own reading of the rate's sign."""
        return (
            lm_track(self.rate1, self.steps1, self.acc1, held[0], bool(self.clear & 1), firmware),
            lm_track(self.rate2, self.steps2, self.acc2, held[1], bool(self.clear & 2), firmware),
        )


@dataclass(frozen=True, slots=True)
class LT:
    """As LM, but ends after so many ticks; with jerk it is T3, of firmware 3."""

    ticks: int
    rate1: int
    acc1: int
    rate2: int
    acc2: int
    clear: int = 0
    jerk1: int = 0
    jerk2: int = 0

    @property
    def text(self) -> str:
        """As it is sent, LT or T3."""
        if self.jerk1 or self.jerk2:
            values = (self.ticks, self.rate1, self.acc1, self.jerk1, self.rate2, self.acc2, self.jerk2)
            return f"T3,{','.join(map(str, values))}{_clear(self.clear)}"
        return f"LT,{self.ticks},{self.rate1},{self.acc1},{self.rate2},{self.acc2}{_clear(self.clear)}"

    @property
    def steps(self) -> tuple[int, int]:
        """From cleared accumulators."""
        first, second = self.tracks((0, 0), NEWEST if self.jerk1 or self.jerk2 else USUAL)
        return first.total_steps, second.total_steps

    def tracks(self, held: Held, firmware: Firmware) -> tuple[Track, Track]:
        """Both axes for the whole time."""
        first, second = (
            lt_track(self.ticks, rate, acc, jerk, held[index], bool(self.clear & (index + 1)), firmware)
            for index, (rate, acc, jerk) in enumerate(
                ((self.rate1, self.acc1, self.jerk1), (self.rate2, self.acc2, self.jerk2))
            )
        )
        return first, second


@dataclass(frozen=True, slots=True)
class L3:
    """As LM, with jerk: what an acceleration grows by on each tick. Firmware 3."""

    rate1: int
    steps1: int
    acc1: int
    jerk1: int
    rate2: int
    steps2: int
    acc2: int
    jerk2: int
    clear: int = 0

    @property
    def text(self) -> str:
        """As it is sent."""
        first, second = (
            (self.rate1, self.steps1, self.acc1, self.jerk1),
            (self.rate2, self.steps2, self.acc2, self.jerk2),
        )
        return f"L3,{','.join(map(str, first + second))}{_clear(self.clear)}"

    @property
    def steps(self) -> tuple[int, int]:
        """From cleared accumulators; a motor that turns round makes some of them back."""
        first, second = self.tracks((0, 0), NEWEST)
        return first.total_steps, second.total_steps

    @property
    def ticks(self) -> int:
        """To the last step of the slower axis."""
        return ticks_of(self.tracks((0, 0), NEWEST))

    def tracks(self, held: Held, firmware: Firmware) -> tuple[Track, Track]:
        """Both axes."""
        return (
            l3_track(self.rate1, self.steps1, self.acc1, self.jerk1, held[0], bool(self.clear & 1)),
            l3_track(self.rate2, self.steps2, self.acc2, self.jerk2, held[1], bool(self.clear & 2)),
        )


@dataclass(frozen=True, slots=True)
class TD:
    """Two T3 in one line, each of so many ticks: up with the jerk, then on with it turned round. Firmware 3.0.1."""

    ticks_each: int
    rate1a: int
    rate1b: int
    acc1: int
    jerk1: int
    rate2a: int
    rate2b: int
    acc2: int
    jerk2: int
    clear: int = 0

    @property
    def text(self) -> str:
        """As it is sent."""
        first, second = (
            (self.rate1a, self.rate1b, self.acc1, self.jerk1),
            (self.rate2a, self.rate2b, self.acc2, self.jerk2),
        )
        return f"TD,{self.ticks_each},{','.join(map(str, first + second))}{_clear(self.clear)}"

    @property
    def parts(self) -> tuple[LT, LT]:
        """The two that the board makes of it, one after the other."""
        return (
            LT(self.ticks_each, self.rate1a, 0, self.rate2a, 0, self.clear, self.jerk1, self.jerk2),
            LT(self.ticks_each, self.rate1b, self.acc1, self.rate2b, self.acc2, self.clear, -self.jerk1, -self.jerk2),
        )

    @property
    def ticks(self) -> int:
        """Of both."""
        return 2 * self.ticks_each

    @property
    def steps(self) -> tuple[int, int]:
        """Of both, from cleared accumulators."""
        first, second = (part.tracks(held, NEWEST) for part, held in self.from_held((0, 0)))
        return first[0].total_steps + second[0].total_steps, first[1].total_steps + second[1].total_steps

    def from_held(self, held: Held) -> list[tuple[LT, Held]]:
        """Its parts, each with the accumulators that it starts from."""
        first, second = self.parts
        tracks = first.tracks(held, NEWEST)
        return [(first, held), (second, (tracks[0].end_accumulator, tracks[1].end_accumulator))]


def ticks_of(tracks: tuple[Track, Track]) -> int:
    """How long a move takes: to the end of the slower axis, one tick at least."""
    return max(tracks[0].total_ticks, tracks[1].total_ticks, 1)


def sm_track(duration_ms: int, steps: int, held: int, firmware: Firmware) -> Track:
    """One axis of SM, XM and HM; the board works out the rate."""
    if firmware.signed_rates:
        return unsigned_track(float_rate(duration_ms, steps), 0, steps, held)
    top = STEP - 1 if firmware.has_lm else STEP
    return unsigned_track(min(sm_rate(duration_ms, steps), top), 0, steps, held)


def _clear(clear: int) -> str:
    return f",{clear}" if clear else ""


def lm_track(rate: int, steps: int, acc: int, held: int, clear: bool, firmware: Firmware) -> Track:
    """One axis of LM."""
    if firmware.signed_rates:
        rate, steps, acc = (-rate, -steps, -acc) if steps < 0 else (rate, steps, acc)
        start = start_rate(rate, acc)
        return limited_track(start, acc, steps, cleared_accumulator(start, acc) if clear else held)
    if rate == 0 and acc == 0:
        return Track(0, 0, accumulator=held)
    # before 2.7 the acceleration came after the first tick, and was not centred
    start = start_rate(abs(rate), acc) if firmware.has_lm else abs(rate) - acc
    return unsigned_track(start, acc, steps, 0 if clear else held)


def l3_track(rate: int, steps: int, acc: int, jerk: int, held: int, clear: bool) -> Track:
    """One axis of L3; steps that are negative turn rate and acceleration round, but not the jerk."""
    rate, steps, acc = (-rate, -steps, -acc) if steps < 0 else (rate, steps, acc)
    start = start_rate(rate, acc, jerk)
    return jerk_track(start, acc, jerk, steps, cleared_accumulator(start, acc, jerk) if clear else held)


def lt_track(ticks: int, rate: int, acc: int, jerk: int, held: int, clear: bool, firmware: Firmware) -> Track:
    """One axis of LT and T3."""
    if rate == 0 and acc == 0 and jerk == 0:
        return REST if clear else Track(0, 0, accumulator=held)
    if firmware.signed_rates:
        start = start_rate(rate, acc, jerk)
        return timed_track(ticks, start, acc, jerk, cleared_accumulator(start, acc, jerk) if clear else held)
    track = timed_track(ticks, start_rate(abs(rate), acc), acc, 0, 0 if clear else held)
    return track if rate >= 0 else Track(track.ticks, track.start, acc, 0, track.accumulator, -1)
