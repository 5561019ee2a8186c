"""What the catalog and the reports of drawings are told of scans that were renamed."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from prep.catalog import Catalog, open_catalog
from prep.corrections import ENDING
from prep.finding import place, record_trace, tell_corrections
from prep.moves import place_new
from prep.privacy import forget_scans
from prep.report import read_report, report_path
from prep.sketchbook import PRIVATE
from studio.files import write_text
from studio.folder import Studio


def is_noted(studio: Studio, about: Mapping[str, Any]) -> bool:
    """Whether the catalog knows of a rename."""
    with open_catalog(studio) as catalog:
        if about["undoes"] is not None:
            sql, values = "SELECT 1 FROM decisions WHERE id = ? AND undone", (about["undoes"],)
        else:
            sql = "SELECT 1 FROM decisions WHERE what = 'rename' AND json_extract(value, '$.id') = ?"
            values = (about["id"],)
        return catalog.one(sql, values) is not None


def note_rename(studio: Studio, about: Mapping[str, Any]) -> None:
    """Tell the catalog of a rename, unless it knows already, and the reports of drawings what their pages are called
    now; may be done again."""
    noted = is_noted(studio, about)
    with open_catalog(studio) as catalog:
        if not noted:
            with catalog.change() as db:
                _rename_rows(catalog, about["scans"])
                if about["undoes"] is not None:
                    db.execute("UPDATE decisions SET undone = 1 WHERE id = ?", (about["undoes"],))
                else:
                    value = json.dumps({key: about[key] for key in ("told", "id", "names", "made")})
                    db.execute(
                        "INSERT INTO decisions (at, what, value, before) VALUES (?, 'rename', ?, '[]')",
                        (time.time(), value),
                    )
        private = [
            row["id"]
            for name in about["private"]
            for row in catalog.rows("SELECT id FROM scans WHERE name = ?", (name,))
        ]
        with catalog.change():
            for each in about["scans"]:
                if each["new_part"] != PRIVATE:
                    _tell_page(catalog, studio, each)
        for name in about["purged"]:
            (studio.folder / name).unlink(missing_ok=True)
        forget_scans(catalog, studio, private)
    for folder in about["empty"]:
        with contextlib.suppress(OSError):
            (studio.sketchbooks / folder).rmdir()


def follow_moved(catalog: Catalog, studio: Studio) -> None:
    """A new name with the content of one that went is that scan, with all that was decided about it.

    Whoever moved the file did not tell; its drawings are traced anew under its new page.
    """
    rows = catalog.rows(
        "SELECT old.id AS old, min(new.id) AS new FROM scans AS old JOIN scans AS new ON new.sha256 = old.sha256 "
        "WHERE old.gone AND NOT new.gone AND old.sha256 != '' AND new.label IS NULL AND new.tag IS NULL "
        "AND new.favourite IS NULL AND new.id > old.id GROUP BY old.id"
    )
    taken: set[int] = set()
    for row in rows:
        if row["new"] in taken:
            continue
        taken.add(row["new"])
        with catalog.change() as db:
            old, new = (dict(db.execute("SELECT * FROM scans WHERE id = ?", (each,)).fetchone()) for each in row)
            db.execute("DELETE FROM scans WHERE id = ?", (row["new"],))
            db.execute("DELETE FROM traces WHERE scan = ?", (row["old"],))  # they lie under the old page's name
            db.execute(
                "UPDATE OR IGNORE drawings SET name = ? || substr(name, ?) WHERE scan = ? AND substr(name, 1, ?) = ?",
                (new["page"], len(old["page"]) + 1, row["old"], len(old["page"]) + 1, f"{old['page']}-"),
            )
            db.execute(
                "UPDATE scans SET name = :name, page = :page, book = :book, part = :part, place = :place, "
                "size = :size, mtime_ns = :mtime_ns, gone = 0 WHERE id = :old",
                {**new, "old": row["old"]},
            )
            if catalog.one("SELECT 1 FROM scans WHERE page = ? AND NOT gone", (old["page"],)) is None:
                _bring_corrections(studio, old["page"], new["page"])


def _bring_corrections(studio: Studio, page: str, new: str) -> None:
    """What a person put right on a page, to where it is now; what is there already stays."""
    path, target = studio.drawings / f"{page}{ENDING}", studio.drawings / f"{new}{ENDING}"
    if path.exists():
        with contextlib.suppress(OSError):  # it stays under the old page's name
            target.parent.mkdir(parents=True, exist_ok=True)
            place_new(path, target)


def _rename_rows(catalog: Catalog, scans: Sequence[Mapping[str, str]]) -> None:
    """Names and pages of scans and drawings; first to names that nothing has, so that they may be swapped."""
    db = catalog.db
    away = "moving:"
    for each in scans:
        db.execute("UPDATE scans SET name = ? || name WHERE name = ?", (away, each["old"]))
    for each in scans:  # a scan that went long ago, under the name that this one gets
        db.execute("UPDATE scans SET name = name || '~' || id, gone = 1 WHERE name = ?", (each["new"],))
    drawings = catalog.rows("SELECT drawings.name, scan, page FROM drawings JOIN scans ON scans.id = scan")
    pages = {each["page"]: each["new_page"] for each in scans if each["page"] != each["new_page"]}
    renamed = {
        row["name"]: pages[row["page"]] + row["name"].removeprefix(row["page"])
        for row in drawings
        if row["page"] in pages and row["name"].startswith(row["page"])
    }
    for table, column in (("drawings", "name"), ("members", "item")):
        for old in renamed:
            db.execute(f"UPDATE {table} SET {column} = ? || {column} WHERE {column} = ?", (away, old))
        for old, new in renamed.items():
            db.execute(f"UPDATE OR REPLACE {table} SET {column} = ? WHERE {column} = ?", (new, away + old))
    for each in scans:
        private = each["new_part"] == PRIVATE
        fields = (each["new"], each["new_page"], each["new_part"], place(each["new"]), private, away + each["old"])
        db.execute("UPDATE scans SET name = ?, page = ?, part = ?, place = ?, gone = ? WHERE name = ?", fields)
    covers = {each["old"]: each["new"] for each in scans}
    for row in catalog.rows("SELECT name, cover FROM books WHERE cover IS NOT NULL"):
        if row["cover"] in covers:
            db.execute("UPDATE books SET cover = ? WHERE name = ?", (covers[row["cover"]], row["name"]))


def _tell_page(catalog: Catalog, studio: Studio, scan: Mapping[str, str]) -> None:
    """Have the report of a page say what it is called now, and the catalog what the report says."""
    path = report_path(studio.drawings, scan["new_page"])
    report = read_report(path)
    row = catalog.one("SELECT id FROM scans WHERE name = ?", (scan["new"],))
    if report is not None and (report.page, report.scan) in (
        (scan["page"], scan["old"]),
        (scan["new_page"], scan["old"]),
    ):
        stem, new = Path(report.page).name, Path(scan["new_page"]).name
        drawings = tuple(
            each.model_copy(update={"file": new + each.file.removeprefix(stem)}) for each in report.drawings
        )
        changed = {"page": scan["new_page"], "scan": scan["new"], "drawings": drawings}
        report = report.model_copy(update=changed)
        write_text(path, report.model_dump_json(exclude_none=True) + "\n")
    if row is not None:
        if report is not None:
            record_trace(catalog, studio, row["id"], report)
        tell_corrections(catalog, studio, row["id"], scan["new_page"])
