"""Gallery: many drawings in braille, painted by one widget, since forty widgets take three times as long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.strip import Strip

from tui.widgets.grid import Grid

if TYPE_CHECKING:
    from drawing.drawing import Drawing
    from tui.growth import Growing


class Gallery(Grid):
    """Drawings in rows; arrows and clicks choose one, enter shows it large."""

    HELP = "**Drawings.** Arrows or a click choose one; enter or a double click shows it large; the wheel turns rows."
    BINDINGS = [Binding("z", "open", "Zoom", show=False, id="gallery.zoom")]
    COMPONENT_CLASSES = {
        "gallery--ink", "gallery--caption", "gallery--cursor", "gallery--kept", "gallery--dropped"
    }  # fmt: skip
    DEFAULT_CSS = """
    Gallery { width: 1fr; height: 1fr; }
    Gallery > .gallery--ink { color: $foreground; }
    Gallery > .gallery--caption { color: $foreground 50%; }
    Gallery > .gallery--cursor { color: $foreground; background: $panel; text-style: bold; }
    Gallery > .gallery--kept { color: $success; text-style: bold; }
    Gallery > .gallery--dropped { color: $foreground 25%; }
    """
    CELL_WIDTH, CELL_HEIGHT = 18, 10
    LARGEST = 32
    """Widest cell."""
    PENDING = "·"
    """In the middle of the cell of a drawing that is not there yet."""

    def __init__(self, *, numbered: bool = True, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Args:
        numbered: captions begin with the drawing's place in the gallery.
        """
        super().__init__((self.CELL_WIDTH, self.CELL_HEIGHT), id=id)
        self._numbered = numbered
        self._drawings: list[Drawing | None] = []
        self._names: Sequence[str] = ()
        self._kept: frozenset[int] = frozenset()
        self._dropped: frozenset[int] = frozenset()
        self._rows: dict[int, list[str]] = {}
        self._growing: dict[int, Growing] = {}
        """Lines on their way, where there is no drawing yet."""
        self._columns = 0
        self._all_in_view = False

    def show(
        self,
        drawings: Sequence[Drawing | None],
        names: Sequence[str] = (),
        *,
        columns: int = 0,
        all_in_view: bool = False,
        cursor: int = 0,
    ) -> None:
        """Show these drawings.

        Args:
            drawings: None for one that is still to come, see ``put``.
            names: captions.
            columns: side by side; 0 takes as many as fit. Cells are then as wide as the room allows.
            all_in_view: cells grow as long as all of them are in view.
            cursor: the one under the cursor.
        """
        self._drawings, self._names, self._rows = list(drawings), names, {}
        self.total = len(self._drawings)
        self._kept = self._dropped = frozenset()
        self._columns, self._all_in_view = columns, all_in_view
        self.size_cells()
        before, self.cursor = self.cursor, max(0, min(cursor, len(drawings) - 1))
        self.keep_in_view()
        self.refresh()
        if drawings and before == self.cursor:  # else the cursor's own change tells
            self.post_message(self.Chosen(self, self.cursor))

    def put(self, index: int, drawing: Drawing | None, name: str | None = None) -> None:
        """Put a drawing in its place, where another one was or none."""
        self._drawings[index] = drawing
        self._growing.pop(index, None)
        if name is not None:
            self._names = [*self._names[:index], name, *self._names[index + 1 :]]
        self._rows.pop(index, None)
        self.refresh()
        if index == self.cursor:
            self.post_message(self.Chosen(self, index))

    def grow(self, lines: Mapping[int, Growing]) -> None:
        """Show lines as far as they have come, until there is a drawing in their place."""
        for index, line in lines.items():
            if index < len(self._drawings) and self._drawings[index] is None:
                self._growing[index] = line
                self._rows.pop(index, None)
        self.refresh()

    def mark(self, kept: Iterable[int], dropped: Iterable[int]) -> None:
        """Mark which drawings are kept and which are dropped."""
        self._kept, self._dropped = frozenset(kept), frozenset(dropped)
        self.refresh()

    @property
    def columns(self) -> int:
        """Drawings side by side."""
        return self._columns or max(1, (self.size.width + 1) // (self._cell[0] + 1))

    def size_cells(self) -> None:
        """Choose the size of the cells for the room there is."""
        width, height, size = self.CELL_WIDTH, self.CELL_HEIGHT, self.size
        if self._columns:
            width = max(4, min(self.LARGEST, (size.width + 1) // self._columns - 1))
            height = max(2, min(round(width * self.CELL_HEIGHT / self.CELL_WIDTH), size.height - 1))
        elif self._all_in_view and self._drawings:
            for wider in range(self.LARGEST, width, -1):
                tall = round(wider * self.CELL_HEIGHT / self.CELL_WIDTH)
                if ((size.width + 1) // (wider + 1)) * (size.height // (tall + 1)) >= len(self._drawings):
                    width, height = wider, tall
                    break
        if (width, height) != self._cell:
            self._cell, self._rows = (width, height), {}

    def render_line(self, y: int) -> Strip:
        """One line of the terminal across all drawings in that row."""
        row, within = divmod(y, self._cell[1] + 1)
        segments: list[Segment] = []
        plain = self.rich_style
        for column in range(self.columns):
            index = (self.top + row) * self.columns + column
            if index >= len(self._drawings):
                break
            text, style = self._piece(index, within)
            segments += [Segment(text, plain + style), Segment(" ", plain)]
        strip = Strip(segments).adjust_cell_length(self.size.width, plain)
        if not (sign := self.bar_sign(y)):
            return strip
        bar = Segment(sign, plain + self.get_component_rich_style("gallery--dropped"))
        return strip.adjust_cell_length(self.size.width - 1, plain) + Strip([bar])

    def _piece(self, index: int, within: int) -> tuple[str, Style]:
        kind = "ink"
        if within == self._cell[1]:
            kind = "kept" if index in self._kept else "caption"
        if index in self._dropped:
            kind = "dropped"
        if index == self.cursor:
            kind = "cursor"
        style = self.get_component_rich_style(f"gallery--{kind}")
        return self._caption(index) if within == self._cell[1] else self._thumbnail(index)[within], style

    def _caption(self, index: int) -> str:
        name = self._names[index] if index < len(self._names) else ""
        sign = "✓" if index in self._kept else "✗" if index in self._dropped else ""
        text = " ".join(part for part in (str(index) if self._numbered else "", name, sign) if part)
        return text[: self._cell[0]].center(self._cell[0])

    def _thumbnail(self, index: int) -> list[str]:
        drawing, growing = self._drawings[index], self._growing.get(index)
        width, height = self._cell
        if drawing is None and growing is not None:
            if index not in self._rows:
                from drawing.raster import braille, dots, text_rows

                self._rows[index] = text_rows(braille(dots(growing.drawing.lines, growing.box, width, height)))
            return self._rows[index]
        if drawing is None:
            rows = [" " * width] * height
            rows[height // 2] = self.PENDING.center(width)
            return rows
        if index not in self._rows:
            from drawing.raster import text_rows, thumbnail

            if len(self._rows) > 2000:
                self._rows.clear()
            self._rows[index] = text_rows(thumbnail(drawing, width, height))
        return self._rows[index]
