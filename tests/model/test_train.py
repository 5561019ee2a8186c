"""Training: it learns, can be stopped and go on as if it had not been, and never leaves ruins."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from trainings import same, settings_of, small_data, stop_after, tensors

from configs.load import load
from drawing.collection import read_collection
from drawing.stroke import Stroke3, to_stroke3
from model import looks
from model import train as training
from model.checkpoint import KEY, load_checkpoint, read_about
from model.data import Data
from model.errors import BadCheckpoint, TrainingFailed
from model.evaluate import Likelihood, likelihood
from model.settings import TrainSettings
from model.train import train
from model.trainer import Trainer
from prep.artist import ArtistSettings, sketch
from studio.events import Event, Made, Measured, Progress, Said


@pytest.fixture(scope="module")
def artist() -> Data:
    """Drawings by the demo artist, told in few points so that steps are short."""
    artist_settings = ArtistSettings(max_points=40)
    rows = [to_stroke3(sketch(1, index, artist_settings).drawing)[1:] for index in range(110)]
    scale = float(np.concatenate(rows)[:, :2].std())
    splits = {"train": rows[:90], "valid": rows[90:]}
    return Data(splits, scale, max(map(len, rows)), 200.0, "ab" * 32, True, False, ("the artist's",))


@pytest.fixture(scope="module")
def trained(artist: Data, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Event], dict[str, object]]:
    """A run of 60 steps, told from its first event to its result."""
    folder = tmp_path_factory.mktemp("run")
    events: list[Event] = []
    torch.set_num_threads(1)
    result = train(settings_of("fit.steps=60", "fit.validate_every=25"), artist, folder, events.append, device="cpu")
    return folder, events, result


Trained = tuple[Path, list[Event], dict[str, object]]


def test_it_learns(trained: Trained, artist: Data) -> None:
    folder, events, result = trained
    valid = [each.values["valid"] for each in events if isinstance(each, Measured) and "valid" in each.values]
    untaught = Trainer(settings_of(), artist, "cpu").test(artist.splits["valid"]).nats_per_point
    assert len(valid) == 3
    assert untaught - 0.5 > valid[0] > valid[1] > valid[2]
    assert valid[2] < untaught - 1.0
    told = [each.values["train"] for each in events if isinstance(each, Measured) and "train" in each.values]
    assert told[-1] < told[0] - 0.3
    found = likelihood(load_checkpoint(folder / "model.safetensors").build(), artist.splits["valid"], artist.scale, 40)
    assert found.nats_per_point == pytest.approx(valid[2], rel=1e-6)  # what was told is of the file
    assert result["steps"] == 60


def test_it_tells_what_it_does(trained: Trained) -> None:
    folder, events, result = trained
    assert next(each.text for each in events if isinstance(each, Said)) == "the artist's"
    measured = [each for each in events if isinstance(each, Measured) and "train" in each.values]
    told = [*range(1, 20), 20, 40, 60]
    assert [each.step for each in measured] == told
    names = {"train", "L_R", "L_KL", "w_KL", "learning_rate", "drawings_per_s", "gradient_norm", "skipped"}
    assert all(set(each.values) == names for each in measured)
    looks = [each for each in events if isinstance(each, Measured) and "valid" in each.values]
    assert [each.step for each in looks] == [25, 50, 60]
    assert all(set(each.values) == {"valid", "valid_L_R", "valid_L_KL"} for each in looks)
    assert [(each.done, each.total, each.what) for each in events if isinstance(each, Progress)] == [
        (step, 60, "training") for step in told
    ]
    made = [each.path for each in events if isinstance(each, Made)]
    assert made == [name for step in (25, 50, 60) for name in ("model.safetensors", f"samples/{step:07}.npz")]
    for name in made:
        assert (folder / name).is_file()
    assert len(read_collection(folder / made[-1]).splits["train"]) == 12
    assert set(result) == {"steps", "seconds", "drawings_per_s", "skipped", "valid", "checkpoint"}
    assert result["checkpoint"] == str(folder / "model.safetensors")
    json.dumps(result, allow_nan=False)
    rates = [each.values["learning_rate"] for each in measured[-3:]]
    assert rates[0] > rates[1] > rates[2]
    assert rates[2] < 0.01 * 0.01  # annealed
    assert load(TrainSettings, folder / "config.toml") == settings_of("fit.steps=60", "fit.validate_every=25")


def test_the_best_is_judged_by_the_same_drawings_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of the valid split may be harder than the part that is looked at on the way."""
    monkeypatch.setattr(looks, "GLANCE", 4)
    on_the_way, whole, plain = {2: 1.0, 4: 0.9, 6: 0.95}, 1.5, Trainer.test

    def test(trainer: Trainer, drawings: Sequence[Stroke3]) -> Likelihood:
        nats = on_the_way[trainer.step] if len(drawings) == 4 else whole
        return dataclasses.replace(plain(trainer, drawings), nats_per_point=nats)

    monkeypatch.setattr(Trainer, "test", test)
    events: list[Event] = []
    asked = settings_of("fit.steps=4", "fit.validate_every=2")
    result = train(asked, small_data(), tmp_path, events.append, device="cpu")
    assert read_about(tmp_path / "best.safetensors")["step"] == 4
    valid = [each.values["valid"] for each in events if isinstance(each, Measured) and "valid" in each.values]
    assert valid == [1.0, 0.9]
    about = read_about(tmp_path / "model.safetensors")["training"]["valid"]
    assert about == result["valid"]
    assert (about["nats_per_point"], about["drawings"]) == (1.5, 10)
    assert any(isinstance(each, Said) and each.text.startswith("all 10 unseen drawings: 1.5") for each in events)
    train(settings_of("fit.steps=6"), small_data(), tmp_path, device="cpu", resume=True)
    assert read_about(tmp_path / "best.safetensors")["step"] == 4


