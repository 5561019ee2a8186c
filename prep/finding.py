"""The catalog brought up to date with the files: scans that came, changed, moved or went, and what lies beside them."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from configs.errors import MonolineError
from prep.catalog import Catalog, open_catalog
from prep.corrections import ENDING, applied, read_corrections
from prep.drawing_labels import follow_drawings, place_drawings
from prep.finder import Finder
from prep.privacy import forget_private, private_now
from prep.report import Report, corrections_digest, file_sha256, read_report, report_path
from prep.shifts import Seen, found_again, known_scans, shifted
from prep.sketchbook import ScanFile, Skipped, find_scans, place
from studio.folder import Studio

BATCH = 200
"""Scans that are hashed before what is known of them is written."""
UNKNOWN = "?"
"""Stands for corrections that can't be read: such a page is never up to date."""


def refresh(catalog: Catalog, studio: Studio, *, alone: bool = False) -> tuple[Skipped, ...]:
    """Tell the catalog which scans are there, by names, sizes and times alone; returns what was not used, and why.

    What belongs to scans whose files were moved or renumbered goes along. A scan that changed has no hash until
    ``find`` has read it.

    Args:
        alone: whether nobody else can rename anything meanwhile.
    """
    from prep.renames import follow, held, recover

    recover(studio)
    there, skipped = _see(studio)
    known = {
        row["name"]: (row["size"], row["mtime_ns"], row["part"])
        for row in known_scans(catalog).values()
        if not row["gone"]
    }
    if known != {name: (*seen.stamp, seen.scan.part) for name, seen in there.items()}:
        with held(studio, alone=alone):
            there, skipped = _see(studio)  # somebody may have renamed some meanwhile
            follow(studio, shifted(studio.sketchbooks, there, known_scans(catalog)))
            _tell_scans(catalog, there)
    return tuple(skipped)


def _see(studio: Studio) -> tuple[dict[str, Seen], list[Skipped]]:
    """All scans that are there, and what is not used."""
    found = find_scans(studio.sketchbooks)
    skipped = list(found.skipped)
    there: dict[str, Seen] = {}
    for scan in found.scans:
        size, mtime_ns, problem = _stamp(scan)
        if problem:
            skipped.append(Skipped(scan.name, problem))
        else:
            there[scan.name] = Seen(scan, size, mtime_ns)
    return there, skipped


def _tell_scans(catalog: Catalog, there: Mapping[str, Seen]) -> None:
    """Those that came, changed or went."""
    known = known_scans(catalog)
    fresh: list[tuple[Any, ...]] = []
    changed: list[tuple[Any, ...]] = []
    finder = Finder()
    for scan, size, mtime_ns in there.values():
        row = known.get(scan.name)
        if row is None:
            tags = finder.tags(scan.path)  # before anybody is shown it
            fields = (scan.name, scan.page, scan.book, scan.part, place(scan.name), size, mtime_ns)
            fresh.append((*fields, tags.tag, int(tags.favourite)))
        elif (row["size"], row["mtime_ns"], row["gone"], row["part"]) != (size, mtime_ns, 0, scan.part):
            same = (row["size"], row["mtime_ns"]) == (size, mtime_ns)
            changed.append((scan.page, scan.part, size, mtime_ns, same, row["id"]))
    gone = [(row["id"],) for name, row in known.items() if name not in there and not row["gone"]]
    with catalog.change() as db:
        db.executemany(
            "INSERT INTO scans (name, page, book, part, place, size, mtime_ns, finder, finder_favourite) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            fresh,
        )
        db.executemany(
            "UPDATE scans SET page = ?, part = ?, size = ?, mtime_ns = ?, gone = 0, "
            "sha256 = CASE WHEN ? THEN sha256 ELSE '' END WHERE id = ?",
            changed,
        )
        db.executemany("UPDATE scans SET gone = 1 WHERE id = ?", gone)


def find(
    catalog: Catalog,
    studio: Studio,
    on_done: Callable[[int, int], object] = lambda _done, _total: None,
    should_stop: Callable[[], bool] = lambda: False,
    on_withdrawn: Callable[[str], object] = lambda _said: None,
) -> tuple[int, tuple[Skipped, ...]]:
    """As refresh; scans that came or changed are hashed too, and their tags, corrections and reports looked up.

    Args:
        on_done: gets how many scans have a hash, and of how many.
        on_withdrawn: gets a sentence on each dataset that had drawings of what is private now.

    Returns:
        How many were hashed, and what can't be used, and why.
    """
    from prep.renames import follow, held

    skipped = list(refresh(catalog, studio))
    hashed = 0
    with contextlib.closing(_hash(catalog, studio, skipped, on_done)) as hashing:
        for number in hashing:
            hashed = number
            if should_stop():
                break
    if found_again(catalog):
        with held(studio):
            follow(studio, found_again(catalog))
    tell_tags(catalog, studio)
    _tell_twins(catalog)
    place_drawings(catalog, studio)
    _tell_beside(catalog, studio)
    for said in forget_private(catalog, studio):  # last, since only now it is known what there is
        on_withdrawn(said)
    rows = catalog.rows("SELECT name, problem FROM shelf WHERE problem != '' ORDER BY place")
    return hashed, (*skipped, *(Skipped(row["name"], row["problem"]) for row in rows))


