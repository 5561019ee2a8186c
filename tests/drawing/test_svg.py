"""SVG in: every shape, curve and transform as a browser has it. SVG out: what was written comes back."""

from __future__ import annotations

import errno
import gzip
import math
import os
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from strategies import ANY, WHOLE, drawings

from drawing.drawing import Drawing
from drawing.errors import UnreadableFile
from drawing.geometry import Polyline
from drawing.recipe import Recipe
from drawing.svg import CHORD_MM, read_svg, svg_text, write_svg
from studio.errors import StudioError

LINE = '<path d="M1,2L3,4"/>'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("svg")


def distances(points: Polyline, line: Polyline) -> np.ndarray:
    """How far each point is from a polyline."""
    starts, step = line[:-1], np.diff(line, axis=0)
    square = np.maximum((step**2).sum(axis=1), 1e-300)
    along = np.clip(((points[:, None] - starts) * step).sum(axis=2) / square, 0, 1)
    gaps = starts + along[..., None] * step - points[:, None]
    return np.hypot(gaps[..., 0], gaps[..., 1]).min(axis=1)


# shapes of straight lines


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<rect x="10" y="20" width="30" height="5"/>', [[[10, 20], [40, 20], [40, 25], [10, 25], [10, 20]]]),
        ('<rect width="3" height="4"/>', [[[0, 0], [3, 0], [3, 4], [0, 4], [0, 0]]]),
        ('<line x1="1" y1="2" x2="3" y2="4"/>', [[[1, 2], [3, 4]]]),
        ('<line x2="5"/>', [[[0, 0], [5, 0]]]),
        ('<line x1="10%" y1="20%" x2="100%" y2="50%"/>', [[[10, 20], [100, 50]]]),
        ('<polyline points="1,2 3,4 5,0"/>', [[[1, 2], [3, 4], [5, 0]]]),
        ('<polyline points="1 2 3 4 5 0 "/>', [[[1, 2], [3, 4], [5, 0]]]),
        ('<polygon points="1,2 3,4 5,0"/>', [[[1, 2], [3, 4], [5, 0], [1, 2]]]),
        ('<path d="M1,2 L3,4 L5,0"/>', [[[1, 2], [3, 4], [5, 0]]]),
        ('<path d="M1,2 3,4 5,0"/>', [[[1, 2], [3, 4], [5, 0]]]),
        ('<path d="m1,2 l2,2 l2,-4"/>', [[[1, 2], [3, 4], [5, 0]]]),
        ('<path d="m1,2 2,2 2,-4"/>', [[[1, 2], [3, 4], [5, 0]]]),
        ('<path d="M1 2H5V6H1"/>', [[[1, 2], [5, 2], [5, 6], [1, 6]]]),
        ('<path d="M1 2h4v4h-4"/>', [[[1, 2], [5, 2], [5, 6], [1, 6]]]),
        ('<path d="M1 2H5 7V6 9"/>', [[[1, 2], [5, 2], [7, 2], [7, 6], [7, 9]]]),
        ('<path d="M1 2h1 2v3 4"/>', [[[1, 2], [2, 2], [4, 2], [4, 5], [4, 9]]]),
        ('<path d="M1,1L4,1L4,5Z"/>', [[[1, 1], [4, 1], [4, 5], [1, 1]]]),
        ('<path d="M1,1L4,1L4,5z"/>', [[[1, 1], [4, 1], [4, 5], [1, 1]]]),
        ('<path d="M1,1L4,1L1,1z"/>', [[[1, 1], [4, 1], [1, 1]]]),
        ('<path d="M1-2L.5.5-1e1-2E-1"/>', [[[1, -2], [0.5, 0.5], [-10, -0.2]]]),
        ('<path d="M1,2L3,4M5,6L7,8"/>', [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]),
        ('<path d="M1,2L3,4m5,6l7,8"/>', [[[1, 2], [3, 4]], [[8, 10], [15, 18]]]),
        ('<path d="M1,1M5,5L6,6M7,7"/>', [[[5, 5], [6, 6]]]),
        ('<path d="M3,4z"/>', [[[3, 4]]]),
        ('<path d="M3,4L3,4"/>', [[[3, 4], [3, 4]]]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_straight_shapes_are_read_point_by_point(lines, body: str, expected: list) -> None:
    assert lines(body) == expected


def test_a_relative_move_after_closing_starts_where_the_line_was_closed(lines) -> None:
    found = lines('<path d="M1,1 l2,0 l0,2 z m5,5 l1,0 l0,1 z m1,1 l1,0"/>')
    assert found == [[[1, 1], [3, 1], [3, 3], [1, 1]], [[6, 6], [7, 6], [7, 7], [6, 6]], [[7, 7], [8, 7]]]


def test_drawing_on_after_closing_without_a_move_is_a_new_stroke_from_there(lines) -> None:
    assert lines('<path d="M1,1 l2,0 l0,2 z l-1,-1"/>') == [[[1, 1], [3, 1], [3, 3], [1, 1]], [[1, 1], [0, 0]]]


def test_strokes_come_in_the_order_of_the_file(lines) -> None:
    found = lines('<g><path d="M1,1L2,2"/><g><rect x="3" width="1" height="1"/></g></g><line x1="5" x2="6"/>')
    assert [line[0] for line in found] == [[1, 1], [3, 0], [5, 0]]


def test_shapes_are_read_with_or_without_a_colour(lines) -> None:
    assert len(lines(f'<g stroke="none" fill="none">{LINE}</g><g stroke="red" stroke-width="0">{LINE}</g>{LINE}')) == 3


@pytest.mark.parametrize(
    "body",
    ['<path/>', '<path d=""/>', '<path d="M5,5"/>', '<polyline points=""/>', '<circle r="0"/>', '<rect width="0"/>',
     '<ellipse rx="0" ry="5"/>', "<g/>", "<unknown/>"],
)  # fmt: skip
def test_a_shape_of_nothing_is_left_out(lines, body: str) -> None:
    assert lines(body + LINE) == [[[1, 2], [3, 4]]]


def test_damaged_path_data_counts_up_to_the_damage(lines) -> None:
    """As SVG 1.1, section F.2, asks for."""
    assert lines('<path d="M1,1 L2,2 L3,x L4,4"/>') == [[[1, 1], [2, 2]]]


# curves


def bezier(*control: tuple[float, float]) -> Polyline:
    t = np.linspace(0, 1, 4001)[:, None]
    n = len(control) - 1
    return sum(math.comb(n, k) * t**k * (1 - t) ** (n - k) * np.array(point) for k, point in enumerate(control))


def arc(cx: float, cy: float, rx: float, ry: float, start: float, stop: float, turned: float = 0.0) -> Polyline:
    """Part of an ellipse, angles in degrees, clockwise on paper."""
    angle, turn = np.radians(np.linspace(start, stop, 4001)), math.radians(turned)
    x, y = rx * np.cos(angle), ry * np.sin(angle)
    return np.column_stack([cx + x * math.cos(turn) - y * math.sin(turn), cy + x * math.sin(turn) + y * math.cos(turn)])


def joined(*parts: Polyline) -> Polyline:
    return np.concatenate(parts)


ROUNDED = joined(
    np.array([[13.0, 20], [37, 20]]), arc(37, 24, 3, 4, -90, 0), arc(37, 31, 3, 4, 0, 90),
    arc(13, 31, 3, 4, 90, 180), arc(13, 24, 3, 4, 180, 270),
)  # fmt: skip
EVEN = joined(
    np.array([[13.0, 20], [37, 20]]), arc(37, 23, 3, 3, -90, 0), arc(37, 32, 3, 3, 0, 90),
    arc(13, 32, 3, 3, 90, 180), arc(13, 23, 3, 3, 180, 270),
)  # fmt: skip
CURVES = {
    '<circle cx="50" cy="40" r="30"/>': arc(50, 40, 30, 30, 0, 360),
    '<circle r="8"/>': arc(0, 0, 8, 8, 0, 360),
    '<ellipse cx="50" cy="40" rx="30" ry="7"/>': arc(50, 40, 30, 7, 0, 360),
    '<rect x="10" y="20" width="30" height="15" rx="3" ry="4"/>': ROUNDED,
    '<rect x="10" y="20" width="30" height="15" rx="3"/>': EVEN,
    '<rect x="10" y="20" width="30" height="15" ry="3"/>': EVEN,
    '<path d="M10,10C20,80 70,-40 90,60"/>': bezier((10, 10), (20, 80), (70, -40), (90, 60)),
    '<path d="M10,10c10,70 60,-50 80,50"/>': bezier((10, 10), (20, 80), (70, -40), (90, 60)),
    '<path d="M10,10C20,30 30,30 40,10S60,50 80,10"/>': joined(
        bezier((10, 10), (20, 30), (30, 30), (40, 10)), bezier((40, 10), (50, -10), (60, 50), (80, 10))
    ),
    '<path d="M10,10c10,20 20,20 30,0s20,40 40,0"/>': joined(
        bezier((10, 10), (20, 30), (30, 30), (40, 10)), bezier((40, 10), (50, -10), (60, 50), (80, 10))
    ),
    '<path d="M10,10S20,30 40,10"/>': bezier((10, 10), (10, 10), (20, 30), (40, 10)),
    '<path d="M10,10Q50,90 90,10"/>': bezier((10, 10), (50, 90), (90, 10)),
    '<path d="M10,10q40,80 80,0"/>': bezier((10, 10), (50, 90), (90, 10)),
    '<path d="M10,10Q20,40 30,10T50,10T70,10"/>': joined(
        *(bezier((x, 10), (x + 10, 10 + bow), (x + 20, 10)) for x, bow in ((10, 30), (30, -30), (50, 30)))
    ),
    '<path d="M10,10q10,30 20,0t20,0 20,0"/>': joined(
        *(bezier((x, 10), (x + 10, 10 + bow), (x + 20, 10)) for x, bow in ((10, 30), (30, -30), (50, 30)))
    ),
    '<path d="M20,50A30,30 0 0 1 80,50"/>': arc(50, 50, 30, 30, 180, 360),
    '<path d="M20,50a30,30 0 0 0 60,0"/>': arc(50, 50, 30, 30, 180, 0),
    '<path d="M80,50A30,10 0 1 1 50,40"/>': arc(50, 50, 30, 10, 0, 270),
    '<path d="M80,50A30,10 0 0 0 50,40"/>': arc(50, 50, 30, 10, 0, -90),
    '<path d="M50,80A30,10 90 1 1 60,50"/>': arc(50, 50, 30, 10, 0, 270, turned=90),
    '<path d="M50,80A30 10 90 1160 50"/>': arc(50, 50, 30, 10, 0, 270, turned=90),  # flags need no space
    '<path d="M20,50A1,1 0 0 1 80,50"/>': arc(50, 50, 30, 30, 180, 360),  # a radius too small grows
}  # fmt: skip


@pytest.mark.parametrize("chord_mm", [0.1, CHORD_MM, 0.001])
@pytest.mark.parametrize("body", CURVES)
def test_a_curve_becomes_chords_within_the_tolerance(read, body: str, chord_mm: float) -> None:
    (line,) = read(body, chord_mm=chord_mm).drawing.lines
    curve = CURVES[body]
    assert distances(curve[::9], line).max() <= chord_mm + 1e-4
    assert distances(line, curve).max() < 1e-3  # its points lie on the curve
    assert_allclose(line[[0, -1]], curve[[0, -1]], atol=1e-3)
    assert len(line) < 6 + 8 * math.sqrt(100 / chord_mm)  # and there are not far too many


def test_a_finer_tolerance_takes_more_chords(read) -> None:
    body = '<circle cx="50" cy="40" r="30"/>'
    coarse, fine = (read(body, chord_mm=chord_mm).drawing.points for chord_mm in (0.1, 0.001))
    assert coarse < fine / 5


def test_the_tolerance_is_millimetres_on_paper_whatever_the_units(read) -> None:
    small = read('<circle cx="5" cy="4" r="3"/>', 'width="100mm" height="100mm" viewBox="0 0 10 10"')
    scaled = read('<g transform="scale(1000)"><circle cx=".05" cy=".04" r=".03"/></g>')
    for file in (small, scaled):
        assert distances(arc(50, 40, 30, 30, 0, 360)[::9], file.drawing.lines[0]).max() <= CHORD_MM + 1e-4


# transforms

k = math.tan(math.radians(30))
c, s = math.cos(math.radians(30)), math.sin(math.radians(30))
TRANSFORMS = {
    "translate(7,-3)": [[1, 0, 7], [0, 1, -3]],
    "translate(7)": [[1, 0, 7], [0, 1, 0]],
    "scale(2)": [[2, 0, 0], [0, 2, 0]],
    "scale(2, 0.5)": [[2, 0, 0], [0, 0.5, 0]],
    "scale(-1,1)": [[-1, 0, 0], [0, 1, 0]],
    "rotate(30)": [[c, -s, 0], [s, c, 0]],
    "rotate(90 10 20)": [[0, -1, 30], [1, 0, 10]],
    "skewX(30)": [[1, k, 0], [0, 1, 0]],
    "skewY(30)": [[1, 0, 0], [k, 1, 0]],
    "matrix(1,.2,.3,-2,5,6)": [[1, 0.3, 5], [0.2, -2, 6]],
    "translate(10 20), scale(2 3)": [[2, 0, 10], [0, 3, 20]],
    "rotate(30) scale(2 1)": [[2 * c, -s, 0], [2 * s, c, 0]],
}
SHAPES = [
    '<rect x="10" y="20" width="30" height="15"/>',
    '<rect x="10" y="20" width="30" height="15" rx="3" ry="4"/>',
    '<circle cx="30" cy="20" r="8"/>',
    '<ellipse cx="30" cy="20" rx="8" ry="3"/>',
    '<line x1="1" y1="2" x2="30" y2="4"/>',
    '<polyline points="1,2 30,4 5,0"/>',
    '<polygon points="1,2 30,4 5,0"/>',
    '<path d="M80,50A30,10 20 1 1 50,40C0,0 10,50 3,4Q5,6 70,8z"/>',
]


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_transform_moves_every_shape_alike(read, shape: str, transform: str) -> None:
    (line,) = read(shape, chord_mm=0.001).drawing.transform(TRANSFORMS[transform]).lines
    in_a_group = read(f'<g transform="{transform}">{shape}</g>').drawing
    on_itself = read(shape.replace("/>", f' transform="{transform}"/>')).drawing
    for drawing in (in_a_group, on_itself):
        assert distances(line, drawing.lines[0]).max() < 0.015
        assert distances(drawing.lines[0], line).max() < 0.015
        assert_allclose(drawing.lines[0][[0, -1]], line[[0, -1]], atol=1e-6)


def test_nested_transforms_apply_from_the_inside_out(lines) -> None:
    nest = '<g transform="translate(10,0)"><g transform="rotate(90)"><g transform="scale(2)">{}</g></g></g>'
    assert lines(nest.format(LINE)) == [[[10 - 4, 2], [10 - 8, 6]]]


def test_a_transform_on_the_outermost_element_counts(lines) -> None:
    assert lines(LINE, more='transform="scale(2)"') == [[[2, 4], [6, 8]]]


def test_what_is_scaled_to_nothing_is_not_drawn(lines) -> None:
    assert lines(f'<g transform="scale(0)"><circle r="5"/>{LINE}</g>{LINE}') == [[[1, 2], [3, 4]]]


def test_a_transform_of_a_length_counts_in_units(lines) -> None:
    assert lines(f'<g transform="translate(96px, 2)">{LINE}</g>') == [[[97, 4], [99, 6]]]


# what a browser would not show


@pytest.mark.parametrize(
    "body",
    [
        '<g display="none">{}</g>',
        '<g style="display:none"><g style="display:inline">{}</g></g>',
        '<style>.gone {{ display: none }}</style><g class="gone">{}</g>',
        '<style>.gone {{ stroke: red }} #it {{ display: none; }}</style><g id="it">{}</g>',
        "<style>/* all */ path {{ display: none }}</style>{}",
        '<defs><style>.a,.gone{{display:none}}</style></defs><g class="b gone">{}</g>',
        '<g class="gone">{}</g><style>.gone{{display:none}}</style>',
        '<g visibility="hidden">{}</g>',
        '<g style="visibility: collapse">{}</g>',
        '<style>.v{{visibility:hidden}}</style><g class="v">{}</g>',
    ],
)
def test_what_is_hidden_is_not_drawn(lines, body: str) -> None:
    assert lines(body.format(LINE) + '<line x2="5"/>') == [[[0, 0], [5, 0]]]


def test_what_is_visible_inside_something_hidden_is_drawn(lines) -> None:
    body = f'<g visibility="hidden">{LINE}<g visibility="visible"><line x2="5"/></g></g>'
    assert lines(body) == [[[0, 0], [5, 0]]]


def test_what_can_not_be_drawn_is_told_in_words(read) -> None:
    file = read(f'<text>a</text><text>b<tspan>c</tspan></text><image href="x.png"/><foreignObject/>{LINE}')
    assert file.left_out == ("text was left out (2 times)", "an image was left out", "a foreign object was left out")
    assert len(file.drawing.lines) == 1
    assert read(LINE).left_out == ()


def test_a_page_without_lines_is_told(page) -> None:
    path = page("<text>only words</text>")
    with pytest.raises(
        UnreadableFile, match=r"page\.svg holds no lines to draw; text and images must be made into paths"
    ):
        read_svg(path)


# files as other programs write them

INKSCAPE = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!-- Created with Inkscape (http://www.inkscape.org/) -->
<svg width="210mm" height="297mm" viewBox="0 0 210 297" version="1.1" id="svg5"
   inkscape:version="1.2.2 (b0a84865, 2022-12-01)" sodipodi:docname="drawing.svg"
   xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"
   xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd"
   xmlns="http://www.w3.org/2000/svg" xmlns:svg="http://www.w3.org/2000/svg"
   xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <sodipodi:namedview id="namedview7" pagecolor="#ffffff" inkscape:document-units="mm" showgrid="false" />
  <defs id="defs2">
    <inkscape:path-effect effect="powerstroke" id="path-effect1" />
    <marker id="Arrow1" orient="auto" refX="0" refY="0"><path d="M 0,0 5,-5 -12.5,0 5,5 Z" id="path135" /></marker>
    <clipPath id="clip1"><rect width="10" height="10" x="0" y="0" id="rect9" /></clipPath>
  </defs>
  <g inkscape:label="Layer 1" inkscape:groupmode="layer" id="layer1" transform="translate(10,20)">
    <path style="fill:none;stroke:#000000;stroke-width:0.3px;marker-end:url(#Arrow1)"
       d="m 10,10 c 0,10 10,10 10,0 z m 20,0 h 5" id="path1" sodipodi:nodetypes="ccccc" />
    <rect style="fill:none;stroke:#000000" id="rect2" width="20" height="10" x="40" y="5"
       transform="rotate(90,50,10)" clip-path="url(#clip1)" />
    <circle style="fill:#ff0000" id="path3" cx="70" cy="10" r="5" inkscape:label="sun" />
  </g>
  <g inkscape:label="Guides" inkscape:groupmode="layer" id="layer2" style="display:none">
    <path d="M 0,0 H 210" id="path4" />
  </g>
</svg>
"""

ILLUSTRATOR = """<?xml version="1.0" encoding="utf-8"?>
<!-- Generator: Adobe Illustrator 25.0.0, SVG Export Plug-In . SVG Version: 6.00 Build 0)  -->
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg version="1.1" id="Layer_1" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
   x="0px" y="0px" width="283.46px" height="141.73px" viewBox="0 0 283.46 141.73"
   style="enable-background:new 0 0 283.46 141.73;" xml:space="preserve">
<style type="text/css">
  .st0{fill:none;stroke:#000000;stroke-miterlimit:10;}
  .st1{display:none;}
</style>
<symbol  id="New_Symbol" viewBox="-10 -10 20 20">
  <path class="st0" d="M-10,0L10,0M0-10V10"/>
</symbol>
<switch>
  <foreignObject requiredExtensions="http://ns.adobe.com/AdobeIllustrator/10.0/" x="0" y="0" width="1" height="1"/>
  <g>
    <path class="st0" d="M28.35,28.35c0,15.66,12.69,28.35,28.35,28.35s28.35-12.69,28.35-28.35"/>
    <line class="st0" x1="0" y1="0" x2="28.35" y2="28.35"/>
    <polyline class="st0" points="100,100 110,110.5 120,100 "/>
    <polygon class="st1" points="1,1 2,2 3,3"/>
  </g>
</switch>
<use xlink:href="#New_Symbol"  width="20" height="20" x="-10" y="-10"
  transform="matrix(2 0 0 -2 200 50)" overflow="visible"/>
</svg>
"""


def test_a_page_from_inkscape(tmp_path: Path) -> None:
    (tmp_path / "inkscape.svg").write_text(INKSCAPE, encoding="utf-8")
    file = read_svg(tmp_path / "inkscape.svg")
    assert (file.width_mm, file.height_mm) == (210, 297)
    drop, dash, box, sun = file.drawing.lines
    assert_allclose(drop[[0, -1]], [[20, 30], [20, 30]])
    assert drop[:, 1].max() == pytest.approx(37.5, abs=0.01)
    assert_allclose(dash, [[40, 30], [45, 30]])
    # turned by 90 degrees about its middle: 10 wide and 20 high
    assert_allclose([box.min(axis=0), box.max(axis=0)], [[55, 20], [65, 40]])
    assert_allclose([sun.min(axis=0), sun.max(axis=0)], [[75, 25], [85, 35]], atol=0.01)
    assert file.left_out == ("the hidden layer 'Guides' was left out",)


def test_a_page_from_illustrator(tmp_path: Path) -> None:
    (tmp_path / "illustrator.svg").write_text(ILLUSTRATOR, encoding="utf-8")
    file = read_svg(tmp_path / "illustrator.svg")
    assert (file.width_mm, file.height_mm) == pytest.approx((75, 37.5), abs=0.01)
    bowl, line, roof, across, down = (line * 96 / 25.4 for line in file.drawing.lines)
    assert_allclose(bowl[[0, -1]], [[28.35, 28.35], [85.05, 28.35]])
    assert bowl[:, 1].max() == pytest.approx(56.7, abs=0.05)
    assert_allclose(line, [[0, 0], [28.35, 28.35]])
    assert_allclose(roof, [[100, 100], [110, 110.5], [120, 100]])
    assert_allclose(across, [[180, 50], [220, 50]])  # the symbol, once, where it is used
    assert_allclose(down, [[200, 70], [200, 30]])
    assert file.left_out == ("a foreign object was left out",)


@pytest.mark.parametrize("name", ["packed.svgz", "packed.svg"])
def test_a_packed_file_is_read_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(gzip.compress(INKSCAPE.encode()))
    assert len(read_svg(tmp_path / name).drawing.lines) == 4


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_a_file_in_another_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    declared = "" if encoding == "utf-8-sig" else f'<?xml version="1.0" encoding="{encoding}"?>'
    text = f'{declared}<svg xmlns="http://www.w3.org/2000/svg"><title>Größe</title>{LINE}</svg>'
    (tmp_path / "page.svg").write_bytes(text.encode(encoding))
    assert len(read_svg(tmp_path / "page.svg").drawing.lines) == 1


@pytest.mark.parametrize(
    ("name", "strokes", "metres", "size"),
    [
        ("a_one_A5.svg", 58, 1.28, (148, 210)),
        ("b_40_A4.svg", 1890, 10.80, (210, 297)),
        ("c_140_A3.svg", 6523, 27.05, (297, 420)),
        ("d_140single_A3.svg", 140, 35.62, (297, 420)),
    ],
)
def test_real_sheets_have_all_their_strokes_and_ink(
    data: Path, name: str, strokes: int, metres: float, size: tuple[float, float]
) -> None:
    file = read_svg(data / "pages" / name)
    assert len(file.drawing.lines) == strokes
    assert file.drawing.ink / 1000 == pytest.approx(metres, abs=0.005)
    assert sorted((file.width_mm, file.height_mm)) == pytest.approx(sorted(size))
    left, top, right, bottom = file.drawing.bounds
    assert 0 <= left < right <= file.width_mm
    assert 0 <= top < bottom <= file.height_mm


# written and read again


def big_enough(drawing: Drawing) -> bool:
    """A drawing below a micrometre is taken for a mistake in the file's units."""
    return max(drawing.size) == 0 or max(drawing.size) >= 1e-3


@given(drawings(ANY, min_strokes=1, connectors=True))
def test_a_drawing_comes_back_bit_by_bit(folder: Path, drawing: Drawing) -> None:
    assume(big_enough(drawing))
    write_svg(folder / "exact.svg", drawing, decimals=None)
    assert read_svg(folder / "exact.svg").drawing == drawing


@given(drawings(ANY, min_strokes=1, connectors=True))
def test_a_drawing_with_four_decimals_comes_back_within_half_a_digit(folder: Path, drawing: Drawing) -> None:
    assume(big_enough(drawing))
    assume(max(drawing.size) == 0 or max(drawing.size) > 0.01)
    write_svg(folder / "short.svg", drawing)
    back = read_svg(folder / "short.svg").drawing
    assert len(back.lines) == len(drawing.lines)
    for index, line in enumerate(drawing.lines):
        assert_allclose(back.lines[index], line, rtol=0, atol=5.0001e-5)
        assert_array_equal(back.marks(index), drawing.marks(index))


SIDES = st.floats(1, 5000).map(lambda value: round(value, 2))


@given(drawings(WHOLE, min_strokes=1, connectors=True), SIDES, SIDES)
def test_a_given_page_comes_back_and_leaves_the_drawing_where_it_is(
    folder: Path, drawing: Drawing, width: float, height: float
) -> None:
    write_svg(folder / "page.svg", drawing, width_mm=width, height_mm=height)
    file = read_svg(folder / "page.svg")
    x, y, *_ = ElementTree.parse(folder / "page.svg").getroot().attrib["viewBox"].split()
    assert (x, y) == ("0", "0")
    assert (file.width_mm, file.height_mm) == (width, height)
    assert file.drawing == drawing


@pytest.mark.parametrize("side", ["width_mm", "height_mm"])
@settings(max_examples=40)
@given(drawing=drawings(WHOLE, min_strokes=1))
def test_one_side_of_the_page_may_be_left_to_the_drawing(folder: Path, side: str, drawing: Drawing) -> None:
    write_svg(folder / "side.svg", drawing, **{side: 77.5})
    file = read_svg(folder / "side.svg")
    assert getattr(file, side) == 77.5
    assert file.drawing == drawing


@pytest.mark.parametrize(
    "line", [[[0, 0]], [[0, 0], [0, 5]], [[3e-5, 1], [0, 9]], [[-4, -5], [-3, -2]], [[0, 0], [0.004, 0]]], ids=str
)
def test_a_page_as_large_as_its_drawing_is_never_without_width(folder: Path, line: list) -> None:
    drawing = Drawing.of([line])
    write_svg(folder / "thin.svg", drawing)
    file = read_svg(folder / "thin.svg")
    assert_allclose(file.drawing.lines[0], line, atol=5.0001e-5)
    assert file.width_mm > 0
    assert file.height_mm > 0


def test_a_page_that_is_not_given_holds_the_whole_drawing(folder: Path) -> None:
    drawing = Drawing.of([[[-10, 5], [30, -20]]])
    write_svg(folder / "free.svg", drawing)
    root = ElementTree.parse(folder / "free.svg").getroot()
    assert root.get("viewBox") == "-10 -20 40 25"
    assert (root.get("width"), root.get("height")) == ("40mm", "25mm")


def test_an_edited_page_is_moved_as_its_viewbox_says(folder: Path) -> None:
    """The origin is kept only while a unit is a millimetre, as monoline writes it."""
    text = svg_text(Drawing.of([[[10, 10], [20, 20]]]), width_mm=50, height_mm=50)
    (folder / "edited.svg").write_text(text.replace('width="50mm" height="50mm"', 'width="100mm" height="100mm"'))
    assert_allclose(read_svg(folder / "edited.svg").drawing.lines[0], [[20, 20], [40, 40]])


def test_connectors_that_can_not_be_read_are_ink(read) -> None:
    for text in ("a b", "-1", "-99", "7", "9" * 30, "1.5", ""):
        file = read(f'<path d="M0,0L1,1L2,5" monoline:connectors="{text}"/>')
        assert file.drawing.connectors == (), text
    assert read('<path d="M0,0L1,1L2,5" monoline:connectors="1 99"/>').drawing.marks(0).tolist() == [False, True]


# recipes and titles


RECIPE = Recipe(kind="sample", seed=7, temperature=0.4, z=[0.1, -2.0], settings={"note": 'a < b & "c"'})


def test_the_recipe_travels_with_the_drawing(folder: Path) -> None:
    write_svg(folder / "recipe.svg", Drawing.of([[[0, 0], [5, 5]]]), recipe=RECIPE, title="a < b")
    file = read_svg(folder / "recipe.svg")
    assert file.recipe == RECIPE
    assert file.left_out == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [("{", "not JSON with a format"), ('{"format":99}', "format 99, this monoline knows up to 1"), ("", "not JSON")],
)
def test_a_recipe_that_can_not_be_read_is_told_and_the_drawing_stays(read, text: str, reason: str) -> None:
    file = read(f"<metadata><monoline:recipe>{text}</monoline:recipe></metadata>{LINE}")
    assert file.recipe is None
    assert len(file.drawing.lines) == 1
    assert reason in file.left_out[0]


@pytest.mark.parametrize(
    "title", ["a < b & c > d ]]>", "naïve 猴子 🐒", "bell \a and zero \0", "\ufffe", "half \ud83d"]
)
def test_any_title_makes_a_file_that_can_be_read(folder: Path, title: str) -> None:
    recipe = Recipe(kind="artist", seed=1, settings={"note": title.replace("\ud83d", "")})
    write_svg(folder / "title.svg", Drawing.of([[[0, 0], [5, 5]]]), title=title, recipe=recipe)
    assert read_svg(folder / "title.svg").recipe is not None
    stated = ElementTree.parse(folder / "title.svg").getroot().findtext("{http://www.w3.org/2000/svg}title")
    assert stated is not None
    assert len(stated) == len(title)


def test_title_and_notes_come_back_beside_the_recipe(folder: Path) -> None:
    notes = {"sheet": '{"a": "< & >"}', "more": "naïve 猴子"}
    write_svg(folder / "notes.svg", Drawing.of([[[0, 0], [5, 5]]]), recipe=RECIPE, title="a < b", notes=notes)
    file = read_svg(folder / "notes.svg")
    assert (file.title, file.notes, file.recipe) == ("a < b", notes, RECIPE)
    write_svg(folder / "bare.svg", Drawing.of([[[0, 0], [5, 5]]]))
    assert (read_svg(folder / "bare.svg").title, read_svg(folder / "bare.svg").notes) == ("", {})


def test_notes_of_other_programs_are_not_ours(read) -> None:
    file = read(f"<metadata><rdf>x</rdf><monoline:sheet>y</monoline:sheet></metadata><g><title>no</title>{LINE}</g>")
    assert (file.notes, file.title) == ({"sheet": "y"}, "")


# as text

HOUSE = Drawing.of(
    [[[10, 40], [10, 20], [25, 8], [40, 20], [40, 40], [10, 40]], [[20, 40], [20, 28.5], [28, 28.5], [28, 40]]]
)
BRIDGED = Drawing(
    (np.array([[0.0, 0], [10, 0.12345678], [10, 10], [-5, 10]]), np.array([[20.0, 5], [20, 8]])),
    (np.array([False, True, False]), np.array([False])),
)


def test_a_drawing_with_recipe_is_this_text(golden: Callable[[str, str], None]) -> None:
    golden("drawing-recipe.svg", svg_text(HOUSE, recipe=RECIPE, title="house & garden", width_mm=50, height_mm=50))


def test_a_drawing_with_connectors_is_this_text(golden: Callable[[str, str], None]) -> None:
    golden("drawing-connectors.svg", svg_text(BRIDGED, stroke_width_mm=0.5))


def test_a_drawing_with_dots_is_this_text(golden: Callable[[str, str], None]) -> None:
    dots = Drawing.of([[[-3, 2]], [[-0.0, 1e-7]], [[4, 4], [4, 4]], [[1 / 3, 2 / 3], [1e-5, 7]]])
    golden("drawing-dots.svg", svg_text(dots))
    golden("drawing-exact.svg", svg_text(dots, decimals=None))


def test_an_empty_drawing_is_an_empty_page(golden: Callable[[str, str], None]) -> None:
    golden("drawing-empty.svg", svg_text(Drawing(()), width_mm=148, height_mm=210))


# a write that fails


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "kept.svg"
    write_svg(path, HOUSE)
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StudioError, match=r"kept.svg can't be written: No space left on device"):
        write_svg(path, BRIDGED)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
