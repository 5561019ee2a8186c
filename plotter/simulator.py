"""An EiBotBoard in software: bytes in, bytes out, tick by tick as the real one does.

It knows neither clock nor wire: who holds it says what time it is. One command is executed, others wait in the
queue (one, before firmware 3), and one more is stuck in the parser; while it is, nothing is answered. The OK of a
queued command comes only when it is in the queue. RB and BL end it as pulling the wire does. Not simulated: L3 and
TD, which are refused as unknown, the time that the board takes to read a command, and motor currents.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from drawing.drawing import Drawing
from plotter.ebb import EM, LM, LT, SM, ticks_of
from plotter.firmware import USUAL, Firmware
from plotter.simulated_commands import Home, Motion, Pen, Queued, State, answer, to_queued
from plotter.simulated_faults import Faults
from plotter.simulated_plotter import Report, SimulatedPlotter, moves
from plotter.simulated_replies import LONGEST, Refused, read_line
from plotter.ticks import TICK_S, Track

Log = Callable[[float, float, str, bytes], None]
"""Told of every line: when it was answered and how long that was held back (both s), the line, the reply."""


@dataclass(frozen=True, slots=True)
class _Running:
    """What is being executed."""

    command: Queued
    start: int
    end: int
    tracks: tuple[Track, Track] | None = None
    drawn: int = 0
    """Ticks of it that the machine has already been told of."""


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
        self.plotter = SimulatedPlotter(travel_mm)
        self.now = 0
        """Ticks since power on."""
        self.asked = 0
        """Commands that were answered at once, not queued."""
        self.polled: bool = False
        """The last two lines were the same query: somebody waits for its answer to change."""
        self.unplugged = False
        self._last: str = ""
        self._state = State(firmware, nickname)
        self._faults = faults or Faults()
        self._on_log = on_log
        self._input = b""
        self._out: deque[tuple[int, bytes]] = deque()
        self._running: _Running | None = None
        self._queue: deque[Queued] = deque()
        self._stuck: _Stuck | None = None

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
        return self._motion().position

    @property
    def owes(self) -> bool:
        """Whether somebody waits for its word: a command is held back, or a reply is late."""
        return self._stuck is not None or bool(self._out)

    def press_button(self) -> None:
        """Somebody presses the button; the board keeps it until it is asked."""
        self._state.button = True

    def unplug(self) -> None:
        """The wire is pulled and the power goes: what was queued is lost."""
        self._stop(everything=True)
        self._stuck, self._input = None, b""
        self._out.clear()
        self.unplugged = True

    def receive(self, data: bytes) -> None:
        """Take bytes off the wire, now."""
        self._input += data
        self._parse()

    def take(self) -> bytes:
        """What is on the wire by now."""
        said = b""
        while self._out and self._out[0][0] <= self.now:
            said += self._out.popleft()[1]
        return said

    def next_event(self) -> int | None:
        """When something happens by itself, in ticks: a command ends, or a late reply comes."""
        due = self._running.end if self._running is not None else None
        if self._out and (due is None or self._out[0][0] < due):
            return self._out[0][0]
        return due

    def advance(self, tick: int) -> None:
        """Let time go by, to this tick."""
        while self._running is not None and self._running.end <= tick:
            self.now = self._running.end
            self._finish()
            self._load()
            if self._stuck is not None:
                self._unstick()
                self._parse()
        if tick > self.now:
            self.now = tick
        if self._running is None:
            self.plotter.settle(self.now)

    def run_out(self) -> None:
        """Let time go by until all that is queued is done and the servo rests."""
        while (event := self.next_event()) is not None:
            self.advance(event)
            self.take()
        self.advance(max(self.now, self.plotter.servo.ends))

    def _parse(self) -> None:
        while self._stuck is None and not self.unplugged:
            end = self._input.find(b"\r")
            if end < 0:
                if len(self._input) > LONGEST:
                    self._input = b""
                    error = Refused("!3 Err: RX Buffer overrun")
                    self._say("", self._state.tongue.refused("", error), self.report.commands, self.now)
                return
            line = self._input[:end].decode("ascii", "replace").strip("\n")
            self._input = self._input[end + 1 :]
            if line:
                self._take_line(line)

    def _take_line(self, line: str) -> None:
        self.report.commands += 1
        number, state = self.report.commands, self._state
        self.polled = line == self._last and line[:1] in "Qq"
        self._last = line
        if number == self._faults.unplug:
            self.unplug()
            return
        if number in self._faults.button:
            self.press_button()
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

    def _unstick(self) -> None:
        """Put what the parser holds into the queue, if there is room."""
        stuck = self._stuck
        if stuck is None:
            return
        if self._running is not None and (len(self._queue) >= self._state.depth or isinstance(stuck.command, Home)):
            return
        self._stuck = None
        self._queue.append(stuck.command)
        if self._running is None:
            self._load()
        self._say(stuck.line, self._state.tongue.done(stuck.name), stuck.number, stuck.since)

    def _do_now(self, name: str, numbers: list[int], words: list[str]) -> bytes:
        """What is not queued."""
        state = self._state
        if name == "ES":
            return self._stop_by_command(numbers)
        if name == "SP":
            self._raise_now(numbers[0])
        elif name in ("R", "RB", "BL"):
            self._stop(everything=True)
            state.reset()
            self.plotter.reset_servo(self.now)
            if name != "R":
                self.unplugged = True
                return b""
        return answer(name, numbers, words, state, self.plotter.servo, self._motion())

    def _say(self, line: str, reply: bytes, number: int, since: int) -> None:
        reply, delay_s = self._faults.spoil(number, reply)
        if reply:
            due = self.now + round(delay_s / TICK_S)
            # a wire keeps the order: nothing overtakes a late reply
            self._out.append((max(due, self._out[-1][0]) if self._out else due, reply))
        if self._on_log is not None:
            self._on_log(self.now * TICK_S, (self.now - since) * TICK_S, line, reply)

    def _load(self) -> None:
        """Begin the next command of the queue."""
        if not self._queue:
            return
        command, state = self._queue.popleft(), self._state
        if isinstance(command, Home):
            command = command.move_from(state.counted)
        if isinstance(command, Pen):
            ticks = max(1, command.wait_ticks)
            state.pen_up = state.pen_up if command.up is None else command.up
            if command.target is None:
                self.plotter.rest(self.now, ticks)
            else:
                self.plotter.set_servo(command.target, command.rate, self.now, ticks)
            self._running = _Running(command, self.now, self.now + ticks)
        elif isinstance(command, EM):
            state.power(command.motor1, command.motor2)
            self._running = _Running(command, self.now, self.now + 1)
        else:
            tracks = command.tracks(state.held, state.firmware)
            ticks = ticks_of(tracks)
            if any(command.steps):
                ticks += state.firmware.gap_ticks
                state.powered = (True, True)
            self._running = _Running(command, self.now, self.now + ticks, tracks)

    def settle(self) -> None:
        """Have the machine draw what it did until now, in the middle of a command too."""
        running = self._running
        if running is not None and running.tracks is not None and self.now > running.start + running.drawn:
            ticks = self.now - running.start
            self.plotter.move(running.tracks, running.start, ticks, self._state.microstep, running.drawn)
            self._running = replace(running, drawn=ticks)
        else:
            self.plotter.settle(self.now)

    def _finish(self) -> None:
        """Account for what was executed until now, and end it."""
        self.settle()
        running, state = self._running, self._state
        self._running = None
        if running is None or running.tracks is None:
            return
        first, second = running.tracks
        ticks = self.now - running.start
        state.counted = state.counted[0] + first.steps_at(ticks), state.counted[1] + second.steps_at(ticks)
        state.held = first.accumulator_at(ticks), second.accumulator_at(ticks)

    def _motion(self) -> Motion:
        running, counted = self._running, self._state.counted
        waiting = len(self._queue)
        if running is None or running.tracks is None:
            return Motion(counted, None, 0, running is not None, waiting)
        first, second = running.tracks
        ticks = self.now - running.start
        position = counted[0] + first.steps_at(ticks), counted[1] + second.steps_at(ticks)
        return Motion(position, running.tracks, ticks, True, waiting)

    def _stop(self, everything: bool) -> tuple[bool, tuple[int, int], tuple[int, int]]:
        """End motion at once: whether there was any, the steps that waited, the steps that were left."""
        running, waited, left = self._running, (0, 0), (0, 0)
        waiting = [each for each in self._queue if isinstance(each, SM | LM | LT | Home)]
        stopped = bool(waiting)
        if waiting and isinstance(waiting[0], SM | LM | LT):
            waited = abs(waiting[0].steps[0]), abs(waiting[0].steps[1])
        self._queue = deque([] if everything else [each for each in self._queue if each not in waiting])
        if running is not None and running.tracks is not None and (everything or moves(running.tracks)):
            ticks = self.now - running.start
            rest = [abs(track.total_steps - track.steps_at(ticks)) for track in running.tracks]
            stopped, left = True, (rest[0], rest[1])
            self._finish()
            self._load()
        elif everything:
            self._running = None
        return stopped, waited, left

    def _stop_by_command(self, numbers: list[int]) -> bytes:
        """ES; before firmware 2.9 it leaves the pen's commands in the queue."""
        state = self._state
        stopped, waited, left = self._stop(everything=state.firmware.signed_rates)
        if numbers and numbers[0] == 1:
            state.powered = (False, False)
        if state.firmware.has_future_syntax:
            return state.tongue.told("ES", str(int(stopped)), "\n\r")
        return state.tongue.told("ES", ",".join(map(str, (int(stopped), *waited, *left))), "\n\r")

    def _raise_now(self, how: int) -> None:
        """SP,2 and SP,3: the pen up at once; 3 forgets the lowering that waits."""
        servo = self.plotter.servo
        if how == 3:
            self._queue = deque(
                Pen(None, 0, each.wait_ticks, None) if isinstance(each, Pen) and each.up is False else each
                for each in self._queue
            )
        self._state.pen_up = True
        self.settle()
        self.plotter.set_servo(servo.up, servo.raise_rate, self.now, 0)
