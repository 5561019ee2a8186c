"""The process that a run lives in: takes its orders, does its work, tells its end."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import traceback
from pathlib import Path

from configs.errors import MonolineError
from studio.events import EventFile, Failed, Finished, Started, Stopped
from studio.lock import locked
from studio.runs import Orders, Work, read_told


def main(folder: Path) -> int:
    """Do the work that run.json tells of; 0 unless it failed."""
    told = read_told(folder)
    sys.argv = ["monoline", str(folder)]  # what a lock tells of whoever holds it
    orders = Orders(folder, told.orders_from)
    for name in ("SIGTERM", "SIGINT"):
        signal.signal(getattr(signal, name), lambda _signal, _frame: orders.stop())
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    # waits a little: somebody may just be looking whether the run lives
    with locked(folder, wait_s=5.0):
        on_event = EventFile(folder)
        on_event(Started(what=told.target, pid=os.getpid()))
        orders.listen()
        try:
            module, _, function = told.target.partition(":")
            work: Work = getattr(importlib.import_module(module), function)
            result = work(folder, told.arguments, on_event, orders) or {}
            on_event(Stopped(result=result) if orders.should_stop() else Finished(result=result))
        except MonolineError as error:
            on_event(Failed(error=str(error)))
            return 1
        except Exception as error:  # noqa: BLE001 - the last word of the process, whatever it was
            traceback.print_exc()
            on_event(Failed(error=f"{type(error).__name__}: {error}", remedy=f"{folder / 'log.txt'} tells where."))
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
