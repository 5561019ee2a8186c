"""Straight shapes read directly come out point by point as svgelements has them; the rest is left to it."""

from __future__ import annotations

from pathlib import Path
from unittest import mock
from xml.etree.ElementTree import Element, SubElement

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configs.errors import MonolineError
from drawing.svg import read_svg
from drawing.svg_path import put_aside, straight_path, straight_polygon, straight_polyline
from drawing.svg_shapes import visible_lines

SVG = "{http://www.w3.org/2000/svg}"

NUMBERS = st.one_of(
    st.floats(-1e4, 1e4).map(repr),
    st.integers(-500, 500).map(str),
    st.sampled_from(("0", "-0", ".5", "-.5", "+3", "1e2", "1E-3", "5.25", "00.10", "1e-320", "0.1")),
)
SPACES = st.sampled_from(("", " ", ",", " , ", "\n", "\t\r", ",,", "  "))


@st.composite
def path_data(draw: st.DrawFn) -> str:
    """Path data as programs write it; sometimes with as many numbers as do not fit."""
    text = draw(SPACES) + draw(st.sampled_from("MmMmMmLz"))
    text += draw(NUMBERS) + draw(SPACES.filter(bool)) + draw(NUMBERS)
    for _ in range(draw(st.integers(0, 8))):
        letter = draw(st.sampled_from("MmLlHhVvZzLlLl"))
        usual = 0 if letter in "Zz" else 1 if letter in "HhVv" else 2
        count = draw(st.sampled_from((usual, usual, usual, usual * 2, usual * 3, usual + 1, 0)))
        text += draw(SPACES) + letter + draw(SPACES)
        for _ in range(count):
            text += draw(NUMBERS) + draw(SPACES)
    return text


TANGLED = st.text(alphabet="MLHVZmlhvz0123456789.,- +eE\nx", max_size=40)


def tree(name: str, key: str, value: str) -> Element:
    root = Element(f"{SVG}svg")
    SubElement(root, f"{SVG}{name}", {key: value})
    return root


def drawn(name: str, key: str, value: str, *, directly: bool) -> str:
    """Lines of one shape, bit by bit; what is wrong with it where it can't be read."""
    root = tree(name, key, value)
    try:
        if directly:
            lines, _, _ = visible_lines(Path("page.svg"), root, 0.01)
        else:
            with mock.patch("drawing.svg_shapes.put_aside", return_value=[]):
                lines, _, _ = visible_lines(Path("page.svg"), root, 0.01)
    except MonolineError as error:
        return str(error)
    return repr([(line + 0.0).tolist() for line in lines])  # as text one nan is like another; so is one zero


@settings(max_examples=400)
@given(st.one_of(path_data(), path_data(), TANGLED))
def test_path_data_is_read_as_svgelements_reads_it(data: str) -> None:
    assert drawn("path", "d", data, directly=True) == drawn("path", "d", data, directly=False)


@st.composite
def point_lists(draw: st.DrawFn) -> str:
    gaps = st.sampled_from((" ", ",", ", ", "\n", "", "  ", ",,"))
    words = draw(st.lists(st.tuples(NUMBERS, gaps), max_size=12))
    return draw(st.sampled_from(("", " "))) + "".join(number + gap for number, gap in words)


