"""Pure functions over one polyline: lengths, resampling, simplifying, smoothing.

A polyline is a float64 array of shape (n, 2), n >= 1, y down. Every function here keeps the first
and the last point exactly, so that runs of one line can be treated apart and put together again.
It does not know drawings, files or units: lengths come out in the unit that went in.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Polyline = NDArray[np.float64]


def segment_lengths(line: Polyline) -> NDArray[np.float64]:
    """Length of each of the (n - 1) segments, shape (n - 1,)."""
    step = np.diff(line, axis=0)
    return np.hypot(step[:, 0], step[:, 1])


def length(line: Polyline) -> float:
    """Length of the whole polyline."""
    return float(segment_lengths(line).sum())


def resample(line: Polyline, step: float) -> Polyline:
    """Points at equal distances along the line, as near to ``step`` as a whole number of steps allows.

    Args:
        step: distance along the line, in the line's own unit, > 0.
    """
    if not step > 0:
        raise ValueError(f"step must be positive, not {step}")
    at = np.concatenate([[0.0], np.cumsum(segment_lengths(line))])
    total = float(at[-1])
    if total == 0.0:
        return line if len(line) <= 2 else line[[0, -1]]
    count = max(1, round(total / step))
    where = np.linspace(0.0, total, count + 1)
    out = np.column_stack([np.interp(where, at, line[:, 0]), np.interp(where, at, line[:, 1])])
    out[0], out[-1] = line[0], line[-1]
    return out


def rdp(line: Polyline, epsilon: float) -> Polyline:
    """Ramer-Douglas-Peucker: drop points nearer than ``epsilon`` to the line through those kept.

    Source: Douglas and Peucker 1973, through GEOS (shapely), without the topology check, which is
    slow and keeps some 40 % more points.
    """
    if len(line) < 3 or epsilon <= 0:
        return line
    if np.array_equal(line[0], line[-1]):  # GEOS may move the seam of a ring; the pen may not
        far = int(np.argmax(np.hypot(line[:, 0] - line[0, 0], line[:, 1] - line[0, 1])))
        if far == 0:
            return line[[0, -1]]
        return np.concatenate([_rdp_open(line[: far + 1], epsilon), _rdp_open(line[far:], epsilon)[1:]])
    return _rdp_open(line, epsilon)


def _rdp_open(line: Polyline, epsilon: float) -> Polyline:
    if len(line) < 3:
        return line
    import shapely  # slow to load, and not needed to look at drawings

    kept = shapely.simplify(shapely.linestrings(line), epsilon, preserve_topology=False)
    return np.asarray(shapely.get_coordinates(kept), dtype=np.float64)


def rdp_to_count(lines: Sequence[Polyline], max_points: int) -> tuple[list[Polyline], float]:
    """Simplify all lines with the least common epsilon that leaves at most ``max_points`` points.

    The epsilon is bisected to a thousandth of itself. A fixed epsilon would cost a large drawing its
    detail and leave a small one its noise.

    Returns:
        The lines and the epsilon used, 0.0 if there were few enough points already.

    Raises:
        ValueError: even bare strokes (two points each) are more than ``max_points``.
    """
    count = sum(len(line) for line in lines)
    if count <= max_points:
        return list(lines), 0.0
    bare = sum(min(2, len(line)) for line in lines)
    if bare > max_points:
        raise ValueError(f"{len(lines)} strokes can't be told in {max_points} points")
    high = float(np.hypot(*np.ptp(np.concatenate(lines), axis=0)))
    left = _counter(lines)
    if left(high) > max_points:  # closed lines keep a third point; beyond the diagonal nothing does
        return [line[[0, -1]] if len(line) > 2 else line for line in lines], high
    low = 1e-7 * high
    while high > 1.001 * low:
        middle = math.sqrt(low * high)
        if left(middle) <= max_points:
            high = middle
        else:
            low = middle
    return [rdp(line, high) for line in lines], high


def _counter(lines: Sequence[Polyline]) -> Callable[[float], int]:
    """How many points rdp leaves of some lines, for an epsilon; all lines go to GEOS in one call."""
    import shapely

    runs: list[Polyline] = []
    fixed = 0
    for line in lines:
        if len(line) >= 3 and np.array_equal(line[0], line[-1]):
            far = int(np.argmax(np.hypot(line[:, 0] - line[0, 0], line[:, 1] - line[0, 1])))
            fixed += 2 if far == 0 else -1  # the two halves share a point
            runs += [line[: far + 1], line[far:]] if far else []
        else:
            runs.append(line)
    fixed += sum(len(run) for run in runs if len(run) < 3)
    runs = [run for run in runs if len(run) >= 3]
    if not runs:
        return lambda _: fixed
    which = np.repeat(np.arange(len(runs)), [len(run) for run in runs])
    every = shapely.linestrings(np.concatenate(runs), indices=which)

    def left(epsilon: float) -> int:
        simple = shapely.simplify(every, epsilon, preserve_topology=False)
        return fixed + len(shapely.get_coordinates(simple))

    return left


def turning_angles(line: Polyline) -> NDArray[np.float64]:
    """Signed change of direction at each inner point, shape (n - 2,), radians in (-pi, pi].

    Positive turns clockwise on paper, since y points down. Points that repeat turn by zero.
    """
    step = np.diff(line, axis=0)
    a, b = step[:-1], step[1:]
    return np.arctan2(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0], (a * b).sum(axis=1))


def smooth(line: Polyline, width: float, corner_degrees: float = 55.0) -> Polyline:
    """Take the tremor out of a line and leave its corners sharp.

    The line is resampled to a quarter of ``width`` and each part between two corners is averaged
    with a Gaussian of that standard deviation along the arc, reflected about its ends so that they
    stay where they are. A corner is where the direction, measured over one ``width`` to either
    side, turns by more than ``corner_degrees``, more than at its neighbours.

    Args:
        width: standard deviation along the line, in the line's own unit, > 0.

    Returns:
        A line of other, evenly spaced points; the ends are the same.
    """
    if not width > 0:
        raise ValueError(f"width must be positive, not {width}")
    if len(line) < 3 or length(line) < width:
        return line
    dense = resample(line, width / 4)
    corners = _corners(dense, reach=4, limit=math.radians(corner_degrees))
    for corner in corners:  # even spacing has cut the tip off; put it back
        away = np.hypot(line[:, 0] - dense[corner, 0], line[:, 1] - dense[corner, 1])
        if away.min() < width / 4:
            dense[corner] = line[int(away.argmin())]
    cuts = [0, *corners, len(dense) - 1]
    parts = [_gaussian(dense[a : b + 1], sigma=4.0) for a, b in itertools.pairwise(cuts)]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def _corners(line: Polyline, reach: int, limit: float) -> list[int]:
    if len(line) < 2 * reach + 1:
        return []
    before = line[reach:-reach] - line[: -2 * reach]
    after = line[2 * reach :] - line[reach:-reach]
    cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    turn = np.abs(np.arctan2(cross, (before * after).sum(axis=1)))
    found: list[int] = []
    for index in np.argsort(-turn, kind="stable"):
        if turn[index] <= limit:
            break
        if all(abs(int(index) - other) > reach for other in found):
            found.append(int(index))
    return sorted(index + reach for index in found)


def _gaussian(part: Polyline, sigma: float) -> Polyline:
    reach = min(math.ceil(3 * sigma), len(part) - 1)
    if reach < 1 or len(part) < 3:
        return part
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    weights /= weights.sum()
    head = 2 * part[0] - part[reach:0:-1]
    tail = 2 * part[-1] - part[-2 : -reach - 2 : -1]
    padded = np.concatenate([head, part, tail])
    sliding = np.lib.stride_tricks.sliding_window_view(padded, len(weights), axis=0)  # (n, 2, 2 reach + 1)
    out = np.asarray(sliding @ weights, dtype=np.float64)
    out[0], out[-1] = part[0], part[-1]
    return out
