"""The journal of a plot: what is drawn for certain, on the disk before more is drawn; read after whatever ended it.

It is a log of whole lines with checksums, in the plot's folder. A line that never reached the disk costs a bit of line
drawn twice; none is ever missing on the paper.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from plotter.axidraw import PlotSettings
from plotter.errors import JournalError
from plotter.route import Place
from studio.errors import StudioError
from studio.files import AppendLog, read_log

FILE = "journal.jsonl"
VERSION = 1
Fields = dict[str, Any]


@dataclass(frozen=True)
class Leg:
    """A plan that was begun: with the lines and the firmware it can be made again, to the last step."""

    part: int
    """Which of the plot's sheets."""
    begin: Place
    x_mm: float
    y_mm: float
    """Where the carriage was."""
    settings: PlotSettings
    firmware: str
    mark: int
    """What the board was marked with; it forgets it when it loses its power."""


@dataclass(frozen=True)
class Progress:
    """The newest that a journal tells."""

    leg: Leg | None
    """None before anything moved."""
    index: int
    """Commands of the leg that are done for certain."""
    part: int
    place: Place
    """What is drawn for certain."""
    resting: bool
    """Whether it came to rest there, pen up, carriage at ``leg`` or wherever the board counts it."""
    finished: bool
    lost: bool
    """Whether the carriage's place is known to nobody: the power went."""
    marks: tuple[int, ...] = ()
    """What the board may be marked with, if it kept its power since."""
    legs: tuple[Leg, ...] = ()
    """The newest of each part, in the order in which they began: they tell what was changed on the way."""


class Journal(Protocol):
    """Where a plot writes down what it did."""

    def begin(self, leg: Leg) -> None:
        """A plan begins; it is on the disk when this returns."""
        ...

    def mark(self, mark: int) -> None:
        """The board is about to be marked like this; it is on the disk when this returns."""
        ...

    def done(self, index: int, part: int, place: Place) -> None:
        """So many commands of the leg are done; returns at once."""
        ...

    def rest(self, part: int, place: Place, *, finished: bool = False, lost: bool = False) -> None:
        """The pen is up and nothing moves; it is on the disk when this returns."""
        ...


class NoJournal:
    """For plots that nobody will take up."""

    def begin(self, leg: Leg) -> None:
        """Nothing."""

    def mark(self, mark: int) -> None:
        """Nothing."""

    def done(self, index: int, part: int, place: Place) -> None:
        """Nothing."""

    def rest(self, part: int, place: Place, *, finished: bool = False, lost: bool = False) -> None:
        """Nothing."""


class FileJournal:
    """A journal in a folder.

    Args:
        sheets: what is drawn, as digests by which a changed sheet is known.
        background: have each line on the disk before going on, and write what is done in a thread, so that a slow
            disk stalls no pen; only the newest counts.
    """

    def __init__(self, folder: Path, sheets: tuple[str, ...], *, background: bool = True) -> None:
        self._log = AppendLog(folder / FILE, durable=background)
        self._background = background
        self._newest: Fields | None = None
        self._closing = False
        self._failed: Exception | None = None
        self._news = threading.Condition()
        self._writing = threading.Lock()
        """Held from when a record is chosen until it is written, so that none comes after one that is newer."""
        self._log.append({"kind": "open", "version": VERSION, "sheets": list(sheets)})
        self._thread = threading.Thread(target=self._write, daemon=True, name="journal")
        if background:
            self._thread.start()

    def begin(self, leg: Leg) -> None:
        """See Journal."""
        self._now({
            "kind": "begin", "part": leg.part, "place": _told(leg.begin), "x_mm": leg.x_mm, "y_mm": leg.y_mm,
            "settings": leg.settings.model_dump(), "firmware": leg.firmware, "mark": leg.mark,
        })  # fmt: skip

    def mark(self, mark: int) -> None:
        """See Journal."""
        self._now({"kind": "mark", "mark": mark})

    def done(self, index: int, part: int, place: Place) -> None:
        """See Journal."""
        record: Fields = {"kind": "done", "index": index, "part": part, "place": _told(place)}
        if not self._background:
            self._log.append(record)
            return
        with self._news:
            if self._failed is not None:
                raise self._failed
            self._newest = record
            self._news.notify()

    def rest(self, part: int, place: Place, *, finished: bool = False, lost: bool = False) -> None:
        """See Journal."""
        self._now({"kind": "rest", "part": part, "place": _told(place), "finished": finished, "lost": lost})

    def close(self) -> None:
        """Write what is left."""
        with self._news:
            self._closing = True
            self._news.notify()
        if self._background:
            self._thread.join()
        self._log.close()

    def _now(self, record: Fields) -> None:
        with self._writing:
            with self._news:
                self._newest = None
            self._log.append(record)

    def _pop(self) -> Fields | None:
        with self._news:
            record, self._newest = self._newest, None
            return record

    def _write(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._newest is not None or self._closing)
                if not self._newest:
                    return
            with self._writing:
                record = self._pop()
                try:
                    if record is not None:
                        self._log.append(record)
                except Exception as error:  # noqa: BLE001 - told to whoever plots, who lifts the pen
                    self._failed = error
                    return


