"""What the simulated machine draws, and what it complains of."""

from __future__ import annotations

import ast
import math
import re
from pathlib import Path

import numpy as np
import pytest

from drawing.drawing import Drawing
from plotter.ebb import LM, SC, SM, SP, Command
from plotter.firmware import USUAL, Firmware
from plotter.in_process import InProcess
from plotter.simulator import SimulatedBoard
from plotter.ticks import TICKS_PER_MS

SERVO = [SC(4, 20641), SC(5, 15248), SC(11, 1618), SC(12, 1079)]
UP, DOWN = SP(True, 130), SP(False, 146)


def draw(
    commands: list[Command], firmware: Firmware = USUAL, travel_mm: tuple[float, float] | None = (430.0, 297.0)
) -> SimulatedBoard:
    """A board that has done this without a rest, the pen up before."""
    board = SimulatedBoard(firmware, travel_mm)
    board.receive("".join(f"{command.text}\r" for command in [*SERVO, UP, *commands]).encode())
    board.run_out()
    return board


def kinds(board: SimulatedBoard) -> list[str]:
    return [each.kind for each in board.report.violations]


def points(drawing: Drawing) -> list[list[tuple[float, float]]]:
    return [[tuple(point) for point in line.tolist()] for line in drawing.lines]


SQUARE = [SM(400, 1600, 1600), SM(400, 1600, -1600), SM(400, -1600, -1600), SM(400, -1600, 1600)]


def test_a_square_is_inked_in_mm_with_its_corners_alone() -> None:
    board = draw([SM(200, 1600, 0), DOWN, *SQUARE, UP, SM(200, -1600, 0)])
    assert points(board.drawing) == [[(10, 10), (30, 10), (30, 30), (10, 30), (10, 10)]]
    report = board.report
    assert (report.ink_m, report.travel_m, report.lifts) == (
        pytest.approx(0.08),
        pytest.approx(2 * math.hypot(10, 10) / 1000),
        1,
    )
    assert report.violations == []
    assert board.plotter.place_mm == (0, 0)


def test_accelerating_along_a_line_adds_no_points() -> None:
    board = draw([DOWN, LM(5_000_000, 800, 20_000, 2_500_000, 400, 10_000), UP])
    assert points(board.drawing) == [[(0, 0), (7.5, 2.5)]]


def test_a_move_that_bends_is_told_with_points_near_its_true_path() -> None:
    # axis 1 slows down while axis 2 speeds up: a parabola
    move = LM(200_000_000, 1200, -7_000, 20_000_000, 1200, 14_000)
    board = draw([DOWN, move, UP])
    (line,) = board.drawing.lines
    first, second = move.tracks((0, 0), USUAL)
    true = [
        ((first.steps_at(tick) + second.steps_at(tick)) / 160, (first.steps_at(tick) - second.steps_at(tick)) / 160)
        for tick in range(0, move.ticks, 10)
    ]
    assert 5 < len(line) < 60
    assert max(_distance(np.array(point), line) for point in true) < 0.02
    assert max(_distance(np.array(point), line[[0, -1]]) for point in true) > 1  # it does bend


def test_motors_that_end_at_different_times_leave_a_corner() -> None:
    board = draw([DOWN, LM(85_899_346, 500, 0, 85_899_346, 250, 0), UP])
    (line,) = board.drawing.lines
    corner = line[1]
    assert len(line) == 3
    assert corner == pytest.approx((250 / 80, 0), abs=0.02)


def test_a_pen_that_comes_down_and_up_in_one_place_leaves_a_dot() -> None:
    board = draw([SM(200, 800, 800), DOWN, UP, SM(100, 400, 400), DOWN, SM(64, 160, 160), UP])
    assert points(board.drawing) == [[(10, 0)], [(15, 0), (17, 0)]]
    assert board.report.lifts == 2


def test_moving_while_the_pen_comes_down_is_told_and_inks_from_where_it_touches() -> None:
    board = draw([SP(False, 0), SM(400, 1600, 1600), UP])
    assert kinds(board) == ["early_ink", "pen_moving"]
    assert "120 ms" in board.report.violations[1].says
    (line,) = board.drawing.lines
    # contact is at a quarter of the way: after three quarters of 5393 counts at 1079 in 24 ms
    assert line[0] == pytest.approx((0.75 * 5393 / 1079 * 24 / 400 * 20, 0), abs=0.1)
    assert tuple(line[-1]) == (20, 0)


