"""What a plot is made of: the meter that tells a pen what was drawn with it."""

from __future__ import annotations

import pytest

from plotter.task import InkMeter


class Bottle:
    def __init__(self, left_mm: float | None) -> None:
        self.left_mm = left_mm
        self.used: list[float] = []
        self.fillings = 0

    def use(self, length_mm: float) -> None:
        self.used.append(length_mm)
        if self.left_mm is not None:
            self.left_mm -= length_mm

    def fill(self) -> None:
        self.fillings += 1
        self.left_mm = 100.0


def test_a_pen_is_told_what_came_since_the_last_time() -> None:
    bottle = Bottle(100.0)
    meter = InkMeter(bottle, told_mm=50.0)
    assert meter.count(60.0)
    assert meter.count(58.0)  # a stop gives some back
    assert meter.count(90.0)
    assert bottle.used == pytest.approx([10, -2, 32])


@pytest.mark.parametrize(("drawn_mm", "wet"), [(99.9, True), (100.0, False), (101.0, False)])
def test_a_pen_is_empty_when_nothing_is_left(drawn_mm: float, wet: bool) -> None:
    assert InkMeter(Bottle(100.0)).count(drawn_mm) is wet


def test_ink_that_nobody_counts_or_knows_never_runs_out() -> None:
    assert InkMeter(None).count(1e9)
    assert InkMeter(Bottle(None)).count(1e9)
    InkMeter(None).go_on(filled=True)


def test_who_goes_on_with_an_empty_pen_is_believed_until_it_is_filled() -> None:
    bottle = Bottle(10.0)
    meter = InkMeter(bottle)
    assert not meter.count(11.0)
    meter.go_on(filled=False)
    assert meter.count(500.0)
    meter.go_on(filled=True)
    assert bottle.fillings == 1
    assert meter.count(599.0)
    assert not meter.count(601.0)


def test_who_goes_on_with_a_pen_that_has_ink_is_told_when_it_has_none() -> None:
    meter = InkMeter(Bottle(10.0))
    meter.go_on(filled=False)
    assert not meter.count(11.0)
