"""The simulated board's queue of motion, and the command that is being executed."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

from plotter.ebb import EM, L3, LM, LT, SM, ticks_of
from plotter.simulated_plotter import SimulatedPlotter, moves
from plotter.simulated_state import Motion, Pen, Queued, State
from plotter.ticks import Track


@dataclass(slots=True)
class _Running:
    """What is being executed."""

    command: Queued
    start: int
    end: int
    tracks: tuple[Track, Track] | None = None
    drawn: int = 0
    """Ticks of it that the machine has already been told of."""


class MotionQueue:
    """One command is executed, others wait behind it.

    Args:
        state: the board's memory.
        plotter: the machine that it moves.
    """

    def __init__(self, state: State, plotter: SimulatedPlotter) -> None:
        self._state = state
        self._plotter = plotter
        self._running: _Running | None = None
        self._queue: deque[Queued] = deque()

    @property
    def ends(self) -> int | None:
        """When the command that is being executed ends."""
        return None if self._running is None else self._running.end

    @property
    def has_room(self) -> bool:
        """Whether a command can be put in now."""
        return self._running is None or len(self._queue) < self._state.depth

    def put(self, command: Queued, now: int) -> None:
        """Add it, and begin it if nothing else is done."""
        self._queue.append(command)
        if self._running is None:
            self._load(now)

    def end_one(self) -> int:
        """End what is executed, and begin the next; when that was."""
        running = self._running
        assert running is not None
        self._finish(running.end)
        self._load(running.end)
        return running.end

    def settle(self, now: int) -> None:
        """Have the machine draw what it did until now, in the middle of a command too."""
        running = self._running
        if running is not None and running.tracks is not None and now > running.start + running.drawn:
            ticks = now - running.start
            state = self._state
            self._plotter.move(running.tracks, running.start, ticks, state.microstep, running.drawn, state.powered)
            running.drawn = ticks
        else:
            self._plotter.settle(now)

    def motion(self, now: int) -> Motion:
        """What the queries tell of."""
        running, counted = self._running, self._state.counted
        waiting = len(self._queue)
        if running is None or running.tracks is None:
            return Motion(counted, None, 0, running is not None, waiting)
        first, second = running.tracks
        ticks = now - running.start
        position = counted[0] + first.steps_at(ticks), counted[1] + second.steps_at(ticks)
        return Motion(position, running.tracks, ticks, True, waiting)

    def stop(self, now: int, everything: bool) -> tuple[bool, tuple[int, int], tuple[int, int]]:
        """End motion at once: whether there was any, the steps that waited, the steps that were left."""
        running, waited, left = self._running, (0, 0), (0, 0)
        waiting = [each for each in self._queue if isinstance(each, SM | LM | LT | L3)]
        stopped = bool(waiting)
        if waiting:
            waited = abs(waiting[0].steps[0]), abs(waiting[0].steps[1])
        self._queue = deque([] if everything else [each for each in self._queue if each not in waiting])
        if running is not None and running.tracks is not None and (everything or moves(running.tracks)):
            ticks = now - running.start
            rest = [abs(track.total_steps - track.steps_at(ticks)) for track in running.tracks]
            stopped, left = True, (rest[0], rest[1])
            self._finish(now)
            self._load(now)
        elif everything:
            self._running = None
        return stopped, waited, left

    def aim_pen(self, target: int) -> None:
        """Let all that wait for the servo move it there."""
        self._queue = deque(
            replace(each, target=target, up=True) if isinstance(each, Pen) and each.target is not None else each
            for each in self._queue
        )

    def _load(self, now: int) -> None:
        """Begin the next command of the queue."""
        if not self._queue:
            return
        command, state = self._queue.popleft(), self._state
        if isinstance(command, Pen):
            ticks = max(1, command.wait_ticks)
            state.pen_up = state.pen_up if command.up is None else command.up
            if command.target is None:
                self._plotter.rest(now, ticks)
            else:
                self._plotter.set_servo(command.target, command.rate, now, ticks)
            self._running = _Running(command, now, now + ticks)
        elif isinstance(command, EM):
            state.power(command.motor1, command.motor2)
            self._running = _Running(command, now, now + 1)
        else:
            tracks = command.tracks(state.held, state.firmware)
            ticks = ticks_of(tracks)
            if any(command.steps):
                ticks += state.firmware.gap_ticks
                if state.auto_enable:
                    state.powered = (True, True)
            self._running = _Running(command, now, now + ticks, tracks)

    def _finish(self, now: int) -> None:
        """Account for what was executed until now, and end it."""
        self.settle(now)
        running, state = self._running, self._state
        self._running = None
        if running is None or running.tracks is None:
            return
        first, second = running.tracks
        ticks = now - running.start
        state.counted = state.counted[0] + first.steps_at(ticks), state.counted[1] + second.steps_at(ticks)
        state.held = first.accumulator_at(ticks), second.accumulator_at(ticks)
