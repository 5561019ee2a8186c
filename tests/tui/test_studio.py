from __future__ import annotations

import json
from pathlib import Path

import pytest

from drawing.collection import read_collection
from drawing.svg import read_svg
from prep.artist import sketch
from studio.folder import create_studio
from tui.main import run

Capture = pytest.CaptureFixture[str]


def test_doctor_names_every_check_what_it_found_and_what_to_do(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plotter.ports.find_ports", list)
    assert run(["--studio", str(create_studio(tmp_path / "s", "Ink").folder), "doctor", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["ok"] is True
    checks = {check["name"]: check for check in result["checks"]}
    assert list(checks) == [
        "Python",
        "torch and device",
        "vpype",
        "terminal",
        "plotters",
        "official software",
        "studio",
    ]
    assert all(set(check) == {"name", "ok", "found", "remedy"} for check in checks.values())
    assert "torch 2." in checks["torch and device"]["found"]
    assert checks["plotters"]["found"] == "none plugged in"
    assert "Ink" in checks["studio"]["found"]


def test_doctor_fails_with_1_and_one_line_when_something_must_be_put_right(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "studio.toml").write_text("version = 99")
    assert run(["--studio", str(tmp_path), "doctor"]) == 1
    out, err = capsys.readouterr()
    assert "later monoline" in " ".join(out.split())
    assert err == "monoline: studio must be put right first.\n"


def test_the_demo_makes_drawings_dataset_and_pictures(capsys: Capture, tmp_path: Path) -> None:
    out = tmp_path / "demo"
    assert run(["demo", "--out", str(out), "--n", "30", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert [step["name"] for step in result["steps"]] == ["draw", "dataset", "look"]
    for step in result["steps"]:
        assert all((out / name).stat().st_size > 0 for name in step["files"])
    kept = read_svg(out / result["steps"][0]["files"][2])
    assert kept.recipe is not None
    assert kept.drawing == sketch(1, 2).drawing
    assert sum(len(entries) for entries in read_collection(out / "demo.npz").splits.values()) == 30


def test_the_demo_by_force_replaces_the_last_one_and_mixes_nothing(capsys: Capture, tmp_path: Path) -> None:
    out = tmp_path / "demo"
    for seed in ("1", "9"):
        assert run(["demo", "--out", str(out), "--n", "24", "--seed", seed, "--force"]) == 0
    assert len(list((out / "sketches").iterdir())) == 24
    recipes = [read_svg(path).recipe for path in (out / "sketches").iterdir()]
    assert {recipe.seed for recipe in recipes if recipe is not None} == {9}
    (out / "notes.txt").write_text("mine")
    assert run(["demo", "--out", str(out), "--n", "24", "--force"]) == 1
    assert (out / "notes.txt").read_text() == "mine"


def test_doctor_tells_where_no_studio_can_be(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    for folder, reason in ((tmp_path, "has files in it"), (tmp_path / "mine.txt", "is a file")):
        assert run(["--studio", str(folder), "doctor"]) == 1
        assert reason in " ".join(capsys.readouterr().out.split())


def test_the_demo_does_not_write_over_other_files(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert run(["demo", "--out", str(tmp_path)]) == 1
    assert "--force" in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["mine.txt"]
