"""Dots and braille: what a drawing looks like in a terminal, dot by dot."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import drawings

from drawing.drawing import Drawing
from drawing.raster import braille, dots, main_bounds, text_rows, thumbnail, thumbnails


def shown(grid: np.ndarray) -> list[str]:
    """A grid of dots as rows of text."""
    return ["".join("●" if dot else "·" for dot in row) for row in grid]


def drawn(
    *lines: list, box: tuple[float, float, float, float], columns: int, rows: int, margin: int = 0, width: float = 0.0
) -> list[str]:
    return shown(dots(Drawing.of(lines).lines, box, columns, rows, margin, width=width))


# dot grids


def test_a_horizontal_line_is_a_row_of_dots() -> None:
    assert drawn([[0, 2], [5, 2]], box=(0, 0, 5, 3), columns=3, rows=1) == [
        "······",
        "······",
        "●●●●●●",
        "······",
    ]


def test_a_diagonal_is_a_dot_in_each_row_and_column() -> None:
    assert drawn([[0, 0], [3, 3]], box=(0, 0, 3, 3), columns=2, rows=1) == [
        "●···",
        "·●··",
        "··●·",
        "···●",
    ]


def test_a_cross_is_two_lines() -> None:
    assert drawn([[0, 0], [3, 3]], [[0, 3], [3, 0]], box=(0, 0, 3, 3), columns=2, rows=1) == [
        "●··●",
        "·●●·",
        "·●●·",
        "●··●",
    ]


def test_a_dot_is_in_the_middle() -> None:
    assert drawn([[40, -7]], box=(40, -7, 40, -7), columns=1, rows=1) == ["··", "··", "●·", "··"]
    assert drawn([[1e9 / 7, -1e9 / 3]], box=(1e9 / 7, -1e9 / 3) * 2, columns=1, rows=1) == ["··", "··", "●·", "··"]
    assert sum(row.count("●") for row in drawn([[3, 3]], box=(3, 3, 3, 3), columns=5, rows=3)) == 1


def test_a_margin_stays_free() -> None:
    assert drawn([[0, 0], [1, 1], [0, 1], [1, 0]], box=(0, 0, 1, 1), columns=3, rows=1, margin=1) == [
        "······",
        "··●●··",
        "··●●··",
        "······",
    ]


def test_the_box_is_fitted_without_stretching_and_centred() -> None:
    """A square in a wide grid leaves the same room on both sides."""
    assert drawn([[0, 0], [3, 0], [3, 3], [0, 3], [0, 0]], box=(0, 0, 3, 3), columns=4, rows=1) == [
        "··●●●●··",
        "··●··●··",
        "··●··●··",
        "··●●●●··",
    ]


def test_ink_outside_is_cut_off_at_the_edge() -> None:
    box = (0, 0, 3, 3)
    assert drawn([[-3, -3], [9, 9]], box=box, columns=2, rows=1) == ["●···", "·●··", "··●·", "···●"]
    assert (
        drawn([[9, 9], [20, 9]], [[-5, 1], [-2, 1]], [[1, -9], [1, -2]], [[1, 9], [1, 5]], box=box, columns=2, rows=1)
        == ["····"] * 4
    )


def test_a_line_that_runs_far_out_has_no_gaps_where_it_is_seen() -> None:
    far = 1e10
    assert drawn([[-far, 1], [far, 1]], [[2, -far], [2, far]], box=(0, 0, 3, 3), columns=2, rows=1) == [
        "··●·",
        "●●●●",
        "··●·",
        "··●·",
    ]


def test_an_empty_drawing_is_blank() -> None:
    assert drawn(box=(0, 0, 1, 1), columns=2, rows=1) == ["····"] * 4


@given(drawings(min_strokes=1))
def test_every_point_of_a_drawing_is_a_dot_and_neighbours_are_joined(drawing: Drawing) -> None:
    columns, rows = 12, 6
    grid = dots(drawing.lines, drawing.bounds, columns, rows)
    left, top, right, bottom = drawing.bounds
    factor = min((2 * columns - 3) / max(right - left, 1e-12), (4 * rows - 3) / max(bottom - top, 1e-12))
    factor = 0.0 if factor > 1e11 else factor
    for line in drawing.lines:
        x = (2 * columns - 1) / 2 + factor * (line[:, 0] - (left + right) / 2)
        y = (4 * rows - 1) / 2 + factor * (line[:, 1] - (top + bottom) / 2)
        for px, py in zip(x, y, strict=True):
            rounded = {(round(py + dy), round(px + dx)) for dx in (-1e-6, 1e-6) for dy in (-1e-6, 1e-6)}
            assert any(grid[place] for place in rounded)
    # each stroke hangs together: every dot touches another, unless it is alone in its stroke
    for line in drawing.lines:
        alone = dots([line], drawing.bounds, columns, rows)
        assert pieces(alone) == 1
        assert (grid | alone == grid).all()


def pieces(grid: np.ndarray) -> int:
    """Groups of dots that touch, corners included."""
    left = set(map(tuple, np.argwhere(grid).tolist()))
    count = 0
    while left:
        count += 1
        edge = [left.pop()]
        while edge:
            row, column = edge.pop()
            near = {(row + dr, column + dc) for dr in (-1, 0, 1) for dc in (-1, 0, 1)} & left
            left -= near
            edge += near
    return count


# broad lines


@pytest.mark.parametrize(("width", "thick"), [(0, 1), (1, 1), (2, 2), (3, 3), (4, 4)])
def test_a_broad_line_has_as_many_rows_or_columns_as_dots_fit_its_width(width: float, thick: int) -> None:
    box = (0, 0, 15, 15)
    across = drawn([[-9, 7], [30, 7]], box=box, columns=8, rows=4, width=width)
    assert [row for row in across if "●" in row] == ["●" * 16] * thick
    down = drawn([[7, -9], [7, 30]], box=box, columns=8, rows=4, width=width)
    assert [row.count("●") for row in down] == [thick] * 16


def test_the_width_is_in_the_unit_of_the_lines() -> None:
    line = [[-100, 700], [3000, 700]]
    rows = drawn(line, box=(0, 0, 1500, 1500), columns=8, rows=4, width=300)
    assert sum("●" in row for row in rows) == 3


def test_a_broad_dot_is_round() -> None:
    assert drawn([[5.25, 3.25]], box=(0, 0, 11, 7), columns=6, rows=2, width=5) == [
        "············",
        "·····●●·····",
        "····●●●●····",
        "···●●●●●····",
        "···●●●●●····",
        "····●●●●····",
        "············",
        "············",
    ]


def test_a_broad_line_outside_the_grid_reaches_into_it() -> None:
    box = (0, 0, 7, 7)
    assert drawn([[-2, -50], [-2, 50]], box=box, columns=4, rows=2, width=5) == ["●·······"] * 8
    assert drawn([[-2, -50], [-2, 50]], box=box, columns=4, rows=2, width=3) == ["········"] * 8
    assert drawn([[-50, 40], [50, 40]], box=box, columns=4, rows=2, width=200) == ["●●●●●●●●"] * 8
    assert drawn([[-50, -6], [50, -6]], box=box, columns=4, rows=2, width=15) == ["●●●●●●●●"] * 2 + ["········"] * 6


@given(drawings(st.floats(-20, 60), min_strokes=1), st.floats(0.2, 20))
def test_a_broad_line_is_every_dot_near_it(drawing: Drawing, width: float) -> None:
    grid = dots(drawing.lines, (0, 0, 39, 39), 20, 10, 0, width=width)
    place = np.argwhere(np.ones_like(grid))[:, ::-1].astype(float)
    away = np.full(len(place), np.inf)
    for line in drawing.lines:
        for start, stop in zip(line[:-1] if len(line) > 1 else line, line[1:] if len(line) > 1 else line, strict=True):
            step = stop - start
            along = np.clip(((place - start) @ step) / max(float(step @ step), 1e-12), 0, 1)
            away = np.minimum(away, np.hypot(*(start + along[:, None] * step - place).T))
    away = away.reshape(grid.shape)
    assert grid[away < width / 2 - 0.4].all()
    assert not grid[away > max(width / 2 + 0.4, 0.75)].any()
    assert (grid >= dots(drawing.lines, (0, 0, 39, 39), 20, 10, 0)).all()  # never less than a thin one


# braille


def test_each_dot_of_a_cell_has_its_own_pattern() -> None:
    """U+2801 to U+2880 in the order of Unicode: 1 2 3 left, 4 5 6 right, 7 8 below."""
    found = {}
    for row in range(4):
        for column in range(2):
            grid = np.zeros((4, 2), dtype=bool)
            grid[row, column] = True
            found[row, column] = "".join(text_rows(braille(grid)))
    assert found == {
        (0, 0): "⠁", (1, 0): "⠂", (2, 0): "⠄", (3, 0): "⡀",
        (0, 1): "⠈", (1, 1): "⠐", (2, 1): "⠠", (3, 1): "⢀",
    }  # fmt: skip


def test_cells_lie_as_the_dots_do() -> None:
    grid = np.zeros((8, 6), dtype=bool)
    grid[0, 0] = grid[7, 5] = True
    grid[3, 2:4] = True
    assert text_rows(braille(grid)) == ["⠁⣀⠀", "⠀⠀⢀"]
    assert text_rows(braille(np.ones((4, 4), dtype=bool))) == ["⣿⣿"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([[[0, 0], [9, 0]]], ["⠀⠀⠀⠀⠀", "⠈⠉⠉⠉⠁"]),
        ([[[0, 0], [5, 5]]], ["⠀⠢⡀⠀⠀", "⠀⠀⠈⠢⠀"]),
        ([[[0, 0], [5, 5]], [[0, 5], [5, 0]]], ["⠀⠢⣀⠔⠀", "⠀⠔⠉⠢⠀"]),
        ([[[3, 3]]], ["⠀⠀⠀⠀⠀", "⠀⠀⠁⠀⠀"]),
        ([], ["⠀⠀⠀⠀⠀", "⠀⠀⠀⠀⠀"]),
    ],
    ids=["horizontal", "diagonal", "cross", "dot", "empty"],
)
def test_a_thumbnail_is_this_text(lines: list, expected: list[str]) -> None:
    assert text_rows(thumbnail(Drawing.of(lines), 5, 2)) == expected


def test_thumbnails_are_each_fitted_alone() -> None:
    small, large = Drawing.of([[[0, 0], [1, 1]]]), Drawing.of([[[0, 0], [900, 900]]])
    one, other = thumbnails([small, large], 8, 4)
    assert (one == other).all()
    assert one.shape == (4, 8)
    assert one.dtype == np.uint32


# main bounds

FIGURE = [[[0, 0], [50, 0], [50, 100], [0, 100], [0, 0]], [[10, 10], [40, 90]]]


def test_a_far_speck_does_not_shrink_the_figure() -> None:
    speck = [[400, 400], [400.5, 400]]
    alone, specked = Drawing.of(FIGURE), Drawing.of([*FIGURE, speck])
    assert main_bounds(specked) == (0, 0, 50, 100)
    assert specked.bounds == (0, 0, 400.5, 400)
    assert text_rows(thumbnail(specked, 20, 10)) == text_rows(thumbnail(alone, 20, 10))


def test_a_far_stroke_of_some_length_is_part_of_the_figure() -> None:
    arm = [[400, 400], [400, 430]]
    assert main_bounds(Drawing.of([*FIGURE, arm])) == (0, 0, 400, 430)


def test_the_share_of_ink_decides_what_is_main() -> None:
    third = [[0, 0], [0, 300]], [[10, 0], [10, 200]], [[90, 0], [90, 100]]
    drawing = Drawing.of(third)
    assert main_bounds(drawing, share=0.8) == (0, 0, 10, 300)
    assert main_bounds(drawing, share=1.0) == drawing.bounds


def test_few_strokes_and_dots_count_whole() -> None:
    pair = Drawing.of([[[0, 0], [100, 0]], [[400, 400]]])
    assert main_bounds(pair) == pair.bounds
    stars = Drawing.of([[[0, 0]], [[5, 5]], [[9, 2]], [[1, 8]]])
    assert main_bounds(stars) == (0, 0, 9, 8)
