from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from drawing.drawing import Drawing
from drawing.svg import read_svg
from prep.repair import Mended
from prep.report import Report, read_report, report_path, write_page
from prep.sketchbook import ScanFile
from prep.trace import TracedDrawing, TracedScan, TraceSettings
from prep.trajectory import Junction
from studio.errors import StudioError

LINE = np.column_stack([np.linspace(100, 700, 601), np.full(601, 300.0)])
LINE[300] += [0, 200]


def written(folder: Path, ending: str = ".png", to_scan: np.ndarray | None = None, **options: object) -> Report:
    """The report of a page of 800 x 1200 pixels with one drawing, whose scan is really there."""
    path = folder / f"001{ending}"
    Image.new("RGB", (80, 120), "white").save(path, **options)  # pyright: ignore[reportArgumentType]
    scan = ScanFile(f"sb01/001{ending}", "sb01/001", path)
    matrix = np.diag([2.0, 2, 1]) if to_scan is None else to_scan
    drawing = TracedDrawing(Drawing.of([LINE]), (Junction((400.0, 300.0), 2, 0.5),))
    traced = TracedScan(path, (1600, 2400), (800, 1200), matrix, 3.0, (drawing,), ("A note.",))
    mended = [Mended(drawing.drawing, (0,), at=(700.0, 300.0), apart=(((400.0, 300.0), (400.0, 300.0)),))]
    return write_page(folder, scan, "abc", traced, mended, TraceSettings(), (), ("Another.",), 1.5)


def test_a_report_comes_back_as_it_was_written(tmp_path: Path) -> None:
    report = written(tmp_path)
    assert read_report(report_path(tmp_path, "sb01/001")) == report
    (told,) = report.drawings
    assert report.notes == ("A note.", "Another.")
    assert told.box == (200, 600, 1400, 1000)
    assert told.junctions == ((800, 600),)
    assert told.at == pytest.approx((600 * report.mm, 0))
    assert told.apart[0][0] == pytest.approx((300 * report.mm, 0))


def test_a_line_is_told_by_few_points_a_tenth_of_a_pixel_from_it(tmp_path: Path) -> None:
    (told,) = written(tmp_path).drawings
    assert told.points == 5
    assert len(read_svg(tmp_path / "sb01" / told.file).drawing.lines[0]) == 5


@pytest.mark.parametrize(
    ("dpi", "side_mm"),
    [(300, 2400 * 25.4 / 300), (72, 210), (None, 210), (1200, 2400 * 25.4 / 1200), (2400, 210)],
)
def test_a_page_is_as_large_as_its_scan_says_if_that_can_be(tmp_path: Path, dpi: int | None, side_mm: float) -> None:
    report = written(tmp_path, ".jpg", **({} if dpi is None else {"dpi": (dpi, dpi)}))
    assert report.mm * 1200 == pytest.approx(side_mm, rel=1e-3)
    drawing = read_svg(tmp_path / "sb01" / report.drawings[0].file).drawing
    assert drawing.size == pytest.approx((600 * report.mm, 200 * report.mm), abs=0.01)


def test_a_report_that_can_not_be_used_is_none(tmp_path: Path) -> None:
    path = tmp_path / "1.json"
    assert read_report(path) is None
    for text in ("", "{}", "[1]", "{" * 9):
        path.write_text(text)
        assert read_report(path) is None
    report = written(tmp_path)
    path.write_text(report.model_copy(update={"format": 99}).model_dump_json())
    assert read_report(path) is None


def test_a_page_is_written_whole_or_stays_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = written(tmp_path)
    before = {path.name: path.read_bytes() for path in (tmp_path / "sb01").iterdir()}

    def full(path: Path, data: bytes) -> int:
        raise OSError(28, "the disk is full")

    with monkeypatch.context() as patch, pytest.raises(StudioError, match="sb01 can't be written: the disk is full"):
        patch.setattr(Path, "write_bytes", full)
        written(tmp_path, to_scan=np.diag([3.0, 3, 1]))
    assert {path.name: path.read_bytes() for path in (tmp_path / "sb01").iterdir()} == before

    whole = Path.replace

    def crash(path: Path, target: Path) -> Path:
        if target.suffix == ".json" and target.parent.suffix != ".tmp":
            raise OSError(5, "the power went")
        return whole(path, target)

    with monkeypatch.context() as patch, pytest.raises(StudioError, match="power"):
        patch.setattr(Path, "replace", crash)
        written(tmp_path, to_scan=np.diag([3.0, 3, 1]))
    assert read_report(report_path(tmp_path, "sb01/001")) is None  # new drawings under an old report are no page
    assert written(tmp_path) == report
    assert {path.name: path.read_bytes() for path in (tmp_path / "sb01").iterdir()} == before
