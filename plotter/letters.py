"""Letters of one line each, for captions and signatures: the Hershey fonts, which vpype brings along.

vpype is loaded when the first letter is wanted.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Literal, cast

import numpy as np

from drawing.drawing import Drawing

Font = Literal["rowmans", "scripts"]
FONT: Font = "rowmans"
"""Simplex Roman, two strokes a letter or so; the point of vpype's own default font floats above the line."""
HAND: Font = "scripts"
"""Simplex Script, written as by hand."""


def letters(text: str, capital_mm: float, font: Font = FONT) -> Drawing:
    """A text as strokes in mm; the baseline is y = 0, the text is centred on x = 0.

    Accents are left off and signs the font has not become a question mark.

    Args:
        capital_mm: height of a capital letter.
    """
    plain = unicodedata.normalize("NFKD", text)
    known = "".join(
        sign if " " <= sign <= "~" else "?" for sign in plain if not unicodedata.combining(sign) and sign.isprintable()
    )
    # the script draws numerals of two lines
    runs = re.findall(r"[0-9]+|[^0-9]+", known) if font == HAND else [known]
    lines: list[Any] = []
    at = 0.0
    for run in runs:
        drawn, width = _run(run, FONT if run.isdigit() else font)
        lines += [line * capital_mm + (at * capital_mm, 0.0) for line in drawn]
        at += width
    drawing = Drawing(tuple(lines))
    if not drawing.lines:
        return drawing
    left, _, right, _ = drawing.bounds
    return drawing.translate(-(left + right) / 2, 0.0)


def _run(text: str, font: Font) -> tuple[list[Any], float]:
    """The strokes of a text from x = 0 on, and where the next one begins; a capital is 1 high."""
    import vpype as vp  # pyright: ignore[reportMissingTypeStubs] - it is loaded for captions only

    text_line = cast(Any, vp).text_line
    capital = _lines(text_line("H", font, size=100.0))
    top = min(float(line[:, 1].min()) for line in capital)
    foot = max(float(line[:, 1].max()) for line in capital)
    high = foot - top
    # spaces have no strokes: how far a text reaches is seen from a letter behind it
    behind = max(float(line[:, 0].max()) for line in _lines(text_line(f"{text}H", font, size=100.0)))
    alone = max(float(line[:, 0].max()) for line in capital)
    strokes = [(line - (0.0, foot)) / high for line in _lines(text_line(text, font, size=100.0))]
    return strokes, (behind - alone) / high


def _lines(collection: Any) -> list[Any]:
    return [np.column_stack([line.real, line.imag]) for line in collection]
