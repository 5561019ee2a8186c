"""A wire to a simulated board in the same process, in virtual or in real time."""

from __future__ import annotations

import time
from collections.abc import Callable

from plotter.errors import PlotterLost
from plotter.simulator import SimulatedBoard
from plotter.ticks import TICKS_PER_MS, TICKS_PER_S

SIMULATOR = "simulator"
REPLY_TICKS = TICKS_PER_MS
"""In virtual time a query and its reply take so long, as over USB; so whoever polls sees time go by."""


class InProcess:
    """A simulated board in this process.

    Args:
        time_scale: 0 for virtual time, which jumps ahead whenever its reader waits; 1 for real time, N for N times
            as fast.
        latency: how many seconds the next reply takes to this end, in the board's time; replies keep their order.
    """

    def __init__(
        self, board: SimulatedBoard, time_scale: float = 0.0, *, latency: Callable[[], float] | None = None
    ) -> None:
        self.name = SIMULATOR
        self.board = board
        board.port.latency = latency
        self._scale = time_scale
        self._began = time.monotonic()
        self._asked = board.asked
        self._pulls = board.port.pulls

    def write(self, data: bytes) -> None:
        """Send; the board reads it at once."""
        self._catch_up()
        self.board.receive(data)
        self._check()

    def read(self, timeout_s: float) -> bytes:
        """What came; in virtual time, the board's time goes on to when it does."""
        board = self.board
        deadline = board.now + max(1, round(timeout_s * TICKS_PER_S))
        if self._scale == 0 and board.asked != self._asked:
            board.advance(board.now + REPLY_TICKS * (board.asked - self._asked))
            self._asked = board.asked
        while not (said := board.take()):
            self._check()
            event = board.next_event()
            until = deadline if event is None else min(event, deadline)
            if self._scale == 0:
                board.advance(until)
            else:
                time.sleep(max(0.0, self._began + until / TICKS_PER_S / self._scale - time.monotonic()))
                self._catch_up()
            if board.now >= deadline:
                return board.take()
        return said

    def now_s(self) -> float:
        """The board's time."""
        self._catch_up()
        return self.board.now / TICKS_PER_S

    def close(self) -> None:
        """Let go; the board goes on with what it has."""
        self.board.run_out()

    def _catch_up(self) -> None:
        if self._scale:
            self.board.advance(int((time.monotonic() - self._began) * self._scale * TICKS_PER_S))

    def _check(self) -> None:
        if self.board.unplugged or self.board.port.pulls != self._pulls:
            raise PlotterLost("The simulated plotter was unplugged.")
