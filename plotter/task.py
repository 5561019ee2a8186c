"""What a plot is made of: lines to be drawn in one go, one task after the other, with the ink of one pen."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from drawing.geometry import Polyline
from plotter.axidraw import PlotSettings


class State(enum.Enum):
    """What a plot is doing."""

    CONNECTING = "connecting"
    DRAWING = "drawing"
    PAUSING = "pausing"
    PAUSED = "paused"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FINISHED = "finished"


@dataclass(frozen=True)
class Task:
    """Lines to be drawn in one go, and what is to be done before."""

    lines: Sequence[Polyline]
    """In mm from the home corner, in drawing order and direction."""
    settings: PlotSettings
    wait: str = ""
    """What a person has to see to before: paper, pen; empty for nothing."""
    says: str = ""
    """What they are told then."""
    duration_s: float = 0.0
    """What it takes, for how much is left; known exactly only once it has begun."""
    pen: str = ""
    """What it is drawn with; settings that are changed on the way hold for all that is drawn with it."""


class Ink(Protocol):
    """The ink in the pen."""

    @property
    def left_mm(self) -> float | None:
        """How much line is left in it; None if nobody knows."""
        ...

    def use(self, length_mm: float) -> None:
        """So much was drawn."""
        ...

    def fill(self) -> None:
        """It is full again."""
        ...

    def settle(self) -> None:
        """Nothing is drawn for a while: have it written down."""
        ...


class InkMeter:
    """Tells the pen what was drawn with it.

    Args:
        told_mm: what the plot drew before this pen.
    """

    def __init__(self, ink: Ink | None, told_mm: float = 0.0) -> None:
        self._ink = ink
        self._told_mm = told_mm
        self._doubted = False

    def count(self, drawn_mm: float) -> bool:
        """So much was drawn in all since the plot began; whether there is still ink in the pen."""
        if self._ink is None:
            return True
        self._ink.use(drawn_mm - self._told_mm)
        self._told_mm = drawn_mm
        return self._doubted or not self._is_empty()

    def settle(self, drawn_mm: float) -> None:
        """So much was drawn, and nothing more is for a while."""
        self.count(drawn_mm)
        if self._ink is not None:
            self._ink.settle()

    def go_on(self, *, filled: bool) -> None:
        """Somebody draws on, with the pen filled or as it is; if it should be empty then, they know better."""
        if filled and self._ink is not None:
            self._ink.fill()
        self._doubted = self._is_empty()

    def _is_empty(self) -> bool:
        left_mm = None if self._ink is None else self._ink.left_mm
        return left_mm is not None and left_mm <= 0
