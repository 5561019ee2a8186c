"""What the warm process answers about the shelf, from a real catalog."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from shelved import put_on_shelf
from sketchbooks import put_red_tag

from drawing.drawing import Drawing
from drawing.svg import write_svg
from prep.catalog import open_catalog
from prep.clusters import cluster
from prep.errors import PrepError
from prep.listing import told_books
from prep.settings import PrepSettings, read_settings
from prep.shelf_answers import answer
from studio.errors import RunError
from studio.folder import Studio, create_studio
from studio.lock import locked

KIND = ["drawing", "watercolor", "notes"] * 4


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """Two books of twelve loose scans each, looked at and sorted into three clusters; each has its file."""
    studio = create_studio(tmp_path / "ink")
    for book in ("sb01", "sb02"):
        (studio.sketchbooks / book).mkdir()
        for number in range(1, 13):
            Image.new("RGB", (90, 120), (255, 250, 10 * number)).save(studio.sketchbooks / book / f"{number:03}.jpg")
    with open_catalog(studio) as catalog:
        put_on_shelf(catalog, {"sb01": KIND, "sb02": KIND})
        with catalog.change() as db:
            db.execute("UPDATE scans SET name = replace(name, '/art/', '/'), part = ''")
        cluster(catalog, "scans", 3, 0)
    return studio


def ask(studio: Studio, do: str, **fields: Any) -> dict[str, Any]:
    """All replies in one."""
    told: dict[str, Any] = {}
    for each in answer(studio, {"do": do, **fields}):
        told |= each
    return told


def pages(told: dict[str, Any]) -> list[str]:
    return [each["page"] for each in told["items"]]


def test_scans_are_told_a_part_at_a_time(studio: Studio) -> None:
    told = ask(studio, "shelf", first=10, count=4)
    assert (told["total"], told["first"]) == (24, 10)
    assert pages(told) == ["sb01/011", "sb01/012", "sb02/001", "sb02/002"]
    assert ask(studio, "shelf", query="page:003", book="sb02")["total"] == 1
    assert "There is no colour: to search for." in ask(studio, "shelf", query="colour:red")["wrong"]


def test_what_is_like_a_page_comes_after_it_nearest_first(studio: Studio) -> None:
    told = ask(studio, "shelf", query='like:"sb01/002" book:sb02')
    assert len(told["items"]) == 12
    assert {page[-3:] for page in pages(told)[:4]} == {"002", "005", "008", "011"}
    distances = [each["distance"] for each in told["items"]]
    assert distances == sorted(distances)
    assert pages(ask(studio, "shelf", query="like:sb01p002"))[0] == "sb01/002"


def test_labels_tags_and_favourites_are_kept_at_once_and_taken_back(studio: Studio) -> None:
    words = ask(studio, "decide", what="label", keys=["1", "2"], value="5_portraits")["words"]
    assert words == "2 scans to 5_portraits"
    told = ask(studio, "shelf", query="label:5_portraits")
    assert [(each["key"], each["by_hand"]) for each in told["items"]] == [("1", True), ("2", True)]
    assert "5_portraits" in told["labels"]
    ask(studio, "decide", what="favourite", keys=["2"], value=True)
    assert [each["key"] for each in ask(studio, "shelf", query="favourite")["items"]] == ["2"]
    for _ in range(2):
        ask(studio, "undo_decision")
    assert ask(studio, "undo_decision")["words"] == ""
    assert ask(studio, "shelf", query="label:5_portraits")["total"] == 0


def test_a_copy_that_nobody_looks_at_is_a_duplicate_too_until_it_is_set_aside(studio: Studio) -> None:
    random = np.random.default_rng(1)
    with open_catalog(studio) as catalog, catalog.change() as db:
        for scan in range(1, 25):
            sha256 = f"s{scan}" if scan != 20 else "s7"
            db.execute("UPDATE scans SET sha256 = ? WHERE id = ?", (sha256, scan))
            look = (sha256, random.bytes(32), scan)
            db.execute("UPDATE looks SET sha256 = ?, dhash = ? WHERE scan = ?", look)
        db.execute("DELETE FROM looks WHERE scan = 20")
    (group,) = ask(studio, "duplicates")["groups"]
    assert group == {"keys": ["7", "20"], "words": "sb01/007 ≈ sb02/008"}
    ask(studio, "decide", what="tag", keys=["20"], value="extra")
    assert ask(studio, "duplicates")["groups"] == []


def test_a_private_scan_is_in_no_answer(studio: Studio) -> None:
    ask(studio, "decide", what="tag", keys=["1"], value="private")
    assert "sb01/001" not in pages(ask(studio, "shelf", count=99))
    assert ask(studio, "items", of="scans", keys=["1", "2"])["items"][0]["key"] == "2"
    assert ask(studio, "pictures", keys=["1"], columns=4, rows=4)["pictures"] == {"1": None}
    assert ask(studio, "leaf", book="sb01", file="001.jpg", columns=4, rows=4) == {"picture": None}
    assert "1" not in ask(studio, "map", of="scans")["keys"]
    members = [each["key"] for n in range(3) for each in ask(studio, "members", of="scans", number=n)["items"]]
    assert sorted(members, key=int) == [str(key) for key in range(2, 25)]
    with pytest.raises(PrepError, match="no page sb01/001"):
        ask(studio, "find", text="sb01/001")


def test_nothing_is_made_private_under_a_run_that_may_be_reading_it(studio: Studio) -> None:
    ask(studio, "decide", what="tag", keys=["1"], value="private")
    ask(studio, "decide", what="tag", keys=["1"], value="art")
    with locked(studio.preparation):
        with pytest.raises(RunError, match="running already"):
            ask(studio, "decide", what="tag", keys=["2"], value="private")
        with pytest.raises(RunError, match="running already"):
            ask(studio, "undo_decision")
        assert pages(ask(studio, "shelf", count=2)) == ["sb01/001", "sb01/002"]
        ask(studio, "decide", what="tag", keys=["2"], value="notes")
        assert "notes" in ask(studio, "undo_decision")["words"]
    ask(studio, "undo_decision")
    assert pages(ask(studio, "shelf", count=1)) == ["sb01/002"]


def test_pictures_fit_their_cells_and_come_from_the_file_where_nobody_looked_yet(studio: Studio) -> None:
    with open_catalog(studio) as catalog, catalog.change() as db:
        db.execute("DELETE FROM looks WHERE scan = 2")
        jpeg = io.BytesIO()
        Image.new("RGB", (128, 96), (200, 30, 30)).save(jpeg, "JPEG")
        db.execute("UPDATE looks SET thumbnail = ? WHERE scan = 3", (jpeg.getvalue(),))
    told = ask(studio, "pictures", keys=["2", "3"], columns=12, rows=8)["pictures"]
    assert told["2"][:2] == [12, 16]
    width, height, rgb = told["3"]
    assert (width, height) == (12, 9)
    assert abs(base64.b64decode(rgb)[0] - 200) < 6
    with open_catalog(studio) as catalog:
        catalog.db.execute("INSERT INTO drawings (name, scan, key) VALUES ('sb01/003-1', 3, '')")
    write_svg(studio.drawings / "sb01/003-1.svg", Drawing((np.array([[0.0, 0], [9, 9]]),)))
    asked = {"keys": ["3", "sb01/003-1"], "columns": 12, "rows": 8}
    assert None not in ask(studio, "pictures", **asked)["pictures"].values()
    put_red_tag(studio.sketchbooks / "sb01" / "003.jpg")  # since scans were found
    assert ask(studio, "pictures", **asked)["pictures"] == {"3": None, "sb01/003-1": None}
    (studio.sketchbooks / "sb01" / "002.jpg").write_bytes(b"torn")
    assert ask(studio, "pictures", keys=["2"], columns=12, rows=8)["pictures"] == {"2": None}


def test_clusters_are_named_merged_and_told_nearest_or_farthest_first(studio: Studio) -> None:
    ask(studio, "decide", what="cluster", keys=[], value="0_drawings", of="scans", numbers=[1])
    ask(studio, "decide", what="merge", keys=[], value="2_notes", of="scans", numbers=[0, 2])
    told = ask(studio, "clusters", of="scans")
    assert [(each["label"], each["size"]) for each in told["clusters"]] == [
        ("2_notes", 8),
        ("0_drawings", 8),
        ("2_notes", 8),
    ]
    near, far = (ask(studio, "members", of="scans", number=1, farthest=far)["items"] for far in (False, True))
    assert [each["key"] for each in near] == [each["key"] for each in reversed(far)]
    ask(studio, "decide", what="label", keys=[near[0]["key"]], value="2_notes")
    told = ask(studio, "clusters", of="scans")["clusters"][1]
    assert (told["size"], told["moved"]) == (7, 1)
    assert ask(studio, "members", of="scans", number=1, first=1, count=3)["total"] == 7


def test_a_number_of_clusters_and_a_seed_are_kept(studio: Studio) -> None:
    ask(studio, "sorting", of="scans", keep={"clusters": 24, "seed": 7})
    kept = read_settings(studio).shelf
    assert (kept.clusters, kept.seed) == (24, 7)


def test_the_plan_of_a_book_is_kept_until_all_is_renamed(studio: Studio) -> None:
    plan = ask(studio, "naming", book="sb01", by="name")["plan"]
    assert [each["page"] for each in plan] == list(range(1, 13))
    plan[0] |= {"page": 70, "seen": True}
    ask(studio, "keep_naming", book="sb01", plan=plan)
    assert ask(studio, "naming", book="sb01")["plan"][0]["page"] == 70
    plan[1]["page"] = 70
    assert "is to be 070 like" in ask(studio, "check_naming", book="sb01", plan=plan)["problems"][0]
    plan[1]["page"] = 2
    assert ask(studio, "rename", book="sb01", plan=plan)["words"] == "sb01: 12 scans renamed"
    assert (studio.sketchbooks / "sb01" / "art" / "070.jpg").exists()
    assert ask(studio, "naming", book="sb01")["plan"] == []
    assert ask(studio, "find", text="sb01p070")["path"].endswith("sb01/art/070.jpg")
    ask(studio, "undo_decision")
    assert (studio.sketchbooks / "sb01" / "001.jpg").exists()
    assert ask(studio, "naming", book="sb01")["plan"][0]["page"] == 70  # what was said is not lost


def test_what_a_person_tagged_goes_to_its_part_in_the_plan_of_a_book(studio: Studio) -> None:
    ask(studio, "decide", what="tag", keys=["1"], value="private")
    ask(studio, "decide", what="tag", keys=["2"], value="notes")
    plan = ask(studio, "naming", book="sb01")["plan"]
    assert [(each["tag"], each["key"]) for each in plan[:3]] == [("private", ""), ("notes", "2"), ("art", "3")]


def test_a_cover_is_told_by_its_page(studio: Studio) -> None:
    fields = {"number": 48, "began": "2019-03", "ended": None, "cover": "003"}
    told = ask(studio, "book", book="sb02", fields=fields)["book"]
    assert (told["number"], told["began"], told["cover"]) == (48, "2019-03", "003")
    assert ask(studio, "shelf_books")["books"][1]["cover"] == "sb02/003.jpg"
    assert ask(studio, "find", text="48/5")["page"] == "sb02/005"
    covers = ask(studio, "covers")
    assert (covers["total"], pages(covers)) == (2, ["sb01/001", "sb02/003"])
    assert covers["items"][1]["words"] == "12 scans, 2019-03"


def test_the_scans_of_one_book_are_listed_at_a_time(studio: Studio) -> None:
    told = told_books(studio, PrepSettings(), "sb02")
    assert {each["book"] for each in told["scans"]} == {"sb02"}
    assert [(each["name"], each["scans"]) for each in told["books"]] == [("sb01", 12), ("sb02", 12)]
    assert {each["book"] for each in told_books(studio, PrepSettings(), "nobody's")["scans"]} == {"sb01"}
