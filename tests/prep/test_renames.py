from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sketchbooks import filled_studio, put_red_tag, put_scan, wave

from prep import ledger, renames, stages
from prep.catalog import open_catalog
from prep.corrections import Correction
from prep.decisions import favour_scans, label_drawings, label_scans, tag_scans, tell_book
from prep.engine import EngineSettings
from prep.errors import PrepError
from prep.finding import find, refresh
from prep.moves import Moves
from prep.naming import Naming, propose
from prep.pages import correct, find_scan, report_of
from prep.pipeline import run_stages, status
from prep.privacy import forget_scans
from prep.renames import move_scans, name_scans, recover, undo_names, undo_newest
from prep.settings import PrepSettings, read_settings
from studio.errors import StudioBusy, StudioError
from studio.events import Event, Progress
from studio.files import write_bytes
from studio.folder import Studio


def loose_studio(folder: Path) -> Studio:
    """A studio with a book of three scans as they came from the scanner, traced."""
    studio = filled_studio(folder, 0)
    for number, name in enumerate(("Scan 1.png", "Scan 2.png", "ä 🎨.png"), 1):
        put_scan(studio, f"book 7/{name}", [wave(turns=number / 2)], [wave(turns=number, top=700)])
    run_stages(studio, read_settings(studio), last="trace")
    return studio


def scans(studio: Studio) -> dict[str, tuple[str, str | None]]:
    """Names on the shelf, with the page and the label by hand of each."""
    with open_catalog(studio) as catalog:
        find(catalog, studio)
        rows = catalog.rows("SELECT name, page, CASE WHEN by_hand THEN label END AS label FROM shelf ORDER BY place")
    return {row["name"]: (row["page"], row["label"]) for row in rows}


def drawn(studio: Studio) -> list[str]:
    return sorted(path.relative_to(studio.drawings).as_posix() for path in studio.drawings.rglob("*.*"))


def traced(studio: Studio) -> tuple[int, int]:
    told = {each["name"]: each for each in status(studio, read_settings(studio))["stages"]}
    return told["trace"]["done"], told["trace"]["todo"]


def number(studio: Studio, name: str) -> int:
    with open_catalog(studio) as catalog:
        return catalog.rows("SELECT id FROM scans WHERE name = ?", (name,))[0]["id"]


PLAN = [Naming("Scan 1.png", 2), Naming("Scan 2.png", 1), Naming("ä 🎨.png", 75, "--faces", "notes")]


def test_what_belongs_to_a_scan_goes_with_it(tmp_path: Path, told_scans: list[Path]) -> None:
    studio = loose_studio(tmp_path)
    before = drawn(studio)
    correct(studio, find_scan(studio, "book 7/Scan 1"), Correction(kind="check", at=(1, 2)))
    (studio.sketchbooks / "book 7/._Scan 1.png").write_bytes(b"tags")
    with open_catalog(studio) as catalog:
        label_scans(catalog, [number(studio, "book 7/Scan 1.png")], "1_watercolors")
        tell_book(catalog, "book 7", cover="book 7/Scan 2.png")
        row = number(studio, "book 7/Scan 1.png")
        catalog.db.execute("INSERT INTO drawings (name, scan, key) VALUES ('book 7/Scan 1-2', ?, '')", (row,))
        label_drawings(catalog, ["book 7/Scan 1-2"], "patterns")
        ids = {name: number(studio, name) for name in ("book 7/Scan 1.png", "book 7/ä 🎨.png")}
    name_scans(studio, "book 7", PLAN)
    assert scans(studio) == {
        "book 7/art/001.png": ("book 7/001", None),
        "book 7/art/002.png": ("book 7/002", "1_watercolors"),
        "book 7/notes/075--faces.png": ("book 7/notes/075--faces", None),
    }
    assert number(studio, "book 7/art/002.png") == ids["book 7/Scan 1.png"]
    assert (studio.sketchbooks / "book 7/art/._002.png").read_bytes() == b"tags"
    assert drawn(studio) == [
        *("book 7/001-1.svg", "book 7/001-2.svg", "book 7/001.json"),
        *("book 7/002-1.svg", "book 7/002-2.svg", "book 7/002.corrections.jsonl", "book 7/002.json"),
        *(f"book 7/notes/075--faces{ending}" for ending in ("-1.svg", "-2.svg", ".json")),
    ]
    assert report_of(studio, find_scan(studio, "book 7/2")).drawings[1].file == "002-2.svg"  # pyright: ignore[reportOptionalMemberAccess]
    assert traced(studio) == (1, 0), "nothing is out of date; notes and watercolours are not traced"
    with open_catalog(studio) as catalog:
        assert [tuple(row) for row in catalog.rows("SELECT name, label FROM drawings")] == [
            ("book 7/002-2", "patterns")
        ]
        assert catalog.rows("SELECT cover FROM books")[0]["cover"] == "book 7/art/001.png"
        assert str(undo_newest(catalog, studio)) == "book 7: 3 scans renamed"
    assert sorted(path.name for path in (studio.sketchbooks / "book 7").iterdir()) == [
        *("._Scan 1.png", "Scan 1.png", "Scan 2.png", "ä 🎨.png")
    ]
    assert {name: number(studio, name) for name in ids} == ids
    assert drawn(studio) == sorted([*before, "book 7/Scan 1.corrections.jsonl"])
    assert scans(studio)["book 7/Scan 1.png"] == ("book 7/Scan 1", "1_watercolors")
    assert traced(studio) == (2, 0)
    assert undo_names(studio, "book 7") is None