def _stamp(scan: ScanFile) -> tuple[int, int, str]:
    try:
        state = scan.path.stat()
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        return 0, 0, "is no file, or a link that leads to none" if missing else f"can't be read: {error.strerror}"
    if not stat.S_ISREG(state.st_mode):
        return 0, 0, "is no file, or a link that leads to none"
    return state.st_size, state.st_mtime_ns, ""


def _hash(
    catalog: Catalog, studio: Studio, skipped: list[Skipped], on_done: Callable[[int, int], object]
) -> Generator[int]:
    """Take the hash of scans that have none, some at a time; yields how many after each."""
    # those tagged private in the Finder are not read; a hash tells nothing, but reading is reading
    todo = catalog.rows(
        "SELECT shelf.id, shelf.name, scans.tag IS NOT NULL AS tagged FROM shelf JOIN scans ON scans.id = shelf.id "
        "WHERE shelf.sha256 = '' ORDER BY shelf.place"
    )
    (total,) = catalog.rows("SELECT count(*) FROM shelf")[0]
    found: list[tuple[str, int]] = []
    finder = Finder()

    def keep() -> None:
        with catalog.change() as db:
            db.executemany("UPDATE scans SET sha256 = ? WHERE id = ?", found)
        found.clear()

    try:
        for number, row in enumerate(todo, 1):
            path = studio.sketchbooks / row["name"]
            try:
                if not private_now(path, tagged=row["tagged"], finder=finder):
                    found.append((file_sha256(path), row["id"]))
            except OSError as error:
                skipped.append(Skipped(row["name"], f"can't be read: {error.strerror or error}"))
            if len(found) == BATCH:
                keep()
            on_done(total - len(todo) + number, total)
            yield number
    finally:  # after a stop too
        keep()


def tell_tags(catalog: Catalog, studio: Studio) -> None:
    """What the Finder's tags say; what a person decided here counts more."""
    changed: list[tuple[str, int, int]] = []
    finder = Finder()
    for row in catalog.rows("SELECT id, name, finder, finder_favourite FROM scans WHERE NOT gone"):
        told = finder.tags(studio.sketchbooks / row["name"])
        if (told.tag, int(told.favourite)) != (row["finder"], row["finder_favourite"]):
            changed.append((told.tag, int(told.favourite), row["id"]))
    if changed:
        with catalog.change() as db:
            db.executemany("UPDATE scans SET finder = ?, finder_favourite = ? WHERE id = ?", changed)


def _tell_twins(catalog: Catalog) -> None:
    """Of scans with the same content the first counts."""
    rows = catalog.rows("SELECT id, name, sha256, problem FROM shelf WHERE sha256 != '' ORDER BY place")
    first: dict[str, str] = {}
    changed: list[tuple[str, int]] = []
    for row in rows:
        same = first.setdefault(row["sha256"], row["name"])
        problem = "" if same == row["name"] else f"is the same picture as {same}"
        if problem != row["problem"]:
            changed.append((problem, row["id"]))
    if changed:
        with catalog.change() as db:
            db.executemany("UPDATE scans SET problem = ? WHERE id = ?", changed)


def _tell_beside(catalog: Catalog, studio: Studio) -> None:
    """Corrections that were made, reports and drawings that came, were edited or went, whoever did it."""
    files = dict(_files(studio.drawings))
    scans = catalog.rows(
        "SELECT scans.id, page, corrections_size, key, stamp FROM scans "
        "LEFT JOIN traces ON traces.scan = scans.id WHERE NOT gone"
    )
    pages = {row["page"] for row in scans}
    svgs: dict[str, list[tuple[str, os.stat_result]]] = {}
    for name, state in files.items():
        page = name.removesuffix(".svg").rpartition("-")[0]
        if name.endswith(".svg") and page in pages:
            svgs.setdefault(page, []).append((name.rpartition("/")[2], state))
    for at in range(0, len(scans), BATCH):  # some at a time, so that nobody else waits long to write
        with catalog.change() as db:
            for row in scans[at : at + BATCH]:
                state = files.get(f"{row['page']}{ENDING}")
                if (state.st_size if state else 0) != row["corrections_size"]:
                    tell_corrections(catalog, studio, row["id"], row["page"])
                report = f"{row['page']}.json" in files
                if report and svgs_stamp(svgs.get(row["page"], ())) != row["stamp"]:
                    try:
                        told = read_report(report_path(studio.drawings, row["page"]))
                    except MonolineError:
                        told = None
                    if told is not None:
                        record_trace(catalog, studio, row["id"], told)
                elif not report and row["key"]:
                    db.execute("DELETE FROM traces WHERE scan = ?", (row["id"],))


