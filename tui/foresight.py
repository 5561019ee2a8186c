"""Foresight: what a network expected at each point of a drawing, as its worker tells it; knows no screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Place = tuple[float, float]


@dataclass(frozen=True)
class Component:
    """One Gaussian of a mixture, on the page."""

    weight: float
    mean: Place
    covariance: tuple[float, float, float]
    """xx, xy and yy."""


@dataclass(frozen=True)
class Step:
    """What was expected after a point, and how likely that was which came."""

    entropy: float
    """Of the mixture, in nats."""
    pen_entropy: float
    nats: float | None
    """How unlikely the next point was; None at the end, where there is none."""
    pen_nats: float
    pen: tuple[float, float, float]
    """Chances of the pen after the next point: down, up, or that there is no next point."""
    components: tuple[Component, ...]
    """The heaviest first."""


@dataclass(frozen=True)
class Foresight:
    """A drawing's points in their order, and a step for each; the last one looks to the end of the drawing."""

    points: tuple[Place, ...]
    lifted: tuple[bool, ...]
    """Whether the pen lifts after a point."""
    steps: tuple[Step, ...]

    def lines(self, count: int) -> list[list[Place]]:
        """The first so many points as lines."""
        return parts(self.points[:count], self.lifted[:count])

    def next_line(self, step: int) -> list[Place]:
        """From a point to the one that came, if the pen was down; that one alone, or nothing, otherwise."""
        if step + 1 >= len(self.points):
            return []
        return [self.points[step + 1]] if self.lifted[step] else [self.points[step], self.points[step + 1]]


def parts(points: tuple[Place, ...], lifted: tuple[bool, ...]) -> list[list[Place]]:
    """Points as lines, a new one after each lift of the pen."""
    lines: list[list[Place]] = []
    for index, point in enumerate(points):
        if not index or lifted[index - 1]:
            lines.append([])
        lines[-1].append(point)
    return lines


def read_foresight(reply: Mapping[str, Any]) -> Foresight:
    """The worker's reply ``density``.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    points = tuple((float(x), float(y)) for x, y in reply["points"])
    lifted = tuple(bool(up) for up in reply["lifted"])
    steps = tuple(_step(each) for each in reply["steps"])
    if not len(points) == len(lifted) == len(steps) or not points:
        raise ValueError(f"{len(points)} points, {len(lifted)} states of the pen, {len(steps)} steps")
    return Foresight(points, lifted, steps)


def _step(told: Mapping[str, Any]) -> Step:
    down, up, end = (float(chance) for chance in told["pen"])
    nats = told["nats"]
    return Step(
        float(told["entropy"]), float(told["pen_entropy"]), None if nats is None else float(nats),
        float(told["pen_nats"]), (down, up, end), tuple(_component(each) for each in told["components"]),
    )  # fmt: skip


def _component(told: Mapping[str, Any]) -> Component:
    (xx, xy), (_, yy) = told["covariance"]
    x, y = told["mean"]
    return Component(float(told["weight"]), (float(x), float(y)), (float(xx), float(xy), float(yy)))
