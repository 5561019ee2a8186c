"""What a Drawing promises: it is frozen, measures right, moves as paper does, and never forgets a connector."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from strategies import WHOLE, drawings

from drawing.drawing import Drawing
from drawing.errors import DrawingError
from drawing.geometry import length

CORNER = Drawing.of([[[0, 0], [30, 0], [30, 40]], [[10, 10]], [[5, 5], [5, 8]]])
"""Two lines and a dot between them."""

WAVE = np.column_stack([np.linspace(0, 60, 61), 4 * np.sin(np.linspace(0, 12, 61))])
BRIDGED = Drawing(
    (np.concatenate([WAVE, WAVE[::-1] + np.array([0, 20])]), WAVE + np.array([0, 50])),
    (np.arange(121) == 60, np.zeros(60, dtype=bool)),
)
"""A wave, a connector to the wave below it, and a third wave alone."""


def connector_segments(drawing: Drawing) -> np.ndarray:
    """The marked segments as rows x0, y0, x1, y1, in the order they are drawn."""
    found = [np.hstack([line[:-1], line[1:]])[drawing.marks(index)] for index, line in enumerate(drawing.lines)]
    return np.concatenate([*found, np.zeros((0, 4))])


# what it is


def test_lines_are_copies_that_nobody_can_write_to() -> None:
    line = np.array([[0.0, 0.0], [1.0, 1.0]])
    drawing = Drawing((line,))
    line[0] = 9.0
    assert drawing.lines[0][0, 0] == 0.0
    with pytest.raises(ValueError, match="read-only"):
        drawing.lines[0][0] = 9.0


def test_drawings_are_equal_by_their_points_and_connectors() -> None:
    points = [[0, 0], [1, 0], [1, 1]]
    plain, marked = Drawing.of([points]), Drawing((np.array(points),), (np.array([True, False]),))
    assert plain == Drawing.of([points])
    assert hash(plain) == hash(Drawing.of([points]))
    assert plain != marked
    assert plain != Drawing.of([points[::-1]])
    assert plain != Drawing.of([points[:2], points[2:]])
    assert plain != points


def test_a_minus_zero_is_a_zero() -> None:
    assert Drawing.of([[[-0.0, 1]]]) == Drawing.of([[[0.0, 1]]])


def test_marks_without_a_connector_are_as_good_as_none() -> None:
    line = np.array([[0.0, 0.0], [1.0, 1.0]])
    assert Drawing((line,), (np.array([False]),)) == Drawing((line,))
    assert Drawing((line,), (np.array([False]),)).connectors == ()
    assert_array_equal(Drawing((line,)).marks(0), [False])


@pytest.mark.parametrize("line", [[], [[]], [1, 2], [[1, 2, 3]], [[[1, 2]]]], ids=str)
def test_a_stroke_of_another_shape_is_refused(line: list) -> None:
    with pytest.raises(DrawingError, match=r"Stroke 1 has shape .* points of x and y"):
        Drawing((np.zeros((2, 2)), np.array(line, dtype=float)))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_coordinate_that_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(DrawingError, match="Stroke 0 has a coordinate that is not a finite number"):
        Drawing.of([[[0, 0], [1, value]]])


@pytest.mark.parametrize("marks", [((True,),), ((True, False, True), ()), ((True, False), (), (True,))], ids=str)
def test_marks_must_tell_of_every_segment(marks: tuple) -> None:
    with pytest.raises(DrawingError, match="one value a segment"):
        Drawing((np.zeros((3, 2)), np.zeros((1, 2))), tuple(np.array(mark, dtype=bool) for mark in marks))


# measures


def test_measures_of_a_small_drawing() -> None:
    assert CORNER.bounds == (0, 0, 30, 40)
    assert CORNER.size == (30, 40)
    assert CORNER.diagonal == 50
    assert CORNER.points == 6
    assert CORNER.lifts == 3
    assert_array_equal(CORNER.lengths, [70, 0, 3])
    assert CORNER.ink == 73
    assert CORNER.travel == pytest.approx(math.hypot(20, 30) + math.hypot(5, 5))
    assert CORNER.connector_length == 0


def test_an_empty_drawing_has_no_ink_and_no_bounds() -> None:
    empty = Drawing(())
    assert (empty.ink, empty.travel, empty.points, empty.lifts, empty.connector_length) == (0, 0, 0, 0, 0)
    with pytest.raises(DrawingError, match="empty drawing has no bounds"):
        _ = empty.bounds
    assert empty.reverse() == empty.resample(1).simplify(1).translate(1, 1) == empty


@given(drawings(connectors=True))
def test_the_lengths_of_a_drawing_are_those_of_its_lines(drawing: Drawing) -> None:
    assert_allclose(drawing.lengths, [length(line) for line in drawing.lines], rtol=1e-9, atol=1e-9)
    assert drawing.ink == pytest.approx(sum(map(length, drawing.lines)))
    rows = connector_segments(drawing)
    assert drawing.connector_length == pytest.approx(np.hypot(*(rows[:, 2:] - rows[:, :2]).T).sum())
    assert drawing.connector_length <= drawing.ink + 1e-9


# placing


@given(drawings(connectors=True), st.tuples(st.floats(-100, 100), st.floats(-100, 100)))
def test_four_right_angles_bring_a_drawing_back(drawing: Drawing, about: tuple[float, float]) -> None:
    turned = drawing
    for _ in range(4):
        turned = turned.rotate(90, about)
    assert turned.connectors == () or len(turned.connectors) == len(drawing.connectors)
    for line, before in zip(turned.lines, drawing.lines, strict=True):
        assert_allclose(line, before, atol=1e-9)


def test_rotation_is_clockwise_on_paper() -> None:
    pointing_right = Drawing.of([[[10, 10], [20, 10]]])
    down = pointing_right.rotate(90, about=(10, 10))
    assert_allclose(down.lines[0], [[10, 10], [10, 20]], atol=1e-12)


@given(drawings(), st.floats(-180, 180))
def test_rotation_keeps_ink_and_travel(drawing: Drawing, degrees: float) -> None:
    turned = drawing.rotate(degrees, about=(3, -7))
    assert turned.ink == pytest.approx(drawing.ink, abs=1e-6)
    assert turned.travel == pytest.approx(drawing.travel, abs=1e-6)


def test_scale_and_translate_move_points_as_said() -> None:
    assert_array_equal(CORNER.translate(1, -2).lines[0][0], [1, -2])
    assert_array_equal(CORNER.scale(2).lines[0][2], [60, 80])
    assert_array_equal(CORNER.scale(2, -1).lines[0][2], [60, -40])
    assert_array_equal(CORNER.transform([[0, 1, 5], [2, 0, 6]]).lines[0][2], [40 + 5, 60 + 6])


def test_an_affine_map_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(2, 3\)"):
        CORNER.transform(np.eye(3))


@given(drawings(min_strokes=1, max_strokes=3), st.tuples(st.floats(-99, 99), st.floats(-99, 99)))
def test_fit_fills_the_box_in_one_direction_and_centres(drawing: Drawing, corner: tuple[float, float]) -> None:
    assume(max(drawing.size) == 0 or max(drawing.size) > 1e-3)
    left, top = corner
    box = (left, top, left + 120, top + 80)
    fitted = drawing.fit(box)
    x0, y0, x1, y1 = fitted.bounds
    assert (x0 + x1) / 2 == pytest.approx(left + 60, abs=1e-6)
    assert (y0 + y1) / 2 == pytest.approx(top + 40, abs=1e-6)
    assert x1 - x0 <= 120 + 1e-6
    assert y1 - y0 <= 80 + 1e-6
    if max(drawing.size) > 0:
        assert x1 - x0 == pytest.approx(120, rel=1e-6) or y1 - y0 == pytest.approx(80, rel=1e-6)
        assert fitted.size[0] * drawing.size[1] == pytest.approx(fitted.size[1] * drawing.size[0], rel=1e-6, abs=1e-3)


def test_fit_puts_a_dot_in_the_middle() -> None:
    assert_array_equal(Drawing.of([[[7, 7]]]).fit((0, 0, 10, 20)).lines[0], [[5, 10]])


@given(drawings(WHOLE, connectors=True))
def test_reversed_twice_is_the_same_drawing(drawing: Drawing) -> None:
    assert drawing.reverse().reverse() == drawing


def test_reverse_draws_the_same_ink_from_the_end() -> None:
    back = BRIDGED.reverse()
    assert_array_equal(back.lines[0][0], BRIDGED.lines[-1][-1])
    assert_array_equal(back.lines[-1][-1], BRIDGED.lines[0][0])
    assert back.ink == pytest.approx(BRIDGED.ink)
    assert back.travel == pytest.approx(BRIDGED.travel)


def test_select_takes_strokes_in_the_order_asked() -> None:
    chosen = CORNER.select([2, 0])
    assert_array_equal(chosen.lines[0], CORNER.lines[2])
    assert_array_equal(chosen.lines[1], CORNER.lines[0])
    assert CORNER.select([]) == Drawing(())


# connectors stay


@pytest.mark.parametrize(
    "change",
    [
        lambda drawing: drawing.simplify(2.0),
        lambda drawing: drawing.simplify_to(30),
        lambda drawing: drawing.resample(0.7),
        lambda drawing: drawing.resample(9.0),
        lambda drawing: drawing.smooth(3.0),
        lambda drawing: drawing.select([0]),
        lambda drawing: drawing.resample(0.5).smooth(2.0).simplify(0.3),
    ],
    ids=["simplify", "simplify_to", "resample fine", "resample coarse", "smooth", "select", "all of them"],
)
def test_a_connector_stays_marked_and_in_its_place(change) -> None:
    assert_array_equal(connector_segments(change(BRIDGED)), connector_segments(BRIDGED))
    assert change(BRIDGED) != BRIDGED


def test_a_connector_moves_with_the_drawing() -> None:
    (x0, y0, x1, y1), *_ = connector_segments(BRIDGED)
    assert_allclose(connector_segments(BRIDGED.translate(3, 4)), [[x0 + 3, y0 + 4, x1 + 3, y1 + 4]])
    assert_allclose(connector_segments(BRIDGED.reverse()), [[x1, y1, x0, y0]])
    assert_allclose(connector_segments(BRIDGED.select([1, 0])), [[x0, y0, x1, y1]])
    assert BRIDGED.select([1]).connectors == ()


@given(drawings(min_points=1, connectors=True), st.sampled_from(("simplify", "resample", "smooth")), st.floats(0.5, 50))
def test_no_operation_moves_a_connector_or_an_end(drawing: Drawing, name: str, amount: float) -> None:
    changed = getattr(drawing, name)(amount)
    assert_array_equal(connector_segments(changed), connector_segments(drawing))
    assert len(changed.lines) == len(drawing.lines)
    for line, before in zip(changed.lines, drawing.lines, strict=True):
        assert_array_equal(line[[0, -1]], before[[0, -1]])


def test_simplify_never_strays_across_a_connector() -> None:
    """The end of a run stays even where the whole line, connector and all, is straight."""
    straight = Drawing(
        (np.array([[0.0, 0], [1, 0], [2, 0], [3, 0], [4, 0]]),), (np.array([False, False, True, False]),)
    )
    assert_array_equal(straight.simplify(0.5).lines[0], [[0, 0], [2, 0], [3, 0], [4, 0]])


# a number of points


@pytest.mark.parametrize("most", [20, 40, 80])
def test_simplify_to_keeps_to_the_number_of_points_and_comes_near_it(most: int) -> None:
    simple = BRIDGED.simplify_to(most)
    assert most - 3 <= simple.points <= most


@given(drawings(min_strokes=1, max_strokes=3, max_points=30, connectors=True), st.integers(1, 60))
def test_simplify_to_never_leaves_more_points_than_asked_whatever_is_a_connector(drawing: Drawing, most: int) -> None:
    try:
        simple = drawing.simplify_to(most)
    except DrawingError:
        # each stroke needs two points, and so does each change between ink and connector
        changes = sum(int(np.diff(drawing.marks(index)).sum()) for index in range(len(drawing.lines)))
        inside = sum(int((mark[1:] & mark[:-1]).sum()) for mark in drawing.connectors)
        assert most < 2 * len(drawing.lines) + changes + inside
        return
    assert simple.points <= most
    assert_array_equal(connector_segments(simple), connector_segments(drawing))


def test_simplify_to_leaves_a_drawing_of_few_points_alone() -> None:
    assert CORNER.simplify_to(6) is CORNER


def test_simplify_to_tells_when_strokes_alone_need_more_points() -> None:
    with pytest.raises(DrawingError, match="2 strokes can't be told in 5 points; join strokes"):
        BRIDGED.simplify_to(5)
