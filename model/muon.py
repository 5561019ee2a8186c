"""Muon: the step of a matrix is made orthogonal, so that every direction of it learns alike; all else takes Adam.

A small network learns the line in half the steps. torch's own computes in bfloat16, which a CPU without it does
some twenty-five times slower. Sources: Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural
networks", for the method and its polynomial; Liu et al. 2025 for steps that are as large whatever the shape.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

from model.adam import Adam

MOMENTUM = 0.95
ROUNDS = 5
A, B, C = 3.4445, -4.7750, 2.0315
"""Of the polynomial a x + b x^3 + c x^5, which five times over brings any singular value near to 1."""
STEP = 0.5
"""Root mean square of a step, in learning rates. Adam's own is some 0.2; of 0.2, 0.5 and 1.3, this learnt fastest."""
TINY = 1e-7


class Muon:
    """Changes weights as Adam does; ``state`` and ``param_groups`` are of its kind too."""

    def __init__(self, matrices: Iterable[nn.Parameter], others: Iterable[nn.Parameter], rate: float) -> None:
        """Args:
        matrices: weights that multiply what a hidden layer gives, (rows, columns) each.
        others: all the rest; Adam changes them.
        """
        self._matrices = list(matrices)
        self._adam = Adam(others, rate)
        self._group: dict[str, Any] = {"params": self._matrices, "lr": rate}
        self.param_groups: list[dict[str, Any]] = [self._group, *self._adam.param_groups]
        self.state = self._adam.state

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for weight in self._matrices:
            weight.grad = None
        self._adam.zero_grad()

    @torch.no_grad()
    def step(self) -> None:
        """Change the weights by their gradients."""
        alike: defaultdict[Hashable, list[tuple[nn.Parameter, Tensor]]] = defaultdict(list)
        for weight in self._matrices:
            if weight.grad is None:
                continue
            if not self.state[weight]:
                self.state[weight]["momentum"] = torch.zeros_like(weight)
            momentum: Tensor = self.state[weight]["momentum"]
            momentum.lerp_(weight.grad, 1 - MOMENTUM)
            ahead = weight.grad.lerp(momentum, MOMENTUM)  # as Nesterov: where the momentum leads
            # a GPU takes for many small products as long as for one; a processor is no faster for it
            alike[weight.shape if weight.is_cuda else len(alike)].append((weight, ahead))
        for some in alike.values():
            size = STEP * math.sqrt(max(some[0][0].shape))
            steps = orthogonal(torch.stack([ahead for _, ahead in some]) if len(some) > 1 else some[0][1])
            for (weight, _), step in zip(some, steps if len(some) > 1 else [steps], strict=True):
                weight.add_(step, alpha=-self._group["lr"] * size)
        self._adam.step()


def orthogonal(matrix: Tensor) -> Tensor:
    """A matrix with the same singular vectors and singular values near 1, by Newton's and Schulz's iteration.

    Args:
        matrix: (rows, columns), or many, (n, rows, columns).
    """
    high = matrix.shape[-2] > matrix.shape[-1]
    x = matrix.mT if high else matrix
    x = x / x.norm(dim=(-2, -1), keepdim=True).clamp(min=TINY)
    added = torch.addmm if x.ndim == 2 else torch.baddbmm
    for _ in range(ROUNDS):
        gram = x @ x.mT
        x = added(x, added(gram, gram, gram, beta=B, alpha=C), x, beta=A)
    return x.mT if high else x
