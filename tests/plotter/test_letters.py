from __future__ import annotations

import numpy as np
import pytest

from drawing.drawing import Drawing
from plotter.letters import FONT, HAND, Font, letters


@pytest.mark.parametrize("capital_mm", [1.5, 2.5, 10])
def test_capitals_have_the_height_asked_for_and_stand_on_the_line(capital_mm: float) -> None:
    left, top, right, bottom = letters("HEX", capital_mm).bounds
    assert (top, bottom) == pytest.approx((-capital_mm, 0))
    assert left == pytest.approx(-right)


def test_descenders_reach_below_and_a_point_stands_on_the_line() -> None:
    assert letters("g", 10).bounds[3] > 2
    assert letters(".", 10).bounds[3] == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("font", [FONT, HAND])
def test_accents_stand_above_or_below_their_letters_which_stay_as_they_are(font: Font) -> None:
    for plain, accented in (("e", "éèêëēĕėěẽ"), ("o", "őòô"), ("A", "ÅÄÁÃ"), ("N", "Ñ")):
        letter = letters(plain, 10, font)
        for sign in accented:
            whole = letters(sign, 10, font)
            count = len(letter.lines)
            above = Drawing(whole.lines[count:])
            assert Drawing(whole.lines[:count]).size == pytest.approx(letter.size)
            assert above.bounds[3] < letter.bounds[1] - 0.5
            assert above.bounds[3] > letter.bounds[1] - 3
            middle = np.array(Drawing(whole.lines[:count]).bounds)[[0, 2]].mean()
            assert above.bounds[0] < middle + 1
            assert above.bounds[2] > middle - 1
    first, second = letters("ế", 10, font).lines[-2:]  # one above the other
    assert second[:, 1].max() < first[:, 1].min()
    assert letters("ç", 10, font).bounds[3] > letters("c", 10, font).bounds[3] + 1
    assert len({letters(sign, 10, font) for sign in "éèêëēĕėěẽe"}) == 10


def test_an_accent_takes_the_place_of_the_point_of_an_i() -> None:
    assert len(letters("í", 5).lines) == len(letters("i", 5).lines) == 2


def test_signs_that_the_font_has_not_are_spelt_or_question_marks() -> None:
    assert letters("Straße", 3) == letters("Strasse", 3)
    assert letters("„Œuvre“ – ½", 3) == letters('"OEuvre" - 1?2', 3)
    assert len(letters("Ø", 3).lines) == len(letters("O", 3).lines) + 1
    assert letters("猴", 3) == letters("?", 3)
    assert letters("\u0301", 3).lines == ()  # an accent of no letter


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
