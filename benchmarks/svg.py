"""How long sheets of 300,000 points take to read, beside svgelements alone: python benchmarks/svg.py."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from unittest import mock

import numpy as np

from drawing.drawing import Drawing
from drawing.svg import read_svg, write_svg

SHEETS = {"100 strokes of 3,000 points": (100, 3000), "10,000 strokes of 30 points": (10_000, 30)}


def main() -> None:
    """Print seconds and ratio for few long strokes and for many short ones."""
    rng = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.svg"
        for name, (strokes, points) in SHEETS.items():
            lines = (np.cumsum(rng.normal(size=(points, 2)), axis=0) % 200 for _ in range(strokes))
            write_svg(path, Drawing.of(lines), width_mm=297, height_mm=420)
            direct = min(seconds(path) for _ in range(3))
            with mock.patch("drawing.svg_shapes.put_aside", return_value=[]):
                through = min(seconds(path) for _ in range(3))
            print(f"{name}: {direct:.2f} s, {direct / through:.2f} of svgelements' {through:.2f} s")


def seconds(path: Path) -> float:
    """Seconds to read a file."""
    began = time.perf_counter()
    read_svg(path)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
