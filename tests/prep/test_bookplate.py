from __future__ import annotations

from pathlib import Path

import pytest
from sketchbooks import filled_studio, put_scan

from prep.bookplate import bookplate, check_date, cover_of, fill_bookplate
from prep.catalog import open_catalog
from prep.decisions import tag_scans, undo
from prep.errors import PrepError
from prep.finding import refresh
from prep.pages import find_scan


def test_a_book_has_a_number_dates_and_a_cover(tmp_path: Path) -> None:
    studio = filled_studio(tmp_path, 2)
    for name in ("sb01/cover/000.png", "sb01/cover/090.png", "Zürich/1.png"):
        put_scan(studio, name)
    with open_catalog(studio) as catalog:
        refresh(catalog, studio)
        assert cover_of(catalog, "sb01") == "sb01/cover/000.png"
        assert cover_of(catalog, "Zürich") is None
        fill_bookplate(catalog, "Zürich", number=48, began="2019-3", ended="2019")
        fill_bookplate(catalog, "sb01", cover="sb01/art/002.png")
        assert bookplate(catalog, "Zürich") == {"number": 48, "began": "2019-03", "ended": "2019", "cover": None}
        assert cover_of(catalog, "sb01") == "sb01/art/002.png"
        assert find_scan(studio, "48/1").name == "Zürich/1.png"
        assert find_scan(studio, "sb1p2-1").name == "sb01/art/002.png"
        with pytest.raises(PrepError, match="Zürich has the number 48 already"):
            fill_bookplate(catalog, "sb01", number=48)
        with pytest.raises(PrepError, match="before it began in 2019-03"):
            fill_bookplate(catalog, "Zürich", ended="2018-12-31")
        row = catalog.rows("SELECT id FROM scans WHERE name = 'sb01/art/002.png'")[0]["id"]
        tag_scans(catalog, [row], "private")
        assert cover_of(catalog, "sb01") == "sb01/cover/000.png", "a private scan is shown nowhere"
        undo(catalog)
        undo(catalog)
        assert cover_of(catalog, "sb01") == "sb01/cover/000.png"


@pytest.mark.parametrize("date", ["2019-13", "2019-02-30", "last year", "19", "2019-00", "0000", "2019-1-0"])
def test_what_is_no_date(date: str) -> None:
    with pytest.raises(PrepError, match="is no date"):
        check_date(date)
