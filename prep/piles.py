"""What can be clustered, scans or traced drawings: what is known of each, and under which label it comes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from prep.catalog import Catalog
from prep.space import Values

Of = Literal["scans", "drawings"]
FEATURES = "features"
"""The part of a space that features are; all others are networks."""

SCANS = """SELECT CAST(id AS TEXT) AS item, id AS scan, page, place, by_hand, label, cluster, distance FROM shelf
    WHERE problem = ''"""
DRAWINGS = """SELECT drawings.name AS item, shelf.id AS scan, shelf.page, shelf.place || drawings.name AS place,
    drawings.label IS NOT NULL AS by_hand, COALESCE(drawings.label, clusters.label) AS label,
    members.number AS cluster, members.distance
    FROM drawings JOIN shelf ON shelf.id = drawings.scan
    LEFT JOIN members ON members.item = drawings.name
        AND members.clustering = (SELECT max(id) FROM clusterings WHERE of = 'drawings')
    LEFT JOIN clusters ON clusters.clustering = members.clustering AND clusters.number = members.number
    WHERE drawings.features IS NOT NULL AND shelf.problem = ''"""
PILES: dict[Of, str] = {"scans": SCANS, "drawings": DRAWINGS}
"""Rows of ``item, scan, page, place, by_hand, label, cluster, distance``; nothing private or gone is among them."""
_SHOWN = "NOT scans.gone AND COALESCE(scans.tag, scans.finder) != 'private' AND scans.problem = ''"
"""What the shelf shows, without what it takes long to know."""
_LENGTH = "SELECT length(features) FROM {0} WHERE features IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
"""In bytes; a few items may still have features as an earlier monoline told them."""


def networks(catalog: Catalog) -> tuple[str, ...]:
    """The networks that have seen every scan that was looked at, as it is now."""
    (looked,) = catalog.rows(
        f"SELECT count(*) FROM scans JOIN looks ON looks.scan = scans.id AND looks.sha256 = scans.sha256 WHERE {_SHOWN}"
    )[0]
    spaces = [row["space"] for row in catalog.rows("SELECT DISTINCT space FROM vectors ORDER BY space")]
    sql = (
        "SELECT count(*) FROM vectors JOIN scans ON scans.id = vectors.scan AND scans.sha256 = vectors.sha256 "
        f"WHERE vectors.space = ? AND {_SHOWN} AND EXISTS "
        "(SELECT 1 FROM looks WHERE looks.scan = scans.id AND looks.sha256 = scans.sha256)"
    )
    return tuple(space for space in spaces if looked and catalog.rows(sql, (space,))[0][0] == looked)


def read_values(
    catalog: Catalog,
    of: Of,
    parts: Sequence[str],
    *,
    new: bool = False,
    among: str = "1",
    asked: Mapping[str, Any] | None = None,
) -> tuple[list[str], dict[str, Values]]:
    """What is known of each item, in their order: the items, and for each part of a space their values (n, columns).

    An item of which something is not known yet is left out.

    Args:
        parts: features, and networks.
        new: only what is in no cluster yet.
        among, asked: an SQL expression of the shelf, and its values: only these scans and their drawings.
    """
    if of == "scans":
        sql, joins = "looks.features", ["JOIN looks ON looks.scan = pile.scan AND looks.sha256 = shelf.sha256"]
    else:
        sql, joins = "drawings.features", ["JOIN drawings ON drawings.name = pile.item"]
    table = sql.partition(".")[0]
    values: dict[str, Any] = dict(asked or {})
    columns = [sql]
    for number, part in enumerate(part for part in parts if part != FEATURES):
        values[f"part{number}"] = part
        columns.append(f"v{number}.vector")
        joins.append(
            f"JOIN vectors AS v{number} ON v{number}.scan = pile.scan AND v{number}.space = :part{number} "
            f"AND v{number}.sha256 = shelf.sha256"
        )
    where = f"length({sql}) = ({_LENGTH.format(table)})"
    if new:
        rows = catalog.rows(f"SELECT item FROM ({PILES[of]}) WHERE cluster IS NULL")
        if not rows:  # nothing else has to be read
            return [], {}
        where += " AND pile.item IN (SELECT value FROM json_each(:fresh))"
        values["fresh"] = json.dumps([row["item"] for row in rows])
    rows = catalog.rows(
        f"SELECT pile.item, {', '.join(columns)} FROM ({PILES[of]}) AS pile JOIN shelf ON shelf.id = pile.scan "
        f"{' '.join(joins)} WHERE {where} AND shelf.id IN (SELECT id FROM shelf WHERE {among}) "
        "ORDER BY pile.place, pile.item",
        values,
    )
    names = (FEATURES, *(part for part in parts if part != FEATURES))
    found = {
        name: unpacked([row[at] for row in rows], np.dtype("<f4") if name == FEATURES else np.dtype("<f2"))
        for at, name in enumerate(names, 1)
    }
    return [row["item"] for row in rows], found


def unpacked(blobs: Sequence[bytes], kind: np.dtype[Any]) -> Values:
    """Rows of numbers, (n, columns), that lie in the catalog as bytes; all of the same length."""
    if not blobs:
        return np.zeros((0, 0), dtype=np.float32)
    return np.frombuffer(b"".join(blobs), dtype=kind).astype(np.float32).reshape(len(blobs), -1)
