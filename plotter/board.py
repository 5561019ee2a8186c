"""The driver of a board: says one thing at a time, waits for the reply, and knows how long to.

The board withholds the OK of a queued command until there is room in its queue, so that ``send`` returns just in
time for the next one: the plot never runs further ahead than the board's own queue, and a stop is quick.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass

from plotter.ebb import EM, SC, SP, SR, Command, Immediate
from plotter.errors import CommandRejected, GarbledReply, PlotterLost, UnknownBoard
from plotter.firmware import OLDEST, USUAL, Firmware
from plotter.replies import Reply, speaks_future, take_reply
from plotter.ticks import TICK_S
from plotter.transport import Transport

SILENCE_S = 5.0
"""Longest wait for a word beyond the time that the queued motion needs."""
GREETING_S = 1.6
POLL_S = 0.02
AFTERWORD_S = 0.03
"""Some versions send an OK after an error, some don't; it is waited for so long."""
SERVO_TIMEOUT_MS = 60_000
LOW_VOLTAGE_V = 7.5
"""Below it the motors have no power: 250 of 1023 in the reply to QC, where the usual supply reads 300."""
_VERSION = re.compile(r"(V,)?EBB.*Firmware Version \d+\.\d+\.\d+$")
_SEPARATORS = re.compile(rb"[\r\n]+")


@dataclass(frozen=True, slots=True)
class PenServo:
    """Where the pen is up and down, and how fast it goes there; the defaults are 60 and 30 % of an AxiDraw's reach."""

    up: int = 20641
    """Counts of 1/12 microsecond, as the three below."""
    down: int = 15248
    raise_rate: int = 1618
    """Counts in 24 ms."""
    lower_rate: int = 1079


