"""Muon: steps in every direction alike, and a training with it that goes on as if it had not been stopped."""

from __future__ import annotations

from pathlib import Path

import networks
import numpy as np
import pytest
import torch
from trainings import settings_of

from model.data import Data
from model.errors import TrainingFailed
from model.muon import STEP, Muon, orthogonal
from model.trainer import Trainer

BLOCKS = ("net.body=transformer", "net.decoder=16", "net.layers=2", "net.heads=2", "fit.optimiser=muon")


def some_data() -> Data:
    rows = networks.some_rows([12, 9, 14, 11, 8, 13])
    return Data({"train": rows, "valid": rows[:2]}, 3.0, 14, 30.0, "ab" * 32, True, False, ())


@pytest.mark.parametrize("shape", [(6, 20), (20, 6), (8, 8)])
def test_every_direction_of_a_step_is_as_long(shape: tuple[int, int]) -> None:
    one = torch.randn(*shape, generator=torch.Generator().manual_seed(1)).double()
    left, sizes, right = torch.linalg.svd(one, full_matrices=False)
    found = orthogonal(left @ torch.diag(torch.logspace(0, -1.5, len(sizes), dtype=sizes.dtype)) @ right)
    assert found.shape == shape
    along = torch.diag(left.T @ found @ right.T)
    assert ((along > 0.6) & (along < 1.3)).all()  # the polynomial leaves them near 1, not at it
    assert torch.allclose(left @ torch.diag(along) @ right, found, atol=1e-9)


def test_many_matrices_at_once_are_as_each_alone() -> None:
    many = torch.randn(3, 20, 6, generator=torch.Generator().manual_seed(3))
    assert torch.allclose(orthogonal(many), torch.stack([orthogonal(each) for each in many]), atol=1e-6)


def test_a_step_has_its_size_and_goes_downhill() -> None:
    weight, bias = torch.nn.Parameter(torch.zeros(8, 32)), torch.nn.Parameter(torch.zeros(8))
    optimiser = Muon([weight], [bias], 0.01)
    gradient = torch.randn(8, 32, generator=torch.Generator().manual_seed(2))
    weight.grad, bias.grad = gradient.clone(), torch.ones(8)
    optimiser.step()
    assert float(weight.detach().square().mean().sqrt()) == pytest.approx(0.01 * STEP, rel=0.3)
    assert float((weight.detach() * gradient).sum()) < 0
    assert torch.allclose(bias, torch.full((8,), -0.01))  # Adam's first step
    optimiser.zero_grad()
    assert weight.grad is None
    assert bias.grad is None


def test_stopped_and_gone_on_with_it_is_as_never_stopped(tmp_path: Path) -> None:
    data, batch = some_data(), networks.some_batch([12, 9])
    settings = settings_of(*BLOCKS, "fit.steps=8")
    straight = Trainer(settings, data, "cpu")
    for step in range(4):
        straight.learn(batch, step / 8)
        if step == 1:
            straight.save(tmp_path / "resume.safetensors")
    again = Trainer.resumed(tmp_path / "resume.safetensors", settings, data, "cpu")
    for step in range(2, 4):
        again.learn(batch, step / 8)
    for one, other in zip(straight.net.parameters(), again.net.parameters(), strict=True):
        assert torch.equal(one, other)


def test_all_weights_change_by_it() -> None:
    trainer = Trainer(settings_of(*BLOCKS), some_data(), "cpu")
    before = {name: each.detach().clone() for name, each in trainer.net.named_parameters()}
    trainer.learn(networks.some_batch([12, 9]), 0.0)
    same = [name for name, each in trainer.net.named_parameters() if torch.equal(each, before[name])]
    assert same == []
    assert np.isfinite(trainer.smoothed or np.nan)


def test_the_optimiser_of_a_run_cannot_change(tmp_path: Path) -> None:
    trainer = Trainer(settings_of(*BLOCKS), some_data(), "cpu")
    trainer.save(tmp_path / "resume.safetensors")
    with pytest.raises(TrainingFailed, match=r"was trained with muon; fit\.optimiser can't change"):
        Trainer.resumed(tmp_path / "resume.safetensors", settings_of(*BLOCKS[:-1]), some_data(), "cpu")
