"""Letters of one line each, for captions and signatures: the Hershey fonts, which vpype brings along.

The fonts have plain letters only; accents are drawn here. vpype is loaded when the first letter is wanted.
"""

from __future__ import annotations

import math
import re
import unicodedata
from functools import lru_cache
from typing import Any, Literal, cast

import numpy as np

from drawing.drawing import Drawing
from drawing.geometry import Polyline

Font = Literal["rowmans", "scripts"]
FONT: Font = "rowmans"
"""Simplex Roman, two strokes a letter or so; the point of vpype's own default font floats above the line."""
HAND: Font = "scripts"
"""Simplex Script, written as by hand."""
_THROUGH = "\u0338"
_SIGNS: str = (
    "ß ss ẞ SS æ ae Æ AE œ oe Œ OE ø o/ Ø O/ ł l/ Ł L/ đ d Đ D ð d þ th Þ Th ı i ’ ' ‘ ' ´ ' – - — - − - × x · . € EUR"
)
SPELT: dict[str, str] = dict(
    zip(_SIGNS.split()[::2], (each.replace("/", _THROUGH) for each in _SIGNS.split()[1::2]), strict=True)
)
"""What is written for signs that the fonts have not; others as Unicode takes them apart, or a question mark."""
_QUOTES: dict[int, str] = dict.fromkeys(map(ord, "“”„«»"), '"')
_RING = [(0.09 * math.sin(math.pi * n / 8), -0.1 - 0.09 * math.cos(math.pi * n / 8)) for n in range(17)]
_ABOVE: dict[str, list[list[tuple[float, float]]]] = {
    "\u0300": [[(-0.1, -0.2), (0.06, 0.0)]],
    "\u0301": [[(0.1, -0.2), (-0.06, 0.0)]],
    "\u0302": [[(-0.14, 0.0), (0.0, -0.17), (0.14, 0.0)]],
    "\u0303": [[(-0.16, -0.04), (-0.08, -0.13), (0.0, -0.08), (0.08, -0.04), (0.16, -0.13)]],
    "\u0304": [[(-0.14, -0.06), (0.14, -0.06)]],
    "\u0306": [[(-0.13, -0.15), (-0.07, -0.03), (0.07, -0.03), (0.13, -0.15)]],
    "\u0307": [[(-0.02, -0.08), (0.02, -0.08)]],
    "\u0308": [[(-0.14, -0.08), (-0.1, -0.08)], [(0.1, -0.08), (0.14, -0.08)]],
    "\u030a": [_RING],
    "\u030b": [[(-0.02, -0.2), (-0.14, 0.0)], [(0.16, -0.2), (0.04, 0.0)]],
    "\u030c": [[(-0.14, -0.17), (0.0, 0.0), (0.14, -0.17)]],
}
"""Accents above a letter, a capital being 1 high: x from its middle, y from a little above its top."""
_BELOW: dict[str, list[list[tuple[float, float]]]] = {
    "\u0327": [[(0.02, 0.0), (0.0, 0.1), (0.09, 0.15), (0.07, 0.24), (-0.08, 0.26)]],
    "\u0328": [[(0.08, 0.0), (0.0, 0.12), (0.04, 0.22), (0.14, 0.22)]],
    "\u0326": [[(0.03, 0.1), (-0.03, 0.26)]],
}
"""Those below it, from its foot."""
_OVER = 0.12
"""White between a letter and its accent."""


def letters(text: str, capital_mm: float, font: Font = FONT) -> Drawing:
    """A text as strokes in mm; the baseline is y = 0, the text is centred on x = 0.

    Signs the font has not become a question mark.

    Args:
        capital_mm: height of a capital letter.
    """
    lines: list[Polyline] = []
    at = 0.0
    for run in re.findall(r"[0-9]+|[^0-9]+", _spelt(text)) if font == HAND else [_spelt(text)]:
        kind = FONT if run[:1].isdigit() else font  # the script draws numerals of two lines
        for letter, marks in re.findall(r"([ -~])([^ -~]*)", run):
            strokes, width = _glyph(letter, kind)
            drawn = _accented(letter, strokes, marks) if marks else strokes
            lines += [(line + np.array([at, 0.0])) * capital_mm for line in drawn]
            at += width
    drawing = Drawing(tuple(lines))
    if not drawing.lines:
        return drawing
    left, _, right, _ = drawing.bounds
    return drawing.translate(-(left + right) / 2, 0.0)


def _spelt(text: str) -> str:
    """The text in signs that the fonts have, each followed by its accents."""
    plain = unicodedata.normalize("NFKD", "".join(SPELT.get(sign, sign) for sign in text.translate(_QUOTES)))
    known = {*_ABOVE, *_BELOW, _THROUGH}
    spelt = "".join(
        sign if " " <= sign <= "~" or sign in known else "?"
        for sign in plain
        if sign in known or (not unicodedata.combining(sign) and sign.isprintable())
    )
    return re.sub(r"^[^ -~]+", "", spelt)


def _accented(letter: str, strokes: tuple[Polyline, ...], marks: str) -> list[Polyline]:
    """A letter with its accents, which stand in the place of the point of an i."""
    if not strokes:
        return []
    if letter in "ij" and any(mark in _ABOVE for mark in marks):
        low = max(line[:, 1].max() for line in strokes)
        strokes = tuple(line for line in strokes if line[:, 1].max() > low - 0.5)
    whole = np.concatenate(strokes)
    (left, top), (right, foot) = whole.min(axis=0).tolist(), whole.max(axis=0).tolist()
    middle = (left + right) / 2
    drawn = list(strokes)
    for mark in marks:
        if mark == _THROUGH and letter in "lL":
            drawn.append(np.array([(left - 0.1, (top + foot) / 2 + 0.08), (left + 0.2, (top + foot) / 2 - 0.1)]))
        elif mark == _THROUGH:
            drawn.append(np.array([(left - 0.05, foot + 0.05), (right + 0.05, top - 0.05)]))
        drawn += [np.array(line) + np.array([middle, top - _OVER]) for line in _ABOVE.get(mark, [])]
        drawn += [np.array(line) + np.array([middle, foot]) for line in _BELOW.get(mark, [])]
        top -= 0.28 if mark in _ABOVE else 0.0
    return drawn


@lru_cache(maxsize=512)
def _glyph(letter: str, font: Font) -> tuple[tuple[Polyline, ...], float]:
    """The strokes of a letter that stands at x = 0, and where the next one begins; a capital is 1 high."""
    capital = _lines("H", font)
    top = min(float(line[:, 1].min()) for line in capital)
    foot = max(float(line[:, 1].max()) for line in capital)
    high = foot - top
    # a space has no strokes: how far a letter reaches is seen from one behind it
    behind = max(float(line[:, 0].max()) for line in _lines(f"{letter}H", font))
    alone = max(float(line[:, 0].max()) for line in capital)
    return tuple((line - (0.0, foot)) / high for line in _lines(letter, font)), (behind - alone) / high


def _lines(text: str, font: Font) -> list[Polyline]:
    import vpype as vp  # pyright: ignore[reportMissingTypeStubs] - it is loaded for captions only

    return [np.column_stack([line.real, line.imag]) for line in cast(Any, vp).text_line(text, font, size=100.0)]
