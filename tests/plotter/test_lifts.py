"""The pen between strokes: short hops, and lifts that overlap the motion, in plans and on boards."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from feeding import Fed
from hypothesis import given
from hypothesis import strategies as st

from drawing.drawing import Drawing
from plotter.axidraw import PlotSettings
from plotter.ebb import RP_OF_PIN, S2, SP, durations_ticks
from plotter.errors import PlotterError
from plotter.firmware import Firmware
from plotter.lifts import HOP, LOWER, PAUSE, RAISE, hop_times, whole_times
from plotter.plan import Plan, make_plan
from plotter.route import Place
from plotter.task import State, Task
from plotter.ticks import TICK_S

USUAL = PlotSettings()
TEETH = Drawing.of([[(x, 20), (x, 34)] for x in (20, 22, 24, 60, 61, 120)])
"""Ways of 14 to 60 mm between them, and from tooth to tooth."""
NEAR = Drawing.of([[(10 + 3 * index, 10), (12 + 3 * index, 10 + index % 3)] for index in range(12)])
"""Ways of 1 to 3 mm."""
ALL = {"hop_mm": 5.0, "raise_early_ms": 60, "lower_early_ms": 60}


def timeline(plan: Plan) -> list[tuple[int, float, float]]:
    """Code of each pen command, when it begins and when the next command does, in ms."""
    starts = plan.starts_s * 1000
    return [(int(code), starts[at], starts[at + 1]) for at, code in enumerate(plan.block) if code < 0]


def test_a_whole_lift_takes_what_the_settings_say_and_a_short_one_what_the_official_software_needs_for_it() -> None:
    assert (whole_times(USUAL).up, whole_times(USUAL).down) == (130, 146)
    # measured there: raising from 30 to 40 instead of 60 % spares 131 ms a lift
    short = hop_times(USUAL)
    assert short.up + short.down == pytest.approx(276 - 131, abs=2)
    half = hop_times(PlotSettings(raise_ms=260, lower_ms=292))
    assert (half.up, half.down) == (pytest.approx(2 * short.up, abs=1), pytest.approx(2 * short.down, abs=1))


def test_only_short_ways_are_hops_and_never_the_first_one_nor_home() -> None:
    plan = make_plan(NEAR.lines, PlotSettings(hop_mm=1.5))
    hops = [plan.command(at) for at in np.flatnonzero(plan.block == HOP)]
    gaps = [np.hypot(*(b[0] - a[-1])) for a, b in itertools.pairwise(NEAR.lines)]
    assert 0 < len(hops) == sum(gap <= 1.5 for gap in gaps) < len(gaps)
    assert all(isinstance(each, S2) and each.counts == USUAL.servo_hop for each in hops)
    assert plan.block[0] == RAISE
    assert plan.block[np.flatnonzero(plan.block < 0)[-1]] == RAISE


def test_a_pen_that_would_not_leave_the_paper_is_refused_with_the_heights() -> None:
    for wrong in (30.0, 29.0, 60.0, 75.0):
        with pytest.raises(PlotterError, match=rf"at {wrong:g} %.*paper \(30 %\).*pen \(60 %\).*plot\.hop_pct"):
            make_plan(NEAR.lines, PlotSettings(hop_mm=5, hop_pct=wrong))
    make_plan(NEAR.lines, PlotSettings(hop_pct=29))  # nobody asked for hops


@given(
    st.sampled_from((TEETH, NEAR)), st.integers(0, 200), st.integers(0, 200), st.sampled_from((0.0, 2.5, 50.0)),
    st.sampled_from(("2.6.2", "2.8.1", "3.0.3")),
)  # fmt: skip
def test_the_pen_is_up_before_it_comes_down_and_down_before_it_draws(
    drawing: Drawing, early_up: int, early_down: int, hop_mm: float, version: str
) -> None:
    settings = PlotSettings(hop_mm=hop_mm, raise_early_ms=early_up, lower_early_ms=early_down)
    plan = make_plan(drawing.lines, settings, Firmware.parse(version))
    ticks = durations_ticks(plan.commands(), plan.firmware)
    assert np.diff(plan.starts_s) == pytest.approx(np.array(ticks) * TICK_S, abs=1e-9)
    starts = plan.starts_s * 1000
    draws = np.flatnonzero(plan.down)
    went_up, went_up_ms, up_ms = -1, 0.0, 0
    for at, code, begins in [(at, int(code), float(starts[at])) for at, code in enumerate(plan.block) if code < 0]:
        hop = hop_times(settings) if went_up == HOP or code == HOP else whole_times(settings)
        if code in (RAISE, HOP):
            went_up, went_up_ms, up_ms = code, begins, hop.up
        elif code == LOWER:
            assert begins >= went_up_ms + up_ms - 0.05
            first = draws[draws > at][0]
            assert starts[first] >= begins + hop.down - 0.05
            moving = starts[first] - begins - (hop.down if plan.lowers_early[at] else 0)
            assert not plan.lowers_early[at] or moving <= early_down + 20
    assert plan.command(0) == SP(True, 130)  # nobody knows how the pen was
    assert plan.lifts == len(drawing.lines) == int((plan.block == LOWER).sum())
    # from rest to rest the carriage never waits longer than for the pen
    assert plan.duration_s <= make_plan(drawing.lines, PlotSettings(hop_mm=hop_mm), plan.firmware).duration_s + 0.01


def test_overlap_spares_what_it_says_on_long_ways() -> None:
    usual = make_plan(TEETH.lines, USUAL).duration_s
    early = make_plan(TEETH.lines, PlotSettings(raise_early_ms=60, lower_early_ms=80)).duration_s
    # six times down early, six times up; a block is 19 ms at most
    assert usual - early == pytest.approx(6 * 0.140, abs=6 * 0.020)


def play(settings: PlotSettings, drawing: Drawing, firmware: Firmware, **options: Any) -> Fed:
    overlaps = bool(settings.raise_early_ms or settings.lower_early_ms)
    fed = Fed(
        drawing, firmware, servo_pin=RP_OF_PIN + settings.pen_lift.pin, overlaps=overlaps, command_cost=True, **options
    )
    fed.begin([Task(drawing.lines, settings)])
    fed.draw()
    return fed


@pytest.mark.parametrize("version", ["2.6.2", "2.8.1", "3.0.3"])
@pytest.mark.parametrize("lift", ["standard", "brushless"])
def test_hops_and_overlap_draw_the_same_ink_on_the_board_without_a_stutter(version: str, lift: Any) -> None:
    for drawing in (TEETH, NEAR):
        settings = PlotSettings(**ALL, lift=lift)
        fed = play(settings, drawing, Firmware.parse(version))
        assert fed.job.state is State.FINISHED
        assert fed.error_mm < 0.03
        assert fed.kinds == set()
        assert fed.simulated.report.lifts == len(drawing.lines)
        assert fed.simulated.report.starved_s == 0.0
        assert fed.simulated.report.duration_s == pytest.approx(
            make_plan(drawing.lines, settings, Firmware.parse(version)).duration_s, rel=1e-4
        )


def test_a_board_shows_what_comes_of_too_much() -> None:
    assert play(PlotSettings(lower_early_ms=140), TEETH, Firmware(2, 8, 1)).kinds == {"early_ink"}
    assert play(PlotSettings(raise_early_ms=125), TEETH, Firmware(2, 8, 1)).kinds == {"ink_in_travel"}
    # and without being told of overlap it takes none for meant
    fed = Fed(TEETH)
    fed.begin([Task(TEETH.lines, PlotSettings(raise_early_ms=60))])
    fed.draw()
    assert fed.kinds == {"pen_moving"}


@pytest.mark.parametrize("step", range(0, 400, 7))
def test_a_stop_on_any_way_raises_the_pen_all_the_way_and_goes_on_from_there(step: int) -> None:
    settings = PlotSettings(**ALL)
    fed = Fed(TEETH if step % 2 else NEAR, overlaps=True)
    fed.begin([Task(fed.drawing.lines, settings)])
    for _ in range(step):
        fed.job.step()
    if fed.job.ended:
        return
    fed.job.pause()
    servo = fed.simulated.plotter.servo
    fed.simulated.run_out()
    assert servo.at(fed.simulated.now) == servo.up
    assert fed.simulated.plotter.touching is False
    fed.job.resume()
    fed.draw()
    assert fed.job.state is State.FINISHED
    assert fed.error_mm < 0.03
    assert fed.kinds == set()


@pytest.mark.parametrize("settings", [PlotSettings(lower_early_ms=80), PlotSettings(lower_early_ms=140, hop_mm=50)])
def test_a_stop_just_before_the_pen_comes_down_on_the_way_slows_down_first(settings: PlotSettings) -> None:
    plan = make_plan(TEETH.lines, settings)
    early = np.flatnonzero(plan.lowers_early).tolist()
    assert len(early) > 2
    for index in early:
        speed = float(plan.pieces.from_mm_s[plan.block[index + 1]])
        assert speed > 20
        halt = plan.halt(index)
        way = np.hypot(*(np.array([halt.x_mm, halt.y_mm]) - plan.positions_mm[index]))
        assert way == pytest.approx(speed**2 / 2 / settings.accel_up_mm_s2, rel=0.1)


def test_before_a_pen_comes_down_on_the_way_the_board_is_known_to_be_well_when_the_carriage_sets_out() -> None:
    plan = make_plan(TEETH.lines, PlotSettings(lower_early_ms=80))
    early = np.flatnonzero(plan.lowers_early)
    assert len(early) == len(TEETH.lines)
    care = np.flatnonzero(plan.needs_care)
    assert (plan.block[care] == RAISE).all()
    assert ((care < early) & (early - care < 40)).all()
    usual = make_plan(TEETH.lines, USUAL)
    assert (usual.block[usual.needs_care] == LOWER).all()
    assert int(usual.needs_care.sum()) == len(TEETH.lines)


def test_a_plan_that_begins_inside_a_line_and_a_long_rest_are_split_for_orders() -> None:
    settings = PlotSettings(lower_ms=900, lower_early_ms=60)
    plan = make_plan(TEETH.lines, settings, begin=Place(1, 5.0))
    assert (plan.block == PAUSE).any()
    fed = Fed(TEETH, overlaps=True)
    fed.begin([Task(TEETH.lines, settings)])
    fed.draw()
    rests = [int(line.split(",")[1]) for _, line in fed.lines if line.startswith("SM,") and line.endswith(",0,0")]
    assert max(rests) <= 150
    assert fed.simulated.report.duration_s == pytest.approx(make_plan(TEETH.lines, settings).duration_s, rel=1e-4)


def test_the_first_word_to_a_brushless_lift_names_its_output_and_its_only_slot() -> None:
    fed = play(PlotSettings(lift="brushless"), TEETH, Firmware(2, 8, 1))
    lines = [line for _, line in fed.lines]
    assert "SC,8,1" in lines
    pens = [line for line in lines if line.startswith("SP,")]
    assert pens
    assert all(line.endswith(",2") for line in pens)
    assert SP(True, 130, 2).text in pens
    assert (PlotSettings(lift="brushless").servo_up, PlotSettings(lift="brushless").servo_down) == (9720, 7560)
