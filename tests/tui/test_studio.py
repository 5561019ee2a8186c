from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.folder import create_studio
from tui.main import run

Capture = pytest.CaptureFixture[str]


def test_doctor_names_every_check_what_it_found_and_what_to_do(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plotter.ports.find_ports", list)
    assert run(["--studio", str(create_studio(tmp_path / "s", "Ink").folder), "doctor", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["ok"] is True
    checks = {check["name"]: check for check in result["checks"]}
    assert list(checks) == [
        "Python",
        "torch and device",
        "vpype",
        "terminal",
        "pictures",
        "browser",
        "plotters",
        "official software",
        "studio",
    ]
    assert all(set(check) == {"name", "ok", "found", "remedy"} for check in checks.values())
    assert "torch 2." in checks["torch and device"]["found"]
    assert checks["plotters"]["found"] == "none plugged in"
    assert "Ink" in checks["studio"]["found"]
    assert "tested with a stand-in only" in checks["official software"]["remedy"]


def test_doctor_fails_with_1_and_one_line_when_something_must_be_put_right(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "studio.toml").write_text("version = 99")
    assert run(["--studio", str(tmp_path), "doctor"]) == 1
    out, err = capsys.readouterr()
    assert "later monoline" in " ".join(out.split())
    assert err == "monoline: studio must be put right first.\n"


def test_doctor_tells_where_no_studio_can_be(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    for folder, reason in ((tmp_path, "has files in it"), (tmp_path / "mine.txt", "is a file")):
        assert run(["--studio", str(folder), "doctor"]) == 1
        assert reason in " ".join(capsys.readouterr().out.split())


def test_doctor_tells_of_settings_that_are_not_taken(capsys: Capture, tmp_path: Path) -> None:
    folder = create_studio(tmp_path / "s").folder
    with (folder / "studio.toml").open("a", encoding="utf-8") as file:
        file.write('\n[ui]\ntheme = "papyrus"\nbell = "loud"\n')
    assert run(["--studio", str(folder), "doctor", "--json"]) == 0
    (studio,) = [each for each in json.loads(capsys.readouterr().out)["checks"] if each["name"] == "studio"]
    assert "papyrus" in studio["remedy"]
    assert "ui.bell" in studio["remedy"]
