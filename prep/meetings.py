"""What may happen where lines meet: which arms are drawn in one go, what each choice costs, which is cheapest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from prep.costs import Features, Floats, arms_of
from prep.web import Web

Arm = int
Strand = tuple[Arm, int]
"""One end of one drawing of an edge: the arm it leaves by, and which of the times it is."""
Way = tuple[tuple[tuple[Arm, Arm], ...], tuple[Arm, ...]]
_MOST_EXACT = 8  # passages by a place beyond which pairs are taken greedily, cheapest first


@dataclass(frozen=True)
class Choice:
    """One way to draw a place."""

    cost: float
    pairs: tuple[tuple[Arm, Arm], ...]
    """Arms drawn in one go, the pen coming along one and leaving along the other."""
    ends: tuple[Arm, ...]
    """Arms at which a stroke ends."""

    @cached_property
    def key(self) -> Way:
        """The same for choices that mean the same."""
        return told(self.pairs, self.ends)


def told(pairs: Iterable[tuple[Arm, Arm]], ends: Iterable[Arm]) -> Way:
    """What is drawn in one go and what ends, told in one way whatever the order."""
    return tuple(sorted((min(pair), max(pair)) for pair in pairs)), tuple(sorted(ends))


class Meetings:
    """All places of a web with the costs of their choices, each worked out once."""

    def __init__(self, web: Web, features: Features, costs: Floats) -> None:
        pair, end, tip, again = np.split(
            costs, np.cumsum([features.pair.shape[1], features.end.shape[1], features.tip.shape[1]])
        )
        self.web = web
        self.features = features
        self.pen = features.pen
        self.heading = features.heading
        """(2 E, 2): the direction in which each arm leaves."""
        self.arms = arms_of(web)
        self.lengths: list[float] = web.lengths.tolist()
        """Of each edge, in pixels."""
        together = np.maximum(features.pair @ pair, 0.0).tolist()
        self.together: dict[tuple[Arm, Arm], float] = {}
        for (one, other), cost in zip(features.pairs.tolist(), together, strict=True):
            self.together[one, other] = self.together[other, one] = cost
        self.end: list[float] = (features.end @ end).tolist()
        self.tip: list[float] = (features.tip @ tip).tolist()
        self.again: Floats = features.again @ again  # (E, times)
        self._edges = [[arm >> 1 for arm in arms] for arms in self.arms]
        self._known: dict[tuple[int, tuple[int, ...]], Choice] = {}
        self._costs: dict[tuple[int, tuple[int, ...]], float] = {}
        self._solved: dict[int, Callable[[int], tuple[float, int]]] = {}

    def passages(self, place: int, times: Sequence[int]) -> list[Arm]:
        """The arms of a place, each as often as its edge is drawn."""
        return [arm for arm in self.arms[place] for _ in range(times[arm >> 1])]

    def best(self, place: int, times: Sequence[int]) -> Choice:
        """The cheapest choice where each edge is drawn so often."""
        key = place, tuple([times[edge] for edge in self._edges[place]])
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._cheapest(place, key[1])
        return known

    def cost(self, place: int, times: Sequence[int]) -> float:
        """What the cheapest choice costs, which is quicker to tell than the choice."""
        edges = self._edges[place]
        key = place, tuple([times[edge] for edge in edges])
        known = self._costs.get(key)
        if known is None:
            exact = len(edges) > 1 and sum(key[1]) <= _MOST_EXACT
            known = self._of(place)(_left(key[1]))[0] if exact else self.best(place, times).cost
            self._costs[key] = known
        return known

    def choices(self, place: int, times: Sequence[int]) -> list[Choice]:
        """All choices with the fewest ends, cheapest first; the best one alone where there are too many passages."""
        best = self.best(place, times)
        arms = self.arms[place]
        passages = tuple([index for index, edge in enumerate(self._edges[place]) for _ in range(times[edge])])
        if len(arms) == 1 or len(passages) > _MOST_EXACT:
            return [best]
        found = {best.key: best}
        for pairs, ends in _every_way(passages):
            if len(ends) <= max(len(best.ends), len(passages) % 2):
                choice = self._priced(
                    tuple([(arms[one], arms[other]) for one, other in pairs]), tuple([arms[end] for end in ends])
                )
                found.setdefault(choice.key, choice)
        return sorted(found.values(), key=lambda choice: (choice is not best, choice.cost, choice.key))

    def _priced(self, pairs: tuple[tuple[Arm, Arm], ...], ends: tuple[Arm, ...]) -> Choice:
        return Choice(sum(self.together[pair] for pair in pairs) + sum(self.end[arm] for arm in ends), pairs, ends)

    def _cheapest(self, place: int, times: tuple[int, ...]) -> Choice:
        arms, count = self.arms[place], sum(times)
        if len(arms) == 1:
            out_and_back, odd = divmod(count, 2)
            cost = out_and_back * self.tip[arms[0]] + odd * self.end[arms[0]]
            return Choice(cost, ((arms[0], arms[0]),) * out_and_back, (arms[0],) * odd)
        if count > _MOST_EXACT:
            return self._greedy([arm for arm, often in zip(arms, times, strict=True) for _ in range(often)])
        of, left = self._of(place), _left(times)
        cost = of(left)[0]
        pairs: list[tuple[Arm, Arm]] = []
        ends: list[Arm] = []
        while left:
            first, second = (left & -left).bit_length() - 1 >> 1, of(left)[1]
            left -= 1 << 2 * first
            if second < 0:
                ends.append(arms[first])
            else:
                left -= 1 << 2 * second
                pairs.append((arms[first], arms[second]))
        return Choice(cost, tuple(reversed(pairs)), tuple(reversed(ends)))

    def _of(self, place: int) -> Callable[[int], tuple[float, int]]:
        found = self._solved.get(place)
        if found is None:
            found = self._solved[place] = self._solver(self.arms[place])
        return found

    def _solver(self, arms: list[Arm]) -> Callable[[int], tuple[float, int]]:
        """What the cheapest way costs to draw what is left of a place, and the arm its first arm goes on as, or -1.

        Of what is left, two bits for each arm tell how many of its passages. What is worked out is kept: however
        often edges are drawn, a place comes down to the same.
        """
        known: dict[int, tuple[float, int]] = {0: (0.0, -1)}
        prices = [[self.together[arm, other] for other in arms] for arm in arms]
        alone = [self.end[arm] for arm in arms]
        seconds = [
            [(2 * second, second, prices[first][second]) for second in range(first, len(arms))]
            for first in range(len(arms))
        ]

        def of(left: int) -> tuple[float, int]:
            first = (left & -left).bit_length() - 1 >> 1
            rest = left - (1 << 2 * first)
            less = known.get(rest) or of(rest)
            cost, going = less[0] + alone[first], -1
            for shift, second, price in seconds[first]:
                if price < cost and rest >> shift & 3:
                    after = rest - (1 << shift)
                    less = known.get(after) or of(after)
                    if less[0] + price < cost:
                        cost, going = less[0] + price, second
            found = known[left] = cost, going
            return found

        return lambda left: known.get(left) or of(left)

    def _greedy(self, passages: list[Arm]) -> Choice:
        count = len(passages)
        ranked = sorted((self.together[passages[i], passages[j]], i, j) for i in range(count) for j in range(i))
        left = set(range(count))
        pairs: list[tuple[Arm, Arm]] = []
        for _, i, j in ranked:
            if i in left and j in left:
                left -= {i, j}
                pairs.append((passages[i], passages[j]))
        return self._priced(tuple(pairs), tuple(passages[i] for i in sorted(left)))


def _left(times: Iterable[int]) -> int:
    """How often each arm is still to be drawn, in two bits each."""
    return sum(often << 2 * index for index, often in enumerate(times))


@cache
def _every_way(passages: tuple[Arm, ...]) -> list[Way]:
    return list(matchings(passages))


def matchings(passages: tuple[Arm, ...]) -> Iterator[Way]:
    """All ways to pair passages or let them end."""
    if not passages:
        yield (), ()
        return
    first, rest = passages[0], passages[1:]
    for pairs, ends in matchings(rest):
        yield pairs, (first, *ends)
    for index, other in enumerate(rest):
        if other in rest[:index]:
            continue
        for pairs, ends in matchings(rest[:index] + rest[index + 1 :]):
            yield ((first, other), *pairs), ends
