"""The ink of a pen while it draws: counted in memory, and in the studio's pens by a thread that may take its time."""

from __future__ import annotations

import queue
import threading
from pathlib import Path

from plotter.errors import PlotterError
from plotter.pens import fill, find_pen, use_ink
from studio.errors import StudioError

SETTLE_S = 1.0
"""The longest that a plot at rest waits for the pens of a studio."""
KEEP_MM = 250.0
"""So much line is drawn between two entries; a crash forgets no more."""


class NoInk:
    """The ink of a pen of which nobody knows how much it has; an Ink."""

    left_mm: float | None = None

    def use(self, length_mm: float) -> None:
        """It is not counted."""

    def fill(self) -> None:
        """It is not counted."""

    def settle(self) -> None:
        """It is not counted."""


class PenInk:
    """The ink of one pen of a studio; an Ink.

    Raises:
        PenError: there is no such pen, or the pens can't be read.
    """

    def __init__(self, studio: Path, name: str) -> None:
        pen = find_pen(studio, name)
        self.name = pen.name
        self.problem = ""
        """Why the pen is not counted any more; empty while all is well."""
        self._studio = studio
        self._left_mm = None if pen.ink_left_m is None else pen.ink_left_m * 1000
        self._full_mm = None if pen.capacity_m is None else pen.capacity_m * 1000
        self._kept_mm = 0.0
        self._entries: queue.Queue[float | threading.Event | None] = queue.Queue()
        """Line in mm; less than 0 for a filling; an event to be set; None for the end."""
        self._thread = threading.Thread(target=self._enter, daemon=True, name=f"ink of {pen.name}")
        self._thread.start()

    @property
    def left_mm(self) -> float | None:
        """How much line is left in it."""
        return self._left_mm

    def use(self, length_mm: float) -> None:
        """So much was drawn; what a stop gives back counts too."""
        if self._left_mm is not None:
            self._left_mm -= length_mm
        self._kept_mm += length_mm
        if self._kept_mm >= KEEP_MM:
            self._enter_kept()

    def fill(self) -> None:
        """It is full again."""
        self._enter_kept()
        self._entries.put(-1.0)
        self._left_mm = self._full_mm

    def settle(self) -> None:
        """Enter what was drawn; others can read it then. Waits for that, but not for long."""
        self._enter_kept()
        written = threading.Event()
        self._entries.put(written)
        written.wait(SETTLE_S)

    def close(self) -> None:
        """Enter what is left, and wait for that."""
        self._enter_kept()
        self._entries.put(None)
        self._thread.join()

    def _enter_kept(self) -> None:
        self._entries.put(max(0.0, self._kept_mm))
        self._kept_mm = 0.0

    def _enter(self) -> None:
        while (length_mm := self._entries.get()) is not None:
            if isinstance(length_mm, threading.Event):
                length_mm.set()
                continue
            try:
                if length_mm < 0:
                    fill(self._studio, self.name)
                elif length_mm > 0:
                    use_ink(self._studio, self.name, length_mm / 1000)
            except (PlotterError, StudioError) as error:
                self.problem = str(error)
