"""Beginnings: points that are given, kept as they are, and drawn on from by a network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drawing.drawing import Drawing
from drawing.recipe import Recipe
from drawing.stroke import Stroke3
from model.errors import ModelError

Points = NDArray[np.float64]  # (k, 2)


@dataclass(frozen=True, eq=False)
class Beginning:
    """The first points of a drawing that is to be completed."""

    points: Points
    """In the unit of the finished drawing."""
    lifts: NDArray[np.bool_]  # (k,)
    """Whether the pen lifts after each."""
    factor: float = 1.0
    """What makes them as large as what the network has learnt."""

    def __post_init__(self) -> None:
        if len(self.points) < 2:
            raise ModelError("A beginning needs two points at least; to draw without one is called sample.")
        if not np.isfinite(self.points).all():
            raise ModelError("A beginning has a coordinate that is no number.")
        if not 0 < self.factor < np.inf:
            raise ModelError(f"The size of a beginning can't be changed by a factor of {self.factor:g}.")

    @classmethod
    def of(cls, drawing: Drawing, first: int | None = None, factor: float = 1.0) -> Beginning:
        """The first points of a drawing, or all; the pen then stays down, so that its last line goes on.

        Raises:
            ModelError: fewer than two points, or more asked for than there are.
        """
        if drawing.points < 2:
            raise ModelError("A beginning needs two points at least; to draw without one is called sample.")
        if first is not None and not 2 <= first <= drawing.points:
            raise ModelError(
                f"The first {first} of {drawing.points} points are no beginning; name 2 to {drawing.points}."
            )
        count = first or drawing.points
        ends = np.cumsum([len(line) for line in drawing.lines]) - 1
        lifts = np.zeros(drawing.points, dtype=np.bool_)
        lifts[ends[:-1]] = True
        return cls(np.concatenate(drawing.lines)[:count], lifts[:count], factor)

    @classmethod
    def of_recipe(cls, recipe: Recipe) -> Beginning | None:
        """The beginning that a recipe tells of."""
        if recipe.beginning is None:
            return None
        told = np.array(recipe.beginning, dtype=np.float64).reshape(-1, 3)
        return cls(told[:, :2], told[:, 2] > 0.5, float(recipe.settings.get("factor", 1.0)))

    def told(self) -> tuple[tuple[float, float, int], ...]:
        """As a recipe tells it."""
        return tuple((float(x), float(y), int(up)) for (x, y), up in zip(self.points, self.lifts, strict=True))

    def drawing(self) -> Drawing:
        """As a drawing, in its own unit."""
        return Drawing(tuple(np.split(self.points, np.flatnonzero(self.lifts[:-1]) + 1)))

    def rows(self, scale: float, grid: float) -> Stroke3:
        """What the network is fed, shape (k - 1, 3): where the first point lies is no movement.

        Args:
            scale: of the network, in units of the drawings it has learnt.
            grid: places are rounded to 1 / grid of the scale, so that no error adds up along the line.
        """
        places = np.round((self.points - self.points[0]) * (self.factor / scale * grid)) / grid
        return np.column_stack([np.diff(places, axis=0), self.lifts[1:].astype(np.float64)])

    def continued(self, rows: Stroke3, scale: float) -> Drawing:
        """The beginning itself, and what was drawn after it, in the unit of the beginning.

        Args:
            rows: all of the drawing as the network tells it, those of the beginning first.
        """
        after = rows[len(self.points) - 1 :]
        steps = np.concatenate([self.points[-1:], after[:, :2] * (scale / self.factor)])
        points = np.concatenate([self.points, np.cumsum(steps, axis=0)[1:]])
        lifts = np.concatenate([self.lifts, after[:, 2] > 0.5])
        return Drawing(tuple(np.split(points, np.flatnonzero(lifts[:-1]) + 1)))
