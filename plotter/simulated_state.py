"""What the simulated board remembers, and what waits in its queue."""

from __future__ import annotations

from dataclasses import dataclass, field

from plotter.ebb import EM, L3, LM, LT, SM
from plotter.firmware import USUAL, Firmware
from plotter.simulated_replies import Refused, Tongue
from plotter.simulated_servo import PEN_PIN
from plotter.ticks import TICKS_PER_MS, Track

LEAST_HOME_MS = 10
MOST_HOME_STEPS = 0xFFFFFF


@dataclass(frozen=True, slots=True)
class Pen:
    """A queued command to the pen servo, or only a wait."""

    target: int | None
    rate: int
    wait_ticks: int
    up: bool | None
    """What QP will tell from then on; None leaves it as it is."""


@dataclass(frozen=True, slots=True)
class Home:
    """HM: to a place; the parser holds it until the motors rest."""

    rate: int
    place: tuple[int, int]

    def moves_from(self, counted: tuple[int, int], firmware: Firmware) -> list[SM]:
        """The moves that it makes from there: along a line since firmware 3, before that along two at need.

        Raises:
            Refused: too fast, or too far.
        """
        steps1, steps2 = self.place[0] - counted[0], self.place[1] - counted[1]
        most, least = max(abs(steps1), abs(steps2)), min(abs(steps1), abs(steps2))
        if firmware.signed_rates:
            duration_ms = most * 1000 // min(max(self.rate, 1), 25_000)
            return [SM(max(LEAST_HOME_MS, duration_ms), steps1, steps2, 3)]
        if most > MOST_HOME_STEPS:
            raise Refused("!0 Err: steps to home larger than 16,777,215.", reverse=True)
        first_leads = abs(steps1) > abs(steps2)
        if self.rate // 1000 > 25:
            raise Refused(f"!0 Err: HM <axis{1 if first_leads else 2}> step rate > 25K steps/second.", reverse=True)
        clear = 3 if firmware.has_lm else 0
        duration_ms = most * 1000 // self.rate
        moves: list[SM] = []
        if least and duration_ms // 1311 >= least:
            # one of them would turn too slowly: first both make the steps of the shorter way, each in its direction
            one, two = (least if steps1 > 0 else -least), (least if steps2 > 0 else -least)
            moves.append(SM(max(1, least * 1000 // self.rate), one, two, clear))
            steps1, steps2 = steps1 - one, steps2 - two
        return [*moves, SM(max(LEAST_HOME_MS, duration_ms), steps1, steps2, clear)]


@dataclass(frozen=True, slots=True)
class Depth:
    """CU,4: how many commands the queue takes; the parser holds it until the motors rest."""

    size: int


Queued = SM | LM | LT | L3 | EM | Pen


@dataclass(slots=True)
class State:
    """The board's memory, motion apart."""

    firmware: Firmware = USUAL
    nickname: str = ""
    tongue: Tongue = field(default_factory=Tongue)
    depth: int = 1
    """How many commands the queue takes."""
    counted: tuple[int, int] = (0, 0)
    """What QS tells between commands."""
    held: tuple[int, int] = (0, 0)
    """The accumulators between commands."""
    microstep: int = 1
    powered: tuple[bool, bool] = (False, False)
    auto_enable: bool = True
    """Whether a move powers the motors."""
    pen_up: bool = True
    pen_pin: int = PEN_PIN
    """Which output SP drives, as S2 counts them."""
    servo_pins: list[int] = field(default_factory=lambda: [PEN_PIN])
    """Outputs that have a servo's slot, in the order in which they got it."""
    button: bool = False
    layers: list[int] = field(default_factory=lambda: [0] * 32)
    nodes: int = 0
    checks: bool = True
    checksums: bool = False
    servo_timeout_ms: int = 60_000
    """After the last command to the servo it has no power any more; 0 leaves it."""
    servo_on: bool = False
    servo_off_at: int | None = None
    """When that will be."""
    power_lost: bool = False
    """The supply fell below the threshold since this was last asked for (QG)."""
    options: dict[int, int] = field(default_factory=dict[int, int])
    """Of CU, those that QU tells again."""
    supply: int = 300
    """Volts of the motors' supply as QC tells them."""

    def reset(self) -> None:
        """As after power on; the nickname is in the flash."""
        fresh = State(self.firmware, self.nickname, supply=self.supply)
        for name in State.__slots__:
            setattr(self, name, getattr(fresh, name))

    def see_supply(self, supply: int) -> None:
        """The supply changes; below the threshold of CU,60 the board keeps that in mind."""
        self.supply = supply
        if supply < self.options.get(60, 0):
            self.power_lost = True

    def wake_servo(self, now: int) -> None:
        """A command to the servo gives it power, for a while."""
        if self.firmware.has_servo_timeout:
            self.servo_on = True
            self.servo_off_at = now + TICKS_PER_MS * self.servo_timeout_ms if self.servo_timeout_ms else None

    def take_pen_pin(self, pin: int) -> None:
        """SP drives this output from now on; the one before is free."""
        if pin != self.pen_pin:
            self.free_pin(self.pen_pin)
            self.pen_pin = pin

    def serves(self, pin: int, slots: int) -> bool:
        """Whether an output has a slot, or gets one; a board with few slots leaves the others unserved."""
        if pin not in self.servo_pins:
            self.servo_pins.append(pin)
        return self.servo_pins.index(pin) < slots

    def free_pin(self, pin: int) -> None:
        """This output needs no slot any more."""
        if pin in self.servo_pins:
            self.servo_pins.remove(pin)

    def power(self, motor1: int, motor2: int) -> None:
        """EM."""
        if motor1 in range(1, 6):
            self.microstep = 1 << (motor1 - 1)
        self.powered = motor1 > 0, motor2 > 0
        if self.firmware.has_lm:
            self.held = (0, 0)
        if self.firmware.queues_motor_power:
            self.counted = (0, 0)


@dataclass(frozen=True, slots=True)
class Motion:
    """What the queries about motion tell of."""

    position: tuple[int, int]
    tracks: tuple[Track, Track] | None
    """Of the command that is being executed, if it moves a motor."""
    ticks: int
    """For how long it has been."""
    executing: bool
    waiting: int

    @property
    def moving(self) -> tuple[bool, bool]:
        """Which motors have steps left to make."""
        if self.tracks is None:
            return False, False
        first, second = self.tracks
        return first.total_ticks > self.ticks, second.total_ticks > self.ticks
