"""From a flat page to a scan: the glass of a flatbed, or a telephone held over a table."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from prep.homography import map_points
from prep.render.noise import Raster, blurred, cloud

_TABLES = ((206, 196, 182), (226, 224, 220), (92, 66, 46), (58, 42, 34), (64, 70, 82), (120, 92, 66))
_EDGE = 4  # px of nothing around the page, so that its edge is soft


@dataclass(frozen=True, eq=False)
class Shot:
    """A picture of a page."""

    image: Image.Image
    quality: int
    """Of the JPEG it is to be saved as."""
    to_scan: NDArray[np.float64]
    """Homography from pixels of the page to pixels of the picture, (3, 3)."""


def flatbed(
    rgb: Raster,
    binder: str,
    grain: float,
    rng: np.random.Generator,
    blur: float | None = None,
    quality: int | None = None,
) -> Shot:
    """Scan a page (h, w, 3), 0 to 255, cut at its edges, shadow at the binder.

    Args:
        binder: left or right.
        grain: of the paper.
        blur: sigma in px; by chance, as a sound scanner has it, if None.
    """
    height, width = rgb.shape[:2]
    x, y = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)
    slope = rng.normal(0, 5, 2)
    tone = np.add.outer(slope[1] * (y / height - 0.5), slope[0] * (x / width - 0.5)).astype(np.float32)
    edge = x if binder == "left" else width - 1 - x
    across = 1 - rng.uniform(0.14, 0.42) * np.exp(-edge / (rng.uniform(0.018, 0.045) * width))
    across -= rng.uniform(0.0, 0.10) * np.exp(-(width - 1 - edge) / (0.012 * width))
    down = rng.uniform(0.0, 0.08) * np.exp(-np.minimum(y, height - 1 - y) / (0.01 * height))
    light = np.subtract.outer(-down, -across).astype(np.float32)
    seen = (rgb + tone[..., None]) * light[..., None]
    seen = blurred(seen, rng.uniform(0.45, 0.9) if blur is None else blur)
    seen += rng.standard_normal((height, width, 1), dtype=np.float32) * np.float32(grain * 0.8)
    seen += rng.standard_normal((height, width, 3), dtype=np.float32) * np.float32(0.7)
    return Shot(_image(seen), int(quality or rng.integers(76, 93)), np.eye(3))


def telephone(rgb: Raster, binder: str, rng: np.random.Generator, blur: float | None = None) -> Shot:
    """Photograph a page from above, held not quite level: perspective, a table, shadows, a telephone's noise.

    The picture is 3 to 4, about as high as the page, so that lines come out a little thinner than on the page.
    """
    height, width = rgb.shape[:2]
    tall = round(height * rng.uniform(1.06, 1.16))
    size = (round(0.75 * tall), tall)
    to_scan = _view((width, height), size, rng)
    page = _curved(rgb, binder, rng)
    photo = _on_table(page, to_scan, size, binder, rng)
    photo *= _light(size, rng)[..., None]
    photo *= np.array([1 + rng.uniform(-0.01, 0.05), 1.0, 1 + rng.uniform(-0.10, 0.02)], dtype=np.float32)
    photo = blurred(photo, rng.uniform(0.55, 1.05) if blur is None else blur)
    noise = rng.standard_normal((tall, size[0], 3), dtype=np.float32) * np.float32(0.6)
    noise += rng.standard_normal((tall, size[0], 1), dtype=np.float32)
    photo += blurred(noise, 0.6) * np.float32(rng.uniform(3.0, 7.0))
    image = _image(photo).filter(ImageFilter.UnsharpMask(1.4, int(rng.uniform(20, 80)), 2))
    return Shot(image, int(rng.integers(58, 84)), to_scan)


def _view(page: tuple[int, int], size: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float64]:
    """Homography of a page seen by a camera that is tilted and turned, filling most of the picture."""
    nod, lean, roll = np.radians([rng.uniform(-4, 16), rng.normal(0, 6), rng.normal(0, 3.5)])
    turn = _turn(0, 1, roll) @ _turn(0, 2, lean) @ _turn(1, 2, nod)
    distance = rng.uniform(1.15, 1.6) * max(page)
    to_centre = np.array([[1, 0, -(page[0] - 1) / 2], [0, 1, -(page[1] - 1) / 2], [0, 0, 1]])
    plane = np.column_stack([turn[:, 0], turn[:, 1], [0, 0, distance]])  # of the page's plane, in space
    seen = np.diag([distance, distance, 1.0]) @ plane @ to_centre
    corners = map_points(seen, _corners(page))
    low, high = corners.min(axis=0), corners.max(axis=0)
    room = np.array(size) * rng.uniform(0.86, 0.95)
    scale = float((room / (high - low)).min())
    shift = np.array(size) / 2 - scale * (low + high) / 2
    shift += rng.uniform(-0.4, 0.4, 2) * (np.array(size) - scale * (high - low)) / 2
    out = np.array([[scale, 0, shift[0]], [0, scale, shift[1]], [0, 0, 1]]) @ seen
    return out / out[2, 2]


def _turn(a: int, b: int, angle: float) -> NDArray[np.float64]:
    out = np.eye(3)
    c, s = math.cos(angle), math.sin(angle)
    out[a, a], out[a, b], out[b, a], out[b, b] = c, -s, s, c
    return out


def _corners(page: tuple[int, int]) -> NDArray[np.float64]:
    width, height = page
    return np.array([(-0.5, -0.5), (width - 0.5, -0.5), (width - 0.5, height - 0.5), (-0.5, height - 0.5)])


def _curved(rgb: Raster, binder: str, rng: np.random.Generator) -> Raster:
    """A page bends towards its binder, which makes it darker there, and a little lighter before."""
    width = rgb.shape[1]
    x = np.arange(width, dtype=np.float32)
    edge = (x if binder == "left" else width - 1 - x) / (rng.uniform(0.03, 0.09) * width)
    light = 1 - rng.uniform(0.12, 0.4) * np.exp(-edge) + 0.03 * np.exp(-((edge - 3) ** 2))
    return rgb * light.astype(np.float32)[:, None]


def _on_table(
    page: Raster, to_scan: NDArray[np.float64], size: tuple[int, int], binder: str, rng: np.random.Generator
) -> Raster:
    height, width = page.shape[:2]
    corners = map_points(to_scan, _corners((width, height)))
    table = _table(size, rng)
    shade = Image.new("L", size, 0)
    away = rng.uniform(-0.008, 0.008, 2) * size[1]
    ImageDraw.Draw(shade).polygon([tuple(corner + away) for corner in corners.tolist()], fill=255)
    soft = np.asarray(shade.filter(ImageFilter.GaussianBlur(rng.uniform(0.004, 0.012) * size[1])), dtype=np.float32)
    table *= 1 - np.float32(rng.uniform(0.3, 0.6) / 255) * soft[..., None]
    table = _leaves(table, corners, binder, page, rng)
    padded = np.zeros((height + 2 * _EDGE, width + 2 * _EDGE, 3), dtype=np.uint8)
    padded[_EDGE:-_EDGE, _EDGE:-_EDGE] = np.clip(page, 0, 255)
    for strip, row in ((np.s_[:_EDGE], _EDGE), (np.s_[-_EDGE:], -_EDGE - 1)):
        padded[strip] = padded[row]
        padded[:, strip] = padded[:, row, None]
    inside = np.zeros(padded.shape[:2], dtype=np.uint8)
    inside[_EDGE:-_EDGE, _EDGE:-_EDGE] = 255
    seen = np.asarray(_warped(Image.fromarray(padded), to_scan, size), dtype=np.float32)
    alpha = np.asarray(_warped(Image.fromarray(inside), to_scan, size), dtype=np.float32)[..., None] / 255
    return table + (seen - table) * alpha


def _warped(image: Image.Image, to_scan: NDArray[np.float64], size: tuple[int, int]) -> Image.Image:
    """The padded page as it is seen; Pillow asks where each pixel comes from, and counts from pixel corners."""
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    pad = np.array([[1, 0, -_EDGE], [0, 1, -_EDGE], [0, 0, 1]])
    back = np.linalg.inv(half @ to_scan @ pad @ np.linalg.inv(half))
    back /= back[2, 2]
    ways = back.ravel()[:8].tolist()
    return image.transform(size, Image.Transform.PERSPECTIVE, ways, Image.Resampling.BICUBIC)


def _table(size: tuple[int, int], rng: np.random.Generator) -> Raster:
    width, height = size
    base = np.array(_TABLES[int(rng.integers(len(_TABLES)))], dtype=np.float32) * np.float32(rng.uniform(0.92, 1.06))
    tone = cloud(rng, (height, width), 120, 3.0) + cloud(rng, (height, width), 2, 1.5)
    kind = rng.random()
    if kind < 0.6:  # wood: long grain
        long = cloud(rng, (height, max(2, width // 40)), 3, 1.0) + cloud(rng, (height, max(2, width // 40)), 14, 1.3)
        grain = np.asarray(Image.fromarray(long).resize((width, height), Image.Resampling.BICUBIC))
        tone = tone + grain * np.float32(rng.uniform(0.01, 0.035) * base.mean())
    elif kind < 0.8:  # cloth: a weave
        weave = np.add.outer(np.sin(np.arange(height) * 2.1), np.sin(np.arange(width) * 2.1)).astype(np.float32)
        tone = tone + weave * np.float32(0.02 * base.mean()) * (1 + cloud(rng, (height, width), 5, 0.4))
    return base + tone[..., None]


def _leaves(table: Raster, corners: NDArray[np.float64], binder: str, page: Raster, rng: np.random.Generator) -> Raster:
    """The leaves below, which stand out a little at the free sides."""
    image = _image(table)
    draw = ImageDraw.Draw(image)
    colour = np.median(page[::16, ::16].reshape(-1, 3), axis=0)
    along = (corners[1] - corners[0]) / np.hypot(*(corners[1] - corners[0])) * (1 if binder == "left" else -1)
    below = (corners[3] - corners[0]) / np.hypot(*(corners[3] - corners[0]))
    count = int(rng.integers(0, 5))
    for leaf in range(count, 0, -1):
        out = leaf * rng.uniform(1.2, 2.6) * along + leaf * rng.uniform(0.2, 1.8) * below
        tone = colour * rng.uniform(0.74, 0.92)
        draw.polygon([tuple(corner + out) for corner in corners.tolist()], fill=tuple(int(v) for v in tone))
    return np.asarray(image, dtype=np.float32) if count else table


def _light(size: tuple[int, int], rng: np.random.Generator) -> Raster:
    """A lamp or window to one side, the lens's darker corners, and the shadow of who holds the telephone."""
    width, height = size
    x = np.linspace(-0.5, 0.5, width, dtype=np.float32) * (width / height)
    y = np.linspace(-0.5, 0.5, height, dtype=np.float32)
    turn = rng.uniform(0, 2 * math.pi)
    strength = rng.uniform(0.08, 0.3)
    light = 1 + strength * np.add.outer(y * math.sin(turn), x * math.cos(turn))
    light *= 1 - rng.uniform(0.1, 0.35) * np.add.outer(y**2, x**2) / 0.4
    if rng.random() < 0.7:  # the shadow of a hand and the telephone falls in from one side
        turn += math.pi + rng.normal(0, 0.6)
        slant = np.add.outer(y * math.sin(turn), x * math.cos(turn))
        wave = 0.05 * np.sin(np.add.outer(y * math.cos(turn), -x * math.sin(turn)) * rng.uniform(4, 11) + turn)
        depth = (slant + wave - rng.uniform(0.05, 0.3)) / rng.uniform(0.012, 0.06)
        light *= 1 - rng.uniform(0.15, 0.42) / (1 + np.exp(-np.clip(depth, -30, 30)))
    return (light * rng.uniform(0.86, 1.03)).astype(np.float32)


def _image(rgb: Raster) -> Image.Image:
    return Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8))
