"""How long planning takes, beside a limit: python benchmarks/plan.py. How long the plans are: benchmarks/plots.py."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from drawing.geometry import Polyline
from plotter.axidraw import PlotSettings
from plotter.firmware import NEWEST
from plotter.plan import make_plan

LIMIT_S = 2.0
"""For 100,000 points."""
RUNS = 3


def lines() -> dict[str, Polyline]:
    """Lines of many points, of the kinds that are hard on planners."""
    generator = np.random.default_rng(1)
    turns = np.cumsum(generator.normal(0, 0.3, 100_000))
    t = np.linspace(0, 1, 300_000)
    return {
        "wiggle, 0.05 mm": np.cumsum(0.05 * np.column_stack([np.cos(turns), np.sin(turns)]), axis=0) + 150,
        "walk, 2 mm": np.cumsum(generator.normal(0, 1.5, (100_000, 2)), axis=0) + 150,
        "spiral, 0.06 mm": np.column_stack([150 + 140 * t * np.cos(400 * t), 150 + 140 * t * np.sin(400 * t)]),
    }


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    """Print seconds of planning, as ratios."""
    settings = PlotSettings()
    make_plan([np.zeros((2, 2))], settings)  # shapely loads
    for name, line in lines().items():
        planned_s = min(_seconds(lambda line=line: make_plan([line], settings).duration_s) for _ in range(RUNS))
        plan = make_plan([line], settings)
        made_s = _seconds(lambda plan=plan: sum(1 for _ in plan.commands()))
        each_s = planned_s / len(line) * 1e5
        print(
            f"{name:<16} {each_s:.2f} s for 100,000 points, {each_s / LIMIT_S:.2f} of the limit; {len(line):,} points, "
            f"{len(plan):,} commands of {plan.shortest_command_ms:.1f} ms and more, made as objects in {made_s:.2f} s"
        )
    smooth = PlotSettings(jerk_mm_s3=60_000)
    for name, line in lines().items():
        planned_s = min(_seconds(lambda line=line: make_plan([line], smooth, NEWEST).duration_s) for _ in range(RUNS))
        each_s = planned_s / len(line) * 1e5
        print(f"{name:<16} {each_s:.2f} s for 100,000 points, with limited jerk, {each_s / LIMIT_S:.2f} of the limit")


if __name__ == "__main__":
    main()
