"""Homographies: the way from a flattened page to its scan and back. Straight lines stay straight on it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from drawing.drawing import Drawing
from drawing.geometry import Polyline

Homography = NDArray[np.float64]  # (3, 3)


def map_points(homography: ArrayLike, points: ArrayLike) -> Polyline:
    """Points where a homography takes them, shape (n, 2)."""
    line = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    mapped = np.column_stack([line, np.ones(len(line))]) @ np.asarray(homography, dtype=np.float64).T
    return mapped[:, :2] / mapped[:, 2:]


def map_drawing(homography: ArrayLike, drawing: Drawing) -> Drawing:
    """A drawing where a homography takes its points; connectors stay marked."""
    return Drawing(tuple(map_points(homography, line) for line in drawing.lines), drawing.connectors)


def inverse(homography: ArrayLike) -> Homography:
    """The way back."""
    return np.asarray(np.linalg.inv(np.asarray(homography, dtype=np.float64)), dtype=np.float64)
