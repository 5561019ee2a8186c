"""For tests of plots in processes of their own: a simulated plotter behind a wire, which outlives them."""

from __future__ import annotations

import threading

from plotter.simulated_link import Link, TcpLink, serve
from plotter.simulator import SimulatedBoard


class Table:
    """A plotter that is served in a thread; others come and go at its port.

    Args:
        time_scale: how much faster than real time it is.
    """

    def __init__(self, link: Link | None = None, board: SimulatedBoard | None = None, time_scale: float = 10.0) -> None:
        self.board = board or SimulatedBoard()
        link = link or TcpLink(0)
        self.port = link.port
        self._stop = threading.Event()
        arguments = (self.board, link, time_scale, self._stop.is_set)
        self._thread = threading.Thread(target=serve, args=arguments, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it; what was queued is done."""
        self._stop.set()
        self._thread.join(10)
        assert not self._thread.is_alive()
        self.board.run_out()
