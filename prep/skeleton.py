"""The middle of the line: ink at twice its pixels, thinned to a skeleton one pixel wide.

Ink is a few hundredths of a page, so everything here works on lists of ink pixels and not on the page.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from prep.ink import Ink

_DEPTH = 0.55  # a small pixel is ink if it is this dark, as a part of the darkest nearby
_AROUND = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))  # (down, right), clockwise from above


def sharpen(ink: Ink, factor: int) -> NDArray[np.bool_]:
    """The ink at ``factor`` times its pixels, shape (factor h, factor w).

    A small pixel at the ink is ink where the page is dark there, measured against the darkest
    nearby: loops about as wide as the pen, closed in the ink at its own pixels, are open again.
    """
    height, width = ink.mask.shape
    reach = max(1, round(0.8 * ink.pen))
    across = width + 2 * reach + 2
    light = np.pad(ink.light, reach + 1, mode="edge").ravel()
    wide = np.zeros((height + 2, width + 2), np.bool_)
    for down, right in ((0, 0), (0, 2), (2, 0), (2, 2), (1, 1)):
        wide[down : down + height, right : right + width] |= ink.mask
    row, column = np.nonzero(wide[1:-1, 1:-1])
    where = (row + reach + 1) * across + column + reach + 1
    darkest = light[where]
    for down in range(-reach, reach + 1):
        for right in range(-reach, reach + 1):
            if down * down + right * right <= reach * reach:
                np.minimum(darkest, light[where + (down * across + right)], out=darkest)
    level = 1 - _DEPTH * (1 - darkest)
    out = np.zeros((height * factor, width * factor), np.bool_)
    steps = (np.arange(factor) + 0.5) / factor - 0.5
    for down, y in enumerate(steps):
        for right, x in enumerate(steps):
            above, left = (-1 if y < 0 else 0), (-1 if x < 0 else 0)
            corner = where + (above * across + left)
            v, u = np.float32(y - above), np.float32(x - left)
            top = light[corner] * (1 - u) + light[corner + 1] * u
            bottom = light[corner + across] * (1 - u) + light[corner + across + 1] * u
            out[row * factor + down, column * factor + right] = top * (1 - v) + bottom * v < level
    return out


def thin(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The skeleton of a mask, the same shape: lines one pixel wide, joined by sides and corners.

    Source: Zhang and Suen 1984, over the list of ink pixels; then pixels that only round a corner go.
    """
    height, width = mask.shape
    padded = np.zeros((height + 2, width + 2), np.uint8)
    padded[1:-1, 1:-1] = mask
    flat = padded.ravel()
    steps = [down * (width + 2) + right for down, right in _AROUND]
    ink = np.flatnonzero(flat).astype(np.int32)
    before = -1
    while len(ink) != before:
        before = len(ink)
        for leaves in _passes():
            goes = leaves[_around(flat, ink, steps)]
            flat[ink[goes]] = 0
            ink = ink[~goes]
    for leaves in _corners():
        goes = leaves[_around(flat, ink, steps)]
        flat[ink[goes]] = 0
        ink = ink[~goes]
    return padded[1:-1, 1:-1].astype(np.bool_)


def _around(flat: NDArray[np.uint8], ink: NDArray[np.int32], steps: list[int]) -> NDArray[np.uint8]:
    """Which of its eight neighbours are ink, one bit each, for each ink pixel."""
    bits = flat[ink + steps[0]].copy()
    for bit, step in enumerate(steps[1:], 1):
        bits |= flat[ink + step] << np.uint8(bit)
    return bits


def _neighbourhoods() -> NDArray[np.int64]:
    """(256, 8): all neighbourhoods, bit by bit."""
    return (np.arange(256)[:, None] >> np.arange(8)) & 1


@cache
def _passes() -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """For each neighbourhood whether its pixel goes: in the pass from below right, and in that from above left."""
    bits = _neighbourhoods()
    count = bits.sum(axis=1)
    runs = ((bits == 0) & (np.roll(bits, -1, axis=1) == 1)).sum(axis=1)
    rim = (count >= 2) & (count <= 6) & (runs == 1)
    up, right, down, left = (bits[:, k] == 1 for k in (0, 2, 4, 6))
    return (
        rim & ~(up & right & down) & ~(right & down & left),
        rim & ~(up & right & left) & ~(up & down & left),
    )


@cache
def _corners() -> list[NDArray[np.bool_]]:
    """For each neighbourhood whether its pixel only rounds a corner between two that touch; one way at a time."""
    bits = _neighbourhoods() == 1
    return [
        bits[:, k] & bits[:, (k + 2) % 8] & ~bits[:, (k + 4) % 8] & ~bits[:, (k + 5) % 8] & ~bits[:, (k + 6) % 8]
        for k in (0, 2, 4, 6)
    ]
