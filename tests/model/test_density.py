"""What a network expects along a drawing, beside what it said while it drew it."""

from __future__ import annotations

import networks
import numpy as np
import pytest

from drawing.drawing import Drawing
from model.density import density
from model.sample import Order, Sampler


@pytest.mark.parametrize("first_dropped", [False, True])
@pytest.mark.parametrize("kind", ["conditional", "decoder"])
def test_a_drawing_is_as_unlikely_as_it_was_when_it_was_drawn(kind: str, first_dropped: bool) -> None:
    """Whatever file the network has learnt from, none of the drawing's points is left out."""
    net = networks.lively_net(kind, end=-1.0)
    sampler = Sampler(networks.checkpoint_of(net, first_dropped=first_dropped))
    z = np.linspace(-1, 1, sampler.net.settings.latent) if kind == "conditional" else None
    drawn = sampler.make([Order(seed, 0.5, z=z) for seed in range(1, 60)])
    same = 0
    for sample in drawn:
        if sample.finished and sample.drawing.points > 5:
            found = density(sampler, sample.drawing, z, fit=False)
            assert len(found.nats) == sample.drawing.points
            whole = np.nansum(found.nats) + found.pen_nats.sum()
            same += abs(whole / (sample.drawing.points - 1) - sample.nats_per_point) < 1e-6
    assert same  # of the others, the pen stayed down at the last point, which no drawing can tell


NARROW, WIDE = [[1.0, 0.5], [0.3, 2.0], [0.05, 0.4]], [[1.0, 0.6], [0.7, 1.2], [0.5, 0.8]]


@pytest.mark.parametrize("temperature", [1.0, 0.4])
@pytest.mark.parametrize(("sigma", "nodes"), [(WIDE, 0.005), (NARROW, 0.05)])  # what few nodes may be off by
def test_the_entropy_is_what_drawing_by_lot_tells(sigma: list[list[float]], nodes: float, temperature: float) -> None:
    """The mean of -log p over points drawn from the mixture, all of it in numpy, at a temperature as in the paper."""
    rng = np.random.default_rng(1)
    pi, rho = np.array([0.2, 1.0, -0.5]), np.array([0.0, 0.7, -0.6])
    mean = np.array([[0.0, 0.0], [1.0, -0.5], [-3.0, 2.0]])
    net = networks.constant_net(
        np.concatenate([[1.0, 0.5, 0.0], pi, *mean.T, *np.log(np.array(sigma)).T, np.arctanh(rho)])
    )
    sampler = Sampler(networks.checkpoint_of(net))
    found = density(sampler, Drawing.of([[(0, 0), (3, 4), (5, 1)]]), temperature=temperature)

    share = np.exp(pi / temperature) / np.exp(pi / temperature).sum()
    spread = np.array(sigma) * np.sqrt(temperature)
    covariance = np.array([
        [[x * x, r * x * y], [r * x * y, y * y]] for (x, y), r in zip(spread, rho, strict=True)
    ])  # fmt: skip
    chosen = rng.choice(3, 100_000, p=share)
    root = np.linalg.cholesky(covariance)
    points = mean[chosen] + np.einsum("nij,nj->ni", root[chosen], rng.standard_normal((len(chosen), 2)))
    away = points[:, None] - mean  # (n, M, 2)
    squared = np.einsum("nmi,mij,nmj->nm", away, np.linalg.inv(covariance), away)
    p = (share * np.exp(-0.5 * squared) / (2 * np.pi * np.sqrt(np.linalg.det(covariance)))).sum(axis=1)
    log_p = np.log(p)
    error = log_p.std() / np.sqrt(len(log_p))
    assert error < 0.005
    np.testing.assert_allclose(found.entropy, -log_p.mean(), atol=4 * error + nodes)

    logits = np.array([1.0, 0.5, 0.0]) / temperature
    pen = np.exp(logits) / np.exp(logits).sum()
    np.testing.assert_allclose(found.pen_entropy, -(pen * np.log(pen)).sum(), atol=1e-6)
