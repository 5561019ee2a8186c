"""What is like a scan or a drawing, and a theme over the years: how often it comes in each book, and on which pages."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from prep.catalog import Catalog
from prep.clusters import current
from prep.errors import PrepError
from prep.piles import PILES, Of, unpacked
from prep.space import Values


@dataclass(frozen=True)
class Alike:
    """A scan or a drawing, and how far it is from another."""

    item: str
    """Id of a scan, or name of a drawing."""
    scan: int
    page: str
    label: str | None
    distance: float


@dataclass(frozen=True)
class Chapter:
    """A theme in a book."""

    book: str
    number: int | None
    began: str | None
    ended: str | None
    scans: int
    """How many the book has on the shelf."""
    found: tuple[tuple[int, str], ...]
    """Ids and pages of those that are of the theme, in their order."""


def similar(catalog: Catalog, of: Of, item: str, limit: int = 20) -> list[Alike]:
    """The scans or drawings that are most like one, itself left out, the nearest first.

    Args:
        item: id of a scan, or name of a drawing.

    Raises:
        PrepError: it was not looked at yet.
    """
    items, vectors = placed(catalog, of)
    if current(catalog, of) is None:
        raise PrepError(
            f"There are no clusters of {of} yet, by which it is told what is like what; monoline prep clusters "
            f"--of {of} -k 16 makes some."
        )
    if item not in items or catalog.one(f"SELECT 1 FROM ({PILES[of]}) WHERE item = ?", (item,)) is None:
        raise PrepError("It is in no cluster yet, so nothing is known to be like it; monoline prep run looks at it.")
    at = items.index(item)
    difference = vectors - vectors[at]
    squares = np.einsum("ij,ij->i", difference, difference)
    order = [index for index in np.argsort(squares, kind="stable").tolist() if index != at]
    found: list[Alike] = []
    step = limit + 20
    for begin in range(0, len(order), step):  # some may have become private, or be gone
        told = [(items[index], float(np.sqrt(squares[index]))) for index in order[begin : begin + step]]
        found += _told(catalog, of, told)
        if len(found) >= limit:
            break
    return found[:limit]


def placed(catalog: Catalog, of: Of, most: int = 0) -> tuple[list[str], Values]:
    """Items in the clusters that count, and where they lie in its space, (n, d); some may be private by now.

    Args:
        most: so many at most, spread over all of them; 0 is all.
    """
    kept = current(catalog, of)
    if kept is None:
        return [], np.zeros((0, 0), dtype=np.float32)
    sql = "SELECT item, vector FROM members WHERE clustering = :kept"
    asked: dict[str, object] = {"kept": kept.id}
    (count,) = catalog.rows("SELECT count(*) FROM members WHERE clustering = ?", (kept.id,))[0]
    if 0 < most < count:
        items = [
            row[0] for row in catalog.rows("SELECT item FROM members WHERE clustering = ? ORDER BY item", (kept.id,))
        ]
        sql += " AND item IN (SELECT value FROM json_each(:some))"
        asked["some"] = json.dumps([items[index * count // most] for index in range(most)])
    rows = catalog.rows(f"{sql} ORDER BY item", asked)
    return [row["item"] for row in rows], unpacked([row["vector"] for row in rows], np.dtype("<f2"))


def timeline(catalog: Catalog, scans: Collection[int]) -> list[Chapter]:
    """Scans by book, every book of the shelf told: by its number, or its date, or else its name.

    Args:
        scans: ids, as a search finds them, or ``similar``.
    """
    told = {row["name"]: row for row in catalog.rows("SELECT * FROM books")}
    pages: dict[str, list[tuple[int, str]]] = {}
    for row in catalog.rows(
        "SELECT id, book, page FROM shelf WHERE id IN (SELECT value FROM json_each(?)) ORDER BY place",
        (json.dumps(sorted(set(scans))),),
    ):
        pages.setdefault(row["book"], []).append((row["id"], row["page"]))
    counts: dict[str, int] = {}
    first: dict[str, str] = {}
    for row in catalog.rows("SELECT book, count(*) AS n, min(place) AS place FROM shelf GROUP BY book"):
        counts[row["book"]], first[row["book"]] = row["n"], row["place"]
    chapters: list[Chapter] = []
    for book, count in counts.items():
        row = told.get(book)
        number, began, ended = (row["number"], row["began"], row["ended"]) if row else (None, None, None)
        chapters.append(Chapter(book, number, began, ended, count, tuple(pages.get(book, ()))))
    return sorted(chapters, key=lambda each: _when(each, first[each.book]))


def _when(chapter: Chapter, place: str) -> tuple[float, str, str]:
    """Books with a number by it, a folder sb07 having one; others after them."""
    from prep.reference import book_number

    number = book_number(chapter.book, chapter.number)
    return (float("inf") if number is None else number, chapter.began or "", place)


def _told(catalog: Catalog, of: Of, found: Sequence[tuple[str, float]]) -> list[Alike]:
    rows = catalog.rows(
        f"SELECT item, scan, page, label FROM ({PILES[of]}) WHERE item IN (SELECT value FROM json_each(?))",
        (json.dumps([item for item, _ in found]),),
    )
    known = {row["item"]: row for row in rows}
    return [
        Alike(item, known[item]["scan"], known[item]["page"], known[item]["label"], distance)
        for item, distance in found
        if item in known
    ]
