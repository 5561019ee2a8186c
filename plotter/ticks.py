"""The board's motion arithmetic: whole numbers, one addition every 40 microseconds, solved in closed form.

Each axis has a rate, which grows by an acceleration on every tick, and an accumulator of 31 bits that the
rate is added to; its overflow is a step. A rate of 2^31 is 25,000 steps/s. (EggBot firmware documentation,
commands LM, LT and T3; firmware 3 lets a rate pass through zero and turn the motor round, 2.7 and 2.8 count
the rate without its sign and take the direction from the steps.)
"""

from __future__ import annotations

import itertools
import math
import struct
from dataclasses import dataclass

TICKS_PER_S = 25_000
TICK_S = 1 / TICKS_PER_S
TICKS_PER_MS = 25
STEP = 1 << 31
"""The accumulator overflows here, and the motor steps."""
RATE_PER_STEP_S = STEP / TICKS_PER_S
"""Rate of one step a second, 85,899.35."""
FLOAT_RATE = 85_899_350.0
"""Of one step in a ms, as firmware 3 has it."""
MOST_ROLLS = 20
"""A rate that rolled over so often is nonsense; from then on a step a tick is near enough."""


@dataclass(frozen=True, slots=True)
class Track:
    """One axis during one command: where it is, and how fast, after any number of ticks.

    Its rate after tick k is ``start + k acc + k (k - 1) / 2 jerk``.
    """

    ticks: int
    """It moves so long and then rests, even if the other axis still moves."""
    start: int
    acc: int = 0
    jerk: int = 0
    accumulator: int = 0
    """Before the first tick, 0 to 2^31 - 1."""
    direction: int = 1
    """-1 where the board counts the rate without its sign and the steps are negative."""
    then: Track | None = None
    """What follows in the same command: a rate that fell below zero starts anew from the top (2.7 and 2.8)."""

    def steps_at(self, tick: int) -> int:
        """Steps from the start of the command, forward less backward."""
        if tick > self.ticks:
            if self.then is not None:
                return self.steps_at(self.ticks) + self.then.steps_at(tick - self.ticks)
            tick = self.ticks
        return self.direction * (self._sum(tick) >> 31)

    def place_at(self, tick: float) -> float:
        """Steps and the fraction of the next one, for a smooth path."""
        if tick > self.ticks:
            if self.then is not None:
                return self.place_at(self.ticks) + self.then.place_at(tick - self.ticks)
            tick = self.ticks
        moved = tick * self.start + self.acc * tick * (tick + 1) / 2 + self.jerk * (tick + 1) * tick * (tick - 1) / 6
        return self.direction * moved / STEP

    def rate_at(self, tick: int) -> int:
        """Rate word after a tick, signed by the direction of the motor."""
        if tick > self.ticks and self.then is not None:
            return self.then.rate_at(tick - self.ticks)
        tick = min(tick, self.ticks)
        return self.direction * (self.start + tick * self.acc + self.jerk * (tick * (tick - 1) // 2))

    @property
    def total_ticks(self) -> int:
        """Ticks in which it moves."""
        return self.ticks if self.then is None else self.ticks + self.then.total_ticks

    @property
    def total_steps(self) -> int:
        """Steps at its end, forward less backward."""
        return self.steps_at(self.total_ticks)

    @property
    def total_count(self) -> int:
        """Steps at its end, backward ones counted as well as forward ones."""
        marks = sorted({0, self.ticks, *(tick for tick in self.turns() if 0 < tick < self.ticks)})
        sums = [self._sum(tick) >> 31 for tick in marks]
        own = sum(abs(after - before) for before, after in itertools.pairwise(sums))
        return own if self.then is None else own + self.then.total_count

    def accumulator_at(self, tick: int) -> int:
        """What the accumulator holds after a tick."""
        if tick > self.ticks:
            if self.then is not None:
                return self.then.accumulator_at(tick - self.ticks)
            tick = self.ticks
        return self._sum(tick) & (STEP - 1)

    @property
    def end_accumulator(self) -> int:
        """What is left for the next command."""
        return self.accumulator_at(self.total_ticks)

    @property
    def top_rate(self) -> int:
        """Largest rate word of the move, without sign."""
        own = max(abs(self.rate_at(min(1, self.ticks))), abs(self.rate_at(self.ticks)))
        if self.jerk:
            # where the acceleration passes through zero
            peak = min(max(round(0.5 - self.acc / self.jerk), 1), self.ticks)
            own = max(own, abs(self.rate_at(peak)))
        return own if self.then is None else max(own, self.then.top_rate)

    def turns(self) -> list[int]:
        """Ticks around which the rate may pass through zero, a few too many."""
        a, b = self.jerk / 2, self.acc - self.jerk / 2
        roots: list[float] = []
        if a == 0:
            roots = [-self.start / b] if b else []
        elif (square := b * b - 4 * a * self.start) >= 0:
            roots = [(-b + sign * math.sqrt(square)) / (2 * a) for sign in (1, -1)]
        return [math.floor(root) + near for root in roots if abs(root) <= self.ticks + 2 for near in range(-2, 4)]

    def _sum(self, tick: int) -> int:
        moved = self.accumulator + tick * self.start + self.acc * (tick * (tick + 1) // 2)
        return moved + self.jerk * ((tick + 1) * tick * (tick - 1) // 6) if self.jerk else moved


REST = Track(0, 0)


def start_rate(rate: int, acc: int, jerk: int = 0) -> int:
    """Rate before the first tick: half the acceleration less, so that the mean over a move comes out right."""
    return rate - _divide(acc, 2) + _divide(jerk, 6)


def cleared_accumulator(start: int, acc: int, jerk: int = 0) -> int:
    """What a cleared accumulator holds: nothing, or one less than a step if the motor first turns backward."""
    first = start + acc or start + 2 * acc + jerk or start + 3 * acc + 3 * jerk
    return STEP - 1 if first < 0 else 0


def limited_track(start: int, acc: int, steps: int, accumulator: int = 0) -> Track:
    """A move that ends once the axis has made so many steps, forward and backward counted alike (LM, firmware 3).

    Args:
        start: rate before the first tick, see start_rate; its sign is the direction.
        steps: how many, not negative.
    """
    if steps <= 0 or (start == 0 and acc == 0):
        return Track(0, start, acc, accumulator=accumulator)
    return Track(_ticks_for(start, acc, steps, accumulator), start, acc, accumulator=accumulator)


def unsigned_track(start: int, acc: int, steps: int, accumulator: int = 0, rolls: int = 0) -> Track:
    """A move that ends once the axis has made its steps, the rate without a sign (SM; LM of 2.7 and 2.8).

    A rate that falls below zero rolls over to the top, and the steps that are left come at 25,000 a second.

    Args:
        start: rate before the first tick.
        steps: how many; negative for backward.
        rolls: how often the rate has rolled over so far.
    """
    direction, left = (1, steps) if steps >= 0 else (-1, -steps)
    if left == 0 or (start == 0 and acc == 0):
        return Track(0, start, acc, accumulator=accumulator, direction=direction)
    until = _ticks_until_negative(start, acc)
    ticks = _ticks_up(start, acc, left, accumulator, until)
    if ticks is not None:
        return Track(ticks, start, acc, accumulator=accumulator, direction=direction)
    assert until is not None
    fell = Track(until, start, acc, accumulator=accumulator, direction=direction)
    left -= abs(fell.total_steps)
    if rolls == MOST_ROLLS:
        rest = Track(left, STEP, accumulator=fell.end_accumulator, direction=direction)
    else:
        rolled = start + until * acc + STEP
        rest = unsigned_track(rolled, acc, direction * left, fell.end_accumulator, rolls + 1)
    return Track(until, start, acc, accumulator=accumulator, direction=direction, then=rest)


def jerk_track(start: int, acc: int, jerk: int, steps: int, accumulator: int = 0) -> Track:
    """As limited_track, but with a jerk (L3, firmware 3)."""
    if jerk == 0 or steps <= 0:
        return limited_track(start, acc, steps, accumulator)
    # between two turns it goes one way, and so its steps are counted by their ends
    longest = Track(1 << 40, start, acc, jerk, accumulator)
    ticks, left = 0, steps
    for mark in sorted({mark for mark in longest.turns() if mark > 0} | {longest.ticks}):
        made = abs(longest.steps_at(mark) - longest.steps_at(ticks))
        if made >= left:
            ticks = _first_tick(longest, ticks, mark, left)
            break
        ticks, left = mark, left - made
    return Track(ticks, start, acc, jerk, accumulator)


def timed_track(ticks: int, start: int, acc: int = 0, jerk: int = 0, accumulator: int = 0) -> Track:
    """A move that ends after so many ticks (LT, T3)."""
    return Track(ticks, start, acc, jerk, accumulator)


def lm_ticks(rate: int, steps: int, acc: int, accumulator: int | None = None) -> int:
    """Ticks until one axis of an LM command has made its steps.

    Args:
        accumulator: as the command before left it; cleared if not given.
    """
    rate, steps, acc = (-rate, -steps, -acc) if steps < 0 else (rate, steps, acc)
    start = start_rate(rate, acc)
    held = cleared_accumulator(start, acc) if accumulator is None else accumulator
    return limited_track(start, acc, steps, held).ticks


def float_rate(duration_ms: int, steps: int) -> int:
    """The rate that firmware 3 works out for one axis of SM, XM and HM, in numbers of 24 bits with a point."""
    if steps == 0:
        return 0
    a_step = _single(_single(FLOAT_RATE) / _single(duration_ms))
    return min(max(int(_single(_single(abs(steps)) * a_step)), 1), STEP - 1)


def sm_rate(duration_ms: int, steps: int) -> int:
    """The rate that the board itself works out for one axis of SM and XM (firmware 2, in 32 bits).

    Up to 30 ms it leaves out the finer half, to be quick; above 2.6 s the finer half overflows.
    """
    count, ticks = abs(steps), TICKS_PER_MS * duration_ms
    if count == 0:
        return 0
    if count < 0x1FFFF:
        coarse, rest = divmod(count << 15, ticks)
        fine = ((rest << 16) & 0xFFFFFFFF) // ticks if duration_ms > 30 else 0
    else:
        coarse, fine = (count // duration_ms * 0x8000) // TICKS_PER_MS, 0
    return (min(max(coarse, 1), 0x8000) << 16) + fine


def _single(number: float) -> float:
    """As a number of single precision."""
    return struct.unpack("f", struct.pack("f", number))[0]


def _first_tick(track: Track, start: int, end: int, steps: int) -> int:
    """First tick after ``start`` by which so many steps are made; between the two the rate keeps its sign."""
    origin = track.steps_at(start)
    while end - start > 1:
        middle = (start + end) // 2
        if abs(track.steps_at(middle) - origin) >= steps:
            end = middle
        else:
            start = middle
    return end


def _divide(number: int, by: int) -> int:
    """Division that cuts towards zero, as C does."""
    return number // by if number >= 0 else -(-number // by)


def _ticks_for(start: int, acc: int, steps: int, accumulator: int) -> int:
    """Ticks for so many steps either way; start and acc are not both 0."""
    first = start + acc
    if first < 0 or (first == 0 and acc < 0):
        # backward is forward in a mirror, where the accumulator runs the other way
        start, acc, accumulator = -start, -acc, STEP - 1 - accumulator
    until = _ticks_until_negative(start, acc)
    ticks = _ticks_up(start, acc, steps, accumulator, until)
    if ticks is not None:
        return ticks
    assert until is not None
    there = Track(until, start, acc, accumulator=accumulator)
    mirrored = STEP - 1 - there.end_accumulator
    return until + _ticks_for(-(start + until * acc), -acc, steps - there.total_steps, mirrored)


def _ticks_until_negative(start: int, acc: int) -> int | None:
    """Ticks with a rate of at least 0, from the first on; None if the rate never falls below."""
    if acc >= 0:
        return None if start + acc >= 0 else 0
    return max(0, start // -acc)


def _ticks_up(start: int, acc: int, steps: int, accumulator: int, until: int | None) -> int | None:
    """First tick at which the sum reaches ``steps`` while the rate is not negative; None if it does not."""
    wanted = steps * STEP - accumulator
    if acc == 0:
        return -(-wanted // start) if start > 0 else None
    # acc n^2 + (2 start + acc) n >= 2 wanted
    b = 2 * start + acc
    square = b * b + 8 * acc * wanted
    if square < 0:
        return None
    root = math.isqrt(square)
    ticks = (root - b) // (2 * acc) if acc > 0 else (b - root) // (-2 * acc)
    ticks = max(0, ticks - 1)
    while (until is None or ticks <= until) and ticks * (2 * start + acc * (ticks + 1)) < 2 * wanted:
        ticks += 1
    return ticks if until is None or ticks <= until else None
