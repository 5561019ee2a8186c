"""What the stages leave in the studio's ``preparation``, so that the next run knows what is out of date."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prep.pages import list_scans, report_of
from prep.report import Report
from prep.sketchbook import ScanFile, Skipped
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


def known_scans(studio: Studio) -> dict[ScanFile, str]:
    """The scans that the stage find has seen and that are still there, with the SHA-256 of each."""
    told = read_manifest(studio, "find").get("scans", {})
    return {scan: told[scan.name]["sha256"] for scan in list_scans(studio).scans if scan.name in told}


def traced_reports(studio: Studio) -> list[Report]:
    """The reports of all pages that are traced and whose scans are known, in the order of the sketchbooks."""
    every = (report_of(studio, scan) for scan in known_scans(studio))
    return [report for report in every if report is not None]


def unusable(studio: Studio) -> list[Skipped]:
    """Scans that the stages find and trace could not use."""
    found = [Skipped(**each) for each in read_manifest(studio, "find").get("skipped", [])]
    failed = read_manifest(studio, "trace").get("skipped", {})
    return found + [Skipped(name, told["reason"]) for name, told in failed.items()]


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
