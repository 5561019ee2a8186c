"""StudioScreen: what every screen of the studio does alike."""

from __future__ import annotations

from textual.screen import Screen
from textual.worker import Worker, WorkerState

from tui.messages import WorkFailed


class StudioScreen(Screen[None]):
    """A screen whose work in the background never fails without a word."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A worker that raised is a defect; say so, and go on."""
        if event.state is WorkerState.ERROR:
            self.post_message(defect(event.worker))


def defect(worker: Worker[object]) -> WorkFailed:
    """What to tell of a worker that raised what nobody expected."""
    error = worker.error
    return WorkFailed(
        "Something went wrong inside monoline", f"{type(error).__name__}: {error}. Nothing you made is lost."
    )
