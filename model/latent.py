"""Ways through latent space: straight lines, great arcs, paths over several points.

Source of slerp: White 2016, "Sampling generative networks" (for a Gaussian prior the length of z
says how typical it is, and a straight line passes through lengths that never occur).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from model.errors import ModelError

Z = NDArray[np.float64]  # (Nz,)
Kind = Literal["lerp", "slerp"]
PARALLEL = 1e-9


def lerp(a: Z, b: Z, t: float) -> Z:
    """The point at ``t`` (0 to 1) of the straight line from a to b."""
    return (1.0 - t) * a + t * b


def slerp(a: Z, b: Z, t: float) -> Z:
    """The point at ``t`` of the arc from a to b, its length going evenly from one's to the other's.

    Where the two point the same or the opposite way there is no arc to tell, and the line is taken.
    """
    size_a, size_b = float(np.linalg.norm(a)), float(np.linalg.norm(b))
    if size_a == 0.0 or size_b == 0.0:
        return lerp(a, b, t)
    one, other = a / size_a, b / size_b
    angle = 2.0 * np.arctan2(np.linalg.norm(one - other), np.linalg.norm(one + other))
    sine = np.sin(angle)
    if sine < PARALLEL:
        return lerp(a, b, t)
    direction = (np.sin((1.0 - t) * angle) * one + np.sin(t * angle) * other) / sine
    return direction * ((1.0 - t) * size_a + t * size_b)


def path(ends: Sequence[Z], steps: int, kind: Kind = "slerp", *, loop: bool = False) -> tuple[Z, NDArray[np.float64]]:
    """A walk over two or more points with as many frames a leg.

    Args:
        steps: frames in all, both ends counted; in a loop the first is not repeated as the last.

    Returns:
        z of each frame (steps, Nz), and its place along the walk, 0 to 1.

    Raises:
        ModelError: fewer than two points, or too few steps for them.
    """
    if len(ends) < 2:
        raise ModelError("A walk needs two drawings at least.")
    if steps < 2:
        raise ModelError(f"A walk needs two steps at least, not {steps}.")
    stops = [*ends, ends[0]] if loop else list(ends)
    legs = len(stops) - 1
    places = np.linspace(0.0, 1.0, steps, endpoint=not loop)
    between = lerp if kind == "lerp" else slerp
    frames: list[Z] = []
    for place in places:
        leg = min(int(place * legs), legs - 1)
        frames.append(between(stops[leg], stops[leg + 1], place * legs - leg))
    return np.array(frames), places
