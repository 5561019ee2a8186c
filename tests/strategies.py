"""Drawings and lines for property tests; examples shrink to few strokes with small whole numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from drawing.drawing import Drawing
from drawing.geometry import Polyline

WHOLE = st.integers(-500, 500).map(float)
"""Coordinates that every format can tell exactly."""
BYTES = st.integers(0, 255).map(float)
"""Coordinates of QuickDraw's binary form."""
ANY = st.floats(-1000, 1000)
"""Coordinates of any drawing on 1000 units or millimetres."""


@st.composite
def polylines(
    draw: st.DrawFn, numbers: st.SearchStrategy[float] = ANY, min_points: int = 1, max_points: int = 12
) -> Polyline:
    """One line of shape (n, 2); points repeat now and then, and some lines are closed."""
    points = draw(st.lists(st.tuples(numbers, numbers), min_size=min_points, max_size=max_points))
    line = np.array(points, dtype=np.float64)
    change = draw(st.sampled_from(("as it is", "as it is", "closed", "repeated")))
    if change == "closed" and len(line) > 2:
        line[-1] = line[0]
    if change == "repeated" and len(line) > 2:
        line[1] = line[0]
    return line


@st.composite
def drawings(
    draw: st.DrawFn,
    numbers: st.SearchStrategy[float] = ANY,
    *,
    min_strokes: int = 0,
    max_strokes: int = 5,
    min_points: int = 1,
    max_points: int = 12,
    connectors: bool = False,
) -> Drawing:
    """A drawing, dots among its strokes; with ``connectors`` some segments are marked."""
    one = polylines(numbers, min_points, max_points)
    lines: Sequence[Polyline] = draw(st.lists(one, min_size=min_strokes, max_size=max_strokes))
    if not connectors:
        return Drawing(tuple(lines))
    marks = [draw(st.lists(st.booleans(), min_size=len(line) - 1, max_size=len(line) - 1)) for line in lines]
    return Drawing(tuple(lines), tuple(np.array(mark, dtype=np.bool_) for mark in marks))
