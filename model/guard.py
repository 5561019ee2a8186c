"""Guard of a training: which steps must not be taken, and what follows from them.

It knows figures only, no network. All of it is kept with the weights, so that a resumed run is as
careful as one that went on.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any

FAR_NORM, FAR_LOSS = 100.0, 20.0
"""A gradient so many times as long as is usual, a loss so many nats per point above: the step is not taken. In
trainings that went well no gradient was six times as long as is usual."""
LEARNT_AFTER = 100
"""Good steps before anything but a number that is none is called unusual."""
FORGET = 0.99
"""How much of what is usual is that of the steps before."""
IN_A_ROW, MOST, WINDOW = 5, 20, 1000
"""So many skipped steps on end, or so many among the last WINDOW, end a training."""
RECOVER = 1000
"""Good steps after which one halving of the learning rate is taken back."""


@dataclass
class Guard:
    """What was usual so far, and what was skipped."""

    halved: int = 0
    """How often the learning rate is halved at this moment."""
    skipped: int = 0
    """Steps that were not taken, in all."""
    in_a_row: int = 0
    recent: list[int] = field(default_factory=list[int])
    """Which of the last WINDOW steps were skipped."""
    good: int = 0
    """Good steps since the learning rate was changed last."""
    seen: int = 0
    """Good steps in all."""
    loss: float = 0.0
    """Nats per point that are usual."""
    log_norm: float = 0.0
    """Logarithm of the gradient's norm that is usual."""

    @property
    def share(self) -> float:
        """Of the learning rate that is left."""
        return 0.5**self.halved

    @property
    def hopeless(self) -> bool:
        """True once so much was skipped that going on is no use."""
        return self.in_a_row >= IN_A_ROW or len(self.recent) >= MOST

    def judge(self, step: int, loss: float, norm: float) -> str:
        """What is wrong with a step, in words; empty if it may be taken. Remembers the answer.

        Args:
            loss: nats per point of its batch.
            norm: of its gradient, before it is clipped.
        """
        fault = self._fault(loss, norm)
        self.recent = [each for each in self.recent if each > step - WINDOW]
        if fault:
            self.halved += 1
            self.skipped += 1
            self.in_a_row += 1
            self.good = 0
            self.recent.append(step)
            return fault
        known = min(FORGET, self.seen / (1 + self.seen))
        self.loss = known * self.loss + (1 - known) * loss
        self.log_norm = known * self.log_norm + (1 - known) * math.log(max(norm, 1e-12))
        self.seen += 1
        self.in_a_row = 0
        self.good += 1
        if self.halved and self.good >= RECOVER:
            self.halved -= 1
            self.good = 0
        return ""

    def _fault(self, loss: float, norm: float) -> str:
        if not math.isfinite(loss):
            return "its loss is no number"
        if not math.isfinite(norm):
            return "its gradient is no number"
        if self.seen < LEARNT_AFTER:
            return ""
        if loss > self.loss + FAR_LOSS:
            return f"its loss is {loss:.3g} nats per point where {self.loss:.3g} is usual"
        if norm > FAR_NORM * math.exp(self.log_norm):
            return f"its gradient is {norm / math.exp(self.log_norm):,.0f} times as long as is usual"
        return ""

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return asdict(self)

    @classmethod
    def of_json(cls, fields: dict[str, Any]) -> Guard:
        """What ``to_json`` gave; a TypeError for anything else."""
        return cls(**fields)
