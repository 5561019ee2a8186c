"""A simulated board behind a real wire: what programs that others wrote say to it, and a wire that comes and goes."""

from __future__ import annotations

import ast
import contextlib
import os
import re
import socket
import sys
import threading
import time
from collections.abc import Generator
from pathlib import Path

import pytest

from plotter.errors import PlotterError, PlotterLost, PlotterNotFound
from plotter.firmware import Firmware
from plotter.simulated_faults import Faults
from plotter.simulated_link import Link, PtyLink, TcpLink, serve
from plotter.simulator import SimulatedBoard
from plotter.transport import Transport, open_transport

needs_pty = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="pseudo terminals are tried on Linux")
WIRES = [pytest.param("pty", marks=needs_pty), "tcp"]


class Served:
    """A simulated board that is served in a thread."""

    def __init__(self, link: Link, board: SimulatedBoard, replug_s: float | None = None, scale: float = 0.0) -> None:
        self.board, self.port = board, link.port
        self.gone = threading.Event()
        self._stop = threading.Event()
        self.thread = threading.Thread(
            target=serve,
            args=(board, link, scale, self._stop.is_set, self.gone.set),
            kwargs={"replug_s": replug_s},
            daemon=True,
        )
        self.thread.start()

    def stop(self) -> None:
        self._stop.set()
        self.thread.join(10)
        assert not self.thread.is_alive()


@pytest.fixture
def serving(tmp_path: Path) -> Generator[list[Served]]:
    """Those that a test serves; none is left running."""
    served: list[Served] = []
    yield served
    for each in served:
        each.stop()


def link_of(kind: str, folder: Path) -> Link:
    return PtyLink(folder / "ttyACM7") if kind == "pty" else TcpLink(free_port())


def free_port() -> int:
    """One that no system hands out by itself: another test's server might take it while it is to be free."""
    for port in range(20_000, 21_000):
        with contextlib.suppress(OSError), socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


def ask(wire: Transport, line: str, whole: bytes) -> bytes:
    """Send a line; what is answered, up to as many bytes as are expected."""
    wire.write(f"{line}\r".encode())
    said = b""
    limit_s = time.monotonic() + 5
    while len(said) < len(whole) and time.monotonic() < limit_s:
        said += wire.read(1)
    return said


def reopened(port: str) -> Transport:
    """The wire once it is there again."""
    limit_s = time.monotonic() + 10
    while True:
        try:
            return open_transport(port)
        except PlotterError:
            if time.monotonic() > limit_s:
                raise


def said(data: Path, name: str) -> list[list[tuple[str, bytes]]]:
    """What was said and answered, a list for each run of the program."""
    path = data.parent / "reference" / "traces" / f"{name}.txt"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    runs: list[list[tuple[str, bytes]]] = []
    for part in path.read_text(encoding="utf-8").split("# ----"):
        found = re.findall(r"^ *[\d.]+ +[\d.]+ ('.*') -> ('.*')$", part, flags=re.MULTILINE)
        runs.append([(ast.literal_eval(line), ast.literal_eval(reply).encode("latin-1")) for line, reply in found])
    return runs


@pytest.mark.parametrize("kind", WIRES)
@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("axicli-3.9.7_plotink-1.14.3_fw2.8.1_square", "2.8.1"),
        ("axicli-3.9.7_pause_resume", "2.8.1"),
        ("saxi-0.15.0_fw2.8.1_square", "2.8.1"),
        ("fogleman-axi_fw2.8.1_square", "2.8.1"),
        ("plotink-ebb3_fw3.0.3_square", "3.0.3"),
    ],
)
def test_what_other_programs_say_is_answered_as_the_board_does(
    data: Path, tmp_path: Path, serving: list[Served], kind: str, name: str, version: str
) -> None:
    for number, run in enumerate(said(data, name)):
        (folder := tmp_path / str(number)).mkdir()
        serving.append(served := Served(link_of(kind, folder), SimulatedBoard(Firmware.parse(version))))
        wire = open_transport(served.port)
        for line, reply in run:
            if reply.startswith(b"1") and line == "QB":
                served.board.press_button()
            if line.startswith("QU"):
                reply += b"\n"  # the trace is of another simulator; a board says two
            answered = ask(wire, line, reply)
            if line in ("QM", "QG", "QS"):  # what they tell depends on the moment
                assert re.sub(rb"-?[\dA-F]+", b"#", answered) == re.sub(rb"-?[\dA-F]+", b"#", reply)
            else:
                assert (line, answered) == (line, reply)
        wire.close()
        assert served.gone.wait(10)
        assert {each.kind for each in served.board.report.violations} <= {"out_of_travel", "jump"}


@needs_pty
def test_a_pty_is_opened_and_closed_again_and_again(tmp_path: Path, serving: list[Served]) -> None:
    serving.append(served := Served(PtyLink(tmp_path / "ttyACM7"), SimulatedBoard()))
    for steps in range(10, 60, 10):
        wire = open_transport(served.port)
        assert ask(wire, "SM,10,10,0", b"OK\r\n") == b"OK\r\n"
        wire.close()
        assert served.gone.wait(10)
        served.gone.clear()
        assert served.board.position == (steps, 0)


