"""The commands that move the plotter between plots, against a served simulated board."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from commands import Capture, refused, told

from drawing.drawing import Drawing
from drawing.svg import read_svg, write_svg
from plotter.ink import ink_error_mm
from plotter.layers import Layer
from plotter.papers import find_paper
from plotter.sheet import Sheet, read_sheet, write_sheet
from plotter.simulated_link import TcpLink, serve
from plotter.simulator import SimulatedBoard
from studio.folder import create_studio
from tui.main import run


class Served:
    """A simulated plotter behind a TCP port, and what its board was sent."""

    def __init__(self, time_scale: float = 0.0) -> None:
        self.lines: list[str] = []
        self.board = SimulatedBoard(on_log=lambda _at, _held, line, _reply: self.lines.append(line))
        self.link, self._stop = TcpLink(0), threading.Event()
        self.port = self.link.port
        arguments = (self.board, self.link, time_scale, self._stop.is_set)
        self._thread = threading.Thread(target=serve, args=arguments, daemon=True)
        self._thread.start()

    @property
    def place(self) -> tuple[float, float]:
        return self.board.plotter.place_mm

    def wait(self, done: Callable[[], bool]) -> bool:
        """Whether it comes to be: the board goes on in its thread when a command has ended."""
        limit = threading.Event()
        return any(done() or limit.wait(0.01) for _ in range(500))

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(10)


@pytest.fixture
def served() -> Generator[Served]:
    served = Served()
    yield served
    served.stop()
    assert served.board.report.violations == []


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    write_svg(tmp_path / "sheet.svg", Drawing.of([[(20, 30), (60, 30)], [(40, 70), (25, 40)]]), width_mm=100)
    return tmp_path / "sheet.svg"


def test_a_carriage_is_moved_and_sent_home(served: Served, capsys: Capture) -> None:
    at = ["--port", served.port, "--yes"]
    assert told(capsys, ["jog", "30", "20.5", *at]) == {"x_mm": 30.0, "y_mm": 20.5, "stopped": False}
    assert told(capsys, ["jog", "-10", "-.5", *at])["x_mm"] == 20.0
    assert served.place == (20.0, 20.0)
    assert run(["home", *at]) == 0
    assert capsys.readouterr().out == "the carriage is at 0.0, 0.0 mm, the pen up\n"
    assert served.place == (0.0, 0.0)
    assert "0 to 430 and 0 to 297 mm" in refused(capsys, ["jog", "-10", "0", *at], 1)
    assert "0 to 160" in refused(capsys, ["jog", "170", "0", *at, "--model", "axidraw-minikit"], 1)
    assert served.place == (0.0, 0.0)


def test_home_after_the_motors_were_off_is_for_a_person(served: Served, capsys: Capture) -> None:
    at = ["--port", served.port]
    told(capsys, ["jog", "30", "20", *at, "--yes"])
    assert told(capsys, ["motors", "off", *at]) == {"motors": "off"}
    err = refused(capsys, ["home", *at, "--yes"], 1)
    assert "motors" in err
    assert "by hand" in err
    assert run(["motors", "on", *at]) == 0
    assert "it is home" in capsys.readouterr().out
    assert run(["motors", "off", *at]) == 0
    assert "by hand" in capsys.readouterr().out
    assert served.place == (30.0, 20.0)


def test_the_pen_goes_up_and_down_without_a_question(served: Served, capsys: Capture) -> None:
    down = told(capsys, ["pen", "down", "--port", served.port, "--set", "plot.pen_down_pct=25"])
    assert down == {"pen": "down", "percent": 25.0}
    assert served.wait(lambda: served.board.plotter.touching)
    assert run(["pen", "up", "--port", served.port]) == 0
    assert "up, at 60 %" in capsys.readouterr().out
    assert served.wait(lambda: not served.board.plotter.touching)
    assert served.place == (0.0, 0.0)


def test_the_pen_goes_as_low_as_the_pen_of_that_name_wants(served: Served, capsys: Capture, tmp_path: Path) -> None:
    create_studio(tmp_path / "studio")
    at = ["--studio", str(tmp_path / "studio")]
    told(capsys, [*at, "pens", "set", "brush", "--down", "22", "--up", "70"])
    assert told(capsys, [*at, "pen", "down", "--pen", "brush", "--port", served.port])["percent"] == 22
    assert told(capsys, [*at, "pen", "up", "--pen", "brush", "--port", served.port])["percent"] == 70
    parts = told(capsys, [*at, "card", "first", "--pen", "brush", "--out", str(tmp_path / "card.svg")])["parts"]
    assert [part["pen_down_pct"] for part in parts[2:-1]] == [32, 27, 22, 17, 12]


def test_an_outline_tells_what_it_goes_around(served: Served, capsys: Capture, sheet: Path) -> None:
    result = told(capsys, ["outline", str(sheet), "--port", served.port, "--yes"])
    assert result == {"x_mm": 0.0, "y_mm": 0.0, "stopped": False, "bounds_mm": [20, 30, 60, 70], "turned": False}
    way = 2 * 36.0555 + 4 * 40
    assert served.board.report.travel_m * 1000 == pytest.approx(way, abs=0.5)
    assert served.board.report.ink_m == 0
    assert run(["outline", str(sheet), "--port", "simulator"]) == 0
    assert "around 20.0, 30.0 to 60.0, 70.0 mm" in capsys.readouterr().out


def test_an_outline_leaves_out_layers_that_are_not_drawn(capsys: Capture, tmp_path: Path) -> None:
    lines = Drawing.of([[(10, 10), (40, 20)], [(0, 0), (900, 900)]])
    layers = (Layer("ink", (0, 1)), Layer("guides", (1, 2), hidden=True))
    write_sheet(tmp_path / "guides.svg", Sheet(find_paper("A6"), lines, layers=layers))
    result = told(capsys, ["outline", str(tmp_path / "guides.svg"), "--port", "simulator"])
    assert result["bounds_mm"] == [10, 10, 40, 20]


def test_a_sheet_that_lies_turned_is_outlined_turned(capsys: Capture, tmp_path: Path) -> None:
    write_svg(tmp_path / "tall.svg", Drawing.of([[(20, 10), (200, 290)]]), width_mm=210, height_mm=297)
    arguments = ["outline", str(tmp_path / "tall.svg"), "--port", "simulator", "--model"]
    assert run([*arguments, "axidraw-v3", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["bounds_mm"] == [10, 10, 290, 190]
    assert json.loads(out)["turned"]
    assert "turned left" in err
    assert "160 x 101.6" in refused(capsys, [*arguments, "axidraw-minikit"], 1)
    write_svg(tmp_path / "none.svg", Drawing(()), width_mm=100, height_mm=100)
    assert "no lines to draw" in refused(capsys, ["outline", str(tmp_path / "none.svg"), "--port", "simulator"], 1)


@pytest.mark.parametrize("what", ["jog", "home", "outline"])
def test_nothing_moves_unless_somebody_says_so(
    served: Served, capsys: Capture, sheet: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    told(capsys, ["jog", "5", "0", "--port", served.port, "--yes"])
    more = {"jog": ["10", "0"], "home": [], "outline": [str(sheet)]}[what]
    arguments = [what, *more, "--port", served.port]
    assert "--yes" in refused(capsys, arguments, 1)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    asked: list[str] = []

    def refuse(text: str, abort: bool, err: bool) -> None:
        import typer

        asked.append(text)
        assert err
        assert abort
        raise typer.Abort

    monkeypatch.setattr("typer.confirm", refuse)
    served.lines.clear()
    assert run(arguments) == 3
    assert served.place == (5.0, 0.0)
    assert not [line for line in served.lines if line.startswith(("SP", "SM", "LM", "EM"))]
    assert "AxiDraw V3/A3" in asked[0]
    assert {"jog": "at 5.0, 0.0 mm; pen up, 10, 0 mm further", "home": "at 5.0, 0.0 mm", "outline": "60.0, 70.0 mm"}[
        what
    ] in asked[0]


def test_a_jog_says_that_home_is_here_where_the_motors_were_off(
    served: Served, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    asked: list[str] = []
    monkeypatch.setattr("typer.confirm", lambda text, **_: asked.append(text))  # pyright: ignore[reportUnknownLambdaType]
    told(capsys, ["jog", "10", "0", "--port", served.port])
    told(capsys, ["jog", "10", "0", "--port", served.port])
    assert "motors off, so that home is here" in asked[0]
    assert "at 10.0, 0.0 mm" in asked[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["jog", "10"], "Missing argument"),
        (["jog", "ten", "0"], "valid number"),
        (["jog", "10", "0", "--fast"], "--fast"),
        (["pen", "left"], "left"),
        (["motors", "maybe"], "maybe"),
        (["home", "--model", "axidraw-v9"], "axidraw-v9"),
        (["pen", "up", "--set", "plot.pen_up=3"], "pen_up"),
    ],
)
def test_bad_arguments_are_told(capsys: Capture, arguments: list[str], words: str) -> None:
    assert words in refused(capsys, arguments, 2)


def test_a_port_that_is_not_there_is_told(capsys: Capture, tmp_path: Path) -> None:
    assert "no plotter at" in refused(capsys, ["pen", "up", "--port", str(tmp_path / "ttyACM0")], 1)


@pytest.mark.skipif(os.name == "nt", reason="signals are sent as POSIX has them")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_slows_the_carriage_down_on_its_way(number: int) -> None:
    served = Served(time_scale=1.0)
    arguments = ["jog", "400", "200", "--port", served.port, "--yes", "--json"]
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "tui.main", *arguments],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert served.wait(lambda: served.place[0] > 20 or process.poll() is not None)
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 3, err
    result = json.loads(out)
    assert result["stopped"]
    assert 20 < result["x_mm"] < 390
    assert result["y_mm"] == pytest.approx(result["x_mm"] / 2, abs=0.05)
    served.stop()
    assert served.place == (result["x_mm"], result["y_mm"])
    assert served.board.report.violations == []


@pytest.fixture
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder without a studio."""
    monkeypatch.setenv("MONOLINE_STUDIO", str(tmp_path / "none"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_card_is_written_as_a_sheet(somewhere: Path, capsys: Capture) -> None:
    result = told(capsys, ["card", "first", "--out", "card.svg"])
    assert result["file"] == "card.svg"
    assert [part["pen_down_pct"] for part in result["parts"]] == [30, 30, 40, 35, 30, 25, 20, 30]
    sheet = read_sheet(somewhere / "card.svg")
    assert (sheet.paper.name, sheet.paper.is_landscape) == ("A6", True)
    assert "exists" in refused(capsys, ["card", "first", "--out", "card.svg"], 1)
    assert run(["card", "first", "--out", "card", "--port", "simulator"]) == 2
    assert "leave --out away to draw it" in capsys.readouterr().err
    heights = ["card", "heights", "--from", "40", "--to", "36", "--step", "2", "--out", "card.svg", "--force"]
    assert [part["pen_down_pct"] for part in told(capsys, heights)["parts"]] == [40, 38, 36, 36]
    assert "go down from the highest" in refused(capsys, ["card", "heights", "--to", "50"], 1)


def test_a_card_is_plotted_part_by_part(somewhere: Path, capsys: Capture) -> None:
    short = ["card", "heights", "--from", "32", "--to", "30", "--step", "1"]
    assert run([*short, "--port", "simulator", "--json"]) == 0
    out, err = capsys.readouterr()
    result = json.loads(out)
    assert result["state"] == "finished"
    says = [line for line in err.splitlines() if line.startswith("The ")]
    assert says == [
        "The pen at 32 %.",
        "The pen at 31 %.",
        "The pen at 30 %.",
        "The highest whose line never breaks is right for this pen.",
    ]
    folder = somewhere / result["id"]
    assert folder.name.endswith("-card-heights")
    report = json.loads((folder / "report.json").read_text())
    assert report["violations"] == []
    assert run([*short, "--out", "card.svg"]) == 0
    ink = read_svg(folder / "ink.svg")
    assert ink_error_mm(read_sheet(somewhere / "card.svg").drawing, ink.drawing.lines) < 0.03
    left, top, right, bottom = ink.drawing.bounds
    assert (ink.width_mm - right, ink.height_mm - bottom) == pytest.approx((left, top), abs=0.01)  # not cut at the ink


def test_in_a_studio_a_card_is_among_its_plots_and_one_that_never_moved_is_not_kept(
    somewhere: Path, capsys: Capture
) -> None:
    create_studio(somewhere / "studio")
    short = ["--studio", "studio", "card", "heights", "--from", "30", "--to", "30"]
    assert "no plotter at" in refused_after(capsys, [*short, "--port", "/dev/none", "--yes"])
    assert list((somewhere / "studio" / "plots").iterdir()) == []
    result = told(capsys, [*short, "--port", "simulator"])
    assert (somewhere / "studio" / "plots" / result["id"] / "ink.svg").exists()
    assert "--yes" in refused(capsys, [*short, "--port", "/dev/none"], 1)


def refused_after(capsys: Capture, arguments: list[str]) -> str:
    """What a command says that has told something before it failed."""
    assert run(arguments) == 1
    return capsys.readouterr().err.splitlines()[-1]
