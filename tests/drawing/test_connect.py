"""Fewer strokes from many: no ink is lost, and every way over white paper is short, straight and marked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from strategies import drawings

from drawing.connect import join, one_line, splice
from drawing.drawing import Drawing
from drawing.geometry import segment_lengths
from drawing.npz import read_npz
from drawing.stroke import from_stroke3

NEAR = st.floats(-40, 40).map(lambda value: round(value, 2))
"""Coordinates near enough to each other that limits of some units connect some strokes and not others."""
LIMITS = st.floats(0, 60)


def segments(drawing: Drawing, connectors: bool) -> np.ndarray:
    """All segments that are connectors, or all that are not, as rows x0, y0, x1, y1."""
    found = [
        np.hstack([line[:-1], line[1:]])[drawing.marks(index) == connectors] for index, line in enumerate(drawing.lines)
    ]
    return np.concatenate([*found, np.zeros((0, 4))])


def assert_keeps_the_ink(before: Drawing, after: Drawing) -> None:
    """Every bit of ink is where it was, no more and no less, and every dot is still touched."""
    assert after.ink - after.connector_length == pytest.approx(before.ink - before.connector_length, abs=1e-6)
    ink = segments(after, connectors=False)
    for x0, y0, x1, y1 in segments(before, connectors=False):
        if (x0, y0) == (x1, y1):
            continue  # as good as a dot
        for share in (0.0, 0.31, 0.5, 0.83, 1.0):
            assert nearest(np.array([x0 + share * (x1 - x0), y0 + share * (y1 - y0)]), ink) < 1e-6
    every = np.concatenate([*after.lines, np.zeros((0, 2))])
    for point in np.concatenate([*before.lines, np.zeros((0, 2))]):
        assert (np.hypot(*(every - point).T) < 1e-6).any()


def nearest(point: np.ndarray, rows: np.ndarray) -> float:
    """Distance of a point from the nearest segment."""
    if not len(rows):
        return np.inf
    starts, step = rows[:, :2], rows[:, 2:] - rows[:, :2]
    along = np.clip(((point - starts) * step).sum(axis=1) / np.maximum((step**2).sum(axis=1), 1e-300), 0, 1)
    return float(np.hypot(*(starts + along[:, None] * step - point).T).min())


def longest_connector(drawing: Drawing) -> float:
    rows = segments(drawing, connectors=True)
    return float(np.hypot(*(rows[:, 2:] - rows[:, :2]).T).max(initial=0.0))


# laws


@pytest.mark.parametrize("connect", [join, splice, one_line])
@given(drawing=drawings(NEAR, max_strokes=7, max_points=6), limit=LIMITS)
def test_connecting_loses_no_ink(connect, drawing: Drawing, limit: float) -> None:
    assert_keeps_the_ink(drawing, connect(drawing, limit))


@pytest.mark.parametrize("connect", [join, splice])
@given(drawing=drawings(NEAR, max_strokes=7, max_points=6), limit=LIMITS)
def test_no_connector_is_longer_than_the_limit(connect, drawing: Drawing, limit: float) -> None:
    connected = connect(drawing, limit)
    assert longest_connector(connected) <= limit + 1e-9
    assert len(connected.lines) <= len(drawing.lines)


@pytest.mark.parametrize("connect", [join, splice, one_line])
@given(drawing=drawings(NEAR, max_strokes=5, max_points=6, connectors=True), limit=LIMITS)
def test_connectors_that_were_there_stay_marked(connect, drawing: Drawing, limit: float) -> None:
    after = segments(connect(drawing, limit), connectors=True)
    for x0, y0, x1, y1 in segments(drawing, connectors=True):
        if (x0, y0) == (x1, y1):
            continue  # a connector of no length crosses no paper
        assert nearest(np.array([(x0 + x1) / 2, (y0 + y1) / 2]), after) < 1e-6


@given(drawings(NEAR, max_strokes=8, max_points=6), LIMITS)
def test_one_line_is_exactly_one_stroke(drawing: Drawing, limit: float) -> None:
    assert len(one_line(drawing, limit).lines) == min(1, len(drawing.lines))


@given(drawings(st.integers(-9, 9).map(lambda n: 3.0 * n), max_strokes=5, max_points=5))
def test_a_limit_below_every_gap_joins_only_what_touches(drawing: Drawing) -> None:
    """On a grid of 3 no two ends are nearer than 3 unless they are one."""
    joined = join(drawing, 2.9)
    assert joined.connector_length == 0.0
    assert joined == join(drawing, 0)
    ends = [{tuple(line[0]), tuple(line[-1])} for line in drawing.lines]
    if not any(one & other for index, one in enumerate(ends) for other in ends[:index]):
        assert joined == drawing


@pytest.mark.parametrize("connect", [join, splice])
def test_nothing_is_connected_when_the_limit_is_too_small(connect) -> None:
    apart = Drawing.of([[[0, 0], [10, 0]], [[13, 0], [20, 0]], [[5, 3], [6, 4]]])
    assert connect(apart, 2.9) == apart
    assert connect(apart, -1) == apart
    assert len(connect(apart, 4.5).lines) < 3


@pytest.mark.parametrize("connect", [join, splice, one_line])
@pytest.mark.parametrize("drawing", [Drawing(()), Drawing.of([[[1, 2]]]), Drawing.of([[[1, 2], [3, 4]]])])
def test_less_than_two_strokes_need_no_connection(connect, drawing: Drawing) -> None:
    assert connect(drawing, 5) == drawing


# join


def test_a_gap_is_closed_by_one_marked_connector() -> None:
    joined = join(Drawing.of([[[0, 0], [10, 0]], [[13, 0], [20, 0]]]), 3.0)
    assert_array_equal(joined.lines[0], [[0, 0], [10, 0], [13, 0], [20, 0]])
    assert_array_equal(joined.marks(0), [False, True, False])
    assert joined.connector_length == 3.0


def test_ends_that_touch_are_joined_without_a_connector_at_limit_zero() -> None:
    touching = Drawing.of([[[0, 0], [10, 0]], [[10, 0], [10, 10]], [[10, 10.5], [0, 10]]])
    joined = join(touching, 0)
    assert_array_equal(joined.lines[0], [[0, 0], [10, 0], [10, 10]])
    assert len(joined.lines) == 2
    assert joined.connectors == ()


def test_the_straightest_of_touching_ends_is_joined_at_limit_zero() -> None:
    crossing = Drawing.of([[[0, 0], [5, 0]], [[5, 0], [5, 9]], [[5, 0], [10, 0]]])
    assert_array_equal(join(crossing, 0).lines[0], [[0, 0], [5, 0], [10, 0]])


def test_a_joined_stroke_keeps_direction_and_place_of_its_first_part() -> None:
    drawing = Drawing.of([[[50, 50], [60, 60]], [[0, 0], [10, 0]], [[90, 0], [90, 9]], [[20, 0], [11, 0]]])
    joined = join(drawing, 2)
    assert len(joined.lines) == 3
    assert_array_equal(joined.lines[1], [[0, 0], [10, 0], [11, 0], [20, 0]])  # the fourth stroke, turned round
    assert_array_equal(joined.lines[0], drawing.lines[0])
    assert_array_equal(joined.lines[2], drawing.lines[2])


def test_a_stroke_may_be_joined_before_the_first_one() -> None:
    joined = join(Drawing.of([[[10, 0], [20, 0]], [[0, 0], [9, 0]], [[30, 0], [21, 0]]]), 2)
    assert_array_equal(joined.lines[0], [[0, 0], [9, 0], [10, 0], [20, 0], [21, 0], [30, 0]])
    assert_array_equal(joined.marks(0), [False, True, False, True, False])


def test_the_nearest_end_is_joined_first() -> None:
    joined = join(Drawing.of([[[0, 0], [10, 0]], [[14, 0], [20, 0]], [[12, 0], [12, 9]]]), 5)
    assert_array_equal(joined.lines[0][:3], [[0, 0], [10, 0], [12, 0]])


def test_of_two_ends_as_near_the_one_straight_ahead_is_joined() -> None:
    ahead, back = [[12, 0], [30, 0]], [[10, 2], [-9, 2]]
    for order in ([ahead, back], [back, ahead]):
        joined = join(Drawing.of([[[0, 0], [10, 0]], *order]), 2)
        assert_array_equal(joined.lines[0], [[0, 0], [10, 0], [12, 0], [30, 0]])


def test_an_end_straight_ahead_is_joined_before_a_nearer_one_that_turns_right_back() -> None:
    ahead, back = [[11.2, 0], [30, 0]], [[10, 1], [-9, 1]]
    joined = join(Drawing.of([[[0, 0], [10, 0]], ahead, back]), 2)
    assert_array_equal(joined.lines[0], [[0, 0], [10, 0], [11.2, 0], [30, 0]])


def test_a_stroke_is_never_joined_to_itself() -> None:
    ring = Drawing.of([[[0, 0], [9, 0], [9, 9], [0, 1]], [[50, 50], [60, 60]]])
    assert join(ring, 5) == ring


def test_strokes_in_a_ring_are_joined_once_fewer_than_there_are_gaps() -> None:
    ring = Drawing.of([[[0, 0], [9, 0]], [[10, 1], [10, 9]], [[9, 10], [0, 10]], [[-1, 9], [-1, 1]]])
    joined = join(ring, 2)
    assert len(joined.lines) == 1
    assert joined.connectors[0].sum() == 3


# splice


def test_the_pen_leaves_its_line_draws_the_stroke_and_comes_back_where_it_left() -> None:
    spliced = splice(Drawing.of([[[0, 0], [10, 0]], [[5, 1], [5, 2]]]), 2.5)
    assert_array_equal(spliced.lines[0], [[0, 0], [5, 0], [5, 1], [5, 2], [5, 0], [10, 0]])
    assert_array_equal(spliced.marks(0), [False, True, False, True, False])


def test_both_ways_of_a_splice_must_be_within_the_limit() -> None:
    drawing = Drawing.of([[[0, 0], [10, 0]], [[5, 1], [5, 3]]])
    assert splice(drawing, 2.9) == drawing
    assert len(splice(drawing, 3.0).lines) == 1


def test_a_splice_leaves_where_the_way_out_and_back_is_shortest() -> None:
    spliced = splice(Drawing.of([[[0, 0], [10, 0], [10, 10]], [[9, 6], [8, 6], [9, 6.5]]]), 4)
    (x, y) = spliced.lines[0][2]
    assert x == 10
    assert 6 <= y <= 6.5


def test_the_shortest_stroke_goes_first_and_may_be_carried_along() -> None:
    """The comma goes into the short line, and that with the comma into the long one."""
    drawing = Drawing.of([[[0, 0], [30, 0]], [[14, 2], [16, 2]], [[15, 3], [15, 3.5]]])
    spliced = splice(drawing, 2.6)
    assert len(spliced.lines) == 1
    tip = np.flatnonzero((spliced.lines[0] == [15, 3.5]).all(axis=1))
    assert len(tip) == 1
    assert_array_equal(spliced.lines[0][tip[0] + 1], [15, 2])  # back to the short line, not to the long one


def test_a_cut_connector_is_two_connectors() -> None:
    bridge = Drawing((np.array([[0.0, 0], [10, 0], [30, 0], [40, 0]]), np.array([[20.0, 1], [20, 2]])))
    bridge = Drawing(bridge.lines, (np.array([False, True, False]), np.array([False])))
    spliced = splice(bridge, 3)
    assert_array_equal(spliced.marks(0), [False, True, True, False, True, True, False])
    assert spliced.connector_length == pytest.approx(20 + 1 + 2)


def test_strokes_that_stay_keep_their_order() -> None:
    drawing = Drawing.of([[[50, 0], [50, 9]], [[0, 0], [10, 0]], [[5, 1], [6, 1]], [[80, 0], [80, 1]]])
    spliced = splice(drawing, 2)
    assert len(spliced.lines) == 3
    assert [line[0].tolist() for line in spliced.lines] == [[50, 0], [0, 0], [80, 0]]


def test_a_dot_is_spliced_and_may_be_a_host() -> None:
    spliced = splice(Drawing.of([[[0, 0], [10, 0]], [[5, 1]]]), 1)
    assert_array_equal(spliced.lines[0], [[0, 0], [5, 0], [5, 1], [5, 0], [10, 0]])
    dots = splice(Drawing.of([[[0, 0]], [[1, 0]]]), 1)
    assert len(dots.lines) == 1
    assert set(map(tuple, dots.lines[0].tolist())) == {(0, 0), (1, 0)}


# one line


def test_one_line_crosses_little_white_before_much() -> None:
    """Two pairs of near strokes: each pair is joined before the pairs are."""
    drawing = Drawing.of([[[0, 0], [10, 0]], [[100, 0], [110, 0]], [[11, 0], [20, 0]], [[111, 0], [120, 0]]])
    line = one_line(drawing, 2)
    assert sorted(segment_lengths(line.lines[0])[line.marks(0)].round(6)) == [1, 1, 80]


def test_one_line_widens_its_reach_step_by_step() -> None:
    """What is near is joined even where it turns back, before what is far lies straight ahead."""
    drawing = Drawing.of([[[0, 0], [100, 0]], [[200, 0], [300, 0]], [[100, 5], [0, 5]]])
    line = one_line(drawing, 0)
    assert line.lines[0][:4].tolist() != [[0, 0], [100, 0], [200, 0], [300, 0]]
    assert line.connector_length < 110


def test_a_single_line_drawing_is_the_same_in_every_limit() -> None:
    single = Drawing.of([[[0, 0], [1, 5], [9, 9]]])
    assert one_line(single, 0) == one_line(single, 99) == single


def test_one_line_of_dots_in_one_place_is_a_stroke() -> None:
    assert len(one_line(Drawing.of([[[3, 3]], [[3, 3]], [[3, 3]]]), 0).lines) == 1


# real drawings


@pytest.fixture(scope="module")
def faces(data: Path) -> list[Drawing]:
    return [from_stroke3(rows) for rows in read_npz(data / "look_f16.npz").splits["valid"]]


def test_real_sketches_fall_from_44_strokes_to_7_joined_and_4_spliced(faces: list[Drawing]) -> None:
    joined = [join(drawing, 15) for drawing in faces]
    spliced = [splice(drawing, 15) for drawing in joined]
    counts = [float(np.median([len(drawing.lines) for drawing in stage])) for stage in (faces, joined, spliced)]
    assert counts[0] == pytest.approx(44, abs=2)
    assert counts[1] == pytest.approx(7, abs=1.5)
    assert counts[2] == pytest.approx(4, abs=1.5)
    for before, after in zip(faces, spliced, strict=True):
        assert after.ink - after.connector_length == pytest.approx(before.ink, rel=1e-6)
        assert longest_connector(after) <= 15 + 1e-6


def test_real_sketches_as_one_line_keep_every_stroke(faces: list[Drawing]) -> None:
    for drawing in faces[:12]:
        line = one_line(drawing, 15)
        assert len(line.lines) == 1
        assert_keeps_the_ink(drawing, line)
        assert line.connector_length < line.ink / 2


def test_real_connectors_survive_the_way_to_a_dataset(faces: list[Drawing]) -> None:
    """Joined, simplified to a number of points, moved: the white that was crossed is still told."""
    for drawing in faces[:40]:
        joined = splice(join(drawing, 15), 15)
        simple = joined.simplify_to(max(250, 2 * len(joined.lines) + 2 * len(segments(joined, connectors=True))))
        assert_allclose(segments(simple.scale(2), True), 2 * segments(joined, True))


def test_ends_that_are_to_stay_apart_are_not_joined_to_each_other() -> None:
    line, rest, other = [[0.0, 0.0], [50, 0]], [[50.0, 0.0], [100, 0]], [[53.0, 2.0], [50, 60]]
    cut = ((50.0, 0.0), (50.0, 0.0))
    assert len(join(Drawing.of([line, rest]), 5).lines) == 1
    assert len(join(Drawing.of([line, rest]), 5, [cut]).lines) == 2
    assert len(join(Drawing.of([line, rest, other]), 5, [cut]).lines) == 2  # to another end they may be
    bridge = ((50.0, 0.0), (53.0, 2.0))
    joined = join(Drawing.of([line, other]), 5, [bridge])
    assert len(joined.lines) == 2
