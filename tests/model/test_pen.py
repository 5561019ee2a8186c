"""The pen: the short way of a step ends where the long way does."""

from __future__ import annotations

import networks
import pytest
import torch

from model.pen import LSTMPen, Pen, pen_of


@torch.no_grad()
@pytest.mark.parametrize("kind", ["conditional", "decoder"])
@pytest.mark.parametrize("shape", [{}, {"places": True}, {"squash_latent": True}])
def test_a_plain_lstm_steps_as_it_decodes(kind: str, shape: dict[str, bool]) -> None:
    net = networks.small_net(kind, decoder=16, **shape).double()
    z = (
        torch.randn(6, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
        if kind != "decoder"
        else None
    )
    pens: list[Pen] = [pen_of(net).at_start(z, 6), Pen(net).at_start(z, 6)]
    assert isinstance(pens[0], LSTMPen)
    generator = torch.Generator().manual_seed(2)
    left = 6
    for step in range(20):
        offset = torch.randn(left, 2, dtype=torch.float64, generator=generator)
        inputs = torch.cat([offset, torch.eye(3, dtype=torch.float64)[torch.arange(left) * step % 3]], dim=1)
        one, other = (pen.step(inputs) for pen in pens)
        assert (one - other).abs().max() < 1e-13
        if step % 7 == 6:
            for pen in pens:
                pen.keep(torch.arange(0, left, 2))
            left = (left + 1) // 2
    assert left == 2


@torch.no_grad()
def test_a_batch_leaves_the_pen_it_was_made_from_alone() -> None:
    net = networks.small_net("decoder").double()
    pen, inputs = pen_of(net), torch.zeros(2, 5, dtype=torch.float64)
    first = pen.at_start(None, 2)
    once, twice = first.step(inputs), first.step(inputs)
    assert not torch.equal(once, twice)
    assert torch.equal(pen.at_start(None, 2).step(inputs), once)
