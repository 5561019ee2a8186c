"""A flip-book: all steps in one place of their pages, which can be cut, piled up and bound."""

from __future__ import annotations

import numpy as np
import pytest

from drawing.collection import Entry
from drawing.drawing import Drawing
from plotter.errors import SheetError
from plotter.flipbook import BINDING, COVER
from plotter.furniture import Furniture
from plotter.layout import SheetSettings
from plotter.series import lay_out_series
from plotter.sheet import Sheet

TURN = np.linspace(0, 2 * np.pi, 40)
STEPS = [
    Entry(Drawing.of([np.column_stack([(10 + n) * np.cos(TURN) + 4 * n, (10 + n) * np.sin(TURN)])]), f"step {n + 1}")
    for n in range(8)
]


def ink(sheet: Sheet, index: int = 0) -> np.ndarray:
    strokes = sheet.cells[index].strokes
    assert strokes is not None
    return np.concatenate(sheet.drawing.lines[slice(*strokes)])


@pytest.mark.parametrize("margin", [0, 2, 15])
def test_it_has_a_sheet_a_step_with_the_same_marks_and_its_number(margin: float) -> None:
    sheets = lay_out_series(STEPS, "flipbook", SheetSettings(paper="A6", margin_mm=margin), title="wheel")
    assert [sheet.title for sheet in sheets][:2] == ["wheel 1/8", "wheel 2/8"]
    assert len(sheets) == 8
    marks = [[line.tolist() for line in sheet.drawing.lines[:10]] for sheet in sheets]
    assert all(each == marks[0] for each in marks)  # eight to cut by, two to staple by
    inset = max(margin, 5)
    page = np.array([inset, inset, 105 - inset, 148 - inset])
    for line in np.array(marks[0][:8]):
        (near,) = [axis for axis in (0, 1) if line[0, axis] == line[1, axis]]
        assert line[0, near] in (page[near], page[near + 2])  # in line with a side of the page
        along = line[:, 1 - near]
        assert (along <= page[1 - near] - 2).all() or (along >= page[3 - near] + 2).all()  # and outside
    for sheet, entry in zip(sheets, STEPS, strict=True):
        np.testing.assert_allclose(
            ink(sheet) - ink(sheets[0])[0],
            sheet.cells[0].scale * (entry.drawing.lines[0] - STEPS[0].drawing.lines[0][0]),
            atol=1e-3,
        )
        assert ink(sheet).min() >= inset
        assert ink(sheet)[:, 0].min() > inset + BINDING * (105 - 2 * inset)
        number = sheet.drawing.lines[10 : sheet.cells[0].strokes[0]]  # type: ignore[index]
        assert number
        assert np.concatenate(number)[:, 0].max() < inset + BINDING * (105 - 2 * inset)


def test_a_step_without_ink_keeps_its_page() -> None:
    steps = [STEPS[0], Entry(Drawing(()), "white"), STEPS[2]]
    assert [len(sheet.cells) for sheet in lay_out_series(steps, "flipbook")] == [1, 1, 1]


def test_captions_count_the_steps_of_the_whole_book() -> None:
    sheets = lay_out_series(STEPS, "flipbook", SheetSettings(caption="{step} of {steps}"))
    words = {Drawing(sheet.drawing.lines[sheet.cells[0].strokes[1] :]) for sheet in sheets}  # type: ignore[index]
    assert len(words) == 8


def test_several_pages_on_a_paper_are_cut_as_one_pile() -> None:
    sheets = lay_out_series(STEPS, "flipbook", SheetSettings(per_sheet=3))
    # places hold 1 2 3, 4 5 6, 7 8: cut as a pile and put on each other, they follow each other
    assert [[cell.name for cell in sheet.cells] for sheet in sheets] == [
        ["step 1", "step 4", "step 7"],
        ["step 2", "step 5", "step 8"],
        ["step 3", "step 6"],
    ]
    boxes = {sheet.cells[0].box for sheet in sheets}
    assert len(boxes) == 1
    sizes = {tuple(np.round((box[2] - box[0], box[3] - box[1]), 3)) for s in sheets for box in (c.box for c in s.cells)}
    assert len(sizes) == 1
    assert all(sheet.overhang_mm() == 0 for sheet in sheets)


def test_pages_may_have_a_size_and_a_cover() -> None:
    furniture = Furniture(trim="50x80", title="Wheel", edition="2/9", signature="A. Look", frame_mm=1)
    sheets = lay_out_series(STEPS, "flipbook", SheetSettings(per_sheet=9, furniture=furniture))
    assert [cell.name for cell in sheets[0].cells] == [COVER, *(entry.name for entry in STEPS)]
    for cell in sheets[0].cells:
        assert cell.box[2] - cell.box[0] < 50 * (1 - BINDING)
        assert cell.box[3] - cell.box[1] < 80
    left, top, right, bottom = sheets[0].cells[0].box
    low, high = ink(sheets[0]).min(axis=0), ink(sheets[0]).max(axis=0)
    assert (low >= np.array([left, top]) - 1e-3).all()
    assert (high <= np.array([right, bottom]) + 1e-3).all()


def test_pages_that_have_no_room_are_refused() -> None:
    with pytest.raises(SheetError, match="12 pages of 100x100 of a flip-book have no room on A4"):
        lay_out_series(STEPS, "flipbook", SheetSettings(per_sheet=12, furniture=Furniture(trim="100x100")))
