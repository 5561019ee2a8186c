"""Adam over PyTorch's own arithmetic, without its class: that loads a compiler when it is made, some two seconds.

Source: Kingma and Ba 2015, "Adam: a method for stochastic optimization".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.adam import adam

BETAS, EPS = (0.9, 0.999), 1e-8


class Adam:
    """Changes weights as torch.optim.Adam does, bit for bit; ``state`` and ``param_groups`` are its too."""

    def __init__(self, weights: Iterable[nn.Parameter], rate: float) -> None:
        self._weights = list(weights)
        self._group: dict[str, Any] = {"params": self._weights, "lr": rate}
        self.param_groups: list[dict[str, Any]] = [self._group]
        self.state: defaultdict[Tensor, Any] = defaultdict(dict)

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for weight in self._weights:
            weight.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Change the weights by their gradients."""
        weights = [each for each in self._weights if each.grad is not None]
        for weight in weights:
            if not self.state[weight]:
                nothing = {name: torch.zeros_like(weight) for name in ("exp_avg", "exp_avg_sq")}
                self.state[weight] = {"step": torch.zeros(()), **nothing}
        known = [self.state[each] for each in weights]
        adam(
            weights,  # pyright: ignore[reportArgumentType]
            [each.grad for each in weights if each.grad is not None],
            [each["exp_avg"] for each in known],
            [each["exp_avg_sq"] for each in known],
            [],
            [each["step"] for each in known],
            foreach=True,  # one fused kernel for all weights where there is one
            amsgrad=False,
            beta1=BETAS[0],
            beta2=BETAS[1],
            lr=self._group["lr"],
            weight_decay=0.0,
            eps=EPS,
            maximize=False,
        )
