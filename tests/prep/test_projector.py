from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image
from shelved import put_on_shelf, thumbnail

from prep.catalog import open_catalog
from prep.clusters import cluster, name_clusters
from prep.decisions import tag_scans
from prep.errors import PrepError
from prep.projector import FILES, write_projector
from studio.errors import StudioError
from studio.folder import create_studio


def test_the_files_of_the_projector_tell_the_same_scans_in_the_same_order(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with open_catalog(create_studio(tmp_path / "studio")) as catalog:
        with pytest.raises(PrepError, match="no clusters"):
            write_projector(catalog, out)
        ids = put_on_shelf(catalog, {"sb1": ["drawing", "notes", "drawing"], "sb\t2\nb": ["notes", "watercolor"]})
        for scan in ids:
            catalog.db.execute("UPDATE looks SET thumbnail = ? WHERE scan = ?", (thumbnail(scan), scan))
        cluster(catalog, "scans", 2, 0)
        name_clusters(catalog, "scans", [0], "0_drawings")
        tag_scans(catalog, [ids[1]], "private")
        assert write_projector(catalog, out) == 4
        assert write_projector(catalog, out) == 4  # over the one before
        (out / "mine.txt").write_text("a")
        with pytest.raises(StudioError, match=r"mine\.txt"):
            write_projector(catalog, out)
    header, *rows = (out / "metadata.tsv").read_text().splitlines()
    assert header.split("\t") == ["name", "book", "label", "cluster", "tag"]
    assert [row.split("\t")[1] for row in rows] == ["sb 2 b", "sb 2 b", "sb1", "sb1"]
    assert {len(row.split("\t")) for row in rows} == {5}
    vectors = [line.split("\t") for line in (out / "vectors.tsv").read_text().splitlines()]
    assert [len(vector) for vector in vectors] == [5] * 4
    told = json.loads((out / "projector_config.json").read_text())["embeddings"][0]
    assert told["tensorShape"] == [4, 5]
    with Image.open(out / "sprite.png") as sprite:
        assert sprite.size == (200, 200)
        greys = [sprite.getpixel((x, y)) for y in (50, 150) for x in (50, 150)]
    assert [round(grey[0] / 40) for grey in greys if isinstance(grey, tuple)] == [4, 5, 1, 3]
    assert {path.name for path in out.iterdir()} == {*FILES, "mine.txt"}
