"""The studio in a real terminal, with its real processes: from the demo to ink, and through every way to be cut off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from screens import recipe, star
from tmux import Tmux, needs_tmux

from drawing.collection import Entry, write_collection
from drawing.svg import read_svg
from plotter.sheet import SheetSettings, lay_out, write_sheet
from prep.artist import sketch
from studio.events import Measured
from studio.folder import create_studio
from studio.runs import Run, State, find_runs
from tui.tray import Tray

pytestmark = needs_tmux
Open = Callable[..., Tmux]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Opens the studio in a terminal, as often as one likes; nothing outlives the test."""
    terminals: list[Tmux] = []

    def open_it(*arguments: str) -> Tmux:
        for terminal in terminals:
            terminal.close()
        terminals.append(Tmux(tmp_path, "--studio", str(tmp_path / "ink"), *arguments))
        return terminals[-1]

    yield open_it
    terminals[-1].close()
    for part in ("runs", "plots"):
        for run in find_runs(tmp_path / "ink" / part):
            if run.state is State.RUNNING:
                run.kill()


def only(folder: Path) -> Run:
    (run,) = find_runs(folder)
    return run


def pen_down(run: Run) -> bool:
    """Whether the pen was down when the plot last told of it."""
    return bool([event.values["pen_down"] for event in run.events() if isinstance(event, Measured)][-1])


def test_from_the_demo_to_a_finished_plot(opened: Open, tmp_path: Path) -> None:
    terminal = opened("--demo")
    terminal.until("24 seeds", "seed 1 ", without="loading")
    terminal.until("not kept")
    terminal.keys("k")
    terminal.until("1 kept here")
    terminal.keys("p")
    terminal.until("READY", "simulated in")
    terminal.keys("Enter")
    terminal.until("DONE", "100%")
    terminal.keys("C-q")
    assert terminal.code == 0
    assert "\x1b" not in terminal.screen
    assert "it has ended" in terminal.screen
    (kept,) = (tmp_path / "ink" / "sketches").glob("*.svg")
    run = only(tmp_path / "ink" / "plots")
    assert run.state is State.FINISHED
    drawn, planned = (
        sum(read_svg(path).drawing.lengths) for path in (run.folder / "ink.svg", run.folder / "sheet.svg")
    )
    assert drawn == pytest.approx(planned, rel=0.01)
    assert not pen_down(run)
    assert read_svg(kept).recipe is not None


def test_a_training_outlives_a_studio_that_is_killed_and_is_found_again(opened: Open, tmp_path: Path) -> None:
    studio = create_studio(tmp_path / "ink")
    splits = {"train": [Entry(sketch(1, n).drawing) for n in range(60)], "valid": [Entry(sketch(2, 1).drawing)]}
    write_collection(studio.datasets / "faces.npz", splits)
    terminal = opened()
    terminal.until("faces.npz")
    terminal.keys("2")
    terminal.until("No network has been trained")
    terminal.keys("n")
    terminal.until("faces.npz", "Start")
    terminal.keys("C-s")
    terminal.until("RUNNING")
    run = only(studio.runs)
    terminal.kill()
    assert run.state is State.RUNNING
    terminal = opened()
    terminal.until("training")
    terminal.keys("2")
    terminal.until("RUNNING", "step")
    terminal.keys("s")
    terminal.until("STOPPED")
    assert (run.folder / "model.safetensors").exists()
    terminal.keys("C-q")
    assert terminal.code == 0


@pytest.mark.parametrize("how", ["killed", "hung up"])
def test_a_plot_raises_the_pen_when_its_studio_goes_and_goes_on_in_the_next(
    opened: Open, tmp_path: Path, how: str
) -> None:
    studio = create_studio(tmp_path / "ink")
    Tray(studio.sketches).keep(star(9), recipe(9), "star-9")
    write_sheet(studio.sheets / "star.svg", lay_out([Entry(star(9))], SheetSettings(), title="star"))
    terminal = opened()
    terminal.until("1 Prepare")
    terminal.keys("5")
    terminal.until("NO SHEET")
    terminal.keys("o")
    terminal.until("sheet  star")
    terminal.keys("Enter")
    terminal.until("READY", "simulated in")
    terminal.keys("Enter")
    terminal.until("DRAWING", "down, at")
    run = only(studio.plots)
    if how == "killed":
        terminal.kill()
    else:
        terminal.close()
    terminal.when(lambda: run.state is not State.RUNNING)
    assert not pen_down(run)
    terminal = opened()
    terminal.until("1 Prepare")
    terminal.keys("5")
    terminal.until("r goes on")
    terminal.keys("r")
    terminal.until("DONE", "100%")
    assert run.state is State.FINISHED
