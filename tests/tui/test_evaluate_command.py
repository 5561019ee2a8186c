"""The command that tells how good a network is."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import networks
import numpy as np
import pytest
from commands import INTERRUPTIBLE, Capture, refused, told
from PIL import Image

from drawing.npz import write_npz
from drawing.svg import read_svg
from model.checkpoint import load_checkpoint
from model.data import dequantise
from model.evaluate import likelihood
from tui.main import run


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "a.npz"
    rows = networks.some_rows([5 + index % 9 for index in range(60)])
    write_npz(path, {"train": rows[:40], "valid": rows[40:50], "test": rows[50:]})
    return path


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("checkpoint") / "a.safetensors"
    networks.saved(path, networks.lively_net(latent=3))
    return path


def test_a_likelihood_is_that_of_the_whole_split(capsys: Capture, file: Path, checkpoint: Path) -> None:
    command = ["evaluate", str(checkpoint), "--data", str(file), "--samples", "0"]
    result = told(capsys, command)
    known = load_checkpoint(checkpoint)
    rows = [each.astype(np.float32).astype(float) for each in networks.some_rows([5 + k % 9 for k in range(60)])]
    expected = likelihood(known.build(), rows[50:], 2.5, 40).to_json()
    assert {name: result[name] for name in expected} == pytest.approx(expected)
    assert result["n_max"] == 40
    assert result["scale"] == 2.5
    assert result["is_bound"] is True
    assert result["finish_rate"] is None
    valid = told(capsys, [*command, "--split", "valid", "--limit", "3"])
    assert valid["drawings"] == 3
    stated = told(capsys, [*command, "--reference-scale", "5"])
    assert stated["nats_per_point"] == pytest.approx(result["nats_per_point"] + 2 * np.log(2.5 / 5))
    assert stated["scale"] == 5.0
    noisy = told(capsys, [*command, "--dequantise"])
    assert noisy["offsets"] == pytest.approx(likelihood(known.build(), dequantise(rows[50:]), 2.5, 40).offsets)
    assert noisy["offsets"] != result["offsets"]
    assert run(command) == 0
    text = capsys.readouterr().out
    assert f"{result['nats_per_point']:.4f} nats per point" in text
    assert f"latent {result['kl']:.4f}" in text


def test_what_it_draws_is_compared_and_shown(capsys: Capture, file: Path, checkpoint: Path, tmp_path: Path) -> None:
    out = tmp_path / "sheets"
    command = ["evaluate", str(checkpoint), "--data", str(file), "--samples", "9", "-t", "0.5"]
    result = told(capsys, [*command, "--out", str(out)])
    assert {"nats_per_point", "L_R", "L_KL", "n_max", "scale", "finish_rate", "precision", "coverage"} <= set(result)
    assert (result["samples"], result["temperature"], result["drawings"]) == (9, 0.5, 10)
    assert result["nearest_train"]["train"] == 40
    assert result["train"]["drawings"] == 9
    names = ["evaluation.json", "nearest.png", "nearest.svg", "samples.png", "samples.svg"]
    assert sorted(Path(each).name for each in result["files"]) == names == sorted(each.name for each in out.iterdir())
    kept = json.loads((out / "evaluation.json").read_text(encoding="utf-8"))
    assert kept == {name: value for name, value in result.items() if name != "files"}
    with Image.open(out / "nearest.png") as pairs, Image.open(out / "samples.png") as sheet:
        assert pairs.size[0] < sheet.size[0]
    assert read_svg(out / "samples.svg").drawing.lines

    # the same again, in words, and over what is there only if told to
    assert "evaluation.json exists" in refused(capsys, [*command, "--out", str(out)], 1)
    before = (out / "samples.svg").read_bytes()
    assert run([*command, "--out", str(out), "--force"]) == 0
    text = capsys.readouterr().out
    assert (out / "samples.svg").read_bytes() == before
    assert json.loads((out / "evaluation.json").read_text(encoding="utf-8")) == kept
    assert "9 samples at temperature 0.5" in text
    assert f"of {result['latent']} dimensions of z are active" in text
    assert "compared with the split 9 samples 9 of train" in " ".join(text.split())
    row = next(line for line in text.splitlines() if "turning angle" in line)
    numbers = [f"{side['wasserstein']['turning_angle']:.3f}" for side in (result, result["train"])]
    assert row.split()[-2:] == numbers


def test_the_likelihood_alone_leaves_its_figures(capsys: Capture, file: Path, checkpoint: Path, tmp_path: Path) -> None:
    (tmp_path / "samples.png").write_bytes(b"mine")
    command = ["evaluate", str(checkpoint), "--data", str(file), "--out", str(tmp_path), "--samples"]
    result = told(capsys, [*command, "0"])
    assert result["files"] == [str(tmp_path / "evaluation.json")]
    (tmp_path / "evaluation.json").unlink()
    assert "samples.png exists" in refused(capsys, [*command, "4"], 1)
    assert (tmp_path / "samples.png").read_bytes() == b"mine"


def test_what_can_not_be_evaluated_is_told(capsys: Capture, file: Path, checkpoint: Path, tmp_path: Path) -> None:
    assert "no split 'tset'; there are: train, valid, test" in refused(
        capsys, ["evaluate", str(checkpoint), "--data", str(file), "--split", "tset"], 2
    )
    write_npz(tmp_path / "b.npz", {"train": networks.some_rows([9] * 30), "test": []})
    assert "b.npz has no drawings in 'test'" in refused(
        capsys, ["evaluate", str(checkpoint), "--data", str(tmp_path / "b.npz")], 1
    )
    assert "--data" in refused(capsys, ["evaluate", str(checkpoint)], 2)
    assert "--samples" in refused(capsys, ["evaluate", str(checkpoint), "--data", str(file), "--samples", "-1"], 2)
    assert "no checkpoint of monoline" in refused(capsys, ["evaluate", str(file), "--data", str(file)], 1)
    assert "is a file; name a folder" in refused(
        capsys, ["evaluate", str(checkpoint), "--data", str(file), "--out", str(file)], 1
    )


def test_a_file_without_a_train_split_is_compared_all_the_same(
    capsys: Capture, checkpoint: Path, tmp_path: Path
) -> None:
    write_npz(tmp_path / "c.npz", {"test": networks.some_rows([9, 12, 7] * 4)})
    command = ["evaluate", str(checkpoint), "--data", str(tmp_path / "c.npz"), "--samples", "8"]
    result = told(capsys, [*command, "--out", str(tmp_path / "out")])
    assert result["train"] is None
    assert result["nearest_train"] is None
    assert result["precision"] is not None
    assert sorted(each.name for each in (tmp_path / "out").iterdir()) == [
        "evaluation.json",
        "samples.png",
        "samples.svg",
    ]


def test_ctrl_c_ends_it_and_leaves_nothing(file: Path, checkpoint: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-P", "-c", f"import tui.console; tui.console.LINE_EVERY_S = 0.0; {INTERRUPTIBLE}",
               "evaluate", str(checkpoint), "--data", str(file), "--samples", "10000", "--out", str(out)]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        while "drawing and comparing" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 3, stderr
    assert stdout == ""
    assert stderr.splitlines()[-1] == "monoline: stopped"
    assert not out.exists()
