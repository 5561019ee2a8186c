from __future__ import annotations

import numpy as np
import pytest

from drawing.connect import join
from drawing.drawing import Drawing
from plotter.axidraw import PlotSettings
from plotter.economy import cut_joins, savings
from plotter.plan import make_plan

DASHES = Drawing.of([[(20 + 2 * index, 30), (21.6 + 2 * index, 30)] for index in range(20)])
"""A broken line with gaps of 0.4 mm."""


def test_joins_are_worth_their_lifts_and_ways() -> None:
    joined = join(DASHES, 0.5)
    settings = PlotSettings(join_mm=0.5)
    (saved,) = savings(joined, make_plan(joined.lines, settings))
    assert (saved.name, saved.count) == ("joins", 19)
    apart = make_plan(DASHES.lines, settings).duration_s - make_plan(joined.lines, settings).duration_s
    assert saved.seconds == pytest.approx(apart, abs=0.01)
    assert saved.seconds > 19 * 0.276


def test_cutting_takes_the_short_connectors_only_and_gives_the_strokes_back() -> None:
    joined = join(DASHES, 0.5)
    cut, count = cut_joins(joined, 0.5)
    assert count == 19
    assert cut == DASHES
    assert cut_joins(joined, 0.3) == (joined, 0)
    assert cut_joins(DASHES, 0.5) == (DASHES, 0)
    # a long connector was drawn on purpose, and keeps its mark in the piece that it is in
    mixed = Drawing(
        (np.array([(0, 0), (5, 0), (5.2, 0), (9, 0), (20, 0), (30, 0)]),), (np.array([0, 1, 0, 1, 0], dtype=bool),)
    )
    cut, count = cut_joins(mixed, 0.5)
    assert count == 1
    assert [line.tolist() for line in cut.lines] == [[[0, 0], [5, 0]], [[5.2, 0], [9, 0], [20, 0], [30, 0]]]
    assert cut.marks(1).tolist() == [False, True, False]


def test_hops_and_overlap_are_told_with_what_each_spares_by_itself() -> None:
    settings = PlotSettings(hop_mm=1, raise_early_ms=60, lower_early_ms=60, join_mm=0)
    plan = make_plan(DASHES.lines, settings)
    hops, overlap = savings(DASHES, plan)
    assert (hops.name, hops.count, overlap.name, overlap.count) == ("hops", 19, "overlap", 20)
    whole = make_plan(DASHES.lines, settings.model_copy(update={"hop_mm": 0.0})).duration_s
    assert hops.seconds == pytest.approx(whole - plan.duration_s)
    assert hops.seconds > 0 < overlap.seconds
    assert savings(DASHES, make_plan(DASHES.lines, PlotSettings(join_mm=0))) == ()
