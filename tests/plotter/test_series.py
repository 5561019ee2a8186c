"""Series on paper: one scale, one row, one place, one sheet a step."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from drawing.collection import Entry
from drawing.drawing import Drawing
from plotter.errors import SheetError
from plotter.furniture import Furniture
from plotter.series import SERIES, edition_files, lay_out_edition, lay_out_series, sheet_files
from plotter.sheet import Sheet, SheetSettings, read_sheet, write_sheet

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


def test_an_overlay_has_one_caption() -> None:
    (bare,) = lay_out_series(STEPS, "overlay")
    (sheet,) = lay_out_series(STEPS, "overlay", SheetSettings(captions=True))
    strokes = [cell.strokes for cell in sheet.cells]
    assert strokes[0] == (0, 1)
    assert strokes[1] is not None
    assert strokes[1][0] > 10  # "step 0 to step 7" lies between
    assert all(b and a and b[0] == a[1] for a, b in itertools.pairwise(strokes[1:]))
    assert len(bare.drawing.lines) == 8


@pytest.mark.parametrize("kind", ["strip", "spiral", "overlay", "flipbook"])
def test_rows_and_columns_are_for_grids(kind) -> None:
    with pytest.raises(SheetError, match=f"A series as {kind} has no grid"):
        lay_out_series(STEPS, kind, SheetSettings(rows=2))


@pytest.mark.parametrize("kind", SERIES)
def test_a_series_of_nothing_is_told(kind) -> None:
    with pytest.raises(SheetError, match="nothing to lay out"):
        lay_out_series([], kind)


def test_each_sheet_has_its_file(tmp_path: Path) -> None:
    sheets = lay_out_series(STEPS, "flipbook", SheetSettings(paper="A6"))
    files = sheet_files(tmp_path / "book.svg", len(sheets))
    assert [file.name for file in files] == [f"book-{n:02}.svg" for n in range(1, 9)]
    write_sheet(files[4], sheets[4])
    assert read_sheet(files[4]) == sheets[4]
    assert sheet_files(tmp_path / "one.svg", 1) == [tmp_path / "one.svg"]
    assert sheet_files(tmp_path / "b.svg", 100)[0].name == "b-001.svg"


def test_what_only_one_series_has_is_refused_for_others() -> None:
    for kind, asked, words in (
        ("grid", {"turned": True}, "as grid has no turned drawings"),
        ("strip", {"growing": True}, "as strip has no growing drawings"),
        ("spiral", {"per_sheet": 2}, "as spiral has no pages"),
    ):
        with pytest.raises(SheetError, match=words):
            lay_out_series(STEPS, kind, SheetSettings.model_validate(asked))  # pyright: ignore[reportArgumentType]


def test_each_step_of_an_overlay_may_have_its_pen() -> None:
    settings = SheetSettings(layered=True, captions=True, furniture=Furniture(frame_mm=3))
    (sheet,) = lay_out_series(STEPS, "overlay", settings)
    assert [layer.name for layer in sheet.layers] == ["frame", *(entry.name for entry in STEPS)]
    assert sheet.layers[0].strokes == (0, 1)
    for cell, layer in zip(sheet.cells, sheet.layers[1:], strict=True):
        assert cell.strokes is not None
        assert layer.strokes[0] == cell.strokes[0]
    assert sheet.layers[-1].strokes[1] == len(sheet.drawing.lines)


def test_an_edition_is_a_sheet_a_number_each_in_its_file(tmp_path: Path) -> None:
    settings = SheetSettings(furniture=Furniture(edition="3-5/25"))
    every = lay_out_edition(STEPS, "strip", settings, title="wheel")
    assert list(every) == ["3/25", "4/25", "5/25"]
    assert [sheets[0].title for sheets in every.values()] == ["wheel 3/25", "wheel 4/25", "wheel 5/25"]
    assert len({sheets[0].drawing for sheets in every.values()}) == 3
    files = edition_files(tmp_path / "e.svg", list(every), 1)
    assert [file.name for file in files] == ["e-03-of-25.svg", "e-04-of-25.svg", "e-05-of-25.svg"]
    assert edition_files(tmp_path / "e.svg", ["3/25"], 1) == [tmp_path / "e.svg"]
    assert [file.name for file in edition_files(tmp_path / "e.svg", ["1/2", "2/2"], 2)] == [
        "e-01-of-2-01.svg", "e-01-of-2-02.svg", "e-02-of-2-01.svg", "e-02-of-2-02.svg",
    ]  # fmt: skip
    assert list(lay_out_edition(STEPS, None)) == [""]


def test_layers_around_the_drawings_are_called_what_they_hold_and_registration_is_one_of_its_own() -> None:
    for furniture, names in (
        (Furniture(registration=True), ["registration"]),
        (Furniture(frame_mm=3, edition="1/5"), ["frame and foot"]),
        (Furniture(frame_mm=3, title="a", crop_marks=True), ["frame, foot and marks"]),
        (Furniture(frame_mm=3, crop_marks=True, registration=True), ["registration", "frame and marks"]),
    ):
        (sheet,) = lay_out_series(STEPS, "overlay", SheetSettings(layered=True, furniture=furniture))
        assert [layer.name for layer in sheet.layers[: -len(STEPS)]] == names
        lines = [sheet.drawing.select(range(*layer.strokes)) for layer in sheet.layers]
        if furniture.registration:
            assert len(lines[0].lines) == 12  # a ring and a cross at each side
            assert lines[0].bounds[0] < sheet.margin_mm
