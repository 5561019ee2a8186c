from __future__ import annotations

from pathlib import Path
from typing import Any

from sketchbooks import filled_studio

from prep.catalog import open_catalog
from prep.clusters import cluster, list_clusters, members, name_clusters
from prep.decisions import label_drawings
from prep.drawn import excluded_drawings, note_drawings
from prep.pipeline import run_stages
from prep.settings import PrepSettings
from prep.similar import similar


def test_drawings_under_another_label_are_left_out_and_labels_by_hand_come_back(
    tmp_path: Path, told_scans: Any
) -> None:
    studio = filled_studio(tmp_path / "studio", pages=6)
    settings = PrepSettings.model_validate({"engine": {"scheduler": "serial"}})
    run_stages(studio, settings, last="trace")
    with open_catalog(studio) as catalog:
        assert note_drawings(catalog, studio, settings.engine) == 6
        assert note_drawings(catalog, studio, settings.engine) == 0
        assert cluster(catalog, "drawings", 2, 0) == 6
        one = list_clusters(catalog, "drawings")[1]
        inside = [each.item for each in members(catalog, "drawings", one.number)]
        assert excluded_drawings(catalog) == set()
        name_clusters(catalog, "drawings", [one.number], "pattern")
        assert excluded_drawings(catalog) == set(inside)
        label_drawings(catalog, inside[:1], "drawing")
        assert excluded_drawings(catalog) == set(inside[1:])
        assert len(similar(catalog, "drawings", inside[0])) == 5

        catalog.db.execute("UPDATE traces SET stamp = 'edited'")
        assert note_drawings(catalog, studio, settings.engine) == 6
        assert excluded_drawings(catalog) == set()  # they are in no cluster until they are sorted
        assert catalog.rows("SELECT name FROM drawings WHERE label = 'drawing'")[0]["name"] == inside[0]
