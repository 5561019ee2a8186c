"""Drawings in rows and columns with words at their heads and sides, as PNG and SVG."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast
from xml.sax.saxutils import escape

from PIL import Image, ImageDraw, ImageFont

from drawing.drawing import Drawing
from drawing.geometry import Polyline
from drawing.picture import CAPTION, PAPER, contact_sheet
from drawing.svg import svg_text

SIDE, HEAD = 0.6, 0.2
"""Room for the words at the sides and the heads, in cells."""
TEXT = 0.075
"""Height of the words, in cells."""
LONGEST = 11
"""Characters of a word at a side; of a longer one the end is shown."""


def table_picture(
    drawings: Sequence[Drawing], heads: Sequence[str], sides: Sequence[str], *, cell_px: int = 160
) -> Image.Image:
    """A contact sheet with a word above each column and one beside each row."""
    sheet = contact_sheet(drawings, len(heads), cell_px=cell_px)
    left, top = round(SIDE * cell_px), round(HEAD * cell_px)
    whole = Image.new("RGB", (left + sheet.width, top + sheet.height), PAPER)
    whole.paste(sheet, (left, top))
    pencil = ImageDraw.Draw(whole)
    font = cast(ImageFont.FreeTypeFont, ImageFont.load_default(size=max(9.0, TEXT * cell_px)))
    for column, word in enumerate(heads):
        pencil.text((left + (column + 0.5) * cell_px, top * 0.6), word, fill=CAPTION, font=font, anchor="mm")
    for row, word in enumerate(sides):
        pencil.text((left * 0.9, top + (row + 0.5) * cell_px), _short(word), fill=CAPTION, font=font, anchor="rm")
    return whole


def table_svg(drawings: Sequence[Drawing], heads: Sequence[str], sides: Sequence[str], *, cell_mm: float = 30.0) -> str:
    """The same as SVG; its words are text, which no plotter draws."""
    left, top, columns = SIDE * cell_mm, HEAD * cell_mm, len(heads)
    edge = cell_mm / 12
    lines: list[Polyline] = []
    for index, drawing in enumerate(drawings):
        if drawing.lines:
            x, y = left + index % columns * cell_mm, top + index // columns * cell_mm
            lines += drawing.fit((x + edge, y + edge, x + cell_mm - edge, y + cell_mm - edge)).lines
    rows = -(-len(drawings) // columns)
    text = svg_text(Drawing(tuple(lines)), width_mm=left + columns * cell_mm, height_mm=top + rows * cell_mm)
    colour = "#" + "".join(f"{each:02x}" for each in CAPTION)
    words = [f'<g fill="{colour}" font-family="sans-serif" font-size="{TEXT * cell_mm:g}">']
    words += [_word(word, left + (column + 0.5) * cell_mm, top * 0.75, "middle") for column, word in enumerate(heads)]
    words += [_word(_short(word), left * 0.9, top + (row + 0.5) * cell_mm, "end") for row, word in enumerate(sides)]
    return text.replace("</svg>", "\n".join([*words, "</g>", "</svg>"]))


def _word(word: str, x: float, y: float, anchor: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(word)}</text>'


def _short(word: str) -> str:
    return word if len(word) <= LONGEST else "…" + word[1 - LONGEST :]
