"""All that is seen in the scans of a shelf, looks, fine-tuning, embeddings before and after: time and memory."""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import threading
import time
from itertools import pairwise
from pathlib import Path

import psutil
from shelf_trace import LOOK_S, MB

from prep.backbone import BackboneSettings
from prep.catalog import open_catalog
from prep.classify import ClassifySettings, read_tuned
from prep.embed import cores
from prep.finding import find
from prep.sketchbook import place
from prep.vision import see
from studio.events import Event, Progress, Said
from studio.folder import Studio, create_studio

LIMIT_MIN = 5.0
"""For embedding 3,000 scans on two cores; what fine-tuning takes is told beside it."""


def measure(asked: argparse.Namespace) -> None:
    """See so many scans in a studio of their own, and print what it took."""
    with tempfile.TemporaryDirectory() as folder:
        studio = create_studio(Path(folder) / "studio")
        scans = link_books(studio, asked.scans, asked.count)
        told = run(studio)
        told |= {"scans": scans, "again_s": run(studio)["wall_s"]}
    show(told)
    if asked.json:
        asked.json.write_text(json.dumps(told, indent=1))


def link_books(studio: Studio, shelf: Path, count: int) -> int:
    """Link scans into a studio, each in its book and part, until there are so many; private ones are left out."""
    files = [path for path in shelf.glob("*/*/*") if path.suffix.lower() == ".jpg" and path.parent.name != "priv"]
    files = sorted(files, key=lambda path: place(path.relative_to(shelf).as_posix()))[: count or None]
    for path in files:
        link = studio.sketchbooks / path.relative_to(shelf)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(path.resolve())
    return len(files)


def run(studio: Studio) -> dict[str, object]:
    """See the shelf; seconds of each part, and memory meanwhile."""
    marks: list[tuple[str, float]] = []
    memory: list[float] = []
    over = threading.Event()

    def on_event(event: Event) -> None:
        if isinstance(event, Progress) and (not marks or marks[-1][0] != event.what or event.done == 0):
            marks.append((event.what, time.monotonic()))
        elif isinstance(event, Said):
            print(event.text)

    def watch() -> None:
        while not over.wait(LOOK_S):
            memory.append(psutil.Process().memory_info().rss / MB)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        with open_catalog(studio) as catalog:
            find(catalog, studio)
            began, used = time.monotonic(), time.process_time()
            see(studio, catalog, BackboneSettings(download=False), ClassifySettings(), on_event)
            ended = time.monotonic()
            used = time.process_time() - used
    finally:
        over.set()
        watching.join()
    marks = [("load", began), *marks, ("", ended)]
    parts = [(what, round(until - at, 2)) for (what, at), (_, until) in pairwise(marks)]
    tuned = read_tuned(studio)
    return {
        "wall_s": round(ended - began, 2),
        "core_s": round(used, 2),
        "parts": parts,
        "memory": memory,
        "accuracy": tuned and tuned.accuracy,
    }


def show(told: dict[str, object]) -> None:
    """Print the table."""
    scans, wall, core = (float(str(told[name])) for name in ("scans", "wall_s", "core_s"))
    parts: list[tuple[str, float]] = told["parts"]  # type: ignore[assignment]
    embed = sum(seconds for what, seconds in parts if what == "scan")
    learn = sum(seconds for what, seconds in parts if what == "lesson")
    print(f"\n{scans:,.0f} scans on {cores()} cores: {wall:.1f} s, of them fine-tuning {learn:.1f} s")
    print(f"looks and two embeddings {embed:.1f} s, {scans / embed:.1f} scans/s", end="; ")
    print(f"3,000 scans: {embed / scans * 3000 / 60:.1f} min, the limit is {LIMIT_MIN:g}")
    print(f"processor time {core:.1f} s in all; run again with nothing to do: {told['again_s']} s")
    for what, seconds in parts:
        print(f"  {what or 'end':<9} {seconds:8.1f} s")
    memory: list[float] = told["memory"]  # type: ignore[assignment]
    if len(memory) > 8:
        tenth = max(1, len(memory) // 10)
        middle = [statistics.median(memory[at : at + tenth]) for at in (len(memory) // 5, len(memory) // 2, -tenth - 1)]
        print("memory, MB: " + ", ".join(f"{value:.0f}" for value in middle) + f", most {max(memory):.0f}")
