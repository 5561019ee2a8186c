"""Trains the small encoder that `monoline evaluate` measures likeness with, and prints how well it guesses.

python benchmarks/encoder.py QUICKDRAW.ndjson[.gz] [--epochs N] [--out FILE]

It learns to name QuickDraw drawings, and the kinds of drawing that the demo artist makes, from small pictures. A
tenth of the drawings is held out.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import time
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save
from torch import Tensor, nn
from torch.nn import functional

from drawing.drawing import Drawing
from drawing.quickdraw import read_ndjson
from model.features import CHANNELS, SIDE, SIZE, images, look
from prep.artist import KINDS, ArtistSettings, sketch
from studio.files import write_bytes

HELD_OUT = 10
"""Each drawing of so many of a class is kept for the test."""
BY_THE_ARTIST = 60
"""Drawings of each kind."""
BATCH, RATE, DECAY, SMOOTHING = 64, 3e-3, 0.05, 0.1
SHARPNESS = 16.0
"""A guess goes by the direction of a vector alone; logits need more than a cosine."""


def varied(drawing: Drawing, rng: np.random.Generator) -> Drawing:
    """A drawing turned, stretched and slanted a little, mirrored half of the time, and moved in its square."""
    angle, slant = rng.normal(0, 0.12), rng.normal(0, 0.1)
    wide, high = np.exp(rng.normal(0, 0.15, 2)) * [rng.choice([-1, 1]), 1]
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.array([[cos, -sin], [sin, cos]]) @ np.array([[1, slant], [0, 1]]) @ np.diag([wide, high])
    return drawing.transform(np.column_stack([matrix, [0, 0]]))


def shifted(pictures: Tensor, rng: np.random.Generator) -> Tensor:
    """The pictures moved and shrunk by a few pixels, each in its own way."""
    n = len(pictures)
    scale = torch.from_numpy(1.0 + rng.uniform(0, 0.2, n)).float()
    move = torch.from_numpy(rng.uniform(-0.08, 0.08, (n, 2))).float()
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0] = theta[:, 1, 1] = scale
    theta[:, :, 2] = move
    grid = functional.affine_grid(theta, list(pictures.shape), align_corners=False)
    return functional.grid_sample(pictures, grid, align_corners=False)


def fresh(classes: int) -> dict[str, nn.Parameter]:
    """Weights of the encoder, and ``names`` to guess classes with."""
    weights: dict[str, nn.Parameter] = {}
    for layer, (inputs, outputs) in enumerate(itertools.pairwise(CHANNELS)):
        weights[f"{layer}.weight"] = nn.Parameter(nn.init.kaiming_normal_(torch.empty(outputs, inputs, 3, 3)))
        weights[f"{layer}.scale"] = nn.Parameter(torch.ones(outputs))
        weights[f"{layer}.shift"] = nn.Parameter(torch.zeros(outputs))
    weights["names"] = nn.Parameter(torch.randn(classes, SIZE) * SIZE**-0.5)
    return weights


def guess(weights: dict[str, nn.Parameter], pictures: Tensor) -> Tensor:
    """Logits of the classes."""
    return (
        SHARPNESS
        * functional.normalize(look(weights, pictures), dim=1)
        @ functional.normalize(weights["names"], dim=1).T
    )


def main() -> None:
    """Train, test, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("quickdraw", type=Path)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("eye.safetensors"))
    asked = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(asked.seed)
    torch.set_flush_denormal(True)
    rng = np.random.default_rng(asked.seed)
    began = time.process_time()

    drawings = [(each.drawing, each.word) for each in read_ndjson(asked.quickdraw) if each.drawing.lines]
    for number, kind in enumerate(KINDS):
        settings = ArtistSettings(kinds={kind: 1.0})
        drawings += [(sketch(number, index, settings).drawing, f"artist's {kind}") for index in range(BY_THE_ARTIST)]
    names = sorted({word for _, word in drawings})
    labels = torch.tensor([names.index(word) for _, word in drawings])
    seen = dict.fromkeys(names, 0)
    held: list[bool] = []
    for _, word in drawings:
        held.append(seen[word] % HELD_OUT == HELD_OUT - 1)
        seen[word] += 1
    train, test = np.flatnonzero(~np.array(held)), np.flatnonzero(held)
    print(f"{len(train):,} drawings to learn from, {len(test):,} held out, {len(names)} classes", flush=True)

    weights = fresh(len(names))
    optimiser = torch.optim.AdamW(weights.values(), lr=RATE, weight_decay=DECAY)
    steps = asked.epochs * (len(train) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, steps, pct_start=0.2)
    for epoch in range(asked.epochs):
        total = 0.0
        order = rng.permutation(train)
        for at in range(0, len(order) - BATCH + 1, BATCH):
            chosen = order[at : at + BATCH]
            pictures = torch.from_numpy(images([varied(drawings[index][0], rng) for index in chosen]))[:, None]
            logits = guess(weights, shifted(pictures, rng))
            loss = functional.cross_entropy(logits, labels[chosen], label_smoothing=SMOOTHING)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1}: loss {total / (len(order) // BATCH):.3f}, "
              f"{time.process_time() - began:.0f} core seconds", flush=True)  # fmt: skip

    kept = {name: each.detach().half() for name, each in weights.items() if name != "names"}
    as_kept = {name: nn.Parameter(each.float()) for name, each in kept.items()} | {"names": weights["names"]}
    with torch.no_grad():
        every = torch.from_numpy(images([drawings[index][0] for index in test]))[:, None]
        ranks = guess(as_kept, every).argsort(dim=1, descending=True)
    right = ranks == labels[test][:, None]
    quick = torch.tensor([not drawings[index][1].startswith("artist's") for index in test])
    for what, which in (("QuickDraw", quick), ("the demo artist", ~quick)):
        print(f"{what}: {which.sum()} held out, right at once {right[which, :1].any(dim=1).float().mean():.1%}, "
              f"among five {right[which, :5].any(dim=1).float().mean():.1%}")  # fmt: skip
    data = save(kept)
    write_bytes(asked.out, data)
    print(f"{asked.out}: {len(data):,} bytes, SHA-256 {hashlib.sha256(data).hexdigest()}, pictures of {SIDE}")


if __name__ == "__main__":
    main()
