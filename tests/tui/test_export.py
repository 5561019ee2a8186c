from __future__ import annotations

from pathlib import Path

import pytest
from commands import Capture, refused, told

from drawing.drawing import Drawing
from drawing.svg import write_svg
from plotter.layers import Layer
from plotter.papers import find_paper
from plotter.sheet import Sheet, read_sheet, write_sheet
from tui.main import run


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    write_svg(tmp_path / "sheet.svg", Drawing.of([[(30, 30), (130, 30)]]), width_mm=210, height_mm=297)
    return tmp_path / "sheet.svg"


def test_a_sheet_goes_out_in_the_format_of_the_name(capsys: Capture, sheet: Path) -> None:
    out = sheet.parent / "out.plt"
    result = told(capsys, ["export", str(sheet), str(out), "--device", "hp7550"])
    assert (result["file"], result["format"], result["strokes"]) == (str(out), "HPGL", 1)
    assert result["ink_m"] == pytest.approx(0.1)
    assert result["remarks"] == ["for hp7550, paper a4", "The plotter must be configured in Metric mode."]
    assert out.read_text().startswith("IN;DF;PS4;SP1;PU")
    assert "exists" in refused(capsys, ["export", str(sheet), str(out)], 1)
    assert run(["export", str(sheet), str(out), "--force"]) == 0
    assert "HPGL, A4, 210 x 297 mm, 0.10 m of ink" in capsys.readouterr().out


def test_what_can_not_be_written_is_said_before_anything_is(capsys: Capture, sheet: Path) -> None:
    out = sheet.parent / "out.gcode"
    assert "not KEY=VALUE" in refused(capsys, ["export", str(sheet), str(out), "--value", "feed"], 2)
    assert "no width" in refused(capsys, ["export", str(sheet), str(out), "--nib", "0"], 2)
    assert "is the sheet itself" in refused(capsys, ["export", str(sheet), str(sheet), "--force"], 1)
    assert "by its ending" in refused(capsys, ["export", str(sheet), "out.dxf"], 1)
    assert "name a sheet" in refused(capsys, ["export"], 2)
    assert not out.exists()


def test_devices_and_profiles_are_listed(capsys: Capture) -> None:
    result = told(capsys, ["export", "--list"])
    devices = {each["name"]: each for each in result["devices"]}
    assert devices["dxy"]["pens"] == 8
    assert [paper["name"] for paper in devices["hp7475a"]["papers"]] == ["a4", "a3", "a", "b"]
    assert {"gcodemm", "pen-servo", "pen-z"} <= {each["name"] for each in result["profiles"]}
    assert run(["export", "--list"]) == 0
    assert "dxy          Roland DXY 1xxx, 8 pens: a4, a4p, a3" in capsys.readouterr().out


def test_what_is_told_is_of_what_is_drawn_as_it_lies_in_the_file(capsys: Capture, tmp_path: Path) -> None:
    lines = Drawing.of([[(30, 30), (130, 30)], [(0, 0), (0, 290)]])
    layers = (Layer("ink", (0, 1)), Layer("notes", (1, 2), hidden=True))
    write_sheet(tmp_path / "sheet.svg", Sheet(find_paper("A4"), lines, layers=layers))
    result = told(capsys, ["export", str(tmp_path / "sheet.svg"), str(tmp_path / "out.svg"), "--turn", "--centre"])
    assert (result["width_mm"], result["height_mm"], result["strokes"]) == (297, 210, 1)
    assert result["ink_m"] == pytest.approx(0.1)
    assert Drawing(read_sheet(tmp_path / "out.svg").drawing.lines[:1]).bounds == pytest.approx((148.5, 55, 148.5, 155))
