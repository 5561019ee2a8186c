"""Of all ways to draw a place the cheapest, with costs at hazard: whatever is learnt, the search must be right."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from inked import inked

from prep.meetings import Meetings, matchings, told
from prep.trace import meet


def star(arms: int, seed: int) -> tuple[Meetings, int]:
    """A place at which so many lines meet, with its number; what each choice there costs is drawn by lot."""
    angles = 2 * np.pi * np.arange(arms) / arms
    lines = [[(120, 100), (120 + 80 * np.cos(angle), 100 + 80 * np.sin(angle))] for angle in angles]
    found = meet(inked(lines), 2)
    (place,) = (number for number, at in enumerate(found.arms) if len(at) == arms)
    rng = np.random.default_rng(seed)
    for one, other in itertools.combinations_with_replacement(found.arms[place], 2):
        found.together[one, other] = found.together[other, one] = float(rng.uniform(0, 4))
    found.end = rng.uniform(0, 4, len(found.end)).tolist()
    found.tip = rng.uniform(0, 4, len(found.tip)).tolist()
    return found, place


def priced(found: Meetings, pairs: tuple, ends: tuple) -> float:
    return sum(found.together[pair] for pair in pairs) + sum(found.end[arm] for arm in ends)


@pytest.mark.parametrize("arms", [3, 4, 5])
def test_the_best_is_the_cheapest_of_all_ways(arms: int) -> None:
    for seed in range(12):
        found, place = star(arms, seed)
        times = [1 + (seed + edge) % 2 for edge in range(len(found.end) // 2)]
        ways = list(matchings(tuple(found.passages(place, times))))
        best = found.best(place, times)
        assert best.cost == pytest.approx(min(priced(found, *way) for way in ways))
        assert best.cost == pytest.approx(priced(found, best.pairs, best.ends))
        assert sorted([*itertools.chain(*best.pairs), *best.ends]) == sorted(found.passages(place, times))
        assert len({told(*way) for way in ways}) <= len(ways)


def test_choices_are_the_best_and_others_with_no_more_ends_each_dearer_than_the_one_before() -> None:
    found, place = star(4, 3)
    times = [1] * (len(found.end) // 2)
    choices = found.choices(place, times)
    assert choices[0] == found.best(place, times)
    rest = [choice.cost for choice in choices[1:]]
    assert rest == sorted(rest)
    assert len({choice.key for choice in choices}) == len(choices)
    assert max(len(choice.ends) for choice in choices) <= len(choices[0].ends)


def test_at_the_end_of_a_line_the_pen_ends_or_turns_as_often_as_the_line_is_drawn() -> None:
    found, place = star(3, 1)
    (end,) = (
        number for number, at in enumerate(found.arms) if len(at) == 1 and at[0] >> 1 == found.arms[place][0] >> 1
    )
    (arm,) = found.arms[end]
    for times, cost in ((1, found.end[arm]), (2, found.tip[arm]), (3, found.tip[arm] + found.end[arm])):
        best = found.best(end, [times] * len(found.end))
        assert best.cost == pytest.approx(cost)
        assert (len(best.pairs), len(best.ends)) == divmod(times, 2)


def test_where_very_many_meet_pairs_are_taken_by_price() -> None:
    found, place = star(5, 2)
    best = found.best(place, [2] * (len(found.end) // 2))
    assert len(best.pairs) == 5
    passages = found.passages(place, [2] * (len(found.end) // 2))
    cheapest = min(found.together[pair] for pair in itertools.combinations(passages, 2))
    assert min(found.together[pair] for pair in best.pairs) == cheapest
