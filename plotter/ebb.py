"""What is said to an EiBotBoard: commands as values, which know their words, their steps and their time.

Source: the EBB command sets 2.x and 3.x published with the firmware (EggBot, docs/ebb2.html and docs/ebb.html).
Axis 1 and 2 are the motors; on an AxiDraw axis 1 = x + y and axis 2 = x - y.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from plotter.firmware import OLDEST as OLDEST
from plotter.firmware import USUAL as USUAL
from plotter.firmware import Firmware as Firmware
from plotter.ticks import (
    REST,
    STEP,
    TICKS_PER_MS,
    Track,
    cleared_accumulator,
    limited_track,
    sm_rate,
    start_rate,
    timed_track,
    unsigned_track,
)

STEPS_PER_MM = 80
"""Along x or y, at 1/16 microsteps."""
SERVO_COUNTS_PER_MS = 12_000
"""Length of a servo pulse: a count is 83.3 ns."""
Held = tuple[int, int]
"""The two accumulators between commands."""


def to_axes(x_steps: int, y_steps: int) -> tuple[int, int]:
    """Motor steps that move the pen by so many steps along x and y."""
    return x_steps + y_steps, x_steps - y_steps


def from_axes(axis1: float, axis2: float) -> tuple[float, float]:
    """Steps along x and y; halves where the motors are not both even or both odd."""
    return (axis1 + axis2) / 2, (axis1 - axis2) / 2


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
            pause = Track(TICKS_PER_MS * self.duration_ms, 0, accumulator=held[0])
            return pause, Track(0, 0, accumulator=held[1])
        top = STEP - 1 if firmware.signed_rates else STEP
        first, second = (
            unsigned_track(min(sm_rate(self.duration_ms, steps), top), 0, steps, 0 if self.clear & bit else held[index])
            for index, (steps, bit) in enumerate(((self.steps1, 1), (self.steps2, 2)))
        )
        return first, second


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
            _lm_track(self.rate1, self.steps1, self.acc1, held[0], bool(self.clear & 1), firmware),
            _lm_track(self.rate2, self.steps2, self.acc2, held[1], bool(self.clear & 2), firmware),
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
        first, second = self.tracks((0, 0), USUAL)
        return first.total_steps, second.total_steps

    def tracks(self, held: Held, firmware: Firmware) -> tuple[Track, Track]:
        """Both axes for the whole time."""
        first, second = (
            _lt_track(self.ticks, rate, acc, jerk, held[index], bool(self.clear & (index + 1)), firmware)
            for index, (rate, acc, jerk) in enumerate(
                ((self.rate1, self.acc1, self.jerk1), (self.rate2, self.acc2, self.jerk2))
            )
        )
        return first, second


@dataclass(frozen=True, slots=True)
class SP:
    """The pen to its upper or lower place; the next command waits so many ms, the servo does not."""

    up: bool
    duration_ms: int = 0

    @property
    def text(self) -> str:
        """As it is sent; the pin stays as it is."""
        return f"SP,{int(self.up)},{self.duration_ms}"

    @property
    def ticks(self) -> int:
        """The wait; without one the next tick goes on."""
        return max(1, TICKS_PER_MS * self.duration_ms)

    @property
    def steps(self) -> tuple[int, int]:
        """None."""
        return 0, 0


@dataclass(frozen=True, slots=True)
class EM:
    """Power of the motors: 0 off, 1 for 1/16 microsteps, 5 for full ones; the first sets the steps of both."""

    motor1: int
    motor2: int

    @property
    def text(self) -> str:
        """As it is sent."""
        return f"EM,{self.motor1},{self.motor2}"

    @property
    def ticks(self) -> int:
        """The least there is."""
        return 1

    @property
    def steps(self) -> tuple[int, int]:
        """None."""
        return 0, 0


@dataclass(frozen=True, slots=True)
class Immediate:
    """A setting or a query, done at once and not queued: its words, as ``("SC", 4, 22565)``."""

    words: tuple[str | int, ...]

    @property
    def text(self) -> str:
        """As it is sent."""
        return ",".join(map(str, self.words))

    @property
    def ticks(self) -> int:
        """None: it is not queued."""
        return 0

    @property
    def steps(self) -> tuple[int, int]:
        """None."""
        return 0, 0


def SC(parameter: int, value: int) -> Immediate:  # noqa: N802 - named as the board names it
    """Servo settings: 4 up and 5 down (counts), 11 and 12 the rates up and down (counts each 24 ms), 10 both."""
    return Immediate(("SC", parameter, value))


def SR(timeout_ms: int, on: bool | None = None) -> Immediate:  # noqa: N802 - named as the board names it
    """After how long the servo loses its power; and its power now."""
    return Immediate(("SR", timeout_ms) if on is None else ("SR", timeout_ms, int(on)))


def ticks_of(tracks: tuple[Track, Track]) -> int:
    """How long a move takes: to the end of the slower axis, one tick at least."""
    return max(tracks[0].total_ticks, tracks[1].total_ticks, 1)


def durations_ticks(commands: Iterable[Command], firmware: Firmware = USUAL) -> list[int]:
    """Exactly how long the board takes for each of a row of commands, the accumulators carried on.

    The first one starts from cleared accumulators, as after EM.
    """
    held: Held = (0, 0)
    durations: list[int] = []
    for command in commands:
        if isinstance(command, SM | LM | LT):
            first, second = command.tracks(held, firmware)
            held = first.end_accumulator, second.end_accumulator
            moves = any(command.steps)
            durations.append(ticks_of((first, second)) + (firmware.gap_ticks if moves else 0))
        else:
            if isinstance(command, EM) and firmware.has_lm:
                held = (0, 0)
            queued = not isinstance(command, EM) or firmware.queues_motor_power
            durations.append(command.ticks if queued else 0)
    return durations


def _clear(clear: int) -> str:
    return f",{clear}" if clear else ""


def _lm_track(rate: int, steps: int, acc: int, held: int, clear: bool, firmware: Firmware) -> Track:
    if firmware.signed_rates:
        rate, steps, acc = (-rate, -steps, -acc) if steps < 0 else (rate, steps, acc)
        start = start_rate(rate, acc)
        return limited_track(start, acc, steps, cleared_accumulator(start, acc) if clear else held)
    if rate == 0 and acc == 0:
        return Track(0, 0, accumulator=held)
    # before 2.7 the acceleration came after the first tick, and was not centred
    start = start_rate(abs(rate), acc) if firmware.has_lm else abs(rate) - acc
    return unsigned_track(start, acc, steps, 0 if clear else held)


def _lt_track(ticks: int, rate: int, acc: int, jerk: int, held: int, clear: bool, firmware: Firmware) -> Track:
    if rate == 0 and acc == 0 and jerk == 0:
        return REST if clear else Track(0, 0, accumulator=held)
    if firmware.signed_rates:
        start = start_rate(rate, acc, jerk)
        return timed_track(ticks, start, acc, jerk, cleared_accumulator(start, acc, jerk) if clear else held)
    track = timed_track(ticks, start_rate(abs(rate), acc), acc, 0, 0 if clear else held)
    return track if rate >= 0 else Track(track.ticks, track.start, acc, 0, track.accumulator, -1)
