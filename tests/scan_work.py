"""Work that runs in the pools of tests/prep/test_engine.py."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

from prep.errors import UnreadableScan
from studio.errors import StudioError


def double(number: int) -> int:
    return 2 * number


def tell_process(_: int) -> tuple[int, str, bool]:
    return os.getpid(), os.environ.get("OMP_NUM_THREADS", ""), "numpy" in sys.modules


def break_at_three(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def break_once(marker: str) -> str:
    """Killed the first time, and done the second; or killed each time, with a dot in the file for each."""
    path = Path(marker)
    if path.suffix == ".always" or (path.suffix == ".once" and not path.exists()):
        with path.open("a") as file:
            file.write(".")
        os.kill(os.getpid(), signal.SIGKILL)
    return path.name


def meet(order: tuple[list[str], str]) -> int:
    """Leave a mark, and wait for those of the others; the process that did."""
    marks, own = order
    Path(own).touch()
    limit = time.monotonic() + 30
    while not all(Path(mark).exists() for mark in marks) and time.monotonic() < limit:
        time.sleep(0.01)
    return os.getpid()


def refuse_odd(number: int) -> int:
    if number == 1:
        raise UnreadableScan("one is no picture.")
    if number == 3:
        raise ZeroDivisionError("by three")
    if number == 5:
        raise MemoryError
    if number == 7:
        raise StudioError("the disk is full.")
    return number


def work_for_ever(number: int) -> int:
    print("working", flush=True)
    threading.Event().wait()
    return number
