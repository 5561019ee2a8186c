"""The command that trains a network for each w_KL."""

from __future__ import annotations

import json
from pathlib import Path

import networks
import pytest
from commands import Capture, refused, told
from runs import write_run

from configs.load import load
from drawing.npz import write_npz
from model.data import read_data
from model.settings import TrainSettings
from model.train import train
from studio.events import Finished
from studio.runs import find_run

SHAPE = ["net.encoder=8", "net.decoder=16", "net.latent=3", "net.mixtures=2", "fit.batch=10", "fit.validate_every=1000"]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "a.npz"
    write_npz(path, {"train": networks.some_rows([5 + n % 9 for n in range(30)]), "valid": networks.some_rows([6, 9])})
    return path


def command(file: Path, out: Path, weights: str, steps: int = 4) -> list[str]:
    settings = [word for each in SHAPE for word in ("--set", each)]
    base = ["kl-sweep", "--data", str(file), "--out", str(out), "--weights", weights, "--steps", str(steps)]
    return [*base, "--device", "cpu", *settings]


@pytest.mark.usefixtures("here")
def test_a_sweep_goes_on_where_it_was_and_grows(capsys: Capture, file: Path, tmp_path: Path) -> None:
    # one weight is done, and another was stopped after its second step
    out = tmp_path / "sweep"
    settings = load(TrainSettings, "small", [*SHAPE, "net.kind=conditional", "fit.steps=4"])
    data = read_data(file, settings.data)
    done = train(settings, data, out / "w-0.5", device="cpu")
    write_run(out / "w-0.5", {}, [Finished(result=done)])
    asked = iter([False, False, True])
    train(settings, data, out / "w-2", should_stop=lambda: next(asked), device="cpu")
    about = {"data": str(file), "preset": "small", "overrides": SHAPE, "steps": 4, "minutes": None, "device": "cpu"}
    (out / "sweep.json").write_text(json.dumps({**about, "runs": [{"weight": 0.5}]}))

    grown = told(capsys, command(file, out, "2"))
    assert [(run["weight"], run["steps"]) for run in grown["runs"]] == [(0.5, 4), (2.0, 4)]
    assert not find_run(out / "w-0.5").arguments  # left as it was
    assert find_run(out / "w-2").arguments["resume"] is True
    curves = json.loads((out / "sweep.json").read_text())["runs"][1]["curves"]
    assert curves["train"]["step"] == [3, 4]
    assert {each.name for each in out.iterdir() if each.is_file()} == {
        "sweep.json",
        *(f"{name}.{end}" for name in ("curves", "tradeoff", "reconstructions") for end in ("svg", "png")),
    }

    assert "is a sweep of these weights already" in refused(capsys, command(file, out, "0.5,2"), 1)
    assert "a sweep with another steps" in refused(capsys, command(file, out, "0.5", steps=5), 1)
    (out / "mine.txt").write_text("kept")
    begun = told(capsys, [*command(file, out, "1", steps=1), "--force"])
    assert [run["weight"] for run in begun["runs"]] == [1.0]
    assert (out / "mine.txt").exists()
    assert {each.name for each in out.iterdir() if each.is_dir()} == {"w-1"}


def test_what_can_not_be_swept_is_told_before_anything_starts(capsys: Capture, file: Path, tmp_path: Path) -> None:
    out = tmp_path / "sweep"
    assert "0.25,0.5,1.0, not a" in refused(capsys, command(file, out, "a"), 2)
    assert "twice" in refused(capsys, command(file, out, "0.5,0.50"), 2)
    assert "between 0 and 1000" in refused(capsys, command(file, out, "-1"), 2)
    assert "itself" in refused(capsys, [*command(file, out, "1"), "--set", "fit.kl_weight=1"], 2)
    assert "does not exist" in refused(capsys, command(tmp_path / "none.npz", out, "1"), 1)
    assert not out.exists()
    assert "holds the drawings" in refused(capsys, command(file, file.parent, "1"), 1)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.txt").touch()
    assert "is no sweep" in refused(capsys, command(file, tmp_path / "other", "1"), 1)
