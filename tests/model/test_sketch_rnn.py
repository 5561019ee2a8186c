"""The network beside plain numpy, and that padding and company never matter."""

from __future__ import annotations

from dataclasses import replace

import networks
import numpy as np
import pytest
import torch

from model.cells import LSTM
from model.data import to_batch
from model.losses import Batch, Sums, sums
from model.settings import NetSettings
from model.sketch_rnn import SketchRNN

LENGTHS = [50, 1, 17, 3]


def padded(batch: Batch, more: int) -> Batch:
    """The same drawings with so many more steps of padding."""
    end = torch.zeros(more, len(batch.lengths), 5)
    end[..., 4] = 1.0
    return replace(
        batch,
        inputs=torch.cat([batch.inputs, end]),
        offsets=torch.cat([batch.offsets, end[..., :2]]),
        pen=torch.cat([batch.pen, torch.full((more, len(batch.lengths)), 2)]),
    )


def noise_for(net: SketchRNN, count: int) -> torch.Tensor | None:
    if not net.conditional:
        return None
    return torch.randn(count, net.settings.latent, generator=torch.Generator().manual_seed(5))


def gradients(net: SketchRNN, batch: Batch) -> tuple[Sums, dict[str, torch.Tensor]]:
    net.zero_grad()
    found = sums(net, batch, noise_for(net, len(batch.lengths)))
    (found.offsets + found.pen + found.kl).sum().backward()
    return found, {name: each.grad.clone() for name, each in net.named_parameters() if each.grad is not None}


@pytest.mark.parametrize("cell", ["lstm", "layer_norm"])
def test_the_encoder_is_numpys_for_drawings_of_any_length_side_by_side(cell: str) -> None:
    net = networks.small_net(encoder_cell=cell)
    batch = networks.some_batch(LENGTHS)
    with torch.no_grad():
        mu, logvar = net.encode(batch.points, batch.lengths)
    weights = networks.weights_of(net)
    for column, length in enumerate(LENGTHS):
        expected = networks.encoded(weights, batch.points[:length, column].double().numpy())
        np.testing.assert_allclose(mu[column], expected[0], atol=1e-5)
        np.testing.assert_allclose(logvar[column], expected[1], atol=1e-5)


def test_the_encoder_sees_neither_start_nor_padding() -> None:
    """Its backward run begins at the last point: whatever stands beyond it changes nothing."""
    net = networks.small_net()
    batch = networks.some_batch(LENGTHS)
    spoilt = batch.points.clone()
    for column, length in enumerate(LENGTHS):
        spoilt[length:, column] = 1e6
    with torch.no_grad():
        clean, dirty = net.encode(batch.points, batch.lengths), net.encode(spoilt, batch.lengths)
        other = batch.points.clone()
        other[49, 0, 0] += 1.0  # the last point of the longest
        changed = net.encode(other, batch.lengths)
    assert torch.equal(clean[0], dirty[0])
    assert torch.equal(clean[1], dirty[1])
    assert not torch.equal(clean[0][0], changed[0][0])
    assert torch.equal(clean[0][1:], changed[0][1:])


@pytest.mark.parametrize("cell", ["lstm", "layer_norm", "hyper"])
@pytest.mark.parametrize("kind", ["conditional", "decoder"])
def test_the_decoder_is_numpys_over_fifty_steps(kind: str, cell: str) -> None:
    net = networks.small_net(kind, cell=cell, hyper=6, hyper_embedding=2)
    batch = networks.some_batch(LENGTHS)
    z = noise_for(net, len(LENGTHS))
    with torch.no_grad():
        raw, state = net.decode(batch.inputs, z)
        ahead, middle = net.decode(batch.inputs[:20], z)
        rest, _ = net.decode(batch.inputs[20:], z, middle)
    weights = networks.weights_of(net)
    for column, length in enumerate(LENGTHS):
        one = None if z is None else z[column].double().numpy()
        expected = networks.decoded(weights, batch.inputs[: length + 1, column].double().numpy(), one)
        np.testing.assert_allclose(raw[: length + 1, column], expected, atol=1e-5)
    np.testing.assert_allclose(torch.cat([ahead, rest]), raw, atol=1e-6)  # going on is the same as going through
    assert state[0].shape == (1, len(LENGTHS), net.settings.decoder)


