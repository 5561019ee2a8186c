from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from rich.color import Color
from screens import screen_text
from textual.app import App, ComposeResult

from drawing.drawing import Drawing
from plotter.route import Place
from tui.widgets.sheet_view import PEN, START, PaperShown, SheetView, begin

Golden = Callable[[str, str], None]
HOUSE = Drawing.of(
    [
        [(40, 80), (40, 200), (170, 200), (170, 80), (105, 40), (40, 80)],
        [(90, 200), (90, 150), (120, 150), (120, 200)],
    ]
)
A4 = PaperShown(210, 297, HOUSE, 15, "A4 210 x 297 mm")


class OneSheet(App[None]):
    def compose(self) -> ComposeResult:
        yield SheetView(empty="No sheet yet.\nPress o.")

    @property
    def view(self) -> SheetView:
        return self.query_one(SheetView)


def cells(app: OneSheet, kind: str = "inked", colour: str = "") -> int:
    """Cells that are shown as drawn, or as something else, or in a colour."""
    style = Color.parse(colour) if colour else app.view.get_component_rich_style(f"sheet--{kind}").color
    strips = app.screen._compositor.render_strips()  # pyright: ignore[reportPrivateUsage] - there is no public way
    segments = [segment for strip in strips for segment in strip]
    return sum(len(each.text) for each in segments if each.style is not None and each.style.color == style)


@pytest.mark.parametrize(("share", "name"), [(None, "sheet-whole"), (0.6, "sheet-begun")])
async def test_a_sheet_looks_like_paper(golden: Golden, share: float | None, name: str) -> None:
    async with OneSheet().run_test(size=(60, 30)) as pilot:
        assert isinstance(pilot.app, OneSheet)
        view = pilot.app.view
        view.show(A4)
        if share is not None:
            view.inked_mm, view.pen_mm, view.travel = share * HOUSE.ink, (90, 170), True
        await pilot.pause()
        golden(f"{name}.txt", screen_text(pilot.app))


async def test_ink_has_the_colour_of_its_layer() -> None:
    async with OneSheet().run_test(size=(60, 30)) as pilot:
        assert isinstance(pilot.app, OneSheet)
        view = pilot.app.view
        view.show(replace(A4, colours=((1, 2, "#c02020"),)))
        await pilot.pause()
        black, red = cells(pilot.app), cells(pilot.app, colour="#c02020")
        assert black > red > 0
        view.inked_mm = float(HOUSE.lengths[0])
        await pilot.pause()
        assert cells(pilot.app, colour="#c02020") <= 2  # it is not drawn yet, but where the door stands on the floor


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60), (20, 50)])
@pytest.mark.parametrize("paper", [(210, 297), (297, 210), (100, 100), (420, 100)])
async def test_paper_has_its_true_proportion(size: tuple[int, int], paper: tuple[int, int]) -> None:
    async with OneSheet().run_test(size=size) as pilot:
        assert isinstance(pilot.app, OneSheet)
        view = pilot.app.view
        view.show(PaperShown(*paper, HOUSE))
        await pilot.pause()
        columns, rows = view.paper_cells
        assert columns <= size[0] - 2
        assert rows <= size[1] - 2
        assert columns == size[0] - 2 or rows == size[1] - 2  # as large as there is room
        width, height = 2 * columns, 4 * rows  # in dots, which are square
        assert abs(width - height * paper[0] / paper[1]) <= 4 or abs(height - width * paper[1] / paper[0]) <= 4


async def test_ink_grows_with_the_length_drawn_and_in_drawing_order() -> None:
    async with OneSheet().run_test(size=(60, 40)) as pilot:
        assert isinstance(pilot.app, OneSheet)
        view = pilot.app.view
        view.show(PaperShown(210, 297, HOUSE))
        found = []
        for share in (0.0, 0.2, 0.5, 0.8, 1.0):
            view.inked_mm = share * HOUSE.ink
            await pilot.pause()
            found.append(cells(pilot.app))
        assert found[0] == 0
        assert found == sorted(set(found))
        view.inked_mm = None
        await pilot.pause()
        assert cells(pilot.app) == found[-1]
        view.inked_mm = 0.2 * HOUSE.ink  # the same sheet from its beginning again
        await pilot.pause()
        assert cells(pilot.app) == found[1]


