"""The best of several: for each drawing wanted more are drawn, and the likeliest that meets the rules is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from drawing.accept import Rules
from model.errors import ModelError

if TYPE_CHECKING:
    from model.sample import Order, Sample

MOST = 1000
"""Seeds drawn for one drawing."""


@dataclass(frozen=True)
class Chosen:
    """What became of one drawing that was wanted."""

    sample: Sample | None
    """The best; None if all broke the rules."""
    rejected: int
    """How many broke the rules."""
    reasons: tuple[str, ...] = ()
    """Why, in plain words, of the first that did."""


ANY = Rules()
"""Nothing is looked at."""
OnChosen = Callable[[int, Chosen], object]


@dataclass(frozen=True)
class Choice:
    """How to choose."""

    best_of: int = 1
    """Seeds drawn for each drawing wanted: number n stands for the seeds from n times this on."""
    rules: Rules = ANY

    def __post_init__(self) -> None:
        if not isinstance(self.best_of, int) or not 1 <= self.best_of <= MOST:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ModelError(f"A drawing is the best of 1 to {MOST:,}, not of {self.best_of}.")

    @property
    def plain(self) -> bool:
        """Whether there is nothing to choose by."""
        return self.best_of == 1 and self.rules == ANY

    def tries(self, order: Order) -> list[Order]:
        """What to draw for one drawing wanted; its seed is a number that stands for several."""
        first = order.seed * self.best_of
        return [replace(order, seed=first + index) for index in range(self.best_of)]

    def best(self, samples: Sequence[Sample]) -> Chosen:
        """The likeliest per point of those that meet the rules; one that the network ended before any other."""
        found = [(each, self.rules.reasons(each.drawing)) for each in samples]
        good = [each for each, reasons in found if not reasons]
        bad = [reasons for _, reasons in found if reasons]
        best = min(good, key=lambda each: (not each.finished, each.nats_per_point, each.seed), default=None)
        return Chosen(best, len(bad), tuple(bad[0]) if bad else ())

    def sieve(self, on_chosen: OnChosen) -> Callable[[int, Sample], None]:
        """Takes samples of ``tries``, one order's after the other's, by their place; tells of each when all are in."""
        waiting: dict[int, dict[int, Sample]] = {}

        def take(index: int, sample: Sample) -> None:
            wanted, place = divmod(index, self.best_of)
            group = waiting.setdefault(wanted, {})
            group[place] = sample
            if len(group) == self.best_of:
                del waiting[wanted]
                on_chosen(wanted, self.best([group[each] for each in sorted(group)]))

        return take
