"""What the simulated board answers at once: queries, and settings that do not wait in the queue."""

from __future__ import annotations

from plotter.simulated_plotter import Servo
from plotter.simulated_replies import INVALID, Refused
from plotter.simulated_state import Motion, State
from plotter.ticks import TICKS_PER_MS

CURRENT = 394
"""Of the pot that sets the motors' current, as QC tells it."""


def answer(name: str, n: list[int], words: list[str], state: State, servo: Servo, motion: Motion) -> bytes:
    """Do a command that is not queued, and word its reply.

    Raises:
        Refused: a setting does not exist.
    """
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
            return tongue.bare(name, f"{_status(state, motion):02X}")
        case "QB":
            pressed, state.button = state.button, False
            return tongue.told(name, str(int(pressed)))
        case "QP":
            return tongue.told(name, str(int(state.pen_up)), "\n\r")
        case "QC":
            return tongue.told(name, f"{CURRENT:04d},{state.supply:04d}")
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
            return tongue.told(name, str(int(state.servo_on)), "\n\r")
        case "QU":
            return _utility(n[0], state, motion)
        case "PI":
            return tongue.bare(name, "1", named=True)
        case "CU":
            return _configure(n, state)
        case _:
            _set(name, n, words, state, servo)
            return tongue.done(name)


def _status(state: State, motion: Motion) -> int:
    """The byte of QG; to ask clears what it keeps in mind. Before firmware 3 the last two bits are pins, at rest."""
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
    return sum(bit << place for place, bit in enumerate(bits))


def _utility(number: int, state: State, motion: Motion) -> bytes:
    """QU, whose reply ends in its own way in both syntaxes (firmware source)."""
    told = {2: state.firmware.max_queue, 3: state.depth, 6: motion.waiting}
    value = told.get(number, state.options.get(number, 0))
    words = "{},{}".format(*state.held) if number == 200 else f"{value:02d}" if number == 6 else str(value)
    return f"QU,{words}\n\n".encode() if state.tongue.future else f"QU,{words}\r\nOK\r\n".encode()


def _configure(n: list[int], state: State) -> bytes:
    """CU; the reply to a change of syntax is in neither, and firmware 2 takes any other option (firmware source)."""
    tongue, (option, value) = state.tongue, n[:2]
    newer = state.firmware.has_future_syntax
    if option in ((1, 2, 10) if newer else (1, 2)) and value not in (0, 1):
        raise Refused(INVALID)
    if option == 10 and newer:
        was, tongue.future = tongue.future, value == 1
        if was != tongue.future:
            return b"\n" if tongue.future else b"CUOK\r\n"
    elif option == 1:
        tongue.says_ok = value == 1
    elif option == 2:
        state.checks = value == 1
    elif option == 50 and newer:
        state.auto_enable = value != 0
    elif option == 54 and newer:
        state.checksums = value == 1
    elif option == 60 and newer:
        state.options[60] = value & 0x3FF
        state.see_supply(state.supply)
    elif newer and option in (51, 52, 53, 61, *range(250, 258)):
        state.options[option] = value
    elif newer and option != 3:
        raise Refused(INVALID)
    return tongue.done("CU")


def _set(name: str, n: list[int], words: list[str], state: State, servo: Servo) -> None:
    """Settings: those that matter to motion, ink and replies are kept, the others only taken."""
    if name == "SC":
        _set_servo(n[0], n[1], servo)
    elif name == "EM":
        state.power(n[0], n[1] if len(n) > 1 else int(state.powered[1]))
    elif name == "CS":
        state.counted = (0, 0)
        if state.firmware.has_future_syntax:
            state.held = (0, 0)
    elif name == "SL":
        state.layers[n[1] % 32 if len(n) > 1 else 0] = n[0]
    elif name == "ST":
        state.nickname = (words[0] if words else "")[:16]
    elif name in ("SN", "NI", "ND"):
        state.nodes = {"SN": n[0] if n else 0, "NI": state.nodes + 1, "ND": max(0, state.nodes - 1)}[name]


def _set_servo(parameter: int, value: int, servo: Servo) -> None:
    """SC."""
    if parameter == 4:
        servo.up = value
    elif parameter == 5:
        servo.down = value
    if parameter in (4, 5):
        servo.measure()
    elif parameter == 8:
        servo.slots = min(max(1, value), 24)
    elif parameter == 9:
        servo.slot_ms = min(max(1, value), 6)
    if parameter in (10, 11):
        servo.raise_rate = value
    if parameter in (10, 12):
        servo.lower_rate = value
    servo.period_ticks = servo.slots * servo.slot_ms * TICKS_PER_MS
