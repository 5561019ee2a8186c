from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import ndimage

from prep.ink import Ink, InkSettings, find_ink
from prep.page import straighten
from prep.render.book import ArtistPool, make_book, make_page
from prep.render.settings import RenderSettings
from prep.scan import Scan, read_scan

WIDTH, HEIGHT = 800, 1100
Colour = tuple[int, int, int]
WHITE: Colour = (250, 250, 248)
BLACK: Colour = (20, 20, 25)
BLUE: Colour = (60, 80, 170)


def curve() -> list[tuple[float, float]]:
    turn = np.linspace(0, 2 * np.pi, 700)
    x = WIDTH * (0.5 + 0.33 * np.sin(2 * turn + 0.4))
    y = HEIGHT * (0.5 + 0.35 * np.sin(3 * turn))
    return list(zip(x.tolist(), y.tolist(), strict=True))


def blank(paper: Colour = WHITE) -> NDArray[np.float64]:
    return np.ones((HEIGHT, WIDTH, 3)) * np.array(paper, float)


def cover(*lines: list[tuple[float, float]], pen: float = 3) -> NDArray[np.float64]:
    """How much of each pixel lines cover, 0 to 1."""
    image = Image.new("L", (4 * WIDTH, 4 * HEIGHT))
    for line in lines:
        places = [(4 * x + 2, 4 * y + 2) for x, y in line]
        ImageDraw.Draw(image).line(places, fill=255, width=round(4 * pen), joint="curve")
    return np.asarray(image.reduce(4)) / 255.0


def inked(page: NDArray[np.float64], amount: NDArray[np.float64], ink: Colour = BLACK) -> NDArray[np.float64]:
    """A page with ink on it, transparent as ink is."""
    return page * (1 - amount[..., None] * (1 - np.array(ink) / 255))


def found(page: NDArray[np.float64], settings: InkSettings | None = None, noise: float = 1.5) -> Ink:
    page = ndimage.gaussian_filter(page, (0.6, 0.6, 0))
    page = page + np.random.default_rng(1).normal(0, noise, page.shape)
    rgb = np.clip(page, 0, 255).astype(np.uint8)
    return find_ink(straighten(Scan(rgb, (1, 1), (WIDTH, HEIGHT))), settings)


def measure(mask: NDArray[np.bool_]) -> tuple[float, float]:
    """The part of the true line that the skeleton of a mask covers, and the part of the skeleton off the line."""
    from skimage.morphology import skeletonize

    skeleton = skeletonize(mask)
    line = Image.new("1", (WIDTH, HEIGHT))
    ImageDraw.Draw(line).line(curve(), fill=1)
    truth = np.asarray(line)
    covered = (ndimage.distance_transform_edt(~skeleton)[truth] <= 2.5).mean()
    spurious = (ndimage.distance_transform_edt(~truth)[skeleton] > 4).mean()
    return float(covered), float(spurious)


def assert_the_line_and_nothing_else(ink: Ink, least: float = 0.995) -> None:
    covered, spurious = measure(ink.mask)
    assert covered > least
    assert spurious < 0.001


def pieces(mask: NDArray[np.bool_]) -> int:
    return int(ndimage.label(mask, np.ones((3, 3)))[1])  # pyright: ignore[reportIndexIssue, reportArgumentType]


@pytest.mark.parametrize(
    ("paper", "ink"),
    [
        *((WHITE, ink) for ink in (BLACK, BLUE, (190, 40, 40), (30, 120, 60), (110, 70, 40))),
        *((paper, ink) for paper in ((238, 228, 205), (190, 160, 120)) for ink in (BLACK, BLUE)),
    ],
)
def test_pens_on_papers(paper: Colour, ink: Colour) -> None:
    page = found(inked(blank(paper), cover(curve()), ink))
    assert_the_line_and_nothing_else(page)
    assert page.pen == pytest.approx(3, abs=0.8)


def test_light_has_shade_and_colour_of_the_paper_divided_out() -> None:
    shade = np.linspace(1, 0.5, WIDTH)[:, None]
    light = found(inked(blank((190, 160, 120)) * shade, cover(curve()))).light
    assert light[:50, 50:-50].mean() == pytest.approx(1, abs=0.03)
    assert light.min() < 0.35


@pytest.mark.parametrize("level", [0, 128, 255])
def test_an_empty_page_has_no_ink_and_says_so(level: int) -> None:
    page = found(blank((level, level, level)))
    assert not page.mask.any()
    assert page.pen == 0
    assert "No line" in page.notes[-1]


