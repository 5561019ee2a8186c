"""The simulated board over its wire: what it answers, when, and where the motors are by then."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from plotter.firmware import Firmware
from plotter.simulator import SimulatedBoard
from plotter.ticks import TICKS_PER_MS

MS = TICKS_PER_MS
THREE = Firmware(3, 0, 3)
Say = Callable[[str], bytes]


def say(board: SimulatedBoard, line: str) -> bytes:
    """Send a line; what is answered at once."""
    board.receive(f"{line}\r".encode())
    return board.take()


def after(board: SimulatedBoard, milliseconds: float) -> bytes:
    """What is said by then."""
    board.advance(board.now + round(milliseconds * MS))
    return board.take()


def test_old_firmware_takes_no_clear_argument_into_account_and_powers_motors_at_once() -> None:
    board = SimulatedBoard(Firmware(2, 6, 5))
    say(board, "SM,10,5,5")
    assert say(board, "EM,1,1") == b"OK\r\n"
    after(board, 11)
    # before 2.8 EM leaves the step counts alone
    assert say(board, "QS") == b"5,5\n\rOK\r\n"


def test_the_ok_is_held_back_until_the_queue_has_room_and_nothing_else_is_answered_meanwhile() -> None:
    board = SimulatedBoard()
    assert say(board, "SM,100,10,10") == b"OK\r\n"  # executed
    assert say(board, "SM,200,10,10") == b"OK\r\n"  # waits
    assert say(board, "SM,300,10,10") == b""  # is stuck in the parser
    assert say(board, "QM") == b""
    assert say(board, "V") == b""
    assert after(board, 99) == b""
    assert after(board, 1.5) == b"OK\r\nQM,1,1,1,1\n\rEBBv13_and_above EB Firmware Version 2.8.1\r\n"
    assert after(board, 199) == b""
    assert say(board, "QM") == b"QM,1,1,1,1\n\r"
    after(board, 2)
    assert say(board, "QM") == b"QM,1,1,1,0\n\r"
    after(board, 301)
    assert say(board, "QM") == b"QM,0,0,0,0\n\r"
    assert board.position == (30, 30)


def test_firmware_3_takes_a_deeper_queue() -> None:
    board = SimulatedBoard(Firmware(3, 0, 3))
    say(board, "CU,4,3")
    assert say(board, "QU,3") == b"QU,3\r\nOK\r\n"
    assert [say(board, "SM,100,10,10") for _ in range(5)] == [b"OK\r\n"] * 4 + [b""]


def test_positions_are_those_of_the_tick_in_the_middle_of_a_move_too() -> None:
    board = SimulatedBoard()
    say(board, "SM,1000,1000,-500")
    after(board, 500.04)
    assert say(board, "QS") == b"500,-250\n\rOK\r\n"
    after(board, 0.5)
    assert say(board, "QS") in (b"500,-250\n\rOK\r\n", b"501,-250\n\rOK\r\n")
    board.run_out()
    assert say(board, "QS") == b"1000,-500\n\rOK\r\n"
    assert say(board, "CS") == b"OK\r\n"
    assert say(board, "QS") == b"0,0\n\rOK\r\n"


def test_powering_the_motors_waits_its_turn_and_zeroes_the_counts_on_2_8() -> None:
    board = SimulatedBoard()
    say(board, "SM,100,10,10")
    say(board, "EM,2,2")
    after(board, 50)
    assert say(board, "QS") == b"5,5\n\rOK\r\n" or say(board, "QS") == b"4,4\n\rOK\r\n"
    after(board, 51)
    assert say(board, "QS") == b"0,0\n\rOK\r\n"
    assert say(board, "QE") == b"8,8\n\rOK\r\n"


def test_a_step_of_an_eighth_moves_twice_as_far() -> None:
    board = SimulatedBoard()
    say(board, "EM,2,2")
    say(board, "SM,1000,800,800")
    board.run_out()
    assert board.plotter.place_mm == (20.0, 0.0)


def test_an_emergency_stop_tells_what_was_left_and_keeps_the_place() -> None:
    board = SimulatedBoard()
    say(board, "SM,1000,1000,-500")
    say(board, "SM,1000,70,80")
    after(board, 400.04)
    assert say(board, "ES") == b"1,70,80,600,300\n\rOK\r\n"
    assert say(board, "QS") == b"400,-200\n\rOK\r\n"
    assert say(board, "QM") == b"QM,0,0,0,0\n\r"
    after(board, 2000)
    assert board.position == (400, -200)
    assert board.plotter.place_mm == pytest.approx((200 / 160, 600 / 160))


def test_after_a_stop_the_accumulators_go_on_from_where_they_were() -> None:
    stopped, rested = SimulatedBoard(), SimulatedBoard()
    say(stopped, "SM,1000,10,0")
    # a step comes each 100 ms; the second one is nearly made
    after(stopped, 190)
    say(stopped, "ES")
    for board, duration_ms in ((stopped, 910), (rested, 1000)):
        before = board.now
        say(board, "SM,1000,10,0")
        board.run_out()
        assert board.now - before == pytest.approx(duration_ms * MS, abs=2)


def test_home_waits_for_the_motors_and_goes_back_along_a_line() -> None:
    board = SimulatedBoard()
    say(board, "SM,100,800,400")
    assert say(board, "HM,4000") == b""
    assert after(board, 101) == b""
    # it thinks for 5 ms, and answers nothing
    assert say(board, "QM") == b""
    assert after(board, 6) == b"OK\r\nQM,1,1,1,0\n\r"
    board.run_out()
    assert board.position == (0, 0)
    assert board.now == pytest.approx(100 * MS + 205 * MS, abs=4 * MS)
    say(board, "HM,4000,80,-80")
    board.run_out()
    assert board.position == (80, -80)


def test_the_button_is_kept_until_it_is_asked_for() -> None:
    board = SimulatedBoard()
    board.press_button()
    assert say(board, "QB") == b"1\r\nOK\r\n"
    assert say(board, "QB") == b"0\r\nOK\r\n"
    board.press_button()
    assert say(board, "QG") == b"30\r\n"
    assert say(board, "QG") == b"10\r\n"


def test_a_reset_forgets_all_but_the_nickname_and_raises_the_pen() -> None:
    board = SimulatedBoard(nickname="East")
    for line in ("SC,4,20000", "SC,5,15000", "SP,0,100", "SM,100,10,10", "SL,7"):
        say(board, line)
    after(board, 150)
    assert board.plotter.touching
    assert say(board, "R") == b"OK\r\n"
    after(board, 1)
    assert not board.plotter.touching
    assert board.plotter.servo.target == 22565
    assert [say(board, line) for line in ("QS", "QL", "QP", "QM", "QT")] == [
        b"0,0\n\rOK\r\n", b"0\r\nOK\r\n", b"1\n\rOK\r\n", b"QM,0,0,0,0\n\r", b"East\r\nOK\r\n",
    ]  # fmt: skip
    assert say(board, "RB") == b""
    assert board.unplugged


def test_every_line_is_logged_with_how_long_its_reply_was_held_back() -> None:
    log: list[tuple[float, float, str, bytes]] = []
    board = SimulatedBoard(on_log=lambda *told: log.append(told))
    for line in ("SM,100,10,10", "SM,64,10,10", "SM,64,10,10", "QM"):
        say(board, line)
    board.run_out()
    assert [each[2] for each in log] == ["SM,100,10,10", "SM,64,10,10", "SM,64,10,10", "QM"]
    assert [round(each[1], 3) for each in log] == [0, 0, 0.1, 0]
    assert log[3][3] == b"QM,1,1,1,1\n\r"


def test_a_pair_of_moves_takes_two_places_in_the_queue_and_is_answered_once() -> None:
    board = SimulatedBoard(THREE)
    assert say(board, "TD,250,85899346,85899346,0,0,0,0,0,0,3") == b"OK\r\n"
    assert say(board, "TD,250,85899346,85899346,0,0,0,0,0,0") == b""
    assert after(board, 9) == b""
    assert after(board, 2) == b""
    assert after(board, 10) == b"OK\r\n"
    board.run_out()
    assert board.now == 4 * 250
    assert board.position[0] == pytest.approx(40, abs=2)


@pytest.mark.parametrize(
    ("version", "place", "ways"),
    [
        ("2.6.2", "", 2),
        ("2.8.1", ",0,0", 2),
        ("3.0.3", ",0,0", 1),
    ],
)
def test_home_bends_before_firmware_3_where_one_motor_would_be_too_slow(version: str, place: str, ways: int) -> None:
    board = SimulatedBoard(Firmware.parse(version), None)
    say(board, "SM,3000,30000,0")
    say(board, "SM,10,0,2")
    board.run_out()
    seen = len(board.plotter.ink)
    say(board, "SP,0")
    say(board, f"HM,3000{place}")
    board.run_out()
    assert board.position == (0, 0)
    (line,) = board.plotter.ink[seen:]
    assert len(line) - 1 == ways
    if ways > 1:
        # both make the two steps of the shorter way first
        assert line[1] == pytest.approx((line[0][0] - 4 / 160, line[0][1]))


def test_home_to_a_place_came_with_2_7_and_too_fast_is_refused_before_3() -> None:
    assert say(SimulatedBoard(Firmware(2, 6, 2)), "HM,3000,80,80") == b"!7 Err: Extra parameter\r\n"
    old, new = SimulatedBoard(), SimulatedBoard(THREE)
    say(old, "HM,26000,10,20")
    say(new, "HM,26000,10,20")
    assert after(old, 6) == b"!0 Err: HM <axis2> step rate > 25K steps/second.\n\r"
    assert after(new, 6) == b"OK\r\n"
    new.run_out()
    assert (old.position, new.position) == ((0, 0), (10, 20))


def test_firmware_3_takes_any_rate_and_goes_as_fast_as_it_can() -> None:
    board = SimulatedBoard(THREE, None)
    assert say(board, "SM,1,1000,0") == b"OK\r\n"
    board.run_out()
    assert board.position == (1000, 0)
    assert board.now == pytest.approx(40 * MS, abs=2)
    before = board.now
    assert say(board, "SM,200000,0,0") == b"OK\r\n"
    board.run_out()
    assert board.now - before == 100_000 * MS


def test_a_new_depth_of_the_queue_waits_until_nothing_moves() -> None:
    board = SimulatedBoard(THREE)
    say(board, "SM,100,10,10")
    assert say(board, "CU,4,5") == b""
    assert say(board, "QU,3") == b""
    assert after(board, 101) == b"OK\r\nQU,5\r\nOK\r\n"


def test_motors_may_be_left_off_while_steps_are_counted() -> None:
    board = SimulatedBoard(THREE)
    say(board, "CU,50,0")
    say(board, "SM,100,100,100")
    board.run_out()
    assert (board.position, board.plotter.place_mm) == ((100, 100), (0, 0))
    say(board, "EM,1,0")
    say(board, "SM,100,160,100")
    board.run_out()
    assert (board.position, board.plotter.place_mm) == ((160, 100), (1, 1))


def test_a_command_may_cost_the_time_that_a_board_takes_for_it() -> None:
    board = SimulatedBoard(command_cost=True)
    assert say(board, "LM,85899346,3,0,85899346,3,0,3") == b""
    assert after(board, 3) == b""
    assert after(board, 1) == b"OK\r\n"
    assert say(board, "QB") == b""
    assert after(board, 1) == b"0\r\nOK\r\n"


@pytest.mark.parametrize(("milliseconds", "starves"), [(3, True), (5, False)])
def test_commands_that_are_shorter_than_their_cost_starve_the_queue(milliseconds: int, starves: bool) -> None:
    board = SimulatedBoard(command_cost=True)
    steps = 5 * milliseconds
    board.receive(b"SP,0,146\r" + f"LM,429496730,{steps},0,429496730,{steps},0,3\r".encode() * 40)
    board.run_out()
    assert (board.report.halts > 30) == starves
    assert (board.report.starved_s > 0.015) == starves
    assert board.report.longest_starved_s == pytest.approx(0.0005 if starves else 0, abs=1e-4)
    assert board.position[0] == 40 * steps
