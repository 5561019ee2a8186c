"""What the sketchbooks of a studio hold, scan by scan, as a screen shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prep.corrections import applied, read_corrections
from prep.errors import PrepError
from prep.manifest import known_scans, read_manifest, unusable
from prep.pages import State, corrections_path, list_scans, page_state, report_of
from prep.settings import PrepSettings
from studio.errors import StudioError
from studio.folder import Studio


def told_books(studio: Studio, settings: PrepSettings) -> dict[str, Any]:
    """All scans, without reading any: JSON values.

    Returns:
        ``{scans: [{name, page, book, path, corrections_path, state, corrections, strokes, points, pictures}],
        skipped: [{name, reason}], fresh}``. ``state`` is new, traced, stale or skipped, which has a ``reason``;
        ``pictures`` are ``[path of an SVG, x and y of its corner in page pixels, mm a page pixel]``; ``fresh`` tells
        whether a dataset was written and would be the same now.
    """
    known, failed = known_scans(studio), read_manifest(studio, "trace").get("skipped", {})
    scans: list[dict[str, Any]] = []
    for scan in list_scans(studio).scans:
        corrections = corrections_path(studio, scan)
        told: dict[str, Any] = {
            "name": scan.name,
            "page": scan.page,
            "book": scan.book,
            "path": str(scan.path),
            "corrections_path": str(corrections),
            "corrections": 0,
            "state": State.NEW.value,
            "reason": "",
            "strokes": 0,
            "points": 0,
            "pictures": [],
        }
        try:
            told["corrections"] = len(applied(read_corrections(corrections)))
            if (report := report_of(studio, scan)) is not None:
                folder = Path(studio.drawings, scan.page).parent
                told["strokes"] = sum(each.strokes for each in report.drawings)
                told["points"] = sum(each.points for each in report.drawings)
                told["pictures"] = [[str(folder / each.file), *each.corner, report.mm] for each in report.drawings]
                same = scan in known and page_state(studio, scan, settings.trace, known[scan]) is State.TRACED
                told["state"] = (State.TRACED if same else State.STALE).value
        except (PrepError, StudioError) as error:
            told |= {"state": "skipped", "reason": str(error)}
        if told["state"] != State.TRACED.value and scan.name in failed:
            told |= {"state": "skipped", "reason": str(failed[scan.name]["reason"])}
        scans.append(told)
    listed = {each["name"] for each in scans if each["state"] == "skipped"}
    skipped = [{"name": each.name, "reason": each.reason} for each in unusable(studio) if each.name not in listed]
    return {"scans": scans, "skipped": skipped, "fresh": _is_fresh(studio, settings, scans)}


def _is_fresh(studio: Studio, settings: PrepSettings, scans: list[dict[str, Any]]) -> bool:
    from prep.stages import Stages

    stages = Stages(studio, settings)
    done = all(each["state"] in (State.TRACED.value, "skipped") for each in scans)
    return done and stages.is_selected() and stages.is_written()


def told_points(studio: Studio, settings: PrepSettings) -> dict[str, Any]:
    """How many points the drawings have that were chosen from last: ``points``, ascending; ``cut``, the share that is
    left out at either end; ``fresh``, whether all that is traced was looked at."""
    from prep.stages import Stages

    told = read_manifest(studio, "select")
    fresh = Stages(studio, settings).is_selected()
    return {"points": [int(each) for each in told.get("points", ())], "cut": settings.select.cut, "fresh": fresh}
