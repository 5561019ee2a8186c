"""Optimising in a process of its own comes to the same, and a process that breaks is told."""

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
from plotter import optimize, pipeline
from plotter.apart import Apart, keep_apart, kept_apart
from plotter.errors import SheetError
from plotter.layers import Layer
from plotter.optimize import OptimizeSettings, optimise


def scattered() -> Drawing:
    chance = np.random.default_rng(5)
    return Drawing(tuple(chance.uniform(0, 200, 2) + np.cumsum(chance.normal(0, 1, (9, 2)), axis=0) for _ in range(40)))


@pytest.fixture(scope="module")
def apart() -> Iterator[Apart]:
    with keep_apart() as process:
        yield process


@pytest.mark.parametrize(
    ("settings", "layers"),
    [
        (OptimizeSettings(join_mm=3.0, min_length_mm=1.0), ()),
        (
            OptimizeSettings(),
            (Layer("ink", (0, 30), "#101010", number=1), Layer("red", (30, 40), pause=True, number=2)),
        ),
        (OptimizeSettings(pipeline="linesort rotate 90 pagesize 100x200mm"), ()),
    ],
)
def test_all_is_the_same_to_the_last_bit(
    apart: Apart, monkeypatch: pytest.MonkeyPatch, settings: OptimizeSettings, layers: tuple[Layer, ...]
) -> None:
    drawing = scattered()
    with monkeypatch.context() as patched:
        patched.setattr(optimize, "kept_apart", lambda: None)
        here = optimise(drawing, settings, page_mm=(210, 297), layers=layers)
    assert here.drawing != drawing
    monkeypatch.setattr(pipeline, "_vpype", lambda: pytest.fail("vpype is loaded in the program itself"))
    assert kept_apart() is apart
    assert optimise(drawing, settings, page_mm=(210, 297), layers=layers) == here


def test_what_vpype_refuses_is_told_and_the_next_one_is_answered(apart: Apart) -> None:
    assert kept_apart() is apart
    with pytest.raises(SheetError, match=r"^vpype refuses 'nonsense'"):
        optimise(scattered(), OptimizeSettings(pipeline="nonsense"))
    with pytest.raises(SheetError, match=r"^Nothing is left to draw"):
        optimise(scattered(), OptimizeSettings(min_length_mm=1e6))
    assert optimise(Drawing(()), OptimizeSettings()).drawing == Drawing(())


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
        def _take(self, reply: dict[str, Any]) -> None:
            asked.set()

    apart = Listening((sys.executable, "-P", str(script)))
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(apart.optimise, scattered(), OptimizeSettings(), None, ())
        assert asked.wait(30)
        apart.close()
        with pytest.raises(SheetError, match="monoline ends"):
            waiting.result(30)
    with pytest.raises(SheetError, match="was closed"):
        apart.optimise(scattered(), OptimizeSettings(), None, ())
