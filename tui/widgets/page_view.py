"""PageView: a part of a scanned page, as its picture, as what was traced, or as both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.events import Click, MouseDown, MouseMove, MouseScrollDown, MouseScrollUp, MouseUp
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.things import Thing, Things
from tui.view import Place, View, pooled
from tui.widgets.layers import Layer, paint

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tui.tracing import InkSeen, Picture, TracedPage

    Grid = NDArray[np.bool_]

COLOURS = 4
"""Colours that strokes have in turn."""
PASSES = 3
"""Colours of the ways through a crossing."""
ALONG = 14.0
"""Dots from a crossing on which its ways are coloured."""
CLOSE = 4.0
"""Page pixels a dot up to which ends and crossings have signs of their own."""
SIGNS = {"start": "◉", "end": "○", "crossing": "◇", "doubtful": "◆"}


class PageView(Widget, can_focus=True):
    """A page in cells; it is told what to show and tells where somebody points."""

    BINDINGS = [
        *(
            Binding(key, f"screen.go({x}, {y})", f"Next place {words}", show=False, id=f"page.{key}")
            for key, words, x, y in (
                ("left", "on the left", -1, 0),
                ("right", "on the right", 1, 0),
                ("up", "above", 0, -1),
                ("down", "below", 0, 1),
            )
        ),
        *(
            Binding(f"shift+{key}", f"screen.nudge({x}, {y})", f"A little {words}", show=False, id=f"page.nudge_{key}")
            for key, words, x, y in (
                ("left", "to the left", -1, 0),
                ("right", "to the right", 1, 0),
                ("up", "up", 0, -1),
                ("down", "down", 0, 1),
            )
        ),
    ]
    COMPONENT_CLASSES = {
        *(f"page--stroke{number}" for number in range(COLOURS)),
        "page--box", "page--connector", "page--ink", "page--crossing", "page--doubtful", "page--end", "page--chosen",
        "page--cursor", "page--tint", *(f"page--pass{number}" for number in range(PASSES)),
    }  # fmt: skip
    DEFAULT_CSS = """
    PageView { width: 1fr; height: 1fr; }
    PageView > .page--stroke0 { color: $foreground; }
    PageView > .page--stroke1 { color: $primary; }
    PageView > .page--stroke2 { color: $success; }
    PageView > .page--stroke3 { color: $secondary; }
    PageView > .page--box { color: $foreground 25%; }
    PageView > .page--ink { color: $foreground 35%; }
    PageView > .page--connector { color: $accent; text-style: bold; }
    PageView > .page--crossing { color: $secondary; }
    PageView > .page--doubtful { color: $error; text-style: bold; }
    PageView > .page--end { color: $success; text-style: bold; }
    PageView > .page--chosen { color: $accent; text-style: bold; }
    PageView > .page--pass0 { color: $accent; text-style: bold; }
    PageView > .page--pass1 { color: $success; text-style: bold; }
    PageView > .page--pass2 { color: $warning; text-style: bold; }
    PageView > .page--tint { background: $foreground 20%; }
    PageView > .page--cursor { color: $background; background: $accent; text-style: bold; }
    """

    class Pointed(Message):
        """Somebody clicked on a place; ``again`` if more than once."""

        def __init__(self, place: Place, *, again: bool) -> None:
            super().__init__()
            self.place, self.again = place, again

    class Dragged(Message):
        """The page was pulled by so many dots."""

        def __init__(self, dots_x: float, dots_y: float) -> None:
            super().__init__()
            self.dots_x, self.dots_y = dots_x, dots_y

    class Wheeled(Message):
        """The wheel was turned at a place."""

        def __init__(self, place: Place, step: int) -> None:
            super().__init__()
            self.place, self.step = place, step

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.picture: Picture | None = None
        self.ink: InkSeen | None = None
        self.page: TracedPage | None = None
        self.things: Things | None = None
        self.shows: frozenset[str] = frozenset()
        """Of ``picture``, ``ink`` and ``strokes``."""
        self.view = View()
        self.cursor: Place | None = None
        self.marked: Place | None = None
        """The first end of a join."""
        self._strips: list[Strip] = []
        self._made_for: tuple[object, ...] = ()
        self._held: tuple[int, int] | None = None
        self._pulled = False

    def show(self) -> None:
        """Paint anew with what was told."""
        self._made_for = ()
        self.refresh()

    # painting

    def render_line(self, y: int) -> Strip:
        """One line of the terminal."""
        width, height = self.size
        if not width or not height:
            return Strip.blank(width, self.rich_style)
        key = (width, height, self.rich_style)
        if self._made_for != key:
            self._strips, self._made_for = self._make(width, height), key
        return self._strips[y]

    def _make(self, columns: int, rows: int) -> list[Strip]:
        if "picture" in self.shows and self.picture is not None:
            return self._greys(self.picture, columns, rows)
        strips = paint(self, self._layers(columns, rows), columns, rows)
        if "ink" in self.shows and "strokes" in self.shows and self.ink is not None:
            inked = ~pooled(~self.ink.mask, self.view, (columns, rows), (1, 1))
            tint = Style(bgcolor=self.get_component_rich_style("page--tint").bgcolor)
            strips = [_tinted(strip, flags, tint) for strip, flags in zip(strips, inked.tolist(), strict=True)]
        return strips

    def _greys(self, picture: Picture, columns: int, rows: int) -> list[Strip]:
        """The scan itself, two pixels a cell; of each quarter of these the darkest counts, or thin lines were lost."""
        fine = pooled(picture.grey, self.view, (columns, rows), (2, 4)).reshape(2 * rows, 2, columns, 2)
        greys = fine.mean(axis=(1, 3)).astype(int)
        plain = self.rich_style
        cursor = None if self.cursor is None else self.view.cell(self.cursor, columns, rows)
        mark = self.get_component_rich_style("page--cursor")
        paper = plain.bgcolor or Color.parse("default")
        height, width = picture.grey.shape
        left, top, _, _ = self.view.box(columns, rows)
        strips: list[Strip] = []
        for row in range(rows):
            segments: list[Segment] = []
            for column in range(columns):
                x, y = left + 2 * column * self.view.scale, top + 4 * row * self.view.scale
                if (row, column) == cursor:
                    segments.append(Segment("▀", plain + mark))
                elif not (-self.view.scale <= x < width and -self.view.scale <= y < height):
                    segments.append(Segment(" ", plain))
                else:
                    upper, lower = int(greys[2 * row, column]), int(greys[2 * row + 1, column])
                    low = Color.from_rgb(lower, lower, lower) if y + 2 * self.view.scale < height else paper
                    segments.append(Segment("▀", Style(color=Color.from_rgb(upper, upper, upper), bgcolor=low)))
            strips.append(Strip(segments).simplify())
        return strips

    def _layers(self, columns: int, rows: int) -> list[Layer]:
        layers: list[Layer] = []
        if self.shows == {"ink"} and self.ink is not None:
            paper = pooled(~self.ink.mask, self.view, (columns, rows), (2, 4))
            layers.append(Layer("page--ink", ~paper))
        if "strokes" in self.shows and self.page is not None:
            layers += self._strokes(self.page, columns, rows)
        if "strokes" in self.shows and self.things is not None:
            layers += self._marks(self.things, layers, columns, rows)
            if self.cursor is not None and self.view.scale <= CLOSE:
                passes = self.things.passes(self.cursor, ALONG * self.view.scale)
                layers += self._passes(passes, columns, rows)
        layers += self._cursor_layers(layers, columns, rows)
        return layers

    def _strokes(self, page: TracedPage, columns: int, rows: int) -> list[Layer]:
        import numpy as np

        from drawing.raster import dots

        box = self.view.box(columns, rows)
        frames: list[NDArray[np.float64]] = []
        strokes: list[list[NDArray[np.float64]]] = [[] for _ in range(COLOURS)]
        connectors: list[NDArray[np.float64]] = []
        count = 0
        for each in page.drawings:
            left, top, right, bottom = each.drawing.bounds
            air = 2 * self.view.scale
            left, top, right, bottom = left - air, top - air, right + air, bottom + air
            frames.append(
                np.array([[left, top], [right, top], [right, bottom], [left, bottom], [left, top]], dtype=np.float64)
            )
            for index, line in enumerate(each.drawing.lines):
                marks = each.drawing.marks(index)
                strokes[count % COLOURS] += _inked(line, marks)
                connectors += [line[at : at + 2] for at in np.flatnonzero(marks)]
                count += 1
        layers = [Layer("page--box", _dotted(dots(frames, box, columns, rows, margin=0)))]
        layers += [
            Layer(f"page--stroke{number}", dots(lines, box, columns, rows, margin=0))
            for number, lines in enumerate(strokes)
            if lines
        ]
        return [*layers, Layer("page--connector", dots(connectors, box, columns, rows, margin=0))]

    def _marks(self, things: Things, layers: list[Layer], columns: int, rows: int) -> list[Layer]:
        """Crossings and ends: from afar in the colour of their cells, from near as signs."""
        groups: dict[str, list[tuple[int, int]]] = {"crossing": [], "doubtful": [], "end": [], "start": []}
        for thing in (*things.crossings, *things.ends):
            cell = self.view.cell(thing.at, columns, rows)
            if cell is not None:
                groups["doubtful" if thing.is_doubtful else thing.kind].append(cell)
        close = self.view.scale <= CLOSE
        found: list[Layer] = []
        for name, cells in groups.items():
            kind = "page--end" if name == "start" else f"page--{name}"
            if close:
                found.append(Layer(kind, None, dict.fromkeys(cells, SIGNS[name])))
            elif name in ("doubtful", "end", "start"):
                found.append(Layer(kind, _cells_of(layers, cells, columns, rows)))
        firsts = [self.view.cell(each.at, columns, rows) for each in things.firsts]
        found.append(Layer("page--end", None, {cell: SIGNS["start"] for cell in firsts if cell is not None}))
        return found

    def _passes(self, passes: list[NDArray[np.float64]], columns: int, rows: int) -> list[Layer]:
        """How the lines go through the crossing under the cursor, each pass of the pen in a colour of its own."""
        from drawing.raster import dots

        box = self.view.box(columns, rows)
        return [
            Layer(f"page--pass{number % PASSES}", dots([line], box, columns, rows, margin=0))
            for number, line in enumerate(passes)
        ]

    def _cursor_layers(self, layers: list[Layer], columns: int, rows: int) -> list[Layer]:
        found: list[Layer] = []
        for kind, place in (("page--chosen", self.marked), ("page--cursor", self.cursor)):
            cell = None if place is None else self.view.cell(place, columns, rows)
            if cell is not None:
                sign = next((each.signs[cell] for each in reversed(layers) if cell in each.signs), "")
                if kind == "page--chosen":
                    found.append(Layer(kind, None, {cell: "●"}))
                elif sign:
                    found.append(Layer(kind, None, {cell: sign}))
                else:
                    found.append(Layer(kind, _cells_of(layers, [cell], columns, rows)))
        return found

    # pointing

    def _place(self, event: Click | MouseScrollDown | MouseScrollUp) -> Place:
        return self.view.place(event.x, event.y, *self.size)

    def on_mouse_down(self, event: MouseDown) -> None:
        """The page is taken hold of."""
        if event.button == 1:
            self._held, self._pulled = (event.x, event.y), False
            self.capture_mouse()

    def on_mouse_move(self, event: MouseMove) -> None:
        """It follows the mouse."""
        if self._held is not None and (event.x, event.y) != self._held:
            x, y = self._held
            self._held, self._pulled = (event.x, event.y), True
            self.post_message(self.Dragged(2 * (x - event.x), 4 * (y - event.y)))

    def on_mouse_up(self, _: MouseUp) -> None:
        """It is let go."""
        self._held = None
        self.release_mouse()

    def on_click(self, event: Click) -> None:
        """Point at a place, unless the page was pulled there."""
        if not self._pulled:
            self.post_message(self.Pointed(self._place(event), again=event.chain > 1))

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Closer."""
        event.stop()
        self.post_message(self.Wheeled(self._place(event), 1))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Farther."""
        event.stop()
        self.post_message(self.Wheeled(self._place(event), -1))


def _inked(line: NDArray[np.float64], marks: NDArray[np.bool_]) -> list[NDArray[np.float64]]:
    """The parts of a stroke between its connectors."""
    import numpy as np

    return [part for part in np.split(line, np.flatnonzero(marks) + 1) if len(part)] if marks.any() else [line]


def _tinted(strip: Strip, flags: list[bool], tint: Style) -> Strip:
    """A line of the terminal with another background in some cells."""
    segments: list[Segment] = []
    at = 0
    for text, style, _ in strip:
        start = 0
        for index in range(1, len(text) + 1):
            if index == len(text) or flags[at + index] != flags[at + start]:
                plain = style or Style()
                tinted = flags[at + start] and not plain.bold
                segments.append(Segment(text[start:index], plain + tint if tinted else plain))
                start = index
        at += len(text)
    return Strip(segments)


def _dotted(grid: Grid) -> Grid:
    """Every second dot."""
    import numpy as np

    rows, columns = np.indices(grid.shape)
    return grid & ((rows + columns) % 3 == 0)


def _cells_of(layers: list[Layer], cells: list[tuple[int, int]], columns: int, rows: int) -> Grid:
    """All dots of the layers in some cells; one in the middle of a cell that has none."""
    import numpy as np

    grid = np.zeros((4 * rows, 2 * columns), dtype=np.bool_)
    for row, column in cells:
        part = (slice(4 * row, 4 * row + 4), slice(2 * column, 2 * column + 2))
        for layer in layers:
            if layer.dots is not None:
                grid[part] |= layer.dots[part]
        if not grid[part].any():
            grid[4 * row + 1, 2 * column] = True
    return grid


def words_of(thing: Thing) -> str:
    """What is at a place, in words."""
    if thing.kind == "crossing":
        ways = "no other way" if thing.choices < 2 else f"{thing.choices} ways, doubt {thing.doubt:.2f}"
        return f"crossing, {ways}{f', {thing.settled}' if thing.settled else ''}"
    if thing.kind:
        what = {"line": "line", "start": "start", "end": "end"}[thing.kind]
        return f"{what} of stroke {thing.stroke + 1}, drawing {thing.drawing + 1}"
    return "nothing"
