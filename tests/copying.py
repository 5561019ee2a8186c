"""For tests of plots: a sheet several times, each on a new paper."""

from __future__ import annotations

from plotter.parts import PAPER, Part
from plotter.ready import Ready


def copies(ready: Ready, count: int) -> list[Part]:
    """The first at once, the others once there is paper."""
    return [Part(ready, PAPER if copy else "", "Put in new paper." if copy else "") for copy in range(count)]
