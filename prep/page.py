"""The page of a sketchbook as it lies flat, from a scan or a telephone's photo of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prep.scan import Scan


@dataclass(frozen=True)
class Page:
    """A page, flat."""

    rgb: NDArray[np.uint8]
    """(h, w, 3)."""
    to_scan: NDArray[np.float64]
    """(3, 3), the homography from page pixels to scan pixels: the scan's own, not those it was read at."""
    notes: tuple[str, ...] = ()
    """What a person should know, a sentence each; those of the scan come first."""


def straighten(scan: Scan) -> Page:
    """The page in a scan. A flat scan stays as it is; a sheet photographed aslant is flattened."""
    return Page(scan.rgb, _scaling(scan), scan.notes)


def _scaling(scan: Scan) -> NDArray[np.float64]:
    """From pixels as read to pixels of the scan; pixel centres lie at whole numbers."""
    x, y = scan.scale
    return np.array([[x, 0, (x - 1) / 2], [0, y, (y - 1) / 2], [0, 0, 1.0]])
