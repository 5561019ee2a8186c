"""Files of scans by their labels: copies in a folder a label, or moved to the parts of their books."""

from __future__ import annotations

import csv
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from sqlite3 import Row
from typing import Any

from prep.catalog import Catalog
from prep.errors import PrepError
from prep.finder import Finder
from prep.moves import place_new, same
from prep.privacy import hide_scans, private_now
from prep.reference import book_number, parse_stem
from prep.renames import Renamed, move_scans
from prep.sketchbook import PRIVATE, place, writable
from studio.files import write_text
from studio.folder import Studio

LIST = "labels.tsv"
"""What was copied where, in the folder of the copies."""
SPARE = 16 << 20
"""Bytes that stay free on the disk."""
PARTS = {
    **dict.fromkeys(("notes", "note"), "notes"),
    **dict.fromkeys(("cover", "covers", "collages"), "cover"),
    **dict.fromkeys(("xtra", "extra", "extras", "badscans", "bad scans", "bad"), "xtra"),
}
"""Parts of a book for labels, whatever number these begin with; every other label is art."""
_COLUMNS = ("copy", "scan", "label", "size", "mtime_ns")


@dataclass
class Sorted:
    """What was done."""

    copied: int = 0
    already: int = 0
    """Copies that were there before, under the label that their scan still has."""
    moved: int = 0
    """Copies from before that went to the folder of another label."""
    skipped: list[str] = field(default_factory=list[str])
    """Scans and copies that were left as they are, and why."""
    stopped: bool = False


@dataclass(frozen=True)
class _Copy:
    copy: str
    """Path in the folder of the copies."""
    scan: str
    label: str
    size: int
    mtime_ns: int


