"""Drawings as a network reads them: cleaned, scaled, augmented, in batches of similar length.

Everything random is drawn from a generator made of a seed and a step, so that a resumed run sees the
very batches it would have seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from drawing.collection import read_collection
from drawing.npz import read_npz
from drawing.shards import Drawings, is_shards, read_shards
from drawing.stroke import Stroke3, offset_scale, to_stroke3
from model.augment import Chance, Starts, augmented
from model.clean import LeftOut, check_scale, is_place, long_side, no_train, reach, without_first
from model.errors import BadData, NoSplit
from model.settings import DataSettings

if TYPE_CHECKING:
    from model.losses import Batch

PAD_TO = 4
"""Lengths are padded to a multiple of this, so that few shapes occur."""
POOL = 80
"""Batches that are sorted by length together."""
VALID_EVERY = 20
"""Without a valid split, each drawing of this many becomes one."""


@dataclass(frozen=True)
class Data:
    """A dataset made ready for a network; offsets are still in the file's own unit."""

    splits: Mapping[str, Sequence[Stroke3]]
    scale: float
    """What offsets are divided by: their standard deviation in train."""
    n_max: int
    """Most points in a drawing of any split."""
    size: float
    """Median long side of the drawings in train."""
    hash: str
    """SHA-256 of the file, or of the manifest of shards."""
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
    """Read any file or folder of drawings for training or testing; a folder of shards stays on the disk.

    Drawings that can't be learnt from are left out, and counted in the notes: those without a point, those whose
    points all lie on one another, and those with an offset far beyond the usual size of a drawing.

    Raises:
        BadData: nothing to train on is in it.
        UnreadableFile, RefusedFile: see drawing.collection and drawing.shards.
    """
    if is_shards(path):
        from model.shards import read_sharded

        return read_sharded(path, settings)
    splits, notes = _splits(path)
    train = splits.get("train")
    if not train:
        raise no_train(path, splits)
    dropped = settings.drop_first == "yes" or (settings.drop_first == "auto" and _first_is_place(train))
    whole = settings.dequantise == "yes" or (
        settings.dequantise == "auto" and all(bool((rows[:, :2] % 1 == 0).all()) for rows in train)
    )
    sides = {split: np.array([long_side(rows) for rows in found]) for split, found in splits.items()}
    size = float(np.median(sides["train"]))
    left = LeftOut()
    kept: dict[str, list[Stroke3]] = {}
    for split, every in splits.items():
        first = np.array([np.abs(rows[:1, :2]).max(initial=0.0) for rows in every])
        rest = np.array([np.abs(rows[1:, :2]).max(initial=0.0) for rows in every])
        found = [without_first(rows) for rows in every] if dropped else every
        chosen = left.choose(lengths_of(found), sides[split], rest if dropped else reach(first, rest), size)
        out = (rows for rows, keep in zip(found, chosen, strict=True) if keep)
        kept[split] = [rows for rows in (left.simplified(rows, settings) for rows in out) if len(rows)]
    left.check(path, len(kept["train"]))
    scale = offset_scale(kept["train"])
    check_scale(path, scale, size)
    n_max = max(len(rows) for found in kept.values() for rows in found)
    told = (*notes, *left.notes(settings, dropped))
    return Data(kept, scale, n_max, size, file_hash(path), dropped, whole, told)


def drawings_for(path: Path, split: str, first_dropped: bool) -> Sequence[Stroke3]:
    """The drawings of one split as a trained network reads them, none simplified, none left out but empty ones.

    Raises:
        BadData: there is no such split, or nothing in it.
    """
    if is_shards(path):
        shards = read_shards(path)
        names, found = list(shards.files), shards.drawings(split, first_dropped) if split in shards.files else ()
    else:
        splits, _ = _splits(path)
        names, found = list(splits), [without_first(rows) if first_dropped else rows for rows in splits.get(split, ())]
        found = [rows for rows in found if len(rows)]
    if split not in names:
        raise NoSplit(f"{path} has no split {split!r}; there are: {', '.join(names)}.")
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
    first = [float(np.hypot(*rows[0, :2])) for rows in train if len(rows)]
    others = [float(np.hypot(rows[1:, 0], rows[1:, 1]).sum()) for rows in train]
    return is_place(sum(first), len(first), sum(others), sum(map(len, train)) - len(first))


