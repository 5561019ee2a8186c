"""Drawings on paper: each in its cell, as large as it may be, and all of it in the file."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from strategies import drawings

from drawing.collection import Entry
from drawing.drawing import Drawing
from drawing.recipe import Recipe
from drawing.svg import read_svg, svg_text, write_svg
from plotter.cells import best_grid, find_anchors
from plotter.errors import SheetError
from plotter.sheet import Sheet, SheetSettings, lay_out, read_sheet, write_sheet

WIDE = Drawing.of([[(0, 0), (100, 0), (100, 50), (0, 50), (0, 0)]])
TALL = Drawing.of([[(-5, 0), (-5, 40)], [(5, 0), (5, 40)]])
BRIDGED = Drawing((np.array([[0.0, 0], [10, 0], [10, 10], [0, 10]]),), (np.array([False, True, False]),))
TOLERANCE = 2e-4


def bounds_of(sheet: Sheet, index: int) -> tuple[float, float, float, float]:
    """Where the ink of a cell is."""
    strokes = sheet.cells[index].strokes
    assert strokes is not None
    return sheet.drawing.select(range(*strokes)).bounds


def within(inner: tuple[float, ...], outer: tuple[float, ...]) -> bool:
    left, top, right, bottom = np.array(inner) - outer
    return left >= -TOLERANCE and top >= -TOLERANCE and right <= TOLERANCE and bottom <= TOLERANCE


def test_one_drawing_fills_the_paper_between_the_margins() -> None:
    sheet = lay_out([Entry(WIDE)], SheetSettings(paper="A4", margin_mm=20))
    assert (sheet.paper.width_mm, sheet.paper.height_mm) == (210, 297)
    assert bounds_of(sheet, 0) == pytest.approx((20, 106, 190, 191), abs=TOLERANCE)
    assert sheet.cells[0].scale == pytest.approx(1.7)
    assert sheet.area == (20, 20, 190, 277)


def test_a_grid_is_filled_row_by_row() -> None:
    sheet = lay_out(
        [Entry(WIDE, f"n{i}") for i in range(5)],
        SheetSettings(paper="300x200", margin_mm=10, rows=2, columns=3, gutter_mm=8),
    )
    assert [cell.name for cell in sheet.cells] == ["n0", "n1", "n2", "n3", "n4"]
    assert sheet.cells[0].box == pytest.approx((10, 10, 98, 96))
    assert sheet.cells[1].box == pytest.approx((106, 10, 194, 96))
    assert sheet.cells[3].box == pytest.approx((10, 104, 98, 190))


def test_each_is_as_large_as_fits_or_all_are_of_one_scale() -> None:
    entries = [Entry(WIDE), Entry(WIDE.scale(0.1)), Entry(TALL)]
    settings = SheetSettings(paper="A4", rows=3, columns=1)
    each = lay_out(entries, settings)
    assert [round(each.cells[i].scale / each.cells[0].scale, 6) for i in (0, 1)] == [1, 10]
    for index, cell in enumerate(each.cells):
        left, top, right, bottom = bounds_of(each, index)
        fills = (right - left) / (cell.box[2] - cell.box[0]), (bottom - top) / (cell.box[3] - cell.box[1])
        assert max(fills) == pytest.approx(1, abs=1e-4)
    same = lay_out(entries, settings.model_copy(update={"scale": "same"}))
    assert len({cell.scale for cell in same.cells}) == 1
    assert same.cells[0].scale == min(cell.scale for cell in each.cells)


@settings(max_examples=60)
@given(
    st.lists(drawings(min_strokes=1, max_strokes=3, connectors=True), min_size=1, max_size=7),
    st.sampled_from(("each", "same")),
    st.sampled_from(("box", "ink", "origin")),
    st.booleans(),
)
def test_whatever_is_laid_out_lies_in_its_cell_undistorted(
    every: list[Drawing], scale: str, align: str, across: bool
) -> None:
    chosen = SheetSettings.model_validate({"paper": "A5", "landscape": across, "scale": scale, "align": align})
    sheet = lay_out([Entry(drawing) for drawing in every], chosen)
    assert len(sheet.cells) == len(every)
    for index, (drawing, cell) in enumerate(zip(every, sheet.cells, strict=True)):
        assert within(bounds_of(sheet, index), cell.box)
        assert within(cell.box, sheet.area)
        placed = sheet.drawing.select(range(*cell.strokes))  # type: ignore[misc]
        shift = placed.lines[0][0] - cell.scale * drawing.lines[0][0]
        for line, original in zip(placed.lines, drawing.lines, strict=True):
            np.testing.assert_allclose(line, cell.scale * original + shift, atol=2 * TOLERANCE)
        assert [placed.marks(i).tolist() for i in range(len(placed.lines))] == [
            drawing.marks(i).tolist() for i in range(len(drawing.lines))
        ]


def test_what_comes_to_the_middle_is_the_box_the_ink_or_a_common_place() -> None:
    flag = Drawing.of([[(0, 0), (0, 10), (1, 10), (0, 10), (1, 10), (4, 10)]])
    middle = np.array([105.0, 148.5])
    for align, point in (("box", (2, 5)), ("ink", (9 / 16, 110 / 16))):
        sheet = lay_out([Entry(flag)], SheetSettings(align=align))
        origin = sheet.drawing.lines[0][0]
        np.testing.assert_allclose(origin + sheet.cells[0].scale * np.array(point), middle, atol=1e-3)
    far = [Entry(flag), Entry(flag.translate(6, 0))]
    kept = lay_out(far, SheetSettings(align="origin", rows=1, columns=2))
    first, second = (kept.drawing.lines[i][0] - np.array(kept.cells[i].box[:2]) for i in (0, 1))
    np.testing.assert_allclose((second - first) / kept.cells[0].scale, (6, 0), atol=1e-3)


def test_the_grid_that_makes_drawings_largest_is_found() -> None:
    for drawing, paper in ((WIDE, "A4"), (TALL, "A4"), (TALL, "400x100"), (WIDE, "100x400")):
        for count in (1, 2, 5, 8, 12, 13):
            entries = [Entry(drawing)] * count
            free = lay_out(entries, SheetSettings(paper=paper, gutter_mm=3, margin_mm=5))
            every = [
                lay_out(entries, SheetSettings(paper=paper, gutter_mm=3, margin_mm=5, columns=n))
                for n in range(1, count + 1)
            ]
            assert free.cells[0].scale == pytest.approx(max(sheet.cells[0].scale for sheet in every))


def test_one_of_rows_and_columns_may_be_left_open() -> None:
    for asked in ({"rows": 2}, {"columns": 4}):
        sheet = lay_out([Entry(WIDE)] * 7, SheetSettings.model_validate(asked))
        assert len({cell.box[1] for cell in sheet.cells}) == 2
        assert len({round(cell.box[0], 6) for cell in sheet.cells}) == 4


def test_dots_and_empty_drawings_take_their_cells() -> None:
    dot = Drawing.of([[(3, 4)]])
    sheet = lay_out([Entry(WIDE), Entry(dot), Entry(Drawing(())), Entry(WIDE)], SheetSettings(rows=4))
    assert [cell.strokes for cell in sheet.cells] == [(0, 1), (1, 2), (2, 2), (2, 3)]
    left, top, right, bottom = sheet.cells[1].box
    assert sheet.drawing.lines[1][0] == pytest.approx(((left + right) / 2, (top + bottom) / 2), abs=TOLERANCE)
    assert lay_out([Entry(dot)]).cells[0].scale == 1


@pytest.mark.parametrize(
    ("entries", "asked", "words"),
    [
        ([], {}, "nothing to lay out"),
        ([Entry(Drawing(()))], {}, "nothing to lay out"),
        ([Entry(WIDE)] * 5, {"rows": 2, "columns": 2}, "2 x 2 can't hold 5"),
        ([Entry(WIDE)], {"margin_mm": 110}, "Margins of 110 mm leave no room on A4, 210 x 297 mm"),
        ([Entry(WIDE)] * 100, {"rows": 1, "columns": 100}, "100 drawings leave cells of 0 x 267 mm"),
    ],
)
def test_what_can_not_be_laid_out_is_told(entries: list[Entry], asked: dict, words: str) -> None:
    with pytest.raises(SheetError, match=words):
        lay_out(entries, SheetSettings.model_validate(asked))


def test_a_paper_that_is_unknown_is_no_setting() -> None:
    with pytest.raises(ValidationError, match="There is no paper 'A9'"):
        SheetSettings(paper="A9")


# captions

RECIPE = Recipe(kind="sample", seed=7, temperature=0.3, z=[0.5, -1.25], at=0.5)


def test_captions_stand_below_the_drawings_inside_the_cells() -> None:
    entries = [
        Entry(WIDE, "an uncommonly long name that is wider than its cell is"),
        Entry(TALL, "Größe 2"),
        Entry(WIDE, ""),
    ]
    bare = lay_out(entries, SheetSettings(rows=1, columns=3))
    sheet = lay_out(entries, SheetSettings(rows=1, columns=3, captions=True, caption_mm=4))
    lettered = 0
    for index, cell in enumerate(sheet.cells):
        assert cell.strokes is not None
        after = sheet.cells[index + 1].strokes if index < 2 else (len(sheet.drawing.lines), 0)
        assert after is not None
        text = sheet.drawing.select(range(cell.strokes[1], after[0]))
        if index < 2:
            assert within(text.bounds, cell.box)
            assert text.bounds[1] > bounds_of(sheet, index)[3]
            assert text.bounds[1] - max(bounds_of(sheet, i)[3] for i in range(3)) < 8  # close below
            lettered += 1
        assert len(cell.strokes) == len(bare.cells[index].strokes or ())
    assert lettered == 2
    assert len(sheet.drawing.lines) > len(bare.drawing.lines) + 20


def test_a_drawing_that_fills_its_cell_leaves_room_for_the_caption() -> None:
    sheet = lay_out([Entry(TALL, "g")], SheetSettings(captions=True, caption_mm=5))
    drawing, text = sheet.drawing.select((0, 1)), sheet.drawing.select(range(2, len(sheet.drawing.lines)))
    assert drawing.bounds[1] == pytest.approx(15, abs=TOLERANCE)
    assert drawing.bounds[3] < text.bounds[1]
    assert text.bounds[3] <= 297 - 15


# in a file


def test_a_sheet_comes_back_whole_and_bit_by_bit(tmp_path: Path) -> None:
    entries = [Entry(BRIDGED, 'a < "b" & c', RECIPE), Entry(TALL.rotate(17), "Größe"), Entry(Drawing(()), "empty")]
    sheet = lay_out(entries, SheetSettings(paper="letter", landscape=True, captions=True), title="two & more")
    write_sheet(tmp_path / "sheet.svg", sheet)
    assert read_sheet(tmp_path / "sheet.svg") == sheet
    file = read_svg(tmp_path / "sheet.svg")
    assert file.drawing == sheet.drawing
    assert file.drawing.connectors
    assert file.left_out == ()


@settings(max_examples=30)
@given(drawing=drawings(st.floats(-300, 300), min_strokes=1, connectors=True))
def test_any_drawing_on_a_sheet_comes_back_bit_by_bit(
    tmp_path_factory: pytest.TempPathFactory, drawing: Drawing
) -> None:
    sheet = lay_out([Entry(drawing), Entry(drawing)], SheetSettings(scale="same"))
    path = tmp_path_factory.getbasetemp() / "any.svg"
    write_sheet(path, sheet)
    assert read_sheet(path).drawing == sheet.drawing


def test_the_file_is_true_to_size(tmp_path: Path) -> None:
    write_sheet(tmp_path / "sheet.svg", lay_out([Entry(WIDE)], SheetSettings(paper="8x10in")))
    root = ElementTree.parse(tmp_path / "sheet.svg").getroot()
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("203.2mm", "254mm", "0 0 203.2 254")


def test_an_svg_of_any_program_is_a_sheet_without_cells(tmp_path: Path) -> None:
    (tmp_path / "plain.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="10in" height="8in" viewBox="0 0 100 80"><title>bird</title>'
        '<path d="M0,0L100,80"/><text>x</text></svg>',
        encoding="utf-8",
    )
    sheet = read_sheet(tmp_path / "plain.svg")
    assert (sheet.paper.width_mm, sheet.paper.height_mm) == (254, 203.2)
    assert sheet.drawing.lines[0].tolist()[1] == pytest.approx([254, 203.2])
    assert (sheet.cells, sheet.title, sheet.left_out) == ((), "bird", ("text was left out",))


def test_the_sheet_of_one_drawing_keeps_its_recipe(tmp_path: Path) -> None:
    (tmp_path / "one.svg").write_text(svg_text(WIDE, recipe=RECIPE), encoding="utf-8")
    sheet = read_sheet(tmp_path / "one.svg")
    assert sheet.recipe == RECIPE
    write_sheet(tmp_path / "again.svg", sheet)
    assert read_sheet(tmp_path / "again.svg").recipe == RECIPE


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("{", "damaged"),
        ('{"format":1,"margin_mm":-1,"cells":[]}', "damaged"),
        ('{"format":9,"margin_mm":1,"cells":[]}', "format 9; update monoline"),
        ('{"format":1,"margin_mm":1,"cells":[{"box":[0,0,1,1],"recipe":{"format":99}}]}', "format 99"),
    ],
)
def test_a_note_that_can_not_be_read_is_told_and_the_ink_stays(tmp_path: Path, note: str, words: str) -> None:
    (tmp_path / "sheet.svg").write_text(svg_text(WIDE, notes={"sheet": note}), encoding="utf-8")
    sheet = read_sheet(tmp_path / "sheet.svg")
    assert sheet.drawing == WIDE
    assert sheet.cells == ()
    assert words in sheet.left_out[0]


@given(nib_mm=st.floats(1e-3, 30))
def test_the_width_of_the_pen_is_in_the_file_and_comes_back(
    tmp_path_factory: pytest.TempPathFactory, nib_mm: float
) -> None:
    path = tmp_path_factory.getbasetemp() / "nib.svg"
    sheet = lay_out([Entry(WIDE), Entry(TALL)], SheetSettings(nib_mm=nib_mm))
    write_sheet(path, sheet)
    assert read_sheet(path) == sheet
    group = ElementTree.parse(path).getroot().find("{http://www.w3.org/2000/svg}g")
    assert group is not None
    assert float(group.get("stroke-width", "")) == pytest.approx(nib_mm, rel=1e-4)
    assert sheet.with_drawing(WIDE).nib_mm == sheet.with_drawing(WIDE, (100, 200)).nib_mm == nib_mm


def test_without_a_pen_lines_are_hairlines(tmp_path: Path) -> None:
    write_sheet(tmp_path / "plain.svg", lay_out([Entry(WIDE)]))
    assert 'stroke-width="0.3"' in (tmp_path / "plain.svg").read_text(encoding="utf-8")
    assert read_sheet(tmp_path / "plain.svg").nib_mm is None


@pytest.mark.parametrize("nib", ["", "wide", "0", "-1", "nan", "31"])
def test_a_width_that_no_pen_has_is_not_believed(tmp_path: Path, nib: str) -> None:
    (tmp_path / "sheet.svg").write_text(svg_text(WIDE, notes={"nib": nib}), encoding="utf-8")
    assert read_sheet(tmp_path / "sheet.svg") == Sheet(read_sheet(tmp_path / "sheet.svg").paper, WIDE)


def test_strokes_that_a_note_counts_wrongly_are_not_believed(tmp_path: Path) -> None:
    sheet = lay_out([Entry(WIDE), Entry(TALL)])
    path = tmp_path / "sheet.svg"
    write_sheet(path, sheet)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(text[text.rindex("<path") : text.rindex("</g>")], ""), encoding="utf-8")
    assert [cell.strokes for cell in read_sheet(path).cells] == [(0, 1), None]


def test_ink_in_another_order_keeps_names_and_forgets_whose_strokes_are_whose() -> None:
    sheet = lay_out([Entry(WIDE, "w", RECIPE), Entry(TALL, "t")], title="x")
    other = sheet.with_drawing(sheet.drawing.reverse())
    assert [(cell.name, cell.recipe, cell.strokes) for cell in other.cells] == [("w", RECIPE, None), ("t", None, None)]
    assert (other.paper, other.title) == (sheet.paper, "x")
    turned = sheet.with_drawing(sheet.drawing, (297, 210))
    assert (turned.paper.name, turned.paper.is_landscape, turned.cells) == ("A4", True, ())


def test_ink_beyond_the_paper_is_measured() -> None:
    sheet = lay_out([Entry(WIDE)], SheetSettings(margin_mm=0))
    assert sheet.overhang_mm() == pytest.approx(0, abs=TOLERANCE)
    assert sheet.with_drawing(sheet.drawing.translate(-3, 0)).overhang_mm() == pytest.approx(3, abs=TOLERANCE)
    edge, margins = sheet.edges
    assert edge.tolist() == [[0, 0], [210, 0], [210, 297], [0, 297], [0, 0]]
    assert margins.tolist() == edge.tolist()


def test_the_best_grid_has_room_for_all_even_where_there_is_none() -> None:
    anchors = find_anchors([WIDE] * 50, "box")
    rows, columns = best_grid(anchors, (0, 0, 10, 10), 8, same=True)
    assert rows * columns >= 50


def test_a_drawing_that_keeps_its_own_origin_lies_on_its_own_page(tmp_path: Path) -> None:
    sample = Drawing.of([[(-20.0, -30.5), (5.0, 0.0), (12.0, -7.0)]])
    write_svg(tmp_path / "sample.svg", sample, decimals=None)
    sheet = read_sheet(tmp_path / "sample.svg")
    assert (sheet.paper.width_mm, sheet.paper.height_mm) == (32.0, 30.5)
    assert sheet.overhang_mm() == 0
    np.testing.assert_allclose(sheet.drawing.lines[0], [(0, 0), (25, 30.5), (32, 23.5)])
