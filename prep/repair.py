"""Corrections by hand applied to strokes: cut, join, delete, reverse, start. Flips are applied while tracing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from drawing.connect import Apart
from drawing.drawing import Drawing, Marks
from drawing.geometry import Polyline
from prep.corrections import Correction
from prep.homography import inverse, map_points
from prep.order import Place, order_strokes

REACH = 0.03
"""A correction is meant for what lies within this share of the page's long side."""


@dataclass(frozen=True)
class Mended:
    """A drawing after corrections."""

    drawing: Drawing
    sources: tuple[int, ...]
    """Numbers of the drawings that it was made of; a join makes one of two."""
    at: Place | None = None
    """Where a person had it begin, in its own pixels."""
    by_hand: bool = False
    """Whether the directions of its strokes were chosen by a person."""
    apart: tuple[Apart, ...] = ()
    """Where a person cut, in its own pixels: ends that must not be joined again."""


@dataclass(frozen=True)
class _Near:
    """The place on the drawings that is nearest to some point."""

    drawing: int
    stroke: int
    segment: int
    place: Polyline  # (2,)


class _NothingThere(Exception):
    """A correction found nothing to work on; the text ends a sentence."""


def repair(
    drawings: Sequence[Drawing], corrections: Sequence[Correction], page_side: float, to_scan: ArrayLike | None = None
) -> tuple[tuple[Mended, ...], tuple[str, ...]]:
    """Apply corrections one after the other, each to what is nearest to its place.

    Args:
        drawings: of one page, in its pixels.
        page_side: the page's long side, in the same; a correction reaches 3 % of it.
        to_scan: the homography from page to scan, in whose pixels corrections are.

    Returns:
        The drawings, and a sentence for each correction that found nothing.
    """
    found = [Mended(drawing, (number,)) for number, drawing in enumerate(drawings)]
    notes: list[str] = []
    back = np.eye(3) if to_scan is None else inverse(to_scan)
    for correction in corrections:
        apply = _APPLY.get(correction.kind)
        if apply is None:
            continue
        places = map_points(back, [correction.at, *([correction.to] if correction.to else [])])
        try:
            found = apply(found, correction, places, REACH * page_side)
        except _NothingThere as reason:
            notes.append(f"The correction {correction} {reason}.")
    return tuple(found), tuple(notes)


# finding what is meant


def _nearest(found: list[Mended], place: Polyline, reach: float) -> _Near:
    """The nearest place on any stroke."""
    best, least = None, reach
    for number, mended in enumerate(found):
        for index, line in enumerate(mended.drawing.lines):
            starts = line[:-1] if len(line) > 1 else line
            along = np.diff(line, axis=0) if len(line) > 1 else np.zeros((1, 2))
            square = np.maximum((along**2).sum(axis=1), 1e-300)
            share = np.clip(((place - starts) * along).sum(axis=1) / square, 0.0, 1.0)
            feet = starts + share[:, None] * along
            away = np.hypot(*(feet - place).T)
            segment = int(away.argmin())
            if away[segment] <= least:
                best, least = _Near(number, index, segment, feet[segment]), float(away[segment])
    if best is None:
        raise _NothingThere(f"found no line within {reach:.0f} pixels")
    return best


def _nearest_end(found: list[Mended], place: Polyline, reach: float) -> tuple[int, int, bool]:
    """Drawing, stroke, and whether it is the end and not the start of it."""
    best, least = None, reach
    for number, mended in enumerate(found):
        for index, line in enumerate(mended.drawing.lines):
            away = np.hypot(*(line[[0, -1]] - place).T)
            if away.min() <= least:
                best, least = (number, index, bool(away.argmin())), float(away.min())
    if best is None:
        raise _NothingThere(f"found no end of a line within {reach:.0f} pixels")
    return best


def _closed(line: Polyline) -> bool:
    return len(line) > 3 and bool((line[0] == line[-1]).all())


# the corrections


def _cut(found: list[Mended], _: Correction, places: Polyline, reach: float) -> list[Mended]:
    near = _nearest(found, places[0], reach)
    mended = found[near.drawing]
    line, mark = mended.drawing.lines[near.stroke], mended.drawing.marks(near.stroke)
    ends = near.place, near.place
    if len(line) < 2:
        raise _NothingThere("found only a dot")
    if mark[near.segment]:  # a connector is no ink: it goes
        parts = [(line[: near.segment + 1], mark[: near.segment])]
        parts += [(line[near.segment + 1 :], mark[near.segment + 1 :])]
        ends = line[near.segment], line[near.segment + 1]
    elif _closed(line):
        parts = [_opened(line, mark, near)]
    else:
        head, tail = _split(line, mark, near)
        if min(len(head[0]), len(tail[0])) < 2:
            raise _NothingThere("found a line that ends there already")
        parts = [head, tail]
    found = _with_strokes(found, near.drawing, near.stroke, parts)
    one, other = ((float(x), float(y)) for x, y in ends)
    cut = replace(found[near.drawing], apart=(*mended.apart, (one, other)))
    return [cut if number == near.drawing else each for number, each in enumerate(found)]


Part = tuple[Polyline, Marks]


