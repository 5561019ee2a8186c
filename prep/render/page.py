"""A page under the pen: what is drawn on it, and the flat sheet that comes out, before any camera."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from drawing.drawing import Bounds
from drawing.geometry import Polyline, resample
from prep.render.hand import figures_width, write_figures
from prep.render.ink import InkLayer
from prep.render.medium import MEDIA, Colour, Medium, MediumName
from prep.render.noise import Raster, blurred
from prep.render.paper import Paper, rough, sheet
from prep.render.truth import TrueDrawing, TrueNumber

_NUMBER_PEN = 0.8  # of the pen that draws


@dataclass(frozen=True)
class Hand:
    """What the artist has in the hand on one page."""

    medium: Medium
    pen: float
    """Width, px of the page."""
    colour: Colour
    opacity: float


def take(name: MediumName, height: int, rng: np.random.Generator) -> Hand:
    """A pen or pencil of this kind, for pages so high."""
    medium = MEDIA[name]
    dark, light = (np.array(colour) for colour in medium.colours)
    red, green, blue = dark + rng.random() * (light - dark)
    width = max(1.3, rng.uniform(*medium.width) * min(1.0, height / 1200))
    return Hand(medium, float(width), (red, green, blue), float(rng.uniform(*medium.opacity)))


class Page:
    """One page: lines go on in page pixels, as if it lay straight, and are turned as it lies on the glass."""

    def __init__(self, number: int, size: tuple[int, int], paper: Paper, hand: Hand, rng: np.random.Generator) -> None:
        self.number_on_it, self.paper, self.hand, self.rng = number, paper, hand, rng
        self.width, self.height = size
        self.binder = "left" if number % 2 else "right"
        self.angle = math.radians(rng.normal(0, 0.55))
        self.ink = InkLayer(*size, hand.medium)
        self.behind = InkLayer(*size, hand.medium)
        """The other side of the leaf, which shows through."""
        self.paint: Raster | None = None
        """What is painted or stuck on it, (h, w, 3), as it multiplies the paper."""
        self.drawings: list[TrueDrawing] = []
        self.number: TrueNumber | None = None

    def turned(self, line: Polyline) -> Polyline:
        """A line as it lies, for the page being turned a little."""
        c, s = math.cos(self.angle), math.sin(self.angle)
        centre = np.array([self.width / 2, self.height / 2])
        return (line - centre) @ np.array([[c, s], [-s, c]]) + centre

    def area(self, margin: float = 0.07) -> Bounds:
        """Where to draw; more is left free at the binder."""
        inner, outer = 0.11 * self.width, margin * self.width
        left, right = (inner, outer) if self.binder == "left" else (outer, inner)
        return left, 0.8 * margin * self.height, self.width - right, self.height * (1 - 0.9 * margin)

    def draw(self, lines: Sequence[Polyline], source: int) -> None:
        """Draw lines and keep what is true of them."""
        pen = self.hand.pen * self.rng.uniform(0.9, 1.12)
        lying = tuple(resample(self.turned(line), 2.0) for line in lines)
        self.ink.draw(lying, pen, self.rng)
        self.drawings.append(TrueDrawing(lying, pen, source))

    def write(self, lines: Sequence[Polyline], pen: float, swell: float = 0.15) -> None:
        """Write lines that are no drawing; ``pen`` is relative to the one that draws."""
        self.ink.draw([self.turned(line) for line in lines], pen * self.hand.pen, self.rng, swell)

    def show_through(self, lines: Sequence[Polyline]) -> None:
        """Have lines on the other side of the leaf."""
        self.behind.draw(lines, self.hand.pen, self.rng)

    def write_number(self) -> None:
        """Number the page by hand in the bottom corner at the binder."""
        text = str(self.number_on_it)
        size = self.rng.uniform(0.014, 0.021) * self.height
        wide = figures_width(text, size)
        edge = self.rng.uniform(0.055, 0.075) * self.width
        x = edge if self.binder == "left" else self.width - edge - wide
        y = self.height * self.rng.uniform(0.945, 0.962) - size / 2
        lines = tuple(self.turned(line) for line in write_figures(text, x, y, size, self.rng))
        self.ink.draw(lines, self.hand.pen * _NUMBER_PEN, self.rng)
        self.number = TrueNumber(text, lines)

    def flat(self) -> Raster:
        """The page by itself in even light, (h, w, 3), 0 to 255."""
        shape = (self.height, self.width)
        rgb = sheet(self.paper, shape, self.angle, self.binder, self.rng)
        if self.paint is not None:
            rgb = rgb * self.paint
        if self.behind.cover.any():
            through = blurred(self.behind.cover, 1.6)[:, ::-1]
            rgb -= np.float32(self.rng.uniform(5, 15)) * through[..., None]
        tooth = rough(self.rng, shape) if self.hand.medium.tooth else np.zeros(shape, dtype=np.float32)
        alpha = self.ink.alpha(tooth, self.hand.opacity, self.paper.grain, self.rng)[..., None]
        colour = np.array(self.hand.colour, dtype=np.float32)
        if self.paint is None and self.paper.name in ("toned", "kraft"):  # no ink is lighter than what it lies on
            colour = np.minimum(colour, np.array(self.paper.colour, dtype=np.float32))
        return rgb + (colour - rgb) * alpha
