"""How many drawings a second are learnt, beside what a straightforward Sketch-RNN in PyTorch manages.

python benchmarks/training.py --data FILE [--rounds 3] [--batches 5] [--device cuda] [--set net.recurrent_dropout=0.1]

The peers pad every drawing to the longest of the set and read z at each step: one runs nn.LSTM, one an LSTM with
layer normalisation written as a loop over the steps. Beside them run monoline's own steps, loss, guard, clipping,
Adam and averaged weights and all, over its own batches: of an epoch of batches so many are taken, from the short
ones to the long. All take turns, and each has its best time, so that a machine that is busy for a while is so for
all. With ``--busy`` they run in one thread and the time is that which the processor spent on them, for a machine
that others use. FLOPs are those of the products that real points need, forward and back; their limit is a product
of large float32 matrices in the same run.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, log_softmax

from model.data import Data, batches, read_data
from model.losses import Batch
from model.parts import padding, parts, pay
from model.settings import TrainSettings
from model.trainer import Trainer

BATCH, ENCODER, DECODER, LATENT, MIXTURES = 100, 256, 512, 128, 20
TARGETS = {"lstm": 1.5, "layer_norm": 2.0}
PEAK_SIZE = 2048


class LoopLSTM(nn.Module):
    """An LSTM with layer normalisation, as one writes it: one turn of a loop a step."""

    def __init__(self, inputs: int, size: int) -> None:
        super().__init__()
        self.size = size
        self.of_input = nn.Linear(inputs, 4 * size, bias=False)
        self.of_hidden = nn.Linear(size, 4 * size, bias=False)
        self.norms = nn.ModuleList([nn.LayerNorm(size) for _ in range(5)])

    def forward(self, inputs: Tensor, state: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Hidden states (T, B, H), and the state after the last step."""
        nothing = inputs.new_zeros(1, inputs.shape[1], self.size)
        hidden, memory = (each[0] for each in state or (nothing, nothing))
        found: list[Tensor] = []
        for row in inputs:
            four = (self.of_input(row) + self.of_hidden(hidden)).chunk(4, dim=-1)
            enter, forget, candidate, output = (
                norm(each) for norm, each in zip(list(self.norms)[:4], four, strict=True)
            )
            memory = torch.sigmoid(forget + 1) * memory + torch.sigmoid(enter) * torch.tanh(candidate)
            hidden = torch.sigmoid(output) * torch.tanh(self.norms[4](memory))
            found.append(hidden)
        return torch.stack(found), (hidden[None], memory[None])


class Plain(nn.Module):
    """A Sketch-RNN without any care for speed; its loss too is the usual one."""

    def __init__(self, cell: str) -> None:
        super().__init__()
        kind = nn.LSTM if cell == "lstm" else LoopLSTM
        self.ahead, self.back = kind(5, ENCODER), kind(5, ENCODER)
        self.mu, self.logvar = nn.Linear(2 * ENCODER, LATENT), nn.Linear(2 * ENCODER, LATENT)
        self.initial = nn.Linear(LATENT, 2 * DECODER)
        self.decoder = kind(5 + LATENT, DECODER)
        self.output = nn.Linear(DECODER, 6 * MIXTURES + 3)

    def loss(self, rows: Tensor) -> Tensor:
        """Of stroke-5 with start and end, (T, B, 5)."""
        ends = [self.ahead(rows)[1][0][0], self.back(rows.flip(0))[1][0][0]]
        mu, logvar = self.mu(torch.cat(ends, dim=-1)), self.logvar(torch.cat(ends, dim=-1))
        z = mu + torch.randn_like(mu) * torch.exp(logvar / 2)
        hidden, memory = (each.contiguous() for each in torch.tanh(self.initial(z))[None].chunk(2, dim=-1))
        before, after = rows[:-1], rows[1:]
        told = self.decoder(torch.cat([before, z.expand(len(before), -1, -1)], dim=-1), (hidden, memory))[0]
        raw = self.output(told)
        pen = cross_entropy(raw[..., :3].flatten(0, 1), after[..., 2:].argmax(dim=-1).flatten())
        pi, mu_x, mu_y, log_x, log_y, rho = raw[..., 3:].chunk(6, dim=-1)
        wide_x, wide_y, rho = torch.exp(log_x), torch.exp(log_y), 0.99 * torch.tanh(rho)
        x, y = (after[..., :1] - mu_x) / wide_x, (after[..., 1:2] - mu_y) / wide_y
        rest = 1 - rho**2
        log_each = -(x**2 + y**2 - 2 * rho * x * y) / (2 * rest) - torch.log(2 * np.pi * wide_x * wide_y * rest.sqrt())
        points = torch.logsumexp(log_softmax(pi, dim=-1) + log_each, dim=-1) * (1 - after[..., 4])
        return pen - points.mean() - 0.25 * (1 + logvar - mu**2 - torch.exp(logvar)).mean()


