"""Files that are never half-written: replaced whole, or appended line by line with a checksum."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from studio.errors import DamagedLog, StudioError


@contextlib.contextmanager
def replacing(path: Path) -> Generator[Path]:
    """A temporary path beside ``path`` that takes its place when the block ends without an error.

    The data is on the disk before the name changes. After an error the temporary file is gone and
    ``path`` is as it was.

    Raises:
        StudioError: the folder can't be written or the disk is full; the message says which file.
    """
    path = path.resolve() if path.is_symlink() else path
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
        temporary = Path(name)
        os.close(handle)
        yield temporary
        if path.exists():
            temporary.chmod(path.stat().st_mode & 0o777)
        else:
            temporary.chmod(0o666 & ~_umask())
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise StudioError(f"{path} can't be written: {error.strerror or error}. Nothing was changed.") from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def replacing_folder(path: Path, is_ours: Callable[[Path], bool]) -> Generator[Path]:
    """A temporary folder beside ``path`` that takes its place when the block ends without an error.

    Args:
        is_ours: tells of a file in the folder that is there, relative to it, whether it may be
            replaced; a folder with any other file in it is left alone.

    Raises:
        StudioError: the folder has other files in it, or can't be written; nothing was changed.
    """
    temporary: Path | None = None
    try:
        if path.exists():
            if not path.is_dir():
                raise StudioError(f"{path} is a file; name another folder.")
            others = [each for each in path.rglob("*") if not each.is_dir() and not is_ours(each.relative_to(path))]
            if others:
                raise StudioError(f"{path} holds other files too, as {others[0].name}; name another folder.")
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent))
        temporary.chmod(0o777 & ~_umask())
        yield temporary
        if path.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent))
            path.replace(old)
            try:
                temporary.replace(path)
            except OSError:
                old.replace(path)
                raise
            shutil.rmtree(old, ignore_errors=True)
        else:
            temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise StudioError(f"{path} can't be written: {error.strerror or error}. Nothing was changed.") from error
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)


def write_bytes(path: Path, data: bytes) -> None:
    """Replace a file by these bytes, whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def write_text(path: Path, text: str) -> None:
    """Replace a file by this text (UTF-8, line ends as they are), whole or not at all."""
    write_bytes(path, text.encode())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # a directory can't be opened there
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError:
        pass  # some network file systems refuse; the rename itself has been made
    finally:
        os.close(descriptor)


class AppendLog:
    """Appends JSON objects to a file, one a line, each with a CRC-32 of itself under ``crc``.

    A line is one write; opening the file again cuts off a torn tail, so that a crash can't glue two
    lines together. With ``durable`` each line is on the disk before ``append`` returns.
    """

    def __init__(self, path: Path, *, durable: bool = False) -> None:
        self.path = path
        self.durable = durable
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: IO[bytes] = path.open("ab", buffering=0)
            whole = log_size(path)
            if whole < os.fstat(self._file.fileno()).st_size:
                os.truncate(path, whole)
        except OSError as error:
            raise StudioError(f"{path} can't be written: {error.strerror or error}.") from error

    def append(self, record: dict[str, Any]) -> None:
        """Write one line. The record has at least one key, and none called ``crc``."""
        if not record or "crc" in record:
            raise ValueError("a record needs a key, and the key crc is taken")
        line = _sealed(json.dumps(record, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode())
        try:
            written = self._file.write(line)
            if written != len(line):
                self._cut(written)
                raise OSError("the disk is full")
            if self.durable:
                os.fsync(self._file.fileno())
        except OSError as error:
            raise StudioError(f"{self.path} can't be written: {error.strerror or error}.") from error

    def _cut(self, written: int) -> None:
        """Take back a part of a line, to which the next one would be glued, unless somebody has done just that."""
        end = self._file.tell()
        if os.fstat(self._file.fileno()).st_size == end:
            self._file.truncate(end - written)

    def close(self) -> None:
        """Close the file; what was appended stays."""
        self._file.close()

    def __enter__(self) -> AppendLog:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclass(frozen=True)
class LogPart:
    """Some whole lines of a log."""

    records: tuple[dict[str, Any], ...]
    size: int
    """Where the next line begins, in bytes from the start of the file."""


def read_log(path: Path, start: int = 0, *, strict: bool = True) -> LogPart:
    """The records of a log from byte ``start`` on; a torn tail is left for the next time.

    Args:
        strict: without it, damaged lines are passed over.

    Raises:
        DamagedLog: a line other than the last is damaged.
        StudioError: the file can't be read.
    """
    try:
        with path.open("rb") as file:
            file.seek(start)
            data = file.read()
    except FileNotFoundError:
        return LogPart((), start)
    except OSError as error:
        raise StudioError(f"{path} can't be read: {error.strerror or error}.") from error
    lines = data.split(b"\n")[:-1]  # what follows the last line end is a torn tail
    records: list[dict[str, Any]] = []
    size = start
    for index, line in enumerate(lines):
        record = _unsealed(line)
        if record is None and strict:
            if index + 1 < len(lines):
                raise DamagedLog(f"{path} is damaged at byte {size}; the {len(records)} lines before it are whole.")
            break
        if record is not None:
            records.append(record)
        size += len(line) + 1
    return LogPart(tuple(records), size)


def last_record(path: Path, start: int = 0) -> dict[str, Any] | None:
    """The last whole record after byte ``start``, found from the end; None if there is none."""
    return _last(path, start)[0]


def log_size(path: Path) -> int:
    """Where the next line will begin: after the last whole line, in bytes."""
    return _last(path, 0)[1]


def _last(path: Path, start: int) -> tuple[dict[str, Any] | None, int]:
    """The last whole record after ``start`` and where it ends; read from the end, as far as needed."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            reach = 1 << 14
            while True:
                begin = max(start, size - reach)
                file.seek(begin)
                lines = file.read(max(0, size - begin)).split(b"\n")
                end = size - len(lines.pop())
                # the first one may have been cut by where the reading began
                for line in reversed(lines if begin == start else lines[1:]):
                    if (record := _unsealed(line)) is not None:
                        return record, end
                    end -= len(line) + 1
                if begin == start:
                    return None, start
                reach *= 8
    except FileNotFoundError:
        return None, start
    except OSError as error:
        raise StudioError(f"{path} can't be read: {error.strerror or error}.") from error


def _sealed(body: bytes) -> bytes:
    """A JSON object with its checksum as the last key, and a line end."""
    return b'%b,"crc":"%08x"}\n' % (body[:-1], zlib.crc32(body))


_SEAL = len(b',"crc":"00000000"}')


def _unsealed(line: bytes) -> dict[str, Any] | None:
    """The record of a line, or None if its checksum does not hold."""
    body = line[:-_SEAL] + b"}"
    if _sealed(body) != line + b"\n":
        return None
    return json.loads(body)
