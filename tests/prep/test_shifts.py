from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from sketchbooks import filled_studio, put_scan, wave

from prep import finding, shifts
from prep.catalog import open_catalog
from prep.corrections import Correction
from prep.decisions import label_drawings, label_scans, tag_scans, tell_book
from prep.engine import EngineSettings
from prep.finding import find, refresh
from prep.pages import correct, corrections_of, find_scan, report_of
from prep.pipeline import run_stages
from prep.renames import move_scans, undo_newest
from prep.settings import PrepSettings
from prep.sketchbook import Found
from studio.folder import Studio

SETTINGS = PrepSettings(engine=EngineSettings(scheduler="serial"))


@pytest.fixture
def studio(tmp_path: Path, told_scans: list[Path]) -> Studio:
    """A book of three traced scans, each with a label by hand, the second with a corrected and a labelled drawing."""
    studio = filled_studio(tmp_path / "s", 3)
    run_stages(studio, SETTINGS, last="trace")
    correct(studio, find_scan(studio, "sb01/002"), Correction(kind="check", at=(1, 2)))
    with open_catalog(studio) as catalog:
        for number in (1, 2, 3):
            label_scans(catalog, [number], f"{number}_label")
        catalog.db.execute("INSERT INTO drawings (name, scan, key) VALUES ('sb01/002-1', 2, '')")
        label_drawings(catalog, ["sb01/002-1"], "patterns")
        tell_book(catalog, "sb01", cover="sb01/art/002.png")
    told_scans.clear()
    return studio


def shift(studio: Studio, **names: str) -> None:
    """Rename scans as in the Finder, one after another: ``_3="art/004"``."""
    for old, new in names.items():
        path, target = studio.sketchbooks / f"sb01/art/00{old[1:]}.png", studio.sketchbooks / f"{new}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)


def labels(studio: Studio) -> dict[str, str | None]:
    """What a refresh alone makes known."""
    with open_catalog(studio) as catalog:
        refresh(catalog, studio)
        rows = catalog.rows("SELECT name, CASE WHEN by_hand THEN label END AS label FROM shelf ORDER BY place")
    return {row["name"]: row["label"] for row in rows}


def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(path: Path) -> str:
        raise AssertionError(f"{path} was read")

    for module in (shifts, finding):
        monkeypatch.setattr(module, "file_sha256", read)


