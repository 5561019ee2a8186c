"""Plots that are killed, and boards that go wrong, in virtual time: what the paper looks like in the end.

Used by the tests for some cases, and by benchmarks/trust.py for all of them.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from drawing.drawing import Drawing
from plotter.axidraw import PlotSettings
from plotter.board import Board
from plotter.care import motors
from plotter.errors import JournalError, PlaceUnknown, PlotterError, PlotterLost, PlotterNotFound, UnknownBoard
from plotter.feed import PlotJob
from plotter.firmware import Firmware
from plotter.in_process import InProcess
from plotter.ink import ink_error_mm
from plotter.journal import FileJournal, Progress, read_journal
from plotter.meeting import lived
from plotter.plan import make_plan
from plotter.simulated_faults import Faults
from plotter.simulator import SimulatedBoard
from plotter.task import State, Task
from plotter.ticks import TICK_S, TICKS_PER_S
from studio.events import Event, Said

SETTINGS = PlotSettings()
OVERLAP_MM = 1.0
DOUBLED_MM = OVERLAP_MM + 0.25 * SETTINGS.speed_down_mm_s
"""Line drawn twice after a kill, at most: the overlap and 250 ms of motion."""
KINDS = ("process", "process", "cable", "power")
"""Half of the kills are of the process, a quarter are of the cable, a quarter of the board's power."""
FIRMWARES = tuple(map(Firmware.parse, ("2.5.3", "2.6.2", "2.8.1", "3.0.3")))
MOTION = ("SM", "XM", "LM", "LT", "L3", "T3", "TD", "HM", "SP", "TP", "S2", "EM")
MOST_TRIES = 12


class Killed(BaseException):
    """The process that plots is no more; nothing of it is done any more."""


class Mortal(InProcess):
    """A wire at whose board something happens at a tick."""

    def __init__(self, board: SimulatedBoard, kind: str = "", tick: int = 1 << 60) -> None:
        super().__init__(board)
        self.kind, self.tick = kind, tick

    def write(self, data: bytes) -> None:
        self._strike(0.0)
        super().write(data)

    def read(self, timeout_s: float) -> bytes:
        self._strike(timeout_s)
        return super().read(timeout_s)

    def _strike(self, timeout_s: float) -> None:
        board = self.board
        event = board.next_event()
        until = board.now + max(1, round(timeout_s * TICKS_PER_S))
        if self.tick > (until if event is None else min(event, until)):
            return
        board.advance(max(board.now, self.tick))
        self.tick = 1 << 60
        if self.kind == "process":
            raise Killed
        if self.kind == "power":
            board.power_off()
        else:
            board.pull_cable()


@dataclass
class Trial:
    """What came of it."""

    seed: int
    firmware: str
    what: str
    kills: int
    sessions: int
    finished: bool
    ink_error_mm: float
    doubled_mm: float
    """Line drawn more than once."""
    pen_first: bool
    """Whether the first command after each interruption that could move anything raised the pen."""
    longest_silence_s: float
    """Between two words to the person, or from the last command to one."""
    violations: tuple[str, ...]
    words: list[str] = field(default_factory=list[str])

    @property
    def good(self) -> bool:
        return (
            self.finished
            and self.ink_error_mm <= 0.05
            and self.doubled_mm <= self.kills * DOUBLED_MM + 0.5
            and self.pen_first
            and self.longest_silence_s <= 5
        )


class Table:
    """A plotter with paper on it, and the person beside it."""

    def __init__(self, drawings: Sequence[Drawing], firmware: Firmware, folder: Path, faults: Faults | None) -> None:
        self.lines: list[str] = []
        self.board = SimulatedBoard(
            firmware, faults=faults, on_log=lambda _at, _held, line, _reply: self.lines.append(line)
        )
        self.tasks = [Task(drawing.lines, SETTINGS) for drawing in drawings]
        self.folder = folder
        self.events: list[Event] = []
        self.silence_s, self.spoke_s = 0.0, 0.0
        self.pen_first = True

    def hear(self, event: Event) -> None:
        """The person hears something."""
        self.events.append(event)
        now = self.board.now * TICK_S
        self.silence_s = max(self.silence_s, now - self.spoke_s)
        self.spoke_s = now

    def session(self, kind: str = "", tick: int = 1 << 60, *, resume: bool) -> PlotJob | None:
        """Plot until it ends or something ends it; the job if it ended by itself, None if all is drawn already."""
        before = len(self.lines)
        self.spoke_s = self.board.now * TICK_S
        progress = read_journal(self.folder, ("sheet",)) if resume else None
        if progress is not None and progress.finished:
            return None
        at_home = self._look(progress) if progress is not None else True
        board = Board(Mortal(self.board, kind, tick))
        journal = FileJournal(self.folder, ("sheet",), background=False)
        try:
            board.identify()
            job = PlotJob(
                board, self.tasks, self.hear, journal=journal, overlap_mm=OVERLAP_MM,
                clock=lambda: self.board.now * TICK_S,
                begin=None if progress is None else progress.place, part=0 if progress is None else progress.part,
            )  # fmt: skip
            try:
                job.start(progress, at_home=at_home)
                while not job.ended:
                    if job.state is State.PAUSED:
                        job.resume()
                    job.step()
            except PlotterError:
                if not self.board.unplugged:
                    board.last_word(job.raise_ms)
                raise
            return job
        finally:
            journal.close()
            if resume:
                moved = [line for line in self.lines[before:] if line.partition(",")[0].upper() in MOTION]
                self.pen_first &= not moved or moved[0].startswith("SP,1")
            self.hear(Said(text="end of session"))

    def _look(self, progress: Progress) -> bool:
        """Before going on, the person asks the board where its carriage is, and puts it home if it can't tell."""
        board = Board(InProcess(self.board))
        board.identify()
        if lived(board, progress):
            return False
        motors(board, False)
        self.board.put_home()
        return True

    def help(self, *, reset: bool) -> None:
        """The person sees to the machine: power, cable, and the carriage where it is lost."""
        board = self.board
        board.run_out()
        reset = reset or not board.powered
        if board.unplugged and not reset:
            board.plug_in()
        if reset:
            if not board.unplugged:
                board.power_off()
            board.put_home()
            board.power_on()


