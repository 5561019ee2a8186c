"""The moves of a pen: curves through points, circles, curls, zigzags, and the hand that makes them.

Control points are rows (x, y, sharp), shape (n, 3), y down. A spline runs through all of them; where
``sharp`` is not 0 it may change direction at once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from drawing.geometry import Polyline, segment_lengths
from prep.motifs.chance import Chance

Control = NDArray[np.float64]  # (n, 3): x, y, sharp
Point = Sequence[float]  # x, y or x, y, SHARP

SHARP = 1.0
_PER_SEGMENT = 10


def through(*points: Point) -> Control:
    """Control points, shape (n, 3), of points (x, y) or (x, y, SHARP)."""
    return np.array([(p[0], p[1], p[2] if len(p) > 2 else 0.0) for p in points])


def join(*parts: Control | None) -> Control:
    """One line of several; a part that is None is left out."""
    return np.concatenate([part for part in parts if part is not None])


def place(
    control: Control,
    at: tuple[float, float] = (0.0, 0.0),
    size: float = 1.0,
    degrees: float = 0.0,
    about: tuple[float, float] = (0.0, 0.0),
    flip: bool = False,
) -> Control:
    """Move the point ``about`` to ``at``, scaled, turned clockwise, mirrored left to right first if ``flip``."""
    angle = math.radians(degrees)
    c, s = size * math.cos(angle), size * math.sin(angle)
    out = control.copy()
    x = (control[:, 0] - about[0]) * (-1.0 if flip else 1.0)
    y = control[:, 1] - about[1]
    out[:, 0] = at[0] + c * x - s * y
    out[:, 1] = at[1] + s * x + c * y
    return out


def ellipse(
    centre: tuple[float, float], radii: tuple[float, float], start: float, turns: float, points: float = 8
) -> Control:
    """Part of an ellipse.

    Args:
        start: angle of the first point in degrees, 0 is right and 90 is below.
        turns: how many times around, negative is anticlockwise on paper.
        points: control points a turn.
    """
    count = max(3, round(abs(turns) * points) + 1)
    angle = math.radians(start) + np.linspace(0.0, 2 * math.pi * turns, count)
    out = np.zeros((count, 3))
    out[:, 0] = centre[0] + radii[0] * np.cos(angle)
    out[:, 1] = centre[1] + radii[1] * np.sin(angle)
    return out


def spiral(
    centre: tuple[float, float], outer: float, inner: float, start: float, turns: float, points: float = 8
) -> Control:
    """A spiral about a centre, from the outer radius to the inner; ``start`` and ``turns`` as in ellipse."""
    count = max(3, round(abs(turns) * points) + 1)
    angle = math.radians(start) + np.linspace(0.0, 2 * math.pi * turns, count)
    radius = np.linspace(outer, inner, count)
    out = np.zeros((count, 3))
    out[:, 0] = centre[0] + radius * np.cos(angle)
    out[:, 1] = centre[1] + radius * np.sin(angle)
    return out


def curls(path: Control, count: int, radius: float, points: int = 7) -> Control:
    """Loops along a path, on its left seen in the direction of drawing (radius > 0), or on its right."""
    base, normal, _ = _rail(path, count * points + 1)
    angle = np.linspace(0.0, 2 * math.pi * count, len(base))
    along = np.column_stack([-normal[:, 1], normal[:, 0]])
    out = np.zeros((len(base), 3))
    out[:, :2] = base + radius * ((1 - np.cos(angle))[:, None] * normal - np.sin(angle)[:, None] * along)
    return out


def waves(path: Control, count: float, depth: float, points: int = 4) -> Control:
    """A wave along a path; its ends lie on the path, its first swing is to the left (depth > 0)."""
    base, normal, t = _rail(path, max(4, round(count * points)) + 1)
    out = np.zeros((len(base), 3))
    out[:, :2] = base + depth * np.sin(2 * math.pi * count * t)[:, None] * normal
    return out


def scallops(path: Control, count: int, depth: float, points: int = 4) -> Control:
    """Bulges along a path like those of a cloud, to the left (depth > 0), with sharp notches between."""
    base, normal, t = _rail(path, count * points + 1)
    out = np.zeros((len(base), 3))
    out[:, :2] = base + depth * np.abs(np.sin(math.pi * count * t))[:, None] * normal
    out[points:-1:points, 2] = SHARP
    return out


def zigzag(path: Control, count: int, depth: float) -> Control:
    """Sharp teeth along a path, to the left (depth > 0), with their feet on the path."""
    base, normal, _ = _rail(path, 2 * count + 1)
    out = np.full((len(base), 3), SHARP)
    out[:, :2] = base
    out[1::2, :2] += depth * normal[1::2]
    return out


def _rail(path: Control, count: int) -> tuple[Polyline, Polyline, NDArray[np.float64]]:
    """Evenly spaced points of the spline through a path, their left normals, and their place in [0, 1]."""
    line = spline(path)
    at = np.concatenate([[0.0], np.cumsum(segment_lengths(line))])
    t = np.linspace(0.0, 1.0, count)
    base = np.column_stack([np.interp(t * at[-1], at, line[:, axis]) for axis in (0, 1)])
    tangent = np.gradient(base, axis=0)
    tangent /= np.hypot(tangent[:, 0], tangent[:, 1])[:, None] + 1e-12
    return base, np.column_stack([tangent[:, 1], -tangent[:, 0]]), t


_T = np.linspace(0.0, 1.0, _PER_SEGMENT, endpoint=False)
_HERMITE = np.column_stack(  # (per, 4): from, to, tangent from, tangent to
    [2 * _T**3 - 3 * _T**2 + 1, -2 * _T**3 + 3 * _T**2, _T**3 - 2 * _T**2 + _T, _T**3 - _T**2]
)


def spline(control: Control) -> Polyline:
    """Centripetal Catmull-Rom curve through control points, shape (m, 2), ten points a segment.

    Source: Yuksel, Schaefer and Keyser 2011: of all Catmull-Rom curves only the centripetal one never
    makes a cusp or a loop within a segment. Written as a Hermite curve so that all segments are one product.
    """
    p = control[:, :2]
    apart = np.ones(len(p), dtype=np.bool_)
    apart[1:] = segment_lengths(p) > 1e-6
    p, sharp = p[apart], control[apart, 2] != 0
    if len(p) < 3:
        return p.copy()
    b, c = p[:-1], p[1:]
    a = np.concatenate([p[:1], p[:-2]])
    d = np.concatenate([p[2:], p[-1:]])
    free_start, free_end = sharp[:-1].copy(), sharp[1:].copy()
    free_start[0] = free_end[-1] = True
    a = np.where(free_start[:, None], 2 * b - c, a)
    d = np.where(free_end[:, None], 2 * c - b, d)
    ab, bc, cd = (np.sqrt(np.hypot(*(v - u).T))[:, None] + 1e-9 for u, v in ((a, b), (b, c), (c, d)))
    leave = bc * ((b - a) / ab - (c - a) / (ab + bc)) + (c - b)
    arrive = (c - b) - bc * ((d - b) / (bc + cd) - (d - c) / cd)
    # a free end bends like its other end, not straight
    leave = np.where((free_start & ~free_end)[:, None], 1.5 * (c - b) - 0.5 * arrive, leave)
    arrive = np.where((free_end & ~free_start)[:, None], 1.5 * (c - b) - 0.5 * leave, arrive)
    curve = np.einsum("tk,kij->itj", _HERMITE, np.stack([b, c, leave, arrive]))
    return np.concatenate([curve.reshape(-1, 2), p[-1:]])


def sway(line: Polyline, chance: Chance, strength: float) -> Polyline:
    """Bend the whole plane gently, as no two drawings of one thing have the same proportions.

    Args:
        strength: how far a point moves about, as a part of the long side.
    """
    low, high = line.min(axis=0), line.max(axis=0)
    size = float((high - low).max())
    at = (line - (low + high) / 2) / size  # (m, 2), within -0.5 and 0.5
    moved = line.copy()
    for cycles, weight in ((0.55, 1.0), (1.0, 0.45)):
        for axis in (0, 1):
            angle, phase = chance.between(0, math.pi), chance.between(0, 2 * math.pi)
            wave = at[:, 0] * math.cos(angle) + at[:, 1] * math.sin(angle)
            moved[:, axis] += strength * weight * size * np.sin(2 * math.pi * cycles * wave + phase)
    return moved


def shake(line: Polyline, chance: Chance, tremor: float, span: float) -> Polyline:
    """The slow unrest of a hand: noise that changes over about ``span`` of the way, in the line's own unit."""
    if tremor <= 0:
        return line
    at = np.concatenate([[0.0], np.cumsum(segment_lengths(line))])
    count = max(4, math.ceil(at[-1] / span) + 1)
    knots = np.linspace(0.0, at[-1], count)
    control = np.zeros((count, 3))
    control[:, :2] = chance.noise(count)
    smooth = spline(control)
    where = np.interp(np.arange(len(smooth)) / _PER_SEGMENT, np.arange(count), knots)
    return line + tremor * np.column_stack([np.interp(at, where, smooth[:, axis]) for axis in (0, 1)])
