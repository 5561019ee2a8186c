"""Few drawings: does a network that has learnt other drawings first learn them better?

python benchmarks/few.py --data FILE [--drawings 200] [--minutes 10] [--seeds 1,2,3] [--from CKPT,...] [--set K=V]

For each seed so many drawings are taken from the train split, and networks are trained on them for the same time with
the preset ``artist``: from random weights of the first checkpoint's own shape, and from each checkpoint. Printed are
nats per point on the whole valid split at the reference scale, at the end and at the best look on the way, so that one
sees whether stopping early matters: the best was chosen by the same drawings, so it is a little too good. The learning
rate from random weights is the preset's, from others a share of it, ``fit.fine_share``.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import mean

import numpy as np

from drawing.npz import read_npz, write_npz
from model.asked import unused
from model.bundled import find_checkpoint
from model.checkpoint import load_checkpoint, read_about, read_net
from model.data import dequantise, drawings_for, read_data
from model.evaluate import likelihood
from model.settings import DROPS, DataSettings, TrainSettings


def subset(path: Path, drawings: int, seed: int, folder: Path) -> Path:
    """A file with so many drawings of the train split, and all of the valid split."""
    splits = read_npz(path).splits
    chosen = np.random.default_rng([seed, 0xFE]).permutation(len(splits["train"]))[:drawings]
    out = folder / f"{path.name.partition('.')[0]}-{drawings}-{seed}.npz"
    write_npz(out, {"train": [splits["train"][index] for index in sorted(chosen)], "valid": splits["valid"]})
    return out


def train(data: Path, out: Path, words: list[str]) -> None:
    """Train with the preset for few drawings."""
    monoline = Path(sys.executable).with_name("monoline")
    done = subprocess.run([monoline, "train", "artist", "--data", data, "--out", out, *words], check=False)
    if done.returncode:  # it has said why
        raise SystemExit(done.returncode)


def figure(checkpoint: Path, data: Path, scale: float) -> float:
    """Nats per point on the valid split at this scale."""
    known = load_checkpoint(checkpoint)
    drawings = drawings_for(data, "valid", known.first_dropped)
    if known.data.get("dequantised"):
        drawings = dequantise(drawings)
    return likelihood(known.build(), drawings, known.scale, known.n_max, reference_scale=scale).nats_per_point


def shape_of(start: Path) -> list[str]:
    """Settings for random weights of a checkpoint's own shape."""
    net = read_net(start)
    left_out = {*unused(TrainSettings(net=net)), *(f"net.{name}" for name in DROPS)}
    every = {f"net.{name}": str(value).lower() for name, value in net.model_dump().items()}
    return [f"{name}={value}" for name, value in every.items() if name not in left_out]


def main() -> None:
    """Print a row a seed, and the means."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--drawings", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--from", dest="starts", default="portraits", metavar="CKPT,...")
    parser.add_argument("--reference-scale", type=float, help="by default that of the file's train split")
    parser.add_argument("--set", dest="settings", action="append", default=[], metavar="K=V", help="for all trainings")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where to put the runs; nowhere by default")
    asked = parser.parse_args()
    starts = {Path(name).stem: find_checkpoint(name) for name in asked.starts.split(",")}
    scale = asked.reference_scale or read_data(asked.data, DataSettings(max_points=10_000)).scale
    ways = {"scratch": [f"--set={each}" for each in shape_of(next(iter(starts.values())))]}
    ways |= {name: ["--from", str(path)] for name, path in starts.items()}
    rows: list[list[float]] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        print(f"{asked.drawings} drawings of {asked.data.name}, {asked.minutes:g} minutes each; nats per point on "
              f"valid at scale {scale:.4f}, at the end (best on the way at its step)")  # fmt: skip
        print(f"| seed | {' | '.join(f'from {name}' for name in ways)} |\n|---|{'---|' * len(ways)}", flush=True)
        for seed in (int(each) for each in asked.seeds.split(",")):
            data = subset(asked.data, asked.drawings, seed, folder)
            chosen = [f"fit.seed={seed}", "fit.steps=1000000", "fit.validate_every=25", *asked.settings]
            told: list[str] = []
            found: list[float] = []
            for name, begin in ways.items():
                out = folder / f"{data.stem}-{name}"
                words = [*begin, *(f"--set={each}" for each in chosen), "--minutes", str(asked.minutes)]
                train(data, out, words)
                last, best = (figure(out / f"{kind}.safetensors", data, scale) for kind in ("model", "best"))
                step = read_about(out / "best.safetensors")["step"]
                told.append(f"{last:.3f} ({best:.3f} at {step:,})")
                found += [last, best]
            rows.append(found)
            print(f"| {seed} | {' | '.join(told)} |", flush=True)
    middle = [mean(column) for column in zip(*rows, strict=True)]
    pairs = zip(middle[::2], middle[1::2], strict=True)
    print(f"| mean | {' | '.join(f'{last:.3f} ({best:.3f})' for last, best in pairs)} |")


if __name__ == "__main__":
    main()
