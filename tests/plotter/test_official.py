from __future__ import annotations

import sys
from pathlib import Path

import pytest

from plotter.official import find_official


def test_a_command_on_the_path_and_a_module_are_found_and_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = tmp_path / "axicli"
    command.write_text(f"#!/bin/sh\ntouch {tmp_path}/was-run\n")
    command.chmod(0o755)
    (tmp_path / "nextdraw.py").write_text("raise SystemExit")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    assert find_official() == ["axicli command", "nextdraw module"]
    assert not (tmp_path / "was-run").exists()


def test_nothing_is_found_where_nothing_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_official() == []
