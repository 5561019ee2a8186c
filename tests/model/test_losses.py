"""What is counted, and what a batch costs, against values worked out by hand."""

from __future__ import annotations

import math

import networks
import numpy as np
import pytest
import torch
from scipy.special import log_softmax
from scipy.stats import norm

from model.data import PAD_TO, to_batch
from model.errors import BadData
from model.evaluate import BATCH, likelihood
from model.losses import Sums, annealed, divergence, objective, reconstruction, sums

PEN = [1.2, -0.3, -1.0]
RAW = np.array([*PEN, 0.0, 0.1, -0.2, -0.5, 0.25, 0.0])  # one Gaussian, not correlated
"""What the networks of this file say at every step."""
A = np.array([[1.0, 2.0, 0], [-3.0, 0.5, 1], [2.0, 2.0, 0], [0.0, -1.0, 1]])
B = np.array([[4.0, 4.0, 0]])  # its only row says that the pen stays down, which it can't after the last point
SCALE = 2.0


def offsets_nats(rows: np.ndarray, scale: float = SCALE) -> float:
    x, y = rows[:, 0] / scale, rows[:, 1] / scale
    return -float((norm.logpdf(x, 0.1, math.exp(-0.5)) + norm.logpdf(y, -0.2, math.exp(0.25))).sum())


def pen_nats(states: list[int]) -> float:
    return -float(log_softmax(PEN)[states].sum())


def test_offsets_count_over_real_points_and_the_pen_to_the_end() -> None:
    net = networks.constant_net(RAW)
    with torch.no_grad():
        found = sums(net, to_batch([A, B], SCALE), None)
    assert found.points.tolist() == [4, 1]
    np.testing.assert_allclose(found.offsets, [offsets_nats(A), offsets_nats(B)], rtol=1e-5)
    np.testing.assert_allclose(found.pen, [pen_nats([0, 1, 0, 1, 2]), pen_nats([1, 2])], rtol=1e-5)
    assert not found.kl.any()


def test_the_divergence_is_that_of_two_gaussians() -> None:
    net = networks.constant_net(RAW, "conditional")
    with torch.no_grad():
        for layer, bias in ((net.encoder.mu, [0.3, -1.0, 0.0]), (net.encoder.logvar, [-0.5, 0.4, 0.0])):
            layer.weight.zero_()
            layer.bias.copy_(torch.tensor(bias))
        found = sums(net, to_batch([A, B], SCALE), torch.zeros(2, 3))
    one = 0.5 * (0.3**2 + math.exp(-0.5) - 1 + 0.5)
    two = 0.5 * (1.0**2 + math.exp(0.4) - 1 - 0.4)
    np.testing.assert_allclose(found.kl, [one + two] * 2, rtol=1e-5)
    assert float(divergence(found, 3)) == pytest.approx((one + two) / 3, rel=1e-5)


def test_z_is_the_mean_and_noise_of_its_spread() -> None:
    net = networks.small_net()
    batch = networks.some_batch([6])
    noise = torch.tensor([[0.7, -1.1, 0.2]])
    with torch.no_grad():
        found = sums(net, batch, noise)
    weights = networks.weights_of(net)
    mu, logvar = networks.encoded(weights, batch.points[:6, 0].double().numpy())
    raw = networks.decoded(
        weights, batch.inputs[:7, 0].double().numpy(), mu + np.exp(logvar / 2) * noise[0].double().numpy()
    )
    pen = -log_softmax(raw[:, :3], axis=1)[np.arange(7), batch.pen[:7, 0].numpy()].sum()
    assert float(found.pen[0]) == pytest.approx(float(pen), rel=1e-5)


