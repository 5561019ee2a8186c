"""What to ask of a Sampler for drawings around others: again, nearby, the sum of three, the rest of a beginning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from drawing.recipe import Endpoint, Recipe
from model.complete import Beginning
from model.errors import ModelError
from model.latent import Z, nearby

if TYPE_CHECKING:
    from drawing.drawing import Drawing
    from model.sample import Order, Sampler

ZOf = Literal["beginning", "prior"]
Z_OF: ZOf = "beginning"
"""Where the z of a completion comes from unless told."""


def again(sampler: Sampler, end: Endpoint, n: int, order: Order) -> list[Order]:
    """A drawing decoded again n times, with seeds that follow."""
    z = sampler.latent(end)
    return [
        replace(order, seed=seed, z=z, recipe=Recipe(kind="reconstruct", seed=seed, endpoints=(end,)))
        for seed in _seeds(order, n)
    ]


def vary(
    sampler: Sampler, end: Endpoint, n: int, spread: float, order: Order, direction: int | None = None
) -> list[Order]:
    """n drawings near another in latent space; the hand stays the same, z goes another way for each.

    Args:
        spread: 0 is the drawing itself, 1 any other; see latent.nearby.
        direction: number of the first way that z goes, the seed if there is none; the next ones follow.
    """
    z, first = sampler.latent(end), order.seed if direction is None else direction
    return [
        replace(
            order,
            z=nearby(z, spread, first + index),
            recipe=Recipe(
                kind="vary", seed=order.seed, index=index + (direction or 0), endpoints=(end,),
                settings={"spread": spread, "direction": first + index},
            ),
        )
        for index in range(_count(n))
    ]  # fmt: skip


def arithmetic(sampler: Sampler, ends: Sequence[Endpoint], n: int, order: Order, strength: float = 1.0) -> list[Order]:
    """z = A + s (C - B), decoded n times with seeds that follow: what makes C of B, done to A.

    Args:
        strength: s, 1 for A - B + C, 0 for A itself, below it for the contrary. A recipe without one means 1.
    """
    if len(ends) != 3:
        raise ModelError(f"A - B + C needs three drawings, not {len(ends)}.")
    if not -STRONGEST <= strength <= STRONGEST:
        raise ModelError(f"A strength lies between {-STRONGEST:g} and {STRONGEST:g}, not at {strength:g}.")
    a, b, c = (sampler.latent(end) for end in ends)
    z = a - b + c if strength == 1.0 else a + strength * (c - b)
    settings: dict[str, float | int | str | bool] = {} if strength == 1.0 else {"strength": strength}
    recipe = Recipe(kind="arithmetic", seed=order.seed, endpoints=tuple(ends), settings=settings)
    return [
        replace(order, seed=seed, z=z, recipe=recipe.model_copy(update={"seed": seed})) for seed in _seeds(order, n)
    ]


def complete(
    sampler: Sampler, beginning: Beginning, n: int, order: Order, z: Z | None = None, z_of: ZOf = Z_OF
) -> list[Order]:
    """A beginning drawn on n times, with seeds that follow; its own points stay as they are.

    Args:
        z: of a conditional network; without one it comes from ``z_of``: the beginning encoded, or the
            prior, where each seed has its own.

    Raises:
        ModelError: the beginning leaves no room below the cap on points, or ``z_of`` is neither.
    """
    if z is None and z_of not in get_args(ZOf):
        raise ModelError(f"z of a completion comes from the beginning or the prior, not from {z_of!r}.")
    cap = order.max_points or sampler.cap
    if len(beginning.points) - 1 >= cap:
        raise ModelError(
            f"A beginning of {len(beginning.points)} points leaves nothing to draw: this network draws up to {cap}. "
            "Simplify it, or take fewer of its first points."
        )
    if sampler.conditional and z is None and z_of == "beginning":
        z = sampler.encode(beginning.drawing().scale(beginning.factor), fit=False)
    return [
        replace(
            order, seed=seed, z=z, beginning=beginning,
            recipe=Recipe(
                kind="complete", seed=seed, beginning=beginning.told(), settings={"factor": beginning.factor}
            ),
        )
        for seed in _seeds(order, n)
    ]  # fmt: skip


def mean(sampler: Sampler, drawings: Sequence[Drawing], name: str) -> Endpoint:
    """The middle of a set of drawings in latent space, those left out that have no line.

    Raises:
        ModelError: none of them has one.
    """
    found = [sampler.encode(each) for each in drawings if each.points >= 2]
    if not found:
        raise ModelError(f"{name} has no drawing with a line to take the mean of.")
    return Endpoint(drawing=name, z=[float(value) for value in np.mean(found, axis=0)])


def growth(
    sampler: Sampler, drawing: Drawing, first: int | None = None, size: float | None = None, *, own: bool = False
) -> float:
    """What a beginning is multiplied by to be as large as what the network has learnt.

    Args:
        drawing: the whole, where the beginning is the first part of one.
        first: how many of its points are given, if not all.
        size: how long the finished drawing's long side is to be, in its own unit, if that is known.
        own: whether the network made the drawing itself.

    The first part of a drawing is as large as the drawing makes it. A beginning alone may become larger
    by what follows: it is taken as it is unless it is longer than a whole drawing, or below an eighth.
    """
    learnt, long_side = sampler.checkpoint.data.get("size"), max(drawing.size) if drawing.lines else 0.0
    if not learnt or not long_side > 0:
        return 1.0
    if size is not None:
        if not size > 0:
            raise ModelError(f"The finished drawing has a size above 0, not {size:g}.")
        return float(learnt) / size
    if own:
        return 1.0
    if first is not None and first < drawing.points:
        return sampler.fitted(drawing)[1]
    share = long_side / float(learnt)
    if share > LARGEST:
        return 1.0 / share
    return PART / share if share < SMALLEST else 1.0


STRONGEST = 10.0
"""Of what is added up."""
LARGEST = 1.5
"""A beginning is at most so large, in long sides of what was learnt; beyond it is scaled to 1."""
SMALLEST = 0.125
"""And at least so large; below it is scaled to PART."""
PART = 0.5


def _seeds(order: Order, n: int) -> range:
    return range(order.seed, order.seed + _count(n))


def _count(n: int) -> int:
    if not 1 <= n <= MOST:
        raise ModelError(f"1 to {MOST:,} drawings can be asked for at once, not {n}.")
    return n


MOST = 100_000
