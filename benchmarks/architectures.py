"""Architectures at equal time: nats per point on unseen drawings over the minutes, decoder-only.

python benchmarks/architectures.py --data FILE [--split test] [--reference-scale X] [--minutes M] [--nets lstm,...]

Each network trains for so many minutes on one core, its learning rate falling to zero by then, with batches
of 16. What counts is the last column, of the whole split; the others are on the valid split while it learns.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from model.bundled import find_checkpoint
from model.checkpoint import load_checkpoint
from model.data import dequantise, drawings_for
from model.evaluate import likelihood
from studio.events import Measured
from studio.runs import find_run

COMMON = (
    "net.kind=decoder",
    "fit.batch=16",
    "fit.steps=1000000",
    "data.max_points=500",
    "data.scale_jitter=0.1",
    "data.drop_points=0",
)
RNN = ("net.decoder=512", "net.dropout=0.1", "fit.learning_rate=0.002")
TRANSFORMER = ("net.body=transformer", "net.decoder=144", "net.places=true")
NETS = {
    "lstm": RNN,
    "lstm_places": (*RNN, "net.places=true"),
    "layer_norm": (*RNN, "net.cell=layer_norm", "net.places=true"),
    "hyper": (*RNN, "net.cell=hyper", "net.places=true"),
    "transformer_adam": (*TRANSFORMER, "fit.learning_rate=0.002"),
    "transformer": (*TRANSFORMER, "fit.learning_rate=0.003", "fit.optimiser=muon"),
}
"""The last is what the presets take."""
SHARES = (0.25, 0.5, 0.75)
"""Of the minutes, at which the curve is told."""


def train(name: str, data: Path, minutes: float, folder: Path) -> Path:
    """Train one network, and return its run."""
    run = folder / name
    settings = (*COMMON, *NETS[name])
    monoline, preset = Path(sys.executable).with_name("monoline"), folder / "bare.toml"
    preset.write_text("", "utf-8")
    order = [monoline, "train", preset, "--data", data, "--out", run, "--minutes", str(minutes)]
    one_core = {**os.environ, "OMP_NUM_THREADS": "1"}
    words = [word for each in settings for word in ("--set", each)]
    subprocess.run([*order, *words], check=True, env=one_core, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return run


def curve(run: Path, minutes: float) -> list[str]:
    """Nats per point on the valid split nearest to each share of the minutes."""
    events = find_run(run).events()
    began = events[0].at
    seen = [
        (each.at - began, each.values["valid"])
        for each in events
        if isinstance(each, Measured) and "valid" in each.values
    ]
    return [f"{min(seen, key=lambda one: abs(one[0] - share * minutes * 60))[1]:.3f}" for share in SHARES]


def main() -> None:
    """Print a row for each network."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--split", default="test")
    parser.add_argument("--reference-scale", type=float)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--nets", default=",".join(NETS))
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where to put the runs; nowhere by default")
    asked = parser.parse_args()
    heads = " | ".join(f"at {share * asked.minutes:.1f} min" for share in SHARES)
    print(f"{asked.data.name}, {asked.split}, nats per point, one core")
    print(f"| network | weights | steps | {heads} | {asked.split} at {asked.minutes:g} min |")
    print("|---|---|---|" + "---|" * (len(SHARES) + 1))
    with tempfile.TemporaryDirectory() as folder:
        for name in asked.nets.split(","):
            run = train(name, asked.data, asked.minutes, asked.keep or Path(folder))
            known = load_checkpoint(find_checkpoint(run))
            test = drawings_for(asked.data, asked.split, known.first_dropped)
            if known.data.get("dequantised"):
                test = dequantise(test)
            net = known.build()
            scale = asked.reference_scale or known.scale
            found = likelihood(net, test, known.scale, known.n_max, reference_scale=scale)
            weights = sum(each.numel() for each in net.parameters())
            told = " | ".join(curve(run, asked.minutes))
            print(f"| {name} | {weights:,} | {known.step:,} | {told} | {found.nats_per_point:.3f} |", flush=True)


if __name__ == "__main__":
    main()
