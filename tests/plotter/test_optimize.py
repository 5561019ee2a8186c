"""Less travel and fewer lifts for the same ink; every gap that is drawn is marked."""

from __future__ import annotations

import itertools
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import drawings

import plotter.optimize
from drawing.drawing import Drawing
from drawing.svg import read_svg
from plotter.errors import SheetError
from plotter.ink import EXACT_MM, ink_error_mm
from plotter.optimize import Figures, OptimizeSettings, in_order, measure, optimise
from plotter.pipeline import run_pipeline

SQUARE = [[(10, 10), (20, 10)], [(20, 20), (10, 20)], [(20, 10), (20, 20)], [(10, 20), (10, 10)]]
UNSORTED = Drawing.of([[(90, 90), (80, 80)], [(5, 5), (20, 20)], [(60, 60), (50, 50)], [(30, 30), (40, 40)]])


def segments(drawing: Drawing, *, connectors: bool) -> list[tuple[tuple[float, ...], ...]]:
    """Segments of ink, or those that are connectors, whichever way they are drawn, sorted."""
    found = [
        tuple(sorted((tuple(a), tuple(b))))
        for index, line in enumerate(drawing.lines)
        for (a, b), mark in zip(itertools.pairwise((line + 0.0).tolist()), drawing.marks(index), strict=True)
        if bool(mark) == connectors
    ]
    return sorted(found)


# figures


def test_travel_counts_the_way_from_home_and_back() -> None:
    drawing = Drawing.of([[(3, 4), (3, 10)], [(6, 14), (6, 8)]])
    assert measure(drawing) == Figures(2, 2, pytest.approx(0.012), pytest.approx((5 + 5 + 10) / 1000))
    assert measure(drawing, (3, 4)).travel_m == pytest.approx((0 + 5 + 5) / 1000)
    assert measure(Drawing(())) == Figures(0, 0, 0, 0)
    assert measure(drawing).to_json() == {"strokes": 2, "lifts": 2, "ink_m": 0.012, "travel_m": pytest.approx(0.02)}


# order


def test_strokes_are_sorted_and_turned_from_home_and_back_to_it() -> None:
    done = optimise(UNSORTED, OptimizeSettings(join_mm=None))
    assert [line[0].tolist() for line in done.drawing.lines] in (
        [[5, 5], [30, 30], [50, 50], [80, 80]],
        [[90, 90], [60, 60], [40, 40], [20, 20]],
    )
    assert done.before == measure(UNSORTED)
    assert done.after == measure(done.drawing)
    assert done.after.travel_m == pytest.approx((5 + 10 + 10 + 20 + 90) * 2**0.5 / 1000)


def test_the_nearest_to_home_comes_first_even_without_two_opt() -> None:
    done = optimise(UNSORTED, OptimizeSettings(join_mm=None, two_opt=False)).drawing
    assert [line[0].tolist() for line in done.lines] == [[5, 5], [30, 30], [50, 50], [80, 80]]


def test_the_way_back_home_counts() -> None:
    """Two rows: nearest first goes to and fro between them and comes back empty; there and back again is shorter."""
    rows = Drawing.of([[(10 * n, y), (10 * n, y)] for n in range(1, 11) for y in (1, 4)])
    done = optimise(rows, OptimizeSettings(join_mm=None))
    assert done.after.travel_m == pytest.approx(0.2, rel=0.03)


def test_an_order_that_can_not_be_bettered_stays() -> None:
    drawing = Drawing.of([[(0, 0)], [(0, -1), (0, 3)], [(0, 1)]])
    assert in_order(drawing, passes=0) == drawing


def test_home_may_lie_elsewhere() -> None:
    settings = OptimizeSettings(join_mm=None, home_x_mm=100, home_y_mm=95)
    done = optimise(UNSORTED, settings)
    assert [line[0].tolist() for line in done.drawing.lines] == [[90, 90], [60, 60], [40, 40], [20, 20]]
    assert done.before == measure(UNSORTED, (100, 95))


@settings(max_examples=60)
@given(drawings(max_strokes=8, connectors=True), st.booleans())
def test_order_keeps_every_stroke_and_its_marks_and_never_travels_farther(drawing: Drawing, two_opt: bool) -> None:
    done = in_order(drawing, passes=50 if two_opt else 0)

    def strokes(of: Drawing) -> list[tuple[bytes, bytes]]:
        both = [
            (
                (line + 0.0).tobytes(),
                of.marks(index).tobytes(),
                (line[::-1] + 0.0).tobytes(),
                of.marks(index)[::-1].tobytes(),
            )
            for index, line in enumerate(of.lines)
        ]
        return sorted(min((a, b), (c, d)) for a, b, c, d in both)

    assert strokes(done) == strokes(drawing)
    assert measure(done).travel_m <= measure(drawing).travel_m + 1e-9


