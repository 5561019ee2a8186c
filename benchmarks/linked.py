"""Drawings of other people's archives made fit to be drawn on a page: fragments linked into long lines, corners cut.

The fragments that a tracer has left, straightest and nearest ends first. What comes out stands for the truth of a
rendered page, though it favours tracers that go straight on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from scipy.spatial import KDTree

from drawing.drawing import Drawing
from drawing.geometry import Polyline, length, resample
from drawing.npz import read_npz
from drawing.stroke import from_stroke3

GAP = 14.0
"""Widest gap between ends that are linked, in the archive's unit, where a drawing is about 200 large."""
SHORTEST = 12.0
APART = 8.0
"""Strokes nearer than this are one drawing."""
SMALLEST = 45.0


def read_lines(path: Path) -> list[list[Polyline]]:
    """Strokes of the drawings of an archive's first split."""
    splits = read_npz(path).splits
    rows = splits.get("train") or next(iter(splits.values()))
    drawings = ([_moved(line) for line in from_stroke3(each).lines if len(line) > 1] for each in rows)
    return [lines for drawing in drawings if (lines := [line for line in drawing if len(line) > 1])]


def pool(path: Path) -> list[Drawing]:
    """Long smooth lines, long side 1. Fragments are linked if half of the drawings have more than four strokes."""
    drawings = read_lines(path)
    linking = bool(np.median([len(lines) for lines in drawings]) > 4)
    ready: list[Drawing] = []
    for lines in drawings:
        for group in split_apart(link(lines)) if linking else [lines]:
            smooth = Drawing(tuple(cut_corners(line, 3 if linking else 2) for line in group))
            size = max(smooth.size)
            if size > (SMALLEST if linking else 0) and smooth.ink >= 1.5 * size:
                left, top = smooth.bounds[:2]
                ready.append(smooth.translate(-left, -top).scale(1 / size))
    return ready


def _moved(line: Polyline) -> Polyline:
    """Without points that repeat."""
    return line[np.concatenate([[True], np.any(np.diff(line, axis=0) != 0, axis=1)])]


def cut_corners(line: Polyline, rounds: int) -> Polyline:
    """Chaikin's corner cutting, ends kept."""
    for _ in range(rounds):
        if len(line) < 3:
            break
        parts = np.empty((2 * len(line) - 2, 2))
        parts[0::2] = 0.75 * line[:-1] + 0.25 * line[1:]
        parts[1::2] = 0.25 * line[:-1] + 0.75 * line[1:]
        line = np.concatenate([line[:1], parts[1:-1], line[-1:]])
    return line


def link(lines: Iterable[Polyline]) -> list[Polyline]:
    """Join fragments end to end, straightest and nearest ends first."""
    parts = [line for line in lines if length(line) > 3.0]
    if len(parts) < 2:
        return parts
    mate = _mates(parts)
    chains: list[Polyline] = []
    done: set[int] = set()
    for start in range(2 * len(parts)):
        if start in mate or start // 2 in done:
            continue
        chain: list[Polyline] = []
        end = start
        while True:
            done.add(end // 2)
            chain.append(parts[end // 2][:: 1 if end % 2 == 0 else -1])
            if end ^ 1 not in mate:
                break
            end = mate[end ^ 1]
        chains.append(np.concatenate(chain))
    return [chain for chain in chains if length(chain) >= SHORTEST]


def _mates(parts: Sequence[Polyline]) -> dict[int, int]:
    """Which end is linked to which; end 2 i is the start of part i, 2 i + 1 its end."""
    inner = [point for line in parts for point in (line[min(2, len(line) - 1)], line[-min(3, len(line))])]
    ends = np.concatenate([line[[0, -1]] for line in parts])
    out = ends - np.array(inner)
    out /= np.hypot(*out.T)[:, None] + 1e-9
    pairs: list[tuple[float, int, int]] = []
    for a, b in KDTree(ends).query_pairs(GAP):
        way = ends[b] - ends[a]
        gap = float(np.hypot(*way))
        turn = 1 + float(out[a] @ out[b])  # 0 straight on
        aim = 0.0 if gap < 2 else 1 - float(out[a] @ way) / gap
        pairs.append((gap + 5 * turn + 2 * aim, a, b))
    mate: dict[int, int] = {}
    root = list(range(len(parts)))

    def find(part: int) -> int:
        while root[part] != part:
            part = root[part]
        return part

    for _, a, b in sorted(pairs):
        if a not in mate and b not in mate and find(a // 2) != find(b // 2):
            mate[a], mate[b] = b, a
            root[find(a // 2)] = find(b // 2)
    return mate


def split_apart(lines: Sequence[Polyline]) -> list[list[Polyline]]:
    """Groups of lines that come near to each other."""
    trees = [KDTree(resample(line, 3.0)) for line in lines]
    group = list(range(len(lines)))
    for i in range(len(lines)):
        for j in range(i):
            if group[i] != group[j] and trees[i].count_neighbors(trees[j], APART):
                old, new = group[i], group[j]
                group = [new if each == old else each for each in group]
    return [[line for line, each in zip(lines, group, strict=True) if each == k] for k in sorted(set(group))]
