"""Pictures in a terminal: two pixels a cell, the upper one as its foreground and the lower one as its background."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

BLOCK = "▀"
STEP = 8
"""Colours are told apart by so much: paper is then one colour, and a row of it one segment."""


@dataclass(frozen=True, eq=False)
class Pixels:
    """A small picture."""

    width: int
    height: int
    rgb: bytes
    """Three bytes a pixel, row by row."""


@dataclass(frozen=True)
class Dots:
    """A picture that is characters already."""

    rows: tuple[str, ...]


@lru_cache(maxsize=16384)
def _run(upper: int, lower: int, length: int) -> Segment:
    """So many cells with two pixels each, as 0xrrggbb."""
    return Segment(BLOCK * length, Style.from_color(_color(upper), _color(lower)))


@lru_cache(maxsize=4096)
def _color(value: int) -> Color:
    return Color.from_rgb(value >> 16, value >> 8 & 255, value & 255)


def half_blocks(pixels: Pixels, plain: Style) -> list[list[Segment]]:
    """The rows of a picture, as wide as it is.

    Args:
        plain: what lies below the last row of a picture of an odd height.
    """
    import numpy as np

    height, width = pixels.height, pixels.width
    if not height or not width:
        return []
    rgb = np.frombuffer(pixels.rgb, dtype=np.uint8).reshape(height, width, 3).astype(np.int32)
    rgb = np.minimum(255, (rgb + STEP // 2) // STEP * STEP)
    packed = rgb[..., 0] << 16 | rgb[..., 1] << 8 | rgb[..., 2]
    upper, lower = packed[::2], packed[1::2]
    begins = np.ones((height // 2, width), dtype=np.bool_)  # a run of cells that are alike
    begins[:, 1:] = (upper[: height // 2, 1:] != upper[: height // 2, :-1]) | (lower[:, 1:] != lower[:, :-1])
    at = np.flatnonzero(begins)
    lengths = np.diff(at, append=begins.size).tolist()
    runs = list(map(_run, upper[: height // 2].ravel()[at].tolist(), lower.ravel()[at].tolist(), lengths))
    ends = np.count_nonzero(begins, axis=1).cumsum().tolist()
    rows = [runs[first:last] for first, last in itertools.pairwise([0, *ends])]
    if height % 2:
        rows.append([Segment(BLOCK, plain + Style(color=_color(value))) for value in upper[-1].tolist()])
    return rows


def centred(picture: Pixels | Dots, columns: int, rows: int, plain: Style, ink: Style) -> list[list[Segment]]:
    """A picture in the middle of so many cells; what does not fit is cut off at the right and below."""
    if isinstance(picture, Dots):
        lines = [[Segment(row[:columns], ink)] for row in picture.rows[:rows]]
        wide = min(columns, max((len(row) for row in picture.rows), default=0))
    else:
        lines = half_blocks(picture, plain)[:rows]
        wide = min(columns, picture.width)
        if picture.width > columns:
            lines = [list(Strip(line).crop(0, columns)) for line in lines]
    left = (columns - wide) // 2
    before, after = Segment(" " * left, plain), Segment(" " * (columns - wide - left), plain)
    empty = [Segment(" " * columns, plain)]
    above = (rows - len(lines)) // 2
    framed = [[before, *line, after] for line in lines]
    return [empty] * above + framed + [empty] * (rows - len(lines) - above)


class PictureView(Widget):
    """One picture as large as it was made, in the middle of the room there is."""

    DEFAULT_CSS = "PictureView { width: 1fr; height: 1fr; }"

    class Wheeled(Message):
        """The wheel was turned on it: 1 is down."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class Opened(Message):
        """It was clicked on twice."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.picture: Pixels | Dots | None = None
        self._rows: list[list[Segment]] = []
        self._made_for: tuple[object, ...] = ()

    def show(self, picture: Pixels | Dots | None) -> None:
        """Show this one, or none."""
        self.picture, self._made_for = picture, ()
        self.refresh()

    def on_click(self, event: Click) -> None:
        """A second click opens it."""
        if event.chain > 1:
            self.post_message(self.Opened())

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """To the next one."""
        event.stop()
        self.post_message(self.Wheeled(1))

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """To the one before."""
        event.stop()
        self.post_message(self.Wheeled(-1))

    def render_line(self, y: int) -> Strip:
        """One line of the terminal."""
        width, height, plain = *self.size, self.rich_style
        if self.picture is None:
            return Strip.blank(width, plain)
        if self._made_for != (width, height, plain):
            self._rows, self._made_for = centred(self.picture, width, height, plain, plain), (width, height, plain)
        return Strip(self._rows[y], width) if y < len(self._rows) else Strip.blank(width, plain)
