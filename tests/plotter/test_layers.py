"""Layers: their labels as the AxiDraw software documents them, and how they stay with a sheet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawing.drawing import Drawing
from plotter.cells import Cell
from plotter.errors import SheetError
from plotter.layers import Layer, find_layers, kept_layers, layer_label, layers_of, read_label, with_pens
from plotter.papers import find_paper
from plotter.selection import select_cells
from plotter.sheet import Sheet, read_sheet, write_sheet

LINES = [[[10, 10], [20, 10]], [[10, 20], [20, 20]], [[10, 30], [20, 30]]]

RED = Layer("red", (1, 3), "#c02020", "red 0.5", number=2, pause=True, speed_pct=50, height_pct=30, delay_ms=500)
BLACK = Layer("black", (0, 1), number=1)


def sheet_with(*layers: Layer) -> Sheet:
    return Sheet(find_paper("A6"), Drawing.of(LINES), layers=layers)


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("3", Layer("", (0, 0), number=3)),
        ("3 red pen", Layer("red pen", (0, 0), number=3)),
        ("5+H40+S25 fine", Layer("fine", (0, 0), number=5, height_pct=40, speed_pct=25)),
        ("  7+s20+S30+d250", Layer("", (0, 0), number=7, speed_pct=30, delay_ms=250)),  # the last one counts
        ("4+S0+S111+H101 x", Layer("x", (0, 0), number=4)),  # what is out of range does not
        ("+S50 slow", Layer("slow", (0, 0), speed_pct=50)),
        ("!2+H10 paint", Layer("paint", (0, 0), number=2, height_pct=10, pause=True)),
        ("% 1 guides", Layer("guides", (0, 0), number=1, hidden=True)),
        ("2 +S50", Layer("+S50", (0, 0), number=2)),  # a code stands right behind the number
        ("2024 March", Layer("2024 March", (0, 0))),  # no layer has such a number
        ("Layer 1", Layer("Layer 1", (0, 0))),
    ],
)
def test_labels_are_read_as_documented(label: str, expected: Layer) -> None:
    assert read_label(label) == expected


@given(
    st.builds(
        Layer,
        st.text(max_size=20).map(lambda text: " ".join(text.split())),
        st.just((0, 0)),
        number=st.integers(0, 1000),
        pause=st.booleans(),
        speed_pct=st.none() | st.integers(1, 110),
        height_pct=st.none() | st.integers(0, 100),
        delay_ms=st.integers(0, 100_000),
    )
)
def test_a_label_says_all_of_a_layer(layer: Layer) -> None:
    assert read_label(layer_label(layer)) == layer


def test_a_sheet_keeps_its_layers_in_its_file(tmp_path: Path) -> None:
    path = tmp_path / "sheet.svg"
    write_sheet(path, sheet_with(BLACK, RED))
    assert read_sheet(path).layers == (BLACK, RED)
    assert 'inkscape:label="!2+H30+S50+D500 red"' in path.read_text()


def test_layers_without_numbers_get_free_ones(tmp_path: Path) -> None:
    path = tmp_path / "sheet.svg"
    write_sheet(path, sheet_with(replace(BLACK, number=None), replace(RED, number=1)))
    assert [layer.title for layer in read_sheet(path).layers] == ["2 black", "1 red"]


def test_codes_of_a_layer_hold_in_the_layers_inside(tmp_path: Path) -> None:
    path = tmp_path / "nested.svg"
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:i="http://www.inkscape.org/namespaces/inkscape" width="90mm"'
        ' height="90mm" viewBox="0 0 90 90"><g i:groupmode="layer" i:label="!1+S20 out">'
        '<g i:groupmode="layer" i:label="+H15 in"><path d="M1 1L9 9"/></g><path d="M1 2L9 9"/>'
        '<g i:groupmode="layer" i:label="% note"><path d="M1 3L9 9"/></g></g></svg>'
    )
    inner, outer, note = read_sheet(path).layers
    assert (inner.name, inner.speed_pct, inner.height_pct, inner.pause) == ("in", 20, 15, True)
    assert (outer.name, outer.speed_pct, outer.height_pct, outer.pause) == ("out", 20, None, False)  # it has begun
    assert note.hidden
    assert not outer.hidden


def test_layers_have_all_lines_in_order() -> None:
    with pytest.raises(ValueError, match="should begin at 0"):
        sheet_with(RED)
    with pytest.raises(ValueError, match="has 3"):
        sheet_with(BLACK)


def test_layers_stay_with_their_lines() -> None:
    assert kept_layers((BLACK, RED), [2]) == (replace(RED, strokes=(0, 1)),)
    assert [layer.strokes for layer in kept_layers((BLACK, RED), [0, 2])] == [(0, 1), (1, 2)]
    cells = (Cell((0, 0, 50, 15), strokes=(0, 1)), Cell((0, 15, 50, 40), strokes=(1, 3)))
    sheet = replace(sheet_with(BLACK, RED), cells=cells)
    assert select_cells(sheet, [1]).layers == (replace(RED, strokes=(0, 2)),)


def test_drawings_one_after_the_other_are_layers() -> None:
    some, none = Drawing.of(LINES[:2]), Drawing(())
    made = layers_of([(Layer("a", (0, 0)), some), (Layer("b", (0, 0)), none), (Layer("c", (0, 0)), some)])
    assert [(layer.title, layer.strokes) for layer in made] == [("1 a", (0, 2)), ("2 c", (2, 4))]


def test_layers_are_found_by_number_and_name() -> None:
    layers = (replace(BLACK, number=4), RED)
    assert find_layers(layers, "4") == (0,)
    assert find_layers(layers, "Red, 4") == (0, 1)
    assert find_layers((replace(BLACK, name="Black Ink", number=1), RED), "1 Black Ink") == (0,)  # as errors list it
    assert find_layers(layers, "1-3") == (1,)
    with pytest.raises(SheetError, match=r"no layer '1'; the layers are 4 black, 2 red\."):
        find_layers(layers, "1")
    with pytest.raises(SheetError, match="no layers"):
        find_layers((), "1")


def test_pens_are_given_to_layers() -> None:
    assert [layer.pen for layer in with_pens((BLACK, RED), "1=black 0.5, red = red")] == ["black 0.5", "red"]
    with pytest.raises(SheetError, match="'black' gives no layer a pen"):
        with_pens((BLACK, RED), "black")


def test_layers_and_pens_may_have_the_signs_in_their_names_that_stand_between_them() -> None:
    layers = (replace(BLACK, name="a=b, c", number=1), RED)
    assert find_layers(layers, "a=b, c") == (0,)
    given = with_pens(layers, "1=red, dark,2=x=y")
    assert [layer.pen for layer in given] == ["red, dark", "x=y"]
    assert [layer.pen for layer in with_pens((replace(BLACK, name="a=b"), RED), "a=b=fine, red=-")] == ["fine", ""]
