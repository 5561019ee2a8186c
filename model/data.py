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
from model.augment import Chance, Starts, augmented
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


def order(lengths: NDArray[np.intp], batch: int, seed: int, epoch: int) -> list[NDArray[np.intp]]:
    """Which drawings are in which batch of an epoch: each once, neighbours in length together.

    Where they don't come out even, every batch is a little smaller, and none is much smaller than the others.
    """
    rng = np.random.default_rng([seed, epoch, 0x0D])
    shuffled = rng.permutation(len(lengths))
    count = -(-len(lengths) // batch)
    bounds = np.arange(count + 1) * len(lengths) // count
    for at in range(0, count, POOL):
        pool = shuffled[bounds[at] : bounds[min(at + POOL, count)]]
        pool[:] = pool[np.argsort(lengths[pool], kind="stable")]
    return [shuffled[bounds[index] : bounds[index + 1]] for index in rng.permutation(count)]


def to_batch(drawings: Sequence[Stroke3], scale: float) -> Batch:
    """Drawings as tensors, offsets divided by the scale; every one has a point at least."""
    return _to_batch(np.concatenate(drawings), _starts([len(rows) for rows in drawings]), scale)


def _starts(lengths: Sequence[int] | NDArray[np.intp]) -> Starts:
    return np.concatenate([[0], np.cumsum(lengths)])


def _to_batch(rows: Stroke3, starts: Starts, scale: float) -> Batch:
    """Drawings one after the other, see model.augment, as tensors."""
    import torch

    from model.losses import Batch

    lengths = np.diff(starts)
    steps = -(-(int(lengths.max()) + 1) // PAD_TO) * PAD_TO
    column = np.repeat(np.arange(len(lengths)), lengths)
    step = np.arange(len(rows)) - np.repeat(starts[:-1], lengths)
    up = rows[:, 2] > 0.5
    up[starts[1:] - 1] = True
    inputs = np.zeros((steps + 1, len(lengths), 5), dtype=np.float32)
    inputs[1:, :, 4] = 1.0
    inputs[0, :, 2] = 1.0  # the start token
    placed = np.zeros((len(rows), 5), dtype=np.float32)
    placed[:, :2] = rows[:, :2] / scale
    placed[:, 2], placed[:, 3] = ~up, up
    inputs[step + 1, column] = placed
    pen = np.full((steps, len(lengths)), 2, dtype=np.int64)
    pen[step, column] = up
    offsets = torch.from_numpy(inputs[1:, :, :2].copy())
    return Batch(torch.from_numpy(inputs[:-1]), offsets, torch.from_numpy(pen), torch.from_numpy(lengths))


def batches(
    drawings: Sequence[Stroke3],
    data: Data,
    settings: DataSettings,
    batch: int,
    seed: int,
    step: int,
    rank: int = 0,
    ranks: int = 1,
) -> Iterator[Batch]:
    """Endless batches for training from a step on, augmented; whole numbers get fresh noise each time.

    Args:
        batch: drawings that all ranks together see in a step.
        rank: which of ``ranks`` processes this is. At each step they see together what one alone would see, each
            drawing augmented the same.

    Raises:
        BadData: fewer drawings in a step than processes.
    """
    if min(batch, len(drawings)) < ranks or len(drawings) // -(-len(drawings) // batch) < ranks:
        raise BadData(f"{len(drawings)} drawings in batches of {batch} are too few for {ranks} processes.")
    lengths = np.array([len(rows) for rows in drawings])
    per_epoch = -(-len(drawings) // batch)
    while True:
        epoch, at = divmod(step, per_epoch)
        for chosen in order(lengths, batch, seed, epoch)[at:]:
            # drawn for all ranks, whatever part is wanted here
            rng = np.random.default_rng([seed, step, 0xDA])
            starts = _starts(lengths[chosen])
            chance = Chance.draw(int(starts[-1]), len(chosen), settings, rng, data.dequantised)
            if ranks > 1:
                mine = np.arange(rank, len(chosen), ranks)  # every one gets long and short drawings
                points = np.concatenate([np.arange(starts[index], starts[index + 1]) for index in mine])
                chance, chosen = chance.of(mine, points), chosen[mine]
                starts = _starts(lengths[chosen])
            rows = np.concatenate([drawings[index] for index in chosen])
            yield _to_batch(*augmented(rows, starts, settings, chance, data.first_dropped), data.scale)
            step += 1
