"""The pen's line on a page: which pixels are ink, and nothing else that is dark."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from prep.lighting import even, paper
from prep.marks import find_marks
from prep.page import Page


class InkSettings(BaseModel):
    """What counts as ink."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    dark: float = Field(default=0.6, gt=0, lt=1)
    """A line must be this dark somewhere, as a part of how dark the pen is on this page."""
    faint: float = Field(default=0.4, gt=0, lt=1)
    """And may fade to this; less follows a failing pen farther, and picks up more dirt."""
    speck: float = Field(default=2.5, ge=0, le=50)
    """Marks no longer than this many pen widths are dirt."""
    edges: bool = True
    """Whether binder rings, holes and shadows at the edges of the page are left out."""
    rules: bool = True
    """Whether printed lines of ruled, squared and dotted paper are left out."""


@dataclass(frozen=True)
class Ink:
    """The ink of a page."""

    mask: NDArray[np.bool_]
    """(h, w): the pen's line only."""
    light: NDArray[np.float32]
    """(h, w): 1 for paper, 0 for black, with light and shade divided out."""
    pen: float
    """Width of the line in page pixels, the median over its length; 0 on an empty page."""
    notes: tuple[str, ...] = ()
    """What a person should know, a sentence each; those of scan and page come first."""


def find_ink(page: Page, settings: InkSettings | None = None) -> Ink:
    """The ink of a page. A page without a line has an empty mask and a note that says so; nothing is raised."""
    settings = settings or InkSettings()
    under = paper(page.rgb)
    light = even(page.rgb, under)
    darkness = pen_darkness(light)
    if darkness == 0:
        return _empty(page, light)
    mask = _linked(light < 1 - settings.faint * darkness, light < 1 - settings.dark * darkness)
    pen = line_width(mask)
    if pen == 0:
        return _empty(page, light)
    mask = _clean(mask, pen, settings)
    if not mask.any():
        return _empty(page, light)
    return Ink(mask, light, line_width(mask), page.notes)


def _empty(page: Page, light: NDArray[np.float32]) -> Ink:
    return Ink(np.zeros(light.shape, bool), light, 0.0, (*page.notes, "No line was found on this page."))


def pen_darkness(light: NDArray[np.float32]) -> float:
    """How dark the pen is in the middle of its line, 0 to 1; 0 if there is no line."""
    dark = 1 - light[1:-1, 1:-1]
    noise = 1.4826 * float(np.median(np.abs(dark[::4, ::4] - np.median(dark[::4, ::4]))))
    threshold = max(0.12, 5 * noise)
    values = dark[dark > threshold]
    if values.size < 30:
        return 0.0
    # the middle of a line is darker than its sides: of its pixels about the darkest third
    return float(np.percentile(values, 75))


def line_width(mask: NDArray[np.bool_]) -> float:
    """Width of the lines of a mask, by their area and the length of their outline (Cauchy-Crofton); 0 if empty."""
    area = int(np.count_nonzero(mask))
    if area == 0:
        return 0.0
    steps = np.count_nonzero(mask[1:] != mask[:-1]) + np.count_nonzero(mask[:, 1:] != mask[:, :-1])
    return 2 * area / max(1.0, np.pi / 4 * steps)


def _linked(faint: NDArray[np.bool_], dark: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Faint parts that touch dark ones."""
    marks = find_marks(faint)
    return marks.chosen(marks.touched(dark) > 0)


def _clean(mask: NDArray[np.bool_], pen: float, settings: InkSettings) -> NDArray[np.bool_]:
    marks = find_marks(mask)
    height, width = mask.shape
    keep = np.maximum(marks.widths, marks.heights) > settings.speck * pen
    if settings.edges:
        left, top, right, bottom = marks.boxes.T
        strip = 0.06 * min(width, height)
        keep &= ~((left < 3) & (right < strip) | (right > width - 3) & (left > width - strip))
        keep &= ~((top < 3) & (bottom < strip) | (bottom > height - 3) & (top > height - strip))
    return marks.chosen(keep)
