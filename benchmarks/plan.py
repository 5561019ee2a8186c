"""How long planning takes, and how long the plans are beside those of peers: python benchmarks/plan.py.

Set MONOLINE_DATA to the folder of real drawings for the second part. The peers' times were measured on
the same files with the same limits of speed, acceleration, cornering and pen; axicli is on no package
registry, so it can't run here.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from drawing.geometry import Polyline
from drawing.svg import read_svg
from plotter.axidraw import PlotSettings
from plotter.optimize import OptimizeSettings, optimise
from plotter.plan import make_plan

LIMIT_S = 2.0
"""For 100,000 points."""
RUNS = 3
PEERS = {
    # axicli 3.9.7 in its own best order (-G2), saxi's planner with axicli's limits in saxi's own order; s
    "a_one_A5": (61, 58),
    "b_40_A4": (1287, 1045),
    "c_140_A3": (3589, 3033),
    "d_140single_A3": (1593, 1417),
}


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
    """Print seconds of planning, then seconds of plotting, as ratios."""
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
    stated = os.environ.get("MONOLINE_DATA")
    if not stated:
        print("no pages: MONOLINE_DATA is not set")
        return
    for name, (axicli_s, saxi_s) in PEERS.items():
        drawing = read_svg(Path(stated) / "pages" / f"{name}.svg").drawing
        plan = make_plan(optimise(drawing, OptimizeSettings()).drawing.lines, settings)
        minutes, seconds = divmod(round(plan.duration_s), 60)
        print(
            f"{name:<16} {minutes}:{seconds:02}, {plan.duration_s / axicli_s:.3f} of axicli's, "
            f"{plan.duration_s / saxi_s:.3f} of saxi's at the same limits"
        )


if __name__ == "__main__":
    main()
