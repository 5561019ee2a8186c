from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawing.drawing import Drawing
from prep.order import order_strokes

LOW = [[0.0, 90.0], [40, 95], [100, 80]]
HIGH = [[60.0, 10.0], [50, 40]]
RING = [[20.0, 50.0], [30, 40], [40, 50], [30, 60], [20, 50]]
DRAWING = Drawing.of([LOW, HIGH, RING])


def starts(drawing: Drawing) -> list[tuple[float, float]]:
    return [(float(line[0, 0]), float(line[0, 1])) for line in drawing.lines]


def test_a_drawing_begins_where_the_rule_says() -> None:
    assert starts(order_strokes(DRAWING, "top"))[0] == (60, 10)
    assert starts(order_strokes(DRAWING, "left"))[0] == (0, 90)
    many = np.column_stack([np.linspace(0, 100, 50), np.full(50, 90.0)])
    far_ring = Drawing.of([many, HIGH, np.array(RING) + 200])
    assert starts(order_strokes(far_ring, "longest"))[0] == (60, 10)  # a loose end is meant, not the ring
    assert order_strokes(DRAWING) == DRAWING
    assert starts(order_strokes(DRAWING, "top", at=(98, 81)))[0] == (100, 80)  # a choice by hand comes first


def test_a_closed_stroke_begins_at_any_of_its_points_and_keeps_its_sense() -> None:
    (ring,) = order_strokes(Drawing.of([RING]), "top").lines
    assert ring.tolist() == [[30, 40], [40, 50], [30, 60], [20, 50], [30, 40]]


def test_the_nearest_stroke_follows_entered_at_its_nearer_end() -> None:
    found = order_strokes(DRAWING, "top", "near", "near")
    assert starts(found) == [(60, 10), (40, 50), (0, 90)]
    as_traced = order_strokes(DRAWING, "top", "traced", "near")
    assert starts(as_traced) == [(60, 10), (100, 80), (30, 60)]


@pytest.mark.parametrize(("direction", "expected"), [("down", (100, 80)), ("right", (0, 90)), ("traced", (0, 90))])
def test_strokes_are_drawn_the_way_that_the_rule_says(direction: str, expected: tuple[float, float]) -> None:
    assert starts(order_strokes(DRAWING, direction=direction))[0] == expected  # pyright: ignore[reportArgumentType]


def test_connectors_stay_where_they_are_when_a_stroke_is_turned() -> None:
    marks = np.zeros(4, dtype=bool)
    marks[1] = True  # from (30, 40) to (40, 50)
    turned = order_strokes(Drawing((np.array(RING),), (marks,)), at=(40, 50))
    assert turned.lines[0][0].tolist() == [40, 50]
    (at,) = np.flatnonzero(turned.marks(0))
    assert turned.lines[0][at : at + 2].tolist() == [[30, 40], [40, 50]]
    reversed_ = order_strokes(Drawing((np.array(LOW),), (np.array([True, False]),)), "longest")
    assert reversed_.marks(0).tolist() == [False, True]


RULES = st.tuples(
    st.sampled_from(["traced", "top", "left", "longest"]),
    st.sampled_from(["traced", "near"]),
    st.sampled_from(["traced", "near", "down", "right"]),
)


@given(st.lists(st.lists(st.tuples(*[st.integers(0, 9)] * 2), min_size=1, max_size=6), max_size=5), RULES)
def test_no_rule_changes_the_ink(lines: list[list[tuple[int, int]]], rules: tuple[str, str, str]) -> None:
    drawing = Drawing.of(lines)
    found = order_strokes(drawing, *rules)  # pyright: ignore[reportArgumentType]

    def segments(of: Drawing) -> list[list[tuple[float, ...]]]:
        pairs = (line[i : i + 2].tolist() for line in of.lines for i in range(max(1, len(line) - 1)))
        return sorted(sorted(map(tuple, pair)) for pair in pairs)

    assert segments(found) == segments(drawing)
