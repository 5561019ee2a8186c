"""Plain mode: sentences that can be read aloud, and the studio told without a screen."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich import box
from rich.console import Group
from rich.table import Table

from tui.console import progress
from tui.main import run
from tui.plain import plain_words, speak_plainly, without_signs
from tui.start import studio_asked

Capture = pytest.CaptureFixture[str]
UNSPOKEN = re.compile("[\x1b\r\u2190-\u21ff\u2500-\u259f\u2713\u2717\u2800-\u28ff]")


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    speak_plainly(False)


def said(capsys: Capture, arguments: list[str], code: int = 0) -> str:
    assert run(["--plain", *arguments]) == code
    out, err = capsys.readouterr()
    assert not UNSPOKEN.search(out + err)
    return out


def test_a_table_is_a_sentence_a_row() -> None:
    table = Table("split", "drawings", box=box.ROUNDED)
    table.add_row("train", "30")
    table.add_row("valid", "")
    assert plain_words(Group(table, "[red]✗[/] 3 → 4")) == "split train, drawings 30.\nsplit valid.\nwrong: 3 to 4"
    assert without_signs("⣿⡇⠀\nink   4 m") == "ink, 4 m"


def test_commands_say_nothing_that_can_not_be_read_aloud(capsys: Capture, studio: Path) -> None:
    text = said(capsys, ["dataset", "info", str(studio / "datasets" / "stars.npz")])
    assert re.search(r"train, drawings 30", text)
    assert "fine: studio, ink" in said(capsys, ["--studio", str(studio), "doctor"])
    said(capsys, ["--studio", str(studio), "prep", "status"])


def test_the_studio_is_told_in_sentences(capsys: Capture, kept: Path, tmp_path: Path) -> None:
    text = said(capsys, ["--studio", str(kept)])
    assert "one dataset, the newest is stars.npz." in text
    assert "3 drawings are in the tray." in text
    assert "Nothing goes on." in text
    assert f"monoline train small --data {kept / 'datasets' / 'stars.npz'}" in text
    nothing = said(capsys, ["--studio", str(tmp_path / "none")])
    assert "no studio" in nothing
    assert not (tmp_path / "none").exists()


def test_progress_is_a_line_now_and_then_even_on_a_terminal(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.console.LINE_EVERY_S", 0.0)
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich takes it for a terminal
    monkeypatch.setattr(sys, "argv", ["monoline"])
    monkeypatch.setenv("MONOLINE_PLAIN", "1")
    with progress("drawing", 20) as move:
        move(10)
    assert capsys.readouterr().err == "drawing: 10 of 20\n"


def test_plain_opens_no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert studio_asked(["--plain"]) is None
    assert studio_asked([]) is not None
    monkeypatch.setenv("MONOLINE_PLAIN", "1")
    assert studio_asked([]) is None