@pytest.mark.parametrize("slant", [-0.02, 0.0, 0.012])
@pytest.mark.parametrize("kind", ["ruled", "squared", "squared and the pen pale"])
def test_printed_lines_are_left_out_and_the_pen_stays_whole_across_them(kind: str, slant: float) -> None:
    rows, columns = np.mgrid[:HEIGHT, :WIDTH].astype(float)
    across, down = rows - slant * columns, columns + slant * rows
    printed = np.clip(1.4 - np.abs(across % 38 - 19), 0, 1)
    if kind == "ruled":
        printed = np.maximum(printed, np.clip(1.2 - np.abs(down - 120), 0, 1))
    else:
        printed = np.maximum(printed, np.clip(1.4 - np.abs(down % 38 - 19), 0, 1))
    page = inked(blank(), printed, (150, 175, 205))
    ink = found(inked(page, cover(curve(), pen=2.5), (110, 120, 160) if "pale" in kind else BLACK))
    assert_the_line_and_nothing_else(ink)
    assert pieces(ink.mask) == 1
    assert any("printed" in note for note in ink.notes)


def lying(places: NDArray[np.floating], distance: NDArray[np.float64], thick: float) -> NDArray[np.float64]:
    """How much of each pixel printed lines cover, that lie at some of the distances (h, w)."""
    nearest = places[np.searchsorted((places[1:] + places[:-1]) / 2, distance)]
    return np.clip(thick / 2 + 0.5 - np.abs(distance - nearest), 0, 1)


def test_heavier_lines_of_graph_paper_are_left_out_like_the_others() -> None:
    rows, columns = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    page = blank()
    for distance in (rows + 0.003 * columns, columns - 0.003 * rows):
        places = np.arange(17.0, HEIGHT, 34)
        page = inked(page, 0.35 * lying(places, distance, 1.2), (60, 120, 200))
        page = inked(page, 0.55 * lying(places[2::5], distance, 2.4), (60, 120, 200))
    assert_the_line_and_nothing_else(found(inked(page, cover(curve(), pen=2.5), BLUE)))


def test_double_lines_far_from_each_other_are_left_out() -> None:
    rows, columns = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    margins = np.array([87.0, 94, 507, 514, 647, 654])
    page = inked(blank(), 0.35 * lying(np.arange(140.0, HEIGHT, 46), rows + 0.0045 * columns, 1.6), (140, 170, 215))
    page = inked(page, 0.76 * lying(margins, columns - 0.0045 * rows, 1.8), (215, 90, 100))
    assert_the_line_and_nothing_else(found(inked(page, 0.85 * cover(curve(), pen=2.5), BLUE)))


def test_a_single_margin_is_left_out_of_a_page_full_of_drawings(tmp_path: Path) -> None:
    settings = RenderSettings(seed=33, height=(1100, 1100), papers=("ruled",), media=("ballpoint-blue",))
    shot, _ = make_page(make_book(1, settings), 1, "drawing", ArtistPool(33), settings)
    shot.image.save(tmp_path / "page.jpg")
    mask = find_ink(straighten(read_scan(tmp_path / "page.jpg"))).mask
    assert not mask[:, 120:180].any()
    assert mask[:, 180:].any()


def test_printed_lines_can_be_kept() -> None:
    page = blank()
    page[19::38] = 120
    ink = found(page, InkSettings(rules=False))
    assert ink.mask[19 + 38 * 5, 100:-100].mean() > 0.9


def test_parallel_lines_drawn_over_part_of_a_page_are_no_rules() -> None:
    hatching = [[(150.0, y + 3 * np.sin(y)), (600.0, y + 4 * np.cos(y))] for y in range(200, 800, 24)]
    ink = found(inked(blank(), cover(*hatching)))
    assert pieces(ink.mask) == len(hatching)


def test_a_pencil_is_followed_across_its_grain() -> None:
    rng = np.random.default_rng(3)
    tooth = ndimage.gaussian_filter(rng.normal(size=(HEIGHT, WIDTH)), 1.1)
    grain = np.clip(0.6 + 0.3 * tooth / tooth.std(), 0, 1)
    ink = found(inked(blank(), 0.55 * grain * cover(curve(), pen=3.4), (70, 70, 74)))
    assert_the_line_and_nothing_else(ink, 0.985)
    assert pieces(ink.mask) < 6


def test_a_failing_pen_is_followed_to_where_it_is_hardly_there() -> None:
    fade = np.clip(np.linspace(1.2, 0.4, HEIGHT), 0, 1)[:, None]
    ink = found(inked(blank(), fade * cover(curve(), pen=1.8)))
    assert_the_line_and_nothing_else(ink)
    assert pieces(ink.mask) == 1


def test_a_shadow_across_the_page_is_no_line() -> None:
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    shadow = 1 - 0.45 / (1 + np.exp(-(rows + 0.6 * columns - 800) / 6.0))
    assert_the_line_and_nothing_else(found(inked(blank(), cover(curve())) * shadow[..., None]))


def test_washes_and_stains_are_no_lines() -> None:
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    away = np.hypot(rows - 500, columns - 420)
    wash = 0.5 * np.clip((260 - away) / 4, 0, 1)
    ring = 0.3 * np.exp(-(((np.hypot(rows - 700, columns - 300) - 110) / 6.0) ** 2))
    page = inked(inked(blank(), wash, (90, 130, 200)), ring, (150, 100, 50))
    assert_the_line_and_nothing_else(found(inked(page, cover(curve()))))


