"""How far a plot can be trusted: killed at random moments, on boards that go wrong, stopped in real time, fed late.

    python benchmarks/trust.py [--kills 200] [--faults 2000] [--stops 8] [--seed 0]

Kills and faults are in virtual time on the simulated board; stops are in real time, a plot's own process behind a
pseudo terminal. A case is good if the plot came to its end, all ink is within 0.05 mm of the sheet and all of the
sheet is drawn, no more line is drawn twice than the overlap and 250 ms of motion for each interruption, the first
command after it that could move anything raised the pen, and nobody waited 5 s without a word.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from trials import DOUBLED_MM, Trial, fault_trial, kill_trial, loop, strokes  # pyright: ignore[reportMissingImports]

from drawing.drawing import Drawing
from drawing.svg import write_svg
from plotter.axidraw import PlotSettings, find_machine
from plotter.board import Board
from plotter.ebb import Command
from plotter.feed import PlotJob
from plotter.firmware import Firmware
from plotter.in_process import InProcess
from plotter.job import start_plot
from plotter.plan import make_plan
from plotter.ready import ready_sheet
from plotter.simulated_link import PtyLink, serve
from plotter.simulator import SimulatedBoard
from plotter.task import Task
from studio.events import Measured, Started
from studio.runs import Run

USB_S, JITTER_S = 0.002, 0.010
"""Latency of a reply, and what 99 of 100 stay under on top of it."""
PARENT = (
    "import sys, time\nfrom pathlib import Path\nfrom plotter.axidraw import find_machine\n"
    "from plotter.job import start_plot\nfrom plotter.ready import ready_sheet\n"
    "ready = ready_sheet(Path(sys.argv[1]), find_machine('axidraw-v3-a3'))\n"
    "start_plot(Path(sys.argv[2]), ready, port=sys.argv[3])\ntime.sleep(600)\n"
)


def main() -> None:
    """Run all four, and print a table of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--faults", type=int, default=2000)
    parser.add_argument("--stops", type=int, default=8, help="of each kind")
    parser.add_argument("--seed", type=int, default=0)
    told = parser.parse_args()
    with ProcessPoolExecutor() as pool:
        kills = list(pool.map(_kill, range(told.seed, told.seed + told.kills)))
        _table(f"{told.kills} plots killed once, at a random moment", kills, lambda trial: trial.what.split()[0])
        faults = list(pool.map(_fault, range(told.seed, told.seed + told.faults), chunksize=8))
    _table(f"{told.faults} plots on boards that go wrong", faults, _worst_fault)
    if told.stops:
        _stops(told.stops, told.seed)
    _starving(told.seed)


def _kill(seed: int) -> Trial:
    with tempfile.TemporaryDirectory() as folder:
        return kill_trial(seed, _drawing(seed), Path(folder))


def _fault(seed: int) -> Trial:
    with tempfile.TemporaryDirectory() as folder:
        return fault_trial(seed, _drawing(seed), Path(folder))


def _drawing(seed: int) -> Drawing:
    return loop() if seed // 4 % 2 else strokes()


def _worst_fault(trial: Trial) -> str:
    for kind in ("power", "reset", "unplug_byte", "unplug", "stall", "missing", "late", "garbage", "noise", "split"):
        if f"{kind}@" in trial.what:
            return kind
    return "other"


def _table(title: str, trials: list[Trial], group: Callable[[Trial], str]) -> None:
    print(f"\n{title}")
    head = (
        "",
        "cases",
        "good",
        "to the end",
        "in one go",
        "ink mm",
        "twice mm",
        "pen first",
        "silence s",
        "violations",
    )
    print(f"{head[0]:<22}" + "".join(f"{each:>12}" for each in head[1:]))
    groups = [*sorted({group(trial) for trial in trials}), *sorted({trial.firmware for trial in trials}), "all"]
    for name in groups:
        some = [trial for trial in trials if name in (group(trial), trial.firmware, "all")]
        row = (
            len(some),
            sum(trial.good for trial in some),
            sum(trial.finished for trial in some),
            sum(trial.sessions == 1 for trial in some),
            f"{max(trial.ink_error_mm for trial in some):.3f}",
            f"{max(trial.doubled_mm / max(1, trial.kills) for trial in some):.2f}",
            sum(trial.pen_first for trial in some),
            f"{max(trial.longest_silence_s for trial in some):.2f}",
            sum(bool(trial.violations) for trial in some),
        )
        print(f"{name:<22}" + "".join(f"{each:>12}" for each in row))
    print(f"ink: largest distance of ink and sheet, limit 0.05; twice: per interruption, limit {DOUBLED_MM:.2f}")
    for trial in trials:
        if not trial.good:
            print(f"not good: seed {trial.seed}, {trial.firmware}, {trial.what}")