def test_all_that_belongs_to_scans_follows_numbers_that_are_shifted_by_hand(
    studio: Studio, told_scans: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing = (studio.drawings / "sb01/002-1.svg").read_bytes()
    shift(studio, _3="sb01/art/004", _2="sb01/art/003", _1="sb01/art/002")
    with monkeypatch.context() as patch:
        unread(patch)
        assert labels(studio) == {f"sb01/art/00{number}.png": f"{number - 1}_label" for number in (2, 3, 4)}
    put_scan(studio, "sb01/art/001.png", [wave(turns=9)])
    run_stages(studio, SETTINGS, last="trace")
    assert [path.name for path in told_scans] == ["001.png"]
    assert [len(corrections_of(studio, find_scan(studio, f"sb01/{number}"))) for number in (2, 3)] == [0, 1]
    assert (studio.drawings / "sb01/003-1.svg").read_bytes() == drawing
    report = report_of(studio, find_scan(studio, "sb01/3"))
    assert report is not None
    assert (report.page, report.scan, report.drawings[0].file) == ("sb01/003", "sb01/art/003.png", "003-1.svg")
    with open_catalog(studio) as catalog:
        rows = catalog.rows("SELECT drawings.name, scans.name, drawings.label FROM drawings JOIN scans ON scan = id")
        assert [tuple(row) for row in rows] == [("sb01/003-1", "sb01/art/003.png", "patterns")]
        assert catalog.rows("SELECT cover FROM books")[0]["cover"] == "sb01/art/003.png"


def test_scans_may_be_swapped_and_go_to_other_parts_and_books(studio: Studio, told_scans: list[Path]) -> None:
    shift(studio, _1="sb01/art/009", _2="sb01/art/001")
    (studio.sketchbooks / "sb01/art/009.png").rename(studio.sketchbooks / "sb01/art/002.png")
    assert labels(studio) == {
        "sb01/art/001.png": "2_label",
        "sb01/art/002.png": "1_label",
        "sb01/art/003.png": "3_label",
    }
    shift(studio, _1="sb02/art/001", _2="sb01/notes/7")
    assert labels(studio) == {
        "sb01/art/003.png": "3_label",
        "sb01/notes/7.png": "1_label",
        "sb02/art/001.png": "2_label",
    }
    run_stages(studio, SETTINGS, last="trace")
    assert told_scans == []
    assert len(corrections_of(studio, find_scan(studio, "sb02/001"))) == 1
    with open_catalog(studio) as catalog:
        assert catalog.rows("SELECT cover FROM books WHERE name = 'sb01'")[0]["cover"] is None


def test_what_was_decided_before_scans_were_moved_by_hand_is_undone_where_they_are(studio: Studio) -> None:
    art = studio.sketchbooks / "sb01/art"
    shift(studio, _2="sb01/art/004")
    labels(studio)
    with open_catalog(studio) as catalog:
        undo_newest(catalog, studio)
        assert catalog.rows("SELECT cover FROM books")[0]["cover"] is None
    move_scans(studio, {"sb01/art/001.png": "sb01/art/011.png", "sb01/art/003.png": "sb01/art/013.png"}, "moved")
    for old, new in ((11, 99), (13, 11), (99, 13)):
        (art / f"{old:03}.png").rename(art / f"{new:03}.png")
    assert labels(studio)["sb01/art/011.png"] == "3_label"
    with open_catalog(studio) as catalog:
        assert str(undo_newest(catalog, studio)) == "moved"
    assert labels(studio) == {
        "sb01/art/001.png": "1_label",
        "sb01/art/003.png": "3_label",
        "sb01/art/004.png": "2_label",
    }


def test_a_better_scan_of_the_same_name_is_the_same_and_a_copy_is_another(studio: Studio) -> None:
    put_scan(studio, "sb01/art/001.png", [wave(turns=44)])
    shutil.copy2(studio.sketchbooks / "sb01/art/002.png", studio.sketchbooks / "sb01/art/005.png")
    assert labels(studio) == {
        **{f"sb01/art/00{number}.png": f"{number}_label" for number in (1, 2, 3)},
        "sb01/art/005.png": None,
    }


def test_content_tells_scans_apart_whose_sizes_and_times_do_not(studio: Studio) -> None:
    for number in (1, 2):  # as uncompressed ones from a card
        path = put_scan(studio, f"sb01/art/00{number}.png", [wave(turns=number)])
        path.write_text(path.read_text().ljust(9000))
        os.utime(path, ns=(10**18, 10**18))
    with open_catalog(studio) as catalog:
        find(catalog, studio)
    shift(studio, _2="sb01/art/004", _1="sb01/art/005")
    assert labels(studio) == {
        "sb01/art/003.png": "3_label",
        "sb01/art/004.png": "2_label",
        "sb01/art/005.png": "1_label",
    }
    os.utime(studio.sketchbooks / "sb01/art/003.png")  # copied and deleted, which gives another time
    shift(studio, _3="sb01/art/006")
    assert labels(studio)["sb01/art/006.png"] == "3_label"


def test_a_private_scan_is_private_wherever_it_goes_and_is_not_read(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_catalog(studio) as catalog:
        tag_scans(catalog, [2], "private")
    shift(studio, _3="sb01/art/004", _2="sb01/art/003")
    unread(monkeypatch)
    assert labels(studio) == {"sb01/art/001.png": "1_label", "sb01/art/004.png": "3_label"}


def test_what_is_put_into_priv_while_others_close_the_gap_leaves_nothing_and_comes_back(studio: Studio) -> None:
    shift(studio, _2="sb01/priv/two", _3="sb01/art/002")
    assert labels(studio) == {"sb01/art/001.png": "1_label", "sb01/art/002.png": "3_label"}
    with open_catalog(studio) as catalog:
        find(catalog, studio)
    left = sorted(path.name for path in (studio.drawings / "sb01").iterdir() if path.suffix in (".svg", ".json"))
    assert left == ["001-1.svg", "001.json", "002-1.svg", "002.json"]
    (studio.sketchbooks / "sb01/priv/two.png").rename(studio.sketchbooks / "sb01/art/003.png")
    assert labels(studio)["sb01/art/003.png"] == "2_label"
    assert len(corrections_of(studio, find_scan(studio, "sb01/003"))) == 1


def test_what_goes_to_priv_takes_nothing_from_a_scan_that_has_its_page_by_now(studio: Studio) -> None:
    path = studio.sketchbooks / "sb01/art/001.png"
    path.rename(studio.folder / "elsewhere.png")
    put_scan(studio, "sb01/art/001.bmp", [wave(turns=9)])
    run_stages(studio, SETTINGS, last="trace")
    (studio.sketchbooks / "sb01/priv").mkdir()
    (studio.folder / "elsewhere.png").rename(studio.sketchbooks / "sb01/priv/001.png")
    drawing = (studio.drawings / "sb01/001-1.svg").read_bytes()
    with open_catalog(studio) as catalog:
        find(catalog, studio)
        assert catalog.one("SELECT 1 FROM traces WHERE scan = 1") is None
    assert (studio.drawings / "sb01/001-1.svg").read_bytes() == drawing


def test_a_new_scan_in_the_place_of_one_that_went_to_priv_is_another(studio: Studio) -> None:
    shift(studio, _2="sb01/priv/two")
    put_scan(studio, "sb01/art/002.png", [wave(turns=44)])
    assert labels(studio)["sb01/art/002.png"] is None


def test_a_rename_by_another_process_while_scans_are_looked_for_is_not_taken_for_a_move_back(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, moves = finding.find_scans, [{"sb01/art/003.png": "sb01/art/007.png", "sb01/art/001.png": "sb01/art/003.png"}]

    def find_scans(sketchbooks: Path) -> Found:
        found = look(sketchbooks)
        while moves:
            move_scans(studio, moves.pop(), "2 scans moved")
        return found

    monkeypatch.setattr(finding, "find_scans", find_scans)
    there = {"sb01/art/002.png": "2_label", "sb01/art/003.png": "1_label", "sb01/art/007.png": "3_label"}
    assert labels(studio) == there
    with open_catalog(studio) as catalog:
        assert len(catalog.rows("SELECT 1 FROM scans")) == 3
    assert (studio.drawings / "sb01/007-1.svg").exists()


def test_what_only_a_hash_can_tell_is_told_once_all_are_read(studio: Studio) -> None:
    for number in (7, 8):
        shutil.copy(studio.sketchbooks / "sb01/art/002.png", studio.sketchbooks / f"sb01/art/00{number}.png")
        os.utime(studio.sketchbooks / f"sb01/art/00{number}.png", ns=(number * 10**18, number * 10**18))
    (studio.sketchbooks / "sb01/art/002.png").unlink()
    assert labels(studio)["sb01/art/007.png"] is None
    with open_catalog(studio) as catalog:
        find(catalog, studio)
    assert labels(studio)["sb01/art/007.png"] == "2_label"
    assert len(corrections_of(studio, find_scan(studio, "sb01/007"))) == 1
