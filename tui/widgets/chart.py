"""Chart: curves over steps that grow while one looks, in braille, with round ticks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.axis import decade_ticks, decimate, labels, round_ticks

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tui.widgets.axis import Curve

MARK, BEST = "●", "◉"
CUT = "┊"
MARK_EVERY = 3
"""Columns between two marks at least; closer ones would run together."""
OUTLIERS, MANY = 0.02, 50
"""Share of the highest values that may lie above the chart once there are many: the first steps tower."""


@dataclass(frozen=True)
class Series:
    """One curve, and how it is drawn."""

    points: Sequence[tuple[float, float]]
    """Step and value, in the order of the steps; values that are not finite are left out."""
    marked: bool = False
    """Points get marks as far as there is room, the lowest one a mark of its own."""
    signs: Sequence[str] = ()
    """Marks of all points, one each, where they have marks of their own; all points are then finite."""


@dataclass(frozen=True)
class _Box:
    """What part of the plane the chart shows, and on how many cells; x is log10(step) if ``log``."""

    left: float
    right: float
    low: float
    high: float
    columns: int
    rows: int
    log: bool

    def column(self, x: float) -> int:
        """The column of cells in which x lies."""
        dot = (x - self.left) / (self.right - self.left) * (2 * self.columns - 1)
        return min(max(round(dot) // 2, 0), self.columns - 1)

    def row(self, y: float) -> int:
        """The row of cells in which y lies, from the top."""
        dot = (self.high - y) / (self.high - self.low) * (4 * self.rows - 1)
        return min(max(round(dot) // 4, 0), self.rows - 1)


class Chart(Widget):
    """Curves of a run. A later one gives its colour to cells that it shares; no dot is lost."""

    COMPONENT_CLASSES = {"chart--axis", "chart--line", "chart--marked", "chart--cut"}
    DEFAULT_CSS = """
    Chart { width: 1fr; height: 1fr; }
    Chart > .chart--axis { color: $foreground 50%; }
    Chart > .chart--line { color: $foreground 75%; }
    Chart > .chart--marked { color: $accent; text-style: bold; }
    Chart > .chart--cut { color: $warning; }
    """

    log_steps: reactive[bool] = reactive(False)
    """Steps on a logarithmic axis. Values have none: nats per point are often negative."""

    def __init__(self, *, unit: str = "", x: str = "step", empty: str = "", id: str | None = None) -> None:  # noqa: A002
        """Args:
        unit: what the values are, shown above their axis.
        x: what they are over.
        empty: shown as long as there is nothing to draw.
        """
        super().__init__(id=id)
        self.unit, self.x, self.empty = unit, x, empty
        self._series: dict[str, Series] = {}
        self._cuts: Sequence[float] = ()
        self._cut_words = ""
        self._lines: list[Strip] = []
        self._made_for: tuple[object, ...] = ()

    def show(self, series: Mapping[str, Series], cuts: Sequence[float] = (), cut_words: str = "") -> None:
        """Show these curves, by name, the most important one last.

        Args:
            cuts: steps that get a vertical line, and what happened there.
        """
        self._series, self._cuts, self._cut_words, self._made_for = dict(series), tuple(cuts), cut_words, ()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the terminal."""
        key = (self.size, self.rich_style, self.log_steps)
        if self._made_for != key:
            self._lines, self._made_for = self._make(), key
        return self._lines[y] if y < len(self._lines) else Strip.blank(self.size.width, self.rich_style)

    def _make(self) -> list[Strip]:
        curves = {name: _curve(each, self.log_steps) for name, each in self._series.items()}
        curves = {name: curve for name, curve in curves.items() if len(curve)}
        width, height = self.size
        if not curves or width < 20 or height < 5:
            return self._placeholder("" if curves else self.empty)
        rows = height - 2  # one for the legend, one for the steps
        low, high = _values(list(curves.values()))
        ticks = round_ticks(low, high, max(3, rows // 3))
        names = labels(ticks)
        gutter = max(map(len, names), default=0) + 1
        left, right = _steps(list(curves.values()), high, self.log_steps)
        box = _Box(left, right, low, high, width - gutter - 1, rows, self.log_steps)
        text, owners = _draw([(curve, self._series[name]) for name, curve in curves.items()], box, self._cuts)
        at = {box.row(tick): name for tick, name in zip(ticks, names, strict=True)}
        kinds = ["chart--marked" if self._series[name].marked else "chart--line" for name in curves]
        lines = [self._legend(curves)]
        for row in range(rows):
            edge = f"{at.get(row, ''):>{gutter}}{'┤' if row in at else '│'}"
            lines.append(Strip([self._text(edge, "chart--axis"), *self._cells(text[row], owners[row], kinds)]))
        lines.append(Strip([self._text(_axis_below(box, gutter + 1, self.x), "chart--axis")]))
        return [line.adjust_cell_length(width, self.rich_style) for line in lines]

    def _placeholder(self, words: str) -> list[Strip]:
        width, height = self.size
        text = Strip([self._text(words[:width].center(width), "chart--axis")])
        return [text if y == height // 2 else Strip.blank(width, self.rich_style) for y in range(height)]

    def _text(self, text: str, kind: str) -> Segment:
        return Segment(text, self.rich_style + self.get_component_rich_style(kind))

    def _legend(self, curves: Mapping[str, Curve]) -> Strip:
        """The unit, then each curve with its newest value, and the last cut."""
        segments = [self._text(f"{self.unit}   ", "chart--axis")] if self.unit else []
        for name, curve in curves.items():
            if self._series[name].signs:
                continue  # they speak for themselves
            marked = self._series[name].marked
            text = f"{MARK if marked else '─'} {name} {curve[-1, 1]:.3f}   "
            segments.append(self._text(text, "chart--marked" if marked else "chart--line"))
        if self._cuts:
            times = f" {len(self._cuts)} times, last" if len(self._cuts) > 1 else ""
            full, short = f"{CUT} {self._cut_words}{times} at {self._cuts[-1]:,.0f}", f"{CUT} {self._cuts[-1]:,.0f}"
            room = self.size.width - sum(segment.cell_length for segment in segments)
            if len(short) > room and self.unit:
                del segments[0]  # the unit is known best
            segments.append(self._text(full if len(full) <= room else short, "chart--cut"))
        return Strip(segments)

    def _cells(self, text: str, owners: Sequence[int], kinds: Sequence[str]) -> list[Segment]:
        """The cells of a row, neighbours of one series together."""
        segments: list[Segment] = []
        start = 0
        for column in range(1, len(text) + 1):
            if column == len(text) or owners[column] != owners[start]:
                kind = [*kinds, "chart--cut", "chart--axis"][owners[start]]  # -2 and -1 count from the end
                segments.append(self._text(text[start:column], kind))
                start = column
        return segments


def _curve(series: Series, log: bool) -> Curve:
    """Finite points of a series, x as log10(step) if asked for; step 0 has no logarithm and is left out."""
    import numpy as np

    points = np.array(series.points, dtype=np.float64).reshape(-1, 2)
    points = points[np.isfinite(points).all(axis=1)]
    if log:
        points = points[points[:, 0] >= 1]
        points[:, 0] = np.log10(points[:, 0])
    return points


def _steps(curves: Sequence[Curve], high: float, log: bool) -> tuple[float, float]:
    """First and last step to show; a logarithmic axis begins where a curve comes into view."""
    left = min(float(curve[curve[:, 1] <= high][0, 0]) for curve in curves if curve[:, 1].min() <= high) if log else 0.0
    right = max(float(curve[-1, 0]) for curve in curves)
    return left, right if right > left else left + 1


def _values(curves: Sequence[Curve]) -> tuple[float, float]:
    """Lowest and highest value to show, with some air."""
    import numpy as np

    low = min(float(curve[:, 1].min()) for curve in curves)
    high = max(
        float(np.quantile(curve[:, 1], 1 - OUTLIERS) if len(curve) >= MANY else curve[:, 1].max()) for curve in curves
    )
    air = 0.05 * (high - low) or 0.1 * max(abs(high), 1.0)
    return low - air, high + air


def _draw(
    curves: Sequence[tuple[Curve, Series]], box: _Box, cuts: Sequence[float]
) -> tuple[list[str], list[list[int]]]:
    """Curves as rows of braille with the dots of all, and for each cell the series it shows.

    It is -1 where there is none, and -2 where there is the line of a cut, which goes behind all curves.
    """
    import numpy as np

    from drawing.raster import braille, dots, text_rows

    width, height = 2 * box.columns, 4 * box.rows
    whole: NDArray[np.bool_] = np.zeros((height, width), dtype=np.bool_)
    owner = np.full((box.rows, box.columns), -1, dtype=np.intp)
    marks: dict[tuple[int, int], str] = {}
    for index, (curve, series) in enumerate(curves):
        few = decimate(curve, width, box.left, box.right)
        x = (few[:, 0] - box.left) / (box.right - box.left) * (width - 1)
        y = (box.high - few[:, 1]) / (box.high - box.low) * (height - 1)
        grid = dots([np.column_stack([x, y])], (0.0, 0.0, width - 1.0, height - 1.0), box.columns, box.rows, margin=0)
        whole |= grid
        owner[grid.reshape(box.rows, 4, box.columns, 2).any(axis=(1, 3))] = index
        if series.marked:
            own = _signs(curve, box, series.signs) if series.signs else _marks(curve, box)
            marks |= own
            for cell in own:
                owner[cell] = index
    text = [list(row) for row in text_rows(braille(whole))]
    for (row, column), sign in marks.items():
        text[row][column] = sign
    for place in [math.log10(step) for step in cuts if step >= 1] if box.log else cuts:
        if box.left <= place <= box.right:
            column = box.column(place)
            for row in np.flatnonzero(owner[:, column] == -1):
                text[row][column] = CUT
                owner[row, column] = -2
    return ["".join(row) for row in text], owner.tolist()


def _marks(curve: Curve, box: _Box) -> dict[tuple[int, int], str]:
    """Cells that get a mark: the lowest point, and of the others as many as stay apart."""
    best = int(curve[:, 1].argmin())
    middle = box.column(curve[best, 0])
    found = {(box.row(curve[best, 1]), middle): BEST}
    before = -MARK_EVERY
    for x, y in curve.tolist():
        column = box.column(x)
        if column - before >= MARK_EVERY and abs(column - middle) >= MARK_EVERY and y <= box.high:
            found[box.row(y), column] = MARK
            before = column
    return found


def _signs(curve: Curve, box: _Box, signs: Sequence[str]) -> dict[tuple[int, int], str]:
    """Cells of all points, each with its own mark; of two in a cell the first one is seen."""
    found: dict[tuple[int, int], str] = {}
    for (x, y), sign in zip(curve.tolist(), signs, strict=True):
        found.setdefault((box.row(y), box.column(x)), sign)
    return found


def _axis_below(box: _Box, gutter: int, x: str) -> str:
    """The axis of the steps: round ticks with labels that do not touch."""
    most = max(2, box.columns // 10)
    if box.log:
        ticks = decade_ticks(10**box.left, 10**box.right, most)
        places = [math.log10(tick) for tick in ticks]
    else:
        ticks = places = round_ticks(box.left, box.right, most)
    line = [" "] * (gutter + box.columns)
    title = f"{x}, log" if box.log else x
    line[-len(title) :] = title
    free, end = 0, len(line) - len(title) - 1
    for place, name in zip(places, labels(ticks), strict=True):
        start = gutter + box.column(place) - len(name) // 2
        if start >= free and start + len(name) <= end:
            line[start : start + len(name)] = name
            free = start + len(name) + 1
    return "".join(line)
