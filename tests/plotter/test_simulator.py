"""The simulated board over its wire: what it answers, when, and where the motors are by then."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plotter.firmware import Firmware
from plotter.simulator import SimulatedBoard
from plotter.ticks import TICKS_PER_MS

MS = TICKS_PER_MS
Say = Callable[[str], bytes]


def say(board: SimulatedBoard, line: str) -> bytes:
    """Send a line; what is answered at once."""
    board.receive(f"{line}\r".encode())
    return board.take()


def after(board: SimulatedBoard, milliseconds: float) -> bytes:
    """What is said by then."""
    board.advance(board.now + round(milliseconds * MS))
    return board.take()


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        ("V", b"EBBv13_and_above EB Firmware Version 2.8.1\r\n"),
        ("v", b"EBBv13_and_above EB Firmware Version 2.8.1\r\n"),
        ("QS", b"0,0\n\rOK\r\n"),
        ("QM", b"QM,0,0,0,0\n\r"),
        ("QG", b"10\r\n"),
        ("QB", b"0\r\nOK\r\n"),
        ("QP", b"1\n\rOK\r\n"),
        ("QC", b"0394,0300\r\nOK\r\n"),
        ("QL", b"0\r\nOK\r\n"),
        ("QT", b"East\r\nOK\r\n"),
        ("QE", b"0,0\n\rOK\r\n"),
        ("PI,E,0", b"PI,1\r\n"),
        ("ES", b"0,0,0,0,0\n\rOK\r\n"),
        ("SM,10,5,-5", b"OK\r\n"),
        ("sm,10,5,-5,3", b"OK\r\n"),
        ("XM,10,5,5", b"OK\r\n"),
        ("LM,5000000,5,0,0,0,0", b"OK\r\n"),
        ("LT,100,5000000,0,0,0", b"OK\r\n"),
        ("HM,3000", b"OK\r\n"),
        ("SP,1,130,1", b"OK\r\n"),
        ("S2,15700,4,0,120", b"OK\r\n"),
        ("TP", b"OK\r\n"),
        ("SC,4,20641", b"OK\r\n"),
        ("SR,60000,1", b"OK\r\n"),
        ("EM,1,1", b"OK\r\n"),
        ("CS", b"OK\r\n"),
        ("SL,31", b"OK\r\n"),
        ("CU,2,0", b"OK\r\n"),
        ("R", b"OK\r\n"),
        ("XX", b"!8 Err: Unknown command 'XX:5858'\r\n"),
        ("QU,2", b"!8 Err: Unknown command 'QU:5155'\r\n"),
        ("T3,1,0,0,0,0,0,0", b"!8 Err: Unknown command 'T3:5433'\r\n"),
        ("SM,10", b"!4 Err: Missing parameter(s)\r\n"),
        ("SM,10,5,5,3,9", b"!7 Err: Extra parameter\r\n"),
        ("SM,ten,5,5", b"!6 Err: Invalid parameter value\r\n"),
        ("SM,1 0,5,5", b"!6 Err: Invalid parameter value\r\n"),
        ("SM,10,1_0,5", b"!6 Err: Invalid parameter value\r\n"),
        ("SM,0,5,5", b"!6 Err: Invalid parameter value\r\n"),
        ("SM,10,260,5", b"!0 Err: <axis1> step rate > 25K steps/second.\n\r"),
        ("SM,10,5,-260", b"!0 Err: <axis2> step rate > 25K steps/second.\n\r"),
        ("SM,5000,5,2", b"!0 Err: <axis2> step rate < 1.31Hz.\n\r"),
        ("SM,16777216,5,2", b"!0 Err: <move_duration> larger than 16777215 ms.\n\r"),
        ("LM,0,0,0,0,0,0", b"!6 Err: Invalid parameter value\r\n"),
        ("HM,0", b"!6 Err: Invalid parameter value\r\n"),
        ("", b""),
        ("\n", b""),
    ],
)
def test_each_reply_is_byte_for_byte_that_of_firmware_2_8_1(line: str, reply: bytes) -> None:
    assert say(SimulatedBoard(nickname="East"), line) == reply


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        ("V", b"V,EBBv13_and_above EB Firmware Version 3.0.3\n"),
        ("QS", b"QS,0,0\n"),
        ("QM", b"QM,0,0,0,0\n"),
        ("QG", b"QG,10\n"),
        ("QB", b"QB,0\n"),
        ("QC", b"QC,0394,0300\n"),
        ("QT", b"QT,\n"),
        ("QU,2", b"QU,32\n\n"),
        ("ES", b"ES,0\n"),
        ("SM,10,5,-5", b"SM\n"),
        ("T3,1,0,0,0,0,0,0,3", b"T3\n"),
        ("SP,3", b"SP\n"),
        ("CU,4,32", b"CU\n"),
        ("CU,10,0", b"CUOK\r\n"),
        ("XX", b"XX,!8 Err: Unknown command 'XX:5858'\n"),
        ("SM,10,260,5", b"SM,!0 Err: <axis1> step rate > 25K steps/second.\n"),
    ],
)
def test_each_reply_is_byte_for_byte_that_of_firmware_3_in_its_new_syntax(line: str, reply: bytes) -> None:
    board = SimulatedBoard(Firmware(3, 0, 3))
    assert say(board, "V") == b"EBBv13_and_above EB Firmware Version 3.0.3\r\n"
    assert say(board, "CU,10,1") == b"\n"
    assert say(board, line) == reply


@pytest.mark.parametrize(
    ("version", "unknown", "known"),
    [("2.5.3", "QT", "QS"), ("2.5.5", "SR,60000", "QT"), ("2.6.0", "QG", "SR,60000"), ("2.6.2", "LT,1,1,1,1,1", "QG")],
)
def test_a_version_knows_only_its_own_commands(version: str, unknown: str, known: str) -> None:
    board = SimulatedBoard(Firmware.parse(version))
    assert say(board, unknown).startswith(b"!8 Err: Unknown command")
    assert not say(board, known).startswith(b"!")


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
    assert after(board, 101) == b"OK\r\n"
    board.run_out()
    assert board.position == (0, 0)
    assert board.now == pytest.approx(100 * MS + 200 * MS, abs=4 * MS)
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


def test_ok_can_be_switched_off() -> None:
    board = SimulatedBoard()
    assert say(board, "CU,1,0") == b""
    assert say(board, "SM,10,1,1") == b""
    assert say(board, "QS").startswith(b"0,0\n\r")


def test_a_line_without_end_is_thrown_away() -> None:
    board = SimulatedBoard()
    board.receive(b"x" * 300)
    assert board.take() == b"!3 Err: RX Buffer overrun\r\n"
    assert say(board, "QB") == b"0\r\nOK\r\n"


def test_a_line_may_come_in_pieces_and_many_at_once() -> None:
    board = SimulatedBoard()
    board.receive(b"Q")
    board.receive(b"B\rQB\r\nQ")
    assert board.take() == b"0\r\nOK\r\n0\r\nOK\r\n"
    board.receive(b"P\r")
    assert board.take() == b"1\n\rOK\r\n"


def test_every_line_is_logged_with_how_long_its_reply_was_held_back() -> None:
    log: list[tuple[float, float, str, bytes]] = []
    board = SimulatedBoard(on_log=lambda *told: log.append(told))
    for line in ("SM,100,10,10", "SM,64,10,10", "SM,64,10,10", "QM"):
        say(board, line)
    board.run_out()
    assert [each[2] for each in log] == ["SM,100,10,10", "SM,64,10,10", "SM,64,10,10", "QM"]
    assert [round(each[1], 3) for each in log] == [0, 0, 0.1, 0]
    assert log[3][3] == b"QM,1,1,1,1\n\r"


@given(
    st.lists(st.one_of(st.binary(max_size=20), st.just(b"\r"), st.sampled_from([b"SM,10,5,5\r", b"LM,1,1,1,1,1,1\r"])))
)
def test_no_bytes_bring_it_down_or_make_it_wait_for_ever(pieces: list[bytes]) -> None:
    board = SimulatedBoard()
    for piece in pieces:
        board.receive(piece)
        board.advance(board.now + 100)
    for _ in range(10_000):
        if (event := board.next_event()) is None:
            break
        board.advance(event)
        board.take()
    board.receive(b"\rV\r")
    assert b"Firmware Version 2.8.1" in board.take() or board.unplugged
