from __future__ import annotations

import pytest

from prep.reference import book_number, find_page, parse_reference, parse_stem

BOOKS: dict[str, int | None] = {"sb01": None, "sb7": None, "Zürich 2019": 48, "moleskine 3": None, "12": None}
PAGES = {
    "sb01": ["sb01/000", "sb01/005", "sb01/005v2", "sb01/077--full-diag", "sb01/more/009"],
    "sb7": ["sb7/1"],
    "Zürich 2019": ["Zürich 2019/005", "Zürich 2019/043-color", "Zürich 2019/043v2"],
    "moleskine 3": ["moleskine 3/002"],
    "12": ["12/004"],
}


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("sb01p005", "sb01/005"),
        ("SB1P5", "sb01/005"),
        ("sb1 p5", "sb01/005"),
        ("1/5", "sb01/005"),
        (" 1 / 5 ", "sb01/005"),
        ("sb01p5v2", "sb01/005v2"),
        ("sb01p005.jpg", "sb01/005"),
        ("sb01p005-2", "sb01/005"),
        ("sb1p77", "sb01/077--full-diag"),
        ("sb1p77--full-diag", "sb01/077--full-diag"),
        ("sb01p9", "sb01/more/009"),
        ("sb07p001", "sb7/1"),
        ("48/5", "Zürich 2019/005"),
        ("sb48p43", "Zürich 2019/043v2"),
        ("sb48p43-color", "Zürich 2019/043-color"),
        ("Moleskine 3 p2", "moleskine 3/002"),
        ("12/4", "12/004"),
        ("sb01p6", None),
        ("sb49p5", None),
        ("sb01p5v3", None),
        ("moleskine4p2", None),
        ("sb01", None),
        ("faces", None),
        ("", None),
        ("a" * 5000 + "1", None),
    ],
)
def test_a_page_is_found_as_people_write_it(text: str, page: str | None) -> None:
    assert find_page(text, BOOKS, PAGES.__getitem__) == page


def test_the_number_that_a_person_gave_counts_before_that_of_a_folder() -> None:
    books = {"sb01": 2, "sb02": None}
    pages = {"sb01": ["sb01/001", "sb01/003"], "sb02": ["sb02/001", "sb02/002"]}
    assert find_page("2/1", books, pages.__getitem__) == "sb01/001"
    assert find_page("2/2", books, pages.__getitem__) == "sb02/002"
    assert find_page("sb01p3", books, pages.__getitem__) == "sb01/003", "no other book has the number 1"


def test_names_of_pages_and_books() -> None:
    assert parse_stem("075v2") == (75, "v2")
    assert parse_stem("077--Full-Diag") == (77, "--full-diag")
    assert [parse_stem(each) for each in ("Scan 12", "12-3", "IMG_0231", "001 (1)")] == [None] * 4
    assert [book_number("sb048"), book_number("Zürich 2019"), book_number("sb1", 9)] == [48, None, 9]
    assert parse_reference("sb48 p75v2 ") == parse_reference("SB 48 / p075V2")
