"""ForesightView: a line up to one of its points, and around it where the network expected the next one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.layers import Layer, paint

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tui.foresight import Component, Foresight, Place

    Grid = NDArray[np.bool_]

HERE, NEXT = "●", "◆"
FAINT = 0.4
"""Power by which chances are lifted: a small one must be seen beside a great one."""
LEAST = 0.12
"""Below so much of the greatest, after that, nothing is shown; of a single Gaussian about 3 sigma are."""
NEAR_SIGMAS, HEAVY = 3.0, 0.05
"""How far around the means a close view reaches, for components of that weight."""
BAYER = ((0, 8, 2, 10), (12, 4, 14, 6), (3, 11, 1, 9), (15, 7, 13, 5))


class ForesightView(Widget):
    """Drawn so far in ink, expected as a cloud of dots that is the denser the likelier, what came with a mark."""

    COMPONENT_CLASSES = {"foresight--cloud", "foresight--ink", "foresight--next", "foresight--here"}
    DEFAULT_CSS = """
    ForesightView { width: 1fr; height: 1fr; }
    ForesightView > .foresight--ink { color: $foreground; }
    ForesightView > .foresight--cloud { color: $accent; }
    ForesightView > .foresight--next { color: $success; text-style: bold; }
    ForesightView > .foresight--here { color: $foreground; text-style: bold; }
    """

    step: reactive[int] = reactive(0)
    """The point from which the network looks ahead."""
    near: reactive[bool] = reactive(True)
    """Look closely at what is expected, which is small in the whole of a long drawing."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._foresight: Foresight | None = None
        self._strips: list[Strip] = []
        self._made_for: tuple[object, ...] = ()

    def show(self, foresight: Foresight) -> None:
        """Show this drawing from its first point on."""
        self._foresight, self._made_for, self.step = foresight, (), 0
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the terminal."""
        key = (self.size, self.rich_style, self.step, self.near)
        if self._foresight is not None and self._made_for != key:
            self._strips, self._made_for = self._make(self._foresight), key
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width, self.rich_style)

    def _make(self, foresight: Foresight) -> list[Strip]:
        columns, rows = self.size
        at, step = foresight.points[self.step], foresight.steps[self.step]
        then = foresight.points[self.step + 1] if self.step + 1 < len(foresight.points) else None
        near, whole = _near(foresight, self.step), _whole(foresight)
        nothing = whole[2] == whole[0] and whole[3] == whole[1]  # all points are one
        box = near if self.near or nothing else whole
        fit = Fit(box, columns, rows)
        layers = [
            Layer("foresight--cloud", cloud(step.components, fit)),
            Layer("foresight--ink", fit.ink(foresight.lines(self.step + 1))),
            Layer(
                "foresight--next",
                fit.ink([foresight.next_line(self.step)]),
                {} if then is None else fit.sign(then, NEXT),
            ),
        ]
        layers.insert(2, Layer("foresight--here", None, fit.sign(at, HERE)))
        return paint(self, layers, columns, rows)


class Fit:
    """Places on the page to dots of the terminal: a box fitted and centred, a dot free on each side."""

    def __init__(self, box: tuple[float, float, float, float], columns: int, rows: int) -> None:
        left, top, right, bottom = box
        self.columns, self.rows = columns, rows
        self.wide, self.high = 2 * columns, 4 * rows
        self.factor = min((self.wide - 3) / max(right - left, 1e-9), (self.high - 3) / max(bottom - top, 1e-9))
        self.x0 = (self.wide - 1 - self.factor * (left + right)) / 2
        self.y0 = (self.high - 1 - self.factor * (top + bottom)) / 2

    def ink(self, lines: list[list[Place]]) -> Grid:
        """Dots of lines."""
        import numpy as np

        from drawing.raster import dots

        fitted = [np.array(line) * self.factor + (self.x0, self.y0) for line in lines if line]
        return dots(fitted, (0.0, 0.0, self.wide - 1.0, self.high - 1.0), self.columns, self.rows, margin=0)

    def sign(self, place: Place, sign: str) -> dict[tuple[int, int], str]:
        """A character in the cell of a place; nothing where that is out of view."""
        x, y = round(place[0] * self.factor + self.x0), round(place[1] * self.factor + self.y0)
        return {(y // 4, x // 2): sign} if 0 <= x < self.wide and 0 <= y < self.high else {}


def cloud(components: tuple[Component, ...], fit: Fit) -> Grid:
    """A mixture as dots, ordered dithering of its density (Bayer 1973); a dot is never finer than the grid."""
    import numpy as np

    x = ((np.arange(fit.wide) - fit.x0) / fit.factor)[None, :]
    y = ((np.arange(fit.high) - fit.y0) / fit.factor)[:, None]
    blur = (0.5 / fit.factor) ** 2
    density = np.zeros((fit.high, fit.wide))
    for each in components:
        (xx, xy, yy), (mean_x, mean_y) = each.covariance, each.mean
        xx, yy = xx + blur, yy + blur
        det = max(xx * yy - xy * xy, 1e-12)
        dx, dy = x - mean_x, y - mean_y
        density += each.weight / np.sqrt(det) * np.exp(-0.5 * (yy * dx**2 - 2 * xy * dx * dy + xx * dy**2) / det)
    shade = (density / max(float(density.max()), 1e-300)) ** FAINT
    limits = np.tile((np.array(BAYER) + 0.5) / 16, (-(-fit.high // 4), -(-fit.wide // 4)))[: fit.high, : fit.wide]
    return (shade > limits) & (shade > LEAST)


def _whole(foresight: Foresight) -> tuple[float, float, float, float]:
    xs, ys = zip(*foresight.points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _near(foresight: Foresight, step: int) -> tuple[float, float, float, float]:
    """A square around a point that holds what is expected there, and what came; its area doubles, so that the scale
    stays the same for some points on end."""
    (x, y), reach = foresight.points[step], 2.0 ** (math.ceil(2 * math.log2(_reach(foresight, step))) / 2)
    return x - reach, y - reach, x + reach, y + reach


def _reach(foresight: Foresight, step: int) -> float:
    (x, y), components = foresight.points[step], foresight.steps[step].components
    reach = [1e-6]
    if step + 1 < len(foresight.points):
        then = foresight.points[step + 1]
        reach.append(1.2 * max(abs(then[0] - x), abs(then[1] - y)))
    for each in [each for each in components if each.weight >= HEAVY] or components[:1]:
        xx, _, yy = each.covariance
        reach.append(abs(each.mean[0] - x) + NEAR_SIGMAS * xx**0.5)
        reach.append(abs(each.mean[1] - y) + NEAR_SIGMAS * yy**0.5)
    return max(reach)
