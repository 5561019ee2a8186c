"""A beginning drawn with the mouse or the keys, or read from a file."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
from screens import SAMPLER, comes, screen_text, settled
from textual.widgets import Input

from drawing.drawing import Drawing
from drawing.svg import write_svg
from studio.files import write_text
from tui.app import Monoline
from tui.screens.sample import SampleScreen
from tui.widgets.beginning_dialog import BeginningDialog
from tui.widgets.dialog import ErrorDialog
from tui.widgets.gallery import Gallery
from tui.widgets.sketch_dialog import FILLED, SketchDialog, SketchPad
from tui.widgets.slider import Slider


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


@asynccontextmanager
async def sketching(tmp_path: Path, size: tuple[int, int] = (80, 24)):
    app = Monoline(tmp_path / "ink", sampler=SAMPLER)
    app.checkpoint = "portraits"
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("3")
        await comes(pilot, lambda: app.network.device)
        await pilot.press("e")
        await settled(pilot)
        assert isinstance(app.screen, SketchDialog)
        yield pilot, app, app.screen.query_one(SketchPad)


async def test_a_beginning_is_drawn_with_the_keys_alone(tmp_path: Path, golden: Callable[[str, str], None]) -> None:
    async with sketching(tmp_path) as (pilot, app, pad):
        assert "space lowers the pen" in screen_text(app)
        await pilot.press("shift+left", "shift+left", "shift+up", "space")
        assert "Pen DOWN, 1 point:" in screen_text(app)
        await pilot.press(*["shift+right"] * 3, *["pagedown"] * 4, *["shift+end"] * 2, "down")
        assert "Pen DOWN, 11 points: arrows draw, shift farther, 7 9 1 3 slanted; space lifts." in screen_text(app)
        golden("pen-80x24.txt", screen_text(app))
        await pilot.press("space")
        assert "1 line. The mouse draws" in screen_text(app)
        x, y = 2 * (pad.size.width // 2) - 20, 4 * (pad.size.height // 2) - 10
        sketch = pad.sketch()
        assert sketch is not None
        (line,) = sketch.drawing.lines
        assert line[0].tolist() == [x, y]
        assert line[-1].tolist() == [x + 30 + 8 - 20, y + 8 + 20 + 2]
        await pilot.press("right", "space", "7", "space", "space", "space")  # another line, and a touch, which is none
        both = pad.sketch()
        assert both is not None
        assert [each[-1].tolist() for each in both.drawing.lines][1:] == [[x + 18, y + 28]]
        await pilot.press("space", "up", "u", "u", "up")  # the line that is on its way, and the one before
        assert pad.sketch() == sketch
        for _ in range(40):
            await pilot.press("shift+up")
        await pilot.press("space", "shift+up")  # at the edge there is no way
        assert "Pen DOWN, 1 point:" in screen_text(app)
        await pilot.press("space", "enter")
        await comes(pilot, lambda: "your sketch, continued" in screen_text(app))


async def test_a_beginning_is_read_from_a_file(tmp_path: Path) -> None:
    many = Drawing.of([[(x, x * x % 7) for x in range(400)]])
    write_svg(tmp_path / "half.svg", Drawing.of([[(0, 0), (30, 0), (30, 40)]]))
    write_svg(tmp_path / "long.svg", many)
    write_text(tmp_path / "empty.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="9mm" height="9mm"/>')
    async with sketching(tmp_path) as (pilot, app, _):
        await pilot.press("o")
        app.screen.query_one(Input).value = str(tmp_path / "empty.svg")
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, ErrorDialog)
        await pilot.press("escape", "o")
        app.screen.query_one(Input).value = str(tmp_path / "half.svg")
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, BeginningDialog)
        assert "half" in screen_text(app)
        await pilot.press("enter")
        await comes(pilot, lambda: "the first 3 points of half, continued" in screen_text(app))
        await pilot.press("e", "o")
        app.screen.query_one(Input).value = str(tmp_path / "long.svg")
        await pilot.press("enter")
        await settled(pilot)
        assert app.screen.query_one(Slider).most <= 150  # of a network that draws 200
