"""The demo artist: the same drawing for the same number, one line, the promised size, every kind."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from pydantic import ValidationError

from drawing.geometry import segment_lengths
from prep.artist import KINDS, SIZE, ArtistSettings, Sketch, sketch

SEED = 11


@pytest.fixture(scope="module")
def book() -> list[Sketch]:
    return [sketch(SEED, index) for index in range(300)]


def test_same_numbers_same_drawing() -> None:
    assert sketch(3, 5) == sketch(3, 5)
    assert sketch(3, 5).drawing == sketch(3, 5, ArtistSettings()).drawing
    assert sketch(3, 5, ArtistSettings(tremor=0.5)) == sketch(3, 5, ArtistSettings(tremor=0.5))


def test_other_numbers_other_drawing(book: list[Sketch]) -> None:
    assert len({one.drawing for one in book}) == len(book)
    assert sketch(SEED, 0).drawing != sketch(SEED + 1, 0).drawing
    # the seed and the index are no sum
    assert sketch(SEED, 1).drawing != sketch(SEED + 1, 0).drawing


def test_a_drawing_knows_where_it_stands(book: list[Sketch]) -> None:
    assert [(one.seed, one.index) for one in book] == [(SEED, index) for index in range(300)]


def test_a_drawing_does_not_depend_on_the_others(book: list[Sketch]) -> None:
    assert sketch(SEED, 299) == book[299]
    assert sketch(SEED, 17) == book[17]


@pytest.mark.parametrize(
    ("seed", "index", "kind", "beginning"),
    [
        (1, 1, "profile", [(29.4, 200), (19.62, 166.83), (11.71, 152.63), (11.91, 149.49), (14.26, 145.86)]),
        (1, 41, "sitting_cat", [(174.41, 68.16), (183.28, 64.64), (186.49, 64.32), (189.37, 65.04), (192.49, 68.05)]),
    ],
)
def test_a_drawing_never_changes(seed: int, index: int, kind: str, beginning: list[tuple[float, float]]) -> None:
    one = sketch(seed, index)
    assert one.kind == kind
    np.testing.assert_allclose(one.drawing.lines[0][:5], beginning, atol=0.011)


def test_every_drawing_is_one_line_of_the_promised_size(book: list[Sketch]) -> None:
    for one in book:
        assert len(one.drawing.lines) == 1
        assert one.drawing.connectors == ()
        line = one.drawing.lines[0]
        assert line.dtype == np.float64
        left, top, right, bottom = one.drawing.bounds
        assert (left, top) == (0.0, 0.0)
        assert max(right, bottom) == SIZE
        assert min(right, bottom) > SIZE / 5
        np.testing.assert_allclose(line, np.round(line, 2), atol=1e-9)


def test_every_drawing_has_a_length_a_network_can_learn(book: list[Sketch]) -> None:
    counts = [one.drawing.points for one in book]
    assert min(counts) >= 55
    assert max(counts) <= 200
    assert 100 < np.median(counts) < 190


def test_points_stand_apart_and_no_segment_is_drawn_twice(book: list[Sketch]) -> None:
    for one in book:
        line = one.drawing.lines[0]
        assert segment_lengths(line).min() > 0.5, (one.kind, one.index)
        segments = {frozenset((tuple(a), tuple(b))) for a, b in zip(line[:-1].tolist(), line[1:].tolist(), strict=True)}
        assert len(segments) == len(line) - 1, (one.kind, one.index)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_alone(kind: str) -> None:
    settings = ArtistSettings(kinds={kind: 1.0})
    sketches = [sketch(2, index, settings) for index in range(12)]
    assert {one.kind for one in sketches} == {kind}
    for one in sketches:
        assert 50 <= one.drawing.points <= 200
        # a line that leaves no more white than this is a scribble; one much shorter is no drawing
        assert 2.2 * SIZE < one.drawing.ink < 13 * SIZE


def test_all_kinds_appear_and_portraits_lead(book: list[Sketch]) -> None:
    seen = Counter(one.kind for one in book)
    assert set(seen) == set(KINDS)
    portraits = seen["profile"] + seen["three_quarter"] + seen["frontal"]
    assert 0.6 < portraits / len(book) < 0.8


def test_weights_are_respected() -> None:
    settings = ArtistSettings(kinds={"profile": 3.0, "flower": 1.0, "branch": 0.0})
    seen = Counter(sketch(4, index, settings).kind for index in range(200))
    assert set(seen) == {"profile", "flower"}
    assert 0.65 < seen["profile"] / 200 < 0.85


def test_few_points_are_enough_if_asked() -> None:
    settings = ArtistSettings(max_points=60)
    assert all(sketch(SEED, index, settings).drawing.points <= 60 for index in range(20))


def test_a_coarser_tolerance_leaves_fewer_points() -> None:
    kinds = {"profile": 1.0}
    fine = sketch(1, 1, ArtistSettings(kinds=kinds, epsilon=0.5)).drawing
    coarse = sketch(1, 1, ArtistSettings(kinds=kinds, epsilon=1.5)).drawing
    assert coarse.points < fine.points


def test_faces_mostly_look_left() -> None:
    """The line of a profile begins at the breast, which is on the side the face looks to."""
    settings = ArtistSettings(kinds={"profile": 1.0})
    lines = [sketch(6, index, settings).drawing.lines[0] for index in range(100)]
    left = sum(line[0, 0] < line[-1, 0] for line in lines)
    assert 65 <= left <= 92


def test_an_unknown_kind_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValidationError, match="can't draw dragon; known kinds are profile, three_quarter, frontal"):
        ArtistSettings(kinds={"dragon": 1.0})


@pytest.mark.parametrize("kinds", [{}, {"profile": 0.0}, {"profile": -1.0, "frontal": 2.0}, {"profile": float("nan")}])
def test_weights_that_say_nothing_are_refused(kinds: dict[str, float]) -> None:
    with pytest.raises(ValidationError, match="weight"):
        ArtistSettings(kinds=kinds)


def test_too_few_points_are_refused() -> None:
    with pytest.raises(ValidationError, match="max_points"):
        ArtistSettings(max_points=39)
