"""Papers: ISO A, US and own sizes, and how to name them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from plotter.errors import SheetError

SMALLEST_MM, LARGEST_MM = 10.0, 5000.0
"""Sides beyond these are a slip of the keyboard."""
_OWN = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*[x×]\s*(\d+(?:\.\d*)?|\.\d+)\s*(mm|cm|in|)")
_MM = {"": 1.0, "mm": 1.0, "cm": 10.0, "in": 25.4}


@dataclass(frozen=True)
class Paper:
    """A sheet of paper as it lies before the pen."""

    name: str
    """As A4, letter or 200x300; the name does not tell which side is up."""
    width_mm: float
    height_mm: float

    def portrait(self) -> Paper:
        """The same paper with its long side upright."""
        return Paper(self.name, *sorted((self.width_mm, self.height_mm)))

    def landscape(self) -> Paper:
        """The same paper with its long side across."""
        return Paper(self.name, *sorted((self.width_mm, self.height_mm), reverse=True))

    @property
    def is_landscape(self) -> bool:
        """True if the paper is wider than high."""
        return self.width_mm > self.height_mm

    def __str__(self) -> str:
        size = f"{self.width_mm:g} x {self.height_mm:g} mm"
        return f"{self.name}, {size}" if self.name in PAPERS else size


PAPERS: dict[str, Paper] = {
    paper.name: paper
    for paper in (
        Paper("A0", 841, 1189),
        Paper("A1", 594, 841),
        Paper("A2", 420, 594),
        Paper("A3", 297, 420),
        Paper("A4", 210, 297),
        Paper("A5", 148, 210),
        Paper("A6", 105, 148),
        Paper("letter", 215.9, 279.4),
        Paper("legal", 215.9, 355.6),
        Paper("tabloid", 279.4, 431.8),
    )
}
"""By name, portrait. Sources: ISO 216, ANSI/ASME Y14.1."""


def find_paper(name: str) -> Paper:
    """A paper by its name, in any case, or by its own size: 200x300, 200x300mm, 20x30cm, 8x10in.

    Named papers are portrait; an own size lies as it is written, width first.

    Raises:
        SheetError: no such paper, or a size that no plotter has.
    """
    text = name.strip().lower()
    for paper in PAPERS.values():
        if paper.name.lower() == text:
            return paper
    match = _OWN.fullmatch(text)
    if match is None:
        raise SheetError(f"There is no paper {name!r}; name {', '.join(PAPERS)}, or a size as 200x300 or 8x10in.")
    sides = [round(float(match[group]) * _MM[match[3]], 4) for group in (1, 2)]
    if not all(SMALLEST_MM <= side <= LARGEST_MM for side in sides):
        raise SheetError(f"A paper of {sides[0]:g} x {sides[1]:g} mm can't be; sides are {SMALLEST_MM:g} mm to 5 m.")
    return Paper(f"{sides[0]:g}x{sides[1]:g}", *sides)


def paper_of_size(width_mm: float, height_mm: float) -> Paper:
    """The named paper of this size, lying as it does, or one of its own; any positive size will do."""
    for paper in PAPERS.values():
        for lying in (paper, paper.landscape()):
            if math.isclose(lying.width_mm, width_mm, abs_tol=0.2) and math.isclose(
                lying.height_mm, height_mm, abs_tol=0.2
            ):
                return lying
    return Paper(f"{width_mm:g}x{height_mm:g}", width_mm, height_mm)
