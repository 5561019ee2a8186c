"""Charts on a plate."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawing.chart import PALE, STYLES, Curve, draw_chart, spread, ticks
from drawing.plate import Dot, Line, Plate, Words, words_width

BOX = (20.0, 10.0, 120.0, 60.0)


def chart(*curves: Curve, **options: object) -> Plate:
    plate = Plate(160.0, 80.0)
    draw_chart(plate, BOX, curves, **options)  # pyright: ignore[reportArgumentType]
    return plate


def of_style(plate: Plate, style: int) -> list[Line]:
    colour, dash = STYLES[style]
    return [each for each in plate.marks if isinstance(each, Line) and (each.colour, each.dash_mm) == (colour, dash)]


def words(plate: Plate) -> dict[str, Words]:
    return {each.text: each for each in plate.marks if isinstance(each, Words)}


def test_values_stand_where_the_axes_say() -> None:
    plate = chart(Curve(np.array([0.0, 50, 100]), np.array([1.0, 3, 2]), 1, "one", dots=True), x_name="step")
    (line,) = of_style(plate, 1)
    np.testing.assert_allclose(line.points, [[20, 60], [70, 10], [120, 35]])
    assert [(each.x, each.y) for each in plate.marks if isinstance(each, Dot)] == [(20, 60), (70, 10), (120, 35)]
    told = words(plate)
    assert (told["40"].x, told["2"].y) == (60.0, 35.0)
    assert told["one"].x > 120
    assert told["one"].y == 35.0
    assert "step" in told


def test_what_lies_above_the_range_is_cut_off_at_the_edge() -> None:
    values = np.array([50.0, 9, 1, 2, 30, 40, 1])
    plate = chart(Curve(np.arange(7.0), values, 1, dots=True), y_range=(0.0, 3.0))
    lines = of_style(plate, 1)
    assert len(lines) == 2
    assert all(each.points[:, 1].min() >= 10.0 and each.points[:, 1].max() <= 60.0 for each in lines)
    assert sum(isinstance(each, Dot) for each in plate.marks) == 3


def test_one_value_none_and_numbers_that_are_none_make_a_chart() -> None:
    assert "0.4" in words(chart())
    one = chart(Curve(np.array([3.0]), np.array([7.0]), dots=True))
    assert [(each.x, each.y) for each in one.marks if isinstance(each, Dot)] == [(70.0, 35.0)]
    holes = Curve(np.arange(5.0), np.array([1, 2, np.nan, 3, 4.0]), 1)
    assert [len(each.points) for each in of_style(chart(holes), 1)] == [2, 2]


def test_names_stand_apart() -> None:
    near = [Curve(np.array([0.0, 1]), np.array([0.0, 1 + n / 1000]), n, f"w {n}") for n in range(4)]
    told = words(chart(*near))
    heights = [told[f"w {n}"].y for n in range(4)]
    assert np.diff(heights).tolist() == pytest.approx([-3.6] * 3)
    low = [Curve(np.array([0.0, 1]), np.zeros(2), n, f"w {n}") for n in range(4)]
    heights = [words(chart(*low, y_range=(0.0, 1.0)))[f"w {n}"].y for n in range(4)]
    assert max(heights) <= BOX[3]  # below it stand the numbers of the steps
    assert -np.diff(sorted(heights, reverse=True)) == pytest.approx([3.6] * 3)
    at_points = words(chart(Curve(np.array([0.0]), np.array([0.5]), 0, "w", dots=True), names_at_points=True))["w"]
    assert (at_points.x, at_points.y) == (72.0, pytest.approx(35 - 2.4))


def names(plate: Plate) -> list[tuple[float, float, float, float]]:
    """What the names of the curves cover."""
    found: list[tuple[float, float, float, float]] = []
    for each in words(plate).values():
        if each.text.startswith("w_KL"):
            width = words_width(each.text, each.size_mm)
            left = each.x - (width if each.anchor == "end" else 0)
            found.append((left, each.y - each.size_mm / 2, left + width, each.y + each.size_mm / 2))
    return found


@pytest.mark.parametrize("gap", [0.0, 0.004, 0.02, 0.3])
def test_names_at_points_lie_on_no_other_name_and_on_no_point(gap: float) -> None:
    curves = [
        Curve(np.array([n * gap]), np.array([1 - n * gap / 2]), n % len(STYLES), f"w_KL 0.{n}5", dots=True)
        for n in range(7)
    ]
    plate = chart(*curves, x_range=(-0.5, 2.0), y_range=(0.0, 1.0), names_at_points=True)
    found = names(plate)
    assert len(found) == 7
    for a, b in itertools.combinations(found, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
    for dot in (each for each in plate.marks if isinstance(each, Dot)):
        assert not any(left < dot.x < right and top < dot.y < bottom for left, top, right, bottom in found)
    leaders = [each for each in plate.marks if isinstance(each, Line) and each.width_mm == 0.15 and not each.dash_mm]
    assert any(each.colour != PALE for each in leaders) == (gap < 0.3)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_ticks_are_few_round_and_inside(low: float, width: float) -> None:
    found = ticks(low, low + width)
    assert 2 <= len(found) <= 8
    assert all(low - 1e-3 * width <= each <= low + 1.001 * width for each in found)
    assert np.ptp(np.diff(found)) <= 1e-6 * width + 1e-9 * abs(low)


@given(st.lists(st.floats(0, 100), max_size=8))
def test_spread_keeps_the_order_and_the_distance(places: list[float]) -> None:
    found = spread(places, 4.0)
    order = sorted(range(len(places)), key=lambda each: places[each])
    assert all(found[b] - found[a] >= 4.0 - 1e-9 for a, b in itertools.pairwise(order))
    if all(abs(a - b) >= 4.0 for at, a in enumerate(places) for b in places[:at]):
        assert found == pytest.approx(places)