def kill_trial(seed: int, drawing: Drawing, folder: Path, kills: int = 1) -> Trial:
    """Plot, be killed at random moments, go on each time; by seed."""
    chance = random.Random(seed)
    firmware = FIRMWARES[seed % len(FIRMWARES)]
    table = Table([drawing], firmware, folder, None)
    whole_s = make_plan(drawing.lines, SETTINGS, firmware).duration_s
    what, sessions = [], 0
    job = None
    for _ in range(kills):
        kind = KINDS[chance.randrange(len(KINDS))] if kills > 1 else KINDS[seed // len(FIRMWARES) % len(KINDS)]
        tick = table.board.now + round(chance.uniform(0.0, whole_s) * TICKS_PER_S)
        what.append(f"{kind} at {tick * TICK_S:.2f} s")
        try:
            job = table.session(kind, tick, resume=sessions > 0 and (folder / "journal.jsonl").stat().st_size > 200)
            sessions += 1
            break
        except Killed:
            table.board.run_out()
        except PlotterError:
            table.help(reset=kind == "power")
        sessions += 1
    while (job is None or job.state is not State.FINISHED) and sessions < MOST_TRIES:
        job = _go_on(table)
        sessions += 1
    return _judge(seed, table, [drawing], "; ".join(what), kills, sessions, job)


def fault_trial(seed: int, drawing: Drawing, folder: Path, faults: Faults | None = None) -> Trial:
    """Plot on a board that goes wrong, and go on after what it can't get over by itself; by seed."""
    chance = random.Random(seed)
    firmware = FIRMWARES[seed % len(FIRMWARES)]
    faults = faults or draw_faults(chance)
    table = Table([drawing], firmware, folder, faults)
    sessions, resumed, job = 0, False, None
    while (job is None or job.state is not State.FINISHED) and sessions < MOST_TRIES:
        sessions += 1
        try:
            job = table.session(resume=resumed)
        except PlaceUnknown:
            table.help(reset=True)
        except (UnknownBoard, PlotterNotFound):
            table.help(reset=table.board.unplugged and chance.random() < 0.3)
        except PlotterLost:
            table.help(reset=False)
        except JournalError:
            resumed = False
            continue
        except PlotterError:
            table.help(reset=False)
        resumed = _has_begun(folder)
    return _judge(seed, table, [drawing], str(faults), sessions, sessions, job)


def draw_faults(chance: random.Random) -> Faults:
    """Some of everything that a wire and a board can do wrong."""
    passing = ("garbage", "split", "late", "missing", "stall", "noise")
    kinds = [passing, ("reset",), ("unplug",), ("power",), (*passing, "reset", "unplug"), ("button",)][
        chance.choice((0, 0, 0, 1, 2, 3, 4, 5))
    ]
    faults = Faults.random(chance.randrange(1 << 30), chance.randint(1, 5 if len(kinds) > 1 else 2), 700, kinds)
    extra = chance.choice(("", "", "future@0", "half@0", f"unplug_byte@{chance.randint(1, 4000)}"))
    return Faults((*faults.every, *Faults.parse(extra).every))


def _has_begun(folder: Path) -> bool:
    try:
        return read_journal(folder).leg is not None
    except JournalError:
        return False


def _go_on(table: Table) -> PlotJob | None:
    if not _has_begun(table.folder):
        return table.session(resume=False)
    return table.session(resume=True)


def _judge(
    seed: int, table: Table, drawings: Sequence[Drawing], what: str, kills: int, sessions: int, job: PlotJob | None
) -> Trial:
    board = table.board
    board.run_out()
    wanted = drawings[0]
    ink = board.drawing.lines
    return Trial(
        seed,
        str(FIRMWARES[seed % len(FIRMWARES)]),
        what,
        kills,
        sessions,
        job is not None and job.state is State.FINISHED,
        ink_error_mm(wanted, ink),
        board.report.ink_m * 1000 - wanted.ink,
        table.pen_first,
        table.silence_s,
        tuple(sorted({each.kind for each in board.report.violations})),
        [event.text for event in table.events if isinstance(event, Said)],
    )


def loop() -> Drawing:
    """One line of some 390 mm with bends, corners and crossings."""
    t = np.linspace(0, 1, 300)
    return Drawing((np.column_stack([40 + 25 * np.cos(20 * t) * t, 40 + 25 * np.sin(17 * t)]),))


def strokes() -> Drawing:
    """Some strokes, a dot and corners among them."""
    t = np.linspace(0, 6, 80)
    return Drawing.of(
        [
            [(10, 10), (30, 10), (30, 30)],
            [(12, 20)],
            [(20, 40), (10, 30), (11, 30)],
            np.column_stack([40 + 3 * t, 20 + 8 * np.sin(3 * t)]).tolist(),
            [(50, 40), (70, 42), (50, 44), (70, 46), (50, 48)],
        ]
    )
