"""Names beside points of a picture, moved up or down where they would lie on one another or on a point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from drawing.drawing import Bounds

BESIDE, ABOVE = 2.0, 2.4
"""From a point to the edge of its name, and up to the middle of it, in mm."""
ROOM = 1.3
"""Height that a name takes, as a share of the size of its words."""
RADIUS = 0.9
"""Around a point that stays free of other names, in mm."""
APART = 0.8
"""Between two names side by side."""
FAR = 1.0
"""A name moved by more has a line to its point."""


@dataclass(frozen=True)
class Label:
    """Where a name stands."""

    x: float
    """Of its edge that looks to the point."""
    y: float
    """Of its middle."""
    on_left: bool
    """Whether it stands on the left of the point."""
    moved: bool
    """Whether it is so far off that a line must lead there."""


def place_labels(
    points: Sequence[tuple[float, float]], widths: Sequence[float], size_mm: float, box: Bounds
) -> list[Label]:
    """A place for each name, in the order of the points: the free one that is nearest to the usual one.

    The usual one is on the right above the point. On the left it stands where there is no room on the right. A box
    that is too small for all names leaves the last of them where they would usually be.

    Args:
        widths: of the names, in mm.
        box: left, top, right and bottom of what the names may cover.
    """
    high = ROOM * size_mm
    found: list[Label] = []
    taken: list[Bounds] = []
    free = [(x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS) for x, y in points]
    for (x, y), width in zip(points, widths, strict=True):
        usual = min(max(y - ABOVE, box[1] + high / 2), box[3] - high / 2)
        sides = [(x + BESIDE, x + BESIDE + width, False), (x - BESIDE - width, x - BESIDE, True)]
        inside = [each for each in sides if box[0] <= each[0] and each[1] <= box[2]] or sides[:1]
        best: tuple[float, Label, Bounds] | None = None
        for place in _heights(usual, high / 4, box[1] + high / 2, box[3] - high / 2):
            for left, right, on_left in inside:
                area = (left - APART / 2, place - high / 2, right + APART / 2, place + high / 2)
                if any(_meet(area, other) for other in (*taken, *free)):
                    continue
                way = abs(place - usual) + 2 * high * on_left  # rather a little higher than on the other side
                if best is None or way < best[0]:
                    label = Label(right if on_left else left, place, on_left, abs(place - usual) > FAR)
                    best = way, label, area
        left, right, on_left = inside[0]
        fallback = Label(right if on_left else left, usual, on_left, moved=False)
        found.append(fallback if best is None else best[1])
        if best is not None:
            taken.append(best[2])
    return found


def _heights(usual: float, step: float, low: float, high: float) -> list[float]:
    """Places from the usual one outwards."""
    count = max(1, int((high - low) / step) + 1)
    every = [usual + sign * number * step for number in range(count + 1) for sign in ((1, -1) if number else (1,))]
    return [each for each in every if low <= each <= high] or [usual]


def _meet(one: Bounds, other: Bounds) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
