"""Scans for the Embedding Projector of TensorFlow: vectors, what is known of them, and a sprite of thumbnails."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path

from prep.catalog import Catalog
from prep.clusters import current
from prep.errors import PrepError
from prep.space import Values
from studio.files import replacing_folder

FILES = ("vectors.tsv", "metadata.tsv", "sprite.png", "projector_config.json")
COLUMNS = ("name", "book", "label", "cluster", "tag")
SIDE_PX = 8192
"""Most that a browser takes of a sprite."""
CELL_PX = 100
"""Side of a thumbnail on the sprite, where there are not too many."""


def write_projector(catalog: Catalog, folder: Path) -> int:
    """Write a folder for the projector, whole or not at all, and return how many scans are in it.

    The order of the scans is the same in all files. Private scans are left out.

    Raises:
        PrepError: nothing is in clusters yet.
        StudioError: the folder has other files in it, or can't be written.
    """
    import numpy as np

    from prep.piles import unpacked

    kept = current(catalog, "scans")
    rows = kept and catalog.rows(
        "SELECT shelf.id, shelf.name, book, label, cluster, tag, members.vector FROM shelf "
        "JOIN members ON members.clustering = ? AND members.item = CAST(shelf.id AS TEXT) "
        "WHERE problem = '' ORDER BY place",
        (kept.id,),
    )
    if not rows:
        raise PrepError("There are no clusters of scans yet; monoline prep clusters -k 16 makes some.")
    vectors = unpacked([row["vector"] for row in rows], np.dtype("<f2"))
    lines = ["\t".join(COLUMNS), *("\t".join(_told(row[column]) for column in COLUMNS) for row in rows)]
    with replacing_folder(folder, lambda path: path.as_posix() in FILES) as temporary:
        _write_vectors(temporary / "vectors.tsv", vectors)
        (temporary / "metadata.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
        cell = _write_sprite(catalog, temporary / "sprite.png", [row["id"] for row in rows])
        config = {
            "embeddings": [
                {
                    "tensorName": f"{len(rows)} scans",
                    "tensorShape": list(vectors.shape),
                    "tensorPath": "vectors.tsv",
                    "metadataPath": "metadata.tsv",
                    "sprite": {"imagePath": "sprite.png", "singleImageDim": [cell, cell]},
                }
            ]
        }
        (temporary / "projector_config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    return len(rows)


def _told(value: object) -> str:
    """A value in a table whose columns are parted by tabs, its lines by line ends."""
    return "" if value is None else " ".join(str(value).split())


def _write_vectors(path: Path, vectors: Values) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for vector in vectors.tolist():
            file.write("\t".join(f"{value:.5g}" for value in vector) + "\n")


def _write_sprite(catalog: Catalog, path: Path, scans: list[int]) -> int:
    """Thumbnails in rows, as many in a row as there are rows; returns the side of each."""
    from PIL import Image

    across = math.ceil(math.sqrt(len(scans)))
    cell = max(1, min(CELL_PX, SIDE_PX // across))
    sprite = Image.new("RGB", (across * cell, across * cell), "white")
    for number, scan in enumerate(scans):
        row = catalog.one("SELECT thumbnail FROM looks WHERE scan = ?", (scan,))
        if row is None or not row["thumbnail"]:
            continue
        with Image.open(io.BytesIO(row["thumbnail"]), formats=["JPEG"]) as image:
            small = image.convert("RGB")
            small.thumbnail((cell, cell))
        left, top = number % across * cell, number // across * cell
        sprite.paste(small, (left + (cell - small.width) // 2, top + (cell - small.height) // 2))
    sprite.save(path, "PNG")
    return cell
