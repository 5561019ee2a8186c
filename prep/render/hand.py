"""Handwriting: figures and capitals in single strokes, and lines that look like script and say nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from drawing.geometry import Polyline
from prep.motifs.curve import spline

_Glyph = tuple[tuple[tuple[float, float], ...], ...]

_GLYPHS: dict[str, _Glyph] = {  # in a box from (0, 0), top left, to (1, 1)
    "0": (((0.5, 0), (0.1, 0.2), (0.05, 0.6), (0.3, 1), (0.7, 0.95), (0.95, 0.55), (0.85, 0.15), (0.5, 0)),),
    "1": (((0.2, 0.25), (0.55, 0), (0.55, 1)),),
    "2": (((0.08, 0.25), (0.35, 0), (0.8, 0.08), (0.85, 0.4), (0.45, 0.7), (0.05, 1), (0.95, 0.97)),),
    "3": (((0.1, 0.1), (0.55, 0), (0.85, 0.2), (0.4, 0.45), (0.9, 0.68), (0.7, 0.98), (0.1, 0.92)),),
    "4": (((0.7, 1), (0.68, 0), (0.05, 0.68), (0.95, 0.66)),),
    "5": (((0.85, 0.02), (0.2, 0.03), (0.15, 0.42), (0.6, 0.38), (0.92, 0.68), (0.6, 1), (0.08, 0.9)),),
    "6": (((0.75, 0.02), (0.3, 0.3), (0.08, 0.72), (0.4, 1), (0.85, 0.82), (0.7, 0.5), (0.15, 0.62)),),
    "7": (((0.05, 0.05), (0.92, 0.03), (0.5, 0.5), (0.35, 1)),),
    "8": (
        (
            *((0.55, 0.45), (0.15, 0.22), (0.5, 0), (0.85, 0.2), (0.5, 0.47)),
            *((0.1, 0.75), (0.5, 1), (0.9, 0.74), (0.55, 0.45)),
        ),
    ),
    "9": (((0.85, 0.3), (0.5, 0.5), (0.12, 0.28), (0.45, 0), (0.85, 0.15), (0.82, 0.6), (0.6, 1)),),
    "S": (((0.9, 0.12), (0.5, 0), (0.12, 0.2), (0.5, 0.48), (0.9, 0.75), (0.5, 1), (0.08, 0.88)),),
    "B": (((0.1, 1), (0.1, 0), (0.7, 0.08), (0.75, 0.4), (0.15, 0.48), (0.85, 0.6), (0.8, 0.95), (0.1, 1)),),
    "/": (((0.1, 1), (0.9, 0)),),
    "-": (((0.1, 0.5), (0.9, 0.5)),),
}


def curve(points: ArrayLike) -> Polyline:
    """A smooth line through points, (n, 2)."""
    places = np.asarray(points, dtype=np.float64)
    return spline(np.column_stack([places, np.zeros(len(places))]))


def write_figures(text: str, x: float, y: float, height: float, rng: np.random.Generator) -> list[Polyline]:
    """Strokes of figures, / and -, from the top left corner on."""
    lines: list[Polyline] = []
    for letter in text:
        tilt = rng.normal(0, 0.06)
        for glyph in _GLYPHS.get(letter, ()):
            points = np.array(glyph) + rng.normal(0, 0.025, (len(glyph), 2))
            line = curve(points) if len(points) > 2 else points
            line = np.column_stack([0.6 * line[:, 0] + tilt * (1 - line[:, 1]), line[:, 1]])
            lines.append(line * height + (x, y))
        x += height * (0.42 if letter == "1" else 0.74)
    return lines


def figures_width(text: str, height: float) -> float:
    """About how wide figures of this height come out."""
    return 0.74 * height * len(text)


def write_word(x: float, y: float, size: float, letters: int, rng: np.random.Generator) -> tuple[Polyline, float]:
    """A word on the base line, and how far it reaches; ``size`` is the height of small letters."""
    points: list[tuple[float, float]] = [(x, y)]
    at = x
    for _ in range(letters):
        w = size * rng.uniform(0.45, 0.85)
        kind = rng.random()
        up = size * (1.9 if kind < 0.18 else 1.0) * rng.uniform(0.85, 1.1)
        if kind < 0.30:  # a loop, as l
            points += [(at + 0.5 * w, y - 0.5 * up), (at + 0.75 * w, y - up), (at + 0.45 * w, y - up)]
            points += [(at + 0.4 * w, y - 0.3 * up), (at + 0.8 * w, y)]
        elif kind < 0.42:  # below the line, as g
            points += [(at + 0.5 * w, y - size), (at + 0.6 * w, y + 0.5 * size), (at + 0.35 * w, y + 0.9 * size)]
            points += [(at + 0.3 * w, y + 0.4 * size), (at + w, y - 0.1 * size)]
        elif kind < 0.7:  # round, as a
            points += [(at + 0.8 * w, y - up), (at + 0.3 * w, y - 0.8 * up), (at + 0.3 * w, y - 0.1 * up)]
            points += [(at + 0.75 * w, y - 0.5 * up), (at + 0.85 * w, y)]
        else:  # humps, as n
            points += [(at + 0.2 * w, y - 0.9 * up), (at + 0.3 * w, y - 0.1 * up)]
            points += [(at + 0.6 * w, y - up), (at + 0.8 * w, y)]
        at += w
    shaky = np.array(points) + rng.normal(0, 0.06 * size, (len(points), 2))
    return curve(shaky), at - x


def write_line(x: float, y: float, width: float, size: float, rng: np.random.Generator) -> list[Polyline]:
    """Words until the width is full."""
    lines: list[Polyline] = []
    at = x
    while at < x + width:
        word, advance = write_word(at, y, size, int(rng.integers(2, 9)), rng)
        if at + advance > x + width + 2 * size and lines:
            break
        lines.append(word)
        if rng.random() < 0.06:
            lines.append(np.array([(at + advance + 3, y), (at + advance + 4, y + 3)]))
        at += advance + size * rng.uniform(0.7, 1.2)
    return lines
