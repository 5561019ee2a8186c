"""Labels of traced drawings by hand: they stay with the drawing, whatever number it has on its page by now."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence

from configs.errors import MonolineError
from prep.catalog import Catalog
from prep.report import DrawingReport, Report, read_report, report_path
from studio.folder import Studio

SAME = 0.25
"""Two drawings on a page are one where their boxes share so much of what both cover."""

Box = Sequence[float]
"""Left, top, right and bottom, as shares of the scan, which may be scanned again larger."""


def box_of(drawing: DrawingReport, size: tuple[int, int]) -> list[float]:
    """Where a drawing lies on its scan of so many pixels."""
    return [round(value / size[index % 2], 5) for index, value in enumerate(drawing.box)]


def name_of(drawing: DrawingReport, page: str) -> str:
    """What the catalog calls a drawing, as ``sb01/001-2``."""
    return f"{page.rpartition('/')[0]}/{drawing.file.removesuffix('.svg')}"


def place_drawings(catalog: Catalog, studio: Studio) -> None:
    """Say where the drawings lie that an earlier monoline told without."""
    rows = catalog.rows(
        "SELECT DISTINCT page, traces.key FROM drawings JOIN scans ON scans.id = drawings.scan "
        "JOIN traces ON traces.scan = scans.id WHERE box IS NULL AND features IS NOT NULL "
        "AND traces.key != '' AND instr(drawings.key, traces.key)"
    )
    places: list[tuple[str, str]] = []
    for row in rows:
        report = None
        with contextlib.suppress(MonolineError):  # damaged: it is traced anew
            report = read_report(report_path(studio.drawings, row["page"]))
        if report is not None and report.key == row["key"]:
            boxes = [json.dumps(box_of(each, report.size)) for each in report.drawings]
            places += zip(boxes, [name_of(each, row["page"]) for each in report.drawings], strict=True)
    if places:
        with catalog.change() as db:
            db.executemany("UPDATE drawings SET box = ? WHERE name = ? AND box IS NULL", places)


def follow_drawings(catalog: Catalog, scan: int, report: Report) -> None:
    """Have labels by hand go to the drawings that lie where theirs lay; the others wait for theirs to come back."""
    rows = catalog.rows("SELECT rowid, name, box FROM drawings WHERE scan = ? AND label IS NOT NULL", (scan,))
    before: dict[str, Box] = {row["name"]: json.loads(row["box"]) for row in rows if row["box"]}
    if not before:
        return
    held = {row["name"] for row in rows if not row["box"]}  # by a label of which nobody knows the place
    after: dict[str, Box] = {name_of(each, report.page): box_of(each, report.size) for each in report.drawings}
    shares = [
        (_share(box, other), old, new) for old, box in before.items() for new, other in after.items() if new not in held
    ]
    found: dict[str, str] = {}
    for share, old, new in sorted(shares, reverse=True):
        if share >= SAME and old not in found and new not in found.values():
            found[old] = new
    waiting = {row["name"]: f"{row['name'].partition('~')[0]}~{row['rowid']}" for row in rows if row["box"]}
    with catalog.change() as db:
        rename_drawings(catalog, waiting | found)
        for new in found.values():
            db.execute("UPDATE drawings SET box = ? WHERE name = ?", (json.dumps(after[new]), new))
        for name in (name for old, name in waiting.items() if old not in found):
            db.execute("UPDATE drawings SET features = NULL WHERE name = ?", (name,))
            db.execute("DELETE FROM members WHERE item = ?", (name,))


def rename_drawings(catalog: Catalog, names: Mapping[str, str]) -> None:
    """Give drawings other names, which may be those of each other, and have them undone under these."""
    names = {old: new for old, new in names.items() if old != new}
    if not names:
        return
    away = "moving:"
    with catalog.change() as db:
        for table, column in (("drawings", "name"), ("members", "item")):
            for old in names:
                db.execute(f"UPDATE {table} SET {column} = ? || {column} WHERE {column} = ?", (away, old))
            for old, new in names.items():
                db.execute(f"UPDATE OR REPLACE {table} SET {column} = ? WHERE {column} = ?", (new, away + old))
        for row in catalog.rows("SELECT id, before FROM decisions WHERE what = 'drawing' AND NOT undone"):
            told = json.loads(row["before"])
            cells = [[table, [names.get(name, name)], *rest] for table, (name,), *rest in told]
            if cells != told:
                db.execute("UPDATE decisions SET before = ? WHERE id = ?", (json.dumps(cells), row["id"]))


def _share(one: Box, other: Box) -> float:
    """What two boxes share, of what both cover."""
    width = max(0.0, min(one[2], other[2]) - max(one[0], other[0]))
    height = max(0.0, min(one[3], other[3]) - max(one[1], other[1]))
    both = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)) - width * height
    return width * height / both if both > 0 else 0.0
