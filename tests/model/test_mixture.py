"""The mixture density output beside scipy, in the corners where formulas break."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import log_softmax, logsumexp
from scipy.stats import multivariate_normal

from model.mixture import Mixture, outputs


def raw_of(
    pen: list[float],
    pi: list[float],
    mu: list[tuple[float, float]],
    log_sigma: list[tuple[float, float]],
    rho_raw: list[float],
) -> NDArray[np.float64]:
    """Raw outputs in the order of Google's files: pen, pi, mu x, mu y, log sigma x, log sigma y, atanh rho."""
    return np.array([*pen, *pi, *(x for x, _ in mu), *(y for _, y in mu), *(x for x, _ in log_sigma),
                     *(y for _, y in log_sigma), *rho_raw])  # fmt: skip


def expected(raw: NDArray[np.float64], offset: tuple[float, float]) -> float:
    """log p(dx, dy) with scipy, from the covariance matrix."""
    pi, mu_x, mu_y, log_sx, log_sy, rho_raw = np.split(raw[3:], 6)
    sx, sy, rho = np.exp(log_sx), np.exp(log_sy), np.tanh(rho_raw)
    each = [
        multivariate_normal.logpdf(
            offset,
            mean=[mu_x[k], mu_y[k]],
            cov=[[sx[k] ** 2, rho[k] * sx[k] * sy[k]], [rho[k] * sx[k] * sy[k], sy[k] ** 2]],
        )
        for k in range(len(pi))
    ]
    return float(logsumexp(log_softmax(pi) + np.array(each)))


def found(raw: NDArray[np.float64], offset: tuple[float, float], dtype: torch.dtype = torch.float64) -> float:
    mixture = Mixture.of(torch.from_numpy(raw).to(dtype))
    return float(mixture.log_likelihood(torch.tensor(offset, dtype=dtype)))


numbers = st.floats(-3, 3)
pairs = st.tuples(numbers, numbers)


@given(
    st.lists(
        st.tuples(numbers, pairs, st.tuples(st.floats(-2, 2), st.floats(-2, 2)), st.floats(-2.5, 2.5)),
        min_size=1,
        max_size=5,
    ),
    pairs,
)
def test_the_density_is_scipys(
    parts: list[tuple[float, tuple[float, float], tuple[float, float], float]], offset: tuple[float, float]
) -> None:
    pi, mu, log_sigma, rho = (list(each) for each in zip(*parts, strict=True))
    raw = raw_of([0, 0, 0], pi, mu, log_sigma, rho)  # type: ignore[arg-type]
    assert found(raw, offset) == pytest.approx(expected(raw, offset), rel=1e-9, abs=1e-9)
    assert len(raw) == outputs(len(parts))


@pytest.mark.parametrize("rho_raw", [-6.0, -4.0, 4.0, 6.0])
def test_it_stays_scipys_where_the_ellipse_is_almost_a_line(rho_raw: float) -> None:
    raw = raw_of([0, 0, 0], [0.3, -0.2], [(0.5, -0.5), (0, 0)], [(-0.3, 0.4), (0.1, -1.0)], [rho_raw, -rho_raw])
    for offset in ((0.5, -0.5), (1.0, 0.2), (-0.7, 0.1)):
        assert found(raw, offset) == pytest.approx(expected(raw, offset), rel=1e-6)
        assert found(raw, offset, torch.float32) == pytest.approx(expected(raw, offset), rel=1e-3)


def test_it_stays_exact_where_one_minus_rho_squared_is_lost_to_float32() -> None:
    """tanh(12) is 1 in float32; on the line itself only the normaliser is left."""
    raw = raw_of([0, 0, 0], [0], [(0, 0)], [(0, 0)], [12.0])
    log_rest = 2 * math.log(2) - 2 * 12.0 - 2 * math.log1p(math.exp(-24.0))  # log (1 - tanh^2)
    assert found(raw, (0.0, 0.0)) == pytest.approx(-math.log(2 * math.pi) - 0.5 * log_rest, rel=1e-12)
    assert found(raw, (0.0, 0.0), torch.float32) == pytest.approx(-math.log(2 * math.pi) - 0.5 * log_rest, rel=1e-6)


def test_an_outlier_costs_what_it_costs_and_still_pulls() -> None:
    """No floor: a floor of 1e-6 would say 13.8 nats from here to the end of the page, without a gradient."""
    raw = torch.from_numpy(raw_of([0, 0, 0], [0], [(0, 0)], [(-2, -2)], [0])).float().requires_grad_()
    far = Mixture.of(raw).log_likelihood(torch.tensor([1000.0, 0.0]))
    assert float(far.detach()) == pytest.approx(-math.log(2 * math.pi) + 4 - 0.5 * (1000 * math.e**2) ** 2, rel=1e-5)
    far.backward()
    assert raw.grad is not None
    assert torch.isfinite(raw.grad).all()
    assert float(raw.grad[4]) == pytest.approx(1000 * math.e**4, rel=1e-4)  # of mu_x


def test_the_density_integrates_to_one() -> None:
    raw = raw_of(
        [0, 0, 0], [0.5, -1, 0], [(1, 0), (-1, 0.5), (0, -1)], [(-1, 0), (-0.5, -0.5), (0.2, -0.7)], [2, -1, 0]
    )
    grid = np.linspace(-8, 8, 801)
    offsets = torch.from_numpy(np.stack(np.meshgrid(grid, grid), axis=-1))
    density = Mixture.of(torch.from_numpy(raw)).log_likelihood(offsets).exp()
    assert float(density.sum()) * (grid[1] - grid[0]) ** 2 == pytest.approx(1.0, abs=1e-6)


def test_the_pen_has_three_states_that_share_one() -> None:
    raw = raw_of([1.0, -0.5, 0.25], [0], [(0, 0)], [(0, 0)], [0])
    mixture = Mixture.of(torch.from_numpy(np.tile(raw, (3, 1))))
    told = mixture.pen_log_likelihood(torch.arange(3)).exp().numpy()
    weights = np.exp([1.0, -0.5, 0.25])
    np.testing.assert_allclose(told, weights / weights.sum(), rtol=1e-12)
    certain = Mixture.of(torch.from_numpy(raw_of([200.0, 0, 0], [0], [(0, 0)], [(0, 0)], [0])))
    assert float(certain.pen_log_likelihood(torch.tensor(2))) == pytest.approx(-200.0)  # not the log of an underflow


def test_any_leading_shape_will_do() -> None:
    raw = torch.randn(4, 2, outputs(5), generator=torch.Generator().manual_seed(0))
    mixture = Mixture.of(raw)
    told = mixture.log_likelihood(torch.zeros(4, 2, 2))
    assert told.shape == (4, 2)
    assert float(told[3, 1]) == pytest.approx(float(Mixture.of(raw[3, 1]).log_likelihood(torch.zeros(2))), rel=1e-6)
