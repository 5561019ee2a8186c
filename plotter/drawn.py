"""How much of some lines is drawn: from a length to a place on them and back, and what is left from there."""

from __future__ import annotations

from collections.abc import Sequence

from drawing.geometry import Polyline, length
from plotter.route import Place, begun


def ink_of(lines: Sequence[Polyline]) -> float:
    """Length of all lines."""
    return sum(map(length, lines))


def ink_before(lines: Sequence[Polyline], place: Place) -> float:
    """Length of the lines before a place."""
    return sum(map(length, lines[: place.stroke])) + place.along_mm


def place_at(lines: Sequence[Polyline], ink_mm: float) -> Place:
    """Where so much of the lines is drawn."""
    for stroke, line in enumerate(lines):
        along_mm = length(line)
        if ink_mm < along_mm:
            return Place(stroke, round(ink_mm, 4))
        ink_mm -= along_mm
    return Place(len(lines))


def rest_of(lines: Sequence[Polyline], begin: Place) -> tuple[Polyline, ...]:
    """The lines from a place on."""
    if begin.along_mm <= 0 or begin.stroke >= len(lines):
        return tuple(lines[begin.stroke :])
    first, _ = begun(lines[begin.stroke], begin.along_mm)
    return first, *lines[begin.stroke + 1 :]
