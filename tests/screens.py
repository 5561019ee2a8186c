"""For tests of screens: a small studio to open, and the screen as text."""

from __future__ import annotations

import contextlib
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import scripted_sampler
from textual.app import App
from textual.events import MouseScrollDown, MouseScrollUp
from textual.pilot import Pilot
from textual.worker import WorkerFailed

from drawing.collection import Entry, write_collection
from drawing.drawing import Drawing
from drawing.recipe import Recipe
from studio.folder import create_studio
from tui.tray import Tray

SAMPLER = (sys.executable, "-P", str(Path(scripted_sampler.__file__)))
"""A worker without a network, for tui.app.Monoline."""
COMES_S = 30.0


@pytest.fixture
def studio(tmp_path: Path) -> Path:
    """A studio with one dataset: stars with ever more points in two splits."""
    folder = create_studio(tmp_path / "ink").folder
    splits = {
        "train": [Entry(star(3 + n)) for n in range(30)],
        "valid": [Entry(star(4, turns=2)), Entry(Drawing.of([[(0, 0), (9, 4)], [(2, 7), (8, 8)]]))],
    }
    write_collection(folder / "datasets" / "stars.npz", splits)
    return folder


def recipe(seed: int, temperature: float = 0.3) -> Recipe:
    return Recipe(kind="sample", seed=seed, temperature=temperature, checkpoint="5c" * 32)


@pytest.fixture
def kept(studio: Path) -> Path:
    """A studio with three drawings in its tray."""
    tray = Tray(studio / "sketches")
    for seed in (3, 4, 5):
        tray.keep(star(seed), recipe(seed), f"star-{seed}")
    return studio


def star(points: int, turns: int = 1) -> Drawing:
    angles = [2 * math.pi * turns * k / points for k in range(points + 1)]
    return Drawing.of([[(round(100 * math.sin(a)), round(-100 * math.cos(a))) for a in angles]])


def screen_text(app: App[None]) -> str:
    """What a person sees, as characters."""
    strips = app.screen._compositor.render_strips()  # pyright: ignore[reportPrivateUsage] - there is no public way
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips) + "\n"


async def comes(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    """Let the application go on until something that another process brings about holds."""
    limit = time.monotonic() + COMES_S
    while not condition():
        assert time.monotonic() < limit, "it never came to that"
        await pilot.pause(0.01)
    await settled(pilot)


async def settled(pilot: Pilot[None]) -> None:
    """Wait until the work in the background has ended and its messages have been dealt with."""
    for _ in range(4):  # work may start other work, or lead to another screen
        with contextlib.suppress(WorkerFailed):  # that is for the application to tell
            await pilot.app.workers.wait_for_complete()
        await pilot.pause()


async def wheel(pilot: Pilot[None], way: type[MouseScrollDown] | type[MouseScrollUp], where: str) -> None:
    """Turn the wheel once over a widget."""
    await pilot._post_mouse_events([way], where)  # pyright: ignore[reportPrivateUsage] - pilots have no wheel
    await pilot.pause()
