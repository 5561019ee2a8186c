from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import polylines

from drawing.drawing import Drawing
from drawing.geometry import Polyline
from drawing.svg import read_svg
from plotter.axidraw import PlotSettings
from plotter.ebb import LM, OLDEST, SM, SP, STEPS_PER_MM, USUAL, Command, Firmware, durations_ticks, from_axes
from plotter.ink import ink_error_mm
from plotter.plan import Plan, make_plan
from plotter.route import Place
from plotter.ticks import RATE_PER_STEP_S, TICK_S

SETTINGS = PlotSettings()
STEP_MM = 1 / STEPS_PER_MM
ON_PAPER = st.floats(5, 60)
SHEETS = st.lists(
    st.one_of(
        polylines(ON_PAPER, 1, 12),
        # pieces so short that they must be put together
        st.tuples(polylines(st.floats(-0.2, 0.2), 2, 30), st.tuples(ON_PAPER, ON_PAPER)).map(
            lambda each: each[0] + each[1]
        ),
    ),
    min_size=1,
    max_size=4,
)
ANY_FIRMWARE = st.sampled_from((OLDEST, Firmware(2, 6, 2), Firmware(2, 7, 0), USUAL, Firmware(3, 0, 3)))


def play(
    commands: list[Command], start: tuple[float, float] = (0.0, 0.0)
) -> tuple[list[Polyline], tuple[float, float]]:
    """What a pen draws that starts up at a point, and where it ends, in mm."""
    first = round((start[0] + start[1]) * STEPS_PER_MM), round((start[0] - start[1]) * STEPS_PER_MM)
    axis1, axis2 = first
    down, ink = False, list[list[tuple[float, float]]]()
    for command in commands:
        axis1, axis2 = axis1 + command.steps[0], axis2 + command.steps[1]
        x, y = from_axes(axis1, axis2)
        if isinstance(command, SP):
            down = not command.up
            if down:
                ink.append([])
        if down:
            ink[-1].append((x / STEPS_PER_MM, y / STEPS_PER_MM))
    x, y = from_axes(axis1, axis2)
    return [np.array(line) for line in ink], (x / STEPS_PER_MM, y / STEPS_PER_MM)


