"""Leaving: what of a studio may go elsewhere. Private scans and what was made of them stay."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, cast

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
from studio.events import FILE as EVENTS
from studio.folder import Studio
from studio.runs import FILE as RUN
from studio.runs import LOG, ORDERS, refuse_running

TELL = frozenset(f"preparation/{name}" for name in (RUN, EVENTS, ORDERS, LOG, "naming", "renames"))
"""What tells of scans by their names: words of the moment, and plans that are not carried out yet."""
MANIFEST = re.compile(r"preparation/[^/]+\.json")
DATASHEET = re.compile(r"datasets/.+\.md")


@dataclass(frozen=True)
class Staying:
    """What stays here."""

    names: frozenset[str]
    """Files and folders, from the studio's folder on; whatever is called like a scan but for its ending stays, too."""
    told: tuple[str, ...]
    """A sentence on each dataset and run that this changes."""
    private: re.Pattern[str] | None = None
    """Finds the name or the page of a private scan; None where there is none."""

    def holds(self, name: str) -> bool:
        """True for a name that may not leave."""
        parts = name.lower().split("/")
        if parts[0] == "sketchbooks" and (PRIVATE in parts[1:] or _stem(name) in self.names):
            return True
        return name in self.names or (self.private is not None and name in TELL)

    def without(self, name: str, path: Path, scratch: Path) -> Path:
        """What is to leave of a file: a copy that names no private scan, where it does.

        Args:
            scratch: a folder for copies.
        """
        if self.private is None:
            return path
        if MANIFEST.fullmatch(name):
            try:
                told: Any = json.loads(path.read_bytes())
            except ValueError:
                told = {}  # as whoever reads it takes it
            less = _without(told, self.private)
            return path if less == told else _copy(scratch, name, json.dumps(less, indent=1) + "\n")
        if DATASHEET.fullmatch(name):
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
            left = [line for line in lines if not self.private.search(line)]
            return path if left == lines else _copy(scratch, name, "".join(left))
        return path


def _copy(scratch: Path, name: str, text: str) -> Path:
    copy = scratch / name
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text(text, encoding="utf-8", newline="")
    return copy


def _without(value: Any, private: re.Pattern[str]) -> Any:
    """A JSON value without what names a private scan: keys, and whole items of lists."""
    if isinstance(value, dict):
        known = cast(dict[str, Any], value)
        return {key: _without(each, private) for key, each in known.items() if not private.search(key)}
    if isinstance(value, list):
        return [each for each in cast(list[Any], value) if not _names(each, private)]
    return "" if _names(value, private) else value


def _names(value: Any, private: re.Pattern[str]) -> bool:
    if isinstance(value, dict):
        return any(_names(each, private) for pair in cast(dict[str, Any], value).items() for each in pair)
    if isinstance(value, list):
        return any(_names(each, private) for each in cast(list[Any], value))
    return isinstance(value, str) and private.search(value) is not None


def _any_of(names: Collection[str]) -> re.Pattern[str] | None:
    """Finds any of these, but none that only begins like one."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(names)))})(?!\w)") if names else None


def settle_private(studio: Studio) -> Staying:
    """Take away what the studio still has of scans that are private, and tell what may not leave.

    Raises:
        RunError: preparation goes on, which may be reading them.
        StudioError: something can't be deleted or written.
    """
    finder, names = Finder(), set[str]()
    told: list[str] = []
    if not studio.catalog.exists():
        names = _tagged(studio, finder, {})
        return Staying(_with_stems(names), (), _any_of([each.removeprefix("sketchbooks/") for each in names]))
    refuse_running(studio.preparation)
    with open_catalog(studio) as catalog:
        rows = {row["name"]: row for row in catalog.rows("SELECT id, name, tag FROM scans")}
        red = _tagged(studio, finder, {name: row["tag"] is not None for name, row in rows.items()})
        fresh = [rows[name]["id"] for each in red if (name := each.removeprefix("sketchbooks/")) in rows]
        told += hide_scans(catalog, studio, fresh)
        told += forget_private(catalog, studio)
        names |= red
        unsaid = {each.removeprefix("sketchbooks/") for each in red}
        private = catalog.rows(f"SELECT id, name, page FROM scans WHERE {PRIVATE_ROWS}")
        for row in private:
            names |= {f"sketchbooks/{row['name']}", f"drawings/{row['page']}{ENDING}"}
            unsaid |= {row["name"], row["page"]}
        for run in _runs_of(catalog, studio, [row["id"] for row in private]):
            names.add(run)
            told.append(f"{run} stays here: it has learnt from drawings of private scans")
    return Staying(_with_stems(names), tuple(told), _any_of(unsaid))


def _with_stems(names: Collection[str]) -> frozenset[str]:
    """These and, of scans, the names without an ending: the same page may lie there as another file."""
    return frozenset((*names, *(_stem(name) for name in names if name.startswith("sketchbooks/"))))


def _stem(name: str) -> str:
    return PurePosixPath(name).with_suffix("").as_posix()


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
