"""The learning rate over a training."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from model.settings import FitSettings

LOWEST_SHARE = 0.005
"""Of the learning rate, at the end of a cosine."""


def learning_rate(fit: FitSettings, step: int, done: float) -> float:
    """The learning rate of a step: a linear warm-up, times what the schedule says.

    ``exponential`` falls from the highest to the lowest rate by a factor a step, as the first public
    Sketch-RNN has it (magenta, sketch_rnn_train.py).

    Args:
        done: the share of the training that lies behind, 0 to 1.
    """
    warm = min(1.0, (step + 1) / max(1, fit.warm_up))
    if fit.schedule == "constant":
        return warm * fit.learning_rate
    if fit.schedule == "exponential":
        lowest = min(fit.lowest_rate, fit.learning_rate)
        return warm * (lowest + (fit.learning_rate - lowest) * fit.rate_decay**step)
    falling = 0.5 * (1 + math.cos(math.pi * min(done, 1.0)))
    return warm * fit.learning_rate * (LOWEST_SHARE + (1 - LOWEST_SHARE) * falling)
