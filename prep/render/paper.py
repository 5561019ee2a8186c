"""The paper of a sketchbook: its colour, grain and fibres, and what is printed on it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from prep.render.medium import Colour
from prep.render.noise import Raster, cloud

PaperName = Literal["plain", "toned", "kraft", "ruled", "squared", "dotted"]
PAPERS: tuple[PaperName, ...] = ("plain", "toned", "kraft", "ruled", "squared", "dotted")

_TONES: tuple[Colour, ...] = ((214, 199, 170), (198, 196, 190), (186, 194, 198), (206, 190, 178))
_PRINTS: tuple[Colour, ...] = ((120, 152, 204), (150, 156, 168), (168, 150, 196), (122, 176, 188))
_MARGIN: Colour = (214, 104, 112)


@dataclass(frozen=True)
class Paper:
    """The paper of one book."""

    name: PaperName
    colour: Colour
    grain: float
    """Roughness, about 1 to 3."""
    fibres: float = 0.0
    """How plainly fibres show."""
    pitch: float = 0.0
    """Distance of printed lines or dots, as a part of the page's height; 0 if nothing is printed."""
    print_colour: Colour = (0, 0, 0)
    strength: float = 0.0
    """Of the print, 0 to 1."""
    thick: float = 1.2
    """Of printed lines, px on a page 1400 px high; dots are twice as wide."""


def choose_paper(name: PaperName, rng: np.random.Generator) -> Paper:
    """Paper of a kind, as one maker has it."""
    grain = float(rng.uniform(1.2, 2.6))
    bright = rng.uniform(236, 252)
    green = bright - rng.uniform(0, 5)
    white: Colour = (bright, green, green - rng.uniform(2, 18))
    if name == "plain":
        return Paper(name, white, grain)
    if name in ("toned", "kraft"):
        base = (178, 142, 106) if name == "kraft" else _TONES[int(rng.integers(len(_TONES)))]
        red, green, blue = np.array(base) * rng.uniform(0.94, 1.05) + rng.normal(0, 2, 3)
        return Paper(name, (red, green, blue), grain * 1.3, fibres=1.0 if name == "kraft" else 0.45)
    pitches = {"ruled": (0.029, 0.038), "squared": (0.018, 0.026), "dotted": (0.019, 0.026)}
    return Paper(
        name,
        white,
        grain,
        pitch=float(rng.uniform(*pitches[name])),
        print_colour=_PRINTS[int(rng.integers(len(_PRINTS)))],
        strength=float(rng.uniform(0.45, 0.9) if name == "dotted" else rng.uniform(0.3, 0.75)),
        thick=float(rng.uniform(1.0, 1.7)),
    )


def rough(rng: np.random.Generator, shape: tuple[int, int]) -> Raster:
    """The roughness of the paper, about 0 to 1, as fine as the grain that breaks up a pencil's line."""
    fine = rng.standard_normal(shape, dtype=np.float32) * np.float32(0.12) + cloud(rng, shape, 2.2, 0.2)
    return np.clip(fine + 0.5, 0, 1)


def sheet(paper: Paper, shape: tuple[int, int], angle: float, binder: str, rng: np.random.Generator) -> Raster:
    """A blank page, (h, w, 3), 0 to 255.

    Args:
        angle: how far the page lies turned on the glass, radians; the print turns with it.
        binder: left or right.
    """
    tone = cloud(rng, shape, max(shape) // 3, 2.2) + cloud(rng, shape, 60, 0.9)
    tone += cloud(rng, shape, 7, 0.55 * paper.grain)
    if paper.fibres:
        tone += _fibres(rng, shape, paper.fibres)
    rgb = np.array(paper.colour, dtype=np.float32) + tone[..., None]
    return _printed(rgb, paper, angle, binder, rng) if paper.pitch else rgb


def _fibres(rng: np.random.Generator, shape: tuple[int, int], strength: float) -> Raster:
    """Short bent hairs, lighter and darker than the pulp."""
    height, width = shape
    layer = Image.new("L", (width, height), 128)
    draw = ImageDraw.Draw(layer)
    for _ in range(int(height * width / 900)):
        x, y, turn = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0, math.pi)
        reach, bend = rng.uniform(3, 11), rng.normal(0, 0.5)
        bent = [
            (x + t * reach * math.cos(turn + bend * t), y + t * reach * math.sin(turn + bend * t)) for t in (0, 0.5, 1)
        ]
        draw.line(bent, fill=int(np.clip(rng.normal(128, 42), 10, 245)))
    soft = np.asarray(layer.filter(ImageFilter.GaussianBlur(0.7)), dtype=np.float32)
    return (soft - 128) * np.float32(0.24 * strength)


def _printed(rgb: Raster, paper: Paper, angle: float, binder: str, rng: np.random.Generator) -> Raster:
    height, width = rgb.shape[:2]
    x = np.arange(width, dtype=np.float32) - (width - 1) / 2
    y = np.arange(height, dtype=np.float32) - (height - 1) / 2
    across = np.add.outer(y * math.sin(angle), x * math.cos(angle)) + (width - 1) / 2
    down = np.add.outer(y * math.cos(angle), -x * math.sin(angle)) + (height - 1) / 2
    pitch, half = paper.pitch * height, paper.thick * height / 1400 / 2
    offset = rng.uniform(0.2, 0.8, 2) * pitch
    to_row, to_column = _to_nearest(down, pitch, offset[0]), _to_nearest(across, pitch, offset[1])
    if paper.name == "dotted":
        cover = _edge(2 * half - np.hypot(to_row, to_column))
    elif paper.name == "squared":
        cover = np.maximum(_edge(half - to_row), _edge(half - to_column))
    else:
        top = rng.uniform(0.07, 0.12) * height
        cover = _edge(half - to_row) * ((down > top) & (down < 0.975 * height))
    faded = paper.strength * (1 + cloud(rng, (height, width), 40, 0.08))
    rgb = _over(rgb, paper.print_colour, cover * faded)
    if paper.name == "ruled":
        edge = (0.11 if binder == "left" else 0.89) * width + rng.uniform(-0.01, 0.01) * width
        rgb = _over(rgb, _MARGIN, _edge(half - np.abs(across - edge)) * min(1.0, 1.2 * paper.strength))
    return rgb


def _to_nearest(place: Raster, pitch: float, offset: float) -> Raster:
    return np.abs((place - offset + pitch / 2) % pitch - pitch / 2)


def _edge(inside: Raster) -> Raster:
    """How much of a pixel lies within, for a signed distance to the edge."""
    return np.clip(inside + 0.5, 0, 1, dtype=np.float32)


def _over(rgb: Raster, colour: Colour, alpha: Raster) -> Raster:
    alpha = alpha[..., None].astype(np.float32)
    return rgb * (1 - alpha) + np.array(colour, dtype=np.float32) * alpha
