"""The driver of a board: what can be asked of it, in the words that its firmware knows.

The board withholds the OK of a queued command until there is room in its queue, so that ``feed`` goes on just in
time for the next one. One command is executed, one waits, one is stuck: with blocks of 20 ms a plot never runs further
ahead than 60 ms, and a stop is quick.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from plotter.dialogue import SILENCE_S as SILENCE_S
from plotter.dialogue import Dialogue
from plotter.ebb import EM, SC, SP, SR, USUAL_PIN, Command, Immediate
from plotter.errors import GarbledReply, PlotterSilent, UnknownBoard
from plotter.firmware import OLDEST, USUAL, Firmware
from plotter.replies import Reply
from plotter.ticks import TICK_S
from plotter.transport import Transport

AHEAD_S = 0.055
"""A command is said before those ahead of it are answered only if all of it is less: a late reply starves no motor."""
UNANSWERED = 4
"""So many commands are said before the first is answered, at most: the board's own buffer takes them (256 bytes)."""
POLL_S = 0.02
SERVO_TIMEOUT_MS = 60_000
LOW_VOLTAGE_V = 7.5
"""Below it the motors have no power: 250 of 1023 in the reply to QC, where the usual supply reads 300."""
FINEST = 16
"""Steps per full step that all plans count in, as QE tells them."""
FORGOTTEN = 0
"""The mark of a board that was just switched on, or whose counts were set to zero; plots leave odd ones."""


def volts(words: Sequence[str]) -> float:
    """The supply of the motors from the fields of a reply to QC, roughly."""
    return int(words[1]) * 9 / 300


def to_counts(supply_v: float) -> int:
    """A supply as QC and CU,60 count it."""
    return round(supply_v * 300 / 9)


@dataclass(frozen=True, slots=True)
class PenServo:
    """Where the pen is up and down, and how fast it goes there; the defaults are 60 and 30 % of an AxiDraw's reach."""

    up: int = 20641
    """Counts of 1/12 microsecond, as the three below."""
    down: int = 15248
    raise_rate: int = 1618
    """Counts in a turn of all servos: 24 ms."""
    lower_rate: int = 1079
    pin: int = USUAL_PIN
    """Of port B that the servo is plugged into."""
    slots: int = 8
    """How many servos take turns."""


