from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shelved import KINDS, look, put_on_shelf, see

from prep import clusters
from prep.catalog import Catalog, open_catalog
from prep.clusters import (
    assign,
    cluster,
    count_labels,
    current,
    list_clusters,
    members,
    name_clusters,
    purity,
    sort_items,
)
from prep.decisions import label_scans, tag_scans, undo
from prep.errors import PrepError
from prep.privacy import hide_scans
from studio.folder import create_studio, open_studio

KIND = ["drawing"] * 12 + ["watercolor"] * 8 + ["notes"] * 5


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with open_catalog(create_studio(tmp_path / "studio")) as catalog:
        put_on_shelf(catalog, {"sb01": KIND, "sb02": KIND})
        yield catalog


def labels(catalog: Catalog) -> dict[int, str | None]:
    return {row["id"]: row["label"] for row in catalog.rows("SELECT id, label FROM shelf")}


def named(catalog: Catalog, k: int = 3, seed: int = 0) -> None:
    """Clusters with the names of what is in them."""
    cluster(catalog, "scans", k, seed)
    for each in list_clusters(catalog, "scans"):
        kind = KIND[(members(catalog, "scans", each.number, 1)[0].scan - 1) % len(KIND)]
        name_clusters(catalog, "scans", [each.number], kind)


