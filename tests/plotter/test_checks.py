"""What is looked at before anything moves: every check in each of its states."""

from __future__ import annotations

from pathlib import Path

import pytest
from feeding import FIRMWARES

from drawing.drawing import Drawing
from drawing.svg import write_svg
from plotter.axidraw import PlotSettings, find_machine
from plotter.board import Board
from plotter.checks import Check, check_board, check_port, check_sheet, passed
from plotter.ebb import EM, SM
from plotter.errors import PlotterBusy, PlotterLost
from plotter.firmware import Firmware
from plotter.in_process import InProcess
from plotter.pens import Pen
from plotter.ready import ready_sheet
from plotter.simulated_faults import Faults
from plotter.simulator import SimulatedBoard

V3 = find_machine("axidraw-v3")
LATER = [firmware for firmware in FIRMWARES if firmware >= Firmware(2, 6, 2)]


def by_name(checks: tuple[Check, ...]) -> dict[str, Check]:
    return {check.name: check for check in checks}


def sheet(folder: Path, drawing: Drawing, width_mm: float = 200, height_mm: float = 150, *, machine: bool = True):
    write_svg(folder / "sheet.svg", drawing, width_mm=width_mm, height_mm=height_mm)
    return ready_sheet(folder / "sheet.svg", V3 if machine else None)


SQUARE = Drawing.of([[(20, 20), (120, 20), (120, 120), (20, 120), (20, 20)]])


def test_a_sheet_that_lies_well_is_all_right(tmp_path: Path) -> None:
    checks = by_name(check_sheet(sheet(tmp_path, SQUARE)))
    assert {name: check.state for name, check in checks.items()} == {"reach": "ok", "paper": "ok", "orientation": "ok"}
    assert checks["reach"].says == "all lines within the travel, 20 mm to spare"
    assert passed(tuple(checks.values()))
    assert "reach" not in by_name(check_sheet(sheet(tmp_path, SQUARE, machine=False)))


@pytest.mark.parametrize(("over_mm", "state"), [(4, "ok"), (30, "warning")])
def test_a_paper_larger_than_the_travel_hangs_over(tmp_path: Path, over_mm: float, state: str) -> None:
    check = by_name(check_sheet(sheet(tmp_path, SQUARE, 300 + over_mm, 200)))["paper"]
    assert check.state == state
    assert (f"{over_mm} mm larger" in check.says) is (state == "warning")


def test_lines_beyond_the_paper_are_told(tmp_path: Path) -> None:
    check = by_name(check_sheet(sheet(tmp_path, SQUARE, 110, 150)))["paper"]
    assert (check.state, check.says) == ("warning", "lines reach 10.0 mm beyond the edge of the paper")


def test_a_sheet_that_is_turned_has_to_be_laid_so(tmp_path: Path) -> None:
    tall = Drawing.of([[(10, 10), (10, 290)]])
    check = by_name(check_sheet(sheet(tmp_path, tall, 210, 297)))["orientation"]
    assert check.state == "warning"
    assert "right edge" in check.remedy


@pytest.mark.parametrize(
    ("pen", "state", "says"),
    [
        (Pen(name="red"), "ok", "red"),
        (Pen(name="red", capacity_m=10, used_m=2), "ok", "red, 8.0 m left"),
        (Pen(name="red", capacity_m=10, used_m=9.8), "warning", "red, 0.2 m left, 0.2 m short"),
    ],
)
def test_ink_that_will_not_do_is_told(tmp_path: Path, pen: Pen, state: str, says: str) -> None:
    check = by_name(check_sheet(sheet(tmp_path, SQUARE), pen))["ink"]
    assert (check.state, check.says) == (state, says)


def board(firmware: Firmware, **options: str) -> tuple[SimulatedBoard, Board, list[str]]:
    lines: list[str] = []
    simulated = SimulatedBoard(firmware, on_log=lambda _at, _held, line, _reply: lines.append(line), **options)  # pyright: ignore[reportArgumentType]
    made = Board(InProcess(simulated))
    made.connect()
    return simulated, made, lines


