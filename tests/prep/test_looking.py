from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from sketchbooks import put_red_tag

from prep import embed
from prep.catalog import open_catalog
from prep.clusters import list_clusters, name_clusters
from prep.decisions import label_scans
from prep.embed import embed_scans
from prep.engine import EngineSettings
from prep.glance import Glance
from prep.pipeline import run_stages, status
from prep.render.book import render_book
from prep.render.settings import RenderSettings
from prep.settings import PrepSettings
from prep.shelf import ShelfSettings, list_shelf, values
from prep.stage import Outcome
from prep.vision import Seen
from studio.events import Event, Progress
from studio.folder import Studio, create_studio

SETTINGS = PrepSettings(engine=EngineSettings(scheduler="serial"), shelf=ShelfSettings(clusters=2, drawing_clusters=2))
ASKED = values(SETTINGS.shelf, SETTINGS.trace)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages of a watercolour and of drawings, small."""
    folder = tmp_path_factory.mktemp("books")
    for first, kind in ((1, "drawing"), (2, "watercolor")):
        render_book(folder, RenderSettings(pages=3, height=(420, 420), first_book=first, seed=first, kinds=(kind,)))
    return folder


@pytest.fixture
def studio(shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Studio:
    """A studio with these, whose scans no network sees: loading one takes longer than all the rest."""
    studio = create_studio(tmp_path / "s")
    for book in ("sb01", "sb02"):
        shutil.copytree(shelf / book, studio.sketchbooks / book)

    def see(studio: Studio, catalog: Any, *given: Any, **named: Any) -> Seen:
        return Seen(embed_scans(studio, catalog, ()), None)

    monkeypatch.setattr("prep.vision.see", see)
    return studio


def run(studio: Studio, **more: Any) -> dict[str, tuple[int, int]]:
    outcome: Outcome = run_stages(studio, SETTINGS, **more)
    return {stage.name: (stage.done, stage.fresh) for stage in outcome.stages}


def labels(studio: Studio) -> dict[str, tuple[str | None, str]]:
    with open_catalog(studio) as catalog:
        return {scan.page: (scan.label, scan.state) for scan in list_shelf(catalog, ASKED)}


def test_scans_are_sorted_once_asked_for_and_what_comes_later_is_put_to_them(studio: Studio, shelf: Path) -> None:
    late = studio.sketchbooks / "sb02/art/003.jpg"
    late.unlink()
    assert run(studio, last="sort") == {"find": (5, 5), "look": (5, 5), "sort": (0, 0)}
    assert run(studio, last="sort", sorting="scans") == {"find": (5, 0), "look": (5, 0), "sort": (5, 5)}
    with open_catalog(studio) as catalog:
        colours = next(each.number for each in list_clusters(catalog, "scans") if each.size == 2)
        name_clusters(catalog, "scans", [colours], "1_watercolors")
        name_clusters(catalog, "scans", [1 - colours], "0_drawings")
    shutil.copy(shelf / "sb02/art/003.jpg", late)
    assert run(studio, last="trace")["sort"] == (6, 1)
    assert labels(studio) == {
        **{f"sb01/{number:03}": ("0_drawings", "traced") for number in (1, 2, 3)},
        **{f"sb02/{number:03}": ("1_watercolors", "aside") for number in (1, 2, 3)},
    }
    figures = {each["name"]: (each["done"], each["todo"]) for each in status(studio, SETTINGS)["stages"]}
    assert (figures["look"], figures["sort"], figures["trace"]) == ((6, 0), (6, 0), (3, 0))


def test_sorting_anew_moves_nothing_that_a_hand_has_moved(studio: Studio) -> None:
    run(studio, last="sort", sorting="scans")
    with open_catalog(studio) as catalog:
        (scan,) = catalog.rows("SELECT id FROM scans WHERE page = 'sb01/002'")[0]
        label_scans(catalog, [scan], "2_notes")
    assert run(studio, last="sort", sorting="scans")["sort"] == (6, 6)
    assert labels(studio)["sb01/002"] == ("2_notes", "aside")
    assert labels(studio)["sb01/001"] == (None, "new")


def test_drawings_under_another_label_are_not_learnt_from(studio: Studio) -> None:
    run(studio, last="trace")
    done = run(studio, first="sift", last="sift", sorting="drawings")["sift"]
    assert done[0] == done[1] > 2
    with open_catalog(studio) as catalog:
        few = min(list_clusters(catalog, "drawings"), key=lambda each: each.size)
        name_clusters(catalog, "drawings", [few.number], "1_patterns")
    outcome = run_stages(studio, SETTINGS)
    chosen = next(stage for stage in outcome.stages if stage.name == "select")
    before = next(each for each in status(studio, SETTINGS)["stages"] if each["name"] == "select")
    assert (chosen.done + chosen.skipped, before["todo"]) == (done[0], 0)
    assert chosen.skipped >= few.size
    with open_catalog(studio) as catalog:
        name_clusters(catalog, "drawings", [few.number], None)
    assert next(each for each in status(studio, SETTINGS)["stages"] if each["name"] == "select")["todo"] == 1


def test_a_red_tag_that_came_since_is_seen_before_a_scan_is_looked_at(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(studio, last="find")
    read: list[str] = []

    def glance(path: Path, **more: Any) -> Glance:
        read.append(path.relative_to(studio.sketchbooks).as_posix())
        return embed_glance(path, **more)

    embed_glance = embed.glance
    monkeypatch.setattr(embed, "glance", glance)

    def tag(event: Event) -> None:
        if isinstance(event, Progress):
            put_red_tag(studio.sketchbooks / "sb01/art/001.jpg")

    assert run(studio, first="look", last="look", on_event=tag)["look"] == (5, 5)
    assert "sb01/art/001.jpg" not in read
    assert "sb01/001" not in labels(studio)
