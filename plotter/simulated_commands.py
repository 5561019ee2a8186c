"""What the simulated board does with a command once it is read: wait in the queue, or change and tell its state."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from plotter.ebb import EM, LM, LT, SM, to_axes
from plotter.firmware import USUAL, Firmware
from plotter.simulated_plotter import Servo
from plotter.simulated_replies import Refused, Tongue, check_simple_move
from plotter.ticks import TICKS_PER_MS, Track

PEN_PIN = 4
"""RP4 drives the pen servo of an AxiDraw."""


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
    """HM: along a line to a place; the parser holds it until the motors rest."""

    rate: int
    place: tuple[int, int]

    def move_from(self, counted: tuple[int, int]) -> SM:
        """The move that it makes from there."""
        steps = self.place[0] - counted[0], self.place[1] - counted[1]
        duration_ms = math.ceil(max(map(abs, steps)) * 1000 / min(self.rate, 25_000))
        return SM(max(10, duration_ms), *steps, 3)


Queued = SM | LM | LT | EM | Pen | Home


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
    pen_up: bool = True
    button: bool = False
    layers: list[int] = field(default_factory=lambda: [0] * 32)
    nodes: int = 0
    checks: bool = True
    servo_timeout_ms: int = 60_000
    power_lost: bool = False
    """The supply fell below the threshold since this was last asked for (QG)."""
    power_threshold: int = 0
    """CU,60; 0 takes no notice."""
    supply: int = 300
    """Volts of the motors' supply as QC tells them."""

    def reset(self) -> None:
        """As after power on; the nickname is in the flash."""
        fresh = State(self.firmware, self.nickname, supply=self.supply)
        for name in State.__slots__:
            setattr(self, name, getattr(fresh, name))

    def see_supply(self, supply: int) -> None:
        """The supply changes."""
        self.supply = supply
        if supply < self.power_threshold:
            self.power_lost = True

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


def to_queued(name: str, n: list[int], state: State, servo: Servo) -> Queued | None:
    """The command as it waits in the queue; None if it is none of those that do.

    Raises:
        Refused: its numbers are out of range.
    """
    if name in ("SM", "XM"):
        steps = to_axes(n[1], n[2]) if name == "XM" else (n[1], n[2] if len(n) > 2 else 0)
        if state.checks:
            check_simple_move(n[0], *steps)
        return SM(max(1, n[0]), *steps, _clear(n, 3, state))
    if name == "LM":
        move = LM(n[0], n[1], n[2], n[3], n[4], n[5], _clear(n, 6, state))
        unsigned = not state.firmware.signed_rates and (n[0] < 0 or n[3] < 0)
        turned = (n[1] < 0 and n[0] < 0) or (n[4] < 0 and n[3] < 0)
        if unsigned or turned or move.steps == (0, 0):
            raise Refused("!6 Err: Invalid parameter value")
        return move
    if name in ("LT", "T3"):
        if n[0] <= 0:
            raise Refused("!6 Err: Invalid parameter value")
        if name == "LT":
            return LT(n[0], n[1], n[2], n[3], n[4], _clear(n, 5, state))
        return LT(n[0], n[1], n[2], n[4], n[5], _clear(n, 7, state), n[3], n[6])
    if name == "HM":
        if n[0] <= 0 or (len(n) > 1 and not state.firmware.has_lm) or len(n) == 2:
            raise Refused("!6 Err: Invalid parameter value")
        return Home(n[0], (n[1], n[2]) if len(n) > 2 else (0, 0))
    if name == "EM" and state.firmware.queues_motor_power:
        return EM(n[0], n[1] if len(n) > 1 else int(state.powered[1]))
    if name == "TP" or (name == "SP" and not (n[0] > 1 and state.firmware.has_immediate_pen)):
        up = n[0] > 0 if name == "SP" else not state.pen_up
        wait_ms = next(iter(n[1:] if name == "SP" else n), 0)
        target, rate = (servo.up, servo.raise_rate) if up else (servo.down, servo.lower_rate)
        return Pen(target, rate, TICKS_PER_MS * wait_ms, up)
    if name == "S2" and n[0] > 0:
        wait_ms = n[3] if len(n) > 3 else 0
        target = n[0] if n[1] == PEN_PIN else None
        return Pen(target, n[2] if len(n) > 2 else 0, TICKS_PER_MS * wait_ms, n[0] == servo.up if target else None)
    return None