def test_two_opt_and_the_way_home_make_less_travel() -> None:
    rng = np.random.default_rng(3)
    starts = rng.uniform(0, 200, (300, 1, 2))
    drawing = Drawing(tuple(starts + rng.normal(size=(300, 4, 2))))
    greedy = optimise(drawing, OptimizeSettings(two_opt=False)).after.travel_m
    better = optimise(drawing).after.travel_m
    theirs = measure(run_pipeline(drawing, "linemerge -t 0.152mm linesort --two-opt").drawing).travel_m
    assert better < 0.92 * greedy
    assert better < theirs


def test_a_sheet_too_large_for_two_opt_is_still_sorted_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for work, words in ((15, "was left out"), (80, "was cut short after 5 passes")):
        monkeypatch.setattr(plotter.optimize, "TWO_OPT_WORK", work)
        done = optimise(UNSORTED, OptimizeSettings(join_mm=None))
        assert done.after.travel_m < done.before.travel_m / 1.5
        assert done.remarks == (f"two-opt {words}: with 4 strokes it takes long",)
    assert optimise(UNSORTED, OptimizeSettings(two_opt=False)).remarks == ()


def test_order_can_be_left_as_it_is() -> None:
    assert optimise(UNSORTED, OptimizeSettings(sort=False)).drawing == UNSORTED


# joins


def test_ends_that_touch_become_one_stroke_without_a_connector() -> None:
    done = optimise(Drawing.of(SQUARE))
    assert done.after.strokes == done.after.lifts == 1
    assert done.drawing.connectors == ()
    assert done.after.ink_m == pytest.approx(0.04)


def test_a_gap_that_is_bridged_is_a_marked_connector() -> None:
    broken = Drawing.of([[(10, 10), (20, 10)], [(20.1, 10), (30, 10)], [(30.2, 10), (40, 10)]])
    done = optimise(broken)
    assert done.after.strokes == 2
    assert segments(done.drawing, connectors=True) == [((20.0, 10.0), (20.1, 10.0))]
    assert segments(done.drawing, connectors=False) == segments(broken, connectors=False)
    assert optimise(broken, OptimizeSettings(join_mm=0.25)).after.strokes == 1
    assert optimise(broken, OptimizeSettings(join_mm=0)).after.strokes == 3
    assert optimise(broken, OptimizeSettings(join_mm=None)).drawing.connectors == ()


@settings(max_examples=60)
@given(drawings(st.integers(0, 40).map(lambda n: n / 4), min_strokes=1, max_strokes=7, connectors=True))
def test_no_ink_is_lost_and_none_is_added_but_marked(drawing: Drawing) -> None:
    done = optimise(drawing, OptimizeSettings(join_mm=0.6))
    assert segments(done.drawing, connectors=False) == segments(drawing, connectors=False)
    kept = segments(drawing, connectors=True)
    for bridge in segments(done.drawing, connectors=True):
        if bridge in kept:
            kept.remove(bridge)
        else:
            assert np.hypot(*np.subtract(*bridge)) <= 0.6
    assert kept == []


# less ink


def test_simplifying_stays_within_the_tolerance_and_keeps_connectors() -> None:
    x = np.linspace(0, 50, 500)
    wave = Drawing((np.column_stack([x, 0.015 * np.sin(9 * x)]), np.array([[0.0, 5], [1, 5.001], [2, 5]])),
                   (np.zeros(499, dtype=bool), np.array([True, False])))  # fmt: skip
    assert optimise(wave).drawing.points == wave.points
    done = optimise(wave, OptimizeSettings(simplify_mm=0.02))
    assert done.drawing.points < wave.points / 3
    assert 0.005 < ink_error_mm(wave, done.drawing.lines) <= 0.02 + EXACT_MM
    assert len(segments(done.drawing, connectors=True)) == 1


def test_short_strokes_are_left_out_after_joining_and_counted() -> None:
    drawing = Drawing.of([[(0, 0), (1, 0)], [(1.1, 0), (2, 0)], [(30, 30), (30.5, 30)], [(50, 50)]])
    done = optimise(drawing, OptimizeSettings(min_length_mm=1.5))
    assert done.after.strokes == 1
    assert done.remarks == ("2 strokes shorter than 1.5 mm left out",)
    with pytest.raises(SheetError, match="Nothing is left to draw; keep shorter strokes"):
        optimise(drawing, OptimizeSettings(min_length_mm=99))


def test_an_empty_drawing_stays_empty() -> None:
    assert optimise(Drawing(())).drawing == Drawing(())


# a pipeline of one's own


