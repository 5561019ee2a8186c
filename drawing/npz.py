"""stroke-3 archives (.npz): read whatever others wrote without running it, written without pickle.

The archives of Sketch-RNN's world are object arrays, which numpy stores as pickles; how those are
read without running them is in npz_pickle.
"""

from __future__ import annotations

import io
import json
import math
import tokenize
import warnings
import zipfile
import zlib
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from drawing.errors import DrawingError, RefusedFile, UnreadableFile
from drawing.npz_pickle import DAMAGED, Refused, unpickled
from drawing.stroke import Stroke3, check_stroke3
from studio.files import replacing

SPLITS = ("train", "valid", "test")
FORMAT = "monoline stroke-3"
VERSION = 1

MAX_BYTES = 4 << 30
"""Most bytes an archive may unpack to."""
MAX_RATIO = 300
"""Most times its packed size a large member may unpack to; drawings reach about 10."""
_FLOAT32_MOST = float(np.finfo(np.float32).max)
_SMALL = 32 << 20  # members below this many bytes are not asked for their ratio

_BROKEN = (*DAMAGED, RuntimeError, tokenize.TokenError, zlib.error)
"""Everything that a damaged zip, header or pickle has been seen to raise."""


@dataclass(frozen=True)
class Archive:
    """The splits of a stroke-3 archive."""

    splits: dict[str, list[Stroke3]]
    """Arrays of shape (n, 3) by split, in the order of the file, train, valid and test first."""
    about: dict[str, Any] = field(default_factory=dict[str, Any])
    """What the archive says of itself: empty for other tools' files."""
    left_out: tuple[str, ...] = ()
    """Members that hold no drawings, such as ``encoding``."""


def read_npz(path: Path) -> Archive:
    """All splits of an archive written by monoline or any Sketch-RNN tool.

    Raises:
        UnreadableFile: not a zip, truncated, no drawings inside, or rows that are no stroke-3.
        RefusedFile: a pickle that asks for more than arrays, or an archive that unpacks to gigabytes.
    """
    with _opened(path) as members:
        return _read_own(path, members) if members.are_own else _read_classic(path, members, members.names())


def read_about(path: Path) -> dict[str, Any]:
    """What an archive says of itself, without reading its drawings; empty for other tools' files.

    Raises: as read_npz.
    """
    with _opened(path) as members:
        return _about(path, members) if members.are_own else {}


@contextmanager
def _opened(path: Path) -> Generator[_Members]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield _Members(path, archive)
    except zipfile.BadZipFile:
        raise UnreadableFile(f"{path} is not an .npz archive, or was cut off; copy it again.") from None
    except OSError as error:
        raise UnreadableFile(f"{path} can't be read: {error.strerror or error}.") from None
    except _BROKEN as error:
        raise UnreadableFile(f"{path} is damaged ({str(error)[:120]}); copy it again.") from None


def write_npz(
    path: Path,
    splits: Mapping[str, Sequence[Stroke3]],
    about: Mapping[str, Any] | None = None,
    *,
    classic: bool = False,
) -> None:
    """Write an archive; the file appears whole or not at all.

    Without pickle each split is two plain members: ``train_rows`` (P, 3), all rows of all drawings,
    and ``train_starts`` (D + 1,), where each drawing begins. Rows are int16 if all are small whole
    numbers and float32 otherwise.

    Args:
        about: what the archive should say of itself, JSON values.
        classic: object arrays of int16 or float32 instead, as sketch-rnn's own loaders expect them.
            These are pickles; numpy reads them with ``allow_pickle=True, encoding="latin1"``.
    """
    checked = {name: [check_stroke3(rows) for rows in drawings] for name, drawings in splits.items()}
    if not any(checked.values()):
        raise DrawingError(f"{path.name} was not written: there are no drawings.")
    for name in checked:
        if not name.isidentifier() or name in ("format", "about", "file", "allow_pickle"):
            raise DrawingError(f"{name!r} can't be the name of a split.")
    if max(np.abs(rows).max(initial=0.0) for drawings in checked.values() for rows in drawings) > _FLOAT32_MOST:
        raise DrawingError(f"{path.name} was not written: a drawing has coordinates beyond {_FLOAT32_MOST:.0e}.")
    dtype = _narrowest(checked)
    members: dict[str, NDArray[Any]] = {}
    if classic:
        for name, drawings in checked.items():
            array = np.empty(len(drawings), dtype=object)
            array[:] = [rows.astype(dtype) for rows in drawings]
            members[name] = array
    else:
        members["format"] = np.array(FORMAT)
        members["about"] = np.array(json.dumps({**(about or {}), "version": VERSION}))
        for name, drawings in checked.items():
            rows = np.concatenate(drawings) if drawings else np.zeros((0, 3))
            members[f"{name}_rows"] = rows.astype(dtype)
            members[f"{name}_starts"] = np.cumsum([0, *map(len, drawings)], dtype=np.int64)
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(cast(Any, file), allow_pickle=classic, **members)


def _narrowest(splits: Mapping[str, Sequence[Stroke3]]) -> type[np.int16] | type[np.float32]:
    for drawings in splits.values():
        for rows in drawings:
            if len(rows) and ((rows != np.round(rows)).any() or np.abs(rows).max() > 32767):
                return np.float32
    return np.int16


