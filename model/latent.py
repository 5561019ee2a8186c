"""Ways through latent space: lines, arcs and curves over several points, sums, variations nearby.

Source of slerp: White 2016, "Sampling generative networks" (for a Gaussian prior the length of z
says how typical it is, and a straight line passes through lengths that never occur).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from model.errors import ModelError
from model.noise import DIRECTION, prior

Z = NDArray[np.float64]  # (Nz,)
Kind = Literal["lerp", "slerp", "spline"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Easing = Literal["linear", "in", "out", "in-out"]
EASINGS: tuple[Easing, ...] = get_args(Easing)
PARALLEL = 1e-9


def ease(t: float, easing: Easing) -> float:
    """Where something is at t, 0 to 1, that starts slowly (``in``), comes to rest slowly (``out``), or both."""
    if easing == "in":
        return t * t
    if easing == "out":
        return t * (2.0 - t)
    return t * t * (3.0 - 2.0 * t) if easing == "in-out" else t


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


class Way:
    """A way over two or more stops, each leg as long as any other; a loop leads back to the first."""

    def __init__(self, stops: Sequence[Z], kind: Kind = "slerp", *, loop: bool = False) -> None:
        """Raises:
        ModelError: fewer than two stops, or a kind that nobody knows.
        """
        if len(stops) < 2:
            raise ModelError("A walk needs two drawings at least.")
        if kind not in KINDS:
            raise ModelError(f"A walk is one of {', '.join(KINDS)}, not {kind!r}.")
        self.loop = loop
        self._stops = [*stops, stops[0]] if loop else list(stops)
        self._curve = _spline(np.array(self._stops), loop) if kind == "spline" else None
        self._between = lerp if kind == "lerp" else slerp

    def at(self, place: float) -> Z:
        """z at a place from 0 to 1."""
        legs = len(self._stops) - 1
        if self._curve is not None:
            return self._curve(place * legs)
        leg = min(int(place * legs), legs - 1)
        return self._between(self._stops[leg], self._stops[leg + 1], place * legs - leg)

    def places(self, steps: int, easing: Easing = "linear") -> NDArray[np.float64]:
        """Places at equal distances, both ends counted; in a loop the first is not repeated as the last.

        Args:
            easing: how each leg is gone along, if not evenly; see ``ease``.

        Raises:
            ModelError: fewer than two, or an easing that nobody knows.
        """
        if steps < 2:
            raise ModelError(f"A walk needs two steps at least, not {steps}.")
        if easing not in EASINGS:
            raise ModelError(f"An easing is one of {', '.join(EASINGS)}, not {easing!r}.")
        places = np.linspace(0.0, 1.0, steps, endpoint=not self.loop)
        if easing == "linear":
            return places
        legs = len(self._stops) - 1
        leg = np.minimum((places * legs).astype(np.intp), legs - 1)
        within = [ease(float(t), easing) for t in places * legs - leg]
        return (leg + np.array(within)) / legs


def path(
    ends: Sequence[Z], steps: int, kind: Kind = "slerp", *, loop: bool = False, easing: Easing = "linear"
) -> tuple[Z, NDArray[np.float64]]:
    """A walk over two or more points with as many frames a leg.

    Args:
        steps: frames in all, both ends counted; in a loop the first is not repeated as the last.
        easing: how each leg is gone along, see ``ease``.

    Returns:
        z of each frame (steps, Nz), and its place along the walk, 0 to 1.

    Raises:
        ModelError: fewer than two points, or too few steps for them.
    """
    way = Way(ends, kind, loop=loop)
    places = way.places(steps, easing)
    return np.array([way.at(float(place)) for place in places]), places


def nearby(z: Z, spread: float, seed: int) -> Z:
    """A variation of z as likely in the prior as z itself: sqrt(1 - s^2) z + s e, e ~ N(0, I).

    Args:
        spread: s, 0 (z itself) to 1 (nothing of it).
        seed: of e, which is another one than the z of that seed.

    Raises:
        ModelError: a spread that is not between 0 and 1.
    """
    if not 0.0 <= spread <= 1.0:
        raise ModelError(f"A spread lies between 0, the drawing itself, and 1, any other; not {spread:g}.")
    return math.sqrt(1.0 - spread * spread) * z + spread * prior(seed, len(z), DIRECTION)


def _spline(stops: NDArray[np.float64], loop: bool) -> Callable[[float], Z]:
    """A smooth curve over the stops, without a corner at any: cubic in direction, monotone in length between two."""
    from scipy.interpolate import CubicSpline, PchipInterpolator  # pyright: ignore[reportMissingTypeStubs]

    sizes = np.linalg.norm(stops, axis=1)  # (S,)
    directions = stops / np.maximum(sizes, PARALLEL)[:, None]
    legs = np.arange(len(stops), dtype=np.float64)
    turn = CubicSpline(legs, directions, bc_type="periodic" if loop else "natural")
    if loop:  # a stop before and one after, so that the slope at the seam is that of both its sides
        sizes = np.concatenate([sizes[-2:-1], sizes, sizes[1:2]])
        legs = np.arange(-1.0, len(stops) + 1.0)
    stretch = PchipInterpolator(legs, sizes)

    def curve(at: float) -> Z:
        direction = np.asarray(turn(at), dtype=np.float64)
        return float(stretch(at)) * direction / max(float(np.linalg.norm(direction)), PARALLEL)

    return curve
