"""The shelf: all scans of a studio, listed, filtered and counted from the catalog without opening a file.

A scan is drawn (traced and learnt from) where a person put it under a label of drawings by hand; else where its
folder or tag says art, and its cluster has no label yet or one of drawings.
"""

from __future__ import annotations

import contextlib
import gc
import json
from collections.abc import Generator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from prep.backbone import BackboneSettings
from prep.catalog import Catalog, told_errors
from prep.classify import ClassifySettings
from prep.report import TRACING, report_path, settings_hash
from prep.sketchbook import ScanFile
from prep.trace import TraceSettings
from studio.folder import Studio


class ShelfSettings(BaseModel):
    """How scans are sorted, and which of them are traced."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    drawn: tuple[str, ...] = ("0_drawings", "drawings", "drawing")
    """Labels whose scans are traced, and whose drawings are learnt from."""
    backbone: BackboneSettings = BackboneSettings()
    """The network that sees the scans."""
    classify: ClassifySettings = ClassifySettings()
    """How it is taught the folders."""
    clusters: int = Field(default=16, ge=2, le=4096)
    """Into how many clusters scans are sorted."""
    seed: int = Field(default=0, ge=0)
    """Another one sorts them otherwise."""
    drawing_clusters: int = Field(default=16, ge=2, le=4096)
    """Into how many clusters traced drawings are sorted, to leave out patterns and chains."""
    drawing_seed: int = Field(default=0, ge=0)
    """Another one sorts them otherwise."""


DRAWN = """(CASE WHEN by_hand THEN label IN (SELECT value FROM json_each(:drawn))
    ELSE tag = 'art' AND (label IS NULL OR label IN (SELECT value FROM json_each(:drawn))) END)"""
"""Whether a row of the shelf is to be traced."""
SAME = """(traces.sha256 = shelf.sha256 AND traces.settings = :settings AND traces.corrections = shelf.corrections
    AND traces.tracing = :tracing)"""
GIVEN_UP = """(reason != '' AND NOT crashed AND traces.sha256 = shelf.sha256 AND traces.settings = :settings)"""
STATE = f"""CASE WHEN problem != '' THEN 'skipped' WHEN NOT {DRAWN} THEN 'aside'
    WHEN traces.scan IS NULL THEN 'new' WHEN reason = '' THEN CASE WHEN {SAME} THEN 'traced' ELSE 'stale' END
    WHEN crashed OR {GIVEN_UP} THEN 'skipped' WHEN key = '' THEN 'new' ELSE 'stale' END"""
"""new, traced, stale, skipped, or aside where a scan is not one of drawings."""
TABLES = "shelf LEFT JOIN traces ON traces.scan = shelf.id"
COLUMNS = f"""id, name, page, book, part, {STATE} AS state, COALESCE(NULLIF(problem, ''), reason, ''), label, by_hand,
    tag, favourite, cluster, distance, corrected, COALESCE(strokes, 0), COALESCE(points, 0), shelf.sha256,
    COALESCE(pictures, '[]')"""
"""The fields of a ShelfScan."""


class ShelfScan(NamedTuple):
    """A scan as the shelf knows it."""

    id: int
    name: str
    page: str
    book: str
    part: str
    state: str
    """new, traced, stale, skipped or aside."""
    reason: str
    """Why it is skipped."""
    label: str | None
    by_hand: bool
    """Whether its label was given by hand."""
    tag: str
    """What it is by its folder or tag: art, notes, extra, cover or loose."""
    favourite: bool
    cluster: int | None
    distance: float | None
    """To the centroid of its cluster."""
    corrected: int
    strokes: int
    points: int
    sha256: str
    drawings: str
    """JSON of ``pictures``: there may be a great many scans, and few are looked at."""

    @property
    def pictures(self) -> list[tuple[str, float, float, float]]:
        """Its drawings: name of the SVG, x and y of its corner in page pixels, mm a page pixel."""
        return [(name, x, y, mm) for name, x, y, mm in json.loads(self.drawings)]

    def file(self, studio: Studio) -> ScanFile:
        """Where it lies."""
        return ScanFile(self.name, self.page, studio.sketchbooks / self.name, self.part)


def values(settings: ShelfSettings, trace: TraceSettings) -> dict[str, Any]:
    """What the expressions above are about."""
    return {"drawn": json.dumps(settings.drawn), "settings": settings_hash(trace), "tracing": TRACING}


def list_shelf(
    catalog: Catalog,
    asked: Mapping[str, Any],
    where: str = "1",
    order: str = "place",
    limit: int = -1,
    offset: int = 0,
) -> list[ShelfScan]:
    """Scans of the shelf in the order of their places.

    Args:
        asked: of ``values``, and what ``where`` is about.
        where: an SQL expression of ``shelf``, ``traces`` and ``state``.
    """
    sql = f"SELECT {COLUMNS} FROM {TABLES} WHERE {where} ORDER BY {order} LIMIT :limit OFFSET :offset"
    with told_errors(catalog.path), _uncollected():
        cursor = catalog.db.cursor()
        cursor.row_factory = None  # plain tuples, which are soonest made
        return list(map(ShelfScan._make, cursor.execute(sql, {**asked, "limit": limit, "offset": offset})))


@contextlib.contextmanager
def _uncollected() -> Generator[None]:
    """Without the collector of garbage, which takes a third of the time where a great many rows are made."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def count_states(catalog: Catalog, asked: Mapping[str, Any], where: str = "1") -> dict[str, int]:
    """How many scans there are in each state."""
    sql = f"SELECT {STATE} AS state, count(*) AS n FROM {TABLES} WHERE {where} GROUP BY state"
    return {row["state"]: row["n"] for row in catalog.rows(sql, dict(asked))}


def stale(catalog: Catalog, asked: Mapping[str, Any]) -> list[ShelfScan]:
    """Scans that a run would trace now."""
    tried = f"({STATE}) IN ('new', 'stale') OR (({STATE}) = 'skipped' AND problem = '' AND crashed)"
    return list_shelf(catalog, asked, f"shelf.sha256 != '' AND ({tried})")


def list_books(catalog: Catalog, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The books with scans on the shelf, in their order: ``name, number, began, ended, cover, scans, favourites`` and
    how many of its scans are in each state."""
    counts = catalog.rows(
        f"SELECT book, {STATE} AS state, count(*) AS n, sum(favourite) AS favourites, min(place) AS place "
        f"FROM {TABLES} GROUP BY book, state ORDER BY book",
        dict(asked),
    )
    told = {row["name"]: dict(row) for row in catalog.rows("SELECT * FROM books")}
    found: dict[str, dict[str, Any]] = {}
    for row in sorted(counts, key=lambda row: row["place"]):
        blank = {"number": None, "began": None, "ended": None, "cover": None}
        book = found.setdefault(
            row["book"],
            {"name": row["book"], **blank, **told.get(row["book"], {}), "scans": 0, "favourites": 0, "states": {}},
        )
        book["scans"] += row["n"]
        book["favourites"] += row["favourites"]
        book["states"][row["state"]] = row["n"]
    return list(found.values())


def pictures_of(scan: ShelfScan, studio: Studio) -> list[list[Any]]:
    """Its drawings with the paths of their SVGs."""
    folder = report_path(studio.drawings, scan.page).parent
    return [[str(folder / name), x, y, mm] for name, x, y, mm in scan.pictures]