class Board:
    """A plotter's board at the end of a wire.

    Made with an open transport; ``identify`` or ``connect`` it before anything else.
    """

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.firmware: Firmware = USUAL
        self._future = False
        self._rest = b""
        self._lines: deque[str] = deque()
        self._busy_until_s = 0.0

    @property
    def busy_s(self) -> float:
        """How long what is queued will still take."""
        return max(0.0, self._busy_until_s - self.transport.now_s())

    def identify(self) -> Firmware:
        """Ask who is there; nothing moves.

        Raises:
            UnknownBoard: no EiBotBoard answers, or one with firmware older than 2.5.3.
            PlotterLost: it went meanwhile.
        """
        version = self._greet()
        self._future = speaks_future(version)
        self.firmware = Firmware.parse(version)
        if self.firmware < OLDEST:
            raise UnknownBoard(
                f"The board at {self.transport.name} has firmware {self.firmware}; update it to {OLDEST} or later."
            )
        return self.firmware

    def connect(self, servo: PenServo | None = None, *, keep_place: bool = False) -> Firmware:
        """Identify it, tell it where its pen is up and down, power the motors; where the carriage is becomes home.

        The pen is not moved yet.

        Args:
            keep_place: go on where a program before this one was: motors and step counts stay as they are.
        """
        firmware = self.identify()
        self.set_servo(servo or PenServo())
        if firmware.has_servo_timeout:
            self.send(SR(SERVO_TIMEOUT_MS, True))
        if not keep_place:
            self.motors(True)
            self.send(Immediate(("CS",)))
        return firmware

    def set_servo(self, servo: PenServo) -> None:
        """Tell it where the pen is up and down; the board's own defaults differ between versions."""
        for parameter, value in ((4, servo.up), (5, servo.down), (11, servo.raise_rate), (12, servo.lower_rate)):
            self.send(SC(parameter, value))

    def send(self, command: Command) -> None:
        """Send it, and wait until the board has taken it.

        Raises:
            CommandRejected: the board answered with an error.
            GarbledReply: it answered with something else.
            PlotterLost: it is gone, or silent for too long.
        """
        self._ask(command.text)
        if ticks := command.ticks:
            now = self.transport.now_s()
            self._busy_until_s = max(now, self._busy_until_s) + ticks * TICK_S

    def ask(self, *words: str | int) -> tuple[str, ...]:
        """A query, as ``ask("QS")``, and the fields of its reply; raises as send does."""
        return self._ask(",".join(map(str, words))).data

    def query_position(self) -> tuple[int, int]:
        """Steps of axis 1 and axis 2 since connecting, in the middle of a move too."""
        return self._pair("QS")

    def voltage(self) -> float:
        """Supply of the motors in V, roughly; below LOW_VOLTAGE_V it is off."""
        return self._pair("QC")[1] * 9 / 300

    def nickname(self) -> str:
        """The name that a person gave to the board; empty without one."""
        if not self.firmware.has_nickname:
            return ""
        return ",".join(self.ask("QT"))

    def button(self) -> bool:
        """Whether the button was pressed since the last time."""
        return self._number("QB") == 1

    def busy(self) -> bool:
        """Whether it executes a command or has one waiting."""
        words = self.ask("QM")
        if len(words) not in (3, 4) or not all(word.isdecimal() for word in words):
            raise self._garbled("QM", words)
        return any(word != "0" for word in words)

    def wait_idle(self) -> None:
        """Wait until all that was sent is done."""
        limit_s = self.transport.now_s() + self.busy_s + SILENCE_S
        while self.busy():
            if self.transport.now_s() > limit_s:
                raise PlotterLost(f"The plotter at {self.transport.name} is still busy {SILENCE_S:g} s after its time.")
            self.pause(POLL_S)

    def pause(self, duration_s: float) -> None:
        """Let time go by, the board's own in virtual time; a word that comes meanwhile is nobody's answer."""
        self._hear(duration_s)
        self._lines.clear()

    def pen_up(self, duration_ms: int = 130, *, at_once: bool = False) -> None:
        """Raise the pen: after what is queued, or at once where the firmware can (3.0.1)."""
        if at_once and self.firmware.has_immediate_pen:
            self._ask("SP,3")
        self.send(SP(True, duration_ms))

    def pen_down(self, duration_ms: int = 146) -> None:
        """Lower the pen, after what is queued."""
        self.send(SP(False, duration_ms))

    def motors(self, on: bool) -> None:
        """Power both motors at 1/16 microsteps, or let them go; from firmware 2.8 on both zero the step counts."""
        self.send(EM(1, 1) if on else EM(0, 0))

    def stop(self) -> tuple[int, int]:
        """Stop the motors at once, forget what is queued, and tell where they are; the pen stays as it is."""
        self._ask("ES")
        self._busy_until_s = self.transport.now_s()
        return self.query_position()

    def close(self) -> None:
        """Let go of the wire; the motors keep their power and the board what it has queued."""
        self.transport.close()

    def _greet(self) -> str:
        """The reply to V, whatever a program before this one left on the wire."""
        heard: list[str] = []
        self._lines.clear()
        for attempt in range(3):
            said = len(heard)
            # the first one may end a line that a program before this one broke off, and be taken for its rest
            self.transport.write(b"V\r")
            limit_s = self.transport.now_s() + GREETING_S
            while (left_s := limit_s - self.transport.now_s()) > 0:
                self._hear(left_s)
                heard += self._lines
                self._lines.clear()
                if found := [line for line in heard if _VERSION.fullmatch(line)]:
                    self.pause(AFTERWORD_S if attempt else 0.0)
                    return found[-1]
                if any("Err" in line for line in heard[said:]):
                    break
        words = f"it says {heard[0][:60]!r}" if heard else f"it says nothing for {3 * GREETING_S:g} s"
        raise UnknownBoard(
            f"No EiBotBoard answers at {self.transport.name}: {words}. Is it the right port, and is no other program "
            "using it?"
        )

    def _ask(self, text: str) -> Reply:
        name = text.partition(",")[0]
        self._lines.clear()
        self.transport.write(f"{text}\r".encode())
        limit_s = self.transport.now_s() + self.busy_s + SILENCE_S
        while (taken := take_reply(name, self._lines, self._future)) is None:
            left_s = limit_s - self.transport.now_s()
            if left_s <= 0:
                raise PlotterLost(
                    f"The plotter at {self.transport.name} has not answered {text} within {SILENCE_S:g} s of its time; "
                    "look at its cable and its power."
                )
            self._hear(left_s)
        reply, used = taken
        if reply.error:
            if used == len(self._lines) and not self._future:
                self._hear(AFTERWORD_S)
            self._lines.clear()
            raise CommandRejected(f"The plotter at {self.transport.name} refused {text}: {reply.error}")
        return reply

    def _hear(self, timeout_s: float) -> None:
        """Read what comes within the time, as lines."""
        data = self._rest + self.transport.read(timeout_s)
        *whole, self._rest = _SEPARATORS.split(data)
        self._lines.extend(line.decode("ascii", "replace") for line in whole if line)

    def _pair(self, name: str) -> tuple[int, int]:
        words = self.ask(name)
        try:
            first, second = map(int, words)
        except ValueError:
            raise self._garbled(name, words) from None
        return first, second

    def _number(self, name: str) -> int:
        words = self.ask(name)
        try:
            (number,) = map(int, words)
        except ValueError:
            raise self._garbled(name, words) from None
        return number

    def _garbled(self, name: str, words: tuple[str, ...]) -> GarbledReply:
        return GarbledReply(f"The plotter at {self.transport.name} answered {','.join(words)[:60]!r} to {name}.")