@pytest.mark.parametrize("kind", WIRES)
@pytest.mark.parametrize(("spec", "position"), [("unplug@3", (200, 0)), ("power@3", (0, 0))])
def test_a_board_that_was_unplugged_comes_back_under_the_same_name(
    tmp_path: Path, serving: list[Served], kind: str, spec: str, position: tuple[int, int]
) -> None:
    board = SimulatedBoard(faults=Faults.parse(spec))
    serving.append(served := Served(link_of(kind, tmp_path), board, replug_s=0.1))
    wire = open_transport(served.port)
    for _ in range(2):
        assert ask(wire, "SM,100,100,0", b"OK\r\n") == b"OK\r\n"
    with pytest.raises(PlotterLost):
        for _ in range(20):
            ask(wire, "SM,100,100,0", b"OK\r\n")
    wire.close()
    assert served.gone.wait(10)
    wire = reopened(served.port)
    expected = "{},{}\n\rOK\r\n".format(*position).encode()
    assert ask(wire, "QS", expected) == expected
    wire.close()


@pytest.mark.parametrize("kind", WIRES)
def test_a_board_that_starts_anew_comes_back_by_itself_under_the_same_name(
    tmp_path: Path, serving: list[Served], kind: str
) -> None:
    serving.append(served := Served(link_of(kind, tmp_path), SimulatedBoard()))
    for name in ("East", "West"):
        wire = reopened(served.port)
        for line in ("SL,7", "SM,100,100,0", f"ST,{name}"):
            assert ask(wire, line, b"OK\r\n") == b"OK\r\n"
        wire.write(b"RB\r")
        began_s = time.monotonic()
        with pytest.raises(PlotterLost):
            while True:
                wire.read(1)
        wire.close()
        wire = reopened(served.port)
        assert 0.4 < time.monotonic() - began_s < 5
        for line, told in (("QL", "0\r\n"), ("QS", "0,0\n\r"), ("QT", f"{name}\r\n")):
            whole = f"{told}OK\r\n".encode()
            assert ask(wire, line, whole) == whole
        wire.close()
    assert served.thread.is_alive()


@pytest.mark.parametrize("kind", WIRES)
def test_a_board_in_its_boot_loader_does_not_come_back(tmp_path: Path, kind: str) -> None:
    served = Served(link_of(kind, tmp_path), SimulatedBoard())
    wire = open_transport(served.port)
    wire.write(b"BL\r")
    served.thread.join(10)
    assert not served.thread.is_alive()
    wire.close()


@pytest.mark.parametrize("kind", WIRES)
def test_a_wire_is_gone_while_it_is_out(tmp_path: Path, serving: list[Served], kind: str) -> None:
    serving.append(served := Served(link_of(kind, tmp_path), SimulatedBoard(), replug_s=30))
    wire = open_transport(served.port)
    assert ask(wire, "QB", b"0\r\nOK\r\n") == b"0\r\nOK\r\n"
    wire.write(b"BL\r")
    with pytest.raises(PlotterLost):
        while True:
            wire.read(1)
    wire.close()
    with pytest.raises(PlotterNotFound):
        open_transport(served.port)


@pytest.mark.parametrize("kind", WIRES)
def test_a_board_that_nobody_plugs_in_again_does_what_it_has_and_ends(tmp_path: Path, kind: str) -> None:
    board = SimulatedBoard(faults=Faults.parse("unplug@3"))
    served = Served(link_of(kind, tmp_path), board, scale=20)
    wire = open_transport(served.port)
    wire.write(b"SM,1000,100,0\rSM,1000,100,0\rSM,1000,100,0\r")
    served.thread.join(10)
    assert not served.thread.is_alive()
    assert served.gone.is_set()
    assert board.position == (200, 0)
    wire.close()
    assert not os.path.lexists(tmp_path / "ttyACM7")


@pytest.mark.parametrize("kind", WIRES)
def test_replies_that_take_their_time_and_commands_that_cost_some_come_all_the_same(
    tmp_path: Path, serving: list[Served], kind: str
) -> None:
    board = SimulatedBoard(command_cost=True)
    board.port.latency = lambda: 0.004
    serving.append(served := Served(link_of(kind, tmp_path), board))
    wire = open_transport(served.port)
    for _ in range(5):
        assert ask(wire, "SM,10,10,0", b"OK\r\n") == b"OK\r\n"
    assert ask(wire, "QB", b"0\r\nOK\r\n") == b"0\r\nOK\r\n"
    wire.close()
    assert served.gone.wait(10)
    assert board.position == (50, 0)
    assert board.now >= 25 * 5 * 10


def test_a_system_without_pseudo_terminals_is_told_of_tcp(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tty", None)
    with pytest.raises(PlotterError, match="--tcp"):
        PtyLink()