def test_lifting_in_time_is_told_by_nobody_and_lifting_too_late_is() -> None:
    # 5393 counts at 1618 in 24 ms: 80 ms
    assert kinds(draw([DOWN, SM(100, 100, 100), SP(True, 80), SM(100, 100, 100)])) == []
    late = draw([DOWN, SM(100, 100, 100), SP(True, 60), SM(100, 100, 100)])
    assert kinds(late) == ["pen_moving"]
    assert late.report.lifts == 1
    # the pen leaves the paper after a quarter of its way
    assert kinds(draw([DOWN, SM(100, 100, 100), SP(True, 15), SM(100, 100, 100)])) == ["ink_in_travel", "pen_moving"]
    assert kinds(draw([DOWN, SM(100, 100, 100), SP(True, 25), SM(100, 100, 100)])) == ["pen_moving"]


def test_a_pen_that_comes_down_as_its_place_is_reached_is_early_only_if_it_meets_the_paper_before() -> None:
    # lowering takes 120 ms, and meets the paper after 90
    there = SM(100, 100, 100)
    assert kinds(draw([SP(False, 0), there, SM(100, 100, 100)])) == ["early_ink", "pen_moving", "pen_moving"]
    assert kinds(draw([SP(False, 0), SM(80, 80, 80), SP(False, 60), there])) == ["pen_moving"]


def test_moving_without_power_is_told() -> None:
    board = draw([])
    board.set_voltage(5)
    board.receive(b"SM,100,100,100\r")
    board.run_out()
    assert kinds(board) == ["unpowered"]
    assert "no supply" in board.report.violations[0].says
    board = SimulatedBoard(Firmware(3, 0, 3))
    board.receive(b"CU,50,0\rEM,1,0\rSM,100,100,0\rSM,10,0,0\r")
    board.run_out()
    assert kinds(board) == ["unpowered"]


def test_how_long_the_pen_lay_idle_on_the_paper_is_told() -> None:
    board = draw([DOWN, SM(100, 100, 100)])
    for wait_ms in (20, 30):
        board.advance(board.now + wait_ms * TICKS_PER_MS)
        board.receive(b"SM,100,100,100\r")
        board.run_out()
    board.receive(b"SP,1,130\r")
    board.run_out()
    board.advance(board.now + 500 * TICKS_PER_MS)
    board.receive(b"SM,100,100,100\r")
    board.run_out()
    told = board.report.to_json()
    assert (told["starved_s"], told["longest_starved_s"]) == (pytest.approx(0.05), pytest.approx(0.03))


def test_a_rate_over_25_khz_is_told() -> None:
    assert "too_fast" in kinds(draw([LM(2_000_000_000, 2000, 200_000, 0, 0, 0)]))
    assert "too_fast" not in kinds(draw([LM(2_000_000_000, 2000, 20_000, 0, 0, 0)]))


def test_a_rate_that_falls_below_zero_is_told_on_firmware_2() -> None:
    move = LM(100_000_000, 600, -50_000, 0, 0, 0)
    assert kinds(draw([move])) == ["below_zero"]
    assert draw([move]).position == (600, 0)
    assert kinds(draw([LM(100_000_000, 40, -50_000, 0, 0, 0)])) == []
    # firmware 3 turns round, and counts the steps back too
    turned = draw([move], Firmware(3, 0, 3))
    assert kinds(turned) == ["out_of_travel"]
    assert turned.position[0] < 100


def test_leaving_the_travel_is_told_once_each_time() -> None:
    over, back = SM(1000, 3400, 3400), SM(1000, -3400, -3400)
    board = draw([over, SM(100, 10, 10), back, back], travel_mm=(42.0, 30.0))
    assert kinds(board) == ["out_of_travel", "out_of_travel"]
    assert "42.50, 0.00" in board.report.violations[0].says
    assert kinds(draw([over], travel_mm=(42.5, 30.0))) == []
    assert kinds(draw([over], travel_mm=None)) == []


def test_a_jump_in_speed_is_told() -> None:
    fast = SM(100, 1800, 1800)
    assert kinds(draw([fast])) == ["jump", "jump"]
    assert kinds(draw([SM(100, 900, 900), fast, SM(100, 900, 900)])) == []


