"""What a traced scan leaves in the studio: an SVG a drawing, and a report that tells how they came about.

The report takes its place last, so that a page with a report is a whole page.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import tempfile
import warnings
from collections.abc import Generator, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from drawing.connect import Apart
from drawing.drawing import Bounds, Drawing
from prep.corrections import Correction, applied
from prep.errors import PrepError
from prep.homography import map_drawing, map_points
from prep.order import Place
from prep.sketchbook import ScanFile
from studio.errors import StudioError

if TYPE_CHECKING:
    from prep.repair import Mended
    from prep.trace import TracedScan, TraceSettings

TOLERANCE = 0.1
"""Points that move no line by more than this, in page pixels, are not written: a tenth of them is left."""
FORMAT = 1
TRACING = 6
"""Raised when tracing gives other lines for the same scan and settings, so that everything is traced anew."""
PAGE_MM = 210.0
"""Long side of a page whose scan does not say how large it is: that of A5."""
DPI = (100.0, 2400.0)
"""Resolutions that a scan may state and be believed; cameras write 72 whatever they saw."""
SIDE_MM = (50.0, 900.0)
"""Long sides that a sketchbook's page may have."""


class Report(BaseModel):
    """How the drawings of a page came about."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    format: int = FORMAT
    """Version of this layout."""
    key: str
    """Hash of all that the drawings depend on, see ``trace_key``."""
    page: str
    """As ``sb01/001``."""
    scan: str
    """Name of the scan, as ``sb01/art/001.jpg``."""
    sha256: str
    """Of the scan's file."""
    size: tuple[int, int]
    """Width and height of the scan as displayed, in its pixels."""
    page_size: tuple[int, int]
    """Width and height of the flattened page, in its own pixels."""
    to_scan: tuple[tuple[float, float, float], ...]
    """The homography from page pixels to scan pixels."""
    mm: float
    """Millimetres a page pixel."""
    pen: float
    """Width of the line in page pixels."""
    settings: str
    """Hash of the settings of tracing."""
    monoline: str
    """Version that traced it."""
    seconds: float
    """How long it took."""
    tracing: int = 0
    """Version of the way of tracing."""
    notes: tuple[str, ...] = ()
    """What a person should know, a sentence each."""
    corrections: tuple[Correction, ...] = ()
    """Those that were applied."""
    drawings: tuple[DrawingReport, ...] = ()
    """In the order of their files."""


class DrawingReport(BaseModel):
    """A drawing of a page."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    file: str
    """Name of its SVG, beside the report."""
    box: Bounds
    """Left, top, right and bottom of its ink in scan pixels."""
    corner: Place
    """Where the SVG's 0, 0 lies on the page, in page pixels."""
    strokes: int
    points: int
    at: Place | None = None
    """A start chosen by hand, in the SVG's mm."""
    by_hand: bool = False
    """Whether the directions of its strokes were chosen by hand."""
    apart: tuple[Apart, ...] = ()
    """Pairs of places where it was cut by hand, in the SVG's mm."""
    junctions: tuple[Place, ...] = ()
    """Where lines meet, in scan pixels: what may be flipped."""


Report.model_rebuild()


def settings_hash(settings: BaseModel) -> str:
    """The same for the same settings, in twelve characters."""
    return _digest(settings.model_dump(mode="json"))[:12]


def trace_key(sha256: str, settings: TraceSettings, corrections: Sequence[Correction]) -> str:
    """What the drawings of a scan depend on; where it is another, they are out of date."""
    told = [correction.model_dump(mode="json") for correction in applied(corrections)]
    return _digest([TRACING, sha256, settings.model_dump(mode="json"), told])[:32]


def corrections_digest(corrections: Sequence[Correction]) -> str:
    """The same for the same corrections that change what is traced; empty without any."""
    told = [correction.model_dump(mode="json") for correction in applied(corrections)]
    return _digest(told)[:16] if told else ""


def file_sha256(path: Path) -> str:
    """SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def report_path(drawings: Path, page: str) -> Path:
    """Where the report of a page is, in the studio's folder of drawings."""
    return drawings / f"{page}.json"


def read_report(path: Path) -> Report | None:
    """The report of a page; None if there is none, or one that this monoline can't use, so that it is traced anew."""
    try:
        report = Report.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
    except OSError as error:
        raise PrepError(f"{path} can't be read: {error.strerror or error}.") from None
    return report if report.format == FORMAT else None


