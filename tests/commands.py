"""For tests of commands: run one, and what it told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tui.main import run

Capture = pytest.CaptureFixture[str]
INTERRUPTIBLE = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); import tui.main; tui.main.main()"
)
"""The command line as a terminal starts it: what runs in the background may have been told to ignore ctrl-c."""


def told(capsys: Capture, arguments: list[str], code: int = 0) -> dict[str, Any]:
    """Run a command with --json and return its one object."""
    assert run([*arguments, "--json"]) == code, capsys.readouterr().err
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    return json.loads(out)


def refused(capsys: Capture, arguments: list[str], code: int) -> str:
    """Run a command that can't be done and return the one line that says why."""
    assert run(arguments) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("monoline: ")
    return err
