"""What a person sets must make a difference to the training, or they are told; what a preset brings along need not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from networks import some_batch
from trainings import settings_of, small_data

from configs.errors import ConfigError, OptionError
from configs.load import load
from model.asked import asked, plain, unused
from model.bundled import find_checkpoint
from model.checkpoint import read_net
from model.losses import sums
from model.networks import build
from model.settings import NetSettings, TrainSettings, train_presets
from model.train import run, train
from studio.events import Event, Said
from studio.runs import Orders

TRANSFORMER, RECURRENT, DECODER = ("net.body=transformer",), ("net.body=rnn",), ("net.kind=decoder",)


@pytest.mark.parametrize(
    ("others", "word", "told"),
    [
        (TRANSFORMER, "net.cell=hyper", "a transformer; leave it out, or set net.body=rnn"),
        ((*TRANSFORMER, *DECODER), "net.weight_drop=0.1", "a transformer without an encoder"),
        (RECURRENT, "net.layers=2", "a recurrent network; leave it out, or set net.body=transformer"),
        (RECURRENT, "fit.optimiser=muon", "a recurrent network"),
        (RECURRENT, "net.hyper=8", "a plain LSTM; leave it out, or set net.cell=hyper"),
        (DECODER, "net.latent=8", "a network without an encoder; leave it out, or set net.kind=conditional"),
        (DECODER, "fit.kl_weight=1", "a network without an encoder"),
        ((), "fit.lowest_rate=0.1", "a cosine learning rate; leave it out, or set fit.schedule=exponential"),
    ],
)
def test_what_makes_no_difference_is_refused_where_it_is_set(
    tmp_path: Path, others: tuple[str, ...], word: str, told: str
) -> None:
    name, _, value = word.partition("=")
    with pytest.raises(OptionError) as error:
        asked("bundled", [*others, word])
    assert str(error.value).startswith(f"--set {word}: {name}: it makes no difference to {told}")
    file = tmp_path / "own.toml"
    file.write_text(f"{name} = {value if value[0].isdigit() else repr(value)}\n")
    with pytest.raises(ConfigError, match=rf"own\.toml: {name}: it makes no difference to"):
        asked(file, others)
    usual = TrainSettings().model_dump()[name[:3]][name[4:]]
    asked("bundled", [*others, f"{name}={usual}"])  # as by default: nobody is misled


OTHER: dict[str, Any] = {
    "cell": "layer_norm", "encoder_cell": "layer_norm", "encoder": 6, "decoder": 24, "layers": 3, "heads": 4,
    "latent": 5, "mixtures": 4, "dropout": 0.3, "recurrent_dropout": 0.3, "weight_drop": 0.3, "hyper": 7,
    "hyper_embedding": 3, "start_token": "zero", "squash_latent": True, "places": True,
}  # fmt: skip


def outcome(net: NetSettings) -> tuple[list[torch.Size], list[float]]:
    """Of a network in training: the shapes of its weights, and the losses of a batch."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        made = build(net).train()
        torch.manual_seed(2)
        noise = torch.randn(2, net.latent) if net.kind == "conditional" else None
        found = sums(made, some_batch([5, 3]), noise)
    return [each.shape for each in made.parameters()], (found.offsets + found.pen + found.kl).tolist()


@pytest.mark.parametrize("kind", ["conditional", "decoder"])
@pytest.mark.parametrize("body", [{}, {"cell": "hyper"}, {"body": "transformer"}])
def test_just_those_settings_of_a_network_count_as_unused_that_are(kind: Any, body: dict[str, Any]) -> None:
    sizes = {"encoder": 5, "decoder": 16, "latent": 3, "mixtures": 3, "hyper": 6, "hyper_embedding": 2}
    net = NetSettings.model_validate({"kind": kind, **sizes, "layers": 2, "heads": 2, **body})
    assert set(OTHER) == set(NetSettings.model_fields) - {"kind", "body"}
    before = outcome(net)
    same = {name for name, value in OTHER.items() if outcome(net.model_copy(update={name: value})) == before}
    assert same == {name[4:] for name in unused(TrainSettings(net=net)) if name.startswith("net.")}


def test_what_presets_and_runs_bring_along_is_passed_over(tmp_path: Path) -> None:
    for name in train_presets():
        asked(name)
        for other in ("net.kind=decoder", "net.body=rnn", "net.body=transformer"):
            made = plain(asked(name, [other]))
            assert plain(made) == made
            file = tmp_path / "kept.toml"
            file.write_text(_toml(made))
            assert asked(file) == made  # what a run keeps can be asked for again
    small = asked("small", ["net.body=rnn"])
    assert (small.net.layers, small.fit.optimiser) == (3, "muon")
    assert (plain(small).net.layers, plain(small).fit.optimiser) == (4, "adam")
    old = tmp_path / "old.toml"
    old.write_text(_toml(small))
    assert asked(old, ["fit.steps=7"], resumed=True).fit.steps == 7
    with pytest.raises(OptionError, match=r"--set net\.heads=8"):
        asked(old, ["net.heads=8"], resumed=True)


def _toml(settings: TrainSettings) -> str:
    import tomlkit

    return tomlkit.dumps(settings.model_dump())  # pyright: ignore[reportUnknownMemberType]


def test_weights_to_begin_with_tell_the_shape() -> None:
    start = read_net(find_checkpoint("portraits"))
    assert asked("artist", ["net.recurrent_dropout=0.1"], start=start) == load(
        TrainSettings, "artist", ["net.recurrent_dropout=0.1"]
    )
    asked("artist", [f"net.decoder={start.decoder}"], start=start)
    with pytest.raises(OptionError, match=r"net\.decoder: the shape is that of the weights to begin with"):
        asked("artist", ["net.decoder=99"], start=start)
    with pytest.raises(OptionError, match=r"no difference to a recurrent network; leave it out\.$"):
        asked("artist", ["fit.optimiser=muon"], start=NetSettings())


def test_a_run_refuses_them_too_and_says_where_muon_has_nothing_to_do(tmp_path: Path) -> None:
    wrong = {"preset": "small", "data": "nowhere.npz", "overrides": ["net.cell=hyper"]}
    with pytest.raises(OptionError, match=r"net\.cell"):
        run(tmp_path / "no", wrong, lambda _: None, Orders(tmp_path, 0))
    events: list[Event] = []
    words = [*DECODER, "fit.optimiser=muon", "fit.steps=2"]
    train(settings_of(*words), small_data(), tmp_path / "rnn", events.append, device="cpu")
    assert sum(isinstance(each, Said) and each.text.startswith("muon is for") for each in events) == 1
    kept = load(TrainSettings, tmp_path / "rnn" / "config.toml")
    assert (kept.fit.optimiser, kept.net.latent) == ("adam", NetSettings().latent)
    # what an older run has kept tells the muon and the latent that it had no use for
    again = train(settings_of(*words, "fit.steps=3"), small_data(), tmp_path / "rnn", device="cpu", resume=True)
    assert again["steps"] == 3
