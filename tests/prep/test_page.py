from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import ndimage

from prep.page import Page, proportion, straighten
from prep.scan import Scan

DARK, WOOD, GREY = (50, 46, 44), (150, 110, 75), (205, 202, 198)
WHITE, KRAFT = (246, 244, 240), (190, 158, 118)


def seen(size: tuple[int, int], photo: tuple[int, int], turns: tuple[float, float, float]) -> NDArray[np.float64]:
    """Where a camera sees the corners of a sheet that is turned about three axes, in degrees."""
    width, height = size
    x, y, z = np.radians(turns)
    about_x = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_z = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * np.array([width, height]) / 2
    space = np.column_stack([corners, np.zeros(4)]) @ (about_z @ about_y @ about_x).T
    focal = 0.9 * max(photo)
    space[:, 2] += 1.25 * height * focal / photo[1]
    return focal * space[:, :2] / space[:, 2:] + np.array(photo) / 2


def photographed(
    quad: NDArray[np.float64], paper: tuple[int, int, int], table: tuple[int, int, int], size: tuple[int, int]
) -> tuple[Scan, NDArray[np.float64]]:
    """A photo of a sheet with a mark in its middle, and where in the photo the mark is."""
    photo = Image.new("RGB", size, table)
    draw = ImageDraw.Draw(photo)
    draw.polygon([tuple(corner) for corner in quad], fill=paper)
    one, two = quad[2] - quad[0], quad[3] - quad[1]
    part = np.linalg.solve(np.column_stack([one, -two]), quad[1] - quad[0])[0]
    middle = quad[0] + part * one
    draw.ellipse((*(middle - 9), *(middle + 9)), fill=(20, 20, 20))
    draw.line([tuple(quad[0] + (middle - quad[0]) * part) for part in (0.2, 0.5)], fill=(20, 20, 20), width=4)
    light = np.linspace(1, 0.75, size[0])[:, None]
    rgb = ndimage.gaussian_filter(np.asarray(photo) * light, (1, 1, 0))
    rgb = rgb + np.random.default_rng(1).normal(0, 2, rgb.shape)
    return Scan(np.clip(rgb, 0, 255).astype(np.uint8), (2, 2), (2 * size[0], 2 * size[1])), middle


def corners_off(page: Page, quad: NDArray[np.float64]) -> float:
    """How far from its own corners, in pixels of a photo of twice the pixels, a page's lie at most."""
    height, width = page.rgb.shape[:2]
    corners = np.array([(0, 0, 1), (width, 0, 1), (width, height, 1), (0, height, 1)]) @ page.to_scan.T
    return float(np.abs(corners[:, :2] / corners[:, 2:] - (2 * quad + 0.5)).max())


