from __future__ import annotations

import tomllib
from collections.abc import Callable
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from screens import SAMPLER, comes, screen_text, settled
from scripted_sampler import rows
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static, TextArea
from textual.widgets._footer import FooterKey

from drawing.recipe import Recipe
from drawing.stroke import from_stroke3
from drawing.svg import read_svg
from studio.files import write_text
from tui.app import Monoline
from tui.arrangement import LADDER, MOST, RUNGS, Arrangement, Place
from tui.clipboard import takes_copies
from tui.sampler import NetworkLoading, Sample, Sampled, SamplingProgress
from tui.screens.plot import PlotScreen
from tui.screens.sample import SampleScreen
from tui.screens.stepping import SteppingScreen
from tui.widgets.beginning_dialog import BeginningDialog
from tui.widgets.curve_strip import CurveStrip
from tui.widgets.dialog import ErrorDialog, ListDialog, NumberDialog, ZoomScreen
from tui.widgets.foresight_view import ForesightView
from tui.widgets.gallery import Gallery
from tui.widgets.header import StudioHeader
from tui.widgets.recipe_dialog import RecipeDialog
from tui.widgets.slider import Slider

Golden = Callable[[str, str], None]


class Sampling:
    """The application in Sample, and what a person sees there."""

    def __init__(self, pilot: Pilot[None]) -> None:
        self.pilot = pilot

    @property
    def app(self) -> Monoline:
        assert isinstance(self.pilot.app, Monoline)
        return self.pilot.app

    @property
    def screen(self) -> SampleScreen:
        screen = self.app.screen_stack[0]
        assert isinstance(screen, SampleScreen)
        return screen

    @property
    def gallery(self) -> Gallery:
        return self.screen.query_one(Gallery)

    @property
    def summary(self) -> str:
        return str(self.screen.query_one("#sample-summary", Static).content)

    @property
    def numbers(self) -> str:
        return str(self.screen.query_one("#sample-numbers", Static).content)

    @property
    def captions(self) -> list[str]:
        return [self.gallery._caption(cell).strip() for cell in range(len(self.gallery._drawings))]  # pyright: ignore[reportPrivateUsage]

    @property
    def drawings(self) -> list[object]:
        return list(self.gallery._drawings)  # pyright: ignore[reportPrivateUsage]

    async def press(self, *keys: str) -> None:
        """Press, and wait until all is drawn."""
        await self.pilot.press(*keys)
        await settled(self.pilot)
        await self.drawn()

    async def drawn(self) -> None:
        await comes(self.pilot, lambda: self.drawings and all(drawing is not None for drawing in self.drawings))

    @property
    def greyed(self) -> set[str]:
        return {key.key for key in self.screen.query(FooterKey) if key.has_class("-disabled")}

    def can(self, key: str) -> bool:
        found = self.screen.active_bindings.get(key)
        return found is not None and found.enabled


@asynccontextmanager
async def sampling(studio: Path, size: tuple[int, int] = (120, 36), checkpoint: str = "portraits"):
    app = Monoline(studio, demo=True, sampler=SAMPLER)
    app.checkpoint = checkpoint
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        seen = Sampling(pilot)
        if checkpoint == "portraits":
            await seen.drawn()
            await comes(pilot, lambda: app.network.device)
        yield seen


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_the_demo_begins_with_drawings_by_the_bundled_network(
    studio: Path, golden: Golden, size: tuple[int, int]
) -> None:
    async with sampling(studio, size) as seen:
        assert len(seen.drawings) == 24
        golden(f"sample-{size[0]}x{size[1]}.txt", screen_text(seen.app))


async def test_until_then_the_gallery_says_what_is_loaded(tmp_path: Path) -> None:
    app = Monoline(tmp_path / "ink", sampler=SAMPLER)
    app.checkpoint = "slow"  # its drawings never come
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("3")
        await comes(pilot, lambda: "loading torch" in str(app.screen.query_one("#sample-empty", Static).content) or
                    app.network.name == "slow")  # fmt: skip
        assert "The network is being loaded" in screen_text(app)
        assert not app.screen.query_one(Gallery).display
        await pilot.press("f1")  # and keys are answered meanwhile
        await pilot.pause()
        assert "Re-roll" in screen_text(app)