def answer(name: str, n: list[int], words: list[str], state: State, servo: Servo, motion: Motion) -> bytes:
    """Do a command that is not queued, and word its reply."""
    tongue = state.tongue
    match name:
        case "V":
            return tongue.bare(name, f"EBBv13_and_above EB Firmware Version {state.firmware}")
        case "QS":
            return tongue.told(name, "{},{}".format(*motion.position), "\n\r")
        case "QM":
            flags = (motion.executing, *motion.moving, motion.waiting > 0)
            return tongue.bare(name, ",".join(str(int(each)) for each in flags), "\n\r", named=True)
        case "QG":
            bits = (
                motion.waiting > 0,
                motion.moving[1],
                motion.moving[0],
                motion.executing,
                state.pen_up,
                state.button,
                state.power_lost,
            )
            state.button = state.power_lost = False
            state.see_supply(state.supply)
            return tongue.bare(name, f"{sum(bit << place for place, bit in enumerate(bits)):02X}")
        case "QB":
            pressed, state.button = state.button, False
            return tongue.told(name, str(int(pressed)))
        case "QP":
            return tongue.told(name, str(int(state.pen_up)), "\n\r")
        case "QC":
            return tongue.told(name, f"0394,{state.supply:04d}")
        case "QT":
            return tongue.told(name, state.nickname)
        case "QL":
            return tongue.told(name, str(state.layers[n[0] % 32 if n else 0]))
        case "QN":
            return tongue.told(name, f"{state.nodes:010d}")
        case "QE":
            size = 16 // state.microstep
            return tongue.told(name, ",".join(str(size if on else 0) for on in state.powered), "\n\r")
        case "QR":
            return tongue.told(name, "1")
        case "QU":
            known = {2: state.firmware.max_queue, 3: state.depth, 6: motion.waiting, 60: state.power_threshold}
            value = known.get(n[0], 0)
            return f"QU,{value}\n\n".encode() if tongue.future else f"QU,{value}\r\nOK\r\n".encode()
        case "PI":
            return tongue.bare(name, "1", named=True)
        case "CU":
            return _configure(n, state)
        case _:
            _set(name, n, words, state, servo)
            return tongue.done(name)


def _configure(n: list[int], state: State) -> bytes:
    """CU; the reply to a change of syntax is in neither (firmware source)."""
    tongue = state.tongue
    option, value = n[0], n[1]
    if option == 10 and state.firmware.has_future_syntax:
        was, tongue.future = tongue.future, value == 1
        if was != tongue.future:
            return b"\n" if tongue.future else b"CUOK\r\n"
    elif option == 1:
        tongue.says_ok = value == 1
    elif option == 2:
        state.checks = value == 1
    elif option == 4 and state.firmware.has_future_syntax:
        state.depth = min(max(1, value), state.firmware.max_queue)
    elif option == 60 and state.firmware.has_future_syntax:
        state.power_threshold = value
        state.see_supply(state.supply)
    return tongue.done("CU")


def _set(name: str, n: list[int], words: list[str], state: State, servo: Servo) -> None:
    """Settings: those that matter to motion, ink and replies are kept, the others only taken."""
    if name == "SC":
        if n[0] == 4:
            servo.up = n[1]
        elif n[0] == 5:
            servo.down = n[1]
        elif n[0] == 8:
            servo.period_ticks = 3 * TICKS_PER_MS * max(1, n[1])
        if n[0] in (10, 11):
            servo.raise_rate = n[1]
        if n[0] in (10, 12):
            servo.lower_rate = n[1]
    elif name == "EM":
        state.power(n[0], n[1] if len(n) > 1 else int(state.powered[1]))
    elif name == "CS":
        state.counted = (0, 0)
    elif name == "SL":
        state.layers[n[1] % 32 if len(n) > 1 else 0] = n[0] & 0xFF
    elif name == "SR":
        state.servo_timeout_ms = n[0]
    elif name == "ST":
        state.nickname = (words[0] if words else "")[:16]
    elif name in ("SN", "NI", "ND"):
        state.nodes = {"SN": n[0] if n else 0, "NI": state.nodes + 1, "ND": state.nodes - 1}[name]


def _clear(n: list[int], index: int, state: State) -> int:
    """The optional last argument, of firmware 2.7 on."""
    return min(n[index], 3) if len(n) > index and state.firmware.has_lm else 0
