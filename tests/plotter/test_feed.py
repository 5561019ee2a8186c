"""The feed of a board: orders, the button, ink, faults and lost power in the midst of a plot, in virtual time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from feeding import FIRMWARES, LOOP, SOME, Fed

from drawing.drawing import Drawing
from plotter.axidraw import PlotSettings
from plotter.ebb import LM, USUAL, Command, Firmware
from plotter.errors import CommandRejected, NotReady, PlaceUnknown, PlotterError, PlotterLost
from plotter.ink import farthest_mm, ink_error_mm, segments_of
from plotter.journal import read_journal
from plotter.route import Place
from plotter.simulated_faults import Faults
from plotter.task import State, Task

SETTINGS = PlotSettings()
NEWER = Firmware(3, 0, 3)


class Bottle:
    """An ink that holds so much, of which somebody knows."""

    def __init__(self, full_mm: float) -> None:
        self.full_mm = self.left = full_mm
        self.fillings = 0
        self.used_mm = self.settled = 0.0

    @property
    def left_mm(self) -> float | None:
        return self.left

    def use(self, length_mm: float) -> None:
        self.left -= length_mm
        self.used_mm += length_mm

    def fill(self) -> None:
        self.left = self.full_mm
        self.fillings += 1

    def settle(self) -> None:
        self.settled = self.used_mm


# the button


@pytest.mark.parametrize("firmware", FIRMWARES)
def test_the_button_pauses_inside_a_line_and_goes_on_again(firmware: Firmware) -> None:
    fed = Fed(firmware=firmware)
    fed.begin()
    fed.draw_for(2.0)
    fed.simulated.press_button()
    pressed_s = fed.now_s
    fed.draw()
    assert fed.states[-2:] == [("pausing", "button"), ("paused", "button")]
    assert fed.now_s - pressed_s < 0.6
    assert not fed.simulated.plotter.touching
    fed.rest_for(1.0)
    assert fed.job.state is State.PAUSED
    fed.simulated.press_button()
    fed.rest_for(0.5)
    assert fed.job.state is State.DRAWING
    fed.draw()
    assert fed.job.state is State.FINISHED
    assert fed.error_mm < 0.03
    assert fed.kinds == set()


@pytest.mark.parametrize("firmware", FIRMWARES)
def test_a_button_that_is_held_for_a_while_pauses_and_does_not_go_on(firmware: Firmware) -> None:
    fed = Fed(firmware=firmware)
    fed.begin()
    fed.draw_for(1.0)
    fed.simulated.press_button()
    fed.draw()
    fed.simulated.press_button()  # the board tells of it again while it is held down
    fed.rest_for(1.0)
    assert fed.job.state is State.PAUSED
    fed.simulated.press_button()
    fed.rest_for(0.5)
    assert fed.job.state is State.DRAWING
    fed.simulated.press_button()
    fed.draw_for(1.0)
    assert fed.job.state is State.DRAWING


@pytest.mark.parametrize("firmware", FIRMWARES)
def test_a_button_that_was_pressed_before_the_plot_asks_for_nothing(firmware: Firmware) -> None:
    fed = Fed(SOME, firmware)
    fed.simulated.press_button()
    fed.begin()
    fed.draw()
    assert fed.job.state is State.FINISHED


# ink


def test_an_empty_pen_is_waited_for_and_a_refill_goes_on() -> None:
    fed, bottle = Fed(), Bottle(150.0)
    fed.begin(ink=bottle)
    fed.draw()
    assert fed.states[-1] == ("paused", "refill")
    assert 150 <= bottle.used_mm < 160
    assert fed.job.place.along_mm == pytest.approx(bottle.used_mm, abs=0.01)
    fed.job.resume(refilled=True)
    assert (bottle.fillings, bottle.left) == (1, 150.0)
    fed.draw()
    assert fed.states[-1] == ("paused", "refill")
    fed.job.resume(refilled=True)
    fed.draw()
    assert fed.job.state is State.FINISHED
    assert bottle.used_mm == pytest.approx(LOOP.ink, abs=0.1)
    assert fed.error_mm < 0.03


def test_the_button_tells_that_the_pen_was_filled() -> None:
    fed, bottle = Fed(), Bottle(150.0)
    fed.begin(ink=bottle)
    fed.draw()
    fed.simulated.press_button()
    fed.rest_for(0.5)
    assert fed.job.state is State.DRAWING
    assert bottle.fillings == 1
    fed.draw_for(1.0)
    assert fed.job.state is State.DRAWING


def test_who_goes_on_with_a_pen_that_should_be_empty_is_asked_no_more() -> None:
    fed, bottle = Fed(), Bottle(100.0)
    fed.begin(ink=bottle)
    fed.draw()
    fed.job.resume()
    fed.draw()
    assert fed.job.state is State.FINISHED
    assert bottle.fillings == 0


def test_what_is_drawn_after_a_refill_in_time_counts_for_the_new_filling() -> None:
    fed, bottle = Fed(), Bottle(150.0)
    fed.begin(ink=bottle)
    fed.draw_for(2.0)
    fed.job.pause()
    fed.job.resume(refilled=True)
    assert bottle.left == 150.0
    fed.draw()
    assert fed.states[-1] == ("paused", "refill")


def test_another_pen_counts_only_what_is_drawn_with_it() -> None:
    fed, first, second = Fed(), Bottle(1000.0), Bottle(1000.0)
    fed.begin(ink=first)
    fed.draw_for(3.0)
    fed.job.pause()
    fed.job.take_pen(lambda: second)
    fed.job.resume()
    fed.draw()
    assert first.used_mm > 50
    assert first.used_mm + second.used_mm == pytest.approx(LOOP.ink, abs=0.1)


# settings and the pen


def test_settings_changed_while_paused_hold_for_the_rest_and_for_later_parts() -> None:
    fed = Fed()
    fed.begin([Task(LOOP.lines, SETTINGS), Task(LOOP.lines, SETTINGS)])
    fed.draw_for(2.0)
    fed.job.pause()
    fed.lines.clear()
    fed.job.change(pen_down_pct=20.0, speed_down_mm_s=25.0, raise_ms=140)
    said = [line for _, line in fed.lines]
    assert f"SC,5,{PlotSettings(pen_down_pct=20).servo_down}" in said
    assert said[-1] == "SP,1,140"
    assert fed.words[-1] == "pen_down_pct is 20, speed_down_mm_s is 25, raise_ms is 140 from here on."
    fed.lines.clear()
    began_s = fed.now_s
    fed.job.resume()
    fed.draw(lambda: fed.figures["part"] == 1)
    assert fed.now_s - began_s > 280 / 25  # some 280 mm are left
    fed.draw()
    assert fed.job.state is State.FINISHED
    assert {line for _, line in fed.lines if line.startswith("SP,1")} == {"SP,1,140"}
    assert f"SC,5,{PlotSettings(pen_down_pct=20).servo_down}" in [line for _, line in fed.lines]
    assert fed.error_mm < 0.03


def test_settings_changed_while_paused_hold_for_who_goes_on_later(tmp_path: Path) -> None:
    fed = Fed(folder=tmp_path)
    fed.begin(overlap_mm=1.0)
    fed.draw_for(2.0)
    fed.job.pause()
    place = fed.job.place
    fed.job.change(pen_down_pct=28.0)
    fed.job.change(speed_down_mm_s=40.0)
    told = read_journal(tmp_path)
    assert told.leg is not None
    assert (told.leg.settings.pen_down_pct, told.leg.settings.speed_down_mm_s) == (28, 40)
    assert (told.resting, told.place.along_mm) == (True, pytest.approx(place.along_mm, abs=1e-3))
    fed.job.stop()
    fed.begin(resume=True, overlap_mm=1.0)
    assert fed.job._course.plan.route.begin.along_mm == pytest.approx(place.along_mm - 1.0, abs=1e-3)
    fed.draw()
    assert fed.error_mm < 0.03


def test_a_change_before_a_new_paper_still_waits_for_it(tmp_path: Path) -> None:
    tasks = [Task(SOME.lines, SETTINGS), Task(SOME.lines, SETTINGS, "paper", "Put in new paper.")]
    fed = Fed(SOME, folder=tmp_path)
    fed.begin(tasks)
    fed.draw()
    fed.job.change(pen_down_pct=28.0)
    fed.job.stop()
    fed.begin(tasks, resume=True)
    assert fed.states[-1] == ("paused", "paper")


def test_overlap_is_gone_back_only_if_something_was_drawn(tmp_path: Path) -> None:
    fed = Fed(folder=tmp_path)
    fed.begin(overlap_mm=1.0)
    fed.draw_for(2.0)
    fed.job.stop()
    along_mm = fed.job.place.along_mm
    for _ in range(3):
        fed.begin(resume=True, overlap_mm=1.0)
        assert fed.job._course.plan.route.begin.along_mm == pytest.approx(along_mm - 1.0, abs=1e-3)
        fed.job.step()  # the pen comes up, no more
        fed.job.stop()


@pytest.mark.parametrize("wrong", [{"colour": 3.0}, {"speed_down_mm_s": 1e9}, {"raise_ms": 1.5}, {"pen_up_pct": -1.0}])
def test_wrong_names_and_values_change_nothing(wrong: dict[str, float]) -> None:
    fed = Fed()
    fed.begin()
    fed.draw_for(1.0)
    fed.job.pause()
    fed.lines.clear()
    fed.job.change(**{"lower_ms": 200.0, **wrong})
    assert f"plot.{next(iter(wrong))}: " in fed.words[-1]
    assert "nothing was changed" in fed.words[-1]
    assert fed.lines == []
    fed.job.resume()
    fed.draw()
    assert "SP,0,200" not in [line for _, line in fed.lines]


def test_settings_do_not_change_while_it_draws() -> None:
    fed = Fed()
    fed.begin()
    fed.draw_for(1.0)
    fed.job.change(pen_down_pct=20.0)
    assert "pause it first" in fed.words[-1]
    fed.draw()
    assert fed.job.state is State.FINISHED
    assert not any(line.startswith("SC,5") for _, line in fed.lines[10:])


def test_the_pen_comes_down_only_while_paused_and_is_raised_before_the_line_goes_on() -> None:
    fed = Fed()
    fed.begin()
    fed.draw_for(1.0)
    fed.lines.clear()
    fed.job.lower_pen()
    assert fed.lines == []
    fed.job.raise_pen()
    assert fed.job.state is State.PAUSED
    fed.lines.clear()
    fed.job.lower_pen()
    assert [line for _, line in fed.lines] == ["SP,0,146"]
    fed.job.resume()
    fed.draw()
    motion = [line for _, line in fed.lines if line[:2] in ("SP", "LM")]
    assert motion[1] == "SP,1,130"
    assert fed.error_mm < 0.03


def test_a_stop_while_paused_ends_with_the_pen_up() -> None:
    fed = Fed()
    fed.begin()
    fed.draw_for(1.0)
    fed.job.pause()
    fed.job.lower_pen()
    fed.simulated.advance(fed.simulated.now + 25_000)
    assert fed.simulated.plotter.touching
    fed.job.stop()
    fed.simulated.run_out()
    assert not fed.simulated.plotter.touching
    assert fed.states[-1] == ("stopped", "")
    assert fed.job.result()["state"] == "stopped"


@pytest.mark.parametrize("order", ["raise_pen", "lower_pen", "stop", "change"])
@pytest.mark.parametrize("kind", ["garbage", "missing"])
def test_a_wrong_answer_to_an_order_costs_no_plot(order: str, kind: str) -> None:
    fed = Fed(faults=Faults.parse(f"{kind}@171"))
    fed.begin()
    fed.draw(lambda: len(fed.lines) > 130)
    fed.job.pause()
    while len(fed.lines) < 170:
        fed.rest_for(0.02)
    if order == "change":
        fed.job.change(pen_up_pct=70.0)
        assert f"SC,4,{PlotSettings(pen_up_pct=70).servo_up}" in [line for _, line in fed.lines]
    else:
        getattr(fed.job, order)()
    fed.rest_for(0.2)
    assert "Asking where it is" in " ".join(fed.words)
    if order == "stop":
        assert fed.job.state is State.STOPPED
        return
    fed.job.resume()
    fed.draw()
    assert fed.job.state is State.FINISHED
    assert fed.error_mm < 0.03


# a stop in time, whatever the settings


@pytest.mark.parametrize("firmware", [FIRMWARES[0], NEWER])
@pytest.mark.parametrize(
    "settings",
    [
        PlotSettings(),
        PlotSettings(raise_ms=5000, lower_ms=5000),
        PlotSettings(lower_ms=300),
        PlotSettings(speed_down_mm_s=400, accel_down_mm_s2=10),
        PlotSettings(speed_down_mm_s=400, accel_down_mm_s2=20_000, cornering_mm=2),
        PlotSettings(speed_down_mm_s=0.5, lower_ms=0, raise_ms=0),
    ],
    ids=str,
)
def test_after_a_stop_anywhere_the_pen_is_up_in_time(firmware: Firmware, settings: PlotSettings) -> None:
    far_mm = min(250.0, settings.speed_down_mm_s * 10)
    line = Drawing.of([[(2, 5), (far_mm, 6)], [(far_mm, 20), (far_mm - 2, 20)]])
    for after_s in (0.05, 0.2, 0.4, 1.0, 2.5, 5.6):
        fed = Fed(line, firmware)
        fed.begin([Task(line.lines, settings)])
        fed.draw_for(after_s)
        fed.lines.clear()
        asked_s = fed.now_s
        touched = fed.simulated.plotter.touching
        fed.job.stop()
        said = [at for at, text in fed.lines if text.startswith("SP,1")]
        fed.simulated.run_out()
        assert not fed.simulated.plotter.touching
        assert fed.kinds <= {"early_ink", "pen_moving", "ink_in_travel", "jump"}
        if touched or said:
            assert said[0] - asked_s < 0.25, (after_s, said)
    assert len(fed.simulated.drawing.lines) >= 1


def test_while_a_slow_pen_comes_down_the_plot_goes_on_telling() -> None:
    fed = Fed(SOME)
    fed.begin([Task(SOME.lines, PlotSettings(lower_ms=5000, raise_ms=5000))])
    longest_s, before_s = 0.0, fed.now_s
    while fed.job.state is State.DRAWING:
        fed.job.step()
        longest_s, before_s = max(longest_s, fed.now_s - before_s), fed.now_s
        if fed.job.state is State.DRAWING:
            assert longest_s < 0.3
    assert fed.error_mm < 0.03
    assert fed.simulated.report.duration_s == pytest.approx(fed.job.result()["duration_s"], abs=2e-3)


# parts


def test_several_parts_are_drawn_one_after_another_with_waits_and_their_own_heights() -> None:
    low = PlotSettings(pen_down_pct=28)
    tasks = [
        Task(SOME.lines, SETTINGS),
        Task(SOME.lines, low),
        Task(SOME.lines, low, "paper", "Put in new paper.", 12.0),
    ]
    fed = Fed(SOME)
    fed.begin(tasks)
    fed.draw()
    assert fed.states[-1] == ("paused", "paper")
    assert fed.words[-1] == "Put in new paper."
    assert fed.figures["part"] == 2
    assert (fed.figures["x_mm"], fed.figures["y_mm"]) == (0, 0)
    heights = [line for _, line in fed.lines if line.startswith("SC,5")]
    assert heights == [f"SC,5,{each.servo_down}" for each in (SETTINGS, low, low)]
    assert fed.simulated.report.lifts == 6
    fed.job.resume()
    fed.draw()
    assert fed.job.state is State.FINISHED
    assert fed.simulated.report.lifts == 9
    assert fed.job.result()["drawn_m"] == pytest.approx(3 * SOME.ink / 1000, abs=1e-5)
    assert fed.simulated.report.violations == []


def test_what_is_left_counts_the_parts_to_come() -> None:
    fed = Fed(SOME)
    fed.begin([Task(SOME.lines, SETTINGS), Task(SOME.lines, SETTINGS, duration_s=12.0)])
    assert fed.figures["remaining_s"] == pytest.approx(12 + fed.job._course.plan.duration_s, abs=1e-3)
    fed.draw(lambda: fed.figures["part"] == 1)
    assert fed.figures["remaining_s"] == pytest.approx(fed.job._course.plan.duration_s, abs=0.5)


def test_a_plot_that_ended_before_a_new_paper_asks_for_it_again(tmp_path: Path) -> None:
    tasks = [Task(SOME.lines, SETTINGS), Task(SOME.lines, SETTINGS, "paper", "Put in new paper.")]
    fed = Fed(SOME, folder=tmp_path)
    fed.begin(tasks)
    fed.draw()
    fed.job.stop()
    fed.lines.clear()
    fed.begin(tasks, resume=True)
    assert fed.job.state is State.PAUSED
    assert fed.states[-1] == ("paused", "paper")
    fed.draw()
    assert fed.simulated.report.lifts == 3
    fed.job.resume()
    fed.draw()
    assert fed.job.state is State.FINISHED
    assert fed.simulated.report.lifts == 6


def test_a_part_that_waits_for_nothing_is_in_the_journal_once_it_is_begun(tmp_path: Path) -> None:
    fed = Fed(SOME, folder=tmp_path)
    fed.begin([Task(SOME.lines, SETTINGS)] * 2)
    fed.draw(lambda: fed.figures["part"] == 1)
    leg = read_journal(tmp_path).leg
    assert leg is not None
    assert (leg.part, leg.begin) == (1, Place())


def test_a_part_that_was_begun_goes_on_without_asking(tmp_path: Path) -> None:
    tasks = [Task(SOME.lines, SETTINGS), Task(SOME.lines, SETTINGS, "paper", "Put in new paper.")]
    fed = Fed(SOME, folder=tmp_path)
    fed.begin(tasks)
    fed.draw()
    fed.job.resume()
    fed.draw_for(1.0)
    fed.job.stop()
    fed.begin(tasks, resume=True)
    assert fed.job.state is State.DRAWING
    fed.draw()
    assert read_journal(tmp_path).finished


# power


@pytest.mark.parametrize("firmware", FIRMWARES)
@pytest.mark.parametrize("seconds", [0.7, 2.1, 2.64, 6.25])
def test_a_supply_that_fails_in_mid_plot_leaves_no_gap(firmware: Firmware, seconds: float, tmp_path: Path) -> None:
    fed = Fed(firmware=firmware, folder=tmp_path)
    fed.begin()
    fed.draw_for(seconds)
    fed.simulated.set_voltage(2.0)
    with pytest.raises(PlaceUnknown, match=r"lost their power.*supply.*in line 1: put the carriage home"):
        fed.draw()
    fed.simulated.run_out()
    assert read_journal(tmp_path).lost
    _take_home(fed)
    fed.begin(resume=True)  # the board has lived, but its counts mean nothing
    fed.draw()
    assert fed.job.state is State.FINISHED
    assert _gap_mm(fed) < 0.03


def _take_home(fed: Fed) -> None:
    """A person does, and plugs the supply in again; what the pen has met meanwhile is no line."""
    fed.simulated.run_out()
    fed.simulated.plotter.put_home()
    fed.simulated.set_voltage(9.0)


def _fail_between_looks(fed: Fed) -> None:
    """The supply fails in the midst of the line, just after it was looked at."""
    fed.draw_for(2.0)
    looks = fed.job._watch.well  # pyright: ignore[reportOptionalMemberAccess]
    fed.draw(lambda: fed.job._watch.well > looks)  # pyright: ignore[reportOptionalMemberAccess]
    fed.draw_for(0.02)
    fed.simulated.set_voltage(2.0)


def _gap_mm(fed: Fed) -> float:
    """How far any part of the sheet is from ink; a dot where the carriage stood without power is no fault."""
    fed.simulated.run_out()
    lines = [line for line in fed.simulated.drawing.lines if len(line) > 1]
    return ink_error_mm(fed.drawing, lines)


@pytest.mark.parametrize("overlap_mm", [0.0, 1.0])
def test_a_supply_that_fails_just_before_a_pause_leaves_no_gap(overlap_mm: float, tmp_path: Path) -> None:
    fed = Fed(folder=tmp_path)
    fed.begin(overlap_mm=overlap_mm)
    _fail_between_looks(fed)
    fed.draw_for(0.06)
    fed.job.pause()
    with pytest.raises(PlaceUnknown):
        fed.rest_for(1.0)
    _take_home(fed)
    fed.begin(resume=True, overlap_mm=overlap_mm)
    fed.draw()
    assert _gap_mm(fed) < 0.03


def test_a_supply_that_fails_just_before_a_pause_that_is_short_leaves_no_gap(tmp_path: Path) -> None:
    fed = Fed(folder=tmp_path)
    fed.begin()
    _fail_between_looks(fed)
    fed.draw_for(0.06)
    fed.job.pause()
    fed.job.resume()
    with pytest.raises(PlaceUnknown):
        fed.draw()
    _take_home(fed)
    fed.begin(resume=True)
    fed.draw()
    assert _gap_mm(fed) < 0.03


def test_no_plot_is_finished_by_a_machine_without_power(tmp_path: Path) -> None:
    line = Drawing.of([[(30, 1), (1, 1)]])
    fed = Fed(line, folder=tmp_path)
    fed.begin()
    fed.draw(lambda: fed.job._course.next > len(fed.job._course.plan) - 8)
    fed.simulated.set_voltage(2.0)
    with pytest.raises(PlaceUnknown):
        fed.draw()
    assert not read_journal(tmp_path).finished
    _take_home(fed)
    fed.begin(resume=True)
    fed.draw()
    assert _gap_mm(fed) < 0.03


def test_no_power_at_the_start_moves_nothing() -> None:
    fed = Fed()
    fed.simulated.set_voltage(0.0)
    with pytest.raises(NotReady, match="plug in the supply"):
        fed.begin()
    assert not [line for _, line in fed.lines if line[:2] in ("SP", "EM", "LM", "SM")]


@pytest.mark.parametrize("firmware", FIRMWARES)
@pytest.mark.parametrize("number", range(30, 150, 17))
def test_a_board_that_resets_itself_between_strokes_inks_nothing_elsewhere(
    firmware: Firmware, number: int, tmp_path: Path
) -> None:
    fed = Fed(SOME, firmware, tmp_path, faults=Faults.parse(f"reset@{number}"))
    try:
        fed.begin()
        fed.draw()
    except PlaceUnknown:
        fed.simulated.run_out()
        fed.simulated.power_off()
        fed.simulated.put_home()
        fed.simulated.power_on()
        fed.begin(resume=True)
        fed.draw()
    assert fed.job.state is State.FINISHED
    assert fed.error_mm < 0.05


# wrong answers


@pytest.mark.parametrize("number", range(60, 200, 7))
def test_a_command_that_came_in_pieces_is_drawn_again(number: int, tmp_path: Path) -> None:
    fed = Fed(folder=tmp_path, faults=Faults.parse(f"corrupt@{number}"))
    fed.begin(overlap_mm=0.0)
    fed.draw()
    assert fed.job.state is State.FINISHED
    if any("refused" in each for each in fed.words):  # else it was taken for another command, which nobody can see
        # what followed it was drawn beside the line; what it should have drawn must be there all the same
        assert _missing_mm(fed) < 0.03


def _missing_mm(fed: Fed) -> float:
    """How far the sheet is from the nearest ink, whatever else was inked."""
    fed.simulated.run_out()
    wanted, drawn = (
        np.concatenate([segments_of(line) for line in lines]) for lines in (LOOP.lines, fed.simulated.drawing.lines)
    )
    return farthest_mm(wanted, drawn)


def test_a_board_that_answers_nothing_right_is_given_up_with_the_reason() -> None:
    fed = Fed(faults=Faults.parse(",".join(f"garbage@{number}" for number in range(60, 200))))
    fed.begin()
    with pytest.raises(PlotterError, match="was asked 4 times"):
        fed.draw()


def test_a_command_that_is_refused_each_time_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    fed = Fed()
    fed.begin()
    fed.draw_for(2.0)
    refused: list[str] = []

    def feed(command: Command) -> None:
        if isinstance(command, LM):
            refused.append(command.text)
            raise CommandRejected("The plotter refused it: !0 Err: too fast.")
        fed.job._board.send(command)

    monkeypatch.setattr(fed.job._board, "feed", feed)
    with pytest.raises(PlotterLost, match=r"too fast\. It was asked 4 times\."):
        fed.draw()
    assert refused.count(refused[-1]) == 5


def test_any_number_of_wrong_answers_at_different_places_is_got_over() -> None:
    fed = Fed(faults=Faults.parse(",".join(f"garbage@{number}" for number in range(60, 900, 70))))
    fed.begin()
    fed.draw()
    assert fed.job.state is State.FINISHED
    assert sum("Asking where it is" in each for each in fed.words) > 5
    assert fed.error_mm < 0.03


def test_firmware_3_tells_of_power_that_was_lost_for_a_moment() -> None:
    fed = Fed(firmware=NEWER)
    fed.simulated.power_off()
    fed.simulated.power_on()  # which the board keeps in mind until it is asked
    fed.begin()
    fed.draw_for(1.0)
    fed.simulated._state.power_lost = True
    with pytest.raises(PlaceUnknown, match="lost their power"):
        fed.draw()


def test_a_plot_again_and_again_taken_up_is_drawn_once(tmp_path: Path) -> None:
    fed = Fed(firmware=USUAL, folder=tmp_path)
    fed.begin(overlap_mm=0.0)
    for _ in range(12):
        fed.draw_for(0.5)
        fed.job.stop()
        fed.begin(resume=True, overlap_mm=0.0)
    fed.draw()
    assert fed.job.state is State.FINISHED
    assert fed.error_mm < 0.03
    assert fed.simulated.report.ink_m * 1000 == pytest.approx(LOOP.ink, abs=0.5)
