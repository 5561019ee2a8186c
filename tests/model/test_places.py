"""Where the pen is: on the page, and as seen from where its stroke began."""

from __future__ import annotations

import networks
import numpy as np
import pytest
import torch

from model.places import PAGE, first_places, places_after

LIFTED = [0, 0, 1, 0, 1, 1, 0, 0]


def drawn() -> torch.Tensor:
    """Stroke-5 of one drawing with its start token, (9, 1, 5)."""
    rng = np.random.default_rng(4)
    inputs = np.zeros((9, 1, 5))
    inputs[0, 0, 2] = 1
    inputs[1:, 0, :2] = rng.normal(0, 1, (8, 2))
    inputs[1:, 0, 2], inputs[1:, 0, 3] = 1 - np.array(LIFTED), LIFTED
    return torch.from_numpy(inputs)


def test_places_are_those_of_the_page_and_of_the_stroke() -> None:
    inputs = drawn()
    found, _ = places_after(inputs, first_places(inputs, 1))
    pen, begin = np.zeros(2), np.zeros(2)
    for row, told in zip(inputs[:, 0].numpy(), found[:, 0].numpy(), strict=True):
        pen = pen + row[:2]
        if row[3]:
            begin = pen  # from here it flies to the next stroke, and sees that from here
        assert told == pytest.approx(np.concatenate([pen, pen - begin]) / PAGE)


@pytest.mark.parametrize("cut", [1, 4, 7])
def test_going_on_sees_what_going_through_sees(cut: int) -> None:
    inputs = drawn()
    whole, last = places_after(inputs, first_places(inputs, 1))
    one, between = places_after(inputs[:cut], first_places(inputs, 1))
    two, end = places_after(inputs[cut:], between)
    assert torch.allclose(torch.cat([one, two]), whole)
    assert torch.allclose(end, last)


def test_a_recurrent_network_is_told_of_them_step_by_step() -> None:
    net = networks.small_net("decoder", places=True).double()
    inputs = networks.some_batch([14, 9]).inputs.double()
    whole, _ = net.decode(inputs, None)
    state, found = net.start(None, 2), []
    for row in inputs:
        raw, state = net.decode(row[None], None, state)
        found.append(raw)
    assert torch.allclose(torch.cat(found), whole, atol=1e-10)
    elsewhere = inputs.clone()
    elsewhere[0, :, 0] = 5.0
    assert not torch.allclose(net.decode(elsewhere, None)[0][-1], whole[-1], atol=1e-3)
