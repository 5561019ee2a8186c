"""A sweep over w_KL: what its runs learnt, the same drawings reconstructed by each, as data and pictures.

A folder holds a run for each weight, as ``w-0.25``, and ``sweep.json``, ``curves``, ``tradeoff`` and
``reconstructions`` as .svg and .png. Which loss is which: Ha and Eck 2017, sections 3.2 and 4.1.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from configs.load import load
from drawing.drawing import Drawing
from drawing.stroke import from_moves
from model.bundled import find_checkpoint
from model.checkpoint import load_checkpoint
from model.data import read_data
from model.errors import BadData
from model.kl_pictures import draw_curves, draw_reconstructions, draw_tradeoff
from model.settings import TrainSettings
from model.train import CONFIG
from studio.events import Event, EventReader, Measured
from studio.files import write_text

FILE = "sweep.json"
PICTURES = ("curves", "tradeoff", "reconstructions")
MOST_POINTS = 400
"""Points of a curve that are kept; the values between are averaged."""

Curve = NDArray[np.float64]  # (n, 3): step, L_R, L_KL


@dataclass(frozen=True)
class Trained:
    """What one weight led to."""

    weight: float
    """w_KL."""
    folder: Path
    steps: int
    seconds: float
    valid: dict[str, Any]
    """Likelihood of the valid split at the end, see model.evaluate."""
    train_curve: Curve
    """Of the batches."""
    valid_curve: Curve
    """Of the valid split."""

    def to_json(self) -> dict[str, Any]:
        """A JSON object, without the curves."""
        return {
            "weight": self.weight,
            "folder": self.folder.name,
            "steps": self.steps,
            "seconds": self.seconds,
            "valid": self.valid,
        }


def folder_name(weight: float) -> str:
    """The run of a weight within the folder of its sweep."""
    return f"w-{weight:g}"


def read_trained(folder: Path, weight: float) -> Trained:
    """What the run of a weight has learnt so far.

    Raises:
        BadCheckpoint: it has saved nothing yet.
    """
    checkpoint = load_checkpoint(find_checkpoint(folder))
    events = EventReader(folder).new()
    return Trained(
        weight,
        folder,
        checkpoint.step,
        float(checkpoint.training.get("seconds", 0.0)),
        dict(checkpoint.training.get("valid") or {}),
        _curve(events, "L_R", "L_KL"),
        _curve(events, "valid_L_R", "valid_L_KL"),
    )


def _curve(events: Iterable[Event], first: str, second: str) -> Curve:
    """Two figures over steps; what a run that was taken up again has measured anew counts."""
    found: dict[int, tuple[float, float]] = {}
    for event in events:
        if isinstance(event, Measured) and first in event.values and second in event.values:
            while found and next(reversed(found)) >= event.step:
                found.popitem()
            found[event.step] = (event.values[first], event.values[second])
    rows = [[step, *values] for step, values in found.items()]
    return np.array(rows, dtype=np.float64).reshape(-1, 3)


def thinned(curve: Curve, most: int = MOST_POINTS) -> Curve:
    """A curve of so many points at most, each the mean of neighbours."""
    if len(curve) <= most:
        return curve
    return np.array([part.mean(axis=0) for part in np.array_split(curve, most)])


def finish_sweep(
    out: Path,
    weights: Sequence[float],
    data: Path,
    about: dict[str, Any],
    *,
    rows: int = 8,
    temperature: float = 0.1,
    seed: int = 1,
    on_done: Callable[[float], object] = lambda _: None,
) -> dict[str, Any]:
    """Draw a sweep whose runs have ended, and write all that is known of it.

    Args:
        about: what was asked for, which ``sweep.json`` begins with.
        rows: drawings of the valid split that are reconstructed.
        on_done: gets the share that is done.

    Returns:
        ``{runs: [{weight, folder, steps, seconds, valid}], files}``.

    Raises:
        BadCheckpoint, BadData: see there.
    """
    trained = [read_trained(out / folder_name(weight), weight) for weight in weights]
    numbers, originals = _originals(trained[0].folder, data, rows)
    again: list[list[Drawing]] = []
    for each in trained:
        again.append(_reconstructed(each.folder, originals, temperature, seed))
        on_done(len(again) / len(trained))
    plates = (draw_curves(trained), draw_tradeoff(trained), draw_reconstructions(trained, originals, again))
    files = [out / f"{name}.{ending}" for name in PICTURES for ending in ("svg", "png")]
    for plate, name in zip(plates, PICTURES, strict=True):
        for ending in ("svg", "png"):
            plate.write(out / f"{name}.{ending}")
    runs = [each.to_json() for each in trained]
    for run, each in zip(runs, trained, strict=True):
        run["curves"] = {
            split: {"step": steps, "L_R": l_r, "L_KL": l_kl}
            for split, curve in (("train", thinned(each.train_curve)), ("valid", each.valid_curve))
            for steps, l_r, l_kl in [cast(list[list[float]], curve.T.tolist())]
        }
    whole = {**about, "runs": runs, "reconstructed": numbers, "temperature": temperature, "seed": seed}
    write_text(out / FILE, json.dumps(whole, indent=1) + "\n")
    return {"runs": [each.to_json() for each in trained], "files": [str(path) for path in files]}


def _originals(run: Path, data: Path, rows: int) -> tuple[list[int], list[Drawing]]:
    """Drawings of the valid split from all over it, as the run saw them, and their numbers there."""
    read = read_data(data, load(TrainSettings, run / CONFIG).data)
    every = read.splits.get("valid") or read.splits["train"]
    if not every:
        raise BadData(f"{data} has no drawing to reconstruct.")
    numbers = sorted({int(each) for each in np.linspace(0, len(every) - 1, min(rows, len(every)))})
    return numbers, [from_moves(every[number]) for number in numbers]


def _reconstructed(run: Path, originals: Sequence[Drawing], temperature: float, seed: int) -> list[Drawing]:
    from model.sample import Order, Sampler

    sampler = Sampler(load_checkpoint(find_checkpoint(run)))
    orders = [Order(seed, temperature, z=sampler.encode(each)) for each in originals]
    return [each.drawing for each in sampler.make(orders)]
