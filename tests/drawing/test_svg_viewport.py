"""From user units to millimetres: units, viewBox and preserveAspectRatio of the outermost viewport."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from drawing.errors import UnreadableFile
from drawing.svg import read_svg

PX = 25.4 / 96


@pytest.mark.parametrize(
    ("size", "mm"),
    [
        ("100mm", 100), ("10cm", 100), ("400q", 100), ("2in", 50.8), ("72pt", 25.4), ("6pc", 25.4),
        ("96px", 25.4), ("96", 25.4), (" 10cm ", 100), ("10CM", 100), ("1e2mm", 100), ("+1.5in", 38.1),
    ],
)  # fmt: skip
def test_the_page_has_the_size_its_units_say(read, size: str, mm: float) -> None:
    file = read('<path d="M0,0L10,10"/>', f'width="{size}" height="{size}" viewBox="0 0 10 10"')
    assert (file.width_mm, file.height_mm) == (pytest.approx(mm), pytest.approx(mm))
    assert_allclose(file.drawing.lines[0], [[0, 0], [mm, mm]])


@pytest.mark.parametrize(
    ("head", "mm_per_unit", "size"),
    [
        ("", PX, (2 * PX, 2 * PX)),
        ('width="200mm" height="100mm"', PX, (200, 100)),
        ('viewBox="0 0 50 20"', PX, (50 * PX, 20 * PX)),
        ('viewBox=" 0,0, 50 20 "', PX, (50 * PX, 20 * PX)),
        ('width="100%" height="100%" viewBox="0 0 50 20"', PX, (50 * PX, 20 * PX)),
        ('width="auto" viewBox="0 0 50 20"', PX, (50 * PX, 20 * PX)),
        ('width="100mm" viewBox="0 0 50 20"', 2, (100, 40)),
        ('height="100mm" viewBox="0 0 50 20"', 5, (250, 100)),
        ('width="100mm" height="100%" viewBox="0 0 50 20"', 2, (100, 40)),
        ('width="200mm" height="100mm" viewBox=""', PX, (200, 100)),
    ],
)
def test_what_the_page_leaves_open_follows_from_the_rest(read, head: str, mm_per_unit: float, size: tuple) -> None:
    file = read('<path d="M1,2L3,4"/>', head)
    assert_allclose(file.drawing.lines[0], np.array([[1, 2], [3, 4]]) * mm_per_unit)
    assert (file.width_mm, file.height_mm) == pytest.approx(size)


@pytest.mark.parametrize(
    ("rule", "origin", "corner"),
    [
        ("", (0, 25), (100, 75)),
        ("xMidYMid meet", (0, 25), (100, 75)),
        ("xMinYMin", (0, 0), (100, 50)),
        ("xMaxYMax meet", (0, 50), (100, 100)),
        ("none", (0, 0), (100, 100)),
        ("xMinYMid slice", (0, 0), (200, 100)),
        ("xMidYMid slice", (-50, 0), (150, 100)),
        ("xMaxYMin slice", (-100, 0), (100, 100)),
        ("defer xMinYMax", (0, 50), (100, 100)),
    ],
)
def test_a_viewbox_of_another_shape_is_fitted_as_it_asks(lines, rule: str, origin: tuple, corner: tuple) -> None:
    head = f'width="100mm" height="100mm" viewBox="-20 10 200 100" preserveAspectRatio="{rule}"'
    assert lines('<path d="M-20,10L180,110"/>', head) == [[[*origin], [*corner]]]


def test_a_tall_viewbox_is_fitted_across(lines) -> None:
    head = 'width="100mm" height="100mm" viewBox="0 0 10 20" preserveAspectRatio="{}YMid"'
    for rule, left in (("xMin", 0), ("xMid", 25), ("xMax", 50)):
        assert lines('<path d="M0,0L10,20"/>', head.format(rule)) == [[[left, 0], [left + 50, 100]]]


def test_lengths_inside_the_page_have_units_too(lines) -> None:
    (line,) = lines('<line x1="10mm" y1="1in" x2="2cm" y2="96"/>', "")
    assert_allclose(line, [[10, 25.4], [20, 25.4]], atol=1e-4)


def test_the_place_of_the_outermost_viewport_means_nothing(lines) -> None:
    """Illustrator writes x="0px" there; a rectangle without x must not inherit it."""
    square = [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]
    assert lines('<rect width="1" height="1"/>', more='x="10px" y="10px"') == square


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ('width="0"', "impossible width: '0'"),
        ('width="-5mm"', "impossible width: '-5mm'"),
        ('height="1e300"', "impossible height: '1e300'"),
        ('height="1e999"', "impossible height: '1e999'"),
        ('width="nan"', "width that is no length: 'nan'"),
        ('width="10 miles"', "width that is no length: '10 miles'"),
        ('width="10em"', "width that is no length: '10em'"),
        ('viewBox="0 0 0 5"', "impossible viewBox: '0 0 0 5'"),
        ('viewBox="0 0 5 -1"', "impossible viewBox: '0 0 5 -1'"),
        ('viewBox="0 0 nan 5"', "impossible viewBox"),
        ('viewBox="0 0 inf 5"', "impossible viewBox"),
        ('viewBox="1e300 0 5 5"', "impossible viewBox"),
        ('viewBox="0 0 1e-320 1e-320" width="10mm" height="10mm"', "impossible viewBox"),
        ('viewBox="0 0 1e11 1e-320" width="10mm"', "impossible viewBox"),
        ('viewBox="0 0 1e-320 1e11" width="10mm"', "impossible viewBox"),
        ('viewBox="0 0 5"', "viewBox that is not four numbers: '0 0 5'"),
        ('viewBox="0 0 5 5 5"', "viewBox that is not four numbers"),
        ('viewBox="a b c d"', "viewBox that is not four numbers"),
        ('viewBox="0 0 1e9 1e9" width="10mm"', "mm wide or high; its width, height or viewBox must be wrong"),
        ('viewBox="0 0 1e-6 1e-6" width="10mm"', "mm wide or high; its width, height or viewBox must be wrong"),
    ],
)
def test_an_impossible_page_is_told(page, head: str, reason: str) -> None:
    body = '<path d="M0,0L10,10"/><circle r="3"/>'
    path = page(body, head)
    with pytest.raises(UnreadableFile, match=r"page\.svg") as caught:
        read_svg(path)
    assert reason in str(caught.value)
    assert len(str(caught.value)) < 300


def test_a_long_wrong_value_does_not_fill_the_screen(page) -> None:
    path = page("<g/>", f'viewBox="{"9" * 5000}"')
    with pytest.raises(UnreadableFile) as caught:
        read_svg(path)
    assert len(str(caught.value)) < 300
