"""The course of a plot: where it is in its tasks, what is drawn, what comes next."""

from __future__ import annotations

import pytest
from feeding import LOOP, SOME

from plotter.axidraw import PlotSettings
from plotter.changes import with_changes
from plotter.course import PEN_MS, PIECE_MS, Course
from plotter.ebb import SM, SP, USUAL, Command, Firmware
from plotter.errors import PlotterError
from plotter.journal import Leg
from plotter.plan import make_plan
from plotter.route import Place
from plotter.task import Task

SETTINGS = PlotSettings()
SLOW = PlotSettings(raise_ms=487, lower_ms=1000)


def sent(course: Course) -> list[Command]:
    commands: list[Command] = []
    while not course.all_sent:
        commands.append(course.upcoming())
        course.sent()
    return commands


def test_the_usual_plan_is_sent_command_by_command() -> None:
    course = Course([Task(SOME.lines, SETTINGS)], USUAL)
    assert sent(course) == list(make_plan(SOME.lines, SETTINGS).commands())


def test_a_long_wait_for_the_pen_is_sent_in_pieces_of_the_same_time() -> None:
    course = Course([Task(SOME.lines, SLOW)], USUAL)
    commands = sent(course)
    assert sum(command.ticks for command in commands) == sum(c.ticks for c in make_plan(SOME.lines, SLOW).commands())
    waits = [command.duration_ms for command in commands if isinstance(command, SM)]
    assert set(waits) == {PIECE_MS, (487 - PEN_MS) % PIECE_MS, (1000 - PEN_MS) % PIECE_MS}
    assert {command.duration_ms for command in commands if isinstance(command, SP)} == {PEN_MS}


def test_only_the_pen_itself_lowers() -> None:
    course = Course([Task(SOME.lines, SLOW)], USUAL)
    lowers: list[Command] = []
    while not course.all_sent:
        if course.leads_to_ink:
            lowers.append(course.upcoming())
        course.sent()
    assert lowers == [SP(False, PEN_MS)] * 3


def test_a_new_leg_waits_for_no_pen_of_the_one_before() -> None:
    course = Course([Task(SOME.lines, SLOW)] * 2, USUAL)
    course.sent()
    assert course.upcoming() == SM(PIECE_MS, 0, 0)
    course.begin(Place(), 3)
    assert course.upcoming() == SP(True, PEN_MS)
    course.sent()
    course.advance()
    assert course.upcoming() == SP(True, PEN_MS)


def test_a_halt_and_a_leg_that_begins_there_add_up() -> None:
    course = Course([Task(LOOP.lines, SETTINGS)], USUAL)
    whole_s = course.plan.duration_s
    for _ in range(200):
        course.sent()
    halt = course.halt()
    course.halted(halt)
    assert course.place == halt.place
    assert course.drawn_mm == pytest.approx(halt.place.along_mm)
    figures = course.figures(None)
    assert (figures["x_mm"], figures["y_mm"], figures["pen_down"]) == (halt.x_mm, halt.y_mm, 0)
    assert figures["seconds"] + figures["remaining_s"] == pytest.approx(whole_s, abs=0.3)
    leg = course.begin(course.back(1.0), 7)
    assert leg == Leg(0, Place(0, halt.place.along_mm - 1.0), halt.x_mm, halt.y_mm, SETTINGS, "2.8.1", 7)
    assert course.inked_mm(len(course.plan)) == pytest.approx(LOOP.ink + 1.0, abs=1e-6)


def test_back_goes_back_once_and_not_again_while_nothing_is_drawn() -> None:
    course = Course([Task(LOOP.lines, SETTINGS)], USUAL, place=Place(0, 50.0))
    assert course.back(2.0) == Place(0, 50.0)
    course.begin(Place(0, 48.0), 1)
    assert course.back(2.0) == Place(0, 48.0)
    course.place = Place(0, 49.0)
    assert course.back(2.0) == Place(0, 47.0)


def test_a_carriage_on_its_way_tells_what_is_drawn_and_one_beside_it_nothing() -> None:
    course = Course([Task(LOOP.lines, SETTINGS)], USUAL)
    plan = course.plan
    for _ in range(200):
        course.sent()
    x, y = plan.positions_mm[197].tolist()
    course.stranded((x, y), 190)
    assert course.place == plan.place(197)
    assert (course.rested.x_mm, course.rested.y_mm) == (x, y)
    course.stranded((x + 5, y + 5), 190)
    assert course.place == plan.place(190)


def test_a_leg_is_found_again_by_its_firmware_and_its_part() -> None:
    course = Course([Task(LOOP.lines, SETTINGS)], USUAL)
    leg = course.begin(Place(), 3)
    x, y = course.plan.positions_mm[120].tolist()
    assert course.find(leg, 110, (x, y)) == course.plan.place(120)
    assert course.find(leg, 10, (x, y)) is None  # so far it can't have come
    assert course.find(leg, 110, (x + 3, y)) is None
    assert course.find(leg, 10**6, (x, y)) is None
    newer = Course([Task(LOOP.lines, SETTINGS)], Firmware(2, 5, 3))
    assert newer.find(leg, 110, (x, y)) is None
    assert course.find(Leg(4, Place(), 0, 0, SETTINGS, "2.8.1", 3), 110, (x, y)) is None