async def test_k_keeps_a_drawing_with_its_recipe_d_puts_it_out_and_ctrl_z_takes_either_back(studio: Path) -> None:
    async with sampling(studio) as seen:
        await seen.press("right", "k")
        (path,) = (studio / "sketches").glob("*.svg")
        assert path.name == "portraits-seed-000002-t0.30.svg"
        file = read_svg(path)
        assert file.recipe is not None
        assert (file.recipe.seed, file.recipe.temperature) == (2, 0.3)
        assert file.drawing == from_stroke3(rows(2, 0.3))
        assert seen.captions[1] == "seed 2 ✓"
        assert "in the tray" in seen.numbers
        assert "tray 1" in screen_text(seen.app).splitlines()[0]
        await seen.press("k")  # once is enough
        assert len(list((studio / "sketches").glob("*.svg"))) == 1
        await seen.press("ctrl+z")
        assert list((studio / "sketches").glob("*.svg")) == []
        assert seen.captions[1] == "seed 2"

        await seen.press("left")
        await seen.press("k", "d")
        assert seen.captions[0] == "seed 1"
        assert list((studio / "sketches").glob("*.svg")) == []
        await seen.press("d")
        assert seen.captions[0] == "seed 1 ✗"
        await seen.press("ctrl+z")
        assert seen.captions[0] == "seed 1"
        await seen.press("ctrl+z")  # the one that was put out comes back
        assert seen.captions[0] == "seed 1 ✓"
        assert len(list((studio / "sketches").glob("*.svg"))) == 1


async def test_what_is_taken_back_stands_where_it_was_whatever_fills_the_gallery_by_now(studio: Path) -> None:
    async with sampling(studio) as seen:
        await seen.press("r")
        await seen.press("v")
        assert seen.captions[0] == "way 1"
        await seen.press("ctrl+z")
        assert seen.captions[0] == "seed 1"
        await seen.press("v")
        await seen.press("r")
        ways = seen.captions[:2]
        await seen.press("backspace")
        assert seen.captions[0] == "seed 1"
        await seen.press("ctrl+z")
        assert seen.captions[:2] == ["way 1", "way 2"] != ways
        await seen.press("backspace")
        assert seen.captions[0] == "seed 1"
        await seen.press("backspace")  # there is nothing before
        assert seen.captions[0] == "seed 1"


async def test_r_gives_the_next_seeds_to_all_but_the_kept_g_one_here_and_m_more_of_them(studio: Path) -> None:
    async with sampling(studio) as seen:
        await seen.press("right", "k", "r")
        assert seen.captions[:3] == ["seed 25", "seed 2 ✓", "seed 26"]
        assert seen.screen.query_one("#first-seed", Slider).value == 25
        await seen.press("r")
        assert seen.captions[:3] == ["seed 48", "seed 2 ✓", "seed 49"]
        await seen.press("ctrl+z")
        assert seen.captions[:3] == ["seed 25", "seed 2 ✓", "seed 26"]
        await seen.press("r")
        columns = seen.gallery.columns
        await seen.press("left", "down", "g")
        assert seen.captions[columns] == "seed 71"
        assert seen.captions[columns - 1] == f"seed {46 + columns}"
        assert seen.gallery.cursor == columns
        await seen.press("m")
        assert len(seen.drawings) == 36
        assert seen.captions[-1] == "seed 83"


async def test_a_seed_is_the_same_drawing_in_the_grid_and_on_the_ladder_and_drawn_once(studio: Path) -> None:
    async with sampling(studio) as seen:
        await seen.press("right", "right")
        third = seen.drawings[2]
        await seen.press("l")
        assert seen.gallery.columns == len(LADDER)
        assert len(seen.drawings) == RUNGS * len(LADDER)
        assert seen.captions[:2] == ["3 · 0.10", "3 · 0.20"]  # it begins with the seed under the cursor
        assert seen.captions[6] == "4 · 0.10"
        assert seen.captions[seen.gallery.cursor] == "3 · 0.30"  # at the temperature it had
        assert seen.drawings[seen.gallery.cursor] == third
        assert not seen.can("plus")
        await seen.press("right", "down", "l")  # to 0.50, seed 4, and back with that
        assert "24 seeds at 0.50" in seen.summary
        assert seen.captions[seen.gallery.cursor] == "seed 4"
        assert seen.drawings[3] == from_stroke3(rows(4, 0.5))

        await seen.press("l", "l")
        assert seen.app.sampler.idle
        await seen.pilot.press("l")
        await settled(seen.pilot)
        assert all(drawing is not None for drawing in seen.drawings)  # nothing was asked for
        assert seen.app.sampler.idle


