"""SheetView: a sheet of paper at its true proportion, drawn so far or not, with the pen on it.

What is to be drawn can begin inside the sheet, lines can be as broad as a nib, and cells can have a frame.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from drawing.drawing import Bounds, Drawing
    from drawing.geometry import Polyline
    from plotter.route import Place

    Point = tuple[float, float]

PEN, START = "✛", "⚑"
EDGE = 2
"""Cells that the paper's edge takes in each direction."""
_BLANK, _MARGIN, _FRAME, _TRAVEL, _SKIPPED, _REST, _INKED, _JOIN, _START, _PEN = range(10)
_KINDS = ("paper", "margin", "frame", "travel", "skipped", "rest", "inked", "join", "start", "pen")


@dataclass(frozen=True)
class PaperShown:
    """A sheet as it is shown; all in mm from the top left corner of the paper."""

    width_mm: float
    height_mm: float
    lines: Drawing
    """In drawing order and direction."""
    margin_mm: float = 0.0
    name: str = ""
    """Of the paper, shown on its edge."""
    colours: tuple[tuple[int, int, str], ...] = ()
    """First line, first line that is not, and colour as #1a2b3c of what has an ink of its own colour."""


class SheetView(Widget):
    """Paper with its edge and margin; what is drawn in ink, the rest faint, the pen marked."""

    COMPONENT_CLASSES = {"sheet--edge", *(f"sheet--{kind}" for kind in _KINDS)}
    DEFAULT_CSS = """
    SheetView { width: 1fr; height: 1fr; }
    SheetView > .sheet--edge { color: $foreground 45%; }
    SheetView > .sheet--paper { color: #c9c3b2; background: #fffdf6; }
    SheetView > .sheet--margin { color: #d9d2bf; background: #fffdf6; }
    SheetView > .sheet--frame { color: #c1440e; background: #fffdf6; }
    SheetView > .sheet--travel { color: #6d93b8; background: #fffdf6; }
    SheetView > .sheet--skipped { color: #dfdacd; background: #fffdf6; }
    SheetView > .sheet--rest { color: #b3ac9b; background: #fffdf6; }
    SheetView > .sheet--inked { color: #111111; background: #fffdf6; text-style: bold; }
    SheetView > .sheet--join { color: #b8860b; background: #fffdf6; text-style: bold; }
    SheetView > .sheet--start { color: #fffdf6; background: #2f6f4f; text-style: bold; }
    SheetView > .sheet--pen { color: #fffdf6; background: #c1440e; text-style: bold; }
    """

    inked_mm: reactive[float | None] = reactive(None)
    """Length of the lines drawn so far; None shows all of them as ink."""
    pen_mm: reactive[tuple[float, float] | None] = reactive(None)
    """Where the pen is; None if there is none."""
    travel: reactive[bool] = reactive(False)
    """Whether the ways between strokes are shown, and where ends were joined."""
    nib_mm: reactive[float | None] = reactive(None)
    """Width of the pen's line; None shows lines as thin as can be. It stays when another sheet is shown."""
    start: reactive[Place | None] = reactive(None)
    """Where the drawing is to begin, marked; what lies before it is not drawn and fainter. None marks nothing."""
    frames: reactive[tuple[Bounds, ...]] = reactive(())
    """Boxes in mm that have a dotted frame, as those of the cells that were chosen."""

    def __init__(self, *, empty: str = "", id: str | None = None) -> None:  # noqa: A002
        """Args:
        empty: shown as long as there is no sheet.
        """
        super().__init__(id=id)
        self.empty = empty
        self._paper: PaperShown | None = None
        self._picture: _Picture | None = None
        self._lines: list[Strip] = []
        self._made_for: tuple[object, ...] = ()

    def show(self, paper: PaperShown | None) -> None:
        """Show another sheet, or none; nothing of it is drawn yet."""
        self._paper, self._picture, self._made_for = paper, None, ()
        self.inked_mm, self.pen_mm, self.start, self.frames = None, None, None, ()
        self.refresh()

    @property
    def paper_cells(self) -> tuple[int, int]:
        """Columns and rows of cells that the paper covers; 0, 0 without one."""
        if self._paper is None:
            return 0, 0
        room_x, room_y = self.size.width - EDGE, self.size.height - EDGE
        width, height = self._paper.width_mm, self._paper.height_mm
        # a cell is 2 x 4 dots, and dots are about square
        per_mm = min(2 * room_x / width, 4 * room_y / height)
        return max(1, min(room_x, round(per_mm * width / 2))), max(1, min(room_y, round(per_mm * height / 4)))

    def mm_at(self, x: int, y: int) -> tuple[float, float] | None:
        """The place on the paper, in mm, of the middle of a cell of this widget; None beside the paper."""
        columns, rows = self.paper_cells
        column, row = x - (self.size.width - columns - EDGE) // 2 - 1, y - (self.size.height - rows - EDGE) // 2 - 1
        if self._paper is None or not (0 <= column < columns and 0 <= row < rows):
            return None
        scale = _scale(self._paper, columns, rows)
        return (2 * column + 1) / scale, (4 * row + 2) / scale

    def render_line(self, y: int) -> Strip:
        """One line of the terminal."""
        key = (
            self.size, self.rich_style, self.inked_mm, self.pen_mm, self.travel, self.nib_mm, self.start, self.frames
        )  # fmt: skip
        if self._made_for != key:
            self._lines, self._made_for = self._make(), key
        return self._lines[y] if y < len(self._lines) else Strip.blank(self.size.width, self.rich_style)

    def _make(self) -> list[Strip]:
        width, height = self.size
        if self._paper is None or width < 6 or height < 5:
            return self._placeholder()
        columns, rows = self.paper_cells
        asked = (columns, rows), self.nib_mm, self.start
        if self._picture is None or self._picture.asked != asked:
            self._picture = _Picture(self._paper, *asked)
        text, kinds = self._picture.look(self.inked_mm, self.pen_mm, travel=self.travel, frames=self.frames)
        edge = self.rich_style + self.get_component_rich_style("sheet--edge")
        styles = [self.rich_style + self.get_component_rich_style(f"sheet--{kind}") for kind in _KINDS]
        styles += [styles[_INKED] + Style(color=colour) for _, _, colour in self._paper.colours]
        left = (width - columns - EDGE) // 2
        blank = Segment(" " * left, self.rich_style)
        title = f" {self._paper.name} "[:columns] if self._paper.name else ""
        side = Segment("│", edge)
        lines = [
            Strip([blank, Segment(f"╭{title:─<{columns}}╮", edge)]),
            *(Strip([blank, side, *_runs(text[row], kinds[row], styles), side]) for row in range(rows)),
            Strip([blank, Segment(f"╰{'─' * columns}╯", edge)]),
        ]
        above = (height - len(lines)) // 2
        lines = [Strip.blank(width, self.rich_style)] * above + lines
        return [line.adjust_cell_length(width, self.rich_style) for line in lines]

    def _placeholder(self) -> list[Strip]:
        width, height = self.size
        style = self.rich_style + self.get_component_rich_style("sheet--edge")
        words = self.empty.split("\n")
        above = max(0, (height - len(words)) // 2)
        lines = [Strip([Segment(line[:width].center(width), style)]) for line in words]
        return [Strip.blank(width, self.rich_style)] * above + lines


def _runs(text: str, kinds: list[int], styles: list[Style]) -> list[Segment]:
    """Cells of one row, neighbours of one kind together."""
    segments: list[Segment] = []
    start = 0
    for column in range(1, len(text) + 1):
        if column == len(text) or kinds[column] != kinds[start]:
            segments.append(Segment(text[start:column], styles[kinds[start]]))
            start = column
    return segments


class _Picture:
    """The sheet on a grid of cells, inked ever further; each bit of line is put on the grid once."""

    def __init__(
        self, paper: PaperShown, cells: tuple[int, int], nib_mm: float | None = None, start: Place | None = None
    ) -> None:
        import numpy as np

        self.asked = cells, nib_mm, start
        self._cells = cells
        self._scale = _scale(paper, *cells)
        self._width = (nib_mm or 0.0) * self._scale
        first, along_mm = (0, 0.0) if start is None else (start.stroke, start.along_mm)
        ends = np.cumsum(paper.lines.lengths)
        skipped, self._lines = _parted(paper.lines.lines, first, along_mm)
        self._skipped = self._dots(skipped)
        self._rest = self._dots(self._lines)
        self._mark = None if start is None or not self._lines else _point(self._lines[0][0])
        self._margin = self._spots(_margin(paper), gap=4)
        self._travel: NDArray[np.bool_] | None = None
        self._joins: NDArray[np.bool_] | None = None
        self._bridged = paper.lines
        self._coloured = [self._dots(paper.lines.lines[slice(*each[:2])]) for each in paper.colours]
        self._start_mm = along_mm + (float(ends[first - 1]) if 0 < first <= len(ends) else 0.0)
        self._ends = ends[first:]
        self._done = np.zeros_like(self._rest)
        self._done_lines = 0

    def _dots(self, lines: Sequence[Polyline]) -> NDArray[np.bool_]:
        """Lines on the grid: the paper's corner is the grid's corner, one scale holds in both directions."""
        from drawing.raster import dots

        columns, rows = self._cells
        box = (0.0, 0.0, 2.0 * columns - 1, 4.0 * rows - 1)
        # a dot's middle lies half a dot in
        placed = [line * self._scale - 0.5 for line in lines]
        return dots(placed, box, columns, rows, margin=0, width=self._width)

    def _spots(self, ways: Sequence[tuple[Point, Point]], gap: float) -> NDArray[np.bool_]:
        """Straight ways on the grid, dotted: one dot every ``gap``."""
        import numpy as np

        columns, rows = self._cells
        grid = np.zeros((4 * rows, 2 * columns), dtype=np.bool_)
        for start, stop in ways:
            count = int(math.dist(start, stop) * self._scale / gap) + 1
            spots = (np.linspace(start, stop, max(2, count)) * self._scale).astype(np.intp)
            inside = ((spots >= 0) & (spots < [2 * columns, 4 * rows])).all(axis=1)
            grid[spots[inside, 1], spots[inside, 0]] = True
        return grid

    def travel(self) -> NDArray[np.bool_]:
        """Dots of the ways between strokes."""
        if self._travel is None:
            pairs = itertools.pairwise(self._lines)
            ways = [(_point(a[-1]), _point(b[0])) for a, b in pairs]
            self._travel = self._spots(ways, gap=3)
        return self._travel

    def joins(self) -> NDArray[np.bool_]:
        """Dots of what is drawn where there was no ink: ends that were joined."""
        if self._joins is None:
            pairs = zip(self._bridged.lines, self._bridged.connectors, strict=False)
            self._joins = self._dots([line[at : at + 2] for line, mark in pairs for at in mark.nonzero()[0].tolist()])
        return self._joins

    def inked(self, inked_mm: float | None) -> NDArray[np.bool_]:
        """Dots of the lines from the start to so many mm of all lines."""
        import numpy as np

        if inked_mm is None:
            return self._rest
        whole = int(np.searchsorted(self._ends, inked_mm + 1e-9, side="right"))
        if whole < self._done_lines:  # another plot of the same sheet
            self._done, self._done_lines = np.zeros_like(self._rest), 0
        if whole > self._done_lines:
            self._done = self._done | self._dots(self._lines[self._done_lines : whole])
            self._done_lines = whole
        if whole == len(self._ends):
            return self._done
        rest = inked_mm - (float(self._ends[whole - 1]) if whole else self._start_mm)
        return self._done if rest <= 0 else self._done | self._dots([begin(self._lines[whole], rest)])

    def _cell(self, x_mm: float, y_mm: float) -> tuple[int, int]:
        """Column and row of a place, or the nearest to it on the paper."""
        columns, rows = self._cells
        column, row = int(x_mm * self._scale) // 2, int(y_mm * self._scale) // 4
        return min(max(column, 0), columns - 1), min(max(row, 0), rows - 1)

    def look(
        self, inked_mm: float | None, pen_mm: Point | None, *, travel: bool, frames: Sequence[Bounds] = ()
    ) -> tuple[list[str], list[list[int]]]:
        """Rows of characters, and of what each cell is."""
        import numpy as np

        from drawing.raster import braille, text_rows

        columns, rows = self._cells
        layers = [(self._margin, _MARGIN)]
        if frames:
            layers.append((self._spots([side for box in frames for side in _sides(*box)], gap=2), _FRAME))
        if travel:
            layers.append((self.travel(), _TRAVEL))
        inked = self.inked(inked_mm)
        layers += [(self._skipped, _SKIPPED), (self._rest, _REST), (inked, _INKED)]
        layers += [(dots & inked, kind) for kind, dots in enumerate(self._coloured, start=len(_KINDS))]
        if travel:
            layers.append((self.joins(), _JOIN))
        kinds = np.full((rows, columns), _BLANK, dtype=np.intp)
        whole = np.zeros_like(self._rest)
        for grid, kind in layers:
            whole |= grid
            kinds[grid.reshape(rows, 4, columns, 2).any(axis=(1, 3))] = kind
        text = [list(row) for row in text_rows(braille(whole))]
        marks = [(self._mark, START, _START), (pen_mm, PEN, _PEN)]
        for place, sign, kind in marks:
            if place is not None:
                column, row = self._cell(*place)
                text[row][column], kinds[row, column] = sign, kind
        return ["".join(row) for row in text], kinds.tolist()


def _scale(paper: PaperShown, columns: int, rows: int) -> float:
    """Dots a mm."""
    return min(2 * columns / paper.width_mm, 4 * rows / paper.height_mm)


def _point(point: Polyline) -> Point:
    x, y = point.tolist()
    return x, y


def _parted(lines: Sequence[Polyline], stroke: int, along_mm: float) -> tuple[Sequence[Polyline], Sequence[Polyline]]:
    """The lines before a place, and those from it on."""
    if along_mm <= 0 or stroke >= len(lines):
        return lines[:stroke], lines[stroke:]
    line = lines[stroke]
    return [*lines[:stroke], begin(line, along_mm)], [_end(line, along_mm), *lines[stroke + 1 :]]


def begin(line: Polyline, length: float) -> Polyline:
    """The first ``length`` of a line."""
    import numpy as np

    at, end = _at(line, length)
    inner = int(np.searchsorted(at, length, side="left"))
    return line if inner >= len(line) else np.concatenate([line[: max(inner, 1)], end])


def _end(line: Polyline, length: float) -> Polyline:
    """The line without its first ``length``; its last point at least."""
    import numpy as np

    at, start = _at(line, length)
    return np.concatenate([start, line[at > length]])


def _at(line: Polyline, length: float) -> tuple[NDArray[np.float64], Polyline]:
    """The length at each point of a line, and the point at a length, shape (1, 2)."""
    import numpy as np

    at = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    return at, np.array([[np.interp(length, at, line[:, 0]), np.interp(length, at, line[:, 1])]])


def _margin(paper: PaperShown) -> list[tuple[Point, Point]]:
    """The four sides of the margin; none if there is no room inside."""
    m, right, bottom = paper.margin_mm, paper.width_mm - paper.margin_mm, paper.height_mm - paper.margin_mm
    return _sides(m, m, right, bottom) if 0 < m < min(paper.width_mm, paper.height_mm) / 2 else []


def _sides(left: float, top: float, right: float, bottom: float) -> list[tuple[Point, Point]]:
    """The sides of a box, around it."""
    return list(itertools.pairwise([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]))
