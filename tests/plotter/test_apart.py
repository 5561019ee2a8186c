"""vpype in a process of its own gives the same order, and a process that breaks is told."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drawing.drawing import Drawing
from plotter import pipeline
from plotter.apart import Apart, keep_apart, kept_apart
from plotter.errors import SheetError
from plotter.optimize import OptimizeSettings, in_order, optimise


def scattered() -> Drawing:
    chance = np.random.default_rng(5)
    return Drawing(tuple(chance.uniform(0, 200, 2) + np.cumsum(chance.normal(0, 1, (9, 2)), axis=0) for _ in range(40)))


@pytest.fixture(scope="module")
def apart() -> Iterator[Apart]:
    with keep_apart() as process:
        yield process


def test_the_order_is_the_same_to_the_last_bit(apart: Apart, monkeypatch: pytest.MonkeyPatch) -> None:
    drawing = scattered()
    with monkeypatch.context() as patched:
        patched.setattr(pipeline, "kept_apart", lambda: None)
        here = in_order(drawing)
    assert here != drawing
    monkeypatch.setattr(pipeline, "_vpype", lambda: pytest.fail("vpype is loaded in the program itself"))
    assert kept_apart() is apart
    assert in_order(drawing) == here


def test_what_vpype_refuses_is_told_and_the_next_one_is_answered(apart: Apart) -> None:
    with pytest.raises(SheetError, match="No such command 'nonsense'"):
        apart.execute("nonsense", [np.array([0j, 1 + 0j])])
    assert len(apart.execute("linesort", [np.array([0j, 1 + 0j]), np.array([9j, 1 + 9j])])) == 2


def test_a_process_that_breaks_is_told_and_started_again(tmp_path: Path) -> None:
    """The first one dies of its first request."""
    script = tmp_path / "dies.py"
    script.write_text(
        "import sys, pathlib, plotter.apart\n"
        f"mark = pathlib.Path({str(tmp_path / 'been')!r})\n"
        "if not mark.exists():\n"
        "    mark.touch(); sys.stdin.readline(); sys.exit('out of memory')\n"
        "plotter.apart.main()\n"
    )
    with keep_apart((sys.executable, "-P", str(script))):
        with pytest.raises(SheetError, match="out of memory"):
            optimise(scattered(), OptimizeSettings())
        assert optimise(scattered(), OptimizeSettings()).after.travel_m > 0


def test_whoever_waits_hears_of_the_end(tmp_path: Path) -> None:
    script = tmp_path / "waits.py"
    script.write_text("import sys\nsys.stdin.readline()\nprint('{}', flush=True)\nsys.stdin.readline()\n")
    asked = threading.Event()

    class Listening(Apart):
        def _heard(self, reply: dict[str, Any]) -> None:
            asked.set()

    apart = Listening((sys.executable, "-P", str(script)))
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(apart.execute, "linesort", [np.array([0j, 1j])])
        assert asked.wait(30)
        apart.close()
        with pytest.raises(SheetError, match="monoline ends"):
            waiting.result(30)
    with pytest.raises(SheetError, match="was closed"):
        apart.execute("linesort", [np.array([0j, 1j])])
