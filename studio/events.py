"""What long work tells while it runs: frozen events, and their way to a file and back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from studio.files import AppendLog, read_log

FILE = "events.jsonl"


@dataclass(frozen=True, kw_only=True)
class Event:
    """The base of all events; ``at`` is seconds since 1970."""

    at: float = field(default_factory=time.time)


@dataclass(frozen=True, kw_only=True)
class Started(Event):
    """The work began."""

    what: str
    pid: int = 0


PERCENT = "percent"
"""What a Progress counts where the end is set by the clock, and nobody knows how many steps there will be."""


@dataclass(frozen=True, kw_only=True)
class Progress(Event):
    """So much of so much is done; ``what`` is what is counted."""

    done: float
    total: float
    what: str = ""
    doing: str = ""
    """What is being done, in words that a count can follow, as ``looking at scan``."""
    most_s: float | None = None
    """After so many seconds it ends, whatever is done by then; None where no clock ends it."""


@dataclass(frozen=True, kw_only=True)
class Measured(Event):
    """Figures at a step, as a loss."""

    step: int
    values: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Made(Event):
    """A file was written; ``path`` is relative to the run's folder where it lies in it."""

    path: str
    what: str = ""


@dataclass(frozen=True, kw_only=True)
class Said(Event):
    """A line for the person: ``level`` is info, warning or error."""

    text: str
    level: str = "info"


@dataclass(frozen=True, kw_only=True)
class Ordered(Event):
    """The work took an order, such as stop."""

    order: str


@dataclass(frozen=True, kw_only=True)
class Changed(Event):
    """The work is in another state now, such as paused."""

    state: str
    why: str = ""
    """What it waits for, in one word, as paper or refill; empty if somebody asked for it."""


@dataclass(frozen=True, kw_only=True)
class Finished(Event):
    """The work is done; the last event."""

    result: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, kw_only=True)
class Stopped(Event):
    """The work was stopped with everything saved; the last event."""

    result: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, kw_only=True)
class Failed(Event):
    """The work failed; the last event."""

    error: str
    remedy: str = ""


Listener = Callable[[Event], None]
"""Takes events; must return soon, and never raise."""

KINDS: dict[str, type[Event]] = {
    kind.__name__.lower(): kind
    for kind in (Started, Progress, Measured, Made, Said, Ordered, Changed, Finished, Stopped, Failed)
}


@dataclass(frozen=True, kw_only=True)
class Unknown(Event):
    """An event of a kind that only a later monoline knows."""

    record: dict[str, Any]


def to_record(event: Event) -> dict[str, Any]:
    """A JSON object: the kind under ``event``, then the fields."""
    return {"event": type(event).__name__.lower(), **asdict(event)}


def from_record(record: dict[str, Any]) -> Event:
    """The event of a JSON object; fields that this monoline does not know are left out."""
    kind = KINDS.get(str(record.get("event")))
    if kind is None:
        return Unknown(at=float(record.get("at", 0.0)), record=record)
    known = {each.name for each in fields(kind)}
    try:
        return kind(**{key: value for key, value in record.items() if key in known})
    except TypeError:
        return Unknown(at=float(record.get("at", 0.0)), record=record)


class EventFile:
    """Appends events to ``events.jsonl`` in a folder; a Listener."""

    def __init__(self, folder: Path) -> None:
        self._log = AppendLog(folder / FILE)

    def __call__(self, event: Event) -> None:
        """Append one event."""
        self._log.append(to_record(event))

    def close(self) -> None:
        """Close the file."""
        self._log.close()


class EventReader:
    """Reads the events of a folder from byte ``start`` on, each once, while they are being written."""

    def __init__(self, folder: Path, start: int = 0) -> None:
        self.path = folder / FILE
        self._at = start

    def new(self) -> list[Event]:
        """Events written since the last call; empty if there are none, or no file yet."""
        part = read_log(self.path, self._at)
        self._at = part.size
        return [from_record(record) for record in part.records]
