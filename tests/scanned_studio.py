"""For tests of screens: a studio with sketchbooks, and the scripted tracer that knows them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import scripted_tracer
from screens import comes, settled
from textual.pilot import Pilot

from studio.folder import create_studio

TRACER = (sys.executable, "-P", str(Path(scripted_tracer.__file__)))


def told_scan(folder: Path, book: str, name: str, state: str, **fields: Any) -> dict[str, Any]:
    page = f"{book}/{Path(name).stem}"
    path = folder / "sketchbooks" / book / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"scan")
    told = {"name": f"{book}/{name}", "page": page, "book": book, "path": str(path), "state": state}
    told |= {"corrections_path": str(folder / "drawings" / f"{page}.corrections.jsonl")}
    return {**told, "reason": "", "corrections": 0, "strokes": 0, "points": 0, "pictures": [], **fields}


@pytest.fixture
def scanned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A studio with two sketchbooks, four scans in all, one of them torn; the scripted tracer traces them."""
    monkeypatch.setattr("tui.tracing.COMMAND", TRACER)
    folder = create_studio(tmp_path / "ink").folder
    scans = [
        told_scan(folder, "sb01", "001.jpg", "new"),
        told_scan(folder, "sb01", "002.jpg", "traced", strokes=3, points=96, corrections=2),
        told_scan(folder, "sb01", "torn.jpg", "skipped", reason="is torn"),
        told_scan(folder, "sb02", "001.jpg", "stale", strokes=1, points=40),
    ]
    (folder / "scripted-list.json").write_text(json.dumps({"scans": scans, "skipped": []}))
    points = {"points": [20, *range(60, 96, 2), 400], "cut": 0.05, "fresh": True}
    (folder / "scripted-points.json").write_text(json.dumps(points))
    return folder


async def at_the_list(pilot: Pilot[None]) -> None:
    """Wait for the scans to be listed."""
    await settled(pilot)
    await comes(pilot, lambda: getattr(pilot.app.screen, "scans", ()))


async def opened(pilot: Pilot[None]) -> None:
    """Open the scan under the cursor and wait until it is traced."""
    from tui.screens.scan import ScanScreen

    await at_the_list(pilot)
    await pilot.press("enter")
    await comes(pilot, lambda: isinstance(pilot.app.screen, ScanScreen))
    await traced(pilot)


async def traced(pilot: Pilot[None]) -> None:
    """Wait until nothing is being traced."""
    await comes(pilot, lambda: not getattr(pilot.app.screen, "working", True))
