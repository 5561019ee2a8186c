from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sketchbooks import filled_studio, put_red_tag

from prep.catalog import open_catalog
from prep.decisions import tag_scans
from prep.engine import EngineSettings
from prep.leaving import copy_catalog, settle_private
from prep.pipeline import run_stages
from prep.select import SelectSettings
from prep.settings import DatasetSettings, PrepSettings
from studio.archive import studio_files
from studio.folder import Studio, create_studio
from studio.runs import prepare_run

SETTINGS = PrepSettings(
    engine=EngineSettings(scheduler="serial"), select=SelectSettings(cut=0), dataset=DatasetSettings(valid=0.25)
)


@pytest.fixture
def studio(tmp_path: Path, told_scans: list[Path]) -> Studio:
    studio = filled_studio(tmp_path / "s", 5)
    run_stages(studio, SETTINGS)
    return studio


def test_private_scans_and_what_was_made_of_them_stay(studio: Studio) -> None:
    run, other = studio.runs / "one", studio.runs / "other"
    for folder in (run, other):
        folder.mkdir()
    (run / "data.npz").write_bytes((studio.datasets / "sketchbooks.npz").read_bytes())
    with open_catalog(studio) as catalog:
        (number,) = (row["id"] for row in catalog.rows("SELECT id FROM scans WHERE name = 'sb01/art/002.png'"))
        tag_scans(catalog, [number], "private")
    put_red_tag(studio.sketchbooks / "sb01/art/003.png")  # since the last look
    added = studio.sketchbooks / "sb01/art/009.png"
    added.write_bytes(b"scan")
    put_red_tag(added)  # of which the catalog has never heard
    (studio.sketchbooks / "sb01/Priv").mkdir()
    (studio.drawings / "sb01/002.corrections.jsonl").write_text("x")
    staying = settle_private(studio)
    for name in (
        "sketchbooks/sb01/art/002.png", "sketchbooks/sb01/art/003.png",
        "sketchbooks/sb01/art/009.png", "sketchbooks/sb01/Priv",
        "sketchbooks/sb01/Priv/001.png", "drawings/sb01/002.corrections.jsonl", "runs/one",
    ):  # fmt: skip
        assert staying.holds(name), name
    for name in ("sketchbooks/sb01/art/001.png", "sketchbooks/sb01/private-view.png", "runs/other", "studio.toml"):
        assert not staying.holds(name), name
    assert any("runs/one stays here" in each for each in staying.told)
    assert any("taken out of" in each for each in staying.told)
    assert not list(studio.drawings.glob("sb01/00[23]*.svg"))
    assert list(studio.drawings.glob("sb01/001*.svg"))


def test_what_leaves_names_no_private_scan(studio: Studio, tmp_path: Path) -> None:
    prepare_run(studio.preparation, "prep.pipeline:prepare", {"scans": ["art/002.png"]})
    for name in ("log.txt", "naming/sb01.plan"):
        (studio.preparation / name).parent.mkdir(exist_ok=True)
        (studio.preparation / name).write_text("art/002.png")
    skipped = [{"name": f"sb01/{page}", "reason": "can't be read"} for page in ("002", "0021")]
    (studio.preparation / "find.json").write_text(json.dumps({"skipped": skipped}))
    (studio.datasets / "old.md").write_text("sb01/002-1: too short\nsb01/003-1: too long\n")
    for name in ("002.tif", "0021.png", "README"):
        (studio.sketchbooks / "sb01/art" / name).write_bytes(b"other")
    with open_catalog(studio) as catalog:
        rows = catalog.rows("SELECT id FROM scans WHERE page = 'sb01/002'")
        tag_scans(catalog, [row["id"] for row in rows], "private")
    before = json.loads((studio.preparation / "dataset.json").read_bytes())
    staying = settle_private(studio)
    files = {
        name: staying.without(name, path, tmp_path / "scratch").read_bytes()
        for name, path in studio_files(studio.folder, staying.holds)
        if name != "catalog.sqlite"
    }
    for name, data in files.items():
        assert not re.search(rb"sb01/(art/)?002\b", data), name
    for name in ("sketchbooks/sb01/art/0021.png", "sketchbooks/sb01/art/README", "preparation/stages.json"):
        assert name in files
    for name in ("sketchbooks/sb01/art/002.tif", "preparation/run.json", "preparation/naming/sb01.plan"):
        assert name not in files
    assert json.loads(files["preparation/find.json"])["skipped"] == skipped[1:]
    assert files["datasets/old.md"] == b"sb01/003-1: too long\n"
    pages = json.loads(files["preparation/dataset.json"])["pages"]
    assert pages == {page: split for page, split in before["pages"].items() if page != "sb01/002"}
    assert (studio.datasets / "old.md").read_text().startswith("sb01/002-1")  # here all stays as it was


def test_without_private_scans_all_leaves_as_it_is(studio: Studio, tmp_path: Path) -> None:
    prepare_run(studio.preparation, "prep.pipeline:prepare")
    (studio.sketchbooks / "sb01/README").write_bytes(b"read me")
    put_red_tag(studio.sketchbooks / "sb01/README")  # a name without an ending is like no other
    staying = settle_private(studio)
    left = dict(studio_files(studio.folder, staying.holds))
    assert dict(studio_files(studio.folder)).keys() - left.keys() == {"preparation/run.json", "sketchbooks/sb01/README"}
    (studio.sketchbooks / "sb01/README").unlink()
    staying = settle_private(studio)
    for name, path in studio_files(studio.folder):
        assert not staying.holds(name), name
        assert staying.without(name, path, tmp_path / "scratch") == path


def test_the_catalog_s_copy_knows_nothing_of_private_scans_unless_it_is_to(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = sqlite3.connect

    def careless(path: Path, **how: Any) -> sqlite3.Connection:
        """As SQLite is built on many systems: what is deleted stays in the file."""
        copy = connect(path, **how)
        copy.execute("PRAGMA secure_delete = OFF")
        return copy

    with open_catalog(studio) as catalog:
        (number,) = (row["id"] for row in catalog.rows("SELECT id FROM scans WHERE name = 'sb01/art/002.png'"))
        tag_scans(catalog, [number], "private")
        settle_private(studio)
        monkeypatch.setattr("prep.leaving.sqlite3.connect", careless)
        copy_catalog(studio, tmp_path / "without", with_private=False)  # while it is open, and in WAL
        copy_catalog(studio, tmp_path / "with", with_private=True)
        monkeypatch.undo()
    assert b"art/002.png" not in (tmp_path / "without").read_bytes()
    for name, count in (("without", 4), ("with", 5)):
        with sqlite3.connect(tmp_path / name) as copy:
            assert copy.execute("SELECT count(*) FROM scans").fetchone() == (count,)
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert copy.execute("PRAGMA foreign_key_check").fetchall() == []
        copy.close()
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["with", "without"]


def test_a_studio_without_a_catalog_has_its_red_tags_looked_at(tmp_path: Path) -> None:
    studio = create_studio(tmp_path / "s")
    scan = studio.sketchbooks / "sb01" / "001.png"
    scan.parent.mkdir()
    scan.write_bytes(b"scan")
    put_red_tag(scan)
    assert settle_private(studio).holds("sketchbooks/sb01/001.png")
    assert not studio.catalog.exists()
