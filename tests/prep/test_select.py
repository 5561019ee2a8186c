from __future__ import annotations

import numpy as np
import pytest

from drawing.accept import Rules
from drawing.drawing import Drawing
from prep.select import Candidate, Selection, SelectSettings, cut_bounds, select

ANY = SelectSettings(cut=0, epsilon=0)


def wave(points: int, turns: float = 3.0) -> np.ndarray:
    t = np.linspace(0, 1, points)
    return np.column_stack([100 * t, 20 * np.sin(2 * np.pi * turns * t)])


def moved(line: np.ndarray, right: float, down: float) -> np.ndarray:
    return np.column_stack([line[:, 0] + right, line[:, 1] + down])


def chosen(lines: list[np.ndarray], settings: SelectSettings = ANY, **more: object) -> Selection:
    return select([Candidate("a", Drawing(tuple(lines)), **more)], settings)  # pyright: ignore[reportArgumentType]


def test_a_drawing_comes_out_200_long_with_the_way_back_to_its_page() -> None:
    line = wave(400) * 7 + [30, 50]
    (only,) = chosen([line]).chosen
    assert only.drawing.bounds[:2] == (0, 0)
    assert max(only.drawing.size) == pytest.approx(200)
    assert only.drawing.points <= 249
    assert only.epsilon > 0
    back = only.drawing.scale(1 / only.scale).translate(*only.corner)
    assert np.hypot(*(back.lines[0][0] - line[0])) < only.epsilon / only.scale
    assert back.bounds == pytest.approx((30, 50 - 7 * 20, 730, 50 + 7 * 20), abs=2 * only.epsilon / only.scale)


def test_a_drawing_whose_edge_is_simplified_away_is_200_long_all_the_same() -> None:
    bow = np.array([[40.0, 50.3], [50, 50], [60, 50.3], [60, 150]])
    (only,), (across,) = (
        chosen([line], SelectSettings(cut=0, epsilon=1)).chosen for line in (bow, np.ascontiguousarray(bow[:, ::-1]))
    )
    assert only.drawing.points == 3
    assert only.drawing.size == pytest.approx((20 * 200 / 99.7, 200))
    assert only.corner == pytest.approx((40, 50.3))
    assert across.corner == pytest.approx((50.3, 40))
    assert only.scale == pytest.approx(200 / 99.7)


def test_strokes_are_joined_within_the_limit_of_200_and_the_gap_stays_marked() -> None:
    a, b = wave(30), moved(wave(30), 108, 0)  # a gap of 8 where the whole is 208 long: 7.7 of 200
    (joined,) = chosen([a, b]).chosen
    assert (joined.strokes_before, len(joined.drawing.lines)) == (2, 1)
    assert joined.drawing.connector_length == pytest.approx(8 * 200 / 208, rel=1e-3)
    apart = SelectSettings(cut=0, join=7)
    assert len(chosen([a, b], apart).chosen[0].drawing.lines) == 2
    allowed = SelectSettings(cut=0, max_connector=7)  # no connector over more white than the user allows
    assert len(chosen([a, b], allowed).chosen[0].drawing.lines) == 2


def test_what_was_joined_while_it_was_traced_counts_as_joined() -> None:
    marks = np.zeros(59, dtype=bool)
    marks[29] = True
    bridged = Drawing((np.concatenate([wave(30), moved(wave(30), 108, 0)]),), (marks,))
    (only,) = select([Candidate("a", bridged)], ANY).chosen
    assert (only.strokes_before, len(only.drawing.lines)) == (2, 1)
    assert only.drawing.connector_length > 0


def test_a_stroke_is_spliced_into_another_only_if_asked() -> None:
    a, inside = wave(60) * [2, 1], np.array([[100.0, 25.0], [104, 30], [100, 34]])
    settings = SelectSettings(cut=0, join=0)
    assert len(chosen([a, inside], settings).chosen[0].drawing.lines) == 2
    assert len(chosen([a, inside], settings.model_copy(update={"splice": 30})).chosen[0].drawing.lines) == 1


