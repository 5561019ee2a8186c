"""Pictures of a density: where the next point was expected all along a drawing, and how surely, step by step.

Above lies the drawing over the sum of all its mixtures, below a strip with the entropy of each and how
unlikely the point was that came. Every so many points carry the same numbers in both.
"""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from drawing.density import Density
from drawing.density_layout import Layout, lay_out
from drawing.picture import CAPTION, INK, PAPER

HEAT = ((247, 243, 232), (244, 222, 178), (236, 170, 104), (205, 92, 56), (122, 34, 34))
"""From where nothing was expected to where most was; each darker than the one before, so that grey tells it too."""
SURE = (205, 92, 56)
_SHARP = 3
DARKEST = 0.995
"""Share of the ground that is lighter than the darkest tone."""


def density_picture(found: Density, width_px: int = 1200) -> Image.Image:
    """The picture, so wide."""
    layout = lay_out(found, width_px)
    size = (round(layout.width), round(layout.height))
    ground = Image.new("RGB", size, PAPER)
    left, top, right, bottom = (round(value) for value in layout.box)
    ground.paste(Image.fromarray(_shaded(found, layout, (right - left, bottom - top))), (left, top))
    big = ground.resize((size[0] * _SHARP, size[1] * _SHARP), Image.Resampling.BICUBIC)
    pencil = ImageDraw.Draw(big)
    _draw_line(pencil, found, layout)
    _draw_strip(pencil, layout)
    return big.resize(size, Image.Resampling.LANCZOS)


def _shaded(found: Density, layout: Layout, size: tuple[int, int]) -> NDArray[np.uint8]:
    """The sum of all mixtures as colours, (h, w, 3)."""
    heat = _heat(found, layout, size)
    floor = heat[heat > 0].mean() / 50 if (heat > 0).any() else 1.0
    tone = np.log1p(heat / floor)
    top = float(np.quantile(tone[tone > 0], DARKEST)) if (tone > 0).any() else 1.0
    share = np.clip(tone / top, 0.0, 1.0)
    stops = np.linspace(0.0, 1.0, len(HEAT))
    colours = np.stack([np.interp(share, stops, [each[channel] for each in HEAT]) for channel in range(3)], axis=-1)
    return np.rint(colours).astype(np.uint8)


def _heat(found: Density, layout: Layout, size: tuple[int, int]) -> NDArray[np.float64]:
    """Sum of the densities over each pixel, (h, w); a component narrower than a pixel is as wide as one."""
    width, height = size
    heat = np.zeros((height, width))
    left, top = layout.box[0], layout.box[1]
    for step in range(len(found.weights) - 1):  # after the last point the drawing ends
        for weight, mean, covariance in zip(
            found.weights[step], found.means[step], found.covariances[step], strict=True
        ):
            if weight < 1e-3:
                continue
            x, y = layout.place(mean[None])[0] - (left, top)
            spread = covariance * layout.factor**2 + np.eye(2)
            reach_x, reach_y = 4.0 * np.sqrt(np.diag(spread))
            x0, x1 = max(0, int(x - reach_x)), min(width, int(x + reach_x) + 2)
            y0, y1 = max(0, int(y - reach_y)), min(height, int(y + reach_y) + 2)
            if x0 >= x1 or y0 >= y1:
                continue
            dx, dy = np.arange(x0, x1) + 0.5 - x, (np.arange(y0, y1) + 0.5 - y)[:, None]
            (xx, xy), (_, yy) = spread.tolist()
            size = xx * yy - xy * xy
            square = (yy * dx**2 - 2 * xy * dx * dy + xx * dy**2) / size
            peak = weight / (2 * np.pi * np.sqrt(size))
            heat[y0:y1, x0:x1] += peak * np.exp(-0.5 * square)
    return heat


def _draw_line(pencil: ImageDraw.ImageDraw, found: Density, layout: Layout) -> None:
    ink = max(1, round(layout.unit * 0.16 * _SHARP))
    for line in found.drawing.lines:
        placed = layout.place(line) * _SHARP
        pencil.line([(x, y) for x, y in placed.tolist()], fill=INK, width=ink, joint="curve")
    font = _font(layout.unit * 1.5)
    for number, (x, y), (tx, ty) in layout.numbers:
        r = layout.unit * 0.28 * _SHARP
        x, y = x * _SHARP, y * _SHARP
        pencil.ellipse((x - r, y - r, x + r, y + r), fill=INK)
        pencil.text(
            (tx * _SHARP, ty * _SHARP), str(number), fill=INK, font=font, anchor="mm",
            stroke_width=_SHARP, stroke_fill=PAPER,
        )  # fmt: skip


def _draw_strip(pencil: ImageDraw.ImageDraw, layout: Layout) -> None:
    def sharp(points: NDArray[np.float64]) -> list[tuple[float, float]]:
        return [(x, y) for x, y in (points * _SHARP).tolist()]

    strip, font = layout.strip, _font(layout.unit * 1.5)
    for x in strip.lifts:
        pencil.line(sharp(np.array([[x, strip.top], [x, strip.bottom]])), fill=HEAT[1], width=_SHARP * 2)
    pencil.polygon(sharp(strip.area), fill=HEAT[1])
    pencil.line(sharp(strip.entropy), fill=SURE, width=round(layout.unit * 0.2 * _SHARP), joint="curve")
    r = layout.unit * 0.26 * _SHARP
    for x, y in sharp(strip.nats):
        pencil.ellipse((x - r, y - r, x + r, y + r), fill=INK)
    pencil.line(sharp(strip.base), fill=CAPTION, width=_SHARP)
    for text, (x, y), anchor in strip.labels:
        pencil.text((x * _SHARP, y * _SHARP), text, fill=CAPTION, font=font, anchor=anchor)


def _font(size: float) -> ImageFont.FreeTypeFont:
    return cast(ImageFont.FreeTypeFont, ImageFont.load_default(size=size * _SHARP))
