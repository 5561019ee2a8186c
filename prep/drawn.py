"""Traced drawings in the catalog, and which of them the second clustering leaves out."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from drawing.errors import DrawingError
from prep.catalog import Catalog
from prep.drawing_labels import box_of, name_of
from prep.engine import EngineSettings, run_each
from prep.errors import PrepError
from prep.patterns import VERSION, drawing_features
from prep.report import read_report, report_path
from studio.folder import Studio

KEPT = ("drawing", "drawings", "0_drawings")
"""Labels of drawings that are learnt from; so are those without a label."""
STEP = 64
"""Scans whose drawings are written at a time."""

Features = list[tuple[str, bytes, str]]
"""Names of drawings, as ``sb01/001-2``, their features, and JSON of where they lie."""


def note_drawings(
    catalog: Catalog,
    studio: Studio,
    engine: EngineSettings | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    on_done: Callable[[int, int], object] = lambda _done, _total: None,
) -> int:
    """Look at the drawings of each scan that was traced since the last time, and return how many scans those were.

    Labels by hand stay with their drawings, see prep.drawing_labels.

    Args:
        on_done: gets how many scans are done, and how many there are to do.
    """
    sql = """SELECT shelf.id, shelf.page, traces.pictures, :version || traces.key || traces.stamp AS key
        FROM shelf JOIN traces ON traces.scan = shelf.id WHERE traces.key != '' AND (
            EXISTS (SELECT 1 FROM drawings WHERE scan = shelf.id AND features IS NOT NULL
                AND key != :version || traces.key || traces.stamp)
            OR (SELECT count(*) FROM drawings WHERE scan = shelf.id AND features IS NOT NULL)
                != json_array_length(traces.pictures))
        ORDER BY shelf.place"""
    todo = [
        {"drawings": studio.drawings, "scan": row["id"], "page": row["page"], "key": row["key"]}
        for row in catalog.rows(sql, {"version": f"{VERSION}:"})
    ]
    done: list[tuple[Mapping[str, Any], Features]] = []
    for number, each in enumerate(run_each(scan_drawings, todo, engine or EngineSettings(), should_stop), 1):
        if each.result is not None:  # what can't be read the stage select tells
            done.append((each.item, each.result))
        if len(done) == STEP:
            _keep(catalog, done)
            done = []
        on_done(number, len(todo))
    _keep(catalog, done)
    return len(todo)


def scan_drawings(order: Mapping[str, Any]) -> Features:
    """What the drawings of a scan are like.

    Args:
        order: the studio's folder of ``drawings``, and the ``page``.
    """
    from drawing.svg import read_svg

    path: Path = report_path(order["drawings"], order["page"])
    report = read_report(path)
    found: Features = []
    if report is None:
        return found
    for each in report.drawings:
        name = name_of(each, order["page"])
        try:
            drawing = read_svg(path.with_name(each.file)).drawing
        except DrawingError:
            continue
        features = drawing_features(drawing, max(report.page_size) * report.mm).astype("<f4").tobytes()
        found.append((name, features, json.dumps(box_of(each, report.size))))
    return found


def excluded_drawings(catalog: Catalog, kept: Collection[str] = KEPT) -> set[str]:
    """The names of traced drawings, as ``sb01/001-2``, that come under another label than those of drawings."""
    from prep.piles import DRAWINGS

    rows = catalog.rows(
        f"SELECT item FROM ({DRAWINGS}) WHERE label IS NOT NULL AND label NOT IN (SELECT value FROM json_each(?))",
        (json.dumps(list(kept)),),
    )
    return {row["item"] for row in rows}


def find_drawing(catalog: Catalog, name: str) -> str:
    """The drawing of that name, with or without the ending of its file.

    Raises:
        PrepError: there is none.
    """
    row = catalog.one("SELECT name FROM drawings WHERE name = ?", (name.removesuffix(".svg"),))
    if row is None:
        raise PrepError(f"{name} is no traced drawing; monoline prep clusters --of drawings lists them.")
    return row["name"]


def _keep(catalog: Catalog, done: Collection[tuple[Mapping[str, Any], Features]]) -> None:
    with catalog.change() as db:
        for order, drawings in done:
            scan = order["scan"]
            # a label by hand waits for its drawing to come back
            db.execute("DELETE FROM drawings WHERE scan = ? AND label IS NULL", (scan,))
            db.execute("UPDATE drawings SET features = NULL WHERE scan = ?", (scan,))
            db.executemany(
                "INSERT INTO drawings (name, scan, key, features, box) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (name) DO UPDATE SET scan = excluded.scan, key = excluded.key, "
                "features = excluded.features, box = excluded.box",
                [(name, scan, order["key"], features, box) for name, features, box in drawings],
            )
            names = json.dumps([name for name, *_ in drawings])
            db.execute(
                "DELETE FROM members WHERE item IN (SELECT value FROM json_each(?)) "
                "AND clustering IN (SELECT id FROM clusterings WHERE of = 'drawings')",
                (names,),
            )
