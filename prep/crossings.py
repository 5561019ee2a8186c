"""Two lines meet: do they cross, or only touch?

A cost of two arms (prep/costs.py) sees each line by itself and not far. Here both are seen together, as far as
they can be followed, by a small network that benchmarks/crossings.py trained on pages with known truth.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from drawing.geometry import Polyline
from prep.costs import Floats
from prep.meetings import Arm, Choice, Meetings, Strand, Way

AWAY = (0.75, 1.5, 2.5, 4.0, 5.5, 7.0, 9.0, 12.0, 16.0)
"""Lines are looked at so many pens from where they part."""
_AXIS = 2  # of AWAY: from these points of one end to those of the other goes the axis of the view
_LONGEST = 8.0  # pens: an edge longer than this is long
_TAIL = 1.5  # pens: beyond its end a line goes on as the last of it did
_MOST_EDGES = 40  # of a run, and of a line that is followed
_VIEWS = (((0, 1, 2, 3), (1, 1)), ((2, 3, 0, 1), (-1, -1)), ((1, 0, 3, 2), (1, -1)), ((3, 2, 1, 0), (-1, 1)))

Links = Mapping[Strand, Strand]


@dataclass(frozen=True)
class Encounter:
    """Two lines that share a run of edges, or meet at a place: a run of none."""

    before: tuple[Strand, Strand]
    """How the lines leave at the run's beginning, and ``after`` at its end: looking out from the run first the one
    that lies farther in the turn from x to y. Lines that go on from ``before[0]`` to ``after[0]`` cross."""
    after: tuple[Strand, Strand]
    length: float = 0.0
    """Of the run, in pens."""
    narrow: float = 0.0
    """The least width of the run's ink, in pens."""
    times: int = 1
    """How often the run is drawn, at most."""
    edges: int = 0


@dataclass(frozen=True)
class Shared:
    """A run of edges that two lines share, and how they go on at present."""

    path: tuple[tuple[Arm, int, int], ...]
    """For each edge the arm by which it is entered, and which of the times it is drawn the two lines are."""
    before: tuple[Strand, Strand]
    """What both lines come from at the run's beginning, and ``after`` what they go on as at its end."""
    after: tuple[Strand, Strand]

    @property
    def edges(self) -> list[int]:
        """Its edges, in order."""
        return [arm >> 1 for arm, _, _ in self.path]

    @property
    def first(self) -> tuple[Strand, Strand]:
        """The strands by which both lines leave the run at its beginning."""
        arm, one, other = self.path[0]
        return (arm, one), (arm, other)

    @property
    def last(self) -> tuple[Strand, Strand]:
        """The strands by which both lines leave the run at its end."""
        arm, one, other = self.path[-1]
        return (arm ^ 1, one), (arm ^ 1, other)

    def holds(self, links: Links) -> bool:
        """Whether the lines still go on like this at both ends."""
        now = [links.get(strand) for strand in (*self.first, *self.last)]
        return now == [*self.before, *self.after]


def shared(times: Sequence[int], links: Links) -> list[Shared]:
    """Every run of edges that two lines share, between the places where they part.

    Runs that a line ends on, turns back on or comes to again at once are not among them.
    """
    seen: set[tuple[int, int, int]] = set()
    found: list[Shared] = []
    for edge, count in enumerate(times):
        for one, other in itertools.combinations(range(count), 2):
            if (edge, one, other) in seen:
                continue
            ahead, after = _together(links, 2 * edge, one, other)
            astern, before = _together(links, 2 * edge + 1, one, other)
            path = [(arm ^ 1, i, j) for arm, i, j in reversed(astern[1:])] + ahead
            seen.update((arm >> 1, min(i, j), max(i, j)) for arm, i, j in path)
            if before is not None and after is not None:
                edges = [arm >> 1 for arm, _, _ in path]
                beyond = {arm >> 1 for arm, _ in (*before, *after)}
                if len(set(edges)) == len(edges) and not beyond & set(edges):
                    found.append(Shared(tuple(path), before, after))
    return found


