from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from commands import INTERRUPTIBLE, Capture, told

from drawing.drawing import Drawing
from drawing.svg import read_svg, write_svg
from plotter.axidraw import PlotSettings
from plotter.ink import ink_error_mm
from plotter.plan import make_plan
from studio.events import Measured
from studio.folder import create_studio
from studio.runs import find_run, find_runs
from tui.commands.plot import clock
from tui.main import run

LINES = Drawing.of([[(10, 10), (60, 10)], [(60, 30), (10, 30)], [(11, 50), (60, 50)]])
"""Best drawn with the second one as it is, and the third from left to right."""
SCRAMBLED = Drawing.of([[(60, 50), (11, 50)], [(60, 10), (10, 10)], [(10, 30), (60, 30)]])


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    write_svg(tmp_path / "sheet.svg", SCRAMBLED, width_mm=100, height_mm=80)
    return tmp_path / "sheet.svg"


@pytest.fixture
def no_studio(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MONOLINE_STUDIO", str(tmp_path / "none"))


@pytest.fixture(autouse=True)
def _no_child_is_left(tmp_path: Path) -> Iterator[None]:
    yield
    for each in [*find_runs(tmp_path), *find_runs(tmp_path / "studio" / "plots")]:
        each.kill()


def test_an_estimate_is_the_plan_of_the_optimised_sheet(capsys: Capture, sheet: Path) -> None:
    result = told(capsys, ["estimate", str(sheet)])
    plan = make_plan(LINES.lines, PlotSettings())
    keys = {"duration_s", "ink_m", "travel_m", "lifts", "commands", "shortest_command_ms", "passes", "saved"}
    assert set(result) == keys
    assert result["duration_s"] == pytest.approx(plan.duration_s, abs=1e-3)
    assert result["commands"] == len(plan)
    assert result["ink_m"] == pytest.approx(0.149)
    assert result["lifts"] == 3
    assert result["shortest_command_ms"] >= 5
    as_it_is = told(capsys, ["estimate", str(sheet), "--no-optimize"])
    assert as_it_is["duration_s"] == pytest.approx(make_plan(SCRAMBLED.lines, PlotSettings()).duration_s, abs=1e-3)
    assert as_it_is["travel_m"] > result["travel_m"]


def test_an_estimate_heeds_settings_firmware_and_machine(capsys: Capture, sheet: Path) -> None:
    usual = told(capsys, ["estimate", str(sheet)])
    slow = told(capsys, ["estimate", str(sheet), "--set", "plot.speed_down_mm_s=5", "--set", "plot.raise_ms=0"])
    assert slow["duration_s"] > usual["duration_s"] + 20
    assert told(capsys, ["estimate", str(sheet), "--firmware", "2.5.3"])["shortest_command_ms"] >= 7
    assert told(capsys, ["estimate", str(sheet), "--model", "axidraw-minikit"]) == usual
    for wrong in (["--firmware", "two"], ["--firmware", "2.4.0"], ["--model", "etch"], ["--set", "plot.colour=red"]):
        assert run(["estimate", str(sheet), *wrong]) == 2
    assert "colour" in capsys.readouterr().err
    assert run(["estimate", str(sheet.parent / "other.svg")]) == 1
    assert run(["estimate", str(sheet)]) == 0
    assert "3 lines, 0.15 m of ink" in capsys.readouterr().out


@pytest.mark.usefixtures("no_studio")
def test_a_sheet_is_drawn_on_the_simulator_and_kept_beside_it(capsys: Capture, sheet: Path) -> None:
    result = told(capsys, ["plot", str(sheet), "--port", "simulator"])
    assert result["state"] == "finished"
    assert result["drawn_m"] == pytest.approx(0.149)
    assert result["duration_s"] == pytest.approx(told(capsys, ["estimate", str(sheet)])["duration_s"], abs=1e-3)
    folder = sheet.parent / result["id"]
    assert folder.name.endswith("-sheet")
    assert read_svg(folder / "sheet.svg").drawing.lines[0].tolist() == [[10, 10], [60, 10]]
    assert ink_error_mm(LINES, read_svg(folder / "ink.svg").drawing.lines) < 0.03
    assert json.loads((folder / "report.json").read_text())["violations"] == []


@pytest.mark.usefixtures("here")
def test_in_a_studio_a_plot_is_kept_among_its_plots(capsys: Capture, sheet: Path, tmp_path: Path) -> None:
    create_studio(tmp_path / "studio")
    result = told(capsys, ["--studio", str(tmp_path / "studio"), "plot", str(sheet), "--port", "simulator"])
    again = told(capsys, ["--studio", str(tmp_path / "studio"), "plot", str(sheet), "--port", "simulator"])
    names = sorted(each.name for each in find_runs(tmp_path / "studio" / "plots"))
    assert names == sorted([result["id"], again["id"]])


@pytest.mark.usefixtures("no_studio")
@pytest.mark.usefixtures("here")
def test_a_plot_begins_with_any_line_in_a_folder_of_ones_choice(capsys: Capture, sheet: Path, tmp_path: Path) -> None:
    arguments = ["plot", str(sheet), "--port", "simulator", "--out", str(tmp_path / "mine")]
    result = told(capsys, [*arguments, "--start-stroke", "3", "--no-optimize", "--overlap", "1"])
    assert result["id"] == "mine"
    (line,) = read_svg(tmp_path / "mine" / "ink.svg").drawing.lines
    assert ink_error_mm(Drawing((SCRAMBLED.lines[2],)), [line]) < 0.03
    assert run(arguments) == 1
    assert "exists; name a new folder" in capsys.readouterr().err
    assert run([*arguments[:4], "--out", str(tmp_path / "two"), "--start-stroke", "4"]) == 1
    assert "3 lines to draw; there is no number 4" in capsys.readouterr().err


@pytest.mark.usefixtures("no_studio")
@pytest.mark.usefixtures("here")
def test_a_sheet_that_only_fits_turned_is_turned_and_a_larger_one_refused(capsys: Capture, tmp_path: Path) -> None:
    tall = Drawing.of([[(20, 10), (200, 290)]])
    write_svg(tmp_path / "tall.svg", tall, width_mm=210, height_mm=297)
    arguments = ["plot", str(tmp_path / "tall.svg"), "--port", "simulator", "--out", str(tmp_path / "plot")]
    told(capsys, [*arguments, "--model", "axidraw-v3"])
    turned = read_svg(tmp_path / "plot" / "sheet.svg")
    assert (turned.width_mm, turned.height_mm) == (297, 210)
    # the right edge of the page lies along the machine's long side
    assert turned.drawing.lines[0].tolist() in ([[10, 190], [290, 10]], [[290, 10], [10, 190]])
    assert run([*arguments[:-1], str(tmp_path / "two"), "--model", "axidraw-minikit"]) == 1
    assert "160 x 101.6 mm" in capsys.readouterr().err
    assert not (tmp_path / "two").exists()


@pytest.mark.usefixtures("no_studio")
def test_nothing_moves_unless_somebody_says_so(
    capsys: Capture, sheet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ["plot", str(sheet), "--port", str(tmp_path / "ttyACM7"), "--out", str(tmp_path / "plot")]
    assert run(arguments) == 1
    assert "--yes" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    asked: list[str] = []
    monkeypatch.setattr("typer.confirm", lambda text, **_: asked.append(text))  # pyright: ignore[reportUnknownLambdaType]
    assert run(arguments) == 1
    errors = capsys.readouterr().err
    assert "no plotter at" in errors
    assert "Nothing has moved" in errors
    assert asked == []
    monkeypatch.setattr("plotter.checks.check_port", lambda *_: ())  # pyright: ignore[reportUnknownLambdaType]
    assert run(arguments) == 1
    assert "no plotter at" in capsys.readouterr().err
    assert "AxiDraw V3/A3 (430 x 297 mm)" in asked[0]
    assert "paper 100 x 80 mm" in asked[0]
    assert "0:0" in asked[0]


@pytest.mark.skipif(os.name == "nt", reason="signals are sent as POSIX has them")
@pytest.mark.usefixtures("no_studio")
def test_ctrl_c_stops_inside_the_line_with_the_pen_up_and_exit_code_3(tmp_path: Path) -> None:
    t = np.linspace(0, 60, 2000)
    write_svg(tmp_path / "one.svg", Drawing((np.column_stack([50 + t * np.cos(t) / 2, 50 + t * np.sin(t) / 2]),)))
    command = [
        sys.executable,
        "-P",
        "-c",
        INTERRUPTIBLE,
        "plot",
        str(tmp_path / "one.svg"),
        "--port",
        "simulator",
        "--json",
    ]
    command += ["--time-scale", "1", "--out", str(tmp_path / "plot")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while not (tmp_path / "plot" / "events.jsonl").exists():
            assert process.poll() is None
        plot = find_run(tmp_path / "plot")
        next(event for event in plot.follow() if isinstance(event, Measured) and event.values["pen_down"])
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 3, err
    result = json.loads(out)
    assert result["state"] == "stopped"
    assert 0 < result["drawn_m"] < 0.5
    assert json.loads((tmp_path / "plot" / "report.json").read_text())["lifts"] == 1


def test_durations_are_said_as_people_say_them() -> None:
    assert [clock(seconds) for seconds in (0.4, 56.46, 1408.3, 3723)] == ["0:00", "0:56", "23:28", "1:02:03"]


def test_an_estimate_tells_what_the_usual_machine_can_not_reach(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    write_svg(tmp_path / "wide.svg", Drawing.of([[(0, 0), (900, 500)]]), width_mm=1000, height_mm=600)
    assert run(["estimate", str(tmp_path / "wide.svg")]) == 0
    assert "430" in capsys.readouterr().err


@pytest.mark.usefixtures("here")
def test_a_plot_that_never_moved_leaves_its_folder_free(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    write_svg(tmp_path / "one.svg", Drawing.of([[(10, 10), (20, 20)]]), width_mm=100, height_mm=100)
    command = ["plot", str(tmp_path / "one.svg"), "--yes", "--out", str(tmp_path / "plot")]
    assert run([*command, "--port", "/dev/null"]) == 1
    assert "no serial port" in capsys.readouterr().err
    assert not (tmp_path / "plot").exists()
    assert run([*command, "--port", "simulator"]) == 0


def test_a_handling_and_what_lifts_spare_are_told(capsys: Capture, sheet: Path) -> None:
    usual, sketch, slow = (
        told(capsys, ["estimate", str(sheet), "--handling", name]) for name in ("usual", "sketch", "constant")
    )
    assert sketch["duration_s"] < usual["duration_s"] < slow["duration_s"]
    assert usual["saved"] == {}
    hops = told(capsys, ["estimate", str(sheet), "--set", "plot.hop_mm=100", "--set", "plot.raise_early_ms=60"])
    assert hops["saved"]["hops"]["count"] == usual["lifts"] - 1
    assert 0 < hops["saved"]["overlap"]["seconds"] < hops["saved"]["hops"]["seconds"]
    assert hops["duration_s"] < usual["duration_s"]
    assert run(["estimate", str(sheet), "--handling", "sketchy"]) == 2
    assert "did you mean sketch" in " ".join(capsys.readouterr().err.split())
