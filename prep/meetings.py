"""What may happen where lines meet: which arms are drawn in one go, what each choice costs, which is cheapest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

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

    @property
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
        self._known: dict[tuple[int, tuple[int, ...]], Choice] = {}

    def passages(self, place: int, times: Sequence[int]) -> list[Arm]:
        """The arms of a place, each as often as its edge is drawn."""
        return [arm for arm in self.arms[place] for _ in range(times[arm >> 1])]

    def best(self, place: int, times: Sequence[int]) -> Choice:
        """The cheapest choice where each edge is drawn so often."""
        arms = self.arms[place]
        key = place, tuple(times[arm >> 1] for arm in arms)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._cheapest(arms, self.passages(place, times))
        return known

    def choices(self, place: int, times: Sequence[int]) -> list[Choice]:
        """All choices with the fewest ends, cheapest first; the best one alone where there are too many passages."""
        best = self.best(place, times)
        passages = self.passages(place, times)
        if len(self.arms[place]) == 1 or len(passages) > _MOST_EXACT:
            return [best]
        found = {best.key: best}
        for pairs, ends in matchings(tuple(passages)):
            if len(ends) <= max(len(best.ends), len(passages) % 2):
                choice = self._priced(pairs, ends)
                found.setdefault(choice.key, choice)
        return sorted(found.values(), key=lambda choice: (choice is not best, choice.cost, choice.key))

    def _priced(self, pairs: tuple[tuple[Arm, Arm], ...], ends: tuple[Arm, ...]) -> Choice:
        return Choice(sum(self.together[pair] for pair in pairs) + sum(self.end[arm] for arm in ends), pairs, ends)

    def _cheapest(self, arms: list[Arm], passages: list[Arm]) -> Choice:
        if len(arms) == 1:
            out_and_back, odd = divmod(len(passages), 2)
            cost = out_and_back * self.tip[arms[0]] + odd * self.end[arms[0]]
            return Choice(cost, ((arms[0], arms[0]),) * out_and_back, (arms[0],) * odd)
        if len(passages) > _MOST_EXACT:
            return self._greedy(passages)
        best: dict[int, tuple[float, *Way]] = {0: (0.0, (), ())}  # a Choice each, made at the end
        prices = [[self.together[arm, other] for other in arms] for arm in arms]
        count = len(arms)

        def of(left: int) -> tuple[float, *Way]:  # two bits for each arm: how many of its passages are left
            if (known := best.get(left)) is not None:
                return known
            first = (left & -left).bit_length() - 1 >> 1
            arm, rest = arms[first], left - (1 << 2 * first)
            cost, pairs, ends = of(rest)
            found = (cost + self.end[arm], pairs, (*ends, arm))
            for second in range(first, count):
                if rest >> 2 * second & 3 and (price := prices[first][second]) < found[0]:
                    cost, pairs, ends = of(rest - (1 << 2 * second))
                    if cost + price < found[0]:
                        found = (cost + price, (*pairs, (arm, arms[second])), ends)
            best[left] = found
            return found

        return Choice(*of(sum(passages.count(arm) << 2 * index for index, arm in enumerate(arms))))

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
