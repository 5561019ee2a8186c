"""The frames of a walk, one after the other."""

from __future__ import annotations

from pathlib import Path

import pytest
from screens import comes, screen_text, settled, star, wheel
from textual.events import MouseScrollDown
from textual.pilot import Pilot
from textual.widgets import Static

from drawing.drawing import Drawing
from tui.app import Monoline
from tui.play import SPEEDS, USUAL, Player
from tui.screens.interpolate import InterpolateScreen
from tui.screens.playing import PlayingScreen
from tui.widgets.canvas import Canvas
from tui.widgets.steps_axis import StepsAxis


def course(player: Player, there: list[bool], count: int) -> list[int]:
    return [player.step(there) for _ in range(count)]


def test_a_loop_goes_around_and_an_open_walk_back_and_forth() -> None:
    assert course(Player(loop=True), [True] * 3, 5) == [1, 2, 0, 1, 2]
    assert course(Player(loop=False), [True] * 3, 6) == [1, 2, 1, 0, 1, 2]
    assert course(Player(loop=False), [True], 2) == [0, 0]


def test_what_is_not_there_yet_is_passed_over() -> None:
    assert course(Player(loop=True), [True, False, True, False], 4) == [2, 0, 2, 0]
    assert course(Player(loop=False), [False, True, False, True, False], 4) == [1, 3, 1, 3]
    assert course(Player(loop=False, at=2), [False] * 3, 2) == [2, 2]


def test_there_is_a_slowest_and_a_fastest() -> None:
    player = Player(loop=True)
    for _ in SPEEDS:
        player.faster(1)
    assert player.speed == SPEEDS[-1]
    for _ in SPEEDS:
        player.faster(-1)
    assert player.speed == SPEEDS[0] < USUAL


async def playing(pilot: Pilot[None]) -> PlayingScreen:
    app = pilot.app
    await settled(pilot)
    await pilot.press("d")
    screen = app.screen
    assert isinstance(screen, InterpolateScreen)
    await comes(pilot, lambda: screen._frames and all(screen._frames))  # pyright: ignore[reportPrivateUsage]
    await pilot.press("space")
    await settled(pilot)
    assert isinstance(app.screen, PlayingScreen)
    return app.screen


def title(screen: PlayingScreen) -> str:
    return str(screen.query_one("#playing-title", Static).content)


async def test_space_plays_the_walk_and_stops_it(studio: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.chosen.TEXTUAL_ANIMATIONS", "full")
    app = Monoline(studio)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await playing(pilot)
        assert "back and forth, 8 frames a second   seed 2 > seed 5" in title(screen)
        await pilot.press("+")
        assert "12 frames a second" in title(screen)
        await comes(pilot, lambda: "frame 4 of 8" in title(screen))
        await pilot.press("space")
        assert "stopped" in title(screen)
        await pilot.press("home")
        assert "frame 1 of 8   stopped" in title(screen)
        await pilot.press("right", "right", "left")
        assert "frame 2 of 8" in title(screen)
        await pilot.press("end")
        axis = screen.query_one(StepsAxis)
        assert str(axis.render()).rstrip().endswith("◆")
        await pilot.mouse_down(StepsAxis, offset=(1, 0))
        await pilot.hover(StepsAxis, offset=(axis.size.width // 7 * 3, 0))
        await pilot.mouse_up(StepsAxis, offset=(axis.size.width // 7 * 3, 0))
        await pilot.pause()
        assert "frame 4 of 8" in title(screen)
        await wheel(pilot, MouseScrollDown, "#playing-axis")
        assert "frame 5 of 8" in title(screen)
        assert screen_text(app).splitlines()[-2].count("┼") == 7
        await pilot.click(Canvas)
        assert screen.playing
        await pilot.press("escape")
        assert isinstance(app.screen, InterpolateScreen)


async def test_without_motion_each_press_is_a_step(studio: Path) -> None:
    app = Monoline(studio)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await playing(pilot)
        assert "frame 1 of 8   stopped" in title(screen)
        await pilot.press("space", "space")
        assert "frame 3 of 8   stopped" in title(screen)


async def test_it_plays_what_there_is_while_more_is_drawn(studio: Path) -> None:
    app, frames = Monoline(studio), list[Drawing | None]([star(3), None, star(5), None])
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        screen = PlayingScreen(lambda: frames, 0, "a walk", loop=True, motion=False)
        await app.push_screen(screen)
        await pilot.pause()
        assert "frame 1 of 4, 2 still to come" in title(screen)
        await pilot.press("space")
        assert "frame 3 of 4" in title(screen)
        frames[3] = star(7)
        await comes(pilot, lambda: "1 still to come" in title(screen))
        await pilot.press("space")
        assert "frame 4 of 4" in title(screen)
        assert screen.query_one(Canvas)._drawing == star(7)  # pyright: ignore[reportPrivateUsage]
