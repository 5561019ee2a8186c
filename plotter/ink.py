"""Ink that was drawn: how far it lies from what should have been, and the page that shows it.

It knows polylines in millimetres, no machine and no files. shapely is loaded when it is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from drawing.drawing import Drawing
from drawing.geometry import Polyline

EXACT_MM = 1e-3
"""How far the error may be from the true one."""
WHITE_MM = 5.0
"""White around ink at least."""
_CHUNK = 200_000

Segments = NDArray[np.float64]  # (n, 2, 2): start and stop of each


def page_around(ink: Drawing) -> dict[str, float]:
    """Width and height in mm of a page from the home corner with as much white after the ink as before it.

    Empty for ink that a page from there would not show.
    """
    left, top, right, bottom = ink.bounds if ink.lines else (-1.0, -1.0, 0.0, 0.0)
    if min(left, top) < 0:
        return {}
    return {"width_mm": right + max(left, WHITE_MM), "height_mm": bottom + max(top, WHITE_MM)}


def ink_error_mm(sheet: Drawing, ink: Sequence[Polyline], joins: Sequence[Polyline] = ()) -> float:
    """Largest distance from any ink to the sheet, or from any line of the sheet to the ink, in mm.

    It is the Hausdorff distance of the lines, not of their points, to within EXACT_MM. Marked joins are
    excepted: the ink may follow them, or leave them out.

    Args:
        sheet: what should be drawn; its connectors count as joins.
        ink: what the pen drew.
        joins: more lines that the ink may follow, as the connectors that an optimised sheet has.

    Returns:
        Infinity if there is ink where the sheet has none at all, or none where the sheet has some.
    """
    wanted = [segments_of(line)[~mark] for line, mark in _marked(sheet)]
    allowed = [segments_of(line) for line in (*sheet.lines, *joins)]
    drawn = [segments_of(line) for line in ink]
    wanted_of, allowed_of, drawn_of = (
        np.concatenate(parts) if parts else np.zeros((0, 2, 2)) for parts in (wanted, allowed, drawn)
    )
    there = farthest_mm(drawn_of, allowed_of)
    return farthest_mm(wanted_of, drawn_of, at_least=there)


def connectors(drawing: Drawing) -> list[Polyline]:
    """The segments marked as connectors, each a line of two points."""
    found: list[Polyline] = []
    for line, mark in zip(drawing.lines, drawing.connectors, strict=False):
        found += [line[index : index + 2] for index in np.flatnonzero(mark).tolist()]
    return found


def segments_of(line: Polyline) -> Segments:
    """Segments of a line, shape (n - 1, 2, 2); a dot is one segment without length."""
    return np.stack([line[:-1], line[1:]], axis=1) if len(line) > 1 else np.stack([line, line], axis=1)


def _marked(drawing: Drawing) -> list[tuple[Polyline, NDArray[np.bool_]]]:
    """Lines with the marks of their segments; a dot's one segment is no connector."""
    return [
        (line, drawing.marks(index) if len(line) > 1 else np.zeros(1, dtype=np.bool_))
        for index, line in enumerate(drawing.lines)
    ]


def farthest_mm(these: Segments, those: Segments, *, at_least: float = 0.0) -> float:
    """Distance of the point of these segments that is farthest from all of those.

    A segment is halved until it can't hold a point that is farther than the farthest known. What bounds it:
    the distance to one segment is convex along another, so it is largest at an end.

    Args:
        at_least: known to be as far elsewhere; nothing nearer is looked for.
    """
    if len(these) == 0:
        return at_least
    if len(those) == 0:
        return float("inf")
    import shapely

    tree = cast(Any, shapely.STRtree(cast(Any, shapely.linestrings(those))))
    ends, which = np.unique(these.reshape(-1, 2), axis=0, return_inverse=True)
    near, distances = _nearest(tree, ends)
    which = which.reshape(-1, 2)
    left = np.concatenate([these.reshape(-1, 4), distances[which], near[which]], axis=1)  # (n, 8)
    farthest = max(at_least, float(distances.max()))
    while len(left):
        p, q, d_p, d_q = left[:, 0:2], left[:, 2:4], left[:, 4], left[:, 5]
        near_p, near_q = left[:, 6].astype(np.intp), left[:, 7].astype(np.intp)
        bound = np.minimum(np.maximum(d_p, _distance(q, those[near_p])), np.maximum(_distance(p, those[near_q]), d_q))
        bound = np.minimum(bound, (d_p + d_q + np.hypot(*(q - p).T)) / 2)
        left = left[bound > farthest + EXACT_MM]
        if not len(left):
            break
        middle = (left[:, 0:2] + left[:, 2:4]) / 2
        near_m, d_m = _nearest(tree, middle)
        farthest = max(farthest, float(d_m.max()))
        m = np.column_stack([middle, d_m, near_m])
        first = np.column_stack([left[:, 0:2], m[:, 0:2], left[:, 4], m[:, 2], left[:, 6], m[:, 3]])
        second = np.column_stack([m[:, 0:2], left[:, 2:4], m[:, 2], left[:, 5], m[:, 3], left[:, 7]])
        left = np.concatenate([first, second])
    return farthest


def _nearest(tree: Any, points: Polyline) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """For each point the nearest segment and how far it is."""
    import shapely

    near = np.empty(len(points), dtype=np.intp)
    distances = np.empty(len(points))
    for start in range(0, len(points), _CHUNK):
        part = shapely.points(points[start : start + _CHUNK])
        (asked, found), away = tree.query_nearest(part, return_distance=True, all_matches=False)
        near[start + asked], distances[start + asked] = found, away
    return near, distances


def _distance(points: Polyline, segments: Segments) -> NDArray[np.float64]:
    """Of each point from the segment beside it."""
    start, along = segments[:, 0], segments[:, 1] - segments[:, 0]
    square = np.maximum((along**2).sum(axis=1), 1e-300)
    t = np.clip(((points - start) * along).sum(axis=1) / square, 0.0, 1.0)
    return np.hypot(*(points - start - t[:, None] * along).T)
