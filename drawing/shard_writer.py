"""ShardWriter: drawings one by one into a folder of shards, with as much memory for a million as for a thousand."""

from __future__ import annotations

import hashlib
import os
import re
from array import array
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from drawing.errors import DrawingError
from drawing.shards import INDEX, MANIFEST, Manifest, Moments, Shard, Source
from drawing.stroke import Stroke3, check_stroke3, leading_dots
from studio.files import replacing_folder

SHARD_POINTS = 1 << 18
"""Points in a shard, about; a shard is held in memory until it is written."""
_MOST = float(np.finfo(np.float32).max)
_OURS = re.compile(r"shards\.json|\w+-\d{5,}\.(rows|index)")


@contextmanager
def writing_shards(path: Path) -> Generator[ShardWriter]:
    """A writer whose folder takes its place when the block ends without an error.

    Raises:
        DrawingError: no drawing was added.
        StudioError: the folder has other files in it, or can't be written; nothing was changed.
    """
    with replacing_folder(path, lambda file: _OURS.fullmatch(str(file)) is not None) as temporary:
        writer = ShardWriter(temporary)
        yield writer
        writer.finish()


class ShardWriter:
    """Adds drawings to the splits of a folder that is not there yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sources: list[Source] = []
        """Told in the manifest; for whoever adds drawings to fill."""
        self._shards: dict[str, list[Shard]] = {}
        self._rows: dict[str, list[Stroke3]] = {}
        self._points: dict[str, int] = {}
        self._sides = array("f")
        self._n_max = 0

    def add(self, split: str, rows: Stroke3) -> None:
        """Add one drawing.

        Raises:
            DrawingError: it has no point, or a number that is not finite or too large.
        """
        rows = check_stroke3(rows)
        if not len(rows):
            raise DrawingError("it has no point.")
        if not split.isidentifier():
            raise DrawingError(f"{split!r} can't be the name of a split.")
        if np.abs(rows[:, :2]).max() > _MOST:
            raise DrawingError(f"it has coordinates beyond {_MOST:.0e}.")
        self._rows.setdefault(split, []).append(rows)
        self._points[split] = self._points.get(split, 0) + len(rows)
        self._n_max = max(self._n_max, len(rows))
        if split == "train":
            self._sides.append(_side(rows))
        if self._points[split] >= SHARD_POINTS:
            self._flush(split)

    def median_side(self, start: int = 0) -> float:
        """Of the drawings of train, from one on."""
        sides = np.frombuffer(self._sides, dtype=np.float32)[start:]
        return float(np.median(sides)) if len(sides) else 0.0

    def added(self, split: str = "train") -> int:
        """Drawings in a split so far."""
        return sum(shard.drawings for shard in self._shards.get(split, ())) + len(self._rows.get(split, ()))

    def finish(self) -> None:
        """Write what is left, and the manifest."""
        for split in list(self._rows):
            self._flush(split)
        if not self._shards:
            raise DrawingError("there are no drawings to write.")
        train = self._shards.get("train", [])
        first, rest = (sum((getattr(shard, of) for shard in train), Moments()) for of in ("first", "rest"))
        manifest = Manifest(
            drawings={split: sum(shard.drawings for shard in shards) for split, shards in self._shards.items()},
            points={split: sum(shard.points for shard in shards) for split, shards in self._shards.items()},
            n_max=self._n_max,
            size=self.median_side(),
            scale=(first + rest).deviation,
            scale_without_first=rest.deviation,
            sources=tuple(self.sources),
            splits={split: tuple(shards) for split, shards in self._shards.items()},
        )
        self._write(MANIFEST, manifest.model_dump_json(indent=1).encode() + b"\n")

    def _flush(self, split: str) -> None:
        drawings = self._rows.pop(split, [])
        self._points[split] = 0
        if not drawings:
            return
        rows = np.concatenate(drawings)
        ends = np.cumsum([len(each) for each in drawings])
        starts = np.concatenate([[0], ends[:-1]])
        whole = not bool((rows[:, :2] % 1 != 0).any())
        small = whole and bool((rows[:, 2] % 1 == 0).all()) and np.abs(rows).max() <= np.iinfo(np.int16).max
        dtype = "<i2" if small else "<f4"
        rows = rows.astype(dtype)
        records = np.zeros(len(drawings), dtype=INDEX)
        reach = np.abs(rows[:, :2].astype(np.float64)).max(axis=1)
        first = np.zeros(len(rows), dtype=bool)
        first[starts] = True
        records["end"] = ends
        records["side"] = [_side(each) for each in drawings]
        records["first"] = reach[starts]
        records["rest"] = np.maximum.reduceat(np.where(first, 0.0, reach), starts)
        records["dots"] = [leading_dots(each) for each in drawings]
        shards = self._shards.setdefault(split, [])
        name = f"{split}-{len(shards):05}"
        length = np.hypot(*rows[:, :2].astype(np.float64).T)
        shards.append(
            Shard(
                drawings=len(drawings),
                points=len(rows),
                dtype=dtype,
                rows_sha256=self._write(f"{name}.rows", rows.tobytes()),
                index_sha256=self._write(f"{name}.index", records.tobytes()),
                whole=whole,
                first=Moments.of(rows[first]),
                rest=Moments.of(rows[~first]),
                first_length=float(length[first].sum()),
                rest_length=float(length[~first].sum()),
            )
        )

    def _write(self, name: str, data: bytes) -> str:
        with (self.folder / name).open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        return hashlib.sha256(data).hexdigest()


def _side(rows: Stroke3) -> float:
    """The longer side of a drawing's box."""
    points = np.cumsum(rows[:, :2], axis=0)
    return min(float((points.max(axis=0) - points.min(axis=0)).max()), _MOST)