def _stops(count: int, seed: int) -> None:
    """Stop plots in real time, in every way that the process with the port survives."""
    print(f"\n{count} real-time stops of each kind, inside a line, 2.8.1 behind a pseudo terminal")
    print(f"{'':<22}{'pen up on the wire, s (limit 0.25)':>36}{'pen clear of the paper, s (limit 0.4)':>40}")
    chance = random.Random(seed)
    ways: dict[str, Callable[[_Watched], None]] = {
        "pause": lambda watched: watched.run.order("pause"),
        "stop": lambda watched: watched.run.stop(),
        "signal to its process": lambda watched: os.kill(watched.pid, signal.SIGTERM),
        "its parent killed": lambda watched: watched.kill_parent(),
        "the board's button": lambda watched: watched.board.press_button(),
    }
    for name, stop in ways.items():
        measured = [_stop(stop, chance.uniform(0.2, 2.5), parent=name == "its parent killed") for _ in range(count)]
        wires, clears = [wire for wire, _ in measured], [clear for _, clear in measured]
        told = [f"{statistics.median(each):.3f} median, {max(each):.3f} most" for each in (wires, clears)]
        print(f"{name:<22}{told[0]:>36}{told[1]:>40}")


class _Watched:
    """A plot in a process of its own on a simulated board that is served in real time and looked at."""

    def __init__(self, folder: Path, *, parent: bool) -> None:
        self.board = SimulatedBoard(on_log=self._heard)
        self.raised: list[float] = []
        self.cleared: list[float] = []
        self._touched = False
        self._over = threading.Event()
        link = PtyLink(folder / "ttyACM0")
        threading.Thread(target=serve, args=(self.board, link, 1.0, self._looks), daemon=True).start()
        write_svg(folder / "sheet.svg", loop().scale(2), width_mm=200, height_mm=200)
        plot = folder / "plot"
        self._parent: subprocess.Popen[bytes] | None = None
        if parent:
            self._parent = subprocess.Popen(
                [sys.executable, "-c", PARENT, folder / "sheet.svg", plot, link.port],
                cwd=Path(__file__).parents[1],
            )
            while not (plot / "run.json").exists():
                time.sleep(0.01)
            self.run = Run(plot)
        else:
            ready = ready_sheet(folder / "sheet.svg", find_machine("axidraw-v3-a3"))
            self.run = start_plot(plot, ready, port=link.port)
        for event in self.run.follow():
            if isinstance(event, Measured) and event.values["pen_down"]:
                return
        raise SystemExit(f"the plot ended before it began: {self.run.events()[-1]}")

    @property
    def pid(self) -> int:
        return next(event.pid for event in self.run.events() if isinstance(event, Started))

    def kill_parent(self) -> None:
        assert self._parent is not None
        self._parent.kill()
        self._parent.wait()

    def close(self) -> None:
        self.run.stop()
        self.run.wait(20)
        self._over.set()
        if self._parent is not None and self._parent.poll() is None:
            self.kill_parent()

    def _heard(self, _at_s: float, _held_s: float, line: str, _reply: bytes) -> None:
        if line.startswith("SP,1"):
            # told when it was taken; it was said as much earlier as it was held back
            self.raised.append(time.monotonic() - _held_s)

    def _looks(self) -> bool:
        touches = self.board.plotter.touching
        if self._touched and not touches:
            self.cleared.append(time.monotonic())
        self._touched = touches
        return self._over.is_set()


def _stop(stop: Callable[[_Watched], None], after_s: float, *, parent: bool) -> tuple[float, float]:
    """Seconds from the stop to the pen-up command on the wire, and to the pen clear of the paper."""
    with tempfile.TemporaryDirectory() as folder:
        watched = _Watched(Path(folder), parent=parent)
        try:
            time.sleep(after_s)
            before, began = len(watched.raised), time.monotonic()
            stop(watched)
            limit = began + 5
            while (len(watched.raised) == before or not watched.cleared) and time.monotonic() < limit:
                time.sleep(0.002)
            return watched.raised[before] - began, watched.cleared[-1] - began
        finally:
            watched.close()


def _starving(seed: int) -> None:
    """Feed a long line over a wire with latency and jitter, and look whether the motors ever had to wait."""
    print(
        f"\none line, replies late by {USB_S * 1000:g} ms and, 99 of 100 times, by less than {JITTER_S * 1000:g} more"
    )
    print(f"{'firmware':<22}{'commands':>12}{'halts':>12}{'waited ms':>12}{'plan s':>12}{'took s':>12}{'ahead ms':>12}")
    rng = random.Random(seed)
    lines = loop().scale(3).lines
    for version in ("2.5.3", "2.8.1", "3.0.3"):
        firmware = Firmware.parse(version)
        simulated = SimulatedBoard(firmware)
        late = InProcess(simulated, latency=lambda: USB_S + rng.expovariate(math.log(100) / JITTER_S))
        board = Board(late)
        board.identify()
        job = PlotJob(board, [Task(lines, PlotSettings())], lambda _: None)
        job.start()
        most_s, moves = 0.0, 0
        feed = board.feed

        def count(command: Command, feed: Callable[[Command], None] = feed) -> None:
            nonlocal moves
            moves = moves + 1 if any(command.steps) else 0
            feed(command)

        board.feed = count
        while not job.ended:
            job.step()
            if moves > 8:  # while the pen goes up or down nothing else moves
                most_s = max(most_s, board.busy_s)
        report = simulated.report
        waited_ms = (report.duration_s - report.busy_s) * 1000
        plan_s = make_plan(lines, PlotSettings(), firmware).duration_s
        row = (report.commands, report.halts, f"{waited_ms:.1f}", f"{plan_s:.2f}", f"{report.duration_s:.2f}")
        print(f"{version:<22}" + "".join(f"{each:>12}" for each in row) + f"{most_s * 1000:>12.1f}")


if __name__ == "__main__":
    main()
