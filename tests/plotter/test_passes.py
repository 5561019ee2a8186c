"""Passes: layers drawn one after the other, each with its pen, heights and speed, and what a person does between."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from drawing.drawing import Drawing
from drawing.svg import read_svg
from plotter.axidraw import PlotSettings, find_machine
from plotter.board import Board
from plotter.checks import check_inks
from plotter.errors import SheetError
from plotter.ink import ink_error_mm
from plotter.job import PlotArguments, run
from plotter.layers import Layer
from plotter.papers import find_paper
from plotter.parts import Part, write_parts
from plotter.passes import FULL_MM_S, after_another, find_pens, make_passes
from plotter.pens import Pen, PenError, change_pen, find_pen
from plotter.ready import Ready, ready_sheet
from plotter.route import Place
from plotter.sheet import Sheet, write_sheet
from studio.events import Changed, Event, Said
from studio.folder import create_studio
from studio.runs import Order

V3 = find_machine("axidraw-v3")
LINES = Drawing.of([[(10, y), (60, y)] for y in range(10, 60, 10)])
BLACK = Layer("black", (0, 2), "#101010", "black", number=1)
RED = Layer("red", (2, 4), "#c02020", "red", number=2)
NOTES = Layer("notes", (4, 5), number=3, hidden=True)
PENS = {"black": Pen(name="black", pen_down_pct=28, speed_down_mm_s=40), "red": Pen(name="Red", pen_down_pct=33)}


def ready(folder: Path, *layers: Layer, **options: Any) -> Ready:
    write_sheet(folder / "sheet.svg", Sheet(find_paper("A6"), LINES, layers=layers or (BLACK, RED, NOTES)))
    return ready_sheet(folder / "sheet.svg", V3, **{"optimised": False, **options})


def told(parts: Sequence[Part]) -> list[tuple[str, str, str]]:
    return [(part.title, part.wait, part.says) for part in parts]


class Resuming:
    """Orders of a person who goes on whenever the plot waits."""

    parent_gone = False

    def __init__(self) -> None:
        self.events: list[Event] = []

    def should_stop(self) -> bool:
        return False

    def stop(self) -> None:
        raise AssertionError("nobody stops")

    def take(self) -> list[Order]:
        last = next((each for each in reversed(self.events) if isinstance(each, Changed)), None)
        return [Order("resume")] if last is not None and last.state == "paused" else []


def draw(folder: Path, parts: list[Part], studio: Path | None = None) -> list[Event]:
    """Draw on the simulator in virtual time, in this process."""
    folder.mkdir()
    arguments = PlotArguments(
        parts=write_parts(folder, parts), port="simulator", machine=V3.name, time_scale=0, studio=str(studio or "")
    )
    orders = Resuming()
    run(folder, arguments.model_dump(), orders.events.append, orders)  # pyright: ignore[reportArgumentType]
    return orders.events


def test_each_layer_has_its_pen_and_a_pause_before_another_one(tmp_path: Path) -> None:
    parts = make_passes(ready(tmp_path), PlotSettings(), PENS)
    assert told(parts) == [("1 black", "", ""), ("2 red", "pen", "Put in the pen Red for layer 2 of 2: red.")]
    assert [part.ready.lines for part in parts] == [(0, 2), (2, 4)]
    used = [part.ready.plan.settings for part in parts]
    assert [(each.pen_down_pct, each.speed_down_mm_s) for each in used] == [(28, 40), (33, 50.2)]


def test_hidden_layers_are_not_drawn_unless_they_are_named(tmp_path: Path) -> None:
    made = ready(tmp_path)
    assert made.remarks == ("the layer 3 notes is not drawn",)
    assert len(made.sheet.drawing.lines) == 4
    named = ready(tmp_path, layers="notes")
    assert [part.title for part in make_passes(named, PlotSettings(), {})] == ["3 notes"]
    with pytest.raises(SheetError, match="no layer to draw: the layer 3 notes is not drawn"):
        ready(tmp_path, replace(NOTES, strokes=(0, 5)))


def test_a_label_wins_over_the_pen(tmp_path: Path) -> None:
    red = replace(RED, speed_pct=25, height_pct=20, delay_ms=1500)
    _, part = make_passes(ready(tmp_path, BLACK, red, NOTES), PlotSettings(), PENS)
    settings = part.ready.plan.settings
    assert (settings.speed_down_mm_s, settings.pen_down_pct) == (FULL_MM_S / 4, 20)
    assert part.duration_s == pytest.approx(part.ready.plan.duration_s + 1.5)
    high = replace(RED, height_pct=60)
    with pytest.raises(SheetError, match="'2 red' lowers the pen to 60 %, which is no lower"):
        make_passes(ready(tmp_path, BLACK, high, NOTES), PlotSettings(), PENS)


def test_layers_that_are_drawn_alike_are_drawn_in_one_go(tmp_path: Path) -> None:
    plain = [replace(layer, pen="") for layer in (BLACK, RED, NOTES)]
    usual = Pen(name="blue", pen_down_pct=22)
    (part,) = make_passes(ready(tmp_path, *plain), PlotSettings(), {}, usual)
    assert (part.title, part.pen, part.ready.plan.settings.pen_down_pct) == ("1 black, 2 red", "blue", 22)
    asked = [plain[0], replace(plain[1], pause=True), plain[2]]
    assert told(make_passes(ready(tmp_path, *asked), PlotSettings(), {}))[1:] == [
        ("2 red", "pause", "A pause is asked for before layer 2 of 2: red.")
    ]


def test_a_plot_may_begin_in_any_layer(tmp_path: Path) -> None:
    (red,) = make_passes(ready(tmp_path, begin=Place(3, 20.0)), PlotSettings(), PENS)
    assert (red.title, red.ready.begin, red.wait) == ("2 red", Place(1, 20.0), "")
    black, red = make_passes(ready(tmp_path, begin=Place(1)), PlotSettings(), PENS)
    assert (black.ready.begin, red.ready.begin) == (Place(1), Place())


def test_another_paper_may_want_another_pen_too(tmp_path: Path) -> None:
    parts = make_passes(ready(tmp_path), PlotSettings(), PENS)
    again = after_another(parts, "Put in new paper for copy 2 of 2.", parts[-1])
    assert told(again)[0] == ("1 black", "paper", "Put in new paper for copy 2 of 2. Put in the pen black too.")
    same = after_another(parts, "Put in new paper.", parts[0])
    assert told(same)[0] == ("1 black", "paper", "Put in new paper.")


def test_ink_is_looked_at_for_each_pen_over_all_that_it_draws(tmp_path: Path) -> None:
    parts = make_passes(ready(tmp_path), PlotSettings(), PENS)
    pens = {"black": Pen(name="black", capacity_m=0.15), "Red": Pen(name="Red", capacity_m=9)}
    assert [(check.state, check.says) for check in check_inks(parts * 2, pens)] == [
        ("warning", "black, 0.1 m left, 0.1 m short"), ("ok", "Red, 9.0 m left"),
    ]  # fmt: skip


def test_pens_that_only_the_file_names_need_not_be_of_the_studio(tmp_path: Path) -> None:
    studio = create_studio(tmp_path / "studio").folder
    change_pen(studio, "black", pen_down_pct=20)
    found, remarks = find_pens((BLACK, RED), studio)
    assert list(found) == ["black"]
    assert remarks == [
        "the pen red is drawn with as the plot is set, and its ink is not counted: There is no pen 'red'"
    ]
    with pytest.raises(PenError, match="no pen 'red'"):
        find_pens((BLACK, RED), studio, all_known=True)
    unnamed = [replace(layer, pen="") for layer in (BLACK, RED)]
    assert find_pens(unnamed, studio)[1] == [
        "one pen draws all layers (1 black, 2 red) without a pause, as long as none has a pen of its own"
    ]


def test_a_plot_waits_for_each_pen_and_counts_its_ink(tmp_path: Path) -> None:
    studio = create_studio(tmp_path / "studio").folder
    for name in ("black", "red"):
        change_pen(studio, name, capacity_m=5)
    made = ready(tmp_path)
    late = replace(RED, delay_ms=3000)
    made = replace(made, sheet=replace(made.sheet, layers=(BLACK, late)))
    parts = make_passes(made, PlotSettings(), {name: find_pen(studio, name) for name in ("black", "red")})
    events = draw(tmp_path / "plot", [*parts, *after_another(parts, "Paper.", parts[-1])], studio)
    assert [each.why for each in events if isinstance(each, Changed) and each.state == "paused"] == [
        "pen", "paper", "pen",
    ]  # fmt: skip
    said = [each.text for each in events if isinstance(each, Said)]
    assert "Put in the pen red for layer 2 of 2: red." in said
    assert [find_pen(studio, name).used_m for name in ("black", "red")] == pytest.approx([0.2, 0.2], abs=1e-3)
    ink = read_svg(tmp_path / "plot" / "ink.svg").drawing
    assert ink_error_mm(LINES.select(range(4)), ink.lines[:4]) < 0.05


def test_a_layer_is_begun_later_if_its_label_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds: list[float] = []
    held: list[float] = []
    pause = Board.pause

    def hold(board: Board, duration_s: float) -> None:
        held.append(duration_s)
        pause(board, duration_s)

    monkeypatch.setattr(Board, "pause", hold)
    for name, delay_ms, first_ms in (("at-once", 0, 0), ("late", 3000, 0), ("both", 3000, 2000)):
        black = replace(BLACK, pen="", delay_ms=first_ms)
        layers = (black, replace(RED, pen="", speed_pct=20, delay_ms=delay_ms), NOTES)
        draw(tmp_path / name, make_passes(ready(tmp_path, *layers), PlotSettings(), {}))
        seconds.append(json.loads((tmp_path / name / "report.json").read_text())["duration_s"])
    assert seconds[1] - seconds[0] == pytest.approx(3.0, abs=0.3)
    assert held.count(0.25) == 12 + 12 + 8  # before the first layer, too


class Stopping(Resuming):
    """Orders of a person who stops as soon as the plot looks for any."""

    def should_stop(self) -> bool:
        return True


def test_a_simulated_plot_that_was_stopped_before_there_was_ink_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "plot"
    folder.mkdir()
    told = PlotArguments(
        parts=write_parts(folder, make_passes(ready(tmp_path), PlotSettings(), PENS)),
        port="simulator", machine=V3.name, time_scale=0,
    )  # fmt: skip
    stopping, resuming = Stopping(), Resuming()
    assert run(folder, told.model_dump(), stopping.events.append, stopping)["state"] == "stopped"  # pyright: ignore[reportArgumentType]
    again = told.model_copy(update={"resume": True}).model_dump()
    assert run(folder, again, resuming.events.append, resuming)["state"] == "finished"  # pyright: ignore[reportArgumentType]
    assert ink_error_mm(LINES.select(range(4)), read_svg(folder / "ink.svg").drawing.lines) < 0.05


def test_many_layers_of_one_pen_are_told_in_short_and_who_named_none_is_told_so(tmp_path: Path) -> None:
    layers = [Layer(f"step {at}", (at, at + 1), pen="black" if at < 3 else "", number=at + 1) for at in range(5)]
    parts = make_passes(ready(tmp_path, *layers), PlotSettings(), PENS)
    says = "Put in the pen for layer 4 of 5: step 3; none is named."
    assert told(parts) == [("1 to 3", "", ""), ("4 step 3, 5 step 4", "pen", says)]


def test_layers_that_were_not_chosen_are_counted_where_they_are_many(tmp_path: Path) -> None:
    layers = [Layer(f"step {at}", (at, at + 1), number=at + 1) for at in range(5)]
    assert ready(tmp_path, *layers, layers="2").remarks == ("4 of 5 layers are not drawn",)
    few = ready(tmp_path, *layers, layers="1-4").remarks
    assert few == ("the layer 5 step 4 is not drawn",)
