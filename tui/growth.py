"""Growth: lines that a network is drawing, as far as they have come, and the frame in which they are seen meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from drawing.drawing import Bounds, Drawing


class Growing(NamedTuple):
    """A line on its way."""

    drawing: Drawing
    box: Bounds
    """What is to be seen: as much as a finished drawing needs, moved as little as the line allows."""


@dataclass
class Growth:
    """The lines of one request; pieces come in one thread and are looked at in another."""

    whole: float = 0.0
    """About how long the long side of a finished drawing is, in the unit of the lines."""
    _steps: dict[int, list[int]] = field(default_factory=dict[int, list[int]])
    _boxes: dict[int, Bounds] = field(default_factory=dict)

    def add(self, index: int, steps: list[int]) -> None:
        """More of a line: dx, dy, and 1 where the pen lifts after that, again and again."""
        self._steps.setdefault(index, []).extend(steps)

    @property
    def places(self) -> tuple[int, ...]:
        """Which lines there are."""
        return tuple(self._steps)

    def line(self, index: int) -> Growing:
        """A line as far as it has come."""
        import numpy as np

        from drawing.stroke import from_moves

        steps = self._steps[index]
        drawing = from_moves(np.array(steps[: len(steps) // 3 * 3], dtype=np.float64).reshape(-1, 3))
        half = self.whole / 2
        self._boxes[index] = box = _around(drawing.bounds, self._boxes.get(index, (-half, -half, half, half)))
        return Growing(drawing, box)


def _around(bounds: Bounds, box: Bounds) -> Bounds:
    """The box, moved and enlarged as little as it must be to hold what has these bounds."""
    (left, right), (top, bottom) = (_stretched(*bounds[side::2], *box[side::2]) for side in (0, 1))
    return left, top, right, bottom


def _stretched(least: float, most: float, low: float, high: float) -> tuple[float, float]:
    length = max(high - low, most - least)
    low = min(low, least)
    low = max(low, most - length)
    return low, low + length
