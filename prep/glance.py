"""One look at a scan in small: what a person sees of it on the shelf, and what the computer sorts it by."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from prep.features import SIDE, SIDES, page_features
from prep.scan import flatten, opened, orientation, turned

if TYPE_CHECKING:
    from PIL.Image import Image

PICTURE = 224
"""Side of the picture for networks, in pixels, where no other is asked for."""
ALIKE = 32
"""Bits in which the hashes of two scans of one page differ at most: of scans anew 19 of 20 do, and no two different
pages among a thousand that were looked at."""
_QUALITY = 78  # of thumbnails
_TABLES, _TABLE_BITS = 56, 18  # two hashes with 32 different bits meet in a table with a chance of 99.5 %
_CROWD = 64  # so many neighbours in a table are looked at


@dataclass(frozen=True, eq=False)
class Glance:
    """A scan in small."""

    width: int
    height: int
    """As displayed, in pixels of the scan."""
    dhash: bytes
    """32 bytes: where on a raster of 16 × 16 the page gets lighter from left to right, lamps and shadows aside."""
    thumbnail: bytes
    """JPEG."""
    features: NDArray[np.float32]
    """(F,), as prep.features names them."""
    picture: NDArray[np.uint8]
    """(224, 224, 3), or another side, 0 if none was asked for: the whole page, filled up at the sides with the tone of
    its border. A crop would lose what is drawn near the edge, and a stretched page has other slants."""


def glance(path: Path, *, thumbnail_side: int = 128, picture_side: int = PICTURE, features: bool = True) -> Glance:
    """Look at a scan.

    Args:
        thumbnail_side: the longer side of the thumbnail, in pixels.
        picture_side: of the picture, in pixels; 0 leaves it out.
        features: without them the look is twice as quick; they are none then.

    Raises:
        UnreadableScan: it is no picture, a damaged or an absurd one.
        PrepError: it is not there, or can't be read.
    """
    from PIL.Image import Resampling

    with opened(path) as image:
        width, height = image.size
        long = max(width, height)
        if image.format in {"JPEG", "MPO"}:
            reduced = SIDES[0] / long  # the decoder knows halves, quarters and eighths
            image.draft(None, (int(width * reduced), int(height * reduced)))
        turn = orientation(image)
        image.load()
        small = flatten(image)
        if max(small.size) > SIDES[1]:
            small = small.resize(_within(small.size, SIDE), Resampling.HAMMING, reducing_gap=2.0)
        small = turned(small, turn)
    if turn >= 5:
        width, height = height, width
    return Glance(
        width,
        height,
        _dhash(small),
        _thumbnail(small, thumbnail_side),
        page_features(np.asarray(small)) if features else np.zeros(0, np.float32),
        letterboxed(small, picture_side) if picture_side else np.zeros((0, 0, 3), np.uint8),
    )


def near_duplicates(hashes: NDArray[np.uint8], most_bits: int = ALIKE) -> NDArray[np.int64]:
    """Pairs of scans that show the same page, (m, 2), each pair and the pairs in order.

    Scans are sorted by 18 of their bits, 56 times by others, and compared with those that they agree with: some
    56 n log n steps instead of n². Of hashes that differ in 32 bits 1 pair in 200 is missed, in fewer next to none.

    Args:
        hashes: (n, 32), from ``Glance.dhash``.
        most_bits: of 256.
    """
    count = len(hashes)
    if count < 2:
        return np.zeros((0, 2), np.int64)
    words = np.ascontiguousarray(hashes, dtype=np.uint8).view(np.uint64)
    bits = np.unpackbits(hashes, axis=1)
    rng = np.random.default_rng(0)
    found: list[NDArray[np.int64]] = []
    for _ in range(_TABLES):
        key = np.zeros(count, np.int32)
        for place, bit in enumerate(rng.choice(bits.shape[1], _TABLE_BITS, replace=False).tolist()):
            key |= bits[:, bit].astype(np.int32) << place
        order = np.argsort(key, kind="stable")
        key = key[order]
        for step in range(1, min(_CROWD, count - 1) + 1):
            at = np.flatnonzero(key[:-step] == key[step:])
            if not at.size:
                break
            first, second = order[at], order[at + step]
            apart = np.bitwise_count(words[first] ^ words[second]).sum(axis=1)
            near = apart <= most_bits
            first, second = first[near], second[near]
            found.append(np.minimum(first, second) * count + np.maximum(first, second))
    every = np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)
    return np.stack(np.divmod(every, count), axis=1)


def _within(size: tuple[int, int], long: int) -> tuple[int, int]:
    scale = long / max(size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _dhash(image: Image) -> bytes:
    from PIL.Image import Resampling
    from scipy.ndimage import uniform_filter

    grey = np.asarray(image.convert("L").resize((68, 64), Resampling.BOX)).astype(np.float32)
    even = grey / (uniform_filter(uniform_filter(grey, 13), 13) + 8)
    soft = uniform_filter(uniform_filter(even, 5), 3)[2::4, 2::4]
    return np.packbits(soft[:, 1:] > soft[:, :-1]).tobytes()


def _thumbnail(image: Image, side: int) -> bytes:
    from PIL.Image import Resampling

    file = io.BytesIO()
    image.resize(_within(image.size, side), Resampling.BOX).save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()


def letterboxed(image: Image, side: int) -> NDArray[np.uint8]:
    """A page in the middle of a square, (side, side, 3), the rest in the tone of its border."""
    from PIL.Image import Resampling

    page = np.asarray(image.resize(_within(image.size, side), Resampling.BOX))
    height, width = page.shape[:2]
    top, left = (side - height) // 2, (side - width) // 2
    edge = page[:, [0, 1, -2, -1]] if width < height else page[[0, 1, -2, -1]]
    picture = np.empty((side, side, 3), np.uint8)
    picture[:] = np.median(edge.reshape(-1, 3), axis=0).astype(np.uint8)
    picture[top : top + height, left : left + width] = page
    return picture
