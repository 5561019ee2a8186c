from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from screens import screen_text
from textual.app import App, ComposeResult

from tui.widgets.axis import decade_ticks, decimate, labels, round_ticks
from tui.widgets.chart import BEST, CUT, MARK, Chart, Series

Golden = Callable[[str, str], None]


class OneChart(App[None]):
    def __init__(self, series: Mapping[str, Series], *, log_steps: bool = False) -> None:
        super().__init__()
        self._series, self._log_steps = series, log_steps

    def compose(self) -> ComposeResult:
        yield Chart(unit="nats per point", empty="no figures yet")

    def on_mount(self) -> None:
        self.query_one(Chart).show(self._series)
        self.query_one(Chart).log_steps = self._log_steps


async def drawn(series: Mapping[str, Series], size: tuple[int, int], *, log_steps: bool = False) -> str:
    async with OneChart(series, log_steps=log_steps).run_test(size=size) as pilot:
        await pilot.pause()
        return screen_text(pilot.app)


def learning(steps: int) -> dict[str, Series]:
    train = [(20.0 * k, 3 * math.exp(-20 * k / 400) - 0.5 + 0.1 * math.sin(2.1 * k)) for k in range(1, steps + 1)]
    valid = [(200.0 * k, 3 * math.exp(-200 * k / 400) - 0.4) for k in range(1, steps // 10 + 1)]
    return {"train": Series(train), "valid": Series(valid, marked=True)}


@given(st.floats(-1e4, 1e4), st.floats(1e-2, 1e6), st.integers(1, 12))
def test_ticks_are_round_and_within_and_not_too_many(low: float, span: float, most: int) -> None:
    high = low + span
    ticks = round_ticks(low, high, most)
    assert len(ticks) <= most
    if len(ticks) > 1:
        step = ticks[1] - ticks[0]
        mantissa = step / 10 ** math.floor(math.log10(step * 1.0001))
        assert min(abs(mantissa - each) for each in (1, 2, 5)) < 1e-3
    assert all(low - 1e-6 * span <= tick <= high + 1e-6 * span for tick in ticks)


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (0, 1000, 6, ["0", "200", "400", "600", "800", "1000"]),
        (0, 50_000, 6, ["0", "10k", "20k", "30k", "40k", "50k"]),
        (-0.42, 0.13, 4, ["-0.4", "-0.2", "0.0"]),
        (-0.1, 0.3, 9, ["-0.10", "-0.05", "0.00", "0.05", "0.10", "0.15", "0.20", "0.25", "0.30"]),
        (0, 2_500_000, 3, ["0", "1M", "2M"]),
        (3.0, 3.0, 5, []),
        (0, math.nan, 5, []),
    ],
)
def test_ticks_read_as_a_person_would_write_them(low: float, high: float, most: int, expected: list[str]) -> None:
    assert labels(round_ticks(low, high, most)) == expected


def test_a_logarithmic_axis_has_the_ones_twos_and_fives() -> None:
    assert decade_ticks(20, 1000, 9) == [20, 50, 100, 200, 500, 1000]
    assert decade_ticks(1, 1e6, 7) == [1, 10, 100, 1000, 1e4, 1e5, 1e6]
    assert len(decade_ticks(1, 1e6, 3)) <= 3
    assert decade_ticks(0, 5, 5) == []


@example([0.0] * 150 + [5.0, 0.0, -5.0] + [0.0] * 150, 3)
@given(st.lists(st.floats(-5, 5), min_size=1, max_size=400), st.integers(1, 20))
def test_a_long_curve_is_reduced_without_losing_a_spike(values: list[float], columns: int) -> None:
    curve = np.column_stack([np.arange(len(values), dtype=np.float64), values])
    few = decimate(curve, columns, 0, max(1, len(values) - 1))
    assert len(few) <= max(4 * columns, 1)
    assert few[:, 1].min() == curve[:, 1].min()
    assert few[:, 1].max() == curve[:, 1].max()
    assert few[0].tolist() == curve[0].tolist()
    assert few[-1].tolist() == curve[-1].tolist()
    assert (np.diff(few[:, 0]) > 0).all()


async def test_a_run_is_drawn_with_round_ticks_and_marks(golden: Golden) -> None:
    golden("chart.txt", await drawn(learning(100), (100, 20)))


async def test_the_first_steps_have_room_on_a_logarithmic_axis(golden: Golden) -> None:
    golden("chart-log.txt", await drawn(learning(100), (100, 20), log_steps=True))


