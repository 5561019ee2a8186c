"""stroke-3 and stroke-5: what a network reads is what was drawn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from strategies import WHOLE, drawings

from drawing.drawing import Drawing
from drawing.errors import DrawingError
from drawing.stroke import (
    START_TOKEN,
    check_stroke3,
    from_stroke3,
    from_stroke5,
    offset_scale,
    to_stroke3,
    to_stroke5,
)

HOUSE = Drawing.of([[[2, 3], [4, 3], [4, 6]], [[1, 1]], [[0, 0], [5, 0]]])
ROWS = [[2, 3, 0], [2, 0, 0], [0, 3, 1], [-3, -5, 1], [-1, -1, 0], [5, 0, 1]]


def test_rows_are_offsets_and_the_pen_lifts_after_each_stroke() -> None:
    assert_array_equal(to_stroke3(HOUSE), ROWS)
    assert from_stroke3(ROWS) == HOUSE


@given(drawings(WHOLE))
def test_whole_coordinates_come_back_from_stroke3_exactly(drawing: Drawing) -> None:
    assert from_stroke3(to_stroke3(drawing)) == drawing


@given(drawings(max_strokes=8, max_points=30))
def test_any_coordinates_come_back_from_stroke3_within_a_billionth(drawing: Drawing) -> None:
    back = from_stroke3(to_stroke3(drawing))
    assert len(back.lines) == len(drawing.lines)
    for line, before in zip(back.lines, drawing.lines, strict=True):
        assert_allclose(line, before, rtol=0, atol=1e-9)


@given(drawings(WHOLE, connectors=True))
def test_connectors_are_ink_in_stroke3(drawing: Drawing) -> None:
    assert_array_equal(to_stroke3(drawing), to_stroke3(Drawing(drawing.lines)))


@given(drawings(), st.integers(0, 9))
def test_stroke3_comes_back_from_stroke5_exactly_whatever_the_padding(drawing: Drawing, padding: int) -> None:
    rows = to_stroke3(drawing)
    five = to_stroke5(rows, len(rows) + 1 + padding)
    assert five.shape == (len(rows) + 1 + padding, 5)
    assert_array_equal(five[:, 2:].sum(axis=1), 1)  # one-hot
    assert_array_equal(from_stroke5(five), rows)


def test_stroke5_tells_down_up_and_end() -> None:
    five = to_stroke5(ROWS, 8)
    assert_array_equal(five[:, 2:].argmax(axis=1), [0, 0, 1, 1, 0, 1, 2, 2])
    assert_array_equal(five[6:, :2], 0)
    assert len(to_stroke5(ROWS)) == 7
    assert_array_equal(START_TOKEN, [[0, 0, 1, 0, 0]])


def test_stroke5_ends_at_the_first_end_row() -> None:
    five = np.concatenate([to_stroke5(ROWS), to_stroke5(ROWS)])
    assert_array_equal(from_stroke5(five), ROWS)


def test_the_pen_is_up_at_the_end_even_where_the_rows_forget_it() -> None:
    forgotten = np.array([[1, 1, 0], [2, 0, 0]])
    assert from_stroke3(forgotten) == Drawing.of([[[1, 1], [3, 1]]])
    assert_array_equal(to_stroke5(forgotten)[1], [2, 0, 0, 1, 0])
    assert_array_equal(from_stroke5([[1, 1, 1, 0, 0], [2, 0, 1, 0, 0]]), [[1, 1, 0], [2, 0, 1]])


def test_nothing_drawn_is_no_rows() -> None:
    assert to_stroke3(Drawing(())).shape == (0, 3)
    assert from_stroke3([]) == Drawing(())
    assert_array_equal(to_stroke5([]), [[0, 0, 0, 0, 1]])
    assert from_stroke5(to_stroke5([])).shape == (0, 3)


def test_more_points_than_rows_are_refused() -> None:
    with pytest.raises(DrawingError, match="6 points and an end row don't fit into 6 rows"):
        to_stroke5(ROWS, 6)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([[1, 2]], r"shape \(n, 3\), not \(1, 2\)"),
        ([1, 2, 3], r"shape \(n, 3\), not \(3,\)"),
        (7, r"shape \(n, 3\), not \(\)"),
        ([[1, 2, 3], [1, 2]], "must be numbers"),
        ([["a", 2, 3]], "must be numbers"),
        ([[10**400, 0, 1]], "must be numbers"),
        ([[0, 0, 0], [1, math.nan, 0]], "row 1 has a value that is not a finite number"),
        ([[math.inf, 0, 0]], "row 0 has a value that is not a finite number"),
    ],
    ids=str,
)
def test_rows_that_are_none_are_refused_with_the_reason(rows: object, reason: str) -> None:
    with pytest.raises(DrawingError, match=reason):
        check_stroke3(rows)  # pyright: ignore[reportArgumentType]
    with pytest.raises(DrawingError, match=reason):
        from_stroke3(rows)  # pyright: ignore[reportArgumentType]


def test_offsets_that_lead_beyond_every_number_are_refused() -> None:
    with pytest.raises(DrawingError, match="not a finite number"):
        from_stroke3([[1e308, 0, 0], [1e308, 0, 1]])


@pytest.mark.parametrize("rows", [np.zeros((2, 3)), np.zeros(5)], ids=["three columns", "one row"])
def test_stroke5_of_another_shape_is_refused(rows: np.ndarray) -> None:
    with pytest.raises(DrawingError, match=r"shape \(n, 5\)"):
        from_stroke5(rows)


def test_the_scale_is_one_deviation_over_both_directions() -> None:
    rows = np.array([[3.0, -1, 0], [1, 5, 1]])
    assert offset_scale([rows, rows[:1]]) == pytest.approx(np.std([3, -1, 1, 5, 3, -1]))
    assert offset_scale([]) == 0.0
    assert offset_scale([np.zeros((0, 3))]) == 0.0
