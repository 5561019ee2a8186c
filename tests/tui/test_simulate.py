from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from drawing.svg import read_svg
from plotter.board import Board
from plotter.ebb import SM, SP
from plotter.errors import PlotterError, PlotterLost
from plotter.firmware import Firmware
from plotter.simulated_faults import TELLS
from plotter.transport import open_transport
from plotter.watch import Watch
from tui.commands.simulate import FAULTS
from tui.main import run

Capture = pytest.CaptureFixture[str]
needs_pty = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="pseudo terminals are tried on Linux")
WIRES = [pytest.param("pty", marks=needs_pty), "tcp"]


class Simulator:
    """``monoline simulate`` in a process of its own, in virtual time unless told otherwise."""

    def __init__(self, folder: Path, wire: str, *options: str) -> None:
        named = ["--link", str(folder / "ttyACM7")] if wire == "pty" else ["--tcp", "0"]
        files = ["--ink", "ink.svg", "--report", "report.json", "--log", "log.txt"]
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "tui.main", "simulate", "--time-scale", "0", *named, *files, *options],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.port = self.process.stdout.readline().strip()

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str, str]:
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err

    @property
    def report(self) -> dict[str, Any]:
        return json.loads((self.folder / "report.json").read_text())


@pytest.fixture
def simulators() -> Generator[list[Simulator]]:
    """Those that a test starts; none is left running."""
    started: list[Simulator] = []
    yield started
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
        each.process.communicate()


def draw_a_square(port: str) -> None:
    board = Board(open_transport(port))
    board.connect()
    side = 1600
    square = [SM(400, side, side), SM(400, side, -side), SM(400, -side, -side), SM(400, -side, side)]
    for command in (SP(True, 130), SM(400, side, 0), SP(False, 146), *square, SP(True, 130), SM(400, -side, 0)):
        board.send(command)
    board.wait_idle()
    board.motors(False)
    board.close()


@pytest.mark.parametrize("wire", WIRES)
def test_the_simulator_prints_its_port_and_tells_what_was_drawn(
    tmp_path: Path, simulators: list[Simulator], wire: str
) -> None:
    simulators.append(simulator := Simulator(tmp_path, wire))
    assert simulator.port == str(tmp_path / "ttyACM7") if wire == "pty" else simulator.port.startswith("tcp://127.0")
    draw_a_square(simulator.port)
    code, _, err = simulator.stop()
    assert (code, err.count("\n")) == (0, 1)
    assert "0.08 m of ink, 1 lifts" in err
    (line,) = read_svg(tmp_path / "ink.svg").drawing.lines
    assert line.tolist() == [[10, 10], [30, 10], [30, 30], [10, 30], [10, 10]]
    report = simulator.report
    assert {"commands", "duration_s", "ink_m", "travel_m", "lifts", "violations"} <= report.keys()
    assert (report["ink_m"], report["lifts"], report["violations"]) == (0.08, 1, [])
    assert report["duration_s"] == pytest.approx(0.13 + 0.146 + 0.13 + 6 * 0.4, abs=0.001)
    log = (tmp_path / "log.txt").read_text().splitlines()
    assert sum("'SM," in each for each in log) == 6
    assert "'SP,0,146' -> 'OK\\r\\n'" in "\n".join(log)
    assert not (tmp_path / "ttyACM7").is_symlink()


@needs_pty
def test_a_second_ink_file_needs_force_and_a_client_that_goes_has_its_ink_written(
    tmp_path: Path, simulators: list[Simulator]
) -> None:
    simulators.append(simulator := Simulator(tmp_path, "pty"))
    draw_a_square(simulator.port)
    limit = threading.Event()
    for _ in range(200):
        if (tmp_path / "report.json").is_file():
            break
        limit.wait(0.05)
    assert simulator.report["ink_m"] == 0.08
    assert simulator.process.poll() is None
    assert simulator.stop(signal.SIGINT)[0] == 0
    simulators.append(refused := Simulator(tmp_path, "pty"))
    assert refused.process.communicate(timeout=20)[1].startswith("monoline: ink.svg exists")
    simulators.append(forced := Simulator(tmp_path, "pty", "--force", "--json"))
    assert json.loads(forced.port) == {"port": str(tmp_path / "ttyACM7")}
    code, out, _ = forced.stop()
    assert (code, out) == (0, "")
    assert forced.report["commands"] == 0


