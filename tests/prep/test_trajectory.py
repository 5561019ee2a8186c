"""Meetings, costs and the trajectory, on ink whose line is known."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from inked import arc, follows, inked, stray

from drawing.geometry import Polyline, length
from prep.costs import AGAIN, END, NAMES, PAIR, TIP, learnt
from prep.trace import centrelines, meet
from prep.trajectory import drawn


def traced(lines: list, pen: float = 3.0, flips: list = (), size: tuple[int, int] = (240, 200)) -> list[Polyline]:
    return centrelines(inked(lines, size, pen), 2, [np.array(flip, float) for flip in flips])[0]


def test_there_is_a_cost_for_each_feature() -> None:
    assert len(learnt()) == len(NAMES) == len(PAIR) + len(END) + len(TIP) + len(AGAIN)
    costs = dict(zip(NAMES, learnt().tolist(), strict=True))
    assert costs["turn_near_long_0"] < costs["turn_near_long_3"] < costs["turn_near_long_6"]
    assert costs["ends"] > costs["free"]


@pytest.mark.parametrize("degrees", [90, 60, 40, 25])
def test_lines_go_straight_on_where_they_cross(degrees: float) -> None:
    c, s = 95 * np.cos(np.radians(degrees / 2)), 95 * np.sin(np.radians(degrees / 2))
    one, other = [(120 - c, 100 - s), (120 + c, 100 + s)], [(120 - c, 100 + s), (120 + c, 100 - s)]
    found = traced([one, other])
    assert len(found) == 2
    assert follows(found, one)
    assert follows(found, other)
    assert max(stray(line, [one, other]) for line in found) < 2.2


def test_a_line_lies_on_the_middle_of_its_ink() -> None:
    for axis, line in ((1, [(20, 100), (220, 100)]), (0, [(120, 20), (120, 180)])):
        (found,) = traced([line], pen=4.0)
        assert abs(found[:, axis].mean() - line[0][axis]) < 0.3  # half a pixel of the skeleton, and no more


def test_a_line_that_curls_is_one_stroke() -> None:
    t = np.linspace(0, 1, 400)
    curls = np.column_stack([20 + 190 * t + 22 * np.sin(2 * np.pi * 5 * t), 100 - 30 * np.cos(2 * np.pi * 5 * t)])
    found = traced([curls])
    assert len(found) == 1
    assert follows(found, curls)
    assert abs(length(found[0]) / length(curls) - 1) < 0.03


def test_a_figure_of_eight_is_drawn_through_its_middle() -> None:
    t = np.linspace(0.05, 1, 300) * 2 * np.pi
    eight = np.column_stack([120 + 90 * np.sin(t), 100 + 60 * np.sin(2 * t)])
    found = traced([eight])
    assert len(found) == 1
    assert follows(found, eight[10:-10])


def test_a_tip_is_drawn_out_and_back() -> None:
    """A zigzag of which a tip has run together: the pen does not end there."""
    zigzag = [(30, 160), (90, 60), (97, 60), (150, 160)]
    spike = [(30, 150), (100, 100), (160, 98), (101, 103), (60, 180)]
    for line in (zigzag, spike):
        found = traced([line], pen=5.0)
        assert len(found) == 1
        assert stray(np.array(line, float), found) < 4


def test_a_run_drawn_twice_joins_what_would_be_loose_ends() -> None:
    """Down a stem, around a leaf, back up the same stem."""
    leaf = np.concatenate([[(40, 40), (120, 100)], arc(150, 120, 35, 25, 0.62, 0.95), [(121, 101), (41, 44)]])
    found = traced([leaf])
    assert len(found) == 1


def test_a_loop_that_touches_a_line_becomes_part_of_it() -> None:
    line = [(20, 100), (220, 100)]
    found = traced([line, arc(120, 70, 30, 30, 0.25, 1.0)])
    assert len(found) == 1


def test_a_ring_by_itself_is_closed() -> None:
    found = traced([arc(120, 100, 60, 50, 0.0, 1.0)])
    assert len(found) == 1
    assert np.hypot(*(found[0][0] - found[0][-1])) < 2.5


def test_how_often_edges_are_drawn_leaves_few_loose_ends() -> None:
    meetings = meet(inked([[(20, 100), (220, 100)], arc(120, 70, 30, 30, 0.25, 1.0)]), 2)
    times = drawn(meetings)
    loose = sum(len(meetings.best(place, times).ends) for place in range(len(meetings.arms)))
    assert loose == 2


def test_a_flip_takes_the_next_way_and_comes_around() -> None:
    cross = [[(30, 30), (210, 170)], [(30, 170), (210, 30)]]
    seen = []
    for flips in range(4):
        found = traced(cross, flips=[(121, 99)] * flips)
        seen.append(tuple(follows(found, line) for line in cross))
        assert len(found) == 2
        assert max(stray(line, cross) for line in found) < 2.5
    assert seen[0] == (True, True)
    assert seen[1] == seen[2] == (False, False)
    assert seen[3] == (True, True)


def test_a_flip_on_a_run_drawn_twice_goes_through_it_otherwise() -> None:
    """Two lines come together, run as one, and part: each may come out on either side."""
    one, other = [(20, 40), (90, 98), (150, 98), (220, 40)], [(20, 160), (90, 102), (150, 102), (220, 160)]
    plain, flipped, again = (traced([one, other], pen=5.0, flips=[(120, 100)] * flips) for flips in range(3))
    assert len(plain) == len(flipped) == 2
    assert any(not np.array_equal(a, b) for a, b in zip(plain, flipped, strict=True))
    assert all(np.array_equal(a, b) for a, b in zip(plain, again, strict=True))
    far = [(20.0, 190.0), (60.0, 178.0)]
    untouched = traced([one, other, far], pen=5.0, flips=[(30, 187)])
    assert all(np.array_equal(a, b) for a, b in zip(untouched, traced([one, other, far], pen=5.0), strict=True))


def test_a_flip_far_from_any_junction_changes_nothing() -> None:
    cross = [[(30, 30), (210, 170)], [(30, 170), (210, 30)]]
    plain, flipped = traced(cross), traced(cross, flips=[(20, 100)])
    assert all(np.array_equal(a, b) for a, b in zip(plain, flipped, strict=True))


def test_junctions_tell_where_and_how_sure() -> None:
    _, junctions = centrelines(inked([[(30, 30), (210, 170)], [(30, 170), (210, 30)]]))
    assert len(junctions) == 1
    assert np.hypot(junctions[0].at[0] - 120, junctions[0].at[1] - 100) < 2
    assert junctions[0].choices == 3
    assert junctions[0].doubt < 0.05
    bent = [[(30, 100), (120, 100), (150, 190)], [(120, 100), (150, 10)], [(120, 100), (215, 104)]]
    assert max(each.doubt for each in centrelines(inked(bent))[1]) > junctions[0].doubt


def test_the_finer_look_has_more_detail() -> None:
    """Three turns of a spiral that is hardly wider than the pen between them."""
    t = np.linspace(0, 3, 400)
    spiral = np.column_stack([100 + (8 + 8.3 * t) * np.cos(2 * np.pi * t), 100 + (8 + 8.3 * t) * np.sin(2 * np.pi * t)])
    for factor in (2, 4):
        found, _ = centrelines(inked([spiral], pen=3.5), factor)
        assert follows(found, spiral[10:])


def test_no_ink_no_strokes() -> None:
    assert centrelines(inked([])) == ([], ())


def test_the_same_ink_gives_the_same_strokes() -> None:
    rng = np.random.default_rng(4)
    lines = [rng.uniform(15, 185, (12, 2)) for _ in range(2)]
    one, other = traced(lines), traced(lines)
    assert len(one) == len(other)
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    ink = sum(map(length, one))
    assert ink > 0.9 * sum(length(np.array(line)) for line in lines)
    assert max(stray(line, lines) for line in one) < 6
    assert all(len(line) > 1 for line in one)
    assert list(itertools.chain.from_iterable(one))


def test_a_blot_is_a_dot_and_a_speck_is_not() -> None:
    line = [(20, 100), (220, 100)]
    (blot,) = [
        stroke for stroke in traced([line, arc(120, 50, 3, 3, 0, 1), arc(120, 50, 1, 1, 0, 1)]) if len(stroke) == 1
    ]
    assert np.hypot(*(blot[0] - (120, 50))) < 1.5
    assert len(traced([line, [(120, 50), (120.5, 50)]])) == 1
