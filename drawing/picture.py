"""Drawings as pictures: PNG, contact sheets, and GIFs that draw themselves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from drawing.drawing import Bounds, Drawing
from drawing.errors import DrawingError
from drawing.geometry import segment_lengths
from studio.files import replacing

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""
PAPER = (247, 243, 232)
INK = (17, 17, 17)
CONNECTOR = (200, 80, 40)
CAPTION = (130, 122, 105)
TABLE = (206, 202, 192)
EDGE = (168, 160, 142)
MARGIN = (222, 215, 198)
TRAVEL = (70, 120, 190)
MOST_DOTS = 60_000
"""Dots of travel in one picture; more would hide the ink, and take long."""
_SHARP = 3  # drawn so many times larger, then scaled down: smooth lines from a plain rasteriser


def picture(
    drawing: Drawing,
    size: tuple[int, int] = (600, 600),
    *,
    box: Bounds | None = None,
    ink_px: float = 1.6,
    margin_px: int = 24,
    show_connectors: bool = False,
    ink: Colour = INK,
    paper: Colour = PAPER,
    over: Sequence[tuple[Drawing, Colour]] = (),
) -> Image.Image:
    """A drawing on paper colour, fitted and centred.

    Args:
        size: width and height in pixels.
        box: part of the plane to show; the drawing's bounds by default.
        show_connectors: connectors in colour rather than ink.
        over: more drawings in the same place, each in a colour of its own.
    """
    big = Image.new("RGB", (size[0] * _SHARP, size[1] * _SHARP), paper)
    pen, width = ImageDraw.Draw(big), round(ink_px * _SHARP)
    if drawing.lines:
        seen = box or drawing.bounds
        for each, colour in ((drawing, ink), *over):
            placed = _placed(each, seen, (0, 0, *size), margin_px).scale(_SHARP)
            _draw(pen, placed, width, show_connectors, colour)
    return big.resize(size, Image.Resampling.LANCZOS)


def page_picture(
    drawing: Drawing,
    page: tuple[float, float],
    *,
    long_px: int = 1200,
    margin: float = 0.0,
    pen: float = 0.3,
    travel_from: tuple[float, float] | None = None,
    show_connectors: bool = False,
) -> Image.Image:
    """A page as it will lie on the table: paper edge, margins, ink at its true width.

    Args:
        page: width and height of the paper, in the unit of the drawing, whose origin is its top left.
        long_px: the picture's longer side in pixels.
        margin: shown as lines where it is not 0.
        pen: width of the ink, never below a pixel.
        travel_from: where the pen rests; dots then show its way from there, between strokes and back.
        show_connectors: connectors in colour rather than ink.
    """
    width, height = page
    edge_px = max(4, long_px // 60)
    scale = (long_px - 2 * edge_px) / max(width, height)
    size = (round(width * scale) + 2 * edge_px, round(height * scale) + 2 * edge_px)
    big = Image.new("RGB", (size[0] * _SHARP, size[1] * _SHARP), TABLE)
    pencil = ImageDraw.Draw(big)
    k, zero = scale * _SHARP, edge_px * _SHARP

    def frame(inset: float, **colours: tuple[int, int, int]) -> None:
        corners = (zero + inset * k, zero + inset * k, zero + (width - inset) * k, zero + (height - inset) * k)
        pencil.rectangle(corners, width=_SHARP, **colours)

    frame(0.0, fill=PAPER, outline=EDGE)
    if 0 < margin < min(page) / 2:
        frame(margin, outline=MARGIN)
    placed = drawing.transform([[k, 0, zero], [0, k, zero]])
    if travel_from is not None:
        x, y = travel_from
        _dot_travel(pencil, placed, (x * k + zero, y * k + zero))
    _draw(pencil, placed, max(_SHARP, round(pen * k)), show_connectors)
    return big.resize(size, Image.Resampling.LANCZOS)


def _dot_travel(pencil: ImageDraw.ImageDraw, placed: Drawing, home: tuple[float, float]) -> None:
    """Dots along the straight ways of the lifted pen, home included."""
    rest = np.array([home])
    starts = np.concatenate([rest, *(line[-1:] for line in placed.lines)])
    stops = np.concatenate([*(line[:1] for line in placed.lines), rest])
    lengths = np.hypot(*(stops - starts).T)
    spacing = max(4.0 * _SHARP, float(lengths.sum()) / MOST_DOTS)
    ends = np.cumsum(lengths)
    at = np.arange(0.0, float(ends[-1]), spacing)
    which = np.searchsorted(ends, at, side="right")
    along = 1.0 - (ends[which] - at) / np.maximum(lengths[which], 1e-12)
    dots = np.rint(starts[which] + along[:, None] * (stops - starts)[which])
    side = range(-(_SHARP // 2), _SHARP // 2 + 1)
    for dx in side:
        for dy in side:
            pencil.point((dots + np.array([dx, dy])).ravel().tolist(), fill=TRAVEL)


def contact_sheet(
    drawings: Sequence[Drawing],
    columns: int,
    *,
    cell_px: int = 200,
    captions: Sequence[str] = (),
    ink_px: float = 1.3,
    show_connectors: bool = False,
) -> Image.Image:
    """Drawings in rows of ``columns``, each fitted to a square cell, captions below.

    Args:
        show_connectors: connectors in colour rather than ink.
    """
    if not drawings or columns < 1:
        raise DrawingError("A contact sheet needs a drawing and a column at least.")
    line_px = cell_px // 9 if captions else 0
    rows = math.ceil(len(drawings) / columns)
    width, height = columns * cell_px, rows * (cell_px + line_px)
    if width * height * _SHARP**2 > Image.MAX_IMAGE_PIXELS * 8 if Image.MAX_IMAGE_PIXELS else False:
        raise DrawingError(f"A contact sheet of {width} x {height} pixels is too large; show fewer drawings.")
    big = Image.new("RGB", (width * _SHARP, height * _SHARP), PAPER)
    pen = ImageDraw.Draw(big)
    font = cast(ImageFont.FreeTypeFont, ImageFont.load_default(size=line_px * 0.6 * _SHARP)) if captions else None
    for index, drawing in enumerate(drawings):
        x, y = index % columns * cell_px, index // columns * (cell_px + line_px)
        if drawing.lines:
            cell = (x, y, x + cell_px, y + cell_px)
            placed = _placed(drawing, drawing.bounds, cell, cell_px // 12).scale(_SHARP)
            _draw(pen, placed, round(ink_px * _SHARP), show_connectors)
        if font is not None and index < len(captions):
            place = ((x + cell_px / 2) * _SHARP, (y + cell_px + line_px * 0.4) * _SHARP)
            pen.text(place, captions[index], fill=CAPTION, font=font, anchor="mm")
    return big.resize((width, height), Image.Resampling.LANCZOS)


def save_png(path: Path, image: Image.Image) -> None:
    """Write a PNG, whole or not at all."""
    with replacing(path) as temporary:
        image.save(temporary, format="PNG", optimize=True)


def save_gif(
    path: Path, drawing: Drawing, size: tuple[int, int] = (400, 400), *, seconds: float = 4.0, frames: int = 48
) -> None:
    """Write a GIF in which the line is drawn at constant speed, then rests for a while."""
    if not drawing.lines:
        raise DrawingError(f"{path.name} was not written: the drawing is empty.")
    images = [
        picture(beginning(drawing, (index + 1) / frames), size, box=drawing.bounds).convert(
            "P", palette=Image.Palette.ADAPTIVE, colors=16
        )
        for index in range(frames)
    ]
    durations = [round(1000 * seconds / frames)] * (frames - 1) + [1500]
    with replacing(path) as temporary:
        images[0].save(
            temporary, format="GIF", save_all=True, append_images=images[1:], duration=durations, loop=0, optimize=True
        )


def beginning(drawing: Drawing, share: float) -> Drawing:
    """The first part of the drawing that holds this share (0 to 1) of its ink."""
    left = share * drawing.ink
    for index, line in enumerate(drawing.lines):
        steps = segment_lengths(line)
        total = float(steps.sum())
        if total <= left or share >= 1:
            left -= total
            continue
        ends = np.cumsum(steps)
        # never beyond the last segment, though sums in another order may differ by a rounding
        done = min(int(np.searchsorted(ends, left, side="right")), len(steps) - 1)
        rest = 1.0 - (ends[done] - left) / steps[done] if steps[done] > 0 else 1.0
        part = np.concatenate([line[: done + 1], [line[done] + min(rest, 1.0) * (line[done + 1] - line[done])]])
        marks = drawing.connectors and (*drawing.connectors[:index], drawing.connectors[index][: done + 1])
        return Drawing((*drawing.lines[:index], part), marks)
    return drawing


def _placed(drawing: Drawing, box: Bounds, cell: tuple[int, int, int, int], margin: int) -> Drawing:
    """The drawing moved so that the box lies centred in a cell of pixels."""
    left, top, right, bottom = box
    x0, y0, x1, y1 = cell
    room = (max(1, x1 - x0 - 2 * margin), max(1, y1 - y0 - 2 * margin))
    factor = min(room[0] / max(right - left, 1e-9), room[1] / max(bottom - top, 1e-9))
    if max(right - left, bottom - top) < 1e-9:
        factor = 0.0
    dx = (x0 + x1) / 2 - factor * (left + right) / 2
    dy = (y0 + y1) / 2 - factor * (top + bottom) / 2
    return drawing.transform([[factor, 0, dx], [0, factor, dy]])


def _draw(pen: ImageDraw.ImageDraw, placed: Drawing, width: int, show_connectors: bool, ink: Colour = INK) -> None:
    for index, line in enumerate(placed.lines):
        points: list[tuple[float, float]] = [(x, y) for x, y in line.tolist()]
        pen.line(points, fill=ink, width=width, joint="curve")
        for x, y in (points[0], points[-1]):
            pen.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=ink)
        if show_connectors:
            for segment in placed.marks(index).nonzero()[0]:
                pen.line(points[segment : segment + 2], fill=CONNECTOR, width=width)
