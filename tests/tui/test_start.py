from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from configs.errors import MonolineError
from tui import start
from tui.start import default_studio, studio_asked


def test_the_studio_is_the_one_named_or_the_one_in_the_environment_or_at_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MONOLINE_STUDIO", str(tmp_path))
    assert default_studio() == tmp_path
    monkeypatch.delenv("MONOLINE_STUDIO")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert default_studio() == tmp_path / "home" / "monoline"


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        ([], ("home", False)),
        (["--demo"], ("home", True)),
        (["--studio", "here"], ("here", False)),
        (["--studio=here", "--demo"], ("here", True)),
        (["--demo", "--studio", "there", "--studio", "here"], ("here", True)),
    ],
)
def test_the_studio_opens_without_the_commands(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], asked: tuple[str, bool]
) -> None:
    monkeypatch.setenv("MONOLINE_STUDIO", "home")
    assert studio_asked(arguments) == (Path(asked[0]), asked[1])


@pytest.mark.parametrize(
    "arguments",
    [["doctor"], ["--studio", "here", "doctor"], ["--studio"], ["--version"], ["--help"], ["--demos"], ["here"]],
)
def test_all_else_is_for_the_command_line(arguments: list[str]) -> None:
    assert studio_asked(arguments) is None


Ended = Callable[[list[str]], int]


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> Ended:
    """Runs the entry point in what it takes for a terminal, and returns its exit code."""

    def run(arguments: list[str]) -> int:
        monkeypatch.setattr("sys.argv", ["monoline", *arguments])
        monkeypatch.setattr("os.isatty", lambda descriptor: descriptor == start.OUTPUT)
        with pytest.raises(SystemExit) as exited:
            start.main()
        assert isinstance(exited.value.code, int)
        return exited.value.code

    return run


def test_a_studio_that_fails_says_so_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ended: Ended
) -> None:
    def fails(_folder: Path, _demo: bool) -> int:
        raise MonolineError("There is no disk.")

    monkeypatch.setattr(start, "open_studio", fails)
    assert ended(["--studio", "here"]) == 1
    assert capsys.readouterr().err == "monoline: There is no disk.\n"


def test_the_exit_code_is_that_of_the_application(monkeypatch: pytest.MonkeyPatch, ended: Ended) -> None:
    monkeypatch.setattr(start, "open_studio", lambda folder, demo: 1 if folder == Path("here") and demo else 0)
    assert ended(["--studio", "here", "--demo"]) == 1
    assert ended([]) == 0


def test_a_command_goes_through_the_command_line(capsys: pytest.CaptureFixture[str], ended: Ended) -> None:
    assert ended(["dataset", "inf"]) == 2
    assert "No such command" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="a terminal is made with a pty, which this system has not")
def test_a_studio_ends_with_its_terminal_even_if_no_signal_tells_it(tmp_path: Path) -> None:
    ours, its = os.openpty()
    command = [sys.executable, "-P", "-m", "tui.start", "--studio", str(tmp_path / "studio")]
    environment = {**os.environ, "TERM": "xterm-256color"}
    # a session of its own without a controlling terminal gets no SIGHUP
    with subprocess.Popen(
        command, stdin=its, stdout=its, stderr=its, start_new_session=True, env=environment
    ) as studio:
        try:
            os.close(its)
            seen = b""
            while b"Prepare" not in seen:
                seen += os.read(ours, 65536)
            assert studio.poll() is None
            os.close(ours)
            assert studio.wait(timeout=30) == start.HUNG_UP
        finally:
            studio.kill()


def test_the_entry_point_is_installed() -> None:
    from importlib.metadata import entry_points

    (entry,) = entry_points(group="console_scripts", name="monoline")
    assert entry.load() is start.main
