"""The page of a sketchbook as it lies flat, from a scan or a telephone's photo of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prep.scan import WORKING, Scan
from prep.sheet import Quad, find_sheet

_LENS = 0.8  # focal length of a telephone, as a part of the photo's long side
_LENSES = (0.55, 2.5)  # and what it may be
_RIM = 0.004  # part of the sheet's sides cut off, where its edge casts a shadow
_LEAST = 1_300_000  # pixels of a page from a photo, at least


@dataclass(frozen=True)
class Page:
    """A page, flat."""

    rgb: NDArray[np.uint8]
    """(h, w, 3)."""
    to_scan: NDArray[np.float64]
    """(3, 3), the homography from page pixels to scan pixels: the scan's own, not those it was read at.

    Pixel centres lie at whole numbers on both sides.
    """
    notes: tuple[str, ...] = ()
    """What a person should know, a sentence each; those of the scan come first."""


def straighten(scan: Scan) -> Page:
    """The page in a scan. A flat scan stays as it is; a sheet photographed aslant is flattened to its own shape."""
    quad = find_sheet(scan.rgb)
    if quad is None:
        return Page(scan.rgb, _scaling(scan), scan.notes)
    height, width = scan.rgb.shape[:2]
    shape = proportion(quad, (width, height))
    x, y = quad.T
    area = 0.5 * abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))
    pixels = float(np.clip(1.15 * area, _LEAST, WORKING))
    size = max(1, round((pixels * shape) ** 0.5)), max(1, round((pixels / shape) ** 0.5))
    to_rgb = _between(size, quad)
    notes = (*scan.notes, "A sheet of paper was found in a photo, and flattened.")
    return Page(_flattened(scan.rgb, size, to_rgb), _scaling(scan) @ to_rgb, notes)


def proportion(quad: Quad, photo: tuple[int, int]) -> float:
    """Width by height of a rectangle whose corners are seen at ``quad`` in a photo of this width and height.

    Zhang and He, Whiteboard scanning and image enhancement (2007), section 3: two vanishing points give
    the focal length. Where they say nothing of use, that of a usual telephone is taken.
    """
    middle = np.array(photo) / 2
    one, two, four, three = (np.array([*(corner - middle), 1.0]) for corner in quad)
    across = np.dot(np.cross(one, four), three) / np.dot(np.cross(two, four), three) * two - one
    down = np.dot(np.cross(one, four), two) / np.dot(np.cross(three, four), two) * three - one
    long = max(photo)
    with np.errstate(divide="ignore", invalid="ignore"):
        lens = -(across[0] * down[0] + across[1] * down[1]) / (across[2] * down[2])
    focal = lens**0.5 if lens > 0 and np.isfinite(lens) else 0.0
    if not _LENSES[0] * long <= focal <= _LENSES[1] * long:
        focal = _LENS * long
    across[:2] /= focal
    down[:2] /= focal
    return float(np.clip(np.linalg.norm(across) / np.linalg.norm(down), 0.2, 5))


def _between(size: tuple[int, int], quad: Quad) -> NDArray[np.float64]:
    """The homography from a page of some size, less its rim, to where its corners lie."""
    width, height = size
    x, y = _RIM * width, _RIM * height
    corners = np.array([(-x, -y), (width - 1 + x, -y), (width - 1 + x, height - 1 + y), (-x, height - 1 + y)])
    rows = []
    for (u, v), (a, b) in zip(corners, quad, strict=True):
        rows += [[u, v, 1, 0, 0, 0, -a * u, -a * v], [0, 0, 0, u, v, 1, -b * u, -b * v]]
    return np.append(np.linalg.solve(np.array(rows, float), quad.ravel()), 1.0).reshape(3, 3)


def _flattened(rgb: NDArray[np.uint8], size: tuple[int, int], to_rgb: NDArray[np.float64]) -> NDArray[np.uint8]:
    from PIL import Image

    # Pillow counts from the corners of pixels
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    matrix = half @ to_rgb @ np.linalg.inv(half)
    matrix /= matrix[2, 2]
    picture = Image.fromarray(rgb).transform(
        size, Image.Transform.PERSPECTIVE, tuple(matrix.ravel()[:8]), Image.Resampling.BICUBIC
    )
    return np.asarray(picture)


def _scaling(scan: Scan) -> NDArray[np.float64]:
    """From pixels as read to pixels of the scan."""
    x, y = scan.scale
    return np.array([[x, 0, (x - 1) / 2], [0, y, (y - 1) / 2], [0, 0, 1.0]])
