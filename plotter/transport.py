"""Bytes to a board and back: what a wire is, a serial port, a TCP socket."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import select
import socket
import tempfile
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any, Protocol, cast

from plotter.errors import PlotterBusy, PlotterError, PlotterLost, PlotterNotFound
from plotter.in_process import SIMULATOR as SIMULATOR
from plotter.in_process import InProcess
from plotter.official import is_official
from plotter.ports import device_of, find_ports
from plotter.simulator import SimulatedBoard
from studio.errors import StudioBusy, StudioError
from studio.lock import holder, locked

BAUD = 9600
"""Of no consequence over USB; what other programs state."""
WRITE_TIMEOUT_S = 2.0
CONNECT_TIMEOUT_S = 5.0
AUTO = "auto"


class Transport(Protocol):
    """A wire with a board at its end."""

    @property
    def name(self) -> str:
        """What a person calls it: /dev/ttyACM0, tcp://localhost:3333, simulator."""
        ...

    def write(self, data: bytes) -> None:
        """Send.

        Raises:
            PlotterLost: there is nobody any more.
        """
        ...

    def read(self, timeout_s: float) -> bytes:
        """What came; waits for it, but not longer than this. Empty if nothing did.

        Raises:
            PlotterLost: there is nobody any more.
        """
        ...

    def now_s(self) -> float:
        """The time at the board's end, which in virtual time has its own pace; from an arbitrary start."""
        ...

    def close(self) -> None:
        """Let go of the wire; the board goes on with what it has."""
        ...


def open_transport(port: str = AUTO, *, time_scale: float = 0.0) -> Transport:
    """The wire to a board.

    Args:
        port: ``auto`` for the one that is plugged in, a device, the nickname of a plotter, ``tcp://HOST:PORT``, or
            ``simulator``.
        time_scale: of the simulator: 0 for virtual time, 1 for real time, 10 for ten times as fast.

    Raises:
        PlotterNotFound: there is none, there are several, or it can't be opened.
        PlotterBusy: another program has it.
    """
    if port == SIMULATOR:
        return InProcess(SimulatedBoard(), time_scale)
    if port.startswith("tcp://"):
        return TcpTransport(port)
    if is_official(port):
        raise PlotterNotFound(
            "The official software draws sheets and moves the pen, and nothing else here; name the plotter's own port."
        )
    if port == AUTO:
        return SerialTransport(_only_plotter())
    return SerialTransport(device_of(port))


def _only_plotter() -> str:
    found = find_ports()
    if not found:
        raise PlotterNotFound(
            "No plotter is plugged in; connect one and switch it on, or name the port: a device, tcp://HOST:PORT or "
            "simulator."
        )
    if len(found) > 1:
        names = ", ".join(f"{each.device}{f' ({each.name})' if each.name else ''}" for each in found)
        raise PlotterNotFound(f"{len(found)} plotters are plugged in, {names}; name one as the port.")
    return found[0].device


class SerialTransport:
    """A serial port, for this process alone.

    Raises:
        PlotterBusy: another program has it; another monoline is named.
        PlotterNotFound: it is not there, or can't be opened.
    """

    def __init__(self, device: str) -> None:
        import serial

        self.name = device
        with contextlib.ExitStack() as stack:
            stack.enter_context(port_lock(device))
            try:
                self._serial: Any = cast(Any, serial).Serial(
                    device, BAUD, timeout=0, write_timeout=WRITE_TIMEOUT_S,
                    exclusive=True if os.name == "posix" else None,  # Windows lets nobody else in anyway
                )  # fmt: skip
            except (OSError, ValueError) as error:  # SerialException is an OSError
                raise _not_opened(device, error) from error
            self._lock = stack.pop_all()

    def write(self, data: bytes) -> None:
        """Send; PlotterLost if it can't be."""
        try:
            self._serial.write(data)
        except _gone() as error:
            raise self._lost(error) from error

    def read(self, timeout_s: float) -> bytes:
        """What came within the time."""
        try:
            if os.name == "posix":
                # a change of pyserial's own timeout asks the driver for all settings each time
                ready = select.select([self._serial], [], [], timeout_s)[0]
                return cast(bytes, self._serial.read(4096)) if ready else b""
            self._serial.timeout = timeout_s
            first = cast(bytes, self._serial.read(1))
            return first + cast(bytes, self._serial.read(self._serial.in_waiting)) if first else b""
        except _gone() as error:
            raise self._lost(error) from error

    def now_s(self) -> float:
        """Real time."""
        return time.monotonic()

    def close(self) -> None:
        """Free the port."""
        self._serial.close()
        self._lock.close()

    def _lost(self, error: BaseException) -> PlotterLost:
        return PlotterLost(f"The plotter at {self.name} is gone ({_reason(error)}); look at its cable and its power.")


