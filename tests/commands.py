"""For tests of commands: run one, and what it told."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.child import work_here
from studio.runs import Orders, Run
from tui.main import run

Capture = pytest.CaptureFixture[str]
INTERRUPTIBLE = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); import tui.main; tui.main.main()"
)
"""The command line as a terminal starts it: what runs in the background may have been told to ignore ctrl-c."""


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Runs are done in this process before a command follows them: one of its own loads torch anew each time."""

    def start(folder: Path, target: str, arguments: dict[str, Any] | None = None) -> Run:
        return work_here(folder, target, arguments or {}, lambda _event: None)

    names = [getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGHUP") if hasattr(signal, name)]
    before = [(number, signal.getsignal(number)) for number in names]
    monkeypatch.setattr(sys, "argv", sys.argv)
    monkeypatch.setattr(Orders, "listen", lambda _orders, parent=True: None)
    for module in ("plotter.job", "studio.runs"):  # in this order: the first has a name of its own for the second's
        monkeypatch.setattr(f"{module}.start_run", start)
    yield
    for number, handler in before:
        signal.signal(number, handler)


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
