"""Losses of Sketch-RNN, and the likelihood that figures are stated in.

All masks end where a drawing ends: offsets count over the real points, the pen over the real points
and the one end step after them. Source: Ha and Eck 2017, equations 7 to 11.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from model.mixture import Mixture

if TYPE_CHECKING:
    from model.generator import Generator


@dataclass(frozen=True)
class Batch:
    """Drawings of one batch, padded with end rows to the longest."""

    inputs: Tensor  # (T, B, 5): start token, then points, then end rows
    offsets: Tensor  # (T, B, 2): of the point after each input
    pen: Tensor  # (T, B) int64: its state, 0 down, 1 up, 2 end
    lengths: Tensor  # (B,) int64: real points, at most T - 1

    @property
    def points(self) -> Tensor:
        """The drawings as an encoder reads them: no start token, (T - 1, B, 5)."""
        return self.inputs[1:]

    def to(self, device: torch.device | str) -> Batch:
        """The same batch elsewhere."""
        return Batch(*(each.to(device) for each in (self.inputs, self.offsets, self.pen, self.lengths)))


@dataclass(frozen=True)
class Sums:
    """Negative log-likelihoods in nats, summed over each drawing."""

    offsets: Tensor  # (B,)
    pen: Tensor  # (B,)
    kl: Tensor  # (B,), over all dimensions of z; zero without z
    points: Tensor  # (B,) int64


def sums(net: Generator, batch: Batch, noise: Tensor | None, from_prior: Tensor | None = None) -> Sums:
    """Run a network over a batch.

    Args:
        noise: standard normal (B, Nz) for z = mu + sigma * noise; None for a network without z.
        from_prior: bool (B,), drawings whose z is the noise itself: they know nothing of it, and it costs no KL.
    """
    z, kl = None, torch.zeros(len(batch.lengths), device=batch.lengths.device)
    if noise is not None:
        mu, logvar = net.encode(batch.points, batch.lengths)
        z = mu + torch.exp(0.5 * logvar) * noise
        kl = 0.5 * (mu**2 + torch.exp(logvar) - 1 - logvar).sum(dim=-1)
        if from_prior is not None:
            z = torch.where(from_prior[:, None], noise, z)
            kl = torch.where(from_prior, 0.0, kl)
    inputs = batch.inputs
    if net.settings.start_token != "pen":
        inputs = torch.cat([net.first_input(inputs, inputs.shape[1]), inputs[1:]])
    raw, _ = net.decode(inputs, z)
    mixture = Mixture.of(raw.float())
    steps = torch.arange(len(batch.inputs), device=batch.lengths.device)[:, None]  # (T, 1)
    real = steps < batch.lengths  # (T, B)
    offsets = -torch.where(real, mixture.log_likelihood(batch.offsets), 0.0).sum(dim=0)
    pen = -torch.where(steps <= batch.lengths, mixture.pen_log_likelihood(batch.pen), 0.0).sum(dim=0)
    return Sums(offsets, pen, kl, batch.lengths)


def reconstruction(found: Sums, n_max: int) -> Tensor:
    """L_R: summed over the batch, divided by its size times ``n_max``; what follows the end counts 0."""
    return (found.offsets + found.pen).sum() / (len(found.points) * n_max)


def divergence(found: Sums, latent: int) -> Tensor:
    """L_KL: mean over the dimensions of z and over the batch."""
    return found.kl.mean() / latent


def objective(l_r: Tensor, l_kl: Tensor, weight: float | Tensor, floor: float, of_all: Tensor | None = None) -> Tensor:
    """What is minimised: L_R + w max(L_KL, KL_min), with w = w_KL eta.

    Args:
        of_all: L_KL of the whole batch, which is what is held against the floor where ``l_kl`` is one process's share.
    """
    enough = (l_kl if of_all is None else of_all) <= floor
    return l_r + weight * torch.where(enough, floor, l_kl)


def annealed(step: int, weight: float, start: float, decay: float) -> float:
    """w_KL eta at a step: eta = 1 - (1 - eta_min) R^step."""
    return weight * (1.0 - (1.0 - start) * decay**step)
