"""Pages of a sketchbook drawn in an instant: for tests of what sorts them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

PAPER = (238, 234, 224)
INK = (40, 38, 44)
WIDTH, HEIGHT = 600, 800


def page(kind: str, seed: int = 0) -> Image.Image:
    """A page with a drawing, notes or a watercolor on it, or a cover."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER if kind != "cover" else (90, 60, 50))
    draw = ImageDraw.Draw(image)
    if kind == "watercolor":
        for _ in range(6):
            x, y = rng.uniform(100, 500), rng.uniform(150, 650)
            hue = tuple(int(level) for level in rng.choice([[220, 90, 80], [80, 150, 200], [230, 190, 60]]))
            draw.ellipse((x - 90, y - 70, x + 90, y + 70), fill=hue)
    elif kind == "notes":
        for y in range(80, 720, 24):
            for x in range(70, 500, 48):
                word = [(x + step * 4, y + int(rng.integers(-5, 6))) for step in range(9)]
                draw.line(word, fill=INK, width=2)
    elif kind == "drawing":
        turns = np.linspace(0, 6, 200)
        reach = 150 + 60 * np.sin(turns * rng.uniform(1, 4) + seed)
        draw.line(
            [(300 + r * np.cos(t), 400 + 1.3 * r * np.sin(t)) for r, t in zip(reach, turns, strict=True)],
            fill=INK,
            width=3,
        )
    grain = rng.normal(0, 1.5, (HEIGHT, WIDTH, 1))
    return Image.fromarray(np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8))


def put_page(path: Path, kind: str, seed: int = 0) -> Path:
    """The page as a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    page(kind, seed).save(path)
    return path
