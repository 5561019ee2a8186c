"""Miniatures: a scan as so many pixels as a terminal has room for, its lines still to be seen."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from prep.errors import UnreadableScan

if TYPE_CHECKING:
    from PIL.Image import Image

INKED = 0.7
"""How much of a pixel is the darkest of what it stands for, the rest being the mean: thin lines are pale without."""


def small(jpeg: bytes, width: int, height: int) -> tuple[int, int, bytes]:
    """A thumbnail within so many pixels: its width, its height, and three bytes a pixel, row by row.

    Raises:
        UnreadableScan: it is no JPEG.
    """
    from PIL import Image

    try:
        with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as image:
            return _fitted(image.convert("RGB"), width, height)
    except (OSError, SyntaxError) as error:
        raise UnreadableScan(f"A thumbnail in the catalog is damaged ({error}); look at the scans anew.") from error


def large(path: Path, width: int, height: int) -> tuple[int, int, bytes]:
    """A scan within so many pixels, the right way up, as ``small`` tells a thumbnail.

    Raises:
        PrepError: see prep.scan.read_scan.
    """
    from PIL import Image

    from prep.scan import read_scan

    rgb = read_scan(path, max(90_000, 9 * width * height)).rgb
    return _fitted(Image.fromarray(rgb), width, height)


def _fitted(image: Image, width: int, height: int) -> tuple[int, int, bytes]:
    """Each pixel is a mixture of the mean and the darkest of what it stands for."""
    from PIL.Image import Resampling

    factor = min(width / image.width, height / image.height)
    wide, high = max(1, round(image.width * factor)), max(1, round(image.height * factor))
    if factor > 0.7:
        return wide, high, image.resize((wide, high), Resampling.BICUBIC).tobytes()
    rgb = np.asarray(image)
    down, across = (np.arange(count) * side // count for count, side in ((high, image.height), (wide, image.width)))
    dark = np.minimum.reduceat(np.minimum.reduceat(rgb, down, axis=0), across, axis=1)
    mean = np.asarray(image.resize((wide, high), Resampling.BOX, reducing_gap=2.0))
    mixed = mean * (1 - INKED) + dark * INKED
    return wide, high, mixed.astype(np.uint8).tobytes()
