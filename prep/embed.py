"""A look at each scan of the catalog, and what networks see in it, kept batch by batch."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from sqlite3 import Row
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prep.backbone import Backbone
from prep.catalog import Catalog
from prep.engine import interrupts_held
from prep.errors import PrepError
from prep.finder import Finder
from prep.glance import Glance, glance
from prep.privacy import hide_scans, private_now
from prep.sketchbook import Skipped
from studio.events import Listener, Progress, Said
from studio.folder import Studio

BATCH = 16
"""Scans at a time: some megabytes, whatever the shelf holds."""


@dataclass
class Embedded:
    """What became of the scans."""

    fresh: int = 0
    """Scans that were looked at now."""
    skipped: list[Skipped] = field(default_factory=list[Skipped])
    """Those that can't be read."""
    stopped: bool = False


@dataclass(frozen=True)
class Wanted:
    """A scan, and what is not known of it."""

    id: int
    name: str
    sha256: str
    tagged: bool
    """Whether a person tagged it here, whatever the Finder says."""
    look: bool
    spaces: tuple[str, ...]


_Seen = tuple[Wanted, Glance | None, dict[str, NDArray[np.float16]], str]
"""A scan and what was seen, or why nothing was; without a reason it is private."""


def embed_scans(
    studio: Studio,
    catalog: Catalog,
    networks: Sequence[Backbone] = (),
    on_event: Listener = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Embedded:
    """Look at every scan of the shelf of which the catalog lacks a look, or a vector of one of the networks.

    What is done by a stop, a crash or a full disk is kept. A scan that can't be read costs itself only. Private scans
    are never read, not even those that got their tag in the Finder just now.

    Args:
        networks: what to embed with; none is a look alone.
    """
    outcome = Embedded()
    todo = wanted(catalog, [network.space for network in networks])
    doing = "looking at scan" if any(scan.look for scan in todo) else "describing scan"
    report = partial(Progress, total=len(todo), what="scan", doing=doing)
    on_event(report(done=0))
    for number, seen in _in_batches(studio, todo, networks, should_stop):
        private = [scan.id for scan, looked, _, reason in seen if looked is None and not reason]
        for said in hide_scans(catalog, studio, private):
            on_event(Said(text=said, level="warning"))
        with catalog.change() as db:
            for scan, looked, vectors, reason in seen:
                if looked is None and not reason:
                    continue
                if looked is None:
                    outcome.skipped.append(Skipped(scan.name, reason))
                    continue
                _put(db, scan, looked, vectors)
                outcome.fresh += 1
        on_event(report(done=number))
    outcome.stopped = should_stop()
    return outcome


def wanted(catalog: Catalog, spaces: Sequence[str]) -> list[Wanted]:
    """The scans of which something is lacking, in the order of their places."""
    found: dict[int, Wanted] = {}
    columns = "shelf.id, shelf.name, shelf.sha256, scans.tag IS NOT NULL AS tagged"
    scans = f"SELECT {columns} FROM shelf JOIN scans ON scans.id = shelf.id"
    usable = "shelf.sha256 != '' AND shelf.problem = ''"
    looks = f"{scans} LEFT JOIN looks ON looks.scan = shelf.id AND looks.sha256 = shelf.sha256"
    for row in catalog.rows(f"{looks} WHERE {usable} AND looks.scan IS NULL"):
        found[row["id"]] = _lacking(row, look=True)
    for space in spaces:
        vectors = f"{scans} LEFT JOIN vectors ON vectors.scan = shelf.id AND vectors.sha256 = shelf.sha256"
        for row in catalog.rows(f"{vectors} AND space = ? WHERE {usable} AND vectors.scan IS NULL", (space,)):
            before = found.get(row["id"], _lacking(row, look=False))
            found[row["id"]] = replace(before, spaces=(*before.spaces, space))
    return sorted(found.values(), key=lambda each: each.id)


def _lacking(row: Row, *, look: bool) -> Wanted:
    return Wanted(row["id"], row["name"], row["sha256"], bool(row["tagged"]), look, ())


def _in_batches(
    studio: Studio, todo: Sequence[Wanted], networks: Sequence[Backbone], should_stop: Callable[[], bool]
) -> Iterator[tuple[int, list[_Seen]]]:
    """How many are done, and what was seen in the last of them; batches are under way on all cores at once.

    On processors each batch is read and embedded by one thread: two such threads are quicker than one that has the
    network on two cores. A GPU takes one batch after another while others are read.
    """
    workers = cores()
    on_gpu = any(network.device.type != "cpu" for network in networks)
    batches = iter([todo[at : at + BATCH] for at in range(0, len(todo), BATCH)])
    done, under_way = 0, deque[Future[Any]]()
    pool = ThreadPoolExecutor(min(workers, max(1, len(todo) // BATCH)), "embed")
    try:
        with _one_thread() if networks and not on_gpu else nullcontext():
            while True:
                with interrupts_held():
                    while len(under_way) < workers + 1 and not should_stop() and (batch := next(batches, None)):
                        under_way.append(pool.submit(_read if on_gpu else _see, studio.sketchbooks, batch, networks))
                if not under_way:
                    return
                seen = under_way.popleft().result()
                done += len(seen)
                yield done, _embedded(seen, networks) if on_gpu else seen
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _one_thread() -> Generator[None]:
    """Have torch use one thread for each that calls it."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _see(sketchbooks: Path, batch: Sequence[Wanted], networks: Sequence[Backbone]) -> list[_Seen]:
    return _embedded(_read(sketchbooks, batch, networks), networks)


def _read(sketchbooks: Path, batch: Sequence[Wanted], networks: Sequence[Backbone]) -> list[_Seen]:
    seen: list[_Seen] = []
    side = max((network.side for network in networks), default=0)
    finder = Finder()
    for scan in batch:
        path = sketchbooks / scan.name
        if private_now(path, tagged=scan.tagged, finder=finder):
            seen.append((scan, None, {}, ""))
            continue
        try:
            looked = glance(path, picture_side=side, features=scan.look)
            seen.append((scan, looked, {}, ""))
        except PrepError as error:
            seen.append((scan, None, {}, str(error)))
    return seen


def _embedded(seen: list[_Seen], networks: Sequence[Backbone]) -> list[_Seen]:
    """The same with vectors."""
    for network in networks:
        mine = [(looked, vectors) for scan, looked, vectors, _ in seen if looked and network.space in scan.spaces]
        if mine:
            found = network.embed(np.stack([looked.picture for looked, _ in mine]))
            for (_, vectors), vector in zip(mine, found, strict=True):
                vectors[network.space] = np.clip(vector, -6e4, 6e4).astype("<f2")
    return seen


def _put(db: Any, scan: Wanted, looked: Glance, vectors: dict[str, NDArray[np.float16]]) -> None:
    """Into the catalog, unless the scan has left it meanwhile."""
    if db.execute("SELECT 1 FROM shelf WHERE id = ? AND sha256 = ?", (scan.id, scan.sha256)).fetchone() is None:
        return
    if scan.look:
        db.execute(
            "INSERT OR REPLACE INTO looks (scan, sha256, width, height, dhash, thumbnail, features) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                *(scan.id, scan.sha256, looked.width, looked.height, looked.dhash, looked.thumbnail),
                looked.features.astype("<f4").tobytes(),
            ),
        )
    for space, vector in vectors.items():
        db.execute(
            "INSERT OR REPLACE INTO vectors (scan, space, sha256, vector) VALUES (?, ?, ?, ?)",
            (scan.id, space, scan.sha256, vector.tobytes()),
        )
