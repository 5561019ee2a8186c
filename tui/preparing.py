"""Preparing: what a run of preparation has told so far, and what the sketchbooks hold; knows no screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.events import Changed, Event, Failed, Finished, Progress, Said, Started, Stopped
from tui.pace import Pace

STAGES = ("find", "look", "sort", "trace", "sift", "select", "dataset")
SORTING = frozenset({"look", "sort", "sift"})
"""Stages that have nothing to say where scans are not sorted."""
TARGET = "prep.pipeline:work"
STATES = {"new": "new", "traced": "traced", "stale": "out of date", "skipped": "skipped", "aside": "not traced"}
"""What the states of a scan are called."""


@dataclass(frozen=True)
class BookScan:
    """A scan in a sketchbook."""

    name: str
    page: str
    book: str
    path: Path
    corrections_path: Path
    state: str
    reason: str = ""
    corrections: int = 0
    strokes: int = 0
    points: int = 0
    pictures: tuple[tuple[Path, float, float, float], ...] = ()
    """Its drawings: an SVG, x and y of its corner in page pixels, mm a page pixel."""

    @property
    def words(self) -> str:
        """What is known of it."""
        if self.state == "skipped":
            return f"skipped: {self.reason.removeprefix(f'{self.path} ').removeprefix(f'{self.path}: ')}"
        parts = [STATES[self.state]]
        if self.pictures:
            drawings, strokes = len(self.pictures), self.strokes
            parts.append(f"{drawings} {'drawing' if drawings == 1 else 'drawings'}")
            parts.append(f"{strokes} {'stroke' if strokes == 1 else 'strokes'}")
        if self.corrections:
            parts.append(f"{self.corrections} corrected")
        return ", ".join(parts)


def read_scans(told: Mapping[str, Any]) -> tuple[BookScan, ...]:
    """The scans in an answer of the worker."""
    return tuple(
        BookScan(
            each["name"],
            each["page"],
            each["book"],
            Path(each["path"]),
            Path(each["corrections_path"]),
            each["state"],
            each["reason"],
            int(each["corrections"]),
            int(each["strokes"]),
            int(each["points"]),
            tuple((Path(file), float(x), float(y), float(mm)) for file, x, y, mm in each["pictures"]),
        )
        for each in told["scans"]
    )


@dataclass(frozen=True)
class BookCounts:
    """How many scans a sketchbook has."""

    name: str
    scans: int
    traced: int

    @property
    def line(self) -> str:
        """In a list."""
        return f"{self.name[:8]:<8} {self.traced}/{self.scans}"


def read_counts(told: Mapping[str, Any]) -> tuple[BookCounts, ...]:
    """The books in an answer of the worker."""
    return tuple(BookCounts(str(each["name"]), int(each["scans"]), int(each["traced"])) for each in told["books"])


def summary(scans: Sequence[BookScan]) -> str:
    """How many there are in each state."""
    counts = [(words, sum(scan.state == state for scan in scans)) for state, words in STATES.items()]
    total = "1 scan" if len(scans) == 1 else f"{len(scans):,} scans"
    return f"{total}: {', '.join(f'{count:,} {words}' for words, count in counts if count)}"


@dataclass
class Preparing:
    """The story of the last run, told event by event."""

    stage: str = ""
    done: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    """Of each stage how much is done, and of how much."""
    pace: Pace = field(default_factory=Pace)
    """Of what is being done."""
    result: Mapping[str, Any] = field(default_factory=dict[str, Any])
    said: str = ""
    failed: str = ""
    ended: bool = False

    def take(self, event: Event) -> None:
        """Take the next event."""
        if isinstance(event, Started):
            self.__init__()
        elif isinstance(event, Changed):
            self.stage, self.pace = event.state, Pace()
            self.done.setdefault(event.state, (0, 0))
        elif isinstance(event, Progress):
            name = event.what if event.what in STAGES else self.stage  # as scan, of the stage look
            if event.what != "lesson":  # a stage counts scans
                self.done[name] = int(event.done), int(event.total)
            self.pace.take(event)
        elif isinstance(event, Said):
            self.said = event.text
        elif isinstance(event, Failed):
            self.failed, self.ended = event.error, True
        elif isinstance(event, Finished | Stopped):
            self.result, self.ended = event.result, True

    @property
    def stopped(self) -> bool:
        """Whether a person ended it; the next run goes on."""
        return bool(self.result.get("stopped"))

    @property
    def doing(self) -> str:
        """What is being done, and how long the rest of it takes; empty where nobody says so."""
        return "" if self.ended else self.pace.doing

    @property
    def words(self) -> str:
        """All stages in a line."""
        parts: list[str] = []
        told = {each["name"]: each for each in self.result.get("stages", ())}
        for name in STAGES:
            done, total = self.done.get(name, (0, 0))
            if name in SORTING and name != self.stage and not (told[name]["done"] if name in told else total):
                continue
            if name == self.stage and self.stopped:
                parts.append(f"{name} ■ {f'{done:,} of {total:,}' if total else ''}".rstrip())
            elif name in told:
                done, out = told[name]["done"], told[name]["skipped"]
                parts.append(f"{name} ✓ {done:,}{f' of {done + out:,}' if out else ''}")
            elif name == self.stage:
                sign = "✗" if self.failed else "■" if self.ended else "▶"
                count = f"{done:,} of {total:,}" if total and not self.doing else ""
                parts.append(f"{name} {sign} {count}".rstrip())
            else:
                parts.append(f"{name} ✓" if name in self.done else name)
        return " → ".join(parts)
