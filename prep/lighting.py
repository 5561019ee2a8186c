"""Light and shade of a page: what the paper would look like without the drawing, divided out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image

REDUCED = 4
"""The paper is looked at in blocks of this many pixels; light changes more slowly than that."""

_WIDEST = 0.02  # dark things narrower than this, as a part of the long side, lie on the paper; wider ones are paper


def paper(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(h / 4, w / 4, 3), 1 to 255: the paper under the drawing, with its shadows, stains and washes."""
    from PIL import Image
    from scipy import ndimage

    small = np.asarray(Image.fromarray(rgb).reduce(REDUCED))
    span = 2 * max(2, round(_WIDEST * max(small.shape) / 2)) + 1
    spread = ndimage.maximum_filter(small, size=(span, span, 1))
    closed = ndimage.minimum_filter(spread, size=(span + 2, span + 2, 1))
    closed = ndimage.maximum_filter(closed, size=(3, 3, 1)).astype(np.float32)
    closed = ndimage.uniform_filter(closed, size=3, axes=(0, 1))
    # the brightest of many grains is brighter than the paper; take it back by how much it is in the middle
    for channel in range(3):
        plane = closed[..., channel]
        plane *= np.median(small[..., channel] / np.maximum(plane, 1))
    return np.clip(closed, 1, 255, dtype=np.float32)


def even(rgb: NDArray[np.uint8], under: NDArray[np.float32]) -> NDArray[np.float32]:
    """(h, w), 0 for black to 1 for bare paper, with the paper's own light and colour divided out.

    Half of it is the channel in which the pen differs most from the paper, so that a coloured line is
    as dark as a grey one.
    """
    from PIL import Image

    height, width = rgb.shape[:2]
    channels = []
    for channel in range(3):
        gain: Image = Image.fromarray(1 / under[..., channel])
        channels.append(rgb[..., channel] * np.asarray(gain.resize((width, height), Image.Resampling.BILINEAR)))
    red, green, blue = channels
    darkest = np.minimum(np.minimum(red, green), blue)
    red += green
    red += blue
    red /= 3
    darkest += red
    darkest /= 2
    return np.clip(darkest, 0, 1, out=darkest)
