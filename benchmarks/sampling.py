"""How long a network takes to draw, beside what other Sketch-RNNs do, which do not promise that a seed is a drawing.

python benchmarks/sampling.py [CKPT] [--runs N] [--threads N] [--counts N ...] [--device cuda]

Each way to draw is timed in turn, the best of some runs counts, and all ratios are of one run. Run it on an idle
machine: threads of torch that wait for one another come to a standstill beside other programs.

- one at a time: float32, through torch.distributions, as the public ports do it. The issue's unit of speed.
- plain loop: float32, one generator for the whole batch, all drawings stepped on until the last one has ended.
- ours, by one thread and by one a core; every drawing is held against that of any other batch and thread count.

Without a checkpoint, of LSTM 512, z 128, 20 mixtures with random weights, whose drawings have 130 points each.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import torch
from torch import Tensor
from torch.distributions import Categorical, MultivariateNormal

from drawing.drawing import Drawing
from model.bundled import find_checkpoint
from model.checkpoint import Checkpoint, load_checkpoint
from model.generator import Generator
from model.mixture import Mixture
from model.networks import build
from model.sample import Sampler
from model.settings import NetSettings

COUNTS, COUNT_ON_GPU = (1, 24, 100, 400), 10_000
TEMPERATURE = 0.3
POINTS = 130
AIM, AIM_MS = 30.0, 150.0


def untrained() -> Checkpoint:
    """Random weights that never end a drawing and seldom lift the pen."""
    torch.manual_seed(1)
    net = build(NetSettings(kind="conditional", decoder=512, encoder=8, latent=128, mixtures=20))
    weights = net.state_dict()
    weights["output.bias"][:3] = torch.tensor([4.0, 0.0, -99.0])
    return Checkpoint(net=net.settings, weights=weights, scale=1.0, n_max=POINTS * 4 // 5, first_dropped=False, step=1)


def component(mixture: Mixture, part: Tensor) -> list[Tensor]:
    """Means, deviations and correlation of one component of each drawing, (B,) each."""
    mu_x, mu_y, log_x, log_y, rho = (
        each.gather(-1, part[..., None])[..., 0]
        for each in (mixture.mu_x, mixture.mu_y, mixture.log_sigma_x, mixture.log_sigma_y, mixture.rho_raw)
    )
    return [mu_x, mu_y, log_x.exp(), log_y.exp(), rho.tanh() * 0.99]


@torch.no_grad()
def one_at_a_time(net: Generator, cap: int) -> int:
    """Draw one through torch.distributions; its points."""
    z = torch.randn(1, net.settings.latent) if net.conditional else None
    state, inputs = net.start(z, 1), net.first_input(torch.zeros(1), 1)
    for step in range(cap):
        raw, state = net.decode(inputs, z, state)
        mixture = Mixture.of(raw[0, 0])
        part = Categorical(logits=mixture.pi_logits / TEMPERATURE).sample()
        mu_x, mu_y, sx, sy, rho = component(mixture, part)
        spread = torch.stack([torch.stack([sx**2, rho * sx * sy]), torch.stack([rho * sx * sy, sy**2])]) * TEMPERATURE
        offset = MultivariateNormal(torch.stack([mu_x, mu_y]), spread).sample()
        pen = Categorical(logits=mixture.pen_logits / TEMPERATURE).sample()
        if pen == 2:
            return step
        inputs = torch.zeros(1, 1, 5)
        inputs[0, 0, :2], inputs[0, 0, 2 + pen] = offset, 1.0
    return cap


@torch.no_grad()
def plain(net: Generator, count: int, cap: int) -> int:
    """Draw in one batch without any promise; the points drawn, ends not counted."""
    z = torch.randn(count, net.settings.latent) if net.conditional else None
    state, inputs = net.start(z, count), net.first_input(torch.zeros(1), count)
    going = torch.ones(count, dtype=torch.bool)
    points = 0
    for _ in range(cap):
        raw, state = net.decode(inputs, z, state)
        mixture = Mixture.of(raw[0])
        part = Categorical(logits=mixture.pi_logits / TEMPERATURE).sample()
        pen = Categorical(logits=mixture.pen_logits / TEMPERATURE).sample()
        mu_x, mu_y, sx, sy, rho = component(mixture, part)
        one, other = torch.randn(2, count) * TEMPERATURE**0.5
        inputs = torch.zeros(1, count, 5)
        inputs[0, :, 0] = mu_x + sx * one
        inputs[0, :, 1] = mu_y + sy * (rho * one + (1 - rho**2).sqrt() * other)
        inputs[0, torch.arange(count), 2 + pen] = 1.0
        going &= pen != 2
        if not going.any():
            break
        points += int(going.sum())
    return points


class Race:
    """Times of several ways to draw, each the best of its runs."""

    def __init__(self) -> None:
        self.best: dict[str, float] = {}
        self.drawn: dict[int, Drawing] = {}

    def run(self, name: str, threads: int, draw: Callable[[], int]) -> None:
        """Draw once by some threads of torch; points a second count."""
        torch.set_num_threads(threads)
        began = time.perf_counter()
        points = draw()
        self.best[name] = max(self.best.get(name, 0.0), points / (time.perf_counter() - began))

    def ours(self, sampler: Sampler, count: int) -> int:
        """Draw seeds from 1 on and hold them against what they were before; their points."""
        samples = sampler.draw(range(1, count + 1), TEMPERATURE)
        for sample in samples:
            if self.drawn.setdefault(sample.seed, sample.drawing) != sample.drawing:
                raise SystemExit(f"Seed {sample.seed} is another drawing in a batch of {count}.")
        return sum(each.drawing.points for each in samples)


def main() -> None:
    """Print points a second, and how many times as many as one at a time."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("checkpoint", nargs="?")
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--device", default="cpu")
    options.add_argument("--threads", type=int, help="most of torch and of ours; by default one a core")
    options.add_argument("--counts", type=int, nargs="+", default=COUNTS)
    asked = options.parse_args()
    checkpoint = load_checkpoint(find_checkpoint(asked.checkpoint)) if asked.checkpoint else untrained()
    cores = asked.threads or Sampler(checkpoint).hand.threads
    samplers = {threads: Sampler(checkpoint, threads=threads) for threads in sorted({1, cores})}
    net, cap = checkpoint.build().eval(), samplers[1].cap
    race = Race()
    for _ in range(asked.runs):
        race.run("one at a time", cores, lambda: one_at_a_time(net, cap))
        for count in asked.counts:
            race.run(f"plain loop, {count}", cores, lambda count=count: plain(net, count, cap))
            for threads, sampler in samplers.items():
                race.run(f"ours, {count} by {threads}", 1, lambda count=count, it=sampler: race.ours(it, count))
    unit = race.best["one at a time"]
    print(f"{asked.checkpoint or 'untrained'}: {checkpoint.net.body} {checkpoint.net.cell} {checkpoint.net.decoder}, "
          f"{checkpoint.net.kind}, {cores} cores, torch {torch.__version__}, temperature {TEMPERATURE:g}")  # fmt: skip
    for name, speed in race.best.items():
        print(f"{name:20} {speed:9,.0f} points/s {speed / unit:6.1f}x")
    alone = 1000 * POINTS / race.best.get("ours, 1 by 1", float("nan"))
    print(f"{POINTS} points alone: {alone:.0f} ms, aim {AIM_MS:g}; "
          f"aim {AIM:g}x from 100 drawings on; all drawings alike")  # fmt: skip
    if asked.device != "cpu":
        sampler = Sampler(checkpoint, asked.device)
        sampler.draw(range(50), TEMPERATURE)
        began = time.perf_counter()
        drawn = sampler.draw(range(1, COUNT_ON_GPU + 1), TEMPERATURE)
        print(f"{asked.device}: {60 * len(drawn) / (time.perf_counter() - began):,.0f} drawings a minute")


if __name__ == "__main__":
    main()
