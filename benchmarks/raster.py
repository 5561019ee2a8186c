"""How long 40 thumbnails of 18 x 10 cells take, beside the limit of 15 ms: python benchmarks/raster.py [DATASET]."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

from drawing.collection import read_collection
from drawing.drawing import Drawing
from drawing.raster import thumbnails
from prep.artist import sketch

LIMIT_MS = 15.0
COUNT, COLUMNS, ROWS = 40, 18, 10


def measure(drawings: list[Drawing]) -> list[float]:
    """Milliseconds for each 40 drawings that were never shown before."""
    took: list[float] = []
    for start in range(0, len(drawings) - COUNT + 1, COUNT):
        fresh = [Drawing(drawing.lines) for drawing in drawings[start : start + COUNT]]
        began = time.perf_counter()
        thumbnails(fresh, COLUMNS, ROWS)
        took.append(1000 * (time.perf_counter() - began))
    return took


def main() -> None:
    """Print the median and the worst, each beside the limit."""
    if len(sys.argv) > 1:
        path = Path(sys.argv[1])
        name, drawings = path.name, read_collection(path).drawings("train")[:1200]
    else:
        name, drawings = "demo artist", [sketch(1, index).drawing for index in range(1200)]
    measure(drawings[:200])  # numpy warms up
    took = measure(drawings)
    for what, value in (("median", statistics.median(took)), ("worst", max(took))):
        print(f"{name}: 40 thumbnails, {what} of {len(took)}: {value:.1f} ms, {value / LIMIT_MS:.2f} of the limit")


if __name__ == "__main__":
    main()
