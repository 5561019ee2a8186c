"""What the simulated board answers, byte by byte, in both syntaxes and as each firmware does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plotter.firmware import Firmware
from plotter.simulated_faults import Faults
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
        ("SM,1 0,5,5", b"!5 Err: Need comma next, found: ' '\r\n"),
        ("SM,10,1_0,5", b"!5 Err: Need comma next, found: '_'\r\n"),
        ("SM,,5,5", b"!6 Err: Invalid parameter value\r\n"),
        ("SM,-10,5,5", b"!6 Err: Invalid parameter value\r\n"),
        ("SC,4,65536", b"!6 Err: Invalid parameter value\r\n"),
        ("SL,5,1", b"!7 Err: Extra parameter\r\n"),
        ("SL,5x", b"!7 Err: Extra parameter\r\n"),
        ("QSX", b"!7 Err: Extra parameter\r\n"),
        ("SMX,10,5,5", b"!5 Err: Need comma next, found: 'X'\r\n"),
        ("B", b"!8 Err: Unknown command 'B:42'\r\n"),
        ("CU,10,1", b"OK\r\n"),
        ("CU,10,7", b"OK\r\n"),
        ("CU,4,32", b"OK\r\n"),
        ("CU,99,5", b"OK\r\n"),
        ("CU,2,5", b"!6 Err: Invalid parameter value\r\n"),
        ("QR", b"0\n\rOK\r\n"),
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
        ("R", b"R\n"),
        ("QR", b"QR,0\n"),
        ("QE", b"QE,0,0\n"),
        ("QL,21", b"QL,0\n"),
        ("L3,1,1,1,1,1,1,1,1,3", b"L3\n"),
        ("TD,100,1,1,1,1,1,1,1,1,3", b"TD\n"),
        ("B", b"B,!8 Err: Unknown command 'B:42'\n"),
        ("SM,100", b"SM,!4 Err: Missing parameter(s)\n"),
        ("SM,100A", b"SM,!5 Err: Need comma next, found: 'A'\n"),
        ("SMX,10,5,5", b"SM,!5 Err: Need comma next, found: 'X'\n"),
        ("TP,-1", b"TP,!6 Err: Invalid parameter value\n"),
        ("SM,1,1,1,0,0", b"SM,!7 Err: Extra parameter\n"),
        ("SM,0,1,1", b"SM,!6 Err: Invalid parameter value\n"),
        ("CU,99,5", b"CU,!6 Err: Invalid parameter value\n"),
        ("CU,10,7", b"CU,!6 Err: Invalid parameter value\n"),
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


@pytest.mark.parametrize("costs", [False, True])
@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\n\r", b"\n\n\n"])
def test_a_line_ends_with_a_carriage_return_or_a_line_feed(end: bytes, costs: bool) -> None:
    board = SimulatedBoard(faults=Faults.parse("stall@2:0.1"), command_cost=costs)
    for line in (b"QB", b"V", b"QP"):
        board.receive(line + end)
    board.receive(b"QB\nQP\rQB" + end)
    version = b"EBBv13_and_above EB Firmware Version 2.8.1\r\n"
    first, second = b"0\r\nOK\r\n", b"1\n\rOK\r\n"
    said = board.take()
    for _ in range(6):
        said += after(board, 101)
    assert said == first + version + second + first + second + first
    assert board.report.commands == 6


PIECES = st.one_of(
    st.binary(max_size=20),
    st.sampled_from([b"\r", b"\n"]),
    st.sampled_from(
        [
            "SM,10,5,5",
            "LM,1,1,1,1,1,1",
            "HM,3000",
            "SP,0,9",
            "SP,3",
            "ES",
            "R",
            "CU,10,1",
            "CU,4,3",
            "TD,50,1,1,1,1,1,1,1,1",
            "L3,99,3,9,-9,99,3,9,9",
            "CU,54,1",
        ]
    ).map(lambda line: f"{line}\r".encode()),
)


@given(
    st.lists(PIECES, max_size=30),
    st.sampled_from(["2.5.3", "2.6.2", "2.8.1", "3.0.3"]),
    st.booleans(),
    st.one_of(st.just(Faults()), st.builds(Faults.random, st.integers(0, 99), st.just(5), st.just(20))),
)
def test_no_bytes_bring_it_down_or_make_it_wait_for_ever(
    pieces: list[bytes], version: str, costs: bool, faults: Faults
) -> None:
    board = SimulatedBoard(Firmware.parse(version), faults=faults, command_cost=costs)
    for piece in pieces:
        board.receive(piece)
        board.advance(board.now + 100)
    for _ in range(10_000):
        if (event := board.next_event()) is None:
            break
        board.advance(event)
        board.take()
    assert board.next_event() is None
    # it answers still, if only that it wants a checksum
    said = b""
    for _ in range(20):
        board.receive(b"\rV\r")
        while (event := board.next_event()) is not None:
            said += board.take()
            board.advance(event)
        said += board.take()
    assert said or board.unplugged


def test_jerk_and_pairs_of_moves_are_known_from_the_version_that_has_them() -> None:
    l3, td = "L3,1,1,1,1,1,1,1,1", "TD,100,1,1,1,1,1,1,1,1"
    assert [say(SimulatedBoard(Firmware.parse(version)), l3)[:2] for version in ("2.8.1", "3.0.0")] == [b"!8", b"OK"]
    assert [say(SimulatedBoard(Firmware.parse(version)), td)[:2] for version in ("3.0.0", "3.0.1")] == [b"!8", b"OK"]


def test_checksums_are_asked_for_and_checked() -> None:
    board = SimulatedBoard(THREE)
    assert say(board, "CU,10,1") == b"\n"
    assert say(board, "CU,54,1") == b"CU\n"
    assert say(board, "V") == b"V,!10 Err: No checksum found but required\n"
    assert say(board, "V,100") == b"V,!9 Err: Checksum incorrect, expected 170\n"
    assert say(board, "V,170") == b"V,EBBv13_and_above EB Firmware Version 3.0.3\n"
    assert say(board, "SM,1000,1000,1000,153") == b"SM\n"
    assert say(board, "CU,54,0,119") == b"CU\n"
    assert say(board, "QB") == b"QB,0\n"


SINCE = {
    "V": "2.5.3", "QS": "2.5.3", "QM": "2.5.3", "QP": "2.5.3", "QB": "2.5.3", "QC": "2.5.3", "QL": "2.5.3",
    "ES": "2.5.3", "SM,10,5,5": "2.5.3", "XM,10,5,5": "2.5.3", "LM,9999999,5,0,0,0,0": "2.5.3", "SP,1,10": "2.5.3",
    "QT": "2.5.5", "ST,East": "2.5.5", "SR,60000": "2.5.6", "QR": "2.5.6", "QG": "2.6.2", "HM,3000": "2.6.2",
    "HM,3000,1,1": "2.7.0", "LT,9,9,0,9,0": "2.7.0", "SM,10,5,5,3": "2.7.0", "XM,10,5,5,3": "2.7.0",
    "LM,9999999,5,0,0,0,0,3": "2.7.0", "QE": "2.8.0", "ES,1": "2.8.0", "QU,3": "3.0.0",
    "L3,9,9,0,0,9,9,0,0": "3.0.0", "T3,9,9,0,0,9,0,0": "3.0.0", "SL,5,20": "3.0.0", "QL,20": "3.0.0",
    "TD,9,9,9,0,0,9,9,0,0": "3.0.1",
}  # fmt: skip


@pytest.mark.parametrize("version", ["2.5.3", "2.6.2", "2.8.1", "3.0.3"])
@pytest.mark.parametrize("line", SINCE)
def test_each_firmware_knows_what_it_has_and_nothing_newer(version: str, line: str) -> None:
    board = SimulatedBoard(Firmware.parse(version))
    reply = say(board, line) or after(board, 10)
    assert reply.startswith(b"!") == (Firmware.parse(version) < Firmware.parse(SINCE[line]))


@pytest.mark.parametrize("version", ["2.5.3", "2.6.2", "2.8.1", "3.0.3"])
def test_the_older_syntax_has_not_changed_from_version_to_version(version: str) -> None:
    board = SimulatedBoard(Firmware.parse(version))
    told = {line: say(board, line) for line in ("QS", "QM", "QP", "QB", "QC", "QL", "SP,1,10", "CS", "PI,B,2", "XX")}
    assert told == {
        "QS": b"0,0\n\rOK\r\n",
        "QM": b"QM,0,0,0,0\n\r",
        "QP": b"1\n\rOK\r\n",
        "QB": b"0\r\nOK\r\n",
        "QC": b"0394,0300\r\nOK\r\n",
        "QL": b"0\r\nOK\r\n",
        "SP,1,10": b"OK\r\n",
        "CS": b"OK\r\n",
        "PI,B,2": b"PI,1\r\n",
        "XX": b"!8 Err: Unknown command 'XX:5858'\r\n",
    }
    say(board, "SM,1000,100,-100")
    after(board, 500)
    stopped = say(board, "ES")
    if version == "3.0.3":
        assert stopped == b"1\n\rOK\r\n"
    else:
        left = stopped.removeprefix(b"1,0,0,").removesuffix(b"\n\rOK\r\n").split(b",")
        assert [int(each) for each in left] == pytest.approx([50, 50], abs=3)
