"""Series on paper: one scale, one row, one place, one sheet a step."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from drawing.collection import Entry
from drawing.drawing import Drawing
from plotter.errors import SheetError
from plotter.series import SERIES, lay_out_series, sheet_files, write_series
from plotter.sheet import Sheet, SheetSettings, read_sheet

# a wheel that grows and moves to the right, eight steps
TURN = np.linspace(0, 2 * np.pi, 40)
STEPS = [
    Entry(Drawing.of([np.column_stack([(10 + n) * np.cos(TURN) + 4 * n, (10 + n) * np.sin(TURN)])]), f"step {n}")
    for n in range(8)
]


def wheel(sheet: Sheet, index: int = 0) -> Drawing:
    strokes = sheet.cells[index].strokes
    assert strokes is not None
    return sheet.drawing.select(range(*strokes))


@pytest.mark.parametrize("kind", SERIES)
def test_every_series_has_all_steps_at_one_scale_on_the_paper(kind) -> None:
    sheets = lay_out_series(STEPS, kind, SheetSettings(paper="A5"))
    cells = [cell for sheet in sheets for cell in sheet.cells]
    assert [cell.name for cell in cells] == [entry.name for entry in STEPS]
    assert len({round(cell.scale, 9) for cell in cells}) == 1
    assert all(sheet.overhang_mm() == 0 for sheet in sheets)
    for sheet in sheets:
        for index in range(len(sheet.cells)):
            left, top, right, bottom = np.array(wheel(sheet, index).bounds) - sheet.area
            assert min(left, top) >= -1e-4
            assert max(right, bottom) <= 1e-4


def test_a_series_may_have_each_as_large_as_fits() -> None:
    (sheet,) = lay_out_series(STEPS, "grid", SheetSettings(scale="each"))
    widths = [wheel(sheet, index).size[0] for index in range(8)]
    assert max(widths) - min(widths) < 1e-3


@pytest.mark.parametrize(("across", "along"), [(True, 0), (False, 1)])
def test_a_strip_is_one_row_along_the_long_side(across: bool, along: int) -> None:
    (sheet,) = lay_out_series(STEPS, "strip", SheetSettings(landscape=across))
    middles = np.array([[(cell.box[0] + cell.box[2]) / 2, (cell.box[1] + cell.box[3]) / 2] for cell in sheet.cells])
    assert (np.diff(middles[:, along]) > 10).all()
    assert np.ptp(middles[:, 1 - along]) == pytest.approx(0, abs=1e-3)


def test_an_overlay_keeps_the_places_of_the_drawings_to_each_other() -> None:
    (sheet,) = lay_out_series(STEPS, "overlay")
    scale = sheet.cells[0].scale
    every = np.concatenate([entry.drawing.lines[0] for entry in STEPS]) * scale
    placed = np.concatenate(sheet.drawing.lines)
    np.testing.assert_allclose(placed - placed[0], every - every[0], atol=1e-3)
    assert sheet.drawing.size[0] == pytest.approx(sheet.area[2] - sheet.area[0], abs=1e-3)


def test_an_overlay_may_be_centred() -> None:
    (sheet,) = lay_out_series(STEPS, "overlay", SheetSettings(align="box"))
    for index in range(8):
        left, top, right, bottom = wheel(sheet, index).bounds
        assert ((left + right) / 2, (top + bottom) / 2) == pytest.approx((105, 148.5), abs=1e-3)


@pytest.mark.parametrize("margin", [0, 2, 15])
def test_a_flip_book_has_a_sheet_a_step_with_the_same_marks(margin: float) -> None:
    sheets = lay_out_series(STEPS, "flipbook", SheetSettings(paper="A6", margin_mm=margin), title="wheel")
    assert [sheet.title for sheet in sheets][:2] == ["wheel 1/8", "wheel 2/8"]
    assert len(sheets) == 8
    marks = [[line.tolist() for line in sheet.drawing.lines[:8]] for sheet in sheets]
    assert all(each == marks[0] for each in marks)
    crossings = {tuple(np.mean(marks[0][i], axis=0).round(4)) for i in range(8)}
    assert len(crossings) == 4
    edge = max(margin, 3)
    assert crossings == {(x, y) for x in (edge, 105 - edge) for y in (edge, 148 - edge)}
    scale = sheets[0].cells[0].scale
    for sheet, entry in zip(sheets, STEPS, strict=True):
        moved = wheel(sheet).lines[0] - wheel(sheets[0]).lines[0][0]
        wanted = scale * (entry.drawing.lines[0] - STEPS[0].drawing.lines[0][0])
        np.testing.assert_allclose(moved, wanted, atol=1e-3)


def test_captions_count_the_steps_of_a_flip_book() -> None:
    bare = lay_out_series(STEPS, "flipbook")
    lettered = lay_out_series(STEPS, "flipbook", SheetSettings(captions=True))
    for without, sheet in zip(bare, lettered, strict=True):
        assert len(sheet.drawing.lines) > len(without.drawing.lines) + 5
        assert sheet.cells[0].strokes == (8, 9)


def test_an_overlay_has_one_caption() -> None:
    (bare,) = lay_out_series(STEPS, "overlay")
    (sheet,) = lay_out_series(STEPS, "overlay", SheetSettings(captions=True))
    strokes = [cell.strokes for cell in sheet.cells]
    assert strokes[0] == (0, 1)
    assert strokes[1] is not None
    assert strokes[1][0] > 10  # "step 0 to step 7" lies between
    assert all(b and a and b[0] == a[1] for a, b in itertools.pairwise(strokes[1:]))
    assert len(bare.drawing.lines) == 8


@pytest.mark.parametrize("kind", ["strip", "overlay", "flipbook"])
def test_rows_and_columns_are_for_grids(kind) -> None:
    with pytest.raises(SheetError, match=f"A series as {kind} has no grid"):
        lay_out_series(STEPS, kind, SheetSettings(rows=2))


@pytest.mark.parametrize("kind", SERIES)
def test_a_series_of_nothing_is_told(kind) -> None:
    with pytest.raises(SheetError, match="nothing to lay out"):
        lay_out_series([], kind)


def test_a_step_without_ink_keeps_its_place() -> None:
    steps = [STEPS[0], Entry(Drawing(()), "white"), STEPS[2]]
    assert [len(sheet.drawing.lines) for sheet in lay_out_series(steps, "flipbook")] == [9, 8, 9]


def test_each_sheet_has_its_file(tmp_path: Path) -> None:
    sheets = lay_out_series(STEPS, "flipbook", SheetSettings(paper="A6"))
    files = write_series(tmp_path / "book.svg", sheets)
    assert [file.name for file in files] == [f"book-{n:02}.svg" for n in range(1, 9)]
    assert read_sheet(files[4]) == sheets[4]
    assert sheet_files(tmp_path / "one.svg", 1) == [tmp_path / "one.svg"]
    assert sheet_files(tmp_path / "b.svg", 100)[0].name == "b-001.svg"
