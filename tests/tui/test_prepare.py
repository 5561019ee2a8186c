"""Sketchbooks in the Prepare screen: what they hold, how they grow, and the way to a dataset."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from plot_screens import notes
from runs import write_run
from scanned_studio import at_the_list, scanned
from screens import comes, screen_text, settled, star
from textual.app import App, ComposeResult
from textual.widgets import Input, OptionList, Static

from drawing.collection import Entry, write_collection
from prep.render.book import render_book
from prep.render.settings import RenderSettings
from studio.events import Changed, Finished, Started
from studio.files import write_text
from studio.folder import create_studio
from tui.app import Monoline
from tui.screens.points import Histogram, PointsScreen, cut_at
from tui.screens.prepare import PrepareScreen
from tui.screens.scan import ScanScreen
from tui.widgets.dialog import ErrorDialog, PathDialog
from tui.widgets.gallery import Gallery
from tui.widgets.slider import Slider

Golden = Callable[[str, str], None]

__all__ = ["scanned"]


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_scans_are_listed_by_book_with_what_is_known_of_them(
    scanned: Path, golden: Golden, size: tuple[int, int]
) -> None:
    async with Monoline(scanned).run_test(size=size) as pilot:
        await at_the_list(pilot)
        golden(f"prepare-scans-{size[0]}x{size[1]}.txt", screen_text(pilot.app))


async def test_another_book_shows_its_scans_and_enter_opens_one(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        await at_the_list(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, PrepareScreen)
        screen.query_one("#books", OptionList).focus()
        await pilot.press("down")
        await settled(pilot)
        assert "sb02  1 scan: 1 out of date" in str(screen.query_one("#summary", Static).content)
        await pilot.press("enter", "enter")
        await comes(pilot, lambda: isinstance(pilot.app.screen, ScanScreen))


async def test_where_the_scans_cannot_be_listed_it_is_told_once_and_the_rest_goes_on(scanned: Path) -> None:
    (scanned / "scripted-list.json").write_text('{"error": "catalog.sqlite is damaged."}')
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        await comes(pilot, lambda: isinstance(pilot.app.screen, ErrorDialog))
        assert "catalog.sqlite is damaged" in screen_text(pilot.app)
        await pilot.press("enter")
        await settled(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, PrepareScreen)  # which looked again when it was back
        await comes(pilot, lambda: not screen.listing)
        await pilot.pause()
        assert pilot.app.screen is screen


async def test_a_adds_a_folder_of_scans_and_leaves_those_that_are_there(scanned: Path, tmp_path: Path) -> None:
    source = tmp_path / "more"
    source.mkdir()
    for number in (1, 2):
        Image.new("L", (80, 100), 200 + number).save(source / f"{number}.png")
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        await at_the_list(pilot)
        for _ in range(2):
            await pilot.press("a")
            await pilot.pause()
            pilot.app.screen.query_one(Input).value = str(source)
            await pilot.press("enter")
            await pilot.pause()
            assert pilot.app.screen.query_one(Input).value == "more"
            await pilot.press("enter")
            await settled(pilot)
            assert sorted(path.name for path in (scanned / "sketchbooks" / "more").iterdir()) == ["1.png", "2.png"]


async def test_a_adds_each_sketchbook_of_a_folder_of_them(scanned: Path, tmp_path: Path) -> None:
    for name in ("sb08", "sb09"):
        (tmp_path / "shelf" / name / "art").mkdir(parents=True)
        Image.new("L", (80, 100), 200).save(tmp_path / "shelf" / name / "art" / "001.png")
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        await at_the_list(pilot)
        await pilot.press("a")
        await pilot.pause()
        pilot.app.screen.query_one(Input).value = str(tmp_path / "shelf")
        await pilot.press("enter")
        await pilot.pause()
        assert "sketchbook: sb08, sb09?" in screen_text(pilot.app)
        await pilot.press("right", "enter")
        await settled(pilot)
        assert (scanned / "sketchbooks" / "sb09" / "art" / "001.png").exists()


async def test_the_histogram_shows_what_is_cut(scanned: Path, golden: Golden) -> None:
    async with Monoline(scanned).run_test(size=(80, 24)) as pilot:
        await at_the_list(pilot)
        await pilot.press("w")
        await comes(pilot, lambda: isinstance(pilot.app.screen, PointsScreen))
        golden("points-80x24.txt", screen_text(pilot.app))
        words = pilot.app.screen.query_one("#points-words", Static)
        assert "18 of 20 drawings stay: those of 60 to 94 points" in str(words.content)
        pilot.app.screen.query_one(Slider).value = 0
        await pilot.pause()
        assert "20 of 20 drawings stay: those of 20 to 400 points" in str(words.content)
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(pilot.app.screen, PrepareScreen)
        assert not (scanned / "scripted-settings.json").exists()


def test_the_cut_is_that_of_the_selection() -> None:
    from prep.select import cut_bounds

    for points, share in (([], 0.05), ([7], 0.4), (list(range(40)), 0.05), (list(range(9)), 0.25)):
        assert cut_at(points, share) == cut_bounds(points, share)


async def test_scans_become_a_dataset_that_opens(tmp_path: Path) -> None:
    """With the true worker and the true run, on small pages."""
    studio = create_studio(tmp_path / "ink")
    render_book(studio.sketchbooks, RenderSettings(pages=3, height=(420, 420)))
    (studio.sketchbooks / "sb01" / "art" / "009.jpg").write_bytes(b"torn")
    async with Monoline(studio.folder).run_test(size=(120, 36)) as pilot:
        await at_the_list(pilot)
        await pilot.press("r")
        await comes(pilot, lambda: pilot.app.screen.query_one(Gallery).display)
        screen = pilot.app.screen
        assert isinstance(screen, PrepareScreen)
        assert "dataset ✓" in str(screen.query_one("#stages", Static).content)
        assert "sketchbooks.npz" in str(screen.query_one("#summary", Static).content)
        await comes(pilot, lambda: {scan.state for scan in screen.scans} == {"traced", "skipped"})
        screen.query_one("#books", OptionList).focus()
        await pilot.press("enter", "enter")
        await comes(pilot, lambda: isinstance(pilot.app.screen, ScanScreen) and not pilot.app.screen.working)
        shown = pilot.app.screen
        assert isinstance(shown, ScanScreen)
        assert shown.page is not None
        report = json.loads((studio.drawings / "sb01" / "001.json").read_text())
        assert [len(each.drawing.lines) for each in shown.page.drawings] == [
            each["strokes"] for each in report["drawings"]
        ]


async def test_s_stops_a_run_with_everything_saved_and_r_goes_on(tmp_path: Path) -> None:
    studio = create_studio(tmp_path / "ink")
    render_book(studio.sketchbooks, RenderSettings(pages=4, height=(420, 420)))
    art = studio.sketchbooks / "sb01" / "art"
    for number in range(5, 30):  # so many that the run has not ended before the key is pressed, however slow the screen
        with Image.open(art / f"{number % 4 + 1:03}.jpg") as page:  # turned: a copy would be passed over
            page.transpose(Image.Transpose(number // 4 % 7)).save(art / f"{number:03}.jpg")
    write_text(studio.preparation / "settings.toml", '[engine]\nscheduler = "serial"\n')
    async with Monoline(studio.folder).run_test(size=(120, 36)) as pilot:
        await at_the_list(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, PrepareScreen)

        def told() -> str:
            return str(screen.query_one("#stages", Static).content)

        await pilot.press("r")
        await comes(pilot, lambda: "trace ▶ " in told())
        await pilot.press("s")
        await comes(pilot, lambda: "stopp" in told())
        await comes(pilot, lambda: not screen.running)
        assert "stopped; r goes on" in told()
        assert "trace ■ " in told()
        assert "dataset ✓" not in told()
        assert not list(studio.datasets.iterdir())
        traced = {path: path.stat().st_mtime_ns for path in studio.drawings.rglob("*.svg")}
        await pilot.press("r")
        await comes(pilot, lambda: pilot.app.screen.query_one(Gallery).display)
        assert "stopped" not in told()
        assert "dataset ✓" in told()
        assert {path: path.stat().st_mtime_ns for path in traced} == traced


async def test_a_dataset_that_is_out_of_date_says_so(scanned: Path) -> None:
    told = json.loads((scanned / "scripted-list.json").read_text())
    (scanned / "scripted-list.json").write_text(json.dumps({**told, "fresh": False}))
    stages = [{"name": name, "done": 9, "skipped": 0} for name in ("find", "trace", "select", "dataset")]
    events = [Started(at=1.0, what="x"), Changed(at=2.0, state="dataset")]
    write_run(scanned / "preparation", {}, [*events, Finished(at=3.0, result={"stages": stages})])
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        await at_the_list(pilot)
        line = pilot.app.screen.query_one("#stages", Static)
        await comes(pilot, lambda: "dataset ✓ 9   something has changed since; r brings it up" in str(line.content))


async def test_b_turns_from_a_dataset_to_the_scans_and_back(scanned: Path) -> None:
    write_collection(scanned / "datasets" / "stars.npz", {"train": [Entry(star(5))]})
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        await at_the_list(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, PrepareScreen)
        await comes(pilot, lambda: screen.query_one(Gallery).display)
        await pilot.press("b")
        await settled(pilot)
        assert screen.query_one("#scans").display
        screen.query_one("#books", OptionList).focus()
        await pilot.press("down", "enter", "b")
        await settled(pilot)
        assert screen.query_one(Gallery).display
        await pilot.press("b")
        await settled(pilot)
        assert screen.book == "sb02"


async def test_keys_that_are_pressed_before_the_studio_is_open_are_done_then(
    scanned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[dict[str, str]] = []
    really = Monoline.open_studio
    monkeypatch.setattr(PrepareScreen, "start", lambda _, arguments: started.append(arguments))
    monkeypatch.setattr(Monoline, "open_studio", lambda _: None)
    for key, happened in (
        ("r", lambda: started == [{}]),
        ("w", lambda: isinstance(pilot.app.screen, PointsScreen)),
        ("a", lambda: isinstance(pilot.app.screen, PathDialog)),
    ):
        async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
            await settled(pilot)
            await pilot.press(key)
            await settled(pilot)
            assert not happened()
            really(pilot.app)
            await comes(pilot, happened)


async def test_a_run_that_is_wanted_before_there_are_scans_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = Monoline.open_studio
    monkeypatch.setattr(Monoline, "open_studio", lambda _: None)
    async with Monoline(tmp_path / "ink").run_test(size=(120, 36)) as pilot:
        await pilot.press("r")
        really(pilot.app)
        await settled(pilot)
        assert "There are no scans yet; a adds some." in notes(pilot)


async def test_a_run_without_scans_is_not_offered(tmp_path: Path) -> None:
    async with Monoline(tmp_path / "ink").run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("r", "w", "s")
        await settled(pilot)
        assert not (tmp_path / "ink" / "preparation" / "run.json").exists()


async def test_the_cut_that_was_chosen_is_kept_before_the_dataset_is_written(
    scanned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[dict[str, str]] = []
    monkeypatch.setattr(PrepareScreen, "start", lambda _, arguments: started.append(arguments))
    async with Monoline(scanned).run_test(size=(80, 24)) as pilot:
        await at_the_list(pilot)
        await pilot.press("w")
        await comes(pilot, lambda: isinstance(pilot.app.screen, PointsScreen))
        await pilot.press("right", "right", "w")
        await comes(pilot, lambda: started)
        assert started == [{"from": "select"}]
        assert json.loads((scanned / "scripted-settings.json").read_text())["cut"] == 0.07


@pytest.mark.parametrize("width", [1, 5, 12])
async def test_a_histogram_with_no_room_for_its_words_is_without(width: int) -> None:
    class Small(App[None]):
        def compose(self) -> ComposeResult:
            yield Histogram([20, 30, 30, 40])

    async with Small().run_test(size=(width, 6)) as pilot:
        await pilot.pause()
        assert max(map(len, screen_text(pilot.app).splitlines())) <= width
