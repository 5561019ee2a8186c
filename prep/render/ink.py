"""A layer of ink on a page: lines of varying width and darkness, drawn larger and scaled down."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from drawing.geometry import Polyline, resample
from prep.render.medium import Medium
from prep.render.noise import Raster, blurred, cloud, wander

_SHARP = 3  # drawn so many times larger
_STEP = 0.8  # px between two stamps of the pen


class InkLayer:
    """How much of each pixel is covered, 0 to 1; lines over each other cover more."""

    def __init__(self, width: int, height: int, medium: Medium) -> None:
        self.width, self.height, self.medium = width, height, medium
        self.cover: Raster = np.zeros((height, width), dtype=np.float32)

    def draw(self, lines: Iterable[Polyline], pen: float, rng: np.random.Generator, swell: float | None = None) -> None:
        """Draw lines in page pixels with a pen so wide; what lies off the page is lost."""
        for line in lines:
            if len(line) > 1:
                self._draw(resample(line, _STEP), pen, rng, self.medium.swell if swell is None else swell)

    def _draw(self, points: Polyline, pen: float, rng: np.random.Generator, swell: float) -> None:
        width = self._widths(len(points), pen, rng, swell)
        dark = self._darkness(len(points), rng)
        reach = 2 * self.medium.thickest * pen + 2
        x0, y0 = np.maximum(np.floor(points.min(axis=0) - reach).astype(int), 0).tolist()
        x1, y1 = np.minimum(np.ceil(points.max(axis=0) + reach).astype(int), (self.width, self.height)).tolist()
        if x1 <= x0 or y1 <= y0:
            return
        large = Image.new("L", ((x1 - x0) * _SHARP, (y1 - y0) * _SHARP), 0)
        stamp = ImageDraw.Draw(large)
        at = (points - (x0, y0) + 0.5) * _SHARP - 0.5  # Pillow counts from pixel centres
        radius = np.maximum(width * _SHARP - 1, 0) / 2
        corners = np.column_stack([at - radius[:, None], at + radius[:, None]])
        for box, shade in zip(corners.tolist(), (dark * 255).astype(int).tolist(), strict=True):
            stamp.ellipse(box, fill=shade)
        small = np.asarray(large.resize((x1 - x0, y1 - y0), Image.Resampling.BOX), dtype=np.float32) / 255
        here = self.cover[y0:y1, x0:x1]
        here[...] = 1 - (1 - here) * (1 - 0.94 * small)

    def _widths(self, count: int, pen: float, rng: np.random.Generator, swell: float) -> NDArray[np.float64]:
        medium = self.medium
        vary = wander(rng, count, _STEP, 90) + medium.unrest * wander(rng, count, _STEP, 18)
        to_end = np.minimum(np.arange(count), np.arange(count)[::-1]) * _STEP
        ends = medium.tip + (1 - medium.tip) * np.clip(to_end / (medium.taper * pen), 0, 1)
        return np.clip(pen * (1 + swell * vary), medium.thinnest * pen, medium.thickest * pen) * ends

    def _darkness(self, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
        dark = np.clip(1 - self.medium.flow * np.abs(wander(rng, count, _STEP, 60)), 0.55, 1)
        for _ in range(rng.poisson(self.medium.skips * count * _STEP / 1000)):
            length = int(rng.uniform(2, 8) / _STEP) + 1
            start = int(rng.integers(0, count))
            dark[start : start + length] *= rng.uniform(0.1, 0.6)
        return dark

    def alpha(self, rough: Raster, opacity: float, grain: float, rng: np.random.Generator) -> Raster:
        """How much of the paper the ink hides, 0 to 1.

        Args:
            rough: the roughness of the paper, 0 to 1.
            opacity: of the ink where it covers a pixel fully.
            grain: unevenness of any ink, about 1 to 3.
        """
        cover = blurred(self.cover, self.medium.soft) if self.medium.soft else self.cover
        tooth = self.medium.tooth
        if tooth:  # a stick touches the tops of the paper first
            cover = np.clip((cover * (1 + 0.6 * tooth) - tooth * rough) / (1 - 0.4 * tooth), 0, 1) * (cover > 0.02)
        uneven = 1 - 0.05 * grain * np.abs(cloud(rng, cover.shape, 4, 0.5))
        return np.clip(opacity / 0.94 * cover * uneven, 0, 1, dtype=np.float32)
