"""What goes wrong with a simulated board that is told to fail."""

from __future__ import annotations

import pytest

from plotter.errors import PlotterError, PlotterLost
from plotter.firmware import USUAL, Firmware
from plotter.in_process import InProcess
from plotter.simulated_faults import GARBAGE, NOISE, TELLS, Fault, Faults
from plotter.simulator import SimulatedBoard
from plotter.ticks import TICKS_PER_MS

MS = TICKS_PER_MS


def failing(spec: str, firmware: Firmware = USUAL) -> tuple[SimulatedBoard, InProcess]:
    board = SimulatedBoard(firmware, faults=Faults.parse(spec))
    return board, InProcess(board)


def ask(wire: InProcess, line: str, timeout_s: float = 10) -> bytes:
    wire.write(f"{line}\r".encode())
    return wire.read(timeout_s)


@pytest.mark.parametrize(
    "spec",
    [
        "unplug",
        "unplug@0",
        "late@3",
        "garbage@3:1",
        "fire@3",
        "unplug@x",
        "future@1",
        "half@2",
        "stall@2",
        "random@2",
        "sag@3",
        "sag@0:3",
        "sag@3:-1",
    ],
)
def test_a_fault_that_is_not_known_is_refused(spec: str) -> None:
    with pytest.raises(PlotterError, match="no fault"):
        Faults.parse(spec)


def test_faults_are_read_from_their_words_and_told_in_the_same() -> None:
    spec = "late@20:2.5,garbage@30,garbage@31,unplug@99,button@7,unplug_byte@12,sag@5:3.5,future@0"
    assert Faults.parse("late@20:2.5").every == (Fault("late", 20, 2.5),)
    assert str(Faults.parse(f" {spec} ")) == spec
    assert Faults.parse("") == Faults()


def test_random_faults_are_the_same_for_a_seed() -> None:
    faults = Faults.random(3, 20, among=50)
    assert faults == Faults.random(3, 20, among=50) == Faults.parse(str(faults))
    assert faults != Faults.random(4, 20, among=50)
    assert len({each.at for each in faults.every}) == 20
    assert max(each.at for each in faults.every) <= 50
    assert Faults.parse("random@3:20") == Faults.random(3, 20)
    assert {each.kind for each in Faults.random(1, 9, kinds=["lost"]).every} == {"lost"}


def test_a_pulled_cable_loses_the_command_and_leaves_the_board_at_work() -> None:
    board, wire = failing("unplug@3")
    assert ask(wire, "SM,100,100,0") == b"OK\r\n"
    assert ask(wire, "SM,100,100,0") == b"OK\r\n"
    with pytest.raises(PlotterLost):
        ask(wire, "SM,100,100,0")
    wire.close()
    assert board.position == (200, 0)


def test_a_cable_may_be_pulled_in_the_middle_of_a_reply() -> None:
    board, wire = failing("unplug_byte@6")
    assert ask(wire, "CS") == b"OK\r\n"
    assert ask(wire, "SM,100,100,0") == b"OK"
    with pytest.raises(PlotterLost):
        wire.read(1)
    board.run_out()
    assert board.position == (100, 0)


def test_a_lost_power_ends_all_at_once() -> None:
    board, wire = failing("power@2")
    ask(wire, "SM,100,100,0")
    board.advance(50 * MS)
    with pytest.raises(PlotterLost):
        ask(wire, "SM,100,100,0")
    board.run_out()
    assert board.plotter.place_mm == pytest.approx((50 / 160, 50 / 160), abs=0.02)
    assert not board.powered


def test_a_reset_forgets_what_was_queued_and_says_nothing() -> None:
    board, wire = failing("reset@3")
    ask(wire, "SL,7")
    ask(wire, "SM,100,100,0")
    board.advance(50 * MS)
    assert ask(wire, "SM,100,100,0", 1) == b""
    assert ask(wire, "QL") == b"0\r\nOK\r\n"
    assert ask(wire, "QS") == b"0,0\n\rOK\r\n"
    assert board.plotter.place_mm != (0, 0)


