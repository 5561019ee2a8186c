"""A simulated board behind a real wire, a pseudo terminal or a TCP port, in real or in virtual time."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from plotter.errors import PlotterError
from plotter.in_process import REPLY_TICKS
from plotter.simulator import SimulatedBoard
from plotter.ticks import TICKS_PER_S

WAIT_S = 0.02
"""Longest sleep; a signal or a new client is noticed within it."""
RESTART_S = 0.5
"""After so long a board that was told to start anew (RB) is there again."""


class Link(Protocol):
    """The board's end of a wire."""

    @property
    def port(self) -> str:
        """What a client opens."""
        ...

    def receive(self, timeout_s: float) -> bytes | None:
        """What a client sent within the time; None once when it has gone."""
        ...

    def send(self, data: bytes) -> None:
        """To the client; lost if there is none."""
        ...

    def unplug(self) -> None:
        """Take the wire away; a client loses the port."""
        ...

    def plug_in(self) -> None:
        """Put it back, under the same name."""
        ...

    def close(self) -> None:
        """Take the wire away for good."""
        ...


def serve(
    board: SimulatedBoard,
    link: Link,
    time_scale: float,
    should_stop: Callable[[], bool],
    on_gone: Callable[[], None] = lambda: None,
    *,
    replug_s: float | None = None,
) -> None:
    """Let a board answer whoever is at the other end, one client after another, until told to stop or unplugged.

    Args:
        time_scale: 1 for real time, N for N times as fast. 0 for virtual time: a queued command takes no time at
            all, but its OK still comes only when the board's queue has room; a query takes 1 ms of the board's time,
            and asked twice in a row the time until something happens. While nobody waits, time stands still.
        on_gone: called when a client has gone and all that it had queued is done.
        replug_s: after how many seconds a board that lost its cable or its power has both again, its carriage put
            home if it was the power; None for never: it ends once it has done what it was left with. One that was
            told to start anew comes back by itself.
    """
    began = time.monotonic()
    asked = board.asked
    left = False
    try:
        while not should_stop():
            if board.unplugged:
                _while_unplugged(board, link, began, time_scale, should_stop, replug_s)
                on_gone()
                if board.unplugged:
                    return
                left = False
            wait_s = WAIT_S
            if time_scale:
                board.advance(_real_ticks(began, time_scale))
                if (event := board.next_event()) is not None:
                    wait_s = min(wait_s, max(0.0, (event - board.now) / TICKS_PER_S / time_scale))
            link.send(board.take())
            data = link.receive(wait_s)
            if time_scale:
                board.advance(_real_ticks(began, time_scale))
            if data is None:
                if not time_scale:
                    board.run_out()
                left = True
            else:
                board.receive(data)
                if not time_scale:
                    asked = _jump(board, link, asked)
            if left and board.next_event() is None:
                left = False
                on_gone()
    finally:
        link.send(board.take())
        link.close()


def _while_unplugged(
    board: SimulatedBoard,
    link: Link,
    began: float,
    time_scale: float,
    should_stop: Callable[[], bool],
    replug_s: float | None,
) -> None:
    """Take the wire away, let the board do what it has, and put the wire back when its time has come."""
    time.sleep(WAIT_S)  # a pseudo terminal forgets what its client has not read yet
    link.unplug()
    gone_s = RESTART_S if board.restarting else replug_s
    until = None if gone_s is None else time.monotonic() + gone_s
    if not time_scale:
        board.run_out()
    while not should_stop():
        if time_scale:
            board.advance(_real_ticks(began, time_scale))
        if until is None and board.next_event() is None:
            return
        if until is not None and time.monotonic() >= until:
            if board.powered:
                board.plug_in()
            else:
                board.put_home()  # by whoever puts the power back: nobody else knows where the carriage is
                board.power_on()
            link.plug_in()
            return
        time.sleep(WAIT_S if until is None else max(0.0, min(WAIT_S, until - time.monotonic())))


def _jump(board: SimulatedBoard, link: Link, asked: int) -> int:
    """Let virtual time go by as far as the client waits for it; how many queries were asked by then."""
    while True:
        board.advance(board.now + REPLY_TICKS * (board.asked - asked))
        asked = board.asked
        link.send(board.take())
        event = board.next_event()
        if event is None or not (board.owes or board.polled):
            return asked
        board.polled = False
        board.advance(event)