@pytest.mark.parametrize("firmware", FIRMWARES)
def test_a_board_that_is_ready_is_all_right_and_nothing_moves(firmware: Firmware) -> None:
    _, made, lines = board(firmware)
    lines.clear()
    checks = check_board(made, V3)
    assert {check.name: check.state for check in checks} == dict.fromkeys(
        ("firmware", "supply", "pen", "carriage"), "ok"
    )
    assert by_name(checks)["firmware"].says == str(firmware)
    assert by_name(checks)["supply"].says == "9.0 V"
    assert {line[0] for line in lines} == {"Q"}


def test_a_nickname_is_told_with_the_firmware() -> None:
    _, made, _ = board(Firmware(2, 8, 1), nickname="East")
    assert by_name(check_board(made, V3))["firmware"].says == "2.8.1, East"


@pytest.mark.parametrize(("volts", "lowest_v", "state"), [(7.6, 7.5, "ok"), (7.3, 7.5, "bad"), (0.0, 0.0, "ok")])
def test_a_supply_that_is_off_is_bad(volts: float, lowest_v: float, state: str) -> None:
    simulated, made, _ = board(Firmware(2, 8, 1))
    simulated.set_voltage(volts)
    checks = check_board(made, V3, PlotSettings(lowest_v=lowest_v))
    assert by_name(checks)["supply"].state == state
    assert passed(checks) is (state == "ok")


def test_a_pen_that_is_down_is_told() -> None:
    _, made, _ = board(Firmware(2, 8, 1))
    made.pen_down(146)
    made.wait_idle()
    assert by_name(check_board(made, V3))["pen"].state == "warning"


@pytest.mark.parametrize("firmware", LATER)
@pytest.mark.parametrize(("steps", "state"), [(800, "warning"), (-800, "bad")])
def test_where_the_carriage_is_counted_is_told(firmware: Firmware, steps: int, state: str) -> None:
    _, made, _ = board(firmware)
    made.send(SM(500, steps, steps))
    made.wait_idle()
    check = by_name(check_board(made, V3))["carriage"]
    assert check.state == state
    assert f"{steps / 80:.1f}, 0.0 mm" in check.says
    assert by_name(check_board(made, None))["carriage"].state == "warning"


def test_the_oldest_firmware_takes_its_place_for_home_whatever_it_counts() -> None:
    _, made, _ = board(Firmware(2, 5, 3))
    made.send(SM(500, -800, -800))
    made.wait_idle()
    check = by_name(check_board(made, V3))["carriage"]
    assert (check.state, check.says) == ("ok", "home is where it is: is it there?")


@pytest.mark.parametrize("firmware", [each for each in FIRMWARES if each.queues_motor_power])
def test_motors_that_another_program_left_at_other_steps_are_bad(firmware: Firmware) -> None:
    _, made, _ = board(firmware)
    made.send(EM(2, 2))
    made.send(SM(500, 800, 800))
    made.wait_idle()
    checks = check_board(made, V3)
    assert by_name(checks)["motors"].state == "bad"
    assert not passed(checks)


def test_a_port_that_is_not_there_or_taken_is_bad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (check,) = check_port(str(tmp_path / "ttyACM0"))
    assert (check.name, check.state) == ("port", "bad")
    assert "no plotter at" in check.says

    def busy(_port: str) -> None:
        raise PlotterBusy("ttyACM0 is used by another program; close that first.")

    monkeypatch.setattr("plotter.transport.open_transport", busy)
    (check,) = check_port("ttyACM0")
    assert (check.state, check.remedy) == ("bad", "close the other program")


def test_a_port_is_looked_at_and_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []

    def open_it(spec: str) -> InProcess:
        wire = InProcess(SimulatedBoard(faults=Faults.parse(spec)))
        wire.close = lambda: closed.append(spec)
        return wire

    monkeypatch.setattr("plotter.transport.open_transport", open_it)
    assert [check.name for check in check_port("", V3)] == ["port", "firmware", "supply", "pen", "carriage"]
    (check,) = check_port("garbage@3", V3)  # in the midst
    assert (check.name, check.state) == ("port", "bad")
    (check,) = check_port("unplug@2", V3)
    assert check.state == "bad"
    assert closed == ["", "garbage@3", "unplug@2"]


def test_a_board_that_goes_while_it_is_asked_is_an_error() -> None:
    simulated, made, _ = board(Firmware(2, 8, 1))
    simulated.pull_cable()
    with pytest.raises(PlotterLost):
        check_board(made, V3)
