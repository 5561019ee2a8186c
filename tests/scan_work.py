"""Work that runs in the pools of tests/prep/test_engine.py."""

from __future__ import annotations

import os
import signal
import sys
import threading
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
    """Killed the first time; done the second."""
    path = Path(marker)
    if path.suffix == ".once" and not path.exists():
        path.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return path.name


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
