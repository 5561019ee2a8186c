"""A wire whose every exchange is written down, to be sent along when something went wrong.

A line of the log has the time in ms, ``>`` for what was sent or ``<`` for what came, and the bytes. They are written
in a thread of their own: a slow disk must not hold up the serial line, and a full one not the plot.
"""

from __future__ import annotations

import platform
import queue
import threading
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TextIO

from plotter.errors import PlotterLost
from plotter.transport import Transport

WAIT_S = 1.0
"""The longest that the end, or the loss of the plotter, waits for the disk."""
_MOST = 50_000
"""Lines that wait for the disk; a disk that is further behind than that will not come back."""


class LoggedTransport:
    """A wire, written down.

    Args:
        transport: the wire itself.
        path: the log; an older one is replaced.
        clock: seconds; the log counts from the moment it is begun.
    """

    def __init__(self, transport: Transport, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.name = transport.name
        self.problem = ""
        """Why nothing is written any more; empty while all is well."""
        self._transport, self._path, self._clock = transport, path, clock
        self._began = clock()
        self._lines: queue.Queue[str | threading.Event] = queue.Queue(_MOST)
        self._lines.put(_header(transport.name))
        self._thread = threading.Thread(target=self._write_down, name="wire log", daemon=True)
        self._thread.start()
        self._closed = False

    def write(self, data: bytes) -> None:
        """Send, then write it down: the board is at work meanwhile."""
        try:
            self._transport.write(data)
        except PlotterLost as error:
            self._note(">", data)
            self._lost(error)
            raise
        self._note(">", data)

    def read(self, timeout_s: float) -> bytes:
        """What came, written down."""
        try:
            data = self._transport.read(timeout_s)
        except PlotterLost as error:
            self._lost(error)
            raise
        if data:
            self._note("<", data)
        return data

    def now_s(self) -> float:
        """The time at the board's end."""
        return self._transport.now_s()

    def close(self) -> None:
        """Let go of the wire and end the log."""
        self._transport.close()
        if not self._closed:
            self._closed = True
            self._put(f"{self._ms()} # closed\n")
            self._sync()

    def _note(self, direction: str, data: bytes) -> None:
        self._put(f"{self._ms()} {direction} {repr(data)[2:-1]}\n")

    def _lost(self, error: PlotterLost) -> None:
        self._put(f"{self._ms()} # lost: {error}\n")
        self._sync()

    def _ms(self) -> str:
        return f"{(self._clock() - self._began) * 1000:12.3f}"

    def _put(self, line: str) -> None:
        if self.problem:
            return
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            self.problem = f"{self._path} can't be written: the disk does not keep up."

    def _sync(self) -> None:
        """Wait until all that was noted is written, but not for long."""
        written = threading.Event()
        try:
            self._lines.put_nowait(written)
        except queue.Full:
            return
        written.wait(WAIT_S)

    def _write_down(self) -> None:
        try:
            with self._path.open("w", encoding="utf-8", newline="\n") as file:
                while not self._take(file):
                    pass
        except OSError as error:
            self.problem = f"{self._path} can't be written: {error.strerror or error}."
        while not self._over(self._lines.get()):  # nobody waits in vain for what will not be written
            pass

    def _take(self, file: TextIO) -> bool:
        """Write all that waits, and have it on the disk; True at the end."""
        item = self._lines.get()
        while isinstance(item, str):
            file.write(item)
            try:
                item = self._lines.get_nowait()
            except queue.Empty:
                file.flush()
                return False
        file.flush()
        return self._over(item)

    def _over(self, item: str | threading.Event) -> bool:
        if isinstance(item, str):
            return False
        item.set()
        return self._closed


def _header(name: str) -> str:
    try:
        monoline = version("monoline")
    except PackageNotFoundError:  # run from its folder
        monoline = "of no version"
    system = f"{platform.system()} {platform.release()} {platform.machine()}, Python {platform.python_version()}"
    return (
        f"# monoline {monoline}, {system}, port {name}, {time.strftime('%Y-%m-%d %H:%M:%S %z')}\n# ms, > sent, < came\n"
    )
