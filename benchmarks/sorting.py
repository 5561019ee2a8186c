"""A mixed shelf sorted by clusters with the labels of their majorities, over seeds: what is found, what is lost.

    python benchmarks/sorting.py --shelf DIR [--studio DIR]

DIR holds sketchbooks and their truth.json, as of ``monoline prep demo``. The studio is one whose run has traced the
shelf; without, one is made.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from prep.catalog import Catalog, open_catalog
from prep.clusters import STARTS, space_of
from prep.drawn import note_drawings
from prep.kmeans import k_means
from prep.piles import FEATURES, Of, networks, read_values
from prep.pipeline import run_stages
from prep.report import read_report, report_path
from prep.settings import read_settings
from studio.folder import Studio, create_studio, open_studio

GOALS = {"watercolours found": (">=", 0.98), "drawings right": (">=", 0.97), "patterns kept": ("<=", 0.05)}
GOALS |= {"drawings lost": ("<=", 0.05)}
OVERLAP = 0.3
"""Of the smaller box, from which a traced drawing is that of the truth."""


def measure(asked: argparse.Namespace) -> None:
    """Print the figures of one shelf."""
    truth = {page["file"]: page for page in json.loads((asked.shelf / "truth.json").read_bytes())["pages"]}
    with tempfile.TemporaryDirectory() as folder:
        studio = open_studio(asked.studio) if asked.studio else made(Path(folder) / "studio", asked.shelf)
        with open_catalog(studio) as catalog:
            note_drawings(catalog, studio)
            print(f"{asked.shelf}: {len(truth)} scans, networks: {', '.join(networks(catalog)) or 'none'}")
            figures, worst = scans_sorted(catalog, truth, asked.k, asked.seeds)
            patterns, strays = drawings_sorted(catalog, studio, truth, asked.k, asked.seeds)
    for name, values in {**figures, **patterns}.items():
        sign, goal = GOALS.get(name, ("", 0.0))
        missed = sum(not (value >= goal if sign == ">=" else value <= goal) for value in values) if sign else 0
        told = f"   goal {sign} {goal:.2f}, missed by {missed} of {len(values)} seeds" if sign else ""
        print(f"{name:<20} mean {np.mean(values):.4f}  least {min(values):.4f}  most {max(values):.4f}{told}")
    for name, count in (worst + strays).most_common(8):
        print(f"  {name}: in {count} of {asked.seeds} seeds")


def made(folder: Path, shelf: Path) -> Studio:
    """A studio with the shelf's books, all of them traced."""
    studio = create_studio(folder)
    for book in sorted(path for path in shelf.iterdir() if path.is_dir()):
        (studio.sketchbooks / book.name).symlink_to(book.resolve())
    began = time.monotonic()
    run_stages(studio, read_settings(studio), last="trace")
    print(f"traced in {time.monotonic() - began:.0f} s")
    return studio


def scans_sorted(
    catalog: Catalog, truth: Mapping[str, Any], k: int, seeds: int
) -> tuple[dict[str, list[float]], Counter[str]]:
    """How many watercolours come under that label, and how many under that of drawings are drawings or patterns."""
    items, values = read_values(catalog, "scans", (FEATURES, *networks(catalog)))
    names = {str(row["id"]): row["name"] for row in catalog.rows("SELECT id, name FROM shelf")}
    kinds = np.array([truth[names[item]]["kind"].replace("pattern", "drawing") for item in items])
    figures: dict[str, list[float]] = {"watercolours found": [], "drawings right": [], "drawings found": []}
    strays: Counter[str] = Counter()
    for labels in majorities("scans", values, kinds, k, seeds):
        drawn = labels == "drawing"
        figures["watercolours found"].append(float((labels == "watercolor")[kinds == "watercolor"].mean()))
        figures["drawings right"].append(float((kinds == "drawing")[drawn].mean()))
        figures["drawings found"].append(float(drawn[kinds == "drawing"].mean()))
        wrong = np.flatnonzero(labels != kinds)
        strays.update(f"{names[items[at]]}, {kinds[at]}, taken for {labels[at]}" for at in wrong.tolist())
    return figures, strays


def drawings_sorted(
    catalog: Catalog, studio: Studio, truth: Mapping[str, Any], k: int, seeds: int
) -> tuple[dict[str, list[float]], Counter[str]]:
    """How many traced patterns come under the label of drawings, and how many drawings under another."""
    pages = {row["page"]: truth[row["name"]] for row in catalog.rows("SELECT page, name FROM shelf")}
    kinds: dict[str, str] = {}
    for page, told in pages.items():
        report = read_report(report_path(studio.drawings, page))
        if told["kind"] not in ("drawing", "pattern") or report is None:  # others have another label by now
            continue
        for each in report.drawings:
            if told["kind"] == "pattern" or any(shared(each.box, true["bbox"]) > OVERLAP for true in told["drawings"]):
                kinds[f"{page.rpartition('/')[0]}/{each.file.removesuffix('.svg')}"] = told["kind"]
    items, values = read_values(catalog, "drawings", (FEATURES,))
    some = [at for at, item in enumerate(items) if item in kinds]
    values = {part: each[some] for part, each in values.items()}
    names = [items[at] for at in some]
    true = np.array([kinds[name] for name in names])
    figures: dict[str, list[float]] = {"patterns kept": [], "drawings lost": []}
    strays: Counter[str] = Counter()
    for labels in majorities("drawings", values, true, k, seeds):
        figures["patterns kept"].append(float((labels == "drawing")[true == "pattern"].mean()))
        figures["drawings lost"].append(float((labels != "drawing")[true == "drawing"].mean()))
        strays.update(f"{names[at]}, {true[at]}, taken for {labels[at]}" for at in np.flatnonzero(labels != true))
    return figures, strays


def majorities(of: Of, values: Mapping[str, Any], kinds: Any, k: int, seeds: int) -> list[Any]:
    """For each seed the label of each item: the kind that most in its cluster are of."""
    vectors = space_of(of, values).place(values)
    return [labelled(k_means(vectors, k, seed, STARTS).numbers, kinds) for seed in range(seeds)]


def labelled(numbers: Any, kinds: Any) -> Any:
    """The kind that most in the cluster of each are of."""
    names = {number: Counter(kinds[numbers == number]).most_common(1)[0][0] for number in set(numbers.tolist())}
    return np.array([names[number] for number in numbers.tolist()])


def shared(one: Sequence[float], other: Sequence[float]) -> float:
    """How much of the smaller of two boxes lies in the other."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    least = min((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return max(0.0, wide) * max(0.0, high) / max(least, 1e-9)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shelf", type=Path, required=True, help="Sketchbooks, and truth.json beside them.")
    parser.add_argument("--studio", type=Path, help="A studio that has these books traced.")
    parser.add_argument("-k", type=int, default=16, help="Clusters.")
    parser.add_argument("--seeds", type=int, default=20, help="Clusterings of each sort.")
    measure(parser.parse_args())