@pytest.mark.parametrize("turns", [(0, 0, 2), (14, 0, 0), (-10, 12, 4), (20, -14, -5)])
@pytest.mark.parametrize(("paper", "table"), [(WHITE, DARK), (WHITE, WOOD), (WHITE, GREY), (KRAFT, WHITE)])
def test_a_photographed_sheet_is_flattened_to_its_own_proportion(
    turns: tuple[float, float, float], paper: tuple[int, int, int], table: tuple[int, int, int]
) -> None:
    quad = seen((1000, 1414), (1200, 1600), turns)
    scan, mark = photographed(quad, paper, table, (1200, 1600))
    page = straighten(scan)
    height, width = page.rgb.shape[:2]
    assert width / height == pytest.approx(1 / 1.414, rel=0.02)
    assert corners_off(page, quad) < 20
    # the mark is where the homography says, and in the middle of the page
    inner = page.rgb[height // 3 : -height // 3, width // 3 : -width // 3].mean(axis=2)
    y, x = np.argwhere(ndimage.uniform_filter(inner, 9) < 60).mean(axis=0) + np.array([height // 3, width // 3])
    assert (x, y) == pytest.approx((width / 2, height / 2), abs=8)
    place = page.to_scan @ (x, y, 1)
    assert place[:2] / place[2] == pytest.approx(2 * mark + 0.5, abs=8)
    assert "flattened" in page.notes[-1]


@pytest.mark.parametrize("turns", [(14, 5, 4), (10, 5, -4)])
def test_white_paper_on_a_white_table_is_known_by_its_shadow(turns: tuple[float, float, float]) -> None:
    quad = seen((1000, 1414), (1200, 1600), turns)
    scan, _ = photographed(quad, (246, 244, 238), (238, 236, 232), (1200, 1600))
    sheet = Image.new("L", (1200, 1600))
    ImageDraw.Draw(sheet).polygon([tuple(corner) for corner in quad], fill=255)
    on_sheet = np.asarray(sheet)[..., None] / 255.0
    fallen = ndimage.shift(ndimage.gaussian_filter(on_sheet, (9, 9, 0)), (6, 8, 0), order=0)
    shaded = scan.rgb * (1 - 0.4 * fallen * (1 - on_sheet))
    page = straighten(Scan(shaded.astype(np.uint8), scan.scale, scan.size))
    assert corners_off(page, quad) < 25


@pytest.mark.parametrize("at", [60, 1490, 1540])
def test_a_board_of_the_table_is_no_edge_of_the_sheet(at: int) -> None:
    quad = seen((1000, 1414), (1200, 1600), (12, 4, 2))
    scan, _ = photographed(quad, WHITE, WOOD, (1200, 1600))
    away = np.arange(1600)[:, None] - at + 0.01 * np.arange(1200)
    table = (scan.rgb[..., 2] < 120)[..., None]
    boards = scan.rgb * (1 - 0.16 * table * (np.sign(at - 800) * away > 0)[..., None])
    page = straighten(Scan(boards.astype(np.uint8), scan.scale, scan.size))
    assert corners_off(page, quad) < 25


def flat_scan() -> NDArray[np.uint8]:
    page = np.full((1500, 1060, 3), 245, np.uint8)
    image = Image.fromarray(page)
    draw = ImageDraw.Draw(image)
    draw.line([(200, 300), (800, 500), (400, 1200), (900, 1300)], fill=(20, 20, 20), width=4)
    draw.rectangle((150, 200, 900, 1350), outline=(30, 30, 30), width=5)
    return np.asarray(image)


@pytest.mark.parametrize("kind", ["plain", "fold", "skew", "two dark rims", "wash", "black", "white"])
def test_a_flat_scan_stays_as_it_is(kind: str) -> None:
    rgb = flat_scan().astype(float)
    if kind == "fold":
        rgb *= (1 - 0.8 * np.exp(-np.arange(1060) / 30.0))[:, None]
    elif kind == "skew":
        picture = Image.fromarray(rgb.astype(np.uint8)).rotate(1.2, fillcolor=(30, 30, 30))
        rgb = np.asarray(picture).astype(float)
    elif kind == "two dark rims":
        rgb[:, :40] = 25
        rgb[-40:] = 25
    elif kind == "wash":
        rgb[260:1250, 220:850] *= (0.55, 0.7, 0.95)
    elif kind in {"black", "white"}:
        rgb[:] = 0 if kind == "black" else 255
    rgb = np.clip(rgb + np.random.default_rng(1).normal(0, 2, rgb.shape), 0, 255).astype(np.uint8)
    page = straighten(Scan(rgb, (1, 1), (1060, 1500)))
    assert page.rgb.shape == rgb.shape
    assert np.array_equal(page.to_scan, np.eye(3))


@pytest.mark.parametrize("shape", [1 / 1.414, 1.0, 1.6])
def test_the_proportion_of_a_sheet_is_known_from_its_corners(shape: float) -> None:
    for turns in [(25, 0, 0), (0, 20, 0), (18, -15, 10), (0, 0, 0)]:
        quad = seen((round(1000 * shape), 1000), (1600, 1200), turns)
        assert proportion(quad, (1600, 1200)) == pytest.approx(shape, rel=0.03)
