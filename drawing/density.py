"""Density: what a network expected at each point of a drawing, in the drawing's own coordinates.

It knows no network; model.density makes one, drawing.density_picture draws it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drawing.drawing import Drawing
from studio.files import replacing

Floats = NDArray[np.float64]

LEAST_WEIGHT = 0.01
"""Components of less are not shown one by one."""


@dataclass(frozen=True, eq=False)
class Density:
    """Mixtures of Gaussians for the next point after each of the k points of a drawing, and what came.

    Step t, 0 to k - 1, looks from point t to the next one; the last step to the end of the drawing.
    """

    drawing: Drawing
    """k points in all."""
    weights: Floats  # (k, M)
    """Of the components; they sum to 1."""
    means: Floats  # (k, M, 2)
    """Places on the page."""
    covariances: Floats  # (k, M, 2, 2)
    """In the drawing's unit squared."""
    pen: Floats  # (k, 3)
    """Chances of the pen after the next point: down, up, or that there is no next point."""
    entropy: Floats  # (k,)
    """Of the mixture, in nats, lengths measured in the network's scale."""
    pen_entropy: Floats  # (k,)
    """Of the pen's state, in nats; at most log 3."""
    nats: Floats  # (k,)
    """How unlikely the point was that came next; NaN at the end, where there is none."""
    pen_nats: Floats  # (k,)
    """How unlikely the state of the pen was that came with it."""
    temperature: float = 1.0

    @property
    def points(self) -> Floats:
        """Points of the drawing, (k, 2)."""
        return np.concatenate(self.drawing.lines)

    @property
    def lifted(self) -> NDArray[np.bool_]:
        """Whether the pen lifts after each point, (k,)."""
        lifted = np.zeros(self.drawing.points, dtype=np.bool_)
        lifted[np.cumsum([len(line) for line in self.drawing.lines]) - 1] = True
        return lifted

    def components(self, step: int, least: float = LEAST_WEIGHT) -> list[dict[str, object]]:
        """The components of a step that weigh at least so much, heaviest first, as JSON can tell them."""
        order = np.argsort(-self.weights[step], kind="stable")
        return [
            {
                "weight": float(self.weights[step, each]),
                "mean": self.means[step, each].tolist(),
                "covariance": self.covariances[step, each].tolist(),
            }
            for each in order
            if self.weights[step, each] >= least
        ]

    def save(self, path: Path) -> None:
        """Write all arrays to an npz without pickles.

        ``points`` (k, 2) and ``lifted`` (k,), then the fields of this class by their names.
        """
        arrays = {
            name: getattr(self, name)
            for name in ("weights", "means", "covariances", "pen", "entropy", "pen_entropy", "nats", "pen_nats")
        }
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.savez_compressed(
                file, points=self.points, lifted=self.lifted, temperature=np.float64(self.temperature), **arrays
            )
