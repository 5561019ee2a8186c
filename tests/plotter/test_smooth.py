"""Motion with limited jerk: its limits hold, its ink is the same, and the board does it to the tick."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from feeding import LOOP, Fed
from hypothesis import given
from hypothesis import strategies as st
from strategies import polylines

from drawing.drawing import Drawing
from drawing.geometry import Polyline
from drawing.svg import read_svg
from plotter.axidraw import PlotSettings
from plotter.blocks import shortest_s, speed_limits
from plotter.ebb import LT, durations_ticks
from plotter.firmware import NEWEST, USUAL, Firmware
from plotter.plan import make_plan
from plotter.profile import Pieces, corner_squares
from plotter.route import Route, make_route
from plotter.smooth import smooth_pieces
from plotter.task import State, Task
from plotter.ticks import TICK_S

JERK = 50_000.0
SMOOTH = PlotSettings(jerk_mm_s3=JERK)
LINES = st.lists(polylines(st.floats(5, 60), 2, 14), min_size=1, max_size=4)


def pieces_of(lines: list[Polyline] | tuple[Polyline, ...], settings: PlotSettings) -> tuple[Route, Pieces]:
    route = make_route(lines)
    return route, smooth_pieces(route, settings, speed_limits(route.directions), shortest_s(NEWEST))


def check_limits(route: Route, pieces: Pieces, settings: PlotSettings) -> None:
    t, v0, v1 = pieces.seconds, pieces.from_mm_s, pieces.to_mm_s
    mean = pieces.length_mm / t
    begins, ends = (6 * mean - 4 * v0 - 2 * v1) / t, (4 * v1 + 2 * v0 - 6 * mean) / t
    down = route.down[pieces.segment]
    accel = np.where(down, settings.accel_down_mm_s2, settings.accel_up_mm_s2)
    top = np.where(down, settings.speed_down_mm_s, settings.speed_up_mm_s)
    assert (np.maximum(v0, v1) <= top * 1.0001).all()
    long = pieces.length_mm > 0.01  # over less than a step there is no telling
    # a piece is one cubic where the motion may be two
    assert (np.maximum(abs(begins), abs(ends)) <= 1.35 * accel)[long].all()
    assert (abs(ends - begins) / t <= 1.02 * settings.jerk_mm_s3)[long].mean() > 0.999
    # where two pieces meet along a line, speed goes on
    same = pieces.segment[1:] == pieces.segment[:-1]
    assert v1[:-1][same] == pytest.approx(v0[1:][same])
    # corners are passed no faster than without
    last = np.append(np.diff(pieces.segment) > 0, True)
    speeds = np.zeros(len(route.points))
    speeds[pieces.segment[last] + 1] = v1[last]
    corners = np.sqrt(corner_squares(route.directions, settings.accel_down_mm_s2, settings.cornering_mm))
    inside = route.down[1:] & route.down[:-1]
    assert (speeds[1:-1] <= corners + 0.05)[inside].all()
    assert (speeds[1:-1][route.down[1:] != route.down[:-1]] == 0).all()


@given(LINES, st.sampled_from((20_000.0, 50_000.0, 200_000.0)))
def test_speeds_accelerations_jerk_and_corners_keep_their_limits(lines: list[Polyline], jerk: float) -> None:
    settings = PlotSettings(jerk_mm_s3=jerk)
    route, pieces = pieces_of(lines, settings)
    check_limits(route, pieces, settings)
    sums = np.bincount(pieces.segment, pieces.length_mm, len(route.lengths))
    assert sums == pytest.approx(route.lengths, abs=1e-9)


def test_a_real_page_of_single_lines_keeps_them_too() -> None:
    stated = os.environ.get("MONOLINE_DATA")
    if not stated:
        pytest.skip("MONOLINE_DATA is not set")
    lines = read_svg(Path(stated) / "pages" / "d_140single_A3.svg").drawing.lines[:30]
    route, pieces = pieces_of(lines, SMOOTH)
    check_limits(route, pieces, SMOOTH)


def test_a_straight_line_takes_the_window_longer_and_no_more() -> None:
    line = [np.array([(10.0, 10.0), (90.0, 10.0)])]
    plain, smooth = (make_plan(line, settings, NEWEST) for settings in (PlotSettings(), SMOOTH))
    # to the line, along it, home: from rest to rest an average lasts as much longer as its window
    windows = 2 * 2 * 1143 / JERK + 2 * 762 / JERK
    assert smooth.duration_s - plain.duration_s == pytest.approx(windows, abs=0.02)


@given(LINES)
def test_the_board_makes_every_step_on_the_tick_that_was_planned(lines: list[Polyline]) -> None:
    plan = make_plan(lines, SMOOTH, NEWEST)
    ticks = durations_ticks(plan.commands(), NEWEST)
    assert np.diff(plan.starts_s) == pytest.approx(np.array(ticks) * TICK_S, abs=1e-9)
    for index in range(len(plan.blocks)):
        command = plan.blocks.command(index)
        steps = int(plan.blocks.steps1[index]), int(plan.blocks.steps2[index])
        for track, wanted in zip(command.tracks((77, 2**31 - 5), NEWEST), steps, strict=True):
            assert track.total_steps == wanted
            assert track.total_count == abs(wanted)  # nor does it turn round on the way
            assert track.top_rate < 2**31


@given(st.integers(1, 490), st.floats(0, 6), st.floats(0, 6), st.integers(125, 500))
def test_no_speeds_at_the_ends_of_a_block_make_a_motor_stand_or_turn(
    steps: int, v0: float, v1: float, ticks: int
) -> None:
    from plotter.blocks import _fastest, _rates  # pyright: ignore[reportPrivateUsage]

    one = [np.array([value]) for value in (steps, v0, v1, ticks)]
    if steps * _fastest(*one[1:3])[0] > 0.98 * ticks:
        return
    rate, acc, jerk = (int(value[0]) for value in _rates(*one))
    track, _ = LT(ticks, rate, acc, 0, 0, 3, jerk, 0).tracks((0, 0), NEWEST)
    assert (track.total_steps, track.total_ticks) == (steps, ticks)
    assert min(track.rate_at(tick) for tick in range(1, ticks + 1)) > 0
    assert track.top_rate < 2**31


def test_it_draws_the_same_ink_on_firmware_3_and_starves_nothing() -> None:
    for jerk in (20_000.0, 200_000.0):
        fed = Fed(LOOP, NEWEST, command_cost=True)
        fed.begin([Task(LOOP.lines, PlotSettings(jerk_mm_s3=jerk))])
        fed.draw()
        assert fed.job.state is State.FINISHED
        assert any(line.startswith("T3,") for _, line in fed.lines)
        assert fed.error_mm < 0.03
        assert fed.kinds == set()
        assert fed.simulated.report.starved_s == 0.0


@pytest.mark.parametrize("firmware", [USUAL, Firmware(3, 0, 1)])
def test_older_firmware_draws_as_ever(firmware: Firmware) -> None:
    smooth, plain = (make_plan(LOOP.lines, settings, firmware) for settings in (SMOOTH, PlotSettings()))
    assert [each.text for each in smooth.commands()] == [each.text for each in plain.commands()]
    assert not any(isinstance(each, LT) for each in smooth.commands())


def test_a_stop_in_the_midst_of_it_brakes_along_the_line() -> None:
    fed = Fed(LOOP, NEWEST)
    fed.begin([Task(LOOP.lines, SMOOTH)])
    fed.draw_for(4.0)
    fed.job.pause()
    fed.job.resume()
    fed.draw()
    assert fed.job.state is State.FINISHED
    assert fed.error_mm < 0.03
    assert fed.kinds == set()


def test_nothing_to_draw_and_a_dot_are_no_trouble() -> None:
    assert make_plan([], SMOOTH, NEWEST).duration_s == pytest.approx(0.130)
    assert make_plan(Drawing.of([[(5, 5)]]).lines, SMOOTH, NEWEST).lifts == 1
