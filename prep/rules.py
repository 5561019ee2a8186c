"""Printed lines of ruled and squared paper, and how they are divided out without cutting the pen's line."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from prep.window import greatest, least

Plane = NDArray[np.float32]

_STRIPS = 24  # a rule is followed across the page through so many strips
_SLANT = 0.045  # steepest rule, as a slope: 2.6 degrees
_FAN = 0.012  # and how much the slopes of two at the ends of the page may differ from those in the middle
_EDGE = 0.012  # part of the page at its edges where shadows of the binding look like rules
_PALE = 0.16  # what is darker than this counts as this dark, lest the drawing outweighs the rules
_EVERY = 8  # a rule's own light is looked at in one of so many columns
_FINE = 4  # parts of a pixel in which the profile of a rule is told apart
_REACH = 4  # a rule and its blur are no wider than this to either side, px
_STEP = 0.02  # how much darker a heavier rule is, at least
_NEAR = 5  # a rule is looked for so far from where it should be, less beside another, px
_FEWEST = 4  # so many rules at one distance are ruled paper; fewer are drawn lines


def without_rules(light: Plane) -> tuple[Plane, NDArray[np.bool_] | None]:
    """Light (h, w) with printed rules divided out, and where they were (h, w); None if there were none.

    A rule is taken for part of the paper: light is divided by the rule's own, as it is in the middle
    along some centimetres of it. Where the pen crosses, the pen's darkness remains.
    """
    from PIL import Image

    dark = Image.fromarray(np.minimum(1 - light, _PALE))
    wide, high = (max(1, length // _STRIPS) for length in dark.size)
    across = _rules(np.asarray(dark.reduce((wide, 1))).T, wide, dark.width)
    down = _rules(np.asarray(dark.reduce((1, high))), high, dark.height)
    if not len(across) and not len(down):
        return light, None
    light = light.copy()
    ruled = np.zeros(light.shape, bool)
    for plane, where, rules in ((light, ruled, across), (light.T, ruled.T, down)):
        for group in rules:
            for alike in _alike(plane, group):
                _divide(plane, where, alike)
    return light, ruled


def _rules(strips: NDArray[np.float32], wide: int, width: int) -> list[NDArray[np.float64]]:
    """The height of each rule in each column, (n, width) for each group of rules that are alike.

    ``strips`` (strips, h) is how dark the page is on average over so many columns, ``wide``.
    """
    strips = _risen(strips[: width // wide])
    centres = np.arange(len(strips), dtype=np.float64) * wide + (wide - 1) / 2
    away = centres - centres.mean()
    calm = strips.copy()
    edge = round(_EDGE * calm.shape[1])
    calm[:, :edge] = calm[:, calm.shape[1] - edge :] = 0
    slopes = _slopes(calm, away)  # (h,)
    ranked = np.sort(_sheared(calm, slopes, away), axis=0)
    common, everywhere = (ranked[round(part * (len(ranked) - 1))] for part in (0.3, 0.1))
    ruled = _regular(_peaks(common))
    single = [peak for peak in _peaks(everywhere, 0.03) if all(abs(peak - other) > 4 for other in ruled)]
    every = sorted((*ruled, *single))
    level = _shifted(calm, slopes, away).mean(axis=0)
    rules: dict[int, NDArray[np.float64]] = {}
    for before, peak, after in zip((-99, *every), every, (*every[1:], 99_999), strict=False):
        apart = (min(peak - before, after - peak) - 1) // 2
        around = np.clip(np.arange(peak - 2, peak + 3), 0, len(level) - 1)
        middle = int(around[level[around].argmax()]) if apart < _NEAR else peak  # _sheared has widened it
        rules[peak] = _followed(strips, centres, slopes, width, middle, int(np.clip(apart, 2, _NEAR)))
    return [np.stack([rules[peak] for peak in group]) for group in (ruled, *([peak] for peak in single)) if group]


def _risen(strips: NDArray[np.float32]) -> NDArray[np.float32]:
    """What stands out of its surroundings along each strip."""
    return strips - greatest(least(strips, 25, (1,)), 25, (1,))


def _slopes(strips: NDArray[np.float32], away: NDArray[np.float64]) -> NDArray[np.float64]:
    """The slope of rules at each height (h,); a page that is not quite flattened has them fan out."""
    length = strips.shape[1]
    halves = strips[:, : length // 2 * 2].reshape(len(strips), -1, 2).mean(axis=2)
    slope, _ = _slant(halves, away / 2, np.arange(-_SLANT, _SLANT, 1.5 / np.ptp(away)))
    fan = slope + np.arange(-_FAN, _FAN, 1.5 / np.ptp(away))
    parts = [slice(a, a + halves.shape[1] // 2) for a in (np.array([0, 0.25, 0.5]) * halves.shape[1]).astype(int)]
    found = np.array([_slant(halves[:, part], away / 2, fan) for part in parts])
    middles = [part.start + part.stop for part in parts]
    # how much better than the slopes beside it each was is how far it is to be trusted
    line = np.polyfit(middles, found[:, 0], 1, w=found[:, 1] + 1e-9)
    alike, fanned = np.full(length, slope), np.polyval(line, np.arange(length))
    # where there are few rules, those of a part may be no rules at all
    return max(alike, fanned, key=lambda slopes: _agreement(strips, slopes, away))


def _agreement(strips: NDArray[np.float32], slopes: NDArray[np.float64], away: NDArray[np.float64]) -> float:
    """How well strips agree that are shifted by slopes (h,)."""
    total = _shifted(strips, slopes, away).sum(axis=0)
    return float(total @ total)


def _slant(strips: NDArray[np.float32], away: NDArray[np.float64], slopes: NDArray[np.float64]) -> tuple[float, float]:
    """The slope at which strips agree best, and by how much better than at others."""
    length = strips.shape[1]
    pad = int(np.ceil(np.abs(slopes).max() * np.abs(away).max())) + 1
    padded = np.pad(strips, ((0, 0), (pad, pad)))
    shifts = pad + np.rint(away[:, None] * slopes).astype(int)  # (strips, slopes)
    totals = np.zeros((len(slopes), length), np.float32)
    for strip, shift in zip(padded, shifts, strict=True):
        totals += sliding_window_view(strip, length)[shift]
    scores = [float(total @ total) for total in totals]
    best = int(np.argmax(scores))
    return float(slopes[best]), scores[best] - float(np.median(scores))


def _sheared(
    strips: NDArray[np.float32], slopes: NDArray[np.float64], away: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Strips shifted so that slanting rules lie level, each as wide as what one may be off."""
    return _shifted(greatest(strips, 5, (1,)), slopes, away)


