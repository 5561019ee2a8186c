"""The simulated board's end of its cable: bytes that come in, replies that go out when they are due, and faults."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from plotter.simulated_faults import GARBAGE, HALF, NOISE, PIECE_S, Faults, pieces
from plotter.ticks import TICKS_PER_S


class SimulatedPort:
    """A USB port; what comes in or goes out while the cable is out is lost.

    Args:
        faults: what is to go wrong.
    """

    def __init__(self, faults: Faults) -> None:
        self.connected = True
        self.pulls = 0
        """How often the cable was pulled; a wire from before is dead for good."""
        self.latency: Callable[[], float] | None = None
        """Seconds that each reply takes to the client."""
        self.faults = faults.by_number()
        self._unplug_byte = faults.unplug_byte
        self._said = 0
        self._input = HALF if "half" in self.faults.get(0, {}) else b""
        self._out: deque[tuple[int, bytes]] = deque()

    @property
    def waiting(self) -> int:
        """Bytes that are not read yet."""
        return len(self._input)

    @property
    def owes(self) -> bool:
        """Whether a reply is on its way."""
        return bool(self._out)

    @property
    def due(self) -> int | None:
        """When the next reply reaches the client."""
        return self._out[0][0] if self._out else None

    def pull(self) -> None:
        """The cable is out."""
        self.connected = False
        self.pulls += 1
        self._input = b""
        self._out.clear()

    def forget(self) -> None:
        """What came in and is not read yet."""
        self._input = b""

    def hear(self, data: bytes) -> None:
        """Take bytes off the wire."""
        if self.connected:
            self._input += data

    def next_line(self) -> bytes | None:
        """Up to the next carriage return or line feed; None if there is none yet. Both in a row leave an empty line."""
        end = self._input.find(b"\r")
        feed = self._input.find(b"\n", 0, end if end >= 0 else None)
        if feed >= 0:
            end = feed
        if end < 0:
            return None
        line, self._input = self._input[:end], self._input[end + 1 :]
        return line

    def put_back(self, line: bytes) -> None:
        """Have it read again."""
        self._input = line + b"\r" + self._input

    def say(self, reply: bytes, number: int, now: int) -> bytes:
        """Send the reply to a command on its way; the same as it will come, faults and all."""
        faults = self.faults.get(number) if number else None
        delay_s = self.latency() if self.latency is not None else 0.0
        parts = [reply]
        if faults:
            delay_s += faults.get("late", 0.0)
            if "missing" in faults:
                return b""
            if "garbage" in faults:
                parts = [GARBAGE]
            if "split" in faults:
                parts = pieces(parts[0], number)
            if "noise" in faults:
                parts[0] = NOISE + parts[0]
        if self.connected:
            due = now + round(delay_s * TICKS_PER_S) if delay_s else now
            for place, part in enumerate(parts):
                if part:
                    # a wire keeps the order: one that is due earlier waits for those before it
                    self._out.append((due + place * round(PIECE_S * TICKS_PER_S), part))
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def take(self, now: int) -> bytes:
        """What has reached the client by now."""
        said = b""
        while self._out and self._out[0][0] <= now:
            said += self._out.popleft()[1]
        if self._unplug_byte is not None and said:
            self._said += len(said)
            if self._said >= self._unplug_byte:
                said = said[: len(said) - (self._said - self._unplug_byte)]
                self._unplug_byte = None
                self.pull()
        return said
