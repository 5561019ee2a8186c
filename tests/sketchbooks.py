"""For tests of preparation: a studio whose scans are told as strokes, and a tracer that reads those."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from drawing.drawing import Drawing
from prep.corrections import Correction
from prep.errors import UnreadableScan
from prep.trace import Looked, TracedDrawing, TracedScan, TraceSettings
from studio.folder import Studio, create_studio

SIDE = 1000
Line = list[list[float]]


def wave(points: int = 200, turns: float = 2.0, left: float = 100, top: float = 300, size: float = 400) -> Line:
    """A wavy line on a page of 1000 pixels."""
    t = np.linspace(0, 1, points)
    return np.column_stack([left + size * t, top + size / 4 * np.sin(2 * np.pi * turns * t)]).round(2).tolist()


def put_scan(studio: Studio, name: str, *drawings: list[Line]) -> Path:
    """A scan of these drawings, each a list of strokes."""
    path = studio.sketchbooks / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(drawings))
    return path


def put_red_tag(path: Path) -> None:
    """Tag a file private as the Finder does on a disk that knows no attributes."""
    head = struct.pack(">II16sHIII", 0x00051607, 0x00020000, bytes(16), 1, 9, 38, 32)
    path.with_name(f"._{path.name}").write_bytes(head + bytes(9) + bytes([6 << 1]) + bytes(22))


def filled_studio(folder: Path, pages: int = 12) -> Studio:
    """A studio with one book; page n has one drawing of n and a half waves in two strokes, all unlike each other."""
    studio = create_studio(folder)
    for number in range(1, pages + 1):
        put_scan(studio, f"sb01/art/{number:03}.png", [wave(turns=number / 2), wave(60, number / 2, 505, 300, 300)])
    return studio


def told_look(path: Path, settings: TraceSettings) -> Looked:
    """What a scan holds that is told as strokes."""
    try:
        told = json.loads(path.read_text())
    except ValueError:
        raise UnreadableScan(f"{path} is no picture that can be read.") from None
    return cast(Looked, (path, told))


def told_follow(looked: Looked, settings: TraceSettings, corrections: Sequence[Correction] = ()) -> TracedScan:
    """Its drawings; pixels of the page are half of those of the scan."""
    assert all(each.kind == "flip" for each in corrections), "other corrections are applied to what comes out"
    path, told = cast(tuple[Path, list[list[Line]]], looked)
    found = tuple(TracedDrawing(Drawing.of(strokes)) for strokes in told)
    return TracedScan(
        path, (2 * SIDE, 2 * SIDE), (SIDE, SIDE), np.diag([2.0, 2, 1]), 3.0, found, tuple(map(str, corrections))
    )


@pytest.fixture
def told_scans(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Scans are those of put_scan; the list fills with all that are traced."""
    traced: list[Path] = []

    def look(path: Path, settings: TraceSettings) -> Looked:
        traced.append(path)
        return told_look(path, settings)

    monkeypatch.setattr("prep.looking.look", lambda _work, _stage: None)  # they are no pictures
    monkeypatch.setattr("prep.trace.look", look)
    monkeypatch.setattr("prep.trace.follow", told_follow)
    return traced
