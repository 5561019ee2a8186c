"""Lines that are told while they are drawn."""

from __future__ import annotations

import networks
import numpy as np

from drawing.stroke import to_moves
from model.growth import EVERY_S, Growth, Pieces
from model.hand import GRID, STRIDE, Grown
from model.sample import Order, Sampler

ORDERS = [Order(seed, 0.8) for seed in range(30)]


def test_what_is_told_on_the_way_is_how_the_drawing_begins_and_changes_nothing() -> None:
    sampler = Sampler(networks.checkpoint_of(networks.lively_net(), scale=2.0), threads=2)
    told: dict[int, list[int]] = {}

    def take(grown: Grown) -> None:
        for place, steps in zip(grown.places, grown.steps, strict=True):
            told.setdefault(place, []).extend(steps)

    watched = sampler.make(ORDERS, on_grown=take)
    assert [each.drawing for each in watched] == [each.drawing for each in sampler.make(ORDERS)]
    assert len(told) > 10  # those of a few points come whole
    for place, steps in told.items():
        drawn = to_moves(watched[place].drawing) / (2.0, 2.0, 1.0)
        grown = np.reshape(steps, (-1, 3)) / (GRID, GRID, 1.0)
        assert len(grown) % STRIDE == 0
        assert len(grown) <= len(drawn)
        np.testing.assert_allclose(grown[:, :2], drawn[: len(grown), :2], atol=1e-9)
        assert (grown[:-1, 2] == drawn[: len(grown) - 1, 2]).all()


def test_pieces_come_together_now_and_then_and_none_of_a_line_that_is_done() -> None:
    now, told = [0.0], list[Pieces]()
    growth = Growth(told.append, of=2, clock=lambda: now[0])
    growth.take(Grown([0, 1, 4], [[1, 1, 0], [9, 9, 0], [2, 2, 1]]))
    growth.take(Grown([0], [[3, 3, 0]]))
    assert told == []  # too soon
    now[0] = EVERY_S
    growth.take(Grown([5], [[9, 9, 0]]))  # of two for each place the first is shown
    assert told == [[(0, [1, 1, 0, 3, 3, 0]), (2, [2, 2, 1])]]
    growth.take(Grown([0, 4], [[5, 5, 0], [6, 6, 0]]))
    growth.over(0)
    now[0] = 2 * EVERY_S
    growth.take(Grown([0], [[7, 7, 0]]))
    assert told[1:] == [[(2, [6, 6, 0])]]
