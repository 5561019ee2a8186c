"""What a plot tells while it goes on: words, its states, and its figures as often as a person can see."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from plotter.task import State
from studio.events import Changed, Listener, Measured, Progress, Said

TELL_S = 0.2
"""How often a plot tells where it is."""


class Telling:
    """Tells a listener.

    Args:
        clock: tells when to tell; seconds.
    """

    def __init__(self, on_event: Listener, clock: Callable[[], float]) -> None:
        self._on_event, self._clock = on_event, clock
        self._told_at = clock()

    @property
    def is_due(self) -> bool:
        """Whether the figures were told long enough ago."""
        return self._clock() - self._told_at >= TELL_S

    def say(self, text: str, level: str = "info") -> None:
        """A line for the person."""
        self._on_event(Said(text=text, level=level))

    def change(self, state: State, why: str) -> None:
        """The plot does something else now."""
        self._on_event(Changed(state=state.value, why=why))

    def figures(self, values: Mapping[str, float], sent: int) -> None:
        """Where the pen is, how much is done, how long the rest will take.

        Args:
            sent: commands so far.
        """
        self._told_at = self._clock()
        done_s = values["seconds"]
        self._on_event(Progress(done=round(done_s, 3), total=round(done_s + values["remaining_s"], 3), what="plotting"))
        self._on_event(Measured(step=sent, values={name: round(value, 4) for name, value in values.items()}))
