"""The covers of a sketchbook: card, scraps, tickets and a note with the dates."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from prep.render.hand import write_figures
from prep.render.medium import Colour
from prep.render.noise import cloud
from prep.render.page import Page

_CARDS: tuple[Colour, ...] = ((171, 134, 96), (44, 44, 48), (128, 40, 36))
_NOTE: Colour = (247, 228, 110)
_Place = Callable[[float, float], tuple[float, float]]


def paste_cover(page: Page, book: int, front: bool) -> None:
    """A collage on the front, a nearly bare card on the back."""
    rng = page.rng
    width, height = page.width, page.height
    base = np.array(_CARDS[int(rng.integers(len(_CARDS)))])
    layer = Image.new("RGB", (width, height), _whole(base + rng.normal(0, 6, 3)))
    draw = ImageDraw.Draw(layer)
    for _ in range(int(rng.integers(5, 11)) if front else int(rng.integers(0, 3))):
        hue = rng.random()
        hues = np.array([math.cos(2 * math.pi * (hue + third)) for third in (0, 0.33, 0.67)])
        at = _scrap(
            draw,
            (rng.uniform(0.12, 0.88) * width, rng.uniform(0.1, 0.9) * height),
            (rng.uniform(0.15, 0.5) * width, rng.uniform(0.07, 0.3) * height),
            _whole(120 + 110 * rng.random(3) * (0.5 + 0.5 * hues)),
            float(rng.normal(0, 0.35)),
            base,
            rng,
        )
        if rng.random() < 0.5:
            _print_ticket(draw, at, rng)
    if front:
        size = 0.16 * width
        x, y = rng.uniform(0.3, 0.7) * width, rng.uniform(0.25, 0.75) * height
        _scrap(draw, (x, y), (2.2 * size, 1.7 * size), _whole(np.array(_NOTE)), float(rng.normal(0, 0.08)), base, rng)
        dates = "-".join(f"{int(rng.integers(1, 13))}/{int(rng.integers(1, 29))}" for _ in range(2))
        lines = write_figures(f"SB{book}", x - 0.8 * size, y - 0.5 * size, 0.5 * size, rng)
        lines += write_figures(dates, x - 0.9 * size, y + 0.25 * size, 0.24 * size, rng)
        page.ink.draw(lines, 4.0, rng)
    fibres = 1 + cloud(rng, (height, width), 5, 0.02) + cloud(rng, (height, width), 40, 0.03)
    card = np.asarray(layer.filter(ImageFilter.GaussianBlur(0.7)), dtype=np.float32) / 245
    page.paint = card * fibres[..., None]


def _scrap(
    draw: ImageDraw.ImageDraw,
    centre: tuple[float, float],
    size: tuple[float, float],
    colour: tuple[int, int, int],
    turn: float,
    base: np.ndarray,
    rng: np.random.Generator,
) -> _Place:
    """Stick a piece of paper on; what comes back places points of it, -0.5 to 0.5, on the page."""
    c, s = math.cos(turn), math.sin(turn)
    corners = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]) * size
    corners = corners + rng.normal(0, 0.03 * size[0], (4, 2))
    corners = corners @ np.array([[c, s], [-s, c]]) + centre
    draw.polygon([(x + 4, y + 5) for x, y in corners.tolist()], fill=_whole(0.6 * base))
    draw.polygon([(x, y) for x, y in corners.tolist()], fill=colour)

    def place(across: float, down: float) -> tuple[float, float]:
        u, v = across * size[0], down * size[1]
        return centre[0] + c * u - s * v, centre[1] + s * u + c * v

    return place


def _print_ticket(draw: ImageDraw.ImageDraw, at: _Place, rng: np.random.Generator) -> None:
    """Bars, and lines of print."""
    across = -0.42
    while across < 0.2:
        draw.line([at(across, 0.12), at(across, 0.4)], fill=(25, 25, 25), width=int(rng.integers(1, 4)))
        across += rng.uniform(0.012, 0.028)
    for row in range(int(rng.integers(1, 4))):
        down = -0.35 + 0.14 * row
        draw.line([at(-0.42, down), at(rng.uniform(-0.1, 0.4), down)], fill=(50, 50, 60), width=3)


def _whole(colour: np.ndarray) -> tuple[int, int, int]:
    red, green, blue = np.clip(colour, 0, 255).astype(int).tolist()
    return red, green, blue
