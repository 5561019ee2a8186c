"""Curves through the points of a drawing, so that what was told in a few points is drawn round.

A line is cut at its corners; each part becomes a smoothing spline of third degree (Dierckx 1993,
"Curve and Surface Fitting with Splines", through scipy), as smooth as its tolerance allows.
"""

from __future__ import annotations

import itertools
import math
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from drawing.drawing import Drawing
from drawing.geometry import Polyline, segment_lengths, turning_angles

CORNER_DEGREES = 75.0
"""Where a line turns by more it has a corner, which stays."""
STEP = 1 / 8
"""Between two points of the curve, of the mean distance between points of the line at most."""
CHORD = 0.25
"""Or what strays from the curve by less than this share of the tolerance."""
HALVINGS = 12


def fit_curves(drawing: Drawing, tolerance: float) -> Drawing:
    """Every run of ink as a curve; ends, corners and connectors stay where they are.

    Args:
        tolerance: how far the curve may pass from any point of the line, in the drawing's unit, > 0.
    """
    return drawing.map(lambda run: fit_curve(run, tolerance))


def fit_curve(line: Polyline, tolerance: float, corner_degrees: float = CORNER_DEGREES) -> Polyline:
    """One line as a curve of many points; its ends and corners are kept exactly."""
    if not tolerance > 0:
        raise ValueError(f"tolerance must be positive, not {tolerance}")
    line = line[np.concatenate([[True], segment_lengths(line) > 0])]
    if len(line) < 3:
        return line
    corners = np.flatnonzero(np.abs(turning_angles(line)) > math.radians(corner_degrees)) + 1
    cuts = [0, *corners.tolist(), len(line) - 1]
    parts = [_spline(line[a : b + 1], tolerance) for a, b in itertools.pairwise(cuts)]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def _spline(part: Polyline, tolerance: float) -> Polyline:
    """The smoothest curve found that passes each point within the tolerance."""
    if len(part) < 3:
        return part
    from scipy import interpolate  # pyright: ignore[reportMissingTypeStubs]

    spline = cast(Any, interpolate)  # scipy is not typed

    steps = segment_lengths(part)
    # centripetal (Lee 1989): no loops where near points follow far ones
    at = np.concatenate([[0.0], np.cumsum(np.sqrt(steps))])
    weights = np.ones(len(part))
    weights[[0, -1]] = 1e4  # the ends are held
    degree = min(3, len(part) - 1)
    smoothing = len(part) * tolerance**2
    for _ in range(HALVINGS):
        # the full output, for without it scipy warns where it has come only near to s
        (curve, _), *_ = spline.splprep(part.T, w=weights, u=at, k=degree, s=smoothing, quiet=True, full_output=True)
        away = np.hypot(*(np.array(spline.splev(at, curve)) - part.T))
        if away.max() <= tolerance:
            break
        smoothing /= 4
    else:
        (curve, _), *_ = spline.splprep(part.T, w=weights, u=at, k=degree, s=0, quiet=True, full_output=True)
    pieces = math.ceil(_fineness(steps, tolerance))
    # where each point was is a point again
    places = np.interp(np.arange(pieces * (len(part) - 1) + 1) / pieces, np.arange(len(part)), at)
    dense: NDArray[np.float64] = np.array(spline.splev(places, curve)).T.copy()
    dense[0], dense[-1] = part[0], part[-1]
    return dense


def _fineness(steps: NDArray[np.float64], tolerance: float) -> float:
    """Points of the curve for each of the line: a right angle over one step strays by a third of its chord."""
    return float(np.clip(math.sqrt(float(steps.mean()) / (3 * CHORD * tolerance)), 2.0, 1 / STEP))
