"""The hand that draws, by itself: beginnings that it goes on from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import networks
import numpy as np

from model.hand import Ask, Drawn, Hand


def drawn_by(asks: Sequence[Ask]) -> list[Drawn]:
    found: dict[int, Drawn] = {}
    Hand(networks.lively_net().double()).draw(asks, found.__setitem__, lambda _done, _total: None, lambda: False)
    return [found[index] for index in range(len(asks))]


def test_a_beginning_is_kept_point_for_point_and_drawn_on_from() -> None:
    asks = [Ask(seed, 0.6, 0.6, 25, np.array([0.5, -1.0, 0.2])) for seed in range(12)]
    whole = drawn_by(asks)
    assert max(len(each.rows) for each in whole) == 25
    # a beginning that the seed would have drawn itself changes nothing
    own = [replace(ask, beginning=each.rows[: len(each.rows) // 2]) for ask, each in zip(asks, whole, strict=True)]
    for one, other in zip(drawn_by(own), whole, strict=True):
        assert np.array_equal(one.rows, other.rows)
        assert one.finished == other.finished
    line = np.array([[0.123, -0.7, 0], [1.01, 0.3, 1], [0.2, 0.2, 0]])
    mixed = drawn_by([replace(ask, beginning=line if ask.seed % 2 else None) for ask in asks])
    for ask, each, other in zip(asks, mixed, whole, strict=True):
        if ask.seed % 2:
            assert np.array_equal(each.rows[:3], line)
            alone = drawn_by([replace(ask, beginning=line)])[0]
            assert np.array_equal(each.rows, alone.rows)
        else:
            assert np.array_equal(each.rows, other.rows)
    assert len({len(each.rows) for each in mixed[1::2]}) > 1
