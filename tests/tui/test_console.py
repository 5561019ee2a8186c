"""What commands say while they work."""

from __future__ import annotations

import pytest

from studio.events import Progress
from tui import console
from tui.console import progress
from tui.pace import Pace


def test_progress_is_told_in_whole_numbers_and_with_its_unit(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "LINE_EVERY_S", -1.0)
    with progress("training", 1.0) as advance:
        advance(12.645, 100, "%")
        advance(0.25)
        advance(1200, 2000)
        pace = Pace()
        for at, done in ((0.0, 0), (5.0, 3)):
            pace.take(Progress(at=at, done=done, total=9, doing="looking at scan"))
        advance(3, 9, "", pace)
    assert capsys.readouterr().err.splitlines() == [
        "training: 13 of 100 %",
        "training: 0.25 of 1",
        "training: 1,200 of 2,000",
        "looking at scan 3 of 9, 10 s left",
    ]
