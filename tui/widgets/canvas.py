"""Canvas: one drawing in braille, as large as the room it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.layers import Layer, paint

if TYPE_CHECKING:
    from drawing.drawing import Bounds, Drawing
    from drawing.geometry import Polyline


class Canvas(Widget):
    """One drawing, fitted and centred; its first points in a colour of their own where some were given."""

    COMPONENT_CLASSES = {"canvas--given", "canvas--line"}
    DEFAULT_CSS = """
    Canvas { width: 1fr; height: 1fr; }
    Canvas > .canvas--given { color: $accent; text-style: bold; }
    """

    def __init__(self, drawing: Drawing | None = None, given: int = 0, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._drawing, self._given = drawing, given
        self._box: Bounds | None = None
        self._strips: list[Strip] = []
        self._made_for: tuple[object, ...] = ()

    def show(self, drawing: Drawing | None, given: int = 0, box: Bounds | None = None) -> None:
        """Show another drawing, or none.

        Args:
            given: so many of its first points are told apart from the others.
            box: what is to be seen, if not just the drawing.
        """
        self._drawing, self._given, self._box, self._made_for = drawing, given, box, ()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the terminal."""
        width, height = self.size
        if self._drawing is None or not self._drawing.lines:
            return Strip.blank(width, self.rich_style)
        key = (width, height, self.rich_style)
        if self._made_for != key:
            self._strips, self._made_for = self._make(self._drawing), key
        return self._strips[y]

    def _make(self, drawing: Drawing) -> list[Strip]:
        from drawing.raster import dots, main_bounds

        width, height = self.size
        box = self._box or main_bounds(drawing)
        layers = [Layer("canvas--line", dots(drawing.lines, box, width, height))]
        if self._given:
            layers.append(Layer("canvas--given", dots(first_lines(drawing, self._given), box, width, height)))
        return paint(self, layers, width, height)


def first_lines(drawing: Drawing, count: int) -> list[Polyline]:
    """The lines of the first so many points."""
    lines: list[Polyline] = []
    for line in drawing.lines:
        if count <= 0:
            break
        lines.append(line[:count])
        count -= len(line)
    return lines
