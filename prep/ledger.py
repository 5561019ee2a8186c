"""What the catalog and the reports of drawings are told of scans that were renamed."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from prep.catalog import Catalog, open_catalog
from prep.drawing_labels import rename_drawings
from prep.finding import place, record_trace, tell_corrections
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
                if about.get("by_hand"):
                    _follow_decisions(catalog, {each["old"]: each["new"] for each in about["scans"]})
                if about["undoes"] is not None:
                    db.execute("UPDATE decisions SET undone = 1 WHERE id = ?", (about["undoes"],))
                else:
                    value = json.dumps({key: about[key] for key in ("told", "id", "names", "made")})
                    # whoever moved files by hand moves them back so
                    db.execute(
                        "INSERT INTO decisions (at, what, value, before, undone) VALUES (?, 'rename', ?, '[]', ?)",
                        (time.time(), value, about.get("by_hand", False)),
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


def _rename_rows(catalog: Catalog, scans: Sequence[Mapping[str, Any]]) -> None:
    """Names and pages of scans and drawings; first to names that nothing has, so that they may be swapped."""
    db = catalog.db
    away = "moving:"
    changed = {each["old"]: each for each in scans}
    renamed: dict[str, str] = {}
    for row in catalog.rows("SELECT drawings.name, scans.name AS scan FROM drawings JOIN scans ON scans.id = scan"):
        each = changed.get(row["scan"])
        if each is not None and each["page"] != each["new_page"] and row["name"].startswith(f"{each['page']}-"):
            renamed[row["name"]] = each["new_page"] + row["name"].removeprefix(each["page"])
    for each in scans:
        if "twin" in each:  # the same scan, as it was found under its new name
            db.execute("DELETE FROM members WHERE item = CAST(? AS TEXT)", (each["twin"],))
            db.execute("DELETE FROM scans WHERE id = ?", (each["twin"],))
        db.execute("UPDATE scans SET name = ? || name WHERE name = ?", (away, each["old"]))
    rename_drawings(catalog, renamed)
    for each in scans:
        new = each["new"]
        gone = each["new_part"] == PRIVATE or each.get("gone", False)
        fields = (new, each["new_page"], _book(new), each["new_part"], place(new), gone, each.get("mtime_ns"))
        db.execute(
            "UPDATE scans SET name = ?, page = ?, book = ?, part = ?, place = ?, gone = ?, "
            "mtime_ns = COALESCE(?, mtime_ns) WHERE name = ?",
            (*fields, away + each["old"]),
        )
    for row in catalog.rows("SELECT name, cover FROM books WHERE cover IS NOT NULL"):
        if (each := changed.get(row["cover"])) is not None:
            cover = each["new"] if _book(each["new"]) == row["name"] else None
            db.execute("UPDATE books SET cover = ? WHERE name = ?", (cover, row["name"]))


def _follow_decisions(catalog: Catalog, names: Mapping[str, str]) -> None:
    """Have renames and covers from before scans were moved by hand undone under the names that these have now."""
    for row in catalog.rows("SELECT id, value, before FROM decisions WHERE what IN ('rename', 'book') AND NOT undone"):
        told, before = json.loads(row["value"]), json.loads(row["before"])
        for old, new in told.get("names", {}).items():
            if _book(names.get(new, new)) == _book(new):  # what is in another book by now can't be taken back
                told["names"][old] = names.get(new, new)
        cells = [
            [table, key, column, *(names.get(name, name) for name in values)]
            if column == "cover"
            else [table, key, column, *values]
            for table, key, column, *values in before
        ]
        if cells != before or told != json.loads(row["value"]):
            fields = (json.dumps(told), json.dumps(cells), row["id"])
            catalog.db.execute("UPDATE decisions SET value = ?, before = ? WHERE id = ?", fields)


def _book(name: str) -> str:
    return name.partition("/")[0]


def _tell_page(catalog: Catalog, studio: Studio, scan: Mapping[str, Any]) -> None:
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
