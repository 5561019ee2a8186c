"""A page of lines, dots and words in mm, for figures: written as SVG, or as a picture. It knows no charts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast
from xml.sax.saxutils import escape

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from drawing.errors import DrawingError
from drawing.geometry import Polyline, segment_lengths
from drawing.picture import save_png
from studio.files import write_text

Colour = tuple[int, int, int]
INK: Colour = (17, 17, 17)
WHITE: Colour = (255, 255, 255)
_SHARP = 2  # drawn so many times larger, then scaled down
_RISE = 0.36
"""Half the height of a capital letter, as a share of the size of the words."""
_MEASURED = 64
"""Size at which words are measured: at a small one the widths are rounded."""
_HALO = 0.18
"""White around the letters where they stand on lines, as a share of their size."""


@dataclass(frozen=True)
class Line:
    """A polyline."""

    points: Polyline
    colour: Colour
    width_mm: float
    dash_mm: tuple[float, ...]
    """Lengths of dashes and gaps in turn; empty for a whole line."""


@dataclass(frozen=True)
class Dot:
    """A filled circle."""

    x: float
    y: float
    radius_mm: float
    colour: Colour


@dataclass(frozen=True)
class Words:
    """Text whose middle height lies at y; ``upright`` is read from below, turned by a quarter."""

    text: str
    x: float
    y: float
    size_mm: float
    anchor: Literal["start", "middle", "end"]
    upright: bool
    colour: Colour


@dataclass
class Plate:
    """A white page; what is added later lies above."""

    width_mm: float
    height_mm: float
    marks: list[Line | Dot | Words] = field(default_factory=list[Line | Dot | Words])

    def line(
        self,
        points: Iterable[Sequence[float]] | Polyline,
        colour: Colour = INK,
        width_mm: float = 0.25,
        dash_mm: tuple[float, ...] = (),
    ) -> None:
        """Add a polyline of two points at least."""
        array = np.asarray(points if isinstance(points, np.ndarray) else list(points), dtype=np.float64)
        if len(array) > 1:
            self.marks.append(Line(array, colour, width_mm, dash_mm))

    def dot(self, x: float, y: float, radius_mm: float = 0.8, colour: Colour = INK) -> None:
        """Add a dot."""
        self.marks.append(Dot(x, y, radius_mm, colour))

    def words(
        self,
        text: str,
        x: float,
        y: float,
        size_mm: float = 3.2,
        anchor: Literal["start", "middle", "end"] = "start",
        *,
        upright: bool = False,
        colour: Colour = INK,
    ) -> None:
        """Add text."""
        self.marks.append(Words(text, x, y, size_mm, anchor, upright, colour))

    def svg_text(self) -> str:
        """The page as SVG."""
        w, h = f"{self.width_mm:g}", f"{self.height_mm:g}"
        rows = [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}mm" height="{h}mm" viewBox="0 0 {w} {h}"'
            ' font-family="Helvetica, Arial, sans-serif">',
            f'<rect width="{w}" height="{h}" fill="#ffffff"/>',
            *map(_element, self.marks),
            "</svg>",
            "",
        ]
        return "\n".join(rows)

    def image(self, px_per_mm: float = 6.0) -> Image.Image:
        """The page as a picture.

        Raises:
            DrawingError: it would have too many pixels.
        """
        size = (round(self.width_mm * px_per_mm), round(self.height_mm * px_per_mm))
        if Image.MAX_IMAGE_PIXELS and size[0] * size[1] * _SHARP**2 > Image.MAX_IMAGE_PIXELS * 8:
            raise DrawingError(f"A picture of {size[0]} x {size[1]} pixels is too large; show fewer drawings.")
        big = Image.new("RGB", (size[0] * _SHARP, size[1] * _SHARP), WHITE)
        pencil = ImageDraw.Draw(big)
        for mark in self.marks:
            _draw(big, pencil, mark, px_per_mm * _SHARP)
        return big.resize(size, Image.Resampling.LANCZOS)

    def write(self, path: Path) -> None:
        """Write an ``.svg`` or a ``.png``, whole or not at all."""
        if path.suffix.lower() == ".svg":
            write_text(path, self.svg_text())
        else:
            save_png(path, self.image())


def dashes(points: Polyline, pattern: Sequence[float]) -> list[Polyline]:
    """The parts of a polyline that a pattern of dashes and gaps leaves."""
    ends = np.concatenate([[0.0], np.cumsum(segment_lengths(points))])
    if not pattern or not ends[-1] > 0:
        return [points]
    found: list[Polyline] = []
    at, index = 0.0, 0
    while at < ends[-1]:
        until = min(at + pattern[index % len(pattern)], float(ends[-1]))
        if index % 2 == 0:
            places = np.concatenate([[at], ends[(ends > at) & (ends < until)], [until]])
            found.append(np.column_stack([np.interp(places, ends, points[:, axis]) for axis in (0, 1)]))
        at, index = until, index + 1
    return found


def words_width(text: str, size_mm: float) -> float:
    """How wide words are on the page, in mm, in the letters of pictures; those of an SVG are about as wide."""
    font = cast(ImageFont.FreeTypeFont, ImageFont.load_default(size=_MEASURED))
    return font.getlength(text) * size_mm / _MEASURED


def _element(mark: Line | Dot | Words) -> str:
    colour = "#{:02x}{:02x}{:02x}".format(*mark.colour)
    if isinstance(mark, Dot):
        return f'<circle cx="{mark.x:.3f}" cy="{mark.y:.3f}" r="{mark.radius_mm:g}" fill="{colour}"/>'
    if isinstance(mark, Line):
        data = "L".join(f"{x:.3f},{y:.3f}" for x, y in cast(list[list[float]], mark.points.tolist()))
        dash = f' stroke-dasharray="{" ".join(f"{each:g}" for each in mark.dash_mm)}"' if mark.dash_mm else ""
        return (
            f'<path d="M{data}" fill="none" stroke="{colour}" stroke-width="{mark.width_mm:g}"'
            f' stroke-linejoin="round"{dash}/>'
        )
    turn = f' transform="rotate(-90 {mark.x:.3f} {mark.y:.3f})"' if mark.upright else ""
    return (
        f'<text x="{mark.x:.3f}" y="{mark.y:.3f}" dy="{_RISE}em" font-size="{mark.size_mm:g}"'
        f' text-anchor="{mark.anchor}" fill="{colour}" stroke="#ffffff" stroke-width="{2 * _HALO * mark.size_mm:.3g}"'
        f' paint-order="stroke"{turn}>{escape(mark.text)}</text>'
    )


def _draw(big: Image.Image, pencil: ImageDraw.ImageDraw, mark: Line | Dot | Words, k: float) -> None:
    if isinstance(mark, Dot):
        x, y, r = mark.x * k, mark.y * k, mark.radius_mm * k
        pencil.ellipse((x - r, y - r, x + r, y + r), fill=mark.colour)
    elif isinstance(mark, Line):
        for part in dashes(mark.points, mark.dash_mm):
            points = [(x, y) for x, y in cast(list[list[float]], (part * k).tolist())]
            pencil.line(points, fill=mark.colour, width=max(1, round(mark.width_mm * k)), joint="curve")
    else:
        font = cast(ImageFont.FreeTypeFont, ImageFont.load_default(size=mark.size_mm * k))
        if not mark.upright:
            anchor = {"start": "lm", "middle": "mm", "end": "rm"}[mark.anchor]
            place = (mark.x * k, mark.y * k)
            halo = round(_HALO * mark.size_mm * k)
            pencil.text(place, mark.text, mark.colour, font, anchor, stroke_width=halo, stroke_fill=WHITE)
            return
        left, top, right, bottom = (round(each) for each in font.getbbox(mark.text))
        label = Image.new("L", (right - left, bottom - top), 0)
        ImageDraw.Draw(label).text((-left, -top), mark.text, fill=255, font=font)
        turned = label.rotate(90, expand=True)
        shift = {"start": 1.0, "middle": 0.5, "end": 0.0}[mark.anchor]
        corner = (round(mark.x * k - turned.width / 2), round(mark.y * k - shift * turned.height))
        big.paste(Image.new("RGB", turned.size, mark.colour), corner, turned)
