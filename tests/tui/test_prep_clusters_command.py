from __future__ import annotations

from pathlib import Path

import pytest
from commands import Capture, refused, told
from PIL import Image
from shelved import put_on_shelf, thumbnail

from prep.catalog import open_catalog
from prep.clusters import cluster
from prep.decisions import favour_scans, tell_book
from prep.piles import Of
from prep.settings import read_settings
from studio.folder import Studio, create_studio, open_studio

KIND = ["drawing"] * 6 + ["watercolor"] * 4 + ["notes"] * 3


@pytest.fixture
def prep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A studio whose scans were looked at, and the words that a command begins with."""

    def at_once(studio: Studio, of: Of) -> None:
        shelf = read_settings(studio).shelf
        with open_catalog(studio) as catalog:
            cluster(catalog, of, shelf.clusters, shelf.seed)

    monkeypatch.setattr("tui.commands.prep_clusters.run_sorting", at_once)
    studio = create_studio(tmp_path / "studio")
    with open_catalog(studio) as catalog:
        for scan in put_on_shelf(catalog, {"sb01": KIND, "sb02": KIND}):
            catalog.db.execute("UPDATE looks SET thumbnail = ? WHERE scan = ?", (thumbnail(scan), scan))
        favour_scans(catalog, [2], True)
        tell_book(catalog, "sb02", began="2019-03")
    return ["--studio", str(studio.folder), "prep"]


def test_scans_are_clustered_named_moved_and_all_that_undone(prep: list[str], capsys: Capture, tmp_path: Path) -> None:
    assert "no clusters of scans" in refused(capsys, [*prep, "clusters"], 1)
    sheet = tmp_path / "sheet.png"
    found = told(capsys, [*prep, "clusters", "-k", "3", "--sheet", str(sheet)])
    assert [each["size"] for each in found["clusters"]] == [12, 8, 6]
    assert {page[:4] for page in found["clusters"][0]["near"]} <= {"sb01", "sb02"}
    with Image.open(sheet) as image:
        assert image.height > image.width / 8
    assert read_settings(open_studio(Path(prep[1]))).shelf.clusters == 3
    assert told(capsys, [*prep, "label", "0", "2", "0_drawings"])["clusters"][1]["label"] == "0_drawings"
    assert "they are 0 to 2" in refused(capsys, [*prep, "label", "7", "x"], 1)
    assert "numbers of clusters" in refused(capsys, [*prep, "label", "0_drawings"], 2)
    assert told(capsys, [*prep, "move", "sb01p001", "sb02/001", "4_covers"])["moved"] == ["sb01/001", "sb02/001"]
    assert len(told(capsys, [*prep, "find", "label:drawings"])["scans"]) == 16
    again = told(capsys, [*prep, "clusters", "--seed", "4"])
    assert [each["label"] for each in again["clusters"]] == ["0_drawings", None, "0_drawings"]
    assert len(told(capsys, [*prep, "find", "label:4_covers"])["scans"]) == 2
    assert told(capsys, [*prep, "undo"])["undone"] == "2 scans to 4_covers"
    assert told(capsys, [*prep, "find", "label:4_covers"])["scans"] == []


def test_what_is_like_a_page_is_found_and_told_by_book(prep: list[str], capsys: Capture, tmp_path: Path) -> None:
    told(capsys, [*prep, "clusters", "-k", "3"])
    found = told(capsys, [*prep, "similar", "sb01/001", "-n", "3", "--sheet", str(tmp_path / "like.png")])
    assert len(found["similar"]) == 3
    assert (tmp_path / "like.png").exists()
    told(capsys, [*prep, "label", "0", "0_drawings"])
    assert [each["name"] for each in told(capsys, [*prep, "find", "0_drawings", "fav"])["scans"]] == [
        "sb01/art/002.jpg"
    ]
    assert len(told(capsys, [*prep, "find", "label:0_drawings", "no:fav"])["scans"]) == 11
    books = told(capsys, [*prep, "timeline", "0_drawings"])["books"]
    assert [(each["book"], each["found"], each["from"]) for each in books] == [
        ("sb01", 6, None),
        ("sb02", 6, "2019-03"),
    ]
    assert sum(each["found"] for each in told(capsys, [*prep, "timeline", "like:sb01p001"])["books"]) == 13
    assert "There is no colour:" in refused(capsys, [*prep, "find", "colour:red"], 1)
    out = tmp_path / "out"
    assert told(capsys, [*prep, "projector", str(out)])["scans"] == 26
    assert "exists" in refused(capsys, [*prep, "projector", str(out)], 1)
    told(capsys, [*prep, "projector", str(out), "--force"])
