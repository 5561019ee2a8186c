"""What a network expects next at every point of a drawing, and how sure it is.

The entropy of a mixture has no closed form: it is summed over Gauss-Hermite nodes of each component
(Huber and others 2008, "On entropy approximation for Gaussian mixture random vectors", tell of other ways).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from drawing.density import Density
from drawing.drawing import Drawing
from drawing.stroke import to_moves
from model.errors import ModelError
from model.latent import Z

if TYPE_CHECKING:
    from torch import Tensor

    from model.mixture import Mixture
    from model.sample import Sampler

NODES = 9
"""Of Gauss and Hermite, in each of two directions."""


def density(
    sampler: Sampler, drawing: Drawing, z: Z | None = None, temperature: float = 1.0, *, fit: bool = True
) -> Density:
    """Mixtures along a drawing, as the network sees it point by point.

    A drawing of quite another size than those learnt is scaled to theirs before, and one with too many
    points is simplified; the result is in the drawing's own size.

    Args:
        z: for a conditional network; by default that of the drawing's own lines.
        temperature: of the mixture and the pen; what came is always told at temperature 1.
        fit: False takes the drawing as it is, as one that the network made.

    Raises:
        ModelError: fewer than two points, or a temperature that is not above 0 and at most 10.
    """
    import torch

    from model.mixture import Mixture

    if not 0 < temperature <= 10:
        raise ModelError(f"The temperature of a density lies above 0 and up to 10, not at {temperature:g}.")
    if drawing.points < 2:
        raise ModelError(
            "What comes next can be told from the second point on; this drawing has fewer than two points."
        )
    like, factor = sampler.fitted(drawing) if fit else (drawing, 1.0)
    if sampler.conditional and z is None:
        z = sampler.encode(drawing, fit=fit)
    rows = to_moves(like)  # (k - 1, 3)
    scale, device = sampler.checkpoint.scale, sampler.device
    inputs = np.zeros((len(rows) + 1, 1, 5))
    inputs[1:, 0, :2] = rows[:, :2] / scale
    inputs[1:, 0, 2], inputs[1:, 0, 3] = rows[:, 2] <= 0.5, rows[:, 2] > 0.5
    with torch.no_grad():
        fed = torch.from_numpy(inputs).to(device)
        fed[:1] = sampler.net.first_input(fed, 1)
        latent = None if z is None or not sampler.conditional else torch.from_numpy(np.array(z)[None]).to(device)
        raw, _ = sampler.net.decode(fed, latent)
        mixture = Mixture.of(raw[:, 0])  # (k, ...)
        offsets = torch.from_numpy(np.concatenate([rows[:, :2] / scale, np.zeros((1, 2))])).to(device)
        states = torch.from_numpy(np.concatenate([rows[:, 2] > 0.5, [2]]).astype(np.int64)).to(device)
        nats = -mixture.log_likelihood(offsets)
        nats[-1] = torch.nan
        pen_nats = -mixture.pen_log_likelihood(states)
        warm = _at_temperature(mixture, temperature)
        weights = torch.softmax(warm.pi_logits, dim=-1)
        pen = torch.softmax(warm.pen_logits, dim=-1)
        entropy = _entropy(warm)
    sigma_x, sigma_y = _array(torch.exp(warm.log_sigma_x)), _array(torch.exp(warm.log_sigma_y))
    between = _array(torch.tanh(warm.rho_raw)) * sigma_x * sigma_y
    covariances = np.stack([sigma_x**2, between, between, sigma_y**2], axis=-1).reshape(*between.shape, 2, 2)
    unit = scale / factor  # of the network, in the drawing's own unit
    own = like.scale(1 / factor) if factor != 1 else like
    points = np.concatenate(own.lines)
    moves = np.stack([_array(warm.mu_x), _array(warm.mu_y)], axis=-1) * unit  # (k, M, 2)
    chances = _array(pen)
    return Density(
        own,
        _array(weights),
        points[:, None] + moves,
        covariances * unit**2,
        chances,
        entropy,
        -(chances * np.log(np.maximum(chances, 1e-300))).sum(axis=1),
        _array(nats),
        _array(pen_nats),
        temperature,
    )


def told(found: Density) -> dict[str, Any]:
    """As JSON can tell it, step by step; small components are left out."""
    nats = [None if np.isnan(each) else float(each) for each in found.nats]
    return {
        "temperature": found.temperature,
        "points": found.points.tolist(),
        "lifted": found.lifted.tolist(),
        "steps": [
            {
                "entropy": float(found.entropy[step]),
                "pen_entropy": float(found.pen_entropy[step]),
                "pen": found.pen[step].tolist(),
                "nats": nats[step],
                "pen_nats": float(found.pen_nats[step]),
                "components": found.components(step),
            }
            for step in range(len(nats))
        ],
    }


def _at_temperature(mixture: Mixture, tau: float) -> Mixture:
    """As Ha and Eck 2017, section 3.3: logits / tau, variance * tau."""
    from dataclasses import replace

    wider = 0.5 * float(np.log(tau))
    return replace(
        mixture,
        pen_logits=mixture.pen_logits / tau,
        pi_logits=mixture.pi_logits / tau,
        log_sigma_x=mixture.log_sigma_x + wider,
        log_sigma_y=mixture.log_sigma_y + wider,
    )


def _entropy(mixture: Mixture) -> NDArray[np.float64]:
    """Differential entropy of each mixture, in nats, shape (k,)."""
    import torch

    nodes, share = np.polynomial.hermite_e.hermegauss(NODES)
    share = share / share.sum()
    one, other = (torch.from_numpy(each.ravel()).to(mixture.mu_x) for each in np.meshgrid(nodes, nodes))
    weight = torch.from_numpy(np.outer(share, share).ravel()).to(mixture.mu_x)  # (N,)
    rho = torch.tanh(mixture.rho_raw)[..., None]
    x = mixture.mu_x[..., None] + torch.exp(mixture.log_sigma_x)[..., None] * one
    y = mixture.mu_y[..., None] + torch.exp(mixture.log_sigma_y)[..., None] * (
        rho * one + torch.sqrt((1 - rho**2).clamp(min=0)) * other
    )
    places = torch.stack([x, y], dim=-1)  # (k, M, N, 2)
    count = places.shape[1] * places.shape[2]
    found: list[float] = []
    for step in range(len(places)):  # one at a time: all of them would take much memory
        each = _only(mixture, step)
        log_p = each.log_likelihood(places[step].reshape(count, 2)).reshape(places.shape[1:3])
        pi = torch.softmax(mixture.pi_logits[step], dim=-1)
        found.append(float(-(pi[:, None] * weight * log_p).sum()))
    return np.array(found)


def _only(mixture: Mixture, step: int) -> Mixture:
    """The mixture of one step, to be asked about many places."""
    from dataclasses import fields, replace

    return replace(mixture, **{each.name: getattr(mixture, each.name)[step][None] for each in fields(mixture)})


def _array(tensor: Tensor) -> NDArray[np.float64]:
    return tensor.cpu().numpy()
