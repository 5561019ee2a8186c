"""Smooth chance: clouds over a page, and a value that wanders along a line."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Raster = NDArray[np.floating[Any]]  # (h, w) or (h, w, 3); float32 in practice, for speed


def cloud(rng: np.random.Generator, shape: tuple[int, int], cell: float, amplitude: float) -> Raster:
    """Noise of this shape, about +- ``amplitude``, that changes over ``cell`` pixels."""
    height, width = shape
    rows, columns = (max(2, int(side // cell) + 2) for side in shape)
    small = rng.standard_normal((rows, columns), dtype=np.float32)
    large = Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(large) * np.float32(amplitude)


def wander(rng: np.random.Generator, count: int, step: float, span: float) -> NDArray[np.float64]:
    """``count`` values of unit variance, ``step`` apart, that change over about ``span``."""
    knots = max(4, int(count * step / span) + 3)
    value = rng.standard_normal(knots)
    place = np.linspace(0, knots - 1, count)
    before = np.minimum(place.astype(int), knots - 2)
    part = place - before
    return value[before] + (value[before + 1] - value[before]) * part**2 * (3 - 2 * part)


def blurred(raster: Raster, sigma: float) -> Raster:
    """A Gaussian blur of each channel."""
    from scipy import ndimage

    sigmas = (sigma, sigma, 0.0)[: raster.ndim]
    return np.asarray(ndimage.gaussian_filter(raster, sigmas, truncate=3.0))
