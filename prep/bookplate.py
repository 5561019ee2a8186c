"""What a person tells of a book: its number, when it was drawn, and the scan that stands for it."""

from __future__ import annotations

import calendar
import re
from typing import Any

from prep.catalog import Catalog
from prep.decisions import Decision, tell_book
from prep.errors import PrepError


def fill_bookplate(
    catalog: Catalog,
    book: str,
    *,
    number: int | None = None,
    began: str | None = None,
    ended: str | None = None,
    cover: str | None = None,
) -> Decision | None:
    """Tell what is known of a book; what is None stays as it is, an empty text takes it away.

    Args:
        number: of the book, for references as ``48/5``.
        began, ended: dates, or the beginnings of some: 2019, 2019-03, 2019-03-28.
        cover: name of a scan.

    Raises:
        PrepError: another book has that number, a date is none, it ends before it begins.
    """
    before = bookplate(catalog, book)
    values: dict[str, Any] = {}
    if number is not None:
        row = catalog.one("SELECT name FROM books WHERE number = ? AND name != ?", (number, book))
        if row is not None:
            raise PrepError(f"{row['name']} has the number {number} already; give one of them another.")
        if not 0 <= number < 1_000_000:
            raise PrepError(f"{number} can't be the number of a book.")
        values["number"] = number
    for name, date in (("began", began), ("ended", ended)):
        if date is not None:
            values[name] = check_date(date) if date else None
    first, last = values.get("began", before["began"]), values.get("ended", before["ended"])
    if first and last and last < first[: len(last)]:
        raise PrepError(f"{book} can't have ended in {last}, before it began in {first}.")
    if cover is not None:
        values["cover"] = cover or None
    return tell_book(catalog, book, **values) if values else None


def bookplate(catalog: Catalog, book: str) -> dict[str, Any]:
    """``number, began, ended, cover``, None where nothing was told; ``cover`` is the first scan in the folder of that
    name, unless a person chose another that is still there."""
    row = catalog.one("SELECT number, began, ended FROM books WHERE name = ?", (book,))
    told = dict(row) if row else {"number": None, "began": None, "ended": None}
    return {**told, "cover": cover_of(catalog, book)}


def cover_of(catalog: Catalog, book: str) -> str | None:
    """Name of the scan that stands for a book, which is never a private one; None if there is none."""
    sql = """SELECT shelf.name FROM shelf LEFT JOIN books ON books.cover = shelf.name AND books.name = :book
        WHERE books.name IS NOT NULL OR (shelf.book = :book AND shelf.part = 'cover')
        ORDER BY books.name IS NULL, place LIMIT 1"""
    row = catalog.one(sql, {"book": book})
    return row["name"] if row else None


def check_date(date: str) -> str:
    """A date as it is kept: a year, a month or a day.

    Raises:
        PrepError: it is none.
    """
    found = re.fullmatch(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", date.strip())
    if found:
        year, month, day = (int(part) if part else 0 for part in found.groups())
        days = calendar.monthrange(year, month)[1] if year and 1 <= month <= 12 else 0
        if year and not (found[2] and not days) and not (found[3] and not 1 <= day <= days):
            return "-".join([f"{year:04}", *(f"{part:02}" for part in (month, day) if part)])
    raise PrepError(f"{date!r} is no date; write 2019, 2019-03 or 2019-03-28.")
