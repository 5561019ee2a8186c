"""Sheets with layers on the command line: which are drawn, with which pens, how long each takes; vpype's commands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from commands import Capture, refused, told

from drawing.drawing import Drawing
from drawing.svg import read_svg
from plotter.errors import PlotterError
from plotter.layers import Layer
from plotter.papers import find_paper
from plotter.parts import Part
from plotter.pens import change_pen, find_pen
from plotter.sheet import Sheet, read_sheet, write_sheet
from studio.folder import create_studio
from tui.main import run

LINES = Drawing.of([[(10, y), (60, y)] for y in (10, 30, 20, 40)])
LAYERS = (Layer("black", (0, 2), "#101010"), Layer("red", (2, 4), "#c02020", speed_pct=10))


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    write_sheet(tmp_path / "sheet.svg", Sheet(find_paper("A6"), LINES, layers=LAYERS))
    return tmp_path / "sheet.svg"


@pytest.fixture
def studio(tmp_path: Path) -> Path:
    folder = create_studio(tmp_path / "studio").folder
    change_pen(folder, "fine liner", pen_down_pct=25)
    change_pen(folder, "brush", speed_down_mm_s=30)
    return folder


def test_an_estimate_tells_of_each_pen(capsys: Capture, sheet: Path, studio: Path) -> None:
    words = ["--studio", str(studio), "estimate", str(sheet)]
    one, other = told(capsys, [*words, "--pens", "1=fine liner,red=brush"])["passes"]
    assert [(each["layers"], each["pen"]) for each in (one, other)] == [
        (["1 black"], "fine liner"), (["2 red"], "brush"),
    ]  # fmt: skip
    assert other["duration_s"] > one["duration_s"] + 2  # its label wants it at a tenth of the speed
    assert [each["layers"] for each in told(capsys, [*words, "--layers", "2"])["passes"]] == [["2 red"]]
    assert run([*words, "--pens", "1=fine liner,2=brush"]) == 0
    assert "  2 red    brush" in capsys.readouterr().out
    slow = [*words, "--layers", "1", "--pen"]
    assert told(capsys, [*slow, "brush"])["duration_s"] > told(capsys, [*slow, "fine liner"])["duration_s"]


def test_what_can_not_be_meant_is_told(capsys: Capture, sheet: Path, studio: Path) -> None:
    words = ["--studio", str(studio), "estimate", str(sheet)]
    assert "no pen 'brsh', did you mean 'brush'" in refused(capsys, [*words, "--pens", "1=brsh"], 1)
    assert "no layer '3'; the layers are 1 black, 2 red" in refused(capsys, [*words, "--layers", "3"], 1)
    assert "vpype refuses 'linesrt': No such command" in refused(capsys, [*words, "--vpype", "linesrt"], 1)
    assert run([*words, "--vpype", "linesort", "--no-optimize"]) == 2
    assert "leave --no-optimize out" in capsys.readouterr().err


def test_a_plot_with_two_pens_draws_all_and_counts_both(capsys: Capture, sheet: Path, studio: Path) -> None:
    words = ["--studio", str(studio), "plot", str(sheet), "--port", "simulator", "--vpype", "translate 10mm 0"]
    result = told(capsys, [*words, "--pens", "1=fine liner,2=brush"])
    assert (result["state"], result["part"]) == ("finished", 1)
    assert [find_pen(studio, name).used_m for name in ("fine liner", "brush")] == pytest.approx([0.1, 0.1], abs=1e-3)
    folder = studio / "plots" / result["id"]
    assert read_sheet(folder / "sheet.svg").layers[0].pen == "fine liner"
    ink = read_svg(folder / "ink.svg").drawing
    assert ink.bounds == pytest.approx((20, 10, 70, 40), abs=0.05)


def test_copies_are_whole_where_the_first_begins_in_a_later_layer(
    capsys: Capture, sheet: Path, studio: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[list[Part]] = []

    def refuse(_folder: Path, parts: list[Part], **_: Any) -> None:
        begun.append(parts)
        raise PlotterError("not now")

    monkeypatch.setattr("plotter.job.start_plot", refuse)
    words = ["--studio", str(studio), "plot", str(sheet), "--port", "simulator", "--copies", "2", "--start-stroke", "3"]
    assert "not now" in refused(capsys, [*words, "--pens", "2=brush", "--no-optimize"], 1)
    (parts,) = begun
    assert [(part.ready.lines, part.wait) for part in parts] == [((2, 4), ""), ((0, 2), "paper"), ((2, 4), "pen")]


def test_nothing_is_claimed_of_a_board_that_was_not_asked(capsys: Capture, sheet: Path) -> None:
    words = ["estimate", str(sheet), "--set", "plot.jerk_mm_s3=60000"]
    assert run(words) == 0
    assert "firmware 3.0.2 or later; the time is that of 2.8.1, without" in capsys.readouterr().err
    assert run([*words, "--firmware", "3.0.3"]) == 0
    assert "jerk" not in capsys.readouterr().err


def test_optimize_keeps_layers_apart(capsys: Capture, sheet: Path, tmp_path: Path) -> None:
    out = tmp_path / "better.svg"
    told(capsys, ["optimize", str(sheet), "--out", str(out)])
    made = read_sheet(out)
    assert [(layer.title, layer.strokes) for layer in made.layers] == [("1 black", (0, 2)), ("2 red", (2, 4))]
    assert [line[0, 1] for line in made.drawing.lines] == [10, 30, 20, 40]
    told(capsys, ["optimize", str(sheet), "--out", str(out), "--vpype", "lmove all 1 linesort", "--force"])
    assert len(read_sheet(out).layers) == 1
