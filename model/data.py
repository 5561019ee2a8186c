"""Drawings as a network reads them: cleaned, scaled, augmented, in batches of similar length.

Everything random is drawn from a generator made of a seed and a step, so that a resumed run sees the
very batches it would have seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from drawing.collection import read_collection
from drawing.npz import read_npz
from drawing.stroke import Stroke3, from_stroke3, offset_scale, to_stroke3
from model.errors import BadData
from model.settings import DataSettings

if TYPE_CHECKING:
    from model.losses import Batch

PAD_TO = 16
"""Lengths are padded to a multiple of this, so that few shapes occur."""
POOL = 40
"""Batches that are sorted by length together."""
VALID_EVERY = 20
"""Without a valid split, each drawing of this many becomes one."""
FAR = 2.0
"""First rows this many times as long as the others are places on the page."""


@dataclass(frozen=True)
class Data:
    """A dataset made ready for a network; offsets are still in the file's own unit."""

    splits: dict[str, list[Stroke3]]
    scale: float
    """What offsets are divided by: their standard deviation in train."""
    n_max: int
    """Most points in a drawing of any split."""
    size: float
    """Median long side of the drawings in train."""
    hash: str
    """SHA-256 of the file."""
    first_dropped: bool
    """Whether the first row was left out, so that a drawing's first point is where it starts."""
    dequantised: bool
    """Whether offsets are whole numbers that noise is added to."""
    notes: tuple[str, ...] = ()
    """What was done to the drawings, for a person."""

    def about(self) -> dict[str, Any]:
        """What a checkpoint says of the data it was trained on."""
        return {
            "hash": self.hash,
            "scale": self.scale,
            "n_max": self.n_max,
            "size": self.size,
            "first_dropped": self.first_dropped,
            "dequantised": self.dequantised,
            "drawings": {split: len(rows) for split, rows in self.splits.items()},
        }


def read_data(path: Path, settings: DataSettings) -> Data:
    """Read any file or folder of drawings for training or testing.

    Raises:
        BadData: nothing to train on is in it.
        UnreadableFile, RefusedFile: see drawing.collection.
    """
    splits, notes = _splits(path)
    train = splits.get("train")
    if not train:
        raise BadData(f"{path} has no drawings in 'train' to learn from; there are: {', '.join(splits) or 'none'}.")
    dropped = settings.drop_first == "yes" or (settings.drop_first == "auto" and _first_is_place(train))
    whole = settings.dequantise == "yes" or (
        settings.dequantise == "auto" and all(bool((rows[:, :2] % 1 == 0).all()) for rows in train)
    )
    if dropped:
        splits = {split: [rows[1:] for rows in found] for split, found in splits.items()}
        notes.append("the first row of each drawing is where it starts, and was left out")
    kept = {split: [rows for rows in found if len(rows)] for split, found in splits.items()}
    if not kept["train"]:
        raise BadData(f"{path} can't be learnt: no drawing in 'train' has a line.")
    empty = sum(len(found) for found in splits.values()) - sum(len(found) for found in kept.values())
    if empty:
        notes.append(f"{empty} drawings without a point were left out")
    long = 0
    for found in kept.values():
        for index, rows in enumerate(found):
            if len(rows) > settings.max_points:
                found[index] = _simplified(rows, settings.max_points, dropped)
                long += 1
    if long:
        notes.append(f"{long} drawings were simplified to {settings.max_points} points")
    scale = offset_scale(kept["train"])
    if not scale > 0:
        raise BadData(f"{path} can't be learnt: all its points lie on one another.")
    n_max = max(len(rows) for found in kept.values() for rows in found)
    size = float(np.median([_long_side(rows) for rows in kept["train"]]))
    return Data(kept, scale, n_max, size, file_hash(path), dropped, whole, tuple(notes))


def _long_side(rows: Stroke3) -> float:
    points = np.cumsum(rows[:, :2], axis=0)
    return float(np.ptp(points, axis=0).max())


