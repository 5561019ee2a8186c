"""The process that a run lives in: takes its orders, does its work, tells its end."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from configs.errors import MonolineError
from studio.events import Event, EventFile, Failed, Finished, Listener, Started, Stopped
from studio.lock import locked
from studio.runs import Orders, Run, Work, prepare_run, read_told


def work_here(folder: Path, target: str, arguments: dict[str, Any], tell: Listener) -> Run:
    """Do the work of a run in this very process, which ends with it; see studio.runs.start_run.

    Args:
        tell: is told all that ``events.jsonl`` is.

    Raises:
        RunError: it is running already.
    """
    prepare_run(folder, target, arguments)
    main(folder, tell)
    return Run(folder)


def on_signals(stop: Callable[[], None]) -> None:
    """Have the signals that ask a process to end ask its work to stop, and a closed terminal change nothing."""
    for name in ("SIGTERM", "SIGINT"):
        signal.signal(getattr(signal, name), lambda _signal, _frame: stop())
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)


def main(folder: Path, tell: Listener | None = None) -> int:
    """Do the work that run.json tells of; 0 unless it failed.

    Args:
        tell: is told of events too, where the process has a person of its own; without, it is a run's child.
    """
    told = read_told(folder)
    sys.argv = ["monoline", str(folder)]  # what a lock tells of whoever holds it
    orders = Orders(folder, told.orders_from)
    on_signals(orders.stop)
    # waits a little: somebody may just be looking whether the run lives
    with locked(folder, wait_s=5.0), closing(EventFile(folder)) as file:

        def on_event(event: Event) -> None:
            file(event)
            if tell is not None:
                tell(event)

        on_event(Started(what=told.target, pid=os.getpid()))
        orders.listen(parent=tell is None)
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
