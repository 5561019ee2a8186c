"""The pages of a studio: their scans, whether they are traced, and what a person corrected on them."""

from __future__ import annotations

import enum
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prep.catalog import Catalog, open_catalog
from prep.corrections import (
    ENDING,
    Correction,
    applied,
    keep_correction,
    newest,
    read_corrections,
    read_kept,
    undo_correction,
)
from prep.errors import PrepError
from prep.privacy import hide_scans, private_now
from prep.reference import find_page, parse_reference
from prep.report import TRACING, Report, file_sha256, read_report, report_path, trace_key, write_page
from prep.sketchbook import ScanFile
from studio.folder import Studio
from studio.lock import one_writer

if TYPE_CHECKING:
    from prep.repair import Mended
    from prep.trace import TracedScan, TraceSettings


class State(enum.Enum):
    """What is known of a page."""

    NEW = "new"
    TRACED = "traced"
    STALE = "stale"
    """Its scan, the settings, its corrections or monoline's tracing are others than when it was traced."""


@dataclass(frozen=True)
class TracedPage:
    """A page as it was traced just now."""

    traced: TracedScan
    """Before corrections other than flips."""
    mended: tuple[Mended, ...]
    """Its drawings, corrected."""
    notes: tuple[str, ...]
    """A sentence for each correction that found nothing."""
    seconds: float


def find_scan(studio: Studio, name: str) -> ScanFile:
    """The scan that a person means: by its name, its page, one of its drawings, a path to any of these, or a reference
    as ``sb48p005``.

    Raises:
        PrepError: there is none.
    """
    from prep.finding import refresh

    asked = Path(name)
    for folder in (studio.sketchbooks, studio.drawings):
        if asked.resolve().is_relative_to(folder.resolve()):
            asked = asked.resolve().relative_to(folder.resolve())
    text = asked.as_posix()
    stem = text.removesuffix(".svg").removesuffix(".json")
    page = stem.rpartition("-")[0] if stem.rpartition("-")[2].isdecimal() else stem
    with open_catalog(studio) as catalog:
        for known in (True, False):
            for wanted in (text, stem, page, _referred(catalog, name)):
                row = catalog.one(
                    "SELECT shelf.id, shelf.name, shelf.page, shelf.part, scans.tag FROM shelf "
                    "JOIN scans ON scans.id = shelf.id WHERE shelf.name = :asked OR shelf.page = :asked "
                    "ORDER BY shelf.place",
                    {"asked": wanted},
                )
                if row is None:
                    continue
                path = studio.sketchbooks / row["name"]
                if private_now(path, tagged=row["tag"] is not None):
                    hide_scans(catalog, studio, [row["id"]])
                    continue
                return ScanFile(row["name"], row["page"], path, row["part"])
            if known:
                refresh(catalog, studio)
    raise PrepError(f"{name} is no scan in {studio.sketchbooks}, and no drawing of one; see monoline prep status.")


def _referred(catalog: Catalog, text: str) -> str:
    """The page that a reference means; empty if it is none."""
    if parse_reference(text) is None:
        return ""
    rows = catalog.rows("SELECT DISTINCT book, number FROM scans LEFT JOIN books ON books.name = book")
    books = {row["book"]: row["number"] for row in rows}
    pages = "SELECT page FROM shelf WHERE book = ? ORDER BY place"
    return find_page(text, books, lambda book: [row["page"] for row in catalog.rows(pages, (book,))]) or ""


def corrections_path(studio: Studio, scan: ScanFile) -> Path:
    """Where the corrections of a scan are kept."""
    return studio.drawings / f"{scan.page}{ENDING}"


def corrections_of(studio: Studio, scan: ScanFile) -> tuple[Correction, ...]:
    """The corrections of a scan that are not undone."""
    return read_corrections(corrections_path(studio, scan))


def correct(studio: Studio, scan: ScanFile, correction: Correction) -> None:
    """Keep a correction; the page is out of date until it is traced again."""
    from prep.finding import record_corrections

    keep_correction(corrections_path(studio, scan), correction)
    record_corrections(studio, scan)


def last_corrected(studio: Studio) -> tuple[ScanFile, float] | None:
    """The scan with the newest correction that is not undone, and when that was; None if there is none."""
    with open_catalog(studio) as catalog:
        rows = catalog.rows(
            "SELECT name, page, part FROM scans JOIN shelf USING (id, name, page, part) WHERE corrections_size > 0"
        )
    every = [ScanFile(row["name"], row["page"], studio.sketchbooks / row["name"], row["part"]) for row in rows]
    scans = {corrections_path(studio, each): each for each in every}
    path = newest(path for path in scans if path.exists())
    return None if path is None else (scans[path], read_kept(path)[-1].kept_at)


