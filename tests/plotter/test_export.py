from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from read_back import apart_mm, read_gcode, read_hpgl, read_pdf

from drawing.drawing import Drawing
from drawing.geometry import Polyline
from plotter.errors import SheetError
from plotter.export import ExportSettings, export_sheet
from plotter.gcode import gcode_profiles, write_gcode
from plotter.layers import Layer
from plotter.papers import find_paper
from plotter.pdf import pdf_bytes
from plotter.sheet import Sheet, read_sheet

SHEET = Sheet(
    find_paper("A5"), Drawing.of([[(20, 30), (100, 30), (100, 90)], [(40, 150)]]), title="Zwei Bögen", nib_mm=0.8
)


def up(sheet: Sheet) -> list[Polyline]:
    """Its lines, y up from the bottom left."""
    return [np.column_stack([line[:, 0], sheet.paper.height_mm - line[:, 1]]) for line in sheet.drawing.lines]


@pytest.mark.parametrize("ending", [".svg", ".plt", ".gcode", ".pdf", ".png"])
def test_the_same_sheet_is_the_same_file(tmp_path: Path, ending: str) -> None:
    sheet = replace(SHEET, paper=find_paper("A4"))
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        export_sheet(sheet, tmp_path / name / f"sheet{ending}", ExportSettings(dpi=50))
    first, second = ((tmp_path / name / f"sheet{ending}").read_bytes() for name in ("a", "b"))
    assert first == second
    assert str(tmp_path).encode() not in first


def test_a_real_page_comes_back_from_every_machine_as_it_was_drawn(data: Path, tmp_path: Path) -> None:
    sheet = read_sheet(data / "pages" / "b_40_A4.svg")
    truth = up(sheet)
    for name in ("page.hpgl", "page.gcode", "page.pdf"):
        export_sheet(sheet, tmp_path / name, ExportSettings(device="dxy"))
    hpgl = read_hpgl((tmp_path / "page.hpgl").read_text(), 0.025)
    assert apart_mm([line for _, line in hpgl], truth) < 0.018  # half a unit of 0.025 mm each way
    assert apart_mm(read_gcode((tmp_path / "page.gcode").read_text()), truth) < 0.001
    size, lines = read_pdf((tmp_path / "page.pdf").read_bytes())
    assert size == pytest.approx((sheet.paper.width_mm, sheet.paper.height_mm), abs=0.01)
    assert apart_mm(lines, truth) < 0.02


@pytest.mark.parametrize(("profile", "limit_mm"), [("gcode", 0.003), ("gcode_relative", 0.01), ("pen-servo", 0.001)])
def test_profiles_of_other_units_and_ways_give_the_same_lines(profile: str, limit_mm: float) -> None:
    file = write_gcode([SHEET.drawing.lines[:1]], SHEET.paper, profile)
    assert apart_mm(read_gcode(file.text), up(SHEET)[:1]) < limit_mm
    assert any("lifts no pen" in remark for remark in file.remarks) == profile.startswith("gcode")


def test_the_pen_of_a_servo_comes_down_for_each_line_and_waits_for_the_next_pen() -> None:
    lines = SHEET.drawing.lines
    file = write_gcode([lines[:1], lines[1:]], SHEET.paper, "pen-servo", values={"servo_down": "640"})
    words = [line.partition(" F")[0] for line in file.text.splitlines() if line[:2] not in ("G4", "G2", "G9")]
    assert words == [
        "G17", "M5", "G0 X20.000 Y180.000", "M3 S640", "G1 X100.000 Y180.000", "G1 X100.000 Y120.000", "M5",
        "M0 (next pen)", "G0 X40.000 Y60.000", "M3 S640", "G1 X40.000 Y60.000", "M5", "G0 X0 Y0", "M2",
    ]  # fmt: skip
    plain = write_gcode([lines[:1], lines[1:]], SHEET.paper)
    assert any("no pen is changed" in remark for remark in plain.remarks)


def test_a_profile_of_ones_own_is_taken_and_what_it_lacks_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import vpype

    assert "pen-z" in gcode_profiles()
    own = {"mine": {"segment": "{x:.0f} {who}\n", "document_start": "{filename}\n"}}
    monkeypatch.setitem(vpype.config_manager.config, "gwrite", {**vpype.config_manager.config["gwrite"], **own})
    lines = [SHEET.drawing.lines[:1]]
    text = write_gcode(lines, SHEET.paper, "mine", values={"who": "me"}, name="out.txt").text
    assert text == "out.txt\n20 me\n100 me\n100 me\n"
    with pytest.raises(SheetError, match=r"vpype refuses mine: .*'who' not found"):
        write_gcode(lines, SHEET.paper, "mine")
    with pytest.raises(SheetError, match=r"no G-code profile 'yours'; the profiles are: .*gcodemm, "):
        write_gcode(lines, SHEET.paper, "yours")


