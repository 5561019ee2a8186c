"""Selection: part of a sheet, by its cells as they stand on it or by its lines as they are drawn.

A person counts from 1; everything here that is not text counts from 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from drawing.drawing import Drawing
from plotter.cells import Cell
from plotter.errors import SheetError
from plotter.layers import kept_layers
from plotter.route import Ints, Place
from plotter.sheet import Sheet

_RANGE = re.compile(r"([0-9]{1,9})(?:\s*([-–])\s*([0-9]{1,9})?)?")
_SLACK_MM = 1.0
"""By which a stroke may be larger than its cell: ends that were joined reach a little beyond."""
_SEED = re.compile(r"seed\s*([0-9]{1,19})")


def parse_ranges(text: str, count: int, what: str = "line") -> tuple[int, ...]:
    """Which of so many things a text as ``1,3-5`` or ``7-`` names, in order, each once, counted from 0.

    Args:
        text: numbers counted from 1 and ranges of them, between commas; ``7-`` goes on to the last.
        what: the word for one of the things, for errors.

    Raises:
        SheetError: it is no such text, or names what there is not.
    """
    found: set[int] = set()
    for item in _items(text, what):
        match = _RANGE.fullmatch(item)
        if match is None:
            raise SheetError(f"{item!r} names no {what}; write numbers and ranges, as 1,3-5 or 7-.")
        found.update(_numbers(match, count, what))
    return tuple(sorted(found))


def find_cells(sheet: Sheet, text: str) -> tuple[int, ...]:
    """Which cells of a sheet a text names, in their order, counted from 0.

    Args:
        text: as for ``parse_ranges``, and between commas also ``seed 7`` or the name of a drawing.

    Raises:
        SheetError: the sheet has no cells, or the text names what there is not.
    """
    if not sheet.cells:
        raise SheetError("The sheet has no cells; choose lines instead.")
    found: set[int] = set()
    for item in _items(text, "cell"):
        match = _RANGE.fullmatch(item)
        found.update(_numbers(match, len(sheet.cells), "cell") if match else _named(sheet.cells, item))
    return tuple(sorted(found))


def select_cells(sheet: Sheet, cells: Iterable[int]) -> Sheet:
    """A sheet with the drawings of these cells only, and their captions, all where they were.

    What belongs to no cell, as a frame, a signature or the marks of a flipbook, is drawn only if all cells
    are. Where it is known no more which strokes are whose, as in an optimised sheet, the boxes of the cells tell.

    Args:
        cells: counted from 0, as they stand on the sheet.

    Raises:
        SheetError: no such cell, nothing to draw in them, or cells that lie over each other and whose
            strokes are in another order.
    """
    chosen = sorted(set(cells))
    if not sheet.cells:
        raise SheetError("The sheet has no cells; choose lines instead.")
    _check(chosen, len(sheet.cells), "cell")
    if len(chosen) == len(sheet.cells):
        return sheet
    wanted = np.isin(_owners(sheet), chosen)
    kept: list[int] = np.flatnonzero(wanted).tolist()
    if not kept:
        raise SheetError("There is nothing to draw in the cells that were chosen; choose others.")
    at = np.concatenate([[0], np.cumsum(wanted)])  # where a stroke has come to
    left = tuple(_moved(sheet.cells[index], at) for index in chosen)
    return replace(sheet, drawing=sheet.drawing.select(kept), cells=left, layers=kept_layers(sheet.layers, kept))


def select_strokes(drawing: Drawing, strokes: Iterable[int]) -> Drawing:
    """The strokes of these indices only, in the order in which they are drawn.

    Raises:
        SheetError: no such stroke, or none at all.
    """
    chosen = sorted(set(strokes))
    _check(chosen, len(drawing.lines), "line")
    return drawing.select(chosen)


def nearest_stroke(drawing: Drawing, x_mm: float, y_mm: float) -> Place:
    """The place on the ink that is nearest to a point; of places equally near, the first one drawn.

    Raises:
        SheetError: the drawing is empty.
    """
    if not drawing.lines:
        raise SheetError("There is no line to begin with.")
    counts = np.array([max(1, len(line) - 1) for line in drawing.lines])
    starts = np.concatenate([line[:-1] if len(line) > 1 else line for line in drawing.lines])
    stops = np.concatenate([line[1:] if len(line) > 1 else line for line in drawing.lines])
    step = stops - starts
    square = (step**2).sum(axis=1)
    point = np.array([x_mm, y_mm])
    share = np.clip(((point - starts) * step).sum(axis=1) / np.where(square > 0, square, 1.0), 0.0, 1.0)
    gaps = np.hypot(*(starts + share[:, None] * step - point).T)
    nearest = int(gaps.argmin())
    stroke = int(np.searchsorted(np.cumsum(counts), nearest, side="right"))
    first = int(counts[:stroke].sum())
    lengths = np.sqrt(square)
    return Place(stroke, float(lengths[first:nearest].sum() + share[nearest] * lengths[nearest]))


def _items(text: str, what: str) -> list[str]:
    items = [item for item in (" ".join(item.split()) for item in text.split(",")) if item]
    if not items:
        raise SheetError(f"No {what} is named; write numbers and ranges, as 1,3-5 or 7-.")
    return items


def _numbers(match: re.Match[str], count: int, what: str) -> range:
    first = int(match[1])
    last = int(match[3]) if match[3] else count if match[2] else first
    for number in (first, last if match[3] else first):
        if not 1 <= number <= count:
            known = f"there are {count}, counted from 1" if count else f"there is no {what} at all"
            raise SheetError(f"There is no {what} {number}; {known}.")
    if last < first:
        raise SheetError(f"{match[0]} runs backwards; write {last}-{first}.")
    return range(first - 1, last)


def _named(cells: Sequence[Cell], name: str) -> list[int]:
    """Cells with this name, or with a recipe of this seed."""
    found = [index for index, cell in enumerate(cells) if cell.name.casefold() == name.casefold()]
    if not found and (seed := _SEED.fullmatch(name.casefold())):
        found = [index for index, cell in enumerate(cells) if cell.recipe and cell.recipe.seed == int(seed[1])]
    if not found:
        raise SheetError(
            f"The sheet has no cell {name!r}; write a number from 1 to {len(cells)}, a range, 'seed 7', or a name."
        )
    return found


def _check(chosen: Sequence[int], count: int, what: str) -> None:
    if not chosen:
        raise SheetError(f"No {what} was chosen.")
    if chosen[0] < 0 or chosen[-1] >= count:
        number = (chosen[0] if chosen[0] < 0 else chosen[-1]) + 1
        raise SheetError(f"There is no {what} {number}; there are {count}, counted from 1.")


def _owners(sheet: Sheet) -> list[int]:
    """The cell of each stroke; -1 for those of none."""
    spans = sorted((*cell.strokes, index) for index, cell in enumerate(sheet.cells) if cell.strokes is not None)
    if len(spans) < len(sheet.cells):
        return _owners_by_box(sheet)
    owners = [-1] * len(sheet.drawing.lines)
    ends = [*(start for start, _, _ in spans[1:]), len(owners)]
    for (start, _, index), end in zip(spans, ends, strict=True):
        # what follows a drawing, up to the next one, is its caption
        owners[start:end] = [index] * (end - start)
    return owners


def _owners_by_box(sheet: Sheet) -> list[int]:
    boxes = np.array([cell.box for cell in sheet.cells])
    lows, highs = boxes[:, :2], boxes[:, 2:]
    over = (np.minimum(highs[:, None], highs) > np.maximum(lows[:, None], lows)).all(axis=2)
    if np.triu(over, 1).any():
        raise SheetError(
            "The cells lie over each other, and the strokes are in another order: nobody knows which is whose. "
            "Choose cells of the sheet as it was before it was optimised, or choose lines."
        )
    owners: list[int] = []
    for line in sheet.drawing.lines:
        low, high = line.min(axis=0), line.max(axis=0)
        middle = (low + high) / 2
        # a frame around several cells has its middle in one of them, and is of none
        fits = (high - low <= highs - lows + _SLACK_MM).all(axis=1)
        inside = np.flatnonzero(((lows <= middle) & (middle <= highs)).all(axis=1) & fits)
        owners.append(int(inside[0]) if len(inside) else -1)
    return owners


def _moved(cell: Cell, at: Ints) -> Cell:
    strokes = cell.strokes and (int(at[cell.strokes[0]]), int(at[cell.strokes[1]]))
    return replace(cell, strokes=strokes)
