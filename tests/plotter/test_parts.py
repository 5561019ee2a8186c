"""The parts of a plot: written into its folder, read from it, known again by what they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from copying import copies
from pydantic import ValidationError

from drawing.drawing import Drawing
from drawing.svg import write_svg
from plotter.axidraw import PlotSettings, find_machine
from plotter.errors import PlotterError, SheetError, SheetTooLarge
from plotter.parts import Part, PartArguments, digests, read_tasks, write_parts
from plotter.ready import Ready, ready_sheet

V3 = find_machine("axidraw-v3")
LINES = Drawing.of([[(10, 10), (60, 10)], [(60, 30), (10, 30)]])


def ready(folder: Path, name: str = "one", drawing: Drawing = LINES, settings: PlotSettings | None = None) -> Ready:
    write_svg(folder / f"{name}.svg", drawing, width_mm=100, height_mm=80)
    return ready_sheet(folder / f"{name}.svg", V3, settings, optimised=False)


def test_a_sheet_that_is_drawn_several_times_is_written_once(tmp_path: Path) -> None:
    folder = tmp_path / "plot"
    folder.mkdir()
    low = PlotSettings(pen_down_pct=20)
    other = ready(tmp_path, "two", Drawing.of([[(1, 1), (2, 2)]]), low)
    parts = [*copies(ready(tmp_path), 2), Part(other, "pen", "Put in the red pen.")]
    told = write_parts(folder, parts)
    assert [part.sheet for part in told] == ["sheet.svg", "sheet.svg", "sheet-2.svg"]
    assert sorted(each.name for each in folder.iterdir()) == ["sheet-2.svg", "sheet.svg"]
    tasks = read_tasks(folder, told, V3)
    assert [len(task.lines) for task in tasks] == [2, 2, 1]
    assert [line.tolist() for line in tasks[0].lines] == [line.tolist() for line in LINES.lines]
    assert [task.settings for task in tasks] == [PlotSettings(), PlotSettings(), low]
    assert [(task.wait, task.says) for task in tasks][1:] == [
        ("paper", "Put in new paper."), ("pen", "Put in the red pen."),
    ]  # fmt: skip
    assert tasks[2].duration_s == pytest.approx(other.plan.duration_s)


def test_what_is_told_to_a_process_comes_back_from_json() -> None:
    part = PartArguments(
        sheet="sheet-2.svg", settings=PlotSettings(raise_ms=5), wait="pen", says="Red.", duration_s=2.5
    )
    assert PartArguments.model_validate_json(part.model_dump_json()) == part
    with pytest.raises(ValidationError):
        PartArguments.model_validate({"sheet": "sheet.svg", "colour": "red"})


def test_digests_know_a_sheet_that_was_changed(tmp_path: Path) -> None:
    folder = tmp_path / "plot"
    folder.mkdir()
    told = write_parts(folder, copies(ready(tmp_path), 2))
    before = digests(folder, told)
    assert before[0] == before[1]
    assert digests(folder, told) == before
    (folder / "sheet.svg").write_text((folder / "sheet.svg").read_text() + "\n")
    assert digests(folder, told) != before


def test_what_can_not_be_plotted_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "plot"
    folder.mkdir()
    with pytest.raises(SheetError, match="no machine; name one"):
        write_parts(folder, [])
    one = ready(tmp_path)
    with pytest.raises(SheetError, match="no machine; name one"):
        write_parts(folder, [Part(one), Part(ready_sheet(tmp_path / "one.svg", None))])
    assert list(folder.iterdir()) == []
    with pytest.raises(PlotterError, match="tells of no sheet"):
        read_tasks(folder, [], V3)
    write_svg(folder / "sheet.svg", LINES.scale(20), width_mm=2000, height_mm=1600)
    with pytest.raises(SheetTooLarge, match="300 x 218"):
        read_tasks(folder, [PartArguments()], V3)
