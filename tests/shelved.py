"""For tests of the shelf: a catalog of scans that are told by features alone."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image

from prep.catalog import Catalog

KINDS = {"drawing": 0.0, "watercolor": 8.0, "notes": -8.0}
"""What the features of each kind are about."""


def put_on_shelf(
    catalog: Catalog, books: Mapping[str, Sequence[str]], first: int = 1, seed: int = 0, folder: str = "art"
) -> list[int]:
    """Scans of these kinds, pages 1, 2, 3 of each book; their ids."""
    random = np.random.default_rng([seed, first])
    ids: list[int] = []
    with catalog.change() as db:
        for book, kinds in books.items():
            for number, kind in enumerate(kinds, first):
                name = f"{book}/{folder}/{number:03}.jpg"
                row = db.execute(
                    "INSERT INTO scans (name, page, book, part, place, sha256) VALUES (?, ?, ?, ?, ?, ?)",
                    (name, f"{book}/{number:03}", book, folder, name, f"{number}"),
                )
                ids.append(int(row.lastrowid or 0))
                features = random.normal(size=5) + KINDS[kind] * np.array([1, -1, 1, 1, -1])
                look(catalog, ids[-1], features, f"{number}")
    return ids


def look(catalog: Catalog, scan: int, features: np.ndarray, sha256: str) -> None:
    """What was seen of a scan."""
    catalog.db.execute(
        "INSERT OR REPLACE INTO looks (scan, sha256, width, height, dhash, thumbnail, features) "
        "VALUES (?, ?, 100, 140, ?, ?, ?)",
        (scan, sha256, bytes(32), b"", features.astype("<f4").tobytes()),
    )


def see(catalog: Catalog, scan: int, network: str, vector: np.ndarray, sha256: str) -> None:
    """What a network saw of a scan."""
    catalog.db.execute(
        "INSERT OR REPLACE INTO vectors (scan, space, sha256, vector) VALUES (?, ?, ?, ?)",
        (scan, network, sha256, vector.astype("<f2").tobytes()),
    )


def thumbnail(number: int) -> bytes:
    """A picture as small as those in the catalog, of a grey of 40 times its number."""
    grey = number * 40 % 256
    data = io.BytesIO()
    Image.new("RGB", (90, 128), (grey, grey, grey)).save(data, "JPEG")
    return data.getvalue()
