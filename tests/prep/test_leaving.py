from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sketchbooks import filled_studio, put_red_tag

from prep.catalog import open_catalog
from prep.decisions import tag_scans
from prep.engine import EngineSettings
from prep.leaving import copy_catalog, settle_private
from prep.pipeline import run_stages
from prep.select import SelectSettings
from prep.settings import DatasetSettings, PrepSettings
from studio.folder import Studio, create_studio

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


def test_the_catalog_s_copy_knows_nothing_of_private_scans_unless_it_is_to(studio: Studio, tmp_path: Path) -> None:
    with open_catalog(studio) as catalog:
        (number,) = (row["id"] for row in catalog.rows("SELECT id FROM scans WHERE name = 'sb01/art/002.png'"))
        tag_scans(catalog, [number], "private")
        settle_private(studio)
        copy_catalog(studio, tmp_path / "without", with_private=False)  # while it is open, and in WAL
        copy_catalog(studio, tmp_path / "with", with_private=True)
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
