"""Canvas: one drawing in braille, as large as the room it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from drawing.drawing import Drawing


class Canvas(Widget):
    """One drawing, fitted and centred."""

    DEFAULT_CSS = "Canvas { width: 1fr; height: 1fr; }"

    def __init__(self, drawing: Drawing | None = None, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._drawing = drawing
        self._rows: list[str] = []
        self._fitted = (0, 0)

    def show(self, drawing: Drawing | None) -> None:
        """Show another drawing, or none."""
        self._drawing, self._fitted = drawing, (0, 0)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the terminal."""
        width, height = self.size
        if self._drawing is None:
            return Strip.blank(width, self.rich_style)
        if self._fitted != (width, height):
            from drawing.raster import text_rows, thumbnail

            self._rows, self._fitted = text_rows(thumbnail(self._drawing, width, height)), (width, height)
        return Strip([Segment(self._rows[y], self.rich_style)])