class TcpTransport:
    """A TCP socket, as a simulator or a serial server offers it."""

    def __init__(self, url: str) -> None:
        self.name = url
        host, _, port = url.removeprefix("tcp://").rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 65_536:
            raise PlotterError(f"{url} is no address; write tcp://HOST:PORT, as tcp://localhost:3333.")
        with contextlib.ExitStack() as stack:
            stack.enter_context(port_lock(url))
            try:
                self._socket = socket.create_connection((host.strip("[]"), int(port)), CONNECT_TIMEOUT_S)
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError as error:
                raise PlotterNotFound(
                    f"Nothing answers at {url} ({_reason(error)}); is the simulator running?"
                ) from error
            self._lock = stack.pop_all()

    def write(self, data: bytes) -> None:
        """Send; PlotterLost if it can't be."""
        try:
            self._socket.settimeout(WRITE_TIMEOUT_S)
            self._socket.sendall(data)
        except OSError as error:
            raise self._lost(_reason(error)) from error

    def read(self, timeout_s: float) -> bytes:
        """What came within the time."""
        try:
            self._socket.settimeout(max(timeout_s, 1e-3))
            data = self._socket.recv(4096)
        except TimeoutError:
            return b""
        except OSError as error:
            raise self._lost(_reason(error)) from error
        if not data:
            raise self._lost("the connection was closed")
        return data

    def now_s(self) -> float:
        """Real time."""
        return time.monotonic()

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()
        self._lock.close()

    def _lost(self, reason: str) -> PlotterLost:
        return PlotterLost(f"The plotter at {self.name} is gone ({reason}).")


@contextlib.contextmanager
def port_lock(port: str) -> Generator[None]:
    """Hold a port for this process, among all monolines of this person; the system lets go when the process ends.

    Raises:
        PlotterBusy: another monoline has it; the message names it.
    """
    name = re.sub(r"\W+", "_", port if "://" in port else os.path.realpath(port)).strip("_")
    folder = Path(tempfile.gettempdir()) / f"monoline-ports-{_user()}" / name
    with contextlib.ExitStack() as stack:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            stack.enter_context(locked(folder))
        except StudioBusy:
            who = holder(folder) or "another monoline"
            raise PlotterBusy(f"{port} is used by {who}; wait for it, or stop it first.") from None
        except (StudioError, OSError):
            pass  # without a place for locks the system's own must do
        yield


def _user() -> str:
    return str(os.getuid()) if os.name == "posix" else os.environ.get("USERNAME", "user")


def _not_opened(device: str, error: Exception) -> PlotterError:
    number = getattr(error, "errno", None)
    if number in (errno.EBUSY, errno.EAGAIN, errno.EWOULDBLOCK) or "exclusively lock" in str(error):
        return PlotterBusy(f"{device} is used by another program; close that first.")
    if number in (errno.EACCES, errno.EPERM):
        return PlotterNotFound(
            f"{device} can't be opened: permission denied. On Linux add yourself to its group (often dialout) and log "
            "in again; on Windows another program may have it."
        )
    if number == errno.ENOENT or "FileNotFoundError" in str(error):
        return PlotterNotFound(f"There is no plotter at {device}; monoline ports tells what is plugged in.")
    if number == errno.ENOTTY or "Inappropriate ioctl" in str(error):
        return PlotterNotFound(f"{device} is no serial port; monoline ports tells what is plugged in.")
    return PlotterNotFound(f"{device} can't be opened as a plotter's port ({_reason(error)}).")


def _gone() -> tuple[type[Exception], ...]:
    """What pyserial lets through when the other end is gone, or was closed in another thread."""
    try:
        import termios
    except ImportError:  # Windows
        return (OSError, TypeError, ValueError)
    return (OSError, TypeError, ValueError, termios.error)


def _reason(error: BaseException) -> str:
    words = " ".join(str(getattr(error, "strerror", None) or error).split())
    # pyserial's words for an end of file
    return "disconnected" if "returned no data" in words else words
