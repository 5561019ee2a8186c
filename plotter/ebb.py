"""What is said to an EiBotBoard: commands as values, which know their words, their steps and their time.

Source: the EBB command sets 2.x and 3.x published with the firmware (EggBot, docs/ebb2.html and docs/ebb.html).
Axis 1 and 2 are the motors; on an AxiDraw axis 1 = x + y and axis 2 = x - y.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from plotter.firmware import OLDEST as OLDEST
from plotter.firmware import USUAL as USUAL
from plotter.firmware import Firmware as Firmware
from plotter.moves import L3 as L3
from plotter.moves import LM as LM
from plotter.moves import LT as LT
from plotter.moves import SM as SM
from plotter.moves import TD as TD
from plotter.moves import Command as Command
from plotter.moves import Held as Held
from plotter.moves import Move as Move
from plotter.moves import ticks_of as ticks_of
from plotter.ticks import TICKS_PER_MS

STEPS_PER_MM = 80
"""Along x or y, at 1/16 microsteps."""
USUAL_PIN = 1
"""Of port B, that drives the pen's servo."""
RP_OF_PIN = 3
"""S2 names pins otherwise: those of port B have numbers so much higher."""
SERVO_COUNTS_PER_MS = 12_000
"""Length of a servo pulse: a count is 83.3 ns."""


def to_axes(x_steps: int, y_steps: int) -> tuple[int, int]:
    """Motor steps that move the pen by so many steps along x and y."""
    return x_steps + y_steps, x_steps - y_steps


def from_axes(axis1: float, axis2: float) -> tuple[float, float]:
    """Steps along x and y; halves where the motors are not both even or both odd."""
    return (axis1 + axis2) / 2, (axis1 - axis2) / 2


class _Still:
    """A command that turns no motor."""

    __slots__ = ()

    @property
    def steps(self) -> tuple[int, int]:
        """None."""
        return 0, 0


def _wait_ticks(duration_ms: int) -> int:
    return max(1, TICKS_PER_MS * duration_ms)


@dataclass(frozen=True, slots=True)
class SP(_Still):
    """The pen to its upper or lower place; the next command waits so many ms, the servo does not."""

    up: bool
    duration_ms: int = 0
    pin: int = USUAL_PIN

    @property
    def text(self) -> str:
        """As it is sent; a board that is not told of a pin takes the usual one."""
        pin = "" if self.pin == USUAL_PIN else f",{self.pin}"
        return f"SP,{int(self.up)},{self.duration_ms}{pin}"

    @property
    def ticks(self) -> int:
        """The wait; without one the next tick goes on."""
        return _wait_ticks(self.duration_ms)


@dataclass(frozen=True, slots=True)
class S2(_Still):
    """A servo to a place of its own, in counts; the next command waits so many ms, the servo does not."""

    counts: int
    rate: int
    """Counts in a period of the servo."""
    duration_ms: int = 0
    pin: int = USUAL_PIN
    """Of port B, as SP has it; this command counts the pins otherwise."""

    @property
    def text(self) -> str:
        """As it is sent."""
        return f"S2,{self.counts},{self.pin + RP_OF_PIN},{self.rate},{self.duration_ms}"

    @property
    def ticks(self) -> int:
        """The wait; without one the next tick goes on."""
        return _wait_ticks(self.duration_ms)


@dataclass(frozen=True, slots=True)
class EM(_Still):
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


@dataclass(frozen=True, slots=True)
class Immediate(_Still):
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


def SC(parameter: int, value: int) -> Immediate:  # noqa: N802 - named as the board names it
    """Servo settings: 4 up and 5 down (counts), 8 the slots, 11 and 12 the rates up and down (counts each 24 ms)."""
    return Immediate(("SC", parameter, value))


def SR(timeout_ms: int, on: bool | None = None) -> Immediate:  # noqa: N802 - named as the board names it
    """After how long the servo loses its power; and its power now."""
    return Immediate(("SR", timeout_ms) if on is None else ("SR", timeout_ms, int(on)))


def durations_ticks(commands: Iterable[Command], firmware: Firmware = USUAL) -> list[int]:
    """Exactly how long the board takes for each of a row of commands, the accumulators carried on.

    The first one starts from cleared accumulators, as after EM.
    """
    held: Held = (0, 0)
    durations: list[int] = []
    for command in commands:
        if isinstance(command, SM | LM | LT | L3 | TD):
            ticks = 0
            for part in command.parts if isinstance(command, TD) else (command,):
                first, second = part.tracks(held, firmware)
                held = first.end_accumulator, second.end_accumulator
                ticks += ticks_of((first, second)) + (firmware.gap_ticks if any(part.steps) else 0)
            durations.append(ticks)
        else:
            if isinstance(command, EM) and firmware.has_lm:
                held = (0, 0)
            queued = not isinstance(command, EM) or firmware.queues_motor_power
            durations.append(command.ticks if queued else 0)
    return durations
