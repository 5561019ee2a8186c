"""A plan of names as a table that a person changes in an editor or a spreadsheet."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

from prep.errors import PrepError
from prep.naming import TAGS, Naming
from prep.sketchbook import find_pictures, writable
from studio.files import write_text

COLUMNS = ("file", "page", "variant", "tag", "note")


def write_plan(path: Path, namings: Sequence[Naming]) -> None:
    """Write a plan as a table for a person to change, tab-separated, whole or not at all."""
    text = StringIO()
    table = csv.writer(text, "excel-tab", lineterminator="\n")
    table.writerow(COLUMNS)
    for each in namings:
        page = "" if each.page is None else f"{each.page:03}"
        table.writerow([writable(each.file), page, each.variant, each.tag, writable(each.note)])
    write_text(path, text.getvalue())


def read_plan(path: Path, book: Path) -> list[Naming]:
    """A plan as it was written, and perhaps changed: columns in any order, pages as ``75`` or ``75v2``.

    Raises:
        PrepError: it can't be read, or a line of it is none.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream, dialect="excel-tab", restval=""))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PrepError(f"{path} can't be read: {error}. It is to be a tab-separated table in UTF-8.") from None
    files = {
        writable(each.relative_to(book).as_posix()): each.relative_to(book).as_posix() for each in find_pictures(book)
    }
    found: list[Naming] = []
    for number, row in enumerate(rows, 2):
        told = {str(key).strip().lower(): (value or "").strip() for key, value in row.items() if isinstance(value, str)}
        told["file"] = row.get("file") or told.get("file", "")  # whose own spaces count
        if not told["file"] or "page" not in told:
            raise PrepError(
                f"{path}, line {number}: its columns are to be {', '.join(COLUMNS)}; file and page at least."
            )
        parsed = re.fullmatch(r"(\d{1,6})(?:\.0)?(.*)", told["page"])
        if told["page"] and not parsed:
            raise PrepError(f"{path}, line {number}: {told['page']!r} is no page number; write 75, 75v2 or nothing.")
        variant = (parsed[2].strip() if parsed else "") or told.get("variant", "")
        tag = told.get("tag", "") or "art"
        tag = TAGS.get(tag, tag)
        page = int(parsed[1]) if parsed else None
        found.append(Naming(files.get(told["file"], told["file"]), page, variant.lower(), tag, told.get("note", "")))
    return found
