from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from drawing.drawing import Drawing
from drawing.svg import read_svg
from plotter.axidraw import PlotSettings, find_machine
from plotter.checks import check_port
from plotter.errors import JournalError, NotReady, PlotterBusy, PlotterError, PlotterLost, PlotterNotFound
from plotter.job import PlotArguments, read_place, run
from plotter.official import Chosen, Listener, Official, choose, find_official, not_taken, options_of, version_of
from plotter.official_process import move_pen
from plotter.papers import find_paper
from plotter.parts import PartArguments, digests
from plotter.route import Place
from plotter.sheet import Sheet, write_sheet
from plotter.transport import open_transport
from studio.events import Changed, Event, Measured, Progress, Said
from studio.runs import Orders, Run, prepare_run

PRETEND = Path(__file__).parents[1] / "pretend_axicli.py"
MACHINE = find_machine("axidraw-v3-a3")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="the official software is paused by SIGINT")


@pytest.fixture
def official(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[list[str]]]:
    """A stand-in on the path under both names; what it was asked since."""
    (tmp_path / "bin").mkdir()
    for name in ("axicli", "nextdraw"):
        command = tmp_path / "bin" / name
        command.write_text(f"#!{sys.executable}\n" + PRETEND.read_text().partition("\n")[2])
        command.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PRETEND_LOG", str(tmp_path / "asked"))

    def asked() -> list[list[str]]:
        return [json.loads(line) for line in (tmp_path / "asked").read_text().splitlines()]

    return asked


def new_plot(tmp_path: Path, **told: Any) -> Path:
    folder = tmp_path / "plot"
    drawing = Drawing.of([[(10, 10 + 10 * n), (110, 10 + 10 * n)] for n in range(3)])
    write_sheet(folder / "sheet.svg", Sheet(find_paper("A4"), drawing))
    arguments = PlotArguments(port="official", parts=[PartArguments(duration_s=30.0)])
    prepare_run(folder, "plotter.job:run", arguments.model_copy(update=told).model_dump())
    return folder


def draw(folder: Path, on_event: Callable[[Event, Orders], None] = lambda *_: None, **told: Any) -> Any:
    """Do its work here, with somebody who hears what it tells and may order something."""
    orders = Orders(folder, 0)
    orders.listen(parent=False)
    arguments = {**Run(folder).arguments, **told}
    return run(folder, arguments, lambda event: on_event(event, orders), orders)


def value_of(words: list[str], option: str) -> str:
    return words[words.index(option) + 1]


def test_commands_are_found_and_not_run(official: Callable[[], list[list[str]]], tmp_path: Path) -> None:
    assert [each.name for each in find_official()] == ["axicli", "nextdraw"]
    assert not (tmp_path / "asked").exists()
    assert choose("official").official.command == (str(tmp_path / "bin" / "axicli"),)
    assert choose("official:nextdraw").official.name == "nextdraw"
    assert (choose("official:East").official.name, choose("official:East").plotter) == ("axicli", "East")
    assert choose("official:nextdraw:East").plotter == "East"
    assert version_of(choose("official").official) == "9.9.9"


def test_axicli_as_a_module_is_found_and_a_module_without_a_command_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    (tmp_path / "nextdraw.py").write_text("raise SystemExit")
    assert find_official() == []
    with pytest.raises(PlotterNotFound, match=r"not installed; .*axidraw\.com/doc/cli_api.*bantam\.tools/nd_cli"):
        choose("official")
    (tmp_path / "axicli.py").write_text("raise SystemExit")
    assert find_official() == [Official("axicli", (sys.executable, "-m", "axicli"))]