@settings(max_examples=40)
@given(drawings(st.floats(-300, 300), min_strokes=1, connectors=True))
def test_what_a_pipeline_leaves_alone_comes_back_bit_by_bit(drawing: Drawing) -> None:
    done = run_pipeline(drawing, "reverse reverse").drawing
    assert [line.tobytes() for line in done.lines] == [line.tobytes() for line in drawing.lines]
    assert segments(done, connectors=False) == [
        each for each in segments(drawing, connectors=False) if each not in segments(drawing, connectors=True)
    ]


def test_linemerge_in_a_pipeline_marks_what_it_bridges() -> None:
    broken = Drawing(
        (np.array([[10.0, 10], [20, 10]]), np.array([[20.1, 10], [30, 10], [30, 20]]), np.array([[50.0, 50]])),
        (np.array([False]), np.array([False, True]), np.zeros(0, dtype=bool)),
    )
    done = optimise(broken, OptimizeSettings(pipeline="linemerge -t 0.2mm")).drawing
    assert segments(done, connectors=True) == [((20.0, 10.0), (20.1, 10.0)), ((30.0, 10.0), (30.0, 20.0))]
    assert sorted(len(line) for line in done.lines) == [1, 5]
    touching = optimise(Drawing.of(SQUARE), OptimizeSettings(pipeline="linemerge")).drawing
    assert (len(touching.lines), touching.connectors) == (1, ())


def test_a_pipeline_works_in_real_lengths_and_takes_the_place_of_the_other_steps() -> None:
    done = optimise(UNSORTED, OptimizeSettings(pipeline="translate 10mm 1in"))
    assert [line[0].tolist() for line in done.drawing.lines] == [
        pytest.approx([x + 10, y + 25.4]) for (x, y), _ in (line.tolist() for line in UNSORTED.lines)
    ]


def test_a_pipeline_that_changes_the_page_tells_its_size() -> None:
    same = optimise(UNSORTED, OptimizeSettings(pipeline="linesort"), page_mm=(210, 297))
    turned = optimise(UNSORTED, OptimizeSettings(pipeline="pagerotate"), page_mm=(210, 297))
    assert same.page_mm is None
    assert turned.page_mm == pytest.approx((297, 210))


def test_what_vpype_prints_becomes_a_remark(capsys: pytest.CaptureFixture[str]) -> None:
    done = optimise(UNSORTED, OptimizeSettings(pipeline="stat"))
    assert any("Path count: 4" in remark for remark in done.remarks)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("pipeline", "words"),
    [
        ("linemrge", "vpype refuses 'linemrge': No such command 'linemrge'.*linemerge"),
        ("linesort --foo", "No such option '?--foo"),
        ("linemerge -t wide", "cannot convert value 'wide'"),
        ("begin grid 2 2", "'end' command is missing"),
        ('linemerge "', "No closing quotation"),
        ("eval %1/0%", "division by zero"),
        ("filter --min-length 9m", "Nothing is left to draw after 'filter"),
        ("linesort --help", "Nothing is left .*Usage: vpype linesort"),
    ],
)
def test_vpype_tells_in_its_own_words_what_is_wrong(pipeline: str, words: str) -> None:
    with pytest.raises(SheetError, match=words) as caught:
        optimise(UNSORTED, OptimizeSettings(pipeline=pipeline))
    assert "\n" not in str(caught.value)


def test_threads_do_not_get_each_others_strokes() -> None:
    every = [UNSORTED.translate(100 * n, 0) for n in range(12)]
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda drawing: in_order(drawing).bounds, every * 4))
    assert done == [drawing.bounds for drawing in every * 4]


def test_vpype_leaves_the_log_of_the_process_alone() -> None:
    root = logging.getLogger()
    before = list(root.handlers), root.level
    optimise(UNSORTED)
    optimise(UNSORTED, OptimizeSettings(pipeline="linesort"))
    assert (list(root.handlers), root.level) == before


# real sheets


@pytest.mark.parametrize(
    ("name", "strokes", "travel_m", "vpype_m"),
    [("a_one_A5", 56, 2.87, 0.67), ("b_40_A4", 1777, 248.3, 3.80), ("d_140single_A3", 140, 27.46, 3.43)],
)
def test_real_sheets_take_less_travel_than_with_vpype_alone(
    data: Path, name: str, strokes: int, travel_m: float, vpype_m: float
) -> None:
    sheet = read_svg(data / "pages" / f"{name}.svg").drawing
    done = optimise(sheet)
    assert done.before.travel_m == pytest.approx(travel_m, rel=2e-3)
    assert done.after.strokes == strokes
    assert done.after.travel_m < 0.95 * vpype_m
    assert segments(done.drawing, connectors=False) == segments(sheet, connectors=False)
    assert optimise(sheet).drawing == done.drawing