def test_one_line_connects_all_or_leaves_the_drawing_out() -> None:
    lines = [wave(20), moved(wave(20), 0, 90)]
    settings = SelectSettings(cut=0, one_line=True, max_connector=150)
    (one,) = chosen(lines, settings).chosen
    assert len(one.drawing.lines) == 1
    assert one.drawing.connector_length <= 2 * 150
    found = chosen(lines, settings.model_copy(update={"max_connector": 60}))
    assert found.chosen == ()
    assert "connector longer than 60" in found.dropped[0].reason


def test_a_twentieth_is_cut_at_either_end_by_the_points_it_needs() -> None:
    many = [Candidate(f"d{n:02}", Drawing((wave(1000, 1 + n / 2),))) for n in range(40)]
    found = select(many, SelectSettings(max_points=60))
    assert len(found.points) == 40
    assert {each.name for each in found.dropped} == {"d00", "d01", "d38", "d39"}
    assert all("5%" in each.reason for each in found.dropped)
    assert max(each.drawing.points for each in found.chosen) <= 60
    assert (found.low, found.high) == cut_bounds(list(found.points), 0.05)


def test_few_drawings_are_not_cut() -> None:
    many = [Candidate(f"d{n}", Drawing((wave(500, 1 + n),))) for n in range(19)]
    assert len(select(many, SelectSettings()).chosen) == 19


def test_each_drawing_that_is_left_out_has_its_reason() -> None:
    strokes = [moved(wave(20), 0, 70 * n) for n in range(4)]
    dot = np.array([[3.0, 3.0]])
    assert "no line" in chosen([dot]).dropped[0].reason
    assert "tiny" in chosen([wave(20)], page_side=5000.0).dropped[0].reason
    assert chosen([wave(20)], page_side=500.0).dropped == ()
    assert "4 strokes, more than 3" in chosen(strokes, SelectSettings(cut=0, max_strokes=3)).dropped[0].reason
    assert (
        "4 strokes can't be told in 7 points" in chosen(strokes, SelectSettings(cut=0, max_points=7)).dropped[0].reason
    )
    rules = SelectSettings(cut=0, rules=Rules(min_points=100))
    assert "fewer than 100" in chosen([wave(20)], rules).dropped[0].reason


def test_rules_order_a_drawing_and_a_choice_by_hand_stays() -> None:
    strokes = [moved(wave(20), 0, 70), wave(20)]
    top = SelectSettings(cut=0, start="top")
    first = chosen(strokes, top).chosen[0]
    assert first.drawing.lines[0][0, 1] < 50
    by_hand = chosen(strokes, top, at=(100.0, 70.0)).chosen[0]
    assert by_hand.drawing.lines[0][0].tolist() == pytest.approx([182, 164], abs=1)
    kept = chosen(strokes, top, by_hand=True).chosen[0]
    assert kept.drawing.lines[0][0].tolist() == pytest.approx([0, 164], abs=1)


def test_an_imported_drawing_keeps_its_strokes_and_their_order_unless_asked() -> None:
    strokes = [moved(wave(30), 108, 0), wave(30)]
    own = chosen(strokes, imported=True).chosen[0].drawing
    assert [line[0, 0] for line in own.lines] == pytest.approx([108 * 200 / 208, 0])
    reworked = chosen(strokes, SelectSettings(cut=0, imports=True), imported=True).chosen[0].drawing
    assert len(reworked.lines) == 1
    assert reworked.lines[0][0, 0] == 0
    assert len(chosen(strokes, SelectSettings(cut=0, one_line=True), imported=True).chosen[0].drawing.lines) == 1


def test_a_stop_keeps_what_was_looked_at() -> None:
    told: list[int] = []
    many = [Candidate(f"d{n}", Drawing((wave(50),))) for n in range(9)]
    found = select(many, ANY, told.append, lambda: len(told) == 4)
    assert [each.name for each in found.chosen] == ["d0", "d1", "d2", "d3"]
