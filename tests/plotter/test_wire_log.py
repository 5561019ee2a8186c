from __future__ import annotations

import itertools
import os
import re
import threading
from pathlib import Path

import pytest

from plotter.board import Board
from plotter.ebb import SM
from plotter.errors import PlotterLost
from plotter.in_process import InProcess
from plotter.simulated_faults import Faults
from plotter.simulator import SimulatedBoard
from plotter.wire_log import WAIT_S, LoggedTransport


def logged(path: Path, faults: str = "") -> tuple[Board, LoggedTransport]:
    wire = InProcess(SimulatedBoard(faults=Faults.parse(faults)))
    log = LoggedTransport(wire, path, wire.now_s)
    return Board(log), log


def test_every_exchange_is_a_line_with_its_time_and_the_bytes(tmp_path: Path) -> None:
    board, log = logged(tmp_path / "wire.log")
    board.connect()
    board.send(SM(100, 80, 80))
    board.send(SM(100, 80, 80))
    board.send(SM(100, 80, 80))
    board.close()
    assert log.problem == ""
    head, legend, *lines = (tmp_path / "wire.log").read_text().splitlines()
    assert re.fullmatch(r"# monoline \d[\w.]*, \w+ .*, Python 3\.\d+\.\d+, port simulator, \d{4}-.*", head)
    assert legend == "# ms, > sent, < came"
    assert lines[0] == r"       0.000 > V\r"
    assert re.fullmatch(r" +1\.000 < EBBv13_and_above EB Firmware Version 2\.8\.1\\r\\n", lines[1])
    moves = [index for index, line in enumerate(lines) if line.endswith(r"> SM,100,80,80\r")]
    assert len(moves) == 3
    sent, done = (float(lines[index].split()[0]) for index in (moves[2], moves[2] + 1))
    assert lines[moves[2] + 1].endswith(r"< OK\r\n")
    assert done - sent == pytest.approx(100, abs=1)  # it is held back until the first move is over
    assert lines[-1].endswith("# closed")
    times = [float(line.split()[0]) for line in lines]
    assert times == sorted(times)


class Noise:
    """A wire that says strange things, and is gone after them."""

    name = "noise"

    def __init__(self, *says: bytes) -> None:
        self.says = list(says)

    def write(self, data: bytes) -> None:
        pass

    def read(self, timeout_s: float) -> bytes:
        if not self.says:
            raise PlotterLost("It went while it was listened to.")
        return self.says.pop(0)

    def now_s(self) -> float:
        return 0.0

    def close(self) -> None:
        pass


def test_bytes_that_are_no_text_can_be_read_too(tmp_path: Path) -> None:
    log = LoggedTransport(Noise(b"", b"\x00\xff'\"\\\r"), tmp_path / "wire.log", itertools.count().__next__)
    log.write(b"V\r")
    log.read(0.1)  # nothing came, nothing to tell
    assert log.read(0.1) == b"\x00\xff'\"\\\r"
    log.close()
    log.close()
    lines = (tmp_path / "wire.log").read_text().splitlines()
    assert [line.split(maxsplit=1)[1] for line in lines[2:]] == [r"> V\r", r"""< \x00\xff\'"\\\r""", "# closed"]


def test_a_plotter_that_goes_while_it_is_listened_to_is_in_the_log(tmp_path: Path) -> None:
    log = LoggedTransport(Noise(), tmp_path / "wire.log")
    with pytest.raises(PlotterLost):
        log.read(0.1)
    assert (tmp_path / "wire.log").read_text().endswith("# lost: It went while it was listened to.\n")
    log.close()


def test_the_log_of_a_lost_plotter_is_whole_before_anybody_hears_of_it(tmp_path: Path) -> None:
    board, _ = logged(tmp_path / "wire.log", "unplug@12")
    board.connect()
    with pytest.raises(PlotterLost):
        for _ in range(20):
            board.send(SM(10, 1, 1))
    # not closed, as in a program that dies of it
    lines = (tmp_path / "wire.log").read_text().splitlines()
    assert sum(" > " in line for line in lines[2:]) == 12
    assert "# lost: The simulated plotter was unplugged." in lines[-1]
    board.close()


def test_what_was_said_is_in_the_file_while_the_plot_goes_on(tmp_path: Path) -> None:
    board, _ = logged(tmp_path / "wire.log")
    board.identify()
    log, limit = tmp_path / "wire.log", threading.Event()
    for _ in range(400):
        if log.exists() and "Firmware" in log.read_text():
            break
        limit.wait(0.005)
    assert "Firmware" in log.read_text()
    board.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full is made by Linux")
def test_a_full_disk_ends_the_log_and_nothing_else() -> None:
    board, log = logged(Path("/dev/full"))
    board.connect()
    for _ in range(5):
        board.send(SM(10, 10, 10))
    board.wait_idle()
    assert board.query_position() == (50, 50)
    board.close()
    assert "No space left" in log.problem


def test_a_log_that_can_not_be_begun_is_told_and_does_no_harm(tmp_path: Path) -> None:
    board, log = logged(tmp_path / "none" / "wire.log")
    board.connect()
    assert board.query_position() == (0, 0)
    board.close()
    assert "wire.log can't be written: No such file" in log.problem


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a disk that never answers is played by a pipe")
def test_a_disk_that_does_not_answer_holds_nothing_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")  # nobody reads it: to open it waits for ever
    board, _ = logged(tmp_path / "pipe")
    began = threading.Event()
    thread = threading.Thread(target=lambda: (board.connect(), began.set()))
    thread.start()
    assert began.wait(WAIT_S / 2)
    thread.join()
    descriptor = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)  # lets the log's thread end
    board.close()
    os.close(descriptor)
