from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from plotter.ticks import (
    RATE_PER_STEP_S,
    STEP,
    cleared_accumulator,
    limited_track,
    lm_ticks,
    sm_rate,
    start_rate,
    timed_track,
    unsigned_track,
)

LONGEST = 4000
RATES = st.one_of(st.integers(1 - STEP, STEP - 1), st.integers(-1_000_000, 1_000_000), st.just(0))
ACCELERATIONS = st.one_of(st.just(0), st.integers(-10_000_000, 10_000_000), st.integers(-50_000, 50_000))
ACCUMULATORS = st.one_of(st.just(0), st.just(STEP - 1), st.integers(0, STEP - 1))


def one_by_one(
    start: int, acc: int, accumulator: int, *, steps: int = 0, ticks: int = 0, jerk: int = 0, signed: bool = True
) -> tuple[int, int, int, int, int, list[int]]:
    """The board's own loop, one addition a tick: ticks, count, accumulator, rate, position, positions on the way."""
    rate, count, place, tick = start, 0, 0, 0
    way = [0]
    while (steps and count < steps) or tick < ticks:
        rate += acc
        acc += jerk
        if rate < 0 and not signed:
            rate += STEP
        tick += 1
        accumulator += rate
        if not 0 <= accumulator < STEP:
            place += 1 if rate > 0 else -1
            count += 1
            accumulator %= STEP
        way.append(place)
        assume(tick < LONGEST)
        assume(abs(rate) < STEP)
    return tick, count, accumulator, rate, place, way


@given(RATES, ACCELERATIONS, st.integers(1, 60), ACCUMULATORS)
def test_a_signed_move_is_what_adding_tick_by_tick_gives(start: int, acc: int, steps: int, held: int) -> None:
    assume(start or acc)
    ticks, count, accumulator, rate, place, way = one_by_one(start, acc, held, steps=steps)
    track = limited_track(start, acc, steps, held)
    assert (track.total_ticks, track.total_count, track.end_accumulator) == (ticks, count, accumulator)
    assert (track.rate_at(ticks), track.total_steps) == (rate, place)
    assert [track.steps_at(tick) for tick in range(ticks + 1)] == way


@given(st.integers(0, STEP - 1), ACCELERATIONS, st.integers(-60, 60).filter(bool), ACCUMULATORS)
def test_an_unsigned_move_rolls_over_below_zero_as_firmware_2_does(start: int, acc: int, steps: int, held: int) -> None:
    assume(start or acc)
    assume(start + acc >= -STEP)
    ticks, count, accumulator, rate, place, way = one_by_one(start, acc, held, steps=abs(steps), signed=False)
    track = unsigned_track(start, acc, steps, held)
    sign = 1 if steps > 0 else -1
    assert (track.total_ticks, track.total_count, track.end_accumulator) == (ticks, count, accumulator)
    assert (track.rate_at(ticks), track.total_steps) == (sign * rate, sign * place)
    assert [track.steps_at(tick) for tick in range(ticks + 1)] == [sign * each for each in way]


@given(
    st.integers(-STEP // 2, STEP // 2),
    st.integers(-500_000, 500_000),
    st.integers(-2000, 2000),
    st.integers(1, 1500),
    ACCUMULATORS,
)
def test_a_timed_move_with_jerk_is_what_adding_gives(start: int, acc: int, jerk: int, ticks: int, held: int) -> None:
    _, count, accumulator, rate, place, way = one_by_one(start, acc, held, ticks=ticks, jerk=jerk)
    track = timed_track(ticks, start, acc, jerk, held)
    assert (track.total_count, track.end_accumulator) == (count, accumulator)
    assert (track.rate_at(ticks), track.total_steps) == (rate, place)
    assert [track.steps_at(tick) for tick in range(ticks + 1)] == way


@given(st.integers(1, STEP // 2), st.integers(1, 2000))
def test_backward_is_forward_in_a_mirror(rate: int, steps: int) -> None:
    assert lm_ticks(-rate, steps, 0) == lm_ticks(rate, steps, 0) == lm_ticks(rate, -steps, 0)


def test_an_axis_that_is_to_make_no_steps_or_has_no_rate_rests() -> None:
    assert limited_track(5, 5, 0).total_ticks == limited_track(0, 0, 5).total_ticks == 0
    assert unsigned_track(5, 5, 0, 77).end_accumulator == 77


def test_a_long_move_is_solved_and_not_counted() -> None:
    # 16 million steps with a hardly seen acceleration: 26 minutes of ticks
    track = limited_track(start_rate(900_000_000, 1), 1, 16_000_000)
    assert track.total_steps == 16_000_000
    assert track.steps_at(track.total_ticks - 1) == 15_999_999


def test_the_first_rate_that_is_not_zero_decides_what_a_cleared_accumulator_holds() -> None:
    assert cleared_accumulator(start_rate(500_000, -1_000_000), -1_000_000) == STEP - 1
    assert cleared_accumulator(0, 5) == cleared_accumulator(5, 0) == 0
    assert cleared_accumulator(-5, 0) == STEP - 1


@given(st.integers(31, 2600), st.integers(1, 60_000))
def test_the_boards_own_rate_makes_the_steps_in_the_time_or_a_tick_later(duration_ms: int, steps: int) -> None:
    assume(steps <= 25 * duration_ms)
    assume(steps > duration_ms // 700)
    ticks = unsigned_track(sm_rate(duration_ms, steps), 0, steps).total_ticks
    assert 25 * duration_ms <= ticks <= 25 * duration_ms + 1


def test_up_to_30_ms_the_board_rounds_its_rate_coarsely_down() -> None:
    assert sm_rate(26, 75) == 3780 << 16
    assert unsigned_track(sm_rate(26, 75), 0, 75).total_ticks == 651
    assert sm_rate(20, 1) == 65 << 16
    assert sm_rate(31, 0) == 0
    assert sm_rate(1, 25) == STEP
    # the finer half overflows in 32 bits on long moves: 60000 ms are 1.5 million ticks
    exact = 40_000 * STEP // 1_500_000
    assert sm_rate(60_000, 40_000) == (exact >> 16 << 16) + ((40_000 << 15) % 1_500_000 << 16 & 0xFFFFFFFF) // 1_500_000


def test_the_middle_of_a_bent_track_is_between_its_steps() -> None:
    track = unsigned_track(start_rate(10_000_000, 30_000), 30_000, 400)
    for tick in range(0, track.total_ticks, 97):
        assert abs(track.place_at(tick) - track.steps_at(tick)) <= 1
    assert pytest.approx(85_899.35, abs=0.005) == RATE_PER_STEP_S


def test_a_senseless_acceleration_neither_hangs_nor_loses_steps() -> None:
    track = unsigned_track(start_rate(1, 1 - STEP), 1 - STEP, -100_000)
    assert track.total_steps == -100_000
    assert track.total_ticks < 200_000
