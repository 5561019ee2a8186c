"""A sweep over w_KL as data and pictures."""

from __future__ import annotations

import json
from pathlib import Path

import networks
import numpy as np
import pytest
from networks import some_rows

from drawing.drawing import Drawing
from drawing.npz import write_npz
from drawing.plate import Dot, Line, Words
from model.checkpoint import save_checkpoint
from model.kl_pictures import draw_curves, draw_reconstructions, draw_tradeoff
from model.kl_sweep import Trained, finish_sweep, folder_name, read_trained, thinned
from studio.events import EventFile, Measured, Progress
from studio.files import write_text


def write_trained(out: Path, weight: float, l_r: float, steps: tuple[int, ...] = (1, 2, 3)) -> Path:
    """A run that has ended, with a network of its own."""
    folder = out / folder_name(weight)
    folder.mkdir()
    checkpoint = networks.checkpoint_of(
        networks.lively_net(seed=int(10 * weight)),
        training={"seconds": 2.0, "valid": {"L_R": l_r, "L_KL": 1 - l_r, "nats_per_point": 1.5}},
    )
    save_checkpoint(folder / "model.safetensors", checkpoint)
    write_text(folder / "config.toml", "[data]\nmax_points = 20\n")
    tell = EventFile(folder)
    for number, step in enumerate(steps):
        tell(Measured(step=step, values={"L_R": 5.0 / step + weight, "L_KL": 0.1 * number, "train": 1.0}))
        tell(Progress(done=step, total=3))
        tell(Measured(step=step, values={"valid": 1.0, "valid_L_R": 4.0 / step, "valid_L_KL": 0.2}))
    tell.close()
    return folder


def trained(weight: float, l_r: float, l_kl: float) -> Trained:
    curve = np.column_stack([np.arange(1.0, 101), 1 / np.arange(1.0, 101), np.linspace(0, l_kl, 100)])
    return Trained(weight, Path(), 100, 1.0, {"L_R": l_r, "L_KL": l_kl}, curve, curve[::20])


def test_what_a_run_measured_again_after_it_was_taken_up_counts(tmp_path: Path) -> None:
    found = read_trained(write_trained(tmp_path, 0.5, 0.4, steps=(1, 2, 4, 6, 3, 5)), 0.5)
    assert found.train_curve[:, 0].tolist() == [1, 2, 3, 5]
    assert found.train_curve[:, 2].tolist() == pytest.approx([0.0, 0.1, 0.4, 0.5])
    assert found.valid_curve[:, 1].tolist() == pytest.approx([4, 2, 4 / 3, 0.8])
    assert (found.steps, found.seconds, found.valid["L_R"]) == (7, 2.0, 0.4)


def test_a_long_curve_is_thinned_by_means() -> None:
    curve = np.column_stack([np.arange(10.0)] * 3)
    assert thinned(curve, 5)[:, 0].tolist() == [0.5, 2.5, 4.5, 6.5, 8.5]
    assert thinned(curve, 10) is curve


def test_a_sweep_ends_in_data_and_pictures(tmp_path: Path) -> None:
    write_npz(tmp_path / "a.npz", {"train": some_rows([9] * 5), "valid": some_rows([6, 12, 30, 7], seed=1)})
    for weight in (0.25, 1.0):
        write_trained(tmp_path, weight, 0.5 * weight)
    shares: list[float] = []
    result = finish_sweep(tmp_path, [0.25, 1.0], tmp_path / "a.npz", {"steps": 3}, rows=3, on_done=shares.append)
    assert shares == [0.5, 1.0]
    assert [run["folder"] for run in result["runs"]] == ["w-0.25", "w-1"]
    names = {"curves", "tradeoff", "reconstructions"}
    assert {Path(each).name for each in result["files"]} == {
        f"{name}.{end}" for name in names for end in ("svg", "png")
    }
    assert all(Path(each).stat().st_size > 500 for each in result["files"])
    told = json.loads((tmp_path / "sweep.json").read_text())
    assert (told["steps"], told["reconstructed"]) == (3, [0, 1, 3])
    curves = told["runs"][1]["curves"]
    assert curves["train"]["step"] == [1, 2, 3]
    assert curves["train"]["L_R"] == pytest.approx([6, 3.5, 5 / 3 + 1])
    assert curves["valid"]["L_KL"] == [0.2] * 3
    again = (tmp_path / "reconstructions.svg").read_bytes()
    finish_sweep(tmp_path, [0.25, 1.0], tmp_path / "a.npz", {"steps": 3}, rows=3)
    assert (tmp_path / "reconstructions.svg").read_bytes() == again


def test_every_weight_is_named_in_each_figure() -> None:
    every = [trained(0.25, -1.4, 1.0), trained(0.5, -1.3, 0.7), trained(1.0, -1.0, 0.3)]
    lines = Drawing.of([[(0, 0), (10, 5)], [(3, 3), (90, 80)]])
    shown = draw_reconstructions(every, [lines, lines], [[lines, lines], [lines, Drawing(())], [lines, lines]])
    for plate in (draw_curves(every), draw_tradeoff(every), shown):
        told = [each.text for each in plate.marks if isinstance(each, Words)]
        assert all(f"w_KL {weight:g}" in told for weight in (0.25, 0.5, 1.0))
        ends = [mark.points for mark in plate.marks if isinstance(mark, Line)]
        every_point = np.concatenate(ends)
        assert every_point.min() >= 0
        assert (every_point <= [plate.width_mm, plate.height_mm]).all()
    assert sum(isinstance(each, Line) for each in shown.marks) == 2 * (8 - 1)


def test_a_larger_weight_lies_below_and_to_the_right() -> None:
    plate = draw_tradeoff([trained(0.25, -1.4, 1.0), trained(1.0, -1.0, 0.3)])
    places = {each.text: each for each in plate.marks if isinstance(each, Words)}
    assert places["w_KL 0.25"].x < places["w_KL 1"].x
    assert places["w_KL 0.25"].y < places["w_KL 1"].y


def test_the_wild_beginning_of_a_training_does_not_flatten_the_rest() -> None:
    wild = trained(0.5, 0.1, 0.2)
    wild.train_curve[0, 1] = 1e6
    told = {each.text for each in draw_curves([wild]).marks if isinstance(each, Words)}
    assert not any("000,000" in each or "e+" in each for each in told)


def test_networks_that_are_alike_lie_side_by_side_and_no_divergence_is_below_zero() -> None:
    alike = [trained(0.25, 1.2, 0.001), trained(0.5, 1.2001, 0.0), trained(1.0, 1.2001, 0.0)]
    plate = draw_tradeoff(alike)
    dots = [(mark.x, mark.y) for mark in plate.marks if isinstance(mark, Dot)]
    assert np.ptp(dots, axis=0) == pytest.approx([0, 0], abs=2.5)
    for drawn in (plate, draw_curves(alike)):
        told = [each.text for each in drawn.marks if isinstance(each, Words)]
        assert not any(each.startswith("-") for each in told)  # L_R is above zero here too
        assert "0" in told
