from __future__ import annotations

from collections.abc import Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from screens import SAMPLER, comes, recipe, screen_text, settled, star
from scripted_sampler import rows
from textual.pilot import Pilot
from textual.widgets import Input, Select, Static

from drawing.stroke import from_stroke3
from drawing.svg import read_svg
from plotter.sheet import read_sheet
from tui.app import Monoline
from tui.sampler import Evened, SamplingProgress
from tui.screens.interpolate import Ends, Frames, InterpolateScreen
from tui.screens.plot import PlotScreen
from tui.screens.print_dialog import PrintDialog
from tui.tray import Tray
from tui.walk import MOST_ENDS, MOST_STEPS, End, Walk
from tui.widgets.dialog import ErrorDialog
from tui.widgets.gallery import Gallery
from tui.widgets.sheet_view import SheetView
from tui.widgets.slider import Slider

Golden = Callable[[str, str], None]


class Walking:
    """The application in Interpolate, and what a person sees there."""

    def __init__(self, pilot: Pilot[None]) -> None:
        self.pilot = pilot

    @property
    def app(self) -> Monoline:
        assert isinstance(self.pilot.app, Monoline)
        return self.pilot.app

    @property
    def screen(self) -> InterpolateScreen:
        screen = self.app.screen_stack[0]
        assert isinstance(screen, InterpolateScreen)
        return screen

    def drawings(self, gallery: type[Gallery]) -> list[object]:
        return list(self.screen.query_one(gallery)._drawings)  # pyright: ignore[reportPrivateUsage]

    @property
    def summary(self) -> str:
        return str(self.screen.query_one("#walk-summary", Static).content)

    async def press(self, *keys: str) -> None:
        """Press, and wait until the walk is drawn and laid out."""
        await self.pilot.press(*keys)
        await self.pilot.pause()
        await self.laid_out()

    async def laid_out(self) -> None:
        await comes(self.pilot, lambda: self.screen._sheet is not None)  # pyright: ignore[reportPrivateUsage]

    def can(self, key: str) -> bool:
        found = self.screen.active_bindings.get(key)
        return found is not None and found.enabled


@asynccontextmanager
async def walking(studio: Path, size: tuple[int, int] = (120, 36)):
    async with Monoline(studio, sampler=SAMPLER).run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("4")
        await settled(pilot)
        yield Walking(pilot)


async def test_without_drawings_it_says_what_to_press(studio: Path, golden: Golden) -> None:
    async with walking(studio, (80, 24)) as seen:
        golden("interpolate-empty.txt", screen_text(seen.app))
        assert seen.can("d")
        assert not any(seen.can(key) for key in ("s", "e", "p", "n", "r", "i"))


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_d_walks_between_two_portraits(studio: Path, golden: Golden, size: tuple[int, int]) -> None:
    async with walking(studio, size) as seen:
        await seen.press("d")
        await comes(seen.pilot, lambda: None not in seen.drawings(Ends) and seen.app.network.device)
        assert len(seen.drawings(Frames)) == 8
        golden(f"interpolate-{size[0]}x{size[1]}.txt", screen_text(seen.app))


async def test_the_last_two_kept_are_walked_between_at_once(kept: Path) -> None:
    async with walking(kept) as seen:
        await seen.laid_out()
        assert "star-4 > star-5" in seen.summary
        assert seen.drawings(Ends) == [star(4), star(5)]


async def test_ends_are_picked_in_the_tray(kept: Path) -> None:
    async with walking(kept) as seen:
        await seen.pilot.press("i", "space", "right", "right", "space", "w")
        await seen.pilot.pause()
        await seen.laid_out()
        assert "star-3 > star-5" in seen.summary


