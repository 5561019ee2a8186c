"""How long four sheets take on the simulated board, beside peers; long lines, many strokes; python benchmarks/plots.py.

Set MONOLINE_DATA to the folder of real drawings. Times are the board's own, with the cost of each command; those of the
peers were measured on the same files, at axicli's speeds, accelerations, corners and lifts. axicli is on no package
registry, so it can't run here.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from drawing.drawing import Drawing
from drawing.svg import read_svg
from plotter.axidraw import PlotSettings
from plotter.board import Board
from plotter.ebb import RP_OF_PIN
from plotter.economy import savings
from plotter.feed import PlotJob
from plotter.firmware import Firmware
from plotter.handling import HANDLINGS
from plotter.in_process import InProcess
from plotter.ink import ink_error_mm
from plotter.optimize import OptimizeSettings, optimise
from plotter.plan import make_plan
from plotter.simulator import SimulatedBoard
from plotter.task import Task

SHEETS = {"a": "a_one_A5", "b": "b_40_A4", "c": "c_140_A3", "d": "d_140single_A3"}
PEERS = {
    "axicli, its default": (74, 2921, 10809, 1751),
    "axicli, best order": (60, 1278, 3550, 1584),
    "saxi's planner at axicli's limits": (58, 1045, 3033, 1417),
    "saxi, its own defaults": (78, 1194, 3267, 2340),
}
"""Seconds for a, b, c and d."""
GOALS = {"b": 1040, "c": 2970, "d": 1420}
OVERLAP = {"raise_early_ms": 60, "lower_early_ms": 60}
ROWS: dict[str, dict[str, float]] = {
    "monoline": {},
    "joins 0.5 mm": {"join_mm": 0.5},
    "short hops": {"hop_mm": 5},
    "overlap": {**OVERLAP},
    "all three": {"join_mm": 0.5, "hop_mm": 5, **OVERLAP},
}
FIRMWARES = ("2.8.1", "3.0.3")


@dataclass(frozen=True)
class Case:
    """A drawing, how it is drawn, on which firmware."""

    name: str
    drawing: Drawing
    settings: PlotSettings
    firmware: str = "2.8.1"


@dataclass(frozen=True)
class Drawn:
    """What came of it."""

    planned_s: float
    simulated_s: float
    starved_ms: float
    error_mm: float
    steps_off: int
    commands: int
    wrong: str


def draw(case: Case) -> Drawn:
    """Draw on the simulated board in virtual time."""
    settings = case.settings
    board = SimulatedBoard(
        Firmware.parse(case.firmware), None, command_cost=True, servo_pin=RP_OF_PIN + settings.pen_lift.pin,
        overlaps=bool(settings.raise_early_ms or settings.lower_early_ms),
    )  # fmt: skip
    wire = Board(InProcess(board))
    wire.identify()
    job = PlotJob(wire, [Task(case.drawing.lines, settings)], lambda _: None)
    job.start()
    planned_s = make_plan(case.drawing.lines, settings, wire.firmware).duration_s
    while not job.ended:
        job.step()
    board.run_out()
    report = board.report
    wrong = Counter(each.kind for each in report.violations)
    steps_off = max(map(abs, board.position))  # it has come home
    return Drawn(
        planned_s, report.duration_s, 1000 * report.starved_s, ink_error_mm(case.drawing, board.drawing.lines),
        steps_off, report.commands, ", ".join(f"{count} {kind}" for kind, count in wrong.items()) or "-",
    )  # fmt: skip


def wiresphere(points: int = 300_000) -> Drawing:
    """Great circles and parallels of a sphere, turned, in chords of 0.05 mm: what an SVG flattened finely holds."""
    rings = 80
    t = np.linspace(0, 2 * np.pi, points // rings)
    lines: list[np.ndarray] = []
    for ring in range(rings):
        tilt = np.pi * ring / rings
        x, y, z = np.cos(t), np.sin(t) * np.cos(tilt), np.sin(t) * np.sin(tilt)
        lines.append(np.column_stack([150 + 30 * x + 12 * z, 110 + 30 * y + 9 * z]))
    return Drawing(tuple(lines))


def many_strokes(count: int = 10_000) -> Drawing:
    """Short strokes in all directions."""
    generator = np.random.default_rng(7)
    starts = np.column_stack([generator.uniform(5, 290, count), generator.uniform(5, 200, count)])
    ends = starts + generator.normal(0, 2.0, (count, 2))
    return Drawing(tuple(np.stack(pair) for pair in zip(starts, ends, strict=True)))


def clock(seconds: float) -> str:
    """As 48:58, or 3:00:09."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"