class Board:
    """A plotter's board at the end of a wire.

    Made with an open transport; ``identify`` or ``connect`` it before anything else.
    """

    def __init__(self, transport: Transport) -> None:
        self.firmware: Firmware = USUAL
        self._pin = USUAL_PIN
        self._dialogue = Dialogue(transport)

    @property
    def transport(self) -> Transport:
        """The wire."""
        return self._dialogue.transport

    @property
    def busy_s(self) -> float:
        """How long what was said will still take."""
        return self._dialogue.busy_s

    @property
    def untaken(self) -> int:
        """Commands that were fed, and are not in the board's queue yet as far as is known."""
        return self._dialogue.untaken

    def identify(self) -> Firmware:
        """Ask who is there; nothing moves.

        Raises:
            UnknownBoard: no EiBotBoard answers, or one with firmware older than 2.5.3.
            PlotterLost: it went meanwhile.
        """
        return self._met(self._dialogue.greet())

    def recover(self) -> Firmware:
        """After a reply that was none: find out who is there, all that was said forgotten; raises as above."""
        return self._met(self._dialogue.recover())

    def _met(self, version: str) -> Firmware:
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
        self.set_up(servo or PenServo())
        if not keep_place:
            self.take_home()
        return firmware

    def set_up(self, servo: PenServo) -> None:
        """Tell it where its pen is up and down, keep the servo powered, keep its queue short; nothing moves."""
        self.set_servo(servo)
        if self.firmware.has_servo_timeout:
            self.send(SR(SERVO_TIMEOUT_MS, True))
        if self.firmware.max_queue > 1:
            self.send(Immediate(("CU", 4, 1)))  # another program may have left it deep, and a stop far

    def take_home(self) -> None:
        """Power the motors; where the carriage is becomes home."""
        self.motors(True)
        self.send(Immediate(("CS",)))

    def set_servo(self, servo: PenServo) -> None:
        """Tell it where the pen is up and down; the board's own defaults differ between versions."""
        self._pin = servo.pin
        values = ((4, servo.up), (5, servo.down), (8, servo.slots), (11, servo.raise_rate), (12, servo.lower_rate))
        for parameter, value in values:
            self.send(SC(parameter, value))

    def send(self, command: Command) -> None:
        """Send it, and wait until the board has taken it.

        Raises:
            CommandRejected: the board answered with an error.
            GarbledReply: it answered with something else.
            PlotterLost: it is gone, or silent for too long.
        """
        self._dialogue.ask(command.text, command.ticks)

    def feed(self, command: Command) -> None:
        """Send it as soon as little enough is ahead of it, and do not wait for its OK.

        Raises:
            PlotterError: as send does, also for what was fed before.
        """
        ticks = command.ticks  # worked out each time it is asked for
        seconds = ticks * TICK_S
        while self._dialogue.unanswered and (self._dialogue.untaken >= UNANSWERED or self.busy_s + seconds > AHEAD_S):
            self._dialogue.listen()
        self._dialogue.say(command.text, ticks)
        self._dialogue.catch_up()

    def inquire(self, take: Callable[[tuple[str, ...]], None], *words: str | int) -> None:
        """A query in the midst of what is fed; ``take`` gets the fields of its reply when it comes."""

        def taken(reply: Reply) -> None:
            try:
                take(reply.data)
            except (ValueError, IndexError):
                raise self._garbled(str(words[0]), reply.data) from None

        self._dialogue.say(",".join(map(str, words)), take=taken)

    def settle(self) -> None:
        """Wait until the board has taken all that was fed and answered all that was asked; raises as send does."""
        self._dialogue.settle()

    def ask(self, *words: str | int) -> tuple[str, ...]:
        """A query, as ``ask("QS")``, and the fields of its reply; raises as send does."""
        return self._dialogue.ask(",".join(map(str, words))).data

    def query_position(self) -> tuple[int, int]:
        """Steps of axis 1 and axis 2 since connecting, in the middle of a move too."""
        return self._pair("QS")

    def voltage(self) -> float:
        """Supply of the motors in V, roughly; below LOW_VOLTAGE_V it is off."""
        words = self.ask("QC")
        try:
            return volts(words)
        except (ValueError, IndexError):
            raise self._garbled("QC", words) from None

    def mark(self) -> int:
        """A byte that whoever drove it last has left; 0 after power on. Tells whether the board lived on."""
        return self._number("QL")

    def set_mark(self, mark: int) -> None:
        """Leave a mark, 0 to 255."""
        self.send(Immediate(("SL", mark)))

    def general(self) -> int:
        """The bits of QG, from firmware 2.6.2 on; asking clears those that keep what happened."""
        words = self.ask("QG")
        try:
            return int(words[0], 16)
        except (ValueError, IndexError):
            raise self._garbled("QG", words) from None

    def pen_is_up(self) -> bool:
        """Whether it was told last to raise the pen, or was just switched on."""
        return self._number("QP") == 1

    def motors_hold(self) -> bool | None:
        """Whether both motors are on, at the steps that plans count in; None where nobody can tell (before 2.8)."""
        if not self.firmware.queues_motor_power:
            return None
        return self._pair("QE") == (FINEST, FINEST)

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
                raise PlotterSilent(
                    f"The plotter at {self.transport.name} is still busy {SILENCE_S:g} s after its time."
                )
            self.pause(POLL_S)

    def pause(self, duration_s: float) -> None:
        """Let time go by, the board's own in virtual time; a word that comes meanwhile is nobody's answer."""
        self._dialogue.pause(duration_s)

    def pen_up(self, duration_ms: int = 130) -> None:
        """Raise the pen, after what is queued."""
        self.send(SP(True, duration_ms, self._pin))

    def pen_down(self, duration_ms: int = 146) -> None:
        """Lower the pen, after what is queued."""
        self.send(SP(False, duration_ms, self._pin))

    def motors(self, on: bool) -> None:
        """Power both motors at 1/16 microsteps, or let them go; from firmware 2.8 on both zero the step counts."""
        self.send(EM(1, 1) if on else EM(0, 0))

    def stop(self) -> tuple[int, int]:
        """Stop the motors at once, forget what is queued, and tell where they are; the pen stays as it is."""
        self._dialogue.ask("ES")
        self._dialogue.stopped()
        return self.query_position()

    def last_word(self, raise_ms: int) -> None:
        """Raise the pen whatever has gone wrong, and wait for no reply; the last thing said before the end.

        Raises:
            PlotterLost: there is nobody any more.
        """
        self._dialogue.forget()
        # the first line end closes what may have been broken off
        self.transport.write(f"\r{SP(True, raise_ms, self._pin).text}\r".encode())
        self._dialogue.hear(POLL_S)
        self._dialogue.forget()

    def close(self) -> None:
        """Let go of the wire; the motors keep their power and the board what it has queued."""
        self.transport.close()

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