class _Members:
    """The members of an archive as arrays, each looked at before it is unpacked."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self.path = path
        self.archive = archive
        total = sum(info.file_size for info in archive.infolist())
        if total > MAX_BYTES:
            raise RefusedFile(f"{path} unpacks to {total / 1e9:.0f} GB; more than {MAX_BYTES / 1e9:.0f} GB is refused.")
        for info in archive.infolist():
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                # zipfile unpacks those others whole, however much more they hold than the directory says
                raise RefusedFile(f"{path} is refused: {info.filename} is packed in a way that numpy does not write.")
            if info.file_size > _SMALL and info.file_size > MAX_RATIO * max(1, info.compress_size):
                raise RefusedFile(
                    f"{path} is refused: {info.filename} unpacks from {info.compress_size / 1e3:.0f} kB "
                    f"to {info.file_size / 1e6:.0f} MB, which no drawings do."
                )

    @property
    def are_own(self) -> bool:
        """Whether monoline wrote them."""
        return "format" in self.names() and str(self.read("format")) == FORMAT

    def names(self) -> list[str]:
        """Names without ``.npy``; other files in the zip are not members."""
        return [name.removesuffix(".npy") for name in self.archive.namelist() if name.endswith(".npy")]

    def read(self, name: str) -> Any:
        """A member as an array; for a pickled member whatever it describes, checked."""
        info = self.archive.getinfo(f"{name}.npy")
        with self.archive.open(info) as stream:
            # the size in the directory can lie; never take more than it promised
            data = stream.read(info.file_size + 1)
        if len(data) != info.file_size:
            raise UnreadableFile(f"{self.path}: {name} has another size than the archive says; copy it again.")
        try:
            return _array(io.BytesIO(data), len(data))
        except Refused as error:
            raise RefusedFile(
                f"{self.path} is refused: its member {name} is a pickle that asks for {str(error)[:120]}, "
                "and drawings need only arrays."
            ) from None
        except _BROKEN as error:
            raise UnreadableFile(f"{self.path}: the member {name} is damaged ({str(error)[:120]}).") from None


def _array(data: IO[bytes], size: int) -> Any:
    version = npy.read_magic(data)
    header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    with warnings.catch_warnings():  # numpy guesses at a damaged header, and says so
        warnings.simplefilter("ignore")
        shape, fortran, dtype = header(data)
    if dtype.hasobject:
        return unpickled(data, size)
    if dtype.names is not None or dtype.kind not in "biufSU":
        raise ValueError(f"numbers were expected, not {dtype}")
    if min(shape, default=0) < 0 or math.prod(shape) * dtype.itemsize != size - data.tell():
        raise ValueError("its size is not what its header says")
    return np.frombuffer(data.read(), dtype=dtype).reshape(shape, order="F" if fortran else "C")


# the two layouts


def _read_own(path: Path, members: _Members) -> Archive:
    about = _about(path, members)
    splits: dict[str, list[Stroke3]] = {}
    for name in members.names():
        if not name.endswith("_rows"):
            continue
        split = name.removesuffix("_rows")
        rows, starts = members.read(name), np.asarray(members.read(f"{split}_starts"), dtype=np.int64)
        if starts.ndim != 1 or starts[0] != 0 or starts[-1] != len(rows) or (np.diff(starts) < 0).any():
            raise UnreadableFile(f"{path}: the starts of {split} don't fit its rows.")
        splits[split] = _checked(path, split, np.split(rows, starts[1:-1]) if len(starts) > 1 else [])
    return Archive(_ordered(path, splits), about)


def _about(path: Path, members: _Members) -> dict[str, Any]:
    about = json.loads(str(members.read("about")))
    if about.get("version", 0) > VERSION:
        raise UnreadableFile(f"{path} was written by a later monoline (version {about['version']}); update monoline.")
    return about


def _read_classic(path: Path, members: _Members, names: list[str]) -> Archive:
    splits: dict[str, list[Stroke3]] = {}
    left_out: list[str] = []
    for name in names:
        value = members.read(name)
        if isinstance(value, list) or (isinstance(value, np.ndarray) and value.ndim == 3):
            splits[name] = _checked(path, name, cast(Sequence[Any], value))
        elif isinstance(value, np.ndarray) and value.size == 0:
            splits[name] = []
        else:
            left_out.append(name)
    return Archive(_ordered(path, splits), left_out=tuple(left_out))


def _checked(path: Path, split: str, drawings: Sequence[Any]) -> list[Stroke3]:
    out: list[Stroke3] = []
    for index, rows in enumerate(drawings):
        try:
            out.append(check_stroke3(rows))
        except DrawingError as error:
            raise UnreadableFile(f"{path}: drawing {index} of {split} is no stroke-3: {error}") from None
    return out


def _ordered(path: Path, splits: dict[str, list[Stroke3]]) -> dict[str, list[Stroke3]]:
    if not any(splits.values()):
        raise UnreadableFile(f"{path} holds no drawings; was it written by another program?")
    known = [name for name in SPLITS if name in splits]
    return {name: splits[name] for name in [*known, *(name for name in splits if name not in SPLITS)]}
