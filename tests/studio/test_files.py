from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.errors import DamagedLog, StudioError
from studio.files import AppendLog, last_record, read_log, replacing, replacing_folder, write_bytes, write_text

RECORDS = st.dictionaries(
    st.text(min_size=1).filter(lambda key: key != "crc"),
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    min_size=1,
)


def test_a_written_file_has_the_text_and_nothing_else_is_left(tmp_path: Path) -> None:
    write_text(tmp_path / "new" / "a.txt", "ä\n")
    assert (tmp_path / "new" / "a.txt").read_bytes() == "ä\n".encode()
    assert [each.name for each in (tmp_path / "new").iterdir()] == ["a.txt"]


def test_an_error_in_the_middle_leaves_the_old_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "old")
    with pytest.raises(RuntimeError), replacing(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"]


def test_a_full_disk_is_told_and_leaves_the_old_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StudioError, match=r"a.txt can't be written: No space left on device. Nothing was changed"):
        write_text(path, "new")
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"]


def test_a_replaced_file_keeps_its_mode_and_a_link_stays_a_link(tmp_path: Path) -> None:
    path, link = tmp_path / "a.txt", tmp_path / "link.txt"
    write_text(path, "old")
    path.chmod(0o640)
    link.symlink_to(path)
    write_text(link, "new")
    assert link.is_symlink()
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_new_file_can_be_read_by_others_as_the_umask_has_it(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write_bytes(tmp_path / "a", b"x")
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o644


@given(st.lists(RECORDS, max_size=5))
def test_what_was_appended_is_read(tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, object]]) -> None:
    path = tmp_path_factory.mktemp("log") / "log.jsonl"
    with AppendLog(path) as log:
        for record in records:
            log.append(record)
    assert list(read_log(path).records) == records
    assert last_record(path) == (records[-1] if records else None)
    # every line is JSON to any other tool
    assert [
        {key: value for key, value in json.loads(line).items() if key != "crc"}
        for line in path.read_bytes().split(b"\n")[:-1]
    ] == records


def test_a_torn_tail_is_ignored_and_cut_off_when_the_log_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with AppendLog(path) as log:
        log.append({"n": 1})
        log.append({"n": 2})
    whole = path.read_bytes()
    for cut in range(whole.index(b"\n") + 1, len(whole)):
        path.write_bytes(whole[:cut])
        assert [record["n"] for record in read_log(path).records] == [1]
        assert last_record(path) == {"n": 1}
    with AppendLog(path) as log:
        log.append({"n": 3})
    assert [record["n"] for record in read_log(path).records] == [1, 3]


def test_any_changed_byte_inside_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with AppendLog(path) as log:
        log.append({"step": 1, "loss": 0.5})
        log.append({"step": 2, "loss": 0.25})
    whole = path.read_bytes()
    for place in range(whole.index(b"\n")):
        damaged = bytearray(whole)
        damaged[place] ^= 0x01
        path.write_bytes(bytes(damaged))
        with pytest.raises(DamagedLog, match="damaged at byte 0"):
            read_log(path)


def test_reading_goes_on_where_it_ended(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    assert read_log(path).records == ()
    with AppendLog(path) as log:
        log.append({"n": 1})
        first = read_log(path)
        log.append({"n": 2})
        assert [record["n"] for record in read_log(path, first.size).records] == [2]


def test_the_last_record_is_found_in_a_long_log(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with AppendLog(path) as log:
        for n in range(1000):
            log.append({"n": n, "text": "x" * 100})
        start = read_log(path).size
        assert last_record(path) == {"n": 999, "text": "x" * 100}
        assert last_record(path, start) is None
        log.append({"long": "y" * 100_000})
        assert last_record(path, start) == {"long": "y" * 100_000}


def test_a_record_without_a_key_or_with_nan_is_refused(tmp_path: Path) -> None:
    with AppendLog(tmp_path / "log.jsonl") as log:
        for record in ({}, {"crc": 1}, {"loss": float("nan")}):
            with pytest.raises(ValueError, match=r"crc|JSON"):
                log.append(record)
    assert (tmp_path / "log.jsonl").read_bytes() == b""


def test_a_full_disk_while_appending_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with AppendLog(tmp_path / "log.jsonl", durable=True) as log:
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(StudioError, match=r"log.jsonl can't be written: No space left"):
            log.append({"n": 1})


@pytest.mark.skipif(os.name == "nt", reason="a limit on the size of files stands in for a full disk")
def test_a_line_that_a_full_disk_cut_off_is_not_glued_to_the_next(tmp_path: Path) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with AppendLog(tmp_path / "log") as log:
        log.append({"n": 1})
        size = (tmp_path / "log").stat().st_size
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size + 9, before[1]))
            with pytest.raises(StudioError, match="can't be written"):
                log.append({"n": 2})
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert (tmp_path / "log").stat().st_size == size
        log.append({"n": 3})
    assert [each["n"] for each in read_log(tmp_path / "log").records] == [1, 3]


def test_a_folder_that_can_not_be_swapped_in_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "old.svg").write_text("old")
    replace = Path.replace

    def fails(self: Path, target: Path) -> Path:
        if target == tmp_path / "f" and not (self / "old.svg").exists():
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fails)
    with (
        pytest.raises(StudioError, match="Nothing was changed"),
        replacing_folder(tmp_path / "f", lambda _: True) as new,
    ):
        (new / "new.svg").write_text("new")
    assert [str(each.relative_to(tmp_path)) for each in sorted(tmp_path.rglob("*"))] == ["f", "f/old.svg"]
