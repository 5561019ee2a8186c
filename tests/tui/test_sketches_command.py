"""``monoline sketches``: what was kept, found by its recipe and noted."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import Capture, refused, told
from screens import star

from drawing.recipe import Recipe
from drawing.sketch import About
from drawing.svg import read_svg, write_svg
from plotter.sheet import read_sheet
from studio.folder import create_studio
from tui.main import run
from tui.tray import Tray


@pytest.fixture
def sketches(tmp_path: Path) -> Path:
    tray = Tray(create_studio(tmp_path / "ink").sketches)
    for seed in (3, 4, 5):
        made = Recipe(kind="sample", seed=seed, temperature=seed / 10, checkpoint="5c" * 32)
        tray.keep(star(seed), made, f"star-{seed}")
    return tmp_path / "ink"


def test_drawings_are_found_noted_starred_and_renamed(capsys: Capture, sketches: Path, tmp_path: Path) -> None:
    monoline = ["--studio", str(sketches), "sketches"]
    assert [each["name"] for each in told(capsys, monoline)["sketches"]] == ["star-3", "star-4", "star-5"]
    found = told(capsys, [*monoline, "find", "temp:0.4-0.5", "no:seed:5"])
    assert found["of"] == 3
    (one,) = found["sketches"]
    assert {key: one[key] for key in ("seed", "temperature", "kind", "favourite", "note")} == {
        "seed": 4, "temperature": 0.4, "kind": "sample", "favourite": False, "note": "",
    }  # fmt: skip
    assert told(capsys, [*monoline, "note", one["file"], "her left hand"])["sketches"][0]["note"] == "her left hand"
    told(capsys, [*monoline, "star", "star-4"])
    told(capsys, [*monoline, "rename", "star-4.svg", "hand"])
    path = sketches / "sketches" / "hand.svg"
    assert About.of(read_svg(path).notes) == About("her left hand", favourite=True)
    assert run([*monoline, "find", "fav", "note:left hand"]) == 0
    assert capsys.readouterr().out == "★ hand  hand  her left hand\n"
    by_ink = told(capsys, [*monoline, "find", "--sort", "seed"])["sketches"]
    assert [each["seed"] for each in by_ink] == [3, 4, 5]

    sheet = tmp_path / "sheet.svg"  # what is noted goes along
    told(capsys, ["sheet", str(path), str(sketches / "sketches" / "star-5.svg"), "--out", str(sheet)])
    assert [cell.note for cell in read_sheet(sheet).cells] == ["her left hand", ""]
    told(capsys, [*monoline, "star", "hand", "--no"])
    told(capsys, [*monoline, "note", "hand", "her\nleft hand"])
    assert run([*monoline, "find", "noted"]) == 0
    assert "her left hand" in capsys.readouterr().out  # a drawing is a line
    told(capsys, [*monoline, "note", "hand", ""])
    assert About.of(read_svg(path).notes) == About()
    write_svg(tmp_path / "other.svg", star(4))
    told(capsys, ["sketches", "note", str(tmp_path / "other.svg"), "no studio needed"])
    assert read_svg(tmp_path / "other.svg").notes["note"] == "no studio needed"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["find", "seeds:3"], 1, "did you mean 'seed'"),
        (["find", "--sort", "size"], 2, "favourites, not size"),
        (["note", "nobody", "x"], 1, "nothing of that name is kept"),
        (["rename", "star-3", "star-4"], 1, "There is a star-4.svg already"),
        (["rename", "star-3", "../out"], 1, "letters, digits"),
    ],
)
def test_mistakes_are_one_line(capsys: Capture, sketches: Path, arguments: list[str], code: int, words: str) -> None:
    assert words in refused(capsys, ["--studio", str(sketches), "sketches", *arguments], code)
    assert len(list((sketches / "sketches").iterdir())) == 3
