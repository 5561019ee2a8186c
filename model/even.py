"""Walks re-timed so that the drawings change evenly, however unevenly the latent space is laid out.

A walk is looked at in many more places than it has frames, most where the drawings change fastest; the
frames are then those places between which the largest change is smallest.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from drawing.drawing import Drawing
from drawing.geometry import resample
from drawing.recipe import Endpoint
from model.latent import Kind, Way

if TYPE_CHECKING:
    from model.sample import OnStep, Order, Sampler

LOOKS = 8
"""Places looked at for each frame."""
MOST_LOOKS = 800
ROUNDS = 3
"""Times that new places are chosen by what was seen at the others."""
FINE = 40
"""Points of a drawing whose change is measured, in steps of its diagonal."""


@dataclass(frozen=True)
class Evenness:
    """The largest change between two frames over the mean one."""

    before: float
    after: float


def change(one: Drawing, other: Drawing) -> float:
    """How far two drawings lie apart: the mean distance from each point of one to the nearest of the other.

    Both ways are taken and averaged (the Chamfer distance), along lines resampled to even steps.
    """
    a, b = _dense(one), _dense(other)
    return _between(a, b)


def even_walk(
    sampler: Sampler,
    ends: Sequence[Endpoint],
    steps: int,
    order: Order,
    kind: Kind = "slerp",
    *,
    loop: bool = False,
    on_step: OnStep = lambda _done, _total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> tuple[list[Order], Evenness | None]:
    """Orders as those of Sampler.interpolate, with z moved along the same way.

    They are those very orders, without an evenness, where it was stopped before or nothing changes on the way.

    Args:
        on_step: gets how many places were looked at, of how many.
    """
    plain = sampler.interpolate(ends, steps, order, kind, loop=loop)
    stops = [sampler.latent(end) for end in ends]
    if all((stop == stops[0]).all() for stop in stops):
        return plain, None
    way = Way(stops, kind, loop=loop)
    seen: dict[float, NDArray[np.float64]] = {}
    total = min(LOOKS * steps, max(MOST_LOOKS, 2 * steps))
    wanted = [float(each) for each in np.linspace(0.0, 1.0, (2 if total >= 2 * steps else 1) * (steps - 1 + loop) + 1)]
    round_ = 0
    while wanted:
        # the end of a loop is its beginning
        orders = [replace(order, z=way.at(0.0 if loop and place == 1.0 else place)) for place in wanted]
        part = _part(on_step, len(seen), len(wanted), total)
        found = sampler.make(orders, on_step=part, should_stop=should_stop)
        if len(found) < len(wanted):
            return plain, None
        seen.update(zip(wanted, (_dense(each.drawing) for each in found), strict=True))
        round_ += 1
        wanted = _more(seen, (total - len(seen)) // max(1, ROUNDS - round_ + 1)) if round_ <= ROUNDS else []
    places = np.array(sorted(seen))
    lines = [seen[float(each)] for each in places]
    frames = _evenest(lines, steps + loop)
    evenly = [int(np.abs(places - place).argmin()) for place in np.linspace(0.0, 1.0, steps + loop)]
    before, after = _ratio(lines, evenly), _ratio(lines, frames)
    if before is None or after is None:
        return plain, None
    evenness = Evenness(before, after)
    if evenness.after >= evenness.before:
        frames, evenness = evenly, Evenness(evenness.before, evenness.before)
    timed: list[Order] = []
    for each, index in zip(plain, frames, strict=False):
        assert each.recipe is not None
        at = float(places[index])
        settings = {**each.recipe.settings, "even": True}
        timed.append(
            replace(each, z=way.at(at), recipe=each.recipe.model_copy(update={"at": at, "settings": settings}))
        )
    return timed, evenness


def _part(on_step: OnStep, seen: int, count: int, total: int) -> OnStep:
    """Progress of the drawing of so many places, after others, as progress of all of them."""
    return lambda done, of: on_step(min(seen + count * done // max(of, 1), total), total)


def _more(seen: dict[float, NDArray[np.float64]], count: int) -> list[float]:
    """The middles of those intervals in which most changes."""
    places = sorted(seen)
    changes = [
        (_between(seen[a], seen[b]), (a + b) / 2)
        for a, b in itertools.pairwise(places)
        if b - a > 1e-6
    ]  # fmt: skip
    changes = [each for each in changes if each[0] > 0]
    return [middle for _, middle in sorted(changes, reverse=True)[: max(0, count)]]


def _evenest(lines: list[NDArray[np.float64]], count: int) -> list[int]:
    """Indices of so many lines, first and last among them, between which the largest change is smallest.

    Among the ways with that largest change, the one whose changes come nearest to it is taken.
    """
    n = len(lines)
    reach = max(2, 4 * n // (count - 1))
    far = np.full((n, n), np.inf)
    for a in range(n):
        for b in range(a + 1, min(n, a + reach + 1)):
            far[a, b] = _between(lines[a], lines[b])
    limit = _chain(far, count, np.maximum)[0]
    return _chain(np.where(far <= limit * (1 + 1e-9), (limit - far) ** 2, np.inf), count, np.add)[1]


def _chain(cost: NDArray[np.float64], count: int, joined: np.ufunc) -> tuple[float, list[int]]:
    """The best chain of so many from the first to the last: its cost, and what it is made of."""
    n = len(cost)
    best = np.full(n, np.inf)
    best[0] = 0.0
    came: list[NDArray[np.intp]] = []
    for _ in range(count - 1):
        every = joined(best[:, None], cost)  # (from, to)
        came.append(every.argmin(axis=0))
        best = every.min(axis=0)
    chain = [n - 1]
    for back in reversed(came):
        chain.append(int(back[chain[-1]]))
    return float(best[-1]), chain[::-1]


def _ratio(lines: list[NDArray[np.float64]], frames: list[int]) -> float | None:
    """The largest change between two frames over the mean one; None where nothing changes."""
    changes = [_between(lines[a], lines[b]) for a, b in itertools.pairwise(frames)]
    mean = float(np.mean(changes))
    return max(changes) / mean if mean > 0 else None


def _dense(drawing: Drawing) -> NDArray[np.float64]:
    """Points along all lines, (n, 2); of an empty drawing the origin alone."""
    if not drawing.lines:
        return np.zeros((1, 2))
    step = max(drawing.diagonal / FINE, 1e-9)
    return np.concatenate([resample(line, step) for line in drawing.lines])


def _between(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    away = np.hypot(a[:, None, 0] - b[None, :, 0], a[:, None, 1] - b[None, :, 1])
    return float(away.min(axis=1).mean() + away.min(axis=0).mean()) / 2
