"""What is asked of a network for drawings around others: which seeds, which z, and what the recipes say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import networks
import numpy as np
import pytest

from drawing.drawing import Drawing
from drawing.recipe import Endpoint, Recipe
from model.complete import Beginning
from model.errors import ModelError
from model.noise import DIRECTION, prior
from model.orders import MOST, again, arithmetic, complete, growth, mean, vary
from model.sample import Order, Sampler

HOOK = Drawing.of([[(0.0, 0.0), (6.0, 1.0), (9.0, 5.0), (8.0, 10.0)]])  # 10 units high
SIZE = 20.0


@pytest.fixture(scope="module")
def sampler() -> Sampler:
    return Sampler(networks.checkpoint_of(networks.small_net(), data={"size": SIZE}, n_max=40))


def z_of(order: Order) -> list[float]:
    assert order.z is not None
    return order.z.tolist()


def told(order: Order) -> Recipe:
    assert order.recipe is not None
    return order.recipe


def test_again_is_one_z_and_seeds_that_follow(sampler: Sampler) -> None:
    orders = again(sampler, Endpoint(seed=3), 3, Order(8, 0.4))
    assert [(each.seed, each.temperature, z_of(each)) for each in orders] == [
        (seed, 0.4, prior(3, 3).tolist()) for seed in (8, 9, 10)
    ]
    assert {told(each).kind for each in orders} == {"reconstruct"}


def test_variations_have_one_hand_and_ways_that_follow(sampler: Sampler) -> None:
    z = [0.5, -1.0, 2.0]
    for direction, first in ((None, 8), (30, 30)):
        orders = vary(sampler, Endpoint(z=z), 3, 0.6, Order(8), direction)
        assert [each.seed for each in orders] == [8, 8, 8]
        for index, each in enumerate(orders):
            np.testing.assert_allclose(z_of(each), 0.8 * np.array(z) + 0.6 * prior(first + index, 3, DIRECTION))
            assert told(each).settings == {"spread": 0.6, "direction": first + index}


def test_a_sum_is_what_makes_c_of_b_done_to_a(sampler: Sampler) -> None:
    ends = [Endpoint(z=[1.0, 2.0, 3.0]), Endpoint(z=[0.5, 0.5, 0.5]), Endpoint(z=[0.0, 4.0, -1.0])]
    orders = arithmetic(sampler, ends, 2, Order(5))
    assert [(each.seed, z_of(each)) for each in orders] == [(seed, [0.5, 5.5, 1.5]) for seed in (5, 6)]
    assert told(orders[0]).endpoints == tuple(ends)
    assert told(orders[0]).settings == {}  # the same recipe as before there were strengths
    twice, none, against = (arithmetic(sampler, ends, 1, Order(5), each)[0] for each in (2.0, 0.0, -1.0))
    assert [z_of(each) for each in (twice, none, against)] == [[0.0, 9.0, 0.0], [1.0, 2.0, 3.0], [1.5, -1.5, 4.5]]
    assert told(twice).settings == {"strength": 2.0}


def test_a_completion_takes_its_z_from_the_beginning_from_the_prior_or_as_told(sampler: Sampler) -> None:
    beginning = Beginning.of(HOOK, 3, factor=0.5)  # small, and no reason to make it larger once more
    known = sampler.encode(Drawing.of([[(0.0, 0.0), (3.0, 0.5), (4.5, 2.5)]]), fit=False)
    own = complete(sampler, beginning, 2, Order(4))
    chance = complete(sampler, beginning, 2, Order(4), z_of="prior")
    given = complete(sampler, beginning, 2, Order(4), np.ones(3))
    assert [each.seed for each in own] == [4, 5]
    np.testing.assert_allclose([z_of(each) for each in own], [known, known])
    assert [each.z for each in chance] == [None, None]  # then each seed has its own
    assert [z_of(each) for each in given] == [[1.0] * 3] * 2
    assert all(each.beginning is beginning and told(each).settings == {"factor": 0.5} for each in own)


def test_the_middle_of_a_set_leaves_out_what_has_no_line(sampler: Sampler) -> None:
    other, dot = HOOK.scale(1.3), Drawing.of([[(4.0, 4.0)]])
    found = mean(sampler, [HOOK, dot, other], "some.npz#train")
    assert found.z is not None
    np.testing.assert_allclose(found.z, (sampler.encode(HOOK) + sampler.encode(other)) / 2)
    assert found.drawing == "some.npz#train"
    with pytest.raises(ModelError, match="some has no drawing with a line"):
        mean(sampler, [dot], "some")


@pytest.mark.parametrize(
    ("scale", "options", "factor"),
    [
        (1.0, {}, 1.0),  # half as long as what was learnt: it may become as large by what follows
        (4.0, {}, 0.5),  # longer than a whole drawing
        (0.2, {}, 5.0),  # below an eighth: half of one
        (0.2, {"own": True}, 1.0),
        (0.2, {"first": 3}, 10.0),  # the first part of a small drawing grows with it
        (1.2, {"first": 3}, 1.0),
        (0.2, {"first": 4}, 5.0),  # all of it is no part
        (1.0, {"size": 50.0}, 0.4),
    ],
)
def test_a_beginning_grows_to_what_was_learnt(
    sampler: Sampler, scale: float, options: dict[str, Any], factor: float
) -> None:
    assert growth(sampler, HOOK.scale(scale), **options) == pytest.approx(factor)


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda net: again(net, Endpoint(seed=1), 0, Order(1)), "1 to 100,000 drawings"),
        (lambda net: vary(net, Endpoint(seed=1), MOST + 1, 0.5, Order(1)), "1 to 100,000 drawings"),
        (lambda net: arithmetic(net, [Endpoint(seed=1)] * 2, 1, Order(1)), "three drawings, not 2"),
        (lambda net: arithmetic(net, [Endpoint(seed=1)] * 3, 1, Order(1), 11.0), "between -10 and 10, not at 11"),
        (lambda net: complete(net, Beginning.of(HOOK), 1, Order(1, max_points=3)), "leaves nothing to draw"),
        (lambda net: complete(net, Beginning.of(HOOK), 1, Order(1), z_of="afar"), "not from 'afar'"),  # type: ignore[arg-type]
        (lambda net: growth(net, HOOK, size=0.0), "a size above 0, not 0"),
    ],
)
def test_what_can_not_be_drawn_is_refused(sampler: Sampler, ask: Callable[[Sampler], object], words: str) -> None:
    with pytest.raises(ModelError, match=words):
        ask(sampler)
