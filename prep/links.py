"""Which drawing of an edge goes on as which, through the places where lines meet; and loops opened into others."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from drawing.geometry import Polyline
from prep.meetings import Arm, Choice, Meetings

_EPSILON = 1e-6

Strand = tuple[Arm, int]
"""One end of one drawing of an edge: the arm it leaves by, and which of the times it is."""


@dataclass(frozen=True)
class Stroke:
    """Edges in the order they are drawn."""

    arms: tuple[Arm, ...]
    """For each edge the arm by which it is entered."""
    closed: bool


def link(meetings: Meetings, times: list[int], choices: list[Choice], swaps: set[int]) -> dict[Strand, Strand]:
    """Which strand each strand goes on as, through its place.

    Args:
        choices: what happens at each place.
        swaps: edges drawn more than once along which a person sees the lines the other way.
    """
    links: dict[Strand, Strand] = {}
    for choice in choices:
        used: dict[Arm, int] = defaultdict(int)
        for pair in choice.pairs:
            one, other = ((arm, _next(used, arm)) for arm in pair)
            links[one], links[other] = other, one
    for edge, count in enumerate(times):
        for one, other in itertools.combinations(range(count), 2):
            found = _around(links, edge, one, other)
            if found is not None and (_exchange(meetings, edge, *found) < -_EPSILON) != (edge in swaps):
                _swap(links, (2 * edge + 1, one), (2 * edge + 1, other))
    return links


def _next(used: dict[Arm, int], arm: Arm) -> int:
    used[arm] += 1
    return used[arm] - 1


Way = tuple[Strand, Strand]


def _around(links: dict[Strand, Strand], edge: int, one: int, other: int) -> tuple[Way, Way] | None:
    """The strands that two drawings of an edge come from and go to; None where one ends or turns there."""
    found: list[Strand] = []
    for arm in (2 * edge, 2 * edge + 1):
        for time in (one, other):
            beyond = links.get((arm, time))
            if beyond is None or beyond[0] >> 1 == edge:
                return None
            found.append(beyond)
    return (found[0], found[1]), (found[2], found[3])


def _exchange(meetings: Meetings, edge: int, before: Way, after: Way) -> float:
    """How unlikely it is, in nats, that the two lines along an edge go on each as the other; negative if likely.

    Two lines that share a short run have mostly crossed there: each leaves on the other side. Where the
    run is long that is a toss-up, and where its ink is wide all along, they only touched. The figures
    are a logistic regression on pages with known truth.
    """
    sides: list[list[float]] = []
    for arm, way in ((2 * edge, before), (2 * edge + 1, after)):
        out = -meetings.heading[arm]
        sides.append([_signed(out, meetings.heading[beyond]) for beyond, _ in way])
    (a, b), (c, d) = sides
    worse = abs(a - d) + abs(b - c) - abs(a - c) - abs(b - d)  # more turning than now, in radians
    length = float(meetings.web.lengths[edge]) / meetings.pen
    crossing = 1.33 + 0.48 * min(abs(worse), 1.5) - 0.19 * min(length, 10)
    crossing -= 1.46 * max(0.0, float(meetings.features.narrow[edge]) - 1.1)
    return math.copysign(1.0, worse) * crossing if abs(worse) > _EPSILON else 0.0


def _signed(one: Polyline, other: Polyline) -> float:
    return math.atan2(float(one[0] * other[1] - one[1] * other[0]), float(one @ other))


def _swap(links: dict[Strand, Strand], one: Strand, other: Strand) -> None:
    """Let each strand go on as the other did."""
    links[one], links[other] = links[other], links[one]
    links[links[one]], links[links[other]] = one, other


def open_loops(meetings: Meetings, times: list[int], links: dict[Strand, Strand], fixed: set[int]) -> None:
    """Join closed loops to other strokes where that costs least, until none is left that touches another.

    Args:
        links: is changed.
        fixed: places that a person has settled, and that stay as they are.
    """
    strokes = strokes_of(times, links)
    if not any(stroke.closed for stroke in strokes):
        return
    stroke_of: dict[Strand, int] = {}
    for number, arms in enumerate(_strands(times, links)):
        for arm, time in arms:
            stroke_of[arm, time] = stroke_of[arm ^ 1, time] = number
    closed = [stroke.closed for stroke in strokes]
    root = list(range(len(strokes)))

    def find(number: int) -> int:
        while root[number] != number:
            root[number] = root[root[number]]
            number = root[number]
        return number

    offers: list[tuple[float, tuple[Strand, Strand | None], tuple[Strand, Strand | None], int]] = []
    for place, arms in enumerate(meetings.arms):
        if place in fixed:
            continue
        ways = [
            (strand, links.get(strand))
            for strand in ((arm, time) for arm in arms for time in range(times[arm >> 1]))
            if strand not in links or strand <= links[strand]
        ]
        for one, other in itertools.combinations(ways, 2):
            i, j = stroke_of[one[0]], stroke_of[other[0]]
            if i != j and (closed[i] or closed[j]):
                now = _price(meetings, *one) + _price(meetings, *other)
                offers += [
                    (_price(meetings, *first) + _price(meetings, *second) - now, one, other, which)
                    for which, (first, second) in enumerate(_exchanged(one, other))
                ]
    for edge, count in enumerate(times):
        for first, second in itertools.combinations(range(count), 2):
            found = _around(links, edge, first, second)
            i, j = stroke_of[2 * edge, first], stroke_of[2 * edge, second]
            if found is not None and i != j and (closed[i] or closed[j]):
                price = _exchange(meetings, edge, *found)
                one, other = (((2 * edge + 1, time), links[2 * edge + 1, time]) for time in (first, second))
                offers.append((price, one, other, 1))
    for _, one, other, which in sorted(offers, key=lambda offer: offer[0]):
        i, j = find(stroke_of[one[0]]), find(stroke_of[other[0]])
        if i == j or not (closed[i] or closed[j]):
            continue
        if links.get(one[0]) != one[1] or links.get(other[0]) != other[1]:
            continue
        for a, b in _exchanged(one, other)[which]:
            links.pop(a, None)
            if b is not None:
                links[a], links[b] = b, a
        root[j] = i
        closed[i] = closed[i] and closed[j]


Link = tuple[Strand, Strand | None]


def _exchanged(one: Link, other: Link) -> list[tuple[Link, Link]]:
    """The two other ways to link the same strands; what ended goes on ending at one of them."""
    (a, b), (c, d) = one, other
    if b is None:
        return [((a, c), (_set(d), None)), ((a, d), (c, None))]
    if d is None:
        return [((c, a), (b, None)), ((c, b), (a, None))]
    return [((a, c), (b, d)), ((a, d), (b, c))]


def _set(strand: Strand | None) -> Strand:
    assert strand is not None
    return strand


def _price(meetings: Meetings, one: Strand, other: Strand | None) -> float:
    return meetings.end[one[0]] if other is None else meetings.together[one[0], other[0]]


def _strands(times: Sequence[int], links: Mapping[Strand, Strand]) -> list[list[Strand]]:
    """The strands of each stroke, by the arm each edge is entered by: those with ends first, then loops."""
    walked: set[tuple[int, int]] = set()
    out: list[list[Strand]] = []

    def walk(strand: Strand | None) -> None:
        arms: list[Strand] = []
        while strand is not None and (strand[0] >> 1, strand[1]) not in walked:
            walked.add((strand[0] >> 1, strand[1]))
            arms.append(strand)
            strand = links.get((strand[0] ^ 1, strand[1]))
        if arms:
            out.append(arms)

    every = [(edge, time) for edge, count in enumerate(times) for time in range(count)]
    for edge, time in every:
        for arm in (2 * edge, 2 * edge + 1):
            if (arm, time) not in links:
                walk((arm, time))
    for edge, time in every:
        walk((2 * edge, time))
    return out


def strokes_of(times: Sequence[int], links: Mapping[Strand, Strand]) -> list[Stroke]:
    """The strokes that links make of all edges: those with ends first, then loops."""
    return [Stroke(tuple(arm for arm, _ in strands), strands[0] in links) for strands in _strands(times, links)]
