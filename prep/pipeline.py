"""The stages from scans to a dataset: find, trace, select, dataset. Each does only what is out of date.

A stage leaves a manifest in the studio's ``preparation``; of traced pages the report beside their drawings counts.
Whatever ends a run, the next one goes on where it was.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from configs.errors import MonolineError
from prep.errors import PrepError
from prep.manifest import known_scans, read_manifest, write_manifest
from prep.pages import State, list_scans, page_state
from prep.settings import PrepSettings, read_settings
from prep.sketchbook import ScanFile
from prep.stages import Outcome, Stage, Stages, is_given_up
from prep.trace import TraceSettings
from studio.events import Changed, Listener
from studio.folder import Studio, open_studio
from studio.runs import Orders

STAGES = ("find", "trace", "select", "dataset")
LAST = "stages"
"""The manifest that tells what each stage did the last time."""
TARGET = "prep.pipeline:work"
"""For studio.runs.start_run."""


def work(folder: Path, arguments: dict[str, Any], on_event: Listener, orders: Orders) -> dict[str, Any]:
    """The work of a run in a process of its own; see studio.runs.

    Args:
        folder: the studio's ``preparation``.
        arguments: ``from`` and ``to``, names of stages.
    """
    studio = open_studio(folder.parent)
    first, last = arguments.get("from") or STAGES[0], arguments.get("to") or STAGES[-1]
    outcome = run_stages(studio, read_settings(studio), first, last, on_event, orders.should_stop)
    return outcome.to_json()


def run_stages(
    studio: Studio,
    settings: PrepSettings,
    first: str = STAGES[0],
    last: str = STAGES[-1],
    on_event: Listener = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Run the stages from one to another; those before are taken as they were left.

    A scan that can't be used is told, and skipped; the others go on.

    Raises:
        PrepError: no scans, nothing left for a dataset, a stage that needs one that was never run.
        StudioError: the studio can't be written.
    """
    _check(first, last)
    outcome = Outcome()
    runs = Stages(studio, settings, on_event, should_stop, outcome)
    for name in STAGES[STAGES.index(first) : STAGES.index(last) + 1]:
        if should_stop():
            outcome.stopped = True
            break
        began, stage = time.monotonic(), Stage(name)
        on_event(Changed(state=name))
        outcome.stages.append(stage)
        try:
            {"find": runs.find, "trace": runs.trace, "select": runs.select, "dataset": runs.dataset}[name](stage)
        finally:
            stage.seconds = time.monotonic() - began
            write_manifest(studio, LAST, {**read_manifest(studio, LAST), name: vars(stage)})
    outcome.stopped = outcome.stopped or should_stop()
    return outcome


def _check(first: str, last: str) -> None:
    for name in (first, last):
        if name not in STAGES:
            raise PrepError(f"There is no stage {name!r}; the stages are {', '.join(STAGES)}.")
    if STAGES.index(first) > STAGES.index(last):
        raise PrepError(f"The stage {first} comes after {last}.")


def _is_traced(studio: Studio, scan: ScanFile, settings: TraceSettings, sha256: str) -> bool:
    try:
        return page_state(studio, scan, settings, sha256) is State.TRACED
    except MonolineError:  # its report or its corrections can't be read; a run tells so
        return False


def status(studio: Studio, settings: PrepSettings) -> dict[str, Any]:
    """How far preparation is: for each stage what is done, what is still to do, and what could not be used.

    Returns:
        ``{stages: [{name, done, todo, skipped, seconds}], dataset}``, JSON values. ``todo`` of the stages select and
        dataset is 1 where they are out of date. ``seconds`` is how long the stage took when it last ran.
    """
    last = read_manifest(studio, LAST)
    found, known, failed = list_scans(studio), known_scans(studio), read_manifest(studio, "trace").get("skipped", {})
    traced = [_is_traced(studio, scan, settings.trace, sha256) for scan, sha256 in known.items()]
    given_up = sum(
        not done and is_given_up(failed.get(scan.name, {}), settings.trace, sha256)
        for (scan, sha256), done in zip(known.items(), traced, strict=True)
    )
    stages = Stages(studio, settings)
    select, dataset = read_manifest(studio, "select"), read_manifest(studio, "dataset")
    figures = {
        "find": (len(known), len(found.scans) - len(known), len(found.skipped)),
        "trace": (sum(traced), len(traced) - sum(traced) - given_up, given_up),
        "select": (select.get("done", 0), int(not stages.is_selected()), len(select.get("dropped", ()))),
        "dataset": (dataset.get("done", 0), int(not stages.is_written()), 0),
    }
    path = stages.archive
    return {
        "stages": [
            {"name": name, "done": done, "todo": todo, "skipped": skipped}
            | {"seconds": round(last.get(name, {}).get("seconds", 0.0), 3)}
            for name, (done, todo, skipped) in figures.items()
        ],
        "dataset": str(path) if path.exists() else None,
    }
