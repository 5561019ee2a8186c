"""The pen's line on a page: which pixels are ink, and nothing else that is dark."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from prep.lighting import even, is_inverted, paper, reduced
from prep.margin import in_margin
from prep.marks import Marks
from prep.page import Page
from prep.rules import without_rules
from prep.window import greatest

_PALEST = 20  # of 255: less is no line, but the grain of the paper or the back of the page
_PENCIL = 115  # of 255: a paler line is a pencil's, which has grain and gaps
_GRAINY = 0.07  # grain of the paper, as a part of the pen's darkness, in which a line is hard to see
_GAPS = 0.75  # of what is dark enough elsewhere, over the gaps of a grainy line
_SHORT = 5.0  # pens: shorter marks are dirt
_CLEAR = 6.0  # times the grain of the paper: or if they are no darker than this, which fibres may be
_FAR = 20.0  # pens: if they lie farther than this from a line
_THIN = 5.0  # px: a wider pen is a brush, whose own line swells
_PALER = 0.9  # of the pen's darkness: what is as pale as this may be a stain,
_SOFT = 0.65  # if its edges are softer than so much of the pen's
_ALONG = 3  # pixels of half the size to either side over which a grainy line is smoothed


class InkSettings(BaseModel):
    """What counts as ink."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    dark: float = Field(default=0.5, gt=0, lt=1)
    """A line must be this dark somewhere, as a part of how dark the pen is on this page."""
    faint: float = Field(default=0.3, gt=0, lt=1)
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
    return dark_ink(even_page(page, rules=settings.rules), settings)


@dataclass(frozen=True)
class EvenPage:
    """A page without its light and shade: all that does not change while it is tried how dark ink must be."""

    light: NDArray[np.float32]
    """As in Ink."""
    ruled: NDArray[np.bool_] | None
    """(h, w): where printed lines were taken off; None where there are none."""
    notes: tuple[str, ...] = ()


def even_page(page: Page, *, rules: bool) -> EvenPage:
    """Divide light and shade out of a page, and take printed lines off it where ``rules`` says so."""
    rgb, notes = page.rgb, page.notes
    small = reduced(rgb)
    if is_inverted(small):
        rgb, small = 255 - rgb, 255 - small
        notes = (*notes, "The lines are lighter than the paper; the page was inverted.")
    light = even(rgb, paper(small))
    ruled = None
    if rules:
        light, ruled = without_rules(light)
    if ruled is not None:
        notes = (*notes, "The lines printed on the paper were left out.")
    return EvenPage(light, ruled, notes)


def dark_ink(page: EvenPage, settings: InkSettings) -> Ink:
    """What is dark enough on a page to be ink."""
    mask = _lines(page.light, page.ruled, settings)
    if not mask.any():
        return Ink(mask, page.light, 0.0, (*page.notes, "No line was found on this page."))
    return Ink(mask, page.light, line_width(mask), page.notes)


def _lines(light: NDArray[np.float32], ruled: NDArray[np.bool_] | None, settings: InkSettings) -> NDArray[np.bool_]:
    """What is dark enough, sharpened so that two lines side by side stay two and a thin one stays whole."""
    dark = ((1 - light) * 255).astype(np.uint8)
    darkness, noise = _pen_darkness(dark)
    rough = noise > _GRAINY * darkness
    if rough:
        dark = _softened(dark)
        darkness, noise = _pen_darkness(dark)
    if darkness == 0:
        return np.zeros(light.shape, bool)
    pen = line_width(dark > 0.5 * darkness)
    sharp = _sharpened(dark, pen, 0.5 if rough else 1.0)
    least = max(settings.faint * darkness, 4 * noise)
    dense = sharp > max(settings.dark * darkness, least)
    if pen < _THIN:
        dense &= ~_broad(dense, pen) | (dark > 0.9 * darkness)
    faint = dense | (sharp > least) & (_ridge(dark, pen) > 0.5 * least)
    if rough or darkness < _PENCIL:
        along = _smoothed_along(dark)
        faint |= (along > _GAPS * least) & (_ridge(along, pen + 1) > 0.5 * _GAPS * least)
    soft = _soft(dark, darkness, pen)
    faint &= ~soft
    dense &= ~soft
    marks = Marks(_filled(faint, pen))
    pen = line_width(dense)
    keep = (marks.within(dense) > 0) & (marks.lengths > settings.speck * pen)
    if ruled is not None:  # what is left of a rule here and there
        keep &= (marks.within(ruled) < 0.8 * marks.areas()) | (marks.means(dark) > 0.6 * darkness)
    if settings.edges:
        keep &= ~in_margin(marks, keep)
    keep &= (marks.lengths > _SHORT * pen) | (marks.means(dark) > _CLEAR * noise)
    keep &= ~_strays(marks, keep, pen)
    return marks.chosen(keep)


