"""For tests of screens that follow runs: a run's folder as a process would leave it, and waiting for one."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.worker import WorkerFailed

from studio.events import Event, EventFile
from studio.files import write_text
from tui.app import Monoline
from tui.screens.following import FollowingScreen

LOOKS = 600
"""Most looks at a run before a test gives up."""


def write_run(folder: Path, arguments: dict[str, Any], events: Sequence[Event], *, started_at: float = 0.0) -> Path:
    """A run that was started long ago and told these events."""
    folder.mkdir(parents=True, exist_ok=True)
    told = {"target": "scripted_runs:none", "arguments": arguments, "host": socket.gethostname()}
    told |= {"started_at": started_at, "events_from": 0, "orders_from": 0, "version": 1}
    write_text(folder / "run.json", json.dumps(told))
    tell(folder, events)
    return folder


def tell(folder: Path, events: Sequence[Event]) -> None:
    """The run goes on to tell these."""
    file = EventFile(folder)
    for event in events:
        file(event)
    file.close()


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    """Let the screen look at its runs until something holds."""
    for _ in range(LOOKS):
        app, screen = pilot.app, pilot.app.screen_stack[0]
        assert isinstance(app, Monoline)
        assert isinstance(screen, FollowingScreen)
        screen.poll(everything=True)
        app.look_at_jobs()
        with contextlib.suppress(WorkerFailed):  # that is for the application to tell
            await app.workers.wait_for_complete()
        await pilot.pause(0.05)  # a process may be starting
        if condition():
            await pilot.pause()
            return
    raise AssertionError("it never came to that")
