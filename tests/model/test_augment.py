"""Drawings changed at random on their way into a network: what changes, and what never does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import some_rows
from strategies import WHOLE, drawings

from drawing.drawing import Drawing
from drawing.stroke import from_moves, to_moves, to_stroke3
from model.augment import Chance, augment, augmented, reversed_rows
from model.settings import DataSettings

STILL = DataSettings(scale_jitter=0.0, drop_points=0.0)
LIVELY = DataSettings(rotate_degrees=20, mirror=0.5, reverse=0.5, drop_points=0.3)


whole = drawings(WHOLE, min_strokes=1, min_points=2)


def chance(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


@given(whole)
def test_no_augmentation_changes_nothing(drawing: Drawing) -> None:
    rows = to_moves(drawing)
    assert np.array_equal(augment(rows, STILL, chance(0)), rows)


@given(whole, st.integers(0, 99))
def test_dropped_points_leave_every_other_where_it_was(drawing: Drawing, seed: int) -> None:
    rows = to_moves(drawing)
    before = rows.copy()
    settings = STILL.model_copy(update={"drop_points": 0.7})
    told = from_moves(augment(rows, settings, chance(seed)))
    assert np.array_equal(rows, before)
    original = from_moves(rows)
    assert len(told.lines) == len(original.lines)
    for new, old in zip(told.lines, original.lines, strict=True):
        assert np.array_equal(new[[0, -1]], old[[0, -1]])  # a stroke begins and ends where it did
        left = iter(old.tolist())
        assert all(point in left for point in new.tolist())  # what is there was there, in this order


def test_the_last_point_stays_even_where_a_file_forgot_to_lift_the_pen() -> None:
    rows = np.array([[0.0, 0, 0], [1, 0, 0], [1, 0, 0], [1, 5, 0]])
    settings = STILL.model_copy(update={"drop_points": 0.99})
    for seed in range(5):
        assert np.cumsum(augment(rows, settings, chance(seed))[:, :2], axis=0)[-1].tolist() == [3.0, 5.0]


def test_points_are_dropped_as_often_as_asked() -> None:
    line = Drawing.of([np.cumsum(np.ones((2000, 2)), axis=0)])
    settings = STILL.model_copy(update={"drop_points": 0.1})
    assert len(augment(to_stroke3(line), settings, chance(1))) == pytest.approx(1800, abs=50)


@given(whole, st.integers(0, 99))
def test_jitter_stretches_each_axis_by_one_factor(drawing: Drawing, seed: int) -> None:
    rows = to_moves(drawing)
    found = augment(rows, STILL.model_copy(update={"scale_jitter": 0.15}), chance(seed))
    assert np.array_equal(found[:, 2], rows[:, 2])
    for axis in (0, 1):
        moved = rows[:, axis] != 0
        factors = found[moved, axis] / rows[moved, axis]
        assert ((factors >= 0.85) & (factors <= 1.15)).all()
        assert np.ptp(factors) < 1e-9 if len(factors) else True


def test_jitter_reaches_both_ways_on_either_axis_on_its_own() -> None:
    rows = np.array([[1.0, 1.0, 1.0]])
    settings = STILL.model_copy(update={"scale_jitter": 0.15})
    factors = np.concatenate([augment(rows, settings, chance(seed)) for seed in range(400)])[:, :2]
    assert factors.min(axis=0) == pytest.approx([0.85, 0.85], abs=0.01)
    assert factors.max(axis=0) == pytest.approx([1.15, 1.15], abs=0.01)
    assert abs(np.asarray(np.corrcoef(factors.T))[0, 1]) < 0.15


@given(whole, st.integers(0, 99))
def test_turning_keeps_every_length_and_turns_as_far_as_allowed(drawing: Drawing, seed: int) -> None:
    rows = to_moves(drawing)
    found = augment(rows, STILL.model_copy(update={"rotate_degrees": 10.0}), chance(seed))
    assert np.array_equal(found[:, 2], rows[:, 2])
    old, new = rows[:, 0] + 1j * rows[:, 1], found[:, 0] + 1j * found[:, 1]
    np.testing.assert_allclose(abs(new), abs(old), atol=1e-9)
    turned = np.angle(new[old != 0] / old[old != 0], deg=True)
    assert (abs(turned) <= 10.0).all()
    assert np.ptp(turned) < 1e-6 if len(turned) else True


@given(whole)
def test_a_mirror_swaps_left_and_right_only(drawing: Drawing) -> None:
    rows = to_moves(drawing)
    found = augment(rows, STILL.model_copy(update={"mirror": 1.0}), chance(0))
    assert np.array_equal(found, rows * [-1, 1, 1])


@given(whole)
def test_backwards_it_is_the_same_lines_in_the_other_direction(drawing: Drawing) -> None:
    rows = to_moves(drawing)
    found = augment(rows, STILL.model_copy(update={"reverse": 1.0}), chance(0))
    expected, told = from_moves(rows).reverse(), from_moves(found)
    assert told.translate(*(expected.lines[0][0] - told.lines[0][0])) == expected


@given(whole)
def test_backwards_twice_is_forwards(drawing: Drawing) -> None:
    rows = to_moves(drawing)
    assert np.array_equal(reversed_rows(reversed_rows(rows)) + 0.0, rows + 0.0)


@given(drawings(WHOLE, min_strokes=1), st.integers(0, 9))
def test_all_at_once_a_drawing_still_ends_and_is_finite(drawing: Drawing, seed: int) -> None:
    rows = to_moves(drawing)
    if not len(rows):
        return
    settings = DataSettings(scale_jitter=0.2, rotate_degrees=30, drop_points=0.3, mirror=0.5, reverse=0.5)
    found = augment(rows, settings, chance(seed))
    assert 1 <= len(found) <= len(rows)
    assert np.isfinite(found).all()
    assert found[-1, 2] == 1.0
    assert set(found[:, 2]) <= {0.0, 1.0}


def test_many_drawings_are_changed_together_as_each_alone() -> None:
    drawings = some_rows([1, 2, 3, 40, 1, 17])
    starts = np.concatenate([[0], np.cumsum([len(rows) for rows in drawings])])
    chance = Chance.draw(int(starts[-1]), len(drawings), LIVELY, np.random.default_rng(4), noisy=True)
    rows, ends = augmented(np.concatenate(drawings), starts, LIVELY, chance)
    for index, alone in enumerate(drawings):
        points = np.arange(starts[index], starts[index + 1])
        own, _ = augmented(alone, np.array([0, len(alone)]), LIVELY, chance.of(np.array([index]), points))
        assert np.array_equal(rows[ends[index] : ends[index + 1]], own)


def test_a_drawing_that_ends_with_a_dot_is_not_drawn_from_it_where_no_row_can_tell_the_lift() -> None:
    rows = np.array([[5.0, 0, 0], [5, 0, 1], [0, 9, 1]])
    assert np.array_equal(reversed_rows(rows), rows)
