from __future__ import annotations

import numpy as np
import pytest

from drawing.drawing import Drawing
from prep.corrections import Correction
from prep.repair import Mended, repair

LINE = [[0.0, 0.0], [50, 0], [100, 0]]
OTHER = [[110.0, 0.0], [150, 40]]
RING = [[300.0, 300.0], [340, 300], [340, 340], [300, 340], [300, 300]]
DRAWINGS = (Drawing.of([LINE, OTHER]), Drawing.of([RING]))
SIDE = 1000.0  # so that a correction reaches 30


def put(kind: str, *at: float, to: tuple[float, float] | None = None, value: str = "") -> Correction:
    return Correction.model_validate({"kind": kind, "at": at, "to": to, "value": value})


def mended(*corrections: Correction, drawings: tuple[Drawing, ...] = DRAWINGS) -> tuple[Mended, ...]:
    found, notes = repair(drawings, corrections, SIDE)
    assert notes == ()
    return found


def lines(of: Mended) -> list[list[list[float]]]:
    return [line.tolist() for line in of.drawing.lines]


def test_a_cut_ends_a_stroke_and_begins_another_where_it_was_made() -> None:
    assert lines(mended(put("cut", 70, 12))[0])[:2] == [[[0, 0], [50, 0], [70, 0]], [[70, 0], [100, 0]]]
    assert lines(mended(put("cut", 50, 3))[0])[:2] == [[[0, 0], [50, 0]], [[50, 0], [100, 0]]]


def test_a_cut_opens_a_loop() -> None:
    (ring,) = lines(mended(put("cut", 320, 345))[1])
    assert ring[0] == ring[-1] == [320, 340]
    assert len(ring) == 6


def test_a_cut_takes_a_connector_away() -> None:
    bridged = Drawing((np.array(LINE),), (np.array([False, True]),))
    assert lines(mended(put("cut", 80, 0), drawings=(bridged,))[0]) == [[[0, 0], [50, 0]], [[100, 0]]]


@pytest.mark.parametrize("first", [(98, 5), (112, -5)])
def test_a_join_connects_two_ends_and_marks_the_white_between(first: tuple[float, float]) -> None:
    second = (112, -5) if first == (98, 5) else (98, 5)
    joined = mended(put("join", *first, to=second))[0]
    (line,) = lines(joined)
    assert sorted(map(tuple, line)) == [(0, 0), (50, 0), (100, 0), (110, 0), (150, 40)]
    assert joined.drawing.connector_length == 10


def test_a_join_turns_what_lies_the_wrong_way_round() -> None:
    (line,) = lines(mended(put("join", 0, 0, to=(110, 0)))[0])
    assert line == [[150, 40], [110, 0], [0, 0], [50, 0], [100, 0]]
    (line,) = lines(mended(put("join", 100, 0, to=(150, 40)))[0])
    assert line == [[0, 0], [50, 0], [100, 0], [150, 40], [110, 0]]


def test_a_join_across_two_drawings_makes_one_of_them() -> None:
    (one,) = mended(put("join", 150, 40, to=(300, 300)))
    assert one.sources == (0, 1)
    assert len(one.drawing.lines) == 2
    assert one.drawing.connector_length == pytest.approx(np.hypot(150, 260))


def test_a_join_of_both_ends_closes_a_stroke() -> None:
    joined = mended(put("join", 0, 0, to=(100, 0)))[0]
    assert lines(joined)[0] == [*LINE, [0, 0]]
    assert joined.drawing.connector_length == 100


def test_a_stroke_or_a_whole_drawing_is_deleted() -> None:
    assert lines(mended(put("delete", 150, 40))[0]) == [LINE]
    assert [each.sources for each in mended(put("delete", 150, 40, value="drawing"))] == [(1,)]
    assert [each.sources for each in mended(put("delete", 300, 310))] == [(0,)]  # its only stroke


def test_a_stroke_or_a_whole_drawing_is_turned() -> None:
    turned = mended(put("reverse", 150, 40))[0]
    assert lines(turned) == [LINE, OTHER[::-1]]
    assert turned.by_hand
    assert lines(mended(put("reverse", 150, 40, value="drawing"))[0]) == [OTHER[::-1], LINE[::-1]]


def test_a_drawing_begins_where_it_is_told() -> None:
    begun = mended(put("start", 149, 41))[0]
    assert lines(begun) == [OTHER[::-1], LINE]
    assert begun.at == (150, 40)
    ring = mended(put("start", 341, 339))[1]
    assert lines(ring)[0][0] == [340, 340]


def test_corrections_are_applied_in_their_order() -> None:
    found = mended(put("cut", 50, 0), put("delete", 75, 0), put("join", 50, 0, to=(110, 0)))[0]
    assert lines(found) == [[[0, 0], [50, 0], [110, 0], [150, 40]]]


def test_a_correction_that_finds_nothing_says_so_and_changes_nothing() -> None:
    wrong = [put("cut", 600, 600), put("cut", 0, 0), put("join", 50, 0, to=(110, 0)), put("join", 0, 0, to=(0, 1))]
    found, notes = repair(DRAWINGS, wrong, SIDE)
    assert [each.drawing for each in found] == list(DRAWINGS)
    assert [note.partition(" found ")[2] for note in notes] == [
        "no line within 30 pixels.",
        "a line that ends there already.",
        "no end of a line within 30 pixels.",
        "the same end twice.",
    ]
    assert "cut at 600, 600" in notes[0]


def test_places_are_those_of_the_scan() -> None:
    to_scan = np.array([[2.0, 0, 100], [0, 2, 40], [0, 0, 1]])
    found, _ = repair(DRAWINGS, [put("cut", 240, 41)], SIDE, to_scan)
    assert lines(found[0])[0] == [[0, 0], [50, 0], [70, 0]]


def test_flips_are_left_to_the_tracing() -> None:
    assert [each.drawing for each in mended(put("flip", 50, 0))] == list(DRAWINGS)
