from __future__ import annotations

import torch

from model.device import best_device, torch_version


def test_the_device_is_one_that_torch_can_compute_on() -> None:
    device = best_device()
    assert torch.ones(2, device=device.kind).sum().item() == 2.0
    assert device.name


def test_the_version_is_torchs() -> None:
    assert torch_version() == torch.__version__
