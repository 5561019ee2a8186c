"""What joins, short hops and overlapping lifts spare, in seconds of the machine: each against the plan without it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from drawing.drawing import Drawing
from plotter.lifts import HOP
from plotter.plan import Plan, make_plan


@dataclass(frozen=True)
class Saving:
    """What one of them spares."""

    name: str
    """joins, hops or overlap."""
    count: int
    """Gaps that are bridged; ways on which the pen is raised a bit only; ways begun or ended with the pen moving."""
    seconds: float


def savings(drawing: Drawing, plan: Plan) -> tuple[Saving, ...]:
    """What is spared of a plan's time, by what is in use.

    Args:
        drawing: what the plan draws, in mm, its joins marked as connectors.
    """
    settings, found = plan.settings, list[Saving]()

    def without(lines: Drawing, **changes: float) -> float:
        other = make_plan(lines.lines, settings.model_copy(update=changes), plan.firmware)
        return other.duration_s - plan.duration_s

    cut, joins = cut_joins(drawing, settings.join_mm)
    if joins:
        found.append(Saving("joins", joins, without(cut)))
    hops = int((plan.block == HOP).sum())
    if hops:
        found.append(Saving("hops", hops, without(drawing, hop_mm=0.0)))
    if settings.raise_early_ms or settings.lower_early_ms:
        found.append(Saving("overlap", plan.lifts, without(drawing, raise_early_ms=0, lower_early_ms=0)))
    return tuple(found)


def cut_joins(drawing: Drawing, longest_mm: float) -> tuple[Drawing, int]:
    """The drawing with its short connectors left out, each stroke in its pieces, and how many there were.

    Args:
        longest_mm: longer connectors stay: they were drawn on purpose.
    """
    lines: list[np.ndarray] = []
    marks: list[np.ndarray] = []
    count = 0
    for line, mark in zip(drawing.lines, drawing.connectors, strict=False):
        length = np.hypot(*np.diff(line, axis=0).T)
        cuts = np.flatnonzero(mark & (length <= longest_mm + 1e-6)) + 1
        count += len(cuts)
        lines += np.split(line, cuts)
        # the mark of a bridged gap falls between two pieces
        marks += [piece[1:] if part else piece for part, piece in enumerate(np.split(mark, cuts - 1))]
    return (Drawing(tuple(lines), tuple(marks)), count) if count else (drawing, 0)
