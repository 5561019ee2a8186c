"""Cards that tell how well a plotter draws: the first one of a new owner, one of pen heights, one of overlapping lifts.

A card fits the smallest machine, and a sheet of A6 or larger. It is drawn in parts on the same paper, each with its
own settings; ``says`` tells a person what a part shows.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from drawing.drawing import Drawing
from drawing.geometry import Polyline
from plotter.axidraw import PlotSettings
from plotter.errors import PlotterError
from plotter.letters import letters
from plotter.papers import find_paper
from plotter.sheet import Sheet, rounded, together

Kind = Literal["first", "heights", "overlap"]
Box = tuple[float, float, float, float]

TITLES: dict[Kind, str] = {"first": "first card", "heights": "pen heights", "overlap": "overlapping lifts"}
PAPER = "A6"
HIGHEST_PCT, LOWEST_PCT, STEP_PCT = 45.0, 20.0, 2.5
"""Pen heights of the card of heights."""
MOST = 30
"""Samples that it has room for."""
_ORIGIN = 13.0
"""Both rulers begin here, in mm from the left and from the top."""
_RULER_X, _RULER_Y = 120, 80
_NUMBER_MM, _LABEL_MM = 2.0, 2.4
_LEFT, _RIGHT = _ORIGIN + 7, _ORIGIN + _RULER_X
_ZIGZAG: Box = (72.0, 46.0, 116.0, 60.0)
_TEETH = 22
_RING = (_RIGHT - 6, 53.0)
_FEW = 5
"""Heights on the first card."""
_APART_PCT = 5.0
_EARLY_MS, _MOST_EARLY = 20, 8
"""The card of overlapping lifts goes in such steps, and has room for so many."""
_TEETH_OF_COMB = 5
_GAP_SHARE = 0.14
"""Of a cell's width, white between samples."""


@dataclass(frozen=True)
class CardPart:
    """What is drawn with the same settings."""

    drawing: Drawing
    """In mm from home."""
    settings: PlotSettings
    says: str
    """What it shows, for the person who watches."""


def make_card(
    kind: Kind,
    settings: PlotSettings | None = None,
    *,
    highest_pct: float = HIGHEST_PCT,
    lowest_pct: float = LOWEST_PCT,
    step_pct: float = STEP_PCT,
) -> tuple[CardPart, ...]:
    """The parts of a card, in the order in which they are drawn.

    Args:
        kind: ``first`` tells in two minutes whether all is well; ``heights`` finds the height of a pen;
            ``overlap`` how early the carriage may set out while the pen comes up, and the pen come down.
        settings: how to draw; the heights of ``first`` lie around its own.
        highest_pct, lowest_pct, step_pct: pen heights on the paper, for ``heights``; it begins with the highest.

    Raises:
        PlotterError: too many heights, or none below that of the raised pen.
    """
    # what a card shows of one thing must not be blurred by another
    alone = {"hop_mm": 0.0, "raise_early_ms": 0, "lower_early_ms": 0}
    settings = (settings or PlotSettings()).model_copy(update=alone)
    if kind == "overlap":
        return _overlap(settings)
    if kind == "first":
        return _first(settings, _heights_around(settings))
    return _grid(settings, _heights_between(settings, highest_pct, lowest_pct, step_pct))


def card_sheet(kind: Kind, parts: Sequence[CardPart]) -> Sheet:
    """All of a card as one sheet, for a look at it."""
    return Sheet(find_paper(PAPER).landscape(), together([part.drawing for part in parts]), title=TITLES[kind])


def part_sheet(kind: Kind, part: CardPart) -> Sheet:
    """One part on the card's paper."""
    return card_sheet(kind, [part])


# the first card


def _first(settings: PlotSettings, heights: Sequence[float]) -> tuple[CardPart, ...]:
    cells = _cells((_LEFT, 73.0, _RIGHT, 97.0), len(heights), 1)
    frame = [
        _numbers_x(),
        _ruler(),
        _numbers_y(),
        _figure(_LEFT, _LEFT, 42.0),
        *_title("monoline", "first card", _ZIGZAG[0], 28.5),
        _ring(),
        _rails(),
        *_labels(cells, heights, settings.pen_down_pct),
    ]
    fast = settings.model_copy(
        update={"speed_down_mm_s": settings.speed_up_mm_s, "accel_down_mm_s2": settings.accel_up_mm_s2}
    )
    return (
        _part(
            frame,
            settings,
            "Lay a real ruler along those of the card. Every line should meet its end: circle, square and diagonals.",
        ),
        _part([_zigzag()], fast, "As fast as the pen travels: the zigzag should touch both rails all along."),
        *_samples(cells, heights, settings),
        _part([_cross()], settings, "The cross comes last. In the middle of the ring it says that no step was lost."),
    )


def _ring() -> Drawing:
    return Drawing((_circle(*_RING, 4.5), _circle(*_RING, 1.5)))


def _cross() -> Drawing:
    x, y = _RING
    return Drawing.of([[(x - 6, y), (x + 6, y)], [(x, y + 6), (x, y - 6)]])