def drawings_for(path: Path, split: str, first_dropped: bool) -> list[Stroke3]:
    """The drawings of one split as a trained network reads them, none simplified, none left out but empty ones.

    Raises:
        BadData: there is no such split, or nothing in it.
    """
    splits, _ = _splits(path)
    if split not in splits:
        raise BadData(f"{path} has no split {split!r}; there are: {', '.join(splits)}.")
    found = [rows[int(first_dropped) :] for rows in splits[split]]
    found = [rows for rows in found if len(rows)]
    if not found:
        raise BadData(f"{path} has no drawings in {split!r}.")
    return found


def _splits(path: Path) -> tuple[dict[str, list[Stroke3]], list[str]]:
    notes: list[str] = []
    if path.name.lower().endswith(".npz") and path.is_file():
        splits = read_npz(path).splits
    else:
        collection = read_collection(path)
        splits = {
            split: [to_stroke3(entry.drawing) for entry in entries] for split, entries in collection.splits.items()
        }
        if collection.skipped:
            notes.append(f"{len(collection.skipped)} files could not be read")
    if splits.get("train") and not splits.get("valid"):
        every = splits["train"]
        splits["valid"] = every[::VALID_EVERY]
        splits["train"] = [rows for index, rows in enumerate(every) if index % VALID_EVERY] or every
        notes.append(f"there is no valid split: each {VALID_EVERY}th drawing is kept for it")
    return splits, notes


def _first_is_place(train: Sequence[Stroke3]) -> bool:
    """Whether first rows are places on a page, or always the origin, and not movements."""
    first = np.array([np.hypot(*rows[0, :2]) for rows in train if len(rows)])
    others = np.concatenate([np.hypot(rows[1:, 0], rows[1:, 1]) for rows in train])
    if not len(others):
        return False
    return not first.any() or float(first.mean()) > FAR * float(others.mean())


def _simplified(rows: Stroke3, most: int, dropped: bool) -> Stroke3:
    """The drawing with so many points at most, by Ramer-Douglas-Peucker."""
    start = np.zeros((1, 3))
    whole = np.concatenate([start, rows]) if dropped else rows
    fewer = to_stroke3(from_stroke3(whole).simplify_to(most + int(dropped)))
    return fewer[1:] if dropped else fewer


def file_hash(path: Path) -> str:
    """SHA-256 of a file, or of the files of a folder in order of their names."""
    digest = hashlib.sha256()
    files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
    for file in files:
        with file.open("rb") as stream:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()


def dequantise(drawings: Sequence[Stroke3], seed: int = 0) -> list[Stroke3]:
    """Whole offsets with noise of half a unit either way, drawing by drawing in order, from one generator."""
    rng = np.random.default_rng(seed)
    return [np.column_stack([rows[:, :2] + rng.uniform(-0.5, 0.5, (len(rows), 2)), rows[:, 2]]) for rows in drawings]


def augment(rows: Stroke3, settings: DataSettings, rng: np.random.Generator, first_dropped: bool = False) -> Stroke3:
    """A drawing changed a little, as another day's hand would; the pen's states stay right.

    Inner points are dropped by adding their offset to the next, so that no line moves elsewhere.
    """
    rows = rows.copy()
    if settings.reverse and rng.random() < settings.reverse:
        rows = reversed_rows(rows, first_dropped)
    if settings.drop_points and len(rows) > 2:
        rows = _dropped(rows, rng.random(len(rows)) < settings.drop_points)
    scales = 1.0 + settings.scale_jitter * rng.uniform(-1.0, 1.0, 2)
    if settings.mirror and rng.random() < settings.mirror:
        scales[0] = -scales[0]
    rows[:, :2] *= scales
    if settings.rotate_degrees:
        angle = np.deg2rad(rng.uniform(-settings.rotate_degrees, settings.rotate_degrees))
        cos, sin = np.cos(angle), np.sin(angle)
        rows[:, :2] = rows[:, :2] @ np.array([[cos, sin], [-sin, cos]])
    return rows


