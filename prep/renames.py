"""Scans of a studio renamed, with all that belongs to them: their drawings, corrections, and rows in the catalog.

A rename is whole or not there at all, whatever ends it, and can be undone.
"""

from __future__ import annotations

import contextlib
import json
import os
import uuid
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from prep import decisions
from prep.catalog import Catalog, open_catalog
from prep.corrections import ENDING
from prep.decisions import Decision
from prep.errors import PrepError
from prep.finding import refresh
from prep.ledger import is_noted, note_rename
from prep.moves import Move, Moves, under_way
from prep.naming import Naming, check, parts_of
from prep.privacy import hide_by, page_files
from prep.shifts import known_scans, told_away
from prep.sketchbook import PARTS, PRIVATE, page_in, writable
from studio.folder import Studio
from studio.lock import one_writer
from studio.runs import refuse_running

PURGED = ".purged"
"""Ending of drawings of a page that becomes private, until all is done."""
SHOWN = 3
"""Most reasons that an error names."""


@dataclass(frozen=True)
class Renamed:
    """What was done."""

    told: str
    names: dict[str, str]
    """Old names of scans from the folder of all sketchbooks, and their new ones."""


def name_scans(studio: Studio, book: str, namings: Sequence[Naming]) -> Renamed:
    """Rename scans of a book to the pages that a plan gives them.

    Raises:
        PrepError: something is in the way of one of them, or a folder can't be written; nothing was renamed then.
        StudioBusy: another process renames scans, or prepares this studio.
    """
    folder = studio.sketchbooks / book
    with _alone(studio):
        problems = check(folder, namings)
        if problems:
            more = f" and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
            raise PrepError(f"Nothing was renamed: {'; '.join(map(str, problems[:SHOWN]))}{more}.")
        parts = parts_of(folder)
        names = {f"{book}/{each.file}": f"{book}/{each.target(parts)}" for each in namings}
        names = {old: new for old, new in names.items() if old != new}
        return _rename(studio, names, f"{book}: {_count(len(names))} renamed")


def move_scans(studio: Studio, names: Mapping[str, str], told: str) -> Renamed:
    """Rename scans, by their names from the folder of all sketchbooks; each stays in its book.

    Args:
        told: what it is, for whoever undoes it.

    Raises: as name_scans.
    """
    with _alone(studio):
        return _rename(studio, {old: new for old, new in names.items() if old != new}, told)


def undo_newest(catalog: Catalog, studio: Studio) -> Decision | None:
    """Take back the newest decision of all, renames and whatever else was decided; None if there is none."""
    decision = decisions.newest(catalog)
    if decision is not None and decision.what == "rename":
        return undo_rename(studio, decision)
    if decision is None or decision.what != "tag":
        return decisions.undo(catalog)
    undone, withdrawn = hide_by(catalog, studio, lambda: decisions.undo(catalog))  # some may be private again
    return undone and replace(undone, told="; ".join([undone.told, *withdrawn]))


def undo_names(studio: Studio, book: str) -> Decision | None:
    """Take back the newest rename in a book that is not undone; None if there is none."""
    with open_catalog(studio) as catalog:
        rows = catalog.rows("SELECT * FROM decisions WHERE what = 'rename' AND NOT undone ORDER BY id DESC")
    for row in rows:
        more = json.loads(row["value"])
        if any(name.startswith(f"{book}/") for name in more["names"]):
            return undo_rename(studio, Decision(row["id"], row["at"], row["what"], more.pop("told"), more))
    return None


def undo_rename(studio: Studio, decision: Decision) -> Decision:
    """Give scans their names from before.

    Raises:
        PrepError: one of them was moved since then, or its old name is taken; nothing was renamed then.
    """
    with _alone(studio):
        names = {new: old for old, new in decision.more["names"].items()}
        _rename(studio, names, decision.told, decision.id, decision.more["made"])
    return decision


def recover(studio: Studio) -> str:
    """Bring renames to an end that were interrupted; returns what became of them, empty if there were none."""
    if not under_way(_journal(studio)):
        return ""
    with one_writer(studio.preparation / "renames.lock"):
        return _recover(studio)


