"""Growth: lines that are on their way, told in pieces now and then, so that one can watch them being drawn."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from model.hand import Grown

EVERY_S = 1 / 12
"""Between two times that pieces are told: a terminal has more to do than to repaint."""
Pieces = list[tuple[int, list[int]]]
"""Place of a drawing, and what was added to it: dx, dy in 1 / GRID of the network's scale, and 1 where the pen lifts
after that, again and again."""


class Growth:
    """Collects what is added to lines, and tells it now and then; a line that is done is not told of any more."""

    def __init__(
        self, tell: Callable[[Pieces], object], of: int = 1, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Args:
        of: so many lines are drawn for one place, of which the first is told.
        """
        self._tell, self._of, self._clock = tell, of, clock
        self._pieces: dict[int, list[int]] = {}
        self._over: set[int] = set()
        self._told_at = clock()

    def take(self, grown: Grown) -> None:
        """Take what was added to some lines."""
        for place, steps in zip(grown.places, grown.steps, strict=True):
            wanted, which = divmod(place, self._of)
            if which == 0 and wanted not in self._over:
                self._pieces.setdefault(wanted, []).extend(steps)
        if self._pieces and self._clock() - self._told_at >= EVERY_S:
            self._tell(list(self._pieces.items()))
            self._pieces, self._told_at = {}, self._clock()

    def over(self, place: int) -> None:
        """Nothing more is to be told of this one."""
        self._over.add(place)
        self._pieces.pop(place, None)
