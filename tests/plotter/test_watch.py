"""The watch over a board: button, supply and memory, on every firmware."""

from __future__ import annotations

import pytest
from feeding import FIRMWARES

from plotter.board import Board
from plotter.errors import GarbledReply
from plotter.firmware import Firmware
from plotter.in_process import InProcess
from plotter.simulated_faults import Faults
from plotter.simulator import SimulatedBoard
from plotter.ticks import TICKS_PER_S
from plotter.watch import BUTTON_S, POWER_S, Watch

MARK = 7
NEWEST = Firmware(3, 0, 3)


class Watched:
    """A board that is looked at."""

    def __init__(self, firmware: Firmware, lowest_v: float = 7.5, spec: str = "") -> None:
        self.lines: list[str] = []
        self.simulated = SimulatedBoard(
            firmware, faults=Faults.parse(spec), on_log=lambda _at, _held, line, _reply: self.lines.append(line)
        )
        self.board = Board(InProcess(self.simulated))
        self.board.connect()
        self.board.set_mark(MARK)
        self.lines.clear()
        self.watch = Watch(self.board, MARK, lowest_v)

    def look(self, after_s: float = POWER_S) -> Watch:
        """Look so much later."""
        self.simulated.advance(self.simulated.now + round(after_s * TICKS_PER_S))
        self.watch.look()
        self.board.settle()
        return self.watch


@pytest.mark.parametrize("firmware", FIRMWARES)
def test_a_press_is_told_once(firmware: Firmware) -> None:
    watched = Watched(firmware)
    assert not watched.look().pressed()
    watched.simulated.press_button()
    assert watched.look(BUTTON_S).pressed()
    assert not watched.watch.pressed()
    assert not watched.look(BUTTON_S).pressed()
    watched.simulated.press_button()
    assert watched.look(BUTTON_S).pressed()


@pytest.mark.parametrize("firmware", FIRMWARES)
def test_a_press_that_lasts_is_one_and_one_from_before_is_none(firmware: Firmware) -> None:
    watched = Watched(firmware)
    for expected in (True, False, False):
        watched.simulated.press_button()
        assert watched.look(BUTTON_S).pressed() is expected
    simulated = watched.simulated
    simulated.press_button()
    watched.watch = Watch(watched.board, MARK, 7.5)
    simulated.press_button()  # and it is still held
    assert not watched.look(BUTTON_S).pressed()
    assert not watched.look(BUTTON_S).pressed()


@pytest.mark.parametrize("firmware", FIRMWARES)
def test_nothing_is_asked_more_often_than_need_be(firmware: Firmware) -> None:
    watched = Watched(firmware)
    button = "QG" if firmware.has_general_query else "QB"
    watched.look(2.0)
    watched.lines.clear()
    watched.look(0.0)
    assert watched.lines == []
    watched.look(BUTTON_S)
    assert watched.lines == [button]
    watched.look(BUTTON_S / 2)
    assert watched.lines == [button]
    watched.look(POWER_S)
    assert watched.lines == [button, button, "QC", "QL"]
    watched.watch.look(all_now=True)
    watched.board.settle()
    assert watched.lines[4:] == ["QC", "QL"]


@pytest.mark.parametrize("firmware", FIRMWARES)
def test_a_supply_that_fails_is_told_with_its_volts(firmware: Firmware) -> None:
    watched = Watched(firmware)
    assert watched.look().wrong == ""
    assert watched.watch.well == 1
    watched.simulated.set_voltage(7.6)
    assert watched.look().wrong == ""
    assert watched.watch.well == 2
    watched.simulated.set_voltage(7.4)
    assert watched.look().wrong == "The motors have lost their power (7.4 V): look at the supply and its plug."
    assert watched.watch.well == 2


@pytest.mark.parametrize("firmware", FIRMWARES)
def test_a_board_that_can_not_measure_its_supply_is_watched_all_the_same(firmware: Firmware) -> None:
    watched = Watched(firmware, lowest_v=0.0)
    watched.simulated.set_voltage(0.0)
    assert watched.look().wrong == ""
    assert watched.watch.well == 1


@pytest.mark.parametrize("firmware", FIRMWARES)
def test_a_reset_is_known_by_the_mark(firmware: Firmware) -> None:
    watched = Watched(firmware)
    watched.simulated._reset()
    assert "was reset" in watched.look().wrong
    assert watched.watch.well == 0
    watched.board.set_mark(MARK)
    assert "was reset" in watched.look().wrong  # once forgotten is forgotten


def test_firmware_3_keeps_in_mind_that_the_supply_was_gone_between_two_looks() -> None:
    watched = Watched(NEWEST)
    watched.look()
    watched.simulated.set_voltage(3.0)
    watched.simulated.set_voltage(9.0)
    assert watched.look(BUTTON_S).wrong.startswith("The motors have lost their power")


def test_what_was_before_the_watch_began_tells_nothing() -> None:
    watched = Watched(NEWEST)
    watched.simulated.set_voltage(3.0)
    watched.simulated.set_voltage(9.0)
    watched.watch = Watch(watched.board, MARK, 7.5)
    assert watched.look().wrong == ""


def test_the_other_bits_tell_neither_of_the_button_nor_of_power() -> None:
    watched = Watched(NEWEST)
    watched.watch._take_general(("9F",))
    assert not watched.watch.pressed()
    assert watched.watch.wrong == ""
    watched.watch._take_general(("40",))
    assert not watched.watch.pressed()
    assert watched.watch.wrong


@pytest.mark.parametrize("version", ["2.6.2", "2.8.1"])
def test_before_firmware_3_the_same_bit_is_a_pin_and_tells_nothing(version: str) -> None:
    watched = Watched(Firmware.parse(version))
    watched.watch._take_general(("5F",))
    assert watched.watch.wrong == ""


@pytest.mark.parametrize(
    ("firmware", "number"),
    [*((firmware, number) for firmware in FIRMWARES for number in range(9, 13)), *((NEWEST, n) for n in range(13, 17))],
)
def test_noise_for_an_answer_is_told_as_such(firmware: Firmware, number: int) -> None:
    with pytest.raises(GarbledReply):
        Watched(firmware, spec=f"garbage@{number}").look()
