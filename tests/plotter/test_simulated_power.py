"""Cable, supply and hands: what a board and its machine do when they are taken from them."""

from __future__ import annotations

import pytest

from plotter.errors import PlotterError, PlotterLost
from plotter.firmware import USUAL, Firmware
from plotter.in_process import InProcess
from plotter.simulator import SimulatedBoard
from plotter.ticks import TICKS_PER_MS

MS = TICKS_PER_MS
THREE = Firmware(3, 0, 3)


def say(board: SimulatedBoard, line: str) -> bytes:
    board.receive(f"{line}\r".encode())
    return board.take()


def drawing(firmware: Firmware = USUAL) -> SimulatedBoard:
    """A board that is in the middle of a line, with more of it in the queue."""
    board = SimulatedBoard(firmware)
    for line in ("SC,4,20000", "SC,5,15000", "SL,7", "SP,0,100"):
        say(board, line)
    board.run_out()
    say(board, "SM,100,1600,1600")
    say(board, "SM,100,1600,1600")
    board.advance(board.now + 50 * MS)
    return board


def test_a_board_whose_cable_is_out_does_what_it_has() -> None:
    board = drawing()
    wire = InProcess(board)
    wire.write(b"SM,100,1600,1600\r")
    board.pull_cable()
    for act in (lambda: wire.read(1), lambda: wire.write(b"V\r")):
        with pytest.raises(PlotterLost):
            act()
    board.run_out()
    assert board.position == (4800, 4800)
    board.plug_in()
    again = InProcess(board)
    again.write(b"QS\r")
    # the reply that was held back is lost
    assert again.read(1) == b"4800,4800\n\rOK\r\n"
    assert board.drawing.lines[0][-1].tolist() == [60, 0]
    with pytest.raises(PlotterLost):
        wire.read(1)


def test_a_reply_that_was_on_its_way_is_lost_with_the_cable() -> None:
    board = SimulatedBoard()
    board.receive(b"QB\rQ")
    board.pull_cable()
    board.plug_in()
    assert board.take() == b""
    assert say(board, "QP") == b"1\n\rOK\r\n"


def test_a_board_that_loses_its_power_stops_where_it_is_with_the_pen_on_the_paper() -> None:
    board = drawing()
    board.power_off()
    board.advance(board.now + 1000 * MS)
    assert board.plotter.place_mm == pytest.approx((10, 0), abs=0.02)
    assert board.plotter.touching
    assert board.take() == b""
    assert say(board, "V") == b""


@pytest.mark.parametrize(("firmware", "status"), [(USUAL, b"10\r\n"), (THREE, b"50\r\n")])
def test_a_board_that_has_power_again_is_as_after_a_reset(firmware: Firmware, status: bytes) -> None:
    board = drawing(firmware)
    say(board, "CU,4,9")
    board.power_off()
    wire = InProcess(board)
    with pytest.raises(PlotterLost):
        wire.write(b"V\r")
    board.power_on()
    wire = InProcess(board)
    wire.write(b"QG\r")
    assert wire.read(1) == status
    assert say(board, "QG") == b"10\r\n"
    board.advance(board.now + MS)
    assert not board.plotter.touching
    assert board.plotter.servo.target == 22565
    assert [say(board, line) for line in ("QS", "QL", "QE")] == [
        b"0,0\n\rOK\r\n", b"0\r\nOK\r\n", b"0,0\n\rOK\r\n",
    ]  # fmt: skip
    if firmware == THREE:
        assert say(board, "QU,3") == b"QU,1\r\nOK\r\n"
    # the carriage is where it was
    assert board.plotter.place_mm == pytest.approx((10, 0), abs=0.02)


@pytest.mark.parametrize("how", ["power", "cable"])
def test_a_board_that_starts_anew_is_no_more_about_to_come_back_once_it_is_unplugged(how: str) -> None:
    board = SimulatedBoard()
    say(board, "RB")
    assert (board.unplugged, board.restarting) == (True, True)
    board.plug_in()
    assert (board.unplugged, board.restarting) == (False, False)
    say(board, "RB")
    if how == "power":
        board.power_off()
    else:
        board.pull_cable()
    assert (board.unplugged, board.restarting) == (True, False)


@pytest.mark.parametrize("firmware", [Firmware(2, 5, 3), USUAL, THREE])
def test_a_carriage_is_put_home_after_a_reset_in_the_midst_of_a_move(firmware: Firmware) -> None:
    board = drawing(firmware)
    say(board, "R")
    board.put_home()
    assert (board.plotter.place_mm, board.position) == ((0, 0), (0, 0))
    board.advance(board.now + 100 * MS)
    say(board, "SM,100,800,800")
    board.run_out()
    assert board.plotter.place_mm == (10, 0)
    assert [line[[0, -1]].tolist() for line in board.drawing.lines] == [[[0, 0], pytest.approx([10, 0], abs=0.02)]]


def test_motors_that_are_switched_off_at_once_stop_where_they_are() -> None:
    board = drawing(Firmware(2, 5, 3))
    say(board, "EM,0,0")
    board.advance(board.now + 1 * MS)
    assert board.plotter.place_mm == pytest.approx((10, 0), abs=0.02)


def test_a_carriage_is_put_home_by_hand_only_while_the_motors_let_it_go() -> None:
    board = drawing()
    with pytest.raises(PlotterError, match="EM,0,0"):
        board.put_home()
    board.run_out()
    say(board, "CS")
    say(board, "SM,10,0,0")
    board.run_out()
    say(board, "EM,0,0")
    board.run_out()
    counted = board.position
    board.put_home()
    assert (board.plotter.place_mm, board.position) == ((0, 0), counted)
    ink_m = board.report.ink_m
    say(board, "SM,100,800,800")
    board.run_out()
    assert [line[[0, -1]].tolist() for line in board.drawing.lines] == [[[0, 0], [40, 0]], [[0, 0], [10, 0]]]
    assert board.report.ink_m - ink_m == pytest.approx(0.01)


def test_without_supply_steps_are_counted_and_nothing_moves() -> None:
    board = drawing()
    board.set_voltage(0)
    assert say(board, "QC") == b"0394,0000\r\nOK\r\n"
    board.run_out()
    assert board.position == (3200, 3200)
    assert board.plotter.place_mm == pytest.approx((10, 0), abs=0.02)
    board.put_home()
    board.set_voltage(9)
    say(board, "SM,100,800,800")
    board.run_out()
    assert board.plotter.place_mm == (10, 0)
    assert say(board, "QC") == b"0394,0300\r\nOK\r\n"


def test_firmware_3_tells_once_that_the_supply_fell_below_the_threshold() -> None:
    board = SimulatedBoard(THREE)
    board.set_voltage(5)
    # without a threshold it takes no notice
    assert say(board, "QG") == b"10\r\n"
    board.set_voltage(9)
    say(board, "CU,60,250")
    assert say(board, "QU,60") == b"QU,250\r\nOK\r\n"
    board.set_voltage(5)
    board.set_voltage(9)
    assert [say(board, "QG"), say(board, "QG")] == [b"50\r\n", b"10\r\n"]
    say(board, "CU,60,301")
    assert [say(board, "QG"), say(board, "QG")] == [b"50\r\n", b"50\r\n"]
