"""How many drawings have how many points: as text, and as a chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from drawing.chart import Curve, draw_chart
from drawing.plate import Plate

BINS = 20
BLOCKS = " ▏▎▍▌▋▊▉█"
WIDTH_MM, HEIGHT_MM = 160.0, 90.0


@dataclass(frozen=True)
class Bin:
    """Drawings with ``low`` to ``high`` points, both included."""

    low: int
    high: int
    count: int

    def __str__(self) -> str:
        return f"{self.low}" if self.low == self.high else f"{self.low}-{self.high}"


def bins(counts: Sequence[int], most: int = BINS) -> list[Bin]:
    """Counts in bins of one round width, from the first that has any to the last; none for no counts."""
    if not counts:
        return []
    low, high = min(counts), max(counts)
    width = next(
        step * 10**power
        for power in range(20)
        for step in (1, 2, 5)
        if high // (step * 10**power) - low // (step * 10**power) < most
    )
    numbers = np.bincount(np.asarray(counts) // width - low // width)
    starts = (low // width + np.arange(len(numbers))) * width
    return [Bin(int(at), int(at) + width - 1, int(count)) for at, count in zip(starts, numbers, strict=True)]


def bar(count: int, most: int, width: int = 40) -> str:
    """A bar of block letters, as long as its share of the greatest count; something shows of any that is not 0."""
    eighths = 0 if most <= 0 else max(round(8 * width * count / most), 1 if count else 0)
    whole, rest = divmod(eighths, 8)
    return BLOCKS[8] * whole + (BLOCKS[rest] if rest else "")


def histogram_text(counts: Sequence[int], low: int | None = None, high: int | None = None) -> list[str]:
    """One line a bin, its range, its bar and its count; bins wholly below ``low`` or above ``high`` say that they
    were cut."""
    found = bins(counts)
    most = max((each.count for each in found), default=0)
    wide = max((len(str(each)) for each in found), default=0)
    lines: list[str] = []
    for each in found:
        cut = (low is not None and each.high < low) or (high is not None and each.low > high)
        lines.append(f"{each!s:>{wide}}  {bar(each.count, most)} {each.count}{'  cut' if cut and each.count else ''}")
    return lines


def histogram_plate(counts: Sequence[int], low: int, high: int, x_name: str = "points") -> Plate:
    """A chart of the bins, with lines where the cut was made."""
    plate = Plate(WIDTH_MM, HEIGHT_MM)
    found = bins(counts)
    edges = np.array([edge for each in found for edge in (each.low, each.high + 1)], dtype=np.float64)
    heights = np.array([each.count for each in found for _ in range(2)], dtype=np.float64)
    outline = Curve(
        np.concatenate([edges[:1], edges, edges[-1:]]), np.concatenate([[0.0], heights, [0.0]]), width_mm=0.5
    )
    top = float(heights.max(initial=1.0))
    cuts = [Curve(np.array([at, at], dtype=np.float64), np.array([0.0, top]), 2, width_mm=0.3) for at in (low, high)]
    title = f"{len(counts):,} drawings; {low} to {high} points are kept"
    draw_chart(
        plate,
        (20.0, 14.0, WIDTH_MM - 10.0, HEIGHT_MM - 16.0),
        [outline, *cuts],
        title=title,
        x_name=x_name,
        y_name="drawings",
        x_range=(float(edges[0]), float(edges[-1])) if found else None,
        y_range=(0.0, 1.08 * top),
    )
    return plate
