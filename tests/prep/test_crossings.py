"""Lines that meet: crossing and touching, on ink whose line is known."""

from __future__ import annotations

import numpy as np
import pytest
from inked import arc, follows, inked

from drawing.geometry import Polyline
from prep.crossings import Encounter, encounter, features, shared, touching, views
from prep.links import linked
from prep.trace import centrelines, meet
from prep.trajectory import drawn, recover

TURNS = {"across": np.eye(2), "down": np.array([(0.0, 1), (1, 0)]), "mirrored": np.array([(-1.0, 0), (0, 1)])}


def crossing(degrees: float) -> list[Polyline]:
    c, s = 95 * np.cos(np.radians(degrees / 2)), 95 * np.sin(np.radians(degrees / 2))
    return [np.array([(-c, -s), (c, s)]), np.array([(-c, s), (c, -s)])]


def bent_towards_each_other(between: float, depth: float, power: float = 2.0) -> list[Polyline]:
    along = np.linspace(-1, 1, 300)
    off = between / 2 + depth * np.abs(along) ** power
    return [np.column_stack([95 * along, -off]), np.column_stack([95 * along, off])]


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("degrees", [20, 14, 9])
def test_lines_that_cross_at_a_slant_share_a_run_and_cross(degrees: float, turn: str) -> None:
    lines = [line @ TURNS[turn] + 110 for line in crossing(degrees)]
    ink = inked(lines, (220, 220))
    assert max(drawn(meet(ink, 2))) == 2, "no run is shared"
    strokes, _ = centrelines(ink)
    assert [follows(strokes, line) for line in lines] == [True, True]


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize(("between", "depth"), [(2.0, 30.0), (2.5, 60.0), (3.0, 60.0)])
def test_lines_that_bend_towards_each_other_only_touch(between: float, depth: float, turn: str) -> None:
    lines = [line @ TURNS[turn] + 110 for line in bent_towards_each_other(between, depth)]
    ink = inked(lines, (220, 220))
    assert max(drawn(meet(ink, 2))) == 2, "no run is shared"
    strokes, _ = centrelines(ink)
    assert [follows(strokes, line) for line in lines] == [True, True]


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("between", [2.5, 3.0])
def test_lines_that_touch_at_a_point_do_not_cross(between: float, turn: str) -> None:
    lines = [line @ TURNS[turn] + 110 for line in bent_towards_each_other(between, 85, 1.6)]
    ink = inked(lines, (220, 220))
    meetings = meet(ink, 2)
    assert max(drawn(meetings)) == 1, "a run is shared"
    assert max(len(arms) for arms in meetings.arms) == 4
    strokes, _ = centrelines(ink)
    assert [follows(strokes, line) for line in lines] == [True, True]


def test_it_does_not_matter_from_where_an_encounter_is_seen() -> None:
    meetings = meet(inked([line + 110 for line in crossing(9)], (220, 220)), 2)
    times = drawn(meetings)
    links = linked(meetings.best(place, times) for place in range(len(meetings.arms)))
    runs = shared(times, links)
    assert len(runs) == 1
    seen, _ = encounter(meetings, times, runs[0])
    assert seen.length > 2
    assert seen.times == 2
    turned = Encounter(seen.after, seen.before, seen.length, seen.narrow, seen.times, seen.edges)
    assert touching(meetings, links, [seen, turned]) == pytest.approx([*touching(meetings, links, [seen])] * 2)
    assert len({row.tobytes() for view in views(features(meetings, links, [seen])) for row in view}) == 4


def test_no_encounters_no_odds() -> None:
    meetings = meet(inked([[(20, 100), (200, 110)]]), 2)
    assert len(touching(meetings, {}, [])) == 0


def test_a_curl_that_a_person_sees_as_a_ring_beside_a_line_stays_one() -> None:
    """Loops are opened into their neighbours, but not where that undoes what a person asked for."""
    line, ring = np.array([(20.0, 100), (220, 100)]), arc(120, 60, 40, 40, 0.25, 1)
    meetings = meet(inked([line, ring]), 2)
    assert max(drawn(meetings)) == 2, "no run is shared"
    assert [stroke.closed for stroke in recover(meetings).strokes] == [False]
    middle = (240.5, 200.5)  # at twice the pixels
    assert sorted(stroke.closed for stroke in recover(meetings, [middle]).strokes) == [False, True]
    assert [stroke.closed for stroke in recover(meetings, [middle, middle]).strokes] == [False]
