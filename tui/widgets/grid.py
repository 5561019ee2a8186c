"""Grid: places in rows with a cursor, which keys and the mouse move; what is in them is for a kind of it to say."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding
from textual.events import Click, MouseScrollDown, MouseScrollUp, Resize
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


class Grid(Widget, can_focus=True):
    """Places of one size, each with a caption below; arrows and clicks choose one, enter or a second click opens it."""

    BINDINGS = [
        Binding("left", "move(-1)", "Left", show=False, id="grid.left"),
        Binding("right", "move(1)", "Right", show=False, id="grid.right"),
        Binding("up", "move_row(-1)", "Up", show=False, id="grid.up"),
        Binding("down", "move_row(1)", "Down", show=False, id="grid.down"),
        Binding("pageup", "move_page(-1)", "Page up", show=False, id="grid.page_up"),
        Binding("pagedown", "move_page(1)", "Page down", show=False, id="grid.page_down"),
        Binding("home", "move_to(0)", "First", show=False, id="grid.first"),
        Binding("end", "move_to(-1)", "Last", show=False, id="grid.last"),
        Binding("enter", "open", "Open", show=False, id="grid.open"),
    ]
    MARGIN: ClassVar[int] = 0
    """Columns of the terminal left of the first place."""

    cursor: reactive[int] = reactive(0)
    top: reactive[int] = reactive(0)
    """First row in view."""

    class Chosen(Message):
        """Another place is under the cursor, or it became known what is there."""

        def __init__(self, grid: Grid, index: int) -> None:
            super().__init__()
            self.grid, self.index = grid, index

        @property
        def control(self) -> Grid:
            """The widget."""
            return self.grid

    class Opened(Message):
        """What is at a place is to be opened."""

        def __init__(self, grid: Grid, index: int) -> None:
            super().__init__()
            self.grid, self.index = grid, index

        @property
        def control(self) -> Grid:
            """The widget."""
            return self.grid

    def __init__(self, cell: tuple[int, int], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Args:
        cell: width and height of a place without its caption.
        """
        super().__init__(id=id)
        self.total = 0
        """How many places there are."""
        self._cell = cell

    # what is asked

    @property
    def cell(self) -> tuple[int, int]:
        """Width and height of a place in cells of the terminal, without its caption."""
        return self._cell

    @property
    def columns(self) -> int:
        """Places side by side; one column stays free at the right for the bar."""
        return max(1, (self.size.width - 1 - self.MARGIN) // (self._cell[0] + 1))

    @property
    def rows(self) -> int:
        """Rows in all."""
        return -(-self.total // self.columns)

    @property
    def rows_in_view(self) -> int:
        """Whole rows in view, one at least."""
        return max(1, self.size.height // (self._cell[1] + 1))

    def bar_sign(self, y: int) -> str:
        """A piece of the bar that shows which rows are in view; empty if all are."""
        rows, shown, height = self.rows, self.rows_in_view, self.size.height
        if rows <= shown:
            return ""
        first = min(height - 1, height * self.top // rows)
        return "┃" if first <= y < max(first + 1, height * (self.top + shown) // rows) else "│"

    # where the cursor is

    def size_cells(self) -> None:
        """Choose the size of the places for the room there is."""

    def watch_cursor(self) -> None:
        """Keep the cursor in view, and tell what is under it."""
        self.keep_in_view()
        if self.total:
            self.post_message(self.Chosen(self, self.cursor))

    def keep_in_view(self) -> None:
        """Show the row of the cursor, and no emptiness below the last one."""
        row = self.cursor // self.columns
        top = max(0, min(self.top, self.rows - self.rows_in_view))
        self.top = row if row < top else max(top, row - self.rows_in_view + 1)

    def action_move_to(self, index: int) -> None:
        """Move the cursor to a place; -1 is the last one."""
        last = self.total - 1
        self.cursor = max(0, last if index < 0 else min(index, last))

    def action_move(self, step: int) -> None:
        """Move the cursor by so many places."""
        self.action_move_to(max(0, self.cursor + step))

    def action_move_row(self, step: int) -> None:
        """Move the cursor by so many rows, if there is something there."""
        if 0 <= self.cursor + step * self.columns < self.total:
            self.action_move(step * self.columns)

    def action_move_page(self, step: int) -> None:
        """Move the cursor by a view full of rows."""
        self.action_move(step * self.rows_in_view * self.columns)

    def action_open(self) -> None:
        """Open what is under the cursor."""
        if self.total:
            self.post_message(self.Opened(self, self.cursor))

    def on_click(self, event: Click) -> None:
        """Choose the place under the mouse."""
        row, within = divmod(event.y, self._cell[1] + 1)
        column = (event.x - self.MARGIN) // (self._cell[0] + 1)
        index = (self.top + row) * self.columns + column
        if 0 <= column < self.columns and index < self.total:
            self.cursor = index
            self.clicked(event, caption=within == self._cell[1])

    def clicked(self, event: Click, *, caption: bool) -> None:
        """A second click opens the place that was clicked on.

        Args:
            caption: the click was on the caption.
        """
        if event.chain > 1:
            self.action_open()

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """A row down."""
        event.stop()
        self.action_move_row(1)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """A row up."""
        event.stop()
        self.action_move_row(-1)

    def on_resize(self, _: Resize) -> None:
        """Other room."""
        self.resized()

    def resized(self) -> None:
        """Take the room there is."""
        self.size_cells()
        self.keep_in_view()
        self.refresh()
