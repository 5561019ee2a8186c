from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from plotter import awake
from plotter.awake import keep_awake


def answer(monkeypatch: pytest.MonkeyPatch, running: Any) -> None:
    """Have wakepy's ``keep.running`` be this."""
    monkeypatch.setitem(sys.modules, "wakepy", SimpleNamespace(keep=SimpleNamespace(running=running)))


def test_the_computer_is_kept_awake_for_the_block_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    @contextmanager
    def running(on_fail: str) -> Generator[SimpleNamespace]:
        told.append(f"entered by {threading.current_thread().name}, {on_fail}")
        yield SimpleNamespace(active=True)
        told.append(f"left by {threading.current_thread().name}")

    answer(monkeypatch, running)
    with keep_awake("plotting") as active:
        assert active
        assert told == ["entered by awake while plotting, pass"]
    assert told[1:] == ["left by awake while plotting"]


def test_an_error_in_the_block_is_its_own_and_the_computer_may_sleep_again(monkeypatch: pytest.MonkeyPatch) -> None:
    left = threading.Event()

    @contextmanager
    def running(on_fail: str) -> Generator[SimpleNamespace]:
        yield SimpleNamespace(active=on_fail == "pass")
        left.set()

    answer(monkeypatch, running)
    with pytest.raises(ValueError, match="no ink"), keep_awake("plotting"):
        raise ValueError("no ink")
    assert left.is_set()


def test_where_there_is_no_desktop_to_ask_the_work_goes_on_and_knows_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    with keep_awake("plotting") as active:
        assert active is (not sys.platform.startswith("linux"))


@pytest.mark.parametrize("broken", [RuntimeError("no bus"), None])
def test_a_broken_desktop_and_a_missing_library_are_no_matter(
    monkeypatch: pytest.MonkeyPatch, broken: Exception | None
) -> None:
    def running(on_fail: str) -> None:
        assert broken is not None
        raise broken

    if broken is None:
        monkeypatch.setitem(sys.modules, "wakepy", None)
    else:
        answer(monkeypatch, running)
    monkeypatch.setattr(awake, "WAIT_S", 20.0)
    began = time.monotonic()
    with keep_awake("plotting") as active:
        assert not active
    assert time.monotonic() - began < 10


def test_a_desktop_that_does_not_answer_holds_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    silent = threading.Event()

    @contextmanager
    def running(on_fail: str) -> Generator[SimpleNamespace]:
        silent.wait()
        yield SimpleNamespace(active=on_fail == "pass")

    monkeypatch.setattr(awake, "WAIT_S", 0.01)
    answer(monkeypatch, running)
    with keep_awake("plotting") as active:
        assert not active
    silent.set()


def test_wakepy_is_loaded_only_when_it_is_used() -> None:
    code = "import sys, plotter.awake; sys.exit('wakepy' in sys.modules or 'jeepney' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
