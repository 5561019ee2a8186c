"""How well the scans of a shelf are sorted by what is seen in them: by features, by each network, by all together."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from shelf_embed import link_books
from sorting import GOALS, labelled, majorities

from prep.backbone import BackboneSettings
from prep.catalog import open_catalog
from prep.classify import ClassifySettings, read_tuned
from prep.finding import find
from prep.kmeans import k_means
from prep.piles import FEATURES, networks, read_values
from prep.render.book import render_book
from prep.render.settings import KINDS, RenderSettings
from prep.vision import see
from studio.events import Event, Said
from studio.folder import create_studio

SEEDS = 20
"""Clusterings, each of another seed."""


def measure(asked: argparse.Namespace) -> None:
    """Print the figures of a shelf with a truth.json, or of five books that are rendered for it."""
    with tempfile.TemporaryDirectory() as folder:
        shelf = asked.scans or rendered(Path(folder) / "shelf", asked.seed)
        told = {page["file"]: page["kind"] for page in json.loads((shelf / "truth.json").read_bytes())["pages"]}
        studio = create_studio(Path(folder) / "studio")
        link_books(studio, shelf, asked.count)
        with open_catalog(studio) as catalog:
            find(catalog, studio)
            see(studio, catalog, BackboneSettings(), ClassifySettings(), tell)
            names = {str(row["id"]): row["name"] for row in catalog.rows("SELECT id, name FROM shelf")}
            items, values = read_values(catalog, "scans", (FEATURES, *networks(catalog)))
        tuned = read_tuned(studio)
    if tuned is not None:
        print(f"fine-tuned on {tuned.learnt_from} scans; {', '.join(tuned.classes)}: {tuned.confusion}")
    kinds = np.array([told[names[item]].replace("pattern", "drawing") for item in items])
    print(f"{shelf}: {len(items)} scans, 16 clusters, {SEEDS} seeds; mean and least")
    for name, parts in sets_of(values, tuned).items():
        show(name, parts, kinds)


def tell(event: Event) -> None:
    """Print what is said."""
    if isinstance(event, Said):
        print(event.text)


def rendered(folder: Path, seed: int) -> Path:
    """Five books of 44 pages of the demo artist's."""
    render_book(folder, RenderSettings(books=5, pages=44, seed=seed, kinds=KINDS, papers=("plain", "toned")))
    return folder


def sets_of(values: Mapping[str, Any], tuned: Any) -> dict[str, dict[str, Any]]:
    """What is clustered by: each part alone, and all."""
    spaces = {FEATURES: "features"}
    if tuned is not None:
        spaces |= {tuned.before: "before", tuned.after: "after"}
    sets = {spaces.get(part, part): {part: each} for part, each in values.items()}
    return {**sets, "all": dict(values)} if len(values) > 1 else sets


def clustered(parts: Mapping[str, Any], kinds: Any) -> list[Any]:
    """For each seed the label of each scan; a network alone is clustered by its vectors as they are."""
    if FEATURES in parts:
        return majorities("scans", parts, kinds, 16, SEEDS)
    (vectors,) = parts.values()
    return [labelled(k_means(vectors, 16, seed).numbers, kinds) for seed in range(SEEDS)]


def show(name: str, parts: Mapping[str, Any], kinds: Any) -> None:
    """One row."""
    found: list[float] = []
    right: list[float] = []
    for labels in clustered(parts, kinds):
        found.append(float((labels == "watercolor")[kinds == "watercolor"].mean()))
        right.append(float((kinds == "drawing")[labels == "drawing"].mean()))
    told = [f"  {name:<10}"]
    for what, values in (("watercolours found", found), ("drawings right", right)):
        told.append(f"{what} {np.mean(values):.3f} {min(values):.3f} (goal {GOALS[what][1]})")
    print("  ".join(told))
