from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from prep.sketchbook import find_pictures, find_scans


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")


def names(folder: Path) -> list[str]:
    return [scan.name for scan in find_scans(folder).scans]


def test_only_art_counts_where_a_book_is_sorted_and_all_where_it_is_not(tmp_path: Path) -> None:
    put(tmp_path, "sb01/art/001.jpg", "sb01/cover/000.jpg", "sb01/002.jpg", "sb01/notes/9.png", "sb01/priv/x.jpg")
    put(tmp_path, "loose/10.HEIC", "loose/9.tif", "loose/more/1.png", "loose/text.txt", "loose/.hidden.png")
    found = find_scans(tmp_path)
    art = ["loose/9.tif", "loose/10.HEIC", "loose/more/1.png", "sb01/art/001.jpg"]
    assert [scan.name for scan in found.art] == art
    assert [scan.page for scan in found.art][-2:] == ["loose/more/1", "sb01/001"]
    others = [(scan.page, scan.part, scan.book) for scan in found.scans if scan not in found.art]
    assert others == [
        ("sb01/loose/002", "loose", "sb01"),
        ("sb01/cover/000", "cover", "sb01"),
        ("sb01/notes/9", "notes", "sb01"),
    ]


def test_private_folders_are_never_looked_into(tmp_path: Path) -> None:
    put(tmp_path, "priv/1.jpg", "book/priv/1.jpg", "book/deep/Priv/2.jpg", "book/notes/3.jpg", "book/4.jpg")
    assert names(tmp_path) == ["book/4.jpg", "book/notes/3.jpg"]
    assert [path.name for path in find_pictures(tmp_path)] == ["4.jpg", "3.jpg"]


def test_what_is_left_out_has_its_reason(tmp_path: Path) -> None:
    put(tmp_path, "stray.png", "book/1.jpg", "book/1.k.jpg", "book/1.tif", "book/2.pdf")
    assert list(map(str, find_scans(tmp_path).skipped)) == [
        "book/1.tif: is the same page as 1.jpg",
        "book/2.pdf: is a PDF; export its pages as pictures",
        "stray.png: lies in no sketchbook; move it into a folder of its own",
    ]


def test_folders_that_are_not_looked_into_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "book/1.jpg", "book/closed/2.jpg", "book/priv/3.jpg", "shut/4.jpg")
    (tmp_path / "book" / "back").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "linked").symlink_to(tmp_path / "book" / "closed", target_is_directory=True)
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    scandir, iterdir = os.scandir, Path.iterdir

    def refuse(path: Path) -> None:
        if path.name in ("closed", "shut"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))

    def scanned(path: str) -> Any:
        refuse(Path(path))
        return scandir(path)

    def listed(path: Path) -> Any:
        refuse(path)
        return iterdir(path)

    monkeypatch.setattr(os, "scandir", scanned)
    monkeypatch.setattr(Path, "iterdir", listed)
    found = find_scans(tmp_path)
    assert [scan.name for scan in found.scans] == ["book/1.jpg", "linked/2.jpg"]
    assert list(map(str, found.skipped)) == [
        "book/back: is a link to a folder; move that folder here, or add it as a sketchbook",
        "book/closed: can't be looked into: Permission denied",
        "loop: is a link that leads back to where it lies",
        "shut: can't be looked into: Permission denied",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="a name of any bytes")
def test_a_name_that_is_no_text_is_told_so_that_it_can_be_read(tmp_path: Path) -> None:
    put(tmp_path, "b/é 絵\u202f1.jpg")
    (tmp_path / os.fsdecode(b"b/latin-\xe9.jpg")).write_bytes(b"")
    found = find_scans(tmp_path)
    assert [scan.name for scan in found.scans] == ["b/é 絵\u202f1.jpg"]
    assert list(map(str, found.skipped)) == ["b/latin-\\xe9.jpg: has a name that is no UTF-8; rename it"]


def test_there_may_be_no_sketchbooks_yet(tmp_path: Path) -> None:
    assert names(tmp_path / "none") == []