def read_journal(folder: Path, sheets: tuple[str, ...] | None = None) -> Progress:
    """How far a plot came.

    Args:
        sheets: digests of the sheets as they are now.

    Raises:
        JournalError: there is none, it is of a later monoline, or the sheets are not those that were drawn.
    """
    records = read_log(folder / FILE, strict=False).records
    if not records:
        raise JournalError(f"{folder} has no journal: nothing of it was drawn; plot its sheet anew.")
    told = Progress(None, 0, 0, Place(), True, False, False)
    try:
        for record in records:
            told = _after(told, record, folder, sheets)
    except (KeyError, TypeError, ValueError) as error:
        raise JournalError(f"{folder / FILE} can't be understood ({error}); plot its sheet anew.") from None
    return told


def last_settings(folder: Path) -> PlotSettings | None:
    """What a plot drew with last, as far as its journal tells."""
    with contextlib.suppress(JournalError, StudioError, OSError):
        if (leg := read_journal(folder).leg) is not None:
            return leg.settings
    return None


def _after(told: Progress, record: Mapping[str, Any], folder: Path, sheets: tuple[str, ...] | None) -> Progress:
    kind = record["kind"]
    if kind == "open":
        if int(record["version"]) > VERSION:
            raise JournalError(f"{folder / FILE} is of a later monoline; take that one to go on.")
        if sheets is not None and tuple(record["sheets"]) != sheets:
            raise JournalError(f"The sheet in {folder} is not the one that was drawn; plot it anew, from the start.")
        return told
    if kind == "mark":
        return replace(told, marks=(*told.marks, int(record["mark"])))
    if kind not in ("begin", "done", "rest"):
        return told  # of a later monoline that this one can do without
    place = Place(int(record["place"][0]), float(record["place"][1]))
    part = int(record["part"])
    if kind == "begin":
        leg = Leg(
            part, place, float(record["x_mm"]), float(record["y_mm"]),
            PlotSettings.model_validate(record["settings"]), str(record["firmware"]), int(record["mark"]),
        )  # fmt: skip
        # what a leg begins with lies a little before what is drawn already
        legs = (*(each for each in told.legs if each.part != part), leg)
        return Progress(leg, 0, part, place, False, False, False, (leg.mark,), legs)
    if kind == "done":
        index = int(record["index"])
        return replace(told, index=index, part=part, place=place, resting=False, finished=False, lost=False)
    finished, lost = bool(record["finished"]), bool(record["lost"])
    return replace(told, part=part, place=place, resting=True, finished=finished, lost=lost)


def _told(place: Place) -> list[float]:
    return [place.stroke, round(place.along_mm, 4)]