def test_the_usual_settings_are_its_own_defaults_and_others_are_scaled() -> None:
    axicli = Chosen(Official("axicli", ("axicli",)), "East")
    words = options_of(axicli, PlotSettings(), "axidraw-v3-a3")
    assert dict(zip(words[::2], words[1::2], strict=True)) == {
        "--model": "2", "--speed_pendown": "25", "--speed_penup": "75", "--accel": "75", "--pen_pos_up": "60",
        "--pen_pos_down": "30", "--pen_rate_raise": "75", "--pen_rate_lower": "50", "--port": "East",
    }  # fmt: skip
    fast = PlotSettings(speed_down_mm_s=400, speed_up_mm_s=1, accel_down_mm_s2=508, cornering_mm=0.2)
    words = options_of(axicli, fast, "axidraw-minikit")
    assert [value_of(words, f"--{name}") for name in ("model", "speed_pendown", "speed_penup", "accel")] == [
        "4", "110", "1", "50",
    ]  # fmt: skip
    told = " ".join(not_taken(axicli, fast))
    assert "plot.cornering_mm" in told
    assert "221 mm/s at most" in told
    assert "plot.speed" not in told
    with pytest.raises(PlotterError, match="axicli does not know the machine nextdraw-8511; it knows axidraw-v3,"):
        options_of(axicli, PlotSettings(), "nextdraw-8511")
    assert options_of(axicli, PlotSettings(lift="brushless"), "axidraw-v3")[-4:] == ["--penlift", "3", "--port", "East"]
    nextdraw = Chosen(Official("nextdraw", ("nextdraw",)))
    assert value_of(options_of(nextdraw, PlotSettings(), "nextdraw-8511"), "--model") == "8"
    assert nextdraw.official.pen(up=True) == ["--mode", "utility", "--utility_cmd", "raise_pen"]


def test_what_it_prints_is_understood_in_pieces_of_any_size() -> None:
    text = (
        "Plot Progress:   3%|6         | 3/100 [00:01<00:40]\rPlot Progress:  41%|####      | 41/100\n"
        "Plot paused by button press.\nUse the resume feature to continue.\nElapsed time: 1:02:03 (hours, minutes, "
        "seconds)\nLength of path drawn: 0.110 m\n"
    )
    for size in (1, 7, 1000):
        heard = Listener()
        for start in range(0, len(text), size):
            heard.hear(text[start : start + size])
        heard.end()
        assert (heard.share, heard.paused, heard.button) == (0.41, True, True)
        assert (heard.seconds, heard.drawn_mm) == (3723.0, 110.0)
        assert heard.words.startswith("Plot paused by button press. Use the resume feature")


def test_a_sheet_is_drawn_with_documented_options_and_told_of(
    official: Callable[[], list[list[str]]], tmp_path: Path
) -> None:
    folder, told = new_plot(tmp_path, options=["--penlift", "3"]), list[Event]()
    result = draw(folder, lambda event, _: told.append(event))
    assert (result["state"], result["official"], result["drawn_m"]) == ("finished", "axicli", 0.3)
    version, preview, plot = official()
    assert version == ["--version"]
    assert "--preview" in preview
    assert "--preview" not in plot
    assert value_of(plot, "--mode") == "plot"
    assert value_of(plot, "--reordering") == "4"
    assert value_of(plot, "--penlift") == "3"
    assert "--no_rotate" in plot
    drawn = read_svg(Path(plot[0]))
    assert (drawn.width_mm, drawn.height_mm) == (MACHINE.width_mm, MACHINE.height_mm)
    assert [line.tolist() for line in drawn.drawing.lines[:1]] == [[[10, 10], [110, 10]]]
    states = [event.state for event in told if isinstance(event, Changed)]
    assert states == ["connecting", "drawing", "finished"]
    assert "axicli 9.9.9 draws, AxiDraw V3/A3" in [event.text for event in told if isinstance(event, Said)]
    shares = [event.values["ink_mm"] for event in told if isinstance(event, Measured)]
    assert shares == sorted(shares)
    assert shares[-1] == 300
    assert any(isinstance(event, Progress) and 0 < event.done < event.total for event in told)
    with pytest.raises(JournalError, match="All of"):
        read_place(folder)