def _ruler() -> Drawing:
    """Both rulers in one line, from the right to the corner and down; each mm is a spur."""
    points: list[tuple[float, float]] = []
    for mm in range(_RULER_X, -1, -1):
        x = _ORIGIN + mm
        points += [(x, _ORIGIN), (x, _ORIGIN - _tick(mm)), (x, _ORIGIN)]
    for mm in range(0, _RULER_Y + 1, 5):
        y = _ORIGIN + mm
        points += [(_ORIGIN, y), (_ORIGIN - _tick(mm), y), (_ORIGIN, y)]
    return Drawing.of([points])


def _tick(mm: int) -> float:
    return 2.4 if mm % 10 == 0 else 1.7 if mm % 5 == 0 else 1.0


def _numbers_x() -> Drawing:
    return together([_text(f"{mm}", _NUMBER_MM, _ORIGIN + mm, _ORIGIN - 3.6) for mm in range(0, _RULER_X + 1, 20)])


def _numbers_y() -> Drawing:
    found: list[Drawing] = []
    for mm in range(_RULER_Y, 0, -20):
        number = _text(f"{mm}", _NUMBER_MM, 0.0, _ORIGIN + mm + _NUMBER_MM / 2)
        found.append(number.translate(_ORIGIN - 3.6 - number.bounds[2], 0.0))
    return together(found)


def _figure(left: float, top: float, side: float) -> Drawing:
    """A square, the circle in it and its diagonals."""
    right, bottom, half = left + side, top + side, side / 2
    square = np.array([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)])
    cross = [np.array([(left, top), (right, bottom)]), np.array([(right, top), (left, bottom)])]
    return Drawing((square, cross[0], cross[1], _circle(left + half, top + half, half)))


def _rails() -> Drawing:
    left, top, right, bottom = _ZIGZAG
    return Drawing.of([[(right, top), (left, top)], [(left, bottom), (right, bottom)]])


def _zigzag() -> Drawing:
    left, top, right, bottom = _ZIGZAG
    x = np.linspace(left, right, 2 * _TEETH + 1)
    return Drawing((np.column_stack([x, np.where(np.arange(len(x)) % 2 == 0, bottom, top)]),))


# pen heights


def _grid(settings: PlotSettings, heights: Sequence[float]) -> tuple[CardPart, ...]:
    columns = min(len(heights), 4 if len(heights) <= 12 else 5)
    rows = math.ceil(len(heights) / columns)
    cells = _cells((8.0, 21.0, 140.0, min(97.0, 21.0 + 27.0 * rows)), columns, rows)[: len(heights)]
    told = [*_title("pen heights, %", "", 8.0, 12.0), *_labels(cells, heights, settings.pen_down_pct, "")]
    return (
        *_samples(cells, heights, settings),
        # whatever else does not reach the paper, the lowest height does
        _part(told, _at_height(settings, heights[-1]), "The highest whose line never breaks is right for this pen."),
    )


