"""Guard: a step that would do harm is not taken, a training that can't go on ends in time, and nothing is lost."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
import torch
from trainings import digests, same, settings_of, small_data, spoiling, stop_after, tensors

from model import guard as guarding
from model import train as training
from model.adam import Adam
from model.checkpoint import load_checkpoint, read_about
from model.errors import TrainingFailed
from model.guard import IN_A_ROW, MOST, RECOVER, WINDOW, Guard
from model.train import train
from model.trainer import Trainer
from studio.events import Event, Measured, Said


def taught(steps: int = 200) -> Guard:
    """A guard that has seen usual steps: losses near 2, norms near 0.5."""
    guard = Guard()
    rng = np.random.default_rng(0)
    for step in range(steps):
        assert not guard.judge(step, 2 + 0.3 * rng.standard_normal(), 0.5 * math.exp(0.4 * rng.standard_normal()))
    return guard


@pytest.mark.parametrize(
    ("loss", "norm", "words"),
    [
        (math.nan, 0.5, "loss is no number"),
        (math.inf, 0.5, "loss is no number"),
        (2.0, math.nan, "gradient is no number"),
        (2.0, 60.0, "times as long as is usual"),
        (25.0, 0.5, "25 nats per point where 1.98"),
    ],
)
def test_a_step_that_would_do_harm_is_not_taken_and_the_rate_is_halved(loss: float, norm: float, words: str) -> None:
    guard = taught()
    assert words in guard.judge(200, loss, norm)
    assert (guard.skipped, guard.share) == (1, 0.5)
    assert words in guard.judge(201, loss, norm)
    assert (guard.skipped, guard.share, guard.in_a_row) == (2, 0.25, 2)
    assert not guard.judge(202, 2.0, 0.5)
    assert (guard.skipped, guard.share, guard.in_a_row) == (2, 0.25, 0)


def test_what_happens_in_good_trainings_raises_no_alarm() -> None:
    early = Guard()
    for step, (loss, norm) in enumerate([(40.0, 300.0), (9.0, 0.01), (30.0, 90.0), (3.0, 1e-9), (3.0, 5.0)]):
        assert not early.judge(step, loss, norm)  # it knows nothing yet
    guard = taught()
    for step, (loss, norm) in enumerate([(4.0, 4.0), (0.0, 0.02), (9.0, 20.0), (-3.0, 0.5), (2.0, 0.0)]):
        assert not guard.judge(200 + step, loss, norm)
    assert guard.share == 1.0


def test_the_rate_comes_back_after_many_good_steps() -> None:
    guard = taught()
    guard.judge(200, math.nan, 0.5)
    guard.judge(201, math.nan, 0.5)
    shares = []
    for step in range(202, 202 + 2 * RECOVER):
        guard.judge(step, 2.0, 0.5)
        shares.append(guard.share)
    assert [shares.index(0.5), shares.index(1.0)] == [RECOVER - 1, 2 * RECOVER - 1]


def test_it_knows_when_there_is_no_use_in_going_on() -> None:
    guard = taught()
    for step in range(IN_A_ROW):
        assert not guard.hopeless
        guard.judge(200 + step, math.nan, 0.5)
    assert guard.hopeless
    guard = taught()
    for count in range(MOST):  # now and then
        assert not guard.hopeless
        guard.judge(200 + 3 * count, math.nan, 0.5)
        guard.judge(201 + 3 * count, 2.0, 0.5)
    assert guard.hopeless
    guard.judge(300 + WINDOW, 2.0, 0.5)
    assert not guard.hopeless  # that was long ago


def test_a_skipped_step_changes_nothing_but_the_count(monkeypatch: pytest.MonkeyPatch) -> None:
    data = small_data()
    trainer = Trainer(settings_of("fit.warm_up=0"), data, "cpu")
    monkeypatch.setattr(training, "batches", spoiling({0, 2}))
    stream = training.batches(data.splits["train"], data, trainer.settings.data, 20, 1, 0)
    before = {name: each.detach().clone() for name, each in trainer.net.named_parameters()}
    assert trainer.learn(next(stream), 0.0)[1] == "its loss is no number"
    assert not trainer.optimiser.state  # Adam has not heard of it
    figures, fault = trainer.learn(next(stream), 0.0)
    assert (fault, figures["skipped"], figures["learning_rate"]) == ("", 1, 0.005)
    whole = trainer.state()
    trainer.learn(next(stream), 0.0)
    assert (trainer.step, trainer.guard.skipped) == (3, 2)
    for name, weight in trainer.net.named_parameters():
        assert not torch.equal(weight, before[name])
    # all tensors of the state, byte by byte: they follow the JSON header
    assert trainer.state()[-100_000:][-4 * trainer.net_size :] == whole[-100_000:][-4 * trainer.net_size :]


def test_a_gradient_that_is_no_number_is_seen_before_it_spoils_the_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, calls = torch.Tensor.backward, iter(range(100))

    def overflowing(loss: torch.Tensor) -> None:
        plain(loss)
        if next(calls) == 5:
            trainer_weights[0].grad[0] = math.inf  # type: ignore[index]

    told: list[Event] = []
    trainer_weights: list[torch.nn.Parameter] = []
    made = Adam.__init__

    def adam(self: Adam, weights: Iterable[torch.nn.Parameter], rate: float) -> None:
        trainer_weights[:] = list(weights)
        made(self, trainer_weights, rate)

    monkeypatch.setattr(Adam, "__init__", adam)
    monkeypatch.setattr(torch.Tensor, "backward", overflowing)
    result = train(settings_of("fit.steps=8"), small_data(), tmp_path, told.append, device="cpu")
    assert result["skipped"] == 1
    assert any("step 6 was skipped: its gradient is no number" in each.text for each in told if isinstance(each, Said))
    assert all(torch.isfinite(each).all() for each in tensors(tmp_path / "resume.safetensors").values())


def test_skipped_steps_are_told_and_counted_and_the_training_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "batches", spoiling({5, 6}))
    told: list[Event] = []
    result = train(settings_of("fit.steps=12"), small_data(), tmp_path, told.append, device="cpu")
    assert (result["steps"], result["skipped"]) == (12, 2)
    assert read_about(tmp_path / "model.safetensors")["training"]["skipped"] == 2
    warnings = [each.text for each in told if isinstance(each, Said) and each.level == "warning"]
    assert warnings == [
        "step 6 was skipped: its loss is no number; the learning rate is 0.5 of what it was, 1 skipped so far",
        "step 7 was skipped: its loss is no number; the learning rate is 0.25 of what it was, 2 skipped so far",
    ]
    counts = {
        each.step: each.values["skipped"] for each in told if isinstance(each, Measured) and len(each.values) == 1
    }
    assert counts == {6: 1, 7: 2}  # so that a curve can be marked where it was
    measured = {each.step: each.values for each in told if isinstance(each, Measured) and "train" in each.values}
    assert set(measured) == set(range(1, 13)) - {6, 7}
    assert all(math.isfinite(value) for values in measured.values() for value in values.values())
    assert measured[8]["learning_rate"] < 0.3 * measured[5]["learning_rate"]


def test_an_explosion_is_not_learnt_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarding, "LEARNT_AFTER", 5)
    monkeypatch.setattr(training, "batches", spoiling({9}, 1e4))
    told: list[Event] = []
    result = train(settings_of("fit.steps=12"), small_data(), tmp_path, told.append, device="cpu")
    assert result["skipped"] == 1
    assert any("nats per point where" in each.text for each in told if isinstance(each, Said))


def test_resumed_after_skipped_steps_it_ends_as_if_it_had_not_been_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarding, "RECOVER", 4)
    monkeypatch.setattr(training, "batches", spoiling({0, 4, 5, 11}))
    asked, data = settings_of("fit.steps=16"), small_data()
    whole = train(asked, data, tmp_path / "whole", device="cpu")
    assert whole["skipped"] == 4
    for steps in (1, 5):  # stopped just after a skipped step, the first before Adam knows anything
        train(asked, data, tmp_path / "parts", should_stop=stop_after(steps), device="cpu", resume=steps > 1)
    second = train(asked, data, tmp_path / "parts", device="cpu", resume=True)
    assert (second["steps"], second["valid"], second["skipped"]) == (16, whole["valid"], 4)
    same(tmp_path / "whole" / "resume.safetensors", tmp_path / "parts" / "resume.safetensors")


def test_too_many_end_it_with_a_remedy_and_the_last_good_files_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, data = settings_of("fit.steps=20"), small_data()
    train(asked, data, tmp_path, should_stop=stop_after(6), device="cpu")
    good = digests(tmp_path)
    plain = training.batches
    monkeypatch.setattr(training, "batches", spoiling(range(6, 99)))
    with pytest.raises(TrainingFailed, match=r"5 steps on end up to step 11.*loss is no number") as told:
        train(asked, data, tmp_path, device="cpu", resume=True)
    assert f"--resume --out {tmp_path} --set fit.learning_rate=0.0025" in str(told.value)
    assert digests(tmp_path) == good
    monkeypatch.setattr(training, "batches", plain)
    load_checkpoint(tmp_path / "model.safetensors").build()
    assert train(asked, data, tmp_path, device="cpu", resume=True)["steps"] == 20


def test_a_rate_that_somebody_has_lowered_is_not_halved_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = small_data()
    monkeypatch.setattr(training, "batches", spoiling({2}))
    train(settings_of("fit.steps=4"), data, tmp_path, device="cpu")
    path = tmp_path / "resume.safetensors"
    assert Trainer.resumed(path, settings_of("fit.steps=5"), data).guard.share == 0.5
    assert Trainer.resumed(path, settings_of("fit.learning_rate=0.001"), data).guard.share == 1.0


# a full disk


@pytest.mark.skipif(os.name == "nt", reason="a limit on the size of files stands in for a full disk")
def test_a_full_disk_costs_a_save_and_not_the_training(tmp_path: Path) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    told: list[Event] = []
    digest: list[dict[str, str]] = []

    def listen(event: Event) -> None:
        told.append(event)
        if isinstance(event, Measured) and event.step == 5:
            digest.append(digests(tmp_path))
            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
        if isinstance(event, Measured) and event.step == 9:
            assert digests(tmp_path) == digest[0]
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    asked, data = settings_of("fit.steps=13", "fit.validate_every=4"), small_data()
    try:
        result = train(asked, data, tmp_path, listen, device="cpu")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    warnings = [each.text for each in told if isinstance(each, Said) and each.level == "warning"]
    assert len(warnings) == 1
    assert warnings[0].startswith("Step 8 can't be saved")
    assert warnings[0].endswith("Make room on the disk; the next look tries again.")
    assert result["steps"] == load_checkpoint(tmp_path / "model.safetensors").step == 13


@pytest.mark.skipif(os.name == "nt", reason="a limit on the size of files stands in for a full disk")
def test_a_disk_that_stays_full_ends_it_with_one_clear_error_and_it_can_be_resumed(tmp_path: Path) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(event: Event) -> None:
        if isinstance(event, Measured) and event.step == 5:
            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))

    asked, data = settings_of("fit.steps=10", "fit.validate_every=4"), small_data()
    try:
        with pytest.raises(TrainingFailed, match=r"Step 10 can't be saved.*Make room.*All of step 4 is saved") as told:
            train(asked, data, tmp_path, fill, device="cpu")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert f"--resume --out {tmp_path}" in str(told.value)
    assert sorted(each.name for each in tmp_path.iterdir() if each.name.endswith(".tmp")) == []
    assert load_checkpoint(tmp_path / "model.safetensors").step == 4
    whole = train(asked, data, tmp_path / "whole", device="cpu")
    assert train(asked, data, tmp_path, device="cpu", resume=True)["valid"] == whole["valid"]
