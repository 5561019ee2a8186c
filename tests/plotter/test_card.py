from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from drawing.drawing import Drawing
from plotter.axidraw import MACHINES, PlotSettings
from plotter.board import Board
from plotter.card import CardPart, Kind, card_sheet, make_card, part_sheet
from plotter.errors import PlotterError
from plotter.feed import PlotJob
from plotter.in_process import InProcess
from plotter.ink import ink_error_mm
from plotter.plan import make_plan
from plotter.simulator import SimulatedBoard
from plotter.task import State, Task
from studio.events import Event, Said

KINDS: list[Kind] = ["first", "heights", "overlap"]
USUAL = PlotSettings()


def whole(parts: tuple[CardPart, ...]) -> Drawing:
    return Drawing(tuple(line for part in parts for line in part.drawing.lines))


@pytest.mark.parametrize("kind", KINDS)
def test_a_card_fits_every_machine_and_a_postcard(kind: Kind) -> None:
    parts = make_card(kind)
    sheet = card_sheet(kind, parts)
    assert (sheet.paper.width_mm, sheet.paper.height_mm) == (148, 105)
    assert sheet.drawing == whole(parts)
    left, top, right, bottom = sheet.drawing.bounds
    assert left > 4
    assert top > 4
    assert right < 144
    assert bottom < 101
    assert all(machine.reaches(*sheet.drawing.bounds) for machine in MACHINES)
    assert part_sheet(kind, parts[0]).drawing == parts[0].drawing


@pytest.mark.parametrize(("kind", "most_s"), [("first", 140), ("heights", 110), ("overlap", 140)])
def test_a_card_takes_two_minutes(kind: Kind, most_s: float) -> None:
    duration_s = sum(make_plan(part.drawing.lines, part.settings).duration_s for part in make_card(kind))
    assert most_s / 2 < duration_s < most_s


@pytest.mark.parametrize("kind", ["first", "heights"])
def test_a_card_is_drawn_part_by_part_as_it_is_meant(kind: Kind) -> None:
    parts = make_card(kind)
    simulated = SimulatedBoard(travel_mm=(160.0, 101.6))  # the smallest machine
    board = Board(InProcess(simulated))
    board.identify()
    told: list[Event] = []
    job = PlotJob(board, [Task(part.drawing.lines, part.settings, says=part.says) for part in parts], told.append)
    job.start()
    heights: list[int] = []
    while job.state is State.DRAWING:
        job.step()
        if heights[-1:] != [simulated.plotter.servo.down]:
            heights.append(simulated.plotter.servo.down)
    assert job.state is State.FINISHED
    wanted = [part.settings.servo_down for part in parts]
    assert heights == [height for index, height in enumerate(wanted) if wanted[index - 1 : index] != [height]]
    assert [event.text for event in told if isinstance(event, Said)] == [part.says for part in parts[1:]]
    assert ink_error_mm(whole(parts), simulated.drawing.lines) < 0.03
    # neither lost steps nor a pen that moves while the carriage does, at the deepest height too
    assert simulated.report.violations == []


def test_the_rulers_have_a_spur_for_each_mm_and_a_number_for_each_twenty() -> None:
    base = make_card("first")[0].drawing
    (ruler,) = [line for line in base.lines if len(line) > 300]
    marks = {round(x - 13, 3) for x, y in ruler.tolist() if y < 13}
    assert marks == set(range(121))
    assert {round(y - 13, 3) for x, y in ruler.tolist() if x < 13} == set(range(0, 81, 5))
    lengths = {round(x - 13): 13 - y for x, y in ruler.tolist() if y < 13}
    assert lengths[10] > lengths[5] > lengths[1]
    numbers = [line for line in base.lines if line[:, 1].max() < 10]
    middles = sorted({round((line[:, 0].min() + line[:, 0].max() - 26) / 2 / 20) * 20 for line in numbers})
    assert middles == [0, 20, 40, 60, 80, 100, 120]


def test_circle_square_and_diagonals_meet_where_they_should() -> None:
    lines = make_card("first")[0].drawing.lines
    closed = [line for line in lines if len(line) == 5 and (line[0] == line[-1]).all()]
    (square,) = [line for line in closed if np.ptp(line[:, 0]) > 20]
    left, top = square.min(axis=0)
    right, bottom = square.max(axis=0)
    assert right - left == bottom - top == 42
    middle = (left + right) / 2, (top + bottom) / 2
    (circle,) = [line for line in lines if len(line) > 200 and math.isclose(np.ptp(line[:, 0]), 42, abs_tol=0.01)]
    assert np.hypot(*(circle - middle).T) == pytest.approx(21, abs=1e-3)
    assert circle[0] == pytest.approx(circle[-1])
    corners = {tuple(corner) for corner in square.tolist()}
    diagonals = [line for line in lines if len(line) == 2 and {tuple(end) for end in line.tolist()} <= corners]
    assert len(diagonals) == 2


def test_the_zigzag_is_as_fast_as_travel_and_touches_both_rails() -> None:
    settings = PlotSettings(speed_up_mm_s=120, accel_up_mm_s2=900)
    parts = make_card("first", settings)
    (zigzag,) = parts[1].drawing.lines
    assert parts[1].settings.speed_down_mm_s == 120
    assert parts[1].settings.accel_down_mm_s2 == 900
    top, bottom = zigzag[:, 1].min(), zigzag[:, 1].max()
    rails = [line for line in parts[0].drawing.lines if len(line) == 2 and line[0, 1] == line[1, 1]]
    assert {line[0, 1] for line in rails} >= {top, bottom}
    assert len(zigzag) > 40
    assert set(zigzag[:, 1].tolist()) == {top, bottom}


