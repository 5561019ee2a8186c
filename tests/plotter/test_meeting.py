"""Meeting a board: what moves first, whether it lived, where its carriage is, what must be put right before."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from feeding import FIRMWARES

from plotter.axidraw import Machine, PlotSettings, find_machine
from plotter.board import FORGOTTEN, Board
from plotter.ebb import EM, SM, Immediate
from plotter.errors import NotReady, PlaceUnknown, PlotterError, PlotterSilent
from plotter.firmware import Firmware
from plotter.in_process import InProcess
from plotter.journal import Leg, Progress
from plotter.meeting import Met, lived, meet, meet_again, tell_moved
from plotter.route import Place
from plotter.simulator import SimulatedBoard

SETTINGS = PlotSettings(pen_up_pct=70, raise_ms=120)
V3 = find_machine("axidraw-v3")
MOTION = ("SM", "LM", "SP", "EM")
LATER = [firmware for firmware in FIRMWARES if firmware >= Firmware(2, 6, 2)]


class Place2:
    """A board at the end of a wire, and what it was told."""

    def __init__(self, firmware: Firmware) -> None:
        self.lines: list[str] = []
        self.marks: list[int] = []
        """What the journal was told of, before the board was."""
        self.simulated = SimulatedBoard(firmware, on_log=lambda _at, _held, line, _reply: self.lines.append(line))
        self.board = self.again()

    def again(self) -> Board:
        """Another program opens the port."""
        self.board = Board(InProcess(self.simulated))
        self.board.identify()
        self.lines.clear()
        return self.board

    def meet(
        self,
        told: Progress | None = None,
        *,
        fresh: bool = False,
        machine: Machine | None = V3,
        at_home: bool = True,
    ) -> Met:
        """Of a plot that begins, or that is taken up by its journal."""
        told = None if fresh else told or Progress(None, 0, 0, Place(), True, False, False)
        return meet(self.board, SETTINGS, machine, told, self.marks.append, at_home=at_home)

    def go(self, x_mm: float, y_mm: float) -> None:
        """Move the carriage."""
        self.board.send(SM(1000, round(80 * (x_mm + y_mm)), round(80 * (x_mm - y_mm))))
        self.board.wait_idle()

    @property
    def moved(self) -> list[str]:
        return [line for line in self.lines if line.partition(",")[0] in MOTION]


def leg(firmware: Firmware, *marks: int) -> Progress:
    """A journal that ends in a leg with the first of these marks; others were to be set since."""
    begun = Leg(0, Place(), 0.0, 0.0, SETTINGS, str(firmware), marks[0])
    return Progress(begun, 5, 0, Place(), False, False, False, marks)


@pytest.mark.parametrize("firmware", FIRMWARES)
def test_what_was_interrupted_begins_with_the_pen_and_the_mark_tells_that_the_board_lived(firmware: Firmware) -> None:
    place = Place2(firmware)
    first = place.meet(fresh=True)
    assert first.position_mm == (0, 0)
    assert first.mark % 2 == 1
    assert place.board.mark() == first.mark
    place.board.pen_down(146)
    place.go(30, 20)
    place.again()
    met = place.meet(leg(firmware, first.mark))
    assert place.moved == ["SP,1,120"]
    assert place.lines[0:2] == ["QC", "QL"]
    assert met.lived
    assert not met.moved
    assert met.position_mm == (30, 20)
    assert met.mark not in (first.mark, first.mark + 1)
    assert not place.simulated.plotter.touching
    assert f"SC,4,{SETTINGS.servo_up}" in place.lines


@pytest.mark.parametrize("firmware", FIRMWARES)
def test_a_board_that_was_reset_is_taken_for_home_where_it_stands(firmware: Firmware) -> None:
    place = Place2(firmware)
    first = place.meet(fresh=True)
    place.go(30, 20)
    place.simulated.power_off()
    place.simulated.power_on()
    place.again()
    met = place.meet(leg(firmware, first.mark))
    assert not met.lived
    assert met.position_mm == (0, 0)
    assert place.moved == ["SP,1,120", "EM,1,1"]
    assert place.board.query_position() == (0, 0)


@pytest.mark.parametrize("firmware", FIRMWARES)
def test_a_carriage_that_was_moved_since_is_where_the_board_counts_it(firmware: Firmware) -> None:
    place = Place2(firmware)
    first = place.meet(fresh=True)
    tell_moved(place.board)
    tell_moved(place.board)
    assert place.board.mark() == first.mark + 1
    place.go(10, 5)
    place.again()
    met = place.meet(leg(firmware, first.mark))
    assert met.lived
    assert met.moved
    assert met.position_mm == (10, 5)


@pytest.mark.parametrize("firmware", FIRMWARES)
def test_the_mark_of_another_plot_says_nothing(firmware: Firmware) -> None:
    place = Place2(firmware)
    place.meet(fresh=True)
    place.go(10, 5)
    other = next(mark for mark in (1, 5, 9) if place.board.mark() not in (mark, mark + 1))
    assert not lived(place.board, leg(firmware, other))
    assert not lived(place.board, None)
    assert place.meet(leg(firmware, other)).position_mm == (0, 0)


def test_marks_differ_and_do_not_begin_alike_after_every_switching_on() -> None:
    marks: set[int] = set()
    for _ in range(40):
        place = Place2(Firmware(2, 8, 1))
        first = place.meet(fresh=True).mark
        second = place.meet(leg(Firmware(2, 8, 1), first)).mark
        assert first != second
        assert {first % 2, second % 2} == {1}
        assert max(first, second) <= 253
        marks |= {first}
    assert len(marks) > 10
    assert FORGOTTEN not in marks


def test_no_mark_is_one_that_is_known_or_that_one_that_is_known_was_made_of(monkeypatch: pytest.MonkeyPatch) -> None:
    choices: list[list[int]] = []
    monkeypatch.setattr("random.choice", lambda among: choices.append(among) or among[0])
    place = Place2(Firmware(2, 8, 1))
    place.board.set_mark(8)
    place.meet(fresh=True)
    assert choices[0] == [mark for mark in range(1, 254, 2) if mark != 7]


@pytest.mark.parametrize("firmware", [each for each in FIRMWARES if each.queues_motor_power])
@pytest.mark.parametrize("steps", [0, 2, 5])
def test_motors_that_were_off_or_at_other_steps_have_lost_the_place(firmware: Firmware, steps: int) -> None:
    place = Place2(firmware)
    first = place.meet(fresh=True)
    place.go(10, 5)
    place.board.send(EM(steps, steps))
    place.again()
    met = place.meet(leg(firmware, first.mark))
    assert not met.lived
    assert met.position_mm == (0, 0)
    assert place.moved == ["SP,1,120", "EM,1,1"]


@pytest.mark.parametrize("firmware", FIRMWARES)
def test_without_supply_nothing_moves_and_nothing_is_set(firmware: Firmware) -> None:
    place = Place2(firmware)
    place.simulated.set_voltage(5.0)
    for fresh in (True, False):
        with pytest.raises(NotReady, match=r"no power \(5\.0 V\): plug in"):
            place.meet(fresh=fresh)
    assert set(place.lines) == {"QC"}


@pytest.mark.parametrize("firmware", LATER)
def test_a_new_plot_starts_where_the_board_counts_its_carriage(firmware: Firmware) -> None:
    place = Place2(firmware)
    place.meet(fresh=True)
    place.go(30, 20)
    place.again()
    met = place.meet(fresh=True)
    assert met.position_mm == (30, 20)
    assert place.moved == []  # the pen is up, and all is as it was


def test_the_oldest_firmware_counts_on_with_its_motors_off_so_a_new_plot_takes_home() -> None:
    place = Place2(Firmware(2, 5, 3))
    place.meet(fresh=True)
    place.go(30, 20)
    place.again()
    assert place.meet(fresh=True).position_mm == (0, 0)
    assert "CS" in place.lines


@pytest.mark.parametrize("firmware", FIRMWARES)
def test_a_pen_that_is_down_comes_up_before_a_new_plot(firmware: Firmware) -> None:
    place = Place2(firmware)
    place.meet(fresh=True)
    place.board.pen_down(146)
    place.board.wait_idle()
    place.again()
    place.meet(fresh=True)
    assert place.moved[0] == "SP,1,120"


def test_what_another_program_left_in_the_queue_is_waited_for() -> None:
    place = Place2(Firmware(2, 8, 1))
    place.meet(fresh=True)
    place.board.feed(SM(800, 800, 800))
    place.board.feed(SM(800, 800, 800))
    place.again()
    met = place.meet(fresh=True)
    assert met.position_mm == (20, 0)


@pytest.mark.parametrize("firmware", LATER)
def test_a_carriage_that_is_counted_where_it_can_not_be_is_told(firmware: Firmware) -> None:
    place = Place2(firmware)
    first = place.meet(fresh=True)
    place.go(-20, 5)
    for fresh in (True, False):
        place.again()
        with pytest.raises(PlotterError, match=r"at -20\.0, 5\.0 mm, where it can't be: run monoline motors off"):
            place.meet(leg(firmware, first.mark), fresh=fresh)
    assert place.meet(leg(firmware, first.mark), machine=None).position_mm == (-20, 5)


@pytest.mark.parametrize("firmware", [each for each in FIRMWARES if each.queues_motor_power])
def test_other_steps_with_counts_are_told_to_who_begins_a_new_plot(firmware: Firmware) -> None:
    place = Place2(firmware)
    place.board.send(EM(2, 2))
    place.go(5, 5)
    place.again()
    with pytest.raises(PlotterError, match="motors at other steps"):
        place.meet(fresh=True)
    assert place.moved == []


def test_a_deep_queue_is_made_short_again() -> None:
    place = Place2(Firmware(3, 0, 3))
    place.board.send(Immediate(("CU", 4, 32)))
    place.again()
    place.meet(fresh=True)
    assert place.board.ask("QU", 3) == ("1",)


@pytest.mark.parametrize("firmware", FIRMWARES)
def test_meeting_again_raises_the_pen_and_tells_where_it_came_to_rest(firmware: Firmware) -> None:
    place = Place2(firmware)
    met = place.meet(fresh=True)
    place.board.pen_down(146)
    for _ in range(2):
        place.board.feed(SM(400, 800, 800))
    place.lines.clear()
    assert meet_again(place.board, met.mark, SETTINGS) == (20, 0)
    assert place.moved[-1] == "SP,1,120"
    assert not [line for line in place.moved if line.startswith("SP,0")]
    assert not place.simulated.plotter.touching
    place.simulated._reset()
    with pytest.raises(PlaceUnknown, match="was reset"):
        meet_again(place.board, met.mark, SETTINGS)


def test_a_board_that_says_nothing_any_more_is_silent() -> None:
    place = Place2(Firmware(2, 8, 1))
    place.simulated.receive = lambda _: None  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(PlotterSilent, match="No EiBotBoard answers"):
        meet_again(place.board, 3, SETTINGS)


def test_a_mark_is_written_down_before_the_board_has_it() -> None:
    place = Place2(Firmware(2, 8, 1))
    first = place.meet(fresh=True)
    assert place.marks == [first.mark]
    place.go(30, 20)
    place.again()
    second = place.meet(leg(Firmware(2, 8, 1), first.mark))
    assert place.marks == [first.mark, second.mark]
    # a plot that ended just then has begun no leg with it, and is known by it all the same
    place.again()
    assert lived(place.board, leg(Firmware(2, 8, 1), first.mark, second.mark))
    third = place.meet(leg(Firmware(2, 8, 1), first.mark, second.mark))
    assert third.lived
    assert third.moved  # how far it came is in the journal
    assert third.position_mm == (30, 20)


@pytest.mark.parametrize("firmware", FIRMWARES)
def test_a_board_that_is_reset_while_it_is_asked_is_not_believed(firmware: Firmware) -> None:
    for number in range(1, 24):
        place = Place2(firmware)
        first = place.meet(fresh=True)
        place.go(30, 20)
        place.again()
        asked = len(place.lines)
        receive = place.simulated.receive

        def reset(data: bytes, place: Place2 = place, at: int = asked + number, receive: Any = receive) -> None:
            if len(place.lines) == at:
                receive(b"R\r")
                place.simulated.take()
            receive(data)

        place.simulated.receive = reset  # pyright: ignore[reportAttributeAccessIssue]
        met: Met | None = None
        with contextlib.suppress(PlaceUnknown):
            met = place.meet(leg(firmware, first.mark), at_home=False)
        if met is None:
            assert not lived(place.board, leg(firmware, first.mark, *place.marks[1:]))
        elif place.board.mark() == met.mark:  # else it was reset after it was marked, which the watch over it sees
            assert met.position_mm == (30, 20)
            assert number > 12


def test_the_carriage_is_taken_to_be_home_only_if_somebody_was_asked_to_put_it_there() -> None:
    place = Place2(Firmware(2, 8, 1))
    with pytest.raises(PlaceUnknown, match="Put the carriage home by hand"):
        place.meet(leg(Firmware(2, 8, 1), 77), at_home=False)
    assert place.moved == ["SP,1,120"]
    assert place.meet(leg(Firmware(2, 8, 1), 77)).position_mm == (0, 0)
