"""Edition, title, signature, frame and marks: where they belong, and never over a drawing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from configs.errors import MonolineError
from drawing.collection import Entry
from drawing.drawing import Drawing
from drawing.svg import write_svg
from plotter.errors import SheetError
from plotter.furniture import Furniture, editions, sign
from plotter.layout import SheetSettings
from plotter.letters import HAND, letters
from plotter.optimize import optimise
from plotter.selection import select_cells
from plotter.series import lay_out_series
from plotter.sheet import Sheet, lay_out, read_sheet, write_sheet

BOX = Drawing.of([[(0, 0), (100, 0), (100, 60), (0, 60), (0, 0)]])
SIX = [Entry(BOX, f"n{n}") for n in range(6)]


def laid(kind: Any = "grid", furniture: dict[str, Any] | None = None, **asked: Any) -> Sheet:
    settings = SheetSettings.model_validate({"furniture": furniture or {}, **asked})
    return lay_out_series(SIX, kind, settings)[0]


def parted(sheet: Sheet) -> tuple[Drawing, Drawing]:
    """Furniture, and the drawings with their captions."""
    first = sheet.cells[0].strokes
    assert first is not None
    count = len(sheet.drawing.lines)
    return sheet.drawing.select(range(first[0])), sheet.drawing.select(range(first[0], count))


@pytest.mark.parametrize("frame", [None, 0, 5])
@pytest.mark.parametrize("kind", ["grid", "strip", "spiral", "overlay"])
def test_edition_title_and_signature_stand_below_the_drawings_within_the_margins(
    kind: str, frame: float | None
) -> None:
    furniture = {"edition": "3/25", "title": "Boxes", "signature": "A. Look", "frame_mm": frame}
    sheet = laid(kind, furniture, captions=True, landscape=True)
    given, drawn = parted(sheet)
    foot = given if frame is None else given.select(range(1, len(given.lines)))
    below = drawn.bounds[3] + (frame or 0)
    assert foot.bounds[1] > below + 1
    assert foot.bounds[3] <= sheet.area[3] + 1e-3
    assert min(np.array(given.bounds)[:2] - sheet.area[:2]) >= -1e-3
    assert max(np.array(given.bounds)[2:] - sheet.area[2:]) <= 1e-3
    if frame is not None:
        np.testing.assert_allclose(given.lines[0].min(axis=0), np.array(drawn.bounds)[:2] - frame, atol=1e-3)
        np.testing.assert_allclose(given.lines[0].max(axis=0), np.array(drawn.bounds)[2:] + frame, atol=1e-3)
        # below the frame, from its left to its right
        if foot.size[0] > letters("3/25Boxes", 3).size[0] * 2:
            assert foot.bounds[0] == pytest.approx(given.lines[0][:, 0].min(), abs=1e-2)
            assert foot.bounds[2] == pytest.approx(given.lines[0][:, 0].max(), abs=1e-2)


def test_without_furniture_nothing_changes() -> None:
    assert parted(laid())[0].lines == ()


def test_a_long_foot_is_wider_than_its_frame_and_shrinks_only_at_the_margins() -> None:
    narrow = Entry(Drawing.of([[(0, 0), (0, 100)]]))
    for title, whole in (("a title of length", True), ("words " * 16, False)):
        furniture = Furniture(edition="12/250", title=title, signature="Andrew Look", frame_mm=2)
        (sheet,) = lay_out_series([narrow], "overlay", SheetSettings(paper="A5", furniture=furniture))
        foot = sheet.drawing.select(range(1, len(sheet.drawing.lines) - 1))
        assert foot.bounds[0] >= 15 - 1e-3
        assert foot.bounds[2] <= 148 - 15 + 1e-3
        assert (foot.bounds[0] + foot.bounds[2]) / 2 == pytest.approx(74, abs=0.01)
        capital = max(line[:, 1].max() - line[:, 1].min() for line in letters("1", 3).lines)
        one = foot.lines[0]
        assert (one[:, 1].max() - one[:, 1].min() == pytest.approx(capital, abs=1e-3)) == whole


def test_a_signature_is_a_drawing_or_a_name(tmp_path: Path) -> None:
    file = tmp_path / "mine.svg"
    write_svg(file, Drawing.of([[(3, 5), (43, 25), (50, 5)]]))
    own = sign(str(file), 9)
    assert own.size == pytest.approx((47 * 9 / 20, 9))
    assert sign("A. Look", 9) == letters("A. Look", 4.5, HAND) != letters("A. Look", 4.5)
    sheet = laid(furniture={"signature": str(file), "signature_mm": 12})
    given, _ = parted(sheet)
    assert given.size[1] == pytest.approx(12, abs=1e-3)
    assert given.bounds[2] == pytest.approx(sheet.area[2], abs=1e-3)
    (tmp_path / "none.ndjson").write_text("", encoding="utf-8")
    with pytest.raises(MonolineError, match=r"none\.ndjson"):
        sign(str(tmp_path / "none.ndjson"), 9)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [""]),
        ("3/25", ["3/25"]),
        ("1-3", ["1/3", "2/3", "3/3"]),
        ("24-25/25", ["24/25", "25/25"]),
        ("A.P.", ["A.P."]),
        ("7", ["7"]),
    ],
)
def test_an_edition_is_one_sheet_or_many(text: str, found: list[str]) -> None:
    assert editions(text) == found


@pytest.mark.parametrize("text", ["26/25", "0/25", "5-3", "3-30/25", "1-20000"])
def test_an_edition_that_can_not_be_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match=r"write 3/25 for one sheet|lay out 500 at a time"):
        Furniture(edition=text)


def test_marks_to_cut_by_stand_outside_the_finished_sheet_and_margins_hold_within_it() -> None:
    for asked, trim in (({}, (15, 15, 195, 282)), ({"trim": "A5"}, (31, 43.5, 179, 253.5))):
        sheet = laid(furniture={"crop_marks": True, **asked})
        given, drawn = parted(sheet)
        assert len(given.lines) == 8
        for line in given.lines:
            x, y = line[:, 0], line[:, 1]
            assert x[0] == x[1] or y[0] == y[1]
            assert (x[0] in (trim[0], trim[2])) or (y[0] in (trim[1], trim[3]))
            outside = max(trim[0] - x.max(), x.min() - trim[2], trim[1] - y.max(), y.min() - trim[3])
            assert outside == pytest.approx(3)
            assert min(x.min(), y.min(), 210 - x.max(), 297 - y.max()) >= 1
        left, top, right, bottom = drawn.bounds
        assert left >= trim[0] + 15 - 1e-3
        assert right <= trim[2] - 15 + 1e-3
        assert top >= trim[1] + 15 - 1e-3
        assert bottom <= trim[3] - 15 + 1e-3
    assert parted(laid(furniture={"trim": "A5"}))[0].lines == ()  # a smaller sheet without marks


@pytest.mark.parametrize("cut", [False, True])
def test_registration_marks_are_a_circled_cross_at_each_side_outside_the_drawings(cut: bool) -> None:
    sheet = laid(furniture={"registration": True, "trim": "A5" if cut else ""})
    given, drawn = parted(sheet)
    assert len(given.lines) == 12
    places = [np.mean(given.lines[index][:-1], axis=0) for index in (0, 3, 6, 9)]
    np.testing.assert_allclose(places[0] + places[2], places[1] + places[3])
    for place in places:
        assert not (
            drawn.bounds[0] - 3 < place[0] < drawn.bounds[2] + 3
            and drawn.bounds[1] - 3 < place[1] < drawn.bounds[3] + 3
        )
        if cut:  # A5 lies from 31 to 179 and from 43.5 to 253.5
            assert not (28 - 2 < place[0] < 182 + 2 and 40.5 - 2 < place[1] < 256.5 + 2)
    assert sheet.overhang_mm() == 0


def test_what_has_no_room_is_told(tmp_path: Path) -> None:
    for furniture, asked, words in (
        ({"trim": "250x250"}, {}, "250 x 250 mm is too large for A4, 210 x 297 mm; 210 x 297 mm at most"),
        ({"trim": "A4", "crop_marks": True}, {}, "198 x 285 mm at most with marks to cut by"),
        ({"crop_marks": True}, {"margin_mm": 4}, "Marks to cut by need margins of 6 mm, not 4"),
        ({"frame_mm": 100}, {}, "leave no room for drawings on A4"),
        ({"title": "x", "letter_mm": 50}, {"paper": "A6", "margin_mm": 40}, "leave no room for drawings"),
    ):
        with pytest.raises(SheetError, match=words):
            laid("grid", furniture, **asked)
    with pytest.raises(ValidationError, match="There is no paper 'A9'"):
        Furniture(trim="A9")
    with pytest.raises(ValidationError, match="signs that can't be lettered"):
        Furniture(title="two\nlines")


def test_furniture_belongs_to_no_cell_and_stays_with_the_sheet(tmp_path: Path) -> None:
    furniture = {"edition": "A.P.", "signature": "A. Look", "frame_mm": 3, "crop_marks": True, "registration": True}
    sheet = laid("grid", furniture, captions=True)
    write_sheet(tmp_path / "s.svg", sheet)
    assert read_sheet(tmp_path / "s.svg") == sheet
    _, drawn = parted(sheet)
    alone = select_cells(sheet, [1])
    lettered = len(drawn.lines) - 6
    assert len(alone.drawing.lines) == 1 + lettered // 6
    # nor once it is optimised, when nobody knows any more which stroke is whose: the frame's middle is in a cell
    settings = SheetSettings(rows=3, columns=1, furniture=Furniture.model_validate(furniture))
    three = lay_out(SIX[:3], settings)
    done = three.with_drawing(optimise(three.drawing).drawing)
    assert [len(select_cells(done, [index]).drawing.lines) for index in range(3)] == [1, 1, 1]
    assert len(select_cells(done, range(3)).drawing.lines) == len(done.drawing.lines)


def test_a_sheet_that_is_no_series_has_furniture_too() -> None:
    settings = SheetSettings(furniture=Furniture(edition="1/2", frame_mm=2))
    assert parted(lay_out(SIX[:2], settings))[0].lines
