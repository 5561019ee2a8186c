"""The command that trains a network."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import networks
import numpy as np
import pytest
from commands import INTERRUPTIBLE, Capture, refused, told
from runs import write_run

from drawing.npz import write_npz
from model.checkpoint import load_checkpoint, read_about
from studio.events import Measured, Started
from studio.runs import State, find_run
from tui.main import run

TINY = [
    *("--set", "net.encoder=8", "--set", "net.decoder=16", "--set", "net.latent=3", "--set", "net.mixtures=2"),
    *("--set", "fit.batch=10", "--set", "fit.validate_every=1000", "--device", "cpu"),
]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "a.npz"
    rows = networks.some_rows([5 + index % 9 for index in range(60)])
    write_npz(path, {"train": rows[:40], "valid": rows[40:50], "test": rows[50:]})
    return path


@pytest.mark.usefixtures("here")
def test_a_training_that_can_not_begin_leaves_the_place_free(capsys: Capture, file: Path, tmp_path: Path) -> None:
    out, bad = tmp_path / "run", tmp_path / "bad.npz"
    bad.write_bytes(file.read_bytes()[:200])
    command = ["train", "small", "--out", str(out), "--steps", "1", *TINY]
    assert "bad.npz" in refused(capsys, [*command, "--data", str(bad)], 1)
    assert not out.exists()
    out.mkdir()
    refused(capsys, [*command, "--data", str(bad)], 1)
    assert {each.name for each in out.iterdir()} <= {".lock"}  # a folder that was there stays
    told(capsys, [*command, "--data", str(file)])
    refused(capsys, ["train", "--resume", "--out", str(out), "--data", str(bad)], 1)
    assert (out / "model.safetensors").exists()  # what was learnt stays too


@pytest.mark.usefixtures("here")
def test_it_names_its_checkpoint_as_the_run_was_named(
    capsys: Capture, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["train", "small", "--data", str(file), "--out", "here/run", "--steps", "1", *TINY]) == 0
    assert capsys.readouterr().out.startswith("here/run/model.safetensors: 1 step in")
    assert told(capsys, ["train", "--resume", "--out", "here/run"])["checkpoint"] == "here/run/model.safetensors"


@pytest.mark.usefixtures("here")
def test_it_trains_and_goes_on_and_begins_anew(capsys: Capture, file: Path, tmp_path: Path) -> None:
    out, own = tmp_path / "run", tmp_path / "own.npz"
    shutil.copy(file, own)
    result = told(capsys, ["train", "small", "--data", str(own), "--out", str(out), "--steps", "20", *TINY])
    assert set(result) == {"steps", "seconds", "drawings_per_s", "skipped", "valid", "checkpoint"}
    assert {"nats_per_point", "L_R", "L_KL", "n_max", "scale"} <= set(result["valid"])
    assert result["steps"] == 20
    assert result["valid"]["drawings"] == 10
    assert load_checkpoint(Path(result["checkpoint"])).step == 20
    assert find_run(out).state is State.FINISHED

    assert "is a run already; go on with it with --resume, or begin anew with --force" in refused(
        capsys, ["train", "small", "--data", str(file), "--out", str(out)], 1
    )
    # on --resume data and settings are those of the run; more steps make it go on. The folder has its drawings along
    own.unlink()
    assert (out / "data.npz").read_bytes() == file.read_bytes()
    again = told(capsys, ["train", "--out", str(out), "--resume", "--steps", "30"])
    assert again["steps"] == 30
    assert find_run(out).arguments["preset"] == "small"  # and Train still tells what it began with
    assert load_checkpoint(out / "model.safetensors").net.decoder == 16
    away = ["train", "--resume", "--out", str(out), "--data"]
    assert "own.npz does not exist" in refused(capsys, [*away, str(own)], 1)
    shutil.copy(out / "samples" / "0000030.npz", own)
    assert run([*away, str(own)]) == 1  # named, it counts
    assert "was trained on other data" in capsys.readouterr().err
    (out / "data.npz").unlink()
    shutil.copy(file, own)
    assert told(capsys, [*away, str(own), "--steps", "31"])["steps"] == 31
    assert "leave --from out" in refused(capsys, ["train", "--out", str(out), "--resume", "--from", "x"], 2)
    idle = ["train", "--out", str(out), "--resume", "--set", "net.cell=hyper"]
    assert "no difference to a transformer" in refused(capsys, idle, 2)

    # an earlier run is deleted only when all else is right
    whole = ["train", "small", "--data", str(file), "--out", str(out), "--steps", "1", *TINY, "--force"]
    assert "There is no checkpoint" in refused(capsys, [*whole, "--from", "no such"], 1)
    assert "holds the weights to begin with" in refused(capsys, [*whole, "--from", str(out)], 1)
    again = ["train", "small", "--out", str(out), "--steps", "1", "--force", "--data"]
    shutil.copy(file, out / "data.npz")
    assert "holds the drawings" in refused(capsys, [*again, str(out / "data.npz")], 1)
    assert "lies in the drawings" in refused(capsys, [*again, str(tmp_path)], 1)
    own_settings = ["train", str(out / "config.toml"), *again[2:], str(file)]
    assert "holds the settings" in refused(capsys, own_settings, 1)
    assert (out / "data.npz").exists()
    assert read_about(out / "model.safetensors")["step"] == 31
    begun = told(capsys, whole)
    assert begun["steps"] == 1
    assert len([each for each in find_run(out).events() if isinstance(each, Measured)]) == 2
    assert [each.name for each in (out / "samples").iterdir()] == ["0000001.npz"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["small", "--data", "DATA"], 2, "name the folder of the run with --out"),
        (["small", "--out", "NEW"], 2, "name the drawings with --data"),
        (["--data", "DATA", "--out", "NEW"], 2, "name a preset or a .toml file"),
        (["smal", "--data", "DATA", "--out", "NEW"], 2, "no preset 'smal', did you mean 'small'"),
        (["small", "--data", "NONE", "--out", "NEW"], 1, "no.npz does not exist"),
        (["small", "--data", "DATA", "--out", "NEW", "--set", "fit.stepz=3"], 2, "did you mean 'steps'"),
        (["small", "--data", "DATA", "--out", "NEW", "--set", "net.latent=0"], 2, "net.latent"),
        (["small", "--data", "DATA", "--out", "NEW", "--set", "net.cell=hyper"], 2, "no difference to a transformer"),
        (["small", "--data", "DATA", "--out", "NEW", "--steps", "0"], 2, "--steps"),
        (["small", "--data", "DATA", "--out", "FULL"], 1, "has files in it and is no run"),
        (["--out", "NEW", "--resume"], 1, "is no run"),
        (["small", "--data", "DATA", "--out", "NEW", "--from", "portrait-of-nobody"], 1, "There is no checkpoint"),
    ],
)
def test_mistakes_are_told_before_anything_starts(
    capsys: Capture, file: Path, tmp_path: Path, arguments: list[str], code: int, words: str
) -> None:
    full = tmp_path / "full"
    full.mkdir()
    (full / "thesis.txt").write_text("mine", encoding="utf-8")
    places = {"DATA": file, "NONE": tmp_path / "no.npz", "NEW": tmp_path / "new", "FULL": full}
    err = refused(capsys, ["train", *(str(places.get(each, each)) for each in arguments)], code)
    assert words in err
    assert not (tmp_path / "new").exists()
    assert [each.name for each in full.iterdir()] == ["thesis.txt"]


@pytest.mark.usefixtures("here")
def test_what_fails_in_the_run_is_told_as_its_own_words(capsys: Capture, tmp_path: Path) -> None:
    write_npz(tmp_path / "a.npz", {"train": [np.array([[0.0, 0, 0], [0, 0, 1]])] * 3})
    err_line = f"monoline: {tmp_path / 'a.npz'} can't be learnt: all its points lie on one another.\n"
    assert run(["train", "small", "--data", str(tmp_path / "a.npz"), "--out", str(tmp_path / "run"), *TINY]) == 1
    assert capsys.readouterr().err.endswith(err_line)
    assert "is no run" in refused(capsys, ["train", "--out", str(tmp_path / "run"), "--resume"], 1)
    killed = write_run(tmp_path / "killed", {"data": "a.npz"}, [Started(what="training")])
    assert "nothing to resume yet" in refused(capsys, ["train", "--out", str(killed), "--resume"], 1)


def test_ctrl_c_stops_it_with_everything_saved(capsys: Capture, file: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    command = [sys.executable, "-P", "-c", INTERRUPTIBLE, "train", "small", "--data", str(file), "--out", str(out),
               "--steps", "1000000", *TINY, "--json"]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        process.stderr.readline()  # it follows the run: the first thing said of it
        for event in find_run(out).follow():
            if isinstance(event, Measured):
                break
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 3, stderr
    assert "stopping, with everything saved" in stderr
    result = json.loads(stdout)
    assert 0 < result["steps"] < 1_000_000
    assert find_run(out).state is State.STOPPED
    assert (out / "resume.safetensors").is_file()
    assert load_checkpoint(out / "model.safetensors").step == result["steps"]
    more = result["steps"] + 3
    assert told(capsys, ["train", "--out", str(out), "--resume", "--steps", str(more)])["steps"] == more
