"""A catalog of 100,000 scans: list, filter, label and stale check, each against a second."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from prep.catalog import Catalog, open_catalog
from prep.clusters import name_clusters
from prep.decisions import label_scans, undo
from prep.report import TRACING, settings_hash
from prep.settings import PrepSettings
from prep.shelf import count_states, list_books, list_shelf, stale, values
from prep.sketchbook import place
from studio.folder import create_studio

COUNT = 100_000
A_BOOK = 200
LIMIT_S = 1.0
LABELS = ("0_drawings", "1_watercolors", "2_notes", "3_badscans")
CLUSTERS, DIMENSIONS = 16, 200


def fill(catalog: Catalog, count: int, settings: PrepSettings) -> None:
    """So many scans in books of 200, clustered, nine of ten traced."""
    rng = np.random.default_rng(1)
    scans, traces, members = [], [], []
    for number in range(count):
        book = f"sb{number // A_BOOK + 1:03}"
        part = "art" if number % 5 else "notes"
        name = f"{book}/{part}/{number % A_BOOK:03}.jpg"
        page = name.removesuffix(".jpg").replace("/art/", "/")
        sha256 = f"{number:064x}"
        scans.append((number + 1, name, page, book, part, place(name), 200_000, number, sha256))
        if number % 10:
            traces.append((number + 1, sha256, settings_hash(settings.trace), TRACING, sha256[:32]))
        members.append((1, str(number + 1), int(rng.integers(CLUSTERS)), float(rng.random()), bytes(2 * DIMENSIONS)))
    with catalog.change() as db:
        db.executemany(
            "INSERT INTO scans (id, name, page, book, part, place, size, mtime_ns, sha256) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            scans,
        )
        db.executemany(
            "INSERT INTO traces (scan, sha256, settings, corrections, tracing, key, strokes, points, pictures) "
            """VALUES (?, ?, ?, '', ?, ?, 3, 300, '[["001-1.svg", 10.0, 20.0, 0.1]]')""",
            traces,
        )
        db.execute("INSERT INTO clusterings VALUES (1, 'scans', '{}', ?, 0, 0)", (CLUSTERS,))
        clusters = [(1, number, b"", LABELS[number % 4] if number < 12 else None, 0) for number in range(CLUSTERS)]
        db.executemany("INSERT INTO clusters VALUES (?, ?, ?, ?, ?)", clusters)
        db.executemany("INSERT INTO members VALUES (?, ?, ?, ?, ?)", members)


def measure(asked: argparse.Namespace) -> None:
    """Print how long each takes, the best of three, beside its limit."""
    count = asked.count or COUNT
    with tempfile.TemporaryDirectory() as folder:
        studio, settings = create_studio(Path(folder) / "studio"), PrepSettings()
        with open_catalog(studio) as catalog:
            fill(catalog, count, settings)
            told = values(settings.shelf, settings.trace)
            thousand = [row["id"] for row in catalog.rows("SELECT id FROM scans LIMIT 1000")]

            def label() -> None:
                label_scans(catalog, thousand, "1_watercolors")
                undo(catalog)

            def name() -> None:
                name_clusters(catalog, "scans", [3], "2_notes")
                undo(catalog)

            works: dict[str, Callable[[], Any]] = {
                "list the books": lambda: list_books(catalog, told),
                "list all scans": lambda: list_shelf(catalog, told),
                "list one book": lambda: list_shelf(catalog, told, "book = 'sb400'"),
                "list a screenful from the middle": lambda: list_shelf(catalog, told, limit=60, offset=count // 2),
                "filter by label": lambda: list_shelf(catalog, told, "label = '0_drawings'"),
                "filter by tag and book": lambda: list_shelf(catalog, told, "shelf.tag = 'notes' AND book > 'sb250'"),
                "label 1,000 scans, and undo it": label,
                "label a cluster, and undo it": name,
                "count what is stale": lambda: count_states(catalog, told),
                "list what is stale": lambda: stale(catalog, told),
            }
            print(f"{count:,} scans; limit {LIMIT_S:g} s each")
            for words, work in works.items():
                seconds = min(_timed(work) for _ in range(3))
                print(f"{words:<34} {seconds:7.3f} s  {seconds / LIMIT_S:6.1%} of the limit")


def _timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
