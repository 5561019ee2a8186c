"""A dialogue with a board: lines go out, each gets the reply that is its own, and silence has an end.

The board answers in order, and withholds the OK of a queued command until there is room for it. A line may be said
before those ahead of it are answered; what it says then waits in the board's own buffer.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from plotter.errors import CommandRejected, GarbledReply, PlotterSilent, UnknownBoard
from plotter.replies import Reply, speaks_future, take_reply
from plotter.ticks import TICK_S
from plotter.transport import Transport

SILENCE_S = 4.5
"""Longest wait for a word beyond the time that the queued motion needs."""
GREETING_S = 1.4
AFTERWORD_S = 0.03
"""Some versions send an OK after an error, some don't; it is waited for so long."""
QUIET_S = 0.05
"""A board that has nothing more to say is known by being quiet for so long."""
_VERSION = re.compile(r"(V,)?EBB.*Firmware Version \d+\.\d+\.\d+$")
_SEPARATORS = re.compile(rb"[\r\n]+")
Take = Callable[[Reply], None]


@dataclass(frozen=True, slots=True)
class _Said:
    """A line that is not answered yet."""

    text: str
    seconds: float
    """How long the board will be busy with it."""
    queued: bool
    take: Take | None


class Dialogue:
    """Says lines over a transport and matches the replies to them."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.future = False
        """Whether the board is in the syntax of CU,10,1."""
        self._rest = b""
        self._lines: deque[str] = deque()
        self._said: deque[_Said] = deque()
        self._taken_until_s = 0.0
        """When what the board has taken is done at the latest."""
        self._last_s = 0.0
        """What the command takes that was taken last."""

    @property
    def unanswered(self) -> int:
        """Lines whose reply is still to come."""
        return len(self._said)

    @property
    def untaken(self) -> int:
        """Queued commands among them."""
        return sum(said.queued for said in self._said)

    @property
    def busy_s(self) -> float:
        """How long all that was said will take at most, the waits of the pen included."""
        return max(0.0, self._taken_until_s - self.transport.now_s()) + sum(said.seconds for said in self._said)

    def say(self, text: str, ticks: int = 0, take: Take | None = None) -> None:
        """Say a line and wait for nothing.

        Args:
            ticks: how long the board will be busy with it; 0 if it is not queued.
            take: given the reply when it comes.
        """
        self._said.append(_Said(text, ticks * TICK_S, ticks > 0, take))
        self.transport.write(f"{text}\r".encode())

    def ask(self, text: str, ticks: int = 0) -> Reply:
        """Say a line and wait for its reply, and for all before it.

        Raises:
            CommandRejected: the board answered with an error.
            GarbledReply: it answered with something else.
            PlotterLost: it is gone; PlotterSilent: no word came for too long.
        """
        got: list[Reply] = []
        if not self._said:
            self._lines.clear()  # a word that came meanwhile is nobody's answer
        self.say(text, ticks, got.append)
        self.settle()
        return got[0]

    def settle(self) -> None:
        """Wait until all is answered; raises as ask does."""
        while self._said:
            self.listen()

    def listen(self) -> None:
        """Wait for one reply, and take all that have come; raises as ask does."""
        limit_s = self.transport.now_s() + self.busy_s + SILENCE_S
        while not self._take():
            left_s = limit_s - self.transport.now_s()
            if left_s <= 0:
                text = self._said[0].text
                raise PlotterSilent(
                    f"The plotter at {self.transport.name} has not answered {text} within {SILENCE_S:g} s of its "
                    "time; look at its cable and its power."
                )
            self.hear(left_s)
        while self._take():
            pass

    def catch_up(self) -> None:
        """Take the replies that have come, waiting for none; raises as ask does."""
        self.hear(0.0)
        while self._take():
            pass

    def pause(self, duration_s: float) -> None:
        """Let time go by, the board's own in virtual time; a word that comes meanwhile is nobody's answer."""
        self.settle()
        self.hear(duration_s)
        self._lines.clear()

    def forget(self) -> None:
        """Wait for no reply any more: what was said is done, or not."""
        self._taken_until_s = self.transport.now_s() + self.busy_s
        self._said.clear()
        self._lines.clear()
        self._rest = b""

    def stopped(self) -> None:
        """The board has nothing to do any more."""
        self._taken_until_s = self.transport.now_s()

    def recover(self) -> str:
        """After a reply that was none: let the board finish, ask who is there, and go on from there.

        Raises:
            UnknownBoard, PlotterLost: it does not come to its senses.
        """
        self.forget()
        limit_s = self.transport.now_s() + min(self.busy_s + QUIET_S, SILENCE_S)
        while (left_s := limit_s - self.transport.now_s()) > 0:
            self.hear(left_s)
        self.forget()
        return self.greet()

    def greet(self) -> str:
        """The reply to V, whatever a program before this one left on the wire; tells the syntax too.

        Raises:
            UnknownBoard: no EiBotBoard answers.
        """
        heard: list[str] = []
        self.forget()
        for attempt in range(3):
            said = len(heard)
            # the first one may end a line that a program before this one broke off, and be taken for its rest
            self.transport.write(b"V\r")
            limit_s = self.transport.now_s() + GREETING_S
            while (left_s := limit_s - self.transport.now_s()) > 0:
                self.hear(left_s)
                heard += self._lines
                self._lines.clear()
                if found := [line for line in heard if _VERSION.fullmatch(line)]:
                    self.pause(AFTERWORD_S if attempt else 0.0)
                    self.future = speaks_future(found[-1])
                    return found[-1]
                if any("Err" in line for line in heard[said:]):
                    break
        words = f"it says {heard[0][:60]!r}" if heard else f"it says nothing for {3 * GREETING_S:g} s"
        raise UnknownBoard(
            f"No EiBotBoard answers at {self.transport.name}: {words}. Is it the right port, and is no other program "
            "using it?"
        )

    def hear(self, timeout_s: float) -> None:
        """Read what comes within the time, as lines."""
        data = self._rest + self.transport.read(timeout_s)
        *whole, self._rest = _SEPARATORS.split(data)
        self._lines.extend(line.decode("ascii", "replace") for line in whole if line)

    def _take(self) -> bool:
        """Give the next reply to whom it belongs; False while it is not whole."""
        if not self._said:
            return False
        said = self._said[0]
        try:
            taken = take_reply(said.text.partition(",")[0], self._lines, self.future)
        except GarbledReply:
            self.forget()
            raise
        if taken is None:
            return False
        reply, used = taken
        if reply.error:
            if used == len(self._lines) and not self.future:
                self.hear(AFTERWORD_S)
            self._said.popleft()
            self.forget()
            raise CommandRejected(f"The plotter at {self.transport.name} refused {said.text}: {reply.error}")
        for _ in range(used):
            self._lines.popleft()
        self._said.popleft()
        if said.queued:
            now = self.transport.now_s()
            left_s = max(0.0, self._taken_until_s - now)
            # it has just come into the queue: the one before is executed at most from now on
            self._taken_until_s = now + min(left_s, self._last_s) + said.seconds
            self._last_s = said.seconds
        if said.take is not None:
            said.take(reply)
        return True