def padded(data: Data) -> Tensor:
    """Drawings of the train split as stroke-5, every one as long as the longest of them all, (T, B, 5)."""
    train = data.splits["train"]
    rows = torch.zeros(max(map(len, train)) + 2, BATCH, 5)
    rows[0, :, 2] = 1.0
    rows[1:, :, 4] = 1.0
    for column, drawing in enumerate(train[:BATCH]):
        one = torch.from_numpy(drawing).float()
        rows[1 : len(one) + 1, column] = torch.cat(
            [one[:, :2] / data.scale, 1 - one[:, 2:], one[:, 2:], 0 * one[:, 2:]], 1
        )
    return rows


def plain_step(cell: str, rows: Tensor, device: str) -> Callable[[], object]:
    """A step of the peer with this cell."""
    net, rows = Plain(cell).to(device), rows.to(device)
    adam = torch.optim.Adam(net.parameters(), lr=1e-3)

    def step() -> None:
        adam.zero_grad()
        net.loss(rows).backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        adam.step()

    return step


def some_batches(data: Data, settings: TrainSettings, count: int) -> list[Batch]:
    """So many batches of an epoch, evenly from the shortest to the longest."""
    drawings = data.splits["train"]
    epoch = list(islice(batches(drawings, data, settings.data, BATCH, 1, 0), len(drawings) // BATCH))
    epoch.sort(key=lambda batch: int(batch.lengths.sum()))
    return [epoch[int((place + 0.5) * len(epoch) / count)] for place in range(count)]


def flops(batch: Batch) -> float:
    """Of the products that the points of a batch need, forward and back."""
    points, drawings = int(batch.lengths.sum()), len(batch.lengths)
    encoder = 2 * points * (5 + ENCODER) * 4 * ENCODER
    decoder = (points + drawings) * ((5 + DECODER) * 4 * DECODER + DECODER * (6 * MIXTURES + 3))
    once = drawings * (LATENT * 4 * DECODER + 2 * ENCODER * 2 * LATENT + LATENT * 2 * DECODER)
    return 3 * 2.0 * (encoder + decoder + once)


def main() -> None:
    """Print each, its ratio to its peer, the padding, and the share of the machine's own speed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batches", type=int, default=5)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--busy", action="store_true")
    parser.add_argument("--set", action="append", default=[], metavar="net.X=Y")
    args = parser.parse_args()
    torch.set_num_threads(1 if args.busy else args.threads)
    clock = time.process_time if args.busy else time.perf_counter

    def taken_s(step: Callable[[], object]) -> float:
        began = clock()
        step()
        if args.device.startswith("cuda"):
            torch.cuda.synchronize()
        return clock() - began

    sizes = {"encoder": ENCODER, "decoder": DECODER, "latent": LATENT, "mixtures": MIXTURES}
    asked: dict[str, dict[str, object]] = {"net": {**sizes}, "fit": {}}
    for key, _, value in (each.partition("=") for each in args.set):
        section, _, name = key.rpartition(".")
        asked[section or "net"][name] = value
    settings = {
        cell: TrainSettings.model_validate({**asked, "net": {**asked["net"], "cell": cell, "encoder_cell": cell}})
        for cell in TARGETS
    }
    data = read_data(args.data, settings["lstm"].data)
    rows, chosen = padded(data), some_batches(data, settings["lstm"], args.batches)
    steps: dict[str, Callable[[], object]] = {}
    for cell in TARGETS:
        steps[f"plain {cell}"] = plain_step(cell, rows, args.device)
        trainer = Trainer(settings[cell], data, args.device)
        for place, batch in enumerate(chosen):
            steps[f"{cell} {place}"] = lambda trainer=trainer, batch=batch: trainer.learn(batch, 0.0)
    large = torch.randn(PEAK_SIZE, PEAK_SIZE, device=args.device)
    steps["peak"] = lambda: large @ large
    best = dict.fromkeys(steps, float("inf"))
    for _ in range(args.rounds):
        for name, step in steps.items():
            best[name] = min(best[name], *(taken_s(step) for _ in range(5 if name == "peak" else 1)))

    peak = 2 * PEAK_SIZE**3 / best["peak"]
    whole, cut = padding(chosen), padding(part for batch in chosen for _, part in parts(batch))
    card = torch.cuda.get_device_name(args.device) if args.device.startswith("cuda") else "this machine"
    print(f"{card}: {peak / 1e9:.0f} GFLOP/s; padding {whole:.1%} of the steps, {cut:.1%} in parts")
    for cell, target in TARGETS.items():
        took_s = sum(best[f"{cell} {place}"] for place in range(len(chosen)))
        ours, peers = len(chosen) * BATCH / took_s, BATCH / best[f"plain {cell}"]
        share = sum(map(flops, chosen)) / took_s / peak
        how = "in parts" if pay(settings[cell].net, args.device, "float32") else "in whole batches"
        print(
            f"{cell:<10} {ours:6.1f} drawings/s, plain {peers:6.1f}: {ours / peers:.2f} times (at least {target:g}); "
            f"{share:.0%} of the machine's FLOP/s, {how}"
        )


if __name__ == "__main__":
    main()