async def test_ends_are_chosen_among_the_samples(studio: Path) -> None:
    async with walking(studio) as seen:
        await seen.pilot.press("3")
        gallery = seen.app.screen.query_one(Gallery)
        await comes(seen.pilot, lambda: gallery.columns > 1 and gallery._drawings and None not in gallery._drawings)  # pyright: ignore[reportPrivateUsage]
        await seen.pilot.press("i", "right", "i", "right", "i", "i")  # the last one is taken off again
        await seen.pilot.press("4")
        await settled(seen.pilot)
        await seen.laid_out()
        assert "seed 1 > seed 2" in seen.summary
        assert seen.drawings(Ends) == [from_stroke3(rows(1, 0.3)), from_stroke3(rows(2, 0.3))]


async def test_ends_change_places_and_are_dropped(kept: Path) -> None:
    async with walking(kept) as seen:
        await seen.laid_out()
        await seen.press("full_stop")
        assert "star-5 > star-4" in seen.summary
        assert seen.screen.query_one(Ends).cursor == 1
        await seen.press("comma")
        assert "star-4 > star-5" in seen.summary
        await seen.pilot.press("delete")
        await seen.pilot.pause()
        assert "One more drawing is needed" in screen_text(seen.app)
        assert not seen.can("e")
        await seen.press("ctrl+z")
        assert "star-4 > star-5" in seen.summary
        await seen.press("ctrl+z")
        assert "star-5 > star-4" in seen.summary


