"""Keeps the computer from falling asleep while a machine waits for its next word.

The screen may still go dark. wakepy asks the system; it is loaded, and asked, in a thread: whatever desktop does not
answer, the plot begins, and nothing that goes wrong here is worth a plot.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator
from contextlib import contextmanager

WAIT_S = 1.0
"""The longest that work waits for the system's answer at its start, and again at its end."""


@contextmanager
def keep_awake(reason: str) -> Generator[bool]:
    """Keep the computer awake while the block runs; the block is told whether the system has agreed to it.

    It never raises, and never takes longer than WAIT_S: there may be no desktop to ask, as in a container.

    Args:
        reason: for whom, as "plotting"; it names the thread.
    """
    answer: queue.Queue[bool] = queue.Queue()
    over = threading.Event()
    thread = threading.Thread(target=_stay_awake, args=(answer, over), name=f"awake while {reason}", daemon=True)
    thread.start()
    try:
        active = answer.get(timeout=WAIT_S)
    except queue.Empty:
        active = False
    try:
        yield active
    finally:
        over.set()
        thread.join(WAIT_S)


def _stay_awake(answer: queue.Queue[bool], over: threading.Event) -> None:
    """Enter and leave in the same thread: what was asked of a desktop ends with its connection."""
    try:
        from wakepy import keep

        with keep.running(on_fail="pass") as mode:
            answer.put(mode.active)
            over.wait()
    except Exception:  # noqa: BLE001 - a broken desktop, or no wakepy: the work goes on
        answer.put(False)
