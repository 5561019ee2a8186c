"""What the sketchbooks of a studio hold, scan by scan, as a screen shows it."""

from __future__ import annotations

from typing import Any

from prep.catalog import open_catalog
from prep.finding import refresh
from prep.manifest import read_manifest, unusable
from prep.pages import corrections_path
from prep.settings import PrepSettings
from prep.shelf import ShelfScan, list_books, list_shelf, pictures_of
from prep.stages import Stages
from studio.folder import Studio

MOST = 2000
"""Most scans of a book that are told at once."""


def told_books(studio: Studio, settings: PrepSettings, book: str = "") -> dict[str, Any]:
    """All books, and the scans of one, without reading any: JSON values.

    Args:
        book: whose scans are told; those of the first book if there is none of this name.

    Returns:
        ``{books: [{name, scans, traced}], scans: [{name, page, book, path, corrections_path, state, corrections,
        strokes, points, pictures}], skipped: [{name, reason}], fresh}``. ``state`` is new, traced, stale, aside or
        skipped, which has a ``reason``; ``pictures`` are ``[path of an SVG, x and y of its corner in page pixels, mm a
        page pixel]``; ``fresh`` tells whether a dataset was written and would be the same now.
    """
    with open_catalog(studio) as catalog:
        left_out = refresh(catalog, studio)
        stages = Stages(studio, settings, catalog)
        books = list_books(catalog, stages.asked)
        names = [each["name"] for each in books]
        shown = book if book in names else names[0] if names else ""
        asked = {**stages.asked, "shown": shown}
        scans = [_told(studio, scan) for scan in list_shelf(catalog, asked, "shelf.book = :shown", limit=MOST)]
        every = {each.name: each for each in (*left_out, *unusable(studio, catalog))}
        done = not any(state in each["states"] for each in books for state in ("new", "stale"))
        fresh = done and stages.is_selected() and stages.is_written()
    counts = [
        {"name": each["name"], "scans": each["scans"], "traced": each["states"].get("traced", 0)} for each in books
    ]
    skipped = [{"name": each.name, "reason": each.reason} for each in every.values()]
    return {"books": counts, "scans": scans, "skipped": skipped, "fresh": fresh}


def _told(studio: Studio, scan: ShelfScan) -> dict[str, Any]:
    return {
        "name": scan.name,
        "page": scan.page,
        "book": scan.book,
        "path": str(studio.sketchbooks / scan.name),
        "corrections_path": str(corrections_path(studio, scan.file(studio))),
        "corrections": scan.corrected,
        "state": scan.state,
        "reason": scan.reason,
        "strokes": scan.strokes,
        "points": scan.points,
        "pictures": pictures_of(scan, studio),
    }


def told_points(studio: Studio, settings: PrepSettings) -> dict[str, Any]:
    """How many points the drawings have that were chosen from last: ``points``, ascending; ``cut``, the share that is
    left out at either end; ``fresh``, whether all that is traced was looked at."""
    told = read_manifest(studio, "select")
    with open_catalog(studio) as catalog:
        fresh = Stages(studio, settings, catalog).is_selected()
    return {"points": [int(each) for each in told.get("points", ())], "cut": settings.select.cut, "fresh": fresh}
