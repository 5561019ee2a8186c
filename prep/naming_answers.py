"""What the warm process answers about the names of pages: a plan for a book of loose scans, kept until it is done."""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from prep.errors import PrepError
from prep.naming import Naming, check, propose
from prep.shelf_answers import Answer, Shelf, Told
from prep.sketchbook import PRIVATE
from studio.files import write_text


def _naming(shelf: Shelf, request: Mapping[str, Any]) -> Iterator[Told]:
    """``book``, ``by`` (name or time): its loose scans and what they are to be called, as ``plan``, with what a person
    has said so far; and the ``book``."""
    book = str(request["book"])
    folder = _folder(shelf, book)
    rows = shelf.catalog.rows("SELECT id, name, favourite FROM shelf WHERE book = ?", (book,))
    scans = {row["name"].partition("/")[2]: row for row in rows}
    looks = {
        row["name"].partition("/")[2]: row["dhash"]
        for row in shelf.catalog.rows(
            "SELECT shelf.name, looks.dhash FROM shelf JOIN looks ON looks.scan = shelf.id "
            "AND looks.sha256 = shelf.sha256 WHERE shelf.book = ?",
            (book,),
        )
    }
    tagged = shelf.catalog.rows("SELECT name, tag FROM scans WHERE book = ? AND NOT gone AND tag IS NOT NULL", (book,))
    tags = {row["name"].partition("/")[2]: row["tag"] for row in tagged}
    proposed = {each.file: each for each in propose(folder, str(request.get("by") or "name"), looks=looks, tags=tags)}
    kept = {each["file"]: each for each in _read(shelf, book) if each["file"] in proposed}
    plan: list[Told] = []
    for file, each in proposed.items():
        row = scans.get(file)
        told = {"page": each.page, "variant": each.variant, "tag": each.tag, "note": each.note, "seen": False}
        told |= kept.get(file, {})
        told |= {"file": file, "key": str(row["id"]) if row else "", "favourite": bool(row and row["favourite"])}
        plan.append(told)
    yield {"book": _about(shelf, book), "plan": plan}


def _keep(shelf: Shelf, request: Mapping[str, Any]) -> Iterator[Told]:
    """``book``, ``plan``: what a person has said so far, to go on from there another time."""
    path = _path(shelf, str(request["book"]))
    write_text(path, json.dumps(request["plan"]))
    yield {}


def _check(shelf: Shelf, request: Mapping[str, Any]) -> Iterator[Told]:
    """``book``, ``plan``: what is in its way, ``problems``, a sentence each."""
    problems = check(_folder(shelf, str(request["book"])), _plan(request["plan"]))
    yield {"problems": [str(each) for each in problems]}


def _rename(shelf: Shelf, request: Mapping[str, Any]) -> Iterator[Told]:
    """``book``, ``plan``: rename all in one go; ``words`` tell what was done."""
    from prep.renames import name_scans

    book = str(request["book"])
    done = name_scans(shelf.studio, book, _plan(request["plan"]))
    path = _path(shelf, book)
    write_text(path.with_suffix(".done"), json.dumps(request["plan"]))  # for who takes it back
    path.unlink(missing_ok=True)
    yield {"words": done.told}


def bring_back(shelf: Shelf, book: str) -> None:
    """The plan by which scans were renamed, after that was taken back."""
    with contextlib.suppress(OSError):
        _path(shelf, book).with_suffix(".done").replace(_path(shelf, book))


def _leaf(shelf: Shelf, request: Mapping[str, Any]) -> Iterator[Told]:
    """``book``, ``file``, ``columns``, ``rows``: a loose scan as ``picture``, as large as it goes; null if it can't be
    read, or is private."""
    from prep.miniature import large
    from prep.privacy import private_now

    folder, file = _folder(shelf, str(request["book"])), str(request["file"])
    path = folder / file
    name = f"{request['book']}/{file}"
    row = shelf.catalog.one("SELECT tag FROM scans WHERE name = ? AND tag IS NOT NULL", (name,))
    private = row["tag"] == "private" if row is not None else private_now(path, tagged=False)
    if private or PRIVATE in Path(file.lower()).parts or ".." in Path(file).parts:
        yield {"picture": None}
        return
    try:
        width, height, rgb = large(path, int(request["columns"]), 2 * int(request["rows"]))
        yield {"picture": [width, height, base64.b64encode(rgb).decode("ascii")]}
    except PrepError:  # the run tells why
        yield {"picture": None}


def _book(shelf: Shelf, request: Mapping[str, Any]) -> Iterator[Told]:
    """``book``, ``fields``: its number, the dates it ``began`` and ``ended``, and its ``cover``, a page."""
    from prep.decisions import tell_book
    from prep.shelf_answers import find_scan

    book, fields = str(request["book"]), dict(request["fields"])
    if fields.get("cover"):
        cover = str(fields["cover"])
        fields["cover"] = find_scan(shelf, cover if "/" in cover else f"{book}/{cover}").name
    tell_book(shelf.catalog, book, **{name: fields[name] for name in ("number", "began", "ended", "cover")})
    yield {"book": _about(shelf, book)}


def _about(shelf: Shelf, book: str) -> Told:
    row = shelf.catalog.one("SELECT * FROM books WHERE name = ?", (book,))
    told: Told = {"name": book, "number": None, "began": None, "ended": None, "cover": None}
    if row is not None:
        told |= dict(row)
        if told["cover"]:
            scan = shelf.catalog.one("SELECT page FROM shelf WHERE name = ?", (told["cover"],))
            told["cover"] = scan["page"].partition("/")[2] if scan is not None else None
    return told


def _folder(shelf: Shelf, book: str) -> Path:
    folder = shelf.studio.sketchbooks / book
    if Path(book).name != book or not folder.is_dir():
        raise PrepError(f"There is no sketchbook {book} in {shelf.studio.sketchbooks}.")
    return folder


def _path(shelf: Shelf, book: str) -> Path:
    return shelf.studio.preparation / "naming" / f"{book}.plan"


def _read(shelf: Shelf, book: str) -> list[Told]:
    """What was kept; nothing if that can't be read, since all of it can be said again."""
    try:
        told = json.loads(_path(shelf, book).read_text(encoding="utf-8"))
        fields = ("page", "variant", "tag", "note", "seen")
        return [{"file": str(each["file"]), **{name: each[name] for name in fields}} for each in told]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _plan(told: Sequence[Mapping[str, Any]]) -> list[Naming]:
    return [
        Naming(
            str(each["file"]),
            None if each["page"] is None else int(each["page"]),
            str(each["variant"]),
            str(each["tag"]),
            str(each["note"]),
        )
        for each in told
    ]


ANSWERS: dict[str, Answer] = {
    "naming": _naming,
    "keep_naming": _keep,
    "check_naming": _check,
    "rename": _rename,
    "leaf": _leaf,
    "book": _book,
}