def copy_by_label(
    catalog: Catalog,
    studio: Studio,
    folder: Path,
    labels: Sequence[str] = (),
    on_done: Callable[[int, int], object] = lambda _done, _total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Sorted:
    """Copy scans that have a label to ``folder/LABEL/sb48p005.jpg``; private ones never.

    Nothing is overwritten. Done again it goes on where it was, and takes a copy whose scan has another label by now to
    the folder of that, unless somebody changed the copy.

    Args:
        labels: only these; all without.
        on_done: gets how many scans are done, and of how many.

    Raises:
        PrepError: there is no room on the disk for all of them, no scan has such a label, or the folder can't be
            written.
    """
    folder = folder.absolute()
    if folder.resolve().is_relative_to(studio.sketchbooks.resolve()):
        raise PrepError(f"{folder} lies among the sketchbooks; copies there would be scans themselves.")
    rows = _labelled(catalog, labels)
    if not rows:
        raise PrepError("No scan has " + (f"the label {' or '.join(labels)}." if labels else "a label yet."))
    numbers = {row["name"]: row["number"] for row in catalog.rows("SELECT name, number FROM books")}
    before = {each.scan: each for each in _read(folder)}
    names = copy_names([dict(row) for row in rows], numbers)
    done, finder = Sorted(), Finder()
    made: dict[str, _Copy] = dict(before)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        todo = [row for row in rows if not _is_there(folder, before.get(row["name"]), studio.sketchbooks / row["name"])]
        _check_room(folder, [studio.sketchbooks / row["name"] for row in todo])
        for number, row in enumerate(rows, 1):
            if should_stop():
                done.stopped = True
                break
            scan, path = row["name"], studio.sketchbooks / row["name"]
            if not _got_red(catalog, studio, row, finder, done.skipped):
                made |= _copy(path, folder, _Asked(scan, row["label"], names[scan]), before.get(scan), done)
            on_done(number, len(rows))
    except OSError as error:
        raise PrepError(f"{error.filename or folder} can't be written: {error.strerror or error}.") from error
    finally:
        if made and folder.is_dir():
            _write(folder, made.values())
    gone = before.keys() - {row["name"] for row in rows}
    if not labels:
        done.skipped += [f"{before[scan].copy}: its scan has no label any more, or is private" for scan in sorted(gone)]
    return done


def _labelled(catalog: Catalog, labels: Sequence[str]) -> list[Row]:
    """The scans to be sorted; without labels all that have one."""
    rows = catalog.rows(
        "SELECT shelf.id, shelf.name, shelf.book, shelf.part, shelf.label, scans.tag IS NOT NULL AS tagged "
        "FROM shelf JOIN scans ON scans.id = shelf.id WHERE shelf.label IS NOT NULL ORDER BY shelf.place"
    )
    return [row for row in rows if not labels or row["label"] in labels]


def _got_red(catalog: Catalog, studio: Studio, row: Row, finder: Finder, skipped: list[str]) -> bool:
    """Whether a scan is private by a tag in the Finder, perhaps since the last look; then nothing of it stays."""
    if not private_now(studio.sketchbooks / row["name"], tagged=row["tagged"], finder=finder):
        return False
    withdrawn = hide_scans(catalog, studio, [row["id"]])
    skipped.append("; ".join([f"{row['name']}: is tagged private in the Finder", *withdrawn]))
    return True


def copy_names(rows: Sequence[Mapping[str, Any]], numbers: Mapping[str, int | None]) -> dict[str, str]:
    """What the copies of scans are called, each another name whatever their labels: ``sb48p005.jpg``.

    Args:
        rows: ``name, book, part`` of scans.
        numbers: of books, where a person gave them one.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for row in rows:
        path = Path(row["name"])
        number, page = book_number(row["book"], numbers.get(row["book"])), parse_stem(path.stem)
        book = row["book"] if number is None else f"sb{number:02}"
        stem = f"{book}p{page[0]:03}{page[1]}" if page and number is not None else f"{book}-{path.stem}"
        ending = path.suffix.lower()
        candidates = (stem, f"{stem}-{row['part'] or 'art'}", *(f"{stem}-{number}" for number in range(2, 10_000)))
        name = next(each for each in candidates if same(each + ending) not in taken)
        taken.add(same(name + ending))
        found[row["name"]] = name + ending
    return found


def part_of(label: str) -> str:
    """The part of a book where scans with a label belong."""
    return PARTS.get(re.sub(r"^\d+[ _-]*", "", label.strip().lower()), "art")


def planned_moves(catalog: Catalog, studio: Studio, labels: Sequence[str] = ()) -> tuple[dict[str, str], list[str]]:
    """Scans that would move to another part of their book by their labels: old names and new, and what can't, and why.

    Scans of a book that has no parts, and those that have no page number yet, stay where they are.
    """
    names: dict[str, str] = {}
    skipped: list[str] = []
    finder = Finder()
    for row in _labelled(catalog, labels):
        if _got_red(catalog, studio, row, finder, skipped):
            continue
        scan, part = Path(row["name"]), part_of(row["label"])
        if row["part"] in ("", part, "loose") or parse_stem(scan.stem) is None:
            continue
        folder = next((each.name for each in _folders(studio, row["book"]) if each.name.lower() == part), part)
        new = f"{row['book']}/{folder}/{scan.name}"
        if os.path.lexists(studio.sketchbooks / new) or new in names.values():
            skipped.append(f"{row['name']}: {new} is there already")
        else:
            names[row["name"]] = new
    return names, skipped


def move_by_label(catalog: Catalog, studio: Studio, labels: Sequence[str] = ()) -> tuple[Renamed, list[str]]:
    """Move scans to the part of their book where their label belongs, as notes to ``notes``; undone like a rename.

    Raises: as prep.renames.move_scans.
    """
    names, skipped = planned_moves(catalog, studio, labels)
    count = "1 scan" if len(names) == 1 else f"{len(names):,} scans"
    return move_scans(studio, names, f"{count} moved by label"), skipped


@dataclass(frozen=True)
class _Asked:
    scan: str
    label: str
    name: str


def _folders(studio: Studio, book: str) -> list[Path]:
    return [each for each in (studio.sketchbooks / book).iterdir() if each.name.lower() != PRIVATE]


def _copy(path: Path, folder: Path, asked: _Asked, old: _Copy | None, done: Sorted) -> dict[str, _Copy]:
    """Have a copy under its name, and return it; empty if that can't be."""
    target = folder / asked.label / asked.name
    place = f"{asked.label}/{asked.name}"
    try:
        state = path.stat()
    except OSError as error:
        done.skipped.append(f"{asked.scan}: {error.strerror}")
        return {}
    copy = _Copy(place, asked.scan, asked.label, state.st_size, state.st_mtime_ns)
    if old is not None and _is_there(folder, old, path):
        if old.copy == place:
            done.already += 1
            return {asked.scan: copy}
        target.parent.mkdir(exist_ok=True)
        try:
            place_new(folder / old.copy, target)
        except FileExistsError:
            done.skipped.append(f"{asked.scan}: {place} is there already; its copy is still {old.copy}")
            return {}
        done.moved += 1
        return {asked.scan: copy}
    if os.path.lexists(target):
        there = target.lstat()
        if (there.st_size, there.st_mtime_ns // 1_000_000_000) == (state.st_size, state.st_mtime_ns // 1_000_000_000):
            done.already += 1  # copied by a run that was killed before it could say so
            return {asked.scan: copy}
        done.skipped.append(f"{asked.scan}: {place} is another file; nothing is overwritten")
        return {}
    target.parent.mkdir(exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{asked.name[:100]}.", suffix=".tmp", dir=target.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        shutil.copyfile(path, temporary)
        shutil.copystat(path, temporary)
        place_new(temporary, target)
        done.copied += 1
    except FileExistsError:
        done.skipped.append(f"{asked.scan}: {place} is another file; nothing is overwritten")
        return {}
    finally:
        temporary.unlink(missing_ok=True)
    return {asked.scan: copy}


def _is_there(folder: Path, copy: _Copy | None, path: Path) -> bool:
    """Whether a copy is there as it was made, and of the scan as it is."""
    if copy is None:
        return False
    try:
        state, scan = (folder / copy.copy).lstat(), path.stat()
    except OSError:
        return False
    return state.st_size == copy.size == scan.st_size and scan.st_mtime_ns == copy.mtime_ns


def _check_room(folder: Path, paths: Iterable[Path]) -> None:
    wanted = sum(path.stat().st_size for path in paths if path.exists())
    free = shutil.disk_usage(folder).free
    if wanted and wanted + SPARE > free:
        raise PrepError(
            f"{folder} has {free / 1e6:,.0f} MB free, and the scans take {wanted / 1e6:,.0f} MB; nothing was copied."
        )


def _read(folder: Path) -> list[_Copy]:
    try:
        with (folder / LIST).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream, dialect="excel-tab"))
        found = [_Copy(row["copy"], row["scan"], row["label"], int(row["size"]), int(row["mtime_ns"])) for row in rows]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise PrepError(f"{folder / LIST} can't be read: {error}. Name another folder.") from None
    inside = [each for each in found if not Path(each.copy).is_absolute() and ".." not in Path(each.copy).parts]
    return sorted(inside, key=lambda each: place(each.copy))


def _write(folder: Path, copies: Iterable[_Copy]) -> None:
    text = StringIO()
    table = csv.writer(text, "excel-tab", lineterminator="\n")
    table.writerow(_COLUMNS)
    for each in sorted(copies, key=lambda each: place(each.copy)):
        table.writerow([writable(each.copy), each.scan, each.label, each.size, each.mtime_ns])
    write_text(folder / LIST, text.getvalue())
