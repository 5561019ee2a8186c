"""The feed of a board: hands it a plan command by command, comes to rest inside a line, and goes on from there.

It knows a board and a listener, no process and no files.
"""

from __future__ import annotations

import enum
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from drawing.geometry import Polyline
from plotter.axidraw import Machine, PlotSettings
from plotter.blocks import to_point
from plotter.board import LOW_VOLTAGE_V, Board, PenServo
from plotter.ebb import SP, Command, Firmware
from plotter.errors import PlotterError
from plotter.plan import Moment, make_plan
from plotter.route import Place
from studio.events import Changed, Listener, Measured, Progress, Said

TELL_S = 0.2
"""How often a plot tells where it is."""
_CLEARS_BY_POWER = Firmware(2, 6, 2)
"""From here on switching the motors clears their counters, so that counters other than 0 can be trusted."""
_AHEAD = 2
"""Commands that the board holds when it has just taken one: that one waits, the one before is executed."""


class State(enum.Enum):
    """What a plot is doing."""

    CONNECTING = "connecting"
    DRAWING = "drawing"
    PAUSING = "pausing"
    PAUSED = "paused"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FINISHED = "finished"


class PlotJob:
    """A plot of lines on a board; whoever holds it calls ``start``, then ``step`` until it has ended.

    Args:
        board: identified; ``start`` does the rest.
        lines: in mm from the home corner, in drawing order and direction.
        begin: what lies before it is drawn already.
        overlap_mm: so far back a line is begun anew after a pause inside it.
        machine: how far the carriage can be from home, if that is known.
        clock: tells when to tell; seconds.
    """

    def __init__(
        self,
        board: Board,
        lines: Sequence[Polyline],
        settings: PlotSettings,
        on_event: Listener,
        *,
        begin: Place | None = None,
        overlap_mm: float = 0.0,
        machine: Machine | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.state = State.CONNECTING
        self.place = Place() if begin is None else begin
        """What is drawn, as of the last rest."""
        self._board, self._lines, self._settings, self._on_event = board, lines, settings, on_event
        self._overlap_mm, self._machine, self._clock = overlap_mm, machine, clock
        self._plan = make_plan(lines, settings, board.firmware, begin=self.place)
        self._next = 0
        """The command to send next."""
        self._sent = 0
        self._told_at = clock()
        self._spent_s = 0.0
        """Machine time before the present plan, or up to the present rest."""
        self._left_s = self._plan.duration_s
        """At rest: what the present plan has left."""
        self._rested = Moment(0, 0.0, 0.0, False, self.place.stroke, float(self._plan.ink_mm[0]))
        self._began_mm = self._rested.ink_mm

    @property
    def ended(self) -> bool:
        """Whether there is nothing more to do."""
        return self.state in (State.STOPPED, State.FINISHED)

    def start(self) -> None:
        """Set the board up and begin; the carriage is at home, or where the board's own counters say.

        Raises:
            PlotterError: by its counters the carriage is where it can't be.
        """
        position = self._board.query_position()
        away = position != (0, 0) and self._board.firmware >= _CLEARS_BY_POWER
        x, y = to_point(position)
        if away and self._machine is not None and not self._machine.reaches(x, y, x, y):
            raise PlotterError(
                f"The board counts the carriage at {x:.1f}, {y:.1f} mm, where it can't be. Switch the plotter off and "
                "on, put the carriage home, and begin again."
            )
        self._board.connect(_servo(self._settings), keep_place=away)
        if away:
            self._rested = replace(self._rested, x_mm=x, y_mm=y)
            self._on_event(Said(text=f"The carriage is at {x:.1f}, {y:.1f} mm, not at home; the plot starts there."))
        if (volts := self._board.voltage()) < LOW_VOLTAGE_V:
            self._on_event(Said(text=f"The motors have no power ({volts:.1f} V): plug in the supply.", level="warning"))
        self._go(self.place)

    def step(self) -> None:
        """Hand the board one more command, which takes as long as it has no room; or end."""
        if self.state is not State.DRAWING:
            return
        if self._next == len(self._plan):
            self._rest()
            self._change(State.FINISHED)
            return
        self._send(self._plan.command(self._next))
        self._next += 1
        if self._clock() - self._told_at >= TELL_S:
            self._tell()

    def pause(self) -> None:
        """Slow down along the line, raise the pen and hold."""
        if self.state is State.DRAWING:
            self._change(State.PAUSING)
            self._rest()
            self._change(State.PAUSED)

    def resume(self) -> None:
        """Lower the pen where the line was left, or a little before, and go on."""
        if self.state is State.PAUSED:
            self._go(self.place.back(self._overlap_mm))

    def stop(self) -> None:
        """Slow down along the line, raise the pen, and end there."""
        if self.state is State.DRAWING:
            self._change(State.STOPPING)
            self._rest()
        if not self.ended:
            self._change(State.STOPPED)

    def raise_pen(self) -> None:
        """Pause, and raise the pen whatever is believed of it."""
        self.pause()
        self.lift()

    def lift(self) -> None:
        """Raise the pen without a thought for the line: the last resort after an error."""
        self._board.send(SP(True, self._settings.raise_ms))

    def result(self) -> dict[str, Any]:
        """Where it ended, what was drawn, how long the machine took."""
        here = self._rested
        return {
            "state": "finished" if self.state is State.FINISHED else "stopped",
            "duration_s": round(self._spent_s, 3),
            "drawn_m": round((here.ink_mm - self._began_mm) / 1000, 6),
            "x_mm": round(here.x_mm, 4),
            "y_mm": round(here.y_mm, 4),
            "stroke": self.place.stroke,
            "along_mm": round(self.place.along_mm, 4),
        }

    def _go(self, begin: Place) -> None:
        start = self._rested.x_mm, self._rested.y_mm
        self._plan = make_plan(self._lines, self._settings, self._board.firmware, start=start, begin=begin)
        self._next = 0
        self._change(State.DRAWING)

    def _send(self, command: Command) -> None:
        self._board.send(command)
        self._sent += 1

    def _rest(self) -> None:
        """Come to rest from wherever the plan is, the pen up."""
        halt = self._plan.halt(self._next)
        for command in halt.commands:
            self._send(command)
        self._board.wait_idle()
        since_s = float(self._plan.starts_s[self._next])
        self._spent_s += since_s + halt.duration_s
        self._left_s = self._plan.duration_s - since_s
        self.place = halt.place
        self._rested = Moment(self._next, halt.x_mm, halt.y_mm, False, halt.place.stroke, halt.ink_mm)

    def _change(self, state: State) -> None:
        self.state = state
        self._on_event(Changed(state=state.value))
        self._tell()

    def _tell(self) -> None:
        """Where the pen is, how much is done, how long the rest will take."""
        self._told_at = self._clock()
        plan, here, done_s = self._plan, self._rested, self._spent_s
        left_s = self._left_s
        if self.state in (State.DRAWING, State.PAUSING, State.STOPPING):
            since_s = float(plan.starts_s[max(0, self._next - _AHEAD)])
            here, done_s, left_s = plan.at(since_s), done_s + since_s, plan.duration_s - since_s
        self._on_event(Progress(done=round(done_s, 3), total=round(done_s + left_s, 3), what="plotting"))
        values = {
            "seconds": done_s,
            "remaining_s": left_s,
            "x_mm": here.x_mm,
            "y_mm": here.y_mm,
            "pen_down": float(here.pen_down),
            "stroke": float(here.stroke),
            "strokes": float(len(self._lines)),
            "ink_mm": here.ink_mm,
            "ink_total_mm": float(plan.route.ink_mm[-1]),
        }
        self._on_event(Measured(step=self._sent, values={name: round(value, 4) for name, value in values.items()}))


def _servo(settings: PlotSettings) -> PenServo:
    return PenServo(settings.servo_up, settings.servo_down, settings.servo_raise_rate, settings.servo_lower_rate)
