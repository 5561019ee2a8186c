"""What the warm process answers about clusters: which there are, what is in them, and where it lies on a map."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from prep.clusters import current, list_clusters
from prep.piles import PILES, Of
from prep.settings import write_settings
from prep.shelf_answers import Answer, Shelf, Told, labels_in_use, scans_of

MAPPED = 20_000
"""Most dots of a map that are told."""


def drawings_of(shelf: Shelf, names: Sequence[str]) -> list[Told]:
    """Drawings in the order of their names."""
    rows = shelf.catalog.rows(
        f"SELECT pile.*, shelf.book FROM ({PILES['drawings']}) AS pile JOIN shelf ON shelf.id = pile.scan "
        "WHERE pile.item IN (SELECT value FROM json_each(?))",
        (json.dumps(list(names)),),
    )
    found = {row["item"]: row for row in rows}
    return [
        {
            "key": name,
            "page": found[name]["page"],
            "book": found[name]["book"],
            "label": found[name]["label"],
            "by_hand": bool(found[name]["by_hand"]),
        }
        for name in names
        if name in found
    ]


def _clusters(shelf: Shelf, request: Mapping[str, Any]) -> Iterator[Told]:
    """``of``: ``clusters`` of scans or drawings, id of the ``clustering``, ``k`` and ``seed``, how many are
    ``outside``, labels ``suggested``."""
    of: Of = request["of"]
    kept = current(shelf.catalog, of)
    row = shelf.catalog.one(f"SELECT count(*) AS n FROM ({PILES[of]}) WHERE cluster IS NULL")
    clusters = [
        {
            "number": each.number,
            "size": each.size - each.moved,
            "label": each.label,
            "by_hand": each.by_hand,
            "moved": each.moved,
        }
        for each in list_clusters(shelf.catalog, of)
    ]
    yield {
        "of": of,
        "clustering": 0 if kept is None else kept.id,
        "k": 0 if kept is None else kept.k,
        "seed": 0 if kept is None else kept.seed,
        "clusters": clusters,
        "outside": row["n"] if row else 0,
        "suggested": labels_in_use(shelf.catalog, of),
    }


def _members(shelf: Shelf, request: Mapping[str, Any]) -> Iterator[Told]:
    """``of``, ``number``, ``farthest``, ``first``, ``count``: ``total, first, items`` by their distance to the middle.
    Those that a hand has moved to another label are left out."""
    of, number = request["of"], int(request["number"])
    first, count = int(request.get("first", 0)), int(request.get("count", 120))
    kept = current(shelf.catalog, of)
    asked = {"kept": kept.id if kept is not None else -1, "number": number, "count": count, "first": first}
    among = (
        f"FROM ({PILES[of]}) AS pile JOIN clusters ON clusters.clustering = :kept AND clusters.number = pile.cluster "
        "WHERE pile.cluster = :number AND (NOT pile.by_hand OR pile.label IS clusters.label)"
    )
    total = shelf.catalog.one(f"SELECT count(*) AS n {among}", asked)
    order = "DESC" if request.get("farthest") else "ASC"
    rows = shelf.catalog.rows(
        f"SELECT pile.item, pile.distance {among} ORDER BY pile.distance {order}, pile.place "
        "LIMIT :count OFFSET :first",
        asked,
    )
    distances = {row["item"]: row["distance"] for row in rows}
    items = drawings_of(shelf, list(distances)) if of == "drawings" else scans_of(shelf, list(distances))
    for item in items:
        item["distance"] = distances[item["key"]]
    yield {"total": total["n"] if total else 0, "first": first, "items": items}


def _map(shelf: Shelf, request: Mapping[str, Any]) -> Iterator[Told]:
    """``of``: all of them on a plane, see tui.shelf.read_dots; of very many, some."""
    import numpy as np

    from prep.similar import placed

    of: Of = request["of"]
    keys, vectors = placed(shelf.catalog, of, MAPPED)
    if not keys:
        yield {"keys": [], "xy": [], "labels": [], "label": []}
        return
    places = _projected(vectors.tobytes(), vectors.shape[1])
    low, high = places.min(axis=0), places.max(axis=0)
    share = (places - low) / np.maximum(high - low, 1e-9)
    rows = shelf.catalog.rows(
        f"SELECT item, label FROM ({PILES[of]}) WHERE item IN (SELECT value FROM json_each(?))", (json.dumps(keys),)
    )
    told = {row["item"]: row["label"] for row in rows}
    labels = sorted({label for key in keys if (label := told.get(key)) is not None})
    which = {label: place for place, label in enumerate(labels)}
    yield {
        "keys": keys,
        "xy": np.round(1000 * share).astype(np.int32).ravel().tolist(),
        "labels": labels,
        "label": [which.get(told.get(key), -1) for key in keys],
    }


@lru_cache(maxsize=2)
def _projected(vectors: bytes, columns: int) -> Any:
    """Places of vectors, which are the same for the same ones: a map is often opened again."""
    import numpy as np

    from prep.projection import project

    return project(np.frombuffer(vectors, dtype=np.float32).reshape(-1, columns))


def _sorting(shelf: Shelf, request: Mapping[str, Any]) -> Iterator[Told]:
    """``of``, ``keep``: how many ``clusters`` there are to be, and their ``seed``, from now on."""
    names = ("clusters", "seed") if request["of"] == "scans" else ("drawing_clusters", "drawing_seed")
    keep = {name: int(request["keep"][key]) for name, key in zip(names, ("clusters", "seed"), strict=True)}
    sorting = type(shelf.settings.shelf).model_validate({**shelf.settings.shelf.model_dump(), **keep})
    write_settings(shelf.studio, shelf.settings.model_copy(update={"shelf": sorting}))
    yield keep


ANSWERS: dict[str, Answer] = {"clusters": _clusters, "members": _members, "map": _map, "sorting": _sorting}
