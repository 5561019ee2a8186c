"""Travel and seconds of a sheet's order beside vpype's and axicli's: python benchmarks/optimize.py SHEET.svg..."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from plotter.optimize import OptimizeSettings, measure, optimise
from plotter.pipeline import run_pipeline
from plotter.sheet import read_sheet

AXICLI_M = {"a_one_A5": 0.66, "b_40_A4": 4.65, "c_140_A3": 10.79, "d_140single_A3": 3.90}
"""Travel of axicli 3.9.7 -G2 on the same files; it is not on the package registry, so it can't run here."""
VPYPE = "linemerge --tolerance 0.152mm linesort --two-opt"


def main() -> None:
    """Print a line for each sheet."""
    optimise(read_sheet(Path(sys.argv[1])).drawing)  # vpype loads
    for path in map(Path, sys.argv[1:]):
        drawing = read_sheet(path).drawing
        began = time.perf_counter()
        done = optimise(drawing, OptimizeSettings())
        seconds = time.perf_counter() - began
        began = time.perf_counter()
        theirs = measure(run_pipeline(drawing, VPYPE).drawing)
        vpype_seconds = time.perf_counter() - began
        ours = done.after.travel_m
        axicli = f", {ours / AXICLI_M[path.stem]:.2f} of axicli's" if path.stem in AXICLI_M else ""
        print(
            f"{path.stem:<16} {done.before.strokes} strokes to {done.after.strokes} (vpype {theirs.strokes}), "
            f"travel {done.before.travel_m:.2f} m to {ours:.2f}: {ours / theirs.travel_m:.2f} of vpype's{axicli}; "
            f"{seconds:.2f} s, {seconds / vpype_seconds:.2f} of vpype's"
        )


if __name__ == "__main__":
    main()
