"""Light and shade of a page: what the paper would look like without the drawing, divided out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prep.window import greatest, least

REDUCED = 4
"""The paper is looked at in blocks of this many pixels; light changes more slowly than that."""

_WIDEST = 0.02  # dark things narrower than this, as a part of the long side, lie on the paper; wider ones are paper

_NIGHT = 90  # paper darker than this may be a blackboard, or a negative
_BAND = 32  # rows
_BLACK = np.float32(6)  # added to all light, lest the noise of black looks like a drawing


def reduced(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h / 4, w / 4, 3): the mean of each block of a page."""
    from PIL import Image

    return np.asarray(Image.fromarray(rgb).reduce(REDUCED))


def is_inverted(small: NDArray[np.uint8]) -> bool:
    """Whether a page, as ``reduced`` gives it, is dark with light lines on it."""
    from PIL import Image

    small = np.asarray(Image.fromarray(small).convert("L"))
    if np.median(small) > _NIGHT:
        return False
    light = small - greatest(least(small, 5), 5)
    dark = least(greatest(small, 5), 5) - small
    return int(np.count_nonzero(light > 40)) > 50 + 2 * int(np.count_nonzero(dark > 40))


def paper(small: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(h / 4, w / 4, 3), 0 to 255: the paper under the drawing on a page, ``reduced``; with shadows, stains, washes."""
    from PIL import Image, ImageFilter

    span = 2 * max(2, round(_WIDEST * max(small.shape) / 2)) + 1
    closed = greatest(least(greatest(small, span), span + 2), 3)
    closed = np.asarray(Image.fromarray(closed).filter(ImageFilter.BoxBlur(1))).astype(np.float32)
    # the brightest of many grains is brighter than the paper; take it back by how much it is in the middle
    for channel in range(3):
        plane = closed[..., channel]
        plane *= np.median(small[::2, ::2, channel] / np.maximum(plane[::2, ::2], 1))
    return np.clip(closed, 0, 255, dtype=np.float32)


def even(rgb: NDArray[np.uint8], under: NDArray[np.float32]) -> NDArray[np.float32]:
    """(h, w), 0 for black to 1 for bare paper, with the paper's own light and colour divided out.

    Half of it is the channel in which the pen differs most from the paper, so that a coloured line is
    as dark as a grey one.
    """
    from PIL import Image

    height, width = rgb.shape[:2]
    half = (width + 1) // 2, (height + 1) // 2
    light = np.empty((height, width), np.float32)
    planes = [np.asarray(plane) for plane in Image.fromarray(rgb).split()]
    gains = [Image.fromarray(1 / (under[..., channel] + _BLACK)) for channel in range(3)]
    gains = [np.asarray(gain.resize(half, Image.Resampling.BILINEAR)) for gain in gains]
    twice = np.empty((_BAND // 2, width), np.float32)
    for top in range(0, height, _BAND):  # in bands, which stay in the processor's cache
        band = light[top : top + _BAND]
        red, green, blue = (plane[top : top + _BAND] + _BLACK for plane in planes)
        for plane, gain in zip((red, green, blue), gains, strict=True):
            rows = gain[top // 2 : (top + _BAND) // 2]
            twice[: len(rows), ::2], twice[: len(rows), 1::2] = rows, rows[:, : width // 2]
            for odd in (0, 1):
                plane[odd::2] *= twice[: len(plane[odd::2])]
        np.minimum(red, green, out=band)
        np.minimum(band, blue, out=band)
        red += green
        red += blue
        red *= np.float32(1 / 3)
        band += red
        band *= np.float32(0.5)
        np.minimum(band, 1, out=band)
    return light
