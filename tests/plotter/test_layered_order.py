"""Layers in the best order: each for itself by the standard steps, or as vpype's commands move them."""

from __future__ import annotations

import pytest

from drawing.drawing import Drawing
from plotter.layers import Layer
from plotter.optimize import OptimizeSettings, measure, optimise

LINES = Drawing.of([[(10 * x, 0), (10 * x, 20)] for x in (0, 2, 1, 3, 5, 4)])
BLACK = Layer("black", (0, 3), "#000000", "black 0.5", number=1)
RED = Layer("red", (3, 6), "#ff0000", "red 0.5", number=2, speed_pct=50)


def test_lines_are_ordered_within_their_layer_and_stay_in_it() -> None:
    done = optimise(LINES, layers=(BLACK, RED))
    assert [line[0, 0] for line in done.drawing.lines] == [0, 10, 20, 30, 40, 50]
    assert done.layers == (BLACK, RED)
    touching = Drawing.of([[(0, 0), (9, 0)], [(9, 0), (9, 9)]])
    one_each = (Layer("a", (0, 1), number=1), Layer("b", (1, 2), number=2, pen="b"))
    assert optimise(touching, layers=one_each).after.strokes == 2  # two pens draw no line together
    assert optimise(touching).after.strokes == 1


def test_between_two_pens_the_carriage_comes_home() -> None:
    apart = Drawing.of([[(10, 0), (20, 0)], [(20, 0), (10, 0)]])
    one, two = Layer("a", (0, 1), number=1), Layer("b", (1, 2), number=2)
    assert measure(apart).travel_m == measure(apart, layers=(one, two)).travel_m == pytest.approx(0.02)
    other = Layer("b", (1, 2), pen="red", number=2)
    assert measure(apart, layers=(one, other)).travel_m == pytest.approx(0.06)
    unseen = Layer("b", (1, 2), hidden=True, number=2)
    assert measure(apart, layers=(one, unseen)).strokes == 1


AS_BLACK = ("black", 3, "#000000", "black 0.5", None, False)
AS_RED = ("red", 3, "#ff0000", "red 0.5", 50, False)


@pytest.mark.parametrize(
    ("pipeline", "numbers", "expected"),
    [
        ("linesort", [1, 2], [AS_BLACK, AS_RED]),
        ("lswap 1 2", [1, 2], [AS_RED, AS_BLACK]),
        ("lmove 1 3", [2, 3], [AS_RED, AS_BLACK]),
        ("ldelete 1", [2], [AS_RED]),
        ("ldelete 1 name -l 2 '!+S30 blue' color -l 2 blue", [2], [("blue", 3, "#0000ff", "red 0.5", 30, True)]),
        ("ldelete 2 line -l new 1cm 1cm 2cm 2cm", [1, 2], [AS_BLACK, ("", 1, "", "", None, False)]),
    ],
)
def test_vpype_knows_layers_and_gives_them_back(pipeline: str, numbers: list[int], expected: list[object]) -> None:
    layers = optimise(LINES, OptimizeSettings(pipeline=pipeline), layers=(BLACK, RED)).layers
    assert [each.number for each in layers] == numbers
    assert [
        (each.name, each.strokes[1] - each.strokes[0], each.colour, each.pen, each.speed_pct, each.pause)
        for each in layers
    ] == expected


def test_layers_that_vpype_makes_are_the_sheets() -> None:
    done = optimise(LINES, OptimizeSettings(pipeline="splitdist 50mm"))
    assert [(each.title, each.strokes) for each in done.layers] == [("1", (0, 3)), ("2", (3, 6))]
    assert optimise(LINES, OptimizeSettings(pipeline="linesort")).layers == ()


def test_layers_in_another_order_than_their_numbers_are_counted_anew() -> None:
    layers = (Layer("red", (0, 3), number=7), Layer("black", (3, 6), number=2))
    done = optimise(LINES, OptimizeSettings(pipeline="reverse"), layers=layers)
    assert [each.title for each in done.layers] == ["1 red", "2 black"]
