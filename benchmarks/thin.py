"""Thinning a page's ink, list of pixels against scikit-image's whole picture: python benchmarks/thin.py [SCAN...]

Without scans the demo artist's pages are rendered. Prints milliseconds and the ratio, best of five each.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from skimage.morphology import skeletonize

from prep.ink import find_ink
from prep.page import straighten
from prep.render.book import render_book
from prep.render.settings import RenderSettings
from prep.scan import read_scan
from prep.skeleton import sharpen, thin


def best(work: Callable[[NDArray[np.bool_]], object], mask: NDArray[np.bool_]) -> float:
    """Milliseconds of the quickest of five."""
    times: list[float] = []
    for _ in range(5):
        began = time.perf_counter()
        work(mask)
        times.append(1000 * (time.perf_counter() - began))
    return min(times)


def main() -> None:
    """Measure on each scan."""
    with tempfile.TemporaryDirectory() as folder:
        scans = [Path(name) for name in sys.argv[1:]]
        if not scans:
            settings = RenderSettings(pages=4, seed=5, kinds=("drawing",))
            scans = [Path(folder) / page.file for page in render_book(Path(folder), settings).pages]
        ratios: list[float] = []
        for path in scans:
            mask = sharpen(find_ink(straighten(read_scan(path))), 2)
            theirs, ours = best(skeletonize, mask), best(thin, mask)
            ratios.append(theirs / ours)
            size = f"{mask.shape[1]} x {mask.shape[0]}"
            print(
                f"{path.name}: {size}, {theirs:.0f} ms with scikit-image, {ours:.0f} ms with ours, {ratios[-1]:.1f} x"
            )
        print(f"median {np.median(ratios):.1f} times as fast")


if __name__ == "__main__":
    main()
