"""The dialogue with a board: what is said ahead, whose each reply is, how long one waits, what comes after noise."""

from __future__ import annotations

import random

import pytest

from plotter.board import AHEAD_S, UNANSWERED, Board
from plotter.dialogue import GREETING_S, SILENCE_S, Dialogue
from plotter.ebb import LM, SM, SP, Command
from plotter.errors import CommandRejected, GarbledReply, PlotterLost, PlotterSilent, UnknownBoard
from plotter.firmware import Firmware
from plotter.in_process import InProcess
from plotter.replies import Reply
from plotter.simulated_faults import Faults
from plotter.simulator import SimulatedBoard
from plotter.ticks import TICK_S, TICKS_PER_S

CURRENT = b"394,300\r\nOK\r\n"
VERSION = b"EBBv13_and_above EB Firmware Version 2.8.1\r\n"


class Wire:
    """A wire that says what it was told to when it is asked, at its time."""

    name = "wire"

    def __init__(self, *words: tuple[float, bytes]) -> None:
        self.words = list(words)
        self.time_s = 0.0
        self.said = b""

    def write(self, data: bytes) -> None:
        self.said += data

    def read(self, timeout_s: float) -> bytes:
        if self.words and self.words[0][0] <= self.time_s + timeout_s:
            at_s, word = self.words.pop(0)
            self.time_s = max(self.time_s, at_s)
            return word
        self.time_s += max(timeout_s, 1e-3)
        return b""

    def now_s(self) -> float:
        return self.time_s

    def close(self) -> None:
        pass


def test_no_more_is_said_ahead_than_the_boards_buffer_takes_and_a_stop_allows() -> None:
    simulated = SimulatedBoard()
    board = Board(InProcess(simulated, latency=lambda: 0.004))
    board.connect()
    chance = random.Random(1)
    most = 0
    commands: list[Command] = [SM(chance.choice((5, 8, 20)), 40, 40) for _ in range(300)]
    for command in commands:
        seconds = command.ticks * TICK_S
        alone = board.untaken == 0
        board.feed(command)
        most = max(most, board.untaken)
        assert board.untaken <= UNANSWERED
        assert alone or board.busy_s <= AHEAD_S + 1e-9 or board.untaken <= 1
        assert seconds <= board.busy_s + 1e-9 or board.untaken == 0
    assert most > 1  # it does run ahead
    board.settle()
    assert board.untaken == 0
    board.wait_idle()
    assert simulated.report.longest_starved_s == 0
    assert board.query_position() == (300 * 40, 300 * 40)


def test_short_commands_are_said_ahead_up_to_four() -> None:
    wire = Wire()
    board = Board(wire)
    for _ in range(UNANSWERED):
        board.feed(SM(5, 1, 1))
    assert wire.said.count(b"\r") == UNANSWERED
    wire.words.append((wire.time_s + 0.5, b"OK\r\n"))
    before_s = wire.time_s
    board.feed(SM(5, 1, 1))
    assert wire.time_s - before_s >= 0.5  # it waited for the first to be taken
    assert board.untaken == UNANSWERED


def test_a_long_command_waits_until_all_before_it_is_taken() -> None:
    wire = Wire()
    board = Board(wire)
    board.feed(SM(20, 1, 1))
    board.feed(SM(20, 1, 1))
    assert wire.said.count(b"\r") == 2
    wire.words += [(0.3, b"OK\r\n"), (0.4, b"OK\r\n")]
    board.feed(SP(True, 130))
    assert wire.time_s >= 0.4


def test_each_reply_goes_to_whom_it_belongs() -> None:
    dialogue = Dialogue(
        Wire((0.0, b"OK\r\n1,2\n\r"), (0.1, b"OK\r\n"), (0.2, b"3E\r\nOK\r\n"), (0.3, b"394,300\r\nOK\r\n"))
    )
    got: list[tuple[str, Reply]] = []

    def say(text: str, ticks: int = 0) -> None:
        dialogue.say(text, ticks, lambda reply: got.append((text, reply)))

    say("SM,10,1,1", 250)
    say("QS")
    say("QG")
    say("SM,10,1,1", 250)
    say("QC")
    assert (dialogue.unanswered, dialogue.untaken) == (5, 2)
    dialogue.settle()
    assert [(text, reply.data) for text, reply in got] == [
        ("SM,10,1,1", ()), ("QS", ("1", "2")), ("QG", ("3E",)), ("SM,10,1,1", ()), ("QC", ("394", "300")),
    ]  # fmt: skip
    assert (dialogue.unanswered, dialogue.untaken) == (0, 0)


@pytest.mark.parametrize("version", ["2.5.3", "2.8.1", "3.0.3"])
def test_a_query_in_the_midst_of_motion_is_answered_in_its_turn(version: str) -> None:
    board = Board(InProcess(SimulatedBoard(Firmware.parse(version))))
    board.connect()
    places: list[tuple[str, ...]] = []
    for index in range(20):
        board.feed(SM(20, 40, 40))
        if index % 5 == 0:
            board.inquire(places.append, "QS")
    board.settle()
    board.wait_idle()
    steps = [int(words[0]) for words in places]
    assert steps == sorted(steps)
    assert len(steps) == 4
    assert steps[-1] < 800 == board.query_position()[0]


