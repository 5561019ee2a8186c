"""One writer at a time: a lock on a folder that tells who holds it."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from filelock import FileLock, Timeout

from studio.errors import StudioBusy, StudioError
from studio.files import write_text

NAME = ".lock"
_HOLDER = ".lock.json"


@dataclass(frozen=True)
class Holder:
    """Who holds a lock."""

    pid: int
    host: str
    since: float
    """Seconds since 1970."""
    command: str

    def __str__(self) -> str:
        where = "" if self.host == socket.gethostname() else f" on {self.host}"
        clock = time.strftime("%Y-%m-%d %H:%M", time.localtime(self.since))
        return f"{self.command} (process {self.pid}{where}, since {clock})"


@contextmanager
def locked(folder: Path, *, wait_s: float = 0.0) -> Generator[None]:
    """Hold the folder's lock for the block; the system lets go of it however the process ends.

    Args:
        wait_s: how long to wait for another holder.

    Raises:
        StudioBusy: another process holds it; the message names that process.
        StudioError: the folder can't be written.
    """
    lock = FileLock(folder / NAME)
    try:
        lock.acquire(timeout=wait_s)
    except Timeout:
        raise StudioBusy(f"{folder} is in use by {holder(folder) or 'another process'}; close it first.") from None
    except OSError as error:
        raise StudioError(f"{folder} can't be locked: {error.strerror or error}.") from error
    try:
        me = Holder(os.getpid(), socket.gethostname(), time.time(), " ".join([Path(sys.argv[0]).name, *sys.argv[1:3]]))
        write_text(folder / _HOLDER, json.dumps(asdict(me)))
        yield
    finally:
        (folder / _HOLDER).unlink(missing_ok=True)
        lock.release()


@contextmanager
def one_writer(path: Path, *, wait_s: float = 60.0) -> Generator[None]:
    """Have nobody else who holds this lock file write during the block, which is to be short. The file stays.

    Raises:
        StudioBusy: somebody else held it for ``wait_s``.
        StudioError: its folder can't be written.
    """
    lock = FileLock(path, poll_interval=0.01)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=wait_s)
    except Timeout:
        raise StudioBusy(f"{path.stem} is being written by another process; try again.") from None
    except OSError as error:
        raise StudioError(f"{path.parent} can't be written: {error.strerror or error}.") from error
    try:
        yield
    finally:
        lock.release()


def holder(folder: Path) -> Holder | None:
    """Who says to hold the lock; None if nobody does, or it can't be read."""
    try:
        fields = cast(dict[str, Any], json.loads((folder / _HOLDER).read_text(encoding="utf-8")))
        return Holder(int(fields["pid"]), str(fields["host"]), float(fields["since"]), str(fields["command"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def is_locked(folder: Path) -> bool:
    """True if a process on this machine holds the folder's lock at this moment."""
    if not (folder / NAME).exists():
        return False
    lock = FileLock(folder / NAME, is_singleton=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except OSError as error:
        raise StudioError(f"{folder} can't be looked at: {error.strerror or error}.") from error
    lock.release()
    return False
