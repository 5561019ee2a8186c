"""A curve as a drawing: axes, round ticks and one line, which a plotter could draw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drawing.drawing import Drawing

WIDTH_MM, HEIGHT_MM = 180.0, 110.0
LETTER_MM, TICK_MM = 2.6, 1.5
TICKS = 6


def draw_curve(points: Sequence[tuple[float, float]], y_name: str, x_name: str) -> Drawing:
    """A curve in mm over labelled axes; the values' own range fills the height."""
    import numpy as np

    from drawing.drawing import Drawing
    from plotter.letters import letters
    from tui.widgets.axis import labels, round_ticks

    xs, ys = np.array(points, dtype=np.float64).T
    x0, x1 = _wide(0.0, float(xs.max()))
    y0, y1 = _wide(float(ys.min()), float(ys.max()))
    x_ticks, y_ticks = round_ticks(x0, x1, TICKS), round_ticks(y0, y1, TICKS)

    def at_x(value: float) -> float:
        return WIDTH_MM * (value - x0) / (x1 - x0)

    def at_y(value: float) -> float:
        return HEIGHT_MM * (y1 - value) / (y1 - y0)

    lines = [np.array([[0.0, 0.0], [0.0, HEIGHT_MM], [WIDTH_MM, HEIGHT_MM]])]
    lines.append(np.array([[at_x(x), at_y(y)] for x, y in points]))
    for value, name in zip(x_ticks, labels(x_ticks), strict=True):
        lines.append(np.array([[at_x(value), HEIGHT_MM], [at_x(value), HEIGHT_MM + TICK_MM]]))
        lines += letters(name, LETTER_MM).translate(at_x(value), HEIGHT_MM + 3 * LETTER_MM).lines
    for value, name in zip(y_ticks, labels(y_ticks), strict=True):
        lines.append(np.array([[-TICK_MM, at_y(value)], [0.0, at_y(value)]]))
        lines += letters(name, LETTER_MM).translate(-4 * LETTER_MM, at_y(value) + LETTER_MM / 2).lines
    lines += letters(x_name, LETTER_MM).translate(WIDTH_MM / 2, HEIGHT_MM + 6 * LETTER_MM).lines
    lines += letters(y_name, LETTER_MM).translate(12 * LETTER_MM, -LETTER_MM).lines
    return Drawing(tuple(lines))


def _wide(low: float, high: float) -> tuple[float, float]:
    """A range that is none is made one."""
    return (low, high) if high > low else (low - 0.5, low + 0.5)
