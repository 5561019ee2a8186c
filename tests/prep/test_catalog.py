from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from configs.errors import MonolineError
from prep.catalog import open_catalog
from prep.errors import PrepError
from prep.schema import MIGRATIONS
from studio.errors import StudioBusy, StudioError
from studio.folder import create_studio


def test_a_change_is_whole_or_not_there(tmp_path: Path) -> None:
    studio = create_studio(tmp_path / "s")
    with open_catalog(studio) as catalog, pytest.raises(RuntimeError), catalog.change() as db:
        db.execute("INSERT INTO books (name, number) VALUES ('sb01', 1)")
        with catalog.change():  # one in another is a part of it
            db.execute("INSERT INTO books (name, number) VALUES ('sb02', 2)")
        raise RuntimeError
    with open_catalog(studio) as catalog:
        assert catalog.rows("SELECT * FROM books") == []


def test_readers_see_the_catalog_while_another_writes_and_a_second_writer_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = create_studio(tmp_path / "s")
    with open_catalog(studio):
        pass
    monkeypatch.setattr("prep.catalog.BUSY_S", 0.01)
    with open_catalog(studio) as one, open_catalog(studio) as other, one.change() as db:
        db.execute("INSERT INTO books (name) VALUES ('sb01')")
        assert other.rows("SELECT * FROM books") == []
        with pytest.raises(StudioBusy, match="being written by another process"), other.change():
            pass
    with open_catalog(studio) as catalog:
        assert [row["name"] for row in catalog.rows("SELECT name FROM books")] == ["sb01"]


def test_an_older_catalog_is_raised_step_by_step_and_a_later_one_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = create_studio(tmp_path / "s")
    with open_catalog(studio) as catalog, catalog.change() as db:
        db.execute("INSERT INTO books (name) VALUES ('sb01')")
    step = "ALTER TABLE books ADD COLUMN paper TEXT; -- kraft; or white\nUPDATE books SET paper = 'white';"
    broken = "ALTER TABLE books ADD COLUMN pen TEXT;\nALTER TABLE nothing ADD COLUMN x TEXT;"
    with monkeypatch.context() as patch:
        patch.setattr("prep.catalog.MIGRATIONS", (*MIGRATIONS, step, broken))
        with pytest.raises(sqlite3.OperationalError), open_catalog(studio):
            pass
        patch.setattr("prep.catalog.MIGRATIONS", (*MIGRATIONS, step))
        with open_catalog(studio) as catalog:  # the step before the broken one holds, of the broken one nothing
            assert [tuple(row) for row in catalog.rows("SELECT name, paper FROM books")] == [("sb01", "white")]
            assert "pen" not in catalog.rows("SELECT * FROM books")[0].keys()  # noqa: SIM118
    with pytest.raises(PrepError, match="later monoline"), open_catalog(studio):
        pass


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (sqlite3.OperationalError("database or disk is full"), StudioError, "can't be written"),
        (sqlite3.OperationalError("attempt to write a readonly database"), StudioError, "can't be written"),
        (sqlite3.DatabaseError("database disk image is malformed"), PrepError, "Put a copy of it back"),
    ],
)
def test_what_the_disk_does_is_told_in_a_line(
    tmp_path: Path, error: Exception, kind: type[MonolineError], words: str
) -> None:
    with open_catalog(create_studio(tmp_path / "s")) as catalog:
        with pytest.raises(kind, match=words), catalog.change():
            raise error
        assert not catalog.db.in_transaction


def test_a_file_that_is_no_catalog_is_not_touched(tmp_path: Path) -> None:
    studio = create_studio(tmp_path / "s")
    studio.catalog.write_bytes(b"letter" * 1000)
    with pytest.raises(PrepError, match="is damaged"), open_catalog(studio):
        pass
    assert studio.catalog.read_bytes() == b"letter" * 1000


def test_two_processes_may_make_it_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    studio = create_studio(tmp_path / "s")
    connect, once = sqlite3.connect, [True]

    def slow(*given: Any, **named: Any) -> sqlite3.Connection:
        db = connect(*given, **named)
        if once.pop() if once else False:
            with open_catalog(studio):  # another was quicker
                pass
        return db

    monkeypatch.setattr(sqlite3, "connect", slow)
    with open_catalog(studio) as catalog:
        assert catalog.rows("SELECT * FROM scans") == []