def test_a_scan_that_becomes_private_while_others_are_clustered_is_in_no_cluster(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    k_means = clusters.k_means

    def hide_first(*given: Any) -> Any:
        hide_scans(catalog, open_studio(catalog.path.parent), [3])
        return k_means(*given)

    monkeypatch.setattr(clusters, "k_means", hide_first)
    cluster(catalog, "scans", 3, 0)
    assert catalog.one("SELECT 1 FROM members WHERE item = '3'") is None
    assert catalog.one("SELECT 1 FROM members WHERE item = '4'") is not None


def test_a_cluster_gives_its_name_to_all_in_it_but_those_that_a_hand_moved(catalog: Catalog) -> None:
    named(catalog)
    assert [(each.size, each.label) for each in list_clusters(catalog, "scans")] == [
        (24, "drawing"),
        (16, "watercolor"),
        (10, "notes"),
    ]
    label_scans(catalog, [1], "4_covers")
    assert labels(catalog)[1] == "4_covers"
    assert labels(catalog)[2] == "drawing"
    assert list_clusters(catalog, "scans")[0].moved == 1
    assert 1 not in [each.scan for each in members(catalog, "scans", 0)]
    assert purity(catalog, "scans").share == 1
    label_scans(catalog, [2, 3], "drawing")
    assert purity(catalog, "scans").share == pytest.approx(2 / 3)
    assert count_labels(catalog, "scans") == {"4_covers": 1, "drawing": 23, "notes": 10, "watercolor": 16}
    near = members(catalog, "scans", 0, 4)
    far = members(catalog, "scans", 0, 4, far=True)
    assert [each.distance for each in near] == sorted(each.distance for each in near)
    assert far[0].distance > far[-1].distance > near[-1].distance


def test_clustering_anew_takes_labels_over_and_leaves_what_a_person_said(catalog: Catalog) -> None:
    named(catalog)
    label_scans(catalog, [1], "4_covers")
    before = labels(catalog)
    cluster(catalog, "scans", 6, 9)
    assert labels(catalog) == before
    assert not any(each.by_hand for each in list_clusters(catalog, "scans"))
    cluster(catalog, "scans", 3, 0)
    assert labels(catalog) == before


def test_labels_by_hand_outvote_a_cluster_but_few_of_them_do_not_name_it(catalog: Catalog) -> None:
    cluster(catalog, "scans", 3, 0)
    label_scans(catalog, [1], "0_drawings")
    cluster(catalog, "scans", 3, 1)
    assert list_clusters(catalog, "scans")[0].label is None
    label_scans(catalog, range(1, 12), "0_drawings")
    cluster(catalog, "scans", 3, 2)
    assert [each.label for each in list_clusters(catalog, "scans")] == ["0_drawings", None, None]
    label_scans(catalog, [*range(7, 13), *range(26, 32)], "faces")
    label_scans(catalog, range(32, 38), "0_drawings")
    cluster(catalog, "scans", 3, 3)
    assert list_clusters(catalog, "scans")[0].label is None  # as many are one as the other


def test_new_scans_come_to_the_nearest_centroid_and_old_ones_stay(catalog: Catalog) -> None:
    named(catalog)
    before = labels(catalog)
    kept = current(catalog, "scans")
    new = put_on_shelf(catalog, {"sb03": ["notes", "drawing", "watercolor"]}, first=40)
    assert labels(catalog)[new[0]] is None
    assert sort_items(catalog, "scans", 3, 0) == 3
    assert current(catalog, "scans") == kept
    assert [labels(catalog)[scan] for scan in new] == ["notes", "drawing", "watercolor"]
    assert {scan: label for scan, label in labels(catalog).items() if scan not in new} == before
    assert sort_items(catalog, "scans", 3, 0) == 0
    assert sort_items(catalog, "scans", 4, 0) == 53  # others are asked for


def test_a_scan_that_is_another_picture_now_is_sorted_anew(catalog: Catalog) -> None:
    named(catalog)
    assert labels(catalog)[1] == "drawing"
    with catalog.change() as db:
        db.execute("UPDATE scans SET sha256 = 'other' WHERE id = 1")
        look(catalog, 1, np.array([1, -1, 1, 1, -1]) * KINDS["notes"], "other")
    assert labels(catalog)[1] is None
    assert assign(catalog, "scans") == 1
    assert labels(catalog)[1] == "notes"


def test_what_a_network_saw_counts_once_it_has_seen_every_scan(catalog: Catalog) -> None:
    random = np.random.default_rng(1)
    for scan in range(1, 50):
        see(catalog, scan, "net", random.normal(size=64), f"{(scan - 1) % len(KIND) + 1}")
    sort_items(catalog, "scans", 3, 0)
    first = current(catalog, "scans")
    see(catalog, 50, "net", random.normal(size=64), f"{len(KIND)}")
    assert sort_items(catalog, "scans", 3, 0) == 50
    second = current(catalog, "scans")
    assert first is not None
    assert '"net"' not in first.space
    assert second is not None
    assert '"net"' in second.space
    assert sort_items(catalog, "scans", 3, 0) == 0


def test_a_scan_that_a_network_could_not_see_costs_the_others_no_cluster(catalog: Catalog) -> None:
    random = np.random.default_rng(1)
    for scan in range(1, 51):
        see(catalog, scan, "net", random.normal(size=64), f"{(scan - 1) % len(KIND) + 1}")
    named(catalog)
    kept = current(catalog, "scans")
    look(catalog, 1, np.zeros(5), "1")
    catalog.db.execute("DELETE FROM vectors WHERE scan = 1")
    assert sort_items(catalog, "scans", 3, 0) == 0
    assert current(catalog, "scans") == kept
    catalog.db.execute("DELETE FROM vectors")
    assert sort_items(catalog, "scans", 3, 0) == 50


def test_private_scans_are_in_no_cluster(catalog: Catalog) -> None:
    tag_scans(catalog, [1], "private")
    assert cluster(catalog, "scans", 3, 0) == 49
    tag_scans(catalog, [2], "private")
    assert sum(each.size for each in list_clusters(catalog, "scans")) == 48
    assert 2 not in [each.scan for number in range(3) for each in members(catalog, "scans", number)]


def test_a_name_is_undone_and_two_clusters_of_one_name_in_one_step(catalog: Catalog) -> None:
    cluster(catalog, "scans", 3, 0)
    name_clusters(catalog, "scans", [0, 2], "ink")
    assert [each.label for each in list_clusters(catalog, "scans")] == ["ink", None, "ink"]
    undone = undo(catalog)
    assert str(undone) == "clusters 0, 2 of scans named ink"
    assert [each.label for each in list_clusters(catalog, "scans")] == [None, None, None]
    with pytest.raises(PrepError, match="they are 0 to 2"):
        name_clusters(catalog, "scans", [3], "ink")
    with pytest.raises(PrepError, match="can't be a label"):
        name_clusters(catalog, "scans", [1], "../ink")


def test_a_name_is_of_the_clusters_that_a_person_saw(catalog: Catalog) -> None:
    cluster(catalog, "scans", 3, 0)
    kept = current(catalog, "scans")
    assert kept is not None
    name_clusters(catalog, "scans", [0, 1, 2], "ink", seen=kept.id)
    cluster(catalog, "scans", 4, 0)
    with pytest.raises(PrepError, match="The scans were clustered anew since you saw these clusters"):
        name_clusters(catalog, "scans", [0], "wash", seen=kept.id)
    undone = undo(catalog)
    assert str(undone).endswith("before they were clustered anew; the clusters of now keep their labels")
    assert [each.label for each in list_clusters(catalog, "scans")] == ["ink"] * 4


def test_nothing_to_cluster_is_said(tmp_path: Path) -> None:
    with open_catalog(create_studio(tmp_path / "studio")) as catalog, pytest.raises(PrepError, match="no scans"):
        cluster(catalog, "scans", 3, 0)