def speeds(plan: Plan) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Of each block of LM: mm, mm/s at its start and its end, and whether it draws."""
    blocks = plan.blocks
    per_mm = STEPS_PER_MM * 2**0.5
    start = np.hypot(blocks.rate1, blocks.rate2) / RATE_PER_STEP_S / per_mm
    end = np.hypot(blocks.rate1 + blocks.ticks * blocks.acc1, blocks.rate2 + blocks.ticks * blocks.acc2)
    drawn = plan.route.down[plan.pieces.segment]
    return np.hypot(blocks.steps1, blocks.steps2) / per_mm, start, end / RATE_PER_STEP_S / per_mm, drawn


def ends(command: LM) -> tuple[float, float, float]:
    """Of one LM: mm, mm/s at its start and at its end."""
    rates = [np.hypot(command.rate1 + n * command.acc1, command.rate2 + n * command.acc2) for n in (0, command.ticks)]
    start, end = (float(rate) / RATE_PER_STEP_S / STEPS_PER_MM / 2**0.5 for rate in rates)
    return float(np.hypot(command.steps1, command.steps2)) / STEPS_PER_MM / 2**0.5, start, end


@given(SHEETS, ANY_FIRMWARE)
def test_every_plan_draws_its_lines_and_ends_at_home_with_the_pen_up(lines: list[Polyline], firmware: Firmware) -> None:
    plan = make_plan(lines, SETTINGS, firmware)
    commands = list(plan.commands())
    ink, end = play(commands)
    assert end == (0.0, 0.0)
    assert len(ink) == len(lines) == plan.lifts
    assert commands[0] == SP(True, 130)
    pens = [command for command in commands if isinstance(command, SP)]
    assert [pen.up for pen in pens] == [True] + [False, True] * len(lines)
    for line, drawn in zip(lines, ink, strict=True):
        for mine, theirs in ((drawn[0], line[0]), (drawn[-1], line[-1])):
            assert np.hypot(*(mine - theirs)) <= 0.71 * STEP_MM / 2**0.5 + 1e-9
    assert ink_error_mm(Drawing(tuple(lines)), ink) < 0.03 - STEP_MM / 2**0.5


@given(SHEETS, ANY_FIRMWARE)
def test_the_duration_is_the_sum_of_the_commands_on_the_board(lines: list[Polyline], firmware: Firmware) -> None:
    plan = make_plan(lines, SETTINGS, firmware)
    ticks = durations_ticks(plan.commands(), firmware)
    assert np.diff(plan.starts_s) == pytest.approx(np.array(ticks) * TICK_S, abs=1e-9)
    assert plan.duration_s == pytest.approx(sum(ticks) * TICK_S)
    kinds = {type(command) for command in plan.commands()}
    assert kinds <= ({LM, SP} if firmware >= Firmware(2, 7, 0) else {SM, SP})


@given(SHEETS)
def test_speeds_and_accelerations_keep_their_limits_but_for_the_rounding_to_steps(lines: list[Polyline]) -> None:
    plan = make_plan(lines, SETTINGS)
    mm, start, end, drawn = speeds(plan)
    top = np.where(drawn, SETTINGS.speed_down_mm_s, SETTINGS.speed_up_mm_s)
    accel = np.where(drawn, SETTINGS.accel_down_mm_s2, SETTINGS.accel_up_mm_s2)
    assert (np.maximum(start, end) <= 1.005 * top).all()
    # both ends of a block are rounded by half the diagonal of a step
    assert (np.abs(end**2 - start**2) <= 2 * accel * (mm + 2 * STEP_MM / 2**0.5) + 1e-6).all()
    if len(mm):
        assert np.abs(end[:-1] - start[1:]).max(initial=0) < 4.0
        assert start[0] < 4.0
        assert end[-1] < 4.0


@given(SHEETS)
def test_both_motors_end_each_command_on_the_tick_that_was_planned(lines: list[Polyline]) -> None:
    plan = make_plan(lines, SETTINGS)
    assert plan.shortest_command_ms >= 4.999 or not len(plan.blocks)
    assert plan.blocks.ticks.max(initial=0) <= 500
    for index in range(len(plan.blocks)):
        command = plan.blocks.command(index)
        for firmware in (USUAL, Firmware(3, 0, 3)):
            for track, steps in zip(command.tracks((77, 2**31 - 5), firmware), command.steps, strict=True):
                assert track.total_steps == steps
                assert track.total_ticks == (plan.blocks.ticks[index] if steps else 0)
                assert track.top_rate < 2**31


@given(st.integers(1, 490), st.floats(0.02, 1.98), st.integers(125, 500))
def test_rates_neither_stall_nor_overshoot(steps: int, share: float, ticks: int) -> None:
    from plotter.blocks import _rates  # pyright: ignore[reportPrivateUsage]

    if steps * max(share, 2 - share) > 0.98 * ticks:
        return
    one = [np.array([value]) for value in (steps, share, 2 - share, ticks)]
    rate, acc, jerk = (int(value[0]) for value in _rates(*one))
    assert jerk == 0
    track, _ = LM(rate, -steps, acc, 0, 0, 0, 3).tracks((0, 0), USUAL)
    assert track.total_ticks == ticks
    assert rate > 0
    assert rate + ticks * acc > 0


def test_no_motor_creeps_or_turns_round_where_the_pen_comes_to_rest() -> None:
    lines = [np.array([(10.0, 10.0), (10.0 + length, 10.0 + length / 7)]) for length in (0.05, 0.3, 2.0, 30.0)]
    for command in make_plan(lines, SETTINGS).commands():
        if isinstance(command, LM):
            for rate, steps, acc in (
                (command.rate1, command.steps1, command.acc1),
                (command.rate2, command.steps2, command.acc2),
            ):
                mean = abs(steps) * 2**31 / command.ticks
                assert min(rate, rate + command.ticks * acc) >= 0.019 * mean


def test_short_pieces_that_must_not_be_put_together_are_drawn_evenly_and_slowly() -> None:
    generator = np.random.default_rng(5)
    turns = np.cumsum(generator.normal(0, 0.3, 3000))
    wiggle = np.cumsum(0.05 * np.column_stack([np.cos(turns), np.sin(turns)]), axis=0) + 40
    plan = make_plan([wiggle], SETTINGS)
    _, start, end, _ = speeds(plan)
    assert np.abs(end[:-1] - start[1:]).max() < 3.0
    assert plan.shortest_command_ms >= 5


def test_older_firmware_takes_hardly_longer() -> None:
    t = np.linspace(0, 20, 200)
    line = np.column_stack([20 + 3 * t, 40 + 10 * np.sin(t)])
    new, old = (make_plan([line], SETTINGS, firmware).duration_s for firmware in (USUAL, OLDEST))
    assert old == pytest.approx(new, rel=0.04)


def test_tiny_pieces_are_put_together_into_blocks_that_the_board_can_take() -> None:
    t = np.linspace(0, 1, 300_000)
    spiral = np.column_stack([100 + 90 * t * np.cos(200 * t), 100 + 90 * t * np.sin(200 * t)])
    plan = make_plan([spiral], SETTINGS)
    assert plan.shortest_command_ms >= 5
    assert len(plan) < 20_000
    # 9 m at 50.2 mm/s, but for the innermost turns
    assert plan.duration_s == pytest.approx(plan.ink_m * 1000 / 50.2, rel=0.02)
    ink, _ = play(list(plan.commands()))
    assert ink_error_mm(Drawing((np.concatenate([spiral[:1], spiral[9::10]]),)), ink) < 0.03 - STEP_MM / 2**0.5


def test_dots_and_lines_without_length_are_dots_on_paper() -> None:
    dot, same = np.array([(10.0, 10.0)]), np.array([(20.0, 10.0)] * 3)
    plan = make_plan([dot, same], SETTINGS)
    ink, _ = play(list(plan.commands()))
    assert [line.tolist() for line in ink] == [[[10.0, 10.0]], [[20.0, 10.0]]]
    assert plan.ink_m == 0
    assert plan.duration_s > 2 * 0.276
    assert make_plan([np.array([(0.0, 0.0)])], SETTINGS).duration_s == pytest.approx(0.13 * 2 + 0.146)


def test_the_plan_knows_where_the_pen_is_at_any_time() -> None:
    lines = [np.array([(10.0, 0.0), (30.0, 0.0)]), np.array([(30.0, 10.0), (30.0, 20.0), (20.0, 20.0)])]
    plan = make_plan(lines, SETTINGS)
    assert (plan.at(-1).x_mm, plan.at(-1).pen_down, plan.at(-1).ink_mm) == (0.0, False, 0.0)
    end = plan.at(plan.duration_s + 1)
    assert (end.x_mm, end.y_mm, end.pen_down, end.stroke, end.ink_mm) == (0.0, 0.0, False, 2, pytest.approx(40.0))
    moments = [plan.at(t) for t in np.linspace(0, plan.duration_s, 500)]
    assert all(a.ink_mm <= b.ink_mm + 1e-9 for a, b in itertools.pairwise(moments))
    down = [moment for moment in moments if moment.pen_down]
    assert {moment.stroke for moment in down} == {0, 1}
    for moment in down:
        expected = 10 + moment.ink_mm if moment.stroke == 0 else moment.ink_mm - 10
        found = moment.x_mm if moment.stroke == 0 else moment.y_mm if moment.ink_mm < 30 else 20 - (moment.x_mm - 30)
        assert found == pytest.approx(expected, abs=0.02)
    assert plan.ink_m == pytest.approx(0.04)
    assert plan.travel_m == pytest.approx((10 + 10 + 20 * 2**0.5) / 1000)


@given(SHEETS, st.floats(0, 1), st.integers(0, 3), ANY_FIRMWARE)
def test_a_stop_anywhere_and_a_fresh_start_from_there_leave_no_gap(
    lines: list[Polyline], share: float, after: int, firmware: Firmware
) -> None:
    plan = make_plan(lines, SETTINGS, firmware)
    pens = np.flatnonzero(plan.block < 0)
    # anywhere; or where the pen goes up or down, or just after
    index = round(share * len(plan)) if after > 1 else min(len(plan), int(pens[int(share * (len(pens) - 1))]) + after)
    halt = plan.halt(index)
    sent = [*(plan.command(each) for each in range(index)), *halt.commands]
    ink, here = play(sent)
    assert here == pytest.approx((halt.x_mm, halt.y_mm))
    pens = [command.up for command in sent if isinstance(command, SP)]
    assert not pens or pens[-1]
    rest = make_plan(lines, SETTINGS, firmware, start=here, begin=halt.place)
    more, end = play(list(rest.commands()), here)
    assert end == (0.0, 0.0)
    assert ink_error_mm(Drawing(tuple(lines)), [*ink, *more]) < 0.03 - STEP_MM / 2**0.5
    assert float(rest.ink_mm[0]) == pytest.approx(halt.ink_mm, abs=1e-6)
    assert plan.ink_m * 1000 == pytest.approx(halt.ink_mm + rest.ink_m * 1000, abs=1e-6)


def test_a_stop_slows_down_along_the_line_as_hard_as_is_allowed_and_no_harder() -> None:
    t = np.linspace(0, 20, 400)
    plan = make_plan([np.column_stack([20 + 3 * t, 40 + 10 * np.sin(t)])], SETTINGS)
    drawing = [index for index in range(len(plan)) if plan.down[index]]
    for index in drawing[5:-5:7]:
        block = int(plan.block[index])
        speed = float(plan.pieces.from_mm_s[block])
        halt = plan.halt(index)
        assert isinstance(halt.commands[-1], SP)
        assert halt.commands[-1].up
        last = speed
        for command in halt.commands[:-1]:
            assert isinstance(command, LM)
            mm, start, end = ends(command)
            assert abs(last - start) < 1.5
            assert abs(end**2 - start**2) <= 2 * SETTINGS.accel_down_mm_s2 * (mm + 2 * STEP_MM / 2**0.5) + 1e-6
            last = end
        assert last < 4.0
        ticks = [command.ticks for command in halt.commands[:-1]]
        assert sum(ticks) * TICK_S < speed / SETTINGS.accel_down_mm_s2 * 1.25 + 0.006
        way = halt.ink_mm - float(plan.ink_mm[index])
        assert way == pytest.approx(speed**2 / 2 / SETTINGS.accel_down_mm_s2, rel=0.03, abs=0.02)


def test_a_plot_can_begin_at_any_place_of_any_line() -> None:
    lines = [np.array([(10.0, 10.0), (30.0, 10.0)]), np.array([(30.0, 20.0), (10.0, 20.0), (10.0, 30.0)])]
    plan = make_plan(lines, SETTINGS, begin=Place(1, 25.0))
    ink, _ = play(list(plan.commands()))
    assert len(ink) == 1
    assert ink[0][0] == pytest.approx((10.0, 25.0), abs=STEP_MM)
    assert plan.at(0).stroke == 1
    assert plan.ink_m == pytest.approx(0.005)
    assert float(plan.ink_mm[0]) == pytest.approx(45.0)
    assert Place(1, 25.0).back(1.0) == Place(1, 24.0)
    assert Place(1, 0.5).back(1.0) == Place(1, 0.0)
    nothing = make_plan(lines, SETTINGS, start=(30.0, 20.0), begin=Place(2))
    assert play(list(nothing.commands()), (30.0, 20.0)) == ([], (0.0, 0.0))


@pytest.mark.parametrize(
    ("page", "least_s", "most_s"), [("a_one_A5.svg", 74.0, 76.0), ("d_140single_A3.svg", 1560, 1580)]
)
def test_real_pages_take_no_longer_than_their_profile(data: Path, page: str, least_s: float, most_s: float) -> None:
    drawing = read_svg(data / "pages" / page).drawing
    plan = make_plan(drawing.lines, SETTINGS)
    assert least_s < plan.duration_s < most_s
    assert plan.ink_m == pytest.approx(drawing.ink / 1000)
    assert plan.shortest_command_ms >= 5
    assert plan.positions_mm[-1].tolist() == [0, 0]
