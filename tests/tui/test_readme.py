from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from drawing.drawing import Drawing
from drawing.recipe import Recipe
from drawing.svg import read_svg, write_svg
from tui.main import run

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.usefixtures("here")
def test_every_command_of_the_loop_runs_as_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MONOLINE_STUDIO", str(tmp_path / "studio"))
    section = README.partition("## The loop, as commands")[2].partition("\n## ")[0]
    commands = [line for line in re.findall(r"```sh\n(.*?)```", section, re.DOTALL)[0].splitlines() if line]
    assert len(commands) >= 14
    for command in commands:
        name, *arguments = shlex.split(command, comments=True)
        assert name == "monoline"
        if arguments[:2] == ["demo", "--out"]:
            continue  # half a minute, and tested by itself
        # the artist's two thousand are the same work as two hundred, six pages as two, ten minutes as a few steps
        arguments = [{"2000": "200", "6": "2", "10": "0.02"}.get(word, word) for word in arguments]
        arguments += ["--samples", "12"] if arguments[0] == "evaluate" else []
        assert run(arguments) in (0, 4), (command, capsys.readouterr().err)
    assert (tmp_path / "faces.png").exists()
    assert (tmp_path / "plotted" / "ink.svg").exists()
    told = [read_svg(tmp_path / name).drawing for name in ("first/seed-000007.svg", "again.svg")]
    assert told[0] == told[1]


def test_every_picture_and_file_it_names_is_there() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_it_says_what_the_check_script_runs() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "make test" in script
    assert "make test" in README


def test_every_series_of_the_page_on_prints_is_laid_out_as_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs" / "print.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for folder in ("walk", "loop", "around", "flip", "first"):
        for seed in range(3):
            recipe = Recipe(kind="sample", seed=seed, temperature=0.3)
            write_svg(tmp_path / folder / f"{seed}.svg", Drawing.of([[(0, 0), (9, 4 + seed), (3, 7)]]), recipe=recipe)
    commands = [line for line in page.splitlines() if line.startswith("monoline sheet ")]
    assert len(commands) >= 6
    for command in commands:
        assert run(shlex.split(command.partition(" --picture")[0])[1:]) == 0, (command, capsys.readouterr().err)
    for name in re.findall(r"\]\(pictures/(\w+)\.png\)", page):
        assert (ROOT / "docs" / "pictures" / f"{name}.png").exists()
        assert f"--picture {name}.png" in page
