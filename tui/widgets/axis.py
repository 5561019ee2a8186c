"""What an axis needs: round ticks, their labels, and a long curve reduced to what a screen can show."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Curve = NDArray[np.float64]  # (n, 2): x, y


def round_ticks(low: float, high: float, most: int) -> list[float]:
    """At most ``most`` values between low and high, a step of 1, 2 or 5 times a power of ten apart."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low or most < 1:
        return []
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    for step in (power * factor for factor in (1, 2, 5, 10, 20, 50)):
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first + 1 <= most:
            # a product and a rounding, so that 3 * 0.1 is 0.3
            return [round(count * step, 12) + 0.0 for count in range(first, last + 1)]
    return []


def decade_ticks(low: float, high: float, most: int) -> list[float]:
    """Round values on a logarithmic axis: 1, 2 and 5 of each decade, or decades alone where there are many."""
    if not 0 < low < high or most < 1:
        return []
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for factors in ((1, 2, 5), (1, 3), (1,)):
        ticks = [10.0**decade * factor for decade in decades for factor in factors]
        found = [tick for tick in ticks if low <= tick * (1 + 1e-9) and tick <= high * (1 + 1e-9)]
        if len(found) <= most:
            return found
    every = math.ceil(len(found) / most)
    return found[::every]


def labels(ticks: list[float]) -> list[str]:
    """The ticks as text, all with as many decimals as their step needs; ten thousands as 10k."""
    if not ticks:
        return []
    largest = max(abs(tick) for tick in ticks)
    unit, factor = ("M", 1e6) if largest >= 1e6 else ("k", 1e3) if largest >= 1e4 else ("", 1.0)
    decimals = max(_decimals(tick / factor) for tick in ticks)
    return [f"{tick / factor:.{decimals}f}" + (unit if tick else "") for tick in ticks]


def _decimals(value: float) -> int:
    return next((digits for digits in range(9) if abs(round(value, digits) - value) < 1e-9), 9)


def decimate(curve: Curve, columns: int, low: float, high: float) -> Curve:
    """The first, lowest, highest and last point of each of ``columns`` equal parts of [low, high].

    A curve of any length costs as much to draw as its screen is wide, and no spike is lost.

    Args:
        curve: (n, 2), x not decreasing.
    """
    import numpy as np

    if len(curve) <= 4 * columns or high <= low:
        return curve
    part = np.clip(((curve[:, 0] - low) / (high - low) * columns).astype(np.intp), 0, columns - 1)
    order = np.lexsort((curve[:, 1], part))  # within each part from the lowest to the highest
    starts = np.flatnonzero(np.diff(part, prepend=-1))
    stops = np.append(starts[1:], len(part)) - 1
    kept = np.unique(np.concatenate([starts, stops, order[starts], order[stops]]))
    return curve[kept]
