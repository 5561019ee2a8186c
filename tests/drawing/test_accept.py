"""Rules accept, refuse, and say why."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from drawing.accept import Rules
from drawing.drawing import Drawing

# a box of 30 x 40, so that a diagonal is 50
SQUARE = Drawing.of([[[0, 0], [30, 0], [30, 40], [0, 40], [0, 0]]])
TWO = Drawing.of([[[0, 0], [30, 0]], [[30, 40], [0, 40]]])
BRIDGED = Drawing((np.array([[0.0, 0], [30, 0], [30, 40], [0, 40]]),), (np.array([False, True, False]),))
FLAT = Drawing.of([[[0, 0], [100, 0], [100, 10]]])
DOT = Drawing.of([[[5, 5]]])


@pytest.mark.parametrize(
    ("rules", "kept", "refused", "reason"),
    [
        (Rules(max_strokes=1), SQUARE, TWO, "2 strokes, more than 1"),
        (Rules(min_points=5), SQUARE, TWO, "4 points, fewer than 5"),
        (Rules(max_points=4), TWO, SQUARE, "5 points, more than 4"),
        (Rules(min_ink=1.5), SQUARE, TWO, "1.2 diagonals of ink, fewer than 1.5"),
        (Rules(max_ink=1.5), TWO, SQUARE, "2.8 diagonals of ink, more than 1.5"),
        (Rules(max_segment=0.7), TWO, SQUARE, "0.8 diagonals in one segment, more than 0.7"),
        (Rules(max_aspect=2), SQUARE, FLAT, "10 times as long as wide, more than 2"),
        (Rules(max_connector=0.1), SQUARE, BRIDGED, "0.4 of the ink in connectors, more than 0.1"),
    ],
    ids=lambda value: str(value) if isinstance(value, Rules) else "",
)
def test_each_rule_accepts_and_refuses_with_a_reason(
    rules: Rules, kept: Drawing, refused: Drawing, reason: str
) -> None:
    assert rules.accepts(kept)
    assert rules.reasons(kept) == []
    assert not rules.accepts(refused)
    assert rules.reasons(refused) == [reason]


@pytest.mark.parametrize(
    ("rules", "drawing"),
    [
        (Rules(max_strokes=2), TWO),
        (Rules(min_points=5, max_points=5), SQUARE),
        (Rules(min_ink=2.8, max_ink=2.8), SQUARE),
        (Rules(max_segment=0.8), SQUARE),
        (Rules(max_aspect=10), FLAT),
        (Rules(max_connector=0.4), BRIDGED),
    ],
    ids=str,
)
def test_a_limit_itself_is_allowed(rules: Rules, drawing: Drawing) -> None:
    assert rules.accepts(drawing)


def test_a_connector_is_no_slip_of_the_pen() -> None:
    """The longest segment of the bridged drawing is its connector, which is not looked at."""
    assert Rules(max_segment=0.7).accepts(BRIDGED)


def test_no_rules_accept_all_but_nothing() -> None:
    for drawing in (SQUARE, TWO, BRIDGED, FLAT, DOT):
        assert Rules().accepts(drawing)
    assert Rules().reasons(Drawing(())) == ["is empty"]


def test_every_broken_rule_is_told() -> None:
    rules = Rules(max_strokes=1, min_points=9, min_ink=5)
    assert rules.reasons(TWO) == [
        "2 strokes, more than 1",
        "4 points, fewer than 9",
        "1.2 diagonals of ink, fewer than 5",
    ]


def test_ink_is_measured_by_the_drawing_itself_whatever_its_unit() -> None:
    for factor in (0.01, 1, 1000):
        assert Rules(min_ink=2.7, max_ink=2.9, max_segment=0.85).accepts(SQUARE.scale(factor))


def test_a_line_without_width_is_longer_than_any_aspect() -> None:
    assert Rules(max_aspect=50).reasons(Drawing.of([[[0, 0], [9, 0]]])) == ["inf times as long as wide, more than 50"]


def test_a_dot_has_no_ink_and_is_measured_without_dividing_by_nothing() -> None:
    assert Rules(min_ink=0.1, max_segment=1, max_connector=0).reasons(DOT) == ["0 diagonals of ink, fewer than 0.1"]


@pytest.mark.parametrize("field", ["max_strokes", "min_points", "max_points"])
def test_a_count_below_one_is_no_rule(field: str) -> None:
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        Rules(**{field: 0})


def test_an_unknown_rule_is_told() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        Rules(max_lines=3)  # pyright: ignore[reportCallIssue]