def test_what_is_kept_is_the_average(trained: Trained, artist: Data) -> None:
    folder, _, _ = trained
    kept, state = tensors(folder / "model.safetensors"), tensors(folder / "resume.safetensors")
    for name, weight in kept.items():
        assert torch.equal(weight, state[f"average.{name}"])
        assert not torch.equal(weight, state[f"net.{name}"])
    about = read_about(folder / "model.safetensors")
    assert (about["step"], about["scale"], about["n_max"]) == (60, artist.scale, artist.n_max)
    assert about["data"]["hash"] == artist.hash
    assert about["first_dropped"]
    best = read_about(folder / "best.safetensors")["training"]["valid"]["nats_per_point"]
    assert best == about["training"]["valid"]["nats_per_point"]  # it went down to the end


def test_the_average_follows_the_weights_as_it_says(artist: Data) -> None:
    trainer = Trainer(settings_of("fit.average=0.5"), artist, "cpu")
    expected = {name: each.detach().clone() for name, each in trainer.net.named_parameters()}
    stream = training.batches(artist.splits["train"], artist, trainer.settings.data, 20, 1, 0)
    for step in range(1, 4):
        trainer.learn(next(stream), 0.0)
        decay = min(0.5, (1 + step) / (10 + step))
        for name, weight in trainer.net.named_parameters():
            expected[name] = decay * expected[name] + (1 - decay) * weight.detach()
    before = torch.get_rng_state()
    trainer.averaged()
    assert torch.equal(torch.get_rng_state(), before)  # nothing is drawn for weights that are replaced
    for name, each in expected.items():
        torch.testing.assert_close(trainer.average[name], each, rtol=1e-5, atol=1e-6)


def test_the_gradient_is_cut_to_its_norm_and_the_rate_warms_up(artist: Data) -> None:
    trainer = Trainer(settings_of("fit.clip=0.01", "fit.warm_up=4"), artist, "cpu")
    stream = training.batches(artist.splits["train"], artist, trainer.settings.data, 20, 1, 0)
    rates = []
    for _ in range(4):
        figures, _ = trainer.learn(next(stream), 0.0)
        rates.append(figures["learning_rate"])
        norm = torch.stack([each.grad.norm() for each in trainer.net.parameters() if each.grad is not None]).norm()
        assert figures["gradient_norm"] > 0.01
        assert float(norm) == pytest.approx(0.01, rel=1e-3)
    assert rates == pytest.approx([0.0025, 0.005, 0.0075, 0.01])


def test_each_number_of_the_gradient_can_be_cut_instead(artist: Data) -> None:
    trainer = Trainer(settings_of("fit.clip=0.001", "fit.clip_kind=value"), artist, "cpu")
    stream = training.batches(artist.splits["train"], artist, trainer.settings.data, 20, 1, 0)
    figures, _ = trainer.learn(next(stream), 0.0)
    numbers = torch.cat([each.grad.flatten() for each in trainer.net.parameters() if each.grad is not None])
    assert float(numbers.abs().max()) == pytest.approx(0.001)
    assert float(numbers.norm()) < figures["gradient_norm"]


