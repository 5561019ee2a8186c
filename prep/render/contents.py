"""What the artist puts on a page: drawings, patterns of many, notes, and what is on the other side."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from drawing.drawing import Drawing
from drawing.geometry import Polyline, length
from prep.render.hand import curve, write_line, write_word
from prep.render.layout import cells, fit, kept_apart
from prep.render.page import Page

Pool = Sequence[Drawing]
"""The drawings to choose from."""


def choose(pool: Pool, rng: np.random.Generator) -> tuple[int, list[Polyline]]:
    """One of the drawings, its number and its lines."""
    index = int(rng.integers(len(pool)))
    return index, list(pool[index].lines)


def draw_drawings(page: Page, pool: Pool) -> None:
    """One to five drawings, each by itself."""
    rng = page.rng
    count = int(rng.choice([1, 2, 3, 4, 5], p=[0.52, 0.17, 0.13, 0.11, 0.07]))
    gap = float(rng.uniform(0.035, 0.07)) * page.width
    chosen: list[int] = []
    placed: list[list[Polyline]] = []
    for box in cells(page.area(), count, gap, rng):
        index, lines = choose(pool, rng)
        fill = rng.uniform(0.72, 0.97) if count == 1 else rng.uniform(0.82, 0.98)
        chosen.append(index)
        placed.append(fit(lines, box, rng, float(fill), float(rng.normal(0, 0.05))))
    for index, lines in zip(chosen, kept_apart(placed), strict=True):
        page.draw(lines, index)


def draw_pattern(page: Page, pool: Pool) -> None:
    """Rows of many small drawings, most of them chained into long lines."""
    rng = page.rng
    x0, y0, x1, y1 = page.area()
    rows, columns = int(rng.integers(3, 6)), int(rng.integers(3, 6))
    high, wide = (y1 - y0) / rows, (x1 - x0) / columns
    chained = rng.random() < 0.75
    chains: list[list[Polyline]] = [[]]
    for row in range(rows):
        for column in range(columns) if row % 2 == 0 else reversed(range(columns)):
            box = (x0 + column * wide, y0 + row * high, x0 + (column + 1) * wide, y0 + (row + 1) * high)
            longest = max(choose(pool, rng)[1], key=length)
            (line,) = fit([longest], box, rng, 0.92)
            chains[-1].append(line[::-1] if (line[0, 0] > line[-1, 0]) == (row % 2 == 0) else line)
        if not chained or rng.random() < 0.4:
            chains.append([])
    for chain in chains:
        if chain:
            page.draw([_chained(chain, 0.05 * wide, rng)], -1)


def _chained(lines: Sequence[Polyline], slack: float, rng: np.random.Generator) -> Polyline:
    parts = [lines[0]]
    for line in lines[1:]:
        start, end = parts[-1][-1], line[0]
        middle = (start + end) / 2 + rng.normal(0, slack, 2)
        parts += [curve([start, middle, end])[1:-1], line]
    return np.concatenate(parts)


def write_notes(page: Page) -> None:
    """Lines of handwriting with a heading and now and then a diagram."""
    rng = page.rng
    x0, y0, x1, y1 = page.area()
    pen = rng.uniform(0.65, 0.9)
    size = rng.uniform(0.0075, 0.0115) * page.height
    y = y0 + 3 * size
    lines: list[Polyline] = []
    if rng.random() < 0.8:
        lines += write_line(x0, y, (x1 - x0) * rng.uniform(0.3, 0.6), size * 1.7, rng)
        end = max(float(line[:, 0].max()) for line in lines)
        lines.append(np.array([(x0, y + size), (end, y + size * rng.uniform(0.8, 1.3))]))
        y += 5 * size
    while y < y1 - 2 * size:
        if rng.random() < 0.22 and y < y1 - 16 * size:
            found, high = _diagram(x0, x1, y, size, rng)
            lines += found
            y += high + 8 * size
            continue
        indent = 0.0 if rng.random() < 0.6 else 4 * size
        if indent and rng.random() < 0.6:
            lines.append(np.array([(x0 + indent - 2 * size, y - size / 2), (x0 + indent - size, y - size / 2)]))
        lines += write_line(x0 + indent, y, (x1 - x0 - indent) * rng.uniform(0.45, 1.0), size, rng)
        y += size * (rng.uniform(3.0, 3.8) + (3 if rng.random() < 0.12 else 0))
    page.write(lines, pen)


def _diagram(x0: float, x1: float, y: float, size: float, rng: np.random.Generator) -> tuple[list[Polyline], float]:
    """Boxes and bubbles with words in them and arrows between, and how high they are."""
    count = int(rng.integers(2, 5))
    wide, high = (x1 - x0) / count * 0.62, size * rng.uniform(5, 8)
    lines: list[Polyline] = []
    boxes: list[tuple[float, float, float, float]] = []
    for index in range(count):
        x = x0 + index * (x1 - x0) / count + rng.uniform(0, 0.1) * wide
        top = y + rng.uniform(0, 5) * size
        if rng.random() < 0.7:
            square = np.array([(x, top), (x + wide, top), (x + wide, top + high), (x, top + high), (x, top)])
            lines.append(square + rng.normal(0, 1.5, (5, 2)))
        else:
            angle = np.linspace(0, 2.16 * np.pi, 10)
            ring = np.column_stack([np.cos(angle) * wide / 2, np.sin(angle) * high / 2])
            lines.append(curve(ring + np.array([x + wide / 2, top + high / 2])))
        lines.append(write_word(x + 0.12 * wide, top + 0.6 * high, size, 5, rng)[0])
        boxes.append((x, top, x + wide, top + high))
    for a, b in itertools.pairwise(boxes):
        start, end = np.array([a[2] + 4, (a[1] + a[3]) / 2]), np.array([b[0] - 5, (b[1] + b[3]) / 2])
        lines.append(curve([start, (start + end) / 2 + rng.normal(0, 5, 2), end]))
        ahead = (end - start) / (np.hypot(*(end - start)) + 1e-9)
        aside = np.array([-ahead[1], ahead[0]])
        lines.append(np.array([end - 11 * ahead + 7 * aside, end, end - 11 * ahead - 7 * aside]))
    return lines, high


def write_diary(page: Page) -> None:
    """A page full of handwriting."""
    rng = page.rng
    x0, y0, x1, y1 = page.area()
    size = rng.uniform(0.007, 0.009) * page.height
    y = y0 + 3 * size
    lines: list[Polyline] = []
    while y < y1:
        lines += write_line(x0, y, (x1 - x0) * (1 if rng.random() < 0.9 else 0.4), size, rng)
        y += 3.3 * size
    page.write(lines, 0.7)


def turn_over(page: Page, pool: Pool) -> None:
    """Something is drawn on the other side of the leaf, more often than not."""
    rng = page.rng
    if rng.random() < 0.55:
        _, lines = choose(pool, rng)
        page.show_through(fit(lines, page.area(0.1), rng, float(rng.uniform(0.6, 0.9))))