async def test_the_mark_of_its_own_is_on_the_lowest_point() -> None:
    dip = [(100.0, 1.0), (200.0, 0.2), (300.0, 0.8), (400.0, 1.0)]
    text = await drawn({"valid": Series(dip, marked=True)}, (60, 12))
    rows = [row.partition("│")[2] or row.partition("┤")[2] for row in text.splitlines()[1:]]
    marks = [(y, row.index(BEST)) for y, row in enumerate(rows) if BEST in row]
    others = [(y, x) for y, row in enumerate(rows) for x, sign in enumerate(row) if sign == MARK]
    assert len(marks) == 1
    assert len(others) == 3
    assert all(y < marks[0][0] for y, _ in others)
    assert marks[0][1] == pytest.approx(28, abs=1)  # half way across 56 columns


async def test_values_that_are_no_numbers_are_left_out() -> None:
    holes = [(10.0, 1.0), (20.0, math.nan), (30.0, math.inf), (40.0, 0.5)]
    assert "train 0.500" in await drawn({"train": Series(holes)}, (60, 12))
    assert "no figures yet" in await drawn({"train": Series([(10.0, math.nan)])}, (60, 12))


async def test_one_point_and_no_point_and_no_room_are_no_error() -> None:
    assert "train 1.500" in await drawn({"train": Series([(20.0, 1.5)])}, (60, 12))
    assert "no figures yet" in await drawn({}, (60, 12))
    assert (await drawn(learning(30), (12, 3))).strip() == ""


async def test_the_few_first_steps_do_not_flatten_the_rest() -> None:
    steep = [(float(k), 500.0 if k < 2 else 1.0 + 0.1 * math.sin(k)) for k in range(200)]
    text = await drawn({"train": Series(steep)}, (60, 12))
    rows = [row.partition("│")[2] or row.partition("┤")[2] for row in text.splitlines()[1:-1]]
    assert sum(any(sign != "⠀" for sign in row[20:]) for row in rows) >= 8


async def test_later_curves_do_not_punch_holes_into_earlier_ones() -> None:
    flat = [(float(k), 1.0) for k in range(0, 101, 2)]
    slope = [(float(k), k / 50) for k in range(0, 101, 2)]

    def dots(text: str) -> int:
        return sum((ord(sign) - 0x2800).bit_count() for sign in text if 0x2800 <= ord(sign) < 0x2900)

    both = dots(await drawn({"a": Series(flat), "b": Series(slope)}, (60, 12)))
    frame = [(0.0, 0.0), (100.0, 2.0)]
    alone = dots(await drawn({"a": Series(flat), "f": Series(frame)}, (60, 12)))
    assert both >= alone - 8


@pytest.mark.parametrize("log_steps", [False, True])
async def test_a_cut_is_a_line_behind_the_curves_and_its_step_is_told(log_steps: bool) -> None:
    series = {"train": Series([(1.0, 3.0), (10.0, 2.0), (100.0, 1.0)])}
    async with OneChart(series, log_steps=log_steps).run_test(size=(80, 12)) as pilot:
        chart = pilot.app.query_one(Chart)
        await pilot.pause()
        before = screen_text(pilot.app)
        assert CUT not in before
        chart.show(series, [10.0, 50.0, 400.0], "rate halved")  # the last one is beyond what was measured
        await pilot.pause()
        after = screen_text(pilot.app)
        assert "┊ rate halved 3 times, last at 400" in after
        rows = [row for row in after.splitlines()[1:] if CUT in row]
        columns = {at for row in rows for at, sign in enumerate(row) if sign == CUT}
        assert len(columns) == 2
        dots = [[sign for sign in row if "\u2801" <= sign <= "\u28ff"] for row in before.splitlines()]
        assert dots == [[sign for sign in row if "\u2801" <= sign <= "\u28ff"] for row in after.splitlines()]
        chart.show(series, [10.0], "rate halved")
        await pilot.pause()
        assert "┊ rate halved at 10" in screen_text(pilot.app)


async def test_the_step_of_a_cut_is_told_in_little_room_too() -> None:
    series = {"train": Series([(1.0, 3.0), (1200.0, 2.0)]), "valid": Series([(1200.0, 2.5)], marked=True)}
    async with OneChart(series).run_test(size=(54, 12)) as pilot:
        pilot.app.query_one(Chart).show(series, [612.0, 1100.0], "rate halved")
        await pilot.pause()
        assert "┊ 1,100" in screen_text(pilot.app)
