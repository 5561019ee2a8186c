"""A sheet as PNG at its true size: white paper, lines as wide as the pen, the resolution told in the file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from drawing.geometry import Polyline
from plotter.errors import SheetError
from plotter.papers import Paper

MOST_PX = 150_000_000
"""Pixels of a picture, some A1 at 400 dpi."""
_SHARP = 3
"""Drawn so many times larger, then scaled down."""
_BAND_PX = 400
"""So many rows at a time, so that a large picture takes little memory."""
_MM = 25.4


def write_png(
    path: Path, layers: Sequence[tuple[str, Sequence[Polyline]]], sheet: Paper, nib_mm: float, dpi: float
) -> None:
    """Write a picture of the paper, whole or not at all.

    Args:
        layers: colour as #1a2b3c, and lines in mm from the top left of the sheet.
        nib_mm: width of the lines, never below a pixel.

    Raises:
        SheetError: it would have too many pixels, or none.
    """
    from PIL import Image, ImageDraw

    from studio.files import replacing

    scale = dpi / _MM
    width, height = round(sheet.width_mm * scale), round(sheet.height_mm * scale)
    if not 0 < width * height <= MOST_PX:
        raise SheetError(f"{sheet} at {dpi:g} dpi has {width} x {height} pixels; take another resolution.")
    image = Image.new("RGB", (width, height))
    big = scale * _SHARP
    ink_px = max(_SHARP, round(nib_mm * big))
    placed = [
        (colour, [(line * big, _rows(line * scale, ink_px / _SHARP)) for line in lines]) for colour, lines in layers
    ]
    for top in range(0, height, _BAND_PX):
        rows = min(_BAND_PX, height - top)
        band = Image.new("RGB", (width * _SHARP, rows * _SHARP), "#ffffff")
        pencil = ImageDraw.Draw(band)
        for colour, lines in placed:
            for line, (first, last) in lines:
                if first < top + rows and last > top:
                    _draw(pencil, line - (0, top * _SHARP), colour, ink_px)
        image.paste(band.resize((width, rows), Image.Resampling.BOX), (0, top))
    with replacing(path) as temporary:
        image.save(temporary, format="PNG", optimize=True, dpi=(dpi, dpi))


def _rows(line: Polyline, ink_px: float) -> tuple[float, float]:
    return float(line[:, 1].min()) - ink_px, float(line[:, 1].max()) + ink_px


def _draw(pencil: object, line: Polyline, colour: str, width: int) -> None:
    from PIL import ImageDraw

    assert isinstance(pencil, ImageDraw.ImageDraw)
    points: list[tuple[float, float]] = [(x, y) for x, y in np.asarray(line).tolist()]
    pencil.line(points, fill=colour, width=width, joint="curve")
    for x, y in (points[0], points[-1]):
        pencil.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=colour)
