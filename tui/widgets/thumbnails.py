"""Thumbnails: any number of scans as small pictures, painted by one widget that holds only what was in view."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.widgets.contrast import as_shown
from tui.widgets.half_blocks import Dots, Pixels, centred
from tui.widgets.picture_grid import PictureGrid

COLOURS = 8
"""Colours of labels."""
HELD = 3000
"""Pictures that are held; all are forgotten when there are more."""


@dataclass(frozen=True)
class Thumb:
    """A scan or a drawing among others."""

    key: str
    caption: str
    colour: int = -1
    """Which colour its label has; -1 is none."""


class Thumbnails(PictureGrid):
    """Pictures in rows, told bit by bit; arrows and clicks choose one, space marks, enter opens it."""

    HELP = "**Scans.** Arrows choose one, enter opens it, space marks it; plus and minus change the size."
    COMPONENT_CLASSES = {
        "thumbs--ink", "thumbs--caption", "thumbs--cursor", "thumbs--marked", "thumbs--pale",
        *(f"thumbs--label{number}" for number in range(COLOURS)),
    }  # fmt: skip
    DEFAULT_CSS = """
    Thumbnails { width: 1fr; height: 1fr; }
    Thumbnails > .thumbs--ink { color: $foreground; }
    Thumbnails > .thumbs--caption { color: $foreground 60%; }
    Thumbnails > .thumbs--cursor { color: $accent; text-style: bold; }
    Thumbnails > .thumbs--marked { color: $success; text-style: bold; }
    Thumbnails > .thumbs--pale { color: $foreground 25%; }
    Thumbnails > .thumbs--label0 { color: $primary; }
    Thumbnails > .thumbs--label1 { color: #2f9e9e; }
    Thumbnails > .thumbs--label2 { color: #c08a00; }
    Thumbnails > .thumbs--label3 { color: $error; }
    Thumbnails > .thumbs--label4 { color: #8a5fbf; }
    Thumbnails > .thumbs--label5 { color: $success; }
    Thumbnails > .thumbs--label6 { color: #b5547f; }
    Thumbnails > .thumbs--label7 { color: #7a7a7a; }
    """

    def __init__(self, *, size: int = 2, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Args:
        size: of the pictures, a place in SIZES.
        """
        super().__init__(size=size, id=id)
        self.things: dict[int, Thumb] = {}
        """What is known, by its place."""
        self._pictures: dict[str, Pixels | Dots | None] = {}
        self._rows: dict[str, list[list[Segment]]] = {}
        self._made_for: Style | None = None

    # what is told

    def begin(self, total: int, *, fit: int = 0, cursor: int = 0) -> None:
        """Show so many, of which nothing is known yet; nothing is marked any more.

        Args:
            fit: pictures are as large as they can be with so many in view; 0 leaves their size to the person.
        """
        self.total, self.fit, self.things = total, fit, {}
        if self.marked:
            self.marked = set()
            self.post_message(self.Marked())
        self.size_cells()
        self.cursor = max(0, min(cursor, total - 1))
        self.keep_in_view()
        self.refresh()
        self.post_message(self.Looked())

    def put(self, first: int, things: Sequence[Thumb]) -> None:
        """Tell what is at some places in a row."""
        self.things.update(enumerate(things, first))
        self.refresh()
        if first <= self.cursor < first + len(things):
            self.post_message(self.Chosen(self, self.cursor))

    def put_pictures(self, pictures: Mapping[str, Pixels | Dots | None], cell: tuple[int, int]) -> None:
        """Tell pictures that were made for cells of this size; None where there is none to have."""
        if cell == self._cell:
            if len(self._pictures) > HELD:
                self._pictures, self._rows = {}, {}
            self._pictures.update({key: as_shown(picture, self.app) for key, picture in pictures.items()})
            self.refresh()

    def forget(self, keys: Iterable[str]) -> None:
        """These look otherwise now."""
        for key in keys:
            self._pictures.pop(key, None)
            self._rows.pop(key, None)

    # what is asked

    def key_at(self, index: int) -> str:
        """The key of what is at a place; empty as long as that is not known."""
        return self.things[index].key if index in self.things else ""

    def cells_changed(self) -> None:
        """Pictures have another size now."""
        self._pictures, self._rows = {}, {}

    @property
    def chosen(self) -> Thumb | None:
        """The one under the cursor, as far as that is known."""
        return self.things.get(self.cursor)

    def unknown(self) -> range:
        """Places in view of which nothing is known, from the first to the last."""
        places = [index for index in self.in_view if index not in self.things]
        return range(places[0], places[-1] + 1) if places else range(0)

    def unseen(self) -> list[str]:
        """Keys in view whose pictures are not there yet; then those of the next view."""
        view = self.in_view
        ahead = range(view.stop, min(self.total, 2 * view.stop - view.start))
        keys = [self.things[index].key for index in (*view, *ahead) if index in self.things]
        return [key for key in keys if key not in self._pictures]

    # painting

    def render_line(self, y: int) -> Strip:
        """One line of the terminal across all pictures in that row."""
        plain = self.rich_style
        if plain != self._made_for:
            self._rows, self._made_for = {}, plain
        row, within = divmod(y, self._cell[1] + 1)
        first, width = (self.top + row) * self.columns, self._cell[0] + 1
        segments: list[Segment] = []
        long = 1
        for index in range(first, min(self.total, first + self.columns)):
            segments.append(self._gap(index, first, plain))
            segments += self._caption(index, plain) if within == self._cell[1] else self._picture(index, plain)[within]
            long += width
        segments.append(self._gap(first + (long - 1) // width, first, plain))
        segments += [Segment(" " * (self.size.width - 1 - long), plain), self._bar(y, plain)]
        return Strip(segments).adjust_cell_length(self.size.width, plain)  # a picture may be wider than all there is

    def _gap(self, index: int, first: int, plain: Style) -> Segment:
        """Beside a picture, which is where the cursor shows."""
        here, before = index == self.cursor and index < first + self.columns, index - 1 == self.cursor
        if not self.total or not (here or (before and index > first)):
            return Segment(" ", plain)
        kind = "cursor" if self.has_focus else "pale"
        return Segment("▐" if here else "▌", plain + self.get_component_rich_style(f"thumbs--{kind}"))

    def _bar(self, y: int, plain: Style) -> Segment:
        """A piece of the bar that shows which rows are in view; blank if all are."""
        sign = self.bar_sign(y)
        return Segment(sign or " ", plain + self.get_component_rich_style("thumbs--pale") if sign else plain)

    def _caption(self, index: int, plain: Style) -> list[Segment]:
        thing, width = self.things.get(index), self._cell[0]
        if thing is None:
            return [Segment(" " * width, plain)]
        marked = thing.key in self.marked
        kind = "marked" if marked else "cursor" if index == self.cursor and self.has_focus else "caption"
        style = plain + self.get_component_rich_style(f"thumbs--{kind}")
        sign = Segment("✓" if marked else " ", style)
        if thing.colour >= 0 and not marked:
            label = self.get_component_rich_style(f"thumbs--label{thing.colour % COLOURS}")
            sign = Segment("■", plain + label)
        text = thing.caption if len(thing.caption) < width else f"…{thing.caption[2 - width :]}"
        return [sign, Segment(text.ljust(width - 1), style)]

    def _picture(self, index: int, plain: Style) -> list[list[Segment]]:
        thing, (width, height) = self.things.get(index), self._cell
        key = thing.key if thing is not None else ""
        picture = self._pictures.get(key)
        if picture is None:
            sign = "·" if key not in self._pictures else "no picture"[:width]
            rows = [[Segment(" " * width, plain)]] * height
            pale = plain + self.get_component_rich_style("thumbs--pale")
            return [*rows[: height // 2], [Segment(sign.center(width), pale)], *rows[height // 2 + 1 :]]
        if key not in self._rows:
            ink = plain + self.get_component_rich_style("thumbs--ink")
            self._rows[key] = centred(picture, width, height, plain, ink)
        return self._rows[key]
