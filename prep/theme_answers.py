"""What the warm process answers about themes: how often something is in each book, and what is nearly the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prep.errors import PrepError
from prep.shelf import list_books
from prep.shelf_answers import Answer, Shelf, Told, scans_of, where_of


def _timeline(shelf: Shelf, request: Mapping[str, Any]) -> Iterator[Told]:
    """``query``: how many scans of each book it finds, ``books`` in the order of time."""
    from prep.similar import timeline

    try:
        where, asked, _ = where_of(shelf, str(request.get("query") or ""), "")
    except PrepError as error:
        yield {"books": [], "wrong": str(error)}
        return
    ids = [row["id"] for row in shelf.catalog.rows(f"SELECT id FROM shelf WHERE {where}", asked)]
    chapters = timeline(shelf.catalog, ids)
    books = [
        {
            "book": each.book,
            "found": len(each.found),
            "scans": each.scans,
            "dates": " – ".join(part for part in dict.fromkeys((each.began, each.ended)) if part),
        }
        for each in chapters
    ]
    yield {"books": books}


def _duplicates(shelf: Shelf, _request: Mapping[str, Any]) -> Iterator[Told]:
    """Scans that are the same or nearly so, none of them set aside: ``groups`` of ``keys``, with ``words``."""
    import numpy as np

    from prep.glance import near_duplicates

    looks = {row["sha256"]: row["dhash"] for row in shelf.catalog.rows("SELECT sha256, dhash FROM looks")}
    rows = shelf.catalog.rows("SELECT id, page, sha256 FROM shelf WHERE tag != 'extra' ORDER BY place")
    rows = [row for row in rows if row["sha256"] in looks]  # also a copy, which nobody looks at twice
    if not rows:
        yield {"groups": []}
        return
    hashes = np.frombuffer(b"".join(looks[row["sha256"]] for row in rows), dtype=np.uint8).reshape(len(rows), -1)
    group = list(range(len(rows)))

    def root(index: int) -> int:
        while group[index] != index:
            group[index] = index = group[group[index]]
        return index

    for one, other, *_ in near_duplicates(hashes).tolist():
        one, other = sorted((root(one), root(other)))
        group[other] = one
    groups: dict[int, list[int]] = {}
    for index in range(len(rows)):
        groups.setdefault(root(index), []).append(index)
    yield {
        "groups": [
            {
                "keys": [str(rows[index]["id"]) for index in each],
                "words": " ≈ ".join(rows[index]["page"] for index in each),
            }
            for each in groups.values()
            if len(each) > 1
        ]
    }


def _covers(shelf: Shelf, request: Mapping[str, Any]) -> Iterator[Told]:
    """``first``, ``count``: for each book the scan that stands for it, told as such, a cover or else its first; as
    ``total, first, items``."""
    first, count = int(request.get("first", 0)), int(request.get("count", 120))
    books = list_books(shelf.catalog, shelf.asked)
    keys: dict[str, str] = {}
    for book in books[first : first + count]:
        row = shelf.catalog.one(
            "SELECT id FROM shelf WHERE book = ? ORDER BY name = ? DESC, tag = 'cover' DESC, place LIMIT 1",
            (book["name"], book["cover"] or ""),
        )
        if row is not None:
            keys[str(row["id"])] = book["name"]
    items = scans_of(shelf, list(keys))
    told = {book["name"]: book for book in books}
    for item in items:
        book = told[item["book"]]
        dates = " – ".join(part for part in dict.fromkeys((book["began"], book["ended"])) if part)
        item["words"] = f"{book['scans']:,} scans{f', {dates}' if dates else ''}"
    yield {"total": len(books), "first": first, "items": items}


ANSWERS: dict[str, Answer] = {"timeline": _timeline, "duplicates": _duplicates, "covers": _covers}