def test_scans_that_stay_loose_keep_what_is_theirs(tmp_path: Path, told_scans: list[Path]) -> None:
    studio = loose_studio(tmp_path)
    correct(studio, find_scan(studio, "book 7/Scan 2"), Correction(kind="check", at=(1, 2)))
    name_scans(studio, "book 7", PLAN[:1])
    assert scans(studio)["book 7/Scan 2.png"] == ("book 7/loose/Scan 2", None)
    assert [name for name in drawn(studio) if "Scan 2" in name] == [
        f"book 7/loose/Scan 2{ending}" for ending in ("-1.svg", "-2.svg", ".corrections.jsonl", ".json")
    ]


def test_a_page_that_becomes_private_leaves_nothing_and_comes_back(tmp_path: Path, told_scans: list[Path]) -> None:
    studio = loose_studio(tmp_path)
    with open_catalog(studio) as catalog:
        row = number(studio, "book 7/Scan 1.png")
        label_scans(catalog, [row], "0_drawings")
        catalog.db.execute("INSERT INTO looks VALUES (?, '', 1, 1, ?, ?, ?)", (row, b"d" * 32, b"THUMB" * 99, b"f"))
        catalog.db.execute("INSERT INTO vectors VALUES (?, 's', '', ?)", (row, b"VECTOR" * 99))
    name_scans(studio, "book 7", [Naming("Scan 1.png", 1, "", "private")])
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("catalog.sqlite*"))
    assert b"THUMB" not in kept
    assert b"VECTOR" not in kept
    assert not [name for name in drawn(studio) if "Scan 1" in name or "001" in name]
    assert "book 7/priv/001.png" not in scans(studio)
    assert (studio.sketchbooks / "book 7/priv/001.png").exists()
    undo_names(studio, "book 7")
    assert scans(studio)["book 7/Scan 1.png"] == ("book 7/Scan 1", "0_drawings")
    run_stages(studio, read_settings(studio), last="trace")
    assert traced(studio) == (3, 0)


def test_a_page_that_takes_the_name_of_one_that_becomes_private(tmp_path: Path, told_scans: list[Path]) -> None:
    studio = loose_studio(tmp_path)
    private = (studio.drawings / "book 7/Scan 1-1.svg").read_bytes()
    move_scans(studio, {"book 7/Scan 1.png": "book 7/priv/1.png", "book 7/Scan 2.png": "book 7/Scan 1.png"}, "two")
    texts = {path.name: path.read_bytes() for path in (studio.drawings / "book 7").iterdir()}
    assert sorted(name for name in texts if "Scan" in name) == ["Scan 1-1.svg", "Scan 1-2.svg", "Scan 1.json"]
    assert private not in texts.values()
    assert list(scans(studio)) == ["book 7/Scan 1.png", "book 7/ä 🎨.png"]
    assert traced(studio) == (2, 0)


