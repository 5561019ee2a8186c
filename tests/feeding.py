"""For tests of the feed: a plot on a simulated board in virtual time, its journal, and what it told."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from drawing.drawing import Drawing
from plotter.axidraw import PlotSettings
from plotter.board import Board
from plotter.ebb import USUAL, Firmware
from plotter.feed import PlotJob
from plotter.in_process import InProcess
from plotter.ink import ink_error_mm
from plotter.journal import FileJournal, Progress, read_journal
from plotter.simulator import SimulatedBoard
from plotter.task import State, Task
from plotter.ticks import TICK_S
from studio.events import Changed, Event, Measured, Said

T = np.linspace(0, 1, 300)
LOOP = Drawing((np.column_stack([40 + 25 * np.cos(20 * T) * T, 40 + 25 * np.sin(17 * T)]),))
"""One line with bends and corners, some 390 mm."""
SOME = Drawing.of([[(10, 10), (30, 10), (30, 30)], [(12, 20)], [(20, 40), (10, 30), (11, 30)]])
SHEETS = ("sheet",)
FIRMWARES = tuple(map(Firmware.parse, ("2.5.3", "2.6.2", "2.8.1", "3.0.3")))


class Fed:
    """A plotter on a table; plots come and go."""

    def __init__(
        self, drawing: Drawing = LOOP, firmware: Firmware = USUAL, folder: Path | None = None, **options: Any
    ) -> None:
        self.drawing, self.folder = drawing, folder
        self.lines: list[tuple[float, str]] = []
        """What was said to the board, and when."""
        self.simulated = SimulatedBoard(firmware, on_log=self._note, **options)
        self.events: list[Event] = []
        self.job: PlotJob

    def _note(self, at_s: float, _held: Any, line: str, _reply: Any) -> None:
        self.lines.append((at_s, line))

    def begin(self, tasks: Sequence[Task] | None = None, *, resume: bool = False, **options: Any) -> PlotJob:
        """Start a plot, or take up the one in the folder."""
        told: Progress | None = None
        if self.folder is not None:
            told = read_journal(self.folder, SHEETS) if resume else None
            journal = FileJournal(self.folder, SHEETS, background=False)
            weakref.finalize(self, journal.close)
            options["journal"] = journal
        if told is not None:
            options |= {"begin": told.place, "part": told.part}
        board = Board(InProcess(self.simulated))
        board.identify()
        some = tasks or [Task(self.drawing.lines, PlotSettings())]
        self.job = PlotJob(board, some, self.events.append, clock=lambda: self.now_s, **options)
        self.job.start(told)
        return self.job

    @property
    def now_s(self) -> float:
        """The board's time."""
        return self.simulated.now * TICK_S

    def draw(self, until: Callable[[], object] = lambda: False) -> None:
        """Go on until something holds, or the plot draws no more."""
        while self.job.state is State.DRAWING and not until():
            self.job.step()

    def draw_for(self, seconds: float) -> None:
        """Go on for so long."""
        limit_s = self.now_s + seconds
        self.draw(lambda: self.now_s >= limit_s)

    def rest_for(self, seconds: float) -> None:
        """Let time go by while the plot is paused."""
        limit_s = self.now_s + seconds
        while self.job.state is State.PAUSED and self.now_s < limit_s:
            self.simulated.advance(self.simulated.now + 500)
            self.job.step()

    @property
    def error_mm(self) -> float:
        """How far ink and sheet are apart."""
        self.simulated.run_out()
        return ink_error_mm(self.drawing, self.simulated.drawing.lines)

    @property
    def kinds(self) -> set[str]:
        """What the machine did wrong."""
        return {each.kind for each in self.simulated.report.violations}

    @property
    def states(self) -> list[tuple[str, str]]:
        """Each state that was told, and why."""
        return [(event.state, event.why) for event in self.events if isinstance(event, Changed)]

    @property
    def words(self) -> list[str]:
        """What was said to the person."""
        return [event.text for event in self.events if isinstance(event, Said)]

    @property
    def figures(self) -> dict[str, float]:
        """The newest ones."""
        return next(event.values for event in reversed(self.events) if isinstance(event, Measured))
