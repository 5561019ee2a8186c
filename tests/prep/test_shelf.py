from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sketchbooks import put_scan, told_scans, wave

from prep import finding
from prep.catalog import Catalog, open_catalog
from prep.clusters import name_clusters
from prep.corrections import Correction, keep_correction
from prep.decisions import (
    favour_scans,
    label_scans,
    newest,
    tag_scans,
    tell_book,
    undo,
)
from prep.engine import EngineSettings
from prep.errors import PrepError
from prep.finding import find, refresh
from prep.pages import corrections_path, find_scan
from prep.pipeline import run_stages
from prep.settings import PrepSettings
from prep.shelf import count_states, list_books, list_shelf, stale, values
from prep.sketchbook import ScanFile
from studio.folder import Studio, create_studio

__all__ = ["told_scans"]
SETTINGS = PrepSettings(engine=EngineSettings(scheduler="serial"))
ASKED = values(SETTINGS.shelf, SETTINGS.trace)


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """Two books: one sorted, one of loose scans."""
    studio = create_studio(tmp_path / "s")
    for number, part in ((1, "art"), (2, "art"), (10, "art"), (4, "notes"), (0, "cover"), (7, "xtra"), (8, "priv")):
        put_scan(studio, f"sb01/{part}/{number}.png", [wave(turns=number + 1)])
    put_scan(studio, "sb02/one.png", [wave(turns=30)])
    return studio


@pytest.fixture
def catalog(studio: Studio) -> Iterator[Catalog]:
    with open_catalog(studio) as catalog:
        find(catalog, studio)
        yield catalog


def ids(catalog: Catalog, *names: str) -> list[int]:
    return [catalog.rows("SELECT id FROM scans WHERE name = ?", (name,))[0]["id"] for name in names]


def cluster(catalog: Catalog, **numbers: int) -> None:
    """Put scans into clusters, by the last part of their names."""
    with catalog.change() as db:
        db.execute("INSERT INTO clusterings (of, space, k, seed, at) VALUES ('scans', '{}', 2, 0, 0)")
        (clustering,) = db.execute("SELECT max(id) FROM clusterings").fetchone()
        for number in sorted(set(numbers.values())):
            db.execute("INSERT INTO clusters (clustering, number, centroid) VALUES (?, ?, x'')", (clustering, number))
        for name, number in numbers.items():
            (scan,) = db.execute("SELECT id FROM scans WHERE name LIKE ?", (f"%/{name}.png",)).fetchone()
            db.execute("INSERT INTO members VALUES (?, ?, ?, 0.5, x'')", (clustering, str(scan), number))


def told(catalog: Catalog) -> dict[str, tuple[str, str | None, str]]:
    return {scan.name: (scan.tag, scan.label, scan.state) for scan in list_shelf(catalog, ASKED)}


def test_all_scans_but_private_ones_are_on_the_shelf_in_a_persons_order(catalog: Catalog) -> None:
    assert list(told(catalog).items()) == [
        ("sb01/art/1.png", ("art", None, "new")),
        ("sb01/art/2.png", ("art", None, "new")),
        ("sb01/art/10.png", ("art", None, "new")),
        ("sb01/cover/0.png", ("cover", None, "aside")),
        ("sb01/notes/4.png", ("notes", None, "aside")),
        ("sb01/xtra/7.png", ("extra", None, "aside")),
        ("sb02/one.png", ("art", None, "new")),
    ]
    assert [(book["name"], book["scans"], book["states"]) for book in list_books(catalog, ASKED)] == [
        ("sb01", 6, {"new": 3, "aside": 3}),
        ("sb02", 1, {"new": 1}),
    ]


def test_labels_say_what_is_traced_and_a_hand_has_the_last_word(catalog: Catalog) -> None:
    cluster(catalog, **{"1": 0, "2": 1, "10": 1, "4": 0, "one": 1})
    name_clusters(catalog, "scans", [0], "0_drawings")
    name_clusters(catalog, "scans", [1], "1_watercolors")
    assert [scan.page for scan in stale(catalog, ASKED)] == ["sb01/1"]  # notes are notes, whatever they look like
    label_scans(catalog, ids(catalog, "sb01/notes/4.png", "sb02/one.png"), "0_drawings")
    assert [scan.page for scan in stale(catalog, ASKED)] == ["sb01/1", "sb01/notes/4", "sb02/one"]
    cluster(catalog, **{"1": 0, "2": 0, "10": 0, "4": 0, "one": 1})  # another clustering, yet without names
    assert told(catalog)["sb02/one.png"][1] == "0_drawings"
    assert told(catalog)["sb01/art/2.png"][1] is None
    assert count_states(catalog, ASKED) == {"new": 5, "aside": 2}


