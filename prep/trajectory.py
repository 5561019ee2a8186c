"""The trajectory of the pen: how often each edge of a web was drawn, and which arms in one go.

Smoothest Euler paths as in Kato and Yasuhara (PAMI 2000) and Qiao, Nishiara and Yasuhara (PAMI 2006),
with costs that were learnt (prep/costs.py): edges that were drawn twice are chosen together with the
pairs at their ends, and closed loops are opened into their neighbours where that costs least.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from drawing.geometry import Polyline
from prep.costs import MOST
from prep.meetings import Arm, Choice, Meetings

_LONGEST = 18.0  # pens: farther than this a line is not followed back along itself
_STEPS = 3  # edges in one such run
_SINGLE = 8.0  # pens: edges shorter than this may be doubled by themselves
_MOST_MOVES = 6000
_EPSILON = 1e-6

Strand = tuple[Arm, int]
"""One end of one drawing of an edge: the arm it leaves by, and which of the times it is."""


@dataclass(frozen=True)
class Junction:
    """A place at which a person may see it otherwise."""

    at: tuple[float, float]
    """In pixels of the web."""
    choices: int
    """How many ways there are to go through it."""
    doubt: float
    """Likelihood of the next best way over that of the best by itself: 1 is a toss-up, 0 no question."""


@dataclass(frozen=True)
class Stroke:
    """Edges in the order they are drawn."""

    arms: tuple[Arm, ...]
    """For each edge the arm by which it is entered."""
    closed: bool


@dataclass(frozen=True)
class Trajectory:
    """All strokes of a web."""

    strokes: tuple[Stroke, ...]
    junctions: tuple[Junction, ...]


def recover(meetings: Meetings, flips: Sequence[tuple[float, float]] = ()) -> Trajectory:
    """The likeliest trajectory.

    Args:
        flips: points near which a person wants the next way to go through; twice the same for the one
            after that. Each takes the nearest junction, or run of line drawn twice.
    """
    times = drawn(meetings)
    choices = [meetings.best(place, times) for place in range(len(meetings.arms))]
    swaps, fixed = _flipped(meetings, times, choices, flips)
    links = _linked(meetings, times, choices, swaps)
    _open_loops(meetings, times, links, fixed)
    return Trajectory(tuple(_strokes(times, links)), tuple(_junctions(meetings, times, choices)))


def drawn(meetings: Meetings) -> list[int]:
    """How often each edge was drawn, 1 to MOST.

    Places where an odd number of lines meets want an edge drawn again, or a stroke that ends there.
    Runs of edges between such places are drawn once more or once less, the best first, as long as
    that saves anything.
    """
    web = meetings.web
    ends = web.ends.tolist()
    lengths = (web.lengths / meetings.pen).tolist()
    times = [1] * len(ends)
    again = meetings.again.tolist()
    runs = _runs(meetings, lengths)
    by_place: dict[int, list[int]] = defaultdict(list)
    places = [sorted({place for edge in run for place in ends[edge]}) for run in runs]
    for index, around in enumerate(places):
        for place in around:
            by_place[place].append(index)
    cost = [meetings.best(place, times).cost for place in range(len(meetings.arms))]

    def gain(index: int, by: int) -> float:
        run = runs[index]
        if not all(1 <= times[edge] + by <= MOST for edge in run):
            return math.inf
        change = sum(again[edge][times[edge] + by] - again[edge][times[edge]] for edge in run)
        for edge in run:
            times[edge] += by
        change += sum(meetings.best(place, times).cost - cost[place] for place in places[index])
        for edge in run:
            times[edge] -= by
        return change

    heap: list[tuple[float, int, int]] = []
    now = [0.0] * len(runs)

    def weigh(index: int) -> None:
        now[index], by = min((gain(index, 1), 1), (gain(index, -1), -1))
        if now[index] < -_EPSILON:
            heapq.heappush(heap, (now[index], index, by))

    for index in range(len(runs)):
        weigh(index)
    for _ in range(_MOST_MOVES):
        while heap and heap[0][0] != now[heap[0][1]]:
            heapq.heappop(heap)
        if not heap:
            break
        _, index, by = heapq.heappop(heap)
        for edge in runs[index]:
            times[edge] += by
        for place in places[index]:
            cost[place] = meetings.best(place, times).cost
        for touched in sorted({each for place in places[index] for each in by_place[place]}):
            weigh(touched)
    return times


def _runs(meetings: Meetings, lengths: list[float]) -> list[tuple[int, ...]]:
    """Runs of edges between odd places, and single short edges, each once."""
    ends = meetings.web.ends.tolist()
    ways: dict[int, list[tuple[int, int]]] = defaultdict(list)
    runs: dict[tuple[int, ...], None] = {}
    for edge, (a, b) in enumerate(ends):
        if a != b and lengths[edge] < _LONGEST:
            ways[a].append((edge, b))
            ways[b].append((edge, a))
            if lengths[edge] < _SINGLE:
                runs[edge,] = None
    odd = {place for place, arms in enumerate(meetings.arms) if len(arms) % 2}
    for start in sorted(odd):
        left: list[tuple[int, tuple[int, ...], float]] = [(start, (), 0.0)]
        while left:
            at, run, length = left.pop()
            if run and at in odd and at > start:
                runs[tuple(sorted(run))] = None
            if len(run) < _STEPS:
                left += [
                    (place, (*run, edge), length + lengths[edge])
                    for edge, place in ways[at]
                    if edge not in run and length + lengths[edge] < _LONGEST
                ]
    return list(runs)


def _flipped(
    meetings: Meetings, times: list[int], choices: list[Choice], flips: Sequence[tuple[float, float]]
) -> tuple[set[int], set[int]]:
    """Change choices as flips ask; the doubled edges to be swapped, and the places that are settled."""
    swaps: set[int] = set()
    turns: dict[int, int] = defaultdict(int)
    if not flips:
        return swaps, set()
    places, pen = meetings.web.places, meetings.pen
    for x, y in flips:
        away = np.hypot(places[:, 0] - x, places[:, 1] - y)
        open_to = [p for p in np.argsort(away).tolist() if len(meetings.choices(p, times)) > 1]
        near = math.inf if not open_to else float(away[open_to[0]])
        doubled = [
            (float(np.hypot(edge[:, 0] - x, edge[:, 1] - y).min()), index)
            for index, edge in enumerate(meetings.web.edges)
            if times[index] > 1
        ]
        if doubled and min(doubled)[0] < min(near - pen, 2 * pen):
            swaps ^= {min(doubled)[1]}
        elif near < max(8 * pen, 20.0):
            turns[open_to[0]] += 1
    for place, turn in turns.items():
        ways = meetings.choices(place, times)
        choices[place] = ways[turn % len(ways)]
    return swaps, set(turns)


def _linked(meetings: Meetings, times: list[int], choices: list[Choice], swaps: set[int]) -> dict[Strand, Strand]:
    """Which strand each strand goes on as, through its place."""
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


def _open_loops(meetings: Meetings, times: list[int], links: dict[Strand, Strand], fixed: set[int]) -> None:
    """Join closed loops to other strokes where that costs least, until none is left that touches another."""
    strokes = list(_strokes(times, links))
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


def _strands(times: list[int], links: dict[Strand, Strand]) -> list[list[Strand]]:
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


def _strokes(times: list[int], links: dict[Strand, Strand]) -> list[Stroke]:
    return [Stroke(tuple(arm for arm, _ in strands), strands[0] in links) for strands in _strands(times, links)]


def _junctions(meetings: Meetings, times: list[int], choices: list[Choice]) -> list[Junction]:
    found: list[Junction] = []
    for place, taken in enumerate(choices):
        if len(meetings.arms[place]) > 2:
            ways = meetings.choices(place, times)
            if len(ways) > 1:
                other = min(way.cost for way in ways if way.key != taken.key)
                at = meetings.web.places[place]
                doubt = math.exp(min(0.0, taken.cost - other))
                found.append(Junction((float(at[0]), float(at[1])), len(ways), doubt))
    return found
