"""Watercolour, stains and smudges: what colours the paper without being a line. Layers multiply the paper."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from drawing.drawing import Bounds
from prep.render.noise import Raster, cloud
from prep.render.page import Page

_FINE = 4  # watercolour is made so many times smaller
_COFFEE = (0.80, 0.66, 0.46)


def paint_watercolor(page: Page) -> None:
    """Five to fifteen blots of two or three hues."""
    rng = page.rng
    hues = rng.random(3)
    _watercolor(page, page.area(0.09), hues, int(rng.integers(5, 16)), (0.15, 0.75))


def paint_wash(page: Page) -> None:
    """One to four pale blots of one hue over the drawings."""
    rng = page.rng
    _watercolor(page, page.area(0.09), rng.random(1), int(rng.integers(1, 5)), (0.06, 0.28))


def _watercolor(page: Page, area: Bounds, hues: np.ndarray, count: int, density: tuple[float, float]) -> None:
    rng = page.rng
    shape = (page.height // _FINE + 1, page.width // _FINE + 1)
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    paint = np.ones((*shape, 3), dtype=np.float32)
    x0, y0, x1, y1 = (side / _FINE for side in area)
    for _ in range(count):
        centre = rng.uniform(x0, x1), rng.uniform(y0, y1)
        radii = rng.uniform(0.06, 0.30) * shape[1], rng.uniform(0.05, 0.24) * shape[0]
        across, down = (x - centre[0]) / radii[0], (y - centre[1]) / radii[1]
        angle = np.arctan2(down, across)
        rim = 1 + cloud(rng, shape, 9, 0.05)
        for waves in range(1, 7):
            rim = rim + rng.normal(0, 0.16 / waves) * np.cos(waves * angle + rng.uniform(0, 2 * math.pi))
        inward = np.hypot(across, down) - rim
        soft = float(rng.choice([0.03, 0.08, 0.25]))
        body = 1 / (1 + np.exp(np.clip(inward / soft, -30, 30)))
        wet = np.exp(-(((inward + 0.04) / 0.05) ** 2)) * (0.45 if soft < 0.1 else 0.1)
        bloom = 1 + cloud(rng, shape, 26, 0.22) + cloud(rng, shape, 3, 0.07)
        hue = rng.choice(hues) + rng.normal(0, 0.05)
        colour = np.array([0.60 + 0.36 * math.cos(2 * math.pi * (hue + third)) for third in (0, 0.33, 0.67)])
        dense = rng.uniform(*density) * np.clip(body * bloom + wet * body, 0, 1.6)
        paint *= 1 - np.clip(dense[..., None] * (1 - colour) * 0.85, 0, 0.93)
    large = [
        np.asarray(Image.fromarray(paint[..., band]).resize((page.width, page.height), Image.Resampling.BICUBIC))
        for band in range(3)
    ]
    whole = np.stack(large, axis=-1)
    grain = 0.15 * np.abs(cloud(rng, (page.height, page.width), 3, 1.0))[..., None]
    _add(page, np.clip(whole * (1 - grain * (1 - whole)), 0, 1))


def stain(page: Page) -> None:
    """The ring of a cup, some drops, or the smudge of a hand."""
    rng = page.rng
    kind = rng.random()
    mark = Image.new("L", (page.width, page.height), 0)
    draw = ImageDraw.Draw(mark)
    colour = np.array(_COFFEE)
    if kind < 0.4:
        radius = rng.uniform(0.10, 0.16) * page.width
        x, y = rng.uniform(0.1, 0.9) * page.width, rng.uniform(0.1, 0.9) * page.height
        start, turn = rng.uniform(0, 360), rng.uniform(200, 360)
        for _ in range(3):
            near = radius + rng.normal(0, 0.01 * radius)
            at = (x + rng.normal(0, 2), y + rng.normal(0, 2))
            box = (at[0] - near, at[1] - near, at[0] + near, at[1] + near)
            shade = int(rng.uniform(70, 170))
            draw.arc(box, start, start + turn, fill=shade, width=int(rng.integers(3, 9)))
        soft = 1.6
    elif kind < 0.75:
        for _ in range(int(rng.integers(3, 14))):
            radius = page.width * 0.004 * math.exp(rng.normal(0, 0.8))
            x, y = rng.uniform(0, page.width), rng.uniform(0, page.height)
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=int(rng.uniform(60, 200)))
        soft = 1.0
    else:
        colour = np.array((0.62, 0.62, 0.64))  # graphite, or a dirty hand
        for _ in range(int(rng.integers(4, 12))):
            x, y = rng.uniform(0.1, 0.9) * page.width, rng.uniform(0.3, 0.95) * page.height
            reach, turn = rng.uniform(0.03, 0.12) * page.width, rng.normal(-0.6, 0.4)
            end = (x + reach * math.cos(turn), y + reach * math.sin(turn))
            draw.line([(x, y), end], fill=int(rng.uniform(20, 70)), width=int(rng.integers(8, 26)))
        soft = 7.0
    cover = np.asarray(mark.filter(ImageFilter.GaussianBlur(soft)), dtype=np.float32) / 255
    cover = cover * (1 + cloud(rng, cover.shape, 14, 0.2)) * np.float32(rng.uniform(0.4, 1.0))
    _add(page, (1 - np.clip(cover, 0, 1)[..., None] * (1 - colour)).astype(np.float32))


def _add(page: Page, layer: Raster) -> None:
    page.paint = layer if page.paint is None else page.paint * layer
