"""Following a run from the command line: a bar while it goes, ctrl-c to stop it, its last word as exit code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer

from configs.errors import MonolineError
from studio.events import PERCENT, Event, Failed, Finished, Progress, Said, Stopped
from studio.runs import Run
from tui.console import STOPPED, note, progress
from tui.pace import Pace


class RunFailed(MonolineError):
    """A run ended with an error, which is its own."""


def follow(
    run: Run, what: str, tell: Callable[[Event], str | None] = lambda _: None
) -> tuple[dict[str, Any], Callable[[], None]]:
    """Follow a run to its end and return its result, with what exits as it ended.

    Ctrl-C asks the run to stop and save, and waits for it; a second one leaves it to do so alone.

    Args:
        what: the work, for the bar.
        tell: a line for an event, or None.

    Raises:
        RunFailed: the run failed; the message is its own.
    """
    last: Event | None = None
    pace = Pace()
    try:
        with progress(what, 1.0) as advance:
            for event in run.follow():
                last = event
                if isinstance(event, Progress) and event.total:
                    pace.take(event)
                    unit = "%" if event.what == PERCENT else ""
                    advance(event.done, event.total, unit, pace if event.doing else None)
                line = event.text if isinstance(event, Said) else tell(event)
                if line:
                    note(line)
    except KeyboardInterrupt:
        run.stop()
        note("stopping, with everything saved")
        run.wait()
        last = run.events()[-1]
    run.wait()  # for its process, which ends just after its last word
    return outcome(run, last)


def outcome(run: Run, last: Event | None) -> tuple[dict[str, Any], Callable[[], None]]:
    """The result of a run that has ended with this word, with what exits as it ended.

    Raises:
        RunFailed: the run failed; the message is its own.
    """
    if isinstance(last, Failed):
        raise RunFailed(f"{last.error} {last.remedy}".strip())
    if isinstance(last, Stopped):
        return last.result, _exit_stopped
    if not isinstance(last, Finished):
        raise RunFailed(f"{run.folder} ended without a last word; {run.folder / 'log.txt'} may tell more.")
    return last.result, lambda: None


def _exit_stopped() -> None:
    raise typer.Exit(STOPPED)
