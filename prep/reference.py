"""References to a page as people write them: ``sb48p005``, ``sb48 p75v2``, ``48/5``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

LONGEST = 100
"""Characters of the longest text that may be a reference."""

_STEM = re.compile(r"(\d{1,5})(v\d{1,3}|--?[^\W\d][^/]*)?", re.IGNORECASE)
_REFERENCE = re.compile(
    r"\s*(?P<book>[^\W\d_][\w .-]*?)?[ _]*(?P<number>\d{1,6})\s*(?:/\s*p?|\s+p?|p)\s*"
    r"(?P<page>\d{1,5})\s*(?P<variant>v\d{1,3}|--?[^\W\d][^/]*)?(?:-(?P<drawing>\d+))?(?:\.\w{2,5})?\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Reference:
    """A page, by the number of its book and its own."""

    book: str
    """What stands before the number of the book, as sb; empty for the number alone."""
    number: int
    """Of the book."""
    page: int
    variant: str = ""
    """``v2`` for another scan of the same page, ``--full-diag`` for a part of it that has a name."""


def parse_reference(text: str) -> Reference | None:
    """The reference that a text is; None if it is none."""
    found = _REFERENCE.fullmatch(text) if len(text) <= LONGEST else None
    if not found:
        return None
    book, number, page, variant = found.group("book", "number", "page", "variant")
    return Reference((book or "").strip().casefold(), int(number), int(page), (variant or "").strip().lower())


def parse_stem(stem: str) -> tuple[int, str] | None:
    """The page number and the variant that a file's name without its ending is; None if it is no such name."""
    found = _STEM.fullmatch(stem)
    return (int(found[1]), (found[2] or "").lower()) if found else None


def book_number(name: str, number: int | None = None) -> int | None:
    """The number of a book: the one that a person gave it, or that of a folder ``sb48``; None without either."""
    found = re.fullmatch(r"(?:sb|sketchbook|book)[ _-]*(\d{1,6})", name.casefold())
    return number if number is not None else int(found[1]) if found else None


def find_page(text: str, books: Mapping[str, int | None], pages_of: Callable[[str], Iterable[str]]) -> str | None:
    """The page that a reference means, as ``sb48/005``; None if the text is no reference, or there is no such page.

    A page of that number counts before a variant of it, if the reference names none.

    Args:
        books: folders of books, and the numbers that a person gave them.
        pages_of: the pages of a book, in their order.
    """
    reference = parse_reference(text)
    if reference is None:
        return None
    for book in _books(reference, books):
        found: list[tuple[bool, str]] = []
        for page in pages_of(book):
            parsed = parse_stem(page.rpartition("/")[2])
            if parsed is None or parsed[0] != reference.page:
                continue
            if parsed[1] == reference.variant:
                return page
            if not reference.variant:
                found.append((parsed[1].startswith("v"), page))
        if found:  # another scan of the page, before a part of it
            return next((page for whole, page in found if whole), found[0][1])
    return None


def _books(reference: Reference, books: Mapping[str, int | None]) -> list[str]:
    """The books that a reference may mean, those of that name first."""
    words = (reference.book,) if reference.book else ("sb", "")
    named = [name for name in books if _folder(name) in [(word, reference.number) for word in words]]
    if reference.book not in ("", "sb"):
        return named
    given = [name for name, number in books.items() if number == reference.number]
    return given + [name for name in named if name not in given]


def _folder(name: str) -> tuple[str, int] | None:
    found = re.fullmatch(r"(.*?)[ _]*(\d+)", name.casefold())
    return (found[1].strip(), int(found[2])) if found else None
