"""How long a network takes to draw, beside a plain loop without the promise that a seed is a drawing.

python benchmarks/sampling.py [CKPT]

The plain loop is what other Sketch-RNNs do: float32, one generator for the whole batch, all drawings
stepped on until the last one has ended.
"""

from __future__ import annotations

import sys
import time

import torch
from torch.distributions import Categorical

from model.bundled import bundled, find_checkpoint
from model.checkpoint import Checkpoint, load_checkpoint
from model.mixture import Mixture
from model.sample import Sampler

COUNTS = (24, 100)
TEMPERATURE = 0.3
RUNS = 3


@torch.no_grad()
def plain(checkpoint: Checkpoint, count: int, cap: int) -> int:
    """Draw without any promise; the points drawn, ends not counted."""
    net = checkpoint.build()
    z = torch.randn(count, net.settings.latent) if net.conditional else None
    state = net.start(z, count)
    inputs = torch.zeros(1, count, 5)
    inputs[0, :, 2] = 1.0
    going = torch.ones(count, dtype=torch.bool)
    points = 0
    for _ in range(cap):
        raw, state = net.decode(inputs, z, state)
        mixture = Mixture.of(raw[0])
        part = Categorical(logits=mixture.pi_logits / TEMPERATURE).sample()[:, None]
        pen = Categorical(logits=mixture.pen_logits / TEMPERATURE).sample()
        mu_x, mu_y, log_x, log_y, rho = (
            each.gather(1, part)[:, 0]
            for each in (mixture.mu_x, mixture.mu_y, mixture.log_sigma_x, mixture.log_sigma_y, mixture.rho_raw.tanh())
        )
        one, other = torch.randn(2, count) * TEMPERATURE**0.5
        inputs = torch.zeros(1, count, 5)
        inputs[0, :, 0] = mu_x + log_x.exp() * one
        inputs[0, :, 1] = mu_y + log_y.exp() * (rho * one + (1 - rho**2).sqrt() * other)
        inputs[0, torch.arange(count), 2 + pen] = 1.0
        going &= pen != 2
        if not going.any():
            break
        points += int(going.sum())
    return points


def main() -> None:
    """Print seconds of each, the best of some runs, turn about."""
    name = sys.argv[1] if len(sys.argv) > 1 else next(iter(bundled()), "")
    if not name:
        print("no checkpoint is bundled yet; name one: python benchmarks/sampling.py CKPT")
        return
    checkpoint = load_checkpoint(find_checkpoint(name))
    sampler = Sampler(checkpoint)
    net = checkpoint.net
    print(f"{name}: {net.kind}, decoder {net.decoder}, M {net.mixtures}, temperature {TEMPERATURE:g}, "
          f"{torch.get_num_threads()} threads of {torch.__version__}")  # fmt: skip
    for threads in (1, torch.get_num_threads()):
        torch.set_num_threads(threads)
        for count in COUNTS:
            ours, theirs, points, other_points = [], [], 0, 0
            for _ in range(RUNS):
                began = time.perf_counter()
                drawn = sampler.draw(range(1, count + 1), TEMPERATURE)
                ours.append(time.perf_counter() - began)
                points = sum(each.drawing.points for each in drawn)
                began = time.perf_counter()
                other_points = plain(checkpoint, count, sampler.cap)
                theirs.append(time.perf_counter() - began)
            print(f"{threads} threads, {count:3} drawings: {min(ours):.2f} s for {points:,} points; plain float32 loop "
                  f"{min(theirs):.2f} s for {other_points:,}; ratio {min(ours) / min(theirs):.2f}")  # fmt: skip


if __name__ == "__main__":
    main()