def _together(
    links: Links, arm: Arm, one: int, other: int
) -> tuple[list[tuple[Arm, int, int]], tuple[Strand, Strand] | None]:
    """The edges along which two strands go on together, and what they part to; None if one ends or turns back."""
    path = [(arm, one, other)]
    while len(path) < _MOST_EDGES:
        arm, one, other = path[-1]
        first, second = links.get((arm ^ 1, one)), links.get((arm ^ 1, other))
        if first is None or second is None or first[0] == arm ^ 1 or second[0] == arm ^ 1:
            break
        if first[0] != second[0]:
            return path, (first, second)
        path.append((first[0], first[1], second[1]))
    return path, None


def encounter(meetings: Meetings, times: Sequence[int], run: Shared) -> tuple[Encounter, bool]:
    """A shared run as the network sees it, and whether its lines cross at present."""
    before, turned = _ordered(meetings, run.first[0][0], run.before)
    after, turned_too = _ordered(meetings, run.last[0][0], run.after)
    edges = run.edges
    length = float(meetings.web.lengths[edges].sum()) / meetings.pen
    narrow = float(meetings.features.narrow[edges].min())
    most = max(times[edge] for edge in edges)
    return Encounter(before, after, length, narrow, most, len(edges)), turned == turned_too


def _ordered(meetings: Meetings, arm: Arm, ways: tuple[Strand, Strand]) -> tuple[tuple[Strand, Strand], bool]:
    """Two ways to go on from a run that leaves its place by ``arm``, the one to the left first; whether they changed
    places for that."""
    out = -meetings.heading[arm]
    one, other = (_signed(out, meetings.heading[way[0]]) for way in ways)
    return (ways, False) if one > other else ((ways[1], ways[0]), True)


def _signed(one: Polyline, other: Polyline) -> float:
    return float(np.arctan2(one[0] * other[1] - one[1] * other[0], one @ other))


def look_closer(meetings: Meetings, times: Sequence[int], links: Links) -> dict[int, dict[Way, Choice]]:
    """What each way to pair the arms costs at places where two lines meet, each drawn once.

    All three together are as likely as by the costs of their arms; the network tells which of them it is.
    """
    places = [
        place
        for place, arms in enumerate(meetings.arms)
        if len(arms) == 4 and all(times[arm >> 1] == 1 for arm in arms)
    ]
    rounds = around(meetings, links, places)
    seen = [touch for arms in rounds for touch in touches(arms)]
    odds = touching(meetings, links, seen).reshape(-1, 2)
    found: dict[int, dict[Way, Choice]] = {}
    for place, arms, touch in zip(places, rounds, odds, strict=True):
        ways = pairings(arms)
        costs = np.array([sum(meetings.together[pair] for pair in pairs) for pairs in ways])
        likely = np.array([0.0, *touch])
        costs = _total(likely) - likely - _total(-costs)
        choices = [Choice(cost, pairs, ()) for cost, pairs in zip(costs.tolist(), ways, strict=True)]
        found[place] = {choice.key: choice for choice in choices}
    return found


def _total(logs: Floats) -> float:
    """The logarithm of a sum of likelihoods."""
    return float(np.logaddexp.reduce(logs))


def around(meetings: Meetings, links: Links, places: Sequence[int]) -> list[tuple[Arm, ...]]:
    """The arms of places of four, in the order in which one turns from x to y."""
    arms = [meetings.arms[place] for place in places]
    out = _followed(meetings, links, [(arm, 0) for each in arms for arm in each])[:, _AXIS].reshape(-1, 4, 2)
    out -= meetings.web.places[list(places)].reshape(-1, 1, 2)
    order = np.argsort(np.arctan2(out[..., 1], out[..., 0]), axis=1)
    return [tuple(each[index] for index in turn) for each, turn in zip(arms, order.tolist(), strict=True)]


def pairings(arms: tuple[Arm, ...]) -> list[tuple[tuple[Arm, Arm], ...]]:
    """The three ways to draw two lines through four arms: crossing, touching as ``touches`` has it, in its order."""
    a, b, c, d = arms
    return [((a, c), (b, d)), ((a, b), (c, d)), ((b, c), (d, a))]


def touches(arms: tuple[Arm, ...]) -> tuple[Encounter, Encounter]:
    """The two ways in which lines may touch at a place."""
    a, b, c, d = ((arm, 0) for arm in arms)
    return Encounter((a, d), (c, b)), Encounter((b, a), (d, c))


