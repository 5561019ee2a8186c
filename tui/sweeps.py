"""Sweeps: folders of runs that differ in w_KL, as ``kl-sweep`` leaves them, one level deep among other runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from configs.errors import MonolineError

if TYPE_CHECKING:
    from studio.runs import Run

FILE = "sweep.json"
WEIGHT = "fit.kl_weight="


@dataclass(frozen=True)
class Traded:
    """What a run of a sweep has come to: the valid split's losses at its last look."""

    name: str
    weight: float
    """w_KL."""
    step: int
    L_R: float
    L_KL: float
    nats: float
    """Per point."""


def all_runs(folder: Path) -> list[Run]:
    """The runs in a folder, and those in the sweeps among them."""
    from studio.runs import find_runs

    found = find_runs(folder)
    if folder.is_dir():
        for sweep in sorted(folder.iterdir()):
            if (sweep / FILE).is_file():
                found += find_runs(sweep)
    return found


def in_sweep(run: Run) -> bool:
    """Whether a run is one of a sweep."""
    return (run.folder.parent / FILE).is_file()


def read_sweep(folder: Path) -> list[Traded]:
    """What the runs of a sweep have come to, the smallest weight first; those that were not looked at are left out.

    A sweep that still goes on is read like one that is done: from what its runs tell.
    """
    from studio.events import EventReader, Measured
    from studio.runs import find_runs

    found: list[Traded] = []
    for run in find_runs(folder):
        try:
            weight = _weight(run)
            events = EventReader(run.folder).new()
        except (MonolineError, ValueError):
            continue  # its own screen tells
        looks = [each for each in events if isinstance(each, Measured) and "valid_L_R" in each.values]
        if looks and weight is not None:
            last = looks[-1]
            losses = (last.values.get(name) for name in ("valid_L_R", "valid_L_KL", "valid"))
            # a file may hold null for a value that was not finite
            numbers = [each if isinstance(each, int | float) else float("nan") for each in losses]
            found.append(Traded(run.name, weight, last.step, *numbers))
    return sorted(found, key=lambda each: each.weight)


def _weight(run: Run) -> float | None:
    """The w_KL that a run was started with."""
    told = [str(each) for each in run.arguments.get("overrides") or ()]
    weights = [each.removeprefix(WEIGHT) for each in told if each.startswith(WEIGHT)]
    return float(weights[-1]) if weights else None
