from __future__ import annotations

from pathlib import Path

import pytest

from prep.adding import add_scans, books_in, wrong_name
from prep.errors import PrepError
from prep.sketchbook import find_scans
from studio.folder import Studio, create_studio


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return create_studio(tmp_path / "ink")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    for name in ("scans/1.jpg", "scans/inner/2.png", "scans/notes.txt", "scans/priv/3.jpg"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return tmp_path / "scans"


def test_pictures_are_copied_and_nothing_else_or_private(studio: Studio, source: Path) -> None:
    told: list[tuple[int, int]] = []
    added = add_scans(studio, source, "sb01", lambda done, total: told.append((done, total)))
    assert (added.copied, added.already) == (2, 0)
    assert told == [(1, 2), (2, 2)]
    assert [scan.name for scan in find_scans(studio.sketchbooks).scans] == ["sb01/1.jpg", "sb01/inner/2.png"]
    assert (source / "1.jpg").exists()
    again = add_scans(studio, source, "sb01")
    assert (again.copied, again.already) == (0, 2)


def test_one_picture_is_copied_too(studio: Studio, source: Path) -> None:
    assert add_scans(studio, source / "1.jpg", "sb01").copied == 1
    assert (studio.sketchbooks / "sb01" / "1.jpg").read_bytes() == b"scans/1.jpg"


def test_another_scan_of_the_same_name_is_never_replaced(studio: Studio, source: Path) -> None:
    add_scans(studio, source, "sb01")
    (source / "1.jpg").write_bytes(b"another")
    with pytest.raises(PrepError, match="choose another sketchbook"):
        add_scans(studio, source, "sb01")
    assert (studio.sketchbooks / "sb01" / "1.jpg").read_bytes() == b"scans/1.jpg"


def test_a_folder_of_sketchbooks_is_told_from_a_sketchbook(source: Path, tmp_path: Path) -> None:
    for name in ("shelf/sb02/art/1.jpg", "shelf/sb01/1.jpg", "shelf/priv/1.jpg", "shelf/empty/read.me"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    shelf = tmp_path / "shelf"
    assert [each.name for each in books_in(shelf)] == ["sb01", "sb02"]
    assert not any(books_in(each) for each in (source, shelf / "sb02", shelf / "sb01" / "1.jpg"))


def test_what_has_no_pictures_and_names_that_are_none_are_refused(studio: Studio, source: Path) -> None:
    with pytest.raises(PrepError, match="no pictures"):
        add_scans(studio, source / "notes.txt", "sb01")
    for name in ("", "..", ".x", "a/b", "a\\b", "Priv"):
        assert wrong_name(name)
        with pytest.raises(PrepError, match="needs a name"):
            add_scans(studio, source, name)
    assert not wrong_name("sb 01")
