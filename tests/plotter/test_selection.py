"""Part of a sheet: cells as they stand on it, lines as they are drawn, the place nearest to a point."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from strategies import drawings

from drawing.collection import Entry
from drawing.drawing import Drawing
from drawing.recipe import Recipe
from plotter.cells import Cell
from plotter.errors import SheetError
from plotter.optimize import optimise
from plotter.route import Place, make_route
from plotter.selection import find_cells, nearest_stroke, parse_ranges, select_cells, select_strokes
from plotter.series import lay_out_series
from plotter.sheet import Sheet, SheetSettings, lay_out, read_sheet, write_sheet

BOX = Drawing.of([[(0, 0), (10, 0), (10, 10), (0, 10), (0, 0)], [(2, 2), (8, 8)]])
BRIDGED = Drawing((np.array([[0.0, 0], [10, 0], [10, 10], [0, 10]]),), (np.array([False, True, False]),))


def entries(count: int) -> list[Entry]:
    return [Entry(BOX, f"box {n}", Recipe(kind="sample", seed=n + 20)) for n in range(count)]


def six(*, captions: bool = False) -> Sheet:
    return lay_out(entries(6), SheetSettings(rows=2, columns=3, captions=captions), title="six")


def bounds_in(sheet: Sheet, cell: Cell) -> bool:
    """Whether all ink of the sheet lies in a cell."""
    left, top, right, bottom = sheet.drawing.bounds
    return left >= cell.box[0] and top >= cell.box[1] and right <= cell.box[2] and bottom <= cell.box[3]


# ranges


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", (0,)),
        ("1,3-5", (0, 2, 3, 4)),
        (" 5 - 6 ,1 ", (0, 4, 5)),
        ("3-5,4,4-6", (2, 3, 4, 5)),
        ("7-", (6, 7, 8)),
        ("9-,1", (0, 8)),
        ("2–3", (1, 2)),
        ("1-9", tuple(range(9))),
        ("1,,2,", (0, 1)),
    ],
)
def test_ranges_are_read_as_a_person_writes_them(text: str, expected: tuple[int, ...]) -> None:
    assert parse_ranges(text, 9) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "No line is named; write numbers and ranges, as 1,3-5 or 7-"),
        (" , ", "No line is named"),
        ("x", "'x' names no line; write"),
        ("1 2", "'1 2' names no line"),
        ("-3", "'-3' names no line"),
        ("1-2-3", "'1-2-3' names no line"),
        ("1.5", "'1.5' names no line"),
        ("٣", "names no line"),
        ("0", "There is no line 0; there are 9, counted from 1"),
        ("4,10", "There is no line 10; there are 9"),
        ("4-999999999", "There is no line 999999999"),
        ("10-", "There is no line 10"),
        ("5-3", "5-3 runs backwards; write 3-5"),
    ],
)
def test_what_is_no_range_is_told(text: str, words: str) -> None:
    with pytest.raises(SheetError, match=words):
        parse_ranges(text, 9)


def test_errors_name_the_thing_that_is_counted() -> None:
    with pytest.raises(SheetError, match="There is no cell 4; there are 3, counted from 1"):
        parse_ranges("4", 3, "cell")
    with pytest.raises(SheetError, match="There is no line 1; there is no line at all"):
        parse_ranges("1", 0)


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.just(n), st.sets(st.integers(0, n - 1), min_size=1))))
def test_any_choice_is_written_and_read_again(asked: tuple[int, set[int]]) -> None:
    count, chosen = asked
    single = ",".join(str(index + 1) for index in sorted(chosen, reverse=True))
    assert parse_ranges(single, count) == tuple(sorted(chosen))
    runs = [index for index in sorted(chosen) if index - 1 not in chosen]
    ends = [index for index in sorted(chosen) if index + 1 not in chosen]
    text = ", ".join(f"{a + 1}-{b + 1}" for a, b in zip(runs, ends, strict=True))
    assert parse_ranges(text, count) == tuple(sorted(chosen))


@given(st.text("0123456789-–, x", max_size=12), st.integers(0, 20))
def test_any_text_is_refused_or_names_what_there_is(text: str, count: int) -> None:
    found: tuple[int, ...] = ()
    with contextlib.suppress(SheetError):
        found = parse_ranges(text, count)
    assert found == tuple(sorted(set(found)))
    assert all(0 <= index < count for index in found)


# cells


def test_cells_are_named_by_number_seed_or_name() -> None:
    sheet = six()
    assert find_cells(sheet, "1,3-4") == (0, 2, 3)
    assert find_cells(sheet, "seed 22, SEED20") == (0, 2)
    assert find_cells(sheet, "Box 5, 2") == (1, 5)
    assert find_cells(sheet, "5-") == (4, 5)
    for text, words in (("seed 7", "no cell 'seed 7'"), ("bxo", "no cell 'bxo'; write a number from 1 to 6")):
        with pytest.raises(SheetError, match=words):
            find_cells(sheet, text)
    with pytest.raises(SheetError, match="There is no cell 7; there are 6"):
        find_cells(sheet, "7")


def test_a_name_counts_before_a_seed() -> None:
    sheet = six()
    sheet = replace(sheet, cells=(replace(sheet.cells[0], name="seed 25"), *sheet.cells[1:]))
    assert find_cells(sheet, "seed 25") == (0,)


def test_a_sheet_without_cells_has_none_to_choose() -> None:
    sheet = replace(six(), cells=())
    for ask in (lambda: find_cells(sheet, "1"), lambda: select_cells(sheet, (0,))):
        with pytest.raises(SheetError, match="The sheet has no cells; choose lines instead"):
            ask()


def test_chosen_cells_stay_where_they_were_and_all_else_goes() -> None:
    sheet = six()
    part = select_cells(sheet, (4, 1))
    assert [cell.name for cell in part.cells] == ["box 1", "box 4"]
    assert [cell.strokes for cell in part.cells] == [(0, 2), (2, 4)]
    assert [cell.box for cell in part.cells] == [sheet.cells[1].box, sheet.cells[4].box]
    assert part.drawing == sheet.drawing.select((2, 3, 8, 9))
    assert (part.paper, part.title, part.margin_mm) == (sheet.paper, "six", sheet.margin_mm)


def test_captions_go_with_their_drawings() -> None:
    sheet = six(captions=True)
    lettered = [len(select_cells(sheet, (index,)).drawing.lines) for index in range(6)]
    assert sum(lettered) == len(sheet.drawing.lines)
    assert min(lettered) > 4
    for index in range(6):
        part = select_cells(sheet, (index,))
        assert bounds_in(part, sheet.cells[index])
        assert part.cells[0].strokes == (0, 2)
        assert part.drawing.bounds[3] > part.drawing.select((0, 1)).bounds[3] + 1  # letters are below


def test_the_caption_of_an_empty_drawing_is_its_own() -> None:
    sheet = lay_out(
        [Entry(BOX, "a"), Entry(Drawing(()), "void"), Entry(BOX, "b")], SheetSettings(captions=True, rows=3)
    )
    part = select_cells(sheet, (1,))
    assert bounds_in(part, sheet.cells[1])
    assert part.cells[0].strokes == (0, 0)
    bare = lay_out([Entry(BOX, "a"), Entry(Drawing(()), "void"), Entry(BOX, "b")], SheetSettings(rows=3))
    with pytest.raises(SheetError, match="nothing to draw in the cells"):
        select_cells(bare, (1,))


def test_connectors_of_chosen_cells_stay_marked() -> None:
    sheet = lay_out([Entry(BOX), Entry(BRIDGED), Entry(BOX)])
    part = select_cells(sheet, (1,))
    assert part.drawing.marks(0).tolist() == [False, True, False]


def test_a_selection_of_a_selection_and_of_a_file_is_the_same(tmp_path: Path) -> None:
    sheet = six(captions=True)
    twice = select_cells(select_cells(sheet, (1, 2, 5)), (0, 2))
    assert twice == select_cells(sheet, (1, 5))
    write_sheet(tmp_path / "part.svg", twice)
    assert read_sheet(tmp_path / "part.svg") == twice


def test_what_belongs_to_no_cell_is_drawn_with_the_whole_only() -> None:
    book = lay_out_series(entries(2), "flipbook")[0]
    assert select_cells(book, (0,)) == book  # crosses too
    two = replace(book, cells=(*book.cells, replace(book.cells[0], strokes=(10, 10))))
    assert len(select_cells(two, (0,)).drawing.lines) == 2


@pytest.mark.parametrize(("cells", "words"), [((), "No cell was chosen"), ((6,), "no cell 7"), ((-1, 2), "no cell 0")])
def test_cells_that_there_are_not_are_told(cells: tuple[int, ...], words: str) -> None:
    with pytest.raises(SheetError, match=words):
        select_cells(six(), cells)


@pytest.mark.parametrize("captions", [False, True])
def test_an_optimised_sheet_is_told_apart_by_its_boxes(captions: bool) -> None:
    sheet = six(captions=captions)
    done = sheet.with_drawing(optimise(sheet.drawing).drawing)
    part = select_cells(done, (2, 3))
    plain = select_cells(sheet, (2, 3))
    assert part.drawing.ink == pytest.approx(plain.drawing.ink, rel=0.05)  # letters may have been joined
    assert part.drawing.bounds == pytest.approx(plain.drawing.bounds)
    assert [cell.name for cell in part.cells] == ["box 2", "box 3"]


def test_drawings_over_each_other_can_be_chosen_only_while_their_strokes_are_known() -> None:
    sheet = lay_out_series(entries(3), "overlay")[0]
    assert len(select_cells(sheet, (1,)).drawing.lines) == 2
    with pytest.raises(SheetError, match="nobody knows which is whose"):
        select_cells(sheet.with_drawing(sheet.drawing.reverse()), (1,))


@example(([Drawing((np.zeros((1, 2)),)), Drawing((np.array([(0.0, 0.0), (0.0, 5e-324)]),))], {0}))
@given(
    st.lists(drawings(st.floats(0, 100), max_strokes=3, connectors=True), min_size=2, max_size=5).flatmap(
        lambda found: st.tuples(st.just(found), st.sets(st.integers(0, len(found) - 1), min_size=1))
    )
)
def test_parts_of_a_sheet_make_the_whole(asked: tuple[list[Drawing], set[int]]) -> None:
    found, chosen = asked
    other = set(range(len(found))) - chosen
    assume(all(any(found[index].lines for index in part) for part in (chosen, other)))
    sheet = lay_out([Entry(each) for each in found])
    one, rest = select_cells(sheet, chosen), select_cells(sheet, other)
    assert len(one.drawing.lines) + len(rest.drawing.lines) == len(sheet.drawing.lines)
    for part in (one, rest):
        for cell in part.cells:
            whole = next(each for each in sheet.cells if each.box == cell.box)
            assert cell.strokes is not None
            assert whole.strokes is not None
            assert part.drawing.select(range(*cell.strokes)) == sheet.drawing.select(range(*whole.strokes))


# lines


def test_chosen_lines_are_drawn_in_their_order() -> None:
    sheet = six()
    assert select_strokes(sheet.drawing, (5, 0, 5)) == sheet.drawing.select((0, 5))
    with pytest.raises(SheetError, match="No line was chosen"):
        select_strokes(sheet.drawing, ())
    with pytest.raises(SheetError, match="There is no line 13; there are 12"):
        select_strokes(sheet.drawing, (3, 12))


# the nearest place

BENT = Drawing.of([[(0, 0), (10, 0), (10, 10)], [(5, 20)], [(20, 0), (20, 0), (20, 10)]])


@pytest.mark.parametrize(
    ("point", "place"),
    [
        ((4, -1), Place(0, 4)),
        ((-3, -3), Place(0, 0)),
        ((11, 3), Place(0, 13)),
        ((9, 30), Place(1, 0)),
        ((19, 4), Place(2, 4)),
        ((40, 12), Place(2, 10)),
        ((15, 5), Place(0, 15)),  # as near to the last line: the first one drawn
    ],
)
def test_the_nearest_place_is_found(point: tuple[float, float], place: Place) -> None:
    assert nearest_stroke(BENT, *point) == place


def test_nothing_is_near_where_there_is_nothing() -> None:
    with pytest.raises(SheetError, match="no line to begin with"):
        nearest_stroke(Drawing(()), 0, 0)


@given(drawings(st.floats(0, 200), min_strokes=1), st.floats(-50, 250), st.floats(-50, 250))
def test_a_plot_from_the_nearest_place_begins_as_near_as_any_point(drawing: Drawing, x: float, y: float) -> None:
    place = nearest_stroke(drawing, x, y)
    route = make_route(drawing.lines, begin=place)
    begins = route.points[route.first[0]]
    every = np.concatenate(drawing.lines)
    assert np.hypot(*(begins - (x, y))) <= np.hypot(*(every - (x, y)).T).min() + 1e-6
