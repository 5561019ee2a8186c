"""Shards: a folder of drawings larger than memory, read through a memory map; how they are written is in shard_writer.

A folder ``NAME.shards`` holds ``shards.json`` and for each shard of a split two files of plain little-endian
numbers: ``train-00000.rows``, all rows of its drawings one after the other, int16 where all are small whole
numbers and float32 otherwise, and ``train-00000.index``, one record a drawing: where it ends and how large it is.
"""

from __future__ import annotations

import contextlib
import hashlib
import mmap
import operator
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from drawing.errors import UnreadableFile
from drawing.stroke import Stroke3

ENDING = ".shards"
MANIFEST = "shards.json"
FORMAT = "monoline shards"
VERSION = 1
INDEX = np.dtype([("end", "<i8"), ("side", "<f4"), ("first", "<f4"), ("rest", "<f4"), ("dots", "<i4")])
"""One drawing: the row after its last in the shard, the longer side of its box, the largest offset of its first
row and of the others, and how many single points it begins with."""
RELEASE_EVERY = 128
"""Drawings read between two times that the pages of the map are given back; each may have brought in 64 kB."""

Records = NDArray[Any]  # (D,) of INDEX


class Moments(BaseModel):
    """Sums over offsets, of which scales are made."""

    model_config = ConfigDict(frozen=True)

    count: int = 0
    """Numbers, two a row."""
    total: float = 0.0
    squares: float = 0.0

    @classmethod
    def of(cls, rows: NDArray[Any]) -> Moments:
        """Those of dx and dy of some rows."""
        xy = rows[:, :2].astype(np.float64)
        return cls(count=xy.size, total=float(xy.sum()), squares=float((xy**2).sum()))

    def __add__(self, other: Moments) -> Moments:
        return Moments(
            count=self.count + other.count, total=self.total + other.total, squares=self.squares + other.squares
        )

    @property
    def deviation(self) -> float:
        """One standard deviation; 0 without numbers."""
        if not self.count:
            return 0.0
        return float(np.sqrt(max(0.0, self.squares / self.count - (self.total / self.count) ** 2)))


class Shard(BaseModel):
    """What the manifest says of one shard."""

    model_config = ConfigDict(frozen=True)

    drawings: int
    points: int
    dtype: Literal["<i2", "<f4"]
    rows_sha256: str
    index_sha256: str
    whole: bool
    """Whether all offsets are whole numbers."""
    first: Moments
    """Of first rows, and of all others below."""
    rest: Moments
    first_length: float
    """Lengths of the offsets of first rows, summed, and of all others below."""
    rest_length: float


class Source(BaseModel):
    """Where some of the drawings are from."""

    model_config = ConfigDict(frozen=True)

    name: str
    drawings: int
    skipped: int = 0
    size: float = 0.0
    """Median longer side of its drawings in train."""
    sha256: str = ""


class Manifest(BaseModel):
    """All that a folder of shards says of itself."""

    model_config = ConfigDict(frozen=True)

    format: Literal["monoline shards"] = FORMAT
    version: int = VERSION
    drawings: dict[str, int]
    """By split; so is the next."""
    points: dict[str, int]
    n_max: int
    """Most points in a drawing."""
    size: float
    """Median longer side of the drawings in train."""
    scale: float
    """Standard deviation of the offsets of train, and of those without first rows below."""
    scale_without_first: float
    sources: tuple[Source, ...] = ()
    splits: dict[str, tuple[Shard, ...]]


class ShardFile:
    """One shard, checked and mapped into memory."""

    def __init__(self, folder: Path, split: str, number: int, about: Shard) -> None:
        self.about = about
        name = f"{split}-{number:05}"
        dtype = np.dtype(about.dtype)
        self._index = folder / f"{name}.index"
        _check(self._index, about.drawings * INDEX.itemsize, about.index_sha256)
        rows = folder / f"{name}.rows"
        _check(rows, about.points * 3 * dtype.itemsize, about.rows_sha256)
        with rows.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if hasattr(mmap, "MADV_RANDOM"):
            self._map.madvise(mmap.MADV_RANDOM)
        self.rows: NDArray[Any] = np.frombuffer(self._map, dtype=dtype).reshape(-1, 3)  # (P, 3)

    def records(self) -> Records:
        """One record a drawing, read afresh."""
        found = np.fromfile(self._index, dtype=INDEX)
        ends = found["end"]
        if len(found) != self.about.drawings or ends[-1] != self.about.points or (np.diff(ends, prepend=0) < 1).any():
            raise UnreadableFile(f"{self._index} does not fit its rows; convert the drawings again.")
        return found

    def release(self) -> None:
        """Give the pages back that reading has brought into memory; what is still needed is read again."""
        if hasattr(mmap, "MADV_DONTNEED"):
            with contextlib.suppress(OSError):
                self._map.madvise(mmap.MADV_DONTNEED)


