"""The driver against the simulated board, in virtual time: what it says, waits for and makes of trouble."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plotter.board import LOW_VOLTAGE_V, SILENCE_S, Board, PenServo
from plotter.ebb import LM, SM, SP, Command, Immediate, durations_ticks
from plotter.errors import CommandRejected, GarbledReply, PlotterLost, UnknownBoard
from plotter.firmware import Firmware
from plotter.in_process import InProcess
from plotter.simulated_faults import Faults
from plotter.simulator import SimulatedBoard
from plotter.ticks import TICK_S


def connected(simulated: SimulatedBoard, servo: PenServo | None = None) -> Board:
    board = Board(InProcess(simulated))
    board.connect(servo)
    return board


def heard() -> tuple[SimulatedBoard, list[str]]:
    """A board, and the lines that it is sent."""
    lines: list[str] = []
    return SimulatedBoard(on_log=lambda _at, _held, line, _reply: lines.append(line)), lines


class Scripted:
    """A wire that says what it was told to, whatever is asked; time goes by while one waits."""

    name = "script"

    def __init__(self, *replies: bytes) -> None:
        self.replies = list(replies)
        self.time_s = 0.0
        self.said: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.said.append(data)

    def read(self, timeout_s: float) -> bytes:
        if self.replies:
            return self.replies.pop(0)
        self.time_s += max(timeout_s, 1e-3)
        return b""

    def now_s(self) -> float:
        return self.time_s

    def close(self) -> None:
        pass


def test_connecting_tells_where_the_pen_is_up_and_down_and_powers_the_motors() -> None:
    simulated, lines = heard()
    board = connected(simulated, PenServo(20000, 15000, 1600, 1000))
    assert board.firmware == Firmware(2, 8, 1)
    assert lines == [
        "V",
        "SC,4,20000",
        "SC,5,15000",
        "SC,8,8",
        "SC,11,1600",
        "SC,12,1000",
        "SR,60000,1",
        "EM,1,1",
        "CS",
    ]
    assert board.query_position() == (0, 0)
    assert board.voltage() > LOW_VOLTAGE_V
    assert simulated.report.travel_m == 0


def test_connecting_again_can_keep_the_place() -> None:
    simulated, lines = heard()
    board = connected(simulated)
    board.send(SM(100, 40, 20))
    board.wait_idle()
    again = Board(board.transport)
    again.connect(keep_place=True)
    assert again.query_position() == (40, 20)
    assert "EM,1,1" not in lines[lines.index("QM") :]


@pytest.mark.parametrize(
    ("version", "future"),
    [("2.5.3", False), ("2.6.2", False), ("2.7.0", False), ("2.8.1", False), ("3.0.3", False), ("3.0.3", True)],
)
def test_every_firmware_in_either_syntax_is_driven_alike(version: str, future: bool) -> None:
    firmware = Firmware.parse(version)
    simulated = SimulatedBoard(firmware, nickname="East" if firmware.has_nickname else "")
    if future:
        # as another program left it
        simulated.receive(b"CU,10,1\r")
        simulated.take()
    board = connected(simulated)
    assert board.firmware == firmware
    assert board.nickname() == ("East" if firmware.has_nickname else "")
    board.pen_up(130)
    board.pen_down(146)
    board.send(LM(50_000_000, 400, 0, 50_000_000, -400, 0) if firmware.has_lm else SM(700, 400, -400))
    assert board.busy()
    simulated.press_button()
    assert board.button()
    assert not board.button()
    board.pen_up(130)
    board.wait_idle()
    assert not board.busy()
    assert board.query_position() == (400, -400)
    with pytest.raises(CommandRejected, match="!8 Err: Unknown command 'XX"):
        board.ask("XX")
    assert board.query_position() == (400, -400)
    board.motors(False)
    assert [line.tolist() for line in simulated.drawing.lines] == [[[0, 0], [0, 5]]]
    assert simulated.report.violations == []


def test_send_returns_when_the_board_has_taken_it_so_the_queue_stays_shallow() -> None:
    simulated = SimulatedBoard()
    board = connected(simulated)
    start = board.transport.now_s()
    returned = []
    for _ in range(4):
        board.send(SM(64, 16, 16))
        returned.append(round(board.transport.now_s() - start, 3))
    # executed, queued, then each one as the one before the last ends
    assert returned == [0, 0, 0.064, 0.128]
    assert board.busy_s == pytest.approx(0.128, abs=0.001)


@given(st.lists(st.builds(SM, st.integers(17, 400), st.integers(-300, 300), st.integers(-300, 300)), min_size=1))
def test_the_board_takes_exactly_the_time_of_what_it_was_sent(moves: list[SM]) -> None:
    simulated = SimulatedBoard(travel_mm=None)
    board = connected(simulated)
    commands: list[Command] = [SP(False, 50), *moves, SP(True, 50)]
    for command in commands:
        board.send(command)
    board.close()
    assert simulated.report.duration_s == pytest.approx(sum(durations_ticks(commands)) * TICK_S, abs=1e-9)
    assert simulated.report.busy_s == pytest.approx(simulated.report.duration_s, abs=1e-9)


def test_a_stop_keeps_the_place_and_the_pen_can_be_raised_at_once() -> None:
    simulated = SimulatedBoard()
    board = connected(simulated)
    board.pen_down(146)
    board.send(SM(1000, 1000, 1000))
    board.send(SM(1000, 1000, 1000))
    board.pause(0.3)
    place = board.stop()
    assert 0 < place[0] < 1000
    assert board.busy_s == 0
    before = board.transport.now_s()
    board.pen_up(130)
    board.wait_idle()
    assert board.transport.now_s() - before < 0.2
    assert not simulated.plotter.touching
    assert board.query_position() == place
    assert simulated.plotter.place_mm == (place[0] / 80, 0)


def test_a_refused_command_is_told_with_the_boards_own_words() -> None:
    board = connected(SimulatedBoard())
    with pytest.raises(CommandRejected, match=r"refused SM,1,99,0: !0 Err: <axis1> step rate > 25K"):
        board.send(SM(1, 99, 0))
    assert board.busy_s == 0
    board.send(SM(10, 9, 0))


def test_an_ok_after_an_error_is_nobodys_reply() -> None:
    wire = Scripted(b"!0 Err: no\r\nOK\r\n", b"5,6\n\rOK\r\n", b"!0 Err: no\r\n", b"OK\r\n", b"7,8\n\rOK\r\n")
    board = Board(wire)
    for place in ((5, 6), (7, 8)):
        with pytest.raises(CommandRejected):
            board.send(SM(1, 2, 3))
        assert board.query_position() == place


def test_a_reply_in_pieces_is_put_together() -> None:
    board = Board(Scripted(b"1", b"2,-3", b"4\n", b"\rO", b"K\r", b"\nQM,0,", b"0,0,0\n\r"))
    assert board.query_position() == (12, -34)
    assert not board.busy()


def test_an_unplugged_board_is_lost_at_once() -> None:
    board = connected(SimulatedBoard(faults=Faults.parse("unplug@12")))
    with pytest.raises(PlotterLost):
        for _ in range(20):
            board.send(SM(10, 1, 1))


def test_a_silent_board_is_waited_for_no_longer_than_its_motion_and_some_seconds() -> None:
    wire = Scripted(b"OK\r\n", b"OK\r\n")
    board = Board(wire)
    board.send(SM(2000, 100, 100))
    board.send(SM(1000, 100, 100))
    with pytest.raises(PlotterLost, match=r"has not answered QS within 4\.5 s"):
        board.query_position()
    assert wire.time_s == pytest.approx(3 + SILENCE_S, abs=0.1)


def test_a_late_reply_is_waited_for() -> None:
    board = connected(SimulatedBoard(faults=Faults.parse("late@10:4.2")))
    before = board.transport.now_s()
    assert board.query_position() == (0, 0)
    assert board.transport.now_s() - before == pytest.approx(4.2, abs=0.01)


def test_noise_is_told_and_the_next_question_is_answered_right() -> None:
    board = connected(SimulatedBoard(faults=Faults.parse("garbage@10")))
    with pytest.raises(GarbledReply):
        board.query_position()
    assert board.query_position() == (0, 0)


@pytest.mark.parametrize(
    ("reply", "ask"), [(b"1,2,3\r\nOK\r\n", "query_position"), (b"x\r\nOK\r\n", "button"), (b"QM,a\n\r", "busy")]
)
def test_replies_of_the_wrong_kind_are_told(reply: bytes, ask: str) -> None:
    with pytest.raises(GarbledReply, match="script answered"):
        getattr(Board(Scripted(reply)), ask)()


def test_what_a_broken_off_program_left_behind_does_not_keep_one_out() -> None:
    simulated = SimulatedBoard()
    for line in ("SM,900,10,10", "SM,900,10,10", "SM,900,10,10"):
        simulated.receive(f"{line}\r".encode())
    simulated.receive(b"SM,10")  # and half a line; the last OK is still to come
    board = connected(simulated)
    assert board.query_position() == (0, 0)
    board.send(SM(10, 1, 1))


@pytest.mark.parametrize(
    ("replies", "words"),
    [
        ([], "says nothing"),
        ([b"Grbl 1.1h ['$' for help]\r\n"] * 3, "it says .Grbl"),
        ([b"EBBv13_and_above EB Firmware Version 2.4.2\r\n"], "firmware 2.4.2; update it to 2.5.3"),
    ],
)
def test_what_is_no_board_or_too_old_is_told_within_five_seconds(replies: list[bytes], words: str) -> None:
    wire = Scripted(*replies)
    with pytest.raises(UnknownBoard, match=words):
        Board(wire).connect()
    assert wire.time_s < SILENCE_S
    assert not any(b"SC" in each for each in wire.said)


def test_a_setting_takes_no_time_of_the_queue() -> None:
    board = connected(SimulatedBoard())
    board.wait_idle()
    board.send(Immediate(("SL", 1)))
    assert board.busy_s == 0
    assert board.ask("QL") == ("1",)
