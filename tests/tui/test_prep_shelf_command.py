"""``monoline prep name``, ``tag`` and ``sort``, as a person uses them."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import Capture, refused, told
from sketchbooks import filled_studio, put_scan, wave

from prep.catalog import open_catalog
from prep.decisions import label_scans
from prep.pipeline import run_stages
from prep.settings import read_settings
from studio.folder import Studio
from tui.main import run


@pytest.fixture
def studio(tmp_path: Path, told_scans: list[Path]) -> Studio:
    studio = filled_studio(tmp_path / "s", 2)
    for number, name in enumerate(("Scan 1.png", "Scan 2.png", "ä 🎨.png"), 4):
        put_scan(studio, f"Rom 2019/{name}", [wave(turns=number)])
    run_stages(studio, read_settings(studio, ["engine.scheduler=serial"]), last="trace")
    return studio


def prep(studio: Studio, *arguments: str | Path) -> list[str]:
    return ["--studio", str(studio.folder), "prep", *map(str, arguments)]


def books(studio: Studio, book: str) -> list[str]:
    folder = studio.sketchbooks / book
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_book_is_named_by_way_of_a_table_and_back(capsys: Capture, studio: Studio, tmp_path: Path) -> None:
    plan = tmp_path / "plan.tsv"
    before = books(studio, "Rom 2019")
    proposal = told(capsys, prep(studio, "name", "Rom 2019", "--plan", plan))
    assert [each["to"] for each in proposal["plan"]] == ["art/001.png", "art/002.png", "art/003.png"]
    assert books(studio, "Rom 2019") == before, "a proposal changes nothing"
    assert "exists; name another" in refused(capsys, prep(studio, "name", "Rom 2019", "--plan", plan), 1)
    plan.write_text(plan.read_text().replace("003\t\tart", "75v2\t\tnotes"))
    told(capsys, prep(studio, "name", "Rom 2019", "--number", "48", "--from", "2019-3", "--to", "2019"))
    done = told(capsys, prep(studio, "name", "sb48", "--apply", plan))
    assert done["renamed"]["Rom 2019/ä 🎨.png"] == "Rom 2019/notes/075v2.png"
    assert books(studio, "Rom 2019") == ["art/001.png", "art/002.png", "notes/075v2.png"]
    cover = told(capsys, prep(studio, "name", "48", "--cover", "sb48p75v2"))
    assert list(cover.values()) == ["Rom 2019", 48, "2019-03", "2019", "Rom 2019/notes/075v2.png"]
    told(capsys, prep(studio, "name", "Rom 2019", "--undo"))
    assert books(studio, "Rom 2019") == before
    assert "no renaming of Rom 2019" in refused(capsys, prep(studio, "name", "Rom 2019", "--undo"), 1)


def test_a_proposal_is_read_and_accepted(capsys: Capture, studio: Studio) -> None:
    assert run(prep(studio, "name", "Rom 2019")) == 0
    out = capsys.readouterr().out
    assert "Scan 2.png  002   art/002.png" in out
    assert "--accept" in out
    assert len(told(capsys, prep(studio, "name", "Rom 2019", "--accept"))["renamed"]) == 3
    assert told(capsys, prep(studio, "name", "Rom 2019"))["plan"] == []


def test_what_is_in_the_way_is_told_and_nothing_is_renamed(capsys: Capture, studio: Studio, tmp_path: Path) -> None:
    plan = tmp_path / "plan.tsv"
    plan.write_text("file\tpage\nScan 1.png\t1\nScan 2.png\t1\n")
    said = refused(capsys, prep(studio, "name", "Rom 2019", "--apply", plan), 1)
    assert "Nothing was renamed: Scan 2.png: is to be 001 like Scan 1.png" in said
    assert "Scan 1.png" in books(studio, "Rom 2019")
    assert "There is no sketchbook 9" in refused(capsys, prep(studio, "name", "9"), 1)
    assert "say one of" in refused(capsys, prep(studio, "name", "sb01", "--undo", "--accept"), 2)


def test_scans_are_tagged_and_a_private_one_leaves_nothing(capsys: Capture, studio: Studio) -> None:
    scan = "Rom 2019/Scan 1.png"
    assert (studio.drawings / "Rom 2019/Scan 1-1.svg").exists()
    result = told(capsys, prep(studio, "tag", scan, "sb1p2", "private"))
    assert result["scans"] == [
        {"name": "Rom 2019/Scan 1.png", "tag": "private", "favourite": False},
        {"name": "sb01/art/002.png", "tag": "private", "favourite": False},
    ]
    assert not list(studio.drawings.glob("Rom 2019/Scan 1*"))
    assert told(capsys, prep(studio, "status"))["stages"][0]["done"] == 3
    assert told(capsys, prep(studio, "tag", scan, "private", "--off"))["scans"][0]["tag"] == "art"
    path = studio.sketchbooks / "sb01/art/002.png"
    assert told(capsys, prep(studio, "tag", path, "private", "--off"))["scans"][0]["tag"] == "art"
    assert told(capsys, prep(studio, "tag", scan, "favourite"))["scans"][0]["favourite"] is True
    assert told(capsys, prep(studio, "tag", scan, "favourite", "--off"))["scans"][0]["favourite"] is False
    run_stages(studio, read_settings(studio, ["engine.scheduler=serial"]), last="trace")
    assert (studio.drawings / "Rom 2019/Scan 1-1.svg").exists(), "it is back"
    assert "is no tag" in refused(capsys, prep(studio, "tag", scan, "red"), 2)
    assert "is no scan" in refused(capsys, prep(studio, "tag", "sb01/none", "notes"), 1)


def test_scans_are_copied_or_moved_by_label(capsys: Capture, studio: Studio, tmp_path: Path) -> None:
    with open_catalog(studio) as catalog:
        for end, label in (("sb01/art/001", "0_drawings"), ("sb01/art/002", "2_notes")):
            label_scans(catalog, [catalog.rows("SELECT id FROM scans WHERE name = ?", (f"{end}.png",))[0]["id"]], label)
    assert told(capsys, prep(studio, "sort", tmp_path / "out"))["copied"] == 2
    assert (tmp_path / "out/0_drawings/sb01p001.png").exists()
    assert told(capsys, prep(studio, "sort", "--move"))["moved"] == {"sb01/art/002.png": "sb01/notes/002.png"}
    assert books(studio, "sb01") == ["art/001.png", "notes/002.png"]
    told(capsys, prep(studio, "name", "sb01", "--undo"))
    assert books(studio, "sb01") == ["art/001.png", "art/002.png"]
    assert "--move" in refused(capsys, prep(studio, "sort"), 2)
