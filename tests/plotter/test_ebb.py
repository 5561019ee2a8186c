from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plotter.ebb import (
    EM,
    LM,
    LT,
    SC,
    SM,
    SP,
    SR,
    USUAL,
    Command,
    Firmware,
    Immediate,
    durations_ticks,
    from_axes,
    to_axes,
)
from plotter.simulator import SimulatedBoard

OLD, THREE = Firmware(2, 5, 3), Firmware(3, 0, 3)
STEPS = st.integers(-400, 400)
SMS = st.builds(SM, st.integers(17, 60), STEPS, STEPS)
LMS = st.builds(
    LM,
    st.integers(1_000_000, 900_000_000),
    STEPS.filter(bool),
    st.integers(0, 50_000),
    st.integers(1_000_000, 900_000_000),
    STEPS.filter(bool),
    st.integers(0, 50_000),
    st.sampled_from([0, 0, 1, 2, 3]),
)
PENS = st.builds(SP, st.booleans(), st.integers(0, 300))


@pytest.mark.parametrize(
    ("command", "text", "steps"),
    [
        (SM(25, 30, -21), "SM,25,30,-21", (30, -21)),
        (SM(10, 0, 0, 3), "SM,10,0,0,3", (0, 0)),
        (LM(0, 798, 77942, 0, 0, 0), "LM,0,798,77942,0,0,0", (798, 0)),
        (LM(5, -1, 6, 7, 2, 8, 3), "LM,5,-1,6,7,2,8,3", (-1, 2)),
        (LM(0, 9, 0, 7, 2, 8), "LM,0,9,0,7,2,8", (0, 2)),
        (LT(40, 268435456, 0, -268435456, 0), "LT,40,268435456,0,-268435456,0", (5, -5)),
        (LT(40, 1, 2, 3, 4, 3, 5, 6), "T3,40,1,2,5,3,4,6,3", (0, 0)),
        (SP(True, 130), "SP,1,130", (0, 0)),
        (SP(False), "SP,0,0", (0, 0)),
        (EM(1, 1), "EM,1,1", (0, 0)),
        (SC(4, 20641), "SC,4,20641", (0, 0)),
        (SR(60000, True), "SR,60000,1", (0, 0)),
        (SR(60000), "SR,60000", (0, 0)),
        (Immediate(("CS",)), "CS", (0, 0)),
    ],
)
def test_a_command_is_worded_as_the_board_reads_it(command: Command, text: str, steps: tuple[int, int]) -> None:
    assert command.text == text
    assert command.steps == steps


@pytest.mark.parametrize(
    ("command", "ticks"),
    [
        (SM(64, 400, -100), 1600),
        (SM(40, 400, -100), 1001),
        (SM(26, 75, 0), 651),
        (SM(10, 0, 0), 250),
        (LM(171798692, 307, 0, 171798692, 307, 0), 3838),
        (LM(0, 0, 0, 429496730, 10, 0), 50),
        (LT(123, 5, 6, 7, 8), 123),
        (SP(True, 130), 3250),
        (SP(True), 1),
        (EM(1, 1), 1),
        (SC(4, 5), 0),
    ],
)
def test_a_command_tells_how_long_the_board_is_busy_with_it(command: Command, ticks: int) -> None:
    assert command.ticks == ticks


@pytest.mark.parametrize("firmware", [OLD, USUAL, THREE])
@given(st.lists(st.one_of(SMS, LMS, PENS), min_size=1, max_size=12))
def test_a_row_of_commands_takes_exactly_as_long_as_the_simulated_board_does(
    firmware: Firmware, commands: list[Command]
) -> None:
    board = SimulatedBoard(firmware, None)
    board.receive(b"EM,1,1\r")
    board.run_out()
    starts: list[int] = []
    for command in commands:
        board.receive(f"{command.text}\r".encode() if firmware.has_lm else f"{_plain(command).text}\r".encode())
        starts.append(board.now)
        board.run_out()
    ends = [*starts[1:], board.now]
    # the servo may go on after its command; only the motors tell
    assert durations_ticks([_plain(each) if not firmware.has_lm else each for each in commands], firmware) == [
        end - start if not isinstance(command, SP) else command.ticks
        for command, (start, end) in zip(commands, zip(starts, ends, strict=True), strict=True)
    ]
    total = [sum(each) for each in zip(*(each.steps for each in commands), strict=True)]
    assert board.position == tuple(total)


def _plain(command: Command) -> Command:
    """Without what old firmware does not know."""
    if isinstance(command, LM):
        return LM(command.rate1, command.steps1, command.acc1, command.rate2, command.steps2, command.acc2)
    return command


@given(st.lists(st.one_of(SMS, LMS), min_size=1, max_size=8))
def test_a_cleared_move_takes_the_time_that_it_tells_whatever_came_before(commands: list[SM | LM]) -> None:
    values = [(type(each), [getattr(each, name) for name in each.__slots__]) for each in commands]
    cleared = [kind(*fields[:-1], 3) for kind, fields in values]
    assert durations_ticks(cleared) == [each.ticks for each in cleared]
    # firmware 3 rounds the rate of SM otherwise
    own = [each for each in cleared if isinstance(each, LM)]
    assert durations_ticks(own, THREE) == [each.ticks for each in own]


@given(st.integers(-10_000, 10_000), st.integers(-10_000, 10_000))
def test_axes_and_directions_are_turned_into_each_other(x: int, y: int) -> None:
    assert to_axes(x, y) == (x + y, x - y)
    assert from_axes(*to_axes(x, y)) == (x, y)
