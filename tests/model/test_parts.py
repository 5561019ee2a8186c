"""A batch in parts: what is learnt from it is what the whole teaches, over fewer steps."""

from __future__ import annotations

import networks
import numpy as np
import pytest
import torch
from trainings import settings_of, small_data

from model.losses import Batch, sums
from model.parts import FEW, SPARE, lengthened, padding, parts, pay
from model.settings import NetSettings
from model.trainer import Trainer


def uneven(count: int = FEW) -> Batch:
    return networks.some_batch([3 + 7 * index % 13 + 20 * (index % 3 == 0) for index in range(count)])


def test_a_batch_with_much_padding_is_cut_where_the_least_is_left() -> None:
    batch = uneven()
    found = parts(batch)
    assert padding([batch]) == pytest.approx(1 - (int(batch.lengths.sum()) + FEW) / (36 * FEW))
    assert len(found) == 2
    assert padding(part for _, part in found) < 0.3 < 0.4 < padding([batch])
    (short, _), (long, _) = found
    assert sorted(torch.cat([short, long]).tolist()) == list(range(FEW))
    assert int(batch.lengths[short].max()) == 15
    assert int(batch.lengths[long].min()) == 23
    for columns, part in found:
        steps = len(part.inputs)
        assert int(part.lengths.max()) < steps <= int(part.lengths.max()) + 4
        assert torch.equal(part.lengths, batch.lengths[columns])
        for name in ("inputs", "offsets", "pen"):
            assert torch.equal(getattr(part, name), getattr(batch, name)[:steps, columns])


@pytest.mark.parametrize("lengths", [[3, 30] * (FEW // 2 - 1), [31] * FEW])
def test_few_drawings_or_even_ones_stay_whole(lengths: list[int]) -> None:
    batch = networks.some_batch(lengths)
    ((columns, whole),) = parts(batch)
    assert whole is batch
    assert torch.equal(columns, torch.arange(len(lengths)))
    assert (padding([batch]) > SPARE) is (len(lengths) < FEW)


@pytest.mark.parametrize("body", ["rnn", "transformer"])
def test_a_step_in_parts_is_that_of_the_whole_batch(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of(f"net.body={body}", f"fit.batch={FEW}", "fit.kl_floor=0.01", "fit.prior_share=0.3")
    apart, whole = (Trainer(settings, small_data(), "cpu") for _ in range(2))
    figures = apart.learn(uneven(), 0.0)[0]
    monkeypatch.setattr("model.trainer.parts", lambda batch: [(torch.arange(FEW), batch)])
    assert whole.learn(uneven(), 0.0)[0] == pytest.approx(figures, rel=1e-5)
    for one, other in zip(apart.net.parameters(), whole.net.parameters(), strict=True):
        assert one.grad is not None
        assert other.grad is not None
        np.testing.assert_allclose(one.grad, other.grad, rtol=2e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("net", "device", "precision", "whether"),
    [
        ({}, "cpu", "float32", True),
        ({}, "cuda", "float32", False),
        ({}, "cpu", "bfloat16", False),
        ({"recurrent_dropout": 0.1}, "cpu", "float32", False),
        ({"cell": "layer_norm"}, "cpu", "float32", False),
        ({"encoder_cell": "layer_norm"}, "cpu", "float32", False),
        ({"encoder_cell": "layer_norm", "kind": "decoder"}, "cpu", "float32", True),
        ({"body": "transformer", "cell": "layer_norm"}, "cpu", "float32", True),
    ],
)
def test_what_is_faster_in_parts(net: dict[str, object], device: str, precision: str, whether: bool) -> None:
    assert pay(NetSettings.model_validate(net), device, precision) is whether


def test_more_steps_after_all_ends_change_nothing() -> None:
    net, batch = networks.small_net(), networks.some_batch([3, 9, 5])
    longer = lengthened(batch, 16)
    assert len(longer.inputs) == len(longer.pen) == len(longer.offsets) == 16 > len(batch.inputs)
    assert torch.equal(longer.inputs[-1], torch.tensor([[0.0, 0, 0, 0, 1]] * 3))
    noise = torch.zeros(3, 3)
    found, before = (
        torch.stack([each.offsets, each.pen, each.kl]) for each in (sums(net, longer, noise), sums(net, batch, noise))
    )
    assert torch.allclose(found, before, atol=1e-5)
