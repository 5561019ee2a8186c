"""What an NVIDIA GPU does of its own: recorded steps, bfloat16, float64 while drawing. Skipped without one."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import pytest
import torch
from networks import checkpoint_of, lively_net, some_rows

from model.data import Data, batches
from model.networks import build
from model.parts import lengthened
from model.sample import Sampler
from model.settings import NetSettings, TrainSettings
from model.trainer import RECORD_TO, Trainer

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an NVIDIA GPU")

SMALL: dict[str, Any] = {
    "encoder": 16,
    "decoder": 32,
    "latent": 4,
    "mixtures": 3,
    "layers": 2,
    "heads": 2,
    "hyper": 8,
    "hyper_embedding": 4,
}
NETS: list[dict[str, Any]] = [
    {"cell": "lstm"},
    {"cell": "lstm", "weight_drop": 0.2},
    {"cell": "lstm", "recurrent_dropout": 0.2},
    {"cell": "layer_norm", "encoder_cell": "layer_norm", "places": True},
    {"cell": "hyper", "kind": "decoder"},
    {"body": "transformer", "dropout": 0.1, "places": True},
]


def trained(net: dict[str, Any], device: str, *, recorded: bool, precision: str = "float32", steps: int = 8) -> Trainer:
    """After some steps on batches of two shapes."""
    rows = some_rows([20 + n % 30 for n in range(24)])
    data = Data({"train": rows, "valid": rows[:6]}, 3.0, 60, 10.0, "", False, False)
    muon = "muon" if "body" in net else "adam"
    fit = {"batch": 8, "precision": precision, "prior_share": 0.2, "warm_up": 2, "optimiser": muon}
    settings = TrainSettings.model_validate({"net": {**SMALL, **net}, "fit": fit, "data": {"drop_points": 0}})
    trainer = Trainer(settings, data, device)
    if not recorded:
        trainer._recorder = None
    stream = batches(rows, data, settings.data, 8, 1, 0)
    for step in range(steps):
        _, fault = trainer.learn(lengthened(next(stream), RECORD_TO), step / steps)
        assert not fault
    return trainer


@torch.no_grad()
def apart(one: Trainer, other: Trainer) -> float:
    """How far apart two trainings are, in lengths of what one of them has learnt."""
    untaught = dict(Trainer(one.settings, one.data, "cpu").net.named_parameters())
    moved = torch.cat([(each.cpu() - untaught[name]).flatten() for name, each in one.net.named_parameters()])
    others = dict(other.net.named_parameters())
    between = torch.cat([(each.cpu() - others[name].cpu()).flatten() for name, each in one.net.named_parameters()])
    return float(between.norm() / moved.norm())


@pytest.mark.parametrize("net", NETS)
def test_a_recorded_training_is_the_one_that_is_not(net: dict[str, Any]) -> None:
    recorded = trained(net, "cuda", recorded=True)
    assert recorded._recorder is not None
    assert recorded._recorder.shapes >= 2
    assert apart(recorded, trained(net, "cuda", recorded=False)) < 0.02


@pytest.mark.parametrize("net", [NETS[0], *NETS[3:]])
def test_a_gpu_learns_what_a_processor_does(net: dict[str, Any]) -> None:
    net = {**net, "dropout": 0.0}  # whose numbers are others on each device, and for each precision
    assert apart(trained(net, "cuda", recorded=True, steps=4), trained(net, "cpu", recorded=False, steps=4)) < 0.05


@pytest.mark.parametrize("net", NETS)
def test_bfloat16_learns_much_the_same(net: dict[str, Any]) -> None:
    net = {**net, "dropout": 0.0}
    fine = trained(net, "cuda", recorded=True)
    assert apart(fine, trained(net, "cuda", recorded=True, precision="bfloat16")) < 0.5


@pytest.mark.parametrize("body", ["rnn", "transformer"])
def test_a_seed_is_the_same_drawing_in_any_batch_and_on_the_processor(body: str) -> None:
    torch.manual_seed(1)
    net = lively_net() if body == "rnn" else build(NetSettings.model_validate({**SMALL, "body": body})).eval()
    checkpoint = checkpoint_of(net)
    there, here = Sampler(checkpoint, "cuda"), Sampler(checkpoint, "cpu")
    many = [each.drawing for each in there.draw(range(40), 0.5)]
    assert [there.draw([seed], 0.5)[0].drawing for seed in range(40)] == many
    assert [each.drawing for each in here.draw(range(40), 0.5)] == many


def test_a_training_goes_on_elsewhere(tmp_path: Path) -> None:
    trainer = trained(NETS[5], "cuda", recorded=True)
    for device in ("cpu", "cuda"):
        trainer.save(tmp_path / "resume.safetensors")
        resumed = Trainer.resumed(tmp_path / "resume.safetensors", trainer.settings, trainer.data, device)
        found, before = (each.test(trainer.data.splits["valid"]).nats_per_point for each in (resumed, trainer))
        assert found == pytest.approx(before, abs=1e-3)
        rows = trainer.data.splits["train"]
        _, fault = resumed.learn(next(batches(rows, trainer.data, trainer.settings.data, 8, 1, resumed.step)), 0.5)
        assert not fault
        trainer = resumed


def test_trainings_that_are_thrown_away_disturb_no_other() -> None:
    for _ in range(3):
        trained(NETS[0], "cuda", recorded=True)
        gc.collect(0)
    fine = trained({**NETS[4], "kind": "conditional", "recurrent_dropout": 0.1}, "cuda", recorded=True)
    assert fine._recorder is not None
    assert fine._recorder.shapes >= 2
