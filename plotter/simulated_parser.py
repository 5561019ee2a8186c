"""The simulated board's reader of lines: it does them, or holds one until the queue has room, and answers nothing else.

A command's reply comes when it is done or in the queue; a command that waits until the motors rest, as HM does, is
held as well. Faults strike here, as their line comes in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from plotter.simulated_answers import answer
from plotter.simulated_commands import to_queued
from plotter.simulated_cost import cost_ms
from plotter.simulated_faults import corrupted
from plotter.simulated_plotter import SimulatedPlotter
from plotter.simulated_port import SimulatedPort
from plotter.simulated_queue import MotionQueue
from plotter.simulated_replies import LONGEST, Refused, read_line, without_checksum
from plotter.simulated_state import Depth, Home, Queued, State
from plotter.ticks import TICK_S, TICKS_PER_MS

Log = Callable[[float, float, str, bytes], None]
"""Told of every line: when it was answered and how long that was held back (both s), the line, the reply."""
HOME_TICKS = 5 * TICKS_PER_MS
"""So long HM thinks, while the motors rest."""
SERVO_COMMANDS = ("SP", "S2", "TP")
LOSING = ("unplug", "power", "reset", "lost")
"""Faults by which the line is lost."""


@dataclass(slots=True)
class _Stuck:
    """What the parser holds until the queue has room, or until the motors rest."""

    name: str
    line: str
    number: int
    since: int
    commands: list[Queued]
    """What is still to be put in the queue."""
    rest: Home | Depth | None = None
    """What is to be done once nothing moves."""
    thinks: bool = False


class Parser:
    """Reads one line after the other.

    Args:
        port: where they come from.
        state: the board's memory.
        queue: where motion goes.
        plotter: the machine.
        on_log: told of every line.
        costs: whether a line takes the time that a board needs for it.
        on_event: told of what befalls the board, and with what number: button, sag, unplug, power, reset, restart.
    """

    def __init__(
        self,
        port: SimulatedPort,
        state: State,
        queue: MotionQueue,
        plotter: SimulatedPlotter,
        on_log: Log | None,
        costs: bool,
        on_event: Callable[[str, float], None],
    ) -> None:
        self.asked = 0
        """Commands that were answered at once, not queued."""
        self.polled: bool = False
        """The last two lines were the same query: somebody waits for its answer to change."""
        self.deaf_until = 0
        """Until then it reads nothing."""
        self._port = port
        self._state = state
        self._queue = queue
        self._plotter = plotter
        self._on_log = on_log
        self._costs = costs
        self._on_event = on_event
        self._stuck: _Stuck | None = None
        self._last: str = ""
        self._paid: bool = False
        """The time for the next line is over."""

    @property
    def stuck(self) -> bool:
        """Whether it holds a command."""
        return self._stuck is not None

    def wakes(self, now: int) -> int | None:
        """When it reads on what it was sent; None if nothing keeps it, or there is nothing to read."""
        waits = self.deaf_until > now and (self._stuck is not None or self._port.waiting > 0)
        return self.deaf_until if waits else None

    def forget(self) -> None:
        """Nothing is held any more."""
        self._stuck, self.deaf_until, self._paid = None, 0, False

    def read(self, now: int) -> None:
        """Go on with what is held, and with what came in."""
        if self._stuck is not None:
            self._unstick(now)
        while self._stuck is None and self.deaf_until <= now:
            raw = self._port.next_line()
            if raw is None:
                if self._port.waiting > LONGEST:
                    self._port.forget()
                    overrun = Refused("!3 Err: RX Buffer overrun")
                    self._say("", self._state.tongue.refused("", overrun), 0, now, now)
                return
            line = raw.decode("ascii", "replace")
            if line:
                self._take(line, raw, now)

    def _take(self, line: str, raw: bytes, now: int) -> None:
        number = self._plotter.report.commands + 1
        faults = self._port.faults.get(number)
        if (faults or self._costs) and not self._paid and self._dawdles(line, raw, faults or {}, now):
            return
        self._paid = False
        self._plotter.report.commands = number
        self.polled = line == self._last and line[:1] in "Qq"
        self._last = line
        if faults:
            for kind in ("button", "sag", *LOSING):
                if kind in faults:
                    self._on_event(kind, faults[kind])
            if "reset" in faults:
                self._port.forget()
            if not faults.keys().isdisjoint(LOSING):
                return
            if "corrupt" in faults:
                line = corrupted(line, number)
        state = self._state
        name = line.partition(",")[0].upper()
        try:
            told = without_checksum(line) if state.checksums else line
            name, numbers, words = read_line(told, state.firmware)
            queued = to_queued(name, numbers, state, self._plotter.servo)
            if name in SERVO_COMMANDS:
                state.wake_servo(now)
            if queued is None:
                self.asked += 1
                self._say(line, self._do_now(name, numbers, words, now), number, now, now)
                return
        except Refused as error:
            self._say(line, state.tongue.refused(name, error), number, now, now)
            return
        if isinstance(queued, list):
            self._stuck = _Stuck(name, line, number, now, queued)
        else:
            self._stuck = _Stuck(name, line, number, now, [], queued)
        self._unstick(now)

    def _dawdles(self, line: str, raw: bytes, faults: dict[str, float], now: int) -> bool:
        """Leave the line unread for as long as the board takes for it, if it takes any time."""
        cost_s = cost_ms(line[:2].upper(), self._state.firmware) / 1000 if self._costs else 0.0
        ticks = round((cost_s + faults.get("stall", 0.0)) / TICK_S)
        if ticks:
            self._paid = True
            self.deaf_until = now + ticks
            self._port.put_back(raw)
        return ticks > 0

    def _unstick(self, now: int) -> None:
        """Put what is held into the queue, as far as there is room."""
        stuck = self._stuck
        if stuck is None:
            return
        reply = self._state.tongue.done(stuck.name)
        if stuck.rest is not None:
            if self._queue.ends is not None or self.deaf_until > now:
                return
            if isinstance(stuck.rest, Home) and not stuck.thinks:
                stuck.thinks = True
                self.deaf_until = now + HOME_TICKS
                return
            try:
                stuck.commands = self._at_rest(stuck.rest)
            except Refused as error:
                reply = self._state.tongue.refused(stuck.name, error)
            stuck.rest = None
        while stuck.commands and self._queue.has_room:
            self._queue.put(stuck.commands.pop(0), now)
        if not stuck.commands:
            self._stuck = None
            self._say(stuck.line, reply, stuck.number, stuck.since, now)

    def _at_rest(self, held: Home | Depth) -> list[Queued]:
        """Do what waited until nothing moved; the moves that come of it."""
        state = self._state
        if isinstance(held, Depth):
            state.depth = held.size
            return []
        return [*held.moves_from(state.counted, state.firmware)]

    def _do_now(self, name: str, numbers: list[int], words: list[str], now: int) -> bytes:
        """What is not queued."""
        state = self._state
        if name == "ES":
            return self._stop(numbers, now)
        if name == "SP":
            self._raise(numbers[0], now)
        elif name == "EM":
            self._queue.settle(now)
        elif name == "SR":
            state.servo_timeout_ms = numbers[0]
            if len(numbers) > 1:
                self._power_servo(numbers[1] == 1, now)
        elif name in ("R", "RB", "BL"):
            reply = state.tongue.done(name)
            self._on_event("reset", 0)
            if name != "R":
                self._on_event("restart" if name == "RB" else "unplug", 0)
            return reply if name == "R" else b""
        return answer(name, numbers, words, state, self._plotter.servo, self._queue.motion(now))

    def _stop(self, numbers: list[int], now: int) -> bytes:
        """ES; before firmware 2.9 it leaves the pen's commands in the queue."""
        state = self._state
        stopped, waited, left = self._queue.stop(now, everything=state.firmware.signed_rates)
        if numbers and numbers[0] == 1:
            state.powered = (False, False)
        if state.firmware.has_future_syntax:
            return state.tongue.told("ES", str(int(stopped)), "\n\r")
        return state.tongue.told("ES", ",".join(map(str, (int(stopped), *waited, *left))), "\n\r")

    def _raise(self, how: int, now: int) -> None:
        """SP,2 and SP,3: the pen up at once; 3 has what waits raise it too, and makes the lower place the upper one."""
        servo = self._plotter.servo
        if how == 3:
            self._queue.aim_pen(servo.up)
            servo.down = servo.up
        self._state.pen_up = True
        self._queue.settle(now)
        self._plotter.set_servo(servo.up, servo.raise_rate, now, 0)

    def _power_servo(self, on: bool, now: int) -> None:
        """SR's second number."""
        if on:
            self._state.wake_servo(now)
        elif self._state.firmware.has_servo_timeout:
            self._state.servo_on, self._state.servo_off_at = False, None
            self._queue.settle(now)
            self._plotter.servo_off(now)

    def _say(self, line: str, reply: bytes, number: int, since: int, now: int) -> None:
        if reply:
            reply = self._port.say(reply, number, now)
        if self._on_log is not None:
            self._on_log(now * TICK_S, (now - since) * TICK_S, line, reply)
