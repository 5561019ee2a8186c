"""Layers of an SVG: whose strokes are whose."""

from __future__ import annotations

from pathlib import Path

import pytest

from drawing.svg import read_svg, svg_text
from drawing.svg_layers import MOST_GROUPS, SvgLayer

HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"'
    ' width="90mm" height="90mm" viewBox="0 0 90 90">'
)
LINE = '<path d="M1 1L9 9"/>'


def layers_of(tmp_path: Path, body: str) -> tuple[SvgLayer, ...]:
    (tmp_path / "file.svg").write_text(f"{HEAD}{body}</svg>")
    return read_svg(tmp_path / "file.svg").layers


def test_layers_of_inkscape_with_their_colours(tmp_path: Path) -> None:
    first = f'<g inkscape:groupmode="layer" inkscape:label="1 a" style="stroke:#ff0000">{LINE}<g>{LINE}</g></g>'
    second = (
        '<g inkscape:groupmode="layer" inkscape:label="b"><path d="M1 1L9 9" stroke="blue"/>'
        '<circle cx="9" cy="9" r="2"/></g>'
    )
    assert layers_of(tmp_path, first + second + LINE) == (
        SvgLayer("1 a", (0, 2), "#ff0000"),
        SvgLayer("b", (2, 4)),  # two colours are none
        SvgLayer("", (4, 5)),
    )


def test_groups_at_the_top_are_layers_where_inkscape_made_none_and_their_colours_differ(tmp_path: Path) -> None:
    alike = [f'<g id="g{number}">{LINE}</g>' for number in range(2)]
    assert layers_of(tmp_path, "".join(alike)) == ()  # one pen draws them, in whatever order is best
    groups = [f'<g id="g{number}" stroke="#0000{number:02}">{LINE}</g>' for number in range(MOST_GROUPS + 1)]
    assert [layer.name for layer in layers_of(tmp_path, "".join(groups[:2]))] == ["g0", "g1"]
    assert layers_of(tmp_path, groups[0]) == ()
    assert layers_of(tmp_path, "".join(groups)) == ()
    inkscape = '<g inkscape:groupmode="layer" inkscape:label="a">' + "".join(groups[:2]) + "</g>"
    assert [layer.name for layer in layers_of(tmp_path, inkscape)] == ["a"]


@pytest.mark.parametrize("claim", ['layer="7"', 'layer="x"'])
def test_a_file_cannot_say_itself_which_layer_a_shape_is_in(tmp_path: Path, claim: str) -> None:
    claimed = f'<g xmlns:m="urn:monoline" m:{claim}>{LINE}</g>'
    assert layers_of(tmp_path, claimed) == ()


def test_layers_come_back_as_they_were_written(tmp_path: Path) -> None:
    layers = (SvgLayer('1 <a> "b"', (0, 1), "#1a2b3c", notes={"pen": "black & 0.5"}), SvgLayer("2", (1, 2)))
    (tmp_path / "given.svg").write_text(f"{HEAD}{LINE}{LINE}</svg>")
    text = svg_text(read_svg(tmp_path / "given.svg").drawing, layers=layers)
    (tmp_path / "again.svg").write_text(text)
    assert read_svg(tmp_path / "again.svg").layers == layers