def _strays(marks: Marks, among: NDArray[np.bool_], pen: float) -> NDArray[np.bool_]:
    """(n + 1,): short marks, ``among`` these (n + 1,), that lie far from all that is longer: dirt, not a detail."""
    short = among & (marks.lengths < _SHORT * pen)
    longer = marks.boxes[among & ~short]
    found = np.zeros(marks.count + 1, bool)
    for number in np.flatnonzero(short):
        left, top, right, bottom = marks.boxes[number]
        across = np.maximum(longer[:, 0] - right, left - longer[:, 2])
        down = np.maximum(longer[:, 1] - bottom, top - longer[:, 3])
        found[number] = np.maximum(across, down).min(initial=np.inf) > _FAR * pen
    return found


def _broad(mask: NDArray[np.bool_], pen: float) -> NDArray[np.bool_]:
    """Parts of a mask that are more than twice as wide as the pen: stains, and pools of ink."""
    times = round(pen) + 1
    broad = mask
    for _ in range(times):
        broad = _shrunk(broad)
        if not broad.any():
            return broad
    for _ in range(times + 1):
        broad = _spread(broad)
    return broad


def _soft(dark: NDArray[np.uint8], darkness: float, pen: float) -> NDArray[np.bool_]:
    """What is paler than the pen and has no edge as clear as the pen's: rings of cups, rims of washes, shadows."""
    height, width = dark.shape
    steep = np.zeros_like(dark)
    for inner, one, other in (
        (steep[:, 1:-1], dark[:, 2:], dark[:, :-2]),
        (steep[1:-1], dark[2:], dark[:-2]),
    ):
        np.maximum(inner, np.maximum(one, other) - np.minimum(one, other), out=inner)
    span = 2 * round(0.5 * pen) + 1
    steepest, darkest = (greatest(_halved(each), span) for each in (steep, dark))
    clear = steepest / np.maximum(darkest, np.float32(1))
    line = _halved(dark) > _PALER * darkness
    if not line.any():
        return np.zeros(dark.shape, bool)
    soft = (darkest < _PALER * darkness) & (clear < _SOFT * np.median(clear[line]))
    whole = np.empty((2 * len(soft), 2 * soft.shape[1]), np.bool_)
    for down in (0, 1):
        whole[down::2, ::2] = whole[down::2, 1::2] = soft
    return whole[:height, :width]


