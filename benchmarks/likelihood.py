"""The table of likelihoods: networks beside a memoryless floor that is fitted in the same run.

python benchmarks/likelihood.py --data FILE [--split valid] [--reference-scale X] [--train MINUTES] [CKPT or RUN...]

With --train a decoder-only and a conditional network are trained first, so many minutes each.

The floor knows the pen's state before and nothing else: two mixtures of 20 Gaussians, fitted by
expectation and maximisation, and how often the pen does what. A network that is not well below it
has learnt nothing. Whole numbers get the documented noise, and first rows that are places are left out,
for the floor as for the networks.
"""

from __future__ import annotations

import argparse
import math
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from drawing.stroke import Stroke3
from model.bundled import find_checkpoint
from model.checkpoint import load_checkpoint
from model.data import dequantise, drawings_for, read_data
from model.evaluate import likelihood
from model.settings import DataSettings

PARTS, ROUNDS, FITTED_ON = 20, 200, 60_000
NARROWEST = 1e-3
"""No Gaussian gets narrower than this, in units of the scale: data with repeats would make it endless."""

Points = NDArray[np.float64]

FEW_MINUTES = (
    "net.dropout=0.1",
    "fit.batch=16",
    "fit.steps=1000000",
    "data.max_points=500",
    "data.scale_jitter=0.1",
    "data.rotate_degrees=0",
    "data.drop_points=0",
)
"""Over the preset ``artist``, which is made for a night: in minutes a network learns little by heart. On a CPU a
drawing takes as long in a small batch as in a large one, so the minutes have more steps."""
OF_Z = ("fit.kl_weight=0.2", "fit.kl_floor=0", "fit.prior_share=0")
"""With an encoder: w_KL is near the weight with which the objective is the bound itself, Nz / n_max."""


class Gaussians:
    """A mixture of Gaussians in two dimensions, fitted by expectation and maximisation."""

    def __init__(self, points: Points, rng: np.random.Generator) -> None:
        self.weights = np.full(PARTS, 1 / PARTS)
        self.means = points[rng.choice(len(points), PARTS)]
        self.spreads: Points = np.tile(np.cov(points.T) / 4, (PARTS, 1, 1))
        for _ in range(ROUNDS):
            log_each = self._each(points)
            share = np.exp(log_each - np.asarray(logsumexp(log_each, axis=1, keepdims=True)))
            total = share.sum(axis=0) + 1e-9
            self.weights = total / total.sum()
            self.means = share.T @ points / total[:, None]
            for part in range(PARTS):
                away = points - self.means[part]
                spread = (share[:, part, None] * away).T @ away / total[part]
                self.spreads[part] = spread + NARROWEST**2 * np.eye(2)

    def _each(self, points: Points) -> NDArray[np.float64]:
        """log of weight times density of each Gaussian, (n, PARTS)."""
        out = np.empty((len(points), PARTS))
        for part in range(PARTS):
            root = np.linalg.cholesky(self.spreads[part])
            away = np.linalg.solve(root, (points - self.means[part]).T)
            log_root = np.log(np.diag(root)).sum()
            out[:, part] = math.log(self.weights[part]) - math.log(2 * math.pi) - log_root - 0.5 * (away**2).sum(axis=0)
        return out

    def nats(self, points: Points) -> float:
        """Negative log-likelihood, summed."""
        return -float(np.sum(logsumexp(self._each(points), axis=1))) if len(points) else 0.0


def told_apart(drawings: Sequence[Stroke3], scale: float) -> tuple[Points, NDArray[np.intp], NDArray[np.bool_]]:
    """Offsets (0 at an end), pen states 0 down, 1 up, 2 end, and whether the pen was up before."""
    offsets, pens, before = [], [], []
    for rows in drawings:
        up = rows[:, 2] > 0.5
        up[-1] = True
        offsets += [rows[:, :2] / scale, np.zeros((1, 2))]
        pens += [up.astype(np.intp), [2]]
        before += [[False], up]
    return np.concatenate(offsets), np.concatenate(pens), np.concatenate(before).astype(bool)