@pytest.mark.parametrize("kind", ["conditional", "decoder"])
def test_stopped_and_resumed_it_ends_as_if_it_had_not_been(artist: Data, tmp_path: Path, kind: str) -> None:
    asked = settings_of("fit.steps=14", f"net.kind={kind}", "net.dropout=0.2", "fit.prior_share=0.2", "data.mirror=0.5")
    whole = train(asked, artist, tmp_path / "whole", device="cpu")
    first = train(asked, artist, tmp_path / "parts", should_stop=stop_after(6), device="cpu")
    assert first["steps"] == 6
    second = train(asked, artist, tmp_path / "parts", device="cpu", resume=True)
    assert (second["steps"], second["valid"]) == (14, whole["valid"])
    same(tmp_path / "whole" / "model.safetensors", tmp_path / "parts" / "model.safetensors")
    same(tmp_path / "whole" / "resume.safetensors", tmp_path / "parts" / "resume.safetensors")


def test_it_is_saved_when_somebody_asks_and_learns_the_same(artist: Data, tmp_path: Path) -> None:
    asked = settings_of("fit.steps=14")
    events, plain = list[Event](), list[Event]()
    wanted = iter([False, False, True])
    train(asked, artist, tmp_path / "a", events.append, stop_after(6), lambda: next(wanted, False), device="cpu")
    train(asked, artist, tmp_path / "b", plain.append, stop_after(6), device="cpu")
    looked = [event.step for event in events if isinstance(event, Measured) and "valid" in event.values]
    before = [event.step for event in plain if isinstance(event, Measured) and "valid" in event.values]
    assert sorted({*looked} - {*before}) == [3]
    last = [
        [e.values["train"] for e in each if isinstance(e, Measured) and "train" in e.values] for each in (events, plain)
    ]
    assert last[0] == last[1]


def test_slow_steps_are_told_more_often(artist: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "TELL_EVERY_S", 0.0)
    events = list[Event]()
    train(settings_of("fit.steps=24"), artist, tmp_path, events.append, device="cpu")
    assert [round(event.done) for event in events if isinstance(event, Progress)] == [*range(1, 25)]


def test_soon_after_the_start_there_is_something_to_see_and_a_power_cut_loses_little(
    artist: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "FIRST_LOOK_S", 0.0)
    steps_saved: list[int] = []

    def look(event: Event) -> None:
        if isinstance(event, Measured) and (tmp_path / training.RESUME).exists():
            steps_saved.append(Trainer.resumed(tmp_path / training.RESUME, settings_of(), artist).step)

    train(settings_of("fit.steps=3"), artist, tmp_path, look)
    assert steps_saved[:2] == [1, 1]  # told by the look itself and of step 2, before which there was no second one
    assert sorted(each.name for each in (tmp_path / "samples").iterdir()) == ["0000001.npz", "0000003.npz"]


def test_another_seed_is_another_run(artist: Data, tmp_path: Path) -> None:
    for seed in (1, 2):
        train(settings_of("fit.steps=1", f"fit.seed={seed}"), artist, tmp_path / str(seed), device="cpu")
    one, other = (tensors(tmp_path / str(seed) / "model.safetensors") for seed in (1, 2))
    assert not torch.equal(one["output.weight"], other["output.weight"])


def test_a_changed_setting_is_still_changed_when_it_is_resumed_again(artist: Data, tmp_path: Path) -> None:
    train(settings_of("fit.steps=2"), artist, tmp_path, device="cpu")
    train(settings_of("fit.steps=3", "fit.learning_rate=0.003"), artist, tmp_path, device="cpu", resume=True)
    again = load(TrainSettings, tmp_path / "config.toml")
    assert (again.fit.steps, again.fit.learning_rate) == (3, 0.003)


def test_weights_of_another_run_can_be_begun_with(trained: Trained, artist: Data, tmp_path: Path) -> None:
    start = load_checkpoint(trained[0] / "model.safetensors")
    words = ["fit.steps=1", "fit.learning_rate=1e-6", "fit.fine_share=0.1", "net.decoder=99", "net.dropout=0.3"]
    # the same drawings ten times as large: what the network sees of them is the same
    rows = {split: [each * [10, 10, 1] for each in found] for split, found in artist.splits.items()}
    larger = dataclasses.replace(artist, splits=rows, scale=10 * artist.scale, hash="cd" * 32)
    result = train(settings_of(*words), larger, tmp_path, start=start, device="cpu")
    assert result["valid"]["nats_per_point"] == pytest.approx(trained[2]["valid"]["nats_per_point"], abs=0.01)  # type: ignore[index]
    found = load_checkpoint(tmp_path / "model.safetensors")
    assert found.net == start.net.model_copy(update={"dropout": 0.3})  # the weights tell the shape
    assert found.scale == 10 * artist.scale
    assert found.training["began_with"] == {"hash": start.hash, "scale": artist.scale, "step": 60}
    assert found.training["settings"]["fit"]["learning_rate"] == pytest.approx(1e-7)
    asked = load(TrainSettings, tmp_path / "config.toml", ["fit.steps=2"])
    again = train(asked, larger, tmp_path, device="cpu", resume=True)
    assert again["steps"] == 2
    assert load_checkpoint(tmp_path / "model.safetensors").training["began_with"]["step"] == 60


