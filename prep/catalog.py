"""The catalog: an SQLite file that knows every scan of a studio, and what a person decided about it."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

from prep.errors import PrepError
from prep.schema import MIGRATIONS
from studio.errors import StudioBusy, StudioError
from studio.folder import Studio

BUSY_S = 30.0
"""How long to wait for another process that writes."""


class Catalog:
    """An open catalog. Any number of processes read it while one writes; a change is whole or not there at all."""

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self.path = path
        self.db = db
        """For reading; what changes anything belongs into ``change``."""

    @contextlib.contextmanager
    def change(self) -> Generator[sqlite3.Connection]:
        """Everything in the block is written when it ends, or nothing after an error; inside another one, with it.

        Raises:
            StudioBusy: another process has been writing for half a minute.
            StudioError: it can't be written, as on a full disk.
        """
        if self.db.in_transaction:
            yield self.db
            return
        with told_errors(self.path):
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield self.db
                self.db.execute("COMMIT")
            except BaseException:
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
                raise

    def rows(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[sqlite3.Row]:
        """What a query finds."""
        with told_errors(self.path):
            return self.db.execute(sql, values).fetchall()

    def one(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> sqlite3.Row | None:
        """The first row that a query finds; None if there is none."""
        with told_errors(self.path):
            return self.db.execute(sql, values).fetchone()


@contextlib.contextmanager
def open_catalog(studio: Studio) -> Generator[Catalog]:
    """The studio's catalog, made if it is new and raised to this version if it is old.

    Raises:
        PrepError: it is damaged, or of a later monoline.
        StudioError: it can't be written.
    """
    path = studio.catalog
    with told_errors(path):
        db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
    try:
        with told_errors(path):
            db.row_factory = sqlite3.Row
            db.execute("PRAGMA foreign_keys = ON")
            if db.execute("PRAGMA user_version").fetchone()[0] != len(MIGRATIONS):
                db.execute("PRAGMA journal_mode = WAL")
                _migrate(path, db)
        yield Catalog(path, db)
    finally:
        db.close()


def _migrate(path: Path, db: sqlite3.Connection) -> None:
    """One version at a time, each whole or not at all; another process may have been quicker."""
    while True:
        db.execute("BEGIN IMMEDIATE")
        try:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version > len(MIGRATIONS):
                raise PrepError(
                    f"{path} was written by a later monoline (version {version}, this one knows {len(MIGRATIONS)}); "
                    "update monoline."
                )
            if version < len(MIGRATIONS):
                for statement in _statements(MIGRATIONS[version]):
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {version + 1}")
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:  # a full disk has ended it already
                db.execute("ROLLBACK")
            raise
        if version >= len(MIGRATIONS) - 1:
            return


def _statements(script: str) -> Generator[str]:
    """The statements of a script, whose comments may hold semicolons."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


@contextlib.contextmanager
def told_errors(path: Path) -> Generator[None]:
    """What SQLite says of a file, as an error that tells what to do."""
    try:
        yield
    except sqlite3.Error as error:
        said = str(error)
        if "locked" in said or "busy" in said:
            raise StudioBusy(f"{path} is being written by another process; try again.") from error
        if isinstance(error, sqlite3.OperationalError) and any(
            word in said for word in ("full", "readonly", "unable to open", "disk I/O")
        ):
            raise StudioError(f"{path} can't be written: {said}.") from error
        if type(error) is sqlite3.DatabaseError:  # not a subclass, which would be a mistake of ours
            raise PrepError(
                f"{path} is damaged ({said}). Put a copy of it back, or move it away and run prep again, which "
                "finds all scans and drawings anew; labels, tags and names given by hand were in it."
            ) from error
        raise