def _real_ticks(began: float, scale: float) -> int:
    return int((time.monotonic() - began) * scale * TICKS_PER_S)


class PtyLink:
    """A pseudo terminal, which to a client is a serial port.

    Args:
        name: of a symlink to make, for clients that want a name of their choice; taken away in the end.

    Raises:
        PlotterError: there are no pseudo terminals here, or the name is taken.
    """

    def __init__(self, name: Path | None = None) -> None:
        try:
            import tty
        except ImportError:
            raise PlotterError("This system has no pseudo terminals; serve the simulator with --tcp.") from None
        if name is not None and (name.exists() or name.is_symlink()):
            if not name.is_symlink() or name.exists():
                raise PlotterError(f"{name} exists; name another link, or take it away.")
            name.unlink()  # what a simulator left behind that was killed
        self._make_raw = tty.setraw
        self._link = name
        self._client = False
        self._master: int | None = None
        self.plug_in()

    def plug_in(self) -> None:
        """See Link; the terminal behind the symlink is a new one."""
        self._master, client_end = os.openpty()
        self._make_raw(client_end)
        self._device = os.ttyname(client_end)
        # not kept open, so that the end of a client is seen
        os.close(client_end)
        self._poll = select.poll()
        self._poll.register(self._master, select.POLLIN)
        self._client = False
        if self._link is not None:
            try:
                self._link.symlink_to(self._device)
            except OSError as error:
                os.close(self._master)
                raise PlotterError(f"{self._link} can't be made a link: {error.strerror}.") from error

    @property
    def port(self) -> str:
        """The link, or the terminal's own name."""
        return str(self._link or self._device)

    def receive(self, timeout_s: float) -> bytes | None:
        """See Link."""
        if self._master is None:
            return b""
        events = self._poll.poll(timeout_s * 1000)
        flags = events[0][1] if events else 0
        if flags & select.POLLIN:
            with contextlib.suppress(OSError):  # the client went between the two calls
                data = os.read(self._master, 4096)
                self._client = True
                return data
        if flags & select.POLLHUP:
            was, self._client = self._client, False
            if was:
                return None
            time.sleep(timeout_s)  # a terminal that nobody has open does not let poll wait
        elif not flags:
            self._client = True
        return b""

    def send(self, data: bytes) -> None:
        """See Link."""
        while data and self._master is not None:
            try:
                data = data[os.write(self._master, data) :]
            except OSError:
                return

    def unplug(self) -> None:
        """See Link; the symlink goes too."""
        if self._master is None:
            return
        if self._link is not None and self._link.is_symlink() and str(self._link.readlink()) == self._device:
            self._link.unlink()
        os.close(self._master)
        self._master = None

    def close(self) -> None:
        """See Link."""
        self.unplug()


class TcpLink:
    """A TCP port of this machine, for one client at a time.

    Args:
        port: its number; 0 for any that is free.

    Raises:
        PlotterError: it is taken.
    """

    def __init__(self, port: int) -> None:
        self._number = port
        self._client: socket.socket | None = None
        self.plug_in()

    def plug_in(self) -> None:
        """See Link; the number stays the same."""
        self._listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            if os.name != "nt":
                self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._listener.bind(("127.0.0.1", self._number))
            self._listener.listen(1)
        except OSError as error:
            self._listener.close()
            what = f"TCP port {self._number} can't be used: {error.strerror}"
            raise PlotterError(f"{what}; name another, or 0.") from error
        self._number = self._listener.getsockname()[1]

    @property
    def port(self) -> str:
        """As tcp://127.0.0.1:3333."""
        return f"tcp://127.0.0.1:{self._number}"

    def receive(self, timeout_s: float) -> bytes | None:
        """See Link."""
        waiting = self._client or self._listener
        if not select.select([waiting], [], [], timeout_s)[0]:
            return b""
        if self._client is None:
            self._client, _ = self._listener.accept()
            self._client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return b""
        try:
            data = self._client.recv(4096)
        except OSError:
            data = b""
        if data:
            return data
        self._client.close()
        self._client = None
        return None

    def send(self, data: bytes) -> None:
        """See Link."""
        if self._client is not None and data:
            with contextlib.suppress(OSError):
                self._client.sendall(data)

    def unplug(self) -> None:
        """See Link; who connects meanwhile is refused."""
        if self._client is not None:
            self._client.close()
            self._client = None
        self._listener.close()

    def close(self) -> None:
        """See Link."""
        self.unplug()
