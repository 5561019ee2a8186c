"""Scans of a shelf traced as by ``monoline prep run``: how long, and the memory of its processes meanwhile."""

from __future__ import annotations

import argparse
import contextlib
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator
from pathlib import Path
from typing import NamedTuple

import psutil

from prep.settings import read_settings, write_settings
from prep.sketchbook import ART, ENDINGS, place
from studio.events import Failed, Finished, Progress
from studio.folder import Studio, create_studio
from studio.runs import start_run

LIMIT_MIN = 10.0
"""For 3,000 scans on two cores."""
LOOK_S = 0.5
"""Between two looks at memory."""
MB = 1 << 20
HERE = "127.0.0.1"


class Look(NamedTuple):
    """Memory at a moment, in MB."""

    at: float
    main: float
    workers: tuple[float, ...]
    """Largest first."""


def measure(asked: argparse.Namespace) -> None:
    """Trace so many scans in a studio of their own, and print what it took."""
    with tempfile.TemporaryDirectory() as folder, cluster(asked) as scheduler:
        studio = create_studio(Path(folder) / "studio")
        scans = fill(studio, asked.scans, asked.count, asked.notes)
        engine = {"scheduler": scheduler, "workers": asked.workers}
        chosen = read_settings(studio, [f"engine.{name}={value}" for name, value in engine.items()])
        write_settings(studio, chosen)
        told = run(studio, scans)
        again = run(studio, scans)
    told["again_s"] = again["wall_s"]
    show(asked, told)
    if asked.json:
        asked.json.write_text(json.dumps(told, indent=1))


def fill(studio: Studio, shelf: Path, count: int, notes: bool) -> int:
    """Link so many scans of a shelf into a studio: those of drawings, or with ``notes`` all that is in its books."""
    paths = sorted(shelf.rglob("*"), key=lambda path: place(path.relative_to(shelf).as_posix()))
    pictures = [path for path in paths if is_scan(path) and (notes or path.parent.name == ART)]
    for path in pictures[: count or None]:
        book, *parts = path.relative_to(shelf).parts
        link = studio.sketchbooks / book / "-".join(parts)
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(path.resolve())
    return len(pictures[: count or None])


def is_scan(path: Path) -> bool:
    """Whether a file is a picture."""
    return path.suffix.lower() in ENDINGS and path.is_file()


def run(studio: Studio, scans: int) -> dict[str, object]:
    """Run the stages find and trace; what they took, and memory while they did."""
    before, began = spent(), time.monotonic()
    started = start_run(studio.preparation, "prep.pipeline:work", {"from": "find", "to": "trace"})
    looks: list[Look] = []
    over = threading.Event()
    watching = threading.Thread(target=watch, args=(looks, over))
    watching.start()
    done, stages = 0.0, []
    try:
        for event in started.follow():
            if isinstance(event, Progress):
                if event.done >= done + 500:
                    done = event.done
                    print(f"{event.what} {event.done:,.0f} of {event.total:,.0f}, {time.monotonic() - began:.0f} s")
            elif isinstance(event, Finished):
                stages = event.result["stages"]
            elif isinstance(event, Failed):
                raise SystemExit(f"{event.error} {event.remedy}")
        started.wait()
    finally:
        over.set()
        watching.join()
    return {
        "scans": scans,
        "wall_s": round(time.monotonic() - began, 2),
        "core_s": round(spent() - before, 2),
        "stages": stages,
        "memory": looks,
    }


def spent() -> float:
    """Processor time of all children that have ended, in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def watch(looks: list[Look], over: threading.Event) -> None:
    """Look at the memory of the children of this process, and theirs, until it is over."""
    began = time.monotonic()
    while not over.wait(LOOK_S):
        main, workers = 0.0, list[float]()
        for process in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.Error):
                command, memory = " ".join(process.cmdline()), process.memory_info().rss / MB
                if "studio.child" in command:
                    main = memory
                elif "spawn_main" in command:
                    workers.append(memory)
        if main:
            looks.append(Look(time.monotonic() - began, main, tuple(sorted(workers, reverse=True))))


@contextlib.contextmanager
def cluster(asked: argparse.Namespace) -> Generator[str]:
    """The engine that is asked for; of a cluster a scheduler and workers, that are gone afterwards."""
    if asked.engine == "pool":
        yield "pool"
        return
    with contextlib.ExitStack() as ends, tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "scheduler.json"
        dask = [sys.executable, "-m", "dask"]
        options = ["--host", HERE, "--port", "0", "--no-dashboard", "--scheduler-file", str(told)]
        commands = [[*dask, "scheduler", *options]]
        workers = ["--scheduler-file", str(told), "--nworkers", str(asked.workers), "--nthreads", "1"]
        commands.append([*dask, "worker", *workers, "--no-dashboard", "--local-directory", folder])
        for command in commands:
            process = ends.enter_context(subprocess.Popen(command, stderr=subprocess.DEVNULL))
            ends.callback(process.terminate)
            while not told.exists() and process.poll() is None:
                time.sleep(0.1)
        yield json.loads(told.read_text())["address"]


def show(asked: argparse.Namespace, told: dict[str, object]) -> None:
    """Print the table."""
    scans, wall, core = (float(str(told[name])) for name in ("scans", "wall_s", "core_s"))
    print(f"\n{scans:,.0f} scans, {asked.engine} of {asked.workers}: {wall:.1f} s, {scans / wall:.2f} scans/s")
    if asked.engine == "pool":  # a cluster's workers have not ended
        print(f"processor time {core:.1f} s, {scans / core:.2f} scans/s and core")
        print(f"3,000 scans on two free cores: {core / scans * 3000 / 2 / 60:.1f} min; the limit is {LIMIT_MIN:g}")
    for stage in told["stages"]:  # type: ignore[attr-defined]
        print(f"  {stage['name']:<6} {stage['done']:,} done, {stage['skipped']:,} skipped, {stage['seconds']:.1f} s")
    print(f"run again with nothing to do: {told['again_s']} s")
    looks: list[Look] = told["memory"]  # type: ignore[assignment]
    busy = [look for look in looks if look.workers]
    if len(busy) < 3:
        return
    print("memory, MB       start   middle      end     peak")
    tenth = max(1, len(busy) // 10)
    parts = (busy[tenth : 2 * tenth] or busy[:1], busy[len(busy) // 2 :][:tenth], busy[-tenth:])
    for name, of in (("main process", lambda look: look.main), ("largest worker", lambda look: look.workers[0])):
        middle = [statistics.median(map(of, part)) for part in parts]
        print(f"  {name:<14}" + "".join(f"{value:8.0f} " for value in [*middle, max(map(of, busy))]))
