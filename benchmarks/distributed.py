"""Training in several processes: the same curve, and how much faster.

python benchmarks/distributed.py --data FILE [--preset small] [--processes 2] [--steps 20] [--device cpu] [--set K=V]

The same steps are taken by one process and by several with torchrun, at the same batch. Printed are drawings a second
of both, their ratio, and the largest difference of the loss at any step; without dropout it is rounding alone.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from studio.events import Measured
from studio.runs import find_run


def train(asked: argparse.Namespace, out: Path, processes: int) -> dict[int, Measured]:
    """Train so many steps, and return what was told at each."""
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    settings = [f"fit.steps={asked.steps}", "net.dropout=0", "net.recurrent_dropout=0", *asked.settings]
    command = [sys.executable, *(torchrun if processes > 1 else []), "-m", "tui.main", "train", asked.preset]
    command += ["--data", str(asked.data), "--out", str(out), "--device", asked.device]
    done = subprocess.run([*command, *(word for each in settings for word in ("--set", each))], check=False)
    if done.returncode:  # it has said why
        raise SystemExit(done.returncode)
    events = find_run(out).events()
    return {each.step: each for each in events if isinstance(each, Measured) and "train" in each.values}


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--preset", default="small")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--set", dest="settings", action="append", default=["fit.batch=100"], metavar="K=V")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        one, many = (train(asked, Path(folder) / str(count), count) for count in (1, asked.processes))
    last = max(one)
    slow, fast = (each[last].values["drawings_per_s"] for each in (one, many))
    apart = max(abs(one[step].values["train"] - many[step].values["train"]) for step in one)
    print(f"drawings/s: {slow:.1f} by one process, {fast:.1f} by {asked.processes}: {fast / slow:.2f} times as many")
    print(f"largest difference of the loss over {last} steps: {apart:.2g} nats per point")


if __name__ == "__main__":
    main()