def test_what_is_lost_is_not_done_and_what_is_missing_is() -> None:
    _, wire = failing("lost@1,missing@2")
    assert ask(wire, "SM,100,100,0", 1) == b""
    assert ask(wire, "SM,100,0,30", 1) == b""
    assert ask(wire, "QS") == b"0,30\n\rOK\r\n"


def test_a_corrupted_command_is_another_one() -> None:
    told: list[str] = []
    board = SimulatedBoard(faults=Faults.parse("corrupt@1"), on_log=lambda _at, _took, line, _reply: told.append(line))
    board.receive(b"SM,100,100,0\r")
    (line,) = told
    assert len(line) == len("SM,100,100,0")
    assert sum(a != b for a, b in zip(line, "SM,100,100,0", strict=True)) == 1
    assert board.take()


def test_a_reply_may_come_in_pieces_late_or_as_noise() -> None:
    _, wire = failing("split@1,late@2:2.5,garbage@3,noise@4")
    first = ask(wire, "QS")
    assert first != b"0,0\n\rOK\r\n"
    said = first
    while len(said) < len(b"0,0\n\rOK\r\n"):
        said += wire.read(1)
    assert said == b"0,0\n\rOK\r\n"
    before = wire.now_s()
    assert ask(wire, "QB") == b"0\r\nOK\r\n"
    assert wire.now_s() - before == pytest.approx(2.5, abs=0.01)
    assert ask(wire, "QB") == GARBAGE
    assert ask(wire, "QB") == NOISE + b"0\r\nOK\r\n"


def test_a_stalled_board_reads_nothing_for_a_while_and_moves_on() -> None:
    board, wire = failing("stall@2:0.3")
    ask(wire, "SM,1000,1000,0")
    assert ask(wire, "QS", 0.2) == b""
    assert board.position[0] == pytest.approx(200, abs=3)
    assert int(wire.read(1).split(b",")[0]) == pytest.approx(300, abs=1)
    assert ask(wire, "QB") == b"0\r\nOK\r\n"


@pytest.mark.parametrize(("firmware", "status"), [(USUAL, b"10\r\n"), (Firmware(3, 0, 3), b"50\r\n")])
def test_a_supply_that_sags_stops_the_motors_and_stays_low(firmware: Firmware, status: bytes) -> None:
    board, wire = failing("sag@4:3,sag@9:9", firmware)
    ask(wire, "CU,60,250")
    ask(wire, "QG")
    ask(wire, "SM,100,800,800")
    board.advance(board.now + 50 * MS)
    assert ask(wire, "SM,100,800,800") == b"OK\r\n"
    board.run_out()
    assert ask(wire, "QS") == b"1600,1600\n\rOK\r\n"
    assert board.plotter.place_mm == pytest.approx((5, 0), abs=0.02)
    assert {each.kind for each in board.report.violations} == {"unpowered"}
    assert ask(wire, "QG") == status
    assert ask(wire, "QC") == b"0394,0100\r\nOK\r\n"
    ask(wire, "R")
    assert ask(wire, "QC") == b"0394,0300\r\nOK\r\n"


def test_a_supply_that_sagged_is_low_after_a_reset_too() -> None:
    _, wire = failing("sag@1:3")
    ask(wire, "R")
    assert ask(wire, "QC") == b"0394,0100\r\nOK\r\n"


def test_the_button_is_pressed_by_nobody() -> None:
    _, wire = failing("button@2")
    assert [ask(wire, "QB")[:1] for _ in range(3)] == [b"0", b"1", b"0"]


def test_a_board_may_be_found_in_the_new_syntax_or_with_half_a_line_of_another_program() -> None:
    _, wire = failing("future@0", Firmware(3, 0, 3))
    assert ask(wire, "V").startswith(b"V,EBB")
    assert ask(failing("future@0")[1], "V").startswith(b"EBB")
    _, wire = failing("half@0")
    assert ask(wire, "V").startswith(b"!")
    assert ask(wire, "V").startswith(b"EBB")


def test_every_kind_of_fault_is_told_and_understood() -> None:
    for kind in TELLS:
        number = 0 if kind in ("future", "half") else 5
        spec = f"{kind}@{number}{':1' if kind in ('late', 'stall', 'sag') else ''}"
        assert str(Faults.parse(spec)) == spec
