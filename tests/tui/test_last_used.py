"""What was open when the studio was left comes back, from wherever the studio lies now."""

from __future__ import annotations

from pathlib import Path

import pytest
from screens import settled

from drawing.collection import Entry, write_collection
from drawing.drawing import Drawing
from tui.app import Monoline
from tui.last_used import FILE, LastUsed
from tui.screens.sample import SampleScreen


async def test_the_studio_opens_as_it_was_left(studio: Path) -> None:
    older = studio / "datasets" / "older.npz"
    write_collection(older, {"train": [Entry(Drawing.of([[(0, 0), (5, 5)]]))]})
    app = Monoline(studio)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        app.open_dataset(studio / "datasets" / "stars.npz")
        await pilot.press("3")
        await settled(pilot)
        await pilot.press("plus", "plus", "l")
        await settled(pilot)
    moved = studio.rename(studio.parent / "moved")
    older = moved / "datasets" / "older.npz"
    older.touch()
    again = Monoline(moved)
    async with again.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        assert again.dataset == moved / "datasets" / "stars.npz"
        await pilot.press("3")
        await settled(pilot)
        assert isinstance(again.screen, SampleScreen)
        assert again.screen.arrangement.ladder
        assert again.screen.arrangement.temperature == pytest.approx(0.4)


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"seed": "x", "temperature": NaN, "dataset": 4}', "\x00\xff"])
def test_a_damaged_one_is_forgotten_without_harm(studio: Path, text: str) -> None:
    (studio / FILE).write_text(text)
    assert LastUsed.read(studio) == LastUsed()


def test_a_network_that_is_there_no_more_gives_way_to_the_bundled_one(studio: Path) -> None:
    LastUsed(checkpoint="runs/gone/model.safetensors", seed=9).write(studio)
    app = Monoline(studio)
    assert app.checkpoint == "portraits"
    assert app.last.seed == 9