def _split(line: Polyline, mark: Marks, near: _Near) -> tuple[Part, Part]:
    """A stroke up to a place on one of its segments, and from there on; the place is a point of both."""
    before, after = line[: near.segment + 1], line[near.segment + 1 :]
    head, tail = mark[: near.segment], mark[near.segment + 1 :]
    inked = np.zeros(1, dtype=np.bool_)
    place = near.place[None]
    one = (before, head) if (before[-1] == place).all() else (np.vstack([before, place]), np.append(head, inked))
    other = (after, tail) if (after[0] == place).all() else (np.vstack([place, after]), np.append(inked, tail))
    return one, other


def _opened(line: Polyline, mark: Marks, near: _Near) -> Part:
    """A closed stroke that begins and ends at the place."""
    (head, head_mark), (tail, tail_mark) = _split(line, mark, near)
    if len(head) < 2 or len(tail) < 2:
        return line, mark
    return np.vstack([tail, head[1:]]), np.append(tail_mark, head_mark)


def _join(found: list[Mended], _: Correction, places: Polyline, reach: float) -> list[Mended]:
    one, other = (_nearest_end(found, place, reach) for place in places)
    if one == other:
        raise _NothingThere("found the same end twice")
    (first, stroke, at_end), (second, with_stroke, with_end) = one, other
    head, tail = found[first].drawing, found[second].drawing
    line, mark = head.lines[stroke], head.marks(stroke)
    if one[:2] == other[:2]:  # both ends of one stroke: it is closed
        if (line[0] == line[-1]).all():
            raise _NothingThere("found a line that is closed already")
        return _with_strokes(found, first, stroke, [(np.vstack([line, line[:1]]), np.append(mark, np.True_))])
    follow, follow_mark = tail.lines[with_stroke], tail.marks(with_stroke)
    if with_end:
        follow, follow_mark = follow[::-1], follow_mark[::-1]
    if not at_end:  # what is drawn first stays first: the other one, turned, leads to it
        follow, follow_mark, line, mark = line, mark, follow[::-1], follow_mark[::-1]
    touching = bool((line[-1] == follow[0]).all())
    points = np.vstack([line, follow[1:] if touching else follow])
    marks = np.concatenate([mark, np.zeros(0, np.bool_) if touching else np.ones(1, np.bool_), follow_mark])
    if first == second:
        found = _with_strokes(found, first, stroke, [(points, marks)])
        return _with_strokes(found, first, with_stroke, [])
    rest = tail.select([index for index in range(len(tail.lines)) if index != with_stroke])
    joined = _with_strokes(found, first, stroke, [(points, marks)])[first]
    both = _together(joined.drawing, rest)
    merged = replace(
        joined,
        drawing=both,
        sources=(*joined.sources, *found[second].sources),
        apart=(*joined.apart, *found[second].apart),
    )
    return [merged if number == first else each for number, each in enumerate(found) if number != second]


def _delete(found: list[Mended], correction: Correction, places: Polyline, reach: float) -> list[Mended]:
    near = _nearest(found, places[0], reach)
    if correction.value == "drawing" or len(found[near.drawing].drawing.lines) == 1:
        return [each for number, each in enumerate(found) if number != near.drawing]
    return _with_strokes(found, near.drawing, near.stroke, [])


def _reverse(found: list[Mended], correction: Correction, places: Polyline, reach: float) -> list[Mended]:
    near = _nearest(found, places[0], reach)
    mended = found[near.drawing]
    if correction.value == "drawing":
        turned = replace(mended, drawing=mended.drawing.reverse(), at=None, by_hand=True)
    else:
        line, mark = mended.drawing.lines[near.stroke], mended.drawing.marks(near.stroke)
        (changed,) = _with_strokes([mended], 0, near.stroke, [(line[::-1], mark[::-1])])
        turned = replace(changed, at=mended.at if near.stroke else None, by_hand=True)
    return [turned if number == near.drawing else each for number, each in enumerate(found)]


def _start(found: list[Mended], _: Correction, places: Polyline, reach: float) -> list[Mended]:
    near = _nearest(found, places[0], reach)
    mended = found[near.drawing]
    line = mended.drawing.lines[near.stroke]
    if _closed(line):
        at = near.place
    else:
        number, stroke, at_end = _nearest_end([mended], places[0], 2 * reach)
        at = mended.drawing.lines[stroke][-1 if at_end else 0]
        assert number == 0
    begun = order_strokes(mended.drawing, at=(float(at[0]), float(at[1])))
    x, y = begun.lines[0][0].tolist()
    changed = replace(mended, drawing=begun, at=(x, y))
    return [changed if number == near.drawing else each for number, each in enumerate(found)]


_Apply = Callable[[list[Mended], Correction, Polyline, float], list[Mended]]
_APPLY: dict[str, _Apply] = {"cut": _cut, "join": _join, "delete": _delete, "reverse": _reverse, "start": _start}


def _with_strokes(found: list[Mended], drawing: int, stroke: int, parts: Sequence[Part]) -> list[Mended]:
    """One stroke replaced by any number of others in its place."""
    old = found[drawing].drawing
    strokes = [(line, old.marks(index)) for index, line in enumerate(old.lines)]
    strokes[stroke : stroke + 1] = parts
    changed = replace(found[drawing], drawing=Drawing(tuple(s[0] for s in strokes), tuple(s[1] for s in strokes)))
    return [changed if number == drawing else each for number, each in enumerate(found)]


def _together(one: Drawing, other: Drawing) -> Drawing:
    marks = [each.marks(index) for each in (one, other) for index in range(len(each.lines))]
    return Drawing((*one.lines, *other.lines), tuple(marks))
