"""Walks re-timed: with a network whose drawings change slowly at first and fast at the end."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from drawing.drawing import Drawing
from drawing.recipe import Endpoint
from model.even import Evenness, change, even_walk
from model.sample import Order, Sampler

STEPS = 5


def height(z: float) -> float:
    return 100.0 * z**3


def level(y: float) -> Drawing:
    return Drawing.of([[(0.0, y), (10.0, y)]])


class Bent:
    """Stands for a Sampler: a level line as high as z says, so that two differ by their heights."""

    def __init__(self, height: Callable[[float], float] = height) -> None:
        self.height = height
        self.looked: list[float] = []

    def latent(self, end: Endpoint) -> np.ndarray[Any, np.dtype[np.float64]]:
        return np.array(end.z)

    def interpolate(self, *given: Any, **options: Any) -> list[Order]:
        return Sampler.interpolate(cast(Sampler, self), *given, **options)

    def make(
        self, orders: Sequence[Order], on_step: Callable[[int, int], object], should_stop: Callable[[], bool]
    ) -> list[SimpleNamespace]:
        if should_stop():
            return []
        places = [_z(order) for order in orders]
        self.looked += places
        for done in range(len(orders)):
            on_step(done + 1, len(orders))
        return [SimpleNamespace(drawing=level(self.height(place))) for place in places]


def _z(order: Order) -> float:
    assert order.z is not None
    return float(order.z[0])


def walk(sampler: Bent, **options: Any) -> tuple[list[Order], Evenness | None]:
    ends = [Endpoint(z=[0.0]), Endpoint(z=[1.0])]
    return even_walk(cast(Sampler, sampler), ends, STEPS, Order(3), "lerp", **options)


def gaps(sampler: Bent, places: Sequence[float]) -> list[float]:
    return [abs(sampler.height(b) - sampler.height(a)) for a, b in itertools.pairwise(places)]


def test_frames_lie_where_the_drawings_change_by_as_much() -> None:
    sampler = Bent()
    told: list[tuple[int, int]] = []
    orders, evenness = walk(sampler, on_step=lambda done, total: told.append((done, total)))
    places = [_z(order) for order in orders]
    found = gaps(sampler, places)
    assert evenness is not None
    assert evenness.before == pytest.approx((1 - 0.75**3) * 4)  # the last quarter of the way, in mean changes
    assert evenness.after == pytest.approx(max(found) / 25.0)
    assert evenness.after < 1.2
    assert (places[0], places[-1]) == (0.0, 1.0)
    # of all that was looked at, no other choice has a smaller largest change
    best = min(max(gaps(sampler, (0.0, *some, 1.0))) for some in itertools.combinations(sorted(set(sampler.looked)), 3))
    assert max(found) == pytest.approx(best)
    assert len(sampler.looked) <= 8 * STEPS
    assert told == sorted(told)
    assert all(done <= total for done, total in told)


def test_each_frame_tells_where_on_the_way_it_is_and_that_it_was_timed() -> None:
    orders, _ = walk(Bent())
    for index, order in enumerate(orders):
        assert order.recipe is not None
        assert (order.seed, order.recipe.kind, order.recipe.index) == (3, "interpolate", index)
        assert order.recipe.at == _z(order)  # of a line from 0 to 1 they are one
        assert order.recipe.settings == {"steps": STEPS, "loop": False, "even": True}


def test_the_step_that_closes_a_loop_is_as_large_as_the_others() -> None:
    sampler = Bent(lambda z: height(min(z, 1.0)))
    orders, evenness = walk(sampler, loop=True)
    assert evenness is not None
    assert len(orders) == STEPS
    places = [_z(order) for order in orders]
    assert places[0] == 0.0
    found = gaps(sampler, [*places, places[0]])
    assert evenness.after == pytest.approx(max(found) / np.mean(found))
    assert evenness.after < evenness.before


def test_where_nothing_is_to_gain_or_it_is_stopped_the_plain_walk_is_kept() -> None:
    even = [0.0, 0.25, 0.5, 0.75, 1.0]
    orders, evenness = walk(Bent(lambda z: 100 * z))
    assert [_z(order) for order in orders] == pytest.approx(even)
    assert evenness is not None
    assert (evenness.before, evenness.after) == (pytest.approx(1.0), pytest.approx(1.0))
    for sampler, stopped in ((Bent(), True), (Bent(lambda _: 5.0), False)):
        orders, evenness = walk(sampler, should_stop=lambda stopped=stopped: stopped)
        assert [_z(order) for order in orders] == pytest.approx(even)
        assert evenness is None


def test_a_change_is_how_far_two_drawings_lie_apart() -> None:
    assert change(level(0.0), level(0.0)) == 0.0
    assert change(level(0.0), level(3.0)) == pytest.approx(3.0)
    long = Drawing.of([[(0.0, 0.0), (30.0, 0.0)]])
    assert change(level(0.0), long) == change(long, level(0.0)) > 1.0
    assert change(Drawing.of([]), Drawing.of([])) == 0.0
