"""The hand that draws: steps a network on, point by point, for many drawings at once.

Matrix products round differently with their shape, so the network runs in float64 and each offset is
rounded to a grid of 2^-12 of the scale before it is kept and fed back: what differs in the last digits
of a sum is rounded away. It knows offsets in the scale of the network only, no drawings and no files.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from drawing.stroke import Stroke3
from model.generator import Generator
from model.mixture import Mixture
from model.noise import step_noise

GRID = 4096.0
"""Offsets are multiples of 1 / GRID."""
TILE = 100
"""Drawings in one batch."""


@dataclass(frozen=True)
class Ask:
    """One drawing asked of a hand."""

    seed: int
    tau: float
    pen_tau: float
    cap: int
    """Most points, those of the beginning among them."""
    z: NDArray[np.float64] | None = None
    """None for a network without latent vectors."""
    beginning: Stroke3 | None = None
    """Points kept as they are, in the scale of the network; the hand draws on from the last of them."""


@dataclass(frozen=True)
class Drawn:
    """What became of it."""

    rows: Stroke3
    """In the scale of the network."""
    finished: bool
    """Whether the network ended it, rather than the cap."""
    nats: float
    """How unlikely the network finds what it drew, at temperature 1: without the points of a beginning."""


OnDrawn = Callable[[int, Drawn], object]
OnStep = Callable[[int, int], object]


def draw(
    net: Generator, asks: Sequence[Ask], on_drawn: OnDrawn, on_step: OnStep, should_stop: Callable[[], bool]
) -> None:
    """Draw all that is asked; ``on_drawn`` gets each, by its place, as soon as it is done.

    Args:
        net: in float64.
    """
    for at in range(0, len(asks), TILE):
        _tile(net, asks, range(at, min(at + TILE, len(asks))), on_drawn, on_step, should_stop)


@torch.no_grad()
def _tile(
    net: Generator,
    asks: Sequence[Ask],
    chosen: Sequence[int],
    on_drawn: OnDrawn,
    on_step: OnStep,
    should_stop: Callable[[], bool],
) -> None:
    device = next(net.parameters()).device

    def tensor(array: NDArray[np.float64]) -> torch.Tensor:
        return torch.from_numpy(array).to(device)

    mine = [asks[index] for index in chosen]
    caps = np.array([each.cap for each in mine])
    total = int(caps.max())
    noise = tensor(np.stack([step_noise(each.seed, total + 1) for each in mine], axis=1))
    tau = tensor(np.array([each.tau for each in mine]))[:, None]
    pen_tau = tensor(np.array([each.pen_tau for each in mine]))[:, None]
    z = None if mine[0].z is None else tensor(np.array([each.z for each in mine]))
    rows = np.zeros((total, len(mine), 3))
    begun = np.array([0 if each.beginning is None else min(len(each.beginning), each.cap) for each in mine])
    for column, each in enumerate(mine):
        if each.beginning is not None:
            rows[: begun[column], column] = each.beginning[: begun[column]]
    nats = np.zeros(len(mine))
    state = net.start(z, len(mine))
    inputs = net.first_input(noise, len(mine))
    at = np.arange(len(mine))  # column of ``rows`` of each drawing still going on
    for step in range(total + 1):
        if should_stop():
            return
        raw, state = net.decode(inputs, z, state)
        mixture = Mixture.of(raw[0])
        offset, pen = mixture.pick(noise[step, at], tau, pen_tau)
        offset = torch.round(offset * GRID) / GRID
        given = begun[at] > step
        if given.any():
            told, which = tensor(rows[step, at[given]]), torch.from_numpy(np.flatnonzero(given)).to(device)
            offset[which], pen[which] = told[:, :2], (told[:, 2] > 0).long()
        pen_nats = np.where(given, 0.0, -mixture.pen_log_likelihood(pen).cpu().numpy())
        states = pen.cpu().numpy()
        capped = caps[at] == step
        ended = (states == 2) | capped
        going = ~ended
        nats[at] += np.where(capped & (states != 2), 0.0, pen_nats)
        if going.any():
            point_nats = np.where(given, 0.0, -mixture.log_likelihood(offset).cpu().numpy())
            nats[at[going]] += point_nats[going]
            rows[step, at[going], :2] = offset.cpu().numpy()[going]
            rows[step, at[going], 2] = states[going] == 1
        for column, pen_at_last in zip(at[ended], states[ended], strict=True):
            on_drawn(chosen[column], Drawn(rows[:step, column].copy(), bool(pen_at_last == 2), float(nats[column])))
        if not going.any():
            break
        on_step(step + 1, total)
        kept = torch.from_numpy(np.flatnonzero(going)).to(device)
        inputs = torch.zeros(1, len(kept), 5, dtype=torch.float64, device=device)
        inputs[0, :, :2] = offset[kept]
        inputs[0, torch.arange(len(kept)), 2 + pen[kept]] = 1.0
        if ended.any():
            state = net.keep(state, kept)
            z = None if z is None else z[kept]
            tau, pen_tau, at = tau[kept], pen_tau[kept], at[going]