def test_everything_decided_can_be_undone_in_turn(catalog: Catalog) -> None:
    before = told(catalog)
    cluster(catalog, **{"1": 0})
    decided = [
        label_scans(catalog, ids(catalog, "sb01/art/1.png"), "2_notes"),
        label_scans(catalog, ids(catalog, "sb01/art/1.png"), "0_drawings"),
        tag_scans(catalog, ids(catalog, "sb01/art/2.png", "sb01/art/10.png"), "extra"),
        favour_scans(catalog, ids(catalog, "sb01/art/1.png"), favourite=True),
        name_clusters(catalog, "scans", [0], "1_watercolors"),
        tell_book(catalog, "sb01", number=1, began="2019-03", ended=None),
    ]
    assert [str(each) for each in decided] == [
        "sb01/art/1.png to 2_notes",
        "sb01/art/1.png to 0_drawings",
        "2 scans tagged extra",
        "sb01/art/1.png a favourite",
        "cluster 0 of scans named 1_watercolors",
        "sb01: number 1, began 2019-03, ended None",
    ]
    assert favour_scans(catalog, ids(catalog, "sb01/art/1.png"), favourite=True) is None  # it was one
    assert (list_books(catalog, ASKED)[0]["began"], list_books(catalog, ASKED)[0]["favourites"]) == ("2019-03", 1)
    undone = [undo(catalog) for _ in decided]
    assert undone == decided[::-1]
    assert told(catalog) == before
    assert (undo(catalog), newest(catalog)) == (None, None)
    with pytest.raises(PrepError, match="name of a folder"):
        label_scans(catalog, ids(catalog, "sb01/art/1.png"), "../up")
    with pytest.raises(PrepError, match="There is no scan 99"):
        label_scans(catalog, [99], "2_notes")


def test_what_was_decided_of_a_scan_that_is_no_more_stands_in_the_way_of_no_undo(catalog: Catalog) -> None:
    favour_scans(catalog, ids(catalog, "sb01/art/1.png"), favourite=True)
    for label in ("2_notes", None):
        label_scans(catalog, ids(catalog, "sb02/one.png"), label)
    catalog.db.execute("DELETE FROM scans WHERE name = 'sb02/one.png'")
    assert [str(undo(catalog)) for _ in range(3)][-1] == "sb01/art/1.png a favourite"


def test_two_processes_may_find_a_scan_at_once(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    before = finding._stamp

    def stamp(scan: ScanFile) -> tuple[int, int, str]:
        monkeypatch.setattr(finding, "_stamp", before)
        with open_catalog(studio) as other:
            refresh(other, studio)
        return before(scan)

    monkeypatch.setattr(finding, "_stamp", stamp)
    with open_catalog(studio) as catalog:
        assert refresh(catalog, studio) == ()
        assert catalog.rows("SELECT count(*) FROM shelf")[0][0] == 7


def test_a_scan_that_becomes_private_is_gone_from_the_shelf_and_is_not_read(catalog: Catalog, studio: Studio) -> None:
    tag_scans(catalog, ids(catalog, "sb01/art/2.png"), "private")
    assert "sb01/art/2.png" not in told(catalog)
    path = put_scan(studio, "sb01/art/2.png", [wave(turns=77)])
    find(catalog, studio)
    assert catalog.rows("SELECT sha256 FROM scans WHERE name = 'sb01/art/2.png'")[0]["sha256"] == ""
    assert path.exists()


def test_a_catalog_that_was_lost_is_found_anew_from_what_lies_beside_the_scans(
    studio: Studio, told_scans: list[Path]
) -> None:
    run_stages(studio, SETTINGS)
    keep_correction(corrections_path(studio, find_scan(studio, "sb01/2")), Correction(kind="cut", at=(600, 600)))
    for path in studio.folder.glob("catalog.sqlite*"):
        path.unlink()
    told_scans.clear()
    run_stages(studio, SETTINGS)
    assert [path.name for path in told_scans] == ["2.png"]
    with open_catalog(studio) as catalog:
        assert catalog.rows("SELECT count(*) FROM traces")[0][0] == 4


def test_a_drawing_that_is_edited_or_lost_is_noticed_by_the_next_run(studio: Studio, told_scans: list[Path]) -> None:
    run_stages(studio, SETTINGS)
    told_scans.clear()
    svg = studio.drawings / "sb01/1-1.svg"
    svg.write_text(svg.read_text().replace("<svg", "<!-- by hand --><svg"))
    fresh = {stage.name: stage.fresh for stage in run_stages(studio, SETTINGS).stages}
    assert (fresh["trace"], told_scans) == (0, [])  # it is not traced over, and chosen from anew
    assert fresh["select"] > 0
    svg.unlink()
    (studio.drawings / "sb01/2.json").unlink()
    run_stages(studio, SETTINGS)
    assert sorted(path.name for path in told_scans) == ["1.png", "2.png"]
    assert svg.exists()
    assert json.loads((studio.preparation / "select.json").read_text())["done"] == 4
