"""How like two sets of drawings are, and how like two drawings: plain numbers, no network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drawing.drawing import Drawing
from drawing.geometry import Polyline, resample, turning_angles

Values = NDArray[np.float64]
Vectors = NDArray[np.float32]  # (drawings, size)

NEIGHBOURS = 5
"""k, as Naeem et al. 2020 have it."""
AT_ONCE = 1000
"""Rows of distances in memory at once."""


def measures(drawings: Sequence[Drawing]) -> dict[str, Values]:
    """What can be counted and measured on each drawing; none of it depends on its size or where it lies.

    Returns:
        ``points``; ``strokes``; ``ink``: drawn length over the diagonal of the bounds; ``pen_up_share``: of all the
        way that the pen goes, how much it is lifted; ``aspect``: width over width plus height. One value a drawing.
        ``turning_angle``: how far the line turns at a point, 0 to pi, one value an inner point of all drawings.
    """
    sizes = np.array([each.size if each.lines else (0.0, 0.0) for each in drawings]).reshape(-1, 2)
    ink = np.array([each.ink for each in drawings])
    travel = np.array([each.travel for each in drawings])
    turns = [np.abs(turning_angles(line)) for each in drawings for line in each.lines if len(line) > 2]
    return {
        "points": np.array([float(each.points) for each in drawings]),
        "strokes": np.array([float(len(each.lines)) for each in drawings]),
        "ink": _over(ink, np.hypot(sizes[:, 0], sizes[:, 1]), 0.0),
        "pen_up_share": _over(travel, ink + travel, 0.0),
        "aspect": _over(sizes[:, 0], sizes.sum(axis=1), 0.5),
        "turning_angle": np.concatenate([np.zeros(0), *turns]),
    }


def _over(upper: Values, lower: Values, otherwise: float) -> Values:
    return np.divide(upper, lower, out=np.full(len(upper), otherwise), where=lower > 0)


def wasserstein(made: Mapping[str, Values], real: Mapping[str, Values]) -> dict[str, float | None]:
    """Wasserstein distance of each measure, in standard deviations of the real drawings.

    Where those don't vary it is in the measure's own unit; where there are no values it is None.
    """
    from scipy.stats import wasserstein_distance  # slow to load

    found: dict[str, float | None] = {}
    for name, values in real.items():
        if len(values) and len(made[name]):
            spread = float(values.std())
            found[name] = float(wasserstein_distance(made[name], values)) / (spread if spread > 1e-9 else 1.0)
        else:
            found[name] = None
    return found


@dataclass(frozen=True)
class Likeness:
    """How two sets of vectors lie in one another."""

    precision: float
    """Share of what was made that lies among the real."""
    recall: float
    """Share of the real that lies among what was made."""
    density: float
    """How many real ones have a made one among their neighbours, over what is expected: 1 where the sets are alike."""
    coverage: float
    """Share of the real with something made among their neighbours."""


def likeness(made: Vectors, real: Vectors, k: int = NEIGHBOURS) -> Likeness | None:
    """Precision and recall, density and coverage by k nearest neighbours; None for too few vectors.

    Source: Kynkäänniemi et al. 2019, section 3; Naeem et al. 2020, section 3.
    """
    if min(len(made), len(real)) <= k:
        return None
    made_radius, real_radius = _radius(made, k), _radius(real, k)
    within_made = np.zeros(len(real), dtype=bool)
    within_real = np.zeros(len(made), dtype=np.intp)
    covered = np.zeros(len(real), dtype=bool)
    for at in range(0, len(real), AT_ONCE):
        some = slice(at, at + AT_ONCE)
        away = _distances(real[some], made)
        within_made[some] = (away <= made_radius).any(axis=1)
        inside = away <= real_radius[some, None]
        within_real += inside.sum(axis=0)
        covered[some] = inside.any(axis=1)
    return Likeness(
        precision=float((within_real > 0).mean()),
        recall=float(within_made.mean()),
        density=float(within_real.mean() / k),
        coverage=float(covered.mean()),
    )


def nearest(
    vectors: Vectors, among: Vectors, *, but_itself: bool = False
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Index and distance of the nearest of ``among`` to each vector.

    Args:
        but_itself: both are the same set, and none is its own nearest.
    """
    indices, distances = np.zeros(len(vectors), dtype=np.intp), np.zeros(len(vectors))
    for at in range(0, len(vectors), AT_ONCE):
        away = _distances(vectors[at : at + AT_ONCE], among)
        rows = np.arange(len(away))
        if but_itself:
            away[rows, at + rows] = np.inf
        indices[at : at + AT_ONCE] = away.argmin(axis=1)
        distances[at : at + AT_ONCE] = away[rows, indices[at : at + AT_ONCE]]
    return indices, distances


def _radius(vectors: Vectors, k: int) -> Values:
    """Distance of each to the k-th nearest other."""
    out = np.zeros(len(vectors))
    for at in range(0, len(vectors), AT_ONCE):
        away = _distances(vectors[at : at + AT_ONCE], vectors)
        out[at : at + AT_ONCE] = np.partition(away, k, axis=1)[:, k]  # each is its own nearest
    return out


def _distances(one: Vectors, other: Vectors) -> Values:
    from scipy.spatial.distance import cdist

    return np.asarray(cdist(one, other), dtype=np.float64)


def chamfer(one: Drawing, other: Drawing, step: float) -> float:
    """Mean distance from the ink of each drawing to the nearest ink of the other, the mean of both ways.

    Args:
        step: how far apart the points lie that stand for the ink.
    """
    from scipy.spatial import KDTree

    first, second = _inked(one, step), _inked(other, step)
    there, _ = KDTree(second).query(first)
    back, _ = KDTree(first).query(second)
    return float(np.mean(there) + np.mean(back)) / 2


def _inked(drawing: Drawing, step: float) -> Polyline:
    return np.concatenate([resample(line, step) for line in drawing.lines])