def _check(path: Path, size: int, sha256: str) -> None:
    try:
        found = path.stat().st_size
        if found != size:
            raise UnreadableFile(f"{path} has {found:,} bytes and should have {size:,}; copy the folder again.")
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                raise UnreadableFile(f"{path} is damaged: its checksum is another; copy the folder again.")
    except OSError as error:
        raise UnreadableFile(f"{path} can't be read: {error.strerror or error}.") from None


@dataclass(frozen=True, eq=False)
class Drawings(Sequence[Stroke3]):
    """Drawings of one split, each read from its shard when it is asked for, as float64 (n, 3)."""

    files: tuple[ShardFile, ...]
    begins: NDArray[np.int64]  # (D,): first row of each, counted through all files
    lengths: NDArray[np.int32]  # (D,)
    instead: dict[int, Stroke3] = field(default_factory=dict[int, Stroke3])
    """Rows that take the place of those in the shard, by where those begin."""
    _rows: list[int] = field(init=False, repr=False)  # first row of each file
    _read: list[int] = field(default_factory=list[int], init=False, repr=False)  # files read from lately

    def __post_init__(self) -> None:
        rows = np.cumsum([0, *(file.about.points for file in self.files)])
        object.__setattr__(self, "_rows", rows.tolist())

    def __len__(self) -> int:
        return len(self.begins)

    @overload
    def __getitem__(self, index: int) -> Stroke3: ...
    @overload
    def __getitem__(self, index: slice) -> Drawings: ...
    def __getitem__(self, index: int | slice) -> Stroke3 | Drawings:
        if isinstance(index, slice):
            return Drawings(self.files, self.begins[index], self.lengths[index], self.instead)
        number = operator.index(index)
        begin, length = int(self.begins[number]), int(self.lengths[number])
        if self.instead and begin in self.instead:
            return self.instead[begin]
        which = bisect_right(self._rows, begin) - 1
        at = begin - self._rows[which]
        found = self.files[which].rows[at : at + length].astype(np.float64)
        self._read.append(which)
        if len(self._read) >= RELEASE_EVERY:
            for each in set(self._read):
                self.files[each].release()
            self._read.clear()
        return found


@dataclass(frozen=True)
class Shards:
    """An opened folder of shards."""

    path: Path
    manifest: Manifest
    files: dict[str, tuple[ShardFile, ...]]
    hash: str
    """SHA-256 of the manifest, which has those of all files."""

    def drawings(
        self,
        split: str,
        first_dropped: bool = False,
        choose: Callable[[Records, NDArray[np.int64]], NDArray[np.bool_]] | None = None,
    ) -> Drawings:
        """The drawings of a split, without those that have no point.

        Args:
            first_dropped: leave out each first row; single points before the first line go with it, since
                no row would tell of the lift after them.
            choose: gets the records of a shard and how many rows each drawing has, and tells which to keep.
        """
        begins: list[NDArray[np.int64]] = [np.zeros(0, dtype=np.int64)]
        lengths: list[NDArray[np.int32]] = [np.zeros(0, dtype=np.int32)]
        before = 0
        for file in self.files[split]:
            records = file.records()
            ends = records["end"].astype(np.int64)
            starts = np.concatenate([[0], ends[:-1]])
            if first_dropped:
                starts = starts + np.minimum(records["dots"] + 1, ends - starts)
            kept = ends > starts
            if choose is not None:
                kept &= choose(records, ends - starts)
            begins.append(starts[kept] + before)
            lengths.append((ends - starts)[kept].astype(np.int32))
            before += file.about.points
        return Drawings(self.files[split], np.concatenate(begins), np.concatenate(lengths))


def is_shards(path: Path) -> bool:
    """Whether this is a folder of shards, by its name or what is in it."""
    return path.is_dir() and (path.name.lower().endswith(ENDING) or (path / MANIFEST).is_file())


def read_shards(path: Path) -> Shards:
    """Open a folder of shards, with the checksums of all its files compared.

    Raises:
        UnreadableFile: a file is missing, damaged or cut off, or the folder is of a later monoline.
    """
    try:
        text = (path / MANIFEST).read_bytes()
    except OSError as error:
        raise UnreadableFile(f"{path} has no {MANIFEST} that can be read: {error.strerror or error}.") from None
    try:
        manifest = Manifest.model_validate_json(text)
    except ValidationError as error:
        raise UnreadableFile(f"{path / MANIFEST} is damaged ({error.errors()[0]['msg'][:120]}).") from None
    if manifest.version > VERSION:
        raise UnreadableFile(f"{path} was written by a later monoline (version {manifest.version}); update monoline.")
    if not all(split.isidentifier() for split in manifest.splits):
        raise UnreadableFile(f"{path / MANIFEST} is damaged: it has a split whose name can't be one.")
    files = {
        split: tuple(ShardFile(path, split, number, shard) for number, shard in enumerate(shards))
        for split, shards in manifest.splits.items()
    }
    return Shards(path, manifest, files, hashlib.sha256(text).hexdigest())
