"""Archive: a whole studio in one zip, and out of it again; knows files, not what they mean."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import time
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from studio.errors import StudioError
from studio.files import replacing, replacing_folder, write_text
from studio.folder import FILE, VERSION
from studio.lock import NAME as LOCK
from studio.runs import FILE as RUN

MANIFEST = "monoline-archive.json"
"""What is in the archive; its last file, so that one that was cut off has none."""
FORMAT = 1
LARGEST_MANIFEST = 256 << 20
CHUNK = 1 << 20
NEVER = {".DS_Store", "Thumbs.db", f"{LOCK}.json"}
"""Names of files that are of no use elsewhere."""
PACKED = frozenset(
    (
        *(".avif", ".gif", ".heic", ".heif", ".jpeg", ".jpg", ".pdf", ".png", ".webp", ".mp4"),
        *(".npz", ".safetensors", ".gz", ".zip", ".xz", ".bz2", ".zst"),
    )
)
"""Endings of files that get no smaller."""
SQUEEZED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How the files of an archive may be squeezed."""
OLDEST = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip knows; the manifest tells the true one."""

T = TypeVar("T")
Moved = Callable[[float, float], object]
"""Told how many bytes are done, and of how many."""


class ArchiveError(StudioError):
    """An archive can't be written, or can't be trusted."""


class ArchiveStopped(StudioError):
    """Somebody stopped it; nothing was left behind."""


class Entry(BaseModel):
    """A file of an archive."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    size: int
    sha256: str
    mtime_ns: int