async def test_steps_path_loop_and_seed_are_asked_for(studio: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with walking(studio) as seen:
        asked: list[dict[str, object]] = []
        ask = seen.app.sampler.ask

        def listen(asker: InterpolateScreen, do: str, checkpoint: str, **fields: object) -> int:
            asked.append({"do": do, **fields})
            return ask(asker, do, checkpoint, **fields)

        monkeypatch.setattr(seen.app.sampler, "ask", listen)
        await seen.press("d")
        await seen.press("N", "N", "n", "s", "o", "r", "u")
        last = asked[-1]
        assert (last["do"], last["steps"], last["kind"], last["loop"], last["seed"]) == (
            "interpolate",
            9,
            "lerp",
            True,
            2,
        )
        assert last["temperature"] == 0.1
        assert last["ends"] == [{"seed": 2}, {"seed": 5}]
        assert last["even"] is True
        assert "largest change 1.2 times the mean, 2.5 before" in screen_text(seen.app)
        assert len(seen.drawings(Frames)) == 9
        seen.screen.query_one("#walk-temperature", Slider).focus()
        await seen.press("right")
        assert asked[-1]["temperature"] == pytest.approx(0.15)
        await seen.press("f", "f", "f")
        assert (asked[-1]["easing"], asked[-1]["even"]) == ("in-out", False)  # what is re-timed has none
        await seen.press("u")
        assert (asked[-1]["easing"], asked[-1]["even"]) == ("linear", True)


async def test_a_seventh_end_is_refused(studio: Path) -> None:
    tray = Tray(studio / "sketches")
    for seed in range(3, 10):
        tray.keep(star(seed), recipe(seed), f"star-{seed}")
    async with walking(studio) as seen:
        before = seen.screen._walk  # pyright: ignore[reportPrivateUsage]
        await seen.pilot.press("t", "w")
        await settled(seen.pilot)
        assert "at most: mark those with space" in " ".join(screen_text(seen.app).split())
        assert seen.screen._walk == before  # pyright: ignore[reportPrivateUsage]
        await seen.pilot.press("space", *["right", "space"] * 5, "w")
        await settled(seen.pilot)
        assert len(seen.screen._walk.ends) == 6  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_three_ends_are_added_and_one_is_varied(kept: Path, golden: Golden, size: tuple[int, int]) -> None:
    async with walking(kept, size) as seen:
        await seen.laid_out()
        await seen.app.workers.wait_for_complete()
        effort = str(seen.screen.query_one("#walk-effort", Static).content)
        assert "m of ink" in effort
        asked: list[tuple[str, dict[str, Any]]] = []
        ask = seen.app.sampler.ask

        def listen(asker: InterpolateScreen, do: str, checkpoint: str, **fields: Any) -> int:
            asked.append((do, fields))
            return ask(asker, do, checkpoint, **fields)

        seen.app.sampler.ask = listen  # pyright: ignore[reportAttributeAccessIssue]
        await seen.pilot.press("m")
        await settled(seen.pilot)
        assert "One more drawing is needed" in screen_text(seen.app)
        assert not seen.screen.query_one("#walk-effort", Static).content  # of a sheet that is not there any more
        await seen.pilot.press("i", "w")  # all that is in the tray
        await settled(seen.pilot)
        await seen.laid_out()
        assert "star-3 - star-4 + star-5" in seen.summary
        do, told = asked[-1]
        assert (do, told["n"], told["seed"]) == ("arithmetic", 8, 1)
        assert [from_stroke3(told[name]["rows"]) for name in "abc"] == [star(3), star(4), star(5)]
        assert seen.drawings(Frames)[2] == from_stroke3(rows(3, 0.1))
        golden(f"sum-{size[0]}x{size[1]}.txt", screen_text(seen.app))
        if size == (80, 24):
            return
        assert not seen.can("u")
        assert not seen.can("f")
        before = seen.drawings(Frames)
        seen.screen.query_one("#walk-strength", Slider).value = -0.5
        await seen.pilot.pause()
        assert seen.drawings(Frames)[1:] == before[1:]  # in view until there are others
        await seen.laid_out()
        assert "star-3 - 0.5 (star-5 - star-4)" in seen.summary
        assert [(each["n"], each["strength"]) for _, each in asked[-2:]] == [
            (1, -0.5),
            (8, -0.5),
        ]  # one of them at once
        await seen.press("+")
        assert asked[-1][1]["strength"] == -0.4
        seen.screen.query_one(Ends).action_move_to(1)
        await seen.press("a", *["down"] * 2, "enter")  # by the menu
        assert "around star-4" in seen.summary
        assert asked[-1][0] == "vary"
        assert asked[-1][1]["spread"] == 0.3
        seen.screen.query_one("#walk-spread", Slider).value = 0.5
        await seen.pilot.pause()
        await seen.laid_out()
        assert (asked[-1][1]["spread"], from_stroke3(asked[-1][1]["drawing"]["rows"])) == (0.5, star(4))
        await seen.pilot.click("#walk-what", offset=(8, 0))
        await seen.laid_out()
        assert "star-3 > star-4 > star-5" in seen.summary
        assert asked[-1][0] == "interpolate"


async def test_it_tells_that_even_steps_are_looked_for_and_that_there_are_none(studio: Path) -> None:
    async with walking(studio) as seen:
        await seen.press("d")
        await seen.laid_out()
        seen.screen.action_even()
        timer = seen.screen._timer  # pyright: ignore[reportPrivateUsage]
        assert timer is not None
        timer.stop()  # what follows is told by hand
        seen.screen._request = 7  # pyright: ignore[reportPrivateUsage]
        seen.screen.post_message(SamplingProgress(7, 0.47))
        await seen.pilot.pause()
        assert "8 frames  looking for even steps, 47% of the way" in screen_text(seen.app)
        seen.screen.post_message(Evened(7, 1.72, 1.71))
        await seen.pilot.pause()
        assert "8 frames  drawn 0 of 8  largest change 1.7 times the mean, as before" in screen_text(seen.app)


async def test_path_and_loop_answer_to_the_mouse(studio: Path) -> None:
    async with walking(studio) as seen:
        await seen.press("d")
        for name, before, after in (("#walk-kind", "slerp", "lerp"), ("#walk-loop", "open", "loop")):
            assert f"[b reverse] {before} " in str(seen.screen.query_one(name, Static).content)
            await seen.pilot.click(name, offset=(9, 0))
            await seen.laid_out()
            assert f"[b reverse] {after} " in str(seen.screen.query_one(name, Static).content)


async def test_kept_ends_are_sent_with_recipe_and_lines(kept: Path) -> None:
    async with walking(kept) as seen:
        await seen.laid_out()
        first = seen.screen._walk.request()["ends"][0]  # pyright: ignore[reportPrivateUsage]
        assert first["recipe"]["seed"] == 4
        assert from_stroke3(first["rows"]) == star(4)


async def test_e_writes_the_sheet_and_p_sends_one_to_plot(studio: Path) -> None:
    async with walking(studio) as seen:
        await seen.press("d")
        await seen.pilot.press("e")
        await settled(seen.pilot)
        sheet = read_sheet(studio / "sheets" / "walk-portraits-8.svg")
        assert (sheet.paper.width_mm, sheet.paper.height_mm) == (297, 210)
        assert [cell.recipe.at for cell in sheet.cells if cell.recipe is not None] == [
            pytest.approx(step / 7) for step in range(8)
        ]
        assert sheet.overhang_mm() == 0
        await seen.pilot.press("p")
        await settled(seen.pilot)
        assert seen.app.current_mode == "plot"
        assert isinstance(seen.app.screen, PlotScreen)
        assert seen.app.screen.path == studio / "sheets" / "walk-portraits-8.svg"  # the same sheet is not written twice
        await seen.pilot.press("4")
        await seen.press("r")
        await seen.pilot.press("e")
        await settled(seen.pilot)
        assert read_sheet(studio / "sheets" / "walk-portraits-8-2.svg").cells != sheet.cells


async def test_a_walk_between_drawings_of_one_seed_says_why_all_frames_are_alike(studio: Path) -> None:
    tray = Tray(studio / "sketches")
    for temperature in (0.2, 0.3):
        tray.keep(star(5), recipe(7, temperature), "star")
    async with walking(studio) as seen:
        await seen.laid_out()
        assert "one seed" in screen_text(seen.app)
        await seen.press("d")
        assert "one seed" not in screen_text(seen.app)


def test_a_way_from_a_drawing_to_itself_stands_still() -> None:
    one, other = End("a", star(5)), End("b", star(4))
    assert Walk((one, End("c", star(5)))).stands_still
    assert not Walk((one, other)).stands_still
    assert Walk((one, other, other)).stands_still
    assert not Walk((End("d"), End("e"))).stands_still


async def test_h_chooses_how_the_walk_goes_on_paper_and_p_plots_all_its_sheets(studio: Path, golden: Golden) -> None:
    async with walking(studio) as seen:
        await seen.press("d")
        assert " A4 " in screen_text(seen.app)
        await seen.pilot.press("h")
        await settled(seen.pilot)
        dialog = seen.app.screen
        assert isinstance(dialog, PrintDialog)
        dialog.query_one("#print-paper", Select).value = "A5"
        dialog.query_one("#print-layout", Select).value = "flipbook"
        dialog.query_one("#print-pages", Select).value = "4"
        dialog.query_one("#print-edition", Input).value = "9/8"
        await comes(seen.pilot, lambda: "Edition 9/8 can't be" in screen_text(seen.app))
        await seen.pilot.press("ctrl+s")
        assert seen.app.screen is dialog  # not taken as long as it can't be
        dialog.query_one("#print-edition", Input).value = "7/8"
        dialog.query_one("#print-margin", Input).value = "80"
        await comes(seen.pilot, lambda: "4 pages of a flip-book have no" in screen_text(seen.app))
        await seen.pilot.press("ctrl+s")
        assert seen.app.screen is dialog  # nor as long as it has no room
        dialog.query_one("#print-margin", Input).value = "9,5"
        dialog.query_one("#print-title", Input).value = "Stars"
        await comes(seen.pilot, lambda: "sheet 1 of 3" in screen_text(seen.app))
        golden("print-120x36.txt", screen_text(seen.app))
        await seen.pilot.press("pagedown")
        assert "sheet 2 of 3" in screen_text(seen.app)
        await seen.pilot.press("ctrl+s")
        await settled(seen.pilot)
        await seen.laid_out()
        assert "A5 landscape, flipbook" in screen_text(seen.app)
        assert " A5, 1 of 3 " in screen_text(seen.app)
        await seen.pilot.press("right_square_bracket")
        assert " A5, 2 of 3 " in screen_text(seen.app)
        await seen.pilot.press("p")
        await settled(seen.pilot)
        assert isinstance(seen.app.screen, PlotScreen)
        choice = seen.app.screen._choice  # pyright: ignore[reportPrivateUsage]
        assert choice is not None
        assert [path.stem for path in (choice.sheet, *choice.queue)] == [f"walk-portraits-8-0{n}" for n in (1, 2, 3)]
        assert [cell.name for cell in read_sheet(choice.sheet).cells] == ["cover", "3 of 8", "6 of 8"]
        assert [cell.name for cell in read_sheet(choice.queue[1]).cells] == ["2 of 8", "5 of 8", "8 of 8"]
    async with walking(studio) as again:  # what was chosen is kept
        await again.press("d")
        assert " A5, 1 of 3 " in screen_text(again.app)


async def test_a_frame_is_kept_and_zoomed(studio: Path) -> None:
    async with walking(studio) as seen:
        await seen.press("d")
        seen.screen.query_one(Frames).focus()
        await seen.pilot.press("right", "k")
        await seen.pilot.pause()
        (path,) = (studio / "sketches").glob("*.svg")
        kept = read_svg(path).recipe
        assert kept is not None
        assert (kept.kind, kept.index) == ("interpolate", 1)
        await seen.pilot.press("enter")
        await seen.pilot.pause()
        assert seen.app.screen is not seen.screen


async def test_an_error_is_told_and_the_ends_stay(kept: Path) -> None:
    async with walking(kept) as seen:
        await seen.laid_out()
        seen.app.checkpoint = "broken"
        seen.app.tell()
        await comes(seen.pilot, lambda: isinstance(seen.app.screen, ErrorDialog))
        assert "broken.safetensors is damaged" in screen_text(seen.app)
        await seen.pilot.press("escape")
        seen.app.checkpoint = "portraits"
        seen.app.tell()
        await settled(seen.pilot)
        await seen.laid_out()
        assert "star-4 > star-5" in seen.summary


async def test_the_panel_is_a_drawer_on_a_narrow_terminal(studio: Path) -> None:
    async with walking(studio, (80, 24)) as seen:
        await seen.press("d")
        view = seen.screen.query_one(SheetView)
        for key, shown in (("f2", True), ("ctrl+b", False)):
            await seen.pilot.press(key)
            await seen.pilot.pause()
            assert (view.size.width > 0) is shown


async def test_every_key_has_an_action_and_an_id(studio: Path) -> None:
    async with walking(studio) as seen:
        for binding in InterpolateScreen.BINDINGS:
            assert binding.id, binding
            assert hasattr(seen.screen, f"action_{binding.action.partition('(')[0]}"), binding


# the walk by itself


def ends(*names: str) -> tuple[End, ...]:
    return tuple(End(name, seed=index) for index, name in enumerate(names))


def test_a_walk_has_a_frame_for_each_end_at_least_and_not_too_many() -> None:
    walk = Walk(steps=2).through(ends("a", "b", "c"))
    assert walk.steps == 3
    assert walk.in_steps(1).steps == 3
    assert walk.in_steps(99).steps == MOST_STEPS
    assert len(walk.through(ends(*"abcdefgh")).ends) == MOST_ENDS
    assert not Walk().through(ends("a")).possible


def test_an_end_at_the_edge_stays() -> None:
    walk = Walk().through(ends("a", "b"))
    assert walk.moved(0, -1) == walk
    assert walk.moved(1, 1) == walk
    assert [end.name for end in walk.moved(0, 1).ends] == ["b", "a"]
    assert [end.name for end in walk.without(0).ends] == ["b"]