def write_page(
    drawings: Path,
    scan: ScanFile,
    sha256: str,
    traced: TracedScan,
    mended: Sequence[Mended],
    settings: TraceSettings,
    corrections: Sequence[Correction],
    notes: Sequence[str],
    seconds: float,
) -> Report:
    """Write an SVG for each drawing of a page and the report, and put away SVGs that there were before: all or nothing.

    An SVG is in mm, true to shape: by the scan's resolution where it states a credible one, else by a page of A5.

    Raises:
        StudioError: the folder can't be written.
    """
    from drawing.svg import svg_text

    path = report_path(drawings, scan.page)
    before = read_report(path)
    mm = _millimetres(scan.path, traced)
    stem, own = Path(scan.page).name, _own_version()
    found: list[DrawingReport] = []
    with _staged(path) as folder:
        for number, each in enumerate(mended, 1):
            told, placed = _drawing_report(f"{stem}-{number}.svg", each, traced, mm)
            notes_ = {
                "page": scan.page,
                "scan": scan.name,
                "box": " ".join(f"{value:.1f}" for value in told.box),
                "scale": f"{_scan_pixels_per_mm(told, placed):.5g}",
                "settings": settings_hash(settings),
                "version": own,
            }
            text = svg_text(placed, title=f"{scan.page}-{number}", notes=notes_)
            (folder / told.file).write_bytes(text.encode())
            found.append(told)
        report = Report(
            key=trace_key(sha256, settings, corrections),
            page=scan.page,
            scan=scan.name,
            sha256=sha256,
            size=traced.size,
            page_size=traced.page_size,
            to_scan=tuple((float(a), float(b), float(c)) for a, b, c in np.asarray(traced.to_scan).tolist()),
            mm=mm,
            pen=float(traced.pen),
            settings=settings_hash(settings),
            monoline=own,
            seconds=round(seconds, 3),
            tracing=TRACING,
            notes=(*traced.notes, *notes),
            corrections=applied(corrections),
            drawings=tuple(found),
        )
        (folder / path.name).write_bytes(f"{report.model_dump_json(exclude_none=True)}\n".encode())
    for old in {each.file for each in (before.drawings if before else ())} - {each.file for each in found}:
        with contextlib.suppress(OSError):
            path.with_name(Path(old).name).unlink(missing_ok=True)
    return report


@contextlib.contextmanager
def _staged(report: Path) -> Generator[Path]:
    """A folder for a page's files, which take their places when the block ends without an error, the report last.

    In between the page has no report and is traced anew after a crash: it is never old and new in one.
    """
    try:
        report.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{report.stem}.", suffix=".tmp", dir=report.parent) as name:
            yield Path(name)
            files = sorted(Path(name).iterdir(), key=lambda each: each.name == report.name)
            for file in files:  # all are on the disk before any has its name
                with file.open("rb+") as opened:
                    os.fsync(opened.fileno())
            report.unlink(missing_ok=True)
            for file in files:
                file.replace(report.with_name(file.name))
    except OSError as error:
        raise StudioError(f"{report.parent} can't be written: {error.strerror or error}.") from error


def _drawing_report(file: str, mended: Mended, traced: TracedScan, mm: float) -> tuple[DrawingReport, Drawing]:
    drawing = mended.drawing.simplify(TOLERANCE)
    left, top = drawing.bounds[:2]

    def place(at: Place) -> Place:
        return (at[0] - left) * mm, (at[1] - top) * mm

    places = [junction.at for number in mended.sources for junction in traced.drawings[number].junctions]
    junctions = map_points(traced.to_scan, places).round(1).tolist() if places else []
    told = DrawingReport(
        file=file,
        box=_rounded(map_drawing(traced.to_scan, drawing).bounds),
        corner=(left, top),
        strokes=len(drawing.lines),
        points=drawing.points,
        at=mended.at and place(mended.at),
        by_hand=mended.by_hand,
        apart=tuple((place(one), place(other)) for one, other in mended.apart),
        junctions=tuple((x, y) for x, y in junctions),
    )
    return told, drawing.translate(-left, -top).scale(mm)


def _rounded(box: Bounds) -> Bounds:
    left, top, right, bottom = (round(value, 2) for value in box)
    return left, top, right, bottom


def _scan_pixels_per_mm(told: DrawingReport, placed: Drawing) -> float:
    left, top, right, bottom = told.box
    return math.hypot(right - left, bottom - top) / (placed.diagonal or 1.0)


def _millimetres(path: Path, traced: TracedScan) -> float:
    """Millimetres a page pixel."""
    side = max(traced.page_size)
    dpi = _dpi(path)
    if dpi is not None:
        # how many scan pixels a page pixel is in the middle of the page
        width, height = traced.page_size
        (x0, y0), (x1, y1) = map_points(traced.to_scan, [(width / 2, height / 2), (width / 2 + 1, height / 2)]).tolist()
        mm = math.hypot(x1 - x0, y1 - y0) * 25.4 / dpi
        if SIDE_MM[0] <= mm * side <= SIDE_MM[1]:
            return mm
    return PAGE_MM / side


def _dpi(path: Path) -> float | None:
    """Dots an inch, where the file states so many that a scanner may have made it."""
    from PIL import Image

    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path) as image:
            stated: Any = image.info.get("dpi")
            across, down = (float(value) for value in stated)
    except Exception:  # noqa: BLE001 - it is only a hint, and Pillow raises all sorts of things
        return None
    return across if DPI[0] <= across <= DPI[1] and abs(across - down) < 0.01 * across else None


@cache
def _own_version() -> str:
    return version("monoline")  # reads a file


def _digest(told: Any) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
