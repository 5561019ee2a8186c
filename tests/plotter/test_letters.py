from __future__ import annotations

import pytest

from drawing.drawing import Drawing
from plotter.letters import HAND, letters


@pytest.mark.parametrize("capital_mm", [1.5, 2.5, 10])
def test_capitals_have_the_height_asked_for_and_stand_on_the_line(capital_mm: float) -> None:
    left, top, right, bottom = letters("HEX", capital_mm).bounds
    assert (top, bottom) == pytest.approx((-capital_mm, 0))
    assert left == pytest.approx(-right)


def test_descenders_reach_below_and_a_point_stands_on_the_line() -> None:
    assert letters("g", 10).bounds[3] > 2
    assert letters(".", 10).bounds[3] == pytest.approx(0, abs=0.01)


def test_accents_are_left_off_and_unknown_signs_are_question_marks() -> None:
    assert letters("Größe", 3) == letters("Gro?e", 3)
    assert letters("é", 3) == letters("e", 3)
    assert letters("猴", 3) == letters("?", 3)


def test_a_text_of_nothing_has_no_strokes() -> None:
    assert letters("", 3).lines == ()
    assert letters("  ", 3).lines == ()


def test_script_has_numerals_of_one_line_where_they_belong() -> None:
    year = letters("2026", 5)
    signed = letters("A. Look 2026", 5, HAND)
    name = letters("A. Look", 5, HAND)
    assert len(signed.lines) == len(name.lines) + len(year.lines)
    last = Drawing(signed.lines[-len(year.lines) :])
    assert last.size == pytest.approx(year.size)
    gap = last.bounds[0] - Drawing(signed.lines[: len(name.lines)]).bounds[2]
    assert 1 < gap < 5  # a space
