"""Train the network of prep/crossings.py on pages whose truth is known.

python benchmarks/crossings.py FOLDER... [--test FOLDER...] [--out prep/crossings.npz]

A FOLDER is a rendered sketchbook with its truth.json; one that is named again counts again. Wherever two lines meet at
a place or share a run, and the true line is known there, the network learns whether they cross or touch, from what the
tracer itself sees.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from costs import match
from torch import Tensor, nn
from torch.nn import functional

from prep.crossings import AWAY, Encounter, around, encounter, features, pairings, shared, touches, views
from prep.homography import inverse, map_points
from prep.links import linked
from prep.meetings import Arm, Meetings, told
from prep.trace import TraceSettings, factor_of, look, meet
from prep.trajectory import drawn

INPUTS = 8 * len(AWAY) + 4 + 5
HIDDEN = (128, 48)
EPOCHS, BATCH, RATE, DECAY = 60, 64, 4e-3, 0.05
DROPPED = (0.02, 0.1)
"""Shares of inputs and of hidden values that are left out in training."""


@dataclass
class Known:
    """What is known of two lines that meet. Each way in which they may touch has its rows, one for each view."""

    rows: np.ndarray
    """(ways, views, INPUTS): one way to touch along a run, two at a place."""
    truth: int
    """0 if they cross, else the number of the way in which they touch, from 1."""
    length: float
    """Of the run, in pens; 0 at a place."""
    before: float
    """How likely the truth is by the costs of single arms, at a place."""


def read(folder: Path) -> Iterator[Known]:
    """All meetings of two lines on the pages of a folder of which the truth is known."""
    settings = TraceSettings()
    for page in json.loads((folder / "truth.json").read_text())["pages"]:
        looked = look(folder / page["file"], settings)
        if not page["drawings"] or not looked.ink.mask.any():
            continue
        factor = factor_of(looked.ink, settings)
        meetings, back = meet(looked.ink, factor), inverse(looked.page.to_scan)
        lines = [map_points(back, np.array(line, float)) for drawn in page["drawings"] for line in drawn["strokes"]]
        yield from meet_truth(meetings, [match(meetings, (line + 0.5) * factor - 0.5) for line in lines])


def meet_truth(meetings: Meetings, walks: Sequence[Sequence[Arm]]) -> Iterator[Known]:
    """What is known of a page whose true lines enter edges by the arms ``walks``."""
    times = drawn(meetings)
    links = linked(meetings.best(place, times) for place in range(len(meetings.arms)))
    true = np.zeros(len(times), int)
    pairs: dict[int, list[tuple[Arm, Arm]]] = defaultdict(list)
    entered: dict[Arm, list[tuple[int, int]]] = defaultdict(list)
    places = meetings.web.ends.ravel()
    for number, walk in enumerate(walks):
        for at, arm in enumerate(walk):
            true[arm >> 1] += 1
            entered[arm].append((number, at))
        for one, other in itertools.pairwise(walk):
            if places[one ^ 1] == places[other]:
                pairs[places[other]].append((one ^ 1, other))

    def rows(*ways: Encounter) -> np.ndarray:
        return np.stack(list(views(features(meetings, links, ways))), axis=1)

    for place, arms in enumerate(meetings.arms):
        if len(arms) == 4 and all(times[arm >> 1] == true[arm >> 1] == 1 for arm in arms):
            (turned,) = around(meetings, links, [place])
            ways = [told(pairing, ()) for pairing in pairings(turned)]
            truth = told(pairs[place], ())
            if truth in ways:
                costs = np.array([sum(meetings.together[pair] for pair in way) for way, _ in ways])
                before = -costs[ways.index(truth)] - np.logaddexp.reduce(-costs)
                yield Known(rows(*touches(turned)), ways.index(truth), 0.0, float(before))
    for run in shared(times, links):
        went = set()
        along = tuple(arm for arm, _, _ in run.path)
        for arms, ahead in ((along, True), (tuple(arm ^ 1 for arm in reversed(along)), False)):
            for number, at in entered[arms[0]]:
                walk, end = walks[number], at + len(arms)
                if at > 0 and end < len(walk) and tuple(walk[at:end]) == arms:
                    ways = walk[at - 1] ^ 1, walk[end]
                    went.add(ways if ahead else ways[::-1])
        (a, _), (b, _) = run.before
        (c, _), (d, _) = run.after
        as_now, otherwise = {(a, c), (b, d)} <= went, {(a, d), (b, c)} <= went
        if as_now != otherwise:
            seen, crosses = encounter(meetings, times, run)
            yield Known(rows(seen), int(crosses != as_now), seen.length, math.nan)


class Network(nn.Module):
    """Two hidden layers, on rows as the tracer makes them."""

    def __init__(self, known: Sequence[Known]) -> None:
        super().__init__()
        every = np.concatenate([each.rows.reshape(-1, INPUTS) for each in known])
        self.mean = torch.tensor(every.mean(axis=0), dtype=torch.float32)
        self.spread = torch.tensor(every.std(axis=0) + 1e-3, dtype=torch.float32)
        self.first = nn.Linear(INPUTS, HIDDEN[0])
        self.second = nn.Linear(HIDDEN[0], HIDDEN[1])
        self.last = nn.Linear(HIDDEN[1], 1)

    def forward(self, rows: Tensor) -> Tensor:
        """(n, 1 + ways) for rows (n, ways, INPUTS): logits that lines cross, and that they touch in each way."""
        hidden = functional.dropout((rows - self.mean) / self.spread, DROPPED[0], self.training)
        hidden = functional.dropout(functional.silu(self.first(hidden)), DROPPED[1], self.training)
        touch = self.last(functional.silu(self.second(hidden)))[..., 0]
        return torch.cat([torch.zeros(len(touch), 1), touch], dim=1)


def train(known: Sequence[Known], epochs: int) -> Network:
    """A network trained on what is known."""
    net = Network(known)
    kinds = [[each for each in known if len(each.rows) == ways] for ways in (1, 2)]
    rows = [torch.tensor(np.array([each.rows for each in kind]), dtype=torch.float32) for kind in kinds]
    truth = [torch.tensor([each.truth for each in kind]) for kind in kinds]
    which = torch.tensor([(kind, number) for kind in (0, 1) for number in range(len(kinds[kind]))])
    steps = -(-len(which) // BATCH)
    optimizer = torch.optim.AdamW(net.parameters(), RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=epochs * steps)
    for epoch in range(epochs):
        net.train()
        total = 0.0
        for chosen in which[torch.randperm(len(which))].split(BATCH):
            loss = torch.zeros(())
            for kind in (0, 1):
                number = chosen[chosen[:, 0] == kind, 1]
                view = torch.randint(rows[kind].shape[2], (len(number),))
                found = net(rows[kind][number, :, view])
                loss = loss + functional.cross_entropy(found, truth[kind][number], reduction="sum")
            optimizer.zero_grad()
            (loss / len(chosen)).backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        if epoch % 10 == 9:
            print(f"epoch {epoch + 1}: {total / len(which):.3f} nats", file=sys.stderr, flush=True)
    return net.eval()


@torch.no_grad()
def tell(name: str, net: Network, known: Sequence[Known]) -> None:
    """Print how often a network is right, and its nats a meeting, by length of the run."""
    for low, high in ((0.0, 1e-9), (1e-9, 3), (3, 6), (6, 10), (10, math.inf)):
        chosen = [each for each in known if low <= each.length < high]
        if chosen:
            rows = torch.tensor(np.array([each.rows for each in chosen]), dtype=torch.float32)
            found = torch.stack([net(rows[:, :, view]) for view in range(rows.shape[2])]).mean(dim=0)
            truth = torch.tensor([each.truth for each in chosen])
            right = (found.argmax(dim=1) == truth).float().mean().item()
            nats = functional.cross_entropy(found, truth).item()
            most = torch.bincount(truth).max().item() / len(truth)
            before = -float(np.mean([each.before for each in chosen]))
            where = "at places" if low == 0 else f"on runs of {low:.0f} to {high} pens"
            print(
                f"{name}, {len(chosen)} {where}: right {right:.3f} (always the same: {most:.3f}), {nats:.3f} nats"
                + (f"; by costs of arms {before:.3f} nats" if low == 0 else "")
            )


def write(path: Path, net: Network) -> None:
    """Write the weights as arrays."""
    arrays = {**net.state_dict(), "mean": net.mean, "spread": net.spread}
    np.savez_compressed(path, **{name: value.numpy().astype(np.float32) for name, value in arrays.items()})


def main() -> None:
    """Read, train, tell, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--test", nargs="*", type=Path, default=[])
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(1)
    pages = {folder: list(read(folder)) for folder in dict.fromkeys(asked.folders)}
    known = [each for folder in asked.folders for each in pages[folder]]
    net = train(known, asked.epochs)
    tell("trained on", net, known)
    for folder in asked.test:
        tell(folder.name, net, list(read(folder)))
    if asked.out:
        write(asked.out, net)


if __name__ == "__main__":
    main()