def _shifted(
    strips: NDArray[np.float32], slopes: NDArray[np.float64], away: NDArray[np.float64]
) -> NDArray[np.float32]:
    rows = np.arange(strips.shape[1])
    index = np.clip(rows[None, :] + np.rint(slopes * away[:, None]).astype(int), 0, len(rows) - 1)
    return np.take_along_axis(strips, index, axis=1)


def _peaks(profile: NDArray[np.floating], threshold: float = 0.012) -> list[int]:
    middle = np.median(profile)
    spread = 1.4826 * float(np.median(np.abs(profile - middle)))
    inner = profile[1:-1]
    peaked = (inner > max(threshold, middle + 6 * spread)) & (inner >= profile[:-2]) & (inner > profile[2:])
    peaks = 1 + np.flatnonzero(peaked)
    return peaks[(peaks > 6) & (peaks < len(profile) - 7)].tolist()


def _regular(peaks: list[int]) -> list[int]:
    """The peaks, and one more at each end, if they have one distance as on ruled paper; otherwise none."""
    from scipy import ndimage

    if len(peaks) < _FEWEST:
        return []
    gaps = np.diff(peaks)
    gap = ndimage.median_filter(gaps, 7, mode="nearest")
    near = np.abs(gaps - gap) <= np.maximum(3, 0.08 * gap)
    if np.median(gap) < 10 or near.mean() < 0.6 or near.sum() < _FEWEST - 1:
        return []
    if gaps[near].sum() < 0.5 * gaps.sum():  # some double lines far from each other
        return []
    # those next to the first and the last may leave the page aslant
    first, last = peaks[0], peaks[-1]
    return [first - int(gap[0]), *peaks, last + int(gap[-1])]