def test_a_private_tag_takes_away_what_was_made(tmp_path: Path, told_scans: list[Path]) -> None:
    studio = loose_studio(tmp_path)
    write_bytes(studio.preparation / "selected.npz", b"lines")
    with open_catalog(studio) as catalog:
        row = number(studio, "book 7/Scan 1.png")
        catalog.db.execute("INSERT INTO looks VALUES (?, '', 1, 1, ?, ?, ?)", (row, b"d" * 32, b"THUMB" * 99, b"f"))
        tag_scans(catalog, [row], "private")
        forget_scans(catalog, studio, [row])
        assert not catalog.rows("SELECT scan FROM looks UNION SELECT scan FROM traces WHERE scan = ?", (row,))
    assert not (studio.preparation / "selected.npz").exists()
    assert len(drawn(studio)) == 6
    with open_catalog(studio) as catalog:
        undo_newest(catalog, studio)
    run_stages(studio, read_settings(studio), last="trace")
    assert traced(studio) == (3, 0)


def test_a_red_tag_of_the_finder_takes_away_what_was_made(tmp_path: Path, told_scans: list[Path]) -> None:
    studio = loose_studio(tmp_path)
    put_red_tag(studio.sketchbooks / "book 7/Scan 1.png")
    assert "book 7/Scan 1.png" not in scans(studio)
    assert not [name for name in drawn(studio) if "Scan 1" in name]
    assert len(drawn(studio)) == 6


def test_a_scan_that_was_put_into_priv_leaves_nothing(tmp_path: Path, told_scans: list[Path]) -> None:
    studio = loose_studio(tmp_path)
    (studio.sketchbooks / "book 7/priv").mkdir()
    (studio.sketchbooks / "book 7/Scan 1.png").rename(studio.sketchbooks / "book 7/priv/Scan 1.png")
    (studio.sketchbooks / "book 7/Scan 2.png").rename(tmp_path / "elsewhere.png")
    assert "book 7/Scan 1.png" not in scans(studio)
    assert not [name for name in drawn(studio) if "Scan 1" in name]
    assert len(drawn(studio)) == 6, "what is merely gone may come back"


def test_what_was_traced_before_the_catalog_of_a_private_scan_goes(tmp_path: Path, told_scans: list[Path]) -> None:
    studio = loose_studio(tmp_path)
    for path in studio.folder.glob("catalog.sqlite*"):
        path.unlink()
    put_red_tag(studio.sketchbooks / "book 7/Scan 1.png")
    assert "book 7/Scan 1.png" not in scans(studio)
    assert not [name for name in drawn(studio) if "Scan 1" in name]