def _recover(studio: Studio) -> str:
    moves = Moves(studio.folder, _journal(studio))
    if moves.stage is None:
        return ""
    if not moves.carry_on():
        return f"{moves.about['told']} was interrupted, and taken back"
    note_rename(studio, moves.about)
    moves.close()
    return f"{moves.about['told']} was interrupted, and finished now"


@contextlib.contextmanager
def _alone(studio: Studio) -> Generator[None]:
    """Nobody else renames or prepares while the block lasts, and nothing that was interrupted is left."""
    with one_writer(studio.preparation / "renames.lock", wait_s=20.0):
        refuse_running(studio.preparation)
        _recover(studio)
        yield


def _journal(studio: Studio) -> Path:
    return studio.preparation / "renames"


def _count(number: int) -> str:
    return "1 scan" if number == 1 else f"{number:,} scans"


def _rename(
    studio: Studio, names: dict[str, str], told: str, undoes: int | None = None, made: Sequence[str] = ()
) -> Renamed:
    """Rename scans.

    Args:
        undoes: number of the decision that this takes back.
        made: folders that it made, which go again if nothing else is in them.
    """
    if not names:
        return Renamed(told, names)
    empty = [folder for folder in made if _gets_empty(studio.sketchbooks, folder, names)]
    with open_catalog(studio) as catalog:
        refresh(catalog, studio, alone=True)
        scans = _changed(catalog, studio, names, empty)
    moves = [Move(f"sketchbooks/{old}", f"sketchbooks/{new}") for old, new in names.items()]
    for each in list(moves):
        folder, _, name = each.old.rpartition("/")
        if os.path.lexists(studio.folder / folder / f"._{name}"):  # its tags from the Finder
            target, _, new = each.new.rpartition("/")
            moves.append(Move(f"{folder}/._{name}", f"{target}/._{new}"))
    made = _missing(studio.sketchbooks, names.values())
    _carry(studio, moves, scans, {"told": told, "names": names, "undoes": undoes, "empty": empty, "made": made})
    return Renamed(told, names)


@contextlib.contextmanager
def held(studio: Studio, *, alone: bool = False) -> Generator[None]:
    """Nobody else renames anything while the block lasts, and nothing that was interrupted is left.

    Args:
        alone: whether that is so already.
    """
    with contextlib.nullcontext() if alone else one_writer(studio.preparation / "renames.lock"):
        _recover(studio)
        yield


def follow(studio: Studio, scans: list[dict[str, Any]]) -> None:
    """Have what belongs to scans go after their files, which somebody moved by hand; only while names are held.

    Args:
        scans: what to tell the catalog of each, see prep.shifts.
    """
    if scans:
        names = {each["old"]: each["new"] for each in scans if not each.get("gone")}
        told = f"{_count(len(names))} moved by hand"
        about = {"told": told, "names": names, "undoes": None, "empty": [], "made": [], "by_hand": True}
        _carry(studio, [], scans, about)


def _carry(studio: Studio, moves: Sequence[Move], scans: list[dict[str, Any]], about: dict[str, Any]) -> None:
    """Move files, and have all that belongs to scans go along.

    Args:
        scans: what to tell the catalog of each: ``old`` and ``new`` name, ``page`` and ``new_page``, ``new_part``.
        about: the rest of the journal.
    """
    with open_catalog(studio) as catalog:
        known = known_scans(catalog)
    leaving, twins = {each["old"] for each in scans}, {each.get("twin") for each in scans}
    # scans that went long ago, under names that these get
    scans = scans + [
        told_away(row)
        for name in (each["new"] for each in scans)
        if (row := known.get(name)) is not None and name not in leaving and row["id"] not in twins
    ]
    leaving |= {each["old"] for each in scans}
    held = {row["page"] for name, row in known.items() if not row["gone"] and name not in leaving}
    # of two of the same page, that which is there has the drawings
    pages = {
        each["page"]: each["new_page"]
        for each in sorted(scans, key=lambda each: not each.get("gone"))
        if each["page"] not in held
    }
    pages = {page: new for page, new in pages.items() if page != new}
    private = [each["new"] for each in scans if each["new_part"] == PRIVATE]
    hidden = {each["new_page"] for each in scans if each["new_part"] == PRIVATE}
    mark = uuid.uuid4().hex[:8]
    moves = [*moves, *_beside(studio, pages, hidden, mark)]
    about = {**about, "id": mark, "scans": scans, "private": private}
    about["purged"] = [each.new for each in moves if each.new.endswith(PURGED)]
    journal = Moves(studio.folder, _journal(studio))
    journal.begin(moves, about)
    try:
        note_rename(studio, about)
    except BaseException:
        if not is_noted(studio, about):
            journal.take_back()
        raise
    journal.close()


