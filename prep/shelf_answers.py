"""What the warm process answers about the shelf: scans a part at a time, their pictures, and what a person decides.

``ANSWERS`` has a function for each request; each gives the replies to it, JSON values, the last one before ``done``.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prep.catalog import Catalog, open_catalog
from prep.errors import PrepError
from prep.settings import PrepSettings, read_settings
from prep.shelf import ShelfScan, list_books, list_shelf, values
from studio.folder import Studio

Told = dict[str, Any]
LABELS: Mapping[str, tuple[str, ...]] = {
    "scans": ("0_drawings", "1_watercolors", "2_notes", "3_badscans", "4_covers"),
    "drawings": ("0_drawings", "1_patterns", "2_chains", "3_scribbles"),
}
"""Labels that come to mind first."""
LIKE = "like:"
ALIKE = 60
"""Scans that are told to be like another."""


@dataclass(frozen=True)
class Shelf:
    """A studio that is asked about."""

    studio: Studio
    settings: PrepSettings
    catalog: Catalog

    @property
    def asked(self) -> dict[str, Any]:
        """For prep.shelf."""
        return values(self.settings.shelf, self.settings.trace)


Answer = Callable[[Shelf, Mapping[str, Any]], Iterator[Told]]


def answer(studio: Studio, request: Mapping[str, Any]) -> Iterator[Told]:
    """The replies to a request that ``ANSWERS`` or its neighbours know.

    Raises:
        MonolineError: it can't be answered.
    """
    with open_catalog(studio) as catalog:
        yield from find_answer(request["do"])(Shelf(studio, read_settings(studio), catalog), request)


def find_answer(do: str) -> Answer:
    """The function that answers; KeyError if there is none."""
    if do in ANSWERS:
        return ANSWERS[do]
    if do == "pictures":
        from prep.picture_answers import told_pictures

        return told_pictures
    from prep import cluster_answers, naming_answers, theme_answers

    return {**cluster_answers.ANSWERS, **naming_answers.ANSWERS, **theme_answers.ANSWERS}[do]


# scans


def told_scan(scan: ShelfScan) -> Told:
    """A scan as the shelf shows it."""
    words = {"aside": "not traced", "stale": "out of date", "skipped": f"skipped: {scan.reason}"}
    parts = [words.get(scan.state, scan.state)]
    if scan.pictures:
        parts.append(f"{len(scan.pictures)} {'drawing' if len(scan.pictures) == 1 else 'drawings'}")
    return {
        "key": str(scan.id),
        "page": scan.page,
        "book": scan.book,
        "label": scan.label,
        "by_hand": scan.by_hand,
        "tag": scan.tag,
        "favourite": scan.favourite,
        "distance": None,
        "words": ", ".join(parts),
    }


def scans_of(shelf: Shelf, keys: Sequence[str]) -> list[Told]:
    """Scans in the order of their keys; those that are not on the shelf are left out."""
    among = "shelf.id IN (SELECT value FROM json_each(:keys))"
    ids = [int(key) for key in keys]
    found = {
        scan.id: told_scan(scan) for scan in list_shelf(shelf.catalog, {**shelf.asked, "keys": json.dumps(ids)}, among)
    }
    return [found[number] for number in ids if number in found]


def labels_in_use(catalog: Catalog, of: str) -> list[str]:
    """Labels that come to mind first, and then all that are in use."""
    table = "scans" if of == "scans" else "drawings"
    rows = catalog.rows(
        f"SELECT label FROM {table} WHERE label IS NOT NULL UNION "
        "SELECT label FROM clusters WHERE label IS NOT NULL AND clustering = "
        "(SELECT max(id) FROM clusterings WHERE of = ?) ORDER BY label",
        (of,),
    )
    return list(dict.fromkeys((*LABELS[of], *(row["label"] for row in rows))))


def _list(shelf: Shelf, request: Mapping[str, Any]) -> Iterator[Told]:
    """``query``, ``book``, ``first``, ``count``: ``total, first, items, labels``; ``wrong`` is what is wrong with the
    query. With ``keys`` these scans."""
    first, count = int(request.get("first", 0)), int(request.get("count", 120))
    labels = labels_in_use(shelf.catalog, "scans")
    if request.get("keys") is not None:
        items = scans_of(shelf, request["keys"])
        yield {"total": len(items), "first": first, "items": items[first : first + count], "labels": labels}
        return
    try:
        where, asked, distances = where_of(shelf, str(request.get("query") or ""), str(request.get("book") or ""))
    except PrepError as error:
        yield {"total": 0, "first": 0, "items": [], "labels": labels, "wrong": str(error)}
        return
    row = shelf.catalog.one(f"SELECT count(*) AS n FROM shelf WHERE {where}", asked)
    order = "place"
    if distances is not None:
        order = "(SELECT key FROM json_each(:alike) WHERE value = shelf.id)"
    found = list_shelf(shelf.catalog, {**shelf.asked, **asked}, where, order, count, first)
    items = [told_scan(scan) for scan in found]
    for item in items if distances else ():
        item["distance"] = (distances or {}).get(item["key"])
    yield {"total": row["n"] if row else 0, "first": first, "items": items, "labels": labels}


def where_of(shelf: Shelf, query: str, book: str) -> tuple[str, dict[str, Any], dict[str, float] | None]:
    """The SQL of a query, its values, and distances where it asks what is like a scan."""
    from prep.search import compile_query

    rest, like = _like(query)
    compiled = compile_query(shelf.catalog, rest)
    where, asked, distances = compiled.where, dict(compiled.values), None
    if like:
        distances = _alike(shelf, like)
        where += " AND shelf.id IN (SELECT value FROM json_each(:alike))"
        asked["alike"] = json.dumps([int(key) for key in distances])
    if book:
        where += " AND shelf.book = :in_book"
        asked["in_book"] = book
    return where, asked, distances


def _like(query: str) -> tuple[str, str]:
    """A query without ``like:PAGE``, and that page."""
    if LIKE not in query:
        return query, ""
    try:
        words = shlex.split(query)
    except ValueError:
        words = query.split()
    like = [word.removeprefix(LIKE) for word in words if word.startswith(LIKE)]
    rest = [word for word in words if not word.startswith(LIKE)]
    return shlex.join(rest), like[-1] if like else ""


def _alike(shelf: Shelf, page: str) -> dict[str, float]:
    """Scans that are like one, by their keys, itself first."""
    from prep.similar import similar

    scan = find_scan(shelf, page)
    found = similar(shelf.catalog, "scans", str(scan.id), ALIKE)
    return {str(scan.id): 0.0, **{each.item: each.distance for each in found}}


def find_scan(shelf: Shelf, text: str) -> ShelfScan:
    """The scan that a person means, by its page, its name, or a reference as sb03p012.

    Raises:
        PrepError: there is none.
    """
    from prep.search import compile_query

    for where, asked in (("shelf.page = :text OR shelf.name = :text", {"text": text}), (None, {})):
        if where is None:
            query = compile_query(shelf.catalog, text)
            where, asked = query.where, query.values
        if found := list_shelf(shelf.catalog, {**shelf.asked, **asked}, where, limit=1):
            return found[0]
    raise PrepError(f"There is no page {text} on the shelf.")


def _items(shelf: Shelf, request: Mapping[str, Any]) -> Iterator[Told]:
    """``keys``, ``of``: these scans or drawings, as ``items``."""
    if request.get("of") == "drawings":
        from prep.cluster_answers import drawings_of

        yield {"items": drawings_of(shelf, request["keys"])}
    else:
        yield {"items": scans_of(shelf, request["keys"])}


def _books(shelf: Shelf, _request: Mapping[str, Any]) -> Iterator[Told]:
    """All books with scans on the shelf: ``books``, and ``labels`` in use."""
    labelled = {
        row["book"]: row["n"]
        for row in shelf.catalog.rows("SELECT book, count(*) AS n FROM shelf WHERE label IS NOT NULL GROUP BY book")
    }
    books = [{**book, "labelled": labelled.get(book["name"], 0)} for book in list_books(shelf.catalog, shelf.asked)]
    yield {"books": books, "labels": labels_in_use(shelf.catalog, "scans")}


def _find(shelf: Shelf, request: Mapping[str, Any]) -> Iterator[Told]:
    """``text``: the ``page`` that it means, its ``path`` and ``corrections_path``, and whether it is ``drawn``."""
    from prep.pages import corrections_path

    scan = find_scan(shelf, str(request["text"]))
    file = scan.file(shelf.studio)
    corrections = str(corrections_path(shelf.studio, file))
    drawn = scan.state != "aside"
    yield {
        "page": scan.page,
        "book": scan.book,
        "path": str(file.path),
        "corrections_path": corrections,
        "drawn": drawn,
    }


# what a person decides


def _decide(shelf: Shelf, request: Mapping[str, Any]) -> Iterator[Told]:
    """``what`` (label, tag, favourite, cluster or merge), ``keys`` of scans or drawings, ``value``: ``words``.
    Of clusters ``numbers``, and as ``seen`` the id of the clustering that they are of."""
    from prep import decisions

    what, value, catalog = str(request["what"]), request["value"], shelf.catalog
    keys = [str(key) for key in request.get("keys") or ()]
    withdrawn: list[str] = []
    scans = [int(key) for key in keys if "/" not in key]
    if what in ("cluster", "merge"):
        from prep.clusters import name_clusters

        numbers = [int(number) for number in request["numbers"]]
        decision = name_clusters(catalog, request["of"], numbers, value, seen=request.get("seen"))
    elif what == "label" and len(scans) < len(keys):
        decision = decisions.label_drawings(catalog, keys, value)
    elif what == "label":
        decision = decisions.label_scans(catalog, scans, value)
    elif what == "tag":
        from prep.privacy import hide_by

        decision, withdrawn = hide_by(catalog, shelf.studio, lambda: decisions.tag_scans(catalog, scans, value))
    else:
        decision = decisions.favour_scans(catalog, scans, value)
    words = [] if decision is None else [str(decision), *withdrawn]
    yield {"what": what, "words": "; ".join(words)}


def _undo(shelf: Shelf, _request: Mapping[str, Any]) -> Iterator[Told]:
    """Take back the newest decision, a rename too: ``words``, empty if there was none."""
    from prep.renames import undo_newest

    undone = undo_newest(shelf.catalog, shelf.studio)
    if undone is not None and undone.what == "rename":
        from prep.naming_answers import bring_back

        for book in {name.partition("/")[0] for name in undone.more["names"]}:
            bring_back(shelf, book)
    yield {"what": "" if undone is None else undone.what, "words": "" if undone is None else str(undone)}


ANSWERS: dict[str, Answer] = {
    "shelf": _list,
    "shelf_books": _books,
    "items": _items,
    "find": _find,
    "decide": _decide,
    "undo_decision": _undo,
}
