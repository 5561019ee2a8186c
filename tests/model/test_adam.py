"""Adam: the steps of the paper, and what it knows beside the weights."""

from __future__ import annotations

import numpy as np
import torch

from model.adam import BETAS, EPS, Adam


def test_it_takes_the_steps_of_the_paper() -> None:
    generator = torch.Generator().manual_seed(3)
    weights = [torch.nn.Parameter(torch.randn(*shape, generator=generator).double()) for shape in ((5, 3), (4,))]
    alone = torch.nn.Parameter(torch.ones(2))  # of another part of the network, which had no gradient
    adam = Adam([*weights, alone], 0.01)
    first, second = BETAS
    expected = [each.detach().numpy().copy() for each in weights]
    mean, square = [np.zeros_like(each) for each in expected], [np.zeros_like(each) for each in expected]
    for step in range(1, 5):
        adam.param_groups[0]["lr"] = rate = 0.01 / step
        for index, weight in enumerate(weights):
            weight.grad = torch.randn(weight.shape, generator=generator).double()
            gradient = weight.grad.numpy()
            mean[index] = first * mean[index] + (1 - first) * gradient
            square[index] = second * square[index] + (1 - second) * gradient**2
            spread = np.sqrt(square[index] / (1 - second**step)) + EPS
            expected[index] -= rate * mean[index] / (1 - first**step) / spread
        adam.step()
        for weight, one in zip(weights, expected, strict=True):
            np.testing.assert_allclose(weight.detach().numpy(), one, rtol=1e-12)
    assert [set(adam.state[each]) for each in weights] == [{"step", "exp_avg", "exp_avg_sq"}] * 2
    assert alone not in adam.state
    assert (alone == 1).all()
    adam.zero_grad()
    assert all(each.grad is None for each in weights)
