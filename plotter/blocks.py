"""Motion as the board takes it: straight blocks of whole motor steps, each with its rates, worked out for all at once.

Here millimetres and seconds become steps and ticks; nothing above this module knows those.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from plotter.ebb import LM, LT, SM, STEPS_PER_MM, Firmware, durations_ticks
from plotter.ticks import STEP, TICK_S, TICKS_PER_MS, TICKS_PER_S

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SHORTEST_S = 0.0052
"""What a piece is cut to at least; with rounding no block is then under the board's 5 ms."""
SHORTEST_SM_S = 0.008
"""The same for SM, whose times are whole ms; firmware before 2.7 may need 7 ms for each."""
_SHORTEST_TICKS, _LONGEST_TICKS = 125, 500
_SHORTEST_SM_MS = 7
_LEAST, _MOST = 0.02, 1.98
"""End rates over the mean one: a rate that reaches zero could stall, or turn over."""
_TOP_SHARE = 0.98
"""Of 25,000 steps/s, which no axis is to pass."""


@dataclass(frozen=True, eq=False)
class Blocks:
    """Motion commands as columns."""

    steps1: Ints
    steps2: Ints
    rate1: Ints
    acc1: Ints
    rate2: Ints
    acc2: Ints
    jerk1: Ints
    jerk2: Ints
    """0 for LM; where one is not, the command is T3."""
    ticks: Ints
    """How long each takes on the board, exactly."""
    ms: Ints
    """The duration that SM states; 0 for LM."""

    def __len__(self) -> int:
        return len(self.ticks)

    def command(self, index: int) -> LM | LT | SM:
        """The command of one block."""
        steps1, steps2 = int(self.steps1[index]), int(self.steps2[index])
        if self.ms[index]:
            return SM(int(self.ms[index]), steps1, steps2)
        rate1, acc1, jerk1 = int(self.rate1[index]), int(self.acc1[index]), int(self.jerk1[index])
        rate2, acc2, jerk2 = int(self.rate2[index]), int(self.acc2[index]), int(self.jerk2[index])
        if not (jerk1 or jerk2):
            return LM(rate1, steps1, acc1, rate2, steps2, acc2, 3)
        way1, way2 = (-1 if steps < 0 else 1 for steps in (steps1, steps2))
        return LT(
            int(self.ticks[index]), way1 * rate1, way1 * acc1, way2 * rate2, way2 * acc2, 3, way1 * jerk1, way2 * jerk2
        )

    @property
    def seconds(self) -> Floats:
        """How long each takes."""
        return np.multiply(self.ticks, TICK_S, dtype=np.float64)

    def select(self, which: NDArray[np.bool_] | Ints) -> Blocks:
        """Some of them."""
        return Blocks(**{each.name: getattr(self, each.name)[which] for each in fields(self)})


def shortest_s(firmware: Firmware) -> float:
    """What pieces must last for this firmware's commands."""
    return SHORTEST_S if firmware.has_lm else SHORTEST_SM_S


def speed_limits(directions: Floats) -> Floats:
    """Speeds in mm/s, shape (n,), at which a motor comes near its 25,000 steps/s, for directions of length 1."""
    steps_mm = STEPS_PER_MM * np.abs(directions).sum(axis=1)  # the greater of |x + y| and |x - y|
    # a block's end may be twice as fast as its mean only from rest; what is left is for rounding
    return 0.9 * TICKS_PER_S / np.maximum(steps_mm, 1e-9)


def to_lattice(points_mm: Floats) -> Ints:
    """Motor positions nearest to points, shape (n, 2): axis 1 and 2 in steps from home."""
    x, y = points_mm[:, 0] * STEPS_PER_MM, points_mm[:, 1] * STEPS_PER_MM
    return np.rint(np.column_stack([x + y, x - y])).astype(np.int64)


def to_mm(lattice: Ints) -> Floats:
    """Points in mm of motor positions, shape (n, 2)."""
    return np.column_stack([lattice[:, 0] + lattice[:, 1], lattice[:, 0] - lattice[:, 1]]) / (2.0 * STEPS_PER_MM)


def to_point(position: tuple[int, int]) -> tuple[float, float]:
    """The point in mm of the motors' counters."""
    x, y = to_mm(np.array([position], dtype=np.int64))[0].tolist()
    return x, y


