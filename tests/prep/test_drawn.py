from __future__ import annotations

from pathlib import Path
from typing import Any

from sketchbooks import filled_studio, put_scan, wave

from prep.catalog import open_catalog
from prep.clusters import cluster, list_clusters, members, name_clusters
from prep.decisions import label_drawings, undo
from prep.drawn import excluded_drawings, note_drawings
from prep.finding import find
from prep.pipeline import run_stages
from prep.settings import PrepSettings
from prep.similar import similar
from studio.folder import create_studio


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


def test_a_label_by_hand_stays_with_its_drawing_whatever_number_that_gets(tmp_path: Path, told_scans: Any) -> None:
    studio = create_studio(tmp_path / "s")
    settings = PrepSettings.model_validate({"engine": {"scheduler": "serial"}})
    first, second, third = ([wave(top=top, size=size)] for top, size in ((100, 300), (400, 400), (800, 500)))

    def labels(*drawings: list[Any]) -> dict[str, str]:
        put_scan(studio, "sb01/art/001.png", *drawings)
        run_stages(studio, settings, last="trace")
        with open_catalog(studio) as catalog:
            note_drawings(catalog, studio, settings.engine)
            rows = catalog.rows("SELECT name, label FROM drawings WHERE label IS NOT NULL AND features IS NOT NULL")
        return {row["name"]: row["label"] for row in rows}

    assert labels(first, second, third) == {}
    with open_catalog(studio) as catalog:
        catalog.db.execute("UPDATE drawings SET box = NULL")  # as an earlier monoline left them
        find(catalog, studio)
        label_drawings(catalog, ["sb01/001-3"], "1_patterns")
        label_drawings(catalog, ["sb01/001-2"], "2_chains")
    assert labels(second, third) == {"sb01/001-1": "2_chains", "sb01/001-2": "1_patterns"}
    assert labels(first, third) == {"sb01/001-2": "1_patterns"}  # the other one waits
    assert labels(second, first, third) == {"sb01/001-1": "2_chains", "sb01/001-3": "1_patterns"}
    with open_catalog(studio) as catalog:
        undo(catalog)
    assert labels(first, second, third) == {"sb01/001-3": "1_patterns"}
