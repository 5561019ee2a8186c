"""The distance between what was drawn and what should have been: of lines, both ways, joins excepted."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import drawings

from drawing.drawing import Drawing
from drawing.geometry import Polyline, resample
from drawing.svg import read_svg
from plotter.ink import EXACT_MM, connectors, ink_error_mm
from plotter.optimize import optimise

LINE = Drawing.of([[(0, 0), (10, 0)]])


def ink(*lines: list[tuple[float, float]]) -> list[Polyline]:
    return [np.array(line, dtype=np.float64) for line in lines]


@pytest.mark.parametrize(
    ("drawn", "error"),
    [
        (ink([(0, 0), (10, 0)]), 0),
        (ink([(10, 0), (5, 0)], [(0, 0), (5, 0)]), 0),
        (ink([(0, 0), (3, 0.02), (10, 0)]), 0.02),
        (ink([(0, 0), (5, 0)]), 5),  # half is missing
        (ink([(0, 0), (5, 0)], [(5.5, 0), (10, 0)]), 0.25),  # missing within
        (ink([(0, 0), (10.3, 0)]), 0.3),  # drawn too far
        (ink([(0, 0), (10, 0)], [(4, 2)]), 2),  # a dot too much
        (ink([(0, 1), (10, 1)]), 1),
        (ink([(0, 0), (10, 0)], [(0, -7), (0, -6)]), 7),
    ],
)
def test_known_errors(drawn: list[Polyline], error: float) -> None:
    assert ink_error_mm(LINE, drawn) == pytest.approx(error, abs=EXACT_MM)


def test_the_farthest_point_may_lie_within_a_segment() -> None:
    """A point between two parallel lines, nearer to both at its ends."""
    sheet = Drawing.of([[(0, 0), (0, 1)], [(10, 0), (10, 1)], [(0, 0), (10, 0)]])
    drawn = ink([(0, 0), (0, 1)], [(10, 0), (10, 1)])
    assert ink_error_mm(sheet, drawn) == pytest.approx(5, abs=EXACT_MM)


def test_nothing_is_as_far_as_can_be_from_something() -> None:
    assert ink_error_mm(LINE, []) == math.inf
    assert ink_error_mm(Drawing(()), ink([(0, 0), (1, 0)])) == math.inf
    assert ink_error_mm(Drawing(()), []) == 0


def test_ink_may_follow_a_join_or_leave_it_out() -> None:
    parts = Drawing.of([[(0, 0), (4, 0)], [(6, 0), (10, 0)]])
    whole = Drawing((np.array([[0.0, 0], [4, 0], [6, 0], [10, 0]]),), (np.array([False, True, False]),))
    drawn = ink([(0, 0), (10, 0)])
    assert ink_error_mm(parts, drawn) == pytest.approx(1, abs=EXACT_MM)
    assert ink_error_mm(parts, drawn, connectors(whole)) == pytest.approx(0, abs=EXACT_MM)
    assert ink_error_mm(whole, drawn) == pytest.approx(0, abs=EXACT_MM)
    assert ink_error_mm(whole, list(parts.lines)) == pytest.approx(0, abs=EXACT_MM)
    assert [join.tolist() for join in connectors(whole)] == [[[4, 0], [6, 0]]]


def brute(these: list[Polyline], those: list[Polyline], step: float) -> float:
    """The same by points close together, which can't be farther off than a step."""
    dense = [np.concatenate([line, resample(line, step)]) for line in these]
    starts = np.concatenate([line[:-1] if len(line) > 1 else line for line in those])
    along = np.concatenate([line[1:] if len(line) > 1 else line for line in those]) - starts
    square = np.maximum((along**2).sum(axis=1), 1e-300)
    worst = 0.0
    for points in dense:
        t = np.clip(((points[:, None] - starts) * along).sum(axis=2) / square, 0, 1)
        gaps = starts + t[..., None] * along - points[:, None]
        worst = max(worst, float(np.hypot(gaps[..., 0], gaps[..., 1]).min(axis=1).max()))
    return worst


SMALL = drawings(st.floats(0, 20), min_strokes=1, max_strokes=4, max_points=6)


@settings(max_examples=80)
@given(SMALL, SMALL)
def test_any_two_drawings_are_as_far_apart_as_their_points_close_together(one: Drawing, other: Drawing) -> None:
    step = 0.05
    slow = max(brute(list(one.lines), list(other.lines), step), brute(list(other.lines), list(one.lines), step))
    found = ink_error_mm(one, list(other.lines))
    assert slow - EXACT_MM - 1e-9 <= found <= slow + step / 2 + 1e-9
    assert found == pytest.approx(ink_error_mm(other, list(one.lines)), abs=EXACT_MM)


def test_a_real_sheet_drawn_in_whole_steps_is_off_by_less_than_a_step(data: Path) -> None:
    sheet = read_svg(data / "pages" / "b_40_A4.svg").drawing
    optimised = optimise(sheet).drawing
    steps = [np.round(line / 0.0125) * 0.0125 for line in optimised.lines]
    error = ink_error_mm(sheet, steps, connectors(optimised))
    assert 0.004 < error <= math.hypot(0.0125, 0.0125) / 2 + EXACT_MM
    steps[700] = steps[700] + (0.1, 0)
    assert ink_error_mm(sheet, steps, connectors(optimised)) > 0.05
