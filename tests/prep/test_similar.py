from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from shelved import put_on_shelf

from prep.catalog import Catalog, open_catalog
from prep.clusters import cluster
from prep.decisions import tag_scans, tell_book
from prep.errors import PrepError
from prep.similar import placed, similar, timeline
from studio.folder import create_studio

KIND = ["drawing", "watercolor", "notes"] * 4


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with open_catalog(create_studio(tmp_path / "studio")) as catalog:
        put_on_shelf(catalog, {"sb10": KIND, "sb9": KIND, "blue": KIND})
        yield catalog


def test_what_is_like_a_page_comes_nearest_first_without_itself_or_private_ones(catalog: Catalog) -> None:
    cluster(catalog, "scans", 3, 0)
    found = similar(catalog, "scans", "1", 11)
    assert {each.scan % 3 for each in found} == {1}  # the other eleven drawings
    assert 1 not in [each.scan for each in found]
    assert [each.distance for each in found] == sorted(each.distance for each in found)
    tag_scans(catalog, [found[0].scan], "private")
    assert similar(catalog, "scans", "1", 3) == found[1:4]
    with pytest.raises(PrepError, match="in no cluster"):
        similar(catalog, "scans", str(found[0].scan))


def test_of_very_many_some_are_placed_spread_over_all(catalog: Catalog) -> None:
    cluster(catalog, "scans", 3, 0)
    items, vectors = placed(catalog, "scans")
    some, theirs = placed(catalog, "scans", 12)
    assert some == items[::3]
    assert (theirs == vectors[::3]).all()


def test_nothing_is_like_what_was_not_looked_at(catalog: Catalog) -> None:
    with pytest.raises(PrepError, match="prep clusters --of scans -k 16"):
        similar(catalog, "scans", "1")


def test_a_theme_is_told_by_book_in_the_order_of_numbers_then_of_dates(catalog: Catalog) -> None:
    first = {row["book"]: row["id"] for row in catalog.rows("SELECT min(id) AS id, book FROM shelf GROUP BY book")}
    found = timeline(catalog, [first["sb10"], first["blue"] + 3, first["blue"]])
    assert [(each.book, [page for _, page in each.found]) for each in found] == [
        ("sb9", []),
        ("sb10", ["sb10/001"]),
        ("blue", ["blue/001", "blue/004"]),
    ]
    assert {each.scans for each in found} == {12}
    tell_book(catalog, "blue", number=1, began="2019-03")
    assert [(each.book, each.number, each.began) for each in timeline(catalog, [])] == [
        ("blue", 1, "2019-03"),
        ("sb9", None, None),
        ("sb10", None, None),
    ]
