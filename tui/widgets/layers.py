"""Layers: grids of dots in colours of their own, one above the other; no dot of any is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Layer:
    """Some dots, and characters that stand in for a cell, in the colour of a component class."""

    kind: str
    dots: NDArray[np.bool_] | None
    """Shape (4 rows, 2 columns)."""
    signs: Mapping[tuple[int, int], str] = field(default_factory=dict[tuple[int, int], str])
    """By row and column of cells."""


def paint(widget: Widget, layers: Sequence[Layer], columns: int, rows: int) -> list[Strip]:
    """The layers as lines of the terminal; a later one gives its colour to cells that it shares."""
    import numpy as np

    from drawing.raster import braille, text_rows

    whole = np.zeros((4 * rows, 2 * columns), dtype=np.bool_)
    owner = np.full((rows, columns), -1, dtype=np.intp)
    signs: dict[tuple[int, int], str] = {}
    for index, layer in enumerate(layers):
        if layer.dots is not None:
            whole |= layer.dots
            owner[layer.dots.reshape(rows, 4, columns, 2).any(axis=(1, 3))] = index
        for (row, column), sign in layer.signs.items():
            if 0 <= row < rows and 0 <= column < columns:  # there may be less room than a widget thinks of
                signs[row, column] = sign
                owner[row, column] = index
    text = [list(row) for row in text_rows(braille(whole))]
    for (row, column), sign in signs.items():
        text[row][column] = sign
    plain = widget.rich_style
    styles = [plain, *(plain + widget.get_component_rich_style(layer.kind) for layer in layers)]
    return [_strip("".join(line), owner[row].tolist(), styles) for row, line in enumerate(text)]


def _strip(text: str, owners: Sequence[int], styles: Sequence[object]) -> Strip:
    """A line of cells, neighbours of one layer together."""
    segments: list[Segment] = []
    start = 0
    for column in range(1, len(text) + 1):
        if column == len(text) or owners[column] != owners[start]:
            segments.append(Segment(text[start:column], styles[owners[start] + 1]))  # pyright: ignore[reportArgumentType]
            start = column
    return Strip(segments)
