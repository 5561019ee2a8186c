"""A beginning drawn with the mouse."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from screens import SAMPLER, comes, screen_text, settled

from tui.app import Monoline
from tui.screens.sample import SampleScreen
from tui.widgets.gallery import Gallery
from tui.widgets.sketch_dialog import FILLED, SketchDialog, SketchPad


async def test_e_draws_a_beginning_with_the_mouse_and_the_network_goes_on_from_it(tmp_path: Path) -> None:
    app = Monoline(tmp_path / "ink", sampler=SAMPLER)
    app.checkpoint = "portraits"
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("3")
        screen = app.screen
        assert isinstance(screen, SampleScreen)
        await pilot.press("e")
        await pilot.pause()
        assert isinstance(app.screen, SketchDialog)
        pad = app.screen.query_one(SketchPad)
        await pilot.press("enter")  # nothing is there to go on from
        assert isinstance(app.screen, SketchDialog)
        await pilot.mouse_down(SketchPad, offset=(10, 5))
        for x in range(11, 40):
            await pilot.hover(SketchPad, offset=(x, 5 + (x - 10) // 3))
        await pilot.mouse_up(SketchPad, offset=(39, 14))
        await pilot.hover(SketchPad, offset=(60, 2))  # the button is up: no ink
        first = pad.sketch()
        assert first is not None
        (line,) = first.drawing.lines
        assert line[0].tolist() == [21.0, 22.0]  # the middle of the cell, in dots
        assert line[-1].tolist() == [79.0, 58.0]
        assert len(line) < 12  # stairs from cell to cell are no detail
        assert np.abs(line[:, 1] - (22 + (line[:, 0] - 21) * 36 / 58)).max() < 2.0
        assert first.whole == FILLED * min(2 * pad.size.width, 4 * pad.size.height)
        assert any("⠑" in row or "⢄" in row for row in screen_text(app).splitlines()[3:20])
        await pilot.click(SketchPad, offset=(3, 3))  # a touch is no line
        await pilot.mouse_down(SketchPad, offset=(80, 5))
        await pilot.hover(SketchPad, offset=(80, 9))
        await pilot.mouse_up(SketchPad, offset=(80, 9))
        both = pad.sketch()
        assert both is not None
        assert len(both.drawing.lines) == 2
        await pilot.press("u")
        assert pad.sketch() == first
        await pilot.press("enter")
        gallery = screen.query_one(Gallery)
        await comes(pilot, lambda: "your sketch, continued" in screen_text(app))
        await comes(pilot, lambda: all(gallery._drawings))  # pyright: ignore[reportPrivateUsage]
        for drawing in gallery._drawings:  # pyright: ignore[reportPrivateUsage]
            assert drawing is not None
            assert np.allclose(np.concatenate(drawing.lines)[: len(line)], line)
            assert drawing.points > len(line)
        (asked,) = screen.manner.requests(list(enumerate(screen.arrangement.places)))
        assert asked.fields["size"] == first.whole
        assert "first" not in asked.fields
        await pilot.press("backspace")
        assert "your sketch" not in screen_text(app)


async def test_a_terminal_that_tells_pixels_is_taken_at_its_word(tmp_path: Path) -> None:
    from textual import events

    app = Monoline(tmp_path / "ink", sampler=SAMPLER)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await app.push_screen(SketchDialog())
        pad = app.screen.query_one(SketchPad)
        around = {"delta_x": 0, "delta_y": 0, "button": 1, "shift": False, "meta": False, "ctrl": False}
        pad.on_mouse_down(events.MouseDown(pad, 4.25, 2.5, **around))
        pad.on_mouse_move(events.MouseMove(pad, 30.75, 2.5, **around))
        sketch = pad.sketch()
        assert sketch is not None
        assert sketch.drawing.lines[0].tolist() == [[8.5, 10.0], [61.5, 10.0]]