async def test_the_pen_is_where_it_is() -> None:
    async with OneSheet().run_test(size=(60, 40)) as pilot:
        assert isinstance(pilot.app, OneSheet)
        view = pilot.app.view
        view.show(PaperShown(210, 297, HOUSE))
        found = []
        for place in ((0.0, 0.0), (209.9, 296.9), (105.0, 148.0), (400.0, -3.0)):
            view.pen_mm = place
            await pilot.pause()
            rows = screen_text(pilot.app).splitlines()
            found += [(row.index(PEN) - row.index("│") - 1, y - 1) for y, row in enumerate(rows) if PEN in row]
        columns, rows_ = view.paper_cells
        assert found[:2] == [(0, 0), (columns - 1, rows_ - 1)]
        assert found[2] == pytest.approx((columns / 2, rows_ / 2), abs=1.5)
        assert found[3] == (columns - 1, 0)  # beyond the paper, at its edge


async def test_a_broad_nib_draws_broad_lines(golden: Golden) -> None:
    async with OneSheet().run_test(size=(60, 30)) as pilot:
        assert isinstance(pilot.app, OneSheet)
        view = pilot.app.view
        view.show(A4)
        await pilot.pause()
        thin = screen_text(pilot.app)
        view.nib_mm = 0.5  # far less than a dot
        await pilot.pause()
        assert screen_text(pilot.app) == thin
        view.nib_mm = 20
        await pilot.pause()
        golden("sheet-broad.txt", screen_text(pilot.app))
        whole = cells(pilot.app)
        found = []
        for share in (0.0, 0.5, 0.9, 1.0):
            view.inked_mm = share * HOUSE.ink
            await pilot.pause()
            found.append(cells(pilot.app))
        assert found[0] == 0
        assert found == sorted(set(found))
        assert found[-1] == whole
        view.show(A4)  # the pen is still in the clip
        await pilot.pause()
        assert cells(pilot.app) == whole
        view.nib_mm = None
        await pilot.pause()
        assert screen_text(pilot.app) == thin


async def test_what_lies_before_the_start_is_faint_and_the_rest_is_drawn(golden: Golden) -> None:
    async with OneSheet().run_test(size=(60, 30)) as pilot:
        assert isinstance(pilot.app, OneSheet)
        view = pilot.app.view
        view.show(A4)
        await pilot.pause()
        plain, whole = screen_text(pilot.app), cells(pilot.app)
        view.start, view.frames = Place(0, 250.0), ((20.0, 20.0, 190.0, 277.0),)
        await pilot.pause()
        golden("sheet-part.txt", screen_text(pilot.app))
        assert cells(pilot.app, "skipped") > 10
        assert 10 < cells(pilot.app) < whole - 10
        assert cells(pilot.app, "frame") > 50
        view.start, view.frames = None, ()
        await pilot.pause()
        assert (screen_text(pilot.app), cells(pilot.app), cells(pilot.app, "skipped")) == (plain, whole, 0)


async def test_the_start_is_marked_where_it_is_until_another_sheet_is_shown() -> None:
    async with OneSheet().run_test(size=(60, 40)) as pilot:
        assert isinstance(pilot.app, OneSheet)
        view = pilot.app.view
        view.show(A4)
        found = []
        for start in (Place(), Place(0, 120.0), Place(1), Place(1, 9e9), Place(2)):
            view.start = start
            await pilot.pause()
            rows = screen_text(pilot.app).splitlines()
            marks = [(row.index(START), y) for y, row in enumerate(rows) if START in row]
            found.append(view.mm_at(*marks[0]) if marks else None)
        for place, expected in zip(found, ((40, 80), (40, 200), (90, 200), (120, 200)), strict=False):
            assert place == pytest.approx(expected, abs=6)
        assert found[4] is None  # all is drawn; nothing begins
        assert cells(pilot.app) == 0
        view.start = Place(1)
        view.show(A4)
        await pilot.pause()
        assert START not in screen_text(pilot.app)
        assert cells(pilot.app, "skipped") == 0


