"""What is private leaves nothing in the studio: no thumbnail, features, vector or trace, and no drawing."""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import TypeVar

from configs.errors import MonolineError
from prep.catalog import Catalog
from prep.finder import Finder
from prep.report import read_report, report_path
from prep.sketchbook import PRIVATE
from studio.errors import StudioError
from studio.folder import Studio
from studio.runs import refuse_running

T = TypeVar("T")

PRIVATE_ROWS = "COALESCE(scans.tag, scans.finder) = 'private' OR scans.part = 'priv'"
"""Rows of scans that are private."""


def private_now(path: Path, *, tagged: bool, finder: Finder | None = None) -> bool:
    """Whether a scan of the shelf got a red tag in the Finder, which is asked each time before its file is read.

    Args:
        tagged: whether a person tagged it here, which counts more.
        finder: of whoever asks for many.
    """
    return not tagged and (finder or Finder()).tags(path).tag == "private"


def hide_by(catalog: Catalog, studio: Studio, decide: Callable[[], T]) -> tuple[T, list[str]]:
    """Have something decided, and take away what the studio still has of scans that are private then.

    Returns:
        What ``decide`` returned, and a sentence on each dataset that had drawings of these scans.

    Raises:
        RunError: some become private by it, which a run that goes on may be reading; nothing was decided then.
    """
    with catalog.change():
        before = _private(catalog)
        decided = decide()
        hidden = _private(catalog) - before
        if hidden:
            refuse_running(studio.preparation)
    return decided, forget_scans(catalog, studio, hidden) + forget_private(catalog, studio)


def _private(catalog: Catalog) -> set[int]:
    return {row["id"] for row in catalog.rows(f"SELECT id FROM scans WHERE {PRIVATE_ROWS}")}


def forget_private(catalog: Catalog, studio: Studio) -> list[str]:
    """Take away what the studio still has of scans that are private, as of those that a tag in the Finder makes so, or
    that somebody put into a folder priv.

    Returns:
        A sentence on each dataset that had drawings of them.
    """
    left = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE scan = scans.id)" for table in ("looks", "vectors", "traces")
    )
    left += " OR EXISTS (SELECT 1 FROM drawings WHERE scan = scans.id AND features IS NOT NULL)"
    found = [row["id"] for row in catalog.rows(f"SELECT id FROM scans WHERE ({PRIVATE_ROWS}) AND ({left})")]
    gone = catalog.rows(f"SELECT id, name, size, mtime_ns FROM scans WHERE gone AND NOT ({PRIVATE_ROWS}) AND ({left})")
    found += _put_away(studio, gone)
    return forget_scans(catalog, studio, found)


def hide_scans(catalog: Catalog, studio: Studio, scans: Collection[int]) -> list[str]:
    """Of scans with a red tag in the Finder nothing stays; returns as forget_scans."""
    with catalog.change() as db:
        db.executemany("UPDATE scans SET finder = 'private' WHERE id = ?", [(number,) for number in scans])
    return forget_scans(catalog, studio, scans)


def _put_away(studio: Studio, gone: Iterable[sqlite3.Row]) -> list[int]:
    """Those of scans that went which lie in a folder priv of their book now, told by sizes and times alone."""
    away: dict[str, set[tuple[int, int]]] = {}
    found: list[int] = []
    for row in gone:
        book = row["name"].partition("/")[0]
        if book not in away:
            away[book] = private_stamps(studio.sketchbooks / book)
        if (row["size"], row["mtime_ns"]) in away[book]:
            found.append(row["id"])
    return found


def private_stamps(book: Path) -> set[tuple[int, int]]:
    """Sizes and times of all files in folders priv of a book; none of them is opened."""
    found: set[tuple[int, int]] = set()
    for place, _, names in os.walk(book):
        if PRIVATE in Path(place).relative_to(book).as_posix().lower().split("/"):
            for name in names:
                with contextlib.suppress(OSError):  # gone meanwhile
                    state = Path(place, name).stat()
                    found.add((state.st_size, state.st_mtime_ns))
    return found


def forget_scans(catalog: Catalog, studio: Studio, scans: Iterable[int]) -> list[str]:
    """Take away what was made of scans, from datasets too. What a person decided about them stays, and so do their
    files.

    Returns:
        A sentence on each dataset that had drawings of them.

    Raises:
        StudioError: a drawing can't be deleted, a dataset or the catalog can't be written; the next ``forget_private``
            goes on.
    """
    each = [(number,) for number in scans]
    if not each:
        return []
    from prep.archives import withdraw

    rows = [row for one in each for row in catalog.rows("SELECT id, page FROM scans WHERE id = ?", one)]
    pages = [row["page"] for row in rows if not _is_taken(catalog, studio, row)]
    # the catalog last, so that what is left of a crash is known to be there
    told = withdraw(catalog, studio, [number for (number,) in each])
    try:
        for files in page_files(studio, pages).values():
            for path in files:
                path.unlink(missing_ok=True)
        (studio.preparation / "selected.npz").unlink(missing_ok=True)  # their lines may be in it
    except OSError as error:
        raise StudioError(f"{error.filename} can't be deleted: {error.strerror or error}.") from error
    try:
        catalog.db.execute("PRAGMA secure_delete = ON")  # or a thumbnail stays in the file until it is written over
        with catalog.change() as db:
            for table in ("looks", "vectors", "traces"):
                db.executemany(f"DELETE FROM {table} WHERE scan = ?", each)
            db.executemany("DELETE FROM members WHERE item IN (SELECT name FROM drawings WHERE scan = ?)", each)
            db.executemany("UPDATE drawings SET features = NULL, key = '' WHERE scan = ?", each)
            db.executemany("DELETE FROM drawings WHERE scan = ? AND label IS NULL", each)
            db.executemany("DELETE FROM members WHERE item = CAST(? AS TEXT)", each)
    finally:
        catalog.db.execute("PRAGMA secure_delete = OFF")
    if not catalog.db.in_transaction:
        with contextlib.suppress(sqlite3.Error):  # somebody reads it; their next checkpoint does it
            catalog.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return told


def _is_taken(catalog: Catalog, studio: Studio, row: sqlite3.Row) -> bool:
    """Whether the drawings under the page of a scan are of another one on the shelf, as where one went long ago."""
    if catalog.one("SELECT 1 FROM shelf WHERE page = ? AND id != ?", (row["page"], row["id"])) is None:
        return False
    try:
        report = read_report(report_path(studio.drawings, row["page"]))
    except MonolineError:
        return False
    sql = "SELECT 1 FROM shelf JOIN traces ON scan = id WHERE name = ? AND traces.sha256 = ? AND id != ?"
    return report is not None and catalog.one(sql, (report.scan, report.sha256, row["id"])) is not None


def page_files(studio: Studio, pages: Collection[str]) -> dict[str, list[Path]]:
    """The reports of pages and their drawings, so far as they are there; not corrections, which a person made.

    Returns:
        By page; those without any are left out.
    """
    wanted = {(studio.drawings / page).parent: set[str]() for page in pages}
    for page in pages:
        wanted[(studio.drawings / page).parent].add(Path(page).name)
    found: dict[str, list[Path]] = {}
    for folder, stems in wanted.items():
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            stem = path.name.removesuffix(".json")
            if path.suffix == ".svg":
                stem = re.sub(r"-[0-9]+\.svg$", "", path.name)
            if stem in stems and path.suffix in (".json", ".svg"):
                found.setdefault((folder.relative_to(studio.drawings) / stem).as_posix(), []).append(path)
    return found
