"""The machine between plots, against the simulated board in virtual time and once behind a real wire."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawing.drawing import Drawing
from plotter.axidraw import PlotSettings, find_machine
from plotter.board import Board
from plotter.care import (
    Rest,
    go_home,
    jog,
    look,
    lower_pen,
    motors,
    outline,
    position_mm,
    raise_pen,
    set_nickname,
)
from plotter.ebb import EM, OLDEST, SM, USUAL, Firmware
from plotter.errors import NotReady, PlaceUnknown, PlotterError, SheetTooLarge
from plotter.feed import PlotJob
from plotter.in_process import InProcess
from plotter.ink import ink_error_mm
from plotter.journal import FileJournal, read_journal
from plotter.simulated_link import TcpLink, serve
from plotter.simulator import SimulatedBoard
from plotter.task import Task
from plotter.transport import open_transport

MACHINE = find_machine("axidraw-v3")
SETTINGS = PlotSettings()
FIRMWARES = [OLDEST, Firmware(2, 6, 2), USUAL, Firmware(3, 0, 3)]
T = np.linspace(1, 40, 2000)
MOTION = ("SM", "LM", "LT", "XM", "HM", "EM")


class Plotter:
    """A simulated plotter and the lines that its board was sent."""

    def __init__(self, firmware: Firmware = USUAL, nickname: str = "") -> None:
        self.lines: list[str] = []
        self.seen: list[tuple[float, float]] = []
        """Where the carriage was whenever the board answered."""
        travel_mm = MACHINE.width_mm, MACHINE.height_mm
        self.simulated = SimulatedBoard(firmware, travel_mm, on_log=self.note, nickname=nickname)
        self.board = self.connect()

    def note(self, _at_s: float, _held_s: float, line: str, _reply: bytes) -> None:
        self.lines.append(line)
        self.seen.append(self.simulated.plotter.place_mm)

    def connect(self) -> Board:
        """As another run of a command does."""
        board = Board(InProcess(self.simulated))
        board.identify()
        self.lines.clear()
        return board

    @property
    def names(self) -> list[str]:
        return [line.partition(",")[0] for line in self.lines]

    @property
    def first_motion(self) -> str:
        """The first thing sent that moves anything."""
        return next(line for line in self.lines if line.startswith(("SP", *MOTION)))

    @property
    def place(self) -> tuple[float, float]:
        """Where the carriage really is."""
        return self.simulated.plotter.place_mm

    def check(self) -> None:
        """Nothing was drawn, and nothing went wrong."""
        assert self.simulated.report.ink_m == 0
        assert self.simulated.report.violations == []


@pytest.fixture(params=FIRMWARES, ids=str)
def plotter(request: pytest.FixtureRequest) -> Plotter:
    return Plotter(request.param)


def test_jogs_add_up_and_home_is_where_it_was(plotter: Plotter) -> None:
    assert jog(plotter.board, 10, 0, MACHINE, SETTINGS) == Rest(10.0, 0.0)
    assert plotter.first_motion == "SP,1,130"
    # the second one comes from another program, which finds the motors on
    board = plotter.connect()
    assert jog(board, -2.5, 33.3, MACHINE, SETTINGS) == Rest(7.5, 33.3)
    assert plotter.place == position_mm(board) == (7.5, 33.3)
    if plotter.board.firmware >= USUAL:
        assert not {"EM", "CS"} & set(plotter.names)
    board = plotter.connect()
    assert go_home(board, MACHINE, SETTINGS) == Rest(0.0, 0.0)
    assert plotter.first_motion == "SP,1,130"
    assert plotter.place == (0.0, 0.0)
    assert not {"EM", "CS", "HM"} & set(plotter.names)
    assert not board.busy()
    plotter.check()


@given(st.lists(st.tuples(st.floats(-40, 60), st.floats(-40, 60)), min_size=1, max_size=5), st.sampled_from(FIRMWARES))
def test_the_carriage_never_leaves_the_travel_and_always_finds_home(
    ways: list[tuple[float, float]], firmware: Firmware
) -> None:
    plotter = Plotter(firmware)
    x = y = 0.0
    for dx, dy in ways:
        if MACHINE.reaches(x + dx, y + dy, x + dx, y + dy):
            rest = jog(plotter.board, dx, dy, MACHINE, SETTINGS)
            assert (rest.x_mm, rest.y_mm) == pytest.approx((x + dx, y + dy), abs=0.0125)
        else:
            with pytest.raises(PlotterError, match="out of the travel of the AxiDraw V3"):
                jog(plotter.board, dx, dy, MACHINE, SETTINGS)
        x, y = position_mm(plotter.board)
    go_home(plotter.board, MACHINE, SETTINGS)
    assert plotter.place == (0.0, 0.0)
    plotter.check()


def test_a_way_is_planned_speeds_and_all() -> None:
    plotter = Plotter()
    jog(plotter.board, 200, 0, MACHINE, SETTINGS)
    # 200 mm at 150.6 mm/s, to which 1143 mm/s2 take 0.13 s, twice
    assert plotter.simulated.report.busy_s == pytest.approx(0.13 + 200 / 150.6 + 150.6 / 1143, abs=0.03)
    slow = Plotter()
    jog(slow.board, 200, 0, MACHINE, PlotSettings(speed_up_mm_s=20, raise_ms=300))
    assert slow.simulated.report.busy_s == pytest.approx(0.3 + 200 / 20 + 20 / 1143, abs=0.03)
    assert "SP,1,300" in slow.lines


def test_who_stops_it_has_it_slow_down_on_its_way(plotter: Plotter) -> None:
    def after_a_while() -> bool:
        return sum(name in MOTION for name in plotter.names) > 20

    rest = jog(plotter.board, 250, 100, MACHINE, SETTINGS, after_a_while)
    assert rest.stopped
    assert 5 < rest.x_mm < 240
    assert rest.y_mm == pytest.approx(rest.x_mm * 0.4, abs=0.05)
    assert (rest.x_mm, rest.y_mm) == plotter.place
    assert not plotter.board.busy()
    plotter.check()
    # commands take about the same time each, and the last one makes few steps
    moves = [line.split(",") for line in plotter.lines if line.startswith(("SM", "LM"))]
    steps = [abs(int(words[2])) for words in moves]
    assert 0 < steps[-1] < 0.25 * max(steps)
    assert go_home(plotter.connect(), MACHINE, SETTINGS) == Rest(0.0, 0.0)


def test_a_stop_before_the_start_moves_nothing(plotter: Plotter) -> None:
    assert jog(plotter.board, 50, 0, MACHINE, SETTINGS, lambda: True) == Rest(0.0, 0.0, True)
    assert plotter.place == (0.0, 0.0)


def test_no_way_at_all_is_a_way_too(plotter: Plotter) -> None:
    assert jog(plotter.board, 0, 0, MACHINE, SETTINGS) == Rest(0.0, 0.0)
    assert go_home(plotter.board, MACHINE, SETTINGS) == Rest(0.0, 0.0)


@pytest.mark.parametrize("firmware", [each for each in FIRMWARES if each.queues_motor_power], ids=str)
def test_motors_that_were_off_have_lost_home_and_a_person_is_told(firmware: Firmware) -> None:
    plotter = Plotter(firmware)
    jog(plotter.board, 30, 20, MACHINE, SETTINGS)
    lower_pen(plotter.board, SETTINGS)
    assert look(plotter.board, MACHINE, SETTINGS).motors is True
    motors(plotter.board, False)
    board = plotter.connect()
    assert look(board, MACHINE, SETTINGS).motors is False
    with pytest.raises(PlaceUnknown, match=r"motors of the plotter at simulator are off.*by hand\."):
        go_home(board, MACHINE, SETTINGS)
    assert plotter.place == (30.0, 20.0)
    assert not plotter.simulated.plotter.touching  # so that it can be moved by hand
    assert not set(plotter.names) & set(MOTION)
    # from here on home is where it is
    assert jog(board, 5, 0, MACHINE, SETTINGS) == Rest(5.0, 0.0)
    assert go_home(plotter.connect(), MACHINE, SETTINGS) == Rest(0.0, 0.0)
    assert plotter.place == (30.0, 20.0)


SPIRAL = Drawing((np.column_stack([60 + T * np.cos(4 * T), 60 + T * np.sin(4 * T)]),))


@pytest.mark.parametrize("care", ["home", "motors"])
def test_a_plot_that_was_killed_is_not_thought_to_be_at_its_end_because_the_carriage_is_home(
    plotter: Plotter, tmp_path: Path, care: str
) -> None:
    simulated, sheets = plotter.simulated, ("sheet",)
    journal = FileJournal(tmp_path, sheets, background=False)
    job = PlotJob(plotter.board, [Task(SPIRAL.lines, SETTINGS)], lambda _: None, journal=journal)
    job.start()
    while simulated.report.ink_m < SPIRAL.ink / 2000:
        job.step()
    journal.close()  # killed: nobody has raised the pen
    simulated.run_out()
    go_home(plotter.connect(), MACHINE, SETTINGS)
    if care == "motors":
        motors(plotter.connect(), False)
        motors(plotter.connect(), True)
    told = read_journal(tmp_path, sheets)
    rest = PlotJob(plotter.connect(), [Task(SPIRAL.lines, SETTINGS)], lambda _: None, begin=told.place, overlap_mm=1.0)
    rest.start(told)
    while not rest.ended:
        rest.step()
    assert ink_error_mm(SPIRAL, simulated.drawing.lines) < 0.05
    assert plotter.place == (0.0, 0.0)


@pytest.mark.parametrize("firmware", [OLDEST, Firmware(2, 6, 2)], ids=str)
def test_older_firmware_forgets_home_when_its_motors_are_let_go_and_says_what_it_can_not_know(
    firmware: Firmware,
) -> None:
    plotter = Plotter(firmware)
    jog(plotter.board, 30, 20, MACHINE, SETTINGS)
    standing = look(plotter.board, MACHINE, SETTINGS)
    assert (standing.motors, standing.doubt) == (None, "")
    assert f"firmware {firmware} can't tell whether the motors were off" in standing.caution
    motors(plotter.board, False)
    if firmware == OLDEST:
        assert [line for line in plotter.lines if line != "QM"][-3:] == ["SP,1,130", "EM,0,0", "CS"]
        assert position_mm(plotter.board) == (0.0, 0.0)


def test_newer_firmware_needs_no_caution() -> None:
    assert look(Plotter().board, MACHINE, SETTINGS).caution == ""


def test_motors_that_are_held_are_not_switched_on_again() -> None:
    plotter = Plotter()
    motors(plotter.board, True)
    assert "EM,1,1" in plotter.lines
    jog(plotter.board, 10, 0, MACHINE, SETTINGS)
    board = plotter.connect()
    motors(board, True)
    assert "EM,1,1" not in plotter.lines
    assert position_mm(board) == (10.0, 0.0)


def test_steps_of_another_program_are_no_millimetres() -> None:
    plotter = Plotter()
    plotter.board.send(EM(2, 2))  # as saxi does
    plotter.board.send(SM(100, 80, 80))
    plotter.board.wait_idle()
    with pytest.raises(PlaceUnknown, match="steps of 1/8"):
        go_home(plotter.board, MACHINE, SETTINGS)
    assert jog(plotter.board, 4, 0, MACHINE, SETTINGS) == Rest(4.0, 0.0)
    assert plotter.place == (6.0, 0.0)  # two more than counted: 1/8 steps are twice as long


def test_a_carriage_that_is_counted_where_it_can_not_be_is_not_moved(plotter: Plotter) -> None:
    plotter.board.motors(True)
    plotter.board.send(SM(1000, -4000, -4000))
    plotter.board.wait_idle()
    board = plotter.connect()
    for move in (
        lambda: go_home(board, MACHINE, SETTINGS),
        lambda: jog(board, 60, 0, MACHINE, SETTINGS),
        lambda: outline(board, (10, 10, 20, 20), MACHINE, SETTINGS),
    ):
        with pytest.raises(PlaceUnknown, match=r"at -50\.0, 0\.0 mm, where the AxiDraw V3 can't be.*motors off"):
            move()
    assert plotter.place == (-50.0, 0.0)
    motors(board, False)  # as it says
    if plotter.board.firmware != Firmware(2, 6, 2):
        assert jog(board, 60, 0, MACHINE, SETTINGS) == Rest(60.0, 0.0)


def test_without_power_nothing_moves(plotter: Plotter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plotter.board, "voltage", lambda: 0.4)
    with pytest.raises(PlaceUnknown, match=r"no power \(0\.4 V\).*plug in the supply, then move the carriage home"):
        go_home(plotter.board, MACHINE, SETTINGS)
    with pytest.raises(NotReady, match=r"no power \(0\.4 V\): plug in the supply"):
        jog(plotter.board, 10, 0, MACHINE, SETTINGS)
    with pytest.raises(NotReady, match="no power"):
        outline(plotter.board, (10, 10, 20, 20), MACHINE, SETTINGS)
    assert not set(plotter.names) & set(MOTION)
    # a board that measures nothing can be believed
    assert jog(plotter.board, 10, 0, MACHINE, PlotSettings(lowest_v=0)) == Rest(10.0, 0.0)


def test_an_outline_goes_around_with_the_pen_up_and_back(plotter: Plotter) -> None:
    assert outline(plotter.board, (20, 30, 100, 70), MACHINE, SETTINGS) == Rest(0.0, 0.0)
    assert plotter.first_motion == "SP,1,130"
    at = [plotter.seen.index(corner) for corner in ((20.0, 30.0), (100.0, 30.0), (100.0, 70.0), (20.0, 70.0))]
    assert at == sorted(at)
    assert max(x for x, _ in plotter.seen) == 100.0
    assert max(y for _, y in plotter.seen) == 70.0
    plotter.check()
    with pytest.raises(SheetTooLarge):
        outline(plotter.board, (20, 30, 500, 70), MACHINE, SETTINGS)


def test_an_outline_starts_from_home_as_the_plot_would(plotter: Plotter) -> None:
    jog(plotter.board, 50, 40, MACHINE, SETTINGS)
    before = plotter.simulated.report.travel_m
    assert outline(plotter.connect(), (20, 30, 100, 70), MACHINE, SETTINGS) == Rest(50.0, 40.0)
    # older firmware has a plot begin where the carriage is
    reach = 50.0 if plotter.board.firmware >= Firmware(2, 6, 2) else 0.0
    way = 2 * 80 + 2 * 40 + 2 * ((20 - reach) ** 2 + (30 - 0.8 * reach) ** 2) ** 0.5
    assert (plotter.simulated.report.travel_m - before) * 1000 == pytest.approx(way, abs=0.5)
    plotter.check()


def test_the_pen_goes_where_the_settings_say(plotter: Plotter) -> None:
    settings = PlotSettings(pen_up_pct=70, pen_down_pct=20, lower_ms=200)
    lower_pen(plotter.board, settings)
    assert plotter.simulated.plotter.touching
    assert f"SC,5,{settings.servo_down}" in plotter.lines
    assert "SP,0,200" in plotter.lines
    assert "SP,1,130" not in plotter.lines
    raise_pen(plotter.board, settings)
    assert not plotter.simulated.plotter.touching
    assert f"SC,4,{settings.servo_up}" in plotter.lines
    assert not plotter.board.busy()
    assert not set(plotter.names) & set(MOTION)


def test_a_nickname_is_written_once_and_the_board_starts_anew() -> None:
    plotter = Plotter(nickname="East")
    assert not set_nickname(plotter.board, "East")
    assert not {"ST", "RB"} & set(plotter.names)
    assert set_nickname(plotter.board, "West EBB")
    assert [line for line in plotter.lines if line.startswith(("ST", "RB"))] == ["ST,West EBB", "RB"]
    assert plotter.simulated.unplugged
    plotter.board.close()
    nameless = Plotter(nickname="East")
    assert set_nickname(nameless.board, "")
    assert "ST," in nameless.lines


@pytest.mark.parametrize(
    "name", ["a" * 17, "East,West", "Öst", "a\rb", "auto", "SIMULATOR", "tcp:x", '"x"', " x", "a/b"]
)
def test_what_no_nickname_can_be_is_not_written(name: str) -> None:
    plotter = Plotter()
    with pytest.raises(PlotterError, match="can't be"):
        set_nickname(plotter.board, name)
    assert "ST" not in plotter.names


def test_a_firmware_without_nicknames_says_so() -> None:
    with pytest.raises(PlotterError, match=r"Firmware 2\.5\.3 keeps no nickname"):
        set_nickname(Plotter(OLDEST).board, "East")


def test_all_of_it_works_behind_a_real_wire() -> None:
    link, stop = TcpLink(0), threading.Event()
    simulated = SimulatedBoard(travel_mm=(MACHINE.width_mm, MACHINE.height_mm))
    thread = threading.Thread(target=serve, args=(simulated, link, 0.0, stop.is_set), daemon=True)
    thread.start()
    for move, place in (
        (lambda board: jog(board, 12.5, 25, MACHINE, SETTINGS), (12.5, 25.0)),
        (lambda board: outline(board, (20, 30, 100, 70), MACHINE, SETTINGS), (12.5, 25.0)),
        (lambda board: go_home(board, MACHINE, SETTINGS), (0.0, 0.0)),
    ):
        board = Board(open_transport(link.port))
        board.identify()
        assert move(board) == Rest(*place)
        board.close()
    stop.set()
    thread.join(10)
    assert simulated.report.violations == []
