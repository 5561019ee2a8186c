"""Which drawing of an edge goes on as which, through the places where lines meet; and loops opened into others."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from prep.crossings import Shared, encounter, shared, touching
from prep.meetings import Arm, Choice, Meetings, Strand, Way, told

_ROUNDS = 3  # of looking at runs that lines share, as what one decides changes what others see
_EPSILON = 1e-6


@dataclass(frozen=True)
class Stroke:
    """Edges in the order they are drawn."""

    arms: tuple[Arm, ...]
    """For each edge the arm by which it is entered."""
    closed: bool


def linked(choices: Iterable[Choice]) -> dict[Strand, Strand]:
    """Which strand each strand goes on as, through its place, where it does not matter which of several times it is."""
    links: dict[Strand, Strand] = {}
    for choice in choices:
        used: dict[Arm, int] = defaultdict(int)
        for pair in choice.pairs:
            one, other = ((arm, _next(used, arm)) for arm in pair)
            links[one], links[other] = other, one
    return links


def _next(used: dict[Arm, int], arm: Arm) -> int:
    used[arm] += 1
    return used[arm] - 1


def part(meetings: Meetings, times: Sequence[int], links: dict[Strand, Strand]) -> None:
    """Change ``links`` so that lines that share a run go on as they likely do after it."""
    for _ in range(_ROUNDS):
        runs = [(price, run) for price, run in exchanges(meetings, times, links) if price < -_EPSILON]
        for _, run in sorted(runs, key=lambda each: each[0]):
            if run.holds(links):
                _swap(links, *run.last)
        if not runs:
            return


def swap(times: Sequence[int], links: dict[Strand, Strand], edge: int) -> None:
    """Change ``links`` so that two lines that share an edge go on each as the other did; of three, the first two."""
    for run in shared(times, links):
        if edge in run.edges:
            _swap(links, *run.last)
            return


def exchanges(meetings: Meetings, times: Sequence[int], links: Mapping[Strand, Strand]) -> list[tuple[float, Shared]]:
    """How unlikely it is, in nats, that two lines go on each as the other after a run that they share; negative if
    it is likelier than what they do at present."""
    runs = shared(times, links)
    seen = [encounter(meetings, times, run) for run in runs]
    odds = touching(meetings, links, [each for each, _ in seen])
    return [(float(-odd if crosses else odd), run) for odd, (_, crosses), run in zip(odds, seen, runs, strict=True)]


def _swap(links: dict[Strand, Strand], one: Strand, other: Strand) -> None:
    """Let each strand go on as the other did."""
    links[one], links[other] = links[other], links[one]
    links[links[one]], links[links[other]] = one, other


def open_loops(
    meetings: Meetings,
    times: Sequence[int],
    links: dict[Strand, Strand],
    closer: Mapping[int, Mapping[Way, Choice]],
    fixed: set[int],
) -> None:
    """Join closed loops to other strokes where that costs least, until none is left that touches another.

    Args:
        links: is changed.
        closer: choices at places that were looked at more closely.
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

    runs = exchanges(meetings, times, links)
    told_by_runs = {(arm >> 1, min(i, j), max(i, j)) for _, run in runs for arm, i, j in run.path}
    offers: list[tuple[float, Link, Link, int]] = []
    for place, arms in enumerate(meetings.arms):
        if place in fixed:
            continue
        known = closer.get(place, {})
        ways = [
            (strand, links.get(strand))
            for strand in ((arm, time) for arm in arms for time in range(times[arm >> 1]))
            if strand not in links or strand <= links[strand]
        ]
        for one, other in itertools.combinations(ways, 2):
            i, j = stroke_of[one[0]], stroke_of[other[0]]
            if i != j and (closed[i] or closed[j]):
                now = _price(meetings, known, one, other)
                offers += [
                    (_price(meetings, known, *new) - now, one, other, which)
                    for which, new in enumerate(_exchanged(one, other))
                    if not _traded(one, other, *new) & told_by_runs
                ]
    for price, run in runs:
        i, j = (stroke_of[strand] for strand in run.last)
        if i != j and (closed[i] or closed[j]):
            one, other = zip(run.last, run.after, strict=True)
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


def _traded(one: Link, other: Link, new: Link, newer: Link) -> set[tuple[int, int, int]]:
    """The edge and the two times it is drawn that trade places, where the same arms go together as before."""
    before, after = (
        sorted(sorted(-1 if strand is None else strand[0] for strand in way) for way in ways)
        for ways in ((one, other), (new, newer))
    )
    if before != after:
        return set()
    strands = [strand for way in (one, other) for strand in way if strand is not None]
    return {
        (a[0] >> 1, min(a[1], b[1]), max(a[1], b[1])) for a, b in itertools.combinations(strands, 2) if a[0] == b[0]
    }


def _price(meetings: Meetings, known: Mapping[Way, Choice], one: Link, other: Link) -> float:
    if one[1] is not None and other[1] is not None:
        choice = known.get(told(((one[0][0], one[1][0]), (other[0][0], other[1][0])), ()))
        if choice is not None:
            return choice.cost
    return sum(meetings.end[a[0]] if b is None else meetings.together[a[0], b[0]] for a, b in (one, other))


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