def test_the_cross_comes_last_and_meets_the_middle_of_the_ring_that_came_first() -> None:
    parts = make_card("first")
    first, second = parts[-1].drawing.lines
    middle = first.mean(axis=0)
    assert middle == pytest.approx(second.mean(axis=0))
    rings = [line for line in parts[0].drawing.lines if np.hypot(*(line.mean(axis=0) - middle)) < 0.2]
    assert len(rings) == 2
    for ring in rings:
        assert np.ptp(np.hypot(*(ring - middle).T)) < 1e-3
    assert parts[-1].settings == parts[0].settings == USUAL


def test_five_heights_lie_around_that_of_the_settings_and_begin_with_the_highest() -> None:
    parts = make_card("first")[2:-1]
    assert [part.settings.pen_down_pct for part in parts] == [40, 35, 30, 25, 20]
    assert parts[0].says == "The pen at 40 %."
    assert all(len(part.drawing.lines) == 1 for part in parts)
    near = make_card("first", PlotSettings(pen_up_pct=40, pen_down_pct=34))[2:-1]
    heights = [part.settings.pen_down_pct for part in near]
    assert heights == [38, 36, 34, 32, 30]
    low = make_card("first", PlotSettings(pen_up_pct=40, pen_down_pct=4))[2:-1]
    assert [part.settings.pen_down_pct for part in low] == [20, 15, 10, 5, 0]
    with pytest.raises(PlotterError, match=r"raised pen \(30 %\) is no higher than the lowered \(30 %\)"):
        make_card("first", PlotSettings(pen_up_pct=30))


def test_a_deeper_pen_has_more_time() -> None:
    deep = make_card("first")[6].settings
    assert deep.pen_down_pct == 20
    assert deep.lower_ms == USUAL.lower_ms + 40  # 10 % at 250 % a second
    assert deep.raise_ms == USUAL.raise_ms + 27
    high = make_card("first")[2].settings
    assert (high.raise_ms, high.lower_ms) == (USUAL.raise_ms, USUAL.lower_ms)


def test_the_card_of_heights_goes_down_from_the_highest_and_labels_with_the_lowest() -> None:
    parts = make_card("heights", highest_pct=44, lowest_pct=36, step_pct=2)
    assert [part.settings.pen_down_pct for part in parts] == [44, 42, 40, 38, 36, 36]
    assert len(parts[-1].drawing.lines) > 10
    assert len(make_card("heights")) == 12
    assert len(make_card("heights", step_pct=1)) == 27
    assert [part.settings.pen_down_pct for part in make_card("heights", highest_pct=30, lowest_pct=30)] == [30, 30]


def test_samples_and_labels_of_the_fullest_card_do_not_meet() -> None:
    parts = make_card("heights", highest_pct=49, lowest_pct=20, step_pct=1)
    boxes = [part.drawing.bounds for part in parts[:-1]]
    assert len(boxes) == 30
    for line in parts[-1].drawing.lines:
        left, top, right, bottom = Drawing((line,)).bounds
        for x0, y0, x1, y1 in boxes:
            assert right < x0 or left > x1 or bottom < y0 or top > y1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"highest_pct": 20.0, "lowest_pct": 40.0}, "go down from the highest"),
        ({"step_pct": 0.0}, "can't be"),
        ({"lowest_pct": -1.0}, "can't be"),
        ({"step_pct": 0.5}, "room for 30 heights, not for 51"),
        ({"highest_pct": 60.0}, "no higher than the highest sample"),
    ],
)
def test_heights_that_can_not_be_are_told(options: dict[str, Any], words: str) -> None:
    with pytest.raises(PlotterError, match=words):
        make_card("heights", **options)


def test_the_card_of_overlap_shows_hooks_where_it_is_too_much_and_only_there() -> None:
    parts = make_card("overlap", PlotSettings(hop_mm=9, raise_early_ms=70))
    combs = parts[:-1]
    early = [(part.settings.raise_early_ms, part.settings.lower_early_ms) for part in combs]
    assert early == [(20 * step, 0) for step in range(7)] + [(0, 20 * step) for step in range(8)]
    assert {part.settings.hop_mm for part in parts} == {0}
    hooked: dict[tuple[int, int], bool] = {}
    for part, times in zip(combs, early, strict=True):
        board = SimulatedBoard(overlaps=True)
        wire = Board(InProcess(board))
        wire.identify()
        job = PlotJob(wire, [Task(part.drawing.lines, part.settings)], lambda _: None)
        job.start()
        while not job.ended:
            job.step()
        hooked[times] = ink_error_mm(part.drawing, board.drawing.lines) > 0.05
    # the simulated pen touches a quarter of its way up: it leaves the paper 20 ms after it set out, of 130, and comes
    # to it 90 ms after, of 146
    assert [ms for (ms, _), hook in hooked.items() if hook and ms] == [120]
    assert [ms for (_, ms), hook in hooked.items() if hook and ms] == [120, 140]