def floor(
    train: Sequence[Stroke3], test: Sequence[Stroke3], scale: float, rng: np.random.Generator
) -> tuple[float, float]:
    """Nats per point of offsets and of the pen of a model without memory."""
    known, pens, before = told_apart(train, scale)
    new, new_pens, new_before = told_apart(test, scale)
    points = int((new_pens < 2).sum())
    offsets = pen = 0.0
    for up in (False, True):
        here, there = before == up, new_before == up
        rates = (np.bincount(pens[here], minlength=3) + 1e-9) / (here.sum() + 3e-9)
        pen -= float(np.log(rates)[new_pens[there]].sum())
        fitted = known[here & (pens < 2)]
        fitted = fitted[rng.permutation(len(fitted))[:FITTED_ON]]
        if len(fitted) > PARTS:
            offsets += Gaussians(fitted, rng).nats(new[there & (new_pens < 2)])
    return offsets / points, pen / points


def train(data: Path, minutes: float, kind: str, folder: Path) -> str:
    """Train a network for a few minutes, and return its run."""
    run = folder / f"{data.name.partition('.')[0]}-{kind}"
    settings = [f"net.kind={kind}", *FEW_MINUTES, *(OF_Z if kind == "conditional" else ())]
    monoline = Path(sys.executable).with_name("monoline")
    order = [monoline, "train", "artist", "--data", data, "--out", run, "--minutes", str(minutes)]
    done = subprocess.run([*order, *(word for each in settings for word in ("--set", each))], check=False)
    if done.returncode:  # it has said why
        raise SystemExit(done.returncode)
    return str(run)


def main() -> None:
    """Print the floor and each network."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoints", nargs="*", metavar="CKPT")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--split", default="valid")
    parser.add_argument("--reference-scale", type=float)
    parser.add_argument("--train", type=float, metavar="MINUTES")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where to put what --train trains; nowhere by default")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        runs = [
            train(asked.data, asked.train, kind, asked.keep or Path(folder))
            for kind in (("decoder", "conditional") if asked.train else ())
        ]
        table(asked, [*asked.checkpoints, *runs])


def table(asked: argparse.Namespace, checkpoints: Sequence[str]) -> None:
    """Print the table."""
    data = read_data(asked.data, DataSettings(max_points=10_000))
    scale = asked.reference_scale or data.scale

    def drawings(split: str, first_dropped: bool) -> Sequence[Stroke3]:
        found = drawings_for(asked.data, split, first_dropped)
        return dequantise(found) if data.dequantised else found

    test = drawings(asked.split, data.first_dropped)
    offsets, pen = floor(drawings("train", data.first_dropped), test, scale, np.random.default_rng(0))
    points = sum(map(len, test))
    how = f"{', dequantised' if data.dequantised else ''}{', first rows left out' if data.first_dropped else ''}"
    print(f"{asked.data.name}, {asked.split}: {len(test):,} drawings, {points:,} points, at scale {scale:.4f}{how}")
    print("| network | nats per point | offsets | pen | latent | L_R (n_max) | steps | minutes |")
    print("|---|---|---|---|---|---|---|---|")
    print(f"| memoryless floor | {offsets + pen:.3f} | {offsets:.3f} | {pen:.3f} | | | | |")
    for name in checkpoints:
        known = load_checkpoint(find_checkpoint(name))
        if known.first_dropped != data.first_dropped:
            print(f"| {name} | learnt another kind of first row: not comparable | | | | | | |")
            continue
        found = likelihood(known.build(), test, known.scale, known.n_max, reference_scale=scale)
        minutes = known.training.get("seconds", math.nan) / 60
        print(f"| {name} ({known.net.kind}) | {found.nats_per_point:.3f} | {found.offsets:.3f} | {found.pen:.3f} "
              f"| {found.kl:.3f} | {found.L_R:.3f} ({found.n_max}) | {known.step:,} | {minutes:.1f} |")  # fmt: skip


if __name__ == "__main__":
    main()
