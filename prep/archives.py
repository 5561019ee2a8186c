"""The datasets that a studio has, and scans that are to be in none of them any more."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from drawing.errors import DrawingError
from drawing.npz import read_about, read_npz, write_npz
from drawing.stroke import offset_scale
from prep.catalog import Catalog
from prep.dataset import SOURCE, items_from, write_sheet
from prep.privacy import PRIVATE_ROWS
from studio.errors import StudioError
from studio.files import write_text
from studio.folder import Studio


def withdraw(catalog: Catalog, studio: Studio, scans: Collection[int]) -> list[str]:
    """Take the drawings of scans out of every dataset that was made of scans here, each whole or not at all; one that
    has no others is deleted.

    Returns:
        A sentence on each of these datasets.

    Raises:
        StudioError: one can't be written.
    """
    told: list[str] = []
    is_theirs: Callable[[dict[str, Any]], bool] | None = None
    for path in sorted(studio.datasets.rglob("*.npz")):
        try:
            about = read_about(path)
        except DrawingError:
            continue
        if about.get("source") == SOURCE:
            is_theirs = is_theirs or belonging(catalog, scans)
            if any(is_theirs(item) for split in about.get("drawings", {}).values() for item in split):
                told.append(_write_without(path, is_theirs))
    return told


def belonging(catalog: Catalog, scans: Collection[int]) -> Callable[[dict[str, Any]], bool]:
    """Whether what is told of a drawing says that it is of one of these scans: by its content, or else its name."""
    columns = "name, scans.sha256 AS now, traces.sha256 AS traced, looks.sha256 AS seen"
    tables = "scans LEFT JOIN traces ON traces.scan = scans.id LEFT JOIN looks ON looks.scan = scans.id"
    mine = catalog.rows(
        f"SELECT {columns} FROM {tables} WHERE scans.id IN (SELECT value FROM json_each(?))", (json.dumps(list(scans)),)
    )
    names = {row["name"] for row in mine}
    hashes = {row[each] for row in mine for each in ("now", "traced", "seen")} - {"", None}
    others = {row["sha256"] for row in catalog.rows(f"SELECT sha256 FROM scans WHERE NOT ({PRIVATE_ROWS})")} - hashes

    def is_theirs(item: dict[str, Any]) -> bool:
        content = item.get("sha256")
        return content in hashes or (item.get("scan") in names and content not in others)

    return is_theirs


def _write_without(path: Path, is_theirs: Callable[[dict[str, Any]], bool]) -> str:
    archive = read_npz(path)
    told, before = archive.about["drawings"], sum(map(len, archive.splits.values()))
    items = {
        split: [item for item in items_from(rows, told[split]) if not is_theirs(item.told)]
        for split, rows in archive.splits.items()
    }
    rows = {
        split: [row for row, item in zip(every, told[split], strict=True) if not is_theirs(item)]
        for split, every in archive.splits.items()
    }
    name, left = f"{path.parent.name}/{path.name}", sum(map(len, rows.values()))
    try:
        path.with_suffix(".png").unlink(missing_ok=True)  # first: it is made anew from what is left
        if not rows.get("train"):
            for each in (path.with_suffix(".md"), path):
                each.unlink(missing_ok=True)
            return f"{name} held nothing else to learn from, and is deleted"
    except OSError as error:
        raise StudioError(f"{error.filename} can't be deleted: {error.strerror or error}.") from error
    about = {
        **archive.about,
        "scale": offset_scale(each[1:] for each in rows["train"]),
        "drawings": {split: [item.told for item in found] for split, found in items.items()},
    }
    write_npz(path, rows, about)
    write_sheet(path, [item for found in items.values() for item in found if not item.told.get("reversed")])
    said = f"{before - left:,} of {before:,} drawings were taken out of {name}"
    sheet = path.with_suffix(".md")
    if sheet.exists():
        day = time.strftime("%Y-%m-%d")
        write_text(sheet, f"{sheet.read_text(encoding='utf-8')}\nOn {day} {said}: their scans are private now.\n")
    return said
