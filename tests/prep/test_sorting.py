from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from sketchbooks import filled_studio, put_red_tag, put_scan

from prep import sorting
from prep.catalog import Catalog, open_catalog
from prep.decisions import label_scans, tag_scans, tell_book
from prep.errors import PrepError
from prep.finding import find
from prep.renames import undo_newest
from prep.sorting import copy_by_label, copy_names, move_by_label, part_of
from studio.folder import Studio


def labelled(studio: Studio, catalog: Catalog, **labels: str) -> None:
    """Give scans labels, by the ends of their names."""
    find(catalog, studio)
    for end, label in labels.items():
        rows = catalog.rows("SELECT id FROM scans WHERE name LIKE ?", (f"%{end}.png",))
        label_scans(catalog, [row["id"] for row in rows], label)


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    studio = filled_studio(tmp_path / "s", 3)
    put_scan(studio, "sb01/notes/004.png", [])
    put_scan(studio, "Zürich 🎨/001v2.png", [[[0, 1]]])
    return studio


def test_copies_lie_by_label_and_a_second_time_is_none(studio: Studio, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with open_catalog(studio) as catalog:
        labelled(
            studio, catalog, **{"001": "0_drawings", "002": "1_watercolors", "001v2": "0_drawings", "004": "2_notes"}
        )
        tell_book(catalog, "Zürich 🎨", number=48)
        done = copy_by_label(catalog, studio, out)
        assert files(out) == [
            *("0_drawings/sb01p001.png", "0_drawings/sb48p001v2.png"),
            *("1_watercolors/sb01p002.png", "2_notes/sb01p004.png", "labels.tsv"),
        ]
        assert (done.copied, done.skipped) == (4, [])
        assert (out / "0_drawings/sb01p001.png").read_bytes() == (studio.sketchbooks / "sb01/art/001.png").read_bytes()
        labelled(studio, catalog, **{"art/001": "1_watercolors", "003": "0_drawings"})
        again = copy_by_label(catalog, studio, out)
        assert (again.copied, again.already, again.moved, again.skipped) == (1, 3, 1, [])
        assert files(out)[:2] == ["0_drawings/sb01p003.png", "0_drawings/sb48p001v2.png"]
        assert "1_watercolors/sb01p001.png" in files(out)
        (out / "labels.tsv").unlink()  # as after a crash
        assert copy_by_label(catalog, studio, out).already == 5


def test_private_scans_are_never_copied(studio: Studio, tmp_path: Path) -> None:
    put_scan(studio, "sb01/priv/009.png", [])
    with open_catalog(studio) as catalog:
        labelled(studio, catalog, **{"001": "a", "002": "a", "003": "a"})
        tag_scans(catalog, [catalog.rows("SELECT id FROM scans WHERE name = 'sb01/art/001.png'")[0]["id"]], "private")
        for number in (2, 3):
            put_red_tag(studio.sketchbooks / f"sb01/art/00{number}.png")
        tag_scans(catalog, [catalog.rows("SELECT id FROM scans WHERE name = 'sb01/art/003.png'")[0]["id"]], "art")
        done = copy_by_label(catalog, studio, tmp_path / "out")
        assert catalog.one("SELECT 1 FROM shelf WHERE name = 'sb01/art/002.png'") is None
    assert files(tmp_path / "out") == ["a/sb01p003.png", "labels.tsv"]
    assert done.skipped == ["sb01/art/002.png: is tagged private in the Finder"]


def test_a_scan_with_a_red_tag_since_the_last_look_is_not_moved(studio: Studio) -> None:
    with open_catalog(studio) as catalog:
        labelled(studio, catalog, **{"001": "2_notes", "002": "2_notes"})
        put_red_tag(studio.sketchbooks / "sb01/art/002.png")
        moved, skipped = move_by_label(catalog, studio)
        assert moved.names == {"sb01/art/001.png": "sb01/notes/001.png"}
        assert skipped == ["sb01/art/002.png: is tagged private in the Finder"]
        assert catalog.one("SELECT 1 FROM shelf WHERE name = 'sb01/art/002.png'") is None


def test_nothing_is_overwritten_or_half_written(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    (out / "a").mkdir(parents=True)
    (out / "a/sb01p001.png").write_text("mine")
    with open_catalog(studio) as catalog:
        labelled(studio, catalog, **{"art/001": "a", "002": "a", "003": "a"})
        with monkeypatch.context() as patch:
            patch.setattr(sorting.shutil, "copyfile", _full_after(1))
            with pytest.raises(PrepError, match="No space left"):
                copy_by_label(catalog, studio, out)
        assert files(out) == ["a/sb01p001.png", "a/sb01p002.png", "labels.tsv"]
        done = copy_by_label(catalog, studio, out)
        assert (done.copied, done.already) == (1, 1)
        assert done.skipped == ["sb01/art/001.png: a/sb01p001.png is another file; nothing is overwritten"]
        assert (out / "a/sb01p001.png").read_text() == "mine"
        monkeypatch.setattr(sorting.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 10, 0))  # pyright: ignore
        with pytest.raises(PrepError, match="nothing was copied"):
            copy_by_label(catalog, studio, tmp_path / "other")
        with pytest.raises(PrepError, match="among the sketchbooks"):
            copy_by_label(catalog, studio, studio.sketchbooks / "sorted")
        with pytest.raises(PrepError, match="No scan has the label b"):
            copy_by_label(catalog, studio, out, ["b"])


def _full_after(copies: int) -> Any:
    copyfile, made = shutil.copyfile, 0

    def copy(source: Path, target: Path) -> None:
        nonlocal made
        made += 1
        if made > copies:
            target.write_bytes(b"half")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))
        copyfile(source, target)

    return copy