def _gets_empty(root: Path, folder: str, names: Mapping[str, str]) -> bool:
    try:
        inside = [each.name for each in (root / folder).iterdir() if not each.name.startswith(".")]
    except OSError:
        return False
    return all(f"{folder}/{name}" in names for name in inside)


def _missing(root: Path, names: Iterable[str]) -> list[str]:
    folders = {name.rpartition("/")[0] for name in names}
    return sorted(folder for folder in folders if not (root / folder).exists())


def _changed(catalog: Catalog, studio: Studio, names: Mapping[str, str], empty: Sequence[str]) -> list[dict[str, Any]]:
    """Scans that get another name, page or part: those renamed, and those that lie loose in a book that gets parts."""
    found: list[dict[str, Any]] = []
    for book in sorted({name.partition("/")[0] for name in names}):
        parts = parts_of(studio.sketchbooks / book)
        mine = {old: new for old, new in names.items() if old.startswith(f"{book}/")}
        folders = {new.split("/")[1] for new in mine.values() if new.count("/") > 1}
        after = {folder.lower(): folder for folder in folders if folder.lower() in PARTS} | parts
        after = {part: folder for part, folder in after.items() if f"{book}/{folder}" not in empty}
        if not (studio.sketchbooks / book).is_dir():
            raise PrepError(f"There is no book {book} in {studio.sketchbooks}.")
        every = {row["name"] for row in catalog.rows("SELECT name FROM scans WHERE book = ? AND NOT gone", (book,))}
        for old in sorted(every | set(mine)):
            new = mine.get(old, old)
            page, part = _page_in(book, old, parts)
            new_page, new_part = _page_in(book, new, after)
            if (old, page, part) != (new, new_page, new_part):
                fields = {
                    "old": writable(old),
                    "new": writable(new),
                    "page": page,
                    "new_page": new_page,
                    "new_part": new_part,
                }
                found.append(fields)
    return found


def _page_in(book: str, name: str, parts: Mapping[str, str]) -> tuple[str, str]:
    page, part = page_in(name.removeprefix(f"{book}/"), parts)
    return f"{book}/{page}", part


def _beside(studio: Studio, pages: Mapping[str, str], hidden: set[str], mark: str) -> list[Move]:
    """What lies in the folder of drawings under the names of pages; that of private ones is put aside to be deleted."""
    root = studio.folder
    moves: list[Move] = []
    for page, files in page_files(studio, list(pages)).items():
        stem, target = Path(page).name, studio.drawings / pages[page]
        for path in files:
            new = target.with_name(target.name + path.name.removeprefix(stem))
            if pages[page] in hidden:
                new = path.with_name(f".{path.name}.{mark}{PURGED}")
            moves.append(Move(_from(root, path), _from(root, new)))
    for page, new in pages.items():
        corrections = studio.drawings / f"{page}{ENDING}"
        if corrections.exists():
            moves.append(Move(_from(root, corrections), _from(root, studio.drawings / f"{new}{ENDING}")))
    leaving = {each.old for each in moves}
    # what is left there of a scan that went long ago makes room, and is kept
    there = [path for files in page_files(studio, list(pages.values())).values() for path in files]
    there += [studio.drawings / f"{page}{ENDING}" for page in pages.values()]
    orphans = [_from(root, path) for path in there if path.exists() and _from(root, path) not in leaving]
    return moves + [Move(name, f"{name}.{mark}.old") for name in orphans]


def _from(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()
