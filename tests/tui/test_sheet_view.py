from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from screens import screen_text
from textual.app import App, ComposeResult

from drawing.drawing import Drawing
from tui.widgets.sheet_view import PEN, PaperShown, SheetView, begin

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


def ink(app: OneSheet) -> int:
    """Cells that are shown as drawn."""
    style = app.view.get_component_rich_style("sheet--inked").color
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
        cells = []
        for share in (0.0, 0.2, 0.5, 0.8, 1.0):
            view.inked_mm = share * HOUSE.ink
            await pilot.pause()
            cells.append(ink(pilot.app))
        assert cells[0] == 0
        assert cells == sorted(set(cells))
        view.inked_mm = None
        await pilot.pause()
        assert ink(pilot.app) == cells[-1]
        view.inked_mm = 0.2 * HOUSE.ink  # the same sheet from its beginning again
        await pilot.pause()
        assert ink(pilot.app) == cells[1]


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
