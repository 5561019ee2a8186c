"""All chance of a drawing, from its seed alone.

Philox is a counter-based generator: the numbers of step n are a function of the seed and of n, so
they are the same whatever else is drawn beside it, and however far.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

POINTS, LATENT, DIRECTION = 0, 1, 2
"""Streams of a seed."""
A_STEP = 4
"""Uniform numbers a step uses: component, pen, and two for the offset."""


def step_noise(seed: int, steps: int) -> NDArray[np.float64]:
    """Noise of steps 0 to ``steps`` - 1, shape (steps, 4).

    Columns: uniform [0, 1) for the component, uniform [0, 1) for the pen, two standard normals.
    """
    uniform = _uniform(seed, POINTS, steps * A_STEP).reshape(steps, A_STEP)
    out = uniform.copy()
    out[:, 2:] = _normal(uniform[:, 2], uniform[:, 3])
    return out


def prior(seed: int, size: int, stream: int = LATENT) -> NDArray[np.float64]:
    """z of a seed, drawn from N(0, I), shape (size,); in the stream DIRECTION another one."""
    pairs = (size + 1) // 2
    uniform = _uniform(seed, stream, 2 * pairs)
    return _normal(uniform[0::2], uniform[1::2]).ravel()[:size]


def _uniform(seed: int, stream: int, count: int) -> NDArray[np.float64]:
    return np.random.Generator(np.random.Philox(key=np.array([seed, stream], dtype=np.uint64))).random(count)


def _normal(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pairs of standard normals by Box and Muller (1958), shape (n, 2); 1 - u is never zero."""
    radius, angle = np.sqrt(-2.0 * np.log1p(-one)), 2.0 * np.pi * other
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