def test_a_pause_saves_its_place_takes_other_heights_and_goes_on_from_there(
    official: Callable[[], list[list[str]]], tmp_path: Path
) -> None:
    folder, states = new_plot(tmp_path), list[str]()

    def hear(event: Event, _: Orders) -> None:
        if isinstance(event, Measured) and event.values["ink_mm"] > 60 and "pausing" not in states:
            Run(folder).order("pause")
        if isinstance(event, Changed):
            states.append(event.state)
            if event.state == "paused":
                for name, values in (("pen_down", {}), ("settings", {"pen_down_pct": 22}), ("resume", {})):
                    Run(folder).order(name, **values)

    assert draw(folder, hear)["state"] == "finished"
    assert states == ["connecting", "drawing", "pausing", "paused", "drawing", "finished"]
    *_, pen, _, again = official()
    assert value_of(pen, "--manual_cmd") == "lower_pen"
    assert (value_of(again, "--mode"), value_of(again, "--pen_pos_down")) == ("res_plot", "22")
    assert again[0].endswith("official-1-saved.svg")


def test_what_is_changed_holds_for_the_pen_in_the_clip_only(
    official: Callable[[], list[list[str]]], tmp_path: Path
) -> None:
    pens = ("fine", "broad", "fine")
    parts = [PartArguments(lines=(at, at + 1), pen=pen, wait="pen" if at else "") for at, pen in enumerate(pens)]
    folder, paused = new_plot(tmp_path, parts=parts), list[str]()

    def hear(event: Event, _: Orders) -> None:
        if isinstance(event, Changed) and event.state == "paused":
            if not paused:
                Run(folder).order("settings", pen_down_pct=22)
            paused.append(event.why)
            Run(folder).order("resume")

    assert draw(folder, hear)["state"] == "finished"
    plots = [words for words in official() if "--progress" in words]
    assert [value_of(words, "--pen_pos_down") for words in plots] == ["30", "22", "30"]


