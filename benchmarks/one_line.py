"""Procedural one-line portraits and figures, so that the way of the pen is known without any data.

They are not the demo artist's: they cross themselves far more often, in curls, glasses and hats, which is what tracing
is measured by.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from drawing.drawing import Drawing
from drawing.geometry import Polyline, segment_lengths

Rng = np.random.Generator


def faces(count: int, seed: int) -> list[Drawing]:
    """So many drawings of one line each, long side 1; number n is always the same."""
    return [Drawing((one_line(np.random.default_rng([seed, 77, index])),)) for index in range(count)]


def one_line(rng: Rng) -> Polyline:
    """A profile, a frontal face, a figure or a small head."""
    draw = rng.choice([0, 1, 2, 3], p=[0.4, 0.3, 0.18, 0.12])
    control = (_profile, _frontal, _figure, _head)[int(draw)](rng)
    control = control + rng.normal(0, 0.011, control.shape)
    bend = rng.normal(0, 0.06, 4)
    x, y = control.T
    x = x + bend[0] * np.sin(2.2 * y + bend[1] * 20) + bend[2] * (y - 0.6)
    y = y * (1 + bend[3]) + 0.03 * np.sin(3 * control[:, 0])
    curve = smooth(np.column_stack([x * rng.uniform(0.85, 1.2), y]))
    if rng.random() < 0.5:
        curve[:, 0] = curve[:, 0].max() - curve[:, 0]
    if rng.random() < 0.5:
        curve = curve[::-1]
    low = curve.min(axis=0)
    return (curve - low) / (curve.max(axis=0) - low).max()


def smooth(control: ArrayLike, per_segment: int = 14) -> Polyline:
    """Centripetal Catmull-Rom curve through control points (n, 2)."""
    points = np.asarray(control, float)
    points = points[np.concatenate([[True], segment_lengths(points) > 1e-6])]
    if len(points) < 3:
        return points
    points = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    a, b, c, d = points[:-3, None], points[1:-2, None], points[2:-1, None], points[3:, None]
    knots = np.concatenate([[0.0], np.cumsum(np.sqrt(segment_lengths(points)))])
    t0, t1, t2, t3 = (knots[start : start + len(points) - 3, None, None] for start in range(4))
    t = t1 + (t2 - t1) * np.linspace(0, 1, per_segment, endpoint=False)[None, :, None]
    ab = (t1 - t) / (t1 - t0) * a + (t - t0) / (t1 - t0) * b
    bc = (t2 - t) / (t2 - t1) * b + (t - t1) / (t2 - t1) * c
    cd = (t3 - t) / (t3 - t2) * c + (t - t2) / (t3 - t2) * d
    left = (t2 - t) / (t2 - t0) * ab + (t - t0) / (t2 - t0) * bc
    right = (t3 - t) / (t3 - t1) * bc + (t - t1) / (t3 - t1) * cd
    curve = (t2 - t) / (t2 - t1) * left + (t - t1) / (t2 - t1) * right
    return np.concatenate([curve.reshape(-1, 2), points[-2:-1]])


def _ring(x: float, y: float, rx: float, ry: float, start: float, turns: float) -> Polyline:
    angle = start + np.linspace(0, turns * 2 * math.pi, max(4, int(abs(turns) * 9)))
    return np.column_stack([x + rx * np.cos(angle), y + ry * np.sin(angle)])


def _along(start: ArrayLike, end: ArrayLike) -> tuple[Polyline, Polyline, Polyline]:
    p, q = np.asarray(start, float), np.asarray(end, float)
    way = q - p
    return p, way, np.array([-way[1], way[0]]) / (np.hypot(*way) + 1e-9)


def _curls(start: ArrayLike, end: ArrayLike, loops: int, radius: float, rng: Rng) -> Polyline:
    """Loops that cross themselves."""
    p, way, side = _along(start, end)
    t = np.linspace(0, 1, max(6, loops * 9))
    r = radius * (0.7 + 0.6 * rng.random())
    ahead = way / (np.hypot(*way) + 1e-9)
    turn = 2 * math.pi * loops * t
    return p + t[:, None] * way + r * np.sin(turn)[:, None] * side + (r * (0.5 - np.cos(turn)))[:, None] * ahead


def _zigzag(start: ArrayLike, end: ArrayLike, count: int, depth: float, rng: Rng) -> Polyline:
    p, way, side = _along(start, end)
    t = np.linspace(0, 1, 2 * count + 1)
    out = depth * (0.6 + 0.8 * rng.random(len(t))) * np.where(np.arange(len(t)) % 2, 1, -1)
    return p + t[:, None] * way + out[:, None] * side


def _points(*numbers: float) -> NDArray[np.float64]:
    """x, y, x, y, ... as rows."""
    return np.reshape(numbers, (-1, 2))


_FACE = _points(
    *(0.30, 1.62, 0.40, 1.32, 0.43, 1.16, 0.36, 1.05, 0.24, 1.02, 0.21, 0.95, 0.27, 0.905, 0.195, 0.87, 0.245, 0.82),
    *(0.15, 0.77, 0.10, 0.70, 0.18, 0.58, 0.25, 0.47, 0.215, 0.40, 0.24, 0.24, 0.34, 0.06),
)
_HAT = _points(
    *(0.10, 0.10, 0.05, 0.04, 0.30, 0.02, 0.70, 0.03, 1.08, 0.12, 1.12, 0.18, 0.88, 0.10, 0.86, -0.22, 0.60, -0.36),
    *(0.36, -0.20, 0.33, 0.05, 0.62, 0.10, 0.90, 0.16),
)
_SKULL = _points(0.55, -0.06, 0.80, 0.00, 0.95, 0.20, 0.98, 0.45)
_EYE = _points(
    *(0.60, 0.56, 0.47, 0.52, 0.42, 0.475, 0.34, 0.425, 0.28, 0.465, 0.34, 0.505, 0.42, 0.475),
)
_COLLAR = _points(0.62, 1.22, 0.40, 1.20, 0.44, 1.30, 0.66, 1.32, 0.86, 1.18)


def _profile(rng: Rng) -> Polyline:
    parts = [_FACE, _HAT if rng.random() < 0.4 else _SKULL, _points(0.92, 0.66, 0.84, 0.80)]
    parts += [_ring(0.73, 0.57, 0.075, 0.11, 0.6, -1.4 - rng.random()), _EYE]
    if rng.random() < 0.7:
        parts += [_ring(0.335, 0.465, 0.026, 0.03, 0.0, 1.6)]
    parts += [_points(0.27, 0.40, 0.35, 0.355, 0.46, 0.375)]
    if rng.random() < 0.75:
        end = (0.88, 0.12 + 0.2 * rng.random())
        parts += [_curls((0.46, 0.26), end, int(rng.integers(3, 8)), 0.055, rng)]
    parts += [_points(0.97, 0.62, 0.88, 0.92, 0.84, 1.10)]
    if rng.random() < 0.5:
        parts += [_COLLAR]
    parts += [_points(1.00, 1.24, 1.16, 1.36, 1.22, 1.62)]
    if rng.random() < 0.5:  # an arm back over the chest
        parts += [_points(1.05, 1.84, 0.70, 1.80, 0.46, 1.58, 0.40, 1.44)]
        parts += [_zigzag((0.38, 1.42), (0.30, 1.30), 3, 0.035, rng), _points(0.44, 1.36, 0.62, 1.52)]
    return np.concatenate(parts)


_HALF = _points(
    *(0.28, 1.55, 0.36, 1.25, 0.34, 1.05, 0.20, 0.90, 0.10, 0.66, 0.08, 0.40, 0.16, 0.14, 0.36, 0.00, 0.60, -0.02),
)
_JAW = _points(0.95, 0.42, 0.92, 0.66, 0.80, 0.90, 0.64, 1.02, 0.50, 1.05, 0.38, 1.00, 0.32, 0.90)
_MOUTH = _points(
    *(0.38, 0.83, 0.46, 0.80, 0.51, 0.815, 0.57, 0.80, 0.66, 0.83, 0.57, 0.865, 0.50, 0.875, 0.40, 0.84),
    *(0.52, 0.835, 0.66, 0.83),
)
_NOSE = _points(
    *(0.60, 0.72, 0.565, 0.665, 0.50, 0.685, 0.455, 0.665, 0.49, 0.62, 0.53, 0.50, 0.50, 0.40, 0.40, 0.345),
    *(0.28, 0.33, 0.20, 0.38),
)
_LEFT_EYE = _points(0.22, 0.45, 0.30, 0.405, 0.40, 0.455, 0.30, 0.485, 0.22, 0.45)
_RIGHT_EYE = _points(0.60, 0.455, 0.70, 0.405, 0.80, 0.45, 0.70, 0.487, 0.60, 0.455)
_BOW = _points(0.52, 1.32, 0.36, 1.24, 0.36, 1.42, 0.52, 1.33, 0.68, 1.24, 0.69, 1.42, 0.53, 1.33)


def _frontal(rng: Rng) -> Polyline:
    parts = [_HALF]
    if rng.random() < 0.6:
        parts += [_curls((0.62, -0.02), (0.94, 0.34), int(rng.integers(2, 6)), 0.06, rng)]
    parts += [_JAW, _MOUTH, _NOSE]
    if rng.random() < 0.4:  # glasses
        parts += [_ring(0.30, 0.45, 0.12, 0.10, math.pi, 1.25), _points(0.47, 0.44)]
        parts += [_ring(0.69, 0.45, 0.12, 0.10, math.pi, 1.4)]
    parts += [_LEFT_EYE, _ring(0.30, 0.445, 0.026, 0.028, 0, 1.5), _points(0.42, 0.46, 0.52, 0.44)]
    parts += [_RIGHT_EYE, _ring(0.70, 0.445, 0.026, 0.028, 0, 1.5), _points(0.82, 0.40, 0.72, 0.335, 0.60, 0.35)]
    if rng.random() < 0.5:
        parts += [_points(0.90, 0.48), _ring(0.985, 0.56, 0.05, 0.09, math.pi, 1.3)]
    parts += [_points(0.86, 0.90, 0.70, 1.08, 0.68, 1.28)]
    if rng.random() < 0.5:
        parts += [_BOW]
    return np.concatenate([*parts, _points(0.84, 1.36, 1.06, 1.46, 1.16, 1.66)])


_CHEST = _points(
    *(0.44, 0.13, 0.48, 0.12, 0.47, 0.20, 0.43, 0.21, 0.49, 0.245, 0.54, 0.23, 0.55, 0.33, 0.64, 0.38, 0.74, 0.46),
    *(0.80, 0.64),
)
_LEGS = _points(
    *(0.64, 1.00, 0.62, 1.30, 0.64, 1.55, 0.74, 1.60, 0.62, 1.61, 0.58, 1.56, 0.54, 1.25, 0.50, 1.02, 0.45, 1.25),
    *(0.42, 1.55, 0.32, 1.61, 0.44, 1.62, 0.46, 1.52, 0.42, 1.20, 0.36, 1.00, 0.38, 0.82, 0.62, 0.83, 0.40, 0.74),
    *(0.35, 0.56, 0.33, 0.44),
)


def _figure(rng: Rng) -> Polyline:
    parts = [_points(0.46, 0.36, 0.47, 0.30), _ring(0.50, 0.16, 0.11, 0.15, 0.5 * math.pi, 1.15), _CHEST]
    parts += [_zigzag((0.80, 0.66), (0.74, 0.74), 3, 0.02, rng)]
    parts += [_points(0.70, 0.66, 0.68, 0.54, 0.64, 0.48, 0.66, 0.70, 0.62, 0.84)]
    if rng.random() < 0.5:  # a skirt
        parts += [_points(0.78, 1.15, 0.60, 1.20, 0.40, 1.18, 0.26, 1.14, 0.40, 0.84)]
    parts += [_LEGS]
    if rng.random() < 0.6:  # an arm on the hip
        parts += [_points(0.20, 0.60, 0.16, 0.72, 0.30, 0.80, 0.40, 0.79)]
        parts += [_ring(0.42, 0.80, 0.03, 0.025, math.pi, 1.3)]
    else:
        parts += [_points(0.22, 0.58, 0.14, 0.80), _ring(0.13, 0.85, 0.03, 0.04, 0, 1.2)]
    return np.concatenate([*parts, _points(0.30, 0.62, 0.36, 0.42, 0.46, 0.36, 0.55, 0.35)])


_SMALL_FACE = _points(
    *(0.0, 1.0, 0.22, 0.96, 0.30, 0.86, 0.24, 0.78, 0.17, 0.72, 0.22, 0.66, 0.16, 0.62, 0.12, 0.54, 0.20, 0.40),
    *(0.21, 0.28, 0.28, 0.15),
)
_SMALL_EYE = _points(
    *(0.88, 0.34, 0.86, 0.52, 0.76, 0.64, 0.60, 0.56, 0.42, 0.48, 0.34, 0.42, 0.26, 0.46, 0.34, 0.50, 0.44, 0.47),
    *(0.62, 0.60),
)


def _head(rng: Rng) -> Polyline:
    parts = [_SMALL_FACE]
    if rng.random() < 0.6:
        parts += [_curls((0.34, 0.12), (0.80, 0.20), int(rng.integers(2, 6)), 0.05, rng)]
    else:
        parts += [_points(0.45, 0.04, 0.64, 0.04, 0.80, 0.14)]
    parts += [_SMALL_EYE, _ring(0.70, 0.56, 0.05, 0.08, math.pi, -1.2)]
    return np.concatenate([*parts, _points(0.72, 0.74, 0.68, 0.90, 0.84, 0.98, 1.0, 1.0)])
