"""Motion as the board takes it: straight blocks of whole motor steps, each with its rates, worked out for all at once.

Here millimetres and seconds become steps and ticks; nothing above this module knows those.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from plotter.ebb import LM, SM, STEPS_PER_MM, Firmware, durations_ticks
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
    ticks: Ints
    """How long each takes on the board, exactly."""
    ms: Ints
    """The duration that SM states; 0 for LM."""

    def __len__(self) -> int:
        return len(self.ticks)

    def command(self, index: int) -> LM | SM:
        """The command of one block."""
        steps1, steps2 = int(self.steps1[index]), int(self.steps2[index])
        if self.ms[index]:
            return SM(int(self.ms[index]), steps1, steps2)
        return LM(
            int(self.rate1[index]), steps1, int(self.acc1[index]),
            int(self.rate2[index]), steps2, int(self.acc2[index]), 3,
        )  # fmt: skip

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
) -> tuple[Blocks, Ints]:
    """Blocks for straight pieces of motion at constant acceleration.

    Ends are rounded to whole steps from home, not from the block before, so that nothing adds up. A
    block whose way came out longer or shorter by rounding gets its time in proportion: speeds stay true.

    Args:
        start: (2,) motor positions where the first piece starts.
        ends_mm: (n, 2) where each ends.
        lengths_mm, from_mm_s, to_mm_s, seconds: (n,) of each.
        shortest_ticks: no block is shorter.

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
    v0, v1 = from_mm_s[which], to_mm_s[which]
    share = np.where(v0 + v1 > 0, 2 * v0 / np.maximum(v0 + v1, 1e-9), 1.0)
    share = np.clip(share, _LEAST, _MOST)
    longest = np.abs(steps).max(axis=1, initial=0)
    ticks = np.clip(np.rint(wanted_s / TICK_S), shortest_ticks, _LONGEST_TICKS)
    ticks = np.maximum(ticks, np.ceil(longest * np.maximum(share, 2 - share) / _TOP_SHARE)).astype(np.int64)
    rate1, acc1 = _rates(np.abs(steps[:, 0]), share, ticks)
    rate2, acc2 = _rates(np.abs(steps[:, 1]), share, ticks)
    none = np.zeros_like(ticks)
    return Blocks(steps[:, 0], steps[:, 1], rate1, acc1, rate2, acc2, ticks, none), which


def _rates(steps: Ints, share: Floats, ticks: Ints) -> tuple[Ints, Ints]:
    """Rate and acceleration that make the last step on the last tick, from a cleared accumulator.

    The board's sum after n ticks is ``n (rate - acc / 2) + acc n (n + 1) / 2``, halves cut towards
    zero; the rate is the least with which it reaches all steps.
    """
    whole = steps * STEP
    acc = np.trunc(whole * (2 - 2 * share) / ticks.astype(np.float64) ** 2).astype(np.int64)
    half = np.where(acc >= 0, acc // 2, -(-acc // 2))
    rate = -((acc * (ticks * (ticks + 1) // 2) - whole) // ticks) + half
    moves = steps > 0
    return np.where(moves, rate, 0), np.where(moves, acc, 0)


def _sm_blocks(steps: Ints, wanted_s: Floats, shortest_ticks: int, firmware: Firmware) -> Blocks:
    """Constant rates, as firmware before 2.7 has them; whole ms whose rounding does not add up."""
    ends_ms = np.rint(np.cumsum(wanted_s) * 1000)
    fastest = np.ceil(np.abs(steps).max(axis=1, initial=0) / (_TOP_SHARE * TICKS_PER_MS))
    shortest = _SHORTEST_SM_MS * shortest_ticks // _SHORTEST_TICKS
    ms = np.clip(np.diff(ends_ms, prepend=0.0), shortest, _LONGEST_TICKS // TICKS_PER_MS)
    ms = np.maximum(ms, fastest).astype(np.int64)
    none = np.zeros_like(ms)
    blocks = Blocks(steps[:, 0], steps[:, 1], none, none, none, none, ms * TICKS_PER_MS, ms)
    ticks = durations_ticks((blocks.command(index) for index in range(len(blocks))), firmware)
    return Blocks(steps[:, 0], steps[:, 1], none, none, none, none, np.array(ticks, dtype=np.int64), ms)