def test_what_answers_to_an_inquiry_makes_no_sense_is_told() -> None:
    board = Board(Wire((0.0, b"x,y\r\nOK\r\n")))
    board.inquire(lambda words: print(int(words[0])), "QC")
    with pytest.raises(GarbledReply, match=r"answered 'x,y' to QC"):
        board.settle()


def test_an_error_in_the_midst_is_told_and_what_was_said_after_it_is_nobodys() -> None:
    dialogue = Dialogue(
        Wire((0.0, b"OK\r\n!8 Err: Unknown command\r\n"), (0.01, b"OK\r\nOK\r\n"), (1.0, b"7,8\n\rOK\r\n"))
    )
    for _ in range(3):
        dialogue.say("LM,1,1,1,1,1,1", 500)
    with pytest.raises(CommandRejected, match="refused LM,1,1,1,1,1,1: !8 Err: Unknown command"):
        dialogue.settle()
    assert dialogue.unanswered == 0
    assert dialogue.busy_s >= 0.02  # the board may have taken what was said after it
    dialogue.hear(0.1)
    assert dialogue.ask("QS").data == ("7", "8")


def test_silence_has_an_end_beyond_the_time_of_the_motion() -> None:
    wire = Wire()
    dialogue = Dialogue(wire)
    dialogue.say("SM,2000,1,1", 2 * TICKS_PER_S)
    with pytest.raises(PlotterSilent, match=r"at wire has not answered SM,2000,1,1 within 4\.5 s"):
        dialogue.listen()
    assert wire.time_s == pytest.approx(2 + SILENCE_S, abs=0.01)


def test_a_reply_that_comes_at_the_last_moment_is_taken() -> None:
    dialogue = Dialogue(Wire((SILENCE_S - 0.01, b"1,2\n\rOK\r\n")))
    assert dialogue.ask("QS").data == ("1", "2")


@pytest.mark.parametrize("future", [False, True])
@pytest.mark.parametrize("kind", ["garbage", "noise", "missing"])
def test_after_a_wrong_word_the_board_is_found_again(kind: str, future: bool) -> None:
    simulated = SimulatedBoard(Firmware(3, 0, 3), faults=Faults.parse(f"{kind}@20{',future@0' if future else ''}"))
    board = Board(InProcess(simulated))
    board.connect()
    with pytest.raises((GarbledReply, PlotterSilent)):
        for _ in range(20):
            board.feed(LM(50_000_000, 20, 0, 50_000_000, 20, 0))
        board.settle()
    before_s = board.transport.now_s()
    assert board.recover() == Firmware(3, 0, 3)
    assert board.transport.now_s() - before_s < 0.2 + GREETING_S
    assert board.untaken == 0
    board.wait_idle()
    position = board.query_position()
    board.send(SM(100, 80, 80))
    board.wait_idle()
    assert board.query_position() == (position[0] + 80, position[1] + 80)


def test_recovering_waits_for_what_is_queued_and_no_longer_than_a_silence() -> None:
    for seconds in (1.0, 60.0):
        wire = Wire()
        dialogue = Dialogue(wire)
        dialogue.say("SM,1,1,1", round(seconds * TICKS_PER_S))
        with pytest.raises(UnknownBoard, match="it says nothing"):
            dialogue.recover()
        assert wire.time_s == pytest.approx(min(seconds + 0.05, SILENCE_S) + 3 * GREETING_S, abs=0.1)


def test_greeting_knows_the_syntax_and_takes_no_stale_word_for_an_answer() -> None:
    future = b"V,EBBv13_and_above EB Firmware Version 3.0.3\n"
    dialogue = Dialogue(Wire((0.0, b"OK\r\n12,"), (0.2, future), (GREETING_S + 0.1, future)))
    assert dialogue.greet().endswith("3.0.3")
    assert dialogue.future
    dialogue = Dialogue(Wire((0.0, b"\r\n" + VERSION)))
    dialogue.future = True
    assert dialogue.greet().endswith("2.8.1")
    assert not dialogue.future


def test_a_greeting_is_said_again_after_an_error_and_after_silence() -> None:
    wire = Wire((0.0, b"!8 Err: Unknown command 'SM,1V'\r\n"), (0.1, VERSION))
    assert Dialogue(wire).greet().endswith("2.8.1")
    assert wire.said == b"V\rV\r"
    wire = Wire((GREETING_S + 0.1, VERSION))
    assert Dialogue(wire).greet().endswith("2.8.1")
    assert wire.said == b"V\rV\r"


def test_a_cable_that_is_pulled_is_no_silence() -> None:
    simulated = SimulatedBoard()
    board = Board(InProcess(simulated))
    board.connect()
    board.feed(SM(20, 1, 1))
    simulated.pull_cable()
    with pytest.raises(PlotterLost) as lost:
        board.feed(SM(20, 1, 1))
    assert not isinstance(lost.value, PlotterSilent)