def _halved(values: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The greatest of each two by two pixels."""
    values = np.pad(values, [(0, side % 2) for side in values.shape], mode="edge")
    rows = np.maximum(values[::2], values[1::2])
    return np.maximum(rows[:, ::2], rows[:, 1::2])


def _ridge(dark: NDArray[np.uint8], pen: float) -> NDArray[np.uint8]:
    """How much darker a pixel is than both sides, a pen's width off, in the direction where that is most."""
    step = max(2, round(0.75 * pen))
    height, width = dark.shape
    padded = np.pad(dark, step, mode="edge")
    ridge = np.zeros_like(dark)
    for x, y in ((1, 0), (0, 1), (1, 1), (1, -1)):
        far = round(step * 0.75) if x and y else step
        one, other = (
            padded[step + sign * y * far : step + sign * y * far + height, step + sign * x * far :][:, :width]
            for sign in (1, -1)
        )
        sides = np.maximum(one, other)
        np.maximum(ridge, dark - np.minimum(sides, dark), out=ridge)
    return ridge


def _pen_darkness(dark: NDArray[np.uint8]) -> tuple[float, float]:
    """How dark the pen is in the middle of its line, 0 if there is no line, and the grain of the paper; 0 to 255."""
    some = dark[1::3, 1::3]
    middle = float(np.median(some))
    noise = 1.4826 * float(np.mean(np.abs(some[some < middle + 25] - middle))) / 0.8 + 0.3
    counts = np.bincount(some.ravel(), minlength=256)
    threshold = int(max(_PALEST, 5 * noise))
    counts[:threshold] = 0
    if counts.sum() < 30:
        return 0.0, noise
    return float(np.searchsorted(np.cumsum(counts), 0.8 * counts.sum())), noise


def _softened(dark: NDArray[np.uint8]) -> NDArray[np.uint8]:
    from PIL import Image, ImageFilter

    return np.asarray(Image.fromarray(dark).filter(ImageFilter.GaussianBlur(1.0)))


def _smoothed_along(dark: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A grainy line, made whole: at least as dark as it is on average along the direction where that is most."""
    from PIL import Image

    half = Image.fromarray(dark).reduce(2)
    padded = np.pad(np.asarray(half).astype(np.uint16), _ALONG, mode="edge")
    most = np.zeros((half.height, half.width), np.uint16)
    for angle in np.arange(8) * np.pi / 8:
        total = np.zeros_like(most)
        for away in range(-_ALONG, _ALONG + 1):
            x, y = _ALONG + round(away * np.cos(angle)), _ALONG + round(away * np.sin(angle))
            total += padded[y : y + half.height, x : x + half.width]
        np.maximum(most, total, out=most)
    along = Image.fromarray((most // (2 * _ALONG + 1)).astype(np.uint8))
    return np.asarray(along.resize(dark.shape[::-1], Image.Resampling.BILINEAR))


def _sharpened(dark: NDArray[np.uint8], pen: float, amount: float) -> NDArray[np.int16]:
    """Darkness, raised by how far it is above that around, within some pen widths."""
    from PIL import Image, ImageFilter

    half = Image.fromarray(dark).reduce(2).filter(ImageFilter.BoxBlur(max(1.0, 0.65 * pen)))
    around = np.asarray(half.resize(dark.shape[::-1], Image.Resampling.BILINEAR))
    sharp = dark.astype(np.int16)
    if amount == 1.0:
        return sharp + (sharp - around)
    return sharp + ((sharp - around) >> 1)


def _filled(mask: NDArray[np.bool_], pen: float) -> NDArray[np.bool_]:
    """Without pinholes, which are grain; a loop that shows paper stays open."""
    near = np.pad(mask, 2)
    for _ in range(2):
        near = _spread(near)
    near = _shrunk(_shrunk(near))[2:-2, 2:-2]
    holes = Marks(near & ~mask, corners=False)
    outside = holes.within(_spread(~(near | mask)))
    return mask | holes.chosen((outside == 0) & (holes.areas() < max(3, 0.3 * pen * pen)))


def _spread(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """With the four neighbours of each pixel."""
    spread = mask.copy()
    spread[1:] |= mask[:-1]
    spread[:-1] |= mask[1:]
    spread[:, 1:] |= mask[:, :-1]
    spread[:, :-1] |= mask[:, 1:]
    return spread


def _shrunk(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Without the pixels one of whose four neighbours lies outside."""
    shrunk = mask.copy()
    shrunk[1:] &= mask[:-1]
    shrunk[:-1] &= mask[1:]
    shrunk[:, 1:] &= mask[:, :-1]
    shrunk[:, :-1] &= mask[:, 1:]
    return shrunk


def line_width(mask: NDArray[np.bool_]) -> float:
    """Width of the lines of a mask, by their area and the length of their outline (Cauchy-Crofton); 0 if empty."""
    area = int(np.count_nonzero(mask))
    if area == 0:
        return 0.0
    steps = np.count_nonzero(mask[1:] != mask[:-1]) + np.count_nonzero(mask[:, 1:] != mask[:, :-1])
    return float(2 * area / max(1.0, np.pi / 4 * steps))
