"""What the sketchbooks of a studio hold, scan by scan, as a screen shows it."""

from __future__ import annotations

from typing import Any

from prep.catalog import open_catalog
from prep.finding import refresh
from prep.manifest import read_manifest, unusable
from prep.pages import corrections_path
from prep.settings import PrepSettings
from prep.shelf import ShelfScan, list_shelf, pictures_of
from prep.stages import Stages
from studio.folder import Studio


def told_books(studio: Studio, settings: PrepSettings) -> dict[str, Any]:
    """All scans, without reading any: JSON values.

    Returns:
        ``{scans: [{name, page, book, path, corrections_path, state, corrections, strokes, points, pictures}],
        skipped: [{name, reason}], fresh}``. ``state`` is new, traced, stale or skipped, which has a ``reason``;
        ``pictures`` are ``[path of an SVG, x and y of its corner in page pixels, mm a page pixel]``; ``fresh`` tells
        whether a dataset was written and would be the same now.
    """
    with open_catalog(studio) as catalog:
        left_out = refresh(catalog, studio)
        stages = Stages(studio, settings, catalog)
        scans = [_told(studio, scan) for scan in list_shelf(catalog, stages.asked)]
        listed = {each["name"] for each in scans if each["state"] == "skipped"}
        every = {each.name: each for each in (*left_out, *unusable(studio, catalog))}
        skipped = [{"name": each.name, "reason": each.reason} for each in every.values() if each.name not in listed]
        done = all(each["state"] in ("traced", "skipped", "aside") for each in scans)
        fresh = done and stages.is_selected() and stages.is_written()
    return {"scans": scans, "skipped": skipped, "fresh": fresh}


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
