"""Small pages of ink with a known line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageDraw
from scipy.spatial import cKDTree

from drawing.geometry import Polyline, resample
from prep.ink import Ink, line_width


def inked(lines: Sequence[ArrayLike], size: tuple[int, int] = (240, 200), pen: float = 3.0) -> Ink:
    """A page of this width and height with lines drawn by a round pen, pixel centres at whole numbers."""
    scale = 4
    image = Image.new("L", (size[0] * scale, size[1] * scale), 0)
    draw = ImageDraw.Draw(image)
    radius = (pen * scale - 1) / 2
    for line in lines:
        for x, y in (resample(np.asarray(line, float), 0.4) + 0.5) * scale - 0.5:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    dark = np.asarray(image.resize(size, Image.Resampling.BOX), np.float32) / 255
    mask: NDArray[np.bool_] = dark > 0.4
    return Ink(mask, (1 - 0.9 * dark).astype(np.float32), line_width(mask) if mask.any() else 0.0)


def arc(x: float, y: float, rx: float, ry: float, start: float, turns: float) -> Polyline:
    """Part of an ellipse; ``start`` in turns, clockwise on paper from the right."""
    angle = 2 * np.pi * (start + np.linspace(0, turns, max(8, round(80 * abs(turns)))))
    return np.column_stack([x + rx * np.cos(angle), y + ry * np.sin(angle)])


def stray(line: Polyline, truth: Sequence[ArrayLike]) -> float:
    """The farthest that any point of a line lies from what is true."""
    points = np.concatenate([resample(np.asarray(each, float), 0.5) for each in truth])
    return float(cKDTree(points).query(line)[0].max())


def follows(lines: Sequence[Polyline], truth: ArrayLike, reach: float = 3.0) -> bool:
    """Whether one line visits points along the truth one after the other, either way round."""
    marks = resample(np.asarray(truth, float), 8.0)
    for line in lines:
        dense = resample(line, 1.0)
        for way in (dense, dense[::-1]):
            at = 0
            for mark in marks:
                near = np.flatnonzero(np.hypot(*(way[at:] - mark).T) < reach)
                if len(near) == 0:
                    break
                at += int(near[0])
            else:
                return True
    return False
