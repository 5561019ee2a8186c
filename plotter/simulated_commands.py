"""Makes of a line that the simulated board was sent what waits in its queue, or in its parser."""

from __future__ import annotations

from plotter.ebb import EM, L3, LM, LT, RP_OF_PIN, SM, TD, USUAL_PIN, to_axes
from plotter.simulated_plotter import Servo
from plotter.simulated_replies import INVALID, Refused, check_simple_move
from plotter.simulated_state import Depth, Home, Pen, Queued, State
from plotter.ticks import TICKS_PER_MS


def to_queued(name: str, n: list[int], state: State, servo: Servo) -> list[Queued] | Home | Depth | None:
    """The commands as they wait in the queue, or what the parser keeps; None if it is neither.

    Raises:
        Refused: its numbers are out of range.
    """
    firmware, checks = state.firmware, state.checks
    if name in ("SM", "XM"):
        steps = to_axes(n[1], n[2]) if name == "XM" else (n[1], n[2] if len(n) > 2 else 0)
        if checks:
            check_simple_move(n[0], *steps, firmware)
        return [SM(max(1, n[0]), *steps, _clear(n, 3))]
    if name == "LM":
        move = LM(n[0], n[1], n[2], n[3], n[4], n[5], _clear(n, 6))
        unsigned = not firmware.signed_rates and (n[0] < 0 or n[3] < 0)
        if unsigned or _turned(n[0], n[1]) or _turned(n[3], n[4]) or (checks and move.steps == (0, 0)):
            raise Refused(INVALID)
        return [move]
    if name == "L3":
        # as the firmware has it, the jerk of axis 1 is looked at for both
        still1, still2 = not (n[0] or n[2] or n[3]), not (n[4] or n[6] or n[3])
        nothing = (still1 or n[1] == 0) and (still2 or n[5] == 0)
        if _turned(n[0], n[1]) or _turned(n[4], n[5]) or (checks and nothing):
            raise Refused(INVALID)
        return [L3(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], _clear(n, 8))]
    if name in ("LT", "T3", "TD"):
        if n[0] <= 0 and checks:
            raise Refused(INVALID)
        if name == "LT":
            return [LT(n[0], n[1], n[2], n[3], n[4], _clear(n, 5))]
        if name == "T3":
            return [LT(n[0], n[1], n[2], n[4], n[5], _clear(n, 7), n[3], n[6])]
        return list(TD(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], _clear(n, 9)).parts)
    if name == "HM":
        if n[0] <= 0 or len(n) == 2:
            raise Refused(INVALID)
        return Home(n[0], (n[1], n[2]) if len(n) > 2 else (0, 0))
    if name == "CU":
        return Depth(min(max(1, n[1]), firmware.max_queue)) if n[0] == 4 and firmware.has_future_syntax else None
    if name == "EM" and firmware.queues_motor_power:
        return [EM(n[0], n[1] if len(n) > 1 else int(state.powered[1]))]
    return _to_pen(name, n, state, servo)


def _to_pen(name: str, n: list[int], state: State, servo: Servo) -> list[Queued] | None:
    """Of the commands to the servo."""
    if name == "TP" or (name == "SP" and not (n[0] > 1 and state.firmware.has_immediate_pen)):
        up = n[0] > 0 if name == "SP" else not state.pen_up
        wait_ms = next(iter(n[1:] if name == "SP" else n), 0)
        if name == "SP":
            state.take_pen_pin(RP_OF_PIN + (n[2] if len(n) > 2 else USUAL_PIN))
        target, rate = (servo.up, servo.raise_rate) if up else (servo.down, servo.lower_rate)
        target = target if state.serves(state.pen_pin, servo.slots) and state.pen_pin == servo.pin else None
        return [Pen(target, rate, TICKS_PER_MS * wait_ms, up)]
    if name == "S2" and n[0] > 0:
        wait_ms = n[3] if len(n) > 3 else 0
        target = n[0] if state.serves(n[1], servo.slots) and n[1] == servo.pin else None
        rate = n[2] if len(n) > 2 else 0
        up = n[0] == servo.up if n[1] == state.pen_pin else None
        return [Pen(target, rate, TICKS_PER_MS * wait_ms, up)]
    if name == "S2":
        state.free_pin(n[1])
    return None


def _turned(rate: int, steps: int) -> bool:
    """Only one of the two may tell the direction."""
    return rate < 0 and steps < 0


def _clear(n: list[int], index: int) -> int:
    """The optional last argument."""
    return min(n[index], 3) if len(n) > index else 0
