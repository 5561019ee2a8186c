"""How long 50,000 motion commands through driver and simulator take, beside a limit: python benchmarks/simulator.py."""

from __future__ import annotations

import time

from plotter.board import Board
from plotter.ebb import LM
from plotter.in_process import InProcess
from plotter.simulator import SimulatedBoard
from plotter.ticks import RATE_PER_STEP_S

LIMIT_S = 5.0
COUNT = 50_000


def main() -> None:
    """Print the time, its share of the limit, and how much faster than a real plotter that is."""
    simulated = SimulatedBoard()
    board = Board(InProcess(simulated))
    board.connect()
    rate = round(2000 * RATE_PER_STEP_S)
    there, back = LM(rate, 20, 300, rate, -20, 300), LM(rate, -20, 30, rate, 20, 30)
    began = time.perf_counter()
    for _ in range(COUNT // 2):
        board.send(there)
        board.send(back)
    board.wait_idle()
    took = time.perf_counter() - began
    speed = simulated.report.duration_s / took
    print(f"{COUNT:,} commands: {took:.2f} s, {took / LIMIT_S:.2f} of the limit; {speed:.0f} times a plotter's speed")


if __name__ == "__main__":
    main()