def test_a_run_of_other_data_or_another_shape_is_not_resumed(artist: Data, trained: Trained) -> None:
    folder = trained[0]
    other = Data(artist.splits, artist.scale, 40, 200.0, "cd" * 32, True, False)
    with pytest.raises(TrainingFailed, match=r"trained on other data; .* --from .*model\.safetensors"):
        train(settings_of(), other, folder, resume=True, device="cpu")
    with pytest.raises(TrainingFailed, match="network of another shape"):
        train(settings_of("net.decoder=25"), artist, folder, resume=True, device="cpu")


def test_a_batch_that_the_gpu_has_no_room_for_is_told_with_a_smaller_one(
    artist: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def learn(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 17.33 GiB")

    monkeypatch.setattr(Trainer, "learn", learn)
    told = r"too little memory for 10 drawings of up to \d+ points at once\. .*with --set fit\.batch=5\."
    with pytest.raises(TrainingFailed, match=told):
        train(settings_of("fit.batch=10"), artist, tmp_path, device="cpu")


def test_a_damaged_file_is_not_resumed(artist: Data, trained: Trained, tmp_path: Path) -> None:
    with pytest.raises(BadCheckpoint, match="nothing to resume"):
        train(settings_of(), artist, tmp_path, resume=True, device="cpu")
    data = (trained[0] / "resume.safetensors").read_bytes()
    file = tmp_path / "resume.safetensors"
    for damaged in (
        b"",
        data[:100],
        data[:-9],
        (trained[0] / "model.safetensors").read_bytes(),
        data.replace(b'\\"data\\"', b'\\"dato\\"'),
        data.replace(b'\\"settings\\"', b'\\"sittings\\"'),
        data.replace(b"adam.exp_avg.output.bias", b"adam.exp_ave.output.bias"),
        data.replace(b"average.output.bias", b"average.output.bios"),
    ):
        file.write_bytes(damaged)
        with pytest.raises(BadCheckpoint, match=r"resume\.safetensors (is damaged|does not hold)"):
            train(settings_of(), artist, tmp_path, resume=True, device="cpu")
        assert sorted(each.name for each in tmp_path.iterdir()) == ["resume.safetensors"]


def test_a_resumed_state_tells_all_that_it_needs(trained: Trained) -> None:
    with safe_open(trained[0] / "resume.safetensors", framework="pt") as file:
        about = json.loads(file.metadata()[KEY])
    assert about["step"] == 60
    assert about["elapsed_s"] > 0


def test_minutes_end_it_too(artist: Data, tmp_path: Path) -> None:
    events: list[Event] = []
    result = train(settings_of("fit.steps=1000000"), artist, tmp_path, events.append, minutes=0.5 / 60, device="cpu")
    assert 0 < result["steps"] < 1000
    assert 0.5 <= result["seconds"] < 20
    told = [each for each in events if isinstance(each, Progress)]
    assert {(each.total, each.what) for each in told} == {(100, "percent")}
    assert [each.done for each in told] == sorted(each.done for each in told)
    assert told[-1].done == 100


def test_whole_numbers_are_learnt_and_tested_with_noise(tmp_path: Path) -> None:
    """Without noise a network bets on spikes, and its figure falls without end."""
    rng = np.random.default_rng(0)
    rows = [np.column_stack([rng.integers(-3, 4, (9, 2)), np.arange(9) == 8]).astype(float) for _ in range(60)]
    data = Data({"train": rows[:40], "valid": rows[40:]}, 2.0, 9, 10.0, "ef" * 32, False, True)
    asked = settings_of("fit.steps=150", "net.kind=decoder", "data.scale_jitter=0", "fit.batch=40")
    found = train(asked, data, tmp_path, device="cpu")["valid"]
    # uniform over 7 by 7 units is 2 ln 7 nats, 2 ln 2 less at scale 2: no honest network is below that
    assert found["offsets"] > 2 * np.log(7) - 2 * np.log(2) - 0.1