def file_hash(path: Path) -> str:
    """SHA-256 of a file, or of the files of a folder in order of their names."""
    digest = hashlib.sha256()
    files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
    for file in files:
        with file.open("rb") as stream:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()


class Dequantised(Sequence[Stroke3]):
    """Drawings of whole offsets with seeded noise, made when one is asked for."""

    def __init__(self, drawings: Sequence[Stroke3], lengths: NDArray[Any], before: NDArray[Any], seed: int) -> None:
        self._drawings, self.lengths, self._before, self._seed = drawings, lengths, before, seed

    def __len__(self) -> int:
        return len(self._drawings)

    @overload
    def __getitem__(self, index: int) -> Stroke3: ...
    @overload
    def __getitem__(self, index: slice) -> Dequantised: ...
    def __getitem__(self, index: int | slice) -> Stroke3 | Dequantised:
        if isinstance(index, slice):
            return Dequantised(self._drawings[index], self.lengths[index], self._before[index], self._seed)
        rows = self._drawings[index]
        # where the one generator is after the drawings before
        rng = np.random.Generator(np.random.PCG64(self._seed).advance(2 * int(self._before[index])))
        return np.column_stack([rows[:, :2] + rng.uniform(-0.5, 0.5, (len(rows), 2)), rows[:, 2]])


def dequantise(drawings: Sequence[Stroke3], seed: int = 0) -> Dequantised:
    """Whole offsets with noise of half a unit either way, drawing by drawing in order, from one generator."""
    lengths = lengths_of(drawings)
    return Dequantised(drawings, lengths, _starts(lengths)[:-1], seed)


def lengths_of(drawings: Sequence[Stroke3]) -> NDArray[np.int32]:
    """Points of each drawing, without reading drawings from the disk."""
    if isinstance(drawings, Drawings | Dequantised):
        return drawings.lengths
    return np.fromiter(map(len, drawings), dtype=np.int32, count=len(drawings))


def order(lengths: NDArray[Any], batch: int, seed: int, epoch: int) -> list[NDArray[Any]]:
    """Which drawings are in which batch of an epoch: each once, neighbours in length together.

    Where they don't come out even, every batch is a little smaller, and none is much smaller than the others.
    """
    rng = np.random.default_rng([seed, epoch, 0x0D])
    shuffled = rng.permutation(np.arange(len(lengths), dtype=np.int32))
    count = -(-len(lengths) // batch)
    bounds = np.arange(count + 1) * len(lengths) // count
    for at in range(0, count, POOL):
        pool = shuffled[bounds[at] : bounds[min(at + POOL, count)]]
        pool[:] = pool[np.argsort(lengths[pool], kind="stable")]
    return [shuffled[bounds[index] : bounds[index + 1]] for index in rng.permutation(count)]


def to_batch(drawings: Sequence[Stroke3], scale: float) -> Batch:
    """Drawings as tensors, offsets divided by the scale; every one has a point at least."""
    return _to_batch(np.concatenate(drawings), _starts(lengths_of(drawings)), scale)


def _starts(lengths: NDArray[Any]) -> Starts:
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])


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
    lengths = lengths_of(drawings)
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
            yield _to_batch(*augmented(rows, starts, settings, chance), data.scale)
            step += 1


def made_ahead(stream: Iterator[Batch]) -> Iterator[Batch]:
    """The same batches, each made by another thread while the one before it is learnt."""
    with ThreadPoolExecutor(1) as maker:
        coming = maker.submit(next, stream)
        while True:
            batch = coming.result()
            coming = maker.submit(next, stream)
            yield batch