async def test_the_temperature_is_stepped_and_typed(studio: Path) -> None:
    async with sampling(studio) as seen:
        await seen.press("plus", "plus", "minus")
        assert "24 seeds at 0.35" in seen.summary
        assert seen.drawings[0] == from_stroke3(rows(1, 0.35))
        assert seen.screen.query_one("#temperature", Slider).value == pytest.approx(0.35)

        await seen.pilot.press("equals_sign")
        await seen.pilot.pause()
        assert isinstance(seen.app.screen, NumberDialog)
        seen.app.screen.query_one(Input).value = "0.42"
        await seen.press("enter")
        assert seen.drawings[0] == from_stroke3(rows(1, 0.42))


async def test_sliders_set_length_and_first_seed(studio: Path) -> None:
    async with sampling(studio) as seen:
        seen.screen.query_one("#max-points", Slider).focus()
        await seen.press("right")
        assert "10 points, cut off" in seen.numbers
        assert seen.captions[0] == "seed 1 …"
        seen.screen.query_one("#first-seed", Slider).focus()
        await seen.press("pageup")
        assert seen.captions[0].startswith("seed 11")
        assert seen.screen.query_one("#max-points", Slider).most == 200  # as the network was trained


@pytest.mark.parametrize(
    ("environ", "takes"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "xterm-kitty"}, True),
        ({"TERM": "screen-256color", "TMUX": "/tmp/tmux-0/default,1,0"}, True),
        ({"TERM": "screen-256color", "STY": "1234.pts-0.here"}, False),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, False),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7006"}, False),
        ({"TERM": "linux"}, False),
    ],
)
def test_terminals_that_take_no_copies_are_known(environ: dict[str, str], takes: bool) -> None:
    assert takes_copies(environ) is takes


