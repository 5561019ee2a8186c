"""What a page in small is like, in numbers that tell drawings, patterns, watercolours, notes, covers, bad scans apart.

A page is taken apart into thin things, the ink, and what is left without them, the wash: paper, shadows, paint. The
light is divided out, so that neither the paper's tone nor a lamp beside the page counts, and evenly ruled or squared
paper is no ink.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prep.window import greatest, least

NAMES: tuple[str, ...] = (
    "painted",  # whether much of the page has a colour of its own: -1 bare to 1 painted
    "colourfulness",  # how strong the strongest colours of the wash are
    "colours",  # how far the colours of the wash lie apart
    "mottled",  # how uneven the wash is, shadows aside
    "darkness",  # of the paper
    "border",  # how dark the paper is along the border, where covers are, and paintings are not
    "ink",  # how much of the page is ink
    "spread",  # how much of the page has ink near
    "evenness",  # how evenly the ink lies where there is any
    "lines",  # how far the ink lies in rows as those of writing
    "pieces",  # how many pieces the ink is in
    "largest",  # how much of the ink the largest piece has
    "small",  # how much of the ink is in pieces as small as words
    "height",  # of the pieces, in the mean over the ink
    "sharpness",  # how sudden the edges of the ink are: -1 blurred to 1 sharp
)
"""What each feature measures: shares, logarithms and roots, so that a step means as much wherever it is taken."""

WEIGHTS: tuple[float, ...] = (1.5, 1, 1, 0.5, 0.5, 0.7, 1, 1, 0.5, 0.5, 1, 1, 1.5, 1.5, 2)
"""How much each counts in a distance, after it is divided by its standard deviation. Nothing but sharpness tells a bad
scan of a drawing from a drawing; tones of paper tell little."""

SIDE = 640
"""Long side of the picture that the features are made for, in pixels."""
SIDES = (540, 740)
"""Long sides that do as well; any other picture is brought to SIDE."""

_NARROWEST = 120  # px; strips are widened
_THIN = 13  # px of the half size: darker things narrower than this are ink, wider ones are wash
_DOT = 5  # px of the half size, in all: smaller things are grain, and the dots of dotted paper
_WORD = 0.035  # of the long side: writing is lower than this
_ROWS = (5, 26)  # px of the half size from line to line of writing
_PAINTED = 0.2  # of the page; a drawing with a pale wash has less, a watercolour more
_BLURRED = -0.48  # the logarithm of sharpness that is neither

Plane = NDArray[np.float32]


def page_features(rgb: NDArray[np.uint8]) -> Plane:
    """The features of a page, (F,), in the order of NAMES.

    Args:
        rgb: (h, w, 3), as displayed.
    """
    from PIL import Image

    image = Image.fromarray(rgb)
    if not (SIDES[0] <= max(image.size) <= SIDES[1] and min(image.size) >= _NARROWEST):
        scale = SIDE / max(image.size)
        size = max(_NARROWEST, round(image.width * scale)), max(_NARROWEST, round(image.height * scale))
        image = image.resize(size, Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR)
    grey = np.asarray(image.convert("L"))
    image = image.reduce(2)
    red, green, blue = (np.asarray(band) for band in image.split())
    depth = _depth(np.minimum(np.minimum(red, green), blue))  # a coloured pen is dark in one of them
    ink = depth > max(25.0, 0.4 * float(np.quantile(depth[::2, ::2], 0.995)))
    ink, pieces = _pieces(ink)
    wash = np.asarray(image.reduce(2))
    wash = least(greatest(wash, _THIN // 4 * 2 + 1), _THIN // 4 * 2 + 1)
    return np.array((*_wash(wash), *_layout(ink), *pieces, _sharpness(grey)), np.float32)


def _wash(closed: NDArray[np.uint8]) -> tuple[float, ...]:
    """painted, colourfulness, colours, mottled, darkness, border."""
    wash = closed.astype(np.float32) + 8
    rows, columns = wash.shape[0] // 12 + 1, wash.shape[1] // 12 + 1
    red, green, blue = (np.ascontiguousarray(wash[rows:-rows, columns:-columns, band]) for band in range(3))
    light = (red + green + blue) / 3
    bright = light >= np.quantile(light, 0.7)
    warm, yellow = (red - green) / light, 0.6 * (red + green - 2 * blue) / light
    away = np.hypot(warm - np.median(warm[bright]), yellow - np.median(yellow[bright]))
    steps = np.log(light)
    steps = np.abs(np.diff(steps, axis=0))[:, 1:] + np.abs(np.diff(steps, axis=1))[1:]
    ring = np.concatenate([wash[2:rows].reshape(-1, 3), wash[-rows:-2].reshape(-1, 3)])  # at the sides is the binder
    return (
        float(np.tanh((np.mean(away / (away + 0.06) * (away > 0.03)) - _PAINTED) / 0.1)),
        _log(float(np.quantile(away, 0.95)), 0.06),
        _log(float(np.sqrt(warm.var() + yellow.var())), 0.04),
        _log(float(steps.mean()), 0.01),
        float(np.sqrt(-np.log(min(1.0, np.median(light) / 255)))),
        float(np.sqrt(-np.log(min(1.0, np.median(ring.mean(axis=1)) / 255)))),
    )


def _depth(half: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """How much darker than the wash each pixel is, 0 to 255, less what goes on all along a row or column."""
    wash = least(greatest(half, _THIN), _THIN)
    depth = ((wash - half).astype(np.float32) * (255 / (wash.astype(np.float32) + 8))).astype(np.uint8)
    along = np.maximum(_along(depth), _along(np.ascontiguousarray(depth.T)).T)
    return depth - np.minimum(depth, along)


def _along(depth: NDArray[np.uint8], length: int = 48) -> NDArray[np.uint8]:
    """The lower third of each stretch of a row, at each pixel: what a ruled line has, and writing has not."""
    height, width = depth.shape
    stretches = max(1, width // length)
    each = width // stretches
    parts = np.sort(depth[:, : stretches * each].reshape(height, stretches, each)[:, :, ::6], axis=2)
    level = parts[:, :, parts.shape[2] // 3].repeat(each, axis=1)
    return np.pad(level, ((0, 0), (0, width - stretches * each)), mode="edge")


def _layout(ink: NDArray[np.bool_]) -> tuple[float, ...]:
    """ink, spread, evenness, lines."""
    height, width = ink.shape
    inner = ink[height // 16 : height - height // 16, width // 16 : width - width // 16]
    share = float(inner.mean())
    rows, columns = inner.shape[0] // 14, inner.shape[1] // 10
    cells = inner[: rows * 14, : columns * 10].reshape(14, rows, 10, columns).mean(axis=(1, 3))
    some = cells[cells > 0.002]
    evenness = float(some.std() / some.mean()) if some.size > 3 else 1.5
    return (
        _log(share, 0.004),
        float(np.mean(cells > 0.002)),
        -_log(evenness, 0.2),
        _rows_of(inner),
    )


def _rows_of(ink: NDArray[np.bool_]) -> float:
    """How alike the ink is to itself some rows further down, at the best distance of lines of writing, -1 to 1."""
    strips = np.array_split(ink, 5, axis=1)
    alike = np.zeros(_ROWS[1] + 8)
    weight = 1e-9
    for strip in strips:
        profile = strip.mean(axis=1)
        wide = np.convolve(np.pad(profile, 15, mode="edge"), np.ones(31) / 31, mode="valid")
        rest = profile - wide
        power = float(rest @ rest)
        if power < 1e-4:
            continue
        many = min(len(alike), len(rest) - 1)
        curve = np.correlate(rest, rest, mode="full")[len(rest) - 1 :][:many]
        alike[:many] += curve / power * float(profile.sum())
        weight += float(profile.sum())
    alike /= weight
    far = alike[_ROWS[0] : _ROWS[1]]
    # a single hump falls from where it begins; lines of writing rise again after a gap
    gaps = np.minimum.accumulate(alike)[_ROWS[0] - 1 : _ROWS[1] - 1]
    return float(np.max(far - np.minimum(gaps, 0.0)))


def _pieces(ink: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], tuple[float, ...]]:
    """The ink without dots, and: pieces, largest, small, height."""
    from scipy.ndimage import find_objects, label

    found = np.zeros(ink.shape, np.int32)
    joined = greatest(ink.view(np.uint8), 3)  # a pencil leaves gaps
    label(joined, np.ones((3, 3), bool), output=found)
    count = int(found.max())
    found[~ink] = 0
    sizes = np.bincount(found.ravel(), minlength=count + 1).astype(np.float64)
    sizes[0] = 0
    whole = sizes > _DOT
    ink = whole[found]
    rows, columns = ink.shape[0] // 40, ink.shape[1] // 40
    seen = np.bincount(found[rows : -rows or None, columns : -columns or None].ravel(), minlength=count + 1) * whole
    if seen.sum() < 20:
        return ink, (0.0, 0.0, 0.0, _log(0.0, 0.01))
    boxes = find_objects(found)
    heights = np.array([0, *(box[0].stop - box[0].start for box in boxes)]) / max(ink.shape)
    widths = np.array([0, *(box[1].stop - box[1].start for box in boxes)]) / max(ink.shape)
    share = seen / seen.sum()
    low = (heights < _WORD) & (widths < 6 * _WORD)
    return ink, (
        _log(np.count_nonzero(seen) / 10, 0.2),
        float(share.max()),
        float(share[low].sum()),
        float((share * np.log(heights + 0.01)).sum()),
    )


def _sharpness(grey: NDArray[np.uint8]) -> float:
    """The steepest step at strong edges, as a part of their whole height, from -1 blurred to 1 sharp."""
    rows, columns = grey.shape[0] // 16, grey.shape[1] // 16
    inner = np.ascontiguousarray(grey[rows : -rows or None, columns : -columns or None])
    here, above, before = inner[1:, 1:], inner[:-1, 1:], inner[1:, :-1]
    steps = np.maximum(
        np.maximum(here, above) - np.minimum(here, above), np.maximum(here, before) - np.minimum(here, before)
    )
    height = greatest(here, 5) - least(here, 5)
    strong = height > max(16, 0.6 * float(np.quantile(height[::3, ::3], 0.99)))
    if np.count_nonzero(strong) < 30:
        return 0.0
    sharp = float(np.median(greatest(steps, 5)[strong] / height[strong]))
    return float(np.tanh((np.log(sharp + 0.02) - _BLURRED) / 0.15))


def _log(value: float, floor: float) -> float:
    return float(np.log(value + floor))
