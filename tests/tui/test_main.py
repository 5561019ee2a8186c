from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tui.commands import dataset
from tui.main import run


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["dataset", "inf"], ["No such command", "info", "See monoline dataset --help"]),
        (["dataset", "info"], ["Missing argument"]),
        (["plots", "--plain"], ["No such option: --plain", "stands before the command, as in monoline --plain plots."]),
        (["plots", "--studio", "x"], ["as in monoline --studio DIR plots."]),
        (["dataset", "info", "x.npz", "--josn"], ["No such option", "--json", "See monoline dataset info --help"]),
        (["dataset", "demo", "--n", "many", "--out", "x.npz"], ["--n", "integer"]),
        (["dataset", "sheet", "a.npz", "b.jpg"], [".png, .svg or .gif"]),
        (["dataset", "convert", "a.npz"], ["one source"]),
        (["sheet", "a.svg", "--series", "gird", "--out", "b.svg"], ["'--series': 'gird' is not one of"]),
    ],
)
def test_bad_arguments_are_one_line_and_exit_with_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: list[str]
) -> None:
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("monoline: ")
    for word in words:
        assert word in err


def test_a_failure_is_one_line_and_exits_with_1(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["dataset", "info", str(tmp_path / "no.npz"), "--json"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"monoline: {tmp_path / 'no.npz'} does not exist.\n"


def test_a_defect_is_one_line_too_and_says_how_to_see_more(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(_: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("drawing.collection.read_collection", broken)
    assert run(["dataset", "info", str(tmp_path)]) == 1
    assert capsys.readouterr().err == (
        "monoline: unexpected ZeroDivisionError: division by zero (a defect; MONOLINE_DEBUG=1 shows where)\n"
    )
    monkeypatch.setenv("MONOLINE_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        run(["dataset", "info", str(tmp_path)])


def test_ctrl_c_exits_with_3_and_leaves_nothing_behind(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("prep.book.draw_book", interrupted)
    assert run(["dataset", "demo", "--n", "5", "--out", str(tmp_path / "demo.npz")]) == 3
    assert "stopped" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    out = capsys.readouterr().out
    for word in ("doctor", "demo", "dataset", "--studio"):
        assert word in out
    assert run(["dataset", "--help"]) == 0
    out = capsys.readouterr().out
    for command in dataset.app.registered_commands:
        assert command.callback is not None
        assert command.callback.__name__ in out


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    from importlib.metadata import version

    assert run(["--version"]) == 0
    assert capsys.readouterr().out.strip() == version("monoline")


def test_without_a_terminal_the_studio_says_what_it_needs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 1
    assert "needs a terminal" in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_defect(data: Path) -> None:
    command = f'"{sys.executable}" -P -m tui.main dataset info "{data / "look_joined15.npz"}" | true'
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False, env={**os.environ})
    assert "Traceback" not in done.stderr
    assert "unexpected" not in done.stderr
