"""Trainings for tests: small networks, few steps, and what came of them."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import numpy as np
import torch
from networks import some_rows
from safetensors import safe_open

from configs.load import load
from model import train as training
from model.data import Data
from model.losses import Batch
from model.settings import TrainSettings

TINY = ["net.encoder=12", "net.decoder=24", "net.latent=4", "net.mixtures=3", "fit.batch=20", "fit.warm_up=2",
        "fit.learning_rate=0.01", "fit.precision=float32", "fit.average=0.9", "fit.validate_every=1000"]  # fmt: skip


def settings_of(*overrides: str) -> TrainSettings:
    return load(TrainSettings, None, [*TINY, *overrides])


def small_data() -> Data:
    """Some drawings of a few points each."""
    rows = some_rows([5 + index % 9 for index in range(60)])
    scale = float(np.concatenate(rows)[:, :2].std())
    return Data({"train": rows[:50], "valid": rows[50:]}, scale, 14, 20.0, "ab" * 32, True, False)


def stop_after(steps: int) -> Callable[[], bool]:
    """Says stop when it is asked the time after so many steps."""
    counter = itertools.count()
    return lambda: next(counter) >= steps


def tensors(path: Path) -> dict[str, torch.Tensor]:
    with safe_open(path, framework="pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no dict


def digests(folder: Path) -> dict[str, str]:
    return {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in folder.glob("*.safetensors")}


def same(one: Path, other: Path) -> None:
    first, second = tensors(one), tensors(other)
    assert set(first) == set(second)
    for name in first:
        assert torch.equal(first[name], second[name]), name


def spoiling(steps: Collection[int], factor: float = float("nan")) -> Callable[..., Iterator[Batch]]:
    """What gives batches with an offset, at these steps of a training, that is no number or far too large."""
    plain = training.batches

    def spoilt(*given: object) -> Iterator[Batch]:
        first = given[5]
        assert isinstance(first, int)
        for step, batch in zip(itertools.count(first), plain(*given)):  # type: ignore[arg-type]
            if step in steps:
                batch.offsets[0] *= factor
            yield batch

    return spoilt
