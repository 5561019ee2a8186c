"""A plot by the official software: started, followed by what it prints, paused and stopped as its manual says.

It draws each part of the plot from a file of its own. Ctrl-C, that is SIGINT, has it pause and save what is drawn into
its output file; from that it goes on. How far it is, and so the ink, is only as exact as its own progress bar.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drawing.drawing import Drawing
from drawing.geometry import Polyline
from drawing.svg import write_svg
from plotter.awake import keep_awake
from plotter.axidraw import Machine, find_machine
from plotter.changes import change
from plotter.drawn import ink_before, ink_of, place_at, rest_of
from plotter.errors import NotReady, PlotterError, PlotterLost
from plotter.journal import FileJournal, Progress, read_journal
from plotter.official import Chosen, Listener, choose, not_taken, options_of, version_of
from plotter.official_process import CAN_PAUSE, LOG, PEN_S, Software, Work
from plotter.parts import digests, read_tasks
from plotter.route import Place
from plotter.task import State, Task
from plotter.telling import TELL_S
from studio.events import Changed, Measured, Ordered, Said
from studio.events import Listener as OnEvent
from studio.events import Progress as Told
from studio.runs import POLL_S, Orders

if TYPE_CHECKING:
    from plotter.job import PlotArguments

PAUSED_CODES, LOST_CODES = (102, 103), (101, 104)
"""Exit codes of a plot that was paused, by the button or the keyboard; of one without a plotter, or that lost it."""
CRASH_OVERLAP_MM = 20.0
"""So far back a line is begun anew where the software has not saved how far it was."""
_UNDER_WAY = 0.03
_QUIET_S = 5.0
"""It draws for certain if it has not ended after this time."""
_PATIENCE_S = 30.0
"""It is ended harder if it does not pause within this time."""


def draw_officially(folder: Path, told: PlotArguments, on_event: OnEvent, orders: Orders) -> dict[str, Any]:
    """The work of a plot's process, by the official software; see plotter.job.run.

    Raises:
        PlotterError: it is not installed, or in its own words.
    """
    machine = find_machine(told.machine)
    chosen = choose(told.port)
    tasks = read_tasks(folder, told.parts, machine)
    sheets = digests(folder, told.parts)
    progress = read_journal(folder, sheets) if told.resume else None
    on_event(Changed(state=State.CONNECTING.value))
    version = version_of(chosen.official)
    on_event(Said(text=f"{chosen.official.name}{f' {version}' if version else ''} draws, {machine.title}"))
    for words in dict.fromkeys(words for task in tasks for words in not_taken(chosen, task.settings)):
        on_event(Said(text=f"{words}.", level="warning"))
    if told.pen or any(part.pen for part in told.parts):
        on_event(Said(text="No ink is counted: the official software draws.", level="warning"))
    journal = FileJournal(folder, sheets)
    with contextlib.ExitStack() as stack:
        stack.enter_context(keep_awake("plotting"))
        stack.callback(journal.close)
        plot = OfficialPlot(folder, told, chosen, machine, tasks, journal, on_event, orders)
        return {"id": folder.name, **plot.run(progress)}


class OfficialPlot:
    """One plot, part by part."""

    def __init__(
        self,
        folder: Path,
        told: PlotArguments,
        chosen: Chosen,
        machine: Machine,
        tasks: Sequence[Task],
        journal: FileJournal,
        on_event: OnEvent,
        orders: Orders,
    ) -> None:
        self._folder, self._told, self._chosen, self._machine = folder, told, chosen, machine
        self._tasks, self._journal, self._on_event, self._orders = list(tasks), journal, on_event, orders
        self._spent_s = self._left_s = 0.0
        self._part, self._ink_mm = 0, 0.0
        """Which part is drawn, and how much of all its lines."""
        self._began_mm = 0.0
        self._told_at = 0.0
        self._software = Software(folder, chosen.official)

    # the way

    def run(self, progress: Progress | None) -> dict[str, Any]:
        """Draw every part, or go on where the journal ends."""
        origin = Place(self._told.stroke, self._told.along_mm)
        self._software.check_at_rest()
        first, place = (0, origin) if progress is None else (progress.part, progress.place)
        self._began_mm = ink_before(self._tasks[0].lines, origin)
        for part in range(first, len(self._tasks)):
            begin = place if part == first else Place()
            self._part, self._ink_mm = part, ink_before(self._tasks[part].lines, begin)
            task = self._tasks[part]
            if part and begin == Place():
                if task.says:
                    self._say(task.says)
                if task.wait and not self._wait(task.wait):
                    return self._result(State.STOPPED)
            if not task.wait and begin == Place():
                self._hold(self._told.parts[part].delay_ms / 1000)
            if not self._draw(begin, resumed=progress is not None and part == first):
                return self._result(State.STOPPED)
        self._change(State.FINISHED)
        return self._result(State.FINISHED)

    def _draw(self, begin: Place, *, resumed: bool) -> bool:
        """Draw the present part; False if it was stopped."""
        source, saved = self._file("sheet"), self._file("saved")
        mode = "res_plot" if resumed and saved.exists() else "plot"
        if mode == "plot":
            lost = resumed and begin != Place()
            begin = begin.back(max(self._told.overlap_mm, CRASH_OVERLAP_MM)) if lost else begin
            self._ink_mm = ink_before(self._lines, begin)
            lines = rest_of(self._lines, begin)
            write_svg(source, Drawing(lines), width_mm=self._machine.width_mm, height_mm=self._machine.height_mm)
            if lost:
                self._say("It has not saved how far it was; it begins a little before.", "warning")
        begun_mm = self._ink_mm
        while True:
            given = source if mode == "plot" else saved
            if mode == "plot":
                self._ink_mm = begun_mm
            self._left_s = self._estimate(given, mode)
            if self._stopping:
                self._journal.rest(self._part, self._place)
                return False
            heard, code = self._plot(given, mode)
            if code in LOST_CODES or (code and not (heard.paused or code in PAUSED_CODES)):
                raise self._failed(heard, code)
            if not code and not heard.paused:
                break
            mode = "res_plot" if self._save() else mode
            self._journal.rest(self._part, self._place)
            if heard.words:
                self._say(heard.words)
            if self._stopping or not self._wait("button" if heard.button else ""):
                return False
        self._ink_mm = ink_of(self._lines)
        last = self._part + 1 == len(self._tasks)
        self._journal.rest(self._part if last else self._part + 1, self._place if last else Place(), finished=last)
        self._tell()
        return True

    def _estimate(self, given: Path, mode: str) -> float:
        """Seconds that it will take, by its own preview; by our plan where it does not tell."""
        words = ["--preview", "--rendering", "0"]
        heard, code = self._software.ask([*self._words(given, mode), *words], give_up=lambda: self._stopping)
        if code and mode == "plot" and not self._stopping:
            raise self._failed(heard, code)
        total_mm = max(1e-9, ink_of(self._lines))
        share = max(0.0, 1.0 - self._ink_mm / total_mm)
        return self._tasks[self._part].duration_s * share if heard.seconds is None else heard.seconds

    def _plot(self, given: Path, mode: str) -> tuple[Listener, int]:
        """Have it draw; returns when it has ended, of itself or because it was asked to pause."""
        self._file("progress").unlink(missing_ok=True)
        words = [*self._words(given, mode), "--progress", "--output_file", str(self._file("progress"))]
        self._change(State.DRAWING)
        before_mm, expected_s, spent_s = self._ink_mm, self._left_s, self._spent_s
        total_mm = ink_of(self._lines)
        began, asked = time.monotonic(), 0.0
        with self._software.at_work(words) as work:
            heard = work.heard
            while True:
                code = work.poll()
                elapsed_s = time.monotonic() - began
                share = heard.share or min(0.99, elapsed_s / max(expected_s, 1.0))
                self._ink_mm = before_mm + (total_mm - before_mm) * share
                self._spent_s = spent_s + elapsed_s
                # once it is well under way its own pace is surer than what it expected
                whole_s = elapsed_s / share if heard.share > _UNDER_WAY else expected_s
                self._left_s = whole_s * (1.0 - share)
                if code is not None:
                    break
                if (heard.share > 0 or elapsed_s > _QUIET_S) and time.monotonic() - self._told_at >= TELL_S:
                    self._tell()
                    self._journal.done(0, self._part, self._place)
                asked = self._obey_while_drawing(work, asked)
                time.sleep(POLL_S)
        if heard.drawn_mm is not None and code:  # its own word is better than its bar
            self._ink_mm = min(total_mm, before_mm + heard.drawn_mm)
        if heard.share > 0 or not code:
            self._tell()
        return heard, code

    def _obey_while_drawing(self, work: Work, asked: float) -> float:
        """Take orders; returns when it was asked to pause, 0 if it was not."""
        pause = self._stopping
        for order in self._orders.take():
            self._on_event(Ordered(order=order.name))
            pause = pause or order.name in ("pause", "pen_up")
            if order.name in ("settings", "pen"):
                self._say("Settings change while the plot is paused; pause it first.", "warning")
        if pause and not asked:
            if not CAN_PAUSE:
                self._say("On Windows only the plotter's button pauses the official software.", "warning")
                return time.monotonic()
            self._change(State.STOPPING if self._stopping else State.PAUSING)
            work.pause()
            return time.monotonic()
        if asked and CAN_PAUSE and time.monotonic() - asked > _PATIENCE_S:
            self._say(f"It does not pause within {_PATIENCE_S:.0f} s, and is ended.", "warning")
            work.terminate()
            return time.monotonic()
        return asked

    def _wait(self, why: str) -> bool:
        """Hold until somebody says to go on; False if they say to stop."""
        self._change(State.PAUSED, why)
        while True:
            if self._stopping:
                return False
            for order in self._orders.take():
                self._on_event(Ordered(order=order.name))
                match order.name:
                    case "resume":
                        return True
                    case "pen_up" | "pen_down":
                        self._move_pen(up=order.name == "pen_up")
                    case "settings":
                        self._set(order.values)
                    case _:
                        pass
            time.sleep(POLL_S)

    def _hold(self, seconds: float) -> None:
        """Wait before a layer that asks for it, unless somebody says to stop."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._stopping:
            time.sleep(POLL_S)

    @property
    def _stopping(self) -> bool:
        if self._orders.parent_gone and not self._told.alone and not self._orders.should_stop():
            self._say("The program that started the plot has gone; the plot stops.", "warning")
            self._orders.stop()
        return self._orders.should_stop()

    def _set(self, values: dict[str, Any]) -> None:
        """Other heights and speeds for all that is still to be drawn with the pen in the clip."""
        try:
            self._tasks = change(self._tasks, self._part, values)
        except PlotterError as error:
            self._say(str(error), "error")
            return
        self._say(f"{', '.join(f'{name} is {value}' for name, value in values.items())} from here on.")

    # the software

    def _words(self, given: Path, mode: str) -> list[str]:
        options = options_of(self._chosen, self._tasks[self._part].settings, self._told.machine)
        fixed = ["--mode", mode, "--reordering", "4", "--no_rotate", "--report_time"]
        return [str(given), *fixed, *options, *self._told.options]

    def _move_pen(self, *, up: bool) -> None:
        """Raise or lower the pen, whatever becomes of it."""
        options = options_of(self._chosen, self._tasks[self._part].settings, self._told.machine)
        heard, code = self._software.ask([*self._chosen.official.pen(up=up), *options, *self._told.options], PEN_S)
        if code:
            self._say(f"The pen was not moved. {heard.words}".strip(), "warning")

    def _failed(self, heard: Listener, code: int) -> PlotterError:
        name = self._chosen.official.name
        words = f"{name} ended with code {code}: {heard.words or f'{self._folder / LOG} may tell why.'}"
        if heard.share == 0:
            return NotReady(words)
        self._save()
        self._journal.rest(self._part, self._place)
        with contextlib.suppress(PlotterError):
            self._move_pen(up=True)
        return PlotterLost(f"{words} The pen may still be on the paper: lift it by hand. The plot holds its place.")

    def _save(self) -> bool:
        """Put aside what it has saved of where it is; False if it has not."""
        if not self._file("progress").exists():
            return False
        self._file("progress").replace(self._file("saved"))
        return True

    def _file(self, what: str) -> Path:
        return self._folder.resolve() / f"official-{self._part + 1}-{what}.svg"

    # what is told

    @property
    def _lines(self) -> Sequence[Polyline]:
        return self._tasks[self._part].lines

    @property
    def _place(self) -> Place:
        return place_at(self._lines, self._ink_mm)

    def _say(self, text: str, level: str = "info") -> None:
        self._on_event(Said(text=text, level=level))

    def _change(self, state: State, why: str = "") -> None:
        self._on_event(Changed(state=state.value, why=why))

    def _tell(self) -> None:
        self._told_at = time.monotonic()
        before = sum(ink_of(task.lines) for task in self._tasks[: self._part])
        every = sum(ink_of(task.lines) for task in self._tasks)
        later_s = sum(task.duration_s for task in self._tasks[self._part + 1 :])
        values = {
            "seconds": self._spent_s,
            "remaining_s": self._left_s + later_s,
            "part": float(self._part),
            "parts": float(len(self._tasks)),
            "ink_mm": self._ink_mm,
            "ink_total_mm": ink_of(self._lines),
            "drawn_mm": before + self._ink_mm - self._began_mm,
            "all_mm": every - self._began_mm,
        }
        total_s = round(self._spent_s + values["remaining_s"], 3)
        self._on_event(Told(done=round(self._spent_s, 3), total=total_s, what="plotting"))
        self._on_event(Measured(step=0, values={name: round(value, 4) for name, value in values.items()}))

    def _result(self, state: State) -> dict[str, Any]:
        before = sum(ink_of(task.lines) for task in self._tasks[: self._part])
        place = self._place
        return {
            "state": state.value,
            "official": self._chosen.official.name,
            "duration_s": round(self._spent_s, 3),
            "drawn_m": round((before + self._ink_mm - self._began_mm) / 1000, 6),
            "part": self._part,
            "stroke": place.stroke,
            "along_mm": round(place.along_mm, 4),
        }
