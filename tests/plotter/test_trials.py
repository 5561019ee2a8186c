"""Killed plots and troubled boards: what is on the paper in the end."""

from __future__ import annotations

from pathlib import Path

import pytest
from trials import Trial, fault_trial, kill_trial, loop, strokes

from plotter.simulated_faults import Faults


def told(trial: Trial) -> str:
    """What failed, for whoever reads the report."""
    return f"{trial.what} on {trial.firmware}: {trial}"


@pytest.mark.parametrize("seed", range(20))
def test_a_plot_that_was_killed_is_drawn_to_its_end(seed: int, tmp_path: Path) -> None:
    trial = kill_trial(seed, loop() if seed % 2 else strokes(), tmp_path)
    assert trial.good, told(trial)
    assert trial.violations == ()
    assert trial.sessions <= 2


@pytest.mark.parametrize("seed", range(100, 104))
def test_being_killed_again_and_again_does_not_walk_backwards(seed: int, tmp_path: Path) -> None:
    trial = kill_trial(seed, loop(), tmp_path, kills=6)
    assert trial.good, told(trial)


@pytest.mark.parametrize("seed", range(32))
def test_a_board_that_goes_wrong_is_got_over(seed: int, tmp_path: Path) -> None:
    trial = fault_trial(seed, loop() if seed % 2 else strokes(), tmp_path)
    assert trial.good, told(trial)


@pytest.mark.parametrize("kind", ["garbage", "split", "missing", "noise", "late"])
@pytest.mark.parametrize("number", [1, 7, 12, 15, 200])
def test_one_wrong_word_costs_a_halt_and_no_plot(kind: str, number: int, tmp_path: Path) -> None:
    fault = Faults.parse(f"{kind}@{number}{':2.5' if kind == 'late' else ''}")
    trial = fault_trial(2, strokes(), tmp_path, fault)
    assert trial.good, told(trial)
    if number > 20:  # before that it is told, and begun again
        assert trial.sessions == 1, told(trial)
