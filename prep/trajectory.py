"""The trajectory of the pen: how often each edge of a web was drawn, and which arms in one go.

Smoothest Euler paths as in Kato and Yasuhara (PAMI 2000) and Qiao, Nishiara and Yasuhara (PAMI 2006),
with costs that were learnt (prep/costs.py): edges that were drawn twice are chosen together with the
pairs at their ends, and closed loops are opened into their neighbours where that costs least.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from prep.costs import MOST
from prep.crossings import look_closer, shared
from prep.links import Stroke, linked, open_loops, part, strokes_of, swap
from prep.meetings import Choice, Meetings

_LONGEST = 18.0  # pens: farther than this a line is not followed back along itself
_STEPS = 3  # edges in one such run
_SINGLE = 8.0  # pens: edges shorter than this may be doubled by themselves
_MOST_MOVES = 6000
_EPSILON = 1e-6

Ways = Callable[[int], list[Choice]]
"""All choices of a place, the likeliest first."""


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
    closer = look_closer(meetings, times, linked(choices))

    @cache
    def ways(place: int) -> list[Choice]:
        known = closer.get(place, {})
        found = [known.get(choice.key, choice) for choice in meetings.choices(place, times)]
        return sorted(found, key=lambda choice: choice.cost) if known else found

    for place in closer:
        choices[place] = ways(place)[0]
    swaps, fixed = _flipped(meetings, times, ways, choices, flips)
    links = linked(choices)
    part(meetings, times, links)
    open_loops(meetings, times, links, closer, fixed)
    for edge in sorted(swaps):  # at last, so that it changes what a person has seen, and stays
        swap(times, links, edge)
    return Trajectory(tuple(strokes_of(times, links)), tuple(_junctions(meetings, ways, choices)))


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
    cost_of = meetings.cost
    cost = [cost_of(place, times) for place in range(len(meetings.arms))]

    def gain(index: int, by: int) -> float:
        run = runs[index]
        for edge in run:
            if not 1 <= times[edge] + by <= MOST:
                return math.inf
        change = sum([again[edge][times[edge] + by] - again[edge][times[edge]] for edge in run])
        for edge in run:
            times[edge] += by
        change += sum([cost_of(place, times) - cost[place] for place in places[index]])
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
            cost[place] = cost_of(place, times)
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
    meetings: Meetings, times: list[int], ways: Ways, choices: list[Choice], flips: Sequence[tuple[float, float]]
) -> tuple[set[int], set[int]]:
    """Change choices as flips ask; the doubled edges to be swapped, and the places that are settled."""
    swaps: set[int] = set()
    turns: dict[int, int] = defaultdict(int)
    if not flips:
        return swaps, set()
    places, pen = meetings.web.places, meetings.pen
    common = {edge for run in shared(times, linked(choices)) for edge in run.edges}
    for x, y in flips:
        away = np.hypot(places[:, 0] - x, places[:, 1] - y)
        place = next((place for place in np.argsort(away).tolist() if len(ways(place)) > 1), None)
        near = math.inf if place is None else float(away[place])
        doubled = [
            (float(np.hypot(edge[:, 0] - x, edge[:, 1] - y).min()), index)
            for index, edge in enumerate(meetings.web.edges)
            if index in common
        ]
        if doubled and min(doubled)[0] < min(near - pen, 2 * pen):
            swaps ^= {min(doubled)[1]}
        elif place is not None and near < max(8 * pen, 20.0):
            turns[place] += 1
    for place, turn in turns.items():
        every = ways(place)
        choices[place] = every[turn % len(every)]
    return swaps, set(turns)


def _junctions(meetings: Meetings, ways: Ways, choices: list[Choice]) -> list[Junction]:
    found: list[Junction] = []
    for place, taken in enumerate(choices):
        if len(meetings.arms[place]) > 2:
            every = ways(place)
            if len(every) > 1:
                other = min(way.cost for way in every if way.key != taken.key)
                at = meetings.web.places[place]
                doubt = math.exp(min(0.0, taken.cost - other))
                found.append(Junction((float(at[0]), float(at[1])), len(every), doubt))
    return found
