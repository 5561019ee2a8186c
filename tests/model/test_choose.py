"""The best of several: what is chosen, what is turned down and why."""

from __future__ import annotations

import dataclasses

import pytest

from drawing.accept import Rules
from drawing.drawing import Drawing
from drawing.recipe import Recipe
from model.choose import MOST, Choice, Chosen
from model.errors import ModelError
from model.sample import Order, Sample

LINE = Drawing.of([[(0.0, 0.0), (5.0, 1.0), (9.0, 4.0)]])
TWO = Drawing.of([[(0.0, 0.0), (5.0, 1.0)], [(2.0, 2.0), (9.0, 4.0)]])


def a_sample(seed: int, nats: float, drawing: Drawing = LINE, *, finished: bool = True) -> Sample:
    return Sample(drawing, seed, finished, nats, Recipe(kind="sample", seed=seed))


def test_the_likeliest_is_chosen_and_one_that_the_network_ended_before_any_other() -> None:
    choice = Choice(4)
    cut = a_sample(1, -9.0, finished=False)
    found = choice.best([cut, a_sample(2, 1.5), a_sample(3, 0.5), a_sample(4, 0.5)])
    assert (found.sample, found.rejected) == (a_sample(3, 0.5), 0)  # of two as likely, the first
    assert choice.best([cut]).sample == cut


def test_what_breaks_a_rule_is_counted_and_told_of() -> None:
    choice = Choice(3, Rules(max_strokes=1))
    found = choice.best([a_sample(1, -5.0, TWO), a_sample(2, 3.0), a_sample(3, -4.0, TWO)])
    assert found == Chosen(a_sample(2, 3.0), 2, ("2 strokes, more than 1",))
    assert choice.best([a_sample(1, 0.0, TWO)]) == Chosen(None, 1, ("2 strokes, more than 1",))


def test_each_drawing_wanted_has_seeds_of_its_own() -> None:
    seeds = [[each.seed for each in Choice(3).tries(Order(number, 0.7))] for number in (0, 1, 5)]
    assert seeds == [[0, 1, 2], [3, 4, 5], [15, 16, 17]]
    assert Choice(3).tries(Order(1, 0.7)) == [Order(seed, 0.7) for seed in (3, 4, 5)]
    assert Choice().tries(Order(8)) == [Order(8)]
    assert Choice().plain
    assert not Choice(2).plain
    assert not Choice(1, Rules(max_strokes=1)).plain


def test_a_sieve_waits_for_all_of_one_and_for_nobody_else() -> None:
    told: list[tuple[int, Chosen]] = []
    take = Choice(2).sieve(lambda wanted, chosen: told.append((wanted, chosen)))
    # places 2 and 3 are of the second drawing wanted; samples come as they are done
    take(3, a_sample(11, 0.2))
    take(0, a_sample(8, 0.1))
    assert told == []
    take(2, a_sample(10, 0.3))
    assert [(wanted, chosen.sample) for wanted, chosen in told] == [(1, a_sample(11, 0.2))]
    take(1, a_sample(9, 0.1))
    assert [(wanted, chosen.sample) for wanted, chosen in told[1:]] == [(0, a_sample(8, 0.1))]


@pytest.mark.parametrize("number", [0, -1, MOST + 1, 2.5])
def test_a_number_that_makes_no_sense_is_refused(number: float) -> None:
    with pytest.raises(ModelError, match="best of 1 to 1,000, not of"):
        Choice(number)  # type: ignore[arg-type]
    assert dataclasses.replace(Choice(), best_of=MOST).best_of == MOST
