"""Where a drawing begins, in which order its strokes follow, and which way each is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from drawing.drawing import Drawing, Marks
from drawing.geometry import Polyline

Start = Literal["traced", "top", "left", "longest"]
Order = Literal["traced", "near"]
Direction = Literal["traced", "near", "down", "right"]
Place = tuple[float, float]


@dataclass(frozen=True)
class _Stroke:
    line: Polyline
    mark: Marks

    @property
    def closed(self) -> bool:
        return len(self.line) > 3 and bool((self.line[0] == self.line[-1]).all())

    def reversed(self) -> _Stroke:
        return _Stroke(self.line[::-1], self.mark[::-1])

    def begun_at(self, index: int) -> _Stroke:
        """From one of its points on: of a closed stroke any, of an open one an end."""
        if index == 0:
            return self
        if not self.closed:
            return self.reversed()
        line = np.concatenate([self.line[index:], self.line[1 : index + 1]])
        return _Stroke(line, np.roll(self.mark, -index))

    def places(self) -> list[int]:
        """Points that it may begin with."""
        return list(range(len(self.line) - 1)) if self.closed else [0, len(self.line) - 1]


Cost = Callable[[Polyline], Polyline]


def order_strokes(
    drawing: Drawing,
    start: Start = "traced",
    order: Order = "traced",
    direction: Direction = "traced",
    at: Place | None = None,
) -> Drawing:
    """The same ink, begun, ordered and directed by rules.

    Args:
        start: ``top`` begins with the highest of all stroke ends, ``left`` with the leftmost, ``longest`` with the
            one that reaches farthest out from the middle of the ink; ``traced`` with the first stroke. A closed
            stroke may begin at any of its points.
        order: ``near`` draws next what begins nearest to where the pen is.
        direction: of all strokes that ``start`` does not decide on: ``near`` enters at the end nearer to the pen,
            ``down`` at the higher end, ``right`` at the left end.
        at: begin with the end nearest to this place, whatever ``start`` says.
    """
    strokes = [_Stroke(line, drawing.marks(index)) for index, line in enumerate(drawing.lines)]
    if not strokes:
        return drawing
    if at is None and start == "traced":
        first = 0
        done = [_directed(strokes[0], direction, None)]
    else:
        first, index = _begin(strokes, _cost(drawing, start, at), loose=at is None and start == "longest")
        done = [strokes[first].begun_at(index)]
    left = [stroke for index, stroke in enumerate(strokes) if index != first]
    while left:
        pen = done[-1].line[-1]
        if order == "near":
            ways = [_directed(stroke, direction, pen) for stroke in left]
            nearest = int(np.argmin([np.hypot(*(way.line[0] - pen)) for way in ways]))
            done.append(ways[nearest])
            del left[nearest]
        else:
            done.append(_directed(left.pop(0), direction, pen))
    return Drawing(tuple(stroke.line for stroke in done), tuple(stroke.mark for stroke in done))


def _cost(drawing: Drawing, start: Start, at: Place | None) -> Cost:
    """What is least where a drawing should begin, for points of shape (n, 2)."""
    if at is not None:
        return lambda points: np.hypot(points[:, 0] - at[0], points[:, 1] - at[1])
    if start == "top":
        return lambda points: points[:, 1]
    if start == "left":
        return lambda points: points[:, 0]
    every = np.concatenate(drawing.lines)
    x, y = every.mean(axis=0).tolist()
    return lambda points: -np.hypot(points[:, 0] - x, points[:, 1] - y)


def _begin(strokes: list[_Stroke], cost: Cost, *, loose: bool) -> tuple[int, int]:
    """The stroke and its point where the cost is least; among loose ends first, if that is asked for."""
    open_ones = [index for index, stroke in enumerate(strokes) if not stroke.closed]
    asked = open_ones if loose and open_ones else range(len(strokes))
    found: list[tuple[float, int, int]] = []
    for index in asked:
        places = strokes[index].places()
        costs = cost(strokes[index].line[places])
        best = int(costs.argmin())
        found.append((float(costs[best]), index, places[best]))
    _, stroke, place = min(found)
    return stroke, place


def _directed(stroke: _Stroke, direction: Direction, pen: Polyline | None) -> _Stroke:
    if direction == "near" and pen is not None:
        places = stroke.places()
        away = np.hypot(*(stroke.line[places] - pen).T)
        return stroke.begun_at(places[int(away.argmin())])
    axis = {"down": 1, "right": 0}.get(direction)
    if axis is not None and stroke.line[0, axis] > stroke.line[-1, axis]:
        return stroke.reversed()
    return stroke
