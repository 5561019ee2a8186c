"""Pictures: ink where the line runs, paper elsewhere, and a GIF that ends with the whole drawing."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from PIL import Image
from strategies import drawings

from drawing.drawing import Drawing
from drawing.errors import DrawingError
from drawing.picture import (
    CONNECTOR,
    INK,
    MARGIN,
    PAPER,
    TABLE,
    TRAVEL,
    beginning,
    contact_sheet,
    page_picture,
    picture,
    save_gif,
    save_png,
)
from studio.errors import StudioError

SQUARE = Drawing.of([[[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]])
SPIRAL = Drawing.of(
    [np.column_stack([np.linspace(0, 50, 300) * np.cos(np.linspace(0, 30, 300)),
                      np.linspace(0, 50, 300) * np.sin(np.linspace(0, 30, 300))])]
)  # fmt: skip
BRIDGED = Drawing((np.array([[0.0, 0], [0, 10], [10, 10], [10, 0]]),), (np.array([False, True, False]),))


def is_near(pixel, colour: tuple[int, int, int], within: int = 40) -> bool:
    return bool(np.abs(np.asarray(pixel, dtype=int) - colour).max() <= within)


def inked(image: Image.Image) -> np.ndarray:
    """Which pixels are darker than half way to ink, shape (height, width)."""
    return np.asarray(image.convert("L")) < (PAPER[0] + INK[0]) / 2


# one picture


def test_a_picture_has_the_size_asked_and_ink_where_the_line_runs() -> None:
    image = picture(SQUARE, (120, 100), ink_px=3, margin_px=20)
    assert image.size == (120, 100)
    # 60 pixels high, centred: from (30, 20) to (90, 80)
    for place in ((30, 20), (60, 20), (90, 50), (45, 80), (30, 65)):
        assert is_near(image.getpixel(place), INK), place
    for place in ((0, 0), (60, 50), (60, 25), (25, 50), (60, 85), (119, 99)):
        assert is_near(image.getpixel(place), PAPER, within=3), place


def test_a_box_shows_part_of_the_plane() -> None:
    image = picture(SQUARE, (100, 100), box=(-10, -10, 10, 10), ink_px=3, margin_px=0)
    assert is_near(image.getpixel((75, 50)), INK)  # the top edge, in the lower right quarter
    assert is_near(image.getpixel((50, 75)), INK)
    assert not inked(image)[:45].any()


def test_a_thicker_pen_makes_more_ink() -> None:
    thin, thick = (inked(picture(SQUARE, (200, 200), ink_px=width)).sum() for width in (1.5, 6))
    assert 3 < thick / thin < 6


def test_connectors_are_coloured_only_when_asked() -> None:
    plain, coloured = (
        picture(BRIDGED, (100, 100), ink_px=4, margin_px=10, show_connectors=show) for show in (False, True)
    )
    assert is_near(plain.getpixel((50, 90)), INK)
    assert is_near(coloured.getpixel((50, 90)), CONNECTOR)
    assert is_near(coloured.getpixel((10, 50)), INK)


def test_a_dot_and_a_straight_line_are_shown() -> None:
    assert inked(picture(Drawing.of([[[5, 5]]]), (60, 60), ink_px=4))[28:32, 28:32].any()
    upright = inked(picture(Drawing.of([[[3, 0], [3, 9]]]), (60, 60), ink_px=4, margin_px=5))
    assert upright[10:50, 30].all()


def test_an_empty_drawing_is_paper() -> None:
    assert set(picture(Drawing(()), (9, 7)).get_flattened_data()) == {PAPER}


def test_a_png_holds_the_picture(tmp_path: Path) -> None:
    image = picture(SPIRAL, (90, 70))
    save_png(tmp_path / "a.png", image)
    with Image.open(tmp_path / "a.png") as read:
        assert read.format == "PNG"
        assert read.size == (90, 70)
        assert (np.asarray(read.convert("RGB")) == np.asarray(image)).all()


# a page on the table


def place(x: float, y: float, long_px: int = 600, long: float = 200) -> tuple[int, int]:
    """The pixel of a point on a page in mm."""
    edge = long_px // 60
    scale = (long_px - 2 * edge) / long
    return round(edge + x * scale), round(edge + y * scale)


def test_a_page_lies_on_the_table_with_its_margins_and_ink_at_its_place() -> None:
    drawing = Drawing.of([[(50, 40), (150, 40)]])
    image = page_picture(drawing, (200, 100), long_px=600, margin=20, pen=2)
    assert image.size == (600, 310)
    assert is_near(image.getpixel((2, 2)), TABLE, within=3)
    assert is_near(image.getpixel(place(10, 50)), PAPER, within=3)
    assert is_near(image.getpixel(place(20, 50)), MARGIN, within=16)
    assert not is_near(image.getpixel(place(20, 50)), PAPER, within=5)
    for x in (51, 100, 149):
        assert is_near(image.getpixel(place(x, 40)), INK), x
    for x in (45, 155):
        assert is_near(image.getpixel(place(x, 40)), PAPER, within=3), x
    assert 4 <= inked(image)[:, place(100, 0)[0]].sum() <= 8  # 2 mm are 5.8 pixels


def test_a_page_without_margins_or_lines_is_bare_paper() -> None:
    image = page_picture(Drawing(()), (100, 200), long_px=300, travel_from=(0, 0))
    assert image.size == (155, 300)
    assert is_near(image.getpixel((77, 150)), PAPER, within=3)
    assert not inked(image).any()


def test_travel_is_dotted_from_home_between_strokes_and_back() -> None:
    drawing = Drawing.of([[(50, 20), (100, 20)], [(100, 80), (50, 80)]])
    bare, dotted = (
        np.asarray(page_picture(drawing, (200, 100), long_px=600, travel_from=home)).astype(int)
        for home in (None, (0.0, 0.0))
    )
    changed = np.abs(bare - dotted).max(axis=2) > 40
    for x, y in ((25, 10), (100, 50), (25, 40)):
        column, row = place(x, y)
        around = (slice(row - 4, row + 5), slice(column - 4, column + 5))
        assert changed[around].any(), (x, y)
        assert np.abs(dotted[around] - TRAVEL).max(axis=2).min() < 90
    assert not changed[place(0, 60)[1] :, place(150, 0)[0] :].any()


def test_very_long_travel_does_not_drown_the_picture() -> None:
    rng = np.random.default_rng(1)
    drawing = Drawing(tuple(rng.uniform(0, 200, (6000, 2, 2)) * (1, 0.5)))
    image = page_picture(drawing.select(range(6000)), (200, 100), long_px=600, travel_from=(0, 0))
    assert image.size == (600, 310)


def test_connectors_on_a_page_are_coloured_only_when_asked() -> None:
    page = BRIDGED.translate(5, 5)
    middle = place(10, 15, 600, 20)
    assert is_near(page_picture(page, (20, 20), long_px=600).getpixel(middle), INK)
    assert is_near(page_picture(page, (20, 20), long_px=600, show_connectors=True).getpixel(middle), CONNECTOR)


# contact sheets


def test_a_contact_sheet_has_a_cell_for_each_drawing_in_rows() -> None:
    sheet = contact_sheet([SQUARE, SPIRAL, Drawing(()), SQUARE, SPIRAL], 3, cell_px=60)
    assert sheet.size == (180, 120)
    marks = inked(sheet)
    cells = [
        marks[60 * row : 60 * row + 60, 60 * column : 60 * column + 60].any() for row in (0, 1) for column in (0, 1, 2)
    ]
    assert cells == [True, True, False, True, True, False]
    assert (np.asarray(sheet)[:60, :60] == np.asarray(sheet)[60:, :60]).all()
    assert (np.asarray(sheet)[:60, 60:120] == np.asarray(sheet)[60:, 60:120]).all()


def test_captions_stand_below_their_drawings() -> None:
    plain = contact_sheet([SQUARE, SQUARE], 2, cell_px=90)
    sheet = contact_sheet([SQUARE, SQUARE], 2, cell_px=90, captions=["monkey"])
    assert plain.size == (180, 90)
    assert sheet.size == (180, 100)
    below = np.asarray(sheet.convert("L"))[91:]
    assert (below[:, :90] < 200).any()
    assert (below[:, 90:] > 230).all()
    assert (np.asarray(sheet)[:88] == np.asarray(plain)[:88]).all()


@pytest.mark.parametrize(("made", "columns"), [([], 3), ([SQUARE], 0)])
def test_a_contact_sheet_of_nothing_is_told(made: list, columns: int) -> None:
    with pytest.raises(DrawingError, match="needs a drawing and a column at least"):
        contact_sheet(made, columns)


def test_a_contact_sheet_too_large_for_any_memory_is_told() -> None:
    with pytest.raises(DrawingError, match=r"A contact sheet of 200000 x 20000 pixels is too large; show fewer"):
        contact_sheet([SQUARE] * 100_000, 1000)


# beginnings


@given(drawings(min_strokes=1, connectors=True), st.floats(0, 1))
def test_a_beginning_has_its_share_of_the_ink(drawing: Drawing, share: float) -> None:
    part = beginning(drawing, share)
    assert part.ink == pytest.approx(share * drawing.ink, rel=1e-6, abs=1e-6)
    assert len(part.lines) <= len(drawing.lines)


@given(drawings(min_strokes=1, connectors=True), st.floats(0, 1))
def test_a_beginning_runs_along_the_drawing(drawing: Drawing, share: float) -> None:
    """All points but the last are points of the drawing, and connectors among them stay marked."""
    part = beginning(drawing, share)
    *whole, last = part.lines
    for line, before in zip(whole, drawing.lines, strict=False):
        assert line.tolist() == before.tolist()
    source = drawing.lines[len(whole)]
    if len(last) > 1:
        kept = len(last) if len(last) == len(source) else len(last) - 1
        assert_allclose(last[: kept - 1], source[: kept - 1])
    for index in range(len(part.lines)):
        assert part.marks(index).tolist() == drawing.marks(index)[: len(part.lines[index]) - 1].tolist()


def test_a_beginning_ends_where_the_pen_is() -> None:
    assert beginning(SQUARE, 0.375).lines[0].tolist() == [[0, 0], [10, 0], [10, 5]]
    two = Drawing.of([[[0, 0], [10, 0]], [[0, 5], [10, 5]]])
    assert [line.tolist() for line in beginning(two, 0.75).lines] == [[[0, 0], [10, 0]], [[0, 5], [5, 5]]]
    assert beginning(two, 1.0) == two
    assert beginning(two, 0.0).ink == 0


@given(st.lists(drawings(min_strokes=1, min_points=2), min_size=1, max_size=1), st.integers(0, 5))
def test_a_beginning_may_end_with_a_stroke_whatever_the_rounding(made: list[Drawing], stroke: int) -> None:
    """Sums in another order differ in the last digit, which must not lead beyond the last point."""
    (drawing,) = made
    if drawing.ink > 0:
        share = float(drawing.lengths[: stroke % len(drawing.lines) + 1].sum()) / drawing.ink
        assert beginning(drawing, share).ink == pytest.approx(share * drawing.ink)
        beginning(drawing, np.nextafter(1.0, 0.0))


def test_a_long_random_drawing_can_begin_anywhere() -> None:
    dice = np.random.default_rng(0)
    for _ in range(300):
        drawing = Drawing.of([dice.normal(size=(dice.integers(2, 40), 2)) for _ in range(3)])
        for strokes in (1, 2):
            beginning(drawing, float(drawing.lengths[:strokes].sum()) / drawing.ink)


# GIF


def frames(path: Path) -> list[Image.Image]:
    with Image.open(path) as read:
        out = []
        for index in range(read.n_frames):  # pyright: ignore[reportAttributeAccessIssue]
            read.seek(index)
            out.append(read.convert("RGB").copy())
        return out


def test_a_gif_draws_the_line_and_ends_with_the_whole_drawing(tmp_path: Path) -> None:
    save_gif(tmp_path / "a.gif", SPIRAL, (120, 100), seconds=2.0, frames=10)
    images = frames(tmp_path / "a.gif")
    assert len(images) == 10
    assert {image.size for image in images} == {(120, 100)}
    whole = inked(picture(SPIRAL, (120, 100)))
    assert (inked(images[-1]) == whole).mean() > 0.995
    ink = [inked(image).sum() for image in images]
    assert ink == sorted(ink)
    assert ink[0] < 0.2 * ink[-1]
    assert ink[4] == pytest.approx(0.5 * ink[-1], rel=0.25)


def test_a_gif_takes_its_time_then_rests_and_starts_again(tmp_path: Path) -> None:
    save_gif(tmp_path / "a.gif", SPIRAL, (60, 60), seconds=2.0, frames=10)
    with Image.open(tmp_path / "a.gif") as read:
        assert read.info["loop"] == 0
        durations = []
        for index in range(10):
            read.seek(index)
            durations.append(read.info["duration"])
    assert durations == [200] * 9 + [1500]


def test_an_empty_drawing_makes_no_gif(tmp_path: Path) -> None:
    with pytest.raises(DrawingError, match=r"a\.gif was not written: the drawing is empty"):
        save_gif(tmp_path / "a.gif", Drawing(()))
    assert list(tmp_path.iterdir()) == []


# a write that fails


@pytest.mark.parametrize("name", ["a.png", "a.gif"])
def test_a_full_disk_leaves_the_old_picture_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(b"the picture that was here")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StudioError, match=rf"{name} can't be written: No space left on device"):
        if name == "a.png":
            save_png(path, picture(SQUARE, (30, 30)))
        else:
            save_gif(path, SQUARE, (30, 30), frames=3)
    assert path.read_bytes() == b"the picture that was here"
    assert list(tmp_path.iterdir()) == [path]
