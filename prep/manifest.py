"""What the stages leave in the studio's ``preparation``, so that the next run knows what is out of date."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prep.catalog import Catalog
from prep.sketchbook import Skipped
from studio.files import write_text
from studio.folder import Studio


def read_manifest(studio: Studio, stage: str) -> dict[str, Any]:
    """What a stage left; empty if it never ran, or left something that can't be read."""
    try:
        found = json.loads((studio.preparation / f"{stage}.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_manifest(studio: Studio, stage: str, told: Mapping[str, Any]) -> None:
    """Leave what a stage did."""
    write_text(studio.preparation / f"{stage}.json", json.dumps(told, indent=1) + "\n")


def unusable(studio: Studio, catalog: Catalog) -> list[Skipped]:
    """Scans that the stages find and trace could not use the last time."""
    found = [Skipped(**each) for each in read_manifest(studio, "find").get("skipped", [])]
    rows = catalog.rows(
        "SELECT name, reason FROM shelf JOIN traces ON scan = shelf.id "
        "WHERE reason != '' AND problem = '' ORDER BY place"
    )
    return found + [Skipped(row["name"], row["reason"]) for row in rows]


def stamp(path: Path) -> dict[str, Any]:
    """Size and time of a file; of a folder, of what is in it. Empty if there is nothing, or nothing to be seen."""
    try:
        state = path.stat()
    except OSError:  # whoever reads it tells why
        return {}
    if path.is_dir():
        inside = sorted((str(each), stamp(each)) for each in path.rglob("*") if each.is_file())
        return {"files": len(inside), "digest": digest(inside)}
    return {"size": state.st_size, "mtime_ns": state.st_mtime_ns}


def digest(told: Any) -> str:
    """The same for the same JSON values."""
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]