@pytest.mark.parametrize("values", [{"colour": 1.0}, {"lower_ms": 200.0, "raise_ms": -1.0}, {"speed_down_mm_s": 401.0}])
def test_what_is_no_setting_changes_nothing(values: dict[str, float]) -> None:
    course = Course([Task(SOME.lines, SETTINGS)] * 2, USUAL)
    with pytest.raises(PlotterError, match=r"plot\.\w+: .*; nothing was changed\."):
        course.change(values)
    assert [task.settings for task in course.tasks] == [SETTINGS, SETTINGS]


def test_settings_change_for_all_tasks() -> None:
    course = Course([Task(SOME.lines, SETTINGS), Task(SOME.lines, SLOW)], USUAL)
    course.change({"pen_down_pct": 20})
    assert [task.settings.pen_down_pct for task in course.tasks] == [20, 20]
    assert course.tasks[1].settings.lower_ms == 1000


def test_what_is_changed_for_one_pen_leaves_the_others_as_they_are() -> None:
    tasks = [Task(SOME.lines, SETTINGS, pen=pen) for pen in ("black", "red", "black")]
    course = Course(tasks, USUAL)
    course.change({"pen_down_pct": 21})
    assert [task.settings.pen_down_pct for task in course.tasks] == [21, 30, 21]
    leg = Leg(0, Place(), 0.0, 0.0, course.task.settings, str(USUAL), 1)
    assert [task.settings.pen_down_pct for task in with_changes(tasks, [leg])] == [21, 30, 21]
    # nor is it forgotten while another pen draws, and what was changed back is as it was
    then = Leg(1, Place(), 0.0, 0.0, SETTINGS.model_copy(update={"speed_down_mm_s": 9.0}), str(USUAL), 1)
    again = with_changes(tasks, [leg, then])
    assert [(task.settings.pen_down_pct, task.settings.speed_down_mm_s) for task in again] == [
        (21, 50.2), (30, 9), (21, 50.2),
    ]  # fmt: skip
    back = Leg(2, Place(), 0.0, 0.0, SETTINGS, str(USUAL), 1)
    assert [task.settings.pen_down_pct for task in with_changes(tasks, [leg, then, back])] == [30, 30, 30]


def test_a_change_that_lets_a_later_layer_drag_the_pen_is_refused_at_once() -> None:
    low = SETTINGS.model_copy(update={"hop_mm": 5.0})
    tasks = [Task(SOME.lines, low), Task(SOME.lines, low.model_copy(update={"pen_down_pct": 38.0}))]
    course = Course(tasks, USUAL)
    with pytest.raises(PlotterError, match=r"at 35 %.*paper \(38 %\)"):
        course.change({"hop_pct": 35.0})
    assert course.tasks == tasks


def test_what_was_changed_on_the_way_holds_for_who_goes_on() -> None:
    tasks = [Task(SOME.lines, SETTINGS), Task(SOME.lines, SLOW, "paper")]
    changed = SETTINGS.model_copy(update={"pen_down_pct": 22.0, "raise_ms": 90})
    settings = [task.settings for task in with_changes(tasks, [Leg(0, Place(), 0, 0, changed, "2.8.1", 1)])]
    assert settings[0] == changed
    assert settings[1] == SLOW.model_copy(update={"pen_down_pct": 22.0})  # it was raised otherwise before, too
    assert with_changes(tasks, []) == tasks
    assert with_changes(tasks, [Leg(5, Place(), 0, 0, changed, "2.8.1", 1)]) == tasks


def test_a_result_tells_where_it_ended() -> None:
    course = Course([Task(SOME.lines, SETTINGS)], USUAL)
    for _ in range(40):
        course.sent()
    course.halted(course.halt())
    result = course.result()
    assert set(result) == {"duration_s", "drawn_m", "x_mm", "y_mm", "part", "stroke", "along_mm"}
    assert result["drawn_m"] == pytest.approx(course.drawn_mm / 1000, abs=1e-6)


def test_figures_in_the_midst_are_those_of_the_plan() -> None:
    course = Course([Task(SOME.lines, SETTINGS), Task(SOME.lines, SETTINGS, duration_s=9.0)], USUAL)
    assert not course.is_last
    plan = course.plan
    figures = course.figures(40)
    assert (figures["x_mm"], figures["y_mm"]) == pytest.approx(plan.positions_mm[40].tolist())
    assert figures["seconds"] == pytest.approx(float(plan.starts_s[40]))
    assert figures["remaining_s"] == pytest.approx(plan.duration_s - float(plan.starts_s[40]) + 9.0)
    assert figures["ink_mm"] == pytest.approx(float(plan.ink_mm[40]))
    course.advance()
    assert course.is_last
    assert course.figures(None)["part"] == 1
    assert course.figures(None)["ink_total_mm"] == pytest.approx(SOME.ink)


def test_what_the_label_of_another_layer_says_outlives_a_change() -> None:
    low, own = PlotSettings(pen_down_pct=25), PlotSettings(pen_down_pct=25, speed_down_mm_s=100)
    tasks = [Task(LOOP.lines, each, pen="black") for each in (low, own, low)]
    course = Course(tasks, USUAL)
    course.change({"speed_down_mm_s": 20, "pen_down_pct": 22})
    assert [(task.settings.speed_down_mm_s, task.settings.pen_down_pct) for task in course.tasks] == [
        (20, 22), (100, 22), (20, 22),
    ]  # fmt: skip
    # and after a crash in the layer with the label, too
    legs = [
        Leg(0, Place(), 0, 0, course.tasks[0].settings, "2.8.1", 1),
        Leg(1, Place(), 0, 0, course.tasks[1].settings, "2.8.1", 3),
    ]
    assert [task.settings for task in with_changes(tasks, legs)] == [task.settings for task in course.tasks]
