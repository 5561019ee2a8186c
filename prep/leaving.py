"""Leaving: what of a studio may go elsewhere. Private scans and what was made of them stay."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drawing.errors import DrawingError
from drawing.npz import read_about
from prep.archives import belonging
from prep.catalog import Catalog, open_catalog, told_errors
from prep.corrections import ENDING
from prep.dataset import SOURCE
from prep.finder import Finder
from prep.privacy import PRIVATE_ROWS, forget_private, hide_scans, private_now
from prep.sketchbook import PRIVATE
from studio.archive import studio_files
from studio.folder import Studio
from studio.runs import refuse_running


@dataclass(frozen=True)
class Staying:
    """What stays here."""

    names: frozenset[str]
    """Files and folders, from the studio's folder on."""
    told: tuple[str, ...]
    """A sentence on each dataset and run that this changes."""

    def holds(self, name: str) -> bool:
        """True for a name that may not leave."""
        parts = name.lower().split("/")
        return name in self.names or (parts[0] == "sketchbooks" and PRIVATE in parts[1:])


def settle_private(studio: Studio) -> Staying:
    """Take away what the studio still has of scans that are private, and tell what may not leave.

    Raises:
        RunError: preparation goes on, which may be reading them.
        StudioError: something can't be deleted or written.
    """
    finder, names = Finder(), set[str]()
    told: list[str] = []
    if not studio.catalog.exists():
        return Staying(frozenset(_tagged(studio, finder, {})), ())
    refuse_running(studio.preparation)
    with open_catalog(studio) as catalog:
        rows = {row["name"]: row for row in catalog.rows("SELECT id, name, tag FROM scans")}
        red = _tagged(studio, finder, {name: row["tag"] is not None for name, row in rows.items()})
        fresh = [rows[name]["id"] for each in red if (name := each.removeprefix("sketchbooks/")) in rows]
        told += hide_scans(catalog, studio, fresh)
        told += forget_private(catalog, studio)
        names |= red
        private = catalog.rows(f"SELECT id, name, page FROM scans WHERE {PRIVATE_ROWS}")
        for row in private:
            names |= {f"sketchbooks/{row['name']}", f"drawings/{row['page']}{ENDING}"}
        for run in _runs_of(catalog, studio, [row["id"] for row in private]):
            names.add(run)
            told.append(f"{run} stays here: it has learnt from drawings of private scans")
    return Staying(frozenset(names), tuple(told))


def _tagged(studio: Studio, finder: Finder, decided: dict[str, bool]) -> set[str]:
    """Files of sketchbooks with a red tag, whether the catalog knows them or not."""
    found: set[str] = set()
    for name, path in studio_files(studio.sketchbooks):
        if private_now(path, tagged=decided.get(name, False), finder=finder):
            found.add(f"sketchbooks/{name}")
    return found


def _runs_of(catalog: Catalog, studio: Studio, scans: list[int]) -> set[str]:
    """Folders of runs that keep drawings of these scans, which they learnt from."""
    found: set[str] = set()
    if not scans:
        return found
    is_theirs = belonging(catalog, scans)
    for path in studio.runs.rglob("*.npz"):
        about: dict[str, Any] = {}
        with contextlib.suppress(DrawingError):
            about = read_about(path)
        if about.get("source") == SOURCE and any(
            is_theirs(item) for split in about.get("drawings", {}).values() for item in split
        ):
            found.add(path.parent.relative_to(studio.folder).as_posix())
    return found


def copy_catalog(studio: Studio, target: Path, *, with_private: bool) -> None:
    """Copy the catalog as it is at one moment, whoever writes it meanwhile.

    Args:
        with_private: without, nothing tells of scans that are private, not even their names.

    Raises:
        PrepError: the catalog is damaged.
        StudioError: it can't be read, or the copy can't be written.
    """
    with open_catalog(studio) as catalog, told_errors(target), contextlib.closing(sqlite3.connect(target)) as copy:
        catalog.db.backup(copy)
        copy.execute("PRAGMA foreign_keys = ON")
        copy.execute("PRAGMA journal_mode = DELETE")  # all of it in this one file
        if not with_private:
            rows = copy.execute(f"SELECT id, name, page FROM scans WHERE {PRIVATE_ROWS}").fetchall()
            for number, name, page in rows:
                copy.execute("DELETE FROM members WHERE item = CAST(? AS TEXT)", (number,))
                copy.execute("DELETE FROM members WHERE item IN (SELECT name FROM drawings WHERE scan = ?)", (number,))
                copy.execute("UPDATE books SET cover = NULL WHERE cover = ?", (name,))
                for each in (name, page):
                    told = ("instr(value, ?) OR instr(before, ?)", (each, each))
                    copy.execute(f"DELETE FROM decisions WHERE {told[0]}", told[1])
                copy.execute("DELETE FROM scans WHERE id = ?", (number,))
            copy.commit()
        copy.execute("VACUUM")
