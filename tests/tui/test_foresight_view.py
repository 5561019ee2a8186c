"""What the network expected, as a cloud on the screen."""

from __future__ import annotations

from screens import screen_text
from textual.app import App, ComposeResult

from tui.foresight import Component, Foresight, Step
from tui.widgets.foresight_view import ForesightView

STEP = Step(0.0, 0.0, 1.0, 0.1, (0.9, 0.0, 0.1), (Component(1.0, (6.0, 3.0), (4.0, 0.0, 1.0)),))


class OneView(App[None]):
    def compose(self) -> ComposeResult:
        yield ForesightView()


async def test_the_whole_of_a_drawing_without_a_size_is_what_was_expected_around_it() -> None:
    async with OneView().run_test(size=(60, 20)) as pilot:
        view = pilot.app.query_one(ForesightView)
        view.near = False
        view.show(Foresight(((0.0, 0.0), (0.0, 0.0)), (False, True), (STEP, STEP)))
        await pilot.pause()
        cells = [sign for row in screen_text(pilot.app).splitlines() for sign in row if "\u2801" <= sign <= "\u28ff"]
        assert 10 < len(cells) < 60 * 20 / 4  # it was dark all over
