from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from prep.ink import find_ink
from prep.page import straighten
from prep.scan import Scan


def curve(width: int, height: int) -> list[tuple[float, float]]:
    turn = np.linspace(0, 2 * np.pi, 700)
    x = width * (0.5 + 0.33 * np.sin(2 * turn + 0.4))
    y = height * (0.5 + 0.35 * np.sin(3 * turn))
    return list(zip(x.tolist(), y.tolist(), strict=True))


def drawn(paper: tuple[int, int, int], ink: tuple[int, int, int], pen: float = 3, noise: float = 2.0) -> np.ndarray:
    """A looping line on a page of one colour, with blur and grain."""
    image = Image.new("RGB", (1600, 2200), paper)
    ImageDraw.Draw(image).line([(2 * x, 2 * y) for x, y in curve(800, 1100)], fill=ink, width=round(2 * pen))
    rgb = np.asarray(image.reduce(2)).astype(float)
    rgb += np.random.default_rng(1).normal(0, noise, rgb.shape)
    return np.clip(rgb, 0, 255).astype(np.uint8)


def flat(rgb: np.ndarray) -> Scan:
    return Scan(rgb, (1, 1), (rgb.shape[1], rgb.shape[0]))


def measure(mask: np.ndarray) -> tuple[float, float]:
    """The part of the true line that the skeleton of a mask covers, and the part of the skeleton off the line."""
    from scipy import ndimage
    from skimage.morphology import skeletonize

    height, width = mask.shape
    skeleton = skeletonize(mask)
    line = Image.new("1", (width, height))
    ImageDraw.Draw(line).line(curve(width, height), fill=1)
    truth = np.asarray(line)
    cover = (ndimage.distance_transform_edt(~skeleton)[truth] <= 2.5).mean()
    spurious = (ndimage.distance_transform_edt(~truth)[skeleton] > 4).mean()
    return float(cover), float(spurious)


@pytest.mark.parametrize("ink", [(20, 20, 25), (40, 60, 170), (190, 40, 40), (30, 120, 60), (110, 70, 40)])
@pytest.mark.parametrize("paper", [(250, 250, 248), (238, 228, 205), (190, 160, 120)])
def test_pens_on_papers(paper: tuple[int, int, int], ink: tuple[int, int, int]) -> None:
    found = find_ink(straighten(flat(drawn(paper, ink))))
    cover, spurious = measure(found.mask)
    assert cover > 0.995
    assert spurious < 0.001
    assert found.pen == pytest.approx(3, abs=0.8)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_an_empty_page_has_no_ink_and_says_so(level: int) -> None:
    found = find_ink(straighten(flat(np.full((700, 500, 3), level, np.uint8))))
    assert not found.mask.any()
    assert found.pen == 0
    assert "No line" in found.notes[-1]
