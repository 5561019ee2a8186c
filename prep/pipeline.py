"""The stages from scans to a dataset, of which each does only what is out of date.

What is known of scans and traced pages stands in the catalog; the other stages leave a manifest in ``preparation``.
Whatever ends a run, the next one goes on where it was.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from prep.catalog import open_catalog
from prep.errors import PrepError
from prep.finding import refresh
from prep.looking import sorted_figures
from prep.manifest import read_manifest, write_manifest
from prep.settings import PrepSettings, read_settings
from prep.shelf import count_states, stale
from prep.stage import Outcome, Sorting, Stage
from prep.stages import Stages
from studio.events import Changed, Listener
from studio.folder import Studio, open_studio
from studio.runs import Orders

STAGES = ("find", "look", "sort", "trace", "sift", "select", "dataset")
LAST = "stages"
"""The manifest that tells what each stage did the last time."""
TARGET = "prep.pipeline:work"
"""For studio.runs.start_run."""


def work(folder: Path, arguments: dict[str, Any], on_event: Listener, orders: Orders) -> dict[str, Any]:
    """The work of a run in a process of its own; see studio.runs.

    Args:
        folder: the studio's ``preparation``.
        arguments: ``from`` and ``to``, names of stages; ``sorting``, scans or drawings, which are to be put into
            clusters even if they never were.
    """
    os.environ.setdefault("GOMP_SPINCOUNT", "2000")  # threads of torch give way to other programs instead of spinning
    studio = open_studio(folder.parent)
    first, last = arguments.get("from") or STAGES[0], arguments.get("to") or STAGES[-1]
    sorting = arguments.get("sorting") or ""
    outcome = run_stages(studio, read_settings(studio), first, last, on_event, orders.should_stop, sorting)
    return outcome.to_json()


def run_stages(
    studio: Studio,
    settings: PrepSettings,
    first: str = STAGES[0],
    last: str = STAGES[-1],
    on_event: Listener = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
    sorting: Sorting = "",
) -> Outcome:
    """Run the stages from one to another; those before are taken as they were left.

    A scan that can't be used is told, and skipped; the others go on.

    Raises:
        PrepError: no scans, nothing left for a dataset, a stage that needs one that was never run.
        StudioError: the studio can't be written.
    """
    _check(first, last)
    outcome = Outcome()
    with open_catalog(studio) as catalog:
        runs = Stages(studio, settings, catalog, on_event, should_stop, outcome, sorting)
        if first != STAGES[0]:  # which asks itself
            runs.ask_finder()
        _run(runs, STAGES[STAGES.index(first) : STAGES.index(last) + 1])
    return outcome


def _run(runs: Stages, names: Sequence[str]) -> None:
    for name in names:
        if runs.should_stop():
            break
        began, stage = time.monotonic(), Stage(name)
        runs.tell(Changed(state=name))
        runs.outcome.stages.append(stage)
        try:
            getattr(runs, name)(stage)
        finally:
            stage.seconds = time.monotonic() - began
            write_manifest(runs.studio, LAST, {**read_manifest(runs.studio, LAST), name: vars(stage)})
    runs.outcome.stopped = runs.outcome.stopped or runs.should_stop()


def _check(first: str, last: str) -> None:
    for name in (first, last):
        if name not in STAGES:
            raise PrepError(f"There is no stage {name!r}; the stages are {', '.join(STAGES)}.")
    if STAGES.index(first) > STAGES.index(last):
        raise PrepError(f"The stage {first} comes after {last}.")


def status(studio: Studio, settings: PrepSettings) -> dict[str, Any]:
    """How far preparation is: for each stage what is done, what is still to do, and what could not be used.

    Returns:
        ``{stages: [{name, done, todo, skipped, seconds}], dataset}``, JSON values. ``todo`` of the stages select and
        dataset is 1 where they are out of date. ``seconds`` is how long the stage took when it last ran.
    """
    last, select, dataset = (read_manifest(studio, name) for name in (LAST, "select", "dataset"))
    with open_catalog(studio) as catalog:
        left_out = refresh(catalog, studio)
        stages = Stages(studio, settings, catalog)
        path = stages.archive
        states = count_states(catalog, stages.asked, "shelf.sha256 != ''")
        (unread,) = catalog.rows("SELECT count(*) FROM shelf WHERE sha256 = ''")[0]
        todo = len(stale(catalog, stages.asked))
        found = sum(states.values())
        (twins,) = catalog.rows("SELECT count(*) FROM shelf WHERE sha256 != '' AND problem != ''")[0]
        traced = states.get("traced", 0)
        wanted = found - states.get("aside", 0) - twins
        (looked,) = catalog.rows(
            "SELECT count(*) FROM looks JOIN shelf USING (sha256) WHERE scan = shelf.id AND problem = ''"
        )[0]
        unlooked = found - twins - looked
        unreadable = min(unlooked, last.get("look", {}).get("skipped", 0))
        figures = {
            "find": (found - twins, unread, len(left_out) + twins),
            "look": (looked, unlooked - unreadable, unreadable),
            "sort": sorted_figures(catalog, "scans"),
            "trace": (traced, todo, wanted - traced - todo),
            "sift": sorted_figures(catalog, "drawings"),
            "select": (select.get("done", 0), int(not stages.is_selected()), len(select.get("dropped", ()))),
            "dataset": (dataset.get("done", 0) if path.exists() else 0, int(not stages.is_written()), 0),
        }
    return {
        "stages": [
            {"name": name, "done": done, "todo": todo, "skipped": skipped}
            | {"seconds": round(last.get(name, {}).get("seconds", 0.0), 3)}
            for name, (done, todo, skipped) in figures.items()
        ],
        "dataset": str(path) if path.exists() else None,
    }
