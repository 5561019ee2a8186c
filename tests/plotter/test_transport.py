from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Generator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import serial
from serial.tools import list_ports

from plotter.board import Board
from plotter.ebb import SM, SP
from plotter.errors import PlotterBusy, PlotterError, PlotterLost, PlotterNotFound
from plotter.simulated_faults import Faults
from plotter.simulated_link import Link, PtyLink, TcpLink, serve
from plotter.simulator import SimulatedBoard
from plotter.transport import SerialTransport, TcpTransport, open_transport, port_lock

needs_pty = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="pseudo terminals are tried on Linux")


class Served:
    """A simulated board that is served in a thread."""

    def __init__(self, link: Link, board: SimulatedBoard, time_scale: float = 0.0) -> None:
        self.board, self.port = board, link.port
        self.gone = threading.Event()
        self._stop = threading.Event()
        arguments = (board, link, time_scale, self._stop.is_set, self.gone.set)
        self._thread = threading.Thread(target=serve, args=arguments, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(10)
        assert not self._thread.is_alive()


@pytest.fixture
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Served]:
    what, scale = request.param
    served = Served(PtyLink(tmp_path / "ttyACM7") if what == "pty" else TcpLink(0), SimulatedBoard(), scale)
    yield served
    served.stop()


WIRES = [
    pytest.param((what, scale), id=f"{what}, {words} time", marks=[needs_pty] if what == "pty" else [])
    for what in ("pty", "tcp")
    for scale, words in ((0.0, "virtual"), (50.0, "fast"))
]


@pytest.mark.parametrize("served", WIRES, indirect=True)
def test_a_board_behind_a_real_wire_draws_what_it_is_told(served: Served) -> None:
    transport = open_transport(served.port)
    assert transport.name == served.port
    board = Board(transport)
    board.connect()
    for command in (SP(True, 130), SM(300, 800, 800), SP(False, 146), SM(300, 800, -800), SP(True, 130)):
        board.send(command)
    board.wait_idle()
    assert board.query_position() == (1600, 0)
    board.close()
    assert served.gone.wait(10)
    assert [line.tolist() for line in served.board.drawing.lines] == [[[10, 0], [10, 10]]]
    assert served.board.report.violations == []


def test_virtual_time_goes_on_to_the_next_event_only_when_a_client_asks_the_same_again() -> None:
    served = Served(TcpLink(0), SimulatedBoard())
    transport = open_transport(served.port)
    board = Board(transport)
    board.connect()
    for _ in range(2):
        board.send(SM(100, 10, 10))
    assert [board.busy() for _ in range(5)] == [True, True, True, False, False]
    board.send(SM(100, 10, 10))
    assert [board.query_position()[0] < 22, board.button(), board.query_position()[0] < 22] == [True, False, True]
    board.close()
    served.stop()


@pytest.mark.parametrize("served", WIRES[::2], indirect=True)
def test_one_client_comes_after_another_and_finds_the_machine_where_it_was(served: Served) -> None:
    board = Board(open_transport(served.port))
    board.connect()
    board.send(SM(300, 800, 800))
    board.close()
    assert served.gone.wait(10)
    again = Board(open_transport(served.port))
    again.connect(keep_place=True)
    assert again.query_position() == (800, 800)
    again.close()


@needs_pty
def test_an_unplugged_pty_is_a_lost_plotter(tmp_path: Path) -> None:
    served = Served(PtyLink(tmp_path / "tty"), SimulatedBoard(faults=Faults.parse("unplug@12")))
    board = Board(open_transport(served.port))
    board.connect()
    with pytest.raises(PlotterLost, match=r"tty is gone .*cable"):
        for _ in range(40):
            board.send(SM(10, 1, 1))
    board.close()
    served.stop()
    assert not (tmp_path / "tty").is_symlink()


def test_an_unplugged_tcp_port_is_a_lost_plotter() -> None:
    served = Served(TcpLink(0), SimulatedBoard(faults=Faults.parse("unplug@12")))
    board = Board(open_transport(served.port))
    board.connect()
    with pytest.raises(PlotterLost, match="is gone"):
        for _ in range(40):
            board.send(SM(10, 1, 1))
    board.close()
    served.stop()


@needs_pty
def test_a_port_is_opened_by_one_program_only(tmp_path: Path) -> None:
    served = Served(PtyLink(tmp_path / "tty"), SimulatedBoard())
    first = open_transport(served.port)
    with pytest.raises(PlotterBusy, match=r"is used by .*\(process \d+"):
        open_transport(served.port)
    same = tmp_path / "another-name"
    same.symlink_to(Path(served.port).resolve())
    with pytest.raises(PlotterBusy, match="is used by"):
        open_transport(str(same))
    first.close()
    open_transport(served.port).close()
    served.stop()


