from __future__ import annotations

import pytest

from configs.errors import OptionError
from configs.load import load
from plotter.axidraw import DEFAULT_MACHINE, MACHINES, PlotSettings, PlotterSettings, find_machine
from plotter.errors import SheetTooLarge, UnknownMachine


def test_defaults_say_to_the_servo_what_the_official_software_says() -> None:
    settings = PlotSettings()
    assert (settings.servo_up, settings.servo_down) == (20641, 15248)
    assert (settings.servo_raise_rate, settings.servo_lower_rate) == (1618, 1079)


def test_settings_come_from_the_command_line_and_mistakes_are_named() -> None:
    assert load(PlotterSettings, None, ["plot.speed_down_mm_s=30", "plot.raise_ms=90"]).plot == PlotSettings(
        speed_down_mm_s=30, raise_ms=90
    )
    with pytest.raises(OptionError, match="did you mean 'raise_ms'"):
        load(PlotterSettings, None, ["plot.rise_ms=90"])
    for wrong in ("plot.speed_down_mm_s=0", "plot.pen_up_pct=101", "plot.accel_up_mm_s2=nan", "plot.lower_ms=-1"):
        with pytest.raises(OptionError):
            load(PlotterSettings, None, [wrong])


def test_a_machine_is_found_by_name_and_a_slip_is_understood() -> None:
    assert find_machine("AxiDraw-V3-A3").width_mm == 430
    assert find_machine(DEFAULT_MACHINE) in MACHINES
    with pytest.raises(UnknownMachine, match="did you mean axidraw-minikit"):
        find_machine("axidraw-minkit")


def test_a_sheet_that_the_carriage_can_not_reach_is_refused_with_the_numbers() -> None:
    machine = find_machine("axidraw-v3")
    machine.check((0, 0, 300.01, 218.01))
    with pytest.raises(SheetTooLarge, match=r"to 420\.0, 297\.0 mm.*300 x 218 mm.*axidraw-v3-a3"):
        machine.check((0, 0, 420, 297))
    with pytest.raises(SheetTooLarge, match=r"from -3\.0, 5\.0.*scale or move"):
        machine.check((-3, 5, 100, 100))


def test_a_machine_brings_its_lift_unless_somebody_says_otherwise() -> None:
    nextdraw, axidraw = find_machine("nextdraw-2234"), find_machine("axidraw-v3")
    assert nextdraw.apply(PlotSettings()).lift == "brushless"
    assert axidraw.apply(PlotSettings()).lift == "standard"
    assert axidraw.apply(PlotSettings(lift="brushless")).lift == "brushless"
    brushless = PlotSettings(lift="brushless")
    assert (brushless.servo_up, brushless.servo_down) == (9720, 7560)
    assert (brushless.servo_raise_rate, brushless.servo_lower_rate) == (81, 54)  # counts in 3 ms


def test_all_models_are_there_with_what_they_reach() -> None:
    reach = {each.name: (each.width_mm, each.height_mm) for each in MACHINES}
    assert reach["axidraw-v3-b6"] == (190, 140)
    assert reach["nextdraw-8511"] == reach["axidraw-v3"] == reach["axidraw-se-a4"] == (300, 218)
    assert reach["nextdraw-1117"] == reach["axidraw-v3-a3"] == (430, 297)
    assert reach["nextdraw-2234"] == (863.6, 558.8)
    assert [each.width_mm * each.height_mm for each in MACHINES] == sorted(w * h for w, h in reach.values())
