"""Curves through points: round where the line was round, and never far from it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from drawing.curve import fit_curve, fit_curves
from drawing.drawing import Drawing
from drawing.geometry import Polyline, turning_angles


def arc(count: int, radius: float = 50.0) -> Polyline:
    angle = np.linspace(0.0, np.pi, count)
    return radius * np.column_stack([np.cos(angle), np.sin(angle)])


def test_a_few_points_of_a_circle_become_a_circle() -> None:
    curve = fit_curve(arc(9), 0.5)
    assert np.abs(np.hypot(*curve.T) - 50.0).max() < 0.6  # chords of the nine points stray by 0.96
    assert np.abs(turning_angles(curve)).max() < 0.3 * np.abs(turning_angles(arc(9))).max()
    assert np.array_equal(curve[[0, -1]], arc(9)[[0, -1]])


@pytest.mark.parametrize("tolerance", [0.05, 0.5, 3.0])
def test_no_point_is_passed_farther_than_the_tolerance(tolerance: float) -> None:
    rng = np.random.default_rng(3)
    line = np.cumsum(rng.normal((6.0, 0.0), 4, (60, 2)), axis=0)
    curve = fit_curve(line, tolerance)
    dense = np.concatenate([np.linspace(a, b, 20) for a, b in itertools.pairwise(curve)])
    away = np.hypot(*(line[:, None] - dense).transpose(2, 0, 1)).min(axis=1)
    assert away.max() <= 1.3 * tolerance  # the curve itself keeps to it, its chords nearly


def test_trembling_goes_with_a_wide_tolerance() -> None:
    rng = np.random.default_rng(5)
    line = np.column_stack([np.arange(60.0), rng.normal(0, 0.3, 60)])
    assert np.abs(np.diff(fit_curve(line, 2.0)[:, 1])).sum() < 0.3 * np.abs(np.diff(line[:, 1])).sum()


def test_a_corner_stays_and_so_do_short_lines() -> None:
    corner = np.array([[0.0, 0.0], [10, 0], [20, 0], [20, 10], [20, 20]])
    assert (fit_curve(corner, 1.0) == (20.0, 0.0)).all(axis=1).any()
    for short in (corner[:1], corner[:2], np.array([[1.0, 1.0], [1, 1], [1, 1]])):
        assert np.array_equal(fit_curve(short, 1.0)[0], short[0])
        assert len(fit_curve(short, 1.0)) <= 2
    with pytest.raises(ValueError, match="positive"):
        fit_curve(corner, 0.0)


def test_connectors_stay_where_they_are() -> None:
    line = np.concatenate([arc(9), np.add(arc(9), (300.0, 0.0))])
    marks = np.zeros(17, dtype=np.bool_)
    marks[8] = True
    found = fit_curves(Drawing((line,), (marks,)), 0.5)
    at = np.flatnonzero(found.marks(0))
    assert len(at) == 1
    assert np.array_equal(found.lines[0][at[0] : at[0] + 2], line[8:10])
