"""Every screen, every key, at three sizes: whatever is pressed, nothing breaks, and escape leads back.

Every key is pressed on the smallest terminal, where things break, and once more on one of two larger ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import scripted_runs
from plot_screens import scripted, six
from runs import write_run
from scanned_studio import scanned
from screens import recipe, screen_text, settled, star
from textual.pilot import Pilot
from textual.screen import Screen

from drawing.collection import Entry, write_collection
from plotter.sheet import write_sheet
from studio.events import Failed, Finished, Started
from studio.runs import State, find_runs
from tui.app import Monoline
from tui.screens import train
from tui.tray import Tray

__all__ = ["scanned", "scripted"]

SIZES = [(80, 24), (120, 36), (200, 60)]
DEFECT = "Something went wrong inside monoline"
FAR = {"app.quit", "app.prepare", "app.train", "app.sample", "app.interpolate", "app.plot"}
"""Keys that lead away for good, by the ids of their bindings."""
SCREENS = {
    "prepare": "1",
    "shelf": "1 v",
    "clusters": "1 c",
    "naming": "1 N",
    "timeline": "1 T",
    "scan": "1 b enter",
    "points": "1 w",
    "train": "2",
    "sample": "3",
    "stepping": "3 s",
    "sketch": "3 e",
    "interpolate": "4 d",
    "plot": "5",
    "tray": "3 t",
    "settings": "3 f3",
}
"""The keys that lead there from the start."""


@pytest.fixture
def house(scanned: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A studio that has one of everything: scans, a dataset, kept drawings, trainings, a sheet, a plot."""
    write_collection(scanned / "datasets" / "stars.npz", {"train": [Entry(star(3 + n)) for n in range(30)]})
    tray = Tray(scanned / "sketches")
    for seed in (3, 4, 5):
        tray.keep(star(seed), recipe(seed), f"star-{seed}")
    what = {"preset": "quick", "data": "/somewhere/stars.npz", "minutes": 10, "steps": None, "from_": None}
    for name, end in (
        ("stars-quick", Finished(at=1021.0)),
        ("stars-slow", Failed(at=1021.0, error="there is no more")),
    ):
        folder = scanned / "runs" / name
        events = [Started(at=1000.0, what="train"), *scripted_runs.training_events(folder, 1000.0, steps=40), end]
        write_run(folder, what, events, started_at=1000.0)
        (folder / "model.safetensors").write_bytes(b"weights")
    write_sheet(scanned / "sheets" / "six.svg", six())
    monkeypatch.setattr(train, "TARGET", "scripted_runs:train")
    monkeypatch.setattr(train, "presets", lambda: ["quick", "slow"])
    monkeypatch.setattr(train, "about_preset", lambda name: f"about {name}\n20 steps")
    yield scanned
    for part in ("runs", "plots", "."):
        for run in find_runs(tmp_path / "ink" / part):
            if run.state is State.RUNNING:
                run.kill()


async def go(pilot: Pilot[None], keys: str) -> Screen[object]:
    for key in keys.split():
        await pilot.press(key)
        await settled(pilot)
    return pilot.app.screen


async def back(pilot: Pilot[None], screen: Screen[object], keys: str) -> Screen[object]:
    """Escape from whatever came, to the same screen or, where that was left, there again."""
    for _ in range(6):
        if pilot.app.screen is screen and not screen.query("HelpPanel"):
            return screen
        if pilot.app.screen is not screen and len(pilot.app.screen_stack) == 1:
            break  # it was left
        await pilot.press("escape")
        await settled(pilot)
    return await go(pilot, keys)


def pressed_here(screen: Screen[object]) -> list[str]:
    """A key for each thing that can be done now; escape last."""
    found: dict[tuple[object, str], str] = {}
    for key, active in screen.active_bindings.items():
        if active.enabled and active.binding.id and active.binding.id not in FAR:  # those without are Textual's own
            found.setdefault((active.node, active.binding.action), key)
    return sorted(found.values(), key=lambda key: (key == "escape", key))


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x36", "200x60"])
@pytest.mark.parametrize("name", list(SCREENS))
async def test_no_key_breaks_anything(house: Path, name: str, size: tuple[int, int]) -> None:
    application = Monoline(house)
    async with application.run_test(size=size) as pilot:
        await settled(pilot)
        screen = await go(pilot, SCREENS[name])
        keys = pressed_here(screen)
        assert len(keys) >= (3 if name == "timeline" else 5), (name, keys)
        for key in keys if size == SIZES[0] else keys[SIZES.index(size) - 1 :: 2]:
            await pilot.press(key)
            await pilot.pause()
            assert DEFECT not in screen_text(application), (name, key)
            screen = await back(pilot, screen, SCREENS[name])
            shown = screen_text(application)
            assert DEFECT not in shown, (name, key)
            lines = shown.splitlines()
            assert (len(lines), max(map(len, lines))) <= (size[1], size[0]), (name, key)
    assert application.return_code in (0, None)


@pytest.mark.parametrize("name", list(SCREENS))
async def test_no_size_of_the_terminal_breaks_anything(house: Path, name: str) -> None:
    application = Monoline(house)
    async with application.run_test(size=SIZES[1]) as pilot:
        await settled(pilot)
        screen = await go(pilot, SCREENS[name])
        for size in ((20, 24), (30, 3), (1, 1), (300, 5), (20, 100), SIZES[1]):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert DEFECT not in screen_text(application), (name, size)
        await settled(pilot)
        assert application.screen is screen
        assert DEFECT not in screen_text(application)
    assert application.return_code in (0, None)
