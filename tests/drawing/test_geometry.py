"""Laws of lengths, resampling, simplifying and smoothing, on lines of every kind."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from strategies import polylines

from drawing.geometry import Polyline, length, rdp, rdp_to_count, resample, segment_lengths, smooth, turning_angles


def distances(points: Polyline, line: Polyline) -> np.ndarray:
    """How far each point is from a polyline."""
    starts, step = (line[:-1], np.diff(line, axis=0)) if len(line) > 1 else (line, np.zeros((1, 2)))
    square = np.maximum((step**2).sum(axis=1), 1e-300)
    along = np.clip(((points[:, None] - starts) * step).sum(axis=2) / square, 0, 1)
    gaps = starts + along[..., None] * step - points[:, None]
    return np.hypot(gaps[..., 0], gaps[..., 1]).min(axis=1)


def circle(radius: float, points: int) -> Polyline:
    angle = np.linspace(0, 2 * np.pi, points)
    return radius * np.column_stack([np.cos(angle), np.sin(angle)])


def noisy(line: Polyline, amount: float) -> Polyline:
    """The line with its inner points moved, always by the same noise."""
    out = line + np.random.default_rng(7).normal(0, amount, line.shape)
    out[0], out[-1] = line[0], line[-1]
    return out


SQUARE = np.array([[0.0, 0], [100, 0], [100, 100], [0, 100], [0, 0]])


@st.composite
def graphs(draw: st.DrawFn) -> Polyline:
    """Lines that go to the right all the time, so that a place on them has one distance along."""
    steps = draw(st.lists(st.tuples(st.floats(0.01, 20), st.floats(-20, 20)), min_size=1, max_size=15))
    return np.concatenate([[[0.0, 0.0]], np.cumsum(np.array(steps), axis=0)])


# lengths


def test_length_is_the_sum_of_the_segments() -> None:
    assert_array_equal(segment_lengths(np.array([[0.0, 0], [3, 4], [3, 4], [3, 0]])), [5, 0, 4])
    assert length(SQUARE) == 400
    assert length(SQUARE[:1]) == 0


def test_turning_angles_are_positive_clockwise_on_paper() -> None:
    assert_allclose(turning_angles(SQUARE), [math.pi / 2] * 3)
    assert_allclose(turning_angles(SQUARE[::-1]), [-math.pi / 2] * 3)
    assert_allclose(turning_angles(np.array([[0.0, 0], [1, 0], [0, 0], [0, 0]])), [math.pi, 0])


# resample


@given(polylines(), st.floats(0.5, 500))
def test_resampling_keeps_both_ends_and_stays_on_the_line(line: Polyline, step: float) -> None:
    out = resample(line, step)
    assert_array_equal(out[[0, -1]], line[[0, -1]])
    assert distances(out, line).max() < 1e-6
    assert length(out) <= length(line) + 1e-6


@given(graphs(), st.floats(0.05, 50))
def test_resampled_points_lie_at_even_distances_along_the_line(line: Polyline, step: float) -> None:
    out = resample(line, step)
    along = shapely.line_locate_point(shapely.linestrings(line), shapely.points(out))
    gaps = np.diff(along)
    assert_allclose(gaps, length(line) / (len(out) - 1), rtol=1e-6, atol=1e-7)
    if len(out) > 2:  # as near to the step as a whole number of steps allows
        assert step / 1.5 - 1e-9 <= gaps.mean() <= step * 1.5 + 1e-9


def test_resampling_a_fine_curve_keeps_its_length() -> None:
    ring = circle(50, 721)
    assert length(resample(ring, 1.0)) == pytest.approx(length(ring), rel=1e-3)
    assert len(resample(ring, 1.0)) == round(length(ring)) + 1


def test_resampling_a_straight_line_takes_a_whole_number_of_steps() -> None:
    line = np.array([[0.0, 0], [1, 0], [10, 0]])
    assert_allclose(resample(line, 2.4), [[0, 0], [2.5, 0], [5, 0], [7.5, 0], [10, 0]])
    assert_allclose(resample(line, 1000), [[0, 0], [10, 0]])


def test_a_line_without_length_keeps_its_ends() -> None:
    assert_array_equal(resample(np.zeros((1, 2)), 1), np.zeros((1, 2)))
    assert_array_equal(resample(np.zeros((9, 2)), 1), np.zeros((2, 2)))


@pytest.mark.parametrize("step", [0, -1, math.nan])
def test_a_step_that_is_not_positive_is_refused(step: float) -> None:
    with pytest.raises(ValueError, match="step must be positive"):
        resample(SQUARE, step)


# simplify


@given(polylines(max_points=30), st.floats(0.1, 300))
def test_simplifying_never_strays_more_than_epsilon(line: Polyline, epsilon: float) -> None:
    out = rdp(line, epsilon)
    assert distances(line, out).max() <= epsilon * (1 + 1e-9)
    assert_array_equal(out[[0, -1]], line[[0, -1]])
    assert len(out) <= len(line)


@given(polylines(st.integers(-6, 6).map(float), max_points=30), st.floats(0.1, 5))
def test_simplified_points_are_points_of_the_line_in_order(line: Polyline, epsilon: float) -> None:
    rest = iter(line.tolist())
    assert all(point in rest for point in rdp(line, epsilon).tolist())


@given(polylines(st.integers(-6, 6).map(float), min_points=3, max_points=20), st.floats(0.1, 20))
def test_a_closed_line_stays_closed_where_it_was_and_within_epsilon(line: Polyline, epsilon: float) -> None:
    ring = np.concatenate([line, line[:1]])
    out = rdp(ring, epsilon)
    assert_array_equal(out[0], ring[0])
    assert_array_equal(out[-1], ring[0])
    assert distances(ring, out).max() <= epsilon * (1 + 1e-9)


def by_the_book(line: Polyline, epsilon: float) -> list[list[float]]:
    """Ramer-Douglas-Peucker as it was published."""
    if len(line) < 3:
        return line.tolist()
    away = distances(line[1:-1], line[[0, -1]])
    far = int(np.argmax(away)) + 1
    if away[far - 1] <= epsilon:
        return line[[0, -1]].tolist()
    return [*by_the_book(line[: far + 1], epsilon)[:-1], *by_the_book(line[far:], epsilon)]


@pytest.mark.parametrize("epsilon", [0.3, 1.0, 3.0])
def test_a_scribble_is_simplified_by_the_book(epsilon: float) -> None:
    """Also where it crosses itself, which GEOS would rather not change."""
    for seed in range(20):
        scribble = np.random.default_rng(seed).normal(0, 2, (150, 2)).cumsum(axis=0)
        assert rdp(scribble, epsilon).tolist() == by_the_book(scribble, epsilon)


def test_a_closed_line_keeps_its_farthest_point_whatever_the_epsilon() -> None:
    assert_array_equal(rdp(SQUARE, 1e9), [[0, 0], [100, 100], [0, 0]])


def test_points_that_repeat_are_dropped_or_harmless() -> None:
    assert_array_equal(rdp(np.array([[0.0, 0], [0, 0], [5, 0], [5, 0], [10, 0], [10, 0]]), 0.1), [[0, 0], [10, 0]])
    assert_array_equal(rdp(np.zeros((5, 2)), 0.1), np.zeros((2, 2)))
    assert_array_equal(rdp(np.zeros((1, 2)), 0.1), np.zeros((1, 2)))


def test_an_epsilon_of_zero_changes_nothing() -> None:
    line = np.array([[0.0, 0], [1, 0], [2, 0]])
    assert_array_equal(rdp(line, 0), line)


def test_corners_survive_an_epsilon_smaller_than_they_are_deep() -> None:
    dense = resample(SQUARE, 1.0)
    assert_array_equal(rdp(dense, 0.5), SQUARE)


# simplify to a number of points


@given(st.lists(polylines(st.integers(-99, 99).map(float), 2, 25), min_size=1, max_size=4), st.floats(0, 1))
def test_the_least_epsilon_reaches_the_number_of_points(lines: list[Polyline], share: float) -> None:
    bare, count = 3 * len(lines), sum(map(len, lines))
    assume(count > bare)
    most = round(bare + share * (count - 1 - bare))
    out, epsilon = rdp_to_count(lines, most)
    assert sum(map(len, out)) <= most
    for line, simple in zip(lines, out, strict=True):
        assert_array_equal(simple, rdp(line, epsilon))
    finer = sum(len(rdp(line, 0.99 * epsilon)) for line in lines)
    straight = sum(len(rdp(line, 1e-6)) for line in lines)
    assert finer > most or straight <= most  # a hundredth less, and there are too many points


def test_enough_points_leave_the_lines_alone() -> None:
    out, epsilon = rdp_to_count([SQUARE, SQUARE[:2]], 7)
    assert epsilon == 0.0
    assert_array_equal(out[0], SQUARE)


def test_detail_goes_where_it_is_least_across_all_lines() -> None:
    """One epsilon for all: the flat wave loses its points before the steep one."""
    x = np.linspace(0, 40, 41)
    flat, steep = np.column_stack([x, 0.1 * np.sin(x)]), np.column_stack([x, 9 * np.sin(x)])
    (few, many), _ = rdp_to_count([flat, steep], 43)
    assert len(few) == 2
    assert len(many) > 30


def test_fewer_points_than_the_ends_of_all_lines_are_refused() -> None:
    with pytest.raises(ValueError, match="2 strokes can't be told in 3 points"):
        rdp_to_count([SQUARE, SQUARE], 3)


def test_closed_lines_give_up_their_third_point_last() -> None:
    out, _ = rdp_to_count([SQUARE, SQUARE[:3]], 4)
    assert [len(line) for line in out] == [2, 2]


# smooth


@given(polylines(max_points=20), st.floats(1, 200))
def test_smoothing_keeps_both_ends(line: Polyline, width: float) -> None:
    assert_array_equal(smooth(line, width)[[0, -1]], line[[0, -1]])


def test_smoothing_leaves_a_straight_line_as_it_is_up_to_its_ends() -> None:
    line = np.array([[0.0, 0], [30, 40]])
    dense = resample(line, 0.5)
    assert_allclose(smooth(dense, 2.0), dense, atol=1e-9)


def test_smoothing_takes_the_tremor_out_of_a_straight_line() -> None:
    straight = np.column_stack([np.linspace(0, 200, 401), np.zeros(401)])
    shaky = noisy(straight, 0.3)
    before, after = np.abs(shaky[:, 1]).mean(), np.abs(smooth(shaky, 5.0)[:, 1]).mean()
    assert after < before / 3
    # and the zigzag is gone, not only lower
    assert length(smooth(shaky, 5.0)) < 1.01 * length(straight) < 1.2 * length(straight) < length(shaky)


def test_smoothing_takes_the_tremor_out_of_a_circle_and_leaves_its_size() -> None:
    shaky = noisy(circle(40, 801), 0.25)
    out = smooth(shaky, 4.0)
    inner = slice(20, -20)  # the ends stay where the noise has put them
    assert np.abs(np.hypot(*out[inner].T) - 40).mean() < np.abs(np.hypot(*shaky[inner].T) - 40).mean() / 2
    assert np.hypot(*out.T).mean() == pytest.approx(40, abs=0.4)


@pytest.mark.parametrize("width", [2.0, 4.0, 8.0])
def test_smoothing_leaves_the_corners_of_a_square_where_they_are(width: float) -> None:
    out = smooth(resample(SQUARE, 0.7), width)
    assert distances(SQUARE, out).max() < width / 5  # a corner may fall between two of the resampled points
    assert distances(out, SQUARE).max() < width / 5


@pytest.mark.parametrize("width", [2.0, 3.7, 8.0])
def test_corners_that_are_points_of_the_line_stay_points_of_the_line(width: float) -> None:
    assert distances(SQUARE, smooth(SQUARE, width)).max() < 1e-9


def test_a_turn_below_the_corner_angle_is_rounded() -> None:
    kept, rounded = smooth(SQUARE, 8.0), smooth(SQUARE, 8.0, corner_degrees=100)
    assert distances(SQUARE[1:2], kept)[0] < 0.5
    assert distances(SQUARE[1:2], rounded)[0] > 3.0


def test_a_line_shorter_than_the_width_is_left_alone() -> None:
    line = np.array([[0.0, 0], [1, 1], [2, 0]])
    assert_array_equal(smooth(line, 50.0), line)


@pytest.mark.parametrize("width", [0, -1, math.nan])
def test_a_width_that_is_not_positive_is_refused(width: float) -> None:
    with pytest.raises(ValueError, match="width must be positive"):
        smooth(SQUARE, width)
