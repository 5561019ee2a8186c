"""The pen's servo of the simulated board: its pace, its power, and raising it at once."""

from __future__ import annotations

import pytest

from plotter.firmware import Firmware
from plotter.simulator import SimulatedBoard
from plotter.ticks import TICKS_PER_MS

MS = TICKS_PER_MS
THREE = Firmware(3, 0, 3)


def say(board: SimulatedBoard, line: str) -> bytes:
    """Send a line; what is answered at once."""
    board.receive(f"{line}\r".encode())
    return board.take()


def after(board: SimulatedBoard, milliseconds: float) -> bytes:
    """What is said by then."""
    board.advance(board.now + round(milliseconds * MS))
    return board.take()


def test_raising_for_good_leaves_the_pen_up_until_its_places_are_told_again() -> None:
    board = SimulatedBoard(THREE)
    for line in ("SC,4,20000", "SC,5,15000", "SP,0,100", "SM,100,100,100"):
        say(board, line)
    board.run_out()
    assert board.plotter.touching
    say(board, "SM,100,100,100")
    say(board, "SP,0,100")
    say(board, "SP,3")
    board.run_out()
    assert not board.plotter.touching
    say(board, "SP,0,100")
    board.run_out()
    assert not board.plotter.touching
    say(board, "SC,5,15000")
    say(board, "SP,0,100")
    board.run_out()
    assert board.plotter.touching


def test_the_servo_loses_its_power_some_time_after_its_last_command_and_stays_where_it_is() -> None:
    board = SimulatedBoard()
    assert say(board, "QR") == b"0\n\rOK\r\n"
    for line in ("SC,4,20000", "SC,5,15000", "SC,10,500", "SR,100"):
        say(board, line)
    # 5000 counts at 500 in 24 ms take 240 ms
    say(board, "SP,0")
    assert say(board, "QR") == b"1\n\rOK\r\n"
    after(board, 99)
    assert say(board, "QR") == b"1\n\rOK\r\n"
    after(board, 500)
    assert say(board, "QR") == b"0\n\rOK\r\n"
    assert board.plotter.servo.at(board.now) == pytest.approx(22565 - 500 * 100 / 24, abs=2)
    say(board, "SR,0,1")
    after(board, 100_000)
    assert say(board, "QR") == b"1\n\rOK\r\n"


@pytest.mark.parametrize(("slots", "took_ms"), [(8, 240), (1, 30)])
def test_the_servo_moves_by_its_rate_once_each_turn_of_the_channels(slots: int, took_ms: int) -> None:
    board = SimulatedBoard()
    for line in ("SC,4,20000", "SC,5,15000", "SP,1", f"SC,8,{slots}", "SC,12,500"):
        say(board, line)
    board.run_out()
    say(board, "SP,0")
    assert board.plotter.servo.ends - board.now == took_ms * MS


def test_two_places_that_are_the_same_tell_nothing_of_the_paper() -> None:
    board = SimulatedBoard()
    for line in ("SC,4,20000", "SC,5,15000", "SP,1", "SC,5,20000", "SP,0", "SM,100,80,80"):
        say(board, line)
        board.run_out()
    assert not board.plotter.touching
    for line in ("SC,5,15000", "SP,0", "SM,100,80,80"):
        say(board, line)
        board.run_out()
    assert board.plotter.touching
    assert board.report.ink_m == pytest.approx(0.001)
    for line in ("SC,5,20000", "SC,10,500", "SP,1"):
        say(board, line)
    # a quarter of 5000 counts, at 500 in 24 ms
    after(board, 59)
    assert board.plotter.touching
    after(board, 2)
    assert not board.plotter.touching


def test_a_reset_while_the_pen_comes_up_leaves_it_up() -> None:
    for ms in range(0, 130, 2):
        board = SimulatedBoard()
        for line in ("SC,4,20641", "SC,5,15248", "SC,11,1618", "SC,12,1079", "SP,0,300"):
            board.receive(f"{line}\r".encode())
        board.run_out()
        assert board.plotter.touching
        board.receive(b"SP,1,130\r")
        board.advance(board.now + ms * TICKS_PER_MS)
        board.settle()
        board.receive(b"R\r")
        board.run_out()
        assert not board.plotter.touching, ms
        assert board.report.lifts == 1


def test_only_the_output_that_the_servo_is_plugged_into_moves_it_and_only_if_it_has_a_slot() -> None:
    for lines, touches in (
        (("SP,0,500,2",), True),
        (("SP,0,500",), False),
        (("S2,15302,5,0,500",), True),
        (("S2,15302,4,0,500",), False),
        (("SC,8,1", "S2,15302,5,0,500"), False),  # RP4 has the only slot
        (("SC,8,1", "S2,0,4", "S2,15302,5,0,500"), True),
        (("SC,8,1", "SP,0,500,2"), True),  # which takes the slot with it
    ):
        board = SimulatedBoard(servo_pin=5)
        for line in ("SP,1,500,2", "SP,1,500", *lines) if "SP" in lines[0] else lines:
            say(board, line)
            board.run_out()
        assert board.plotter.touching is touches, lines