def test_its_button_pauses_and_a_stop_leaves_a_place_to_go_on_from(
    official: Callable[[], list[list[str]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRETEND_BUTTON_AT", "15")
    folder, whys = new_plot(tmp_path), list[str]()

    def hear(event: Event, orders: Orders) -> None:
        if isinstance(event, Changed) and event.state == "paused":
            whys.append(event.why)
            orders.stop()

    result = draw(folder, hear)
    assert (result["state"], whys) == ("stopped", ["button"])
    assert result["drawn_m"] == pytest.approx(0.15, abs=0.002)
    _, progress = read_place(folder)
    assert (progress.part, progress.place.stroke) == (0, 1)
    assert progress.place.along_mm == pytest.approx(50, abs=2)
    assert draw(folder, resume=True)["state"] == "finished"
    assert value_of(official()[-1], "--mode") == "res_plot"


def test_a_plotter_that_is_not_there_or_gets_lost_is_told_in_its_own_words(
    official: Callable[[], list[list[str]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = new_plot(tmp_path)
    monkeypatch.setenv("PRETEND_UNPLUGGED", "1")
    told = list[Event]()
    with pytest.raises(NotReady, match=r"axicli ended with code 101: Failed to connect to AxiDraw\."):
        draw(folder, lambda event, _: told.append(event))
    assert not any(isinstance(event, Measured) for event in told)
    monkeypatch.delenv("PRETEND_UNPLUGGED")
    monkeypatch.setenv("PRETEND_LOST_AT", "21")
    with pytest.raises(PlotterLost, match=r"code 104: Error: USB connection to AxiDraw lost\. The pen may"):
        draw(folder)
    assert official()[-1][:4] == ["--mode", "manual", "--manual_cmd", "raise_pen"]
    monkeypatch.delenv("PRETEND_LOST_AT")
    assert draw(folder, resume=True)["drawn_m"] == pytest.approx(0.3)
    assert value_of(official()[-1], "--mode") == "res_plot"


def test_without_a_saved_place_it_begins_a_little_before(
    official: Callable[[], list[list[str]]], tmp_path: Path
) -> None:
    from plotter.journal import FileJournal

    folder = new_plot(tmp_path)
    journal = FileJournal(folder, digests(folder, [PartArguments()]), background=False)
    journal.done(0, 0, Place(1, 60.0))
    journal.close()
    assert draw(folder, resume=True)["state"] == "finished"
    lines = read_svg(Path(official()[-1][0])).drawing.lines
    assert [line.tolist() for line in lines] == [[[50, 20], [110, 20]], [[10, 30], [110, 30]]]


def test_copies_wait_for_paper_and_a_stop_while_it_draws_ends_it(
    official: Callable[[], list[list[str]]], tmp_path: Path
) -> None:
    part = PartArguments(duration_s=30.0)
    folder = new_plot(tmp_path, parts=[part, part.model_copy(update={"wait": "paper", "says": "New paper."})])

    waited = list[str]()

    def hear(event: Event, orders: Orders) -> None:
        if isinstance(event, Changed) and event.why:
            waited.append(event.why)
            Run(folder).order("resume")
        if isinstance(event, Measured) and event.values["part"] == 1 and event.values["ink_mm"] > 30:
            orders.stop()

    result = draw(folder, hear)
    assert (result["state"], result["part"], waited) == ("stopped", 1, ["paper"])
    assert 0.33 < result["drawn_m"] < 0.6
    assert (folder / "official-2-saved.svg").exists()


def test_checks_tell_what_is_missing_and_what_is_left_out(
    official: Callable[[], list[list[str]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (software,) = check_port("official", MACHINE)
    assert (software.name, software.state) == ("software", "ok")
    states = [check.state for check in check_port("official", MACHINE, PlotSettings(raise_ms=0))]
    assert states == ["ok", "warning"]
    assert check_port("official", find_machine("nextdraw-1117"))[0].state == "bad"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "not installed" in check_port("official", MACHINE)[0].says


def test_one_that_does_not_pause_is_ended_and_its_pen_raised(
    official: Callable[[], list[list[str]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRETEND_DEAF", "1")
    monkeypatch.setattr("plotter.official_plot._PATIENCE_S", 0.1)
    folder = new_plot(tmp_path)

    def hear(event: Event, orders: Orders) -> None:
        if isinstance(event, Measured):
            orders.stop()

    with pytest.raises(PlotterLost, match="code -15"):
        draw(folder, hear)
    assert value_of(official()[-1], "--manual_cmd") == "raise_pen"


def test_the_pen_alone_is_moved_at_its_heights(official: Callable[[], list[list[str]]]) -> None:
    move_pen("official:nextdraw:East", PlotSettings(pen_down_pct=20), "nextdraw-8511", up=False)
    (words,) = official()
    assert value_of(words, "--utility_cmd") == "lower_pen"
    assert (value_of(words, "--pen_pos_down"), value_of(words, "--port")) == ("20", "East")
    with pytest.raises(PlotterNotFound, match="draws sheets and moves the pen"):
        open_transport("official")


def test_nobody_begins_while_it_still_draws_for_a_process_that_was_killed(
    official: Callable[[], list[list[str]]], tmp_path: Path
) -> None:
    folder = new_plot(tmp_path)
    (folder / "official.pid").write_text(str(os.getpid()))
    with pytest.raises(PlotterBusy, match=f"still draws this plot, as process {os.getpid()}"):
        draw(folder)
    assert all("--mode" not in words for words in official())
    (folder / "official.pid").write_text("4194305")  # there is no such process on any Linux, nor on macOS
    assert draw(folder)["state"] == "finished"
    assert not (folder / "official.pid").exists()
