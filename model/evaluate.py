"""Likelihood of drawings under a network, stated so that it can be compared.

nats per point = (offsets over real points + pen over real points and the end) / real points, for a
conditional network plus the KL over all dimensions of z: the evidence lower bound. The whole split
counts, without augmentation. Noise of half a unit for whole numbers is the caller's, see model.data.dequantise.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from drawing.stroke import Stroke3
from model.data import lengths_of, to_batch
from model.errors import BadData

if TYPE_CHECKING:
    from model.generator import Generator

BATCH = 100


@dataclass(frozen=True)
class Likelihood:
    """Figures over a set of drawings, in nats."""

    nats_per_point: float
    """All parts together, at ``scale``."""
    offsets: float
    """Part of it: where the points are."""
    pen: float
    """Part of it: the pen, the end included."""
    kl: float
    """Part of it: the latent vector; 0 without one."""
    L_R: float
    """As in the paper: offsets and pen over (drawings x n_max), what follows the end counted 0."""
    L_KL: float
    """As in the paper: KL over (drawings x Nz)."""
    n_max: int
    scale: float
    """Of the offsets that the density is stated for, in the drawings' unit."""
    drawings: int
    points: int

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return asdict(self)


def likelihood(
    net: Generator,
    drawings: Sequence[Stroke3],
    scale: float,
    n_max: int,
    *,
    reference_scale: float | None = None,
    seed: int = 0,
    should_stop: Callable[[], bool] = lambda: False,
    on_done: Callable[[int], object] = lambda _: None,
) -> Likelihood:
    """Likelihood of drawings, each counted, z drawn once from its posterior by a seed of its own.

    Args:
        scale: what the network's offsets are divided by.
        reference_scale: what the figure is stated for; by default the same.
        on_done: gets how many drawings are done so far.

    Raises:
        BadData: no drawings.
    """
    import torch

    from model.losses import sums

    if not drawings:
        raise BadData("There are no drawings to test with.")
    stated = reference_scale or scale
    shift = 2.0 * math.log(scale / stated)
    device = next(net.parameters()).device
    training = net.training
    net.eval()
    offsets = pen = kl = 0.0
    points = seen = 0
    by_length = np.argsort(lengths_of(drawings), kind="stable")
    try:
        for at in range(0, len(drawings), BATCH):
            if should_stop():
                break
            chosen = by_length[at : at + BATCH]
            batch = to_batch([drawings[index] for index in chosen], scale).to(device)
            noise = None
            if net.conditional:
                latent = net.settings.latent
                drawn = [np.random.default_rng([seed, int(index)]).standard_normal(latent) for index in chosen]
                noise = torch.from_numpy(np.array(drawn, dtype=np.float32)).to(device)
            with torch.no_grad():
                found = sums(net, batch, noise)
            offsets += float(found.offsets.double().sum())
            pen += float(found.pen.double().sum())
            kl += float(found.kl.double().sum())
            points += int(found.points.sum())
            seen += len(chosen)
            on_done(seen)
    finally:
        net.train(training)
    offsets += shift * points
    return Likelihood(
        nats_per_point=(offsets + pen + kl) / max(points, 1),
        offsets=offsets / max(points, 1),
        pen=pen / max(points, 1),
        kl=kl / max(points, 1),
        L_R=(offsets + pen) / max(seen * n_max, 1),
        L_KL=kl / max(seen * net.settings.latent, 1) if net.conditional else 0.0,
        n_max=n_max,
        scale=stated,
        drawings=seen,
        points=points,
    )