def test_rings_and_rims_nearly_as_dark_as_a_pencil_are_no_lines() -> None:
    rng = np.random.default_rng(3)
    tooth = ndimage.gaussian_filter(rng.normal(size=(HEIGHT, WIDTH)), 1.1)
    grain = np.clip(0.7 + 0.2 * tooth / tooth.std(), 0, 1)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    ring = np.exp(-(((np.hypot(rows - 700, columns - 300) - 130) / 4.5) ** 2))
    wash = np.clip((190 - np.hypot(rows - 300, columns - 560)) / 4, 0, 1)
    rim = 0.16 * wash + 0.2 * np.exp(-(((np.hypot(rows - 300, columns - 560) - 182) / 4.5) ** 2))
    page = inked(inked(blank(), 0.24 * ring, (165, 120, 70)), rim, (90, 130, 200))
    ink = found(inked(page, 0.5 * grain * cover(curve(), pen=3.6), (70, 70, 74)))
    covered, spurious = measure(ink.mask)
    assert covered > 0.985
    assert spurious < 0.05


def test_fibres_of_rough_paper_are_no_details_beside_the_line() -> None:
    rng = np.random.default_rng(5)
    picture = Image.new("L", (WIDTH, HEIGHT))
    for _ in range(400):
        x, y = rng.uniform((20, 20), (WIDTH - 20, HEIGHT - 20))
        turn, reach = rng.uniform(0, np.pi), rng.uniform(2, 5)
        along = reach * np.cos(turn), reach * np.sin(turn)
        ImageDraw.Draw(picture).line([(x - along[0], y - along[1]), (x + along[0], y + along[1])], fill=255, width=2)
    fibres = inked(blank((178, 142, 106)), 0.19 * np.asarray(picture) / 255.0)
    covered, spurious = measure(found(inked(fibres, 0.85 * cover(curve()), (190, 50, 50)), noise=5).mask)
    assert covered > 0.995
    assert spurious < 0.01


def test_the_back_of_the_page_does_not_show_through() -> None:
    back = ndimage.gaussian_filter(cover([(700, 100), (100, 900), (650, 1000)]), 1.6)
    page = inked(blank(), 0.17 * back, (60, 60, 60))
    assert_the_line_and_nothing_else(found(inked(page, cover(curve()))))


def test_binder_rings_staples_dust_and_the_fold_are_left_out() -> None:
    page = inked(blank(), cover(curve()))
    page *= (1 - 0.55 * np.exp(-np.arange(WIDTH) / 25.0))[:, None]
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    for y in range(20, HEIGHT, 31):
        page[np.hypot(rows - y, columns - 18) < 6] = 40
        page[abs(y - 1) : y + 2, :18] = 90
    page[300:340, WIDTH - 8 : WIDTH - 5] = 80
    rng = np.random.default_rng(4)
    for x, y in rng.integers(20, (WIDTH - 20, HEIGHT - 20), (50, 2)):
        page[y : y + rng.integers(1, 4), x : x + rng.integers(1, 4)] = 90
    assert_the_line_and_nothing_else(found(page))


def test_a_line_that_runs_off_the_page_is_kept_to_its_edge() -> None:
    ink = found(inked(blank(), cover([(300, 400), (WIDTH + 10, 650)])))
    assert ink.mask[:, WIDTH - 5 :].any()


def test_a_small_loop_stays_open_and_two_lines_side_by_side_stay_two() -> None:
    turn = np.linspace(0, 2 * np.pi, 60)
    loop = [(400 + 4.5 * np.cos(t), 300 + 4.5 * np.sin(t)) for t in turn]
    one, two = [(200.0, 500.0), (600.0, 500.0)], [(200.0, 506.0), (600.0, 506.0)]
    ink = found(inked(blank(), cover([(100, 300), (395, 300)], loop, one, two)))
    assert not ink.mask[300, 400]
    assert not ink.mask[503, 220:580].any()


def test_an_eye_is_kept_and_a_speck_is_not() -> None:
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    page = inked(blank(), cover(curve()))
    page[np.hypot(rows - 300, columns - 400) < 5] = 20
    page[np.hypot(rows - 600, columns - 420) < 2] = 20
    mask = found(page).mask
    assert mask[300, 400]
    assert not mask[600, 420]
    assert found(page, InkSettings(speck=0.5)).mask[600, 420]


def test_a_stray_mark_is_dirt_and_one_beside_a_line_is_a_detail() -> None:
    page = inked(blank(), cover([(100, 200), (300, 260)], [(150, 240), (160, 243)], [(600, 900), (610, 903)]))
    mask = found(page).mask
    assert mask[241, 155]
    assert not mask[901, 605]


def test_light_lines_on_black_are_found() -> None:
    ink = found(255 - inked(blank(), cover(curve())))
    assert_the_line_and_nothing_else(ink)
    assert any("inverted" in note for note in ink.notes)
