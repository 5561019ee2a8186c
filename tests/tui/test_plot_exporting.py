"""The sheet that Plot shows as a file of another program, and the official software among the plotters."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from plot_screens import checked, choose, dialog, go, notes, scripted, sheet, six
from read_back import read_gcode
from runs import until
from screens import settled
from textual.widgets import Input, Select

from plotter.sheet import read_sheet
from tui.app import Monoline

__all__ = ["scripted", "sheet"]


async def test_the_sheet_that_is_shown_is_written_where_one_says(studio: Path, sheet: Path) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        await go(pilot, sheet)
        await pilot.press("E")
        await settled(pilot)
        line = pilot.app.screen.query_one(Input)
        assert line.value == str(sheet.with_suffix(".pdf"))
        for text, why in ((str(sheet), "exists"), ("a.dxf", "by its ending"), ("/nowhere/a.png", "no folder /nowhere")):
            line.value = text
            await pilot.press("enter")
            await settled(pilot)
            assert why in dialog(pilot)
        out = sheet.with_name("six.gcode")
        line.value = str(out)
        await pilot.press("enter")
        await settled(pilot)
        await until(pilot, lambda: "Written to six.gcode" in notes(pilot))
        assert "lifts no pen" in notes(pilot)
    lines = read_gcode(out.read_text())
    assert sum(map(len, lines)) == sum(map(len, six().drawing.lines))
    left, top, right, bottom = read_sheet(sheet).drawing.bounds
    assert min(line[:, 0].min() for line in lines) == pytest.approx(left, abs=0.01)
    assert max(line[:, 1].max() for line in lines) == pytest.approx(297 - top, abs=0.01)
    assert min(line[:, 1].min() for line in lines) == pytest.approx(297 - bottom, abs=0.01)
    assert max(line[:, 0].max() for line in lines) == pytest.approx(right, abs=0.01)


@pytest.mark.skipif(os.name == "nt", reason="a command is found by its ending there")
async def test_official_software_is_offered_where_it_is_found(
    studio: Path, sheet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "axicli").write_text("#!/bin/sh\n")
    (tmp_path / "axicli").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen = await go(pilot, sheet)
        options = [str(words) for words, _ in screen.query_one("#port", Select)._options]  # pyright: ignore[reportPrivateUsage]
        assert "official axicli" in options
        await choose(pilot, "port", "official:axicli")
        await until(pilot, lambda: "axicli" in checked(screen))
        assert "software: axicli, /" in checked(screen)
        assert not screen.check_action("move", ())
        assert screen.check_action("pen", ())
