"""PictureGrid: places in rows with a cursor and marks; what is in them is for a kind of it to say."""

from __future__ import annotations

from textual.binding import Binding
from textual.events import Click, MouseScrollDown, MouseScrollUp, Resize
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

SIZES = ((8, 5), (12, 8), (16, 11), (22, 15), (32, 21), (48, 30))
"""Width and height of a picture in cells."""
SHAPE = 0.67
"""Height over width of pictures that are as large as they can be, as of a page that is higher than broad."""


class PictureGrid(Widget, can_focus=True):
    """Places for pictures, each with a caption below; arrows and clicks choose one, space marks, enter opens it."""

    BINDINGS = [
        Binding("left", "move(-1)", "Left", show=False, id="thumbs.left"),
        Binding("right", "move(1)", "Right", show=False, id="thumbs.right"),
        Binding("up", "move_row(-1)", "Up", show=False, id="thumbs.up"),
        Binding("down", "move_row(1)", "Down", show=False, id="thumbs.down"),
        Binding("pageup", "move_page(-1)", "Page up", show=False, id="thumbs.page_up"),
        Binding("pagedown", "move_page(1)", "Page down", show=False, id="thumbs.page_down"),
        Binding("home", "move_to(0)", "First", show=False, id="thumbs.first"),
        Binding("end", "move_to(-1)", "Last", show=False, id="thumbs.last"),
        Binding("space", "mark", "Mark", show=False, id="thumbs.mark"),
        Binding("shift+right", "mark_on(1)", "Mark and go on", show=False, id="thumbs.mark_on"),
        Binding("shift+left", "mark_on(-1)", "Mark and go back", show=False, id="thumbs.mark_back"),
        Binding("enter", "open", "Open", show=False, id="thumbs.open"),
        Binding("plus,equals_sign", "size(1)", "Larger", show=False, id="thumbs.larger"),
        Binding("minus", "size(-1)", "Smaller", show=False, id="thumbs.smaller"),
    ]
    cursor: reactive[int] = reactive(0)
    top: reactive[int] = reactive(0)
    """First row of pictures in view."""

    class Chosen(Message):
        """Another one is under the cursor, or it became known what is there."""

        def __init__(self, grid: PictureGrid, index: int) -> None:
            super().__init__()
            self.grid, self.index = grid, index

        @property
        def control(self) -> PictureGrid:
            """The widget."""
            return self.grid

    class Opened(Chosen):
        """One is to be opened."""

    class Marked(Message):
        """Others are marked than before."""

    class Looked(Message):
        """Other rows or pictures are in view, or they have another size."""

    def __init__(self, *, size: int = 2, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Args:
        size: of the pictures, a place in SIZES.
        """
        super().__init__(id=id)
        self.total = 0
        self.marked: set[str] = set()
        """Keys."""
        self._largeness, self.fit = size, 0
        self._cell = SIZES[size]

    def key_at(self, index: int) -> str:
        """The key of what is at a place; empty as long as that is not known, as here, where nothing ever is."""
        return ""

    def cells_changed(self) -> None:
        """Pictures have another size now."""

    # what is asked

    @property
    def cell(self) -> tuple[int, int]:
        """Width and height of a picture in cells of the terminal, without its caption."""
        return self._cell

    @property
    def columns(self) -> int:
        """Pictures side by side."""
        return max(1, (self.size.width - 2) // (self._cell[0] + 1))

    @property
    def rows_in_view(self) -> int:
        """Whole rows of pictures in view, one at least."""
        return max(1, self.size.height // (self._cell[1] + 1))

    @property
    def in_view(self) -> range:
        """Places in view, with a row that is cut off."""
        rows = -(-self.size.height // (self._cell[1] + 1))
        first = self.top * self.columns
        return range(first, min(self.total, first + rows * self.columns))

    # where the cursor is

    def _size_cells(self) -> None:
        cell = SIZES[self._largeness]
        if self.fit and self.size.width:
            wide = range(SIZES[-1][0], SIZES[0][0], -1)
            sizes = ((width, round(width * SHAPE)) for width in wide)
            cell = next((each for each in sizes if self._room(each) >= self.fit), SIZES[0])
        if cell != self._cell:
            self._cell = cell
            self.cells_changed()

    def _room(self, cell: tuple[int, int]) -> int:
        """How many of this size there is room for."""
        return ((self.size.width - 2) // (cell[0] + 1)) * (self.size.height // (cell[1] + 1))

    def watch_cursor(self) -> None:
        """Keep the cursor in view, and tell what is under it."""
        self._keep_in_view()
        if self.total:
            self.post_message(self.Chosen(self, self.cursor))

    def watch_top(self) -> None:
        """Others are in view."""
        self.post_message(self.Looked())

    def _keep_in_view(self) -> None:
        row = self.cursor // self.columns
        last = -(-self.total // self.columns) - self.rows_in_view
        top = max(0, min(self.top, last))
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
        """Open the one under the cursor."""
        if self.key_at(self.cursor):
            self.post_message(self.Opened(self, self.cursor))

    def action_size(self, step: int) -> None:
        """Larger pictures, or smaller ones."""
        now = sum(size < self._cell for size in SIZES) - (step > 0 and self._cell not in SIZES)
        self._largeness, self.fit = max(0, min(now + step, len(SIZES) - 1)), 0
        self._resized()

    def action_mark(self) -> None:
        """Mark the one under the cursor, or unmark it."""
        if key := self.key_at(self.cursor):
            self.marked ^= {key}
            self.refresh()
            self.post_message(self.Marked())

    def action_mark_on(self, step: int) -> None:
        """Mark the one under the cursor and go on."""
        if key := self.key_at(self.cursor):
            self.marked.add(key)
            self.post_message(self.Marked())
            self.action_move(step)
            self.refresh()

    def unmark(self) -> None:
        """Nothing is marked any more."""
        if self.marked:
            self.marked = set()
            self.refresh()
            self.post_message(self.Marked())

    def on_click(self, event: Click) -> None:
        """Choose the one under the mouse; a second click opens it, and one on its caption, or with ctrl, marks it."""
        row, within = divmod(event.y, self._cell[1] + 1)
        column = (event.x - 1) // (self._cell[0] + 1)
        index = (self.top + row) * self.columns + column
        if not 0 <= column < self.columns or index >= self.total:
            return
        self.cursor = index
        if within == self._cell[1] or event.ctrl:
            self.action_mark()
        elif event.chain > 1:
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
        self._resized()

    def _resized(self) -> None:
        self._size_cells()
        self._keep_in_view()
        self.refresh()
        self.post_message(self.Looked())