def test_a_scan_that_becomes_private_while_it_is_traced_leaves_nothing(
    tmp_path: Path, told_scans: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = filled_studio(tmp_path, 2)
    before = stages.trace_apart

    def trace(order: dict[str, Any]) -> Any:
        report = before(order)
        with open_catalog(studio) as catalog:
            tag_scans(catalog, [1], "private")
        return report

    monkeypatch.setattr(stages, "trace_apart", trace)
    run_stages(studio, PrepSettings(engine=EngineSettings(scheduler="serial")), last="trace")
    assert not [name for name in drawn(studio) if "001" in name]
    assert [name for name in drawn(studio) if "002" in name]


def test_what_is_private_again_after_an_undo_leaves_nothing(tmp_path: Path, told_scans: list[Path]) -> None:
    studio = loose_studio(tmp_path)
    row = number(studio, "book 7/Scan 1.png")
    with open_catalog(studio) as catalog:
        tag_scans(catalog, [row], "private")
        tag_scans(catalog, [row], None)
        undo_newest(catalog, studio)
    assert not [name for name in drawn(studio) if "Scan 1" in name]


def test_a_red_tag_is_seen_before_a_scan_is_shown(tmp_path: Path) -> None:
    studio = filled_studio(tmp_path, 2)
    put_red_tag(studio.sketchbooks / "sb01/art/001.png")
    with open_catalog(studio) as catalog:
        refresh(catalog, studio)
        assert [row["page"] for row in catalog.rows("SELECT page FROM shelf")] == ["sb01/002"]


def test_a_red_tag_that_came_since_is_seen_before_a_scan_is_traced(tmp_path: Path, told_scans: list[Path]) -> None:
    studio = filled_studio(tmp_path, 3)
    put_red_tag(studio.sketchbooks / "sb01/art/003.png")
    with open_catalog(studio) as catalog:
        refresh(catalog, studio)
        tag_scans(catalog, [3], "art")  # which counts more
    run_stages(studio, read_settings(studio), last="find")

    def tag(event: Event) -> None:
        if isinstance(event, Progress):
            put_red_tag(studio.sketchbooks / "sb01/art/001.png")

    run_stages(studio, read_settings(studio), first="trace", last="trace", on_event=tag)
    assert [path.name for path in told_scans] == ["002.png", "003.png"]
    assert list(scans(studio)) == ["sb01/art/002.png", "sb01/art/003.png"]
    put_red_tag(studio.sketchbooks / "sb01/art/002.png")
    with pytest.raises(PrepError, match="is no scan"):
        find_scan(studio, "sb01/2")
    assert not [name for name in drawn(studio) if "002" in name]


def test_nothing_is_renamed_if_one_can_not_be(tmp_path: Path, told_scans: list[Path]) -> None:
    studio = loose_studio(tmp_path)
    before = scans(studio)
    with pytest.raises(PrepError, match=r"Nothing was renamed: ä 🎨\.png: is to be 002"):
        name_scans(studio, "book 7", [*PLAN[:2], Naming("ä 🎨.png", 2)])
    assert scans(studio) == before


def test_a_catalog_that_can_not_be_written_leaves_the_files(
    tmp_path: Path, told_scans: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = loose_studio(tmp_path)
    before = scans(studio)

    def full(*_: object) -> None:
        raise StudioError("catalog.sqlite can't be written: the disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "_rename_rows", full)
        with pytest.raises(StudioError, match="full"):
            name_scans(studio, "book 7", PLAN)
    assert scans(studio) == before
    assert traced(studio) == (3, 0)


def test_a_rename_that_was_interrupted_is_noted_once(
    tmp_path: Path, told_scans: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = loose_studio(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(Moves, "close", lambda _moves: None)  # as if the process were killed before it
        name_scans(studio, "book 7", PLAN)
    assert recover(studio) == "book 7: 3 scans renamed was interrupted, and finished now"
    assert recover(studio) == ""
    assert list(scans(studio)) == ["book 7/art/001.png", "book 7/art/002.png", "book 7/notes/075--faces.png"]
    with open_catalog(studio) as catalog:
        assert len(catalog.rows("SELECT * FROM decisions")) == 1


def test_the_next_look_at_a_studio_finishes_what_was_interrupted(
    tmp_path: Path, told_scans: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = loose_studio(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(renames, "note_rename", lambda *_: None)
        patch.setattr(Moves, "close", lambda _moves: None)
        name_scans(studio, "book 7", PLAN)
    assert list(scans(studio)) == ["book 7/art/001.png", "book 7/art/002.png", "book 7/notes/075--faces.png"]
    with open_catalog(studio) as catalog:
        favour_scans(catalog, [number(studio, "book 7/art/001.png")], True)
        assert json.loads(catalog.rows("SELECT value FROM decisions ORDER BY id")[0]["value"])["names"]
    assert undo_names(studio, "book 7") is not None


def test_the_name_of_a_scan_that_went_is_free_again(tmp_path: Path, told_scans: list[Path]) -> None:
    studio = loose_studio(tmp_path)
    (studio.sketchbooks / "book 7/Scan 2.png").unlink()
    assert "book 7/Scan 2.png" not in scans(studio)
    move_scans(studio, {"book 7/Scan 1.png": "book 7/Scan 2.png"}, "one")
    assert list(scans(studio)) == ["book 7/Scan 2.png", "book 7/ä 🎨.png"]
    assert sorted(name for name in drawn(studio) if "Scan 2" in name and "~" not in name) == [
        *("book 7/Scan 2-1.svg", "book 7/Scan 2-2.svg", "book 7/Scan 2.json")
    ]


def test_two_processes_do_not_rename_at_once(
    tmp_path: Path, told_scans: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = loose_studio(tmp_path)
    one_writer = renames.one_writer
    monkeypatch.setattr(renames, "one_writer", lambda path, wait_s=0.0: one_writer(path, wait_s=0.05))
    code = (
        "import sys\nfrom pathlib import Path\nfrom studio.lock import one_writer\n"
        "with one_writer(Path(sys.argv[1])):\n    print('held', flush=True)\n    sys.stdin.read()"
    )
    lock = studio.preparation / "renames.lock"
    other = subprocess.Popen([sys.executable, "-c", code, lock], stdin=-1, stdout=-1, text=True)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(StudioBusy, match="another process"):
            name_scans(studio, "book 7", PLAN)
    finally:
        other.communicate("")
    assert "book 7/Scan 1.png" in scans(studio)
    name_scans(studio, "book 7", propose(studio.sketchbooks / "book 7"))
    assert next(iter(scans(studio))) == "book 7/art/001.png"
