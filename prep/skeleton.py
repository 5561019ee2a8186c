"""The middle of the line: ink at twice its pixels, thinned to a skeleton one pixel wide.

Ink is a few hundredths of a page, so everything here works on lists of ink pixels and not on the page.
"""

from __future__ import annotations

from collections import deque
from functools import cache

import numpy as np
from numpy.typing import NDArray

from prep.ink import Ink

_DEPTH = 0.55  # a small pixel is ink if it is this dark, as a part of the darkest nearby
_AROUND = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))  # (down, right), clockwise from above
_SIDES = (0, 4, 2, 6)  # of those around, in the order in which a layer is taken off
_FEW = 0.15  # of the ink: less is taken off with each layer at last, and only the ink beside is looked at


def sharpen(ink: Ink, factor: int) -> NDArray[np.bool_]:
    """The ink at ``factor`` times its pixels, shape (factor h, factor w).

    A small pixel at the ink is ink where the page is dark there, measured against the darkest
    nearby: loops about as wide as the pen, closed in the ink at its own pixels, are open again. So are
    pixels of ink that are darker than both their sides, lest a pale line breaks beside a dark one.
    """
    height, width = ink.mask.shape
    reach = max(2, round(0.8 * ink.pen))
    across = width + 2 * reach + 2
    light = np.pad(ink.light, reach + 1, mode="edge").ravel()
    wide = np.zeros((height + 2, width + 2), np.bool_)
    for down, right in ((0, 0), (0, 2), (2, 0), (2, 2), (1, 1)):
        wide[down : down + height, right : right + width] |= ink.mask
    row, column = np.divmod(np.flatnonzero(wide[1:-1, 1:-1]), width)  # quicker than nonzero in two dimensions
    where = (row + reach + 1) * across + column + reach + 1
    near = {(down, right): light[where + (down * across + right)] for down in (-1, 0, 1) for right in (-1, 0, 1)}
    darkest = np.minimum.reduce(list(near.values()))
    for down in range(-reach, reach + 1):
        for right in range(-reach, reach + 1):
            if (down, right) not in near and down * down + right * right <= reach * reach:
                np.minimum(darkest, light[where + (down * across + right)], out=darkest)
    level = 1 - _DEPTH * (1 - darkest)
    ridge = ink.mask[row, column] & _on_ridge(light, where, across, max(2, round(0.75 * ink.pen)))
    out = np.zeros((height * factor, width * factor), np.bool_)
    steps = (np.arange(factor) + 0.5) / factor - 0.5
    for down, y in enumerate(steps):
        for right, x in enumerate(steps):
            above, left = (-1 if y < 0 else 0), (-1 if x < 0 else 0)
            v, u = np.float32(y - above), np.float32(x - left)
            top = near[above, left] * (1 - u) + near[above, left + 1] * u
            bottom = near[above + 1, left] * (1 - u) + near[above + 1, left + 1] * u
            out[row * factor + down, column * factor + right] = (top * (1 - v) + bottom * v < level) | ridge
    return out


def _on_ridge(light: NDArray[np.float32], where: NDArray[np.intp], across: int, step: int) -> NDArray[np.bool_]:
    """Whether pixels are at least twice as dark as both sides, ``step`` pixels off, in some direction."""
    dark = 1 - light[where]
    found = np.zeros(len(where), np.bool_)
    aslant = max(1, round(0.75 * step))
    for way in (step, step * across, aslant * (across + 1), aslant * (across - 1)):
        sides = 1 - np.minimum(light[where + way], light[where - way])
        found |= 2 * sides < dark
    return found


def thin(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The skeleton of a mask, the same shape: lines one pixel wide, joined by sides and corners.

    Layer by layer from four sides in turn, each pixel that neither ends a line nor holds two together
    goes, which keeps every line and hole (Rosenfeld 1975).
    """
    height, width = mask.shape
    padded = np.zeros((height + 2, width + 2), np.uint8)
    padded[1:-1, 1:-1] = mask
    flat = padded.ravel()
    steps = [down * (width + 2) + right for down, right in _AROUND]
    ink = np.flatnonzero(padded.view(np.bool_))
    gone: deque[NDArray[np.intp]] = deque(maxlen=len(_SIDES))  # of the last layer, side by side
    while not gone or sum(map(len, gone)) > _FEW * len(ink):
        for side in _SIDES:
            gone.append(_peel(flat, ink, steps, side))
        ink = ink[flat[ink] == 1]
    while any(map(len, gone)):  # nothing else can have become spare than what lies beside that
        for side in _SIDES:
            beside = (np.concatenate(gone)[:, None] + np.array(steps)).ravel()
            gone.append(_peel(flat, np.unique(beside[flat[beside] == 1]), steps, side))
    return padded[1:-1, 1:-1].view(np.bool_)


def _peel(flat: NDArray[np.uint8], ink: NDArray[np.intp], steps: list[int], side: int) -> NDArray[np.intp]:
    """Take away what is spare on one side of some pixels; these."""
    rim = ink[flat[ink + steps[side]] == 0]
    spare = rim[_spare()[_around(flat, rim, steps)]]
    flat[spare] = 0
    return spare


def _around(flat: NDArray[np.uint8], ink: NDArray[np.intp], steps: list[int]) -> NDArray[np.uint8]:
    """Which of its eight neighbours are ink, one bit each, for each ink pixel."""
    bits = flat[ink + steps[0]].copy()
    for bit, step in enumerate(steps[1:], 1):
        bits |= flat[ink + step] << np.uint8(bit)
    return bits


@cache
def _spare() -> NDArray[np.bool_]:
    """(256,): for each neighbourhood whether its pixel may go: it ends no line, and its ink hangs together without it.

    How many parts the ink around a pixel falls into is its connectivity number (Yokoi 1975).
    """
    white = ((np.arange(256)[:, None] >> np.arange(8)) & 1) == 0
    parts = sum(
        white[:, side].astype(int) - (white[:, side] & white[:, (side + 1) % 8] & white[:, (side + 2) % 8])
        for side in (0, 2, 4, 6)
    )
    return (parts == 1) & (white.sum(axis=1) <= 6)