def _files(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """All files below a folder by their names in it, hidden ones left out."""
    for place_, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        inside = Path(place_).relative_to(folder).as_posix()
        for name in names:
            try:
                yield (name if inside == "." else f"{inside}/{name}"), Path(place_, name).stat()
            except OSError:  # gone meanwhile
                continue


def svgs_stamp(files: Iterable[tuple[str, os.stat_result]]) -> str:
    """The same for SVGs of the same names, sizes and times."""
    told = sorted(f"{name} {state.st_size} {state.st_mtime_ns}" for name, state in files)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16] if told else ""


def tell_corrections(catalog: Catalog, studio: Studio, scan: int, page: str) -> None:
    """What the file of corrections of a page says now."""
    path = studio.drawings / f"{page}{ENDING}"
    size = path.stat().st_size if path.exists() else 0
    try:
        counting = applied(read_corrections(path))
        told = corrections_digest(counting), len(counting)
    except MonolineError:
        told = UNKNOWN, 0
    with catalog.change() as db:
        db.execute(
            "UPDATE scans SET corrections = ?, corrected = ?, corrections_size = ? WHERE id = ?", (*told, size, scan)
        )


def record_trace(catalog: Catalog, studio: Studio, scan: int, report: Report) -> None:
    """What a scan's report says."""
    folder = report_path(studio.drawings, report.page).parent
    states = []
    for each in report.drawings:
        path = folder / each.file
        if path.exists():
            states.append((each.file, path.stat()))
    whole = len(states) == len(report.drawings)
    pictures = [[each.file, *each.corner, report.mm] for each in report.drawings]
    fields = {
        "scan": scan,
        "sha256": report.sha256,
        "settings": report.settings,
        "corrections": corrections_digest(report.corrections),
        "tracing": report.tracing if whole else 0,
        "key": report.key,
        "strokes": sum(each.strokes for each in report.drawings),
        "points": sum(each.points for each in report.drawings),
        "pictures": json.dumps(pictures),
        "stamp": svgs_stamp(states),
        "seconds": report.seconds,
        "reason": "",
        "crashed": 0,
    }
    with catalog.change():
        follow_drawings(catalog, scan, report)
        write_trace(catalog, fields)


def record_page(studio: Studio, scan: ScanFile, report: Report) -> None:
    """What the report of a scan says that was traced just now, by whomever."""
    with open_catalog(studio) as catalog:
        number = scan_id(catalog, studio, scan.name)
        if number is not None:
            with catalog.change() as db:
                db.execute("UPDATE scans SET sha256 = ? WHERE id = ?", (report.sha256, number))
                tell_corrections(catalog, studio, number, scan.page)
                record_trace(catalog, studio, number, report)


def record_corrections(studio: Studio, scan: ScanFile) -> None:
    """What the corrections of a scan are now."""
    with open_catalog(studio) as catalog:
        number = scan_id(catalog, studio, scan.name)
        if number is not None:
            tell_corrections(catalog, studio, number, scan.page)


def scan_id(catalog: Catalog, studio: Studio, name: str) -> int | None:
    """The number of a scan in the catalog, which may have to look for it first; None if it is not there."""
    for look in (True, False):
        row = catalog.one("SELECT id FROM scans WHERE name = ?", (name,))
        if row is not None:
            return row["id"]
        if look:
            refresh(catalog, studio)
    return None


def record_failure(catalog: Catalog, scan: int, sha256: str, settings: str, reason: str, *, crashed: bool) -> None:
    """Why a scan could not be traced; what was traced of it before stays.

    Args:
        settings: hash of the settings of tracing.
        crashed: whether the reason is nothing about the scan itself, so that it is tried again.
    """
    with catalog.change() as db:
        db.execute(
            "INSERT INTO traces (scan, sha256, settings, corrections, tracing, reason, crashed) "
            "VALUES (:scan, :sha256, :settings, '', 0, :reason, :crashed) ON CONFLICT (scan) DO UPDATE SET "
            "sha256 = :sha256, settings = :settings, reason = :reason, crashed = :crashed",
            {"scan": scan, "sha256": sha256, "settings": settings, "reason": reason, "crashed": int(crashed)},
        )


def write_trace(catalog: Catalog, fields: dict[str, Any]) -> None:
    """A row of the table traces, in the place of the one before."""
    names = ", ".join(fields)
    values = ", ".join(f":{name}" for name in fields)
    with catalog.change() as db:
        db.execute(f"INSERT OR REPLACE INTO traces ({names}) VALUES ({values})", fields)
