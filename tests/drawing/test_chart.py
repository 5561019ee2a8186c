"""Charts on a plate."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawing.chart import STYLES, Curve, draw_chart, spread, ticks
from drawing.plate import Dot, Line, Plate, Words

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
    at_points = words(chart(*near[:1], names_at_points=True))["w 0"]
    assert (at_points.x, at_points.y) == (122.0, pytest.approx(7.6))


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