def touching(meetings: Meetings, links: Links, encounters: Sequence[Encounter]) -> Floats:
    """For each encounter by how much likelier it is that its lines touch than that they cross, in nats."""
    if not encounters:
        return np.zeros(0)
    return np.mean([_network(view) for view in views(features(meetings, links, encounters))], axis=0)


def features(meetings: Meetings, links: Links, encounters: Sequence[Encounter]) -> tuple[Floats, Floats, Floats]:
    """What the network sees of each encounter: (n, 4, len(AWAY), 2) points on its arms from its middle, in pens, the
    axis of the view along x; (n, 4) lengths of the first edges, in pens, up to 8; (n, 5) what Encounter tells of the
    run, its length also as exp(-length / 2)."""
    pen = meetings.pen
    strands = [strand for each in encounters for strand in (*each.before, *each.after)]
    arms = _followed(meetings, links, strands).reshape(len(encounters), 4, len(AWAY), 2)
    places = meetings.web.places[meetings.web.ends.ravel()[[arm for arm, _ in strands]]]
    middle = places.reshape(-1, 4, 2).mean(axis=1)
    axis = arms[:, 2:, _AXIS].mean(axis=1) - arms[:, :2, _AXIS].mean(axis=1)
    axis /= np.hypot(axis[:, 0], axis[:, 1])[:, None] + 1e-9
    turn = np.stack([axis, np.column_stack([-axis[:, 1], axis[:, 0]])], axis=2)
    points = (arms - middle[:, None, None]) @ turn[:, None] / pen
    lengths = meetings.web.lengths[[arm >> 1 for arm, _ in strands]].reshape(-1, 4) / pen
    run = [(each.length, np.exp(-each.length / 2), each.narrow, each.times, each.edges) for each in encounters]
    return points, np.minimum(lengths, _LONGEST), np.array(run)


def views(seen: tuple[Floats, Floats, Floats]) -> Iterator[Floats]:
    """The same encounters seen from ahead and astern, and in a mirror, as rows for the network."""
    points, lengths, run = seen
    for order, flip in _VIEWS:
        turned = points[:, order] * np.array(flip)
        yield np.concatenate([np.arcsinh(turned.reshape(len(run), -1) / 2), lengths[:, order], run], axis=1)


def _followed(meetings: Meetings, links: Links, strands: Sequence[Strand]) -> Floats:
    """(n, len(AWAY), 2): points along each strand from where it leaves, and on through places as linked; beyond its
    end it goes straight on."""
    lengths, pen = meetings.lengths, meetings.pen
    away = [each * pen for each in AWAY]
    arms = np.empty((len(strands), len(away)), dtype=np.intp)
    where = np.empty(arms.shape)
    for row, strand in enumerate(strands):
        arm, time = strand
        before, column = 0.0, 0
        for _ in range(_MOST_EDGES):
            while column < len(away) and away[column] <= before + lengths[arm >> 1]:
                arms[row, column], where[row, column] = arm, away[column] - before
                column += 1
            ahead = links.get((arm ^ 1, time))
            if ahead is None or column == len(away):
                break
            before += lengths[arm >> 1]
            arm, time = ahead
        arms[row, column:] = arm
        where[row, column:] = np.array(away[column:]) - before
    return meetings.web.along(arms.ravel(), where.reshape(-1, 1), _TAIL * pen).reshape(*arms.shape, 2)


@cache
def _weights() -> dict[str, Floats]:
    with resources.files("prep").joinpath("crossings.npz").open("rb") as file, np.load(file) as arrays:
        return {name: arrays[name].astype(np.float64) for name in arrays.files}


def _network(rows: Floats) -> Floats:
    """(n,): how much likelier touching is, in nats, for rows of one view; two hidden layers."""
    weights = _weights()
    hidden = (rows - weights["mean"]) / weights["spread"]
    for layer in ("first", "second"):
        hidden = _silu(hidden @ weights[f"{layer}.weight"].T + weights[f"{layer}.bias"])
    return (hidden @ weights["last.weight"].T + weights["last.bias"])[:, 0]


def _silu(values: Floats) -> Floats:
    return values / (1 + np.exp(-np.clip(values, -60, None)))