class Manifest(BaseModel):
    """What is in an archive."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    format: int
    studio_version: int
    made_at: float
    """Seconds since 1970."""
    folder: str
    """Where the studio was: paths in it that its runs were started with are put right elsewhere."""
    without: tuple[str, ...] = ()
    """Kinds of files that were left out."""
    private: bool
    """Whether private scans are in it."""
    files: dict[str, Entry]


def studio_files(folder: Path, skip: Callable[[str], bool] = lambda _name: False) -> Iterator[tuple[str, Path]]:
    """Names from the studio's folder on, and files, of all that belongs into an archive; links are followed.

    Args:
        skip: tells of the name of a file or folder whether it stays out.
    """
    seen: set[tuple[int, int]] = set()
    waiting = [folder]
    while waiting:
        place = waiting.pop()
        state = place.stat()
        if (state.st_dev, state.st_ino) in seen:  # a link that leads back
            continue
        seen.add((state.st_dev, state.st_ino))
        for path in sorted(place.iterdir()):
            name = path.relative_to(folder).as_posix()
            if skip(name) or path.name in NEVER or path.name.startswith("._") or path.name.endswith((".tmp", LOCK)):
                continue
            if path.is_dir():
                waiting.append(path)
            elif path.is_file():
                yield name, path


def write_archive(
    target: Path,
    folder: Path,
    files: Iterable[tuple[str, Path]],
    *,
    without: Iterable[str] = (),
    private: bool = False,
    on_moved: Moved = lambda _done, _total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Manifest:
    """Write an archive, whole or not at all.

    Args:
        folder: of the studio.
        files: names in the archive, and what is read for them.

    Raises:
        ArchiveError: a file can't be read, grows while it is, or has a name that could not be unpacked everywhere.
        ArchiveStopped: ``should_stop`` said so.
        StudioError: the archive can't be written.
    """
    try:
        chosen = list(files)
        total = float(sum(path.stat().st_size for _, path in chosen))
    except OSError as error:
        raise ArchiveError(f"{error.filename or folder} can't be read: {error.strerror or error}.") from error
    if reason := _wrong_name(name for name, _ in chosen):
        raise ArchiveError(f"{folder}: {reason}; rename it. Nothing was packed.")
    entries: dict[str, Entry] = {}
    done = 0.0

    def moved(size: int) -> None:
        if should_stop():
            raise ArchiveStopped(f"{target.name} was not written.")
        on_moved(done + size, total)

    with replacing(target) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for name, path in chosen:
            entries[name] = _write_file(archive, name, path, moved)
            done += entries[name].size
        manifest = Manifest(
            format=FORMAT,
            studio_version=VERSION,
            made_at=time.time(),
            folder=str(folder.resolve()),
            without=tuple(without),
            private=private,
            files=entries,
        )
        archive.writestr(MANIFEST, manifest.model_dump_json(indent=1), zipfile.ZIP_DEFLATED)
    return manifest


def _write_file(archive: zipfile.ZipFile, name: str, path: Path, moved: Callable[[int], object]) -> Entry:
    """Add a file, and tell what it was; ``moved`` hears how many of its bytes are done."""
    digest, size = hashlib.sha256(), 0
    state = _reading(path, path.stat)
    info = _info(name, state.st_mtime, state.st_size)
    with _reading(path, lambda: path.open("rb")) as source, archive.open(info, "w", force_zip64=True) as packed:
        while data := _reading(path, lambda: source.read(CHUNK)):
            moved(size)
            packed.write(data)
            digest.update(data)
            size += len(data)
    moved(size)
    return Entry(size=size, sha256=digest.hexdigest(), mtime_ns=state.st_mtime_ns)


def _reading(path: Path, read: Callable[[], T]) -> T:
    """What is read of a file that is packed; an error of that is told apart from one of writing the archive."""
    try:
        return read()
    except OSError as error:
        raise ArchiveError(f"{path} can't be read: {error.strerror or error}.") from error


def _info(name: str, mtime: float, size: int) -> zipfile.ZipInfo:
    moment = time.localtime(mtime)[:6]
    info = zipfile.ZipInfo(name, max(OLDEST, moment))
    info.compress_type = zipfile.ZIP_STORED if PurePosixPath(name).suffix.lower() in PACKED else zipfile.ZIP_DEFLATED
    info.external_attr = (stat.S_IFREG | 0o644) << 16
    info.file_size = size
    return info


def read_archive(
    source: Path,
    folder: Path,
    *,
    on_moved: Moved = lambda _done, _total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Manifest:
    """Unpack a studio into a folder that is new or empty, all of it or nothing.

    Raises:
        ArchiveError: it is no archive of a studio, damaged, or would write where it has no business.
        ArchiveStopped: ``should_stop`` said so.
        StudioError: the folder has files in it, or can't be written.
    """
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise ArchiveError(f"{folder} is not empty; name a new folder.")
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _checked(source, archive)
            total = sum(entry.size for entry in manifest.files.values())
            _check_room(source, folder, total)
            with replacing_folder(folder, lambda _path: False) as temporary:
                done = 0.0
                for name, entry in manifest.files.items():
                    path = temporary / name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    with archive.open(name) as packed, path.open("xb") as file:
                        digest = hashlib.sha256()
                        for data in _pieces(packed, entry.size, f"{source}: {name}"):
                            if should_stop():
                                raise ArchiveStopped(f"{folder} was not made.")
                            file.write(data)
                            digest.update(data)
                            done += len(data)
                            on_moved(done, total)
                    if digest.hexdigest() != entry.sha256:
                        raise ArchiveError(f"{source} is damaged: {name} is not what was packed. Nothing was unpacked.")
                for path in temporary.rglob(RUN):
                    _tell_place(path, manifest.folder, str(folder.resolve()))
                for name, entry in manifest.files.items():
                    os.utime(temporary / name, ns=(entry.mtime_ns, entry.mtime_ns))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ArchiveError(f"{source} is damaged, or no zip that monoline wrote: {error}.") from error
    except FileNotFoundError:
        raise ArchiveError(f"{source} does not exist.") from None
    except OSError as error:
        raise ArchiveError(
            f"{error.filename or source} can't be read or written: {error.strerror or error}."
        ) from error
    return manifest


def _pieces(packed: IO[bytes], size: int, what: str) -> Iterator[bytes]:
    """The bytes of a file, so many and no more."""
    left = size
    while data := packed.read(CHUNK):
        left -= len(data)
        if left < 0:
            break
        yield data
    if left:
        raise ArchiveError(f"{what} has not the size that it says. Nothing was unpacked.")


def _checked(source: Path, archive: zipfile.ZipFile) -> Manifest:
    """The manifest, once every file of the archive was found to be harmless."""
    infos = {info.filename: info for info in archive.infolist()}
    told = infos.pop(MANIFEST, None)
    if told is None or told.file_size > LARGEST_MANIFEST:
        raise ArchiveError(f"{source} is no archive of a studio, or was cut off: it has no {MANIFEST}.")
    try:
        with archive.open(MANIFEST) as file:
            manifest = Manifest.model_validate_json(file.read(LARGEST_MANIFEST))
    except (ValidationError, ValueError) as error:
        raise ArchiveError(f"{source} is no archive of a studio: {MANIFEST} can't be read.") from error
    if manifest.format > FORMAT or manifest.studio_version > VERSION:
        raise ArchiveError(f"{source} was written by a later monoline; update monoline.")
    if FILE not in manifest.files:
        raise ArchiveError(f"{source} holds no studio: it has no {FILE}.")
    if set(infos) != set(manifest.files) or len(archive.infolist()) != len(infos) + 1:
        raise ArchiveError(f"{source} holds other files than it says. Nothing was unpacked.")
    for name, info in infos.items():
        kind = stat.S_IFMT(info.external_attr >> 16)
        if info.is_dir() or kind not in (0, stat.S_IFREG) or info.compress_type not in SQUEEZED:
            raise ArchiveError(f"{source} wants to write {name!r}, which no studio holds. Nothing was unpacked.")
        if info.file_size != manifest.files[name].size:
            raise ArchiveError(f"{source}: {name} has not the size that it says. Nothing was unpacked.")
    if reason := _wrong_name(infos):
        raise ArchiveError(f"{source}: {reason}. Nothing was unpacked.")
    return manifest


def _wrong_name(names: Iterable[str]) -> str:
    """Why files of these names can't lie in one folder on every system; empty if they can."""
    known: dict[str, str] = {}
    for name in names:
        if not is_safe(name):
            return f"{name!r} is no name for a file on every system"
        alike = unicodedata.normalize("NFC", name).casefold()
        if (other := known.setdefault(alike, name)) != name:
            return f"{other} and {name} are one file on some disks"
    return ""


