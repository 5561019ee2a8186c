from __future__ import annotations

import numpy as np
import pytest

from plotter.axidraw import PlotSettings
from plotter.errors import PlotterError
from plotter.firmware import NEWEST, USUAL
from plotter.handling import HANDLINGS, find_handling
from plotter.plan import Plan, make_plan
from plotter.ticks import RATE_PER_STEP_S

BENDS = [np.column_stack([20 + 40 * np.linspace(0, 1, 60), 40 + 15 * np.sin(9 * np.linspace(0, 1, 60))])]
SQUARE = [np.array([(20.0, 20.0), (60.0, 20.0), (60.0, 60.0), (20.0, 60.0), (20.0, 20.0)])]


def plan(name: str, lines: list[np.ndarray]) -> Plan:
    return make_plan(lines, find_handling(name).apply(PlotSettings()), NEWEST)


def test_each_is_what_its_name_says() -> None:
    usual, technical, sketch, constant = (plan(each.name, BENDS).duration_s for each in HANDLINGS)
    assert sketch < usual < technical
    assert constant > usual
    for lines in (BENDS, SQUARE):
        slow = plan("constant", lines)
        inner = np.flatnonzero(slow.down)[3:-3]
        speeds = np.diff(slow.ink_mm)[inner] / np.diff(slow.starts_s)[inner]
        assert speeds == pytest.approx(15, rel=0.05)  # at corners too


def test_the_usual_one_changes_nothing_and_all_can_be_drawn_by_the_motors() -> None:
    assert find_handling("usual").apply(PlotSettings()) == PlotSettings()
    for each in HANDLINGS:
        for firmware in (USUAL, NEWEST):
            made = make_plan([*BENDS, *SQUARE], each.apply(PlotSettings()), firmware)
            rates = np.maximum(abs(made.blocks.rate1), abs(made.blocks.rate2)) / RATE_PER_STEP_S
            assert rates.max() < 25_000
            assert PlotSettings.model_validate(each.apply(PlotSettings()).model_dump())


def test_what_somebody_has_set_stays_and_a_slip_is_understood() -> None:
    applied = find_handling("Sketch").apply(PlotSettings(speed_down_mm_s=33, cornering_mm=0.0508))
    assert (applied.speed_down_mm_s, applied.cornering_mm, applied.accel_down_mm_s2) == (33, 0.0508, 2000)
    with pytest.raises(PlotterError, match="did you mean technical"):
        find_handling("technicall")
