from __future__ import annotations

import socket
from pathlib import Path

import pytest
from commands import run


@pytest.fixture(autouse=True)
def _nothing_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """No token comes from elsewhere, and what would be served after all ends at once."""

    def tell(address: str) -> None:
        raise AssertionError(f"it is served at {address}")

    monkeypatch.delenv("MONOLINE_TOKEN", raising=False)
    monkeypatch.setattr("tui.commands.serve.typer.echo", tell)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--host", "0.0.0.0"], 1, "ask for a token with --token auto"),
        (["--host", "", "--port", "0"], 1, "ask for a token with --token auto"),
        (["--token", "short"], 2, "12 at least"),
        (["--token", ""], 1, "The token is empty"),
        (["--host", "203.0.113.9", "--token", "auto"], 1, "203.0.113.9 is no address of this machine"),
        (["--port", "70000"], 2, "less than or equal to 65535"),
    ],
)
def test_what_can_t_be_served_is_refused_in_one_line(
    arguments: list[str], code: int, says: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(["--studio", str(tmp_path), "serve", *arguments]) == code
    (line,) = capsys.readouterr().err.splitlines()
    assert says in line


def test_a_port_in_use_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run(["--studio", str(tmp_path), "serve", "--port", str(port)]) == 1
    assert f"Port {port} of 127.0.0.1 is in use; name another with --port" in capsys.readouterr().err


def test_what_is_not_installed_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert run(["--studio", str(tmp_path), "serve"]) == 1
    assert "pip install 'monoline[serve]'" in capsys.readouterr().err
