"""PictureGrid: a grid of pictures that are marked, and seen larger or smaller."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding
from textual.events import Click
from textual.message import Message

from tui.widgets.grid import Grid

SIZES = ((8, 5), (12, 8), (16, 11), (22, 15), (32, 21), (48, 30))
"""Width and height of a picture in cells."""
SHAPE = 0.67
"""Height over width of pictures that are as large as they can be, as of a page that is higher than broad."""


class PictureGrid(Grid):
    """Places for pictures; space marks the one under the cursor, plus and minus change their size."""

    BINDINGS = [
        Binding("space", "mark", "Mark", show=False, id="thumbs.mark"),
        Binding("shift+right", "mark_on(1)", "Mark and go on", show=False, id="thumbs.mark_on"),
        Binding("shift+left", "mark_on(-1)", "Mark and go back", show=False, id="thumbs.mark_back"),
        Binding("plus,equals_sign", "size(1)", "Larger", show=False, id="thumbs.larger"),
        Binding("minus", "size(-1)", "Smaller", show=False, id="thumbs.smaller"),
    ]
    MARGIN: ClassVar[int] = 1

    class Marked(Message):
        """Others are marked than before."""

    class Looked(Message):
        """Other rows or pictures are in view, or they have another size."""

    def __init__(self, *, size: int = 2, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Args:
        size: of the pictures, a place in SIZES.
        """
        super().__init__(SIZES[size], id=id)
        self.marked: set[str] = set()
        """Keys."""
        self._largeness, self.fit = size, 0

    def key_at(self, index: int) -> str:
        """The key of what is at a place; empty as long as that is not known, as here, where nothing ever is."""
        return ""

    def cells_changed(self) -> None:
        """Pictures have another size now."""

    @property
    def in_view(self) -> range:
        """Places in view, with a row that is cut off."""
        rows = -(-self.size.height // (self._cell[1] + 1))
        first = self.top * self.columns
        return range(first, min(self.total, first + rows * self.columns))

    def size_cells(self) -> None:
        """As the person likes them, or as large as they can be with as many in view as are to be."""
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

    def watch_top(self) -> None:
        """Others are in view."""
        self.post_message(self.Looked())

    def action_open(self) -> None:
        """Open the one under the cursor, once it is known."""
        if self.key_at(self.cursor):
            super().action_open()

    def action_size(self, step: int) -> None:
        """Larger pictures, or smaller ones."""
        now = sum(size < self._cell for size in SIZES) - (step > 0 and self._cell not in SIZES)
        self._largeness, self.fit = max(0, min(now + step, len(SIZES) - 1)), 0
        self.resized()

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

    def clicked(self, event: Click, *, caption: bool) -> None:
        """A second click opens it; one on its caption, or with ctrl, marks it."""
        if caption or event.ctrl:
            self.action_mark()
        else:
            super().clicked(event, caption=caption)

    def resized(self) -> None:
        """Take the room there is."""
        super().resized()
        self.post_message(self.Looked())