@pytest.mark.parametrize("start", [Place(0, 120.0), Place(1), Place(1, 20.0)])
async def test_a_plot_that_begins_inside_the_sheet_inks_from_there(start: Place) -> None:
    start_mm = float(HOUSE.lengths[: start.stroke].sum()) + start.along_mm
    async with OneSheet().run_test(size=(60, 40)) as pilot:
        assert isinstance(pilot.app, OneSheet)
        view = pilot.app.view
        view.show(A4)
        view.start = start
        found = []
        for ink_mm in (0.0, start_mm, *np.linspace(start_mm, HOUSE.ink, 5)[1:].tolist()):
            view.inked_mm = ink_mm
            await pilot.pause()
            found.append(cells(pilot.app))
        assert found[:2] == [0, 0]
        assert found[1:] == sorted(set(found[1:]))
        assert cells(pilot.app, "rest") == 0
        view.inked_mm = None
        await pilot.pause()
        assert cells(pilot.app) == found[-1]


@pytest.mark.parametrize("size", [(60, 30), (61, 31), (80, 24)])
async def test_a_place_on_the_screen_is_a_place_on_the_paper(size: tuple[int, int]) -> None:
    async with OneSheet().run_test(size=size) as pilot:
        assert isinstance(pilot.app, OneSheet)
        view = pilot.app.view
        assert view.mm_at(5, 5) is None
        view.show(A4)
        await pilot.pause()
        for y in range(size[1]):
            for x in range(size[0]):
                place = view.mm_at(x, y)
                if place is None:
                    continue
                assert 0 < place[0] < 210 + 3
                assert 0 < place[1] < 297 + 6
        rows = screen_text(pilot.app).splitlines()
        top = next(y for y, row in enumerate(rows) if "╭" in row)
        left = rows[top].index("╭")
        columns, high = view.paper_cells
        assert view.mm_at(left, top + 1) is None
        assert view.mm_at(left + 1, top) is None
        assert view.mm_at(left + 1, top + 1) is not None
        assert view.mm_at(left + columns, top + high) is not None
        assert view.mm_at(left + columns + 1, top + 1) is None
        assert view.mm_at(left + 1, top + high + 1) is None
        middle = view.mm_at(left + 1 + columns // 2, top + 1 + high // 2)
        assert middle == pytest.approx((105, 148.5), abs=8)


async def test_without_a_sheet_it_says_what_to_press() -> None:
    async with OneSheet().run_test(size=(40, 12)) as pilot:
        assert isinstance(pilot.app, OneSheet)
        await pilot.pause()
        assert "Press o." in screen_text(pilot.app)
        pilot.app.view.show(PaperShown(210, 297, Drawing(())))
        await pilot.pause()
        assert "╭" in screen_text(pilot.app)
        pilot.app.view.show(None)
        await pilot.pause()
        assert "No sheet yet." in screen_text(pilot.app)


def test_the_beginning_of_a_line_has_the_length_asked_for() -> None:
    line = np.array([[0.0, 0.0], [3.0, 4.0], [3.0, 10.0]])
    assert begin(line, 2.5).tolist() == [[0, 0], [1.5, 2.0]]
    assert begin(line, 5.0).tolist() == [[0, 0], [3, 4]]
    assert begin(line, 8.0).tolist() == [[0, 0], [3, 4], [3, 7]]
    assert begin(line, 99.0).tolist() == line.tolist()
    dot = np.array([[1.0, 1.0]])
    assert begin(dot, 1.0).tolist() == [[1.0, 1.0]]