def test_the_first_state_is_tanh_of_a_map_of_z() -> None:
    net = networks.small_net()
    z = torch.tensor([[0.5, -2.0, 1.0]])
    with torch.no_grad():
        hidden, cell = net.start(z, 1)
    expected = networks.started(networks.weights_of(net), z[0].double().numpy())
    np.testing.assert_allclose(hidden[0, 0], expected[0], atol=1e-6)
    np.testing.assert_allclose(cell[0, 0], expected[1], atol=1e-6)
    alone = networks.small_net("decoder")
    assert not alone.start(None, 2)[0].any()
    assert not any(name.startswith(("encoder", "initial")) for name in alone.state_dict())


@pytest.mark.parametrize("kind", ["conditional", "decoder"])
@pytest.mark.parametrize("cell", ["lstm", "layer_norm"])
def test_more_padding_changes_neither_sums_nor_gradients(kind: str, cell: str) -> None:
    net = networks.small_net(kind, cell=cell, encoder_cell=cell)
    batch = networks.some_batch(LENGTHS)
    found, slopes = gradients(net, batch)
    again, same_slopes = gradients(net, padded(batch, 37))
    for name in ("offsets", "pen", "kl", "points"):
        np.testing.assert_allclose(
            getattr(again, name).detach(), getattr(found, name).detach(), rtol=1e-6, atol=1e-6, err_msg=name
        )
    assert set(same_slopes) == set(slopes) == {name for name, _ in net.named_parameters()}
    for name, slope in slopes.items():
        np.testing.assert_allclose(
            same_slopes[name], slope, rtol=1e-4, atol=1e-4 * float(slope.abs().max()), err_msg=name
        )


@pytest.mark.parametrize("kind", ["conditional", "decoder"])
def test_a_drawing_alone_is_as_likely_as_among_others(kind: str) -> None:
    net = networks.small_net(kind)
    drawings = networks.some_rows(LENGTHS)
    noise = noise_for(net, len(LENGTHS))
    with torch.no_grad():
        together = sums(net, to_batch(drawings, 3.0), noise)
        for index, rows in enumerate(drawings):
            alone = sums(net, to_batch([rows], 3.0), None if noise is None else noise[index : index + 1])
            for name in ("offsets", "pen", "kl"):
                np.testing.assert_allclose(
                    getattr(alone, name)[0], getattr(together, name)[index], rtol=1e-5, atol=1e-6
                )


def test_dropout_acts_in_training_only() -> None:
    net = networks.small_net("decoder", dropout=0.5)
    inputs = networks.some_batch([5]).inputs
    with torch.no_grad():
        assert torch.equal(net.decode(inputs, None)[0], net.decode(inputs, None)[0])
        net.train()
        assert not torch.equal(net.decode(inputs, None)[0], net.decode(inputs, None)[0])


def test_it_begins_as_the_paper_says() -> None:
    net = SketchRNN(NetSettings(encoder=16, decoder=24, latent=4))
    assert isinstance(net.decoder, LSTM)
    for gate in net.decoder.weight_hh_l0.detach().chunk(4):
        np.testing.assert_allclose(gate @ gate.T, np.eye(24), atol=1e-5)
    bias = (net.decoder.bias_ih_l0 + net.decoder.bias_hh_l0).detach()
    assert bias[24:48].eq(1.0).all()  # the forget gate
    assert bias.sum() == 24
    assert float(net.initial.weight.detach().std()) == pytest.approx(0.001, rel=0.2)
