"""Braille: a font of the 256 patterns whose dots fill a character cell evenly, as the page's other font has it.

Fonts that systems have place the dots for fingers, with gaps between cells, or are as wide as they like.
"""

from __future__ import annotations

import io
import math

UNITS = 2048
"""To the em, as in Roboto Mono, whose cell this fills."""
WIDTH, ASCENT, DESCENT = 1229, 2146, -555
FIRST = 0x2800
RADIUS = 0.4
"""Of a dot, in its distance from the next."""
CORNERS = 8
# the bit of each dot, by column and row
BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))


def make_braille_font() -> bytes:
    """The font as a TrueType file."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    across, down = WIDTH / 2, (ASCENT - DESCENT) / 4
    radius = RADIUS * min(across, down)
    turns = [2 * math.pi * (k + 0.5) / CORNERS for k in range(CORNERS)]
    glyphs = {".notdef": TTGlyphPen(None).glyph()}
    for pattern in range(256):
        pen = TTGlyphPen(None)
        for column, bits in enumerate(BITS):
            for row, bit in enumerate(bits):
                if pattern & bit:
                    x, y = across * (column + 0.5), ASCENT - down * (row + 0.5)
                    places = [(round(x + radius * math.cos(t)), round(y - radius * math.sin(t))) for t in turns]
                    pen.moveTo(places[0])
                    for place in places[1:]:
                        pen.lineTo(place)
                    pen.closePath()
        glyphs[f"uni{FIRST + pattern:04X}"] = pen.glyph()
    builder = FontBuilder(UNITS, isTTF=True)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap({FIRST + pattern: f"uni{FIRST + pattern:04X}" for pattern in range(256)})
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics({name: (WIDTH, getattr(glyph, "xMin", 0)) for name, glyph in glyphs.items()})
    builder.setupHorizontalHeader(ascent=ASCENT, descent=DESCENT)
    builder.setupNameTable({"familyName": "monoline braille", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=ASCENT, sTypoDescender=DESCENT, usWinAscent=ASCENT, usWinDescent=-DESCENT)
    builder.setupPost()
    file = io.BytesIO()
    builder.save(file)
    return file.getvalue()
