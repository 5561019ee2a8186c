"""What every test may ask for: the folder of real drawings, and golden files."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

GOLDEN = Path(__file__).parent / "golden"

# Textual reads it when it is loaded: a motion that nobody sees is drawn sixty times a second all the same.
os.environ["TEXTUAL_ANIMATIONS"] = "none"

# No test pulls the plug, and on some disks to wait for each file takes longer than all else a test does.
os.fsync = lambda _file: None

# Machines in CI differ in speed, and a property does not; examples are the same on each run.
settings.register_profile("monoline", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("monoline")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write golden files instead of comparing")


def pytest_collection_finish() -> None:
    """All that was loaded stays: to look through it again and again for what may go takes a sixth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(autouse=True)
def plain_numbers() -> Iterator[None]:
    """Training in this process has tiny numbers become zero, which other tests of it are not to see."""
    yield
    if (torch := sys.modules.get("torch")) is not None:
        torch.set_flush_denormal(False)


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real drawings; without one the test is skipped, in CI it fails."""
    stated = os.environ.get("MONOLINE_DATA")
    if stated and Path(stated).is_dir():
        return Path(stated)
    if os.environ.get("CI"):
        pytest.fail(f"MONOLINE_DATA must name the folder of real drawings in CI; it is {stated!r}")
    pytest.skip("set MONOLINE_DATA to a folder of real drawings to run this test")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with ``tests/golden/NAME``, or write it there with --update-golden."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            return
        assert path.exists(), f"{path} is missing; write it with --update-golden and look at it"
        assert text == path.read_text(encoding="utf-8")

    return compare