def test_two_processes_do_not_hold_one_port() -> None:
    port = f"tcp://127.0.0.1:{os.getpid()}"
    hold = (
        "import sys; from plotter.transport import port_lock\n"
        "with port_lock(sys.argv[1]): print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-P", "-c", hold, port]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with (
            pytest.raises(PlotterBusy, match=rf"{port} is used by .*process {other.pid}.*; wait for it"),
            port_lock(port),
        ):
            pass
        with port_lock(f"{port}0"):  # another one is free
            pass
        other.kill()  # and the system lets go
    with port_lock(port):
        pass
    with port_lock(port):
        pass


def test_without_a_place_for_locks_a_port_is_opened_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "file"))
    with port_lock("ttyACM0"), port_lock("ttyACM0"):
        pass


@needs_pty
def test_a_port_that_another_program_has_locked_is_told(tmp_path: Path) -> None:
    served = Served(PtyLink(tmp_path / "tty"), SimulatedBoard())
    other = serial.Serial(served.port, exclusive=True)
    with pytest.raises(PlotterBusy, match="used by another program; close that first"):
        open_transport(served.port)
    other.close()
    open_transport(served.port).close()
    served.stop()


@needs_pty
def test_a_link_replaces_a_dead_one_but_no_file(tmp_path: Path) -> None:
    dead, file = tmp_path / "dead", tmp_path / "file"
    dead.symlink_to(tmp_path / "nowhere")
    file.write_text("keep me")
    link = PtyLink(dead)
    assert os.path.realpath(dead).startswith("/dev/pts/")
    with pytest.raises(PlotterError, match="exists"):
        PtyLink(dead)
    with pytest.raises(PlotterError, match="exists"):
        PtyLink(file)
    link.close()
    assert not dead.is_symlink()
    assert file.read_text() == "keep me"


def test_a_taken_tcp_port_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        with pytest.raises(PlotterError, match=f"{number} can't be used"):
            TcpLink(number)


def test_no_port_there_is_told() -> None:
    with pytest.raises(PlotterNotFound, match="no plotter at /dev/ttyACM99"):
        open_transport("/dev/ttyACM99")
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    with pytest.raises(PlotterNotFound, match="simulator running"):
        open_transport(f"tcp://127.0.0.1:{number}")


@pytest.mark.parametrize("url", ["tcp://", "tcp://host", "tcp://host:x", "tcp://:80", "tcp://host:70000"])
def test_a_bad_address_is_told(url: str) -> None:
    with pytest.raises(PlotterError, match="tcp://HOST:PORT"):
        TcpTransport(url)


@pytest.mark.parametrize(
    ("number", "error", "words"),
    [
        (errno.EACCES, PlotterNotFound, "dialout"),
        (errno.EBUSY, PlotterBusy, "close that"),
        (errno.EIO, PlotterNotFound, "port"),
    ],
)
def test_why_a_port_can_not_be_opened_is_told(
    monkeypatch: pytest.MonkeyPatch, number: int, error: type[PlotterError], words: str
) -> None:
    import serial

    def refuse(*_arguments: Any, **_options: Any) -> None:
        raise serial.SerialException(number, os.strerror(number))

    monkeypatch.setattr(serial, "Serial", refuse)
    with pytest.raises(error, match=words):
        SerialTransport("/dev/ttyACM0")


def test_auto_is_the_one_plotter_that_is_plugged_in_and_a_nickname_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("plotter.transport.SerialTransport", opened.append)

    def plug_in(*names: str) -> None:
        ports = [
            SimpleNamespace(
                device=f"/dev/ttyACM{n}", vid=0x04D8, pid=0xFD92, product=f"EiBotBoard,{name}", description=""
            )
            for n, name in enumerate(names)
        ]
        monkeypatch.setattr(list_ports, "comports", lambda: ports)

    plug_in()
    with pytest.raises(PlotterNotFound, match="No plotter is plugged in"):
        open_transport()
    plug_in("East")
    open_transport()
    plug_in("East", "West")
    with pytest.raises(PlotterNotFound, match=r"2 plotters .*ttyACM0 \(East\), /dev/ttyACM1 \(West\)"):
        open_transport("auto")
    open_transport("West")
    open_transport("/dev/ttyUSB5")
    assert opened == ["/dev/ttyACM0", "/dev/ttyACM1", "/dev/ttyUSB5"]
