from __future__ import annotations

import pytest
from screens import screen_text
from textual.app import App, ComposeResult
from textual.events import MouseScrollDown, MouseScrollUp
from textual.widgets import Input

from tui.widgets.dialog import NumberDialog
from tui.widgets.slider import Slider


class Panel(App[None]):
    """A temperature from 0.1 to 1.1 with an off, and a whole number without one."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[float | None] = []

    def compose(self) -> ComposeResult:
        yield Slider("temperature", 0.3, least=0.1, most=1.1, step=0.1, off="the same", id="warm")
        yield Slider("seed", 5, least=0, most=100, step=1, id="seed")

    def on_slider_changed(self, event: Slider.Changed) -> None:
        self.told.append(event.value)

    @property
    def warm(self) -> Slider:
        return self.query_one("#warm", Slider)

    @property
    def seed(self) -> Slider:
        return self.query_one("#seed", Slider)


async def test_keys_go_by_notches_to_the_ends_and_off() -> None:
    app = Panel()
    async with app.run_test(size=(22, 6)) as pilot:
        app.warm.focus()
        for key, expected in (
            ("right", 0.4),
            ("left", 0.3),
            ("pageup", 1.1),
            ("right", 1.1),
            ("pagedown", 0.1),
            ("left", None),
            ("left", None),
            ("right", 0.1),
            ("end", 1.1),
            ("home", None),
        ):
            await pilot.press(key)
            assert app.warm.value == (None if expected is None else pytest.approx(expected)), key
        await pilot.pause()
        assert app.told[-1] is None
        assert 1.1 in app.told


async def test_nothing_is_told_before_something_changes() -> None:
    app = Panel()
    async with app.run_test(size=(22, 6)) as pilot:
        await pilot.pause()
        app.warm.show(0.9)
        await pilot.pause()
        assert app.told == []
        assert "0.9" in screen_text(app)


async def test_without_an_off_the_least_is_the_end() -> None:
    app = Panel()
    async with app.run_test(size=(22, 6)) as pilot:
        app.seed.focus()
        await pilot.press("home", "left")
        assert app.seed.value == 0


async def test_up_and_down_go_to_the_next_slider() -> None:
    app = Panel()
    async with app.run_test(size=(22, 6)) as pilot:
        app.warm.focus()
        await pilot.press("down")
        assert app.focused is app.seed
        await pilot.press("up")
        assert app.focused is app.warm


async def test_it_is_drawn_as_label_value_and_knob() -> None:
    app = Panel()
    async with app.run_test(size=(22, 6)) as pilot:
        await pilot.pause()
        shown = [line.rstrip() for line in screen_text(app).splitlines()[:4]]
        assert shown[0] == "temperature        0.3"
        assert shown[1] == "━━━━━●────────────────"  # the first cell is for off, 0.3 is a fifth of the rest
        assert shown[2] == "seed                 5"
        assert shown[3] == "━●────────────────────"
        app.warm.value = None
        await pilot.pause()
        assert screen_text(app).splitlines()[:2] == ["temperature   the same", "○─────────────────────"]


async def test_the_mouse_sets_drags_and_wheels() -> None:
    app = Panel()
    async with app.run_test(size=(22, 6)) as pilot:
        await pilot.click("#warm", offset=(21, 1))
        assert app.warm.value == pytest.approx(1.1)
        await pilot.mouse_down("#warm", offset=(1, 1))
        assert app.warm.value == pytest.approx(0.1)
        await pilot.hover("#warm", offset=(11, 1))
        assert app.warm.value == pytest.approx(0.6)
        await pilot.hover("#warm", offset=(0, 1))
        assert app.warm.value is None
        await pilot.mouse_up("#warm", offset=(0, 1))
        await pilot.hover("#warm", offset=(11, 1))
        assert app.warm.value is None  # it was let go
        await pilot._post_mouse_events([MouseScrollUp], "#seed")  # pyright: ignore[reportPrivateUsage]
        assert app.seed.value == 6
        await pilot._post_mouse_events([MouseScrollDown], "#seed")  # pyright: ignore[reportPrivateUsage]
        assert app.seed.value == 5


async def test_an_exact_value_is_typed_between_the_notches() -> None:
    app = Panel()
    async with app.run_test(size=(60, 20)) as pilot:
        app.warm.focus()
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, NumberDialog)
        field = app.screen.query_one(Input)
        assert field.value == "0.3"
        for wrong in ("1.2", "warm", "nan", "inf"):
            field.value = wrong
            await pilot.press("enter")
            await pilot.pause()
            assert isinstance(app.screen, NumberDialog), wrong
            assert "is no number from 0.1 to 1.1" in screen_text(app)
        field.value = "0,237"  # a comma is a point in half of the world
        await pilot.press("enter")
        await pilot.pause()
        assert app.warm.value == pytest.approx(0.237)
        assert "0.237" in screen_text(app)
        await pilot.press("right")  # from between two notches to the next
        assert app.warm.value == pytest.approx(0.3)


async def test_typing_can_be_left_and_can_say_off() -> None:
    app = Panel()
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.click("#warm", offset=(3, 0))  # the label
        await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
        assert app.warm.value == pytest.approx(0.3)
        await pilot.click("#warm", offset=(3, 0))
        await pilot.pause()
        app.screen.query_one(Input).value = ""
        await pilot.press("enter")
        await pilot.pause()
        assert app.warm.value is None