def is_safe(name: str) -> bool:
    """True for a name that stays within the folder it is unpacked into, on every system."""
    if not name or any(each in "\\:" or unicodedata.category(each) in ("Cc", "Cs") for each in name):
        return False
    return all(part not in ("", ".", "..") for part in name.split("/"))


def _check_room(source: Path, folder: Path, size: int) -> None:
    there = next(each for each in (folder, *folder.resolve().parents) if each.exists())
    free = shutil.disk_usage(there).free
    if size > free:
        raise ArchiveError(f"{source} holds {size / 1e9:.1f} GB, and {there} has room for {free / 1e9:.1f} GB only.")


def _tell_place(path: Path, before: str, now: str) -> None:
    """Have a run know where its studio is: what it was started with holds whole paths, to go on with."""
    try:
        told: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return  # whoever looks at that run is told
    put_right = _moved(told, before.rstrip("/\\"), now)
    if put_right != told:
        write_text(path, json.dumps(put_right))


def _moved(value: Any, before: str, now: str) -> Any:
    """A JSON value with the paths in one folder changed to be in another."""
    if isinstance(value, str) and value.startswith(before) and value[len(before) : len(before) + 1] in ("", "/", "\\"):
        rest = value[len(before) :]
        return now + (rest.replace("\\", "/") if "\\" in before else rest)
    if isinstance(value, list):
        return [_moved(each, before, now) for each in value]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, dict):
        return {key: _moved(each, before, now) for key, each in value.items()}  # pyright: ignore[reportUnknownVariableType]
    return value
