"""Training in several processes: they learn what one would, and none waits for one that has gone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import networks
import pytest
import torch
from trainings import TINY, settings_of, small_data, stop_after

from configs.load import load
from drawing.npz import write_npz
from model.checkpoint import load_checkpoint
from model.data import batches, read_data
from model.distributed import Group
from model.losses import objective
from model.settings import TrainSettings
from model.train import train
from model.trainer import Trainer
from studio.events import Event, Failed, Measured, Started
from studio.runs import find_run

pytestmark = pytest.mark.skipif(os.name == "nt", reason="processes are killed as POSIX has it")

LIMIT_S = 240.0
STEPS = 20
# 49 drawings in batches of 15 at most are 12 or 13: unequal parts; the floor lets go of L_KL on the way
ASKED = [*TINY, "fit.batch=15", "fit.kl_floor=0.02", "fit.kl_start=1", "fit.prior_share=0.2", "net.latent=2",
         "fit.steps=1000000"]  # fmt: skip


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "a.npz"
    rows = networks.some_rows([5 + index % 9 for index in range(60)])
    write_npz(path, {"train": rows[:49], "valid": rows[49:]})
    return path


@pytest.fixture(scope="module")
def killed(file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A run by two processes of which the second was killed after some steps, and what was told of it."""
    out = tmp_path_factory.mktemp("together") / "run"
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "tui.main",
               "train", "small", "--data", str(file), "--out", str(out), "--device", "cpu",
               *(word for each in ASKED for word in ("--set", each))]  # fmt: skip
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    torchrun = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        assert torchrun.stderr is not None
        begun = ""
        while "2 processes" not in begun:  # they have met, and the run is there
            begun = torchrun.stderr.readline()
            assert begun, "they ended before they met"
        events = find_run(out).follow()
        leader = next(each.pid for each in events if isinstance(each, Started))
        next(each for each in events if isinstance(each, Measured) and each.step >= STEPS)
        found = subprocess.run(["pgrep", "-P", str(torchrun.pid)], capture_output=True, text=True, check=True).stdout
        (other,) = {int(each) for each in found.split()} - {leader}
        os.kill(other, signal.SIGKILL)
        _, told = torchrun.communicate(timeout=LIMIT_S)
    finally:
        torchrun.terminate()
        torchrun.communicate()
    assert torchrun.returncode == 1
    return out, told


def test_two_processes_learn_what_one_does(killed: tuple[Path, str], file: Path, tmp_path: Path) -> None:
    events: list[Event] = []
    asked = load(TrainSettings, "small", ASKED)
    train(asked, read_data(file, asked.data), tmp_path, events.append, stop_after(STEPS), device="cpu")
    together, alone = curves(find_run(killed[0]).events()), curves(events)
    assert set(alone) == set(range(1, STEPS + 1))
    for step, figures in alone.items():
        assert together[step] == pytest.approx(figures, abs=1e-3)
    found = [figures[2] for figures in alone.values()]
    assert min(found) < 0.02 < max(found)  # or the floor was not tried


def curves(events: list[Event]) -> dict[int, list[float]]:
    return {
        each.step: [each.values[name] for name in ("train", "L_R", "L_KL", "gradient_norm")]
        for each in events
        if isinstance(each, Measured) and "train" in each.values
    }


def test_a_killed_process_is_noticed_and_what_was_learnt_goes_on(killed: tuple[Path, str], tmp_path: Path) -> None:
    out, told = killed
    assert told.count("Another process of the training has ended") == 1
    assert "monoline train --resume --out" in told
    last = find_run(out).events()[-1]
    assert isinstance(last, Failed)  # it has said so itself, and did not have to be killed
    step = int(last.error.partition("All of step ")[2].split()[0])
    assert step >= STEPS
    elsewhere = tmp_path / "copied"
    shutil.copytree(out, elsewhere)
    asked = load(TrainSettings, elsewhere / "config.toml", [f"fit.steps={step + 2}"])
    data = read_data(elsewhere / "data.npz", asked.data)
    assert train(asked, data, elsewhere, device="cpu", resume=True)["steps"] == step + 2
    assert load_checkpoint(elsewhere / "model.safetensors").step == step + 2


def test_the_floor_is_on_what_all_have_together() -> None:
    """One process is below it, both together are not: then each gives its share of the gradient."""
    for of_all, slope in ((0.3, 0.5), (0.2, 0.0), (0.1, 0.0)):
        share = torch.tensor(0.05, requires_grad=True)
        objective(torch.tensor(1.0), share, 0.5, 0.2, of_all=torch.tensor(of_all)).backward()
        assert share.grad == slope
    single = torch.tensor(0.3)
    assert float(objective(torch.tensor(1.0), single, 0.5, 0.2)) == pytest.approx(1.15)
    assert float(objective(torch.tensor(1.0), single * 0, 0.5, 0.2)) == pytest.approx(1.1)


def test_a_drawing_has_the_same_z_in_any_number_of_processes() -> None:
    data = small_data()
    asked = settings_of("fit.batch=15", "fit.prior_share=0.3")
    sums: list[torch.Tensor] = []
    for rank, ranks in ((0, 1), (0, 2), (1, 2)):
        trainer = Trainer(asked, data, "cpu", group=Group(rank, ranks))
        batch = next(batches(data.splits["train"], data, asked.data, 15, 1, 0, rank, ranks))
        with torch.no_grad():
            sums.append(torch.stack(trainer._forward(batch, *trainer._chance(len(batch.lengths)))))
    torch.testing.assert_close(sums[1] + sums[2], sums[0])