def test_a_drawing_from_the_prior_knows_nothing_of_itself_and_pays_nothing() -> None:
    net = networks.small_net()
    batch = networks.some_batch([6, 6, 6])
    noise = torch.randn(3, 3, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        usual = sums(net, batch, noise)
        found = sums(net, batch, noise, torch.tensor([False, True, False]))
        weights = networks.weights_of(net)
        raw = networks.decoded(weights, batch.inputs[:7, 1].double().numpy(), noise[1].double().numpy())
    pen = -log_softmax(raw[:, :3], axis=1)[np.arange(7), batch.pen[:7, 1].numpy()].sum()
    assert float(found.pen[1]) == pytest.approx(float(pen), rel=1e-5)
    assert float(found.kl[1]) == 0.0
    np.testing.assert_allclose(found.pen[[0, 2]], usual.pen[[0, 2]], rtol=1e-6)
    np.testing.assert_allclose(found.kl[[0, 2]], usual.kl[[0, 2]], rtol=1e-6)


def test_the_losses_of_the_paper_are_means_of_these() -> None:
    found = Sums(torch.tensor([10.0, 20.0]), torch.tensor([1.0, 3.0]), torch.tensor([4.0, 8.0]), torch.tensor([7, 9]))
    assert float(reconstruction(found, 50)) == pytest.approx(34 / 100)
    assert float(divergence(found, 16)) == pytest.approx(12 / 2 / 16)


def test_a_divergence_below_the_floor_costs_the_floor_and_pulls_at_nothing() -> None:
    for value, cost, slope in ((0.1, 3.0 + 0.5 * 0.2, 0.0), (0.6, 3.0 + 0.5 * 0.6, 0.5)):
        l_kl = torch.tensor(value, requires_grad=True)
        loss = objective(torch.tensor(3.0), l_kl, 0.5, 0.2)
        loss.backward()
        assert loss.item() == pytest.approx(cost)
        assert l_kl.grad is not None
        assert l_kl.grad.item() == pytest.approx(slope)


def test_the_weight_of_the_divergence_rises_as_the_paper_says() -> None:
    assert annealed(0, 0.5, 0.01, 0.9995) == pytest.approx(0.5 * 0.01)
    assert annealed(1, 0.5, 0.01, 0.9) == pytest.approx(0.5 * (1 - 0.99 * 0.9))
    assert annealed(1386, 1.0, 0.01, 0.9995) == pytest.approx(1 - 0.99 * 0.5, abs=1e-4)  # 0.9995^1386 is a half
    assert annealed(10**6, 0.25, 0.01, 0.9995) == pytest.approx(0.25)
    assert annealed(5, 0.5, 1.0, 0.9) == pytest.approx(0.5)  # no annealing


# likelihood


def test_nats_per_point_are_worked_out_by_hand() -> None:
    net = networks.constant_net(RAW)
    found = likelihood(net, [A, B], SCALE, 10)
    offsets = offsets_nats(A) + offsets_nats(B)
    pen = pen_nats([0, 1, 0, 1, 2, 1, 2])
    assert found.points == 5
    assert found.drawings == 2
    assert found.offsets == pytest.approx(offsets / 5, rel=1e-5)
    assert found.pen == pytest.approx(pen / 5, rel=1e-5)
    assert found.kl == 0.0
    assert found.nats_per_point == pytest.approx((offsets + pen) / 5, rel=1e-5)
    assert pytest.approx((offsets + pen) / (2 * 10), rel=1e-5) == found.L_R
    assert found.L_KL == 0.0
    assert found.scale == SCALE


def test_a_conditional_network_pays_for_z() -> None:
    net = networks.constant_net(RAW, "conditional")
    with torch.no_grad():
        for layer, bias in ((net.encoder.mu, [0.3, 0.0, 0.0]), (net.encoder.logvar, [0.0, 0.0, 0.0])):
            layer.weight.zero_()
            layer.bias.copy_(torch.tensor(bias))
    found = likelihood(net, [A, B], SCALE, 10)
    assert found.kl == pytest.approx(2 * 0.5 * 0.3**2 / 5, rel=1e-5)  # over all dimensions, over points
    assert pytest.approx(0.5 * 0.3**2 / 3, rel=1e-5) == found.L_KL  # over dimensions and drawings
    assert found.nats_per_point == pytest.approx(found.offsets + found.pen + found.kl, rel=1e-9)


def test_a_reference_scale_restates_the_density_of_offsets_exactly() -> None:
    net = networks.constant_net(RAW)
    own, stated = likelihood(net, [A, B], SCALE, 10), likelihood(net, [A, B], SCALE, 10, reference_scale=18.5198)
    shift = 2 * math.log(SCALE / 18.5198)
    assert stated.offsets - own.offsets == pytest.approx(shift, rel=1e-9)
    assert stated.nats_per_point - own.nats_per_point == pytest.approx(shift, rel=1e-9)
    assert stated.pen == own.pen
    assert stated.scale == 18.5198
    # a density in units of the reference is one in units of the network, stretched
    by_hand = -(
        norm.logpdf(A[:, 0] / 18.5198, 0.1 * SCALE / 18.5198, math.exp(-0.5) * SCALE / 18.5198)
        + norm.logpdf(A[:, 1] / 18.5198, -0.2 * SCALE / 18.5198, math.exp(0.25) * SCALE / 18.5198)
    ).sum()
    alone = likelihood(net, [A], SCALE, 10, reference_scale=18.5198)
    assert alone.offsets == pytest.approx(by_hand / 4, rel=1e-5)


def test_every_drawing_of_the_split_counts_and_their_order_does_not() -> None:
    lengths = [1 + (7 * index) % 23 for index in range(2 * BATCH + 13)]
    drawings = networks.some_rows(lengths)
    net = networks.small_net()
    found = likelihood(net, drawings, SCALE, 30)
    assert found.drawings == len(drawings)
    assert found.points == sum(lengths)
    decoder = networks.small_net("decoder")
    ahead, back = likelihood(decoder, drawings, SCALE, 30), likelihood(decoder, drawings[::-1], SCALE, 30)
    assert ahead.nats_per_point == pytest.approx(back.nats_per_point, rel=1e-6)
    by_parts = [likelihood(decoder, drawings[at : at + 50], SCALE, 30) for at in range(0, len(drawings), 50)]
    whole = sum(each.nats_per_point * each.points for each in by_parts) / sum(lengths)
    assert ahead.nats_per_point == pytest.approx(whole, rel=1e-6)


def test_the_figure_is_the_same_each_time_and_leaves_the_network_as_it_was() -> None:
    net = networks.small_net(dropout=0.5).train()
    drawings = networks.some_rows([5, 9])
    first = likelihood(net, drawings, SCALE, 10)
    assert net.training
    assert likelihood(net, drawings, SCALE, 10) == first
    assert likelihood(net, drawings, SCALE, 10, seed=1) != first  # z is drawn from its posterior, by seed


def test_no_drawings_are_no_figure() -> None:
    with pytest.raises(BadData, match="no drawings"):
        likelihood(networks.small_net(), [], SCALE, 10)


# batches


def test_a_batch_is_start_token_points_ends() -> None:
    batch = to_batch([A, B], SCALE)
    assert len(batch.inputs) == 2 * PAD_TO
    assert batch.inputs[0].tolist() == [[0, 0, 1, 0, 0]] * 2
    assert batch.inputs[1:5, 0, :2].numpy() * SCALE == pytest.approx(A[:, :2])
    assert batch.inputs[1:5, 0, 2:].tolist() == [[1, 0, 0], [0, 1, 0], [1, 0, 0], [0, 1, 0]]
    assert batch.inputs[1, 1].tolist() == [2, 2, 0, 1, 0]  # the pen lifts after the last point, whatever its row says
    assert batch.inputs[5:, 0].eq(torch.tensor([0.0, 0, 0, 0, 1])).all()
    assert batch.pen[:6, 0].tolist() == [0, 1, 0, 1, 2, 2]
    assert batch.pen[:3, 1].tolist() == [1, 2, 2]
    assert torch.equal(batch.offsets[:-1], batch.inputs[1:, :, :2])  # what follows each input
    assert batch.lengths.tolist() == [4, 1]


@pytest.mark.parametrize("length", [PAD_TO - 1, PAD_TO])
def test_the_end_step_always_has_its_place(length: int) -> None:
    batch = networks.some_batch([length])
    assert batch.pen[length, 0] == 2
    assert len(batch.inputs) > length