def _heights_around(settings: PlotSettings) -> list[float]:
    """Some heights around that of the settings, highest first, all below the raised pen."""
    up, down = settings.pen_up_pct, settings.pen_down_pct
    if up <= down:
        raise PlotterError(
            f"The raised pen ({up:g} %) is no higher than the lowered ({down:g} %); set plot.pen_up_pct higher."
        )
    apart = min(_APART_PCT, (up - down) / (_FEW // 2 + 1))
    lowest = max(0.0, down - apart * (_FEW // 2))
    return [round(lowest + apart * index, 1) for index in reversed(range(_FEW))]


def _heights_between(settings: PlotSettings, highest: float, lowest: float, step: float) -> list[float]:
    if not 0 <= lowest <= highest <= 100 or step <= 0:
        raise PlotterError(
            f"Heights from {highest:g} to {lowest:g} % in steps of {step:g} can't be; go down from the highest."
        )
    if highest >= settings.pen_up_pct:
        raise PlotterError(
            f"The raised pen ({settings.pen_up_pct:g} %) would be no higher than the highest sample ({highest:g} %); "
            "begin lower, or set plot.pen_up_pct higher."
        )
    count = math.floor((highest - lowest) / step + 1e-9) + 1
    if count > MOST:
        raise PlotterError(f"A card has room for {MOST} heights, not for {count}; take larger steps.")
    return [round(highest - step * index, 2) for index in range(count)]


def _samples(cells: Sequence[Box], heights: Sequence[float], settings: PlotSettings) -> list[CardPart]:
    return [
        _part([_sample(cell)], _at_height(settings, height), f"The pen at {height:g} %.")
        for cell, height in zip(cells, heights, strict=True)
    ]


def _at_height(settings: PlotSettings, down_pct: float) -> PlotSettings:
    """The same with the pen lowered to this height, and with time for a longer way."""
    more = max(0.0, settings.pen_down_pct - down_pct)
    return settings.model_copy(
        update={
            "pen_down_pct": down_pct,
            "raise_ms": min(5000, settings.raise_ms + math.ceil(1000 * more / settings.raise_pct_s)),
            "lower_ms": min(5000, settings.lower_ms + math.ceil(1000 * more / settings.lower_pct_s)),
        }
    )


def _sample(cell: Box) -> Drawing:
    """Waves that become narrower, and straight back below them, in one line."""
    left, top, right, _ = cell
    tall = _tall(cell)
    radius = 1.25 * tall
    end = right - radius / 2
    share = np.linspace(0, 1, 181)
    # four waves and a quarter: it ends on a crest
    phase = 2 * np.pi * (1.5 * share + 2.75 * share**2)
    waves = np.column_stack([left + (end - left) * share, top + tall * (1 - np.sin(phase))])
    turn = np.linspace(-np.pi / 2, np.pi / 2, 25)[1:]
    bend = np.column_stack([end + radius / 2 * np.cos(turn), top + radius * (1 + np.sin(turn))])
    return Drawing((np.concatenate([waves, bend, [(left, top + 2 * radius)]]),))


def _tall(cell: Box) -> float:
    """Half the height of the waves in a cell."""
    return min(5.0, (cell[3] - cell[1]) * 0.18)


def _labels(cells: Sequence[Box], heights: Sequence[float], usual_pct: float, unit: str = " %") -> list[Drawing]:
    """The height below each sample; that of the settings is underlined."""
    found: list[Drawing] = []
    for cell, height in zip(cells, heights, strict=True):
        foot = cell[1] + 2.5 * _tall(cell) + _LABEL_MM + 1.4
        label = _text(f"{height:g}{unit}", _LABEL_MM, (cell[0] + cell[2]) / 2, foot)
        found.append(label)
        if math.isclose(height, usual_pct, abs_tol=0.05):
            found.append(Drawing.of([[(label.bounds[2], foot + 1.0), (label.bounds[0], foot + 1.0)]]))
    return found


def _cells(box: Box, columns: int, rows: int) -> list[Box]:
    """Cells of a grid, row by row, with white between them."""
    left, top, right, bottom = box
    gap = (right - left) / columns * _GAP_SHARE
    width = (right - left + gap) / columns - gap
    height = (bottom - top) / rows
    corners = [(left + column * (width + gap), top + row * height) for row in range(rows) for column in range(columns)]
    return [(x, y, x + width, y + height) for x, y in corners]


# overlapping lifts


def _overlap(settings: PlotSettings) -> tuple[CardPart, ...]:
    """Two rows of combs, each tooth down; what the pen draws on its way shows as a hook at the foot or at the head."""
    rows = (
        ("raise_early_ms", "set out early, ms", settings.raise_ms),
        ("lower_early_ms", "down early, ms", settings.lower_ms),
    )
    parts: list[CardPart] = []
    told: list[Drawing] = []
    for row, (name, title, whole_ms) in enumerate(rows):
        top = 16.0 + 44.0 * row
        values = [_EARLY_MS * step for step in range(min(_MOST_EARLY, whole_ms // _EARLY_MS + 1))]
        told.append(_beginning(title, _LABEL_MM, 8.0, top))
        for cell, value in zip(_cells((8.0, top + 4.0, 140.0, top + 26.0), len(values), 1), values, strict=True):
            combs = np.linspace(cell[0], cell[2] - (cell[2] - cell[0]) * _GAP_SHARE, _TEETH_OF_COMB)
            teeth = Drawing.of([[(x, cell[1]), (x, cell[1] + 14.0)] for x in combs])
            label = f"{value}"
            told.append(_text(label, _LABEL_MM, float(combs.mean()), cell[1] + 20.0))
            says = f"{title.removesuffix(', ms')} by {label} ms."
            parts.append(_part([teeth], settings.model_copy(update={name: value}), says[:1].upper() + says[1:]))
    words = "The highest number whose teeth have no hooks is right, less ten to be safe; no other pen has the same."
    return (*parts, _part(told, settings, words))


# pieces


def _part(drawings: Iterable[Drawing], settings: PlotSettings, says: str) -> CardPart:
    return CardPart(rounded(together(list(drawings))), settings, says)


def _title(text: str, below: str, left: float, foot: float) -> list[Drawing]:
    lines = [_beginning(text, 5.0, left, foot)]
    return [*lines, _beginning(below, _LABEL_MM, left, foot + 6.0)] if below else lines


def _beginning(text: str, capital_mm: float, left: float, foot: float) -> Drawing:
    """A text that begins at a place."""
    line = letters(text, capital_mm)
    return line.translate(left - line.bounds[0], foot)


def _text(text: str, capital_mm: float, middle: float, foot: float) -> Drawing:
    return letters(text, capital_mm).translate(middle, foot)


def _circle(x: float, y: float, radius: float) -> Polyline:
    turn: NDArray[np.float64] = np.linspace(-np.pi / 2, 1.5 * np.pi, max(32, round(radius * 12)) + 1)
    return np.column_stack([x + radius * np.cos(turn), y + radius * np.sin(turn)])