async def test_y_copies_the_recipe_as_toml_and_enter_shows_it_large(
    studio: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("STY", "VTE_VERSION", "TERM_PROGRAM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    async with sampling(studio) as seen:
        await seen.press("right", "y")
        recipe = tomllib.loads(seen.app.clipboard)
        assert not isinstance(seen.app.screen, RecipeDialog)
        await seen.pilot.press("Y")
        await settled(seen.pilot)
        assert isinstance(seen.app.screen, RecipeDialog)
        assert tomllib.loads(seen.app.screen.query_one(TextArea).text) == recipe
        assert "Shift and the mouse select it here" in screen_text(seen.app)
        await seen.pilot.press("escape")
        monkeypatch.setenv("STY", "1234.screen")
        monkeypatch.delenv("TMUX", raising=False)
        await seen.pilot.press("y")
        assert isinstance(seen.app.screen, RecipeDialog)  # screen passes nothing on
        await seen.pilot.press("y")
        await seen.pilot.pause()
        assert recipe["seed"] == 2
        assert recipe["kind"] == "sample"
        assert recipe["temperature"] == 0.3

        await seen.pilot.press("enter")
        await seen.pilot.pause()
        assert isinstance(seen.app.screen, ZoomScreen)
        await seen.pilot.press("escape")
        await seen.pilot.click(Gallery, offset=(5, 3), times=2)
        await seen.pilot.pause()
        assert isinstance(seen.app.screen, ZoomScreen)


async def test_p_sends_a_sheet_with_the_drawing_to_plot(studio: Path) -> None:
    async with sampling(studio) as seen:
        await seen.pilot.press("right", "p")
        await comes(seen.pilot, lambda: seen.app.current_mode == "plot")
        await settled(seen.pilot)
        assert isinstance(seen.app.screen, PlotScreen)
        assert seen.app.screen.path is not None
        assert seen.app.screen.path.parent == studio / "sheets"
        sheet = read_svg(seen.app.screen.path)
        assert (sheet.width_mm, sheet.height_mm) == (210, 297)
        assert sheet.drawing.points == 24


async def test_an_error_of_the_worker_is_told_and_r_tries_again(studio: Path) -> None:
    async with sampling(studio, checkpoint="broken") as seen:
        await comes(seen.pilot, lambda: isinstance(seen.app.screen, ErrorDialog))
        assert "broken.safetensors is damaged; train it again." in screen_text(seen.app)
        await seen.pilot.press("escape")
        await seen.pilot.pause()
        assert "c chooses another network" in screen_text(seen.app)
        await seen.pilot.press("r")
        await comes(seen.pilot, lambda: isinstance(seen.app.screen, ErrorDialog))


async def test_a_worker_that_dies_is_told_and_started_again(studio: Path) -> None:
    async with sampling(studio) as seen:
        await seen.press("k")
        seen.app.checkpoint = "deadly"
        seen.app.tell()
        await comes(seen.pilot, lambda: isinstance(seen.app.screen, ErrorDialog))
        assert "12 GB asked for" in screen_text(seen.app)
        await seen.pilot.press("escape")
        seen.app.checkpoint = "portraits"
        seen.app.tell()
        await seen.drawn()
        assert seen.captions[0] == "seed 1 ✓"
        await seen.press("m")
        assert len(seen.drawings) == 36


async def test_a_worker_that_dies_once_is_asked_again_without_a_word(studio: Path, tmp_path: Path) -> None:
    mortal = tmp_path / "mortal.safetensors"
    mortal.touch()
    async with sampling(studio) as seen:
        seen.app.checkpoint = str(mortal)
        seen.app.tell()
        await comes(seen.pilot, lambda: not mortal.exists())  # the first worker died of it
        await seen.drawn()
        assert not mortal.exists()
        assert len(seen.drawings) == 24
        assert not isinstance(seen.app.screen, ErrorDialog)


async def test_c_chooses_a_network_of_the_studio(studio: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.bundled.bundled", lambda: ["portraits"])
    write_text(studio / "runs" / "cats" / "model.safetensors", "weights")
    async with sampling(studio) as seen:
        await seen.pilot.press("c")
        await seen.pilot.pause()
        assert isinstance(seen.app.screen, ListDialog)
        assert seen.app.screen.query_one(OptionList).highlighted == 1
        assert "portraits  (comes with monoline)" in screen_text(seen.app)
        await seen.pilot.press("up", "enter")
        await settled(seen.pilot)
        await seen.drawn()
        assert seen.app.checkpoint == str(studio / "runs" / "cats" / "model.safetensors")
        assert any("net cats" in chip.text for chip in seen.screen.query_one(StudioHeader).chips)
        assert seen.summary.startswith("cats  24 seeds")


async def test_what_needs_a_drawing_waits_for_one_and_how_far_it_is_is_told(studio: Path) -> None:
    async with sampling(studio, checkpoint="slow") as seen:
        await comes(seen.pilot, lambda: not seen.app.sampler.idle)
        assert "drawn 0 of 24" in seen.summary
        seen.screen.post_message(SamplingProgress(next(iter(seen.screen._asked)), 0.42))  # pyright: ignore[reportPrivateUsage]
        await seen.pilot.pause()
        assert "drawn 0 of 24, 42% of the way" in seen.summary
        assert not any(seen.can(key) for key in "kdpyisbv")
        assert seen.can("r")
        assert seen.greyed == {"k", "p"}
        seen.app.checkpoint = "portraits"  # what is asked for no longer is cancelled
        seen.app.tell()
        await seen.drawn()
        assert seen.drawings[0] == from_stroke3(rows(1, 0.3))
        assert all(seen.can(key) for key in "kdpyisbv")
        assert seen.greyed == set()
        await seen.press("l")
        assert seen.greyed == {"plus"}


async def test_a_drawing_of_an_earlier_request_changes_nothing_and_loading_is_seen_in_the_header(studio: Path) -> None:
    async with sampling(studio) as seen:
        late = Sample(from_stroke3(rows(9, 1.0)), Recipe(kind="sample", seed=9), 9, 1.0, finished=True)
        before = seen.drawings
        await seen.press("plus")
        seen.screen.post_message(Sampled(1, 0, late))
        await settled(seen.pilot)
        assert seen.drawings[0] == from_stroke3(rows(1, 0.35))
        await seen.press("minus")
        assert seen.drawings == before

        seen.app.post_message(NetworkLoading("torch"))
        await seen.pilot.pause()
        assert "loading torch ..." in screen_text(seen.app).splitlines()[0]
        seen.app.post_message(NetworkLoading(""))
        await seen.pilot.pause()
        assert "loading" not in screen_text(seen.app).splitlines()[0]


async def test_every_key_has_an_action_and_an_id_and_the_palette_offers_it(studio: Path) -> None:
    async with sampling(studio) as seen:
        await seen.press("k")
        offered = {command.title for command in seen.app.get_system_commands(seen.app.screen)}
        await seen.press("v")
        offered |= {command.title for command in seen.app.get_system_commands(seen.app.screen)}
        for binding in SampleScreen.BINDINGS:
            assert binding.id, binding
            assert hasattr(seen.screen, f"action_{binding.action.partition('(')[0]}"), binding
            assert binding.description in offered, binding


# what a drawing leads to


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_s_steps_along_the_line_with_what_was_expected(
    studio: Path, golden: Golden, size: tuple[int, int]
) -> None:
    async with sampling(studio, size) as seen:
        await seen.pilot.press("right", "s")
        stepping = seen.app.screen
        assert isinstance(stepping, SteppingScreen)
        strip, view = stepping.query_one(CurveStrip), stepping.query_one(ForesightView)
        await comes(seen.pilot, lambda: view.display)
        await seen.pilot.press("up", "left", "left")
        await settled(seen.pilot)
        golden(f"stepping-{size[0]}x{size[1]}.txt", screen_text(seen.app))
        assert "point 9 of 24" in screen_text(seen.app)
        assert "◆ the next point: +0.45 nats, its pen 0.05" in screen_text(seen.app)
        if size == (80, 24):
            return
        for key, place in (("end", "24 of 24"), ("right", "24 of 24"), ("down", "14 of 24"), ("home", "1 of 24")):
            await seen.pilot.press(key)
            await seen.pilot.pause()
            assert f"point {place}" in screen_text(seen.app)
            assert ("the line ended here" in screen_text(seen.app)) == (place == "24 of 24")
        before = screen_text(seen.app)
        await seen.pilot.press("z")
        await seen.pilot.pause()
        assert screen_text(seen.app) != before
        await seen.pilot.click(strip, offset=(3 * (strip.size.width // 24), 1))
        await seen.pilot.pause()
        assert "point 4 of 24" in screen_text(seen.app)
        await seen.pilot.press("escape")
        await settled(seen.pilot)
        assert seen.app.screen is seen.screen


async def test_b_draws_on_from_the_beginning_of_a_drawing_and_v_around_one(studio: Path, golden: Golden) -> None:
    async with sampling(studio) as seen:
        await seen.pilot.press("right", "right", "b")
        await seen.pilot.pause()
        assert isinstance(seen.app.screen, BeginningDialog)
        await seen.pilot.press("left", "left")  # of 24 points half would be kept
        await seen.pilot.pause()
        assert "points kept" in screen_text(seen.app)
        await seen.pilot.press("enter")
        await seen.pilot.pause()
        await seen.drawn()
        assert "the first 10 points of seed 3, continued" in seen.summary
        third = from_stroke3(rows(3, 0.3))
        for seed, drawing in enumerate(seen.gallery._drawings, 1):  # pyright: ignore[reportPrivateUsage]
            assert drawing is not None
            given, points = third.lines[0][:10], np.concatenate(drawing.lines)
            assert np.allclose(points[:10], given)
            assert np.allclose(np.diff(points[10:], axis=0), np.diff(from_stroke3(rows(seed, 0.3)).lines[0], axis=0))
        golden("sample-continued.txt", screen_text(seen.app))
        await seen.press("k")  # one is kept like any other
        assert [kept.recipe.kind for kept in seen.app.tray.kept if kept.recipe] == ["complete"]  # pyright: ignore[reportOptionalMemberAccess]
        await seen.press("backspace")
        assert seen.gallery.cursor == 2
        assert seen.captions[2] == "seed 3"
        assert not seen.can("backspace")

        await seen.press("v")
        assert "around seed 3" in seen.summary
        assert seen.captions[:2] == ["way 1", "way 2"]
        assert seen.drawings[1] == from_stroke3(rows(2, 0.6))  # temperature and spread, in the worker of tests
        seen.screen.query_one("#spread", Slider).value = 0.5
        await seen.press("r")
        assert seen.drawings[0] == from_stroke3(rows(25, 0.8))
        assert "seed 3 " in seen.numbers  # the hand is the same
        await seen.press("v", "backspace", "backspace")
        assert seen.drawings[2] == third

        await seen.pilot.press("f")  # from what is in the tray
        await seen.pilot.press("enter")
        await seen.pilot.pause()
        assert isinstance(seen.app.screen, BeginningDialog)
        await seen.press("enter")
        assert "the first 34 points" in seen.summary


async def test_the_best_is_taken_and_what_breaks_the_rules_is_counted(studio: Path) -> None:
    async with sampling(studio) as seen:
        await seen.pilot.press("a")
        await seen.pilot.pause()
        assert "o  one line only" in screen_text(seen.app)
        await seen.pilot.press("down", "down", "down", "down", "enter")
        await settled(seen.pilot)
        await comes(seen.pilot, lambda: "drawn" not in seen.summary)
        assert seen.captions[2] == "3 rejected ✗"
        assert "one line: 5 of 24 rejected" in seen.summary
        await seen.pilot.press("right", "right")
        await settled(seen.pilot)
        assert "2 strokes, more than 1" in seen.numbers
        assert not seen.can("k")
        await seen.pilot.press("n")
        await seen.pilot.pause()
        assert isinstance(seen.app.screen, NumberDialog)
        seen.app.screen.query_one(Input).value = "4"
        await seen.pilot.press("enter")
        await settled(seen.pilot)
        await comes(seen.pilot, lambda: "drawn" not in seen.summary)
        assert seen.drawings[0] == from_stroke3(rows(4, 0.3))  # seed 1 stands for 4 to 7
        assert "best of 4, one line: 77 of 96 rejected" in seen.summary  # 5 places with 4, 19 with 3
        await seen.press("left", "v")
        assert not seen.can("o")
        assert "rejected" not in seen.summary
        await seen.pilot.press("backspace", "o")
        await settled(seen.pilot)
        await seen.drawn()
        assert "best of 4" in seen.summary
        assert "rejected" not in seen.summary


# the arrangement by itself


def test_the_ladder_wraps_round_the_seeds_and_comes_back_to_where_it_was() -> None:
    grid = Arrangement.first(1, 0.33, count=8)
    ladder, cursor = grid.turned(5)
    assert [place.seed for place in ladder.places[::6]] == [6, 7, 8, 1, 2, 3]
    assert ladder.places[cursor] == Place(6, 0.3)
    back, cursor = ladder.turned(6 * 3 + 1)
    assert back.places[cursor] == Place(1, 0.2)


def test_a_reroll_never_gives_a_seed_twice() -> None:
    arrangement, seen = Arrangement.first(1, 0.3, count=4), {1, 2, 3, 4}
    for step in range(20):
        arrangement = arrangement.renewed(1) if step % 2 else arrangement.rerolled({0, 2})
        new = set(arrangement.seeds) - {1, 3}
        assert not new & seen or step % 2
        seen |= new
    assert arrangement.seeds[0] == 1
    assert len(set(arrangement.seeds)) == 4


def test_on_the_ladder_only_its_rows_are_rerolled() -> None:
    ladder, _ = Arrangement.first(1, 0.3, count=8).turned(0)
    again = ladder.rerolled({1})
    assert again.seeds == (9, 2, 10, 11, 12, 13, 7, 8)


def test_there_are_not_ever_more_seeds() -> None:
    arrangement = Arrangement.first(1, 0.3)
    for _ in range(20):
        arrangement = arrangement.grown()
    assert len(arrangement.seeds) == len(set(arrangement.seeds)) == MOST
