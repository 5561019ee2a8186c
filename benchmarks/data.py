"""What reading drawings costs: padding, time beside a training step, and memory for ten thousand and a million.

python benchmarks/data.py [--quick]

Needs MONOLINE_DATA. The padding is that of real drawings, augmented as in training: of batches as they come, and of
the parts that a CPU cuts them into for a plain LSTM or a transformer. Memory is measured in processes of their own
that read batches of a folder of shards as a training does; the sets are generated, 50 points a drawing on average.
Time is beside steps of the preset artist on the CPU.
"""

from __future__ import annotations

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from drawing.shard_writer import writing_shards
from model.data import Data, batches, read_data
from model.parts import padding, parts
from model.settings import DataSettings, TrainSettings

COUNTS = (10_000, 100_000, 1_000_000)
LIMIT = 0.05
BATCHES = 400


def paddings(data: Data, batch: int) -> tuple[float, float]:
    """Padding of the batches of an epoch, and of what a CPU makes of them."""
    drawings = data.splits["train"]
    epoch = list(itertools.islice(batches(drawings, data, DataSettings(), batch, 1, 0), -(-len(drawings) // batch)))
    return padding(epoch), padding(part for each in epoch for _, part in parts(each))


def generate(folder: Path, count: int) -> None:
    """Drawings of whole numbers, 5 to 95 points, as QuickDraw's."""
    rng = np.random.default_rng(1)
    with writing_shards(folder) as writer:
        for index in range(count):
            n = int(rng.integers(5, 96))
            rows = np.empty((n, 3))
            rows[:, :2] = rng.integers(-30, 31, (n, 2))
            rows[:, 2] = rng.random(n) < 0.1
            writer.add("valid" if index % 20 == 19 else "train", rows)


def memory() -> dict[str, float]:
    """Resident memory of this process in MB, now and at its highest."""
    found: dict[str, float] = {}
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(("VmRSS", "VmHWM")):
            found[line[:5]] = int(line.split()[1]) / 1024
    return found


def child(task: str, folder: Path, count: int) -> None:
    """One measurement, in a process of its own."""
    if task == "write":
        generate(folder, count)
        print(f"{memory()['VmHWM']:.1f}")
        return
    settings = DataSettings()
    began = time.monotonic()
    data = read_data(folder, settings)
    opened = time.monotonic() - began
    for _ in itertools.islice(batches(data.splits["train"], data, settings, 100, 1, 0), BATCHES):
        pass
    found = memory()
    print(f"{found['VmRSS']:.1f} {found['VmHWM']:.1f} {opened:.2f}")


def in_child(task: str, folder: Path, count: int) -> list[float]:
    """The numbers that a child prints."""
    words = [sys.executable, __file__, "--child", task, str(folder), str(count)]
    return [float(word) for word in subprocess.run(words, check=True, capture_output=True, text=True).stdout.split()]


def per_drawing(data: Data, batch: int) -> float:
    """Seconds a drawing to make a batch, everything random about it switched on."""
    settings = DataSettings(rotate_degrees=5, mirror=0.5, reverse=0.5)
    stream = batches(data.splits["train"], data, settings, batch, 1, 0)
    next(stream)
    best = np.inf
    for _ in range(3):
        began = time.perf_counter()
        seen = sum(len(each.lengths) for each in itertools.islice(stream, max(4, 2000 // batch)))
        best = min(best, (time.perf_counter() - began) / seen)
    return best


def per_step(data: Data, batch: int) -> float:
    """Seconds a drawing to learn it."""
    from configs.load import load
    from model.trainer import Trainer

    settings = load(TrainSettings, "artist", [])
    trainer = Trainer(settings, data, "cpu")
    stream = batches(data.splits["train"], data, settings.data, batch, 1, 0)
    trainer.learn(next(stream), 0.0)
    began, seen = time.perf_counter(), 0
    for each in itertools.islice(stream, max(2, 100 // batch)):
        trainer.learn(each, 0.0)
        seen += len(each.lengths)
    return (time.perf_counter() - began) / seen


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="no set of a million")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        child(asked.child[0], Path(asked.child[1]), int(asked.child[2]))
        return
    real = Path(os.environ["MONOLINE_DATA"])
    print(f"| drawings | batch | padding | on a CPU (limit {LIMIT:.0%}) | ms a drawing | of a step on the CPU |")
    print("|---|---|---|---|---|---|")
    for name in ("look_f16__minn10_epsilon1", "look_joined15", "aaron_sheep"):
        data = read_data(real / f"{name}.npz", DataSettings())
        for batch in (100, 16):
            cost = per_drawing(data, batch)
            share = cost / per_step(data, batch)
            whole, cut = paddings(data, batch)
            print(f"| {name} | {batch} | {whole:.2%} | {cut:.2%} | {cost * 1e3:.3f} | {share:.2%} |", flush=True)
    print("\n| drawings | MB on the disk | MB while written | MB after batches | at most | ratio | s to open |")
    print("|---|---|---|---|---|---|---|")
    first = None
    with tempfile.TemporaryDirectory() as folder:
        for count in COUNTS[:2] if asked.quick else COUNTS:
            shards = Path(folder) / f"{count}.shards"
            (written,) = in_child("write", shards, count)
            now, most, opened = in_child("read", shards, count)
            size = sum(each.stat().st_size for each in shards.iterdir()) / 1e6
            first = first or most
            memories = f"{written:.0f} | {now:.0f} | {most:.0f} | {most / first:.2f}"
            print(f"| {count:,} | {size:.0f} | {memories} | {opened:.1f} |", flush=True)


if __name__ == "__main__":
    main()
