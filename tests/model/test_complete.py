"""Beginnings are kept, and drawn on from as the network itself would."""

from __future__ import annotations

import networks
import numpy as np
import pytest

from model.complete import Beginning
from model.sample import Order, Sampler


@pytest.mark.parametrize("first_dropped", [False, True])
def test_the_first_part_of_its_own_drawing_becomes_that_drawing_again(first_dropped: bool) -> None:
    net = networks.lively_net(end=-1.0)
    sampler = Sampler(networks.checkpoint_of(net, first_dropped=first_dropped))
    z = np.array([0.5, -1.0, 0.2])
    whole = next(
        each
        for each in sampler.make([Order(seed, 0.5, z=z) for seed in range(1, 30)])
        if each.finished and each.drawing.points > 12
    )
    for first in (2, 5, whole.drawing.points - 1):
        order = Order(whole.seed, 0.5, z=z, beginning=Beginning.of(whole.drawing, first))
        again = sampler.make([order])[0]
        assert [line.round(9).tolist() for line in again.drawing.lines] == [
            line.round(9).tolist() for line in whole.drawing.lines
        ]


def test_points_of_a_beginning_stay_where_they_are_on_the_page() -> None:
    sampler = Sampler(networks.checkpoint_of(networks.lively_net("decoder", end=-1.0)))
    own = sampler.draw([3], 0.5)[0].drawing.translate(70.0, -20.0)
    begun = Beginning.of(own, 4)
    found = sampler.make([Order(9, 0.5, beginning=begun)])[0].drawing
    assert np.array_equal(np.concatenate(found.lines)[:4], np.concatenate(own.lines)[:4])
    assert found.points > 4
