"""Clusters of scans and of traced drawings: kept, named by a person, and joined by what is new.

Labels stay with their centroids: what is new comes to the nearest, and after clustering anew each cluster takes over
the label that most of its members had.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from prep.catalog import Catalog
from prep.decisions import Cell, Decision, checked_label, decide
from prep.errors import PrepError
from prep.kmeans import k_means, nearest
from prep.piles import FEATURES, PILES, Of, networks, read_values
from prep.privacy import PRIVATE_ROWS
from prep.space import Space, Values, fit_space

SHARE = 0.25
"""How much each network counts beside the features, which count 1."""
STARTS = 30
"""With fewer, one seed in some misses a kind of which there are few."""
BY_HAND = 2.0
"""Votes of a member with a label by hand on the label of its cluster; others have one."""


@dataclass(frozen=True)
class Kept:
    """A clustering in the catalog."""

    id: int
    of: Of
    k: int
    """How many clusters were asked for."""
    seed: int
    at: float
    """Seconds since 1970."""
    space: str
    """For ``Space.from_json``."""


@dataclass(frozen=True)
class Cluster:
    """Scans or drawings that are alike."""

    number: int
    label: str | None
    by_hand: bool
    """Whether a person gave the label, and it was not taken over."""
    size: int
    """How many are in it."""
    moved: int
    """How many of them a person put under another label."""
    spread: float
    """How far they are from its centroid, in the mean."""


@dataclass(frozen=True)
class Member:
    """A scan or a drawing in a cluster."""

    item: str
    """Id of a scan, or name of a drawing."""
    scan: int
    page: str
    label: str | None
    distance: float
    """To the centroid."""


@dataclass(frozen=True)
class Purity:
    """How far clusters agree with what a person said of their members."""

    labelled: int
    """Members with a label by hand."""
    agreeing: int
    """Those of them that have the most frequent such label of their cluster."""

    @property
    def share(self) -> float | None:
        """None where nobody said anything."""
        return self.agreeing / self.labelled if self.labelled else None


def current(catalog: Catalog, of: Of) -> Kept | None:
    """The clustering that counts; None if there is none."""
    row = catalog.one("SELECT * FROM clusterings WHERE of = ? ORDER BY id DESC LIMIT 1", (of,))
    return None if row is None else Kept(row["id"], of, row["k"], row["seed"], row["at"], row["space"])


def sort_items(
    catalog: Catalog, of: Of, k: int, seed: int, among: str = "1", asked: Mapping[str, Any] | None = None
) -> int:
    """Put what is new into the clusters that there are; cluster anew if others are asked for, or by other networks.

    Returns:
        How many items were put into clusters.
    """
    kept = current(catalog, of)
    if kept is None or (kept.k, kept.seed) != (k, seed) or _is_other(catalog, of, kept):
        return cluster(catalog, of, k, seed, among, asked)
    return assign(catalog, of, among, asked)


def _is_other(catalog: Catalog, of: Of, kept: Kept) -> bool:
    """Whether a network has seen all scans that is not in a space, or one is in it whose vectors are gone.

    One that has not seen a few yet, which could not be read, is no reason to cluster without it.
    """
    names = set(Space.from_json(kept.space).names) - {FEATURES}
    if of == "drawings":
        return bool(names)
    known = {row["space"] for row in catalog.rows("SELECT DISTINCT space FROM vectors")}
    return not set(networks(catalog)) <= names <= known


def cluster(
    catalog: Catalog, of: Of, k: int, seed: int, among: str = "1", asked: Mapping[str, Any] | None = None
) -> int:
    """Cluster all that is known anew, labels taken over, and return how many items there are.

    What a person said of single items is not touched.

    Args:
        among, asked: an SQL expression of the shelf, and its values: only these scans, or their drawings.

    Raises:
        PrepError: there is nothing to cluster.
    """
    parts = (FEATURES, *(networks(catalog) if of == "scans" else ()))
    items, values = read_values(catalog, of, parts, among=among, asked=asked)
    if not items:
        raise PrepError(f"There are no {of} to cluster yet; monoline prep run looks at them first.")
    before = current(catalog, of)
    if before is not None:
        assign(catalog, of, among, asked)  # so that each item has a vote
    space = space_of(of, values)
    vectors = space.place(values)
    found = k_means(vectors, k, seed, STARTS)
    with catalog.change() as db:
        labels = _elected(catalog, of, items, found.numbers.tolist())
        number = db.execute(
            "INSERT INTO clusterings (of, space, k, seed, at) VALUES (?, ?, ?, ?, ?)",
            (of, space.to_json(), k, seed, time.time()),
        ).lastrowid
        db.executemany(
            "INSERT INTO clusters (clustering, number, centroid, label) VALUES (?, ?, ?, ?)",
            [(number, at, each.astype("<f4").tobytes(), labels.get(at)) for at, each in enumerate(found.centroids)],
        )
        _put(catalog, int(number or 0), items, vectors, found.numbers, found.distances)
        # names of clusters are kept for ever, members of what counts no more are not
        db.execute(
            "DELETE FROM members WHERE clustering IN (SELECT id FROM clusterings WHERE of = ? AND id < ?)", (of, number)
        )
    return len(items)


def space_of(of: Of, values: Mapping[str, Values]) -> Space:
    """The space in which scans or drawings are clustered, from what is known of each."""
    if of == "drawings":
        from prep import patterns

        weights = [patterns.WEIGHTS.get(name, 1.0) for name in patterns.NAMES]
    else:
        from prep import features

        weights = list(features.WEIGHTS)
    fitting = len(weights) == values[FEATURES].shape[1]
    return fit_space(values, dict.fromkeys(values, SHARE), weights if fitting else None)


def assign(catalog: Catalog, of: Of, among: str = "1", asked: Mapping[str, Any] | None = None) -> int:
    """Put each item that is in no cluster yet to the nearest centroid, and return how many that were."""
    kept = current(catalog, of)
    if kept is None:
        return 0
    space = Space.from_json(kept.space)
    items, values = read_values(catalog, of, space.names, new=True, among=among, asked=asked)
    if not items:
        return 0
    vectors = space.place(values)
    numbers, distances = nearest(vectors, centroids(catalog, kept.id))
    with catalog.change():
        newest = current(catalog, of)
        if newest is None or newest.id != kept.id:  # clustered anew meanwhile, and these with it
            return 0
        _put(catalog, kept.id, items, vectors, numbers, distances)
    return len(items)


def centroids(catalog: Catalog, clustering: int) -> Values:
    """The centroids of a clustering by their numbers, (k, d)."""
    rows = catalog.rows("SELECT centroid FROM clusters WHERE clustering = ? ORDER BY number", (clustering,))
    return np.stack([np.frombuffer(row["centroid"], dtype="<f4") for row in rows])


def list_clusters(catalog: Catalog, of: Of) -> list[Cluster]:
    """The clusters that count, by number; a larger one had a smaller number when it was made."""
    kept = current(catalog, of)
    if kept is None:
        return []
    rows = catalog.rows(
        f"""SELECT clusters.number, clusters.label, clusters.by_hand, count(pile.item) AS size,
            sum(pile.by_hand AND pile.label IS NOT clusters.label) AS moved, avg(pile.distance) AS spread
        FROM clusters LEFT JOIN ({PILES[of]}) AS pile ON pile.cluster = clusters.number
        WHERE clusters.clustering = ? GROUP BY clusters.number ORDER BY clusters.number""",
        (kept.id,),
    )
    return [
        Cluster(row["number"], row["label"], bool(row["by_hand"]), row["size"], row["moved"] or 0, row["spread"] or 0.0)
        for row in rows
    ]


def members(catalog: Catalog, of: Of, number: int, limit: int = -1, *, far: bool = False) -> list[Member]:
    """Members of a cluster from the nearest to its centroid on, or from the ``far`` end, where the errors are.

    Those that a person put under another label are left out.
    """
    rows = catalog.rows(
        f"""SELECT pile.* FROM ({PILES[of]}) AS pile
        JOIN clusters ON clusters.clustering = :kept AND clusters.number = pile.cluster
        WHERE pile.cluster = :number AND (NOT pile.by_hand OR pile.label IS clusters.label)
        ORDER BY pile.distance {"DESC" if far else "ASC"}, pile.place LIMIT :limit""",
        {"kept": _required(catalog, of).id, "number": number, "limit": limit},
    )
    return [Member(row["item"], row["scan"], row["page"], row["label"], row["distance"]) for row in rows]


def name_clusters(
    catalog: Catalog, of: Of, numbers: Sequence[int], label: str | None, *, seen: int | None = None
) -> Decision | None:
    """Give clusters one label, as one decision; two of the same label are one to whoever looks for it.

    Args:
        seen: id of the clustering that a person saw.

    Raises:
        PrepError: there is no such cluster, the label can't be one, or there are others than were seen.
    """
    name = label and checked_label(label)
    with catalog.change():  # nobody clusters anew meanwhile
        kept = _required(catalog, of)
        if seen is not None and seen != kept.id:
            raise PrepError(f"The {of} were clustered anew since you saw these clusters; look at them again first.")
        known = {each.number for each in list_clusters(catalog, of)}
        for number in numbers:
            if number not in known:
                raise PrepError(f"There is no cluster {number} of {of}; they are 0 to {max(known)}.")
        cells: list[tuple[Cell, Any]] = []
        for number in numbers:
            cells.append((Cell("clusters", (kept.id, number), "label"), name))
            cells.append((Cell("clusters", (kept.id, number), "by_hand"), int(name is not None)))
        which = f"cluster{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))} of {of}"
        return decide(catalog, "cluster", f"{which} {f'named {name}' if name else 'unnamed'}", cells)


def count_labels(catalog: Catalog, of: Of) -> dict[str | None, int]:
    """How many scans or drawings come under each label, None those under none."""
    rows = catalog.rows(f"SELECT label, count(*) AS n FROM ({PILES[of]}) GROUP BY label ORDER BY label")
    return {row["label"]: row["n"] for row in rows}


def purity(catalog: Catalog, of: Of) -> Purity:
    """How far the clusters agree with labels by hand."""
    counts: dict[int, list[int]] = defaultdict(list)
    sql = f"SELECT cluster, count(*) AS n FROM ({PILES[of]}) WHERE by_hand AND cluster IS NOT NULL"
    for row in catalog.rows(f"{sql} GROUP BY cluster, label"):
        counts[row["cluster"]].append(row["n"])
    return Purity(sum(map(sum, counts.values())), sum(map(max, counts.values())))


def _required(catalog: Catalog, of: Of) -> Kept:
    kept = current(catalog, of)
    if kept is None:
        raise PrepError(f"There are no clusters of {of} yet; monoline prep clusters --of {of} -k 16 makes some.")
    return kept


def _elected(catalog: Catalog, of: Of, items: Sequence[str], numbers: Sequence[int]) -> dict[int, str]:
    """The label of each new cluster that most of its members have so far; none where most have none."""
    rows = catalog.rows(f"SELECT item, label, by_hand FROM ({PILES[of]})")
    told = {row["item"]: (row["label"], BY_HAND if row["by_hand"] else 1.0) for row in rows}
    votes: dict[int, dict[str | None, float]] = defaultdict(lambda: defaultdict(float))
    for item, number in zip(items, numbers, strict=True):
        label, weight = told.get(item, (None, 1.0))
        votes[number][label] += weight
    found: dict[int, str] = {}
    for number, each in votes.items():
        label, most = max(each.items(), key=lambda pair: (pair[1], pair[0] or ""))
        if label is not None and most > sum(each.values()) / 2:
            found[number] = label
    return found


def _put(
    catalog: Catalog, clustering: int, items: Sequence[str], vectors: Values, numbers: Any, distances: Any
) -> None:
    halves = vectors.astype("<f2")
    catalog.db.executemany(
        "INSERT OR REPLACE INTO members (clustering, item, number, distance, vector) VALUES (?, ?, ?, ?, ?)",
        (
            (clustering, item, number, distance, half.tobytes())
            for item, number, distance, half in zip(items, numbers.tolist(), distances.tolist(), halves, strict=True)
        ),
    )
    # of what became private since it was read nothing stays
    catalog.db.execute(
        "DELETE FROM members WHERE clustering = :clustering AND item IN ("
        f"SELECT CAST(id AS TEXT) FROM scans WHERE {PRIVATE_ROWS} UNION ALL "
        f"SELECT drawings.name FROM drawings JOIN scans ON scans.id = scan WHERE {PRIVATE_ROWS})",
        {"clustering": clustering},
    )
