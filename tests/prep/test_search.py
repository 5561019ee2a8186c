from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from shelved import put_on_shelf

from prep.catalog import Catalog, open_catalog
from prep.decisions import favour_scans, label_scans, tag_scans, tell_book
from prep.errors import PrepError
from prep.search import search
from studio.folder import create_studio


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    """Scans 1 to 3 in sb48, 4 to 6 in sb49, 7 to 9 in a book with a name, and what a person said of them."""
    with open_catalog(create_studio(tmp_path / "studio")) as catalog:
        put_on_shelf(catalog, {book: ["drawing"] * 3 for book in ("sb48", "sb49", "100% blue")})
        label_scans(catalog, [1, 4], "0_drawings")
        label_scans(catalog, [2], "1_watercolors")
        favour_scans(catalog, [1, 7], True)
        tag_scans(catalog, [5], "notes")
        tag_scans(catalog, [6], "private")
        tell_book(catalog, "sb48", began="2019-01-05", ended="2019-03-28")
        tell_book(catalog, "sb49", began="2019-03-28", ended="2020")
        yield catalog


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [7, 8, 9, 1, 2, 3, 4, 5]),
        ("sb48p002", [2]),
        ("48/2", [2]),
        ("label:0_drawings", [1, 4]),
        ("label:drawings", [1, 4]),
        ("label:none book:48", [3]),
        ("book:48", [1, 2, 3]),
        ("book:48-49 -label:none", [1, 2, 4]),
        ('book:"100% blue" -fav', [8, 9]),
        ("fav", [7, 1]),
        ("tag:notes", [5]),
        ("-tag:art", [5]),
        ("after:2019-04", [4, 5]),
        ("after:2019-03", [1, 2, 3, 4, 5]),
        ("after:2020-05", [4, 5]),
        ("before:2019-03", [1, 2, 3]),
        ("page:003", [9, 3]),
        ("hand -fav", [2, 4]),
        ("BLUE/art", [7, 8, 9]),
        ("0%", [7, 8, 9]),
        ("watercol", [2]),
        ("label:0_drawings book:48 fav after:2019-03", [1]),
        ("cluster:3", []),
        ("' OR 1 --", []),
        ("book:');DROP", []),
    ],
)
def test_a_query_finds(catalog: Catalog, text: str, found: list[int]) -> None:
    assert search(catalog, text) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colour:red", "There is no colour: to search for"),
        ("book:", "lacks what comes after"),
        ("after:yesterday", "is no date"),
        ("cluster:many", "is no number"),
    ],
)
def test_what_a_query_can_not_mean_is_said(catalog: Catalog, text: str, said: str) -> None:
    with pytest.raises(PrepError, match=said):
        search(catalog, text)
