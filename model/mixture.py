"""The mixture density output: what the decoder says of the next point, and how likely a point is.

The order of the raw outputs is that of Google's published networks: three pen logits, then M each
of weights, means in x, means in y, log standard deviations in x and in y, and atanh of rho.
Source: Ha and Eck 2017, section 3.2, equations 3 to 6 and 9.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import log_softmax, softplus

LOG_2PI = math.log(2 * math.pi)
COLDEST = 1e-6
"""Logits are divided by this at temperature 0."""


@dataclass(frozen=True)
class Mixture:
    """M bivariate Gaussians and three pen states, over any leading shape."""

    pen_logits: Tensor  # (..., 3): down, up, end
    pi_logits: Tensor  # (..., M)
    mu_x: Tensor  # (..., M)
    mu_y: Tensor  # (..., M)
    log_sigma_x: Tensor  # (..., M)
    log_sigma_y: Tensor  # (..., M)
    rho_raw: Tensor  # (..., M), atanh of rho

    @classmethod
    def of(cls, raw: Tensor) -> Mixture:
        """The mixture of raw outputs, shape (..., 6 M + 3)."""
        mixtures = (raw.shape[-1] - 3) // 6
        pen, *parts = raw.split([3, *[mixtures] * 6], dim=-1)
        return cls(pen, *parts)

    def log_likelihood(self, offsets: Tensor) -> Tensor:
        """log p(dx, dy) in nats, shape (...), of offsets (..., 2); no floor is put under it.

        The density is taken as p(x) p(y | x), which stays exact where rho is close to 1.
        """
        x, y = offsets[..., 0:1], offsets[..., 1:2]
        zx = (x - self.mu_x) * torch.exp(-self.log_sigma_x)
        zy = (y - self.mu_y) * torch.exp(-self.log_sigma_y)
        rho = torch.tanh(self.rho_raw)
        log_rest = _log_one_minus_tanh2(self.rho_raw)  # log (1 - rho^2)
        quadratic = zx**2 + (zy - rho * zx) ** 2 * torch.exp(-log_rest)
        log_each = -LOG_2PI - self.log_sigma_x - self.log_sigma_y - 0.5 * (log_rest + quadratic)
        return torch.logsumexp(log_softmax(self.pi_logits, dim=-1) + log_each, dim=-1)

    def pen_log_likelihood(self, pen: Tensor) -> Tensor:
        """log p(pen) in nats, shape (...), of states 0 down, 1 up, 2 end, int64 (...)."""
        return log_softmax(self.pen_logits, dim=-1).gather(-1, pen[..., None])[..., 0]

    def pick(self, noise: Tensor, tau: Tensor, pen_tau: Tensor) -> tuple[Tensor, Tensor]:
        """A next offset (B, 2) and pen state (B,) of mixtures over a batch.

        Temperature as in section 3.3 of the paper: logits / tau, variance * tau.

        Args:
            noise: (B, 4), as of model.noise.step_noise.
            tau, pen_tau: (B, 1), 0 or more.
        """
        component = _choose(self.pi_logits / tau.clamp(min=COLDEST), noise[:, 0])[:, None]  # (B, 1)
        pen = _choose(self.pen_logits / pen_tau.clamp(min=COLDEST), noise[:, 1])
        mu_x, mu_y, log_sigma_x, log_sigma_y, rho_raw = (
            each.gather(1, component)[:, 0]
            for each in (self.mu_x, self.mu_y, self.log_sigma_x, self.log_sigma_y, self.rho_raw)
        )
        rho, wide = torch.tanh(rho_raw), torch.sqrt(tau[:, 0])
        across = rho * noise[:, 2] + torch.sqrt(1 - rho**2) * noise[:, 3]
        x = mu_x + torch.exp(log_sigma_x) * wide * noise[:, 2]
        y = mu_y + torch.exp(log_sigma_y) * wide * across
        return torch.stack([x, y], dim=1), pen


def outputs(mixtures: int) -> int:
    """How many raw outputs M mixtures take."""
    return 6 * mixtures + 3


def _log_one_minus_tanh2(x: Tensor) -> Tensor:
    """log (1 - tanh(x)^2) without loss of digits: -2 log cosh x."""
    size = x.abs()
    return 2.0 * (math.log(2.0) - size - softplus(-2.0 * size))


def _choose(logits: Tensor, uniform: Tensor) -> Tensor:
    """Inverse of the cumulative distribution: an index for each row."""
    share = torch.softmax(logits, dim=1).cumsum(dim=1)
    return (share <= uniform[:, None] * share[:, -1:]).sum(dim=1).clamp(max=logits.shape[1] - 1)
