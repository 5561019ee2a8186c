"""Letters of one line each, for captions and signatures: the Hershey fonts, which vpype brings along.

vpype is loaded when the first letter is wanted.
"""

from __future__ import annotations

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
    import vpype as vp  # pyright: ignore[reportMissingTypeStubs] - it is loaded for captions only

    text_line = cast(Any, vp).text_line
    plain = unicodedata.normalize("NFKD", text)
    known = "".join(
        sign if " " <= sign <= "~" else "?" for sign in plain if not unicodedata.combining(sign) and sign.isprintable()
    )
    capital = _lines(text_line("H", font, size=100.0))
    top = min(float(line[:, 1].min()) for line in capital)
    foot = max(float(line[:, 1].max()) for line in capital)
    drawing = Drawing(tuple(_lines(text_line(known, font, size=100.0))))
    if not drawing.lines:
        return drawing
    left, _, right, _ = drawing.bounds
    return drawing.translate(-(left + right) / 2, -foot).scale(capital_mm / (foot - top))


def _lines(collection: Any) -> list[Any]:
    return [np.column_stack([line.real, line.imag]) for line in collection]
