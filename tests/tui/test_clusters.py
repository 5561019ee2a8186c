"""Clusters: named by one key each, errors moved, merged, sorted anew; drawings, a map, duplicates, a timeline."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from plot_screens import notes
from scanned_studio import at_the_list, scanned
from screens import comes, screen_text
from textual.pilot import Pilot
from textual.widgets import Input, Static

from studio.events import Changed, Finished, Progress, Started
from studio.runs import Run, State
from tui.app import Monoline
from tui.follower import News
from tui.screens.clusters import ClustersScreen
from tui.screens.duplicates import DuplicatesScreen
from tui.screens.map import MapScreen
from tui.screens.scan import ScanScreen
from tui.screens.shelf import ShelfScreen
from tui.screens.sorting import SortingScreen, SortTold
from tui.screens.timeline import TimelineScreen, bar
from tui.widgets.dialog import ListDialog
from tui.widgets.dot_map import DotMap

Golden = Callable[[str, str], None]
SIZES = [(80, 24), (120, 36), (200, 60)]

__all__ = ["scanned"]


async def at_the_clusters(pilot: Pilot[None]) -> ClustersScreen:
    await at_the_list(pilot)
    await pilot.press("c")
    await comes(pilot, lambda: isinstance(pilot.app.screen, ClustersScreen) and pilot.app.screen.items)
    screen = pilot.app.screen
    assert isinstance(screen, ClustersScreen)
    await comes(pilot, lambda: not screen.thumbnails.unseen())
    return screen


def shelf_of(pilot: Pilot[None]) -> ShelfScreen:
    screen = pilot.app.screen
    assert isinstance(screen, ShelfScreen)
    return screen


def decided(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / "scripted-shelf.jsonl").read_text().splitlines()
    return [told for line in lines if (told := json.loads(line))["do"] == "decide"]


def words(screen: ClustersScreen, name: str) -> str:
    return str(screen.query_one(f"#clusters-{name}", Static).content)


@pytest.mark.parametrize("size", SIZES)
async def test_a_cluster_is_shown_with_the_nearest_to_its_middle(
    scanned: Path, golden: Golden, size: tuple[int, int]
) -> None:
    async with Monoline(scanned).run_test(size=size) as pilot:
        screen = await at_the_clusters(pilot)
        assert len(screen.thumbnails.in_view) == screen.thumbnails.total  # those of 16 and fewer are all in view
        golden(f"clusters-{size[0]}x{size[1]}.txt", screen_text(pilot.app))


async def test_a_digit_names_a_cluster_and_goes_on_to_the_next_without_a_name(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        screen = await at_the_clusters(pilot)
        await pilot.press("n")
        assert "0-9 name cluster 1: 0_drawings" in words(screen, "state")
        await pilot.press("1")
        await comes(pilot, lambda: screen.clusters.clusters[1].label == "1_watercolors")
        assert screen.cluster is not None
        assert screen.cluster.number == 2
        await pilot.press("2")
        await comes(pilot, lambda: screen.clusters.clusters[2].label == "2_notes")
        assert screen.cluster.number == 3
        assert [told["numbers"] for told in decided(scanned)] == [[1], [2]]
        await pilot.press("ctrl+z")
        await comes(pilot, lambda: not screen.clusters.clusters[2].label)
        await pilot.press("p", "p")
        await comes(pilot, lambda: "1_watercolors" in words(screen, "told"))
        await pilot.press("n", "n")
        await pilot.press("enter")
        await comes(pilot, lambda: isinstance(pilot.app.screen, ListDialog))
        await pilot.press("down", "down", "down", "enter")
        await comes(pilot, lambda: screen.clusters.clusters[3].label == "3_badscans")


async def test_many_clusters_are_named_without_waiting_for_any(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        screen = await at_the_clusters(pilot)
        await pilot.press("n")
        for digit in (1, 2, 3):
            screen.action_label(digit)  # all before the screen has shown any
        await comes(pilot, (scanned / "scripted-shelf.jsonl").exists)
        await comes(pilot, lambda: [told["numbers"] for told in decided(scanned)] == [[1], [2], [3]])
        await comes(pilot, lambda: "All have names. x shows the farthest first" in notes(pilot))
        assert notes(pilot).count("ctrl+z takes it back") <= 1  # the newest alone
        assert [each.label[:1] for each in screen.clusters.clusters] == ["0", "1", "2", "3"]


async def test_what_was_clustered_anew_meanwhile_is_shown_and_not_named(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        screen = await at_the_clusters(pilot)
        (scanned / "clustered-anew").touch()
        await pilot.press("n", "1")
        await comes(pilot, lambda: screen.clusters.id == 2)
        assert screen.clusters.clusters[1].label == ""
        await comes(pilot, lambda: "clustered anew" in screen_text(pilot.app))


async def test_x_shows_the_farthest_and_single_ones_are_moved(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        screen = await at_the_clusters(pilot)
        nearest = screen.items[0].page
        await pilot.press("x")
        await comes(pilot, lambda: screen.items[0].page != nearest)
        assert "farthest first" in words(screen, "title")
        last = screen.items[0].key
        await pilot.press("tab")
        assert "move sb03/" in words(screen, "state")
        await pilot.press("space", "right", "space", "1")
        await comes(pilot, lambda: screen.clusters.clusters[0].moved == 2)
        assert last not in {item.key for item in screen.items.values()}
        assert {key for told in decided(scanned) for key in told["keys"]} >= {last}
        assert all(told["what"] == "label" for told in decided(scanned))
        assert "2 moved by hand" in words(screen, "title")
        await pilot.press("ctrl+z")
        await comes(pilot, lambda: screen.clusters.clusters[0].moved == 0)
        await pilot.press("escape")
        assert screen.focused is screen.query_one("#clusters")


async def test_m_merges_and_s_shows_all_of_a_label(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        screen = await at_the_clusters(pilot)
        await pilot.press("n", "m")
        await comes(pilot, lambda: isinstance(pilot.app.screen, ListDialog))
        await pilot.press("enter")
        await comes(pilot, lambda: screen.clusters.clusters[1].label == "0_drawings")
        assert decided(scanned)[-1]["numbers"] == [0, 1]
        await pilot.press("s")
        await comes(pilot, lambda: isinstance(pilot.app.screen, ShelfScreen) and pilot.app.screen.items)
        assert pilot.app.screen.query_one(Input).value == 'label:"0_drawings"'
        assert {item.label for item in shelf_of(pilot).items.values()} == {"0_drawings"}


async def test_k_and_a_seed_are_kept_before_a_run_that_is_followed(
    scanned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[str, bool]] = []
    run = Run(scanned / "preparation")

    def start(screen: SortingScreen, *, anew: bool, again: bool = False) -> None:
        started.append((screen.clusters.of, anew))
        assert not again  # there is a scan that nobody has looked at
        stages = (Started(what="x"), Changed(state="look"), Progress(done=3, total=9, doing="looking at scan"))
        screen.post_message(SortTold(News(run, stages, State.RUNNING, first=True)))

    monkeypatch.setattr(SortingScreen, "start", start)
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        screen = await at_the_clusters(pilot)
        await pilot.press("k")
        pilot.app.screen.query_one(Input).value = "1"
        await pilot.press("enter")
        assert "There are 2 clusters at least" in screen_text(pilot.app)
        pilot.app.screen.query_one(Input).value = "24 7"
        await pilot.press("enter")
        await comes(pilot, lambda: started == [("scans", True)])
        lines = (scanned / "scripted-shelf.jsonl").read_text().splitlines()
        assert json.loads(lines[-1])["keep"] == {"clusters": 24, "seed": 7}
        await comes(pilot, lambda: "looking at scan 3 of 9" in words(screen, "words"))
        assert screen.check_action("sort", ()) is None
        screen.post_message(SortTold(News(run, (Finished(),), State.FINISHED, first=False)))
        await comes(pilot, lambda: "39 scans in 4 clusters" in words(screen, "words"))
        await pilot.press("R")  # what is new comes into these
        await comes(pilot, lambda: started[1:] == [("scans", False)])


async def test_drawings_are_turned_to_and_drawn_in_dots(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        screen = await at_the_clusters(pilot)
        await pilot.press("d")
        await comes(pilot, lambda: screen.clusters.of == "drawings" and len(screen.items) == 3)
        await comes(pilot, lambda: "⠁⠂⠄" in screen_text(pilot.app))
        await pilot.press("y")  # drawings have no tags
        assert not (scanned / "scripted-shelf.jsonl").exists()
        await pilot.press("1")
        await comes(pilot, lambda: decided(scanned))
        assert decided(scanned)[-1]["of"] == "drawings"


async def test_the_map_shows_all_and_the_scan_under_the_cursor(scanned: Path, golden: Golden) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        await at_the_clusters(pilot)
        await pilot.press("e")
        await comes(pilot, lambda: isinstance(pilot.app.screen, MapScreen) and pilot.app.screen.item is not None)
        screen = pilot.app.screen
        assert isinstance(screen, MapScreen)
        golden("map-120x36.txt", screen_text(pilot.app))
        await pilot.press("right", "down")
        await comes(pilot, lambda: screen.query_one(DotMap).cursor == 8)
        await comes(pilot, lambda: screen.item is not None and screen.item.key == screen.dots[8].key)
        dots, dot = screen.query_one(DotMap), screen.dots[30]
        place = round(dot.x * (2 * dots.size.width - 1)) // 2, round(dot.y * (4 * dots.size.height - 1)) // 4
        await pilot.click(DotMap, offset=place)
        await comes(pilot, lambda: screen.item is not None and screen.item.key == dot.key)
        await pilot.click(DotMap, offset=place, times=2)
        await comes(pilot, lambda: isinstance(pilot.app.screen, ShelfScreen))


async def test_a_click_shows_a_cluster_and_a_second_one_names_it_and_one_on_a_scan_opens_that(scanned: Path) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        screen = await at_the_clusters(pilot)
        await pilot.click("#clusters", offset=(6, 3))
        await comes(pilot, lambda: "2  no name yet" in words(screen, "title"))
        assert pilot.app.screen is screen
        await pilot.click("#clusters", offset=(6, 3), times=2)
        await comes(pilot, lambda: isinstance(pilot.app.screen, ListDialog))
        await pilot.press("escape")
        await pilot.click("#thumbs", offset=(5, 3), times=2)
        await comes(pilot, lambda: isinstance(pilot.app.screen, ScanScreen))


async def test_the_timeline_counts_by_book_and_leads_to_the_pages(scanned: Path, golden: Golden) -> None:
    async with Monoline(scanned).run_test(size=(80, 24)) as pilot:
        await at_the_list(pilot)
        await pilot.press("T")
        await comes(pilot, lambda: isinstance(pilot.app.screen, TimelineScreen) and pilot.app.screen.spans)
        golden("timeline-80x24.txt", screen_text(pilot.app))
        await pilot.press("s")
        assert "33%" in screen_text(pilot.app)
        await pilot.press("down", "enter")
        await comes(pilot, lambda: isinstance(pilot.app.screen, ShelfScreen) and pilot.app.screen.items)
        assert {item.book for item in shelf_of(pilot).items.values()} == {"sb02"}


def test_a_bar_is_never_nothing_for_something() -> None:
    assert [bar(share, 4) for share in (0, 0.001, 0.5, 0.53, 1)] == ["", "▏", "██", "██▏", "████"]


async def test_of_scans_that_are_nearly_the_same_one_is_put_aside(scanned: Path, golden: Golden) -> None:
    async with Monoline(scanned).run_test(size=(120, 36)) as pilot:
        await at_the_list(pilot)
        await pilot.press("v")
        await comes(pilot, lambda: isinstance(pilot.app.screen, ShelfScreen) and pilot.app.screen.items)
        await pilot.press("D")
        await comes(pilot, lambda: isinstance(pilot.app.screen, DuplicatesScreen) and len(pilot.app.screen.items) == 2)
        screen = pilot.app.screen
        assert isinstance(screen, DuplicatesScreen)
        await comes(pilot, lambda: not screen.thumbnails.unseen())
        golden("duplicates-120x36.txt", screen_text(pilot.app))
        await pilot.press("right", "o")
        await comes(pilot, lambda: len(screen.groups) == 1 and len(screen.items) == 3)
        assert decided(scanned)[-1]["keys"] == ["2"]
        assert decided(scanned)[-1]["value"] == "extra"
        assert "sb01/003 to extra   ctrl+z takes it back" in notes(pilot)
