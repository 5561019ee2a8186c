"""Scans whose files somebody moved or renumbered by hand, as in the Finder: known by what is in them, so that all that
belongs to them goes along."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from sqlite3 import Row
from typing import Any, NamedTuple, TypeVar

from prep.catalog import Catalog
from prep.finder import Finder
from prep.privacy import private_stamps
from prep.report import file_sha256
from prep.sketchbook import ScanFile

T = TypeVar("T")


class Seen(NamedTuple):
    """A scan that is there, and its file."""

    scan: ScanFile
    size: int
    mtime_ns: int

    @property
    def stamp(self) -> tuple[int, int]:
        """The same until somebody writes to the file, whatever it is called."""
        return self.size, self.mtime_ns


def known_scans(catalog: Catalog) -> dict[str, Row]:
    """What the catalog knows of the files of scans, by their names."""
    sql = "SELECT id, name, page, part, size, mtime_ns, gone, sha256 FROM scans ORDER BY gone, id"
    return {row["name"]: row for row in catalog.rows(sql)}


def found_again(catalog: Catalog) -> list[dict[str, Any]]:
    """As shifted for what only a hash could tell: a new scan with the content of one that went is that one."""
    sql = """SELECT old.*, new.id AS twin, new.mtime_ns AS now,
            new.name AS new, new.page AS new_page, new.part AS new_part
        FROM scans AS old JOIN scans AS new ON new.sha256 = old.sha256
        WHERE old.gone AND NOT new.gone AND old.sha256 != '' AND new.id > old.id
            AND new.label IS NULL AND new.tag IS NULL AND new.favourite IS NULL ORDER BY new.id, old.id"""
    moved: dict[int, dict[str, Any]] = {}
    twins: set[int] = set()
    for row in catalog.rows(sql):
        if row["id"] not in moved and row["twin"] not in twins:
            twins.add(row["twin"])
            told = {name: row[name] for name in ("page", "part", "new", "new_page", "new_part", "twin")}
            moved[row["id"]] = {"old": row["name"], **told, "mtime_ns": row["now"]}
    return list(moved.values())


def shifted(sketchbooks: Path, there: Mapping[str, Seen], known: Mapping[str, Row]) -> list[dict[str, Any]]:
    """What to tell the catalog of scans that have another name, page or part now; see prep.renames.

    A file of the same size and time is the same scan; where several are, or the time is another, their content tells.
    Unless there are such, nothing is read. A name whose content changed, and lies nowhere else, is the same scan,
    scanned anew.

    Args:
        there: all scans that are there, by their names.
        known: all that were there, see known_scans.
    """
    odd: list[Seen] = []
    found: list[dict[str, Any]] = []
    kept: set[str] = set()
    for name, seen in there.items():
        row = known.get(name)
        if row is None or (row["size"], row["mtime_ns"]) != (seen.size, seen.mtime_ns):
            odd.append(seen)
            continue
        kept.add(name)
        if row["part"] != seen.scan.part:  # as loose ones in a book that got parts
            found.append(_told(row, seen))
    left = [row for name, row in known.items() if name not in kept] if odd else []
    if not left:
        return found
    moved = _match(sketchbooks, odd, left)
    found += [_told(row, there[name]) for name, row in moved.items()]
    # what lies in a folder priv now is no scan any more, whoever has its name
    names = {row["name"] for row in moved.values()} | set(moved)
    away: dict[str, set[tuple[int, int]]] = {}
    for row in left:
        book = row["name"].partition("/")[0]
        if row["name"] in there and row["name"] not in names:
            if book not in away:
                away[book] = private_stamps(sketchbooks / book)
            if (row["size"], row["mtime_ns"]) in away[book]:
                found.append(told_away(row))
    return found


def told_away(row: Row) -> dict[str, Any]:
    """What to tell of a scan that is not there, and whose name is another's now."""
    mark = f"~{row['id']}"
    names = {"old": row["name"], "new": row["name"] + mark, "page": row["page"], "new_page": row["page"] + mark}
    return {**names, "part": row["part"], "new_part": row["part"], "gone": True}


def _told(row: Row, seen: Seen) -> dict[str, Any]:
    names = {"old": row["name"], "new": seen.scan.name, "page": row["page"], "new_page": seen.scan.page}
    return {**names, "part": row["part"], "new_part": seen.scan.part, "mtime_ns": seen.mtime_ns}


def _match(sketchbooks: Path, odd: Sequence[Seen], left: Sequence[Row]) -> dict[str, Row]:
    """Which of the scans that are not where they were each file is, by its name; those that are none are left out."""
    found: dict[str, Row] = {}
    taken: set[int] = set()
    finder = Finder()

    def content(seen: Seen) -> str:
        path = sketchbooks / seen.scan.name
        try:
            return "" if finder.tags(path).tag == "private" else file_sha256(path)
        except OSError:
            return ""

    def take(seen: Seen, row: Row) -> None:
        found[seen.scan.name] = row
        taken.add(row["id"])

    rows = _grouped(left, lambda row: (row["size"], row["mtime_ns"]))
    for stamp, files in _grouped(odd, lambda seen: seen.stamp).items():
        same = rows.get(stamp, [])
        if len(files) > 1 or len(same) > 1:
            for seen in files if same else ():
                digest = content(seen)
                row = next((row for row in same if row["sha256"] == digest != "" and row["id"] not in taken), None)
                if row is not None:
                    take(seen, row)
            files = [seen for seen in files if seen.scan.name not in found]
            same = [row for row in same if row["id"] not in taken and not row["sha256"]]
        if len(files) == len(same) == 1:
            take(files[0], same[0])
    # moved by what gives a file the time of now; many of one size, as TIFFs are, would all have to be read
    rows = _grouped((row for row in left if row["id"] not in taken and row["sha256"]), lambda row: row["size"])
    for size, files in _grouped((seen for seen in odd if seen.scan.name not in found), lambda seen: seen.size).items():
        same = rows.get(size, [])
        alone = len(files) == len(same) == 1 and files[0].scan.name != same[0]["name"]
        if alone and content(files[0]) == same[0]["sha256"]:
            take(files[0], same[0])
    return found


def _grouped(items: Iterable[T], key: Callable[[T], Any]) -> dict[Any, list[T]]:
    found: dict[Any, list[T]] = defaultdict(list)
    for item in items:
        found[key(item)].append(item)
    return found
