"""The transformer: what a step may see, and that drawing step by step is reading the whole."""

from __future__ import annotations

from pathlib import Path

import networks
import numpy as np
import pytest
import torch

from model.errors import ModelError
from model.losses import sums
from model.networks import build
from model.sample import Sampler
from model.settings import NetSettings
from model.transformer import PREFIX, ROOM, Transformer

SHAPE = {"body": "transformer", "decoder": 16, "layers": 2, "heads": 2, "latent": 3, "encoder": 5, "mixtures": 3}


def lively(kind: str = "conditional", seed: int = 0, **shape: object) -> Transformer:
    """Weights large enough that every input matters, and a pen that lifts and ends now and then."""
    net = build(NetSettings.model_validate({"kind": kind, **SHAPE, **shape})).eval()
    assert isinstance(net, Transformer)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in net.parameters():
            weight.copy_(torch.randn(weight.shape, generator=generator) * 0.3)
        net.output.bias[:3] = torch.tensor([2.0, 0.8, -0.5])
        net.output.bias[3 + 9 : 3 + 15] = -1.0
    return net


def z_for(net: Transformer, count: int) -> torch.Tensor | None:
    return torch.randn(count, 3, generator=torch.Generator().manual_seed(9)) if net.conditional else None


@pytest.mark.parametrize("places", [False, True])
@pytest.mark.parametrize("kind", ["conditional", "decoder"])
def test_step_by_step_it_says_what_it_says_of_the_whole(kind: str, places: bool) -> None:
    net = lively(kind, places=places).double()
    inputs = networks.some_batch([ROOM + 9, 30]).inputs.double()
    z = z_for(net, 2)
    z = None if z is None else z.double()
    whole, nothing = net.decode(inputs, z)
    assert whole.requires_grad
    assert nothing == ()
    with torch.no_grad():
        state, found = net.start(z, 2), []
        for part in (inputs[:3], *inputs[3:7, None], inputs[7 : ROOM + 1], inputs[ROOM + 1 :]):
            raw, state = net.decode(part, z, state)
            found.append(raw)
        assert torch.allclose(torch.cat(found), whole, atol=1e-12)
        assert torch.allclose(net.decode(inputs, z)[0], whole, atol=1e-12)  # remembering, in one go


def test_a_step_sees_nothing_of_what_follows() -> None:
    net = lively("decoder", places=True)
    inputs = networks.some_batch([12]).inputs
    other = inputs.clone()
    other[6:] = networks.some_batch([12], seed=5).inputs[6:]
    one, two = net.decode(inputs, None)[0], net.decode(other, None)[0]
    assert torch.allclose(one[:6], two[:6], atol=1e-6)
    assert not torch.allclose(one[6:], two[6:], atol=1e-2)


def test_a_step_sees_how_long_ago_something_was() -> None:
    net = lively("decoder", layers=1)  # with more, a step between the two would tell
    inputs = networks.some_batch([12]).inputs
    turned = inputs.clone()
    turned[[2, 5]] = inputs[[5, 2]]
    one, two = net.decode(inputs, None)[0], net.decode(turned, None)[0]
    assert not torch.allclose(one[8:], two[8:], atol=1e-3)


def test_z_is_heard_at_every_step() -> None:
    net = lively()
    inputs = networks.some_batch([20, 20]).inputs
    one, two = (net.decode(inputs, torch.full((2, 3), value))[0] for value in (-1.0, 1.0))
    assert ((one - two).abs().amax(dim=-1) > 1e-3).all()


def test_drawings_that_go_on_are_told_apart_from_those_that_ended() -> None:
    net = lively(places=True)
    inputs, z = networks.some_batch([9, 9, 9]).inputs, z_for(net, 3)
    assert z is not None
    columns = torch.tensor([2, 0])
    with torch.no_grad():
        whole = net.decode(inputs, z)[0]
        _, state = net.decode(inputs[:4], z)
        rest, _ = net.decode(inputs[4:, columns], z[columns], net.keep(state, columns))
    assert torch.allclose(rest, whole[4:, columns], atol=1e-5)


def test_what_was_kept_is_not_written_on() -> None:
    net = lively("decoder")
    inputs = networks.some_batch([9]).inputs
    with torch.no_grad():
        _, state = net.decode(inputs[:4], None)
        branch = net.keep(state, torch.tensor([0]))
        one, _ = net.decode(inputs[4:], None, state)
        two, _ = net.decode(inputs[4:], None, branch)
    assert torch.equal(one, two)


def test_every_weight_learns() -> None:
    net = lively().train()
    found = sums(net, networks.some_batch([12, 9]), torch.randn(2, 3, generator=torch.Generator().manual_seed(1)))
    (found.offsets + found.pen + found.kl).sum().backward()
    silent = [name for name, each in net.named_parameters() if each.grad is None or not each.grad.any()]
    assert silent == []


@pytest.mark.parametrize("kind", ["conditional", "decoder"])
def test_a_seed_draws_the_same_alone_and_among_others(tmp_path: Path, kind: str) -> None:
    sampler = Sampler(networks.saved(tmp_path / "a.safetensors", lively(kind, places=True)))
    many = sampler.draw(range(1, 12), 0.6)
    assert len({each.drawing.points for each in many}) > 3
    for seed in (1, 4, 11):
        (alone,) = sampler.draw([seed], 0.6)
        for one, other in zip(alone.drawing.lines, many[seed - 1].drawing.lines, strict=True):
            assert np.array_equal(one, other)


def test_a_width_that_the_heads_cannot_share_is_refused() -> None:
    with pytest.raises(ModelError, match=r"18 is not of 4"):
        build(NetSettings.model_validate({**SHAPE, "decoder": 18, "heads": 4}))


def test_its_start_is_z_alone() -> None:
    net = lively()
    memory, filled, where = net.start(z_for(net, 2), 2)
    assert int(filled) == PREFIX
    assert memory.shape[2] == 2
    assert not where.any()