def test_the_simulator_has_the_faults_that_it_is_told_to_have(tmp_path: Path, simulators: list[Simulator]) -> None:
    simulators.append(simulator := Simulator(tmp_path, "tcp", "--fault", "unplug@14,button@9", "--firmware", "3.0.3"))
    board = Board(open_transport(simulator.port))
    assert board.connect() == Firmware(3, 0, 3)
    assert board.button()
    with pytest.raises(PlotterLost):
        for _ in range(20):
            board.send(SM(10, 1, 1))
    board.close()
    simulator.process.communicate(timeout=20)
    assert simulator.process.returncode == 0
    assert simulator.report["commands"] == 14


def test_the_vectors_of_a_real_board_all_match(data: Path, capsys: Capture) -> None:
    assert run(["simulate", "--check-vectors", str(data / "ebb_motion_vectors.csv"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"matched": 140, "total": 140, "other": 0}


def test_a_vector_that_does_not_match_fails_and_is_named(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "vectors.csv"
    path.write_text('command,ticks,steps,accumulator,rate,position\n"LM,268435456,5,0,0,0,0",41,5,0,268435456,5\n')
    assert run(["simulate", "--check-vectors", str(path), "--json"]) == 1
    told = capsys.readouterr()
    assert json.loads(told.out)["matched"] == 0
    assert "line 2" in told.err
    assert run(["simulate", "--check-vectors", str(tmp_path / "none.csv")]) == 1
    assert "none.csv can't be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--fault", "fire@3"], "'fire@3' is no fault"),
        (["--firmware", "new"], "tells no firmware version"),
        (["--firmware", "2.4.0"], "2.5.3"),
        (["--model", "axidraw-v9"], "axidraw-v9"),
        (["--link", "a", "--tcp", "0"], "--tcp"),
        (["--time-scale", "-1"], "--time-scale"),
        (["--time-scale", "nan"], "--time-scale"),
        (["--tcp", "70000"], "--tcp"),
    ],
)
def test_bad_arguments_are_told(capsys: Capture, options: list[str], words: str) -> None:
    assert run(["simulate", *options]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("wire", WIRES)
def test_a_plotter_that_is_unplugged_can_be_plugged_in_again(
    tmp_path: Path, simulators: list[Simulator], wire: str
) -> None:
    simulators.append(simulator := Simulator(tmp_path, wire, "--fault", "unplug@14", "--replug", "0.1"))
    board = Board(open_transport(simulator.port))
    board.connect()
    with pytest.raises(PlotterLost):
        for _ in range(20):
            board.send(SM(100, 100, 0))
    board.close()
    limit_s = time.monotonic() + 10
    while True:
        transport = None
        try:
            transport = open_transport(simulator.port)
            board = Board(transport)
            board.connect(keep_place=True)
            break
        except PlotterError:  # still away, or going just as it answers
            if transport is not None:
                transport.close()
            assert time.monotonic() < limit_s
    steps, _ = board.query_position()
    assert steps > 0
    assert steps % 100 == 0
    board.close()
    assert simulator.stop()[0] == 0


def test_the_supply_the_wire_and_the_board_may_be_slow_or_low(tmp_path: Path, simulators: list[Simulator]) -> None:
    options = ("--voltage", "6", "--latency", "20", "--command-cost", "--name", "East")
    simulators.append(simulator := Simulator(tmp_path, "tcp", *options))
    board = Board(open_transport(simulator.port))
    board.connect()
    assert board.voltage() == pytest.approx(6)
    assert board.nickname() == "East"
    board.send(SM(100, 100, 100))
    board.wait_idle()
    assert board.query_position() == (100, 100)
    board.close()
    assert simulator.stop()[0] == 0
    assert [each["kind"] for each in simulator.report["violations"]] == ["unpowered"]
    assert simulator.report["travel_m"] == 0
    # 20 ms for the reply and 3.5 to read the command
    (line,) = [each for each in (tmp_path / "log.txt").read_text().splitlines() if "'SM," in each]
    assert "-> 'OK\\r\\n'" in line


@pytest.mark.parametrize("wire", WIRES)
def test_a_plotter_can_be_named_again_and_again(
    tmp_path: Path, simulators: list[Simulator], capsys: Capture, wire: str
) -> None:
    simulators.append(simulator := Simulator(tmp_path, wire))
    before = ""
    for name in ("East", "West"):
        limit_s = time.monotonic() + 10
        while run(["ports", "name", name, "--port", simulator.port, "--json"]) != 0:  # it starts anew
            assert time.monotonic() < limit_s
        told = json.loads(capsys.readouterr().out)
        assert (told["before"], told["name"], told["changed"]) == (before, name, True)
        before = name
    assert simulator.stop()[0] == 0
    log = (tmp_path / "log.txt").read_text()
    assert log.count("'RB' -> ''") == 2


@needs_pty
def test_a_plot_sees_from_its_watch_that_the_supply_sags(tmp_path: Path, simulators: list[Simulator]) -> None:
    simulators.append(simulator := Simulator(tmp_path, "pty", "--fault", "sag@20:3"))
    board = Board(open_transport(simulator.port))
    board.connect()
    watch = Watch(board, board.mark(), 7.5)
    for _ in range(20):
        board.send(SM(10, 1, 1))
    watch.look(all_now=True)
    board.settle()
    assert "motors have lost their power (3.0 V)" in watch.wrong
    board.close()


@pytest.mark.skipif(not hasattr(signal, "SIGUSR1"), reason="this system has no such signal")
def test_a_signal_presses_the_button(tmp_path: Path, simulators: list[Simulator]) -> None:
    simulators.append(simulator := Simulator(tmp_path, "tcp"))
    board = Board(open_transport(simulator.port))
    board.connect()
    assert not board.button()
    simulator.process.send_signal(signal.SIGUSR1)
    limit_s = time.monotonic() + 10
    while not board.button():
        assert time.monotonic() < limit_s
    assert not board.button()
    board.close()


@pytest.mark.skipif(not hasattr(signal, "SIGUSR2"), reason="this system has no such signal")
@pytest.mark.parametrize("version", ["2.5.3", "2.8.1", "3.0.3"])
def test_a_signal_carries_the_carriage_home_after_a_reset(
    tmp_path: Path, simulators: list[Simulator], version: str
) -> None:
    simulators.append(simulator := Simulator(tmp_path, "tcp", "--firmware", version, "--fault", "reset@4"))
    wire = open_transport(simulator.port)
    said = b""
    wire.write(b"SM,10,40,40\r" * 3)
    while said != b"OK\r\n" * 3:
        said += wire.read(1)
    wire.write(b"SM,10,40,40\r")
    while not wire.read(0.1):
        wire.write(b"QS\r")  # the first may be lost with the reset
    wire.close()
    assert simulator.process.stderr is not None
    simulator.process.send_signal(signal.SIGUSR2)
    assert simulator.process.stderr.readline() == "the carriage was carried home\n"
    simulator.stop()


@pytest.mark.skipif(not hasattr(signal, "SIGUSR2"), reason="this system has no such signal")
def test_a_signal_carries_the_carriage_home_once_the_motors_let_go(tmp_path: Path, simulators: list[Simulator]) -> None:
    simulators.append(simulator := Simulator(tmp_path, "tcp"))
    board = Board(open_transport(simulator.port))
    board.connect()
    board.send(SM(100, 1000, 1000))
    board.wait_idle()
    assert simulator.process.stderr is not None
    simulator.process.send_signal(signal.SIGUSR2)
    assert "motors hold the carriage" in simulator.process.stderr.readline()
    board.motors(False)
    board.wait_idle()
    simulator.process.send_signal(signal.SIGUSR2)
    assert simulator.process.stderr.readline() == "the carriage was carried home\n"
    board.connect()
    board.pen_down()
    board.send(SM(100, 400, 400))
    board.wait_idle()
    board.close()
    simulator.stop()
    drawn = read_svg(tmp_path / "ink.svg").drawing
    assert drawn.bounds == pytest.approx((0, 0, 5, 0), abs=1e-6)


def test_the_help_tells_of_every_fault() -> None:
    assert [kind for kind in (*TELLS, "random") if f"{kind}@" not in FAULTS] == []
