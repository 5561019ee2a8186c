"""Gallery: many drawings in braille, painted by one widget, since forty widgets take three times as long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.events import Click, MouseScrollDown, MouseScrollUp, Resize
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from drawing.drawing import Drawing


class Gallery(Widget, can_focus=True):
    """Drawings in rows; arrows and clicks choose one, enter opens it."""

    BINDINGS = [
        Binding("left", "move(-1)", "Left", show=False, id="gallery.left"),
        Binding("right", "move(1)", "Right", show=False, id="gallery.right"),
        Binding("up", "move_row(-1)", "Up", show=False, id="gallery.up"),
        Binding("down", "move_row(1)", "Down", show=False, id="gallery.down"),
        Binding("pageup", "move_page(-1)", "Page up", show=False, id="gallery.page_up"),
        Binding("pagedown", "move_page(1)", "Page down", show=False, id="gallery.page_down"),
        Binding("home", "move_to(0)", "First", show=False, id="gallery.first"),
        Binding("end", "move_to(-1)", "Last", show=False, id="gallery.last"),
        Binding("enter,z", "zoom", "Zoom", id="gallery.zoom"),
    ]
    COMPONENT_CLASSES = {"gallery--ink", "gallery--caption", "gallery--cursor"}
    DEFAULT_CSS = """
    Gallery { width: 1fr; height: 1fr; }
    Gallery > .gallery--ink { color: $foreground; }
    Gallery > .gallery--caption { color: $foreground 50%; }
    Gallery > .gallery--cursor { color: $foreground; background: $panel; text-style: bold; }
    """
    CELL_WIDTH, CELL_HEIGHT = 18, 10

    cursor: reactive[int] = reactive(0)
    top: reactive[int] = reactive(0)
    """First row of drawings in view."""

    class Chosen(Message):
        """Another drawing is under the cursor."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    class Zoomed(Message):
        """A drawing is to be shown large."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._drawings: Sequence[Drawing] = ()
        self._names: Sequence[str] = ()
        self._rows: dict[int, list[str]] = {}

    def show(self, drawings: Sequence[Drawing], names: Sequence[str] = ()) -> None:
        """Show these drawings from the first one on."""
        self._drawings, self._names, self._rows = drawings, names, {}
        self.top = self.cursor = 0
        self.refresh()
        if drawings:
            self.post_message(self.Chosen(0))

    @property
    def columns(self) -> int:
        """Drawings side by side."""
        return max(1, (self.size.width + 1) // (self.CELL_WIDTH + 1))

    @property
    def rows_in_view(self) -> int:
        """Whole rows of drawings in view, one at least."""
        return max(1, self.size.height // (self.CELL_HEIGHT + 1))

    def render_line(self, y: int) -> Strip:
        """One line of the terminal across all drawings in that row."""
        row, within = divmod(y, self.CELL_HEIGHT + 1)
        segments: list[Segment] = []
        plain = self.rich_style
        for column in range(self.columns):
            index = (self.top + row) * self.columns + column
            if index >= len(self._drawings):
                break
            text, style = self._piece(index, within)
            segments += [Segment(text, plain + style), Segment(" ", plain)]
        return Strip(segments).adjust_cell_length(self.size.width, plain)

    def _piece(self, index: int, within: int) -> tuple[str, Style]:
        at_cursor = index == self.cursor
        if within == self.CELL_HEIGHT:
            name = f"{index} {self._names[index] if index < len(self._names) else ''}".strip()
            kind = "gallery--cursor" if at_cursor else "gallery--caption"
            return name[: self.CELL_WIDTH].center(self.CELL_WIDTH), self.get_component_rich_style(kind)
        kind = "gallery--cursor" if at_cursor else "gallery--ink"
        return self._thumbnail(index)[within], self.get_component_rich_style(kind)

    def _thumbnail(self, index: int) -> list[str]:
        if index not in self._rows:
            from drawing.raster import text_rows, thumbnail

            if len(self._rows) > 2000:
                self._rows.clear()
            self._rows[index] = text_rows(thumbnail(self._drawings[index], self.CELL_WIDTH, self.CELL_HEIGHT))
        return self._rows[index]

    def watch_cursor(self) -> None:
        """Keep the cursor in view, and tell what is under it."""
        row = self.cursor // self.columns
        if row < self.top:
            self.top = row
        elif row >= self.top + self.rows_in_view:
            self.top = row - self.rows_in_view + 1
        if self._drawings:
            self.post_message(self.Chosen(self.cursor))

    def action_move_to(self, index: int) -> None:
        """Move the cursor to a drawing; -1 is the last one."""
        last = len(self._drawings) - 1
        self.cursor = max(0, last if index < 0 else min(index, last))

    def action_move(self, step: int) -> None:
        """Move the cursor by so many drawings."""
        self.action_move_to(max(0, self.cursor + step))

    def action_move_row(self, step: int) -> None:
        """Move the cursor by so many rows, if there is a drawing there."""
        if 0 <= self.cursor + step * self.columns < len(self._drawings):
            self.action_move(step * self.columns)

    def action_move_page(self, step: int) -> None:
        """Move the cursor by a view full of rows."""
        self.action_move(step * self.rows_in_view * self.columns)

    def action_zoom(self) -> None:
        """Show the drawing under the cursor large."""
        if self._drawings:
            self.post_message(self.Zoomed(self.cursor))

    def on_click(self, event: Click) -> None:
        """Choose the drawing under the mouse; a second click zooms it."""
        row, column = event.y // (self.CELL_HEIGHT + 1), event.x // (self.CELL_WIDTH + 1)
        index = (self.top + row) * self.columns + column
        if column < self.columns and index < len(self._drawings):
            if event.chain > 1:
                self.post_message(self.Zoomed(index))
            self.cursor = index

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """A row down."""
        event.stop()
        self.action_move_row(1)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """A row up."""
        event.stop()
        self.action_move_row(-1)

    def on_resize(self, _: Resize) -> None:
        """Other columns: keep the cursor in view."""
        self.top = self.cursor // self.columns
