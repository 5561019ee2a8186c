"""An EiBotBoard in software: bytes in, bytes out, tick by tick as the real one does.

It knows neither clock nor wire: who holds it says what time it is. One command is executed, others wait in the
queue (one, before firmware 3), and one more is stuck in the parser; while it is, nothing is answered. The OK of a
queued command comes only when it is in the queue. RB and BL pull the wire. Not simulated: L3 and
TD, which are refused as unknown, the time that the board takes to read a command, and motor currents.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from drawing.drawing import Drawing
from plotter.errors import PlotterError
from plotter.firmware import USUAL, Firmware
from plotter.simulated_commands import Queued, State, answer, to_queued
from plotter.simulated_faults import Faults, corrupted
from plotter.simulated_plotter import Report, SimulatedPlotter
from plotter.simulated_port import SimulatedPort
from plotter.simulated_queue import MotionQueue
from plotter.simulated_replies import LONGEST, Refused, read_line
from plotter.ticks import TICK_S

Log = Callable[[float, float, str, bytes], None]
"""Told of every line: when it was answered and how long that was held back (both s), the line, the reply."""


@dataclass(frozen=True, slots=True)
class _Stuck:
    """What the parser holds until the queue has room."""

    command: Queued
    name: str
    line: str
    number: int
    since: int


class SimulatedBoard:
    """A board with a machine below it.

    Args:
        firmware: the version that it behaves like.
        travel_mm: reach of the machine; None for no limit.
        faults: what is to go wrong.
        on_log: told of every line.
        nickname: the name in its flash.
    """

    def __init__(
        self,
        firmware: Firmware = USUAL,
        travel_mm: tuple[float, float] | None = (430.0, 297.0),
        *,
        faults: Faults | None = None,
        on_log: Log | None = None,
        nickname: str = "",
    ) -> None:
        faults = faults or Faults()
        self.plotter = SimulatedPlotter(travel_mm)
        self.port = SimulatedPort(faults)
        self.now = 0
        """Ticks since power on."""
        self.asked = 0
        """Commands that were answered at once, not queued."""
        self.polled: bool = False
        """The last two lines were the same query: somebody waits for its answer to change."""
        self.powered: bool = True
        """Whether its supply is there."""
        self._last: str = ""
        self._state = State(firmware, nickname)
        self._state.tongue.future = firmware.has_future_syntax and "future" in self.port.faults.get(0, {})
        self._queue = MotionQueue(self._state, self.plotter)
        self._stuck: _Stuck | None = None
        self._deaf_until = 0
        self._stalled: bool = False
        self._on_log = on_log

    @property
    def report(self) -> Report:
        """What the machine did so far."""
        return self.plotter.report

    @property
    def drawing(self) -> Drawing:
        """The ink so far, in mm."""
        return Drawing.of(self.plotter.ink)

    @property
    def position(self) -> tuple[int, int]:
        """What QS tells, now."""
        return self._queue.motion(self.now).position

    @property
    def owes(self) -> bool:
        """Whether somebody waits for its word: a command is held back or not read yet, or a reply is late."""
        return self._stuck is not None or self.port.owes or (self.port.waiting > 0 and self._deaf_until > self.now)

    @property
    def unplugged(self) -> bool:
        """Whether nobody can reach it: its cable is out, or it has no power."""
        return not (self.port.connected and self.powered)

    def press_button(self) -> None:
        """Somebody presses the button; the board keeps it until it is asked."""
        self._state.button = True

    def pull_cable(self) -> None:
        """The cable is out; the board lives on and does what it has."""
        self.port.pull()

    def plug_in(self) -> None:
        """The cable is in again."""
        self.port.connected = True

    def power_off(self) -> None:
        """The power is gone: carriage and pen stay where they are, and all that was queued is lost."""
        self._queue.stop(self.now, everything=True)
        self._stuck = None
        self._deaf_until = 0
        self._state.powered = (False, False)
        self.plotter.servo_off(self.now)
        self.port.pull()
        self.powered = False

    def power_on(self) -> None:
        """The power is back, and so is the cable: all is as after a reset."""
        self.powered = True
        self._reset()
        self._state.power_lost = self._state.firmware.has_future_syntax
        self.port.connected = True

    def unplug(self) -> None:
        """Cable and power are gone."""
        self.power_off()

    def put_home(self) -> None:
        """Somebody carries the carriage to the home corner, which inks nothing; the counters know nothing of it.

        Raises:
            PlotterError: the motors hold it.
        """
        if any(self._state.powered) and self.plotter.supplied:
            raise PlotterError("The motors hold the carriage; let them go with EM,0,0 first.")
        self._queue.settle(self.now)
        self.plotter.put_home()

    def set_voltage(self, volts: float) -> None:
        """Change the supply of the motors; below 7.5 V they do not move, and the board counts their steps all the same.

        On firmware 3 QG tells, once, that it was below the threshold of CU,60, which is 0 after a reset.
        """
        self._queue.settle(self.now)
        self.plotter.volts = volts
        self._state.see_supply(self.plotter.supply)

    def receive(self, data: bytes) -> None:
        """Take bytes off the wire, now."""
        if self.powered:
            self.port.hear(data)
            self._parse()

    def take(self) -> bytes:
        """What is on the wire by now."""
        return self.port.take(self.now)

    def next_event(self) -> int | None:
        """When something happens by itself, in ticks: a command ends, a late reply comes, a deaf board hears again."""
        due = self._queue.ends
        reply = self.port.due
        if reply is not None and (due is None or reply < due):
            due = reply
        if self._deaf_until > self.now and self.port.waiting and (due is None or self._deaf_until < due):
            return self._deaf_until
        return due

    def advance(self, tick: int) -> None:
        """Let time go by, to this tick."""
        while True:
            ends = self._queue.ends
            if self.now < self._deaf_until <= tick and (ends is None or self._deaf_until <= ends):
                self.now = self._deaf_until
                self._unstick()
                self._parse()
                continue
            if ends is None or ends > tick:
                break
            self.now = self._queue.end_one()
            if self._stuck is not None:
                self._unstick()
                self._parse()
        if tick > self.now:
            self.now = tick
        if ends is None:
            self.plotter.settle(self.now)

    def settle(self) -> None:
        """Have the machine draw what it did until now, in the middle of a command too."""
        self._queue.settle(self.now)

    def run_out(self) -> None:
        """Let time go by until all that is queued is done and the servo rests."""
        while (event := self.next_event()) is not None:
            self.advance(event)
            self.take()
        self.advance(max(self.now, self.plotter.servo.ends))

    def _parse(self) -> None:
        while self._stuck is None and self._deaf_until <= self.now:
            raw = self.port.next_line()
            if raw is None:
                if self.port.waiting > LONGEST:
                    self.port.forget()
                    self._say("", self._state.tongue.refused("", Refused("!3 Err: RX Buffer overrun")), 0, self.now)
                return
            line = raw.decode("ascii", "replace").strip("\n")
            if line:
                self._take_line(line, raw)

    def _take_line(self, line: str, raw: bytes) -> None:
        number = self.report.commands + 1
        faults = self.port.faults.get(number)
        if faults and "stall" in faults and not self._stalled:
            self._stalled = True
            self._deaf_until = self.now + round(faults["stall"] / TICK_S)
            self.port.put_back(raw)
            return
        self._stalled = False
        self.report.commands = number
        self.polled = line == self._last and line[:1] in "Qq"
        self._last = line
        if faults:
            if self._fails(faults):
                return
            if "corrupt" in faults:
                line = corrupted(line, number)
        state = self._state
        name = line.partition(",")[0].upper()
        try:
            name, numbers, words = read_line(line, state.firmware)
            queued = to_queued(name, numbers, state, self.plotter.servo)
        except Refused as error:
            self._say(line, state.tongue.refused(name, error), number, self.now)
            return
        if queued is not None:
            self._stuck = _Stuck(queued, name, line, number, self.now)
            self._unstick()
            return
        self.asked += 1
        self._say(line, self._do_now(name, numbers, words), number, self.now)

    def _fails(self, faults: dict[str, float]) -> bool:
        """Have go wrong what does before a command is read; whether it is lost by that."""
        if "button" in faults:
            self.press_button()
        if "unplug" in faults:
            self.pull_cable()
        elif "power" in faults:
            self.power_off()
        elif "reset" in faults:
            self.port.forget()
            self._reset()
        return not faults.keys().isdisjoint(("unplug", "power", "reset", "lost"))

    def _unstick(self) -> None:
        """Put what the parser holds into the queue, if there is room."""
        stuck = self._stuck
        if stuck is None or not self._queue.has_room(stuck.command):
            return
        self._stuck = None
        self._queue.put(stuck.command, self.now)
        self._say(stuck.line, self._state.tongue.done(stuck.name), stuck.number, stuck.since)

    def _reset(self) -> None:
        """Forget all but the nickname."""
        self._queue.stop(self.now, everything=True)
        self._stuck = None
        self._state.reset()
        self.plotter.reset_servo(self.now)

    def _do_now(self, name: str, numbers: list[int], words: list[str]) -> bytes:
        """What is not queued."""
        state = self._state
        if name == "ES":
            return self._stop_by_command(numbers)
        if name == "SP":
            self._raise_now(numbers[0])
        elif name in ("R", "RB", "BL"):
            self._reset()
            if name != "R":
                self.pull_cable()
                return b""
        return answer(name, numbers, words, state, self.plotter.servo, self._queue.motion(self.now))

    def _say(self, line: str, reply: bytes, number: int, since: int) -> None:
        if reply:
            reply = self.port.say(reply, number, self.now)
        if self._on_log is not None:
            self._on_log(self.now * TICK_S, (self.now - since) * TICK_S, line, reply)

    def _stop_by_command(self, numbers: list[int]) -> bytes:
        """ES; before firmware 2.9 it leaves the pen's commands in the queue."""
        state = self._state
        stopped, waited, left = self._queue.stop(self.now, everything=state.firmware.signed_rates)
        if numbers and numbers[0] == 1:
            state.powered = (False, False)
        if state.firmware.has_future_syntax:
            return state.tongue.told("ES", str(int(stopped)), "\n\r")
        return state.tongue.told("ES", ",".join(map(str, (int(stopped), *waited, *left))), "\n\r")

    def _raise_now(self, how: int) -> None:
        """SP,2 and SP,3: the pen up at once; 3 forgets the lowering that waits."""
        servo = self.plotter.servo
        if how == 3:
            self._queue.forget_lowering()
        self._state.pen_up = True
        self.settle()
        self.plotter.set_servo(servo.up, servo.raise_rate, self.now, 0)
