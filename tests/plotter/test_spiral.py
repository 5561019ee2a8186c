"""Drawings along a spiral: from the middle outwards, apart from each other, within the margins."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from drawing.collection import Entry
from drawing.drawing import Drawing
from plotter.errors import SheetError
from plotter.layout import SheetSettings
from plotter.selection import select_cells
from plotter.series import lay_out_series
from plotter.sheet import Sheet

# an arrow that points up, twice as high as wide
ARROW = Drawing.of([[(0, 40), (0, 0)], [(-10, 12), (0, 0), (10, 12)]])
ENTRIES = [Entry(ARROW.scale(1 + n % 3 / 4), f"n{n}") for n in range(18)]


def laid(entries: list[Entry] = ENTRIES, **asked: Any) -> Sheet:
    (sheet,) = lay_out_series(entries, "spiral", SheetSettings.model_validate(asked))
    return sheet


def each(sheet: Sheet) -> list[Drawing]:
    return [sheet.drawing.select(range(*cell.strokes)) for cell in sheet.cells if cell.strokes is not None]


def middles(sheet: Sheet) -> np.ndarray:
    return np.array([((d.bounds[0] + d.bounds[2]) / 2, (d.bounds[1] + d.bounds[3]) / 2) for d in each(sheet)])


def apart(sheet: Sheet) -> float:
    """The least distance of two drawings, each with its caption."""
    import shapely

    # what is tight is a hull: upright boxes of turned drawings may lie over each other
    ends = [*(cell.strokes[0] for cell in sheet.cells if cell.strokes), len(sheet.drawing.lines)]
    hulls = [
        shapely.MultiPoint(np.concatenate(sheet.drawing.lines[a:b])).convex_hull for a, b in itertools.pairwise(ends)
    ]
    return min(a.distance(b) for a, b in itertools.combinations(hulls, 2))


@pytest.mark.parametrize("captions", [False, True])
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("growing", [False, True])
def test_drawings_lie_apart_within_the_margins(captions: bool, turned: bool, growing: bool) -> None:
    sheet = laid(captions=captions, turned=turned, growing=growing, gutter_mm=2, landscape=True)
    left, top, right, bottom = np.array(sheet.drawing.bounds) - sheet.area
    assert min(left, top) >= -1e-3
    assert max(right, bottom) <= 1e-3
    assert apart(sheet) >= 2 - 0.01


def test_tall_drawings_do_not_reach_into_the_next_arm() -> None:
    assert apart(laid([Entry(ARROW.scale(0.3, 1))] * 40, gutter_mm=1, turned=True)) >= 1 - 0.01


def test_they_wind_outwards_evenly_all_of_one_scale() -> None:
    sheet = laid([*ENTRIES, *ENTRIES])
    assert len({round(cell.scale, 9) for cell in sheet.cells}) == 1
    steps = np.hypot(*np.diff(middles(sheet), axis=0).T)
    assert steps[3:].max() < 1.2 * steps[3:].min()
    # around the middle always the same way, ever farther away
    apart = middles(sheet) - middles(sheet)[:10].mean(axis=0)
    assert (np.diff(np.unwrap(np.arctan2(apart[10:, 1], apart[10:, 0]))) > 0).all()
    far = np.hypot(*apart.T)
    assert far[:8].mean() * 1.5 < far[8:20].mean() < far[-10:].mean() / 1.2


def test_they_may_grow() -> None:
    scales = [cell.scale for cell in laid([Entry(ARROW)] * 18, growing=True).cells]
    assert (np.diff(scales) > 0).all()
    assert scales[-1] > 1.8 * scales[0]


def test_turned_drawings_stand_with_their_feet_to_the_middle() -> None:
    sheet = laid([Entry(ARROW)] * 18, turned=True)
    arrows = np.array([drawing.lines[0] for drawing in each(sheet)])  # foot, tip
    middle = arrows[6:, 0].mean(axis=0)
    assert (np.hypot(*(arrows[6:, 1] - middle).T) > np.hypot(*(arrows[6:, 0] - middle).T)).all()
    assert len({tuple(np.sign(tip - foot).tolist()) for foot, tip in arrows}) == 4
    upright = np.array([drawing.lines[0] for drawing in each(laid([Entry(ARROW)] * 18))])
    np.testing.assert_allclose(upright[:, 0, 0], upright[:, 1, 0], atol=1e-3)


def test_each_may_be_as_large_as_the_others() -> None:
    heights = [drawing.size[1] for drawing in each(laid(scale="each"))]
    assert max(heights) - min(heights) < 1e-2


def test_one_drawing_is_in_the_middle_and_white_ones_keep_their_place() -> None:
    (only,) = each(laid([Entry(ARROW)]))
    assert only.size[1] == pytest.approx(297 - 30, abs=0.01)
    with_white = laid([*ENTRIES[:3], Entry(Drawing(()), "white"), *ENTRIES[3:]])
    assert len(with_white.cells) == 19
    dots = [Entry(Drawing.of([[(3, 4)]]))] * 3
    assert len(each(laid(dots))) == 3


def test_many_find_a_place_too_and_too_many_are_refused() -> None:
    assert len(laid([Entry(ARROW)] * 150).cells) == 150
    with pytest.raises(SheetError, match=r"18 drawings have no room along a spiral on A6, 105 x 148 mm"):
        laid(paper="A6", gutter_mm=60)


def test_cells_of_it_can_be_drawn_alone() -> None:
    part = select_cells(laid(), [4, 5])
    assert len(part.drawing.lines) == 4
