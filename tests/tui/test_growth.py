"""Drawings that appear while they are drawn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from screens import comes, screen_text, settled, star
from textual.widgets import Static

from drawing.recipe import Recipe
from tui.app import Monoline
from tui.growth import Growth
from tui.sampler import Grew, Sample, Sampled
from tui.screens.sample import SampleScreen
from tui.widgets.canvas import Canvas
from tui.widgets.gallery import Gallery


def test_a_line_is_seen_in_a_frame_that_moves_as_little_as_it_must() -> None:
    growth = Growth(whole=100.0)
    growth.add(3, [0, -40, 0, 10, 0])  # the last step is still on its way
    line = growth.line(3)
    assert (line.drawing.points, line.box) == (2, (-50, -50, 50, 50))
    growth.add(3, [0, 0, -40, 1])
    line = growth.line(3)
    np.testing.assert_array_equal(line.drawing.lines[0], [(0, 0), (0, -40), (10, -40), (10, -80)])
    assert line.box == (-50, -80, 50, 20)
    growth.add(3, [200, 0, 0])  # longer than any frame
    assert growth.line(3).box == (0, -80, 210, 20)
    assert growth.places == (3,)


async def test_lines_grow_in_their_places_until_the_drawing_is_there(
    studio: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.chosen.TEXTUAL_ANIMATIONS", "full")
    app = Monoline(studio, demo=True)
    app.checkpoint = "slow"  # what it is asked for never comes
    async with app.run_test(size=(120, 36)) as pilot:
        await comes(pilot, lambda: app.network.name == "slow")
        screen = app.screen_stack[0]
        assert isinstance(screen, SampleScreen)
        gallery, canvas = screen.query_one(Gallery), screen.query_one(Canvas)
        await comes(pilot, lambda: screen._asked)  # pyright: ignore[reportPrivateUsage]
        (request,) = screen._asked  # pyright: ignore[reportPrivateUsage]
        assert app.sampler.asked[request].request["grow"] is True
        assert not gallery.display
        growth = Growth(whole=100.0)
        growth.add(0, [0, -40, 0])
        growth.add(1, [0, -40, 0])
        screen.post_message(Grew(request, growth))
        await settled(pilot)
        assert gallery.display  # in place of words that tell to wait
        before = screen_text(app)
        assert "being drawn, 2 points so far" in before
        growth.add(0, [40, 0, 0])
        screen.post_message(Grew(request, growth))
        await settled(pilot)
        assert screen_text(app) != before
        assert "being drawn, 3 points so far" in screen_text(app)
        assert canvas._drawing == growth.line(0).drawing  # pyright: ignore[reportPrivateUsage]

        recipe = Recipe(kind="sample", seed=1, temperature=0.3, checkpoint="5c" * 32)
        screen.post_message(Sampled(request, 0, Sample(star(5), recipe, 1, 0.3, finished=True)))
        await settled(pilot)
        assert gallery._drawings[0] == star(5)  # pyright: ignore[reportPrivateUsage]
        assert "seed 1  temperature 0.3" in str(screen.query_one("#sample-numbers", Static).content)
        screen.post_message(Grew(request, growth))  # one that comes late changes nothing
        await settled(pilot)
        assert canvas._drawing == star(5)  # pyright: ignore[reportPrivateUsage]


async def test_without_motion_only_whole_drawings_are_asked_for(studio: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.chosen.TEXTUAL_ANIMATIONS", "full")
    with (studio / "studio.toml").open("a", encoding="utf-8") as file:
        file.write("\n[ui]\nmotion = false\n")
    app = Monoline(studio, demo=True)
    app.checkpoint = "slow"
    async with app.run_test(size=(120, 36)) as pilot:
        await comes(pilot, lambda: app.network.name == "slow" and app.sampler.asked)
        assert not any(asked.request.get("grow") for asked in app.sampler.asked.values())