def test_a_stop_keeps_what_is_done(studio: Studio, tmp_path: Path) -> None:
    with open_catalog(studio) as catalog:
        labelled(studio, catalog, **{"00_": "a"})
        asked: list[int] = []
        done = copy_by_label(catalog, studio, tmp_path / "out", should_stop=lambda: asked.append(1) or len(asked) > 2)
        assert (done.copied, done.stopped) == (2, True)
        assert copy_by_label(catalog, studio, tmp_path / "out").copied == 2


def test_scans_move_to_the_part_that_their_label_belongs_to(studio: Studio) -> None:
    with open_catalog(studio) as catalog:
        labelled(
            studio, catalog, **{"001": "0_drawings", "002": "2_notes", "003": "3_badscans", "004": "1_watercolors"}
        )
        renamed, skipped = move_by_label(catalog, studio)
        assert (renamed.names, skipped) == (
            {
                "sb01/art/002.png": "sb01/notes/002.png",
                "sb01/art/003.png": "sb01/xtra/003.png",
                "sb01/notes/004.png": "sb01/art/004.png",
            },
            [],
        )
        assert files(studio.sketchbooks / "sb01") == ["art/001.png", "art/004.png", "notes/002.png", "xtra/003.png"]
        assert str(undo_newest(catalog, studio)) == "3 scans moved by label"
        assert files(studio.sketchbooks / "sb01") == ["art/001.png", "art/002.png", "art/003.png", "notes/004.png"]


def test_names_of_copies_and_parts_of_labels() -> None:
    rows = [
        {"name": name, "book": name.split("/")[0], "part": name.split("/")[1]}
        for name in ("sb1/art/5.jpg", "sb1/notes/005.jpg", "sb1/art/005.JPG", "Rom/x/a b.jpg", "Rom/x/7.jpg")
    ]
    assert list(copy_names(rows, {}).values()) == [
        *("sb01p005.jpg", "sb01p005-notes.jpg", "sb01p005-art.jpg", "Rom-a b.jpg", "Rom-7.jpg")
    ]
    assert [part_of(each) for each in ("2_notes", "4 Covers", "3_badscans", "0_drawings", "faces")] == [
        *("notes", "cover", "xtra", "art", "art")
    ]