def _followed(
    strips: NDArray[np.float32],
    centres: NDArray[np.float64],
    slopes: NDArray[np.float64],
    width: int,
    peak: int,
    reach: int,
) -> NDArray[np.float64]:
    """The height of one rule in each column of the page, looked for within ``reach`` of its peak."""
    from scipy import ndimage

    places = peak + slopes[min(max(peak, 0), len(slopes) - 1)] * (centres - centres.mean())
    rows = np.clip(np.rint(places).astype(int)[:, None] + np.arange(-reach, reach + 1), 0, strips.shape[1] - 1)
    values = np.take_along_axis(strips, rows, axis=1)
    highest = values.max(axis=1)
    peaked = np.maximum(values - 0.3 * highest[:, None], 0)
    total = peaked.sum(axis=1)
    found = (peaked * rows).sum(axis=1) / np.maximum(total, 1e-9)
    strong = (highest > 0.4 * np.median(highest)) & (total > 0) & (np.abs(rows[:, reach] - places) < 1)
    offsets = ndimage.median_filter(np.where(strong, found - places, 0), 9, mode="nearest")
    return np.interp(np.arange(width), centres, places + offsets)


def _alike(light: Plane, rules: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Rules (n, w) in groups that are about as dark as each other: every fifth line may be a heavy one."""
    columns = np.arange(0, light.shape[1], _EVERY)
    rows = np.rint(rules[:, columns]).astype(int)[..., None] + np.arange(-1, 2)  # (n, w / 8, 3)
    values = 1 - light[np.clip(rows, 0, len(light) - 1), columns[:, None]].mean(axis=2)
    darkness = np.median(values, axis=1)
    order = np.argsort(darkness)
    steps = np.diff(darkness[order])
    cuts = 1 + np.flatnonzero((steps > _STEP) & (steps > 0.25 * darkness[order[:-1]]))
    return [rules[np.sort(part)] for part in np.split(order, cuts)]


def _divide(light: Plane, ruled: NDArray[np.bool_], rules: NDArray[np.float64]) -> None:
    """Divides rules that are alike and run across, (n, w), out of a page in place, and marks where they were."""
    from scipy import ndimage

    height, width = light.shape
    offsets = np.arange(-_REACH, _REACH + 1)[:, None]
    rows = np.rint(rules).astype(int)[:, None, :] + offsets  # (n, 2 reach + 1, w)
    inside = (rows >= 0) & (rows < height)
    away = (rows - rules[:, None, :]).astype(np.float32)
    columns = np.arange(width)
    values = 1 - light[np.clip(rows, 0, height - 1), columns]
    # how dark the rules are so far from their middles: the median over all of them
    bins = np.rint((away + _REACH + 0.5) * _FINE).astype(int)
    whole = inside.all(axis=(1, 2))
    if not whole.any():
        return
    every = max(1, values.size // 80_000)
    some, sorted_values = bins[whole, :, ::every].ravel(), values[whole, :, ::every].ravel()
    order = np.argsort(some, kind="stable")
    ends = np.searchsorted(some[order], np.arange((2 * _REACH + 1) * _FINE + 2))
    sorted_values = sorted_values[order]
    medians = [float(np.median(sorted_values[a:b])) if b > a else np.nan for a, b in pairwise(ends)]
    known = np.flatnonzero(~np.isnan(medians))
    shape = np.interp(np.arange(len(medians)), known, np.array(medians)[known]).astype(np.float32)
    if shape.max() < 0.02:
        return
    typical = shape[np.clip(bins, 0, len(shape) - 1)]  # (n, 2 reach + 1, w)
    # and how much darker or paler each is here and there
    near = np.s_[:, _REACH - 1 : _REACH + 2, ::_EVERY]
    strength = values[near].sum(axis=1) / np.maximum(typical[near].sum(axis=1), 0.02)
    strength = ndimage.median_filter(strength, size=(1, 21), mode="nearest")
    strength = np.clip(strength, 0, 1.6)[:, np.minimum(columns // _EVERY, strength.shape[1] - 1)]
    paper = np.maximum(1 - strength[:, None, :] * typical, 0.15)
    for row, own, here in zip(rows, paper, inside, strict=True):
        place = row[here], np.broadcast_to(columns, row.shape)[here]
        light[place] = np.minimum(light[place] / own[here], 1)
        ruled[place] = True
