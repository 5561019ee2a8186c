"""Every command that moves, against the board's own loop: one addition a tick, in whole numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from plotter.ebb import L3, LM, LT, SM, TD, durations_ticks
from plotter.firmware import NEWEST, USUAL, Firmware
from plotter.simulator import SimulatedBoard
from plotter.ticks import STEP, Track

LONGEST = 3000
OLD = Firmware(2, 6, 5)


@dataclass
class Axis:
    """One motor of the board, as its interrupt has it."""

    accumulator: int
    place: int = 0
    count: int = 0
    way: list[int] = field(default_factory=lambda: [0])

    def run(self, rate: int, acc: int, jerk: int, clear: bool, steps: int | None, ticks: int | None) -> int:
        """One command; ends after so many steps or so many ticks. The rate at its end."""
        rate = rate - int(acc / 2) + int(jerk / 6)
        if clear:
            first = next((each for each in (rate + acc, acc + jerk, jerk) if each), 0)
            self.accumulator = STEP - 1 if first < 0 else 0
        acc -= jerk
        tick, made = 0, 0
        while made < steps if steps is not None else tick < (ticks or 0):
            acc += jerk
            rate += acc
            assume(abs(rate) < STEP)
            assume(tick < LONGEST)
            self.accumulator += rate
            if self.accumulator < 0 or self.accumulator >= STEP:
                self.accumulator &= STEP - 1
                self.place += 1 if rate > 0 else -1
                made += 1
            tick += 1
            self.way.append(self.place)
        self.count += made
        return rate


RATES = st.one_of(st.integers(1 - STEP, STEP - 1), st.integers(-40_000_000, 40_000_000), st.just(0))
ACCELERATIONS = st.one_of(st.just(0), st.integers(-10_000_000, 10_000_000), st.integers(-50_000, 50_000))
JERKS = st.one_of(st.just(0), st.integers(-30_000, 30_000), st.integers(-500, 500))
HELD = st.one_of(st.just(0), st.just(STEP - 1), st.integers(0, STEP - 1))
TICKS = st.integers(1, 1200)
STEPS = st.integers(1, 60)


def agrees(track: Track, axis: Axis, rate: int) -> None:
    """Everything that can be asked of a track is what the loop came by."""
    ticks = len(axis.way) - 1
    assert track.total_ticks == ticks
    assert (track.total_count, track.total_steps) == (axis.count, axis.place)
    assert track.end_accumulator == axis.accumulator
    assert track.rate_at(ticks) == rate
    assert [track.steps_at(tick) for tick in range(ticks + 1)] == axis.way


@given(RATES, STEPS, ACCELERATIONS, JERKS, HELD, st.booleans(), st.booleans())
def test_l3_ends_on_its_steps_wherever_the_jerk_turns_it(
    rate: int, steps: int, acc: int, jerk: int, held: int, clear: bool, turned: bool
) -> None:
    assume(rate or acc or jerk)
    if turned:  # the steps tell the direction, and turn all but the jerk round
        assume(rate >= 0)
        move = L3(rate, -steps, acc, jerk, 0, 0, 0, 0, int(clear))
        rate, acc = -rate, -acc
    else:
        move = L3(rate, steps, acc, jerk, 0, 0, 0, 0, int(clear))
    axis = Axis(held)
    end = axis.run(rate, acc, jerk, clear, steps, None)
    agrees(move.tracks((held, 0), NEWEST)[0], axis, end)


@given(RATES, STEPS, ACCELERATIONS, HELD, st.booleans())
def test_lm_is_l3_without_jerk(rate: int, steps: int, acc: int, held: int, clear: bool) -> None:
    assume(rate or acc)
    axis = Axis(held)
    end = axis.run(rate, acc, 0, clear, steps, None)
    agrees(LM(rate, steps, acc, 0, 0, 0, int(clear)).tracks((held, 0), NEWEST)[0], axis, end)
    agrees(L3(0, 0, 0, 0, rate, steps, acc, 0, 2 * clear).tracks((0, held), NEWEST)[1], axis, end)


@given(RATES, ACCELERATIONS, JERKS, TICKS, HELD, st.booleans())
def test_t3_ends_on_time(rate: int, acc: int, jerk: int, ticks: int, held: int, clear: bool) -> None:
    assume(rate or acc or jerk)
    axis = Axis(held)
    end = axis.run(rate, acc, jerk, clear, None, ticks)
    agrees(LT(ticks, rate, acc, 0, 0, int(clear), jerk, 0).tracks((held, 0), NEWEST)[0], axis, end)


@given(RATES, ACCELERATIONS, TICKS, HELD, st.booleans())
def test_lt_does_too(rate: int, acc: int, ticks: int, held: int, clear: bool) -> None:
    assume(rate or acc)
    axis = Axis(held)
    end = axis.run(rate, acc, 0, clear, None, ticks)
    agrees(LT(ticks, 0, 0, rate, acc, 2 * clear).tracks((0, held), NEWEST)[1], axis, end)


@given(RATES, RATES, ACCELERATIONS, JERKS, st.integers(1, 500), st.sampled_from([0, 1, 3]))
def test_td_is_two_of_them_the_second_with_its_jerk_turned_round(
    first: int, second: int, acc: int, jerk: int, ticks: int, clear: int
) -> None:
    assume((first or jerk) and (second or acc or jerk))
    board = SimulatedBoard(NEWEST, None)
    move = TD(ticks, first, second, acc, jerk, 0, 0, 0, 0, clear)
    board.receive(f"{move.text}\r".encode())
    board.run_out()
    axis = Axis(0)
    axis.run(first, 0, jerk, bool(clear & 1), None, ticks)
    axis.run(second, acc, -jerk, bool(clear & 1), None, ticks)
    assert board.position == (axis.place, 0)
    assert board.now == move.ticks == durations_ticks([move], NEWEST)[0] == 2 * ticks
    assert move.steps[0] == axis.place


def test_an_s_curve_of_two_pieces_goes_from_rest_to_its_speed() -> None:
    ticks, jerk = 1000, 400
    top = jerk * ticks * ticks
    move = TD(ticks, 0, top // 2, jerk * ticks, jerk, 0, 0, 0, 0, 3)
    (first, _), (second, _) = (part.tracks((0, 0), NEWEST) for part in move.parts)
    assert first.rate_at(ticks) == pytest.approx(top / 2, rel=0.01)
    assert second.rate_at(ticks) == pytest.approx(top, rel=0.01)
    assert second.top_rate == pytest.approx(top, rel=0.01)


def test_the_fastest_moment_of_a_move_with_jerk_may_be_in_its_middle() -> None:
    track, _ = LT(1000, 0, 1_000_000, 0, 0, 3, -2000, 0).tracks((0, 0), NEWEST)
    assert track.top_rate == max(track.rate_at(tick) for tick in range(1, 1001)) > 2 * abs(track.rate_at(1000))


@pytest.mark.parametrize(
    ("firmware", "move", "ticks"),
    [
        (OLD, SM(10, 250, 0), 250),
        # from 2.7 on a step in each tick is not possible
        (USUAL, SM(10, 250, 0), 251),
        (NEWEST, SM(10, 250, 0), 251),
        (USUAL, SM(26, 75, 0), 651),
        # firmware 3 works its rates out with a point
        (NEWEST, SM(26, 75, 0), 650),
        (NEWEST, SM(20, 1, 0), 501),
        (USUAL, SM(20, 1, 0), 505),
        (NEWEST, SM(1, 1000, 0), 1001),
        (NEWEST, SM(200_000, 0, 0), 2_500_000),
        (USUAL, SM(200_000, 0, 0), 5_000_000),
    ],
)
def test_each_firmware_rounds_the_rate_of_sm_in_its_own_way(firmware: Firmware, move: SM, ticks: int) -> None:
    first, second = move.tracks((0, 0), firmware)
    assert max(first.total_ticks, second.total_ticks) == ticks
    assert (first.total_steps, second.total_steps) == move.steps


@pytest.mark.parametrize(
    ("move", "text"),
    [
        (L3(1, -2, 3, 4, 5, 6, 7, -8), "L3,1,-2,3,4,5,6,7,-8"),
        (L3(1, 2, 3, 4, 5, 6, 7, 8, 3), "L3,1,2,3,4,5,6,7,8,3"),
        (TD(1, 2, 3, 4, 5, 6, 7, 8, -9), "TD,1,2,3,4,5,6,7,8,-9"),
        (TD(1, 2, 3, 4, 5, 6, 7, 8, 9, 2), "TD,1,2,3,4,5,6,7,8,9,2"),
    ],
)
def test_a_move_with_jerk_is_worded_as_the_board_reads_it(move: L3 | TD, text: str) -> None:
    assert move.text == text


@given(
    st.lists(
        st.one_of(
            st.builds(
                L3,
                st.integers(1_000_000, 90_000_000), st.integers(1, 40), st.integers(0, 5000), st.integers(0, 50),
                st.integers(1_000_000, 90_000_000), st.integers(1, 40), st.integers(0, 5000), st.integers(0, 50),
                st.sampled_from([0, 1, 2, 3]),
            ),
            st.builds(
                TD,
                st.integers(1, 300), RATES, RATES, st.integers(-5000, 5000), st.integers(-50, 50),
                RATES, RATES, st.integers(-5000, 5000), st.integers(-50, 50), st.sampled_from([0, 3]),
            ),
            st.builds(SM, st.integers(1, 60), st.integers(-400, 400), st.integers(-400, 400)),
        ),
        min_size=1,
        max_size=6,
    )
)  # fmt: skip
def test_a_row_of_moves_takes_as_long_as_the_simulated_board_does(moves: list[L3 | TD | SM]) -> None:
    board = SimulatedBoard(NEWEST, None)
    board.receive("".join(f"{move.text}\r" for move in moves).encode())
    board.run_out()
    assert board.now == sum(durations_ticks(moves, NEWEST))
