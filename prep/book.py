"""A book of the demo artist: many sketches, on all cores, split into train, valid and test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from itertools import repeat
from multiprocessing import get_context
from typing import Any

from drawing.collection import Entry
from drawing.recipe import Recipe
from prep.artist import ArtistSettings, Sketch, sketch
from prep.engine import interrupts_held

POOL_FROM = 1000
"""Below so many sketches one process is done before others have started."""
CHUNK = 50


def draw_book(
    seed: int, count: int, settings: ArtistSettings, on_done: Callable[[int], object] = lambda _: None
) -> Iterator[Sketch]:
    """Sketches 0 to ``count`` - 1 of a book, in order; ``on_done`` gets how many there are so far."""
    parts = [range(start, min(count, start + CHUNK)) for start in range(0, count, CHUNK)]
    if count < POOL_FROM:
        yield from _counted((_draw(seed, part, settings) for part in parts), on_done)
        return
    # spawned, not forked: the same on every system, and safe beside threads
    pool = ProcessPoolExecutor(os.cpu_count(), get_context("spawn"))
    try:
        with interrupts_held():  # the processes are started here, and inherit it
            chunks = pool.map(_draw, repeat(seed), parts, repeat(settings))
        yield from _counted(chunks, on_done)
    finally:  # on ctrl-c too: nobody waits for what is still in the queue
        with interrupts_held():
            pool.shutdown(cancel_futures=True)


def _draw(seed: int, part: range, settings: ArtistSettings) -> list[Sketch]:
    return [sketch(seed, index, settings) for index in part]


def _counted(chunks: Iterator[list[Sketch]], on_done: Callable[[int], object]) -> Iterator[Sketch]:
    done = 0
    for chunk in chunks:
        yield from chunk
        done += len(chunk)
        on_done(done)


def split_book(sketches: Sequence[Sketch]) -> dict[str, list[Entry]]:
    """Entries with recipes: of each twenty sketches one goes to valid and one to test."""
    splits: dict[str, list[Entry]] = {"train": [], "valid": [], "test": []}
    for each in sketches:
        split = {18: "valid", 19: "test"}.get(each.index % 20, "train")
        splits[split].append(Entry(each.drawing, each.kind, recipe_of(each)))
    return splits


def recipe_of(each: Sketch) -> Recipe:
    """How to have the artist draw the sketch again."""
    return Recipe(kind="artist", seed=each.seed, index=each.index, versions={"monoline": version("monoline")})


def about_book(seed: int, settings: ArtistSettings) -> dict[str, Any]:
    """What an archive of a book says of itself."""
    return {
        "source": "monoline demo artist",
        "seed": seed,
        "settings": settings.model_dump(),
        "monoline": version("monoline"),
    }