@settings(max_examples=300)
@given(st.one_of(point_lists(), TANGLED), st.sampled_from(("polyline", "polygon")))
def test_point_lists_are_read_as_svgelements_reads_them(points: str, name: str) -> None:
    assert drawn(name, "points", points, directly=True) == drawn(name, "points", points, directly=False)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("M1,2L3,4L5,0", [[[1, 2], [3, 4], [5, 0]]]),
        ("m1 2 2 2 2-4", [[[1, 2], [3, 4], [5, 0]]]),
        ("M1 2H5 7v1-3", [[[1, 2], [5, 2], [7, 2], [7, 3], [7, 0]]]),
        ("M1,1L4,1L4,5ZL0,0", [[[1, 1], [4, 1], [4, 5], [1, 1]], [[1, 1], [0, 0]]]),
        ("M1,1l2,0l0,2zm5,5l1,0", [[[1, 1], [3, 1], [3, 3], [1, 1]], [[6, 6], [7, 6]]]),
        ("M3,4z", [[[3, 4]]]),
        ("M3,4zz", [[[3, 4]], [[3, 4]]]),
        ("M1,1M5,5L6,6M7,7", [[[5, 5], [6, 6]]]),
        ("M5,5", []),
        ("M1.5.5L-1e1-2E-1", [[[1.5, 0.5], [-10, -0.2]]]),
    ],
)
def test_plain_path_data_is_taken(data: str, expected: list) -> None:
    found = straight_path(data)
    assert found is not None
    assert [line.tolist() for line in found] == expected


@pytest.mark.parametrize(
    "data", ["", "L1,1", "M1", "M1,2L3", "M1,2C1,1 2,2 3,3", "M1,2L3,4x", "M1.,2L3,4", "M1,2z3", "M1,2L1_0,3",
             "M1,2L１,3", "M1,2Lnan,3", "M1,2V", "M1,2L--1,3", "z", "M 1 2 L e5 3"],
)  # fmt: skip
def test_whatever_is_not_plain_is_left_alone(data: str) -> None:
    assert straight_path(data) is None


def test_points_are_plain_only_if_they_are_pairs() -> None:
    for points in ("", "1,2", "1,2 3", "1,,2 3,4", "1,2 3,4 x", "1.,2 3,4"):
        assert straight_polyline(points) is None, points
        assert straight_polygon(points) is None, points
    for points in ("1,2 3,4 5,0", " 1 2,3 4\n5,0 ", "1,2,3,4,5,0"):
        assert straight_polyline(points)[0].tolist() == [[1, 2], [3, 4], [5, 0]], points  # type: ignore[index]
        assert straight_polygon(points)[0].tolist() == [[1, 2], [3, 4], [5, 0], [1, 2]], points  # type: ignore[index]


def test_only_what_is_plain_is_put_aside() -> None:
    root = Element(f"{SVG}svg")
    for data in ("M0,0L1,1", "M0,0Q1,1 2,2", "M5,5L6,6", "M7,7"):
        SubElement(root, f"{SVG}path", {"d": data})
    aside = put_aside(root)
    assert [lines[0][0, 0] for lines in aside] == [0, 5]
    assert [element.get("d") for element in root][1::2] == ["M0,0Q1,1 2,2", "M7,7"]


def test_styles_transforms_and_connectors_count_for_shapes_read_directly(page) -> None:
    body = """<style>.gone{display:none} polyline{visibility:hidden}</style>
    <g transform="translate(10,0)"><g transform="rotate(90)"><path d="M1,2L3,4L5,0" monoline:connectors="1"/></g></g>
    <path class="gone" d="M0,0L9,9"/><polyline points="0,0 8,8"/><polygon transform="scale(0)" points="0,0 1,1 2,0"/>
    <defs><path id="it" d="M1,1L2,2"/></defs><use href="#it" x="5"/><use href="#it" y="7"/>
    <path d="M50,50C50,60 60,60 60,50"/>"""
    path = page(body)
    direct = read_svg(path).drawing
    with mock.patch("drawing.svg_shapes.put_aside", return_value=[]):
        through = read_svg(path).drawing
    assert direct == through
    assert len(direct.lines) == 4
    assert np.round(direct.lines[0], 9).tolist() == [[8, 1], [6, 3], [10, 5]]
    assert direct.marks(0).tolist() == [False, True]


def test_a_file_can_not_choose_which_line_is_its_own(page) -> None:
    path = page(
        '<path d="M1,1L2,2"/><path d="M0,0Q5,5 9,0" monoline:straight="0"/><circle r="5" monoline:straight="7"/>'
    )
    lines = read_svg(path).drawing.lines
    assert [len(lines[0]), len(lines[1]) > 5, len(lines[2]) > 5] == [2, True, True]