def main() -> None:
    """Print three tables."""
    pages = Path(os.environ.get("MONOLINE_DATA", "")) / "pages"
    if not pages.is_dir():
        sys.exit("MONOLINE_DATA names no folder with pages")
    raw = {name: read_svg(pages / f"{file}.svg").drawing for name, file in SHEETS.items()}
    ordered = {
        (name, join): optimise(drawing, OptimizeSettings(join_mm=join)).drawing
        for name, drawing in raw.items()
        for join in (0.152, 0.5)
    }
    cases = [
        Case(f"{row}|{name}", ordered[name, values.get("join_mm", 0.152)], PlotSettings.model_validate(values))
        for row, values in ROWS.items()
        for name in SHEETS
    ]
    for each in HANDLINGS[1:]:
        cases += [
            Case(f"{each.name}|{name}", ordered[name, 0.152], each.apply(PlotSettings()), "3.0.3") for name in SHEETS
        ]
    sphere, strokes = wiresphere(), optimise(many_strokes(), OptimizeSettings(join_mm=None, two_opt=False)).drawing
    cases += [Case(f"wiresphere|{version}", sphere, PlotSettings(), version) for version in FIRMWARES]
    cases += [Case(f"10,000 strokes|{version}", strokes, PlotSettings(), version) for version in FIRMWARES]
    with ProcessPoolExecutor() as pool:
        drawn = dict(zip((case.name for case in cases), pool.map(draw, cases), strict=True))
    _times(drawn)
    _economy(ordered)
    _trust(drawn)


def _times(drawn: dict[str, Drawn]) -> None:
    print(f"{'time on the board':<36}" + "".join(f"{name:>10}" for name in SHEETS))
    for name, seconds in PEERS.items():
        print(f"{name:<36}" + "".join(f"{clock(each):>10}" for each in seconds))
    for row in (*ROWS, *(each.name for each in HANDLINGS[1:])):
        times = [drawn[f"{row}|{name}"].simulated_s for name in SHEETS]
        print(f"{row:<36}" + "".join(f"{clock(each):>10}" for each in times))
    best = PEERS["axicli, best order"]
    shares = (drawn[f"monoline|{name}"].simulated_s / peer for name, peer in zip(SHEETS, best, strict=True))
    print(f"{'monoline of axicli, best order':<36}" + "".join(f"{share:>10.3f}" for share in shares))
    goals = (
        f"{drawn[f'monoline|{name}'].simulated_s / goal:>10.3f}" if (goal := GOALS.get(name)) else f"{'':>10}"
        for name in SHEETS
    )
    print(f"{'monoline of its goal':<36}" + "".join(goals))


def _economy(ordered: dict[tuple[str, float], Drawing]) -> None:
    print(
        "\nwhat is spared with all three, each against the plan without it, and what ways of the lifted pen still take"
    )
    for name in SHEETS:
        drawing = ordered[name, 0.5]
        plan = make_plan(drawing.lines, PlotSettings.model_validate(ROWS["all three"]))
        told = ", ".join(f"{each.name} {each.seconds:.0f} s ({each.count:,})" for each in savings(drawing, plan))
        usual = make_plan(ordered[name, 0.152].lines, PlotSettings())
        blocks = usual.blocks.seconds[usual.block[(usual.block >= 0) & ~usual.down]]
        print(f"{name}  {told}; at the usual settings ways take {blocks.sum() / usual.duration_s:.1%} of the time")


def _trust(drawn: dict[str, Drawn]) -> None:
    print(
        f"\n{'':<26}{'planned':>10}{'simulated':>11}{'off by':>9}{'starved':>9}{'ink off':>9}{'steps off':>11}  wrong"
    )
    for name, each in drawn.items():
        off = each.simulated_s / each.planned_s - 1
        print(
            f"{name.replace('|', ' '):<26}{clock(each.planned_s):>10}{clock(each.simulated_s):>11}{off:>9.3%}"
            f"{each.starved_ms:>6.1f} ms{each.error_mm:>6.3f} mm{each.steps_off:>11}  {each.wrong}"
        )


if __name__ == "__main__":
    main()
