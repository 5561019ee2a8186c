from __future__ import annotations

import json
from pathlib import Path

import pytest

from drawing.collection import read_collection
from drawing.svg import read_svg
from prep.artist import sketch
from tui.commands.demo import is_of_the_demo
from tui.main import run

Capture = pytest.CaptureFixture[str]
SHORT = ["--n", "60", "--minutes", "0.05"]
STEPS = ["draw", "dataset", "look", "train", "sample", "walk", "sheet", "optimise", "plot"]


@pytest.mark.usefixtures("here")
def test_the_demo_goes_from_the_artist_to_ink_and_knows_its_files(capsys: Capture, tmp_path: Path) -> None:
    out = tmp_path / "demo"
    assert run(["demo", "--out", str(out), *SHORT, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert [step["name"] for step in result["steps"]] == STEPS
    for step in result["steps"]:
        assert step["files"]
        assert all((out / name).stat().st_size > 0 for name in step["files"])
    drawn = {step["name"]: step["files"] for step in result["steps"]}
    kept = read_svg(out / drawn["draw"][2])
    assert kept.recipe is not None
    assert kept.drawing == sketch(1, 2).drawing
    assert sum(len(entries) for entries in read_collection(out / "demo.npz").splits.values()) == 60

    samples = [read_svg(out / name) for name in drawn["sample"] if name.endswith(".svg")]
    recipes = [each.recipe for each in samples if each.recipe is not None]
    assert len(recipes) == 12
    assert len({recipe.temperature for recipe in recipes}) == 3
    walk = [read_svg(out / name).drawing for name in drawn["walk"] if name.endswith(".svg")]
    assert len(walk) == 8
    assert walk[0] != walk[-1]

    sheet, ink = read_svg(out / "sheet.svg"), read_svg(out / "ink.svg")
    assert (sheet.width_mm, sheet.height_mm) == pytest.approx((210, 297))
    assert ink.drawing.ink == pytest.approx(sheet.drawing.ink, rel=0.01)
    assert 0 < result["ink_error_mm"] < 0.03

    (out / "notes.txt").write_text("mine")
    assert run(["demo", "--out", str(out), *SHORT, "--force"]) == 1
    assert (out / "notes.txt").read_text() == "mine"
    strange = [each for each in out.rglob("*") if each.is_file() and not is_of_the_demo(each.relative_to(out))]
    assert strange == [out / "notes.txt"]  # all else may give way to --force


def test_the_demo_does_not_write_over_other_files(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert run(["demo", "--out", str(tmp_path)]) == 1
    assert "--force" in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["mine.txt"]


def test_a_stopped_demo_keeps_what_it_has_made(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ctrl_c(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tui.commands.demo._train", ctrl_c)
    out = tmp_path / "demo"
    assert run(["demo", "--out", str(out), *SHORT]) == 3
    assert "what was made so far" in capsys.readouterr().err
    assert len(read_collection(out / "demo.npz").splits["train"]) > 40
    assert (out / "artist.png").exists()
