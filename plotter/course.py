"""The course of a plot: which task it is in, how far along its plan, what is drawn; knows no board and says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from plotter.changes import change
from plotter.drawn import ink_before, ink_of
from plotter.ebb import S2, SM, SP, Command
from plotter.firmware import Firmware
from plotter.journal import Leg
from plotter.plan import Halt, Moment, Plan, make_plan
from plotter.route import Place
from plotter.task import Task

_SOON_S = 0.5
"""A crash is noticed in the journal at most so long after what it tells."""
PEN_MS, PIECE_MS = 150, 20
"""The board waits for the pen so long at most, and for what is left in such pieces: no order comes much later."""
_BRAKING = 12
"""Commands that a stop may have taken beyond those that a plan sent."""


class Course:
    """Goes through tasks, each drawn by one plan or, after stops, by several.

    Args:
        place: what lies before it in the task ``part`` is drawn already.
    """

    def __init__(
        self,
        tasks: Sequence[Task],
        firmware: Firmware,
        part: int = 0,
        place: Place | None = None,
        origin: Place | None = None,
    ) -> None:
        place = Place() if place is None else place
        self.tasks = list(tasks)
        self.part = part
        self.place = place
        """What is drawn of the present part, as of the last rest."""
        self.next = 0
        """The command to send next."""
        self._wait_ms = 0
        """What is left of the wait for the pen, which was sent for."""
        self.spent_s = 0.0
        """Machine time before the present plan, or up to the present rest."""
        self.drawn_mm = 0.0
        """Ink before the present plan, or up to the present rest; lines drawn twice count twice."""
        self.firmware = firmware
        self.rested = Moment(0, 0.0, 0.0, False, place.stroke, 0.0)
        """Where it came to rest last."""
        self.plan = self._make_plan(place)
        self.left_s = self.plan.duration_s
        """At rest: what the present plan has left."""
        self.rested = replace(self.rested, ink_mm=float(self.plan.ink_mm[0]))
        self._task_ink_mm = [ink_of(task.lines) for task in self.tasks]
        origin = place if origin is None else origin
        self._origin_mm = ink_before(self.tasks[0].lines, origin)

    @property
    def task(self) -> Task:
        """The present one."""
        return self.tasks[self.part]

    @property
    def is_last(self) -> bool:
        """Whether no task comes after the present one."""
        return self.part + 1 >= len(self.tasks)

    @property
    def all_sent(self) -> bool:
        """Whether nothing of the present plan is left to send."""
        return self.next == len(self.plan) and not self._wait_ms

    @property
    def leads_to_ink(self) -> bool:
        """Whether what is sent next leads to ink: before it, all must be known to be well."""
        return not self._wait_ms and bool(self.plan.needs_care[self.next])

    def upcoming(self) -> Command:
        """What to send next."""
        if self._wait_ms:
            return SM(min(PIECE_MS, self._wait_ms), 0, 0)
        command = self.plan.command(self.next)
        if isinstance(command, SP | S2 | SM) and command.steps == (0, 0):
            return replace(command, duration_ms=min(PEN_MS, command.duration_ms))
        return command

    def sent(self) -> None:
        """That was sent."""
        if self._wait_ms:
            self._wait_ms -= min(PIECE_MS, self._wait_ms)
            return
        self._wait_ms = max(0, int(self.plan.wait_ms[self.next]) - PEN_MS)
        self.next += 1

    def put(self, x_mm: float, y_mm: float) -> None:
        """The carriage is here."""
        self.rested = replace(self.rested, x_mm=x_mm, y_mm=y_mm)

    def begin(self, place: Place, mark: int) -> Leg:
        """Plan from where the carriage rests, what lies before ``place`` being drawn."""
        self.plan = self._make_plan(place)
        self.next = self._wait_ms = 0
        x, y = self.rested.x_mm, self.rested.y_mm
        return Leg(self.part, place, x, y, self.task.settings, str(self.firmware), mark)

    def back(self, overlap_mm: float) -> Place:
        """Where to go on after a stop: a little before what is drawn, unless nothing was since it last began."""
        return self.place if self.place == self.plan.route.begin else self.place.back(overlap_mm)

    def advance(self) -> None:
        """On to the next task, of which nothing is drawn."""
        self.part, self.place = self.part + 1, Place()
        self.rested = replace(self.rested, stroke=0, ink_mm=0.0)
        self.plan = self._make_plan(self.place)
        self.next, self._wait_ms, self.left_s = 0, 0, self.plan.duration_s

    def halt(self) -> Halt:
        """How to come to rest from here."""
        return self.plan.halt(self.next)

    def halted(self, halt: Halt) -> None:
        """It came to rest like this."""
        since_s = float(self.plan.starts_s[self.next])
        rested = Moment(self.next, halt.x_mm, halt.y_mm, False, halt.place.stroke, halt.ink_mm)
        self._settle(halt.place, rested, since_s + halt.duration_s, self.plan.duration_s - since_s)

    def stranded(self, position_mm: tuple[float, float], done: int) -> None:
        """It came to rest somewhere after ``done`` commands: what is drawn is told by where the carriage is."""
        place = self.plan.find(position_mm, done, self.next + _BRAKING) or self.plan.place(done)
        since_s = float(self.plan.starts_s[done])
        rested = Moment(done, *position_mm, False, place.stroke, self.plan.ink_of(place))
        self._settle(place, rested, since_s, self.plan.duration_s - since_s)

    def find(self, leg: Leg, done: int, position_mm: tuple[float, float]) -> Place | None:
        """What is drawn by the counters of a board that lived on after a leg; None if they do not fit it."""
        if leg.firmware != str(self.firmware) or leg.part >= len(self.tasks):
            return None
        lines = self.tasks[leg.part].lines
        plan = make_plan(lines, leg.settings, self.firmware, start=(leg.x_mm, leg.y_mm), begin=leg.begin)
        soon = int(plan.starts_s.searchsorted(float(plan.starts_s[min(done, len(plan))]) + _SOON_S))
        return plan.find(position_mm, done, soon)

    def inked_mm(self, done: int) -> float:
        """Ink since the plot began, when so many commands of the present plan are done."""
        return self.drawn_mm + float(self.plan.ink_mm[done] - self.plan.ink_mm[0])

    def change(self, values: dict[str, float]) -> None:
        """Other settings, for all that is still to be drawn with the present pen and was set like the present task.

        What the label of another layer says otherwise stays.

        Raises:
            PlotterError: there are none of this name, or not such values; nothing was changed.
        """
        self.tasks = change(self.tasks, self.part, values)

    def figures(self, done: int | None) -> dict[str, float]:
        """Where the pen is, what is drawn, the seconds that are over and left.

        Args:
            done: commands of the present plan that are done; None at rest.
        """
        here, spent_s, left_s = self.rested, self.spent_s, self.left_s
        if done is not None:
            since_s = float(self.plan.starts_s[done])
            here, spent_s, left_s = self.plan.at(since_s), spent_s + since_s, self.plan.duration_s - since_s
        return {
            "seconds": spent_s,
            "remaining_s": left_s + sum(task.duration_s for task in self.tasks[self.part + 1 :]),
            "x_mm": here.x_mm,
            "y_mm": here.y_mm,
            "pen_down": float(here.pen_down),
            "part": float(self.part),
            "parts": float(len(self.tasks)),
            "stroke": float(here.stroke),
            "strokes": float(len(self.task.lines)),
            "ink_mm": here.ink_mm,
            "ink_total_mm": float(self.plan.route.ink_mm[-1]),
            "drawn_mm": self._ink_before_mm(self.part) + here.ink_mm - self._origin_mm,
            "all_mm": self._ink_before_mm(len(self.tasks)) - self._origin_mm,
        }

    def result(self) -> dict[str, float]:
        """Where it came to rest, what was drawn, how long the machine took."""
        return {
            "duration_s": round(self.spent_s, 3),
            "drawn_m": round(self.figures(None)["drawn_mm"] / 1000, 6),
            "x_mm": round(self.rested.x_mm, 4),
            "y_mm": round(self.rested.y_mm, 4),
            "part": self.part,
            "stroke": self.place.stroke,
            "along_mm": round(self.place.along_mm, 4),
        }

    def _ink_before_mm(self, part: int) -> float:
        """Ink of all tasks before this one, each line once."""
        return sum(self._task_ink_mm[:part])

    def _make_plan(self, begin: Place) -> Plan:
        start = self.rested.x_mm, self.rested.y_mm
        return make_plan(self.task.lines, self.task.settings, self.firmware, start=start, begin=begin)

    def _settle(self, place: Place, rested: Moment, spent_s: float, left_s: float) -> None:
        self.drawn_mm += rested.ink_mm - float(self.plan.ink_mm[0])
        self.spent_s += spent_s
        self.left_s, self.place, self.rested = left_s, place, rested
