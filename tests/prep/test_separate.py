from __future__ import annotations

import numpy as np
import pytest
from inked import arc

from prep.separate import SeparateSettings, separate

SIZE = (1000, 1400)


def test_what_is_far_apart_are_two_drawings_in_reading_order() -> None:
    strokes = [arc(700, 300, 150, 200, 0, 0.9), arc(250, 320, 150, 200, 0, 0.9), arc(500, 1000, 300, 250, 0, 0.9)]
    groups, notes = separate(strokes, SIZE)
    assert groups == [[1], [0], [2]]
    assert notes == []


def test_a_stroke_inside_another_and_one_beside_it_belong_to_it() -> None:
    strokes = [arc(300, 400, 200, 250, 0, 1), arc(300, 400, 20, 20, 0, 1), np.array([(520.0, 300), (560, 500)])]
    assert separate(strokes, SIZE)[0] == [[0, 1, 2]]


def test_the_widest_step_between_gaps_decides() -> None:
    """Parts whose gaps grow beyond the usual, and one across a wider step."""

    def bars(*gaps: float) -> list[np.ndarray]:
        x = 100 + np.concatenate([[0], np.cumsum(gaps)])
        return [np.array([(each, 200.0), (each, 600)]) for each in x]

    assert separate(bars(30, 40, 52), SIZE)[0] == [[0, 1, 2, 3]]
    assert separate(bars(30, 40, 52, 140), SIZE)[0] == [[0, 1, 2, 3], [4]]
    assert separate(bars(10, 65), SIZE)[0] == [[0, 1], [2]]
    assert separate(bars(42, 64), SIZE)[0] == [[0, 1], [2]]  # a step near the usual gap before a wider one far from it


@pytest.mark.parametrize("at", [(60, 1345), (930, 1345), (60, 40), (930, 40)])
def test_a_number_in_a_corner_is_left_out(at: tuple[int, int]) -> None:
    x, y = at
    strokes = [arc(500, 600, 300, 400, 0, 1), arc(x, y, 8, 14, 0, 1), np.array([(x + 20.0, y - 14), (x + 20, y + 14)])]
    groups, notes = separate(strokes, SIZE)
    assert groups == [[0]]
    assert notes == ["Its number was left out."]
    assert len(separate(strokes, SIZE, SeparateSettings(numbers=False, least=0))[0]) == 2


def test_a_drawing_in_the_corner_is_no_number() -> None:
    assert len(separate([arc(150, 1250, 90, 80, 0, 1)], SIZE)[0]) == 1
    assert len(separate([arc(60, 1330, 45, 50, 0, 1)], SIZE)[0]) == 1
    assert len(separate([arc(130, 1350, 100, 10, 0, 1)], SIZE)[0]) == 1  # as low as a number, and wider than any


def test_what_is_as_small_as_a_number_away_from_the_corners_is_none() -> None:
    assert len(separate([arc(60, 700, 25, 25, 0, 1)], SIZE)[0]) == 1
    assert len(separate([arc(500, 1345, 25, 25, 0, 1)], SIZE)[0]) == 1


def test_the_tiny_is_left_out_with_a_word() -> None:
    groups, notes = separate([arc(500, 600, 300, 400, 0, 1), arc(500, 120, 6, 6, 0, 1)], SIZE)
    assert groups == [[0]]
    assert notes == ["1 tiny mark was left out."]


def test_a_small_part_apart_belongs_to_the_drawing_it_is_beside() -> None:
    """The rings of a percent sign, or a letter's dot: too small for drawings, too large for dust."""
    slash, rings = np.array([(400.0, 800), (600, 500)]), [arc(420, 560, 12, 14, 0, 1), arc(600, 740, 12, 14, 0, 1)]
    groups, notes = separate([slash, *rings, arc(640, 200, 2, 2, 0, 1)], SIZE)
    assert [sorted(group) for group in groups] == [[0, 1, 2]]
    assert notes == ["1 tiny mark was left out."]
    assert separate([slash, arc(640, 1200, 12, 14, 0, 1)], SIZE)[0] == [[0]]