def make_blocks(
    start: Ints,
    ends_mm: Floats,
    lengths_mm: Floats,
    from_mm_s: Floats,
    to_mm_s: Floats,
    seconds: Floats,
    firmware: Firmware,
    shortest_ticks: int = _SHORTEST_TICKS,
    *,
    with_jerk: bool = False,
) -> tuple[Blocks, Ints]:
    """Blocks for straight pieces of motion at constant acceleration, or at constant jerk.

    Ends are rounded to whole steps from home, not from the block before, so that nothing adds up. A
    block whose way came out longer or shorter by rounding gets its time in proportion: speeds stay true.

    Args:
        start: (2,) motor positions where the first piece starts.
        ends_mm: (n, 2) where each ends.
        lengths_mm, from_mm_s, to_mm_s, seconds: (n,) of each.
        shortest_ticks: no block is shorter.
        with_jerk: keep the speeds at both ends, whatever the mean; the firmware must know T3.

    Returns:
        The blocks, and which pieces they belong to: one without a step is left out.
    """
    lattice = to_lattice(ends_mm)
    steps = np.diff(np.concatenate([start[None], lattice]), axis=0)
    which = np.flatnonzero(steps.any(axis=1))
    steps = steps[which]
    rounded_mm = np.hypot(steps[:, 0], steps[:, 1]) / (STEPS_PER_MM * np.sqrt(2.0))
    wanted_s = seconds[which] * rounded_mm / np.maximum(lengths_mm[which], 1e-9)
    if not firmware.has_lm:
        return _sm_blocks(steps, wanted_s, shortest_ticks, firmware), which
    mean = np.maximum(lengths_mm[which] / np.maximum(seconds[which], 1e-9), 1e-9)
    v0, v1 = from_mm_s[which] / mean, to_mm_s[which] / mean
    if not with_jerk:
        v0 = np.clip(np.where(v0 + v1 > 0, 2 * v0 / np.maximum(v0 + v1, 1e-9), 1.0), _LEAST, _MOST)
        v1 = 2 - v0
    longest = np.abs(steps).max(axis=1, initial=0)
    ticks = np.clip(np.rint(wanted_s / TICK_S), shortest_ticks, _LONGEST_TICKS)
    ticks = np.maximum(ticks, np.ceil(longest * _fastest(v0, v1) / _TOP_SHARE)).astype(np.int64)
    rate1, acc1, jerk1 = _rates(np.abs(steps[:, 0]), v0, v1, ticks)
    rate2, acc2, jerk2 = _rates(np.abs(steps[:, 1]), v0, v1, ticks)
    none = np.zeros_like(ticks)
    return Blocks(steps[:, 0], steps[:, 1], rate1, acc1, rate2, acc2, jerk1, jerk2, ticks, none), which


def _shape(v0: Floats, v1: Floats) -> tuple[Floats, Floats, Floats]:
    """Speed ``a + b u + c u**2`` over a block, u from 0 to 1, its mean 1, from v0 to v1 unless it came near zero."""
    b, c = 6 - 4 * v0 - 2 * v1, 3 * v0 + 3 * v1 - 6
    least = np.minimum(np.minimum(v0, v1), np.where(c > 1e-9, v0 - b**2 / np.where(c > 1e-9, 4 * c, 1.0), v0))
    # flatter, where the lowest speed would be too low: all speeds come nearer to the mean
    flat = np.minimum(1.0, (1 - _LEAST) / np.maximum(1 - least, 1e-9))
    return 1 + flat * (v0 - 1), flat * b, flat * c


def _fastest(v0: Floats, v1: Floats) -> Floats:
    """The highest speed in a block over its mean."""
    a, b, c = _shape(v0, v1)
    turn = np.clip(np.where(c < -1e-9, -b / np.where(c < -1e-9, 2 * c, 1.0), 0.0), 0.0, 1.0)
    return np.maximum(np.maximum(a, a + b + c), a + b * turn + c * turn**2)


def _rates(steps: Ints, v0: Floats, v1: Floats, ticks: Ints) -> tuple[Ints, Ints, Ints]:
    """Rate, acceleration and jerk that make the last step on the last tick, from a cleared accumulator.

    The board's sum after n ticks is ``n (rate - acc / 2 + jerk / 6) + acc n (n + 1) / 2 + jerk n (n**2 - 1) / 6``,
    quotients cut towards zero; the rate is the least with which it reaches all steps.
    """
    _, b, c = _shape(v0, v1)
    whole, count = steps * STEP, ticks.astype(np.float64)
    acc = np.trunc(whole * b / count**2).astype(np.int64)
    jerk = np.trunc(whole * 2 * c / count**3).astype(np.int64)
    grown = acc * (ticks * (ticks + 1) // 2) + jerk * (ticks * (ticks * ticks - 1) // 6)
    rate = -((grown - whole) // ticks) + _quotient(acc, 2) - _quotient(jerk, 6)
    moves = steps > 0
    return np.where(moves, rate, 0), np.where(moves, acc, 0), np.where(moves, jerk, 0)


def _quotient(values: Ints, by: int) -> Ints:
    return np.where(values >= 0, values // by, -(-values // by))


def _sm_blocks(steps: Ints, wanted_s: Floats, shortest_ticks: int, firmware: Firmware) -> Blocks:
    """Constant rates, as firmware before 2.7 has them; whole ms whose rounding does not add up."""
    ends_ms = np.rint(np.cumsum(wanted_s) * 1000)
    fastest = np.ceil(np.abs(steps).max(axis=1, initial=0) / (_TOP_SHARE * TICKS_PER_MS))
    shortest = _SHORTEST_SM_MS * shortest_ticks // _SHORTEST_TICKS
    ms = np.clip(np.diff(ends_ms, prepend=0.0), shortest, _LONGEST_TICKS // TICKS_PER_MS)
    ms = np.maximum(ms, fastest).astype(np.int64)
    none = np.zeros_like(ms)
    blocks = Blocks(steps[:, 0], steps[:, 1], none, none, none, none, none, none, ms * TICKS_PER_MS, ms)
    ticks = durations_ticks((blocks.command(index) for index in range(len(blocks))), firmware)
    exact = np.array(ticks, dtype=np.int64)
    return Blocks(steps[:, 0], steps[:, 1], none, none, none, none, none, none, exact, ms)
