"""The source article's method: where its lines lie, what it joins, splices, tells apart and drops."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from drawing.geometry import resample
from prep.autotrace import source_method
from prep.errors import AutotraceMissing

pytest.importorskip("autotrace", reason="the autotrace backend is an extra")

Line = list[tuple[float, float]]


def page(*lines: Line, size: tuple[int, int] = (300, 400), colour: int = 20) -> NDArray[np.uint8]:
    image = Image.new("RGB", size, (240, 238, 230))
    for line in lines:
        ImageDraw.Draw(image).line(line, fill=(colour, colour, colour), width=3, joint="curve")
    return np.asarray(image)


def arc(x: float, y: float, radius: float, start: float, stop: float) -> Line:
    return [(x + radius * np.cos(a), y + radius * np.sin(a)) for a in np.linspace(start, stop, 60)]


def test_a_line_lies_where_it_is_on_the_scan() -> None:
    wave: Line = [(x, 100 + 40 * np.sin(x / 30)) for x in range(40, 260, 2)]
    (drawing,) = source_method(page(wave))
    assert len(drawing.lines) == 1
    (line,) = drawing.lines
    away = np.hypot(*(resample(np.array(wave), 0.5)[None] - line[:, None]).transpose(2, 0, 1)).min(axis=1)
    assert away.max() < 2.5
    assert {round(float(line[0, 0]), -1), round(float(line[-1, 0]), -1)} == {40, 260}


def test_nearest_ends_are_joined_into_one_stroke_and_the_jump_is_marked() -> None:
    (drawing,) = source_method(page(arc(150, 150, 90, 0, 3.0), arc(150, 150, 90, 3.08, 6.0)))
    assert len(drawing.lines) == 1
    assert 3 < drawing.connector_length < 15


def test_a_stroke_far_from_any_end_is_spliced_into_the_line_beside_it() -> None:
    ring = arc(150, 150, 100, 0.3, 6.0)
    tick: Line = [(150, 240), (150, 225)]  # 10 px inside the ring, half way between its ends
    (drawing,) = source_method(page(ring, tick))
    assert len(drawing.lines) == 1
    assert [int(mark.sum()) for mark in drawing.connectors] == [2]


def test_drawings_apart_stay_apart_and_the_tiny_is_dropped() -> None:
    found = source_method(page(arc(90, 80, 40, 0, 5.5), arc(200, 300, 60, 0, 5.5), [(40, 300), (52, 300)]))
    boxes = sorted(tuple(round(side, -1) for side in drawing.bounds) for drawing in found)
    assert boxes == [(50, 40, 130, 120), (140, 240, 260, 360)]


def test_each_stroke_is_in_one_drawing() -> None:
    # each overlaps the next, the last two most: the source put the middle one into two drawings
    slopes: list[Line] = [[(40 + x, 60), (140 + x, 160)] for x in (0, 60, 110)]
    drawings = source_method(page(*slopes))
    assert len(drawings) == 1
    assert len(drawings[0].lines) == 3


def test_what_is_near_the_edge_or_paler_than_the_threshold_is_not_seen() -> None:
    assert source_method(page(arc(12, 400, 9, 0, 5.5), size=(600, 800))) == []
    assert source_method(page(arc(150, 200, 80, 0, 5.5), colour=140)) == []


def test_a_blank_page_has_no_drawings() -> None:
    assert source_method(page()) == []
    assert source_method(np.full((3, 2, 3), 255, dtype=np.uint8)) == []


def test_without_the_tracer_one_is_told_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "autotrace", None)
    with pytest.raises(AutotraceMissing, match=r"pip install 'monoline\[autotrace\]'"):
        source_method(page(arc(150, 200, 80, 0, 5.5)))