@pytest.mark.parametrize("below", [65, 40, 28])
def test_a_number_beside_a_drawing_does_not_become_a_part_of_it(below: float) -> None:
    drawing, number = arc(150, 1100, 100, 160, 0, 1), arc(150, 1260 + below + 14, 10, 14, 0, 1)
    assert separate([drawing, number], SIZE) == ([[0]], ["Its number was left out."])


def test_a_part_of_a_drawing_in_a_corner_is_no_number() -> None:
    """A short stroke in an opening of the drawing, not beside it."""
    drawing, part = arc(210, 1200, 180, 180, 0.29, 0.92), np.array([(203.0, 1366), (216, 1380)])
    distance = np.hypot(*(drawing[:, None] - part).T).min()
    assert 0.5 * 0.037 * SIZE[1] < distance < 0.037 * SIZE[1], "it is not as far as a number may be"
    assert separate([drawing, part], SIZE)[0] == [[0, 1]]


def test_a_small_mark_joins_nothing_far_away() -> None:
    number = [arc(60, 1345, 10, 14, 0, 1), arc(60, 1190, 4, 4, 0, 1)]
    assert separate(number, SIZE) == ([], ["Its number was left out.", "1 tiny mark was left out."])
    large = arc(500, 500, 280, 390, 0, 1)
    assert separate([large, arc(500, 1150, 20, 20, 0, 1)], SIZE)[0] == [[0]]


def test_a_page_of_many_small_marks_takes_no_time() -> None:
    """Dirt, or the dots of paper: none belongs to another."""
    marks = [arc(40 + 80 * x, 40 + 80 * y, 12, 12, 0, 1) for x in range(12) for y in range(17)]
    groups, notes = separate(marks, SIZE)
    assert groups == []
    assert "tiny marks" in notes[-1]


def test_boxes_merge_while_they_overlap() -> None:
    box = SeparateSettings(by="boxes", overlap=0.05)
    strokes = [arc(300, 300, 100, 100, 0, 1), arc(420, 300, 100, 100, 0, 1), arc(540, 300, 100, 100, 0, 1)]
    assert separate(strokes, SIZE, box)[0] == [[0, 1, 2]]
    apart = [arc(300, 300, 100, 100, 0, 1), arc(510, 300, 100, 100, 0, 1)]
    assert len(separate(apart, SIZE, box)[0]) == 2
    assert sorted(i for group in separate(strokes + apart, SIZE, box)[0] for i in group) == [0, 1, 2, 3, 4]


def frame(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)])


def test_boxes_overlap_by_intersection_over_union_and_merged_ones_count_as_one() -> None:
    pair = [frame(100, 100, 300, 300), frame(200, 100, 400, 300)]  # a third
    assert len(separate(pair, SIZE, SeparateSettings(by="boxes", overlap=0.32))[0]) == 1
    assert len(separate(pair, SIZE, SeparateSettings(by="boxes", overlap=0.35))[0]) == 2
    corner = [frame(100, 100, 300, 300), frame(250, 250, 450, 450), frame(310, 110, 440, 240)]
    assert separate(corner, SIZE, SeparateSettings(by="boxes", overlap=0.03))[0] == [[0, 1, 2]]
    assert len(separate(corner[1:], SIZE, SeparateSettings(by="boxes", overlap=0.03))[0]) == 2


def test_no_strokes_no_drawings() -> None:
    assert separate([], SIZE) == ([], [])


def test_a_straight_line_across_the_whole_page_was_printed() -> None:
    head = arc(500, 600, 300, 400, 0, 1)
    margin = np.array([(90.0, 2), (70, 700), (52, 1398)])
    assert separate([margin, head], SIZE)[0] == [[1]]
    assert separate([margin, head], SIZE)[1] == ["A straight line across the whole page was left out."]
    assert separate([margin[1:], head], SIZE)[0] != [[1]]  # half a page may be drawn
    for drawn in ([(90.0, 100), (70, 1300)], [(90.0, 2), (130, 700), (90, 1398)]):  # not quite, or not so straight
        assert [0] in separate([np.array(drawn), head], SIZE)[0]


def test_a_page_of_nothing_but_rules_has_no_drawing() -> None:
    assert separate([np.array([(90.0, 2), (52, 1398)])], SIZE)[0] == []