def reversed_rows(rows: Stroke3, first_dropped: bool = False) -> Stroke3:
    """The same lines drawn from their end to their beginning.

    Args:
        first_dropped: whether a point at the origin stands before the first row. Otherwise the first row
            is an offset that leads to the drawing, and leads to its new beginning.
    """
    n = len(rows)
    lifts = rows[:, 2]
    out = np.zeros_like(rows)
    if first_dropped:
        out[:, :2] = -rows[::-1, :2]
        out[: n - 2, 2] = lifts[: n - 2][::-1]  # the lift after a point now comes before it
    else:
        out[0, :2] = rows[0, :2]
        out[1:, :2] = -rows[:0:-1, :2]
        out[: n - 1, 2] = lifts[: n - 1][::-1]
    out[-1, 2] = 1.0
    return out


def _dropped(rows: Stroke3, chosen: NDArray[np.bool_]) -> Stroke3:
    """Without the chosen points that lie inside a stroke: not its first two, not its last."""
    up = rows[:, 2] > 0.5
    starts = np.concatenate([[True], up[:-1]])
    second = np.concatenate([[False], starts[:-1]])
    keep = ~(chosen & ~up & ~starts & ~second)
    keep[-1] = True
    points = np.cumsum(rows[:, :2], axis=0)[keep]
    out = rows[keep]
    out[1:, :2] = np.diff(points, axis=0)
    return out


def order(lengths: NDArray[np.intp], batch: int, seed: int, epoch: int) -> list[NDArray[np.intp]]:
    """Which drawings are in which batch of an epoch: each once, neighbours in length together."""
    rng = np.random.default_rng([seed, epoch, 0x0D])
    shuffled = rng.permutation(len(lengths))
    batches: list[NDArray[np.intp]] = []
    for at in range(0, len(shuffled), batch * POOL):
        pool = shuffled[at : at + batch * POOL]
        pool = pool[np.argsort(lengths[pool], kind="stable")]
        batches += [pool[start : start + batch] for start in range(0, len(pool), batch)]
    return [batches[index] for index in rng.permutation(len(batches))]


def to_batch(drawings: Sequence[Stroke3], scale: float) -> Batch:
    """Drawings as tensors, offsets divided by the scale; every one has a point at least."""
    import torch

    from model.losses import Batch

    lengths = np.array([len(rows) for rows in drawings], dtype=np.int64)
    steps = -(-(int(lengths.max()) + 1) // PAD_TO) * PAD_TO
    inputs = np.zeros((steps + 1, len(drawings), 5), dtype=np.float32)
    inputs[1:, :, 4] = 1.0
    inputs[0, :, 2] = 1.0  # the start token
    pen = np.full((steps, len(drawings)), 2, dtype=np.int64)
    for column, rows in enumerate(drawings):
        n = len(rows)
        up = rows[:, 2] > 0.5
        up[-1] = True
        inputs[1 : n + 1, column, :2] = rows[:, :2] / scale
        inputs[1 : n + 1, column, 2] = ~up
        inputs[1 : n + 1, column, 3] = up
        inputs[1 : n + 1, column, 4] = 0.0
        pen[:n, column] = up
    offsets = torch.from_numpy(inputs[1:, :, :2].copy())
    return Batch(torch.from_numpy(inputs[:-1].copy()), offsets, torch.from_numpy(pen), torch.from_numpy(lengths))


def batches(
    drawings: Sequence[Stroke3], data: Data, settings: DataSettings, batch: int, seed: int, step: int
) -> Iterator[Batch]:
    """Endless batches for training from a step on, augmented; whole numbers get fresh noise each time."""
    lengths = np.array([len(rows) for rows in drawings])
    per_epoch = -(-len(drawings) // batch)
    while True:
        epoch, at = divmod(step, per_epoch)
        for chosen in order(lengths, batch, seed, epoch)[at:]:
            rng = np.random.default_rng([seed, step, 0xDA])
            rows: list[Stroke3] = []
            for index in chosen:
                one = drawings[index]
                if data.dequantised:
                    one = np.column_stack([one[:, :2] + rng.uniform(-0.5, 0.5, (len(one), 2)), one[:, 2]])
                rows.append(augment(one, settings, rng, data.first_dropped))
            yield to_batch(rows, data.scale)
            step += 1
