from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studio import archive
from studio.archive import MANIFEST, ArchiveError, ArchiveStopped, read_archive, studio_files, write_archive
from studio.folder import create_studio, open_studio


@pytest.fixture
def studio(tmp_path: Path) -> Path:
    folder = create_studio(tmp_path / "ink", "Ink").folder
    (folder / "sketches" / "a.svg").write_text("<svg/>" * 1000)
    (folder / "sketchbooks" / "sb01").mkdir()
    (folder / "sketchbooks" / "sb01" / "001.jpg").write_bytes(os.urandom(5000))
    (folder / "sketches" / ".half.tmp").write_text("half")
    (folder / ".lock").touch()
    os.utime(folder / "sketches" / "a.svg", ns=(10**18 + 7, 10**18 + 7))
    return folder


def packed(studio: Path) -> Path:
    target = studio.parent / "ink.zip"
    write_archive(target, studio, studio_files(studio))
    return target


def contents(folder: Path) -> dict[str, bytes]:
    return {name: path.read_bytes() for name, path in studio_files(folder)}


def test_what_is_packed_is_there_again_with_its_times(studio: Path, tmp_path: Path) -> None:
    manifest = read_archive(packed(studio), tmp_path / "deep" / "again")
    assert contents(tmp_path / "deep" / "again") == contents(studio)
    assert set(manifest.files) == {"studio.toml", "sketches/a.svg", "sketchbooks/sb01/001.jpg"}
    assert (tmp_path / "deep" / "again" / "sketches" / "a.svg").stat().st_mtime_ns == 10**18 + 7
    assert open_studio(tmp_path / "deep" / "again").name == "Ink"


def test_only_what_gets_smaller_is_squeezed(studio: Path) -> None:
    with zipfile.ZipFile(packed(studio)) as file:
        assert file.getinfo("sketchbooks/sb01/001.jpg").compress_type == zipfile.ZIP_STORED
        assert file.getinfo("sketches/a.svg").compress_size < 1000


def test_a_run_is_told_where_its_studio_is_now(studio: Path, tmp_path: Path) -> None:
    run = studio / "runs" / "one"
    run.mkdir()
    data = studio / "datasets" / "a.npz"
    before = {"arguments": {"data": str(data), "all": [str(studio), str(studio) + "-2/x", "seed:7"]}, "host": "here"}
    (run / "run.json").write_text(json.dumps(before))
    again = tmp_path / "again"
    read_archive(packed(studio), again)
    told = json.loads((again / "runs" / "one" / "run.json").read_text())
    assert told["arguments"]["data"] == str(again / "datasets" / "a.npz")
    assert told["arguments"]["all"] == [str(again), str(studio) + "-2/x", "seed:7"]


def test_links_are_followed_and_one_that_leads_back_is_not(studio: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "002.jpg").write_bytes(b"scan")
    (studio / "sketchbooks" / "sb02").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (studio / "sketchbooks" / "back").symlink_to(studio, target_is_directory=True)
    names = [name for name, _ in studio_files(studio)]
    assert "sketchbooks/sb02/002.jpg" in names
    assert len(names) == 4


@pytest.mark.skipif(os.name != "posix", reason="no file can be called so there")
@pytest.mark.parametrize("name", ["at 10:30.png", "a\\b.png", "two\nlines.png", "bad-\udcff.png", "001.JPG"])
def test_what_could_not_be_unpacked_everywhere_is_not_packed(studio: Path, tmp_path: Path, name: str) -> None:
    (studio / "sketchbooks" / "sb01" / "at 3.00\u202fpm é 👍🏽.png").write_bytes(b"scan")
    packed(studio).unlink()
    try:
        (studio / "sketchbooks" / "sb01" / name).write_bytes(b"scan")
    except OSError:
        pytest.skip("this disk has no such names")
    if len(list((studio / "sketchbooks" / "sb01").iterdir())) < 3:
        pytest.skip("large and small letters are the same on this disk")
    with pytest.raises(ArchiveError, match=r"(no name for a file on every system|one file on some disks); rename it"):
        packed(studio)
    assert [path.name for path in tmp_path.iterdir()] == ["ink"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="everything may be read")
def test_a_folder_that_may_not_be_read_is_named(studio: Path) -> None:
    (studio / "sheets").chmod(0)
    try:
        with pytest.raises(ArchiveError, match="sheets can't be read"):
            packed(studio)
    finally:
        (studio / "sheets").chmod(0o700)


