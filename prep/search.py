"""What a person types to find scans: ``sb48p005``, ``label:0_drawings book:48 fav after:2019-03``, as SQL."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from typing import Any

from prep.catalog import Catalog
from prep.errors import PrepError
from prep.reference import find_page, parse_reference

FLAGS = {
    "fav": "shelf.favourite",
    "favourite": "shelf.favourite",
    "hand": "shelf.by_hand",
    "corrected": "shelf.corrected > 0",
    "problem": "shelf.problem != ''",
}
"""Words that are a question of their own."""
KEYS = ("label", "book", "page", "cluster", "tag", "after", "before", "part", "like", "is")
LIKE, FEW_LIKE = 60, 12
"""So many are like a page at most, and on a small shelf, of which they would be all; between them a tenth."""
HELP = (
    "sb48p005, label:0_drawings (label:none), book:48 (book:40-48), tag:art, cluster:3, after:2019-03, before:2020, "
    "like:sb48p005, fav, hand, corrected, or a part of a name; no: or a minus before any of these is its contrary"
)
"""In a sentence."""


@dataclass(frozen=True)
class Query:
    """A question to the shelf."""

    where: str
    """An SQL expression of ``shelf``."""
    values: dict[str, Any]
    """What it is about."""


def compile_query(catalog: Catalog, text: str) -> Query:
    """The SQL of what a person types; everything where the text is empty.

    Raises:
        PrepError: a word that can't be understood, and what can.
    """
    page = _page(catalog, text)
    if page is not None:
        return Query("shelf.page = :page", {"page": page})
    compiler = _Compiler(catalog)
    try:
        words = shlex.split(text)
    except ValueError:  # a quote that is never closed
        words = text.split()
    parts: list[str] = []
    for word in words:
        bare = re.sub(r"^(-|no:)(?=.)", "", word, flags=re.IGNORECASE)
        part = compiler.part(bare)
        parts.append(f"NOT COALESCE({part}, 0)" if bare != word else f"COALESCE({part}, 0)")
    return Query(" AND ".join(parts) or "1", compiler.values)


def search(catalog: Catalog, text: str) -> list[int]:
    """The ids of the scans that a query finds, in the order of their places."""
    query = compile_query(catalog, text)
    return [row["id"] for row in catalog.rows(f"SELECT id FROM shelf WHERE {query.where} ORDER BY place", query.values)]


class _Compiler:
    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.values: dict[str, Any] = {}

    def part(self, word: str) -> str:
        """The SQL of one word."""
        if word.lower() in FLAGS:
            return f"({FLAGS[word.lower()]})"
        key, colon, value = word.partition(":")
        key = key.lower()
        if colon and key in KEYS:
            if not value:
                raise PrepError(f"{word} lacks what comes after the colon. A search is of {HELP}.")
            return getattr(self, f"_{key}")(value)
        if colon and re.fullmatch(r"[a-z]+", key):
            raise PrepError(f"There is no {key}: to search for. A search is of {HELP}.")
        page = _page(self.catalog, word)
        if page is not None:
            return f"(shelf.page = {self._value(page)})"
        part = f"LIKE {self._contains(word)} ESCAPE '\\'"
        return f"(shelf.name {part} OR shelf.label {part})"

    def _value(self, value: Any) -> str:
        name = f"asked{len(self.values)}"
        self.values[name] = value
        return f":{name}"

    def _contains(self, text: str) -> str:
        escaped = re.sub(r"([\\%_])", r"\\\1", text)
        return self._value(f"%{escaped}%")

    def _is(self, value: str) -> str:
        if value.lower() not in FLAGS:
            raise PrepError(f"There is no is:{value}; there is is:{', is:'.join(FLAGS)}.")
        return f"({FLAGS[value.lower()]})"

    def _label(self, value: str) -> str:
        if value.lower() == "none":
            return "(shelf.label IS NULL)"
        # drawings is 0_drawings too
        return (
            f"(lower(shelf.label) = {self._value(value.lower())} "
            f"OR lower(ltrim(shelf.label, '0123456789')) = {self._value(f'_{value.lower()}')})"
        )

    def _tag(self, value: str) -> str:
        return f"(shelf.tag = {self._value(value.lower())})"

    def _part(self, value: str) -> str:
        return f"(shelf.part = {self._value(value.lower())})"

    def _page(self, value: str) -> str:
        return f"(shelf.page = {self._value(value)} OR shelf.page LIKE {self._value(f'%/{value}')})"

    def _cluster(self, value: str) -> str:
        if value.lower() == "none":
            return "(shelf.cluster IS NULL)"
        if not value.isdecimal():
            raise PrepError(f"{value} is no number of a cluster; write cluster:3.")
        return f"(shelf.cluster = {self._value(int(value))})"

    def _like(self, value: str) -> str:
        """Those most like a page, and itself."""
        from prep.similar import similar

        wanted = _page(self.catalog, value) or value
        row = self.catalog.one("SELECT id FROM shelf WHERE page = ? OR name = ? ORDER BY place", (wanted, wanted))
        if row is None:
            raise PrepError(f"There is no page {value} on the shelf; write like:sb48p005.")
        shelf = self.catalog.one("SELECT count(*) AS scans FROM shelf")
        most = min(LIKE, max(FEW_LIKE, (shelf["scans"] if shelf else 0) // 10))
        ids = [row["id"], *(each.scan for each in similar(self.catalog, "scans", str(row["id"]), most))]
        return f"(shelf.id IN (SELECT value FROM json_each({self._value(json.dumps(ids))})))"

    def _book(self, value: str) -> str:
        """A folder, a number, or numbers from one to another."""
        from prep.reference import book_number

        span = re.fullmatch(r"(\d{1,6})(?:-(\d{1,6}))?", value)
        names = [value]
        if span:
            low, high = int(span[1]), int(span[2] or span[1])
            given = {row["name"]: row["number"] for row in self.catalog.rows("SELECT name, number FROM books")}
            for row in self.catalog.rows("SELECT DISTINCT book FROM scans"):
                number = book_number(row["book"], given.get(row["book"]))
                if number is not None and low <= number <= high:
                    names.append(row["book"])
        return f"(lower(shelf.book) IN ({', '.join(self._value(name.lower()) for name in names)}))"

    def _after(self, value: str) -> str:
        date = self._value(_date(value))
        last = "COALESCE(ended, began)"
        return f"(shelf.book IN (SELECT name FROM books WHERE substr({date}, 1, length({last})) <= {last}))"

    def _before(self, value: str) -> str:
        date = self._value(_date(value))
        return (
            f"(shelf.book IN (SELECT name FROM books WHERE substr(COALESCE(began, ended), 1, length({date})) < {date}))"
        )


def _page(catalog: Catalog, text: str) -> str | None:
    """The page that a text refers to."""
    if parse_reference(text) is None:
        return None
    given = {row["name"]: row["number"] for row in catalog.rows("SELECT name, number FROM books")}
    books = {row["book"]: given.get(row["book"]) for row in catalog.rows("SELECT DISTINCT book FROM shelf")}

    def pages_of(book: str) -> list[str]:
        return [row["page"] for row in catalog.rows("SELECT page FROM shelf WHERE book = ? ORDER BY place", (book,))]

    return find_page(text, books, pages_of)


def _date(text: str) -> str:
    """A date, or the beginning of one.

    Raises:
        PrepError: it is none.
    """
    if not re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", text):
        raise PrepError(f"{text} is no date; write 2019, 2019-03 or 2019-03-28.")
    return text
