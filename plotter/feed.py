"""The feed of a board: hands it a plan command by command, comes to rest inside a line, and goes on from there.

It knows a board, a journal and a listener, no process and no files.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from plotter.axidraw import Machine
from plotter.board import Board
from plotter.course import Course
from plotter.errors import CommandRejected, GarbledReply, PlaceUnknown, PlotterError, PlotterLost, PlotterSilent
from plotter.journal import Journal, NoJournal, Progress
from plotter.meeting import meet, meet_again, servo
from plotter.route import Place
from plotter.task import Ink, InkMeter, State, Task
from plotter.telling import Telling
from plotter.watch import Watch
from studio.events import Listener

NOTE_S = 0.08
"""How often it writes that down; board time."""
TRIES = 4
"""So often in a row the board may answer wrong at the same place before the plot is given up."""
_AHEAD = 2
"""Commands that the board holds when it has just taken one: that one waits, the one before is executed."""
_WRONG = (CommandRejected, GarbledReply, PlotterSilent)
"""What can be set right by asking the board where it is."""


class PlotJob:
    """A plot of one or more tasks on a board; whoever holds it calls ``start``, then ``step`` until it has ended.

    Args:
        board: identified; ``start`` does the rest.
        begin: what lies before it is drawn already.
        part: number of the task that ``begin`` is in.
        origin: where the plot began, in the first task, if it is taken up now.
        overlap_mm: so far back a line is begun anew after a stop inside it.
        machine: how far the carriage can be from home, if that is known.
        ink: of the pen, if it is counted.
        clock: tells when to tell; seconds.
    """

    def __init__(
        self,
        board: Board,
        tasks: Sequence[Task],
        on_event: Listener,
        *,
        begin: Place | None = None,
        part: int = 0,
        origin: Place | None = None,
        overlap_mm: float = 0.0,
        machine: Machine | None = None,
        journal: Journal | None = None,
        ink: Ink | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.state, self._why = State.CONNECTING, ""
        self._course = Course(tasks, board.firmware, part, begin, origin)
        self._board, self._machine, self._overlap_mm = board, machine, overlap_mm
        self._telling = Telling(on_event, clock)
        self._meter = InkMeter(ink)
        self._journal: Journal = NoJournal() if journal is None else journal
        self._sent, self._noted_s = 0, 0.0
        self._watch: Watch | None = None
        self._mark = self._well = self._fails = 0
        self._sure = self._course.place
        """What was drawn for certain when all was well last."""
        self._failed_at: tuple[int, Place] | None = None

    @property
    def ended(self) -> bool:
        """Whether there is nothing more to do."""
        return self.state in (State.STOPPED, State.FINISHED)

    @property
    def raise_ms(self) -> int:
        """Time for the pen to come up."""
        return self._course.task.settings.raise_ms

    @property
    def place(self) -> Place:
        """What is drawn of the present part, as of the last rest."""
        return self._course.place

    def start(self, told: Progress | None = None, *, at_home: bool = True) -> None:
        """Set the board up and begin; the carriage is at home, or where the board's own counters say.

        Args:
            told: by the journal of the plot that is taken up. If the board has lived since, its counters say where
                the carriage is and what is drawn; if not, the carriage was put home, and the journal says.
            at_home: the carriage was put home, should the board not know where it is.

        Raises:
            NotReady: the motors have no power.
            PlaceUnknown: the board does not know it, and the carriage was not put home.
        """
        course = self._course
        met = meet(self._board, course.task.settings, self._machine, told, self._journal.mark, at_home=at_home)
        self._mark, self._watch = met.mark, met.watch
        course.put(*met.position_mm)
        self._sure = course.place
        if told is None:
            if (at := met.position_mm) != (0.0, 0.0):
                self._telling.say(f"The carriage is at {at[0]:.1f}, {at[1]:.1f} mm from home; it sets out from there.")
            self._go(course.place)
            return
        leg = told.leg
        if met.lived and not met.moved and leg is not None and not told.resting:
            self._sure = course.place = course.find(leg, told.index, met.position_mm) or told.place
        if course.part and told.resting and course.place == Place():
            self._begin_part()  # what a person was to see to may be undone
            return
        new = leg is None or course.place != leg.begin
        self._go(course.place.back(self._overlap_mm) if new else course.place)

    def step(self) -> None:
        """Hand the board one more command, which takes as long as it has no room; or end.

        Raises:
            PlaceUnknown: the board has lost its power or its memory.
            PlotterLost: it is gone, or makes no sense any more.
        """
        if (watch := self._watch) is not None and self.state is State.PAUSED:
            self._look_at_rest(watch)
        if watch is None or self.state is not State.DRAWING:
            return
        course, done, decisive = self._course, self._done, self._course.all_sent or self._course.leads_to_ink
        try:
            watch.look(all_now=decisive)
            if decisive:
                self._board.settle()  # no pen comes down, and nothing is done, where nobody knows of a reset
                self._check(watch)
            if not course.all_sent:
                self._board.feed(course.upcoming())
        except _WRONG as error:
            self._regain(error, done)
            self._go(course.back(self._overlap_mm))
            return
        if course.all_sent:
            self._end_part()
            return
        course.sent()
        self._sent += 1
        self._check(watch)
        if self._board.transport.now_s() - self._noted_s >= NOTE_S and not self._note():
            self.pause("refill")
        elif watch.pressed():
            self.pause("button")
        elif self._telling.is_due:
            self._tell()

    # orders

    def pause(self, why: str = "") -> None:
        """Slow down along the line, raise the pen and hold."""
        if self.state is State.DRAWING:
            self._change(State.PAUSING, why)
            self._rest()
            self._change(State.PAUSED, why)

    def resume(self, *, refilled: bool = False) -> None:
        """Lower the pen where the line was left, or a little before, and go on.

        Args:
            refilled: the pen has a new filling; else one that should be empty is not asked for again.
        """
        if self.state is State.PAUSED:
            self._meter.go_on(filled=refilled)
            self._go(self._course.back(self._overlap_mm))

    def stop(self) -> None:
        """Slow down along the line, raise the pen, and end there."""
        if self.state is State.DRAWING:
            self._change(State.STOPPING)
            self._rest()
        elif self.state is State.PAUSED:
            self.lift()
        if not self.ended:
            self._change(State.STOPPED)

    def raise_pen(self) -> None:
        """Pause, and raise the pen whatever is believed of it."""
        self.pause()
        self.lift()

    def lower_pen(self) -> None:
        """While paused: put the pen on the paper, to clip another one in or to see its height."""
        if self.state is State.PAUSED:
            self._surely(lambda: self._board.pen_down(self._course.task.settings.lower_ms))

    def lift(self) -> None:
        """Raise the pen without a thought for the line."""
        self._surely(lambda: self._board.pen_up(self.raise_ms))

    def take_pen(self, find_ink: Callable[[], Ink]) -> None:
        """While paused: another pen is in the clip; it is looked for once the ink of the last is written down."""
        self._meter.settle(self._course.drawn_mm)
        self._meter = InkMeter(find_ink(), self._course.drawn_mm)

    def change(self, **values: float) -> None:
        """While paused: other heights, speeds, times; they hold for the pen in the clip."""
        if self.state is not State.PAUSED:
            self._telling.say("Settings change while the plot is paused; pause it first.", "warning")
            return
        try:
            self._course.change(values)
        except PlotterError as error:
            self._telling.say(str(error), "error")
            return
        self._journal.begin(self._course.begin(self._course.back(self._overlap_mm), self._mark))
        self._journal.rest(self._course.part, self._course.place)
        self._surely(lambda: self._board.set_servo(servo(self._course.task.settings)))
        self.lift()
        self._telling.say(f"{', '.join(f'{name} is {value:g}' for name, value in values.items())} from here on.")

    def result(self) -> dict[str, Any]:
        """Where it ended, what was drawn, how long the machine took."""
        state = State.FINISHED if self.state is State.FINISHED else State.STOPPED
        return {"state": state.value, **self._course.result()}

    # the way

    @property
    def _done(self) -> int:
        """Commands of the plan that are done for certain."""
        return max(0, self._course.next - self._board.untaken - _AHEAD)

    def _go(self, begin: Place) -> None:
        self._journal.begin(self._course.begin(begin, self._mark))
        self._noted_s = self._board.transport.now_s()
        self._change(State.DRAWING)

    def _end_part(self) -> None:
        course = self._course
        if course.is_last:
            self._rest(finished=True)
            self._change(State.FINISHED)
            return
        self._rest()
        course.advance()
        self._sure = course.place
        self._journal.rest(course.part, course.place)
        self._surely(lambda: self._board.set_servo(servo(course.task.settings)))
        self._begin_part()

    def _begin_part(self) -> None:
        """Draw a part from its start, once a person has seen to what it waits for."""
        course = self._course
        if course.task.says:
            self._telling.say(course.task.says)
        if course.task.wait:
            self._change(State.PAUSED, course.task.wait)
        else:
            self._go(course.place)

    def _rest(self, *, finished: bool = False) -> None:
        """Come to rest from wherever the plan is, the pen up."""
        course, done = self._course, self._done
        halt = course.halt()
        try:
            for command in halt.commands:
                self._board.feed(command)
                self._sent += 1
            self._board.settle()
            self._board.wait_idle()
        except _WRONG as error:
            self._regain(error, done)
        else:
            course.halted(halt)
        self._meter.settle(course.drawn_mm)
        self._journal.rest(course.part, course.place, finished=finished)

    def _regain(self, error: PlotterError, done: int) -> None:
        """After an answer that was none: bring the board to rest, the pen up, and find out where that is.

        Args:
            done: commands that were done for certain before; what was said since may not have been heard.

        Raises:
            PlaceUnknown, PlotterLost: it can't be found out.
        """
        course = self._course
        at = course.part, course.plan.place(done)
        self._fails = self._fails + 1 if at == self._failed_at else 1
        self._failed_at = at
        while True:
            if self._fails > TRIES:
                raise PlotterLost(f"{error} It was asked {TRIES} times.") from error
            self._telling.say(f"{error} Asking where it is.", "warning")
            try:
                position_mm = meet_again(self._board, self._mark, course.task.settings)
                break
            except _WRONG as again:
                error, self._fails = again, self._fails + 1
            except PlaceUnknown as reset:
                raise self._lose(str(reset)) from error
        course.stranded(position_mm, done)
        self._meter.count(course.drawn_mm)
        self._journal.rest(course.part, course.place)

    # the watch

    def _note(self) -> bool:
        """Write down how far it is; whether there is still ink."""
        self._noted_s = self._board.transport.now_s()
        course, done = self._course, self._done
        self._journal.done(done, course.part, course.plan.place(done))
        return self._meter.count(course.inked_mm(done))

    def _check(self, watch: Watch, *, at_rest: bool = False) -> None:
        if watch.wrong:
            raise self._lose(watch.wrong)
        if watch.well != self._well:
            self._well = watch.well
            self._sure = self._course.place if at_rest else self._course.plan.place(self._done)

    def _lose(self, reason: str) -> PlaceUnknown:
        """Nobody knows where the carriage is; what is drawn is what was drawn when all was well."""
        self._course.place = self._sure
        self._journal.rest(self._course.part, self._sure, lost=True)
        return PlaceUnknown(
            f"{reason} The plot holds its place in line {self._sure.stroke + 1}: put the carriage home by hand, which "
            "monoline motors off lets go, then take the plot up again."
        )

    def _look_at_rest(self, watch: Watch) -> None:
        """While nothing moves: is the board there, is its button pressed?"""
        watch.look()
        self._surely(self._board.settle)
        self._check(watch, at_rest=True)
        if watch.pressed():
            self.resume(refilled=self._why == "refill")

    def _surely(self, act: Callable[[], None]) -> None:
        """Do something at rest, and once more if the answer is none."""
        try:
            act()
        except _WRONG as error:
            self._telling.say(f"{error} Asking where it is.", "warning")
            try:
                self._course.put(*meet_again(self._board, self._mark, self._course.task.settings))
            except PlaceUnknown as reset:
                raise self._lose(str(reset)) from error
            act()

    def _change(self, state: State, why: str = "") -> None:
        self.state, self._why = state, why
        self._telling.change(state, why)
        self._tell()

    def _tell(self) -> None:
        moves = self.state in (State.DRAWING, State.PAUSING, State.STOPPING)
        self._telling.figures(self._course.figures(self._done if moves else None), self._sent)
