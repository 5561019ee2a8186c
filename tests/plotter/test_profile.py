from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plotter.axidraw import PlotSettings
from plotter.profile import LONGEST_S, corner_squares, cut, make_profile, reachable
from plotter.route import make_route

SHORTEST_S = 0.0052
SETTINGS = PlotSettings()


def directions(*degrees: float) -> np.ndarray:
    return np.array([(math.cos(math.radians(each)), math.sin(math.radians(each))) for each in degrees])


def test_corners_are_passed_at_the_speeds_that_the_formula_gives() -> None:
    straight, right, back = corner_squares(directions(0, 0, 90, 270), 762, 0.0508)
    assert straight > 1e6
    # half the inner angle has a sine of 0.7071; radius 0.0508 * 0.7071 / (1 - 0.7071) mm
    assert math.sqrt(right) == pytest.approx(9.667, abs=0.001)
    assert back == 0.0


@given(
    st.lists(st.tuples(st.floats(0, 1e4), st.floats(0, 1e4)), min_size=1, max_size=30),
    st.floats(0, 1e4),
)
def test_speeds_are_as_high_as_can_be_reached_and_no_higher(steps: list[tuple[float, float]], last: float) -> None:
    allowed = np.array([each for each, _ in steps] + [last])
    gains = np.array([gain for _, gain in steps])
    squares = reachable(allowed, gains)
    assert (squares <= allowed + 1e-6).all()
    assert (np.abs(np.diff(squares)) <= gains + 1e-6).all()
    way = np.concatenate([[0.0], np.cumsum(gains)])
    best = (allowed[None] + np.abs(way[:, None] - way[None])).min(axis=1)
    assert squares == pytest.approx(best, abs=1e-5)


@st.composite
def segments(draw: st.DrawFn) -> tuple[float, float, float, float]:
    """Length, squared speeds at both ends that fit it, top speed."""
    length = draw(st.floats(0.3, 200))
    top = draw(st.floats(1, 50))
    accel = SETTINGS.accel_down_mm_s2
    v0 = draw(st.floats(0, 1)) * top
    low, high = max(0.0, v0**2 - 2 * accel * length), min(top**2, v0**2 + 2 * accel * length)
    v1_square = low + draw(st.floats(0, 1)) * (high - low)
    peak = min(top, math.sqrt((v0**2 + v1_square) / 2 + accel * length), length / SHORTEST_S)
    return length, v0**2, v1_square, max(peak, v0, math.sqrt(v1_square))


@given(st.lists(segments(), min_size=1, max_size=6))
def test_pieces_make_up_their_segments_within_the_limits(made: list[tuple[float, float, float, float]]) -> None:
    lengths, start, end, tops = (np.array(column) for column in zip(*made, strict=True))
    accels = np.full(len(made), SETTINGS.accel_down_mm_s2)
    names = np.arange(len(made)) * 3
    pieces = cut(names, lengths, start, end, tops, accels, SHORTEST_S)
    assert list(dict.fromkeys(pieces.segment.tolist())) == names.tolist()
    for index, name in enumerate(names.tolist()):
        own = pieces.segment == name
        assert pieces.length_mm[own].sum() == pytest.approx(lengths[index])
        assert pieces.at_mm[own] == pytest.approx(np.cumsum(pieces.length_mm[own]))
        first, last = np.flatnonzero(own)[[0, -1]]
        assert pieces.from_mm_s[first] ** 2 == pytest.approx(start[index])
        assert pieces.to_mm_s[last] ** 2 == pytest.approx(end[index])
        assert pieces.from_mm_s[own][1:] == pytest.approx(pieces.to_mm_s[own][:-1])
    assert (
        np.maximum(pieces.from_mm_s, pieces.to_mm_s) <= np.repeat(tops, np.bincount(pieces.segment)[names]) + 1e-6
    ).all()
    gained = np.abs(pieces.to_mm_s**2 - pieces.from_mm_s**2)
    assert (gained <= 2 * accels[0] * pieces.length_mm * (1 + 1e-6) + 1e-6).all()
    assert pieces.seconds.min() >= SHORTEST_S * 0.999


def test_no_piece_of_a_long_line_lasts_longer_than_a_stop_may_take() -> None:
    route = make_route([np.array([(10.0, 10.0), (200.0, 10.0)])])
    profile = make_profile(route, SETTINGS, np.full(3, 300.0), SHORTEST_S)
    pieces = cut(
        np.arange(3), route.lengths, profile.squares[:-1], profile.squares[1:], profile.tops, profile.accels, SHORTEST_S
    )
    assert pieces.seconds.max() <= LONGEST_S * 1.001
    # 190 mm at 50.2 mm/s, speeding up and slowing down for 65.9 ms each
    drawn = pieces.seconds[pieces.segment == 1].sum()
    assert drawn == pytest.approx(190 / 50.2 + 50.2 / 762, rel=1e-6)


def test_motors_that_are_near_their_limit_slow_the_line_down() -> None:
    route = make_route([np.array([(10.0, 10.0), (200.0, 10.0)])])
    profile = make_profile(route, SETTINGS, np.array([300.0, 12.0, 300.0]), SHORTEST_S)
    assert profile.tops[1] == 12.0
    assert profile.tops[2] > 100