def test_a_full_disk_is_told_of_the_archive_and_a_lost_file_of_the_file(
    studio: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = studio / "sketches" / "a.svg"

    def gone_by_now(_done: float, _total: float) -> None:
        gone.unlink(missing_ok=True)

    files = sorted(studio_files(studio))
    with pytest.raises(archive.StudioError, match=r"a\.svg can't be read"):
        write_archive(studio.parent / "ink.zip", studio, files, on_moved=gone_by_now)

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("zipfile._ZipWriteFile.write", full)
    with pytest.raises(archive.StudioError, match=r"ink\.zip can't be written: No space left"):
        packed(studio)
    assert [path.name for path in studio.parent.iterdir()] == ["ink"]


def test_a_stop_leaves_nothing(studio: Path, tmp_path: Path) -> None:
    with pytest.raises(ArchiveStopped):
        write_archive(tmp_path / "x.zip", studio, studio_files(studio), should_stop=lambda: True)
    source = packed(studio)
    with pytest.raises(ArchiveStopped):
        read_archive(source, tmp_path / "again", should_stop=lambda: True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ink", "ink.zip"]


def changed(source: Path, change: Callable[[zipfile.ZipFile, zipfile.ZipFile], None]) -> None:
    """Write an archive anew, in a way that monoline would not."""
    copy = source.with_suffix(".new")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(copy, "w") as new:
        change(old, new)
    copy.replace(source)


def with_file(name: str, data: bytes = b"evil", **told: Any) -> Callable[[zipfile.ZipFile, zipfile.ZipFile], None]:
    """An archive with one more file, which its manifest tells of as if all were well."""

    def change(old: zipfile.ZipFile, new: zipfile.ZipFile) -> None:
        manifest = json.loads(old.read(MANIFEST))
        entry = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest(), "mtime_ns": 0}
        manifest["files"][name] = entry | told
        for info in old.infolist():
            if info.filename != MANIFEST:
                new.writestr(info, old.read(info))
        new.writestr(name, data)
        new.writestr(MANIFEST, json.dumps(manifest))

    return change


def a_link(old: zipfile.ZipFile, new: zipfile.ZipFile) -> None:
    with_file("sheets/link", b"/etc/passwd")(old, new)
    new.getinfo("sheets/link").external_attr = (stat.S_IFLNK | 0o777) << 16


def twice(old: zipfile.ZipFile, new: zipfile.ZipFile) -> None:
    with_file("sheets/a")(old, new)
    with pytest.warns(UserWarning, match="Duplicate"):
        new.writestr("sheets/a", b"other")


def untold(old: zipfile.ZipFile, new: zipfile.ZipFile) -> None:
    for info in old.infolist():
        new.writestr(info, old.read(info))
    new.writestr("sheets/more", b"more")


def without_studio(old: zipfile.ZipFile, new: zipfile.ZipFile) -> None:
    new.writestr(MANIFEST, old.read(MANIFEST).replace(b"studio.toml", b"studio.xxxx"))


def cut_off(old: zipfile.ZipFile, new: zipfile.ZipFile) -> None:
    for info in old.infolist()[:-1]:
        new.writestr(info, old.read(info))


def squeezed_otherwise(old: zipfile.ZipFile, new: zipfile.ZipFile) -> None:
    for info in old.infolist():
        kind = zipfile.ZIP_LZMA if info.filename == "sketches/a.svg" else zipfile.ZIP_STORED
        new.writestr(info, old.read(info), kind)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (with_file("../outside"), "no name for a file"),
        (with_file("/outside"), "no name for a file"),
        (with_file("sheets/../../outside"), "no name for a file"),
        (with_file("C:outside"), "no name for a file"),
        (with_file("sheets\\outside"), "no name for a file"),
        (with_file("sheets//a"), "no name for a file"),
        (with_file("sheets/"), "no studio holds"),
        (a_link, "no studio holds"),
        (squeezed_otherwise, "no studio holds"),
        (with_file("Sketches/A.svg"), "one file on some disks"),
        (with_file("sheets/bomb", bytes(10**6), size=10), "not the size that it says"),
        (with_file("sheets/huge", b"a", size=10**18), "not the size that it says"),
        (with_file("sheets/a", sha256="0" * 64), "not what was packed"),
        (with_file("studio.toml/a"), "can't be"),
        (twice, "other files than it says"),
        (untold, "other files than it says"),
        (without_studio, "holds no studio"),
        (cut_off, "was cut off"),
    ],
)
def test_an_archive_that_would_do_harm_is_refused_and_leaves_nothing(
    studio: Path, tmp_path: Path, change: Callable[[zipfile.ZipFile, zipfile.ZipFile], None], says: str
) -> None:
    source = packed(studio)
    changed(source, change)
    with pytest.raises(archive.StudioError, match=says):
        read_archive(source, tmp_path / "again")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ink", "ink.zip"]


def test_what_is_damaged_or_no_archive_is_named(studio: Path, tmp_path: Path) -> None:
    source = packed(studio)
    data = bytearray(source.read_bytes())
    with zipfile.ZipFile(source) as file:
        at = file.getinfo("sketchbooks/sb01/001.jpg").header_offset
    data[at + 200] ^= 1
    source.write_bytes(data)
    for path, says in ((source, "damaged"), (studio / "sketches" / "a.svg", "no zip"), (tmp_path / "no", "not exist")):
        with pytest.raises(ArchiveError, match=says):
            read_archive(path, tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_nothing_is_unpacked_over_what_is_there_or_where_no_room_is(
    studio: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = packed(studio)
    with pytest.raises(ArchiveError, match="is not empty"):
        read_archive(source, studio)
    (tmp_path / "empty").mkdir()
    monkeypatch.setattr(archive.shutil, "disk_usage", lambda _path: archive.shutil._ntuple_diskusage(9, 9, 9))
    with pytest.raises(ArchiveError, match="has room for"):
        read_archive(source, tmp_path / "empty")
    monkeypatch.undo()
    read_archive(source, tmp_path / "empty")
    assert contents(tmp_path / "empty") == contents(studio)