def test_a_pdf_has_title_width_and_layers_by_name() -> None:
    lines = SHEET.drawing.lines
    layers = [("1 black", "#111111", lines[:1]), ("2 red +S50", "#ff0000", lines[1:])]
    data = pdf_bytes(layers, SHEET.paper, 0.8, title=SHEET.title, author="Ink")
    assert data.count(b"/Type /OCG") == 2
    assert b"(2 red +S50)" in data
    assert b"/Author (Ink)" in data
    assert b"D:19800101" in data  # not the time of day
    assert "Zwei Bögen".encode("utf-16-be").hex().encode() in data
    assert [len(line) for line in read_pdf(data)[1]] == [3, 2]  # a dot is a line to itself
    one = pdf_bytes(layers[:1], SHEET.paper, 0.8)
    assert b"OCG" not in one


def test_a_png_is_as_large_as_the_paper_and_its_lines_as_wide_as_the_pen(tmp_path: Path) -> None:
    export_sheet(SHEET, tmp_path / "sheet.png", ExportSettings(dpi=254))
    image = Image.open(tmp_path / "sheet.png").convert("L")
    assert image.size == (1480, 2100)
    assert image.info["dpi"] == pytest.approx((254, 254), abs=0.01)
    dark = np.asarray(image) < 128
    across = np.flatnonzero(dark[:, 600])  # the first line runs at 30 mm; 8 px are 0.8 mm
    assert (across.min(), across.max()) == pytest.approx((296, 304), abs=1.0)
    down, across = np.argwhere(dark[1400:, :]).mean(axis=0)
    assert (across, down + 1400) == pytest.approx((400, 1500), abs=1.0)
    assert int(dark.sum()) == pytest.approx((800 + 600) * 8, rel=0.03)
    with pytest.raises(SheetError, match="take another resolution"):
        export_sheet(SHEET, tmp_path / "large.png", ExportSettings(dpi=2400))
    assert not (tmp_path / "large.png").exists()


def test_ink_is_centred_and_a_sheet_turned_where_asked(tmp_path: Path) -> None:
    export_sheet(SHEET, tmp_path / "a.svg", ExportSettings(centre=True, turn=True, nib_mm=0.4))
    back = read_sheet(tmp_path / "a.svg")
    assert (back.paper.width_mm, back.paper.height_mm, back.nib_mm) == (210, 148, 0.4)
    left, top, right, bottom = back.drawing.bounds
    assert ((left + right) / 2, (top + bottom) / 2) == pytest.approx((105, 74))
    assert (right - left, bottom - top) == pytest.approx((120, 80))


def test_layers_become_pens_pauses_and_layers_of_pdf(tmp_path: Path) -> None:
    drawing = Drawing.of([[(30 + 10 * n, 60), (30 + 10 * n, 120)] for n in range(5)])
    names = (("black", "#111111"), ("black", "#111111"), ("red", "#ff0000"), ("guides", "#00ff00"))
    layers = tuple(
        Layer(
            name,
            (n, n + 1),
            colour,
            name,
            n + 1,
            pause=n == 2,
            hidden=name == "guides",
            speed_pct=50 if n == 2 else None,
        )
        for n, (name, colour) in enumerate(names)
    )
    layers = (*layers, Layer("blue", (4, 5), number=5))
    sheet = Sheet(find_paper("A4"), drawing, layers=layers)
    for ending in (".svg", ".hpgl", ".gcode", ".pdf"):
        export_sheet(sheet, tmp_path / f"sheet{ending}", ExportSettings(profile="pen-z", centre=True))
    assert [pen for pen, _ in read_hpgl((tmp_path / "sheet.hpgl").read_text(), 1.0)] == [1, 1, 2, 3]
    assert (tmp_path / "sheet.gcode").read_text().count("M0 (next pen)") == 2
    pdf = (tmp_path / "sheet.pdf").read_bytes()
    assert [pdf.count(f"({title})".encode()) for title in ("1 black", "3 red", "4 guides", "5 blue")] == [1, 1, 0, 1]
    labels = re.findall(r'inkscape:label="(.*?)"', (tmp_path / "sheet.svg").read_text())
    assert labels == ["1 black", "2 black", "!3+S50 red", "%4 guides", "5 blue"]
    hidden = replace(sheet, layers=(replace(layers[0], strokes=(0, 5), hidden=True),))
    with pytest.raises(SheetError, match="all layers of the sheet are hidden"):
        export_sheet(hidden, tmp_path / "none.pdf")


def test_a_name_without_a_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SheetError, match=r"there are SVG \(\.svg\), HPGL \(\.hpgl \.plt\), G-code"):
        export_sheet(SHEET, tmp_path / "sheet.dxf")