def test_a_queue_that_runs_dry_at_speed_with_the_pen_down_is_counted() -> None:
    board = draw([DOWN, SM(100, 400, 400), SM(100, 400, 400), UP])
    assert board.report.halts == 0  # run_out leaves no gap
    for line in ("SP,0,146", "SM,100,400,400"):
        board.receive(f"{line}\r".encode())
    board.run_out()
    board.advance(board.now + 10 * TICKS_PER_MS)
    board.receive(b"SM,100,400,400\r")
    board.run_out()
    assert board.report.halts == 1
    assert board.report.duration_s - board.report.busy_s == pytest.approx(0.01, abs=0.001)


def test_the_ink_of_a_move_that_is_stopped_ends_where_it_stopped() -> None:
    board = draw([DOWN])
    board.receive(b"SM,1000,3200,3200\r")
    board.advance(board.now + 500 * TICKS_PER_MS)
    board.settle()
    assert board.plotter.place_mm == pytest.approx((20, 0), abs=0.02)
    board.receive(b"ES\r")
    board.run_out()
    assert board.drawing.lines[0][-1] == pytest.approx((20, 0), abs=0.02)
    assert board.report.ink_m == pytest.approx(0.02, abs=1e-4)


def test_firmware_3_raises_the_pen_at_once_in_the_middle_of_a_move() -> None:
    board = draw([DOWN], Firmware(3, 0, 3))
    board.receive(b"SM,1000,3200,3200\rSP,0,146\r")
    board.advance(board.now + 500 * TICKS_PER_MS)
    board.receive(b"SP,3\r")
    assert board.take().endswith(b"OK\r\n")
    board.run_out()
    # a quarter of the way takes 20 ms of 80: 0.8 mm at 40 mm/s
    assert board.drawing.lines[0][-1] == pytest.approx((20.8, 0), abs=0.1)
    assert not board.plotter.touching
    assert board.position == (3200, 3200)


@pytest.mark.parametrize(
    ("name", "version", "duration_s", "box"),
    [
        ("axicli-3.9.7_plotink-1.14.3_fw2.8.1_square", "2.8.1", 2.84, (20, 20, 40, 40)),
        ("saxi-0.15.0_fw2.8.1_square", "2.8.1", 3.80, (20, 20, 40, 40)),
        ("fogleman-axi_fw2.8.1_square", "2.8.1", 3.17, (20, 20, 40, 40)),
    ],
)
def test_what_other_programs_say_is_answered_and_draws_their_square(
    data: Path, name: str, version: str, duration_s: float, box: tuple[float, ...]
) -> None:
    lines = recorded(data, name)
    board = SimulatedBoard(Firmware.parse(version))
    wire = InProcess(board)
    for line in lines:
        wire.write(f"{line}\r".encode())
        reply = wire.read(5)
        assert reply, line
        assert not reply.startswith(b"!"), (line, reply)
    wire.close()
    (square,) = board.drawing.lines
    assert (*square.min(axis=0), *square.max(axis=0)) == pytest.approx(box, abs=0.03)
    assert board.report.ink_m == pytest.approx(0.08, abs=1e-4)
    assert board.report.duration_s == pytest.approx(duration_s, abs=0.006)
    assert board.report.violations == []
    assert (board.report.lifts, board.report.halts) == (1, 0)
    # every point lies on the square's edge
    edge = np.array([(20, 20), (40, 20), (40, 40), (20, 40), (20, 20)], dtype=float)
    assert max(_distance(point, edge) for point in square) < 0.04  # saxi moves by eighths of a step, 0.025 mm


def recorded(data: Path, name: str) -> list[str]:
    """What a program said, from a trace beside the real drawings."""
    path = data.parent / "reference" / "traces" / f"{name}.txt"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    said = re.findall(r"^ *[\d.]+ +[\d.]+ ('.*') -> ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [ast.literal_eval(each) for each in said]


def _distance(point: np.ndarray, line: np.ndarray) -> float:
    """From a point to a polyline."""
    starts, ends = line[:-1], line[1:]
    along = ends - starts
    squares = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip(((point - starts) * along).sum(axis=1) / squares, 0, 1)
    return float(np.hypot(*(starts + share[:, None] * along - point).T).min())