def undo(studio: Studio, scan: ScanFile | None = None) -> tuple[ScanFile, Correction] | None:
    """Take back the newest correction of a scan, or of all scans; None if there is none."""
    from prep.finding import record_corrections

    if scan is None:
        found = last_corrected(studio)
        if found is None:
            return None
        scan = found[0]
    correction = undo_correction(corrections_path(studio, scan))
    record_corrections(studio, scan)
    return None if correction is None else (scan, correction)


def report_of(studio: Studio, scan: ScanFile) -> Report | None:
    """How a page was traced; None if it is not."""
    return read_report(report_path(studio.drawings, scan.page))


def page_state(studio: Studio, scan: ScanFile, settings: TraceSettings, sha256: str | None = None) -> State:
    """Whether a page must be traced.

    Args:
        sha256: of the scan, where it is known; its file is read without.
    """
    report = report_of(studio, scan)
    if report is None:
        return State.NEW
    key = trace_key(sha256 or file_sha256(scan.path), settings, corrections_of(studio, scan))
    folder = report_path(studio.drawings, scan.page).parent
    whole = report.key == key and all((folder / each.file).exists() for each in report.drawings)
    return State.TRACED if whole else State.STALE


def trace_page(path: Path, settings: TraceSettings, corrections: Sequence[Correction] = ()) -> TracedPage:
    """Trace a scan and correct what came out; nothing is written.

    Raises:
        UnreadableScan: it is no picture, or a damaged one.
    """
    from prep.trace import follow, look

    began = time.monotonic()
    page = mend(follow(look(path, settings), settings, flips_among(corrections)), corrections)
    return replace(page, seconds=time.monotonic() - began)


def flips_among(corrections: Sequence[Correction]) -> tuple[Correction, ...]:
    """Those that are a part of tracing; all others are applied to what comes out."""
    return tuple(each for each in corrections if each.kind == "flip")


def mend(traced: TracedScan, corrections: Sequence[Correction]) -> TracedPage:
    """Apply corrections to a page that was traced with its flips alone."""
    from prep.repair import repair

    # applied here and not while it is traced, to know what a person decided beside where the strokes go
    drawings = [each.drawing for each in traced.drawings]
    mended, notes = repair(drawings, corrections, max(traced.page_size), traced.to_scan)
    return TracedPage(traced, mended, notes, 0.0)


def trace_one(studio: Studio, scan: ScanFile, settings: TraceSettings, sha256: str | None = None) -> Report:
    """Trace a page of the studio with its corrections, and write its drawings and report.

    Raises:
        UnreadableScan: it is no picture, or a damaged one; what was traced of it before stays.
        StudioError: the studio can't be written.
    """
    from prep.finding import record_page

    report = write_one(studio, scan, settings, lambda corrections: trace_page(scan.path, settings, corrections), sha256)
    record_page(studio, scan, report)
    return report


def write_one(
    studio: Studio,
    scan: ScanFile,
    settings: TraceSettings,
    trace: Callable[[tuple[Correction, ...]], TracedPage],
    sha256: str | None = None,
) -> Report:
    """As trace_one, traced by ``trace`` with the corrections it is given.

    Any number of processes may do that at once: one writes at a time, and never with corrections that are old by then.
    """
    sha256 = sha256 or file_sha256(scan.path)
    while True:
        corrections = corrections_of(studio, scan)
        page = trace(corrections)
        with one_writer(studio.preparation / "pages" / f"{scan.page}.lock"):
            if applied(corrections_of(studio, scan)) != applied(corrections):
                continue  # corrected meanwhile by another process
            report = write_page(
                studio.drawings, scan, sha256, page.traced, page.mended, settings, corrections, page.notes, page.seconds
            )
        if applied(corrections_of(studio, scan)) == applied(corrections):
            return report


def trace_apart(order: Mapping[str, Any]) -> Report | None:
    """As trace_one, of what travels to another process, which may be on another machine: the catalog is not told.

    None if the scan is private by a tag in the Finder, which it may have got just now; then it is not read.

    A page that is up to date, as one that was traced by a run that crashed before it could say so, is not traced again.

    Args:
        order: ``studio`` and ``scan``, ``settings`` and ``sha256`` of trace_one; ``tagged`` where a person tagged it
            here, whatever the Finder says.
    """
    if private_now(order["scan"].path, tagged=order["tagged"]):
        return None
    studio, scan, settings, sha256 = (order[name] for name in ("studio", "scan", "settings", "sha256"))
    if page_state(studio, scan, settings, sha256) is State.TRACED and (report := report_of(studio, scan)) is not None:
        return report.model_copy(update={"tracing": TRACING})  # reports did not always tell it; their keys do
    return write_one(studio, scan, settings, lambda corrections: trace_page(scan.path, settings, corrections), sha256)
